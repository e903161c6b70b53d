// SPDX-License-Identifier: GPL-2.0
/*
 * What is bad about the media, and who knows. The memory itself is sound: a
 * load of what is called poison succeeds, so it is what is told that is tested.
 *
 * Status words: ACPI 6.5 §9.19.7.4 ff.
 */
#include <linux/bitmap.h>
#include <linux/align.h>
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nd.h>
#include <linux/overflow.h>
#include <linux/range.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include "provider.h"

/* Bytes of the answer to ND_CMD_ARS_STATUS. */
#define PROVIDER_ARS_OUT		SZ_4K

/* Extended status, in the upper half of the word. */
#define PROVIDER_ARS_IN_PROGRESS	(1u << 16)
#define PROVIDER_ARS_NEVER_RUN	(2u << 16)
#define PROVIDER_ARS_OVERFLOW	BIT(0)

int provider_media_init(struct provider_range *range)
{
	mutex_init(&range->lock);
	range->units = DIV_ROUND_UP(range->spec.size, PROVIDER_UNIT);
	range->uncurable = U64_MAX;
	return 0;
}

void provider_media_exit(struct provider_range *range)
{
	vfree(range->bad);
	range->bad = NULL;
}

int provider_poison(struct provider_range *range, u64 offset, u64 len)
{
	u64 end, first = offset / PROVIDER_UNIT;

	if (!len || check_add_overflow(offset, len, &end) || end > range->spec.size)
		return -EINVAL;
	/* bitmaps count in 32 bits */
	if (range->units > UINT_MAX)
		return -EFBIG;
	guard(mutex)(&range->lock);
	if (!range->bad)
		range->bad = vzalloc(BITS_TO_LONGS(range->units) * sizeof(long));
	if (!range->bad)
		return -ENOMEM;
	bitmap_set(range->bad, first, DIV_ROUND_UP(end, PROVIDER_UNIT) - first);
	return 0;
}

/* Whole units within; returns their bytes. */
static u64 clear(struct provider_range *range, u64 offset, u64 len)
{
	u64 first = DIV_ROUND_UP(offset, PROVIDER_UNIT), end = (offset + len) / PROVIDER_UNIT;

	if (first >= end)
		return 0;
	guard(mutex)(&range->lock);
	if (range->bad)
		bitmap_clear(range->bad, first, end - first);
	return (end - first) * PROVIDER_UNIT;
}

bool provider_next_bad(struct provider_range *range, u64 offset, u64 *start, u64 *len)
{
	unsigned long bit, end;

	guard(mutex)(&range->lock);
	if (!range->bad)
		return false;
	bit = find_next_bit(range->bad, range->units, offset / PROVIDER_UNIT);
	if (bit >= range->units)
		return false;
	end = find_next_zero_bit(range->bad, range->units, bit);
	*start = (u64)bit * PROVIDER_UNIT;
	*len = (u64)(end - bit) * PROVIDER_UNIT;
	return true;
}

void provider_scrub(struct provider_range *range)
{
	u64 start = 0, len = 0;

	while (provider_next_bad(range, start + len, &start, &len))
		nvdimm_bus_add_badrange(range->bus->bus, range->spec.start + start, len);
	nvdimm_region_notify(range->region, NVDIMM_REVALIDATE_POISON);
}

int provider_uc(struct provider_range *range, u64 offset, u64 len)
{
	u64 start = range->spec.start + offset;
	int rc = provider_poison(range, offset, len);

	if (rc)
		return rc;
	nvdimm_bus_add_badrange(range->bus->bus, start, len);
	nvdimm_region_notify(range->region, NVDIMM_REVALIDATE_POISON);
	if (!IS_ENABLED(CONFIG_MEMORY_FAILURE))
		return 0;
	/* as the machine-check handler: who has it mapped is to know */
	for (u64 pfn = PHYS_PFN(start); pfn <= PHYS_PFN(start + len - 1); pfn++)
		if (pfn_valid(pfn))
			memory_failure(pfn, 0);
	return 0;
}

/*
 * The machine-check handler unmaps a page with a function that is not for
 * modules; a probe that is never armed knows where it is.
 */
static int (*provider_unmap(void))(unsigned long pfn)
{
#ifdef CONFIG_KPROBES
	struct kprobe probe = { .symbol_name = "set_mce_nospec", .flags = KPROBE_FLAG_DISABLED };
	void *at;

	if (register_kprobe(&probe))
		return NULL;
	at = probe.addr;
	unregister_kprobe(&probe);
	return at;
#else
	return NULL;
#endif
}

