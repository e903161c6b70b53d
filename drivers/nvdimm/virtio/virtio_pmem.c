// SPDX-License-Identifier: GPL-2.0
/*
 * The driver of virtio-pmem devices: each is a bus of one region, whose flush
 * is a request to the host (flush.c), so that stores alone are never
 * durable: no MAP_SYNC (requirements I2).
 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/numa.h>
#include <linux/overflow.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_ring.h>
#include "common/diag.h"
#include "core/bus.h"
#include "region/region.h"
#include "virtio/virtio_pmem.h"

/* Shared memory region 0, or the configuration space of devices that have none. */
static void read_range(struct virtio_device *vdev, u64 *start, u64 *size)
{
	struct virtio_shm_region shm;

	if (virtio_has_feature(vdev, VIRTIO_PMEM_F_SHMEM_REGION)) {
		bool have = virtio_get_shm_region(vdev, &shm, VIRTIO_PMEM_SHMEM_REGION_ID);

		*start = have ? shm.addr : 0;
		*size = have ? shm.len : 0;
		return;
	}
	virtio_cread_le(vdev, struct virtio_pmem_config, start, start);
	virtio_cread_le(vdev, struct virtio_pmem_config, size, size);
}

static int get_range(struct virtio_device *vdev, struct range *range)
{
	u64 start = 0, size = 0, end;

	read_range(vdev, &start, &size);
	if (!size || !PAGE_ALIGNED(start | size) || check_add_overflow(start, size, &end))
		return nd_refuse(&vdev->dev, -EINVAL, ND_REASON_BOUNDS,
				 "the host offers %#llx bytes at %#llx, which is no range of whole pages",
				 size, start);
	*range = (struct range) { .start = start, .end = end - 1 };
	return 0;
}

/*
 * Two nodes (requirements F4): the one that is online and near, and the one the
 * memory would make up itself. The device may tell the first, the address both.
 */
static void vpmem_plan_nodes(struct vpmem *vp, struct nd_region_desc *desc)
{
	int near = dev_to_node(&vp->vdev->dev);

	if (near == NUMA_NO_NODE)
		near = memory_add_physaddr_to_nid(vp->range.start);
	desc->numa_node = numa_map_to_online_node(near);
	desc->target_node = phys_to_target_node(vp->range.start);
}

static int vpmem_add_region(struct vpmem *vp)
{
	struct resource res = DEFINE_RES_MEM(vp->range.start, range_len(&vp->range));
	struct nd_region_desc desc = {
		.res = &res,
		.flush = vpmem_flush,
		.provider_data = vp,
	};
	struct nd_region *region;

	vpmem_plan_nodes(vp, &desc);
	set_bit(ND_REGION_PAGEMAP, &desc.flags);
	set_bit(ND_REGION_ASYNC, &desc.flags);
	region = nd_region_create(vp->bus, &desc, true);
	/* libnvdimm has said why */
	if (IS_ERR(region))
		return PTR_ERR(region);
	if (desc.target_node == NUMA_NO_NODE)
		dev_info(&region->dev, "target_node is unknown: its address tells none\n");
	else
		dev_info(&region->dev, "target_node is %d, by its address\n",
			 desc.target_node);
	return 0;
}

static int add_bus(struct vpmem *vp)
{
	struct nvdimm_bus *bus;

	vp->desc.provider_name = "virtio-pmem";
	vp->desc.module = THIS_MODULE;
	bus = nd_bus_register(&vp->vdev->dev, &vp->desc);
	if (IS_ERR(bus))
		return PTR_ERR(bus);
	vp->bus = bus;
	/* what goes wrong with the device is told on the bus, until the device is no more */
	get_device(to_nvdimm_bus_dev(vp->bus));
	return 0;
}

static void free_vpmem(struct vpmem *vp)
{
	vpmem_flush_exit(vp);
	if (vp->bus)
		put_device(to_nvdimm_bus_dev(vp->bus));
	nd_diag_forget(&vp->vdev->dev);
	vp->vdev->priv = NULL;
	kfree(vp);
}

/* Before devices are shut down, with flushes that nobody can interrupt. */
static int vpmem_reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	vpmem_flush_hurry(container_of(nb, struct vpmem, reboot));
	return NOTIFY_DONE;
}

