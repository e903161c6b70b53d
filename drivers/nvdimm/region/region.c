// SPDX-License-Identifier: GPL-2.0
/* A region as an object: what a provider has described, and what it is asked. */
#include <linux/device.h>
#include <linux/export.h>
#include <linux/memregion.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include "dimm/dimm.h"
#include "dimm/reported.h"
#include "region/region.h"

/**
 * to_nd_region() - the region of its device
 * @dev: a regionN device
 */
struct nd_region *to_nd_region(struct device *dev)
{
	return container_of(dev, struct nd_region, dev);
}
EXPORT_SYMBOL_GPL(to_nd_region);

/**
 * nd_region_dev() - the device of a region
 * @nd_region: the region
 */
struct device *nd_region_dev(struct nd_region *nd_region)
{
	return &nd_region->dev;
}
EXPORT_SYMBOL_GPL(nd_region_dev);

/**
 * nd_region_provider_data() - what the provider gave at creation
 * @nd_region: the region
 */
void *nd_region_provider_data(struct nd_region *nd_region)
{
	return nd_region->provider_data;
}
EXPORT_SYMBOL_GPL(nd_region_provider_data);

int nd_region_nstype(const struct nd_region *region)
{
	u16 i;

	for (i = 0; i < region->num_mappings && !READ_ONCE(region->force_raw); i++)
		if (test_bit(NDD_LABELING, &region->mapping[i].nvdimm->flags))
			return ND_DEVICE_NAMESPACE_PMEM;
	return ND_DEVICE_NAMESPACE_IO;
}

u64 nd_region_cookie(struct nd_region *region)
{
	const struct label_area *area;
	struct nvdimm *nvdimm;

	if (!region->set)
		return 0;
	if (!region->num_mappings)
		return region->set->cookie1;
	nvdimm = region->mapping[0].nvdimm;
	area = &nvdimm->area;
	/* while it is being read, it is not valid, and has no version */
	guard(mutex)(&nvdimm->labels);
	/* a blank area will be formatted as v1.2 */
	if (area->data && (!area->valid || area->minor >= 2))
		return region->set->cookie2;
	return region->set->cookie1;
}

/* 16 MiB on each DIMM suit the memmap of every architecture. */
static u64 default_align(const struct nd_region *region)
{
	u64 align = dpa_default_align(region->size, nd_region_ways(region), PAGE_SIZE);

	/* A bare range is one namespace, and tools refuse one whose size is no multiple. */
	if (!region->num_mappings && align > PAGE_SIZE)
		align = clamp(region->size & -region->size, (u64)PAGE_SIZE, align);
	return align;
}

/*
 * More address lines than any processor has. Sums of addresses and sizes, rounded up to whatever
 * unit, do not wrap below it: code behind this door need not ask.
 */
#define ND_ADDRESS_END	(1ull << 60)

static int region_check_desc(struct nvdimm_bus *bus, const struct nd_region_desc *desc)
{
	u16 i;

	if (desc->res->start > desc->res->end || desc->res->end >= ND_ADDRESS_END)
		return nd_refuse(&bus->dev, -EINVAL, ND_REASON_BOUNDS,
				 "%pr is not a valid address range",
				 desc->res);
	/* then namespaces are page aligned, too, see layout/dpa.h */
	if (!PAGE_ALIGNED(desc->res->start))
		return nd_refuse(&bus->dev, -EINVAL, ND_REASON_ALIGN,
				 "%pr does not start at a page", desc->res);
	if (desc->num_mappings > ND_MAX_MAPPINGS)
		return nd_refuse(&bus->dev, -EINVAL, ND_REASON_BOUNDS,
				 "region %pr has %u mappings, at most %u are possible",
				 desc->res, desc->num_mappings, ND_MAX_MAPPINGS);
	for (i = 0; i < desc->num_mappings; i++) {
		const struct nd_mapping_desc *m = &desc->mapping[i];

		if (!PAGE_ALIGNED(m->start | m->size))
			return nd_refuse(&bus->dev, -EINVAL, ND_REASON_ALIGN,
					 "region %pr: mapping %u of %s, %#llx + %#llx, is not page aligned",
					 desc->res, i, nvdimm_name(m->nvdimm), m->start, m->size);
		if (m->start >= ND_ADDRESS_END || m->size >= ND_ADDRESS_END)
			return nd_refuse(&bus->dev, -EINVAL, ND_REASON_BOUNDS,
					 "region %pr: mapping %u of %s, %#llx + %#llx, is beyond all addresses",
					 desc->res, i, nvdimm_name(m->nvdimm), m->start, m->size);
	}
	return 0;
}

