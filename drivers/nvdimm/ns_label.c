// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of a namespace → label transactions. Media first, memory after.
 */
#include <linux/device.h>
#include <linux/slab.h>
#include "label.h"
#include "label_txn.h"
#include "ns.h"

/* UEFI 2.10 §13.19.3 (BTT) and the pmem.io specification (PFN, DAX). */
static const struct {
	enum nvdimm_claim_class class;
	guid_t guid;
} classes[] = {
	{ NVDIMM_CCLASS_NONE },
	{ NVDIMM_CCLASS_BTT, GUID_INIT(0x8aed63a2, 0x29a2, 0x4c66,
				       0x8b, 0x12, 0xf0, 0x5d, 0x15, 0xd3, 0x92, 0x2a) },
	{ NVDIMM_CCLASS_BTT2, GUID_INIT(0x18633bfc, 0x1735, 0x4217,
					0x8a, 0xc9, 0x17, 0x23, 0x92, 0x82, 0xd3, 0xf8) },
	{ NVDIMM_CCLASS_PFN, GUID_INIT(0x266400ba, 0xfb9f, 0x4677,
				       0xbc, 0xb0, 0x96, 0x8f, 0x11, 0xd0, 0xd2, 0x25) },
	{ NVDIMM_CCLASS_DAX, GUID_INIT(0x97a86d9c, 0x3cdd, 0x4eda,
				       0x98, 0x6f, 0x50, 0x68, 0xb4, 0xf8, 0x00, 0x88) },
};

enum nvdimm_claim_class nd_claim_class_of(const guid_t *abstraction)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (guid_equal(&classes[i].guid, abstraction))
			return classes[i].class;
	return NVDIMM_CCLASS_UNKNOWN;
}

const guid_t *nd_claim_class_guid(enum nvdimm_claim_class class)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (classes[i].class == class)
			return &classes[i].guid;
	return &guid_null;
}

/* Everything one transaction needs, index = position in the set. */
struct txn {
	struct nd_ns *ns;
	u16 mapping[ND_MAX_MAPPINGS];		/* position → mapping */
	struct nvdimm *by_id[ND_MAX_MAPPINGS];	/* locking order */
	struct label_area *area[ND_MAX_MAPPINGS];
	struct label_io io[ND_MAX_MAPPINGS];
	struct label_change change[ND_MAX_MAPPINGS];
	struct nd_label label[ND_MAX_MAPPINGS];
	u32 *drop[ND_MAX_MAPPINGS];
};

static void txn_free(struct txn *txn)
{
	unsigned int i;

	if (!txn)
		return;
	for (i = 0; i < ND_MAX_MAPPINGS; i++)
		kfree(txn->drop[i]);
	kfree(txn);
}
DEFINE_FREE(txn, struct txn *, txn_free(_T))

/*
 * A namespace keeps the positions its labels have. A new one gets those of the
 * interleave set, when the provider's make sense.
 */
static void place(struct txn *txn)
{
	const struct nd_ns *ns = txn->ns;
	const struct nd_region *region = ns->region;
	bool labelled = ns->slot[0].slot != ND_NO_SLOT;
	u64 seen = 0;
	u16 i;

	for (i = 0; i < region->num_mappings; i++) {
		u32 p = labelled ? ns->slot[i].position : region->mapping[i].position;

		if (p < region->num_mappings)
			seen |= BIT_ULL(p);
	}
	if (seen != GENMASK_ULL(region->num_mappings - 1, 0)) {
		for (i = 0; i < region->num_mappings; i++)
			txn->mapping[i] = i;
		return;
	}
	for (i = 0; i < region->num_mappings; i++)
		txn->mapping[labelled ? ns->slot[i].position : region->mapping[i].position] = i;
}

static void lock_dimms(struct txn *txn)
{
	struct nd_region *region = txn->ns->region;
	u16 i, k;

	for (i = 0; i < region->num_mappings; i++) {
		struct nvdimm *nvdimm = region->mapping[i].nvdimm;

		for (k = i; k && txn->by_id[k - 1]->id > nvdimm->id; k--)
			txn->by_id[k] = txn->by_id[k - 1];
		txn->by_id[k] = nvdimm;
	}
	/* One DIMM may back several mappings of a (broken) set: lock it once. */
	for (i = 0; i < region->num_mappings; i++)
		if (!i || txn->by_id[i] != txn->by_id[i - 1])
			mutex_lock_nest_lock(&txn->by_id[i]->labels, &region->config);
}

