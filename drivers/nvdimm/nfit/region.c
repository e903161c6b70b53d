// SPDX-License-Identifier: GPL-2.0
/* Address ranges of the table: each becomes a region. */
#include <linux/acpi.h>
#include <linux/ioport.h>
#include <linux/libnvdimm.h>
#include <linux/nd.h>
#include <linux/numa.h>
#include <linux/slab.h>
#include "common/diag.h"
#include "nfit/dimm/dimm.h"
#include "nfit/nfit.h"
#include "nfit/table/cookie.h"
#include "region/region.h"

static_assert(NFIT_SET_MAX == ND_MAX_MAPPINGS);

/* What libnvdimm is told about a region; too large for the stack. */
struct plan {
	struct nd_region_desc desc;
	struct nd_mapping_desc mapping[NFIT_SET_MAX];
	struct nfit_member member[NFIT_SET_MAX];
	u8 position[NFIT_SET_MAX];
	u32 n;
	const char *node_source;
};

static int spa_refuse(struct nfit_bus *nfit, const struct nfit_spa *spa, int err,
		      enum nd_reason reason,
		      const char *text, u64 about)
{
	return nd_refuse(to_nvdimm_bus_dev(nfit->nvdimm_bus), err, reason,
			 "NVDIMM table: address range %u at offset %#x ([%#llx-%#llx]) is not made a region: %s %#llx",
			 spa->index, spa->entry.offset, spa->address,
			 spa->address + spa->length - 1, text, about);
}

/*
 * Two nodes (requirements F4): the one that is online and near, and the one the
 * memory would make up itself. Where firmware's proximity domain leads
 * nowhere, the address may.
 */
static void spa_plan_nodes(struct plan *plan, const struct nfit_spa *spa)
{
	struct nd_region_desc *desc = &plan->desc;

	desc->numa_node = NUMA_NO_NODE;
	desc->target_node = NUMA_NO_NODE;
	plan->node_source = "its proximity domain in the NVDIMM table";
	if (spa->flags & NFIT_SPA_PROXIMITY_VALID) {
		desc->numa_node = pxm_to_online_node(spa->proximity);
		desc->target_node = pxm_to_node(spa->proximity);
	}
	if (desc->numa_node == NUMA_NO_NODE)
		desc->numa_node = memory_add_physaddr_to_nid(spa->address);
	if (desc->target_node != NUMA_NO_NODE)
		return;
	plan->node_source = "its address, as the NVDIMM table names no domain that has a node";
	desc->target_node = phys_to_target_node(spa->address);
}

/* Where it comes from what users see; what is not told, and why. */
static void spa_say_sources(const struct plan *plan, const struct nfit_table *t,
			    const struct nfit_region *region)
{
	const struct device *dev = nd_region_dev(region->region);
	const char *lacks = nfit_persistence_lacks(t);

	if (plan->desc.target_node == NUMA_NO_NODE)
		dev_info(dev, "target_node is unknown: neither the NVDIMM table nor its address tells one\n");
	else
		dev_info(dev, "target_node is %d, by %s\n", plan->desc.target_node,
			 plan->node_source);
	if (region->persistent && lacks)
		dev_info(dev, "persistence_domain is unknown: %s\n", lacks);
}

/* What reaches the persistence domain by itself when power fails (ACPI 6.5 table 5.139). */
static unsigned long persistence_flags(u32 capabilities)
{
	/* Caches being flushed implies that the memory controller is. */
	if (capabilities & NFIT_CAP_CACHE_FLUSH)
		return BIT(ND_REGION_PERSIST_CACHE);
	return capabilities & NFIT_CAP_MEM_FLUSH ? BIT(ND_REGION_PERSIST_MEMCTRL) : 0;
}

static int plan_mapping(struct nfit_bus *nfit, struct plan *plan, const struct nfit_spa *spa,
			const struct nfit_map *map)
{
	struct nfit_dimm *dimm = nfit_dimm_find(nfit, map->handle);

	if (plan->n == NFIT_SET_MAX)
		return spa_refuse(nfit, spa, -ENXIO, ND_REASON_BOUNDS, "more DIMMs than",
				  NFIT_SET_MAX);
	if (!dimm)
		return spa_refuse(nfit, spa, -ENXIO, ND_REASON_REFERENCE, "it has no DIMM",
				  map->handle);
	if (!dimm->has_dcr)
		return spa_refuse(nfit, spa, -ENXIO, ND_REASON_REFERENCE,
				  "no control region tells the identity of DIMM", map->handle);
	plan->mapping[plan->n] = (struct nd_mapping_desc) {
		.nvdimm = dimm->nvdimm,
		.start = map->dpa,
		.size = map->size,
	};
	plan->member[plan->n] = (struct nfit_member) {
		.region_offset = map->region_offset,
		.serial = dimm->dcr.serial,
		.vendor = dimm->dcr.vendor,
		.date = dimm->dcr.date,
		.location = dimm->dcr.location,
	};
	plan->n++;
	return 0;
}

static int plan_set(struct nfit_bus *nfit, struct plan *plan, const struct nfit_table *t,
		    const struct nfit_spa *spa, struct nd_interleave_set *set)
{
	struct nfit_cookies cookies;
	int rc;

	for (u32 i = 0; i < t->nmap; i++) {
		if (t->map[i].spa != spa - t->spa)
			continue;
		rc = plan_mapping(nfit, plan, spa, &t->map[i]);
		if (rc)
			return rc;
	}
	nfit_cookies(plan->member, plan->n, &cookies, plan->position);
	for (u32 i = 0; i < plan->n; i++)
		plan->mapping[i].position = plan->position[i];
	*set = (struct nd_interleave_set) {
		.cookie1 = cookies.v1_1,
		.cookie2 = cookies.v1_2,
		.altcookie = cookies.compat,
		.type_guid = spa->guid,
	};
	return 0;
}

