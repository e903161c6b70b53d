// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of a namespace → label transactions. Media first, memory after.
 */
#include <linux/device.h>
#include <linux/slab.h>
#include "label/area.h"
#include "label/set.h"
#include "label/transaction.h"
#include "namespace/namespace.h"

/* Everything one transaction needs, index = position in the set. */
struct txn {
	struct nd_ns *ns;
	u16 mapping[ND_MAX_MAPPINGS];		/* position → mapping */
	struct nvdimm *by_id[ND_MAX_MAPPINGS];	/* locking order */
	struct label_area *area[ND_MAX_MAPPINGS];
	struct label_io io[ND_MAX_MAPPINGS];
	struct label_change change[ND_MAX_MAPPINGS];
	struct nd_label label[ND_MAX_MAPPINGS];
	struct label_change clear[ND_MAX_MAPPINGS];	/* leftovers, which go before */
	u32 *drop[ND_MAX_MAPPINGS];
};

static void txn_free(struct txn *txn)
{
	unsigned int i;

	if (!txn)
		return;
	for (i = 0; i < ND_MAX_MAPPINGS; i++)
		kvfree(txn->drop[i]);
	kfree(txn);
}
DEFINE_FREE(txn, struct txn *, txn_free(_T))

/*
 * A namespace keeps the positions its labels have. A new one gets those of the
 * interleave set, when the provider's make sense.
 */
static void txn_place(struct txn *txn)
{
	const struct nd_ns *ns = txn->ns;
	const struct nd_region *region = ns->region;
	bool labelled = ns->cfg.size;
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

/* ---- what goes ---- */

/* The namespace's own label, which goes with the change; and leftovers in its way. */
static int collect_drops(struct txn *txn, u32 position)
{
	const struct nd_region *region = txn->ns->region;
	u16 index = txn->mapping[position];
	const struct ns_slot *own = &txn->ns->slot[index];
	u32 *drop = kvmalloc_array(region->norphan + 1, sizeof(*drop), GFP_KERNEL);
	u32 i, n = 0;

	if (!drop)
		return -ENOMEM;
	for (i = 0; i < region->norphan; i++) {
		const struct label_orphan *o = &region->orphan[i];

		if (o->mapping == index && o->going && nd_orphan_is_there(region, o))
			drop[n++] = o->slot;
	}
	txn->drop[position] = drop;
	txn->clear[position] = (struct label_change) { .drop = drop, .ndrop = n };
	txn->change[position].drop = &own->slot;
	txn->change[position].ndrop = own->slot != ND_NO_SLOT;
	return 0;
}

/* Is the label one that an interrupted change left, and that goes before this change? */
static bool is_going(const struct nd_region *region, u16 index, const struct nd_label *label)
{
	const struct label_orphan *o = label_orphans_find(region->orphan, region->norphan,
							  &label->uuid, index, label->slot);

	return o && o->going;
}

/*
 * Labels of a namespace that cannot be used, or of one that was written although that failed, may
 * have the uuid: two sets of the same would not be told apart.
 */
static int check_uuid(struct txn *txn, u32 position, const struct ns_config *want)
{
	const struct nd_ns *ns = txn->ns;
	u16 index = txn->mapping[position];
	struct nvdimm *nvdimm = ns->region->mapping[index].nvdimm;
	const struct nd_label *label;

	if (ns->cfg.size && uuid_equal(&ns->cfg.uuid, &want->uuid))
		return 0;
	nvdimm_for_each_label(label, nvdimm) {
		if (label->slot == ns->slot[index].slot ||
		    !uuid_equal(&label->uuid, &want->uuid) ||
		    !nd_label_is_ours(ns->region, index, label) ||
		    is_going(ns->region, index, label))
			continue;
		return nd_refuse(nd_ns_dev(txn->ns), -EEXIST, ND_REASON_DUPLICATE,
				 "label %u of %s has the uuid %pUb already: enable the region anew to see whose it is, or take another uuid",
				 label->slot, nvdimm_name(nvdimm), &want->uuid);
	}
	return 0;
}

static void txn_compose(struct txn *txn, u32 position, const struct ns_config *want)
{
	const struct nd_region *region = txn->ns->region;
	const struct nd_mapping *m = &region->mapping[txn->mapping[position]];
	const struct ns_slot *old = &txn->ns->slot[txn->mapping[position]];
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
		.dpa = txn->ns->cfg.size ? old->dpa : m->start + want->offset,
		.size = want->size / nd_region_ways(region),
		.type = v1_2 ? set->type_guid : guid_null,
		.abstraction = v1_2 ? want->abstraction : guid_null,
	};
	strscpy(txn->label[position].name, want->name, sizeof(want->name));
	change->add = &txn->label[position];
	change->nadd = 1;
	change->minor = 2;
	/* one slot stays free, so that what exists can always be changed */
	change->spare = txn->ns->cfg.size ? 0 : 1;
}

