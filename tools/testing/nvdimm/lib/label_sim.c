// SPDX-License-Identifier: GPL-2.0
/* DIMMs of one set, changed and read back: label_sim.h. */
/* objects: lib/label_media.c */
/* objects: drivers/nvdimm/label/codec.c drivers/nvdimm/label/area.c drivers/nvdimm/label/set.c */
/* objects: drivers/nvdimm/label/load.c */
/* objects: drivers/nvdimm/label/transaction.c */
#include <linux/kernel.h>
#include <stdlib.h>
#include <string.h>
#include "label_sim.h"

/* Byte-addressable persistent memory: UEFI 2.10 §13.19.3 */
static const guid_t machine_type = GUID_INIT(0x66f0d379, 0xb4f3, 0x4074,
					     0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb);

/* Any that labels 1.2 tell of, and 1.1 do not. */
static const guid_t machine_claim = GUID_INIT(0x18633bfc, 0x1735, 0x4217,
					      0x8a, 0xc9, 0x17, 0x23, 0x92, 0x82, 0xd3, 0xf8);

void machine_init(struct machine *m, u32 n, u32 size, u8 minor)
{
	memset(m, 0, sizeof(*m));
	m->n = n;
	m->minor = minor;
	m->mark = (struct label_mark){
		machine_type, MACHINE_COOKIE, MACHINE_COOKIE, MACHINE_COOKIE,
	};
	for (u32 i = 0; i < n; i++) {
		m->media[i] = media_new(size);
		m->media[i].id = i;
		m->media[i].world = &m->world;
		m->area[i] = (struct label_area){ .data = calloc(1, size), .size = size };
		m->areas[i] = &m->area[i];
		m->io[i] = media_io(&m->media[i]);
	}
	media_start(&m->world);
}

/* Its labels need not be of one version, nor have one cookie. */
void machine_init_unlike(struct machine *m, u32 n, u32 size, u8 minor, bool mixed, bool early)
{
	machine_init(m, n, size, minor);
	m->mixed = mixed;
	m->early = early;
	m->mark.cookie1 ^= mixed ? 1 : 0;
	m->mark.altcookie ^= early ? 2 : 0;
}

u8 machine_minor(const struct machine *m, u32 position)
{
	return m->mixed && position % 2 ? 3 - m->minor : m->minor;
}

void machine_free(struct machine *m)
{
	for (u32 i = 0; i < m->n; i++) {
		free(m->media[i].bytes);
		free(m->area[i].data);
	}
	free(m->world.log);
}

/* As after a boot. */
void machine_load(struct machine *m)
{
	enum nd_reason reason;

	for (u32 i = 0; i < m->n; i++) {
		/* nothing left in memory may help */
		memset(m->area[i].data, 0xc7, min(m->area[i].size, 8192u));
		m->unreadable[i] = label_area_load(&m->area[i], &m->io[i], &reason);
		m->ruined[i] = !m->area[i].valid && reason != ND_REASON_NO_INDEX;
		machine_assert(!m->unreadable[i] || m->media[i].dead || m->media[i].nlost);
	}
}

static void view_dimm(const struct machine *m, u32 i, struct view *v, struct nd_label *labels,
		      struct label_dimm *dimm)
{
	const struct label_area *area = &m->area[i];

