/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The info-block doctor: what the first bytes of a namespace say, who can read
 * it, and how to rewrite it so that a power cut costs nothing. Pure: judges
 * bytes, plans writes, does neither read nor write. Requirements X4, A15, A16.
 *
 *	0        4096         8192            data
 *	| spare  | info-block | memmap or gap | …
 *
 * The bytes below the data belong to the driver: before 4096 nothing lies, and
 * behind the block lies the memmap, made afresh at each enable, or nothing.
 * A scrub needs 4 KiB of them for a copy while it rewrites the block; @spare
 * says which.
 *
 * Neither a scrub nor what gives padding back (reclaim.h) changes signature,
 * uuids and mode, so these survive any tear of the rewrite, and tell an
 * interrupted one (restore the copy) from a damaged block (never touched).
 */
#ifndef _NDSTACK_INFOBLOCK_H
#define _NDSTACK_INFOBLOCK_H

#include <linux/types.h>
#include <nd/format.h>
#include <nd/reason.h>
#include "layout/info_block.h"

#define INFOBLOCK_HEAD	12288	/* bytes of a namespace that are looked at */

enum infoblock_state {
	INFOBLOCK_NONE,		/* no signature: raw, sector, or the data of a block device */
	INFOBLOCK_CLEAN,	/* valid; every byte without a meaning is zero */
	INFOBLOCK_DIRTY,	/* valid; bytes are set that its version gives no meaning */
	INFOBLOCK_FOREIGN,	/* whole, but of a version or with flags unknown here */
	INFOBLOCK_INTERRUPTED,	/* torn by a scrub; the copy in the spare is whole */
	INFOBLOCK_DAMAGED,	/* has the signature, must not be used: @reason */
};

/* A run of set bytes where the version of the block defines none; inclusive. */
struct infoblock_run {
	u16 first, last;
};

#define INFOBLOCK_RUNS	8

/**
 * struct infoblock_report - what there is
 * @state: verdict
 * @reason: from pfn_info_decode() of the block
 * @info: its fields, complete when @reason is OK
 * @major: as recorded, as are the next two: what @info leaves out for old versions
 * @minor: of the format
 * @flags: feature flags
 * @dirty_bytes: set bytes without a meaning
 * @runs: where they are: the first INFOBLOCK_RUNS runs of them
 * @nr_runs: used entries of @runs
 * @leftover: the spare holds a copy which a finished scrub did not get to erase
 * @spare: offset of the 4 KiB a scrub may use, or -1: there are none
 */
struct infoblock_report {
	enum infoblock_state state;
	enum nd_reason reason;
	struct pfn_info info;
	u16 major;
	u16 minor;
	u32 flags;
	unsigned int dirty_bytes;
	struct infoblock_run runs[INFOBLOCK_RUNS];
	unsigned int nr_runs;
	bool leftover;
	int spare;
};

/* infoblock_examine() - judge the first INFOBLOCK_HEAD bytes of a namespace */
void infoblock_examine(const u8 *head, struct infoblock_report *out);

/* What a reader that knows the format up to 1.@minor does with the block. */
enum infoblock_reader {
	INFOBLOCK_READER_FULL,		/* serves the right bytes, and dax */
	INFOBLOCK_READER_ASTRAY,	/* knows no start_pad: serves other bytes */
	INFOBLOCK_READER_TRUSTS,	/* takes set bytes without a meaning for fields */
	INFOBLOCK_READER_REFUSES,
};

enum infoblock_reader infoblock_reader(const struct infoblock_report *report, u16 minor);

/*
 * One step of a plan: write @data to [@offset, @offset + 4096), then flush: a
 * step must be durable before the next begins.
 */
struct infoblock_step {
	const char *what;
	u32 offset;
	u8 data[ND_INFO_SIZE];
};

#define INFOBLOCK_STEPS	3

struct infoblock_plan {
	unsigned int nr;
	struct infoblock_step steps[INFOBLOCK_STEPS];
};

/*
 * infoblock_plan_scrub() - steps which leave the block at minor 3 or later,
 *	with zero in every byte that has no meaning, or finish a scrub that was cut
 *
 * Interrupted anywhere, inside a step too, another plan made from what is then
 * on the media leads to the same end.
 *
 * Return: OK, with no steps when there is nothing to do; SIGNATURE, CHECKSUM…:
 * there is no block to scrub; RESERVED or VERSION: written by a later format,
 * whose fields must not be erased; SPACE: no spare bytes.
 */
enum nd_reason infoblock_plan_scrub(const u8 *head, const struct infoblock_report *report,
				    struct infoblock_plan *plan);

/*
 * infoblock_plan_reclaim() - steps which scrub the block and give it the places of @to: start_pad,
 *	end_trunc, dataoff and npfns, from reclaim_judge()
 *
 * Interrupted anywhere, a scrub of what is then on the media leaves the block as it was or as it
 * was to be.
 *
 * Return: as infoblock_plan_scrub(); DIRTY and CLEAN blocks only.
 */
enum nd_reason infoblock_plan_reclaim(const u8 *head, const struct infoblock_report *report,
				      const struct pfn_info *to, struct infoblock_plan *plan);

#endif /* _NDSTACK_INFOBLOCK_H */
