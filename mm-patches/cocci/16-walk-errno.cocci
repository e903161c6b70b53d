/// resource: a walk that finds nothing returns an errno
///
/// It was -1, which a caller that hands it on makes -EPERM of.
// From 5.1 on kernels have this. (requirement G2)
// has-any: kernel/resource.c int ret = -EINVAL;\s+while \(start < end
// files: kernel/resource.c

@walk@
identifier f =~ "^(__walk_iomem_res_desc|walk_system_ram_range)$";
identifier ret;
@@
 f(...)
 {
 ...
-int ret = -1;
+int ret = -EINVAL;
 ...
 }