int provider_mce(struct provider_range *range, u64 offset, u64 len)
{
	int (*unmap)(unsigned long pfn) = provider_unmap();
	u64 start = range->spec.start + offset;
	int rc;

	if (!unmap || !IS_ENABLED(CONFIG_MEMORY_FAILURE))
		return -EOPNOTSUPP;
	rc = provider_poison(range, offset, len);
	for (u64 pfn = PHYS_PFN(start); !rc && pfn <= PHYS_PFN(start + len - 1); pfn++) {
		rc = pfn_valid(pfn) ? memory_failure(pfn, 0) : -ENXIO;
		if (rc)
			break;
		provider_hold_mce();
		rc = unmap(pfn);
	}
	return rc;
}

int provider_flush(struct nd_region *region, struct bio *bio)
{
	struct provider_range *range = nd_region_provider_data(region);

	pmem_wmb();
	atomic_inc(&range->flushes);
	return provider_goes_wrong(&range->flush_errors) ? -EIO : 0;
}

/* ---- the bus's commands ---- */

/* The range of @bus that holds all of it. */
static struct provider_range *find(const struct provider_bus *bus, u64 start, u64 len)
{
	u64 end;

	if (!len || check_add_overflow(start, len, &end))
		return NULL;
	for (unsigned int i = 0; i < provider_nranges; i++) {
		struct provider_range *range = &provider_ranges[i];

		if (range->bus == bus && start >= range->spec.start &&
		    end <= provider_end(&range->spec))
			return range;
	}
	return NULL;
}

static int ars_cap(struct provider_bus *bus, struct nd_cmd_ars_cap *cmd)
{
	if (!find(bus, cmd->address, cmd->length)) {
		cmd->status = 1;
		return -ENOTTY;
	}
	cmd->status = ND_ARS_PERSISTENT << 16;
	cmd->max_ars_out = PROVIDER_ARS_OUT;
	cmd->clear_err_unit = PROVIDER_UNIT;
	cmd->flags = 0;
	cmd->reserved = 0;
	return 0;
}

/* Done as soon as begun. */
static int ars_start(struct provider_bus *bus, struct nd_cmd_ars_start *cmd)
{
	cmd->scrub_time = 0;
	cmd->status = 0;
	if (!find(bus, cmd->address, cmd->length)) {
		cmd->status = 1;
		return -EIO;
	}
	bus->scrub = (struct range) {
		.start = cmd->address,
		.end = cmd->address + cmd->length - 1,
	};
	bus->scrubbed = true;
	return 0;
}

/* Records of what is bad in the range that was scrubbed, as many as fit. */
static void fill_records(struct provider_range *range, struct range *scrub, u32 max,
			 struct nd_cmd_ars_status *out)
{
	u64 origin = range->spec.start, at = scrub->start - origin;
	u64 start, len;

	while (provider_next_bad(range, at, &start, &len)) {
		u64 from = max(origin + start, scrub->start);
		u64 to = min(origin + start + len - 1, scrub->end);

		if (from > scrub->end)
			break;
		if (out->num_records == max) {
			out->flags = PROVIDER_ARS_OVERFLOW;
			out->restart_address = from;
			out->restart_length = scrub->end - from + 1;
			break;
		}
		out->records[out->num_records++] = (struct nd_ars_record) {
			.err_address = from,
			.length = to - from + 1,
		};
		at = start + len;
	}
}

static int ars_status(struct provider_bus *bus, struct nd_cmd_ars_status *cmd, unsigned int len)
{
	u32 max = min_t(u32, len, PROVIDER_ARS_OUT);

	if (len < sizeof(*cmd))
		return -EINVAL;
	max = (max - sizeof(*cmd)) / sizeof(cmd->records[0]);
	*cmd = (struct nd_cmd_ars_status) { .out_length = sizeof(*cmd) };
	if (READ_ONCE(bus->hold)) {
		cmd->status = PROVIDER_ARS_IN_PROGRESS;
		return -EBUSY;
	}
	if (!bus->scrubbed) {
		cmd->status = PROVIDER_ARS_NEVER_RUN;
		return -EAGAIN;
	}
	cmd->address = bus->scrub.start;
	cmd->length = range_len(&bus->scrub);
	cmd->type = ND_ARS_PERSISTENT;
	fill_records(find(bus, cmd->address, cmd->length), &bus->scrub, max, cmd);
	cmd->out_length += cmd->num_records * sizeof(cmd->records[0]);
	return 0;
}

