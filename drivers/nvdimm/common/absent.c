// SPDX-License-Identifier: GPL-2.0
/* Frames that the kernel has unmapped for their poison: see absent.h. */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/set_memory.h>
#include <linux/xarray.h>
#include "common/absent.h"

static DEFINE_XARRAY(nd_absent_frames);

void nd_absent_note(unsigned long pfn, unsigned long nr)
{
	unsigned long end = pfn + nr;

	for (; pfn < end; pfn++)
		if (xa_err(xa_store(&nd_absent_frames, pfn, xa_mk_value(1), GFP_KERNEL)))
			pr_warn("nd: page %#llx has failed, and may stay unmapped: no memory\n",
				PFN_PHYS((u64)pfn));
}
EXPORT_SYMBOL_GPL(nd_absent_note);

static void map_again(const struct range *range, bool forget)
{
	unsigned long pfn;
	void *entry;

	xa_for_each_range(&nd_absent_frames, pfn, entry, PHYS_PFN(range->start),
			  PHYS_PFN(range->end)) {
		clear_mce_nospec(pfn);
		if (forget)
			xa_erase(&nd_absent_frames, pfn);
		else
			/* some kernels count those that go, and have not counted this one */
			ClearPageHWPoison(pfn_to_page(pfn));
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
