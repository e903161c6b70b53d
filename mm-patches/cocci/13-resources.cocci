/// mm/memory_hotplug: RAM beneath the resource of who adds it
///
/// A driver that makes RAM of its memory keeps the range, as a resource that is not busy; the RAM is
/// its child. Walkers of RAM find it there, kexec's too.
// From 5.1 on kernels have most of this. (requirements G1, G2)
// has-any: mm/memory_hotplug.c __request_region\(&iomem_resource
// files: mm/memory_hotplug.c kernel/resource.c

// takes the whole declaration away, of which it is the second half
@declare@
identifier start, size, conflict;
typedef u64;
@@
 register_memory_resource(u64 start, u64 size)
 {
 ...
-struct resource *conflict;
 ... when any
 }

@request@
identifier start, size, res, conflict;
statement S;
typedef u64;
@@
 register_memory_resource(u64 start, u64 size)
 {
+unsigned long flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY;
+struct resource *res;
 ... when any
-res = kzalloc(sizeof(struct resource), GFP_KERNEL);
-if (!res)
-	return ERR_PTR(-ENOMEM);
-res->name = "System RAM";
-res->start = start;
-res->end = start + size - 1;
-res->flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY;
-conflict = request_resource_conflict(&iomem_resource, res);
-if (conflict) S
+res = __request_region(&iomem_resource, start, size, "System RAM", flags);
+if (!res) {
+	pr_debug("Unable to reserve System RAM region: %016llx->%016llx\n",
+		 start, start + size);
+	return ERR_PTR(-EEXIST);
+}
 return res;
 }

@release@
identifier res;
@@
 static void release_memory_resource(struct resource *res)
 {
 ...
-release_resource(res);
-kfree(res);
+__release_region(&iomem_resource, res->start, resource_size(res));
 ...
 }

@walk_ram@
identifier f =~ "^walk_system_ram_range$";
@@
 f(...)
 {
 <+...
 find_next_iomem_res(...,
-	true,
+	false,
 	...)
 ...+>
 }

@walk_ram_res@
identifier f =~ "^walk_system_ram_res$";
@@
 f(...)
 {
 <+...
 __walk_iomem_res_desc(...,
-	true,
+	false,
 	...)
 ...+>
 }
