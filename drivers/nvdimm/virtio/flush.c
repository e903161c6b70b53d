// SPDX-License-Identifier: GPL-2.0
/*
 * Flushes of a virtio-pmem region: from a bio or a waiting task to the host and
 * back. Requirements I1.
 *
 * A bio is taken over and ended when the answer is there; no task waits for
 * it. Memory is freed by writing it back, which needs flushes: so this file
 * allocates none. The ring takes the message without an indirect table
 * (vpmem_validate()). Its DMA mapping may need bounce buffers or an IOMMU's
 * tables: a flush waits for those, on a workqueue with a rescuer.
 *
 * Waiters and bios belong to this file while they are in a batch; once ended,
 * they are not touched again.
 */
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>
#include <linux/wait.h>
#include "common/diag.h"
#include "region/region.h"
#include "virtio/virtio_pmem.h"

/* Without memory to map the message for the device: try again so often. */
#define VPMEM_RETRY	msecs_to_jiffies(10)
/* A flush that lacks such memory for so long is recorded. */
#define VPMEM_SLOW	(10 * HZ)
/* A reset waits so long for the answer under way. */
#define VPMEM_DRAIN	(10 * HZ)
/* A host that is silent while the device or the machine goes down is waited for so long. */
#define VPMEM_DEADLINE	(60 * HZ)

#define DEVICE_BROKEN	"the device is broken: bind it again"
#define HOST_FAILED	"the host could not make writes durable"

/* What the host does not write stays a failure. */
#define VPMEM_NO_ANSWER	cpu_to_le32(~0u)

struct vpmem_waiter {
	struct list_head node;
	struct completion done;
	int rc;
};

/* ---- batches ---- */

static void batch_init(struct vpmem_batch *batch)
{
	bio_list_init(&batch->bios);
	INIT_LIST_HEAD(&batch->waiters);
}

static void batch_move(struct vpmem_batch *from, struct vpmem_batch *to)
{
	bio_list_merge(&to->bios, &from->bios);
	bio_list_init(&from->bios);
	list_splice_tail_init(&from->waiters, &to->waiters);
}

/* Without the lock. A waiter is gone as soon as it is told. */
static void batch_end(struct vpmem_batch *batch, int rc)
{
	struct vpmem_waiter *waiter, *next;
	struct bio *bio;

	while ((bio = bio_list_pop(&batch->bios))) {
		if (rc)
			bio->bi_status = errno_to_blk_status(rc);
		bio_endio(bio);
	}
	list_for_each_entry_safe(waiter, next, &batch->waiters, node) {
		waiter->rc = rc;
		complete(&waiter->done);
	}
}

/* Any context. A bus that is being unregistered is fine, the device holds it. */
static void flush_complain(struct vpmem *vp, const char *what)
{
	if (vp->bus)
		nd_remark(to_nvdimm_bus_dev(vp->bus), -EIO, ND_REASON_FIRMWARE, "%s", what);
}

/* ---- asking; under the lock ---- */

/* Put the message into the ring. */
static int hand_over(struct vpmem *vp)
{
	struct scatterlist out, in, *sgs[] = { &out, &in };
	int rc;

	if (!vp->vq)
		return -EIO;
	vp->message->req.type = cpu_to_le32(VIRTIO_PMEM_REQ_TYPE_FLUSH);
	vp->message->resp.ret = VPMEM_NO_ANSWER;
	sg_init_one(&out, &vp->message->req, sizeof(vp->message->req));
	sg_init_one(&in, &vp->message->resp, sizeof(vp->message->resp));
	rc = virtqueue_add_sgs(vp->vq, sgs, 1, 1, vp, GFP_ATOMIC);
	/*
	 * A kick fails when the device is broken. The message is the ring's by
	 * then: the device counts as having it, and the rest is vpmem_again()'s.
	 */
	if (!rc && !virtqueue_kick(vp->vq))
		mod_delayed_work(vp->queue, &vp->again, 0);
	return rc;
}

