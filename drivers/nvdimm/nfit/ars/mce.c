// SPDX-License-Identifier: GPL-2.0
/* Machine checks: an uncorrectable memory error in our memory is a bad range from now on. */
#include <linux/minmax.h>
#include <linux/notifier.h>
#include <linux/pgtable.h>
#include <asm/mce.h>
#include "nfit/nfit.h"

static bool (*poisoned)(u64 start, u64 len);

/* How much of the address means something, from a cache line to a huge page. */
static unsigned int mce_significant(const struct mce *mce)
{
	const unsigned int line = 6;

	return clamp_t(unsigned int, MCI_MISC_ADDR_LSB(mce->misc), line, PMD_SHIFT);
}

/* Called in process context: the chain is a blocking one. */
static int handle_mce(struct notifier_block *nb, unsigned long val, void *data)
{
	struct mce *mce = data;
	u64 span;

	if (!mce || !mce_is_memory_error(mce) || mce_is_correctable(mce) ||
	    !mce_usable_address(mce))
		return NOTIFY_DONE;
	span = 1ull << mce_significant(mce);
	if (poisoned(mce->addr & ~(span - 1), span))
		compat_mce_handled(mce);
	return NOTIFY_DONE;
}

static struct notifier_block mce_decoder = {
	.notifier_call = handle_mce,
	.priority = MCE_PRIO_NFIT,
};

void nfit_mce_start(bool (*fn)(u64 start, u64 len))
{
	poisoned = fn;
	mce_register_decode_chain(&mce_decoder);
}

void nfit_mce_stop(void)
{
	mce_unregister_decode_chain(&mce_decoder);
}
