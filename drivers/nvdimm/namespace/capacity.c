// SPDX-License-Identifier: GPL-2.0
/*
 * Free capacity of a region.
 *
 * Busy is what any label on any of its DIMMs occupies, ours or not, and what
 * the region's namespaces hold. Only what an interrupted change left behind is
 * free: the next change on that DIMM drops it. And nothing is free where labels
 * that cannot be read may have named anything (label_set_closed()).
 *
 * What is busy is collected once and kept, sorted; a change of a namespace
 * changes one extent of it. The DIMMs count how often their labels change, so
 * that what another region on the same DIMM did is noticed. Where nobody knows
 * what a write has left, nothing is told before the labels have been read again.
 */
#include <linux/bitmap.h>
#include <linux/device.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include "label/set.h"
#include "namespace/namespace.h"
#include "region/region.h"

static int space_by_start(const void *a, const void *b)
{
	const struct dpa_extent *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* The capacity of one mapping; they are all alike. */
static struct dpa_space space_of(const struct nd_region *region)
{
	u32 ways = nd_region_ways(region);

	return (struct dpa_space) {
		.size = region->mapping_size,
		.align = region->align / ways,
		.phase = dpa_phase(region->start, ways, region->align, PAGE_SIZE),
		.busy = region->space.busy,
		.nr = region->space.nr,
	};
}

static unsigned long label_changes(const struct nd_region *region)
{
	unsigned long sum = 0;
	u16 i;

	for (i = 0; i < region->num_mappings; i++)
		sum += READ_ONCE(region->mapping[i].nvdimm->changes);
	return sum;
}

/* ---- collecting ---- */

static bool space_grow(struct nd_space *space, u32 more)
{
	struct dpa_extent *busy;
	u32 max = space->nr + more;

	if (max <= space->max)
		return true;
	/* the next one is likely to follow */
	max += max / 2 + 8;
	busy = kvmalloc_array(max, sizeof(*busy), GFP_KERNEL);
	if (!busy)
		return false;
	if (space->busy)
		memcpy(busy, space->busy, space->nr * sizeof(*busy));
	kvfree(space->busy);
	space->busy = busy;
	space->max = max;
	return true;
}

static void space_add(struct nd_space *space, u64 start, u64 size)
{
	space->busy[space->nr++] = (struct dpa_extent) { start, size };
}

/* Do its labels say the same of its place as it does? Else each of them counts. */
static bool ns_agrees(const struct nd_ns *ns)
{
	return ns->labelled && !ns->torn && !ns->apart;
}

bool nd_orphan_is_there(const struct nd_region *region, const struct label_orphan *o)
{
	const struct nd_mapping *m = &region->mapping[o->mapping];
	const struct nd_label *label = &m->nvdimm->label[o->slot];

	return o->slot < m->nvdimm->label_end && label->size &&
	       label->dpa == m->start + o->start && uuid_equal(&label->uuid, &o->uuid);
}

/*
 * Slots of a DIMM whose labels take no space of their own: those of whole
 * namespaces, which are reckoned once, and what an interrupted change left.
 */
static void mark_reckoned(const struct nd_region *region, u16 index, unsigned long *slots, u32 max)
{
	const struct nd_ns *ns;
	u32 i;

	list_for_each_entry(ns, &region->namespaces, list)
		if (ns_agrees(ns) && ns->slot[index].slot < max)
			__set_bit(ns->slot[index].slot, slots);
	for (i = 0; i < region->norphan; i++)
		if (region->orphan[i].mapping == index &&
		    nd_orphan_is_there(region, &region->orphan[i]))
			__set_bit(region->orphan[i].slot, slots);
}

static enum nd_reason add_labels(struct nd_region *region, u16 index, struct label_state *state)
{
	const struct nd_mapping *m = &region->mapping[index];
	struct nvdimm *nvdimm = m->nvdimm;
	const struct nd_label *label;
	unsigned long *reckoned;

	guard(mutex)(&nvdimm->labels);
	if (!nvdimm->bound)
		return ND_REASON_DISABLED;
	/* where a write has ended nobody knows how: the media may have more than is known here */
	if (nvdimm->area.stale && nvdimm_labels_reload(nvdimm))
		return ND_REASON_MEDIA;
	*state = (struct label_state) {
		.valid = nvdimm->area.valid,
		.ruined = nvdimm->ruined,
		.decides = m->decides,
		.bad = nvdimm->nbad,
		.lacking = m->lacking,
	};
	if (!nvdimm->nlabel)
		return ND_REASON_OK;
	reckoned = bitmap_zalloc(nvdimm->label_end, GFP_KERNEL);
	if (!reckoned || !space_grow(&region->space, nvdimm->nlabel)) {
		bitmap_free(reckoned);
		return ND_REASON_RESOURCE;
	}
	mark_reckoned(region, index, reckoned, nvdimm->label_end);
	nvdimm_for_each_label(label, nvdimm) {
		u64 start = max(label->dpa, m->start);
		u64 end = min(label->dpa + label->size, m->start + m->size);

		if (start < end && !test_bit(label->slot, reckoned))
			space_add(&region->space, start - m->start, end - start);
	}
	bitmap_free(reckoned);
	return ND_REASON_OK;
}

static enum nd_reason space_collect(struct nd_region *region)
{
	struct label_state state[ND_MAX_MAPPINGS];
	struct nd_space *space = &region->space;
	u64 ways = nd_region_ways(region);
	enum nd_reason reason = ND_REASON_OK;
	const struct nd_ns *ns;
	u32 who = 0;
	u16 i;

	space->nr = 0;
	list_for_each_entry(ns, &region->namespaces, list) {
		/* a bare range takes nothing from what labels could give out */
		if (!ns->labelled || !ns->cfg.size)
			continue;
		if (!space_grow(space, 1))
			return ND_REASON_RESOURCE;
		space_add(space, ns->cfg.offset, ns->cfg.size / ways);
	}
	for (i = 0; i < region->num_mappings && reason == ND_REASON_OK; i++) {
		space->who = i;
		reason = add_labels(region, i, &state[i]);
	}
	if (reason != ND_REASON_OK)
		return reason;
	sort(space->busy, space->nr, sizeof(*space->busy), space_by_start, NULL);
	reason = label_set_closed(state, region->num_mappings, region->nkept, &who);
	space->who = who;
	return reason;
}

/* ---- keeping ---- */

void nd_space_forget(struct nd_region *region)
{
	struct nd_space *space = &region->space;

	kvfree(space->busy);
	*space = (struct nd_space) { };
}

/* Is there a DIMM of which nobody knows what the last write has left? */
static bool labels_stale(const struct nd_region *region)
{
	bool stale = false;
	u16 i;

	for (i = 0; i < region->num_mappings; i++)
		stale |= READ_ONCE(region->mapping[i].nvdimm->area.stale);
	return stale;
}

bool nd_space_known(const struct nd_region *region)
{
	return region->space.known && region->space.changes == label_changes(region) &&
	       !labels_stale(region);
}

/* false: no statement is possible, so no capacity either; @reason and @who tell. */
static bool space_know(struct nd_region *region)
{
	struct nd_space *space = &region->space;
	unsigned long changes = label_changes(region);

	if (nd_space_known(region))
		return true;
	space->counted = false;
	space->reason = space_collect(region);
	space->known = space->reason == ND_REASON_OK;
	space->changes = changes;
	return space->known;
}

static int report_bad_label(struct nvdimm *nvdimm, struct device *dev)
{
	guard(mutex)(&nvdimm->labels);
	return nd_note(dev, -EIO, nvdimm->bad_reason,
		       "label slot %u of %s cannot be read, and the space that it names is not known: restore a backup, or give the slot up (labels/drop)",
		       nvdimm->bad_slot, nvdimm_name(nvdimm));
}

static int report_unknown(const struct nd_region *region, struct device *dev)
{
	const struct nd_space *space = &region->space;
	struct nvdimm *nvdimm = region->mapping[space->who].nvdimm;

	if (nvdimm->area.newer)
		return nd_note(dev, -EOPNOTSUPP, ND_REASON_VERSION,
			       "the label area of %s was written by newer software, and what it names is not known",
			       nvdimm_name(nvdimm));
	switch (space->reason) {
	case ND_REASON_DISABLED:
		return nd_note(dev, -ENXIO, ND_REASON_DISABLED, "%s of %s is disabled",
			       nvdimm_name(nvdimm), dev_name(&region->dev));
	case ND_REASON_NO_INDEX:
		return nd_note(dev, -EIO, ND_REASON_NO_INDEX,
			       "the label area of %s is blank or damaged, and what it named is not known: restore a backup of it with ndctl write-labels, or give the set's labels up",
			       nvdimm_name(nvdimm));
	case ND_REASON_CHECKSUM:
		return report_bad_label(nvdimm, dev);
	case ND_REASON_MEDIA:
		return nd_note(dev, -EIO, ND_REASON_MEDIA,
			       "the label area of %s cannot be read, and what it names is not known",
			       nvdimm_name(nvdimm));
	default:
		return nd_note(dev, -ENOMEM, ND_REASON_RESOURCE,
			       "no memory to compute what is free in %s",
			       dev_name(&region->dev));
	}
}

static u32 first_from(const struct nd_space *space, u64 start)
{
	u32 low = 0, high = space->nr;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (space->busy[mid].start < start)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool take_out(struct nd_space *space, u64 start, u64 size)
{
	u32 i;

	for (i = first_from(space, start); i < space->nr && space->busy[i].start == start; i++) {
		if (space->busy[i].size != size)
			continue;
		space->nr--;
		memmove(space->busy + i, space->busy + i + 1,
			(space->nr - i) * sizeof(*space->busy));
		return true;
	}
	return false;
}

static bool put_in(struct nd_space *space, u64 start, u64 size)
{
	u32 i = first_from(space, start);

	if (!space_grow(space, 1))
		return false;
	memmove(space->busy + i + 1, space->busy + i, (space->nr - i) * sizeof(*space->busy));
	space->busy[i] = (struct dpa_extent) { start, size };
	space->nr++;
	return true;
}

void nd_space_replace(struct nd_region *region, const struct ns_config *old,
		      const struct ns_config *new)
{
	struct nd_space *space = &region->space;
	u64 ways = nd_region_ways(region);

	space->changes = label_changes(region);
	if (old->size == new->size && old->offset == new->offset)
		return;
	space->counted = false;
	if (old->size)
		space->known = take_out(space, old->offset, old->size / ways);
	if (new->size && space->known)
		space->known = put_in(space, new->offset, new->size / ways);
}

/* ---- questions ---- */

static void space_count(struct nd_region *region)
{
	struct nd_space *space = &region->space;
	u64 ways = nd_region_ways(region);

	if (space_know(region) && !space->counted) {
		const struct dpa_space dpa = space_of(region);

		space->free = dpa_free(&dpa) * ways;
		space->largest = dpa_largest(&dpa).size * ways;
		space->counted = true;
	}
}

/* Only labels give capacity out: without a label area on each DIMM, no namespace can be made. */
static bool region_has_label_areas(const struct nd_region *region)
{
	u16 i;

	for (i = 0; i < region->num_mappings; i++) {
		/* an attribute is of one moment: the label area may come or go at any time */
		if (!data_race(region->mapping[i].nvdimm->area.data))
			return false;
	}
	return region->num_mappings;
}

struct nd_capacity nd_region_capacity(struct nd_region *region)
{
	const struct nd_space *space = &region->space;

	if (!region_has_label_areas(region))
		return (struct nd_capacity) { };
	scoped_guard(nd_config_read, region)
		if (nd_space_known(region) && space->counted)
			return (struct nd_capacity) { space->free, space->largest };
	guard(nd_config_write)(region);
	space_count(region);
	if (!space->known)
		return (struct nd_capacity) { };
	return (struct nd_capacity) { space->free, space->largest };
}

u64 nd_region_max_extent(struct nd_region *region)
{
	space_count(region);
	return region->space.known ? region->space.largest : 0;
}

int nd_region_find(struct nd_region *region, struct device *dev, u64 size, u64 *offset)
{
	struct dpa_space dpa;

	if (!space_know(region))
		return report_unknown(region, dev);
	dpa = space_of(region);
	if (dpa_find(&dpa, size / nd_region_ways(region), offset))
		return 0;
	space_count(region);
	return nd_note(dev, -ENOSPC, ND_REASON_SPACE,
		       "%llu bytes wanted, %llu free in %s, largest extent %llu",
		       size, region->space.free, dev_name(&region->dev), region->space.largest);
}

/* Its own extent is busy too, and ends where it ends: what follows is what counts. */
u64 nd_region_room(struct nd_region *region, struct nd_ns *ns)
{
	u64 ways = nd_region_ways(region);
	struct dpa_space dpa;

	if (ns->apart || !space_know(region))
		return 0;
	dpa = space_of(region);
	return dpa_room(&dpa, ns->cfg.offset + ns->cfg.size / ways) * ways;
}

/* ---- a namespace of another size ---- */

static int ns_check_align(struct nd_ns *ns, u64 size)
{
	struct nd_region *region = ns->region;
	u64 below = size - size % region->align;

	if (size == below)
		return 0;
	return nd_note(nd_ns_dev(ns), -EINVAL, ND_REASON_ALIGN,
		       "size %llu is not a multiple of %s's align %#llx: nearest are %llu and %llu",
		       size, dev_name(&region->dev), region->align, below, below + region->align);
}

static int ns_check_growth(struct nd_ns *ns, u64 more)
{
	struct device *dev = nd_ns_dev(ns);
	u64 room;
	int rc;

	if (ns->apart)
		return nd_note(dev, -EOPNOTSUPP, ND_REASON_BOUNDS,
			       "its labels start at different offsets on the DIMMs: it cannot grow in place");
	/* what an interrupted growth has left on other DIMMs is in nobody's way but its own */
	rc = nd_ns_finish_update(ns);
	if (rc)
		return rc;
	if (!space_know(ns->region))
		return report_unknown(ns->region, dev);
	room = nd_region_room(ns->region, ns);
	if (more <= room)
		return 0;
	return nd_note(dev, -ENOSPC, ND_REASON_SPACE,
		       "can grow in place by %llu bytes, to %llu; %llu wanted",
		       room, ns->cfg.size + room, ns->cfg.size + more);
}

int nd_ns_find_room(struct nd_ns *ns, struct ns_config *want, u64 size)
{
	int rc = ns_check_align(ns, size);

	if (!rc && !ns->cfg.size)
		rc = nd_region_find(ns->region, nd_ns_dev(ns), size, &want->offset);
	else if (!rc && size > ns->cfg.size)
		rc = ns_check_growth(ns, size - ns->cfg.size);
	if (!rc)
		want->size = size;
	return rc;
}
