// SPDX-License-Identifier: GPL-2.0
/*
 * The job of a memory: to make RAM of it while a device has it, and to have what is
 * offline of it go when none does. See kmem.h for why neither is done where the
 * device is bound and unbound.
 */
#include <linux/cleanup.h>
#include <linux/jiffies.h>
#include "kmem/kmem.h"

/* ---- the scrub ---- */

/* A lock that all requests share is held: only noted. */
static void scrub_over(struct nd_scrub_request *req, int rc)
{
	struct kmem_memory *memory = container_of(req, struct kmem_memory, scrub);

	WRITE_ONCE(memory->scrub_rc, rc);
	kmem_memory_queue(memory, 0);
}

/* kmem_memory.asking is held. */
static int begin_scrub(struct kmem_memory *memory, struct dev_dax *dev_dax,
		       const struct range *blocks)
{
	int rc;

	dax_note(dev_dax, -EAGAIN, ND_REASON_BUSY,
		 "waits until %#llx-%#llx has been scrubbed, which the policy require_scrub=ars asks for, and is RAM then",
		 blocks->start, blocks->end);
	memory->scrub = (struct nd_scrub_request) { .over = scrub_over };
	WRITE_ONCE(memory->scrub_rc, -EINPROGRESS);
	rc = nd_range_scrub_begin(dev_dax->region->dev, blocks, &memory->scrub);
	memory->scrubbing = !rc;
	return rc;
}

/* Return: 0, -EINPROGRESS, or why there was none. kmem_memory.asking is held. */
static int end_scrub(struct kmem_memory *memory)
{
	int rc = READ_ONCE(memory->scrub_rc);

	if (rc == -EINPROGRESS) {
		if (time_before(jiffies, memory->scrub_end))
			return rc;
		rc = -ETIMEDOUT;
	}
	nd_range_scrub_end(&memory->scrub);
	memory->scrubbing = false;
	return rc;
}

/* Part after part. Return: 0: all have been scrubbed; -EINPROGRESS; or why one was not. */
static int kmem_job_scrub(struct kmem_memory *memory, struct dev_dax *dev_dax)
{
	struct range blocks;
	int rc = 0;

	if (!memory->scrubbing) {
		memory->scrub_part = 0;
		memory->scrub_end = jiffies + kmem_policy_scrub_limit();
	}
	for (;;) {
		if (memory->scrubbing) {
			rc = end_scrub(memory);
			if (rc)
				return rc;
			memory->scrub_part++;
		}
		while (memory->scrub_part < memory->nr &&
		       !kmem_part_range(&memory->part[memory->scrub_part], &blocks))
			memory->scrub_part++;
		if (memory->scrub_part == memory->nr)
			return 0;
		rc = begin_scrub(memory, dev_dax, &blocks);
		if (rc)
			return rc;
	}
}

void kmem_job_stop_scrub(struct kmem_memory *memory)
{
	guard(mutex)(&memory->asking);
	nd_range_scrub_end(&memory->scrub);
	memory->scrubbing = false;
}

void kmem_job_scrubs(struct kmem_memory *memory, u64 *done, u64 *all)
{
	struct range blocks;
	unsigned int i;
	u64 at;

	/* whoever has it asks the provider, which may take long */
	if (!mutex_trylock(&memory->asking))
		return;
	for (i = 0; memory->scrubbing && i < memory->nr; i++) {
		if (!kmem_part_range(&memory->part[i], &blocks))
			continue;
		*all += range_len(&blocks);
		at = i == memory->scrub_part ? READ_ONCE(memory->scrub.at) : blocks.start;
		*done += i < memory->scrub_part ? range_len(&blocks) :
			 clamp(at, blocks.start, blocks.end + 1) - blocks.start;
	}
	mutex_unlock(&memory->asking);
}

/* ---- the job ---- */

/* May what is not in yet be added? The provider's device stays while it is asked. */
static int kmem_job_ask(struct kmem_memory *memory)
{
	struct dev_dax *dev_dax;
	int rc = 0;

	guard(mutex)(&memory->asking);
	dev_dax = kmem_memory_device(memory);
	if (!dev_dax)
		return -ESTALE;
	if (kmem_blocks_in(memory) == kmem_blocks(memory))
		return 0;
	if (kmem_policy_scrubs())
		rc = kmem_job_scrub(memory, dev_dax);
	if (rc == -EINPROGRESS)
		return rc;
	WRITE_ONCE(memory->unscrubbed, rc);
	return kmem_policy_admit(memory, dev_dax, rc);
}

static void kmem_job(struct work_struct *work)
{
	struct kmem_memory *memory = container_of(work, struct kmem_memory, job.work);
	struct dev_dax *dev_dax = kmem_memory_device(memory);
	int rc;

	if (!dev_dax) {
		kmem_memory_sweep(memory);
		return;
	}
	if (!kmem_memory_wanted(memory))
		return;
	rc = kmem_parts_reserve(memory);
	if (!rc)
		rc = kmem_job_ask(memory);
	if (!rc)
		rc = kmem_parts_add(memory);
	/* it was taken away meanwhile; perhaps it was given back, and that is another job */
	if (rc == -ESTALE)
		return;
	if (rc == -EINPROGRESS)
		kmem_memory_queue(memory, max(1l, (long)(memory->scrub_end - jiffies)));
	else if (rc)
		kmem_parts_remove_offline(memory);
	kmem_memory_settle(memory, dev_dax, rc);
}

void kmem_job_init(struct kmem_memory *memory)
{
	INIT_DELAYED_WORK(&memory->job, kmem_job);
}
