// SPDX-License-Identifier: GPL-2.0
/* Frames that the kernel has unmapped for their poison: see absent.h. */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/set_memory.h>
#include <linux/timekeeping.h>
#include <linux/xarray.h>
#include "common/absent.h"

/* Seconds in which the machine-check handler comes to unmap what it has told of. */
#define HANDLER_TAKES	2

/* Frames that have failed: until which second of uptime the handler may come. */
static DEFINE_XARRAY(nd_absent_frames);
#define HANDLER_CAME	xa_mk_value(0)
#define HANDLER_TELLS	xa_mk_value(LONG_MAX)

/* Frames of these that have not been seen unmapped. */
atomic_t nd_absent_open;
EXPORT_SYMBOL_GPL(nd_absent_open);

static bool entry_is_open(const void *entry)
{
	return entry && entry != HANDLER_CAME;
}

static void note_frames(unsigned long pfn, unsigned long nr, void *what)
{
	unsigned long end = pfn + nr;

	for (; pfn < end; pfn++) {
		void *old = xa_store(&nd_absent_frames, pfn, what, GFP_KERNEL);

		if (xa_err(old))
			pr_warn("nd: page %#llx has failed, and may stay unmapped: no memory\n",
				PFN_PHYS((u64)pfn));
		else if (!entry_is_open(old))
			atomic_inc(&nd_absent_open);
	}
}

void nd_absent_tell(unsigned long pfn, unsigned long nr)
{
	note_frames(pfn, nr, HANDLER_TELLS);
}
EXPORT_SYMBOL_GPL(nd_absent_tell);

void nd_absent_note(unsigned long pfn, unsigned long nr)
{
	note_frames(pfn, nr, xa_mk_value(ktime_get_seconds() + HANDLER_TAKES));
}
EXPORT_SYMBOL_GPL(nd_absent_note);

/* Is its entry of the kernel's own map none? */
static bool is_unmapped(unsigned long pfn)
{
#ifdef CONFIG_X86_64
	unsigned int level;
	pte_t *pte = lookup_address((unsigned long)__va(PFN_PHYS(pfn)), &level);

	return pte && !(pte_flags(READ_ONCE(*pte)) & _PAGE_PRESENT);
#else
	/* nobody unmaps it */
	return false;
#endif
}

bool nd_absent(unsigned long pfn)
{
	time64_t patience = ktime_get_seconds() + HANDLER_TAKES;

	while (!is_unmapped(pfn)) {
		void *until = xa_load(&nd_absent_frames, pfn);

		if (!until || (u64)ktime_get_seconds() >= xa_to_value(until))
			return false;
		if (until == HANDLER_TELLS && ktime_get_seconds() >= patience)
			return true;
		schedule_timeout_uninterruptible(HZ / 50 + 1);
	}
	return true;
}
EXPORT_SYMBOL_GPL(nd_absent);

void nd_absent_cure(unsigned long pfn)
{
	void *until = xa_load(&nd_absent_frames, pfn);

	if (!nd_absent(pfn) || !is_unmapped(pfn))
		return;
	/* unless it has failed once more */
	if (entry_is_open(until) && until != HANDLER_TELLS &&
	    xa_cmpxchg(&nd_absent_frames, pfn, until, HANDLER_CAME, GFP_NOWAIT) == until)
		atomic_dec(&nd_absent_open);
	ClearPageHWPoison(pfn_to_page(pfn));
	clear_mce_nospec(pfn);
}
EXPORT_SYMBOL_GPL(nd_absent_cure);

bool nd_absent_ends(void)
{
	return COMPAT_MCE_MAPS_AGAIN;
}
EXPORT_SYMBOL_GPL(nd_absent_ends);

static void map_again(const struct range *range, bool forget)
{
	unsigned long pfn;
	void *entry;

	xa_for_each_range(&nd_absent_frames, pfn, entry, PHYS_PFN(range->start),
			  PHYS_PFN(range->end)) {
		bool came = entry == HANDLER_CAME || is_unmapped(pfn);

		clear_mce_nospec(pfn);
		if (forget && came && entry_is_open(xa_erase(&nd_absent_frames, pfn)))
			atomic_dec(&nd_absent_open);
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
