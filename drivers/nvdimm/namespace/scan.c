// SPDX-License-Identifier: GPL-2.0
/*
 * Labels of a region → its namespaces. Reads the decoded labels of each DIMM
 * once; decides nothing itself that label/set.c could decide.
 */
#include <linux/device.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include "label/area.h"
#include "label/set.h"
#include "namespace/namespace.h"

/* A label of this region's set on one DIMM, copied: the DIMM's own array may change. */
struct found_label {
	struct nd_label label;
	u64 offset;
	bool taken;		/* part of a namespace */
	bool refused;		/* its set is complete but wrong: neither namespace nor orphan */
	bool leftover;		/* nobody's */
};

struct scan {
	struct nd_region *region;
	bool summed;				/* every DIMM's labels have a checksum */
	u32 earlier;				/* namespaces of the pass before this one … */
	struct nd_ns *meet;			/* … from this one on */
	struct label_state state[ND_MAX_MAPPINGS];
	struct found_label *found[ND_MAX_MAPPINGS];
	u32 nfound[ND_MAX_MAPPINGS];

	/* one pass of label_set_next(); index = position, in the end that of the mapping */
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
		kvfree(scan->dimm[i].by_uuid);
	}
	kfree(scan);
}
DEFINE_FREE(scan, struct scan *, scan_free(_T))

bool nd_label_is_ours(const struct nd_region *region, u16 index, const struct nd_label *label)
{
	const struct nd_interleave_set *set = region->set;
	const struct nd_mapping *m = &region->mapping[index];
	const struct label_mark mark = {
		.type = set->type_guid,
		.cookie1 = set->cookie1,
		.cookie2 = set->cookie2,
		.altcookie = set->altcookie,
	};

	return label_area_is_of(&m->nvdimm->area, label, &mark) &&
	       label->dpa >= m->start && label->dpa - m->start < m->size;
}

static int scan_collect(struct scan *scan, u16 index)
{
	const struct nd_mapping *m = &scan->region->mapping[index];
	struct nvdimm *nvdimm = m->nvdimm;
	const struct nd_label *label;
	struct found_label *found;
	u32 nr = 0;

	guard(mutex)(&nvdimm->labels);
	scan->state[index] = (struct label_state) {
		.valid = nvdimm->bound && nvdimm->area.valid,
		.ruined = nvdimm->ruined,
		.decides = m->decides,
		.bad = nvdimm->nbad,
	};
	if (!scan->state[index].valid)
		return 0;
	scan->summed &= nvdimm->area.label_size >= ND_LABEL_V1_2_SIZE;
	found = kvcalloc(max(nvdimm->nlabel, 1u), sizeof(*found), GFP_KERNEL);
	if (!found)
		return -ENOMEM;
	nvdimm_for_each_label(label, nvdimm) {
		if (!nd_label_is_ours(scan->region, index, label))
			continue;
		found[nr].label = *label;
		found[nr].offset = label->dpa - m->start;
		nr++;
	}
	scan->found[index] = found;
	scan->nfound[index] = nr;
	return 0;
}

