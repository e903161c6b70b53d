/// mm/memory_hotplug: RAM of a driver has its name, and goes with one call
///
/// The next kernel, which kexec starts, must not take for RAM what is RAM only while a driver says
/// so: such memory has the driver's name in /proc/iomem, is not in /sys/firmware/memmap, and
/// kexec_file_load() puts nothing there. Who has added it takes a block of it offline and removes it
/// under one device_hotplug_lock, so that nobody puts it online between; and may ask how large a
/// block is.
// From 5.8 on kernels have this. (requirements G1, G2, G5)
// has-any: mm/memory_hotplug.c offline_and_remove_memory
// files: mm/memory_hotplug.c include/linux/memory_hotplug.h drivers/base/memory.c kernel/kexec_file.c
// new: include/linux/memory_driver.h

@include depends on file in "include"@
@@
 #include <linux/mmzone.h>
+#include <linux/memory_driver.h>

@firmware_map depends on !(file in "include")@
identifier nid, res;
expression start, end, name;
@@
 add_memory_resource(int nid, struct resource *res, ...)
 {
 ... when any
-firmware_map_add_hotplug(start, end, name);
+if (!(res->flags & IORESOURCE_SYSRAM_DRIVER_MANAGED))
+	firmware_map_add_hotplug(start, end, name);
 ... when any
 }

// whether it goes online at once is asked by the caller, in some
@call depends on !(file in "include")@
identifier nid, start, size, res, ret;
expression list more;
typedef u64;
@@
 __add_memory(int nid, u64 start, u64 size)
 {
 ... when any
 ret = add_memory_resource(nid, res, more);
 ... when any
 }

@add@
expression list call.more;
declarer name EXPORT_SYMBOL_GPL;
@@
 EXPORT_SYMBOL_GPL(add_memory);
+int add_memory_driver_managed(int nid, u64 start, u64 size, const char *name)
+{
+	static const char form[] = "System RAM (";
+	unsigned long flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY;
+	struct resource *res;
+	int rc;
+
+	if (strncmp(name, form, strlen(form)))
+		return -EINVAL;
+	res = __request_region(&iomem_resource, start, size, name,
+			       flags | IORESOURCE_SYSRAM_DRIVER_MANAGED);
+	if (!res)
+		return -EEXIST;
+	lock_device_hotplug();
+	rc = add_memory_resource(nid, res, more);
+	if (rc < 0)
+		__release_region(&iomem_resource, start, size);
+	unlock_device_hotplug();
+	return rc;
+}
+EXPORT_SYMBOL_GPL(add_memory_driver_managed);

@offline@
declarer name EXPORT_SYMBOL_GPL;
@@
 EXPORT_SYMBOL_GPL(remove_memory);
+int offline_and_remove_memory(int nid, u64 start, u64 size)
+{
+	unsigned long nr = pfn_to_section_nr(PFN_DOWN(start));
+	struct memory_block *block = NULL;
+	int rc = -EINVAL;
+
+	if (size != memory_block_size_bytes() || start & (size - 1))
+		return -EINVAL;
+	lock_device_hotplug();
+	if (present_section_nr(nr))
+		block = find_memory_block(__nr_to_section(nr));
+	if (block) {
+		rc = device_offline(&block->dev);
+		put_device(&block->dev);
+		/* 1: it was offline */
+		if (rc >= 0)
+			rc = try_remove_memory(nid, start, size);
+	}
+	unlock_device_hotplug();
+	return rc;
+}
+EXPORT_SYMBOL_GPL(offline_and_remove_memory);

@block_size@
declarer name EXPORT_SYMBOL_GPL;
type T;
@@
 T memory_block_size_bytes(void)
 {
 ...
 }
+EXPORT_SYMBOL_GPL(memory_block_size_bytes);

@kexec@
identifier res, arg, kbuf, sz;
@@
 locate_mem_hole_callback(struct resource *res, void *arg)
 {
 ...
+if (res->flags & IORESOURCE_SYSRAM_DRIVER_MANAGED)
+	return 0;
 if (sz < kbuf->memsz)
 	return 0;
 ...
 }