/* Nothing was put to the host, and memory will be free again: the flush is not failed for it. */
static void wait_for_memory(struct vpmem *vp)
{
	if (!vp->starved)
		vp->starved_since = jiffies;
	vp->starved = true;
	mod_delayed_work(vp->queue, &vp->again, VPMEM_RETRY);
}

/* Ask the host if it must be; flushes that cannot be helped are moved to @failed. */
static void flush_ask(struct vpmem *vp, struct vpmem_batch *failed)
{
	while (group_must_ask(&vp->group)) {
		int rc = hand_over(vp);

		if (!rc) {
			group_asked(&vp->group);
			vp->starved = false;
			vp->starved_reported = false;
			return;
		}
		if (rc == -ENOMEM) {
			wait_for_memory(vp);
			return;
		}
		batch_move(&vp->batch[group_refused(&vp->group)], failed);
	}
}

static void end_refused(struct vpmem *vp, struct vpmem_batch *failed)
{
	if (bio_list_empty(&failed->bios) && list_empty(&failed->waiters))
		return;
	flush_complain(vp,
		       "a flush cannot be put to the host: the device is broken or has no queue");
	batch_end(failed, -EIO);
}

/* ---- answers ---- */

/*
 * An answer, or its loss, which counts as an error. The host has given up what an error is about,
 * whichever flush asked: see batch.h.
 */
static void take_answer(struct vpmem *vp, bool error, struct vpmem_batch *good,
			struct vpmem_batch *bad)
{
	int batch = group_answered(&vp->group);

	if (batch < 0)
		return;
	vp->owed_since = jiffies;
	batch_move(&vp->batch[batch], error ? bad : good);
	if (!error)
		return;
	/* the region is there as long as it has somebody in a batch */
	nd_region_flush_lost(vp->region);
	batch = group_failed(&vp->group);
	if (batch >= 0)
		batch_move(&vp->batch[batch], bad);
}

/* Under the lock. Return: is one of the answers in the ring an error? */
static bool take_answers(struct vpmem *vp, struct vpmem_batch *good, struct vpmem_batch *bad)
{
	bool refused = false;
	unsigned int len;

	while (vp->vq && virtqueue_get_buf(vp->vq, &len)) {
		bool error = vp->message->resp.ret != 0;

		refused |= error;
		take_answer(vp, error, good, bad);
	}
	return refused;
}

/* The queue's interrupt. */
static void vpmem_answer(struct virtqueue *vq)
{
	struct vpmem *vp = vq->vdev->priv;
	struct vpmem_batch good, bad, failed;
	unsigned long flags;
	bool refused = false;

	batch_init(&good);
	batch_init(&bad);
	batch_init(&failed);
	spin_lock_irqsave(&vp->lock, flags);
	/* a transport may still be calling after a reset, when the queue is being taken down */
	if (vp->vq == vq)
		refused = take_answers(vp, &good, &bad);
	/* what the device has put there makes no sense: it will not be heard any more */
	if (vp->vq == vq && virtqueue_is_broken(vq))
		mod_delayed_work(vp->queue, &vp->again, 0);
	flush_ask(vp, &failed);
	spin_unlock_irqrestore(&vp->lock, flags);
	wake_up(&vp->answered);

	if (refused)
		flush_complain(vp, HOST_FAILED);
	batch_end(&good, 0);
	batch_end(&bad, -EIO);
	end_refused(vp, &failed);
}

int vpmem_flush(struct nd_region *region, struct bio *bio)
{
	struct vpmem *vp = nd_region_provider_data(region);
	struct vpmem_waiter waiter;
	struct vpmem_batch failed;
	unsigned long flags;
	int batch;

	batch_init(&failed);
	init_completion(&waiter.done);
	/* what was stored around the caches is in memory before the host looks */
	pmem_wmb();
	spin_lock_irqsave(&vp->lock, flags);
	if (!group_is_owed(&vp->group))
		vp->owed_since = jiffies;
	batch = group_join(&vp->group);
	vp->region = region;
	if (batch >= 0 && bio)
		bio_list_add(&vp->batch[batch].bios, bio);
	else if (batch >= 0)
		list_add_tail(&waiter.node, &vp->batch[batch].waiters);
	flush_ask(vp, &failed);
	spin_unlock_irqrestore(&vp->lock, flags);
	end_refused(vp, &failed);

	if (batch < 0)
		return -EIO;
	if (bio)
		return NVDIMM_FLUSH_ASYNC;
	wait_for_completion_io(&waiter.done);
	return waiter.rc;
}

