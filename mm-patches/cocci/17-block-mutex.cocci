/// drivers/base: device_hotplug_lock alone keeps memory blocks in order
///
/// mem_sysfs_mutex was taken under mem_hotplug_lock where blocks are made, and held where they are
/// removed, which waits for whoever writes to their attributes. The attribute "online" of a CPU is of
/// the same class, and who writes to that waits for mem_hotplug_lock: lockdep reports a circle. It
/// guards nothing: who makes or removes blocks holds device_hotplug_lock, or there is nobody else yet.
// From 5.5 on kernels have this. (requirement G5)
// has-any: drivers/base/memory.c (?s)\A(?!.*mem_sysfs_mutex)
// where: mm/memory_hotplug.c lock_device_hotplug\(\);
// files: drivers/base/memory.c

@locks@
@@
(
-mutex_lock(&mem_sysfs_mutex);
|
-mutex_unlock(&mem_sysfs_mutex);
)

@mutex depends on locks@
declarer name DEFINE_MUTEX;
@@
-static DEFINE_MUTEX(mem_sysfs_mutex);
