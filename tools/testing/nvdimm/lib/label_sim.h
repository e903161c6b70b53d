/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DIMMs of one interleave set, changed through label_txn_run() and read back
 * through label_set_next(). Used by the crash and model tests.
 *
 * What the driver decides about labels is asked of the driver's own functions, and
 * put together here as namespace/scan.c, namespace/capacity.c and namespace/commit.c do.
 */
#pragma once

#include <linux/uuid.h>
#include <stdio.h>
#include "layout/dpa.h"
#include "label_media.h"
#include "label/transaction.h"
#include "label/set.h"

#define MACHINE_DIMMS	16
/* Of the set, where its labels are all of one version; else that of 1.2. */
#define MACHINE_SPACE	(1ull << 40)	/* bytes of each mapping */
#define MACHINE_COOKIE	0x1234567890abcdefull
#define VIEW_MAX	64

struct machine {
	u32 n;				/* DIMMs */
	u32 turned;			/* position p is that of mapping (p + turned) % n */
	u8 minor;
	bool mixed;			/* odd positions have the other version */
	bool early;			/* labels are written as early Linux did */
	struct label_mark mark;
	struct media_world world;
	struct label_media media[MACHINE_DIMMS];
	struct label_area area[MACHINE_DIMMS];
	struct label_area *areas[MACHINE_DIMMS];
	struct label_io io[MACHINE_DIMMS];
	bool ruined[MACHINE_DIMMS];
	bool unreadable[MACHINE_DIMMS];
	u32 slots[MACHINE_DIMMS];	/* of the last change … */
	enum nd_reason reason;		/* … and what it had to say */
};

/* What a test asks for or finds. */
struct ns_want {
	u8 id;				/* its uuid */
	u8 name;
	u64 offset, size;
};

struct ns_view {
	struct ns_want is;
	bool torn, unsettled, apart;
	u32 slot[MACHINE_DIMMS];
	u64 dpa[MACHINE_DIMMS];
};

/* A label that no namespace uses. */
struct rest_view {
	u32 dimm, slot;
	u8 id;
	u64 offset, size;
	bool leftover;			/* nobody's */
};

/* What the labels of a machine say. */
struct view {
	struct ns_view ns[VIEW_MAX];
	u32 nr;
	u32 refused;			/* leads that could not be assembled */
	struct rest_view rest[MACHINE_DIMMS * VIEW_MAX];
	u32 nrest, kept;		/* labels that no namespace uses; not leftovers */
	struct label_state state[MACHINE_DIMMS];
	enum nd_reason closed;		/* nothing can be created: why */
	bool down;			/* a DIMM cannot be read: there is no region */
	u32 norphan[MACHINE_DIMMS];	/* leftovers … */
	u32 orphan[MACHINE_DIMMS][VIEW_MAX];	/* … their slots */
	u32 foreign[MACHINE_DIMMS];	/* labels of other sets */
	u32 bad[MACHINE_DIMMS];		/* active slots without a good label */
	u32 nfree[MACHINE_DIMMS];
	bool valid[MACHINE_DIMMS];
};

#define machine_assert(expr) do {						\
	if (!(expr)) {								\
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #expr);	\
		abort();							\
	}									\
} while (0)

void machine_init(struct machine *m, u32 n, u32 size, u8 minor);
void machine_init_unlike(struct machine *m, u32 n, u32 size, u8 minor, bool mixed, bool early);
u8 machine_minor(const struct machine *m, u32 position);
void machine_free(struct machine *m);
void machine_load(struct machine *m);
void machine_view(const struct machine *m, struct view *v);
bool want_same(const struct ns_want *a, const struct ns_want *b);
const struct ns_view *view_find(const struct view *v, u8 id);
struct nd_label machine_label(const struct machine *m, const struct ns_want *want, u32 position);
int machine_change(struct machine *m, const struct ns_view *old, const struct ns_want *want);
int machine_commit(struct machine *m, u32 dimm, struct label_change *c);
u32 machine_busy(const struct machine *m, const struct view *v, struct dpa_extent *busy);
int machine_apply(struct machine *m, const struct ns_view *old, const struct ns_want *want);
void machine_settle(struct machine *m);
void machine_recover(struct machine *m);
bool machine_agrees(const struct machine *m, u32 i);