/* The labels, sorted: @all of them, or what no earlier pass has used. */
static int scan_prepare(struct scan *scan, u32 position, bool all)
{
	u16 index = scan->mapping[position];
	struct label_dimm *dimm = &scan->dimm[position];
	u32 i;

	kvfree(dimm->refs);
	kvfree(dimm->by_uuid);
	dimm->nr = 0;
	dimm->size = scan->region->mapping_size;
	dimm->refs = kvcalloc(max(scan->nfound[index], 1u), sizeof(*dimm->refs), GFP_KERNEL);
	dimm->by_uuid = kvcalloc(max(scan->nfound[index], 1u), sizeof(*dimm->by_uuid), GFP_KERNEL);
	if (!dimm->refs || !dimm->by_uuid)
		return -ENOMEM;
	for (i = 0; i < scan->nfound[index]; i++) {
		struct found_label *f = &scan->found[index][i];

		if (all || (!f->taken && !f->refused)) {
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

static int scan_adopt(struct scan *scan, const struct label_found *set)
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
	ns->torn = set->torn || set->unsettled;
	ns->unsettled = set->unsettled;
	ns->apart = set->apart;
	for (i = 0; i < ways; i++) {
		const struct nd_label *label = set->ref[i]->label;

		found_of(label)->taken = true;
		ns->slot[scan->mapping[i]] = (struct ns_slot) {
			.slot = label->slot,
			.position = i,
			.dpa = label->dpa,
			.uuid = label->uuid,
		};
	}
	return 0;
}

/*
 * The other pass, which saw none of these labels, has given a part of it to a namespace. Either
 * pass goes by ascending offsets, and those of one pass do not overlap: those that end before this
 * one are done with.
 */
static bool scan_meets(struct scan *scan, const struct label_found *set)
{
	u64 start = set->ref[0]->offset, end = start + set->lead->size;
	u64 ways = nd_region_ways(scan->region);

	while (scan->earlier && scan->meet->cfg.offset + scan->meet->cfg.size / ways <= start) {
		scan->meet = list_next_entry(scan->meet, list);
		scan->earlier--;
	}
	return scan->earlier && scan->meet->cfg.offset < end;
}

/*
 * Labels that start at different offsets are believed only if Linux' own drivers can have made
 * them: then positions are in the order of mappings, and the first mapping's label has the place.
 * Without checksums it could as well be one changed bit.
 */
static enum nd_reason scan_judge(struct scan *scan, const struct label_found *set, bool by_index)
{
	if (set->apart && (!by_index || !scan->summed))
		return ND_REASON_BOUNDS;
	return scan_meets(scan, set) ? ND_REASON_OVERLAP : ND_REASON_OK;
}

static void scan_refuse(struct scan *scan, const struct label_found *set, enum nd_reason reason)
{
	const struct nd_label *lead = set->lead;
	const char *more = "";

	found_of(lead)->refused = true;
	if (reason == ND_REASON_BOUNDS && set->misplaced)
		more = ": it does not lie inside the region";
	else if (reason == ND_REASON_BOUNDS)
		more = ": it starts elsewhere on another DIMM, and labels 1.1 have no checksum";
	else if (reason == ND_REASON_ALIGN)
		more = ": DPA and size must be multiples of 4096";
	nd_remark(&scan->region->dev, -EINVAL, reason,
		  "label %u of %s, namespace %pUb at DPA %#llx + %#llx, is left alone%s",
		  lead->slot, nvdimm_name(scan->region->mapping[scan->mapping[0]].nvdimm),
		  &lead->uuid, lead->dpa, lead->size,
		  more);
}

/* @by_index: positions count mappings, as Linux writes them; else as the NFIT orders the set. */
static int scan_pass(struct scan *scan, bool by_index)
{
	struct nd_region *region = scan->region;
	struct label_found set = { .ref = scan->ref };
	enum nd_reason reason = ND_REASON_OK;
	u16 i;
	int rc;

	for (i = 0; i < region->num_mappings; i++)
		scan->mapping[by_index ? i : region->mapping[i].position] = i;
	for (i = 0; i < region->num_mappings; i++) {
		rc = scan_prepare(scan, i, false);
		if (rc)
			return rc;
	}
	while ((rc = label_set_next(scan->dimm, region->num_mappings, scan->cursor, &set,
				    &reason))) {
		if (rc > 0)
			reason = scan_judge(scan, &set, by_index);
		if (rc > 0 && reason == ND_REASON_OK) {
			rc = scan_adopt(scan, &set);
			if (rc)
				return rc;
		} else if (reason == ND_REASON_OVERLAP || reason == ND_REASON_DUPLICATE ||
			   set.misplaced || (rc > 0 && by_index)) {
			scan_refuse(scan, &set, reason);
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

/* ---- numbers ---- */

/* As the kernel's own drivers compare where two begin: by bytes, the lowest first. */
static int scan_order(const void *a, const void *b)
{
	__le64 x = cpu_to_le64((*(struct nd_ns *const *)a)->pmem.nsio.res.start);
	__le64 y = cpu_to_le64((*(struct nd_ns *const *)b)->pmem.nsio.res.start);

	return memcmp(&x, &y, sizeof(x));
}

/* How many there are; @sorted: in that order already, as all are that lie within 4 GiB */
static u32 scan_count(const struct nd_region *region, bool *sorted)
{
	struct nd_ns *ns, *last = NULL;
	u32 nr = 0;

	*sorted = true;
	list_for_each_entry(ns, &region->namespaces, list) {
		*sorted &= !last || scan_order(&last, &ns) < 0;
		last = ns;
		nr++;
	}
	return nr;
}

static int scan_renumber(struct nd_region *region, struct nd_ns **all, int *ids)
{
	struct nd_ns *ns;
	u32 nr = 0, i;

	list_for_each_entry(ns, &region->namespaces, list) {
		ids[nr] = ns->pmem.id;
		all[nr++] = ns;
	}
	sort(all, nr, sizeof(*all), scan_order, NULL);
	for (i = 0; i < nr; i++) {
		all[i]->pmem.id = ids[i];
		list_move_tail(&all[i]->list, &region->namespaces);
	}
	for (i = 0; i < nr; i++)
		if (dev_set_name(nd_ns_dev(all[i]), "namespace%d.%d", region->id, ids[i]))
			return -ENOMEM;
	return 0;
}

/* Before any is added. */
static int scan_number(struct nd_region *region)
{
	bool sorted;
	u32 nr = scan_count(region, &sorted);
	struct nd_ns **all;
	int rc = -ENOMEM, *ids;

	if (sorted)
		return 0;
	all = kvcalloc(nr, sizeof(*all), GFP_KERNEL);
	ids = kvcalloc(nr, sizeof(*ids), GFP_KERNEL);
	if (all && ids)
		rc = scan_renumber(region, all, ids);
	kvfree(ids);
	kvfree(all);
	return rc;
}

/* ---- what is left ---- */

/* So many of them are told one by one. */
#define REST_TOLD	8

static struct found_label *of_ref(const struct label_ref *ref)
{
	return found_of(ref->label);
}

/* What nobody owns, that the next change in its place can drop. */
static void add_orphans(struct scan *scan, u16 index)
{
	struct nd_region *region = scan->region;
	u32 k;

	for (k = 0; k < scan->nfound[index]; k++) {
		const struct found_label *f = &scan->found[index][k];

		if (f->leftover)
			region->orphan[region->norphan++] = (struct label_orphan) {
				.mapping = index,
				.slot = f->label.slot,
				.uuid = f->label.uuid,
				.start = f->offset,
				.size = f->label.size,
			};
	}
}

static void report_rest(struct scan *scan, u16 index, u32 *told)
{
	struct nd_region *region = scan->region;
	const char *dimm = nvdimm_name(region->mapping[index].nvdimm);
	u32 k;

	for (k = 0; k < scan->nfound[index]; k++) {
		const struct found_label *f = &scan->found[index][k];

		if (f->taken || f->refused || (*told)++ >= REST_TOLD)
			continue;
		if (f->leftover)
			nd_remark(&region->dev, -EINVAL, ND_REASON_INCOMPLETE,
				  "namespace %pUb has label %u on %s but not on every DIMM: an interrupted change, its space is free",
				  &f->label.uuid, f->label.slot, dimm);
		else
			nd_remark(&region->dev, -EINVAL, ND_REASON_INCOMPLETE,
				  "namespace %pUb has label %u on %s but none that goes with it on every DIMM: it cannot be used, and its space is kept",
				  &f->label.uuid, f->label.slot, dimm);
	}
}

/* The reason why namespaces are missing, where it is known: what cannot be read. Told last. */
static void report_unread(const struct scan *scan, u32 kept)
{
	struct nd_region *region = scan->region;
	u16 i;

	for (i = 0; i < region->num_mappings; i++) {
		struct nvdimm *nvdimm = region->mapping[i].nvdimm;
		const struct label_state *state = &scan->state[i];

		if (nvdimm->area.newer)
			nd_remark(&region->dev, -EOPNOTSUPP, ND_REASON_VERSION,
				  "the label area of %s was written by newer software: its namespaces are not known here, and nothing is given out",
				  nvdimm_name(nvdimm));
		else if (!state->valid && (state->ruined || kept))
			nd_remark(&region->dev, -ENXIO, ND_REASON_NO_INDEX,
				  "the label area of %s is %s: restore a backup of it to get namespaces back; until then nothing is given out",
				  nvdimm_name(nvdimm), state->ruined ? "damaged" :
				  "blank, though other DIMMs of the set have labels");
		else if (state->bad)
			nd_remark(&region->dev, -EBADMSG, nvdimm->bad_reason,
				  "label slot %u of %s cannot be read (%u such slots): %s",
				  nvdimm->bad_slot, nvdimm_name(nvdimm), state->bad,
				  label_state_hides(state, i) ?
				  "the space it uses is not known for sure, so none is allocated" :
				  "the space of its namespace is kept by the labels of other DIMMs");
	}
}

/* Labels that no namespace uses: which are nobody's, and which have to be kept? */
static int judge_rest(struct scan *scan)
{
	struct nd_region *region = scan->region;
	u32 total = 0, told = 0, i, k;

	for (i = 0; i < region->num_mappings; i++) {
		int rc;

		scan->mapping[i] = i;
		rc = scan_prepare(scan, i, true);
		if (rc)
			return rc;
		for (k = 0; k < scan->dimm[i].nr; k++) {
			struct label_ref *ref = &scan->dimm[i].refs[k];

			ref->taken = of_ref(ref)->taken || of_ref(ref)->refused;
		}
	}
	region->nkept = label_set_rest(scan->dimm, scan->state, region->num_mappings);
	for (i = 0; i < region->num_mappings; i++) {
		region->mapping[i].lacking = scan->state[i].lacking;
		for (k = 0; k < scan->dimm[i].nr; k++) {
			struct label_ref *ref = &scan->dimm[i].refs[k];

			of_ref(ref)->leftover = ref->leftover;
			total += ref->leftover;
			/* what is refused is not served */
			ref->taken = of_ref(ref)->taken;
		}
	}
	region->ns_lost = label_set_lost(scan->dimm, region->num_mappings);
	if (total) {
		region->orphan = kvcalloc(total, sizeof(*region->orphan), GFP_KERNEL);
		if (!region->orphan)
			return -ENOMEM;
	}
	for (i = 0; i < region->num_mappings; i++) {
		if (total)
			add_orphans(scan, i);
		report_rest(scan, i, &told);
	}
	label_orphans_sort(region->orphan, region->norphan);
	report_unread(scan, region->nkept);
	return 0;
}

int nd_ns_scan(struct nd_region *region)
{
	struct scan *scan __free(scan) = NULL;
	bool sorted, own_order = has_own_order(region);
	int rc = 0;
	u16 i;

	if (!region->set || !region->set->cookie1)
		return nd_refuse(&region->dev, -ENXIO, ND_REASON_COOKIE,
				 "the interleave set has no cookie: labels cannot be told apart");
	scan = kzalloc(sizeof(*scan), GFP_KERNEL);
	if (!scan)
		return -ENOMEM;
	scan->region = region;
	scan->summed = true;
	nd_space_forget(region);
	for (i = 0; i < region->num_mappings; i++)
		region->mapping[i].decides = own_order && !region->mapping[i].position;
	for (i = 0; i < region->num_mappings && !rc; i++)
		rc = scan_collect(scan, i);
	if (!rc && own_order)
		rc = scan_pass(scan, false);
	scan->earlier = scan_count(region, &sorted);
	scan->meet = list_first_entry(&region->namespaces, struct nd_ns, list);
	if (!rc)
		rc = scan_pass(scan, true);
	if (!rc)
		rc = scan_number(region);
	return rc ?: judge_rest(scan);
}
