// SPDX-License-Identifier: GPL-2.0
/*
 * Labels of a region → its namespaces. Reads the decoded labels of each DIMM
 * once; decides nothing itself that label_set.c could decide.
 */
#include <linux/device.h>
#include <linux/slab.h>
#include "label.h"
#include "ns.h"

/* A label of this region's set on one DIMM, copied: the DIMM's own array may change. */
struct found_label {
	struct nd_label label;
	u64 offset;
	bool taken;		/* part of a namespace */
	bool refused;		/* its set is complete but wrong: neither namespace nor orphan */
};

struct scan {
	struct nd_region *region;
	bool whole;				/* every DIMM has a valid label area */
	struct found_label *found[ND_MAX_MAPPINGS];
	u32 nfound[ND_MAX_MAPPINGS];

	/* one pass of label_set_next(); index = position */
	u16 mapping[ND_MAX_MAPPINGS];
	struct label_dimm dimm[ND_MAX_MAPPINGS];
	u32 cursor[ND_MAX_MAPPINGS];
	struct label_ref *ref[ND_MAX_MAPPINGS];
};

static void scan_free(struct scan *scan)
{
	unsigned int i;

	if (!scan)
		return;
	for (i = 0; i < ND_MAX_MAPPINGS; i++) {
		kvfree(scan->found[i]);
		kvfree(scan->dimm[i].refs);
	}
	kfree(scan);
}
DEFINE_FREE(scan, struct scan *, scan_free(_T))

/*
 * Does this label speak of our set? Early Linux computed the cookie with the
 * DIMMs in another order; what it wrote stays valid (altcookie).
 */
static bool ours(const struct nd_region *region, const struct label_area *area,
		 const struct nd_mapping *m, const struct nd_label *label)
{
	const struct nd_interleave_set *set = region->set;

	if (area->minor >= 2 && !guid_equal(&label->type, &set->type_guid))
		return false;
	if (label->cookie != (area->minor >= 2 ? set->cookie2 : set->cookie1) &&
	    label->cookie != set->altcookie)
		return false;
	return label->dpa >= m->start && label->dpa - m->start < m->size;
}

static int collect(struct scan *scan, u16 index)
{
	const struct nd_mapping *m = &scan->region->mapping[index];
	struct nvdimm *nvdimm = m->nvdimm;
	const struct nd_label *label;
	struct found_label *found;
	u32 nr = 0;

	guard(mutex)(&nvdimm->labels);
	if (!nvdimm->bound || !nvdimm->area.valid) {
		scan->whole = false;
		return 0;
	}
	found = kvcalloc(max(nvdimm->nlabel, 1u), sizeof(*found), GFP_KERNEL);
	if (!found)
		return -ENOMEM;
	nvdimm_for_each_label(label, nvdimm) {
		if (!ours(scan->region, &nvdimm->area, m, label))
			continue;
		found[nr].label = *label;
		found[nr].offset = label->dpa - m->start;
		nr++;
	}
	scan->found[index] = found;
	scan->nfound[index] = nr;
	return 0;
}

/* What no earlier pass has used, sorted. */
static int prepare(struct scan *scan, u32 position)
{
	u16 index = scan->mapping[position];
	struct label_dimm *dimm = &scan->dimm[position];
	u32 i;

	kvfree(dimm->refs);
	dimm->nr = 0;
	dimm->refs = kvcalloc(max(scan->nfound[index], 1u), sizeof(*dimm->refs), GFP_KERNEL);
	if (!dimm->refs)
		return -ENOMEM;
	for (i = 0; i < scan->nfound[index]; i++) {
		struct found_label *f = &scan->found[index][i];

		if (!f->taken && !f->refused) {
			dimm->refs[dimm->nr].label = &f->label;
			dimm->refs[dimm->nr++].offset = f->offset;
		}
	}
	label_dimm_sort(dimm);
	scan->cursor[position] = 0;
	return 0;
}

static struct found_label *found_of(const struct nd_label *label)
{
	return (struct found_label *)container_of(label, struct found_label, label);
}

static int adopt(struct scan *scan, const struct label_found *set)
{
	struct nd_region *region = scan->region;
	u64 ways = nd_region_ways(region);
	struct nd_ns *ns = nd_ns_create(region, true);
	struct ns_config cfg = {
		.has_uuid = true,
		.uuid = set->lead->uuid,
		.flags = set->lead->flags & ~ND_LABEL_UPDATING,
		.lbasize = set->lead->lbasize,
		.abstraction = set->lead->abstraction,
		.offset = set->ref[0]->offset,
		.size = set->lead->size * ways,
	};
	u32 i;

	if (!ns)
		return -ENOMEM;
	strscpy(cfg.name, set->lead->name, sizeof(cfg.name));
	nd_ns_install(ns, &cfg);
	ns->torn = set->torn;
	for (i = 0; i < ways; i++) {
		found_of(set->ref[i]->label)->taken = true;
		ns->slot[scan->mapping[i]] = (struct ns_slot) {
			.slot = set->ref[i]->label->slot,
			.position = i,
		};
	}
	if (set->torn)
		dev_info(nd_ns_dev(ns), "an interrupted label update will be completed\n");
	return 0;
}

