// SPDX-License-Identifier: GPL-2.0
/* nd_provider: see provider.h. */
#include <linux/ioport.h>
#include <linux/module.h>
#include <linux/numa.h>
#include <linux/slab.h>
#include "provider.h"

static char *range[PROVIDER_RANGES];
static unsigned int nranges;
module_param_array(range, charp, &nranges, 0444);
MODULE_PARM_DESC(range, "SIZE@START[:WORD...], ...: ranges to offer; words are told in README.md");

static bool merge = true;
module_param(merge, bool, 0444);
MODULE_PARM_DESC(merge, "ranges that touch are one entry of /proc/iomem, as firmware has it (default: yes)");

static bool no_bus;
module_param(no_bus, bool, 0444);
MODULE_PARM_DESC(no_bus, "offer all to no bus, as a provider does that ignores that its bus was refused");

struct provider_range provider_ranges[PROVIDER_RANGES];
unsigned int provider_nranges;

static struct provider_bus buses[PROVIDER_BUSES];

static int ctl(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm, unsigned int cmd,
	       void *buf, unsigned int len, int *cmd_rc)
{
	struct provider_bus *bus = container_of(desc, struct provider_bus, desc);
	struct provider_dimm *dimm = nvdimm_provider_data(nvdimm);

	if (dimm)
		return provider_dimm_command(dimm, cmd, buf, len, cmd_rc);
	return provider_bus_command(bus, cmd, buf, len, cmd_rc);
}

static int add_bus(struct provider_bus *bus, unsigned int nr)
{
	snprintf(bus->name, sizeof(bus->name), "nd_provider.%u", nr);
	bus->desc = (struct nvdimm_bus_descriptor) {
		.attr_groups = provider_bus_groups,
		.cmd_mask = BIT(ND_CMD_ARS_CAP) | BIT(ND_CMD_ARS_START) |
			    BIT(ND_CMD_ARS_STATUS) | BIT(ND_CMD_CLEAR_ERROR),
		.module = THIS_MODULE,
		.provider_name = bus->name,
		.ndctl = ctl,
	};
	bus->pdev = platform_device_register_simple("nd_provider", nr, NULL, 0);
	if (IS_ERR(bus->pdev))
		return PTR_ERR(bus->pdev);
	if (no_bus)
		return 0;
	bus->bus = nvdimm_bus_register(&bus->pdev->dev, &bus->desc);
	if (!bus->bus)
		return -ENXIO;
	return provider_jobs_init(bus) ?: provider_hold_probes(&bus->pdev->dev);
}

static void remove_buses(void)
{
	for (unsigned int i = 0; i < PROVIDER_BUSES; i++) {
		provider_jobs_exit(&buses[i]);
		if (buses[i].bus)
			nvdimm_bus_unregister(buses[i].bus);
		platform_device_unregister(buses[i].pdev);
		buses[i] = (struct provider_bus) { };
	}
}

/* A piece of each DIMM: too many for a stack. */
static struct nd_mapping_desc *make_mappings(const struct provider_range *r)
{
	const struct provider_spec *spec = &r->spec;
	struct nd_mapping_desc *mapping = kcalloc(spec->dimms, sizeof(*mapping), GFP_KERNEL);

	for (unsigned int i = 0; mapping && i < spec->dimms; i++)
		mapping[i] = (struct nd_mapping_desc) {
			.nvdimm = r->maps[i].nvdimm,
			.start = spec->dpa,
			.size = spec->size / spec->dimms,
			.position = spec->position[i],
		};
	return mapping;
}