static int txn_check_dimm(struct txn *txn, struct nvdimm *nvdimm)
{
	struct device *dev = nd_ns_dev(txn->ns);
	int rc = 0;

	if (!nvdimm->bound)
		return nd_refuse(dev, -ENXIO, ND_REASON_DISABLED, "%s is disabled",
				 nvdimm_name(nvdimm));
	if (!nvdimm->area.data)
		return nd_refuse(dev, -ENXIO, ND_REASON_NO_LABELS,
				 "%s has no label area: its capacity cannot be subdivided",
				 nvdimm_name(nvdimm));
	/* what an earlier write did could not be read back: perhaps it can now */
	if (nvdimm->area.stale)
		rc = nvdimm_labels_reload(nvdimm);
	if (rc)
		return nd_refuse(dev, rc == -ENOMEM ? rc : -EIO, ND_REASON_MEDIA,
				 "the label area of %s cannot be read", nvdimm_name(nvdimm));
	if (nvdimm->area.newer)
		return nd_refuse(dev, -EOPNOTSUPP, ND_REASON_VERSION,
				 "the label area of %s was written by newer software: nothing is written to it",
				 nvdimm_name(nvdimm));
	if (nvdimm->ruined || (!nvdimm->area.valid && txn->ns->cfg.size))
		return nd_refuse(dev, -EIO, ND_REASON_NO_INDEX,
				 "the label area of %s is damaged: restore a backup with ndctl write-labels, or give its labels up with ndctl init-labels -f",
				 nvdimm_name(nvdimm));
	return 0;
}

struct blank {
	const struct nd_region *region;		/* whose namespace is to be created */
	const struct nvdimm *nvdimm;
	const struct nd_region *other;
};

/* Is it another region of that DIMM, enabled, and of another meaning once the area is formatted? */
static int find_other(struct device *dev, void *data)
{
	struct blank *blank = data;
	const struct nd_region *other = is_nd_region(dev) ? to_nd_region(dev) : NULL;

	if (!other || other == blank->region || !dev->driver ||
	    !nd_region_maps(other, blank->nvdimm) ||
	    (test_bit(NDD_LABELING, &blank->nvdimm->flags) && !READ_ONCE(other->nkept)))
		return 0;
	blank->other = other;
	return 1;
}

/*
 * A blank area is about to be formatted. Another region of that DIMM, bare so far, would be one
 * with labels from then on: its namespace is gone when it is next enabled, and its capacity free.
 * And one that has labels on other DIMMs would no longer miss those that this area has lost.
 *
 * A region in its first probe is not yet on the list of children, but has counted itself among the
 * users; the next one cannot while the DIMM's labels are held.
 */
