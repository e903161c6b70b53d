// SPDX-License-Identifier: GPL-2.0
/* Frames that the kernel has unmapped for their poison: see absent.h. */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/set_memory.h>
#include <linux/xarray.h>
#include "common/absent.h"

/* What is known of a frame that failed. */
#define FRAME_CURED	xa_mk_value(0)	/* mapped again by its user, and noted still */
#define FRAME_ABSENT	xa_mk_value(1)

static DEFINE_XARRAY(nd_absent_frames);

void nd_absent_note(unsigned long pfn, unsigned long nr)
{
	unsigned long end = pfn + nr;

	for (; pfn < end; pfn++)
		if (xa_err(xa_store(&nd_absent_frames, pfn, FRAME_ABSENT, GFP_KERNEL)))
			pr_warn("nd: page %#llx has failed, and may stay unmapped: no memory\n",
				PFN_PHYS((u64)pfn));
}
EXPORT_SYMBOL_GPL(nd_absent_note);

bool nd_absent(unsigned long pfn)
{
	if (!PageHWPoison(pfn_to_page(pfn)))
		return false;
	return !compat_failures_told() || xa_load(&nd_absent_frames, pfn) == FRAME_ABSENT;
}
EXPORT_SYMBOL_GPL(nd_absent);

void nd_absent_cure(unsigned long pfn)
{
	if (!nd_absent(pfn))
		return;
	if (compat_failures_told())
		xa_store(&nd_absent_frames, pfn, FRAME_CURED, GFP_NOWAIT);
	ClearPageHWPoison(pfn_to_page(pfn));
	clear_mce_nospec(pfn);
}
EXPORT_SYMBOL_GPL(nd_absent_cure);

static void map_again(const struct range *range, bool forget)
{
	unsigned long pfn;
	void *entry;

	xa_for_each_range(&nd_absent_frames, pfn, entry, PHYS_PFN(range->start),
			  PHYS_PFN(range->end)) {
		clear_mce_nospec(pfn);
		if (forget)
			xa_erase(&nd_absent_frames, pfn);
	}
}

void nd_absent_restore(const struct range *range)
{
	map_again(range, false);
}
EXPORT_SYMBOL_GPL(nd_absent_restore);

void nd_absent_forget(const struct range *range)
{
	map_again(range, true);
}
EXPORT_SYMBOL_GPL(nd_absent_forget);

void nd_absent_exit(void)
{
	xa_destroy(&nd_absent_frames);
}
