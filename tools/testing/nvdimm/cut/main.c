// SPDX-License-Identifier: GPL-2.0
/* nd_cut: see cut.h. */
#include <linux/ioport.h>
#include <linux/module.h>
#include <linux/numa.h>
#include "cut.h"

static char *range[CUT_RANGES];
static unsigned int nranges;
module_param_array(range, charp, &nranges, 0444);
MODULE_PARM_DESC(range, "SIZE@START[:WORD...], ...: ranges to offer; words are told in README.md");

static bool merge = true;
module_param(merge, bool, 0444);
MODULE_PARM_DESC(merge, "ranges that touch are one entry of /proc/iomem, as firmware has it (default: yes)");

struct cut_range cut_ranges[CUT_RANGES];
unsigned int cut_nranges;

static struct cut_bus buses[CUT_BUSES];

static int ctl(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm, unsigned int cmd,
	       void *buf, unsigned int len, int *cmd_rc)
{
	struct cut_range *r = nvdimm_provider_data(nvdimm);

	if (r)
		return cut_dimm_command(r, cmd, buf, len, cmd_rc);
	return cut_bus_command(container_of(desc, struct cut_bus, desc), cmd, buf, len, cmd_rc);
}

static int add_bus(struct cut_bus *bus, unsigned int nr)
{
	snprintf(bus->name, sizeof(bus->name), "nd_cut.%u", nr);
	bus->desc = (struct nvdimm_bus_descriptor) {
		.attr_groups = cut_bus_groups,
		.cmd_mask = BIT(ND_CMD_ARS_CAP) | BIT(ND_CMD_ARS_START) |
			    BIT(ND_CMD_ARS_STATUS) | BIT(ND_CMD_CLEAR_ERROR),
		.module = THIS_MODULE,
		.provider_name = bus->name,
		.ndctl = ctl,
	};
	bus->pdev = platform_device_register_simple("nd_cut", nr, NULL, 0);
	if (IS_ERR(bus->pdev))
		return PTR_ERR(bus->pdev);
	bus->bus = nvdimm_bus_register(&bus->pdev->dev, &bus->desc);
	return bus->bus ? 0 : -ENXIO;
}

static void remove_buses(void)
{
	for (unsigned int i = 0; i < CUT_BUSES; i++) {
		if (buses[i].bus)
			nvdimm_bus_unregister(buses[i].bus);
		platform_device_unregister(buses[i].pdev);
	}
}

static int add_region(struct cut_range *r)
{
	const struct cut_spec *spec = &r->spec;
	struct resource res = DEFINE_RES_MEM(spec->start, spec->size);
	struct nd_mapping_desc mapping = { .nvdimm = r->nvdimm, .size = spec->size };
	struct nd_region_desc desc = {
		.res = &res,
		.attr_groups = cut_region_groups,
		.provider_data = r,
		.numa_node = numa_map_to_online_node(spec->node),
		.target_node = spec->node,
	};

	if (r->nvdimm) {
		desc.mapping = &mapping;
		desc.num_mappings = 1;
		desc.nd_set = &r->set;
	}
	if (spec->flush) {
		desc.flush = cut_flush;
		set_bit(ND_REGION_ASYNC, &desc.flags);
	}
	if (spec->cache)
		set_bit(ND_REGION_PERSIST_CACHE, &desc.flags);
	if (spec->pages)
		set_bit(ND_REGION_PAGEMAP, &desc.flags);
	if (spec->volatile_mem)
		r->region = nvdimm_volatile_region_create(r->bus->bus, &desc);
	else
		r->region = nvdimm_pmem_region_create(r->bus->bus, &desc);
	return r->region ? 0 : -ENXIO;
}

/* Buses, then DIMMs, then regions: a region wants to know its labels. */
static int offer(void)
{
	int dimms[CUT_BUSES] = { };
	int rc = 0;

	for (unsigned int i = 0; i < cut_nranges && !rc; i++) {
		struct cut_range *r = &cut_ranges[i];

		if (r->spec.ring) {
			rc = cut_host_add(r, i);
			continue;
		}
		r->bus = &buses[r->spec.bus];
		if (!r->bus->pdev)
			rc = add_bus(r->bus, r->spec.bus);
		if (!rc && r->spec.label_size) {
			rc = cut_dimm_add(r);
			dimms[r->spec.bus]++;
		}
	}
	for (unsigned int i = 0; i < CUT_BUSES && !rc; i++)
		if (dimms[i])
			rc = nvdimm_bus_check_dimm_count(buses[i].bus, dimms[i]);
	for (unsigned int i = 0; i < cut_nranges && !rc; i++)
		if (!cut_ranges[i].spec.ring)
			rc = add_region(&cut_ranges[i]);
	return rc;
}

static int parse(void)
{
	int rc = 0;

	for (unsigned int i = 0; i < nranges && !rc; i++)
		rc = cut_spec_parse(range[i], &cut_ranges[i].spec);
	cut_nranges = nranges;
	if (!rc && !nranges) {
		pr_err("nd_cut: no range= is given\n");
		rc = -EINVAL;
	}
	return rc ?: cut_specs_check();
}

/* The memory, as it shall be found. */
static int prepare(void)
{
	int rc = 0;

	for (unsigned int i = 0; i < cut_nranges && !rc; i++) {
		const struct cut_spec *spec = &cut_ranges[i].spec;

		rc = cut_memory_check(spec->start, spec->size);
		if (!rc && spec->label_at)
			rc = cut_memory_check(spec->label_at, spec->label_size);
	}
	for (unsigned int i = 0; i < cut_nranges && !rc; i++) {
		struct cut_range *r = &cut_ranges[i];

		if (r->spec.moved)
			rc = cut_memory_move(r->spec.moved, r->spec.start, r->spec.size);
		if (!rc)
			rc = cut_media_init(r);
		if (!rc)
			rc = cut_dimm_init(r, i);
	}
	return rc ?: cut_iomem_enter(merge);
}

static void take_down(void)
{
	for (unsigned int i = 0; i < cut_nranges; i++)
		cut_host_remove(&cut_ranges[i]);
	remove_buses();
	cut_iomem_leave();
	for (unsigned int i = 0; i < cut_nranges; i++) {
		cut_dimm_exit(&cut_ranges[i]);
		cut_media_exit(&cut_ranges[i]);
	}
}

static int __init cut_init(void)
{
	int rc = cut_slow_init();

	if (rc)
		return rc;
	rc = parse() ?: prepare() ?: offer();
	if (rc) {
		take_down();
		cut_slow_exit();
	}
	return rc;
}
module_init(cut_init);

static void __exit cut_exit(void)
{
	take_down();
	cut_slow_exit();
}
module_exit(cut_exit);

MODULE_DESCRIPTION("Test: NVDIMM ranges cut from reserved memory");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
