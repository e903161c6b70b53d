/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A DIMM's label storage area in memory, with what can go wrong: power cuts at
 * 8-byte steps, transfers that fail. Used by unit, fuzz and crash tests.
 */
#pragma once

#include <linux/types.h>
#include "label/area.h"

/* What a transfer that fails leaves behind. */
enum media_fault {
	FAULT_NOTHING_WRITTEN,
	FAULT_HALF_WRITTEN,
	FAULT_ALL_WRITTEN,
	FAULT_MAX
};

/* One word before it was written. */
struct media_undo {
	u64 *word;
	u64 old;
};

/*
 * Time and trouble, shared by the DIMMs of a machine. Steps and transfers are
 * counted from media_start().
 */
struct media_world {
	u64 steps;		/* 8-byte steps written */
	u64 cut;		/* power fails before this step */
	bool dead;		/* it has failed: nothing is written or read any more */
	u32 xfers;		/* writes begun */
	u32 fail;		/* this write fails (counted from 1; 0: none) … */
	enum media_fault fault;
	bool fail_on;		/* … and all transfers after it */
	u32 fail_dimm;		/* with @fail_on: on that DIMM only */
	bool broken;		/* @fail has come … */
	u64 broken_at;		/* … at this step */
	struct media_undo *log;	/* what was overwritten since media_start() */
	u32 nlog, maxlog;
};

struct label_media {
	u8 *bytes;
	u32 size;
	u32 id;
	struct media_world *world;	/* NULL: nothing ever goes wrong */
	bool dead;		/* this DIMM is neither read nor written */
	u32 lost, nlost;	/* from here on so many bytes fail what reads them, until written */
	u32 fails;		/* a bit for each read to come, the lowest first: it fails */
	u32 reads, writes;
	u64 read_bytes;
};

void media_start(struct media_world *w);
void media_repair(struct media_world *w);
void media_rewind(struct media_world *w);
struct label_io media_io(struct label_media *media);
struct label_media media_new(u32 size);
