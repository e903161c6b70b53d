// SPDX-License-Identifier: GPL-2.0
/*
 * A virtio-pmem device and its host, with a ring as small and a host as slow or
 * broken as a test wants: the driver, and the kernel's own virtqueues, meet no
 * stand-in. Virtio 1.2 §2.7 (split virtqueues), §5.19.
 */
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_pmem.h>
#include <linux/virtio_ring.h>
#include <linux/workqueue.h>
#include "provider.h"

/**
 * struct provider_host - the host of one device
 * @pdev: what the device hangs on; its attributes are the test's
 * @vdev: the device; its memory goes when virtio has put it
 * @range: what is offered, with counts of flushes and errors to come
 * @vq: the device's queue; NULL while it has none
 * @work: answers a request, after @delay
 * @taken: requests taken from the ring since the last reset
 * @most: so many requests there were in the ring at once
 * @delay: milliseconds, of each request
 * @hold: answers nothing
 * @late: what it holds it answers after the next reset, when the driver gives the queue back
 * @wild: its next answer is to a request that nobody has made
 * @owed: there is something, and a reset was
 * @start: what it tells drivers to come of where the memory is
 * @status: the device's
 */
struct provider_host {
	struct platform_device *pdev;
	struct virtio_device vdev;
	struct provider_range *range;
	struct virtqueue *vq;
	struct delayed_work work;
	u16 taken;
	unsigned int most;
	unsigned int delay;
	bool hold;
	bool late;
	bool wild;
	bool owed;
	u64 start;
	u8 status;
};

static struct provider_host *to_host(struct virtio_device *vdev)
{
	return container_of(vdev, struct provider_host, vdev);
}

/* ---- the host's side of the ring ---- */

static void *at(struct virtio_device *vdev, const struct vring_desc *desc)
{
	return phys_to_virt(virtio64_to_cpu(vdev, desc->addr));
}

static u16 waiting(struct provider_host *host, const struct vring *ring)
{
	return virtio16_to_cpu(&host->vdev, READ_ONCE(ring->avail->idx)) - host->taken;
}

/* A request and room for its answer are two descriptors. */
static void answer(struct provider_host *host, const struct vring *ring)
{
	struct virtio_device *vdev = &host->vdev;
	u16 slot = host->taken & (ring->num - 1);
	u16 head, used = virtio16_to_cpu(vdev, ring->used->idx);
	const struct vring_desc *in;
	struct virtio_pmem_resp *resp;

	/* the entry was written before the index */
	virt_rmb();
	head = virtio16_to_cpu(vdev, ring->avail->ring[slot]);
	in = &ring->desc[virtio16_to_cpu(vdev, ring->desc[head].next)];
	resp = at(vdev, in);
	resp->ret = cpu_to_le32(provider_goes_wrong(&host->range->flush_errors));
	atomic_inc(&host->range->flushes);
	ring->used->ring[used & (ring->num - 1)] = (struct vring_used_elem) {
		.id = cpu_to_virtio32(vdev, xchg(&host->wild, false) ? ring->num : head),
		.len = cpu_to_virtio32(vdev, sizeof(*resp)),
	};
	/* and so is this one */
	virt_wmb();
	WRITE_ONCE(ring->used->idx, cpu_to_virtio16(vdev, used + 1));
	host->taken++;
}

static void interrupt(struct provider_host *host)
{
	unsigned long flags;

	local_irq_save(flags);
	vring_interrupt(0, host->vq);
	local_irq_restore(flags);
}

static void host_work(struct work_struct *work)
{
	struct provider_host *host = container_of(to_delayed_work(work), struct provider_host,
						  work);
	const struct vring *ring = virtqueue_get_vring(host->vq);
	u16 n;

	if (host->hold)
		return;
	n = waiting(host, ring);
	if (!n)
		return;
	host->most = max_t(unsigned int, host->most, n);
	answer(host, ring);
	interrupt(host);
	if (waiting(host, ring))
		schedule_delayed_work(&host->work, msecs_to_jiffies(host->delay));
}

/* Any context. */
static bool host_notify(struct virtqueue *vq)
{
	struct provider_host *host = to_host(vq->vdev);

	schedule_delayed_work(&host->work, msecs_to_jiffies(host->delay));
	return true;
}

/* ---- the transport ---- */

static void host_get(struct virtio_device *vdev, unsigned int offset, void *buf, unsigned int len)
{
	const struct provider_host *host = to_host(vdev);
	const struct virtio_pmem_config config = {
		.start = cpu_to_le64(host->start),
		.size = cpu_to_le64(host->range->spec.size),
	};

	if (offset <= sizeof(config) && len <= sizeof(config) - offset)
		memcpy(buf, (const void *)&config + offset, len);
}