/* ---- trouble ---- */

void vpmem_flush_kill(struct vpmem *vp, const char *reason)
{
	struct vpmem_batch failed;
	unsigned long flags;
	bool was_dead;

	batch_init(&failed);
	spin_lock_irqsave(&vp->lock, flags);
	was_dead = vp->group.dead;
	group_kill(&vp->group);
	for (int i = 0; i < GROUP_BATCHES; i++)
		batch_move(&vp->batch[i], &failed);
	spin_unlock_irqrestore(&vp->lock, flags);
	wake_up(&vp->answered);
	if (!was_dead && reason)
		flush_complain(vp, reason);
	batch_end(&failed, -EIO);
}

/* Context: may sleep. */
static bool is_broken(struct vpmem *vp)
{
	bool have, broken;
	unsigned long flags;

	spin_lock_irqsave(&vp->lock, flags);
	have = vp->vq;
	broken = have && virtqueue_is_broken(vp->vq);
	spin_unlock_irqrestore(&vp->lock, flags);
	/* asleep on some transports */
	return broken || (have && vp->vdev->config->get_status(vp->vdev) &
				  VIRTIO_CONFIG_S_NEEDS_RESET);
}

static void vpmem_again(struct work_struct *work)
{
	struct vpmem *vp = container_of(to_delayed_work(work), struct vpmem, again);
	struct vpmem_batch failed;
	unsigned long flags;
	bool slow;

	/* Virtio 1.2 §2.1.2: requests under way cannot be relied on to complete */
	if (is_broken(vp)) {
		vpmem_flush_kill(vp, DEVICE_BROKEN);
		return;
	}
	batch_init(&failed);
	spin_lock_irqsave(&vp->lock, flags);
	flush_ask(vp, &failed);
	slow = vp->starved && !vp->starved_reported &&
	       time_after(jiffies, vp->starved_since + VPMEM_SLOW);
	vp->starved_reported |= slow;
	spin_unlock_irqrestore(&vp->lock, flags);
	if (slow)
		nd_remark(to_nvdimm_bus_dev(vp->bus), -ENOMEM, ND_REASON_RESOURCE,
			  "a flush waits for memory to map its request: for bounce buffers (swiotlb=) or the IOMMU");
	end_refused(vp, &failed);
}

/*
 * So long without an answer that somebody waits for, not so long after the end began: to go down
 * may take a machine longer without the host's fault.
 */
static void vpmem_too_late(struct work_struct *work)
{
	struct vpmem *vp = container_of(to_delayed_work(work), struct vpmem, deadline);
	unsigned long end = jiffies + VPMEM_DEADLINE;

	scoped_guard(spinlock_irqsave, &vp->lock)
		if (group_is_owed(&vp->group))
			end = vp->owed_since + VPMEM_DEADLINE;
	if (time_before(jiffies, end))
		mod_delayed_work(vp->queue, &vp->deadline, end - jiffies);
	else
		vpmem_flush_kill(vp, "the device or the machine goes down, and the host does not answer a flush");
}

void vpmem_flush_check(struct vpmem *vp)
{
	mod_delayed_work(vp->queue, &vp->again, 0);
}

void vpmem_flush_hurry(struct vpmem *vp)
{
	if (is_broken(vp))
		vpmem_flush_kill(vp, "the device is gone or broken");
	mod_delayed_work(vp->queue, &vp->deadline, VPMEM_DEADLINE);
}

/* ---- birth, sleep, death ---- */

