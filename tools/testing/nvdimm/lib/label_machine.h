/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DIMMs of one interleave set, changed through label_txn_run() and read back
 * through label_set_next(). Used by the crash and model tests.
 *
 * Objects: label_codec.c label_area.c label_set.c label_txn.c
 */
#ifndef _LABEL_MACHINE_H
#define _LABEL_MACHINE_H

#include <linux/uuid.h>
#include <stdio.h>

#include "label_media.h"
#include "label_txn.h"

#define MACHINE_DIMMS	6
#define MACHINE_COOKIE	0x1234567890abcdefull
#define VIEW_MAX	64

struct machine {
	u32 n;				/* DIMMs */
	u8 minor;
	struct media_world world;
	struct label_media media[MACHINE_DIMMS];
	struct label_area area[MACHINE_DIMMS];
	struct label_area *areas[MACHINE_DIMMS];
	struct label_io io[MACHINE_DIMMS];
};

/* What a test asks for or finds. */
struct ns_want {
	u8 id;				/* its uuid */
	u8 name;
	u64 offset, size;
};

struct ns_view {
	struct ns_want is;
	bool torn;
	u32 slot[MACHINE_DIMMS];
};

/* What the labels of a machine say. */
struct view {
	struct ns_view ns[VIEW_MAX];
	u32 nr;
	u32 refused;			/* leads that could not be assembled */
	u32 norphan[MACHINE_DIMMS];	/* labels of the set that no namespace uses … */
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

static inline void machine_init(struct machine *m, u32 n, u32 size, u8 minor)
{
	u32 i;

	memset(m, 0, sizeof(*m));
	m->n = n;
	m->minor = minor;
	for (i = 0; i < n; i++) {
		m->media[i] = media_new(size);
		m->media[i].id = i;
		m->media[i].world = &m->world;
		m->area[i] = (struct label_area){ .data = calloc(1, size), .size = size };
		m->areas[i] = &m->area[i];
		m->io[i] = media_io(&m->media[i]);
	}
	media_start(&m->world);
}

static inline void machine_free(struct machine *m)
{
	u32 i;

	for (i = 0; i < m->n; i++) {
		free(m->media[i].bytes);
		free(m->area[i].data);
	}
	free(m->world.log);
}

/* As after a boot. */
static inline void machine_load(struct machine *m)
{
	enum nd_why why;
	u32 i;

	for (i = 0; i < m->n; i++) {
		/* nothing left in memory may help */
		memset(m->area[i].data, 0xc7, min(m->area[i].size, 8192u));
		machine_assert(!label_area_load(&m->area[i], &m->io[i], &why));
	}
}

static inline void view_dimm(const struct machine *m, u32 i, struct view *v,
			     struct nd_label *labels, struct label_dimm *dimm)
{
	const struct label_area *area = &m->area[i];
	u32 slot;

