/// mm/memremap: wait for the last reference before the memmap goes
///
/// A pagemap that is released drops its own references of the pages, and its memmap was gone while
/// somebody still had one: the owner waited later. Now the owner says how to wait, with cleanup():
/// no new references (kill), all pages put, the last one is back (cleanup), the memmap goes. Both
/// callbacks have to be there. When devm_memremap_pages() fails it has called both. And
/// devm_memunmap_pages() unmaps before the device goes.
///
/// nd_pmem, dax_pmem and HMM are converted. nd_pmem waits here, and ends its queue as ever later.
// From 5.2 on kernels have this. (requirements A10, C1, C2)
// has-any: include/linux/memremap.h cleanup\)\(
// files: include/linux/memremap.h kernel/memremap.c drivers/nvdimm/pmem.c drivers/dax/pmem.c mm/hmm.c
// spare: drivers/dax/pmem.c mm/hmm.c
// optional: conflict hmm_exit hmm_set hmm_action

// ---- the pagemap
@member@
@@
 struct dev_pagemap {
 ...
 void (*kill)(struct percpu_ref *ref);
+void (*cleanup)(struct percpu_ref *ref);
 ...
 };

@prototype@
@@
+void devm_memunmap_pages(struct device *dev, struct dev_pagemap *pgmap);
 struct dev_pagemap *get_dev_pagemap(unsigned long pfn,
		struct dev_pagemap *pgmap);

@unmap@
declarer name EXPORT_SYMBOL_GPL;
@@
 EXPORT_SYMBOL_GPL(devm_memremap_pages);
+/**
+ * devm_memunmap_pages() - undo devm_memremap_pages() before the device goes
+ * @dev: as it was mapped
+ * @pgmap: as it was mapped
+ */
+void devm_memunmap_pages(struct device *dev, struct dev_pagemap *pgmap)
+{
+	devm_release_action(dev, devm_memremap_pages_release, pgmap);
+}
+EXPORT_SYMBOL_GPL(devm_memunmap_pages);

@both depends on !(file in "include")@
identifier pgmap;
@@
 devm_memremap_pages(struct device *dev, struct dev_pagemap *pgmap)
 {
 <+...
-!pgmap->kill
+!pgmap->kill || !pgmap->cleanup
 ...+>
 }

@wait@
identifier pgmap, i;
iterator name for_each_device_pfn;
@@
 devm_memremap_pages_release(...)
 {
 ...
 for_each_device_pfn(i, pgmap)
	put_page(pfn_to_page(i));
+pgmap->cleanup(pgmap->ref);
 ...
 }

@conflict@
identifier pgmap, other;
@@
 devm_memremap_pages(struct device *dev, struct dev_pagemap *pgmap)
 {
 <+...
 put_dev_pagemap(other);
-return ERR_PTR(-ENOMEM);
+error = -ENOMEM;
+goto err_array;
 ...+>
 }

@failed@
identifier pgmap;
@@
 devm_memremap_pages(struct device *dev, struct dev_pagemap *pgmap)
 {
 <+...
 pgmap->kill(pgmap->ref);
+pgmap->cleanup(pgmap->ref);
 ...+>
 }

// ---- nd_pmem
@pmem_wait@
@@
 static void pmem_freeze_queue(struct percpu_ref *ref)
 {
 ...
 }
+static void pmem_drain_queue(struct percpu_ref *ref)
+{
+	blk_mq_freeze_queue_wait(container_of(ref, struct request_queue, q_usage_counter));
+}

@pmem_include@
@@
 #include <linux/blkdev.h>
+#include <linux/blk-mq.h>

@pmem_set@
expression p;
@@
 p.kill = pmem_freeze_queue;
+p.cleanup = pmem_drain_queue;

// ---- dax_pmem: its exit waits already; it is the pagemap's now, and no longer the device's
@dax_exit@
identifier data, ref;
@@
 dax_pmem_percpu_exit(
-	void *data
+	struct percpu_ref *ref
 	)
 {
-struct percpu_ref *ref = data;
 ...
 }

@dax_action@
identifier rc;
expression dev, e;
@@
-rc = devm_add_action(dev, dax_pmem_percpu_exit, e);
-if (rc) {
-	percpu_ref_exit(e);
-	return rc;
-}

@dax_set@
expression p;
@@
 p.kill = dax_pmem_percpu_kill;
+p.cleanup = dax_pmem_percpu_exit;

// ---- HMM, where it maps with devm_memremap_pages()
@hmm_set@
expression p;
@@
 p.kill = hmm_devmem_ref_kill;
+p.cleanup = hmm_devmem_ref_exit;

@hmm_exit depends on hmm_set@
identifier data, ref;
@@
 hmm_devmem_ref_exit(
-	void *data
+	struct percpu_ref *ref
 	)
 {
-struct percpu_ref *ref = data;
 ...
 }

@hmm_action depends on hmm_set@
identifier ret;
expression dev, e;
@@
-ret = devm_add_action_or_reset(dev, hmm_devmem_ref_exit, e);
-if (ret)
-	return ERR_PTR(ret);