static void unlock_dimms(struct txn *txn)
{
	u16 i = txn->ns->region->num_mappings;

	while (i--)
		if (!i || txn->by_id[i] != txn->by_id[i - 1])
			mutex_unlock(&txn->by_id[i]->labels);
}

/* The namespace's own label, and leftovers in the space it takes. */
static int collect_drops(struct txn *txn, u32 position, const struct ns_config *want)
{
	const struct nd_region *region = txn->ns->region;
	u16 index = txn->mapping[position];
	u32 own = txn->ns->slot[index].slot;
	u64 end = want->offset + want->size / nd_region_ways(region);
	u32 *drop = kmalloc_array(region->norphan + 1, sizeof(*drop), GFP_KERNEL);
	u32 i, n = 0;

	if (!drop)
		return -ENOMEM;
	if (own != ND_NO_SLOT)
		drop[n++] = own;
	for (i = 0; i < region->norphan; i++) {
		const struct nd_orphan *o = &region->orphan[i];

		if (want->size && o->mapping == index && o->at.start < end &&
		    o->at.start + o->at.size > want->offset)
			drop[n++] = o->slot;
	}
	txn->drop[position] = drop;
	txn->change[position].drop = drop;
	txn->change[position].ndrop = n;
	return 0;
}

static void compose(struct txn *txn, u32 position, const struct ns_config *want)
{
	const struct nd_region *region = txn->ns->region;
	const struct nd_mapping *m = &region->mapping[txn->mapping[position]];
	const struct nd_interleave_set *set = region->set;
	struct label_change *change = &txn->change[position];
	/* a blank area is formatted as 1.2 */
	bool v1_2 = !m->nvdimm->area.valid || m->nvdimm->area.minor >= 2;

	txn->label[position] = (struct nd_label) {
		.uuid = want->uuid,
		.flags = want->flags,
		.nlabel = region->num_mappings,
		.position = position,
		.cookie = v1_2 ? set->cookie2 : set->cookie1,
		.lbasize = want->lbasize,
		.dpa = m->start + want->offset,
		.size = want->size / nd_region_ways(region),
		.type = v1_2 ? set->type_guid : guid_null,
		.abstraction = v1_2 ? want->abstraction : guid_null,
	};
	strscpy(txn->label[position].name, want->name, sizeof(want->name));
	change->add = &txn->label[position];
	change->nadd = 1;
	change->minor = 2;
	/* one slot stays free, so that what exists can always be changed */
	change->spare = txn->ns->slot[txn->mapping[position]].slot == ND_NO_SLOT ? 1 : 0;
}

static int check_dimms(struct txn *txn)
{
	struct device *dev = nd_ns_dev(txn->ns);
	u16 i;

	for (i = 0; i < txn->ns->region->num_mappings; i++) {
		struct nvdimm *nvdimm = txn->by_id[i];

		if (!nvdimm->bound)
			return nd_fail(dev, -ENXIO, ND_WHY_DISABLED, "%s is disabled",
				       nvdimm_name(nvdimm));
		if (!nvdimm->area.data)
			return nd_fail(dev, -ENXIO, ND_WHY_NO_LABELS,
				       "%s has no label area: its capacity cannot be subdivided",
				       nvdimm_name(nvdimm));
		if (nvdimm->ruined)
			return nd_fail(dev, -EIO, ND_WHY_NO_INDEX,
				       "the label area of %s is damaged: restore a backup with ndctl write-labels, or give its labels up with ndctl init-labels -f",
				       nvdimm_name(nvdimm));
	}
	return 0;
}

static int prepare(struct txn *txn, const struct ns_config *want)
{
	u16 i;
	int rc = check_dimms(txn);

	for (i = 0; i < txn->ns->region->num_mappings && !rc; i++) {
		struct nvdimm *nvdimm = txn->ns->region->mapping[txn->mapping[i]].nvdimm;

		txn->area[i] = &nvdimm->area;
		txn->io[i] = nvdimm_label_io(nvdimm);
		if (want->size)
			compose(txn, i, want);
		rc = collect_drops(txn, i, want);
	}
	return rc;
}