static int vpmem_probe(struct virtio_device *vdev)
{
	struct vpmem *vp;
	int rc;

	if (!vdev->config->get)
		return nd_refuse(&vdev->dev, -EINVAL, ND_REASON_UNSUPPORTED,
				 "the transport gives no access to the configuration space");
	vp = kzalloc(sizeof(*vp), GFP_KERNEL);
	if (!vp)
		return -ENOMEM;
	vp->vdev = vdev;
	vp->reboot.notifier_call = vpmem_reboot;
	vdev->priv = vp;
	rc = vpmem_flush_init(vp);
	if (rc)
		goto no_flush;
	rc = get_range(vdev, &vp->range);
	if (rc)
		goto no_flush;
	rc = vpmem_flush_open(vp);
	if (rc)
		goto no_flush;
	rc = add_bus(vp);
	if (rc)
		goto no_bus;
	/* The region's disk may flush before the core calls the device ready. */
	virtio_device_ready(vdev);
	vpmem_flush_start(vp);
	rc = register_reboot_notifier(&vp->reboot);
	if (rc)
		goto no_region;
	rc = vpmem_add_region(vp);
	if (rc)
		goto no_reboot;
	return 0;

no_reboot:
	unregister_reboot_notifier(&vp->reboot);
no_region:
	nvdimm_bus_unregister(vp->bus);
no_bus:
	vpmem_flush_stop(vp);
no_flush:
	free_vpmem(vp);
	return rc;
}

/* First the users go, with a last flush; then the device; then those that still wait. */
static void vpmem_remove(struct virtio_device *vdev)
{
	struct vpmem *vp = vdev->priv;

	unregister_reboot_notifier(&vp->reboot);
	vpmem_flush_hurry(vp);
	nvdimm_bus_unregister(vp->bus);
	vpmem_flush_stop(vp);
	free_vpmem(vp);
}

static void vpmem_config_changed(struct virtio_device *vdev)
{
	if (vdev->priv)
		vpmem_flush_check(vdev->priv);
}

/* A flush under way is answered, or the machine does not go to sleep: nothing fails for it. */
static int __maybe_unused vpmem_freeze(struct virtio_device *vdev)
{
	struct vpmem *vp = vdev->priv;

	if (!vpmem_flush_drain(vp)) {
		vpmem_flush_start(vp);
		return nd_refuse(&vdev->dev, -EBUSY, ND_REASON_BUSY,
				 "the host has not answered a flush for ten seconds: suspend again when it has");
	}
	vpmem_flush_stop(vp);
	return 0;
}

/* The transport resets the device whatever this returns. */
static int __maybe_unused vpmem_reset_prepare(struct virtio_device *vdev)
{
	struct vpmem *vp = vdev->priv;

	vpmem_flush_drain(vp);
	vpmem_flush_stop(vp);
	return 0;
}

static int __maybe_unused vpmem_restore(struct virtio_device *vdev)
{
	struct vpmem *vp = vdev->priv;
	struct range range;
	int rc = get_range(vdev, &range);

	if (!rc && (range.start != vp->range.start || range.end != vp->range.end))
		rc = nd_refuse(&vdev->dev, -ENXIO, ND_REASON_CONFLICT,
			       "the host offers %#llx-%#llx now, and offered %#llx-%#llx before",
			       range.start, range.end, vp->range.start, vp->range.end);
	if (!rc)
		rc = vpmem_flush_open(vp);
	if (rc) {
		vpmem_flush_kill(vp, "the device did not come back as it was");
		return rc;
	}
	virtio_device_ready(vdev);
	vpmem_flush_start(vp);
	return 0;
}

/*
 * With indirect descriptors the ring allocates a table for each request, and some kernels fail the
 * request where they cannot. Two descriptors of the ring itself do as well.
 */
static int vpmem_validate(struct virtio_device *vdev)
{
	__virtio_clear_bit(vdev, VIRTIO_RING_F_INDIRECT_DESC);
	return 0;
}

static const unsigned int vpmem_features[] = {
	VIRTIO_PMEM_F_SHMEM_REGION,
};

static const struct virtio_device_id vpmem_ids[] = {
	{ VIRTIO_ID_PMEM, VIRTIO_DEV_ANY_ID },
	{ }
};
MODULE_DEVICE_TABLE(virtio, vpmem_ids);

static struct virtio_driver vpmem_driver = {
	.driver.name = "virtio_pmem",
	.driver.owner = THIS_MODULE,
	.id_table = vpmem_ids,
	.feature_table = vpmem_features,
	.feature_table_size = ARRAY_SIZE(vpmem_features),
	.validate = vpmem_validate,
	.probe = vpmem_probe,
	.remove = vpmem_remove,
	.config_changed = vpmem_config_changed,
#ifdef CONFIG_PM_SLEEP
	.freeze = vpmem_freeze,
	.restore = vpmem_restore,
#endif
	COMPAT_VIRTIO_RESET(vpmem_reset_prepare, vpmem_restore),
};
module_virtio_driver(vpmem_driver);

MODULE_DESCRIPTION("Persistent memory of a virtual machine's host");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