static struct nd_region *region_alloc(struct nvdimm_bus *bus, const struct nd_region_desc *desc,
				      const struct nd_device_type *type)
{
	struct nd_region *region = kzalloc(struct_size(region, mapping, desc->num_mappings),
					   GFP_KERNEL);
	struct device *dev;
	u16 i;

	if (!region)
		return NULL;
	/* CXL numbers its regions itself */
	if (!compat_region_memregion(desc, &region->id))
		region->id = memregion_alloc(GFP_KERNEL);
	if (region->id < 0) {
		kfree(region);
		return NULL;
	}
	region->start = desc->res->start;
	region->size = resource_size(desc->res);
	region->numa_node = desc->numa_node;
	region->target_node = desc->target_node;
	region->flags = desc->flags;
	region->set = desc->nd_set;
	region->provider_data = desc->provider_data;
	region->flush.ask = desc->flush;
	region->num_mappings = desc->num_mappings;
	region->mapping_size = ALIGN_DOWN(region->size / nd_region_ways(region), PAGE_SIZE);
	for (i = 0; i < desc->num_mappings; i++) {
		const struct nd_mapping_desc *m = &desc->mapping[i];

		get_device(&m->nvdimm->dev);
		region->mapping[i] = (struct nd_mapping) {
			.nvdimm = m->nvdimm,
			.start = m->start,
			.size = m->size,
			.position = m->position,
		};
		region->mapping_size = min(region->mapping_size, m->size);
	}
	nd_region_ro_init(region);
	region->align = default_align(region);
	init_rwsem(&region->config);
	INIT_LIST_HEAD(&region->namespaces);
	nd_range_owner_init(&region->owner);
	ida_init(&region->ns_ida);
	ida_init(&region->btt_ida);
	ida_init(&region->pfn_ida);
	ida_init(&region->dax_ida);

	dev = &region->dev;
	dev->type = &type->type;
	dev->groups = desc->attr_groups;
	dev->of_node = desc->of_node;
	nd_device_init(dev, &bus->dev);
	set_dev_node(dev, region->numa_node);
	return region;
}

struct nd_region *nd_region_new(struct nvdimm_bus *bus, const struct nd_region_desc *desc,
				const struct nd_device_type *type)
{
	struct nd_region *region;

	if (region_check_desc(bus, desc))
		return ERR_PTR(-ENXIO);
	region = region_alloc(bus, desc, type);
	if (!region)
		return ERR_PTR(nd_refuse(&bus->dev, -ENOMEM, ND_REASON_RESOURCE,
					 "no memory or id for region %pr", desc->res));
	if (dev_set_name(&region->dev, "region%d", region->id)) {
		put_device(&region->dev);
		return ERR_PTR(nd_refuse(&bus->dev, -ENOMEM, ND_REASON_RESOURCE,
					 "no memory for region %pr", desc->res));
	}
	nd_range_owner_region(&region->owner, region->start, region->size, dev_name(&region->dev));
	return region;
}

void nd_region_free(struct nd_region *region)
{
	u16 i;

	for (i = 0; i < region->num_mappings; i++)
		put_device(&region->mapping[i].nvdimm->dev);
	nd_range_owner_remove(&region->owner);
	if (!test_bit(ND_REGION_CXL, &region->flags))
		memregion_free(region->id);
	ida_destroy(&region->ns_ida);
	ida_destroy(&region->btt_ida);
	ida_destroy(&region->pfn_ida);
	ida_destroy(&region->dax_ida);
	nd_device_fini(&region->dev);
	kfree(region->admit);
	kfree(region);
}

/**
 * nvdimm_region_notify() - tell a region, and through it its namespaces
 * @nd_region: the caller holds a reference
 * @event: what happened
 *
 * Context: process, no lock of rank 2 or higher.
 */
void nvdimm_region_notify(struct nd_region *nd_region, enum nvdimm_event event)
{
	nd_device_notify(&nd_region->dev, event);
}
EXPORT_SYMBOL_GPL(nvdimm_region_notify);

bool nd_region_incoherent(const struct nd_region *region)
{
	for (u16 i = 0; i < region->num_mappings; i++)
		if (atomic_read(&region->mapping[i].nvdimm->contents) !=
		    region->mapping[i].contents)
			return true;
	return false;
}

bool nd_region_maps(const struct nd_region *region, const struct nvdimm *nvdimm)
{
	for (u16 i = 0; i < region->num_mappings; i++)
		if (region->mapping[i].nvdimm == nvdimm)
			return true;
	return false;
}