static int check_others(struct txn *txn, struct nvdimm *nvdimm)
{
	struct blank blank = { .region = txn->ns->region, .nvdimm = nvdimm };
	bool bare = !test_bit(NDD_LABELING, &nvdimm->flags);
	const char *other = "another region of that DIMM";
	u32 own = 0;
	u16 i;

	if (nvdimm->area.valid)
		return 0;
	for (i = 0; i < blank.region->num_mappings; i++)
		own += blank.region->mapping[i].nvdimm == nvdimm;
	if (device_for_each_child(nvdimm->dev.parent, &blank, find_other))
		other = dev_name(&blank.other->dev);
	else if (!bare || nvdimm->users <= own)
		return 0;
	return nd_refuse(nd_ns_dev(txn->ns), -EBUSY, ND_REASON_BUSY,
			 "the label area of %s is blank, and formatting it would change what %s is, which is enabled: disable %s first",
			 nvdimm_name(nvdimm), other, other);
}

/* Is this what the namespace's label on that DIMM can be? */
static bool is_own(const struct nd_ns *ns, u16 index, const struct nd_label *label)
{
	const struct ns_slot *at = &ns->slot[index];

	return label->dpa == at->dpa && nd_label_is_ours(ns->region, index, label) &&
	       (uuid_equal(&label->uuid, &at->uuid) || uuid_equal(&label->uuid, &ns->cfg.uuid) ||
		(!uuid_is_null(&ns->tried) && uuid_equal(&label->uuid, &ns->tried)));
}

/*
 * A write whose outcome was not known may have left the label in another slot, and that one to
 * somebody else: look for it by what it says. Return: 0; -EIO: it is not there, and may be in a
 * slot that cannot be read, so that one more would be the second.
 */
static int find_own(struct nd_ns *ns, u16 index)
{
	struct nvdimm *nvdimm = ns->region->mapping[index].nvdimm;
	struct ns_slot *at = &ns->slot[index];
	const struct nd_label *label;

	label = at->slot < nvdimm->label_end ? &nvdimm->label[at->slot] : NULL;
	if (label && label->size && is_own(ns, index, label))
		return 0;
	at->slot = ND_NO_SLOT;
	ns->torn = true;
	nvdimm_for_each_label(label, nvdimm) {
		if (is_own(ns, index, label)) {
			at->slot = label->slot;
			at->uuid = label->uuid;
			return 0;
		}
	}
	return nvdimm->nbad ? -EIO : 0;
}

static int prepare_dimm(struct txn *txn, u16 position, const struct ns_config *want)
{
	u16 index = txn->mapping[position];
	struct nvdimm *nvdimm = txn->ns->region->mapping[index].nvdimm;
	int rc = txn_check_dimm(txn, nvdimm) ?: check_others(txn, nvdimm);

	if (rc)
		return rc;
	txn->area[position] = &nvdimm->area;
	txn->io[position] = nvdimm_label_io(nvdimm);
	if (txn->ns->cfg.size && find_own(txn->ns, index))
		return nd_refuse(nd_ns_dev(txn->ns), -EIO, nvdimm->bad_reason,
				 "its label on %s is perhaps the one in slot %u, which cannot be read: enable all regions of that DIMM anew",
				 nvdimm_name(nvdimm), nvdimm->bad_slot);
	if (want->size)
		txn_compose(txn, position, want);
	rc = collect_drops(txn, position);
	return rc || !want->size ? rc : check_uuid(txn, position, want);
}

static int txn_prepare(struct txn *txn, const struct ns_config *want)
{
	struct nd_region *region = txn->ns->region;
	u32 i;
	int rc = 0;

	label_orphans_choose(region->orphan, region->norphan, want->size ? &want->uuid : NULL,
			     want->offset, want->size / nd_region_ways(region));
	for (i = 0; i < region->num_mappings && !rc; i++)
		rc = prepare_dimm(txn, i, want);
	return rc;
}

/* The decoded labels follow what is on media now, whether all of @changes was @done or not. */
static void txn_follow(struct txn *txn, const struct label_change *changes, bool done)
{
	const struct nd_region *region = txn->ns->region;
	u16 i;

	for (i = 0; i < region->num_mappings; i++)
		nvdimm_labels_follow(region->mapping[txn->mapping[i]].nvdimm,
				     done ? &changes[i] : NULL);
}

/* Leftovers that have been dropped are history. */
static void forget_orphans(struct nd_region *region)
{
	u32 i, kept = 0;

	for (i = 0; i < region->norphan; i++)
		if (!region->orphan[i].going)
			region->orphan[kept++] = region->orphan[i];
	region->norphan = kept;
}

