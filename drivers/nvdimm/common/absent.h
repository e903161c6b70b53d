/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames that the kernel has unmapped. When it meets poison in a page, the
 * machine-check handler takes that out of the kernel's own map. No entry of it is
 * dropped with the struct pages, nor made anew with the next ones, so *absent*
 * the page stays, and whoever gets it next runs into it: kmem's memory in
 * clear_page(), a disk in its first write. That struct pages are marked says little:
 * they go first, some kernels mark the first page of a large one, and a page is
 * marked, and left mapped, of which a program only says that it has failed
 * (MADV_HWPOISON). So the map itself is asked (x86; no other architecture unmaps).
 *
 * The handler unmaps after it has notified the users of the pages, which may take long: a
 * filesystem looks for owners on its disk. So frames are noted when they fail, and when all users
 * have been notified. nd_absent() answers when the frame is unmapped, or after two seconds. That
 * time proves nothing about the handler: it may come later, or never, as where firmware reports
 * the failure (APEI), or where the kernel cannot isolate the page. So a frame stays noted until
 * it has been seen unmapped. As long as one is noted, each bio that meets it looks at the map
 * first, whether it has bad sectors or not.
 *
 * A look cannot exclude that the handler comes between it and the store that follows. So as long
 * as any frame is noted, nd_absent_write() stores with instructions whose faults have an entry in
 * the exception table. copy_mc_to_kernel() loads with such instructions on processors with ERMS.
 *
 * A frame that no handler unmaps stays noted until reboot: then each bio of any disk costs one
 * search among the notes, and NOWAIT bios that meet a note are refused. Frames are mapped again
 * before their struct pages are freed; the note stays for the next user of the pages.
 */
#ifndef _ND_ABSENT_H
#define _ND_ABSENT_H

#include <linux/atomic.h>
#include <linux/range.h>
#include <linux/types.h>

extern atomic_t nd_absent_open;

/**
 * nd_absent_tell() - these frames have failed, and their users are being told
 * @pfn: the first
 * @nr: how many
 *
 * nd_absent_note() follows.
 *
 * Context: process.
 */
void nd_absent_tell(unsigned long pfn, unsigned long nr);

/**
 * nd_absent_note() - these frames have failed, their users know, and they are about to be unmapped
 * @pfn: the first
 * @nr: how many
 *
 * Context: process.
 */
void nd_absent_note(unsigned long pfn, unsigned long nr);

/**
 * nd_absent() - has the kernel unmapped this frame, or will it?
 * @pfn: has a struct page
 *
 * Of one that has just failed the answer takes two seconds at most. Where others are being told of
 * it still, it is that the frame is absent: whoever asks may have what they wait for. Kernels
 * before 6.0 do not tell of failures, and may unmap it a moment later.
 *
 * Context: process, may sleep.
 */
bool nd_absent(unsigned long pfn);

/**
 * nd_absent_noted() - is one of these frames noted, so that nd_absent() may wait for its handler?
 * @pfn: the first
 * @nr: how many, at least 1
 *
 * Context: any.
 */
bool nd_absent_noted(unsigned long pfn, unsigned long nr);

/**
 * nd_absent_write() - memcpy_flushcache() to memory that the kernel may unmap meanwhile
 * @media: to
 * @bytes: from
 * @len: how many
 *
 * Return: false: a frame is unmapped now, and some of the bytes may have been stored before it.
 */
bool nd_absent_write(void *media, const void *bytes, size_t len);

/**
 * nd_absent_invalidate() - arch_invalidate_pmem(), ending before memory that the kernel unmaps
 * @media: from
 * @len: bytes
 */
void nd_absent_invalidate(void *media, size_t len);

/* nd_absent_expected() - may any frame be unmapped that is in no list of bad sectors? */
static inline bool nd_absent_expected(void)
{
	return atomic_read(&nd_absent_open);
}

/**
 * nd_absent_cure() - map a frame again, if it is absent: all of it is about to be written
 * @pfn: has a struct page
 *
 * It stays absent where nd_absent_ends() is false.
 *
 * Context: process, may sleep.
 */
void nd_absent_cure(unsigned long pfn);

/**
 * nd_absent_ends() - does the kernel map again what it has unmapped?
 *
 * Kernels before 5.19 only say what caches are to do with an entry that stays absent.
 */
bool nd_absent_ends(void);

/**
 * nd_absent_restore() - map again what was noted: the struct pages are about to go
 * @range: physical addresses, which have struct pages
 *
 * Context: process.
 */
void nd_absent_restore(const struct range *range);

/**
 * nd_absent_forget() - the same: there are new struct pages; what was seen unmapped is forgotten
 * @range: as above
 *
 * Context: process.
 */
void nd_absent_forget(const struct range *range);

void nd_absent_exit(void);

#endif /* _ND_ABSENT_H */
