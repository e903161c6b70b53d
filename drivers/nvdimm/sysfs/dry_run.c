// SPDX-License-Identifier: GPL-2.0
/*
 * Geometry as attributes: what a namespace would become (`admit`), what became of
 * its bytes (`usable_bytes` and so on), and what lies too near (`conflicts`). None
 * of them changes anything. Requirements X2, X13; the numbers are
 * layout/layout.h's.
 */
#include <linux/device.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include "claim/claim.h"
#include "claim/pfn.h"
#include "layout/dry_run.h"
#include "region/range_map.h"

/* ---- admit: where it would lie ---- */

struct dry_run {
	struct nd_region *region;	/* config held for writing */
	struct nd_ns *ns;		/* NULL: one that is yet to be made */
	struct pfn_wish wish;
	struct pfn_request req;
	struct pfn_room room;
	struct pfn_verdict verdict;
};

/* It would stay where it is, and could grow into what follows. */
static u64 place_existing(struct dry_run *run)
{
	struct nd_ns *ns = run->ns;
	const struct resource *res = &ns->pmem.nsio.res;

	run->room.max = resource_size(res);
	run->room.step = run->room.max;
	if (ns->labelled) {
		run->room.max += nd_region_room(run->region, ns);
		run->room.step = run->region->align;
	}
	if (!run->wish.size)
		run->wish.size = resource_size(res);
	return res->start;
}

/* It would get the lowest place that has room; what has room nowhere is judged in the largest. */
static u64 place_new(struct dry_run *run)
{
	struct nd_region *region = run->region;
	u64 size, offset = 0;

	run->room.step = region->align;
	run->room.max = nd_region_max_extent(region);
	size = run->wish.size;
	if (!size || size > run->room.max || size % run->room.step)
		size = run->room.max - run->room.max % run->room.step;
	if (size)
		nd_region_find(region, &region->dev, size, &offset);
	return region->start + offset * nd_region_ways(region);
}

static int dry_run_judge(struct dry_run *run)
{
	u64 start = run->ns ? place_existing(run) : place_new(run);
	u64 size = min(run->wish.size ?: run->room.max, run->room.max);
	int rc = nd_pfn_ask(run->region, run->ns, start, size, ND_PFN_STRUCT_PAGE, &run->req);

	if (run->wish.mode == PFN_WISH_DEVDAX)
		run->req.compounds = nd_pfn_compounds();
	if (!rc)
		pfn_admit(&run->req, &run->wish, &run->room, &run->verdict);
	return rc;
}

/* ---- admit: the sentence ---- */

static int explain_align(const struct dry_run *run, char *text, size_t len)
{
	return scnprintf(text, len, "EINVAL align: size %llu is not a multiple of %llu",
			 run->verdict.size, run->room.step);
}

static int explain_conflict(const struct dry_run *run, char *text, size_t len)
{
	const struct pfn_layout *l = &run->verdict.layout;
	const struct pfn_neighbour *near = l->before ?: l->behind;

	return scnprintf(text, len,
			 "EADDRINUSE conflict: %s leaves no data aligned to %llu: struct pages come by %llu bytes, which have one owner",
			 near->name, run->req.align, run->req.unit);
}

static int dry_run_explain(const struct dry_run *run, char *text, size_t len)
{
	const struct pfn_verdict *v = &run->verdict;

	switch (v->reason) {
	case ND_REASON_OK:
		return scnprintf(text, len,
				 "ok size=%llu usable=%llu memmap=%llu memmap_dram=%llu pad=%llu",
				 v->size, v->layout.usable, v->layout.memmap_dev,
				 v->layout.memmap_dram, pfn_layout_pad(&v->layout));
	case ND_REASON_ALIGN:
		return explain_align(run, text, len);
	case ND_REASON_CONFLICT:
		return explain_conflict(run, text, len);
	case ND_REASON_SPACE:
		return scnprintf(text, len, "ENOSPC space: size %llu, the largest is %llu", v->size,
				 run->room.max);
	case ND_REASON_SIZE:
		return scnprintf(text, len, "ENXIO size: size %llu leaves no data aligned to %llu",
				 v->size, run->req.align);
	default:
		return scnprintf(text, len, "EINVAL %s: align %llu: a power of two from %lu to %u",
				 nd_reason_token(v->reason), run->wish.align, PAGE_SIZE,
				 nd_pfn_page_align(U64_MAX));
	}
}