	v->nfree[i] = area->nfree;
	v->valid[i] = area->valid;
	dimm->nr = 0;
	for (u32 slot = label_next_active(area, 0); slot < area->nslot;
	     slot = label_next_active(area, slot + 1)) {
		struct nd_label *l = &labels[dimm->nr];

		if (label_area_get(area, slot, l) != ND_REASON_OK) {
			v->bad[i]++;
		} else if (!label_area_is_of(area, l, &m->mark)) {
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

/* namespace/scan.c's answer to a set that does not start at one offset. */
static bool machine_serves(const struct machine *m, const struct label_found *out)
{
	for (u32 i = 0; out->apart && i < m->n; i++)
		if (m->area[i].minor < 2 || m->turned)
			return false;
	return true;
}

static void view_rest(const struct machine *m, struct view *v, struct label_dimm *dimms)
{
	struct label_state state[MACHINE_DIMMS];
	u32 which;

	for (u32 i = 0; i < m->n; i++)
		v->state[i] = (struct label_state){ .valid = m->area[i].valid, .decides = !i,
						    .ruined = m->ruined[i], .bad = v->bad[i] };
	v->kept = label_set_rest(dimms, v->state, m->n);
	/* in the order of mappings */
	for (u32 i = 0; i < m->n; i++)
		state[(i + m->turned) % m->n] = v->state[i];
	v->closed = label_set_closed(state, m->n, v->kept, &which);
	for (u32 i = 0; i < m->n; i++) {
		for (u32 k = 0; k < dimms[i].nr; k++) {
			const struct label_ref *ref = &dimms[i].refs[k];

			if (ref->taken)
				continue;
			v->rest[v->nrest++] = (struct rest_view){ i, ref->label->slot,
				ref->label->uuid.b[0], ref->offset, ref->label->size,
				ref->leftover };
			if (ref->leftover)
				v->orphan[i][v->norphan[i]++] = ref->label->slot;
		}
	}
}

static void view_add(const struct machine *m, struct view *v, const struct label_found *out)
{
	struct ns_view *ns = &v->ns[v->nr++];

	ns->is = (struct ns_want){ out->lead->uuid.b[0], out->lead->name[0], out->ref[0]->offset,
				   out->lead->size };
	ns->torn = out->torn || out->unsettled;
	ns->unsettled = out->unsettled;
	ns->apart = out->apart;
	for (u32 i = 0; i < m->n; i++) {
		ns->slot[i] = out->ref[i]->label->slot;
		ns->dpa[i] = out->ref[i]->label->dpa;
	}
}

void machine_view(const struct machine *m, struct view *v)
{
	static struct nd_label labels[MACHINE_DIMMS][VIEW_MAX];
	static struct label_ref refs[MACHINE_DIMMS][VIEW_MAX];
	static struct label_ref *by_uuid[MACHINE_DIMMS][VIEW_MAX];
	struct label_dimm dimms[MACHINE_DIMMS];
	struct label_ref *found[MACHINE_DIMMS];
	u32 cursor[MACHINE_DIMMS] = { 0 };
	struct label_found out = { .ref = found };
	enum nd_reason reason;
	int rc;

	memset(v, 0, sizeof(*v));
	for (u32 i = 0; i < m->n; i++)
		v->down |= m->unreadable[i];
	if (v->down)
		return;
	for (u32 i = 0; i < m->n; i++) {
		dimms[i] = (struct label_dimm){ .refs = refs[i], .by_uuid = by_uuid[i],
						.size = MACHINE_SPACE };
		view_dimm(m, i, v, labels[i], &dimms[i]);
	}
	while ((rc = label_set_next(dimms, m->n, cursor, &out, &reason))) {
		if (rc < 0 || !machine_serves(m, &out))
			v->refused++;
		else
			view_add(m, v, &out);
	}
	view_rest(m, v, dimms);
}

bool want_same(const struct ns_want *a, const struct ns_want *b)
{
	return a->id == b->id && a->name == b->name && a->offset == b->offset &&
	       a->size == b->size;
}

const struct ns_view *view_find(const struct view *v, u8 id)
{
	for (u32 i = 0; i < v->nr; i++)
		if (v->ns[i].is.id == id)
			return &v->ns[i];
	return NULL;
}

struct nd_label machine_label(const struct machine *m, const struct ns_want *want, u32 position)
{
	bool v1_2 = machine_minor(m, position) == 2;

	return (struct nd_label){
		.uuid = {{ want->id, 0x11, 0x22 }},
		.name = { want->name },
		.nlabel = m->n,
		.position = position,
		.cookie = m->early ? m->mark.altcookie : v1_2 ? m->mark.cookie2 : m->mark.cookie1,
		.dpa = want->offset,
		.size = want->size,
		.type = v1_2 ? machine_type : guid_null,
		.abstraction = v1_2 ? machine_claim : guid_null,
	};
}

/* Make @want of @old; either may be NULL. */
int machine_change(struct machine *m, const struct ns_view *old, const struct ns_want *want)
{
	enum label_txn_kind kind = !old ? LABEL_TXN_CREATE :
				   want ? LABEL_TXN_UPDATE : LABEL_TXN_DELETE;
	struct label_change changes[MACHINE_DIMMS] = { 0 };
	struct nd_label labels[MACHINE_DIMMS];
	u32 failed;
	int rc;

	for (u32 i = 0; i < m->n; i++) {
		changes[i].minor = machine_minor(m, i);
		if (old) {
			changes[i].drop = &old->slot[i];
			changes[i].ndrop = 1;
		}
		if (want) {
			labels[i] = machine_label(m, want, i);
			if (old)
				labels[i].dpa = old->dpa[i] + (want->offset - old->is.offset);
			changes[i].add = &labels[i];
			changes[i].nadd = 1;
			changes[i].spare = !old;
		}
	}
	rc = label_txn_run(m->areas, m->io, m->n, kind, changes, &m->reason, &failed);
	for (u32 i = 0; i < m->n && want; i++)
		m->slots[i] = labels[i].slot;
	return rc;
}

int machine_commit(struct machine *m, u32 dimm, struct label_change *c)
{
	return label_area_commit(&m->area[dimm], &m->io[dimm], c, &m->reason);
}

/* What no new namespace may take: places of those there are, and of all labels but leftovers. */
u32 machine_busy(const struct machine *m, const struct view *v, struct dpa_extent *busy)
{
	u32 n = 0, k;
	struct nd_label l;

	for (u32 i = 0; i < v->nr; i++)
		busy[n++] = (struct dpa_extent){ v->ns[i].is.offset, v->ns[i].is.size };
	for (u32 i = 0; i < m->n; i++) {
		for (u32 slot = label_next_active(&m->area[i], 0); slot < m->area[i].nslot;
		     slot = label_next_active(&m->area[i], slot + 1)) {
			for (k = 0; k < v->norphan[i]; k++)
				if (v->orphan[i][k] == slot)
					break;
			if (k == v->norphan[i] &&
			    label_area_get(&m->area[i], slot, &l) == ND_REASON_OK)
				busy[n++] = (struct dpa_extent){ l.dpa, l.size };
		}
	}
	for (u32 i = 1; i < n; i++) {
		struct dpa_extent e = busy[i];

		for (k = i; k && busy[k - 1].start > e.start; k--)
			busy[k] = busy[k - 1];
		busy[k] = e;
	}
	return n;
}

/* Leftovers that are in the way of @want go; namespace/commit.c's txn_clear(). */
static int machine_clear(struct machine *m, const struct ns_want *want)
{
	struct label_change clear[MACHINE_DIMMS] = { 0 };
	u32 drop[MACHINE_DIMMS][VIEW_MAX], failed;
	struct label_orphan orphan[MACHINE_DIMMS * VIEW_MAX];
	struct nd_label label = machine_label(m, want, 0);
	u32 nr = 0;
	struct view v;

	machine_view(m, &v);
	for (u32 i = 0; i < m->n; i++)
		clear[i].drop = drop[i];
	for (u32 i = 0; i < v.nrest; i++) {
		const struct rest_view *r = &v.rest[i];
		const struct ns_want is = { .id = r->id };

		if (r->leftover)
			orphan[nr++] = (struct label_orphan){
				.mapping = r->dimm, .slot = r->slot, .start = r->offset,
				.size = r->size, .uuid = machine_label(m, &is, 0).uuid,
			};
	}
	label_orphans_sort(orphan, nr);
	label_orphans_choose(orphan, nr, &label.uuid, want->offset, want->size);
	for (u32 i = 0; i < nr; i++)
		if (orphan[i].going)
			drop[orphan[i].mapping][clear[orphan[i].mapping].ndrop++] = orphan[i].slot;
	return label_txn_clear(m->areas, m->io, m->n, clear, &m->reason, &failed);
}

/*
 * Make @want of @old as namespace/commit.c's nd_ns_apply() does: what is torn is made whole
 * before, what is left over in its way goes before.
 */
int machine_apply(struct machine *m, const struct ns_view *old, const struct ns_want *want)
{
	struct ns_view whole;
	int rc = 0;

	if (old && old->torn) {
		whole = *old;
		rc = machine_change(m, old, &old->is);
		for (u32 i = 0; i < m->n && !rc; i++)
			whole.slot[i] = m->slots[i];
		if (rc == -ENOSPC && !want)
			rc = 0;
		old = &whole;
	}
	if (!rc && want)
		rc = machine_clear(m, want);
	return rc ?: machine_change(m, old, want);
}

/* As the driver does before anybody uses a namespace: region_settle(). */
void machine_settle(struct machine *m)
{
	struct view v;

	machine_view(m, &v);
	for (u32 i = 0; i < v.nr; i++)
		if (v.ns[i].unsettled)
			machine_change(m, &v.ns[i], &v.ns[i].is);
}

/* What an interruption has left goes, which the driver does not do: for other drivers to read. */
void machine_recover(struct machine *m)
{
	struct view v;

	machine_view(m, &v);
	for (u32 i = 0; i < v.nr; i++)
		if (v.ns[i].torn)
			machine_assert(!machine_change(m, &v.ns[i], &v.ns[i].is));
	for (u32 i = 0; i < m->n; i++) {
		struct label_change c = { .drop = v.orphan[i], .ndrop = v.norphan[i],
					  .minor = machine_minor(m, i) };

		if (c.ndrop)
			machine_assert(!machine_commit(m, i, &c));
	}
}

/* Is what memory says of DIMM @i what a boot would read? */
bool machine_agrees(const struct machine *m, u32 i)
{
	const struct label_area *area = &m->area[i];
	struct label_media media = m->media[i];
	struct label_area fresh = { .data = malloc(area->size), .size = area->size };
	struct label_io io = media_io(&media);
	enum nd_reason reason;
	bool same;

	media.world = NULL;
	machine_assert(!label_area_load(&fresh, &io, &reason));
	same = fresh.valid == area->valid;
	if (same && fresh.valid)
		same = fresh.nslot == area->nslot && fresh.nfree == area->nfree &&
		       fresh.seq == area->seq && fresh.current_index == area->current_index &&
		       fresh.label_size == area->label_size && fresh.minor == area->minor &&
		       !memcmp(fresh.data, area->data, area->label_off);
	for (u32 slot = 0; same && fresh.valid && slot < fresh.nslot; slot++) {
		u32 off = fresh.label_off + slot * fresh.label_size;

		same = label_slot_active(&fresh, slot) == label_slot_active(area, slot) &&
		       (!label_slot_active(&fresh, slot) ||
			!memcmp(fresh.data + off, area->data + off, fresh.label_size));
	}
	free(fresh.data);
	return same;
}