static void host_set(struct virtio_device *vdev, unsigned int offset, const void *buf,
		     unsigned int len)
{
}

static u8 host_get_status(struct virtio_device *vdev)
{
	return to_host(vdev)->status;
}

static void host_set_status(struct virtio_device *vdev, u8 status)
{
	to_host(vdev)->status = status;
}

static void host_reset(struct virtio_device *vdev)
{
	struct provider_host *host = to_host(vdev);

	cancel_delayed_work_sync(&host->work);
	host->status = 0;
	host->owed = host->late && host->vq && waiting(host, virtqueue_get_vring(host->vq));
	if (!host->owed)
		host->taken = 0;
}

/*
 * As with virtio-mmio, where nothing waits for an interrupt but free_irq(). The driver has taken
 * back what it put into the ring, and the entry is there still.
 */
static void come_late(struct provider_host *host)
{
	answer(host, virtqueue_get_vring(host->vq));
	interrupt(host);
	host->owed = false;
	host->taken = 0;
}

static void host_del_vqs(struct virtio_device *vdev)
{
	struct provider_host *host = to_host(vdev);

	cancel_delayed_work_sync(&host->work);
	if (host->vq && host->owed)
		come_late(host);
	if (host->vq)
		vring_del_virtqueue(host->vq);
	host->vq = NULL;
}

static int host_find_vqs(struct virtio_device *vdev, unsigned int nvqs, struct virtqueue *vqs[],
			 struct virtqueue_info info[], struct irq_affinity *desc)
{
	struct provider_host *host = to_host(vdev);

	if (nvqs != 1)
		return -EINVAL;
	host->vq = vring_create_virtqueue(0, host->range->spec.ring, PAGE_SIZE, vdev, true, false,
					  info[0].ctx, host_notify, info[0].callback,
					  info[0].name);
	vqs[0] = host->vq;
	return vqs[0] ? 0 : -ENOMEM;
}
COMPAT_FIND_VQS(host_find_vqs)

/*
 * Indirect descriptors are offered, and answer() knows none: a driver that accepts them, and so has
 * the ring allocate memory for a flush, gets no answer.
 */
static u64 host_get_features(struct virtio_device *vdev)
{
	return BIT_ULL(VIRTIO_F_VERSION_1) | BIT_ULL(VIRTIO_RING_F_INDIRECT_DESC);
}

static int host_finalize_features(struct virtio_device *vdev)
{
	vring_transport_features(vdev);
	return 0;
}

static void host_synchronize(struct virtio_device *vdev)
{
	flush_delayed_work(&to_host(vdev)->work);
}
COMPAT_VIRTIO_CALLBACKS(host_synchronize)

static const struct virtio_config_ops host_ops = {
	.get = host_get,
	.set = host_set,
	.get_status = host_get_status,
	.set_status = host_set_status,
	.reset = host_reset,
	.find_vqs = compat_find_vqs(host_find_vqs),
	.del_vqs = host_del_vqs,
	COMPAT_VIRTIO_SYNCHRONIZE_CBS(host_synchronize),
	.get_features = host_get_features,
	.finalize_features = host_finalize_features,
};

/* ---- what a test sees and sets ---- */

static struct provider_host *of(struct device *dev)
{
	return platform_get_drvdata(to_platform_device(dev));
}

static ssize_t requests_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&of(dev)->range->flushes));
}
static DEVICE_ATTR_RO(requests);

static ssize_t most_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", of(dev)->most);
}
static DEVICE_ATTR_RO(most);

static ssize_t errors_store(struct device *dev, struct device_attribute *attr, const char *buf,
			    size_t n)
{
	unsigned int value;
	int rc = kstrtouint(buf, 0, &value);

	if (!rc)
		atomic_set(&of(dev)->range->flush_errors, value);
	return rc ?: n;
}
static DEVICE_ATTR_WO(errors);

static ssize_t delay_store(struct device *dev, struct device_attribute *attr, const char *buf,
			   size_t n)
{
	int rc = kstrtouint(buf, 0, &of(dev)->delay);

	return rc ?: n;
}
static DEVICE_ATTR_WO(delay);

static ssize_t hold_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t n)
{
	struct provider_host *host = of(dev);
	int rc = kstrtobool(buf, &host->hold);

	device_lock(&host->vdev.dev);
	if (!rc && !host->hold && host->vq)
		schedule_delayed_work(&host->work, 0);
	device_unlock(&host->vdev.dev);
	return rc ?: n;
}
static DEVICE_ATTR_WO(hold);

static ssize_t late_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t n)
{
	int rc = kstrtobool(buf, &of(dev)->late);

	return rc ?: n;
}
static DEVICE_ATTR_WO(late);