	v->nfree[i] = area->nfree;
	v->valid[i] = area->valid;
	dimm->nr = 0;
	for (slot = 0; area->valid && slot < area->nslot; slot++) {
		struct nd_label *l = &labels[dimm->nr];

		if (!label_slot_active(area, slot))
			continue;
		if (label_area_get(area, slot, l) != ND_WHY_OK) {
			v->bad[i]++;
		} else if (l->cookie != MACHINE_COOKIE) {
			v->foreign[i]++;
		} else {
			machine_assert(dimm->nr < VIEW_MAX - 1);
			dimm->refs[dimm->nr].label = l;
			dimm->refs[dimm->nr].offset = l->dpa;
			dimm->nr++;
		}
	}
	label_dimm_sort(dimm);
}

static inline void machine_view(const struct machine *m, struct view *v)
{
	static struct nd_label labels[MACHINE_DIMMS][VIEW_MAX];
	static struct label_ref refs[MACHINE_DIMMS][VIEW_MAX];
	struct label_dimm dimms[MACHINE_DIMMS];
	struct label_ref *found[MACHINE_DIMMS];
	u32 cursor[MACHINE_DIMMS] = { 0 };
	struct label_found out = { .ref = found };
	enum nd_why why;
	u32 i, k;
	int rc;

	memset(v, 0, sizeof(*v));
	for (i = 0; i < m->n; i++) {
		dimms[i] = (struct label_dimm){ .refs = refs[i] };
		view_dimm(m, i, v, labels[i], &dimms[i]);
	}
	while ((rc = label_set_next(dimms, m->n, cursor, &out, &why))) {
		struct ns_view *ns = &v->ns[v->nr];

		if (rc < 0) {
			v->refused++;
			continue;
		}
		v->nr++;
		ns->is = (struct ns_want){ out.lead->uuid.b[0], out.lead->name[0],
					   out.ref[0]->offset, out.lead->size };
		ns->torn = out.torn;
		for (i = 0; i < m->n; i++)
			ns->slot[i] = found[i]->label->slot;
	}
	for (i = 0; i < m->n; i++)
		for (k = 0; k < dimms[i].nr; k++)
			if (!refs[i][k].taken)
				v->orphan[i][v->norphan[i]++] = refs[i][k].label->slot;
}

static inline const struct ns_view *view_find(const struct view *v, u8 id)
{
	u32 i;

	for (i = 0; i < v->nr; i++)
		if (v->ns[i].is.id == id)
			return &v->ns[i];
	return NULL;
}

static inline struct nd_label machine_label(const struct machine *m, const struct ns_want *want,
					    u32 position)
{
	return (struct nd_label){
		.uuid = {{ want->id, 0x11, 0x22 }},
		.name = { want->name },
		.nlabel = m->n,
		.position = position,
		.cookie = MACHINE_COOKIE,
		.dpa = want->offset,
		.size = want->size,
	};
}

/* Make @want of @old; either may be NULL. The slots are noted in @slots. */
static inline int machine_change(struct machine *m, const struct ns_view *old,
				 const struct ns_want *want, u32 *slots, enum nd_why *why)
{
	enum label_txn_kind kind = !old ? LABEL_TXN_CREATE :
				   want ? LABEL_TXN_UPDATE : LABEL_TXN_DELETE;
	struct label_change changes[MACHINE_DIMMS] = { 0 };
	struct nd_label labels[MACHINE_DIMMS];
	u32 i, failed;
	int rc;

	for (i = 0; i < m->n; i++) {
		changes[i].minor = m->minor;
		if (old) {
			changes[i].drop = &old->slot[i];
			changes[i].ndrop = 1;
		}
		if (want) {
			labels[i] = machine_label(m, want, i);
			changes[i].add = &labels[i];
			changes[i].nadd = 1;
			changes[i].spare = !old;
		}
	}
	rc = label_txn_run(m->areas, m->io, m->n, kind, changes, why, &failed);
	for (i = 0; i < m->n && want; i++)
		slots[i] = labels[i].slot;
	return rc;
}

/* Finish what an interruption left: rewrite torn namespaces, drop orphans. */
static inline void machine_recover(struct machine *m)
{
	struct view v;
	enum nd_why why;
	u32 i, slots[MACHINE_DIMMS];

	machine_view(m, &v);
	for (i = 0; i < v.nr; i++)
		if (v.ns[i].torn)
			machine_assert(!machine_change(m, &v.ns[i], &v.ns[i].is, slots, &why));
	for (i = 0; i < m->n; i++) {
		struct label_change c = { .drop = v.orphan[i], .ndrop = v.norphan[i],
					  .minor = m->minor };

		machine_assert(!label_area_commit(&m->area[i], &m->io[i], &c, &why));
	}
}

/* Is what memory says of DIMM @i what a boot would read? */
static inline bool machine_agrees(const struct machine *m, u32 i)
{
	const struct label_area *area = &m->area[i];
	struct label_media media = m->media[i];
	struct label_area fresh = { .data = malloc(area->size), .size = area->size };
	struct label_io io = media_io(&media);
	enum nd_why why;
	bool same;
	u32 slot;

	media.world = NULL;
	machine_assert(!label_area_load(&fresh, &io, &why));
	same = fresh.valid == area->valid;
	if (same && fresh.valid)
		same = fresh.nslot == area->nslot && fresh.nfree == area->nfree &&
		       fresh.seq == area->seq && fresh.current_index == area->current_index &&
		       fresh.label_size == area->label_size && fresh.minor == area->minor &&
		       !memcmp(fresh.data, area->data, area->label_off);
	for (slot = 0; same && fresh.valid && slot < fresh.nslot; slot++) {
		u32 off = fresh.label_off + slot * fresh.label_size;

		same = label_slot_active(&fresh, slot) == label_slot_active(area, slot) &&
		       (!label_slot_active(&fresh, slot) ||
			!memcmp(fresh.data + off, area->data + off, fresh.label_size));
	}
	free(fresh.data);
	return same;
}

#endif
