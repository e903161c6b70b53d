// SPDX-License-Identifier: GPL-2.0
/* Scoped cleanup, timers, unaligned access, cache flushes, trace events. */
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/libnvdimm.h>
#include <linux/memregion.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/set_memory.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/unaligned.h>
#include <linux/vmalloc.h>
#include <asm/mce.h>
#include "compat_test.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

struct subject {
	struct timer_list timer;
	unsigned int fired;
	u8 count;
	u8 bytes[] __counted_by(count);
};

static DEFINE_MUTEX(test_mutex);
static DEFINE_SPINLOCK(test_spin);
static DECLARE_RWSEM(test_rwsem);

static void subject_fire(struct timer_list *t)
{
	struct subject *subject = timer_container_of(subject, t, timer);

	subject->fired++;
}

static struct subject *subject_new(unsigned int count)
{
	struct subject *s __free(kfree) = kzalloc(struct_size(s, bytes, count), GFP_KERNEL);

	if (!s)
		return NULL;
	s->count = count;
	timer_setup(&s->timer, subject_fire, 0);
	return no_free_ptr(s);
}

static int subject_hand_over(struct subject **where)
{
	struct subject *s __free(kfree) = subject_new(8);

	if (!s)
		return -ENOMEM;
	*where = s;
	retain_and_null_ptr(s);
	return 0;
}

static u64 locks_of_all_kinds(struct device *dev, const void *media)
{
	void *scratch __free(kvfree) = kvzalloc(PAGE_SIZE, GFP_KERNEL);
	struct device *kept __free(put_device) = get_device(dev);

	if (!scratch || !kept)
		return 0;
	guard(device)(dev);
	guard(rwsem_read)(&test_rwsem);
	scoped_guard(mutex, &test_mutex)
		device_lock_assert(dev);
	scoped_guard(spinlock, &test_spin)
		put_unaligned_le64(get_unaligned_le32(media), scratch);
	return get_unaligned_le64(scratch);
}

static int nvdimm_flags(const struct nvdimm_security_ops *ops, unsigned long *flags,
			struct nvdimm *nvdimm, const struct nvdimm_key_data *key)
{
	set_bit(NDD_INCOHERENT, flags);
	if (compat_disable_master(ops))
		return compat_disable_master(ops)(nvdimm, key);
	return NVDIMM_FLUSH_ASYNC;
}

static int caches(struct mce *mce)
{
	if (mce_usable_address(mce))
		clear_mce_nospec(PHYS_PFN(mce->addr));
	if (!cpu_cache_has_invalidate_memregion())
		return -ENXIO;
	return cpu_cache_invalidate_memregion(0, SZ_4K);
}

/* In one register come back the length and, above it, the offset. */
static noinline __noclone struct bio_vec piece(unsigned int len, unsigned int offset)
{
	OPTIMIZER_HIDE_VAR(len);
	OPTIMIZER_HIDE_VAR(offset);
	return (struct bio_vec){ .bv_len = len, .bv_offset = offset };
}

/* 0 when a copy is as long as its length alone, whatever shares the register. */
int compat_test_copy(void)
{
	static const u8 from[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	static const u8 wanted[16] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	u8 to[16] = {};
	struct bio_vec bv = piece(8, 1);
	unsigned long left = copy_mc_to_kernel(to, from, bv.bv_len);

	return left || memcmp(to, wanted, sizeof(to)) ? -EIO : 0;
}

int compat_test_language(struct device *dev)
{
	static const struct nvdimm_security_ops ops;
	static struct mce mce;
	unsigned long flags = 0;
	struct subject *s;
	int rc = subject_hand_over(&s);

	if (rc)
		return rc;
	rc = locks_of_all_kinds(dev, s->bytes) ? 0 : nvdimm_flags(&ops, &flags, NULL, NULL);
	/* nobody has set it off */
	if (data_race(s->fired))
		rc = -EALREADY;
	trace_compat_test(dev_name(dev), rc);
	timer_delete_sync(&s->timer);
	kfree(s);
	return rc ?: caches(&mce);
}
