/// mm: device memory in a section with online RAM is not online
///
/// Walkers of online memory found, in a section that is online, struct pages that nobody had set
/// up, or that belong to a device.
// From 5.3 on kernels have the first half, from 5.12 on the second. (requirement A11)
// has-any: include/linux/mmzone.h struct mem_section_usage
// has-any: include/linux/memory_hotplug.h subsection_online_page
// files: include/linux/memory_hotplug.h
// new: include/linux/subsection_online.h

@include@
@@
 #include <linux/bug.h>
+#include <linux/subsection_online.h>

// within the body of a macro: expressions are seen, statements are not
@lookup@
expression page, pfn;
@@
 page =
-pfn_to_page(pfn)
+subsection_online_page(pfn)
