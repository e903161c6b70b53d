/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames that the kernel has unmapped. When it meets poison in a page, the
 * machine-check handler takes that out of the kernel's own map. No entry of it is
 * dropped with the struct pages, nor made anew with the next ones, so *absent*
 * the page stays, and whoever gets it next runs into it: kmem's memory in
 * clear_page(), a disk in its first write. That struct pages are marked is of no
 * help, as they go first; nor is it a sure sign, as the kernel also marks pages of
 * which a program only says that they failed (MADV_HWPOISON), and leaves them mapped.
 *
 * So frames are noted when they fail: one that is noted and marked is absent, and
 * one that is not marked nobody has unmapped. Before their pages go they are mapped
 * again. The handler unmaps after it has told the users of the pages, which may be
 * on their way out: so the note stays, and they are mapped again, and forgotten,
 * by the next user of pages there.
 */
#ifndef _ND_ABSENT_H
#define _ND_ABSENT_H

#include <linux/range.h>

/**
 * nd_absent_note() - these frames fail, and are about to be unmapped
 * @pfn: the first
 * @nr: how many
 *
 * Context: process.
 */
void nd_absent_note(unsigned long pfn, unsigned long nr);

/**
 * nd_absent() - has the kernel unmapped this frame?
 * @pfn: has a struct page, whose mark has to do where nobody is told of failures (before 6.0)
 *
 * Context: any.
 */
bool nd_absent(unsigned long pfn);

/**
 * nd_absent_cure() - map a frame again, if it is absent: all of it is about to be written
 * @pfn: has a struct page
 *
 * Context: process.
 */
void nd_absent_cure(unsigned long pfn);

/**
 * nd_absent_restore() - map again what was noted: the struct pages are about to go
 * @range: physical addresses, which have struct pages
 *
 * Context: process.
 */
void nd_absent_restore(const struct range *range);

/**
 * nd_absent_forget() - the same: there are new struct pages
 * @range: as above
 *
 * Context: process.
 */
void nd_absent_forget(const struct range *range);

void nd_absent_exit(void);

#endif /* _ND_ABSENT_H */
