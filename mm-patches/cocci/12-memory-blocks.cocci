/// mm/memory_hotplug: make memory blocks beside struct pages, not with them
///
/// The devices memoryN were made, and removed, section by section in the midst of what makes struct
/// pages, under mem_hotplug_lock, with a flag through all architectures that says for whom. They
/// are made where memory is added that will be online, after it has been added whole, and taken back
/// if one of them cannot be made; they go before mem_hotplug_lock is taken.
// From 5.3 on kernels have this, and stable ones of 4.19 too. (requirements A12, G5)
// has-any: include/linux/memory.h create_memory_block_devices
// where: include/linux/memory.h hotplug_memory_register
// files: mm/memory_hotplug.c
// new: include/linux/memory_blocks.h

@include@
@@
 #include <linux/memory_hotplug.h>
+#include <linux/memory_blocks.h>

@add_section@
identifier nid, pfn, wm;
@@
 __add_section(int nid, unsigned long pfn, ..., bool wm)
 {
 ...
-if (!wm)
-	return 0;
-return hotplug_memory_register(nid, __pfn_to_section(pfn));
+return 0;
 }

@create@
identifier nid, start, size, ret, error;
@@
 add_memory_resource(int nid, ...)
 {
 ... when any
 ret = arch_add_memory(nid, start, size, NULL, true);
 if (ret < 0) goto error;
+ret = memory_blocks_create(nid, PFN_DOWN(start), PFN_DOWN(size));
+if (ret) {
+	arch_remove_memory(nid, start, size, NULL);
+	goto error;
+}
 ... when any
 }

@remove_section@
identifier ms, ret;
@@
 __remove_section(..., struct mem_section *ms, ...)
 {
 ...
-ret = unregister_memory_section(ms);
-if (ret)
-	return ret;
 ...
 }

@remove@
identifier nid, start, size, ret;
typedef u64;
@@
 __remove_memory(int nid, u64 start, u64 size)
 {
 ... when any
-mem_hotplug_begin();
 ret = walk_memory_range(...);
 if (ret)
	BUG();
+memory_blocks_remove(PFN_DOWN(start), PFN_DOWN(size));
+mem_hotplug_begin();
 ...
 }