#define VERDICT_LEN	320

/* What creation checks beside geometry. false: @text says what it is. */
static bool may_create(const struct dry_run *run, char *text)
{
	if (run->wish.mode == PFN_WISH_RAW)
		return true;
	if (nd_region_read_only(run->region)) {
		scnprintf(text, VERDICT_LEN, "ENXIO read-only: %s is read-only",
			  dev_name(&run->region->dev));
		return false;
	}
	if (run->wish.map == ND_PFN_MODE_PMEM && sizeof(struct page) > ND_PFN_STRUCT_PAGE) {
		scnprintf(text, VERDICT_LEN,
			  "EINVAL page-size: struct page has %zu bytes in this kernel, map=dev has room for %u",
			  sizeof(struct page), ND_PFN_STRUCT_PAGE);
		return false;
	}
	return true;
}

static int run_dry(struct dry_run *run, char *text)
{
	struct pfn_verdict *v = &run->verdict;
	int len, rc;

	if (!may_create(run, text))
		return 0;
	if (run->wish.align > nd_pfn_page_align(U64_MAX)) {
		v->reason = ND_REASON_ARGUMENT;
	} else {
		rc = dry_run_judge(run);
		if (rc)
			return rc;
	}
	len = dry_run_explain(run, text, VERDICT_LEN);
	if (v->reason != ND_REASON_OK)
		scnprintf(text + len, VERDICT_LEN - len, "; step=%llu largest=%llu",
			  run->room.step, run->room.max);
	nd_pfn_asked(&run->req);
	return 0;
}

/* ---- admit: the attribute ---- */

/* config of @region held for writing; @slot: where the verdict is kept. */
static int take_wish(struct device *dev, struct nd_region *region, struct nd_ns *ns,
		     const char *buf, size_t len, char **slot)
{
	struct dry_run run = { .region = region, .ns = ns };
	const char *bad;
	size_t bad_len;
	char *text;
	int rc;

	if (pfn_wish_parse(buf, len, &run.wish, &bad, &bad_len) != ND_REASON_OK)
		return nd_note(dev, -EINVAL, ND_REASON_ARGUMENT,
			       "admit takes mode=raw|fsdax|devdax map=dev|mem align=N size=N, each once, not %.*s",
			       (int)min_t(size_t, bad_len, 32), bad);
	text = kzalloc(VERDICT_LEN, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	rc = run_dry(&run, text);
	if (rc) {
		kfree(text);
		return rc;
	}
	kfree(*slot);
	*slot = text;
	return 0;
}

/* The one namespace of a region that cannot be divided. */
static struct nd_ns *only_namespace(struct nd_region *region)
{
	struct nd_ns *ns = list_first_entry_or_null(&region->namespaces, struct nd_ns, list);

	return ns && !ns->labelled ? ns : NULL;
}

static ssize_t region_admit_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t len)
{
	struct nd_region *region = to_nd_region(dev);
	struct nd_ns *ns;
	int rc;

	guard(nd_config_write)(region);
	ns = only_namespace(region);
	if (list_empty(&region->namespaces) || region->closing)
		return nd_note(dev, -ENXIO, ND_REASON_DISABLED, "enable %s first", dev_name(dev));
	rc = take_wish(dev, region, ns, buf, len, &region->admit);
	return rc ?: len;
}

static ssize_t region_admit_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nd_region *region = to_nd_region(dev);

	guard(nd_config_read)(region);
	sysfs_emit(buf, "%s\n", region->admit ?: "");
	return nd_diag_redact(buf);
}

static ssize_t ns_admit_store(struct device *dev, struct device_attribute *attr, const char *buf,
			      size_t len)
{
	struct nd_ns *ns = to_nd_ns(dev);
	struct nd_region *region = ns->region;
	int rc;

	guard(nd_config_write)(region);
	if (region->closing)
		return nd_note(dev, -ENXIO, ND_REASON_DISABLED, "%s is being disabled",
			       dev_name(&region->dev));
	rc = take_wish(dev, region, resource_size(&ns->pmem.nsio.res) ? ns : NULL, buf, len,
		       &ns->admit);
	return rc ?: len;
}

static ssize_t ns_admit_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nd_ns *ns = to_nd_ns(dev);

	guard(nd_config_read)(ns->region);
	sysfs_emit(buf, "%s\n", ns->admit ?: "");
	return nd_diag_redact(buf);
}

