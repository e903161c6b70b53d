// SPDX-License-Identifier: GPL-2.0
/* Stores to pretended media; see boundary.h. */
#include <linux/atomic.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include "boundary.h"
#include "wrap.h"

#define STORE	sizeof(u64)

/* @left: stores until power fails; @tear: copies until one is torn, 0: none */
static struct {
	spinlock_t lock;	/* protects all of it */
	u64 left;
	u64 done;
	u64 tear;
} power = {
	.lock = __SPIN_LOCK_UNLOCKED(power.lock),
	.left = U64_MAX,
};

void mock_power_cut(u64 after)
{
	unsigned long flags;

	spin_lock_irqsave(&power.lock, flags);
	power.left = after;
	spin_unlock_irqrestore(&power.lock, flags);
}
EXPORT_SYMBOL_GPL(mock_power_cut);

u64 mock_stores(void)
{
	unsigned long flags;
	u64 done;

	spin_lock_irqsave(&power.lock, flags);
	done = power.done;
	spin_unlock_irqrestore(&power.lock, flags);
	return done;
}
EXPORT_SYMBOL_GPL(mock_stores);

void mock_tear(u64 nth)
{
	unsigned long flags;

	spin_lock_irqsave(&power.lock, flags);
	power.tear = nth;
	spin_unlock_irqrestore(&power.lock, flags);
}
EXPORT_SYMBOL_GPL(mock_tear);

bool mock_power_failed(void)
{
	unsigned long flags;
	bool failed;

	spin_lock_irqsave(&power.lock, flags);
	failed = !power.left;
	spin_unlock_irqrestore(&power.lock, flags);
	return failed;
}
EXPORT_SYMBOL_GPL(mock_power_failed);

/* Bytes of a copy of @len to @to that reach the media. */
static size_t reaching(const void *to, size_t len)
{
	size_t head = offset_in_page(to) % STORE;
	u64 stores = DIV_ROUND_UP(head + len, STORE);
	unsigned long flags;

	spin_lock_irqsave(&power.lock, flags);
	if (power.tear && !--power.tear)
		stores /= 2;
	if (power.left != U64_MAX) {
		stores = min(stores, power.left);
		power.left -= stores;
	}
	power.done += stores;
	spin_unlock_irqrestore(&power.lock, flags);
	return min_t(u64, len, stores ? stores * STORE - head : 0);
}

void mock_store(void *to, const void *from, size_t len)
{
	memcpy(to, from, reaching(to, len));
}
EXPORT_SYMBOL_GPL(mock_store);

void __wrap___memcpy_flushcache(void *to, const void *from, size_t len)
{
	const struct mock_range *range = mock_range_of(to);

	__memcpy_flushcache(to, from, range && range->media ? reaching(to, len) : len);
}
EXPORT_SYMBOL_GPL(__wrap___memcpy_flushcache);
