/// mm/memory_hotplug: say that memory cannot be removed
///
/// remove_memory() of memory that is online was a BUG(). It is an error that the caller is told;
/// __remove_memory(), whose callers have made sure, warns. So is RAM of boot whose section has
/// something else in it, for its struct pages serve that as well.
// From 5.3 on kernels have the first half. (requirements G3, G4)
// has-any: mm/memory_hotplug.c int .*try_remove_memory
// files: mm/memory_hotplug.c include/linux/memory_hotplug.h
// optional: mixed
// one-of: busy busy_unlock

@rename depends on !(file in "include")@
identifier nid, start, size;
typedef u64;
@@
-__remove_memory
+try_remove_memory
 (int nid, u64 start, u64 size)
 {
 ...
+return 0;
 }

@split depends on rename@
type T;
@@
-T
+static int
 try_remove_memory(...)
 {
 ...
 }

@range depends on split@
expression start, size;
@@
-BUG_ON(check_hotplug_memory_range(start, size));
+if (check_hotplug_memory_range(start, size))
+	return -EINVAL;

// of 02-hotplug
@mixed depends on split@
expression start, size;
@@
-if (WARN_ON(subsection_mixed(start, size)))
-	return;
+if (subsection_mixed(start, size))
+	return -EBUSY;

// where the lock is taken before the blocks are looked at
@busy_unlock depends on split@
identifier ret;
@@
 try_remove_memory(...)
 {
 ... when any
 mem_hotplug_begin();
 ... when != mem_hotplug_done();
 if (ret)
-	BUG();
+{
+	mem_hotplug_done();
+	return -EBUSY;
+}
 ... when any
 }

@busy depends on split && !busy_unlock@
identifier ret;
@@
 try_remove_memory(...)
 {
 ... when any
 if (ret)
-	BUG();
+	return -EBUSY;
 ... when any
 }

@public depends on split@
identifier nid, start, size;
typedef u64;
@@
-void
+int
 remove_memory(int nid, u64 start, u64 size)
 {
+int rc;
 lock_device_hotplug();
-__remove_memory(nid, start, size);
+rc = try_remove_memory(nid, start, size);
 unlock_device_hotplug();
+return rc;
 }

@forced depends on split@
declarer name EXPORT_SYMBOL_GPL;
@@
 EXPORT_SYMBOL_GPL(remove_memory);
+void __remove_memory(int nid, u64 start, u64 size)
+{
+	WARN_ON(try_remove_memory(nid, start, size));
+}

@prototype depends on file in "include"@
identifier nid, start, size;
typedef u64;
@@
-void
+int
 remove_memory(int nid, u64 start, u64 size);

@stub depends on file in "include"@
identifier nid, start, size;
typedef u64;
type T;
@@
 static inline
-T
+int
 remove_memory(int nid, u64 start, u64 size)
 {
+	return -EBUSY;
 }