static int add_region(struct provider_range *r)
{
	const struct provider_spec *spec = &r->spec;
	struct resource res = DEFINE_RES_MEM(spec->start, spec->size);
	struct nd_region_desc desc = {
		.res = &res,
		.attr_groups = provider_region_groups,
		.provider_data = r,
		.numa_node = numa_map_to_online_node(spec->node),
		.target_node = spec->node,
	};

	if (r->maps) {
		desc.mapping = make_mappings(r);
		if (!desc.mapping)
			return -ENOMEM;
		desc.num_mappings = spec->dimms;
		desc.nd_set = &r->set;
	}
	if (spec->flush) {
		desc.flush = provider_flush;
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
	kfree(desc.mapping);
	return r->region ? 0 : -ENXIO;
}

/* Buses, then DIMMs, then regions: a region wants to know its labels. */
int provider_offer(void)
{
	int dimms[PROVIDER_BUSES] = { };
	int rc = 0;

	for (unsigned int i = 0; i < provider_nranges && !rc; i++) {
		struct provider_range *r = &provider_ranges[i];

		if (r->spec.ring) {
			rc = provider_host_add(r, i);
			continue;
		}
		r->bus = &buses[r->spec.bus];
		if (!r->bus->pdev)
			rc = add_bus(r->bus, r->spec.bus);
		if (!rc && r->dimms) {
			rc = provider_dimms_add(r);
			dimms[r->spec.bus] += r->spec.dimms;
		}
	}
	for (unsigned int i = 0; i < PROVIDER_BUSES && !rc; i++)
		if (dimms[i])
			rc = nvdimm_bus_check_dimm_count(buses[i].bus, dimms[i]);
	for (unsigned int i = 0; i < provider_nranges && !rc; i++)
		if (!provider_ranges[i].spec.ring)
			rc = add_region(&provider_ranges[i]);
	return rc;
}

/* The memory, as it shall be found. */
static int prepare(void)
{
	int rc = 0;

	for (unsigned int i = 0; i < provider_nranges && !rc; i++) {
		const struct provider_spec *spec = &provider_ranges[i].spec;

		if (spec->unchecked)
			continue;
		rc = provider_memory_check(spec->start, spec->size);
		if (!rc && spec->label_at)
			rc = provider_memory_check(spec->label_at,
						   (u64)spec->label_size * spec->dimms);
	}
	for (unsigned int i = 0; i < provider_nranges && !rc; i++) {
		struct provider_range *r = &provider_ranges[i];

		if (r->spec.moved)
			rc = provider_memory_move(r->spec.moved, r->spec.start, r->spec.size);
		if (!rc)
			rc = provider_media_init(r);
		if (!rc)
			rc = provider_dimms_init(r, i);
	}
	return rc ?: provider_iomem_enter(merge);
}

int provider_build(const char *const *words, unsigned int n)
{
	int rc = 0;

	for (unsigned int i = 0; i < n && !rc; i++)
		rc = provider_spec_parse(words[i], &provider_ranges[i].spec);
	provider_nranges = n;
	return rc ?: provider_specs_check() ?: prepare();
}

void provider_take_down(void)
{
	for (unsigned int i = 0; i < provider_nranges; i++)
		provider_host_remove(&provider_ranges[i]);
	remove_buses();
	provider_iomem_leave();
	for (unsigned int i = 0; i < provider_nranges; i++) {
		provider_dimms_exit(&provider_ranges[i]);
		provider_media_exit(&provider_ranges[i]);
		provider_ranges[i] = (struct provider_range) { };
	}
	provider_nranges = 0;
}

static int __init provider_init(void)
{
	int rc = provider_slow_init();

	if (rc)
		return rc;
	rc = provider_hold_init();
	if (rc)
		goto slow;
	rc = provider_build((const char *const *)range, nranges) ?: provider_offer() ?:
	     provider_machine_init();
	if (!rc)
		return 0;
	provider_take_down();
	provider_hold_exit();
slow:
	provider_slow_exit();
	return rc;
}
module_init(provider_init);

static void __exit provider_exit(void)
{
	provider_machine_exit();
	provider_take_down();
	provider_hold_exit();
	provider_disk_exit();
	provider_slow_exit();
}
module_exit(provider_exit);

MODULE_DESCRIPTION("Test: NVDIMM ranges cut from reserved memory");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