static void note_slots(struct txn *txn, const struct ns_config *want)
{
	u16 i;

	for (i = 0; i < txn->ns->region->num_mappings; i++)
		txn->ns->slot[txn->mapping[i]] = (struct ns_slot) {
			.slot = want->size ? txn->label[i].slot : ND_NO_SLOT,
			.position = i,
			.dpa = txn->label[i].dpa,
			.uuid = want->uuid,
		};
}

/*
 * Not all could be written. What there was may now be a mixture, whose slots are looked for when
 * it is changed again; what should have gone keeps its space until the region is enabled anew.
 */
static int report_failure(struct txn *txn, const struct ns_config *want, u32 failed, int rc,
			  enum nd_reason reason)
{
	struct nd_ns *ns = txn->ns;
	struct nd_region *region = ns->region;
	struct nvdimm *nvdimm = region->mapping[txn->mapping[failed]].nvdimm;

	if (rc)
		return nd_refuse(nd_ns_dev(ns), rc, reason, "labels of %s could not be written",
				 nvdimm_name(nvdimm));
	if (want->size)
		nd_remark(&region->dev, -EIO, reason,
			  "namespace %pUb is whole, but its label on %s could not be written once more: the next change of it will",
			  &want->uuid, nvdimm_name(nvdimm));
	else
		nd_remark(&region->dev, -EIO, reason,
			  "namespace %pUb is deleted, but its label on %s could not be: its space stays busy until the region is enabled anew",
			  &ns->cfg.uuid, nvdimm_name(nvdimm));
	return 0;
}

static int txn_clear(struct txn *txn, const struct ns_config *want)
{
	struct nd_region *region = txn->ns->region;
	enum nd_reason reason = ND_REASON_OK;
	u32 i, failed = 0, nr = 0;
	int rc;

	for (i = 0; i < region->num_mappings; i++)
		nr += txn->clear[i].ndrop;
	if (nr) {
		rc = label_txn_clear(txn->area, txn->io, region->num_mappings, txn->clear, &reason,
				     &failed);
		txn_follow(txn, txn->clear, !rc);
		if (rc) {
			nd_space_forget(region);
			return report_failure(txn, want, failed, rc, reason);
		}
	}
	forget_orphans(region);
	return 0;
}

static bool config_same(const struct ns_config *a, const struct ns_config *b)
{
	return uuid_equal(&a->uuid, &b->uuid) && !strcmp(a->name, b->name) &&
	       a->lbasize == b->lbasize && guid_equal(&a->abstraction, &b->abstraction) &&
	       a->offset == b->offset && a->size == b->size;
}

static int txn_run(struct txn *txn, const struct ns_config *want)
{
	struct nd_ns *ns = txn->ns;
	struct nd_region *region = ns->region;
	enum label_txn_kind kind = !want->size ? LABEL_TXN_DELETE :
				   ns->cfg.size ? LABEL_TXN_UPDATE : LABEL_TXN_CREATE;
	enum nd_reason reason = ND_REASON_OK;
	u32 failed = 0;
	bool known, done;
	u16 i;
	int rc = txn_prepare(txn, want);

	if (rc)
		return rc;
	known = nd_space_known(region) && !ns->torn && !ns->apart;
	rc = txn_clear(txn, want);
	if (rc)
		return rc;
	for (i = 0; kind == LABEL_TXN_DELETE && i < region->num_mappings; i++)
		nvdimm_snapshot(txn->by_id[i], ND_BEFORE_DESTROY);
	rc = label_txn_run(txn->area, txn->io, region->num_mappings, kind, txn->change, &reason,
			   &failed);
	done = !rc && reason == ND_REASON_OK;
	WRITE_ONCE(ns->unsure, rc && ns->cfg.size && txn->area[0]->stale);
	txn_follow(txn, txn->change, done);
	if (!rc)
		note_slots(txn, want);
	else
		ns->tried = want->size ? want->uuid : ns->cfg.uuid;
	/* where labels may be a mixture, each of them counts */
	ns->torn = !done && (rc ? ns->cfg.size : want->size);
	ns->unsettled = false;
	if (done && known)
		nd_space_replace(region, &ns->cfg, want);
	else
		nd_space_forget(region);
	return done ? 0 : report_failure(txn, want, failed, rc, reason);
}