/* ---- scrubs that the kernel wants ---- */

static DEFINE_MUTEX(jobs_lock);		/* provider_bus.going */
static void (*report_scrubbed)(struct nvdimm_bus *bus, u64 start, u64 len, int rc);

struct provider_job {
	struct work_struct work;
	struct provider_bus *bus;
	u64 start;
	u64 len;
};

static void run_job(struct work_struct *work)
{
	struct provider_job *job = container_of(work, struct provider_job, work);
	struct provider_range *range = find(job->bus, job->start, job->len);
	int rc = -EIO;

	while (READ_ONCE(job->bus->hold) && !READ_ONCE(job->bus->going))
		msleep(20);
	if (READ_ONCE(job->bus->going)) {
		rc = -ENXIO;
	} else if (range) {
		provider_scrub(range);
		rc = 0;
	}
	report_scrubbed(job->bus->bus, job->start, job->len, rc);
	kfree(job);
}

static int want_scrub(struct nvdimm_bus_descriptor *desc, u64 start, u64 len)
{
	struct provider_bus *bus = container_of(desc, struct provider_bus, desc);
	struct provider_job *job;

	guard(mutex)(&jobs_lock);
	if (bus->going)
		return -ENXIO;
	job = kzalloc(sizeof(*job), GFP_KERNEL);
	if (!job)
		return -ENOMEM;
	*job = (struct provider_job) { .bus = bus, .start = start, .len = len };
	INIT_WORK(&job->work, run_job);
	queue_work(bus->jobs, &job->work);
	return 0;
}

int provider_jobs_init(struct provider_bus *bus)
{
	void (*takes)(struct nvdimm_bus *bus, provider_want want) =
		symbol_get(nvdimm_bus_takes_scrubs);

	if (!takes)
		return 0;
	report_scrubbed = symbol_get(nvdimm_bus_scrubbed);
	bus->jobs = alloc_workqueue("nd_provider", WQ_UNBOUND, 0);
	if (bus->jobs)
		takes(bus->bus, want_scrub);
	symbol_put(nvdimm_bus_takes_scrubs);
	/* this module depends on libnvdimm anyway */
	symbol_put(nvdimm_bus_scrubbed);
	return bus->jobs ? 0 : -ENOMEM;
}

void provider_jobs_exit(struct provider_bus *bus)
{
	if (!bus->jobs)
		return;
	scoped_guard(mutex, &jobs_lock)
		WRITE_ONCE(bus->going, true);
	destroy_workqueue(bus->jobs);
}

/* ---- commands that clear ---- */

/* Firmware clears up to what it cannot. */
static int clear_error(struct provider_bus *bus, struct nd_cmd_clear_error *cmd)
{
	struct provider_range *range = find(bus, cmd->address, cmd->length);
	u64 at, end;

	cmd->cleared = 0;
	cmd->status = !range;
	if (!range)
		return -EIO;
	provider_hold_clear();
	at = cmd->address - range->spec.start;
	end = at + cmd->length;
	if (range->uncurable >= at && range->uncurable < end)
		end = range->uncurable;
	cmd->cleared = clear(range, at, end - at);
	return 0;
}

int provider_bus_command(struct provider_bus *bus, unsigned int cmd, void *buf, unsigned int len,
			 int *cmd_rc)
{
	const struct nd_cmd_desc *desc = nd_cmd_bus_desc(cmd);
	unsigned int need = 0;
	int rc;

	for (int i = 0; desc && i < desc->in_num; i++)
		need += desc->in_sizes[i];
	for (int i = 0; desc && cmd != ND_CMD_ARS_STATUS && i < desc->out_num; i++)
		need += desc->out_sizes[i];
	if (len < need)
		return -EINVAL;
	switch (cmd) {
	case ND_CMD_ARS_CAP:
		rc = ars_cap(bus, buf);
		break;
	case ND_CMD_ARS_START:
		rc = ars_start(bus, buf);
		break;
	case ND_CMD_ARS_STATUS:
		rc = ars_status(bus, buf, len);
		break;
	case ND_CMD_CLEAR_ERROR:
		rc = clear_error(bus, buf);
		break;
	default:
		return -ENOTTY;
	}
	if (rc == -EINVAL)
		return rc;
	if (cmd_rc)
		*cmd_rc = rc;
	return 0;
}