/* The decoded labels follow what is on media now, whether all of it was @done or not. */
static void follow(struct txn *txn, bool done)
{
	const struct nd_region *region = txn->ns->region;
	u16 i;

	for (i = 0; i < region->num_mappings; i++)
		nvdimm_labels_follow(region->mapping[txn->mapping[i]].nvdimm,
				     done ? &txn->change[i] : NULL);
}

/* Leftovers that this change has dropped are history. */
static void forget_orphans(struct nd_region *region, u16 index, const struct label_change *change)
{
	u32 i, k, kept = 0;

	for (i = 0; i < region->norphan; i++) {
		const struct nd_orphan *o = &region->orphan[i];

		for (k = 0; k < change->ndrop; k++)
			if (o->mapping == index && o->slot == change->drop[k])
				break;
		if (k == change->ndrop)
			region->orphan[kept++] = *o;
	}
	region->norphan = kept;
}

static void note_slots(struct txn *txn, bool present)
{
	u16 i;

	for (i = 0; i < txn->ns->region->num_mappings; i++)
		forget_orphans(txn->ns->region, txn->mapping[i], &txn->change[i]);

	for (i = 0; i < txn->ns->region->num_mappings; i++)
		txn->ns->slot[txn->mapping[i]] = (struct ns_slot) {
			.slot = present ? txn->label[i].slot : ND_NO_SLOT,
			.position = i,
		};
}

static int run(struct txn *txn, const struct ns_config *want)
{
	struct nd_ns *ns = txn->ns;
	enum label_txn_kind kind = !want->size ? LABEL_TXN_DELETE :
				   ns->slot[0].slot == ND_NO_SLOT ? LABEL_TXN_CREATE :
								   LABEL_TXN_UPDATE;
	bool known = nd_space_known(ns->region) && !ns->torn;
	enum nd_why why = ND_WHY_OK;
	u32 failed = 0;
	bool done;
	u16 i;
	int rc = prepare(txn, want);

	if (rc)
		return rc;
	for (i = 0; kind == LABEL_TXN_DELETE && i < ns->region->num_mappings; i++)
		nvdimm_snapshot(txn->by_id[i], ND_BEFORE_DESTROY);
	rc = label_txn_run(txn->area, txn->io, ns->region->num_mappings, kind, txn->change, &why,
			   &failed);
	done = !rc && why == ND_WHY_OK;
	follow(txn, done);
	if (!rc)
		note_slots(txn, want->size);
	if (done && known)
		nd_space_replace(ns->region, &ns->cfg, want);
	if (!done)
		return nd_fail(nd_ns_dev(ns), rc, why, "labels of %s could not be written",
			       nvdimm_name(ns->region->mapping[txn->mapping[failed]].nvdimm));
	return 0;
}

/* A bare range has no slots at all. */
static bool on_media(const struct nd_ns *ns)
{
	return ns->labelled && ns->slot[0].slot != ND_NO_SLOT;
}

static int write_labels(struct nd_ns *ns, const struct ns_config *want)
{
	struct txn *txn __free(txn) = kzalloc(sizeof(*txn), GFP_KERNEL);
	int rc;

	if (!txn)
		return -ENOMEM;
	txn->ns = ns;
	place(txn);
	lock_dimms(txn);
	rc = run(txn, want);
	unlock_dimms(txn);
	return rc;
}

static bool same(const struct ns_config *a, const struct ns_config *b)
{
	return uuid_equal(&a->uuid, &b->uuid) && !strcmp(a->name, b->name) &&
	       a->lbasize == b->lbasize && guid_equal(&a->abstraction, &b->abstraction) &&
	       a->offset == b->offset && a->size == b->size;
}

int nd_ns_apply(struct nd_ns *ns, const struct ns_config *want)
{
	bool write = want->size ? !ns->cfg.size || ns->torn || !same(&ns->cfg, want) :
				  on_media(ns);
	int rc = write && ns->labelled ? write_labels(ns, want) : 0;

	if (rc)
		return rc;
	nd_ns_install(ns, want);
	ns->torn = false;
	return 0;
}