static int txn_write_labels(struct nd_ns *ns, const struct ns_config *want)
{
	struct txn *txn __free(txn) = kzalloc(sizeof(*txn), GFP_KERNEL);
	int rc;

	if (!txn)
		return -ENOMEM;
	txn->ns = ns;
	txn_place(txn);
	lock_dimms(txn);
	rc = txn_run(txn, want);
	unlock_dimms(txn);
	return rc;
}

int nd_ns_finish_update(struct nd_ns *ns)
{
	const struct ns_config same = ns->cfg;

	return ns->torn && ns->cfg.size ? txn_write_labels(ns, &same) : 0;
}

int nd_ns_check_known(struct nd_ns *ns)
{
	if (!ns->unsure)
		return 0;
	return nd_refuse(nd_ns_dev(ns), -EIO, ND_REASON_MEDIA,
			 "its last change failed, and whether the label was written could not be read: disable and enable %s, which judges its labels again",
			 dev_name(&ns->region->dev));
}

/* Do labels have two uuids, or may they, after a change that failed half-way? */
static bool has_two_uuids(const struct nd_ns *ns)
{
	bool two = !uuid_is_null(&ns->tried) && !uuid_equal(&ns->tried, &ns->cfg.uuid);
	u16 i;

	for (i = 0; i < ns->region->num_mappings; i++)
		two |= ns->slot[i].slot != ND_NO_SLOT &&
		       !uuid_equal(&ns->slot[i].uuid, &ns->cfg.uuid);
	return two;
}

int nd_ns_settle(struct nd_ns *ns)
{
	int rc;

	if (!ns->labelled || !ns->torn || !ns->cfg.size || !has_two_uuids(ns))
		return 0;
	if (nd_region_read_only(ns->region))
		return nd_refuse(nd_ns_dev(ns), -EROFS, ND_REASON_READ_ONLY,
				 "a change of its uuid was interrupted, and cannot be completed while %s is read-only: write 0 to the region's read_only",
				 dev_name(&ns->region->dev));
	rc = nd_ns_finish_update(ns);
	return rc ? nd_explain(nd_ns_dev(ns), rc, ND_REASON_INCOMPLETE,
			       "a change of its uuid was interrupted, and cannot be completed") : 0;
}

/*
 * What of an interrupted change is on some DIMMs is taken back before another begins: two in
 * a row could leave labels of three kinds, which no rule puts together.
 */
static int finish_before(struct nd_ns *ns, const struct ns_config *want)
{
	int rc = config_same(&ns->cfg, want) ? 0 : nd_ns_finish_update(ns);

	/* where no slot is free for that, there will be when it is deleted */
	return rc == -ENOSPC && !want->size ? 0 : rc;
}

int nd_ns_apply(struct nd_ns *ns, const struct ns_config *want)
{
	bool changes = want->size ? !ns->cfg.size || ns->torn || !config_same(&ns->cfg, want) :
				    ns->cfg.size;
	bool write = ns->labelled && changes;
	int rc = 0;

	if (write && ns->apart && want->size &&
	    (!uuid_equal(&ns->cfg.uuid, &want->uuid) || ns->cfg.size != want->size))
		return nd_refuse(nd_ns_dev(ns), -EOPNOTSUPP, ND_REASON_BOUNDS,
				 "its labels start at different offsets on the DIMMs, and are held together by uuid and size: these cannot change");
	if (write)
		rc = finish_before(ns, want);
	if (write && !rc)
		rc = txn_write_labels(ns, want);
	if (rc)
		return rc;
	ns->apart &= !!want->size;
	nd_ns_install(ns, want);
	return 0;
}