/* One that is locked, or NULL. */
struct nvdimm *nd_region_locked_dimm(const struct nd_region *region)
{
	for (u16 i = 0; i < region->num_mappings; i++)
		if (nvdimm_locked(region->mapping[i].nvdimm))
			return region->mapping[i].nvdimm;
	return NULL;
}

/* ---- read only: dimm/reported.h decides, and the disks are notified ---- */

static_assert(ND_MAX_MAPPINGS <= 32);

/* Mask of the mappings whose DIMM is not armed. */
static u32 region_unarmed(const struct nd_region *region)
{
	u32 mask = 0;

	for (u16 i = 0; i < region->num_mappings; i++)
		if (test_bit(NDD_UNARMED, &region->mapping[i].nvdimm->flags))
			mask |= BIT(i);
	return mask;
}

static void ro_apply(struct nd_region *region)
{
	WRITE_ONCE(region->ro, nd_ro_read_only(&region->why_ro));
}

void nd_region_ro_init(struct nd_region *region)
{
	region->why_ro = nd_ro_boot(region_unarmed(region));
	ro_apply(region);
}

void nd_region_ro_ask(struct nd_region *region, bool read_only)
{
	lockdep_assert_held_write(&region->config);
	nd_ro_ask(&region->why_ro, read_only);
	ro_apply(region);
}

static int child_revalidate(struct device *dev, void *data)
{
	nd_device_notify(dev, NVDIMM_REVALIDATE_REGION);
	return 0;
}

void nd_region_ro_changed(struct nd_region *region)
{
	nd_visit_children(&region->dev, NULL, child_revalidate);
}

static void report_ro(struct nd_region *region, enum nd_ro_report report, const char *dimm)
{
	struct device *dev = &region->dev;
	const char *name = dev_name(dev);

	switch (report) {
	case ND_RO_SAME:
		break;
	case ND_RO_UNARMED:
		nd_remark(dev, -EROFS, ND_REASON_READ_ONLY,
			  "%s is not armed: writes would be lost when power fails; %s is read-only until it is armed, write 0 to read_only to override",
			  dimm, name);
		break;
	case ND_RO_DEGRADED:
		nd_remark(dev, -EROFS, ND_REASON_READ_ONLY,
			  "the platform saves less than it did when %s was created: writes would be lost when power fails; reboot, or write 0 to read_only to override",
			  name);
		break;
	case ND_RO_LIFTED:
		nd_ok(dev);
		dev_info(dev, "writes survive a power failure again: %s is writable\n", name);
		break;
	case ND_RO_ASKED:
		dev_info(dev, "writes survive a power failure again: %s stays read-only, as read_only was set\n",
			 name);
		break;
	}
}

static void region_notice(struct nd_region *region, enum nd_ro_report report, const char *dimm)
{
	report_ro(region, report, dimm);
	if (report != ND_RO_SAME)
		nd_region_ro_changed(region);
}

void nd_region_report_armed(struct nd_region *region, struct nvdimm *nvdimm)
{
	enum nd_ro_report report;

	scoped_guard(nd_config_write, region) {
		report = nd_ro_notice(&region->why_ro, region_unarmed(region),
				      region->why_ro.degraded);
		ro_apply(region);
	}
	region_notice(region, report, nvdimm_name(nvdimm));
}

/* How much reaches the media by itself when power fails. */
static int persistence_of(unsigned long flags)
{
	if (test_bit(ND_REGION_PERSIST_CACHE, &flags))
		return 2;
	return test_bit(ND_REGION_PERSIST_MEMCTRL, &flags);
}

/**
 * nd_region_report_persistence() - a later table of firmware changes what a power failure saves
 * @region: the region
 * @flags: mask of ND_REGION_PERSIST_* bits
 *
 * The flags of the region stay: its users have decided by them. If a power failure would lose more
 * than by these, the region is read-only.
 *
 * Context: process; takes the device locks of its children. No lock of rank 2 or above.
 */
void nd_region_report_persistence(struct nd_region *region, unsigned long flags)
{
	bool degraded = persistence_of(flags) < persistence_of(region->flags);
	enum nd_ro_report report;

	/* a power failure takes its contents anyway */
	if (region->volatile_mem)
		return;
	scoped_guard(nd_config_write, region) {
		report = nd_ro_notice(&region->why_ro, region_unarmed(region), degraded);
		ro_apply(region);
	}
	region_notice(region, report, NULL);
}
EXPORT_SYMBOL_GPL(nd_region_report_persistence);