/*
 * Persistent memory that firmware's memory map left out is entered in the
 * resource tree, so that nobody else takes it.
 */
static int claim_range(struct nfit_bus *nfit, const struct nfit_spa *spa,
		       struct nfit_region *region)
{
	struct resource range = DEFINE_RES_MEM_NAMED(spa->address, spa->length,
						     "Persistent Memory");
	struct resource *res;

	range.desc = IORES_DESC_PERSISTENT_MEMORY;
	if (region_intersects(spa->address, spa->length, IORESOURCE_MEM,
			      IORES_DESC_PERSISTENT_MEMORY) == REGION_INTERSECTS)
		return 0;
	res = kmemdup(&range, sizeof(range), GFP_KERNEL);
	if (!res)
		return -ENOMEM;
	if (insert_resource(&iomem_resource, res)) {
		kfree(res);
		return spa_refuse(nfit, spa, -EBUSY, ND_REASON_CONFLICT,
				  "another resource overlaps it in part, see /proc/iomem near",
				  spa->address);
	}
	region->claim = res;
	return 0;
}

static void free_region(struct nfit_region *region)
{
	if (!region)
		return;
	if (region->claim) {
		remove_resource(region->claim);
		kfree(region->claim);
	}
	kfree(region);
}

DEFINE_FREE(free_region, struct nfit_region *, free_region(_T))

static int create_region(struct nfit_bus *nfit, struct plan *plan, const struct nfit_spa *spa,
			 struct nfit_region *region)
{
	struct resource range = DEFINE_RES_MEM(spa->address, spa->length);
	struct nd_region_desc *desc = &plan->desc;
	bool is_volatile = spa->kind == NFIT_KIND_VOLATILE || spa->kind == NFIT_KIND_VDISK ||
			   spa->kind == NFIT_KIND_VCD;

	desc->res = &range;
	desc->mapping = plan->mapping;
	desc->num_mappings = plan->n;
	desc->nd_set = &region->set;
	desc->provider_data = region;
	desc->attr_groups = nfit_region_groups;
	region->persistent = !is_volatile;
	/* libnvdimm has said why. */
	region->region = nd_region_create(nfit->nvdimm_bus, desc, !is_volatile);
	return PTR_ERR_OR_ZERO(region->region);
}

static struct nfit_region *find_region(struct nfit_bus *nfit, const struct nfit_spa *spa)
{
	struct nfit_region *region;

	list_for_each_entry(region, &nfit->regions, node)
		if (region->index == spa->index && region->address == spa->address)
			return region;
	return NULL;
}

static int spa_add_region(struct nfit_bus *nfit, const struct nfit_table *t,
			  const struct nfit_spa *spa)
{
	struct nfit_region *region __free(free_region) = kzalloc(sizeof(*region), GFP_KERNEL);
	struct plan *plan __free(kfree) = kzalloc(sizeof(*plan), GFP_KERNEL);
	int rc;

	if (!region || !plan)
		return spa_refuse(nfit, spa, -ENOMEM, ND_REASON_RESOURCE, "no memory for range",
				  spa->index);
	region->index = spa->index;
	region->address = spa->address;
	region->length = spa->length;
	spa_plan_nodes(plan, spa);
	plan->desc.flags = persistence_flags(t->capabilities);
	rc = plan_set(nfit, plan, t, spa, &region->set);
	if (!rc && spa->kind == NFIT_KIND_PMEM)
		rc = claim_range(nfit, spa, region);
	if (!rc)
		rc = create_region(nfit, plan, spa, region);
	if (rc)
		return rc;
	spa_say_sources(plan, t, region);
	list_add_tail(&no_free_ptr(region)->node, &nfit->regions);
	return 0;
}

/* Say of a broken range what the table reader found. */
static void refuse_broken(struct nfit_bus *nfit, const struct nfit_table *t,
			  const struct nfit_spa *spa)
{
	for (u32 i = 0; i < t->ncomplaint; i++) {
		const struct nfit_complaint *c = &t->complaint[i];

		if (c->offset == spa->entry.offset && c->reason == spa->broken)
			spa_refuse(nfit, spa, -ENXIO, c->reason, c->what, c->about);
	}
}

void nfit_add_regions(struct nfit_bus *nfit, const struct nfit_model *model)
{
	const struct nfit_table *t = &model->table;

	lockdep_assert_held(&nfit->lock);
	for (u32 i = 0; i < t->nspa; i++) {
		const struct nfit_spa *spa = &t->spa[i];
		struct nfit_region *region;

		if (!nfit_kind_memory(spa->kind))
			continue;
		region = find_region(nfit, spa);
		if (region)
			nd_region_report_persistence(region->region,
						     persistence_flags(t->capabilities));
		else if (spa->broken)
			refuse_broken(nfit, t, spa);
		else
			spa_add_region(nfit, t, spa);
	}
}

void nfit_regions_notify(struct nfit_bus *nfit, u64 start, u64 len)
{
	struct nfit_region *region;

	lockdep_assert_held(&nfit->lock);
	list_for_each_entry(region, &nfit->regions, node)
		if (start < region->address + region->length && region->address < start + len)
			nvdimm_region_notify(region->region, NVDIMM_REVALIDATE_POISON);
}

void nfit_regions_free(struct nfit_bus *nfit)
{
	struct nfit_region *region, *next;

	list_for_each_entry_safe(region, next, &nfit->regions, node) {
		list_del(&region->node);
		free_region(region);
	}
}