int vpmem_flush_init(struct vpmem *vp)
{
	spin_lock_init(&vp->lock);
	for (int i = 0; i < GROUP_BATCHES; i++)
		batch_init(&vp->batch[i]);
	INIT_DELAYED_WORK(&vp->again, vpmem_again);
	INIT_DELAYED_WORK(&vp->deadline, vpmem_too_late);
	init_waitqueue_head(&vp->answered);
	group_halt(&vp->group);
	vp->message = kzalloc(sizeof(*vp->message), GFP_KERNEL);
	vp->queue = alloc_workqueue("virtio_pmem", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return vp->message && vp->queue ? 0 : -ENOMEM;
}

int vpmem_flush_open(struct vpmem *vp)
{
	struct virtio_device *vdev = vp->vdev;
	struct virtqueue *vq = virtio_find_single_vq(vdev, vpmem_answer, "flush_queue");

	if (IS_ERR(vq))
		return nd_refuse(&vdev->dev, PTR_ERR(vq), ND_REASON_RESOURCE,
				 "cannot set up the device's flush queue");
	/* a request and its answer are a descriptor each */
	if (virtqueue_get_vring_size(vq) < 2) {
		vdev->config->del_vqs(vdev);
		return nd_refuse(&vdev->dev, -EINVAL, ND_REASON_SIZE,
				 "the device's flush queue has no room for a single request");
	}
	spin_lock_irq(&vp->lock);
	vp->vq = vq;
	spin_unlock_irq(&vp->lock);
	return 0;
}

void vpmem_flush_start(struct vpmem *vp)
{
	struct vpmem_batch failed;

	batch_init(&failed);
	spin_lock_irq(&vp->lock);
	group_resume(&vp->group);
	flush_ask(vp, &failed);
	spin_unlock_irq(&vp->lock);
	end_refused(vp, &failed);
}

static bool is_asked(struct vpmem *vp)
{
	bool asked;

	spin_lock_irq(&vp->lock);
	asked = group_is_asked(&vp->group);
	spin_unlock_irq(&vp->lock);
	return asked;
}

bool vpmem_flush_drain(struct vpmem *vp)
{
	spin_lock_irq(&vp->lock);
	group_halt(&vp->group);
	spin_unlock_irq(&vp->lock);
	/* it will not answer, nor report so: the core passes on no change of its status now */
	if (is_broken(vp))
		vpmem_flush_kill(vp, DEVICE_BROKEN);
	return wait_event_timeout(vp->answered, !is_asked(vp), VPMEM_DRAIN);
}

void vpmem_flush_stop(struct vpmem *vp)
{
	struct virtio_device *vdev = vp->vdev;
	struct vpmem_batch good, bad;
	struct virtqueue *vq;
	bool refused, lost;

	batch_init(&good);
	batch_init(&bad);
	spin_lock_irq(&vp->lock);
	group_halt(&vp->group);
	spin_unlock_irq(&vp->lock);
	/* answers count until the queue is forgotten; some transports do not wait for the last */
	virtio_reset_device(vdev);
	spin_lock_irq(&vp->lock);
	refused = take_answers(vp, &good, &bad);
	lost = group_is_asked(&vp->group);
	take_answer(vp, true, &good, &bad);
	vq = vp->vq;
	vp->vq = NULL;
	spin_unlock_irq(&vp->lock);
	/* the message is ours again, and unmapped: nothing else looks at the queue */
	while (vq && virtqueue_detach_unused_buf(vq))
		;
	if (vq)
		vdev->config->del_vqs(vdev);
	if (lost)
		flush_complain(vp, "the device was reset before it answered a flush: writes since the last flush may be lost");
	else if (refused)
		flush_complain(vp, HOST_FAILED);
	batch_end(&good, 0);
	batch_end(&bad, -EIO);
}

void vpmem_flush_exit(struct vpmem *vp)
{
	vpmem_flush_kill(vp, NULL);
	cancel_delayed_work_sync(&vp->deadline);
	cancel_delayed_work_sync(&vp->again);
	if (vp->queue)
		destroy_workqueue(vp->queue);
	kfree(vp->message);
}
