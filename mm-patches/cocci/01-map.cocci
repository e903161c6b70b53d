/// mm/sparse: note which 2 MiB of a section have struct pages
///
/// Memory hotplug counts in sections of 128 MiB, and firmware does not: two ranges of persistent
/// memory, or one and RAM, may share a section, and the second one is refused. So each section
/// gets a map with a bit for each 2 MiB of it. At boot the bits of RAM are set; nobody asks yet.
///
/// The map is part of struct mem_section, which stays that of a power of two. mm/subsection_map.h
/// says why, and who owns what.
// From 5.3 on kernels have this, by other names. (requirements A3, A4, A5, A9)
// has-any: include/linux/mmzone.h struct mem_section_usage
// has-any: include/linux/mmzone.h linux/subsection.h
// files: include/linux/mmzone.h mm/sparse.c
// new: include/linux/subsection_types.h include/linux/subsection.h mm/subsection_map.h
// new: mm/subsection_map.c mm/subsection.c mm/Kconfig.subsection
// line: mm/Makefile obj-$(CONFIG_SPARSEMEM) += subsection.o subsection_map.o
// line: mm/Kconfig source "mm/Kconfig.subsection"
// one-of: index_init index_init_inline

@member@
@@
+#include <linux/subsection_types.h>
 struct mem_section {
 	...
 	unsigned long *pageblock_flags;
+	struct subsection_map subs;
 	...
 };

// the one place of the header where our lookups have what they need
@lookups@
identifier pfn;
@@
 static inline struct mem_section *__pfn_to_section(unsigned long pfn)
 {
 ...
 }
+#include <linux/subsection.h>

@boot@
@@
 void sparse_init(void)
 {
 ...
 vmemmap_populate_print_last();
+subsection_boot_init();
 }

// both of its #ifdef variants
@index_init_inline depends on !(file in "include")@
@@
-static inline
 int sparse_index_init(...) { ... }

@index_init depends on !(file in "include")@
@@
-static
 int sparse_index_init(...) { ... }