static struct device_attribute region_attr_admit =
	__ATTR(admit, 0644, region_admit_show, region_admit_store);
static struct device_attribute ns_attr_admit =
	__ATTR(admit, 0644, ns_admit_show, ns_admit_store);

/* ---- accounting ---- */

/* A BTT's own account: what its arenas take is neither data nor memmap. */
static void account_btt(struct nd_ns *ns, struct ns_account *account)
{
	struct device *claim = ns->pmem.nsio.common.claim;
	u64 size = resource_size(&ns->pmem.nsio.res);
	u64 usable;

	if (!claim || !is_nd_btt(claim) || !READ_ONCE(claim->driver))
		return;
	usable = READ_ONCE(to_nd_btt(claim)->size);
	if (!usable || usable > size)
		return;
	*account = (struct ns_account) { .valid = true, .usable = usable, .pad = size - usable };
}

static ssize_t account_show(struct device *dev, size_t field, char *buf)
{
	struct nd_ns *ns = to_nd_ns(dev);
	struct ns_account account;

	guard(nd_config_read)(ns->region);
	account = ns->served;
	if (!account.valid)
		account_btt(ns, &account);
	if (!account.valid)
		return -ENXIO;
	return sysfs_emit(buf, "%llu\n", *(u64 *)((void *)&account + field));
}

#define ACCOUNT_ATTR(name, field)							\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{											\
	return account_show(dev, offsetof(struct ns_account, field), buf);		\
}											\
static DEVICE_ATTR_RO(name)

ACCOUNT_ATTR(usable_bytes, usable);
ACCOUNT_ATTR(memmap_bytes, memmap);
ACCOUNT_ATTR(memmap_dram_bytes, memmap_dram);
ACCOUNT_ATTR(pad_bytes, pad);

static struct attribute *ns_layout_attrs[] = {
	&ns_attr_admit.attr,
	&dev_attr_usable_bytes.attr,
	&dev_attr_memmap_bytes.attr,
	&dev_attr_memmap_dram_bytes.attr,
	&dev_attr_pad_bytes.attr,
	NULL,
};

const struct attribute_group nd_ns_layout_group = { .attrs = ns_layout_attrs };

/* ---- conflicts ---- */

static int neighbour_by_start(const void *a, const void *b)
{
	const struct pfn_neighbour *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static int dry_run_describe(const struct nd_region *region, const struct pfn_neighbour *near,
			    char *buf, int at)
{
	u64 end = region->start + region->size, unit = nd_hotplug_unit();
	bool before = near->start < region->start;
	u64 lost = pfn_neighbour_lost(near, region->start, region->size, unit);

	at += sysfs_emit_at(buf, at, "%s %#llx-%#llx distance=%llu lost=%llu %s: ",
			    before ? "before" : "behind", near->start,
			    near->start + near->size - 1,
			    before ? region->start - min(region->start, near->start + near->size) :
				     near->start - min(near->start, end), lost, near->name);
	if (!lost)
		return at + sysfs_emit_at(buf, at, "none, struct pages come by %llu bytes here\n",
					  unit);
	return at + sysfs_emit_at(buf, at,
				  "a new namespace with struct pages that reaches this end gives the bytes up, in raw mode it need not\n");
}

/* Root's only: it shows addresses, as `resource` does. */
static ssize_t conflicts_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nd_region *region = to_nd_region(dev);
	struct pfn_neighbours neighbours;
	int at = 0, rc;
	u32 i;

	scoped_guard(nd_config_read, region)
		rc = nd_neighbours_collect(region, NULL, region->start, region->size, &neighbours);
	if (rc)
		return rc;
	sort(neighbours.entry, neighbours.nr, sizeof(*neighbours.entry), neighbour_by_start, NULL);
	for (i = 0; i < neighbours.nr; i++)
		if (neighbours.entry[i].kind != PFN_NEIGHBOUR_NAMESPACE)
			at = dry_run_describe(region, &neighbours.entry[i], buf, at);
	kfree(neighbours.entry);
	return at;
}
static DEVICE_ATTR_ADMIN_RO(conflicts);

static struct attribute *region_layout_attrs[] = {
	&region_attr_admit.attr,
	&dev_attr_conflicts.attr,
	NULL,
};

const struct attribute_group nd_region_layout_group = { .attrs = region_layout_attrs };