/* A set may be whole and still not fit: bounds of every mapping, not only of the first. */
static enum nd_why in_bounds(const struct scan *scan, const struct label_found *set)
{
	u64 end = set->ref[0]->offset + set->lead->size;
	u32 i;

	for (i = 0; i < scan->region->num_mappings; i++)
		if (end > scan->region->mapping[i].size)
			return ND_WHY_BOUNDS;
	return ND_WHY_OK;
}

static void refuse(struct scan *scan, const struct nd_label *lead, enum nd_why why)
{
	found_of(lead)->refused = true;
	nd_fail(&scan->region->dev, -EINVAL, why, "label %u of %s, namespace %pUb at DPA %#llx + %#llx, is left alone",
		lead->slot, nvdimm_name(scan->region->mapping[scan->mapping[0]].nvdimm),
		&lead->uuid, lead->dpa, lead->size);
}

/* @by_index: positions count mappings, as Linux writes them; else as the NFIT orders the set. */
static int pass(struct scan *scan, bool by_index)
{
	struct nd_region *region = scan->region;
	struct label_found set = { .ref = scan->ref };
	enum nd_why why = ND_WHY_OK;
	u16 i;
	int rc;

	for (i = 0; i < region->num_mappings; i++)
		scan->mapping[by_index ? i : region->mapping[i].position] = i;
	for (i = 0; i < region->num_mappings; i++) {
		rc = prepare(scan, i);
		if (rc)
			return rc;
	}
	while ((rc = label_set_next(scan->dimm, region->num_mappings, scan->cursor, &set, &why))) {
		if (rc > 0)
			why = in_bounds(scan, &set);
		if (rc > 0 && why == ND_WHY_OK) {
			rc = adopt(scan, &set);
			if (rc)
				return rc;
		} else if (why == ND_WHY_OVERLAP || why == ND_WHY_DUPLICATE ||
			   (rc > 0 && why == ND_WHY_BOUNDS)) {
			refuse(scan, set.lead, why);
		}
	}
	return 0;
}

/* Are the provider's positions 0 … n - 1, each once, and not simply the order of mappings? */
static bool has_own_order(const struct nd_region *region)
{
	u64 seen = 0;
	bool own = false;
	u16 i;

	for (i = 0; i < region->num_mappings; i++) {
		int p = region->mapping[i].position;

		if (p < 0 || p >= region->num_mappings || seen & BIT_ULL(p))
			return false;
		seen |= BIT_ULL(p);
		own |= p != i;
	}
	return own;
}

static int note_orphans(struct scan *scan)
{
	struct nd_region *region = scan->region;
	u32 total = 0, i, k;

	for (i = 0; i < region->num_mappings; i++)
		total += scan->nfound[i];
	if (!total || region->num_mappings < 2)
		return 0;
	region->orphan = kvcalloc(total, sizeof(*region->orphan), GFP_KERNEL);
	if (!region->orphan)
		return -ENOMEM;
	for (i = 0; i < region->num_mappings; i++) {
		for (k = 0; k < scan->nfound[i]; k++) {
			const struct found_label *f = &scan->found[i][k];

			if (f->taken || f->refused)
				continue;
			region->orphan[region->norphan++] = (struct nd_orphan) {
				.mapping = i,
				.slot = f->label.slot,
				.at = { f->offset, f->label.size },
			};
			nd_fail(&region->dev, -EINVAL, ND_WHY_INCOMPLETE,
				"namespace %pUb has a label on %s but not on every DIMM: an interrupted change, its space is free",
				&f->label.uuid, nvdimm_name(region->mapping[i].nvdimm));
		}
	}
	return 0;
}

/*
 * Labels that lack siblings are leftovers only where every DIMM can be read.
 * With one area lost they may be all that is left of a user's data: they keep
 * their space, until the area is restored.
 */
static int judge_rest(struct scan *scan)
{
	struct nd_region *region = scan->region;
	u32 i;

	if (scan->whole)
		return note_orphans(scan);
	for (i = 0; i < region->num_mappings; i++) {
		if (scan->nfound[i])
			nd_fail(&region->dev, -ENXIO, ND_WHY_NO_INDEX,
				"labels on %s, but another DIMM of the set has no valid label area: restore it to get the namespaces back",
				nvdimm_name(region->mapping[i].nvdimm));
	}
	return 0;
}

int nd_ns_scan(struct nd_region *region)
{
	struct scan *scan __free(scan) = NULL;
	int rc = 0;
	u16 i;

	if (!region->set || !region->set->cookie1)
		return nd_fail(&region->dev, -ENXIO, ND_WHY_COOKIE,
			       "the interleave set has no cookie: labels cannot be told apart");
	scan = kzalloc(sizeof(*scan), GFP_KERNEL);
	if (!scan)
		return -ENOMEM;
	scan->region = region;
	scan->whole = true;
	nd_space_forget(region);
	for (i = 0; i < region->num_mappings && !rc; i++)
		rc = collect(scan, i);
	if (!rc && has_own_order(region))
		rc = pass(scan, false);
	if (!rc)
		rc = pass(scan, true);
	return rc ?: judge_rest(scan);
}
