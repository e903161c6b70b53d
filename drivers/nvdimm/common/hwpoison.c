// SPDX-License-Identifier: GPL-2.0
/* Frames that the kernel has unmapped for their poison: see unmapped.h. */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/set_memory.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/xarray.h>
#include "common/hwpoison.h"
#ifdef CONFIG_X86_64
#include <asm/asm.h>
#include <asm/processor.h>
#endif

/* Seconds in which the machine-check handler comes to unmap what it has told of. */
#define HANDLER_TAKES	2

/* Frames that have failed: until which second of uptime the handler may come. */
static DEFINE_XARRAY(nd_hwpoison_frames);
#define HANDLER_CAME	xa_mk_value(0)
#define HANDLER_TELLS	xa_mk_value(LONG_MAX)

/* Frames of these that have not been seen unmapped. */
atomic_t nd_hwpoison_open;
EXPORT_SYMBOL_GPL(nd_hwpoison_open);

static bool entry_is_open(const void *entry)
{
	return entry && entry != HANDLER_CAME;
}

static void note_frames(unsigned long pfn, unsigned long nr, void *what)
{
	unsigned long end = pfn + nr;

	for (; pfn < end; pfn++) {
		void *old = xa_store(&nd_hwpoison_frames, pfn, what, GFP_KERNEL);

		if (xa_err(old))
			pr_warn("nd: page %#llx has failed, and may stay unmapped: no memory\n",
				PFN_PHYS((u64)pfn));
		else if (!entry_is_open(old))
			atomic_inc(&nd_hwpoison_open);
	}
}

void nd_hwpoison_report(unsigned long pfn, unsigned long nr)
{
	note_frames(pfn, nr, HANDLER_TELLS);
}
EXPORT_SYMBOL_GPL(nd_hwpoison_report);

void nd_hwpoison_note(unsigned long pfn, unsigned long nr)
{
	note_frames(pfn, nr, xa_mk_value(ktime_get_seconds() + HANDLER_TAKES));
}
EXPORT_SYMBOL_GPL(nd_hwpoison_note);

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

bool nd_hwpoison_noted(unsigned long pfn, unsigned long nr)
{
	unsigned long at;
	void *entry;

	xa_for_each_range(&nd_hwpoison_frames, at, entry, pfn, pfn + nr - 1)
		if (entry_is_open(entry))
			return true;
	return false;
}
EXPORT_SYMBOL_GPL(nd_hwpoison_noted);

/* ---- stores that may fault ---- */

#ifdef CONFIG_X86_64
static __always_inline bool store_word(u64 *to, u64 word)
{
	asm goto("1: movnti %1, %0\n\t" _ASM_EXTABLE(1b, %l[fault])
		 : : "m" (*to), "r" (word) : "memory" : fault);
	return true;
fault:
	return false;
}

static __always_inline bool store_byte(u8 *to, u8 byte)
{
	asm goto("1: movb %1, %0\n\t"
		 "2: clflush %0\n\t"
		 _ASM_EXTABLE(1b, %l[fault]) _ASM_EXTABLE(2b, %l[fault])
		 : : "m" (*to), "q" (byte) : "memory" : fault);
	return true;
fault:
	return false;
}

static __always_inline bool flush_line(const u8 *line)
{
	asm goto("1: clflush %0\n\t" _ASM_EXTABLE(1b, %l[fault])
		 : : "m" (*line) : "memory" : fault);
	return true;
fault:
	return false;
}

bool nd_hwpoison_write(void *media, const void *bytes, size_t len)
{
	const u8 *from = bytes;
	u8 *to = media;
	u64 word;

	while (len) {
		if (len >= sizeof(word) && IS_ALIGNED((unsigned long)to, sizeof(word))) {
			memcpy(&word, from, sizeof(word));
			if (!store_word((u64 *)to, word))
				return false;
			from += sizeof(word);
			to += sizeof(word);
			len -= sizeof(word);
		} else {
			if (!store_byte(to, *from))
				return false;
			from++;
			to++;
			len--;
		}
	}
	return true;
}
EXPORT_SYMBOL_GPL(nd_hwpoison_write);

void nd_hwpoison_invalidate(void *media, size_t len)
{
	unsigned long line = boot_cpu_data.x86_clflush_size;
	u8 *at = PTR_ALIGN_DOWN((u8 *)media, line), *end = (u8 *)media + len;

	mb();	/* stores before this must be in the lines that are flushed */
	for (; at < end && flush_line(at); at += line)
		;
	mb();	/* loads after this must not be served from a line that is flushed */
}
EXPORT_SYMBOL_GPL(nd_hwpoison_invalidate);
#else
bool nd_hwpoison_write(void *media, const void *bytes, size_t len)
{
	memcpy_flushcache(media, bytes, len);
	return true;
}
EXPORT_SYMBOL_GPL(nd_hwpoison_write);

void nd_hwpoison_invalidate(void *media, size_t len)
{
	arch_invalidate_pmem(media, len);
}
EXPORT_SYMBOL_GPL(nd_hwpoison_invalidate);
#endif

/* ---- what has come of a frame ---- */

bool nd_hwpoison_unmapped(unsigned long pfn)
{
	time64_t patience = ktime_get_seconds() + HANDLER_TAKES;

	while (!is_unmapped(pfn)) {
		void *until = xa_load(&nd_hwpoison_frames, pfn);

		if (!until || (u64)ktime_get_seconds() >= xa_to_value(until))
			return false;
		if (until == HANDLER_TELLS && ktime_get_seconds() >= patience)
			return true;
		schedule_timeout_uninterruptible(HZ / 50 + 1);
	}
	return true;
}
EXPORT_SYMBOL_GPL(nd_hwpoison_unmapped);

void nd_hwpoison_clear(unsigned long pfn)
{
	void *until = xa_load(&nd_hwpoison_frames, pfn);

	if (!nd_hwpoison_unmapped(pfn) || !is_unmapped(pfn))
		return;
	ClearPageHWPoison(pfn_to_page(pfn));
	clear_mce_nospec(pfn);
	/*
	 * Unless it has failed once more; and not before it is mapped, as a frame that is not
	 * noted is stored to without a look.
	 */
	if (entry_is_open(until) && until != HANDLER_TELLS &&
	    xa_cmpxchg(&nd_hwpoison_frames, pfn, until, HANDLER_CAME, GFP_NOWAIT) == until)
		atomic_dec(&nd_hwpoison_open);
}
EXPORT_SYMBOL_GPL(nd_hwpoison_clear);

bool nd_hwpoison_ends(void)
{
	return COMPAT_MCE_MAPS_AGAIN;
}
EXPORT_SYMBOL_GPL(nd_hwpoison_ends);

static void map_again(const struct range *range, bool forget)
{
	unsigned long pfn;
	void *entry;

	xa_for_each_range(&nd_hwpoison_frames, pfn, entry, PHYS_PFN(range->start),
			  PHYS_PFN(range->end)) {
		bool came = entry == HANDLER_CAME || is_unmapped(pfn);

		clear_mce_nospec(pfn);
		if (forget && came && entry_is_open(xa_erase(&nd_hwpoison_frames, pfn)))
			atomic_dec(&nd_hwpoison_open);
	}
}

void nd_hwpoison_restore(const struct range *range)
{
	map_again(range, false);
}
EXPORT_SYMBOL_GPL(nd_hwpoison_restore);

void nd_hwpoison_forget(const struct range *range)
{
	map_again(range, true);
}
EXPORT_SYMBOL_GPL(nd_hwpoison_forget);

void nd_hwpoison_exit(void)
{
	xa_destroy(&nd_hwpoison_frames);
}