static ssize_t wild_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t n)
{
	int rc = kstrtobool(buf, &of(dev)->wild);

	return rc ?: n;
}
static DEVICE_ATTR_WO(wild);

static ssize_t start_store(struct device *dev, struct device_attribute *attr, const char *buf,
			   size_t n)
{
	int rc = kstrtou64(buf, 0, &of(dev)->start);

	return rc ?: n;
}
static DEVICE_ATTR_WO(start);

/* Virtio 1.2 §2.1.2: the device has met an error it cannot recover from. */
static ssize_t needs_reset_store(struct device *dev, struct device_attribute *attr,
				 const char *buf, size_t n)
{
	struct provider_host *host = of(dev);

	host->status |= VIRTIO_CONFIG_S_NEEDS_RESET;
	virtio_config_changed(&host->vdev);
	return n;
}
static DEVICE_ATTR_WO(needs_reset);

/* What a bus does to a device, under its lock. */
static ssize_t host_event(struct device *dev, int (*event)(struct virtio_device *vdev), size_t n)
{
	struct virtio_device *vdev = &of(dev)->vdev;
	int rc;

	device_lock(&vdev->dev);
	rc = event(vdev);
	device_unlock(&vdev->dev);
	return rc ?: n;
}

/* As when the machine sleeps and wakes up. */
static int sleep_and_wake(struct virtio_device *vdev)
{
	return virtio_device_freeze(vdev) ?: virtio_device_restore(vdev);
}

static ssize_t sleep_store(struct device *dev, struct device_attribute *attr, const char *buf,
			   size_t n)
{
	return host_event(dev, sleep_and_wake, n);
}
static DEVICE_ATTR_WO(sleep);

/* As by a reset of the PCI function, which no driver can refuse; older kernels report none. */
static ssize_t reset_store(struct device *dev, struct device_attribute *attr, const char *buf,
			   size_t n)
{
	return host_event(dev, compat_virtio_reset, n);
}
static DEVICE_ATTR_WO(reset);

static struct attribute *host_attrs[] = {
	&dev_attr_requests.attr,
	&dev_attr_most.attr,
	&dev_attr_errors.attr,
	&dev_attr_delay.attr,
	&dev_attr_hold.attr,
	&dev_attr_late.attr,
	&dev_attr_wild.attr,
	&dev_attr_start.attr,
	&dev_attr_needs_reset.attr,
	&dev_attr_sleep.attr,
	&dev_attr_reset.attr,
	NULL
};

static const struct attribute_group host_group = { .name = "nd_provider", .attrs = host_attrs };

/* ---- birth and death ---- */

static void host_release(struct device *dev)
{
	kfree(to_host(dev_to_virtio(dev)));
}

static int add_vdev(struct provider_host *host)
{
	int rc;

	host->vdev.dev.parent = &host->pdev->dev;
	host->vdev.dev.release = host_release;
	host->vdev.id.device = VIRTIO_ID_PMEM;
	host->vdev.id.vendor = VIRTIO_DEV_ANY_ID;
	host->vdev.config = &host_ops;
	rc = register_virtio_device(&host->vdev);
	if (rc)
		put_device(&host->vdev.dev);
	return rc;
}

int provider_host_add(struct provider_range *range, unsigned int nr)
{
	struct provider_host *host = kzalloc(sizeof(*host), GFP_KERNEL);
	int rc;

	if (!host)
		return -ENOMEM;
	host->range = range;
	host->start = range->spec.start;
	INIT_DELAYED_WORK(&host->work, host_work);
	host->pdev = platform_device_register_simple("nd_provider_virtio", nr, NULL, 0);
	if (IS_ERR(host->pdev)) {
		rc = PTR_ERR(host->pdev);
		kfree(host);
		return rc;
	}
	platform_set_drvdata(host->pdev, host);
	rc = device_add_group(&host->pdev->dev, &host_group);
	if (!rc) {
		range->host = host;
		rc = add_vdev(host);
	}
	if (rc) {
		platform_device_unregister(host->pdev);
		if (!range->host)
			kfree(host);
		range->host = NULL;
	}
	return rc;
}

void provider_host_remove(struct provider_range *range)
{
	struct provider_host *host = range->host;
	struct platform_device *pdev;

	if (!host)
		return;
	pdev = host->pdev;
	range->host = NULL;
	/* its attributes work until here: a driver that waits may want to be let go */
	get_device(&host->vdev.dev);
	unregister_virtio_device(&host->vdev);
	device_remove_group(&pdev->dev, &host_group);
	put_device(&host->vdev.dev);
	platform_device_unregister(pdev);
}
