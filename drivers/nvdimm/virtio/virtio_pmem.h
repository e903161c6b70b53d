/* SPDX-License-Identifier: GPL-2.0 */
/*
 * virtio_pmem: memory of the host's, durable once the host says so.
 *
 *	virtio_pmem.c	the driver: range, bus and region of a device
 *	flush.c		flushes: waiters, bios, the ring, and what may go wrong
 *	batch.c		which flushes share a request (pure)
 *
 * Virtio 1.2 §5.19.
 */
#ifndef _ND_VIRTIO_PMEM_H
#define _ND_VIRTIO_PMEM_H

#include <linux/bio.h>
#include <linux/libnvdimm.h>
#include <linux/notifier.h>
#include <linux/spinlock.h>
#include <linux/virtio.h>
#include <linux/virtio_pmem.h>
#include <linux/workqueue.h>
#include "virtio/batch.h"

/* Flushes that one request answers. */
struct vpmem_batch {
	struct bio_list bios;
	struct list_head waiters;
};

/* What the device reads and writes, apart from each other and from all else. */
struct vpmem_message {
	struct virtio_pmem_req req ____cacheline_aligned;
	struct virtio_pmem_resp resp ____cacheline_aligned;
};

/**
 * struct vpmem - a device
 * @vdev: virtio's half
 * @bus: nvdimm bus, of one region
 * @desc: of @bus
 * @range: what the host offers
 * @lock: everything below; taken in interrupts
 * @vq: NULL while there is none
 * @region: whose flushes they are; NULL before the first
 * @group: which flushes share a request
 * @batch: the flushes, numbered as in @group
 * @message: the one request there is at a time
 * @owed_since: jiffies of the host's last answer, or of the first flush that waits for one
 * @starved_since: jiffies of the first attempt that found no memory to map @message
 * @starved: there was none at the last attempt
 * @starved_reported: which has been recorded
 * @answered: woken when @group has no request at the host any more
 * @queue: of @again and @deadline; memory pressure does not stop it
 * @again: tries again, and looks after a device in trouble
 * @deadline: the device or the machine goes down, and the host does not answer
 * @reboot: the machine goes down
 */
struct vpmem {
	struct virtio_device *vdev;
	struct nvdimm_bus *bus;
	struct nvdimm_bus_descriptor desc;
	struct range range;

	spinlock_t lock;	/* of what follows */
	struct virtqueue *vq;
	struct nd_region *region;
	struct group group;
	struct vpmem_batch batch[GROUP_BATCHES];
	struct vpmem_message *message;
	unsigned long owed_since;
	unsigned long starved_since;
	bool starved;
	bool starved_reported;
	wait_queue_head_t answered;
	struct workqueue_struct *queue;
	struct delayed_work again;
	struct delayed_work deadline;
	struct notifier_block reboot;
};

int vpmem_flush_init(struct vpmem *vp);

/* Find the queue, or say what is wrong with it; flushes wait until vpmem_flush_start(). */
int vpmem_flush_open(struct vpmem *vp);

/* The device is ready: ask what there is to be asked. */
void vpmem_flush_start(struct vpmem *vp);

/*
 * Ask nothing more, and wait a while for the answer under way: a reset takes it away. Return: true
 * when there is none under way. Either vpmem_flush_stop() or vpmem_flush_start() follows.
 */
bool vpmem_flush_drain(struct vpmem *vp);

/*
 * Reset the device, and forget its queue. Flushes that were not put to the host wait. Those under
 * way fail, as the host may have: see batch.h.
 */
void vpmem_flush_stop(struct vpmem *vp);

/* Fail all flushes, now and for good, because of @reason. */
void vpmem_flush_kill(struct vpmem *vp, const char *reason);

/* The device's status has changed. Any context. */
void vpmem_flush_check(struct vpmem *vp);

/* The region or the machine is about to go, which takes a last flush: do not wait for ever. */
void vpmem_flush_hurry(struct vpmem *vp);

/* After vpmem_flush_stop(): nothing runs any more, nobody waits any more. */
void vpmem_flush_exit(struct vpmem *vp);

/* The region's flush: struct nd_region_desc. */
int vpmem_flush(struct nd_region *region, struct bio *bio);

#endif /* _ND_VIRTIO_PMEM_H */
