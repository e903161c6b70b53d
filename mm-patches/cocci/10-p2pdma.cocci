/// PCI/P2PDMA: a reference for each resource, not one for all of a device
///
/// All resources of a device had one reference between them: the first that went, or failed to come,
/// killed it for the others, and waited for nobody. Now each has its own, which its allocations
/// have, and waits for it before its memmap goes. The device's pool is destroyed when nobody
/// allocates any more; a resource that the pool does not take is unmapped; and attributes go before
/// what they show.
// From 5.3 on kernels have this, and before 4.20 none has P2PDMA. (requirement C3)
// where: drivers/pci/p2pdma.c pci_p2pdma_setup
// has: drivers/pci/p2pdma.c gen_pool_alloc_owner
// files: drivers/pci/p2pdma.c
// new: drivers/pci/p2pdma_resource.h

@include@
@@
 #include <linux/seq_buf.h>
+#include "p2pdma_resource.h"

@member@
@@
 struct pci_p2pdma {
-struct percpu_ref devmap_ref;
-struct completion devmap_ref_done;
+struct list_head resources;
 ...
 };

@old_release@
@@
-static void pci_p2pdma_percpu_release(...) { ... }

@old_kill@
@@
-static void pci_p2pdma_percpu_kill(...) { ... }

@release@
identifier data, pdev;
expression kobj, group;
@@
 static void pci_p2pdma_release(void *data)
 {
 struct pci_dev *pdev = data;
+struct pci_p2pdma *p2pdma = pdev->p2pdma;
-if (!pdev->p2pdma)
+if (!p2pdma)
	return;
-wait_for_completion(&pdev->p2pdma->devmap_ref_done);
-percpu_ref_exit(&pdev->p2pdma->devmap_ref);
-gen_pool_destroy(pdev->p2pdma->pool);
 sysfs_remove_group(kobj, group);
-pdev->p2pdma = NULL;
+WRITE_ONCE(pdev->p2pdma, NULL);
+/* who allocates still has the pool */
+synchronize_rcu();
+gen_pool_destroy(p2pdma->pool);
 }

@setup@
identifier p2p, error;
@@
 pci_p2pdma_setup(...)
 {
 <+...
-init_completion(&p2p->devmap_ref_done);
-error = percpu_ref_init(&p2p->devmap_ref, pci_p2pdma_percpu_release, 0, GFP_KERNEL);
-if (error)
-	goto out_pool_destroy;
+INIT_LIST_HEAD(&p2p->resources);
 ...+>
 }

@add@
identifier pdev, pgmap, addr, error;
expression size, node;
expression bus;
@@
 int pci_p2pdma_add_resource(struct pci_dev *pdev, ...)
 {
 ...
-pgmap = devm_kzalloc(&pdev->dev, sizeof(*pgmap), GFP_KERNEL);
+pgmap = p2pdma_resource_new(&pdev->dev);
 ...
-pgmap->ref = &pdev->p2pdma->devmap_ref;
 ...
-pgmap->kill = pci_p2pdma_percpu_kill;
 ...
 addr = devm_memremap_pages(&pdev->dev, pgmap);
 if (IS_ERR(addr)) { ... }
+p2pdma_resource_add(pgmap, &pdev->p2pdma->resources, addr);
 error = gen_pool_add_virt(pdev->p2pdma->pool, (unsigned long)addr, bus, size, node);
-if (error)
+if (error) {
+	devm_memunmap_pages(&pdev->dev, pgmap);
	goto pgmap_free;
+}
 ...
 }

@alloc@
identifier pdev, size, ret;
@@
 void *pci_alloc_p2pmem(struct pci_dev *pdev, size_t size)
 {
+struct pci_p2pdma *p2pdma;
-void *ret;
+void *ret = NULL;
-if (unlikely(!pdev->p2pdma))
-	return NULL;
-if (unlikely(!percpu_ref_tryget_live(&pdev->p2pdma->devmap_ref)))
-	return NULL;
-ret = (void *)gen_pool_alloc(pdev->p2pdma->pool, size);
-if (unlikely(!ret))
-	percpu_ref_put(&pdev->p2pdma->devmap_ref);
+rcu_read_lock();
+p2pdma = READ_ONCE(pdev->p2pdma);
+if (likely(p2pdma))
+	ret = p2pdma_resource_alloc(p2pdma->pool, &p2pdma->resources, size);
+rcu_read_unlock();
 return ret;
 }

@free@
identifier pdev, addr, size;
typedef uintptr_t;
@@
 void pci_free_p2pmem(struct pci_dev *pdev, void *addr, size_t size)
 {
-gen_pool_free(pdev->p2pdma->pool, (uintptr_t)addr, size);
-percpu_ref_put(&pdev->p2pdma->devmap_ref);
+p2pdma_resource_free(pdev->p2pdma->pool, &pdev->p2pdma->resources, addr, size);
 }
