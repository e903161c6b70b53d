/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames that the kernel has unmapped because of poison. The machine-check handler removes a
 * poisoned page from the direct map. Freeing the struct pages does not restore the entry, and
 * adding new ones does not either. So the page stays *unmapped*, and its next user faults: kmem's
 * memory in clear_page(), a disk in its first write. The flag HWPoison of struct pages is no
 * evidence: it is freed with them, some kernels set it on the first page of a large one, and
 * MADV_HWPOISON sets it on pages that stay mapped. So the direct map itself is read (x86; no other
 * architecture unmaps).
 *
 * The handler unmaps after it has notified the users of the pages, which may take long: a
 * filesystem looks for owners on its disk. So frames are noted when they fail, and when all users
 * have been notified. nd_hwpoison_unmapped() returns when the frame is unmapped, or after two
 * seconds. That time proves nothing about the handler: it may come later, or never, for example
 * where firmware reports the failure (APEI), or where the kernel cannot isolate the page. So a
 * frame stays noted until it has been seen unmapped. As long as one is noted, each bio that meets
 * it looks at the map first, whether it has bad sectors or not.
 *
 * A look cannot exclude that the handler comes between it and the store that follows. So as long
 * as any frame is noted, nd_hwpoison_write() stores with instructions whose faults have an entry in
 * the exception table. copy_mc_to_kernel() loads with such instructions on processors with ERMS.
 *
 * A frame that no handler unmaps stays noted until reboot: then each bio of any disk costs one
 * search among the notes, and NOWAIT bios that meet a note are refused. Frames are mapped again
 * before their struct pages are freed; the note stays for the next user of the pages.
 */
#ifndef _ND_HWPOISON_H
#define _ND_HWPOISON_H

#include <linux/atomic.h>
#include <linux/range.h>
#include <linux/types.h>

extern atomic_t nd_hwpoison_open;

/**
 * nd_hwpoison_report() - these frames have failed, and their users are being notified
 * @pfn: the first
 * @nr: how many
 *
 * nd_hwpoison_note() follows.
 *
 * Context: process.
 */
void nd_hwpoison_report(unsigned long pfn, unsigned long nr);

/**
 * nd_hwpoison_note() - their users have been notified, and the handler is about to unmap them
 * @pfn: the first
 * @nr: how many
 *
 * Context: process.
 */
void nd_hwpoison_note(unsigned long pfn, unsigned long nr);

/**
 * nd_hwpoison_unmapped() - has the kernel unmapped this frame, or will it?
 * @pfn: has a struct page
 *
 * For a frame that has just failed, this takes at most two seconds. While its users are being
 * notified, the answer is true: the caller may hold what they wait for. Kernels before 6.0 do not
 * report failures, and may unmap the frame a moment later.
 *
 * Context: process, may sleep.
 */
bool nd_hwpoison_unmapped(unsigned long pfn);

/**
 * nd_hwpoison_noted() - is one of these frames noted? Then nd_hwpoison_unmapped() may wait
 * @pfn: the first
 * @nr: how many, at least 1
 *
 * Context: any.
 */
bool nd_hwpoison_noted(unsigned long pfn, unsigned long nr);

/**
 * nd_hwpoison_write() - memcpy_flushcache() to memory that the kernel may unmap meanwhile
 * @media: to
 * @bytes: from
 * @len: how many
 *
 * Return: false: a frame is unmapped now, and some of the bytes may have been stored before it.
 */
bool nd_hwpoison_write(void *media, const void *bytes, size_t len);

/**
 * nd_hwpoison_invalidate() - arch_invalidate_pmem(), ending before memory that the kernel unmaps
 * @media: from
 * @len: bytes
 */
void nd_hwpoison_invalidate(void *media, size_t len);

/* nd_hwpoison_expected() - may any frame be unmapped that is in no list of bad sectors? */
static inline bool nd_hwpoison_expected(void)
{
	return atomic_read(&nd_hwpoison_open);
}

/**
 * nd_hwpoison_clear() - map a frame again, if it is unmapped: all of it is about to be written
 * @pfn: has a struct page
 *
 * It stays unmapped where nd_hwpoison_ends() is false.
 *
 * Context: process, may sleep.
 */
void nd_hwpoison_clear(unsigned long pfn);

/**
 * nd_hwpoison_ends() - does the kernel map again what it has unmapped?
 *
 * Kernels before 5.19 only say what caches are to do with an entry that stays unmapped.
 */
bool nd_hwpoison_ends(void);

/**
 * nd_hwpoison_restore() - map again what was noted: the struct pages are about to go
 * @range: physical addresses, which have struct pages
 *
 * Context: process.
 */
void nd_hwpoison_restore(const struct range *range);

/**
 * nd_hwpoison_forget() - the same: there are new struct pages; what was seen unmapped is forgotten
 * @range: as above
 *
 * Context: process.
 */
void nd_hwpoison_forget(const struct range *range);

void nd_hwpoison_exit(void);

#endif /* _ND_HWPOISON_H */
