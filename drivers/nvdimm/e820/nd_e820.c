// SPDX-License-Identifier: GPL-2.0
/*
 * The driver of the platform device "e820_pmem", which x86 makes when the
 * memory map has persistent ranges that no other table describes: each is a
 * region of its own (requirements A18).
 */
#include <linux/device.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/memory_hotplug.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/ndctl.h>
#include <linux/numa.h>
#include <linux/overflow.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>
#include "common/diag.h"
#include "common/range.h"
#include "core/bus.h"
#include "e820/e820.h"
#include "region/range_map.h"
#include "region/region.h"

/*
 * ---- DIMMs of ranges with labels ----
 *
 * The label area is the tail of the range. Loads survive poison, and stores are durable when the
 * command returns.
 */

/* Small, so that an update of a label does not carry along much. */
#define E820_XFER_MAX	(4u << 10)

/* The namespaces are byte-addressable memory: UEFI 2.10 §13.19.3, ACPI 6.5 §5.2.25.2 */
static const guid_t pmem_guid = GUID_INIT(0x66f0d379, 0xb4f3, 0x4074,
					  0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb);

static int labels_in_use(struct device *dev, const struct e820_range *range, u64 last)
{
	const struct e820_carve *carve = &range->carve;
	char holder[ND_IOMEM_WHO];
	int rc = nd_iomem_blame(carve->labels, carve->label_size, holder);

	if (rc == -ENOMEM)
		return nd_refuse(dev, rc, ND_REASON_RESOURCE,
				 "no memory to reserve %#llx-%#llx with, the label area of %#llx-%#llx",
				 carve->labels, last, range->start, range->end);
	return nd_refuse(dev, rc, ND_REASON_CONFLICT,
			 "%#llx-%#llx, the label area of %#llx-%#llx, is in use: %s, /proc/iomem has its name",
			 carve->labels, last, range->start, range->end, holder);
}

static int e820_labels_map(struct device *dev, struct e820_range *range)
{
	const struct e820_carve *carve = &range->carve;
	u64 last = carve->labels + carve->label_size - 1;
	void *addr;

	if (!devm_request_mem_region(dev, carve->labels, carve->label_size, "nd_e820 labels"))
		return labels_in_use(dev, range, last);
	addr = devm_memremap(dev, carve->labels, carve->label_size, ARCH_MEMREMAP_PMEM);
	if (IS_ERR(addr))
		return nd_refuse(dev, -ENOMEM, ND_REASON_RESOURCE,
				 "%#llx-%#llx, the label area of %#llx-%#llx, cannot be mapped: no address space or memory",
				 carve->labels, last, range->start, range->end);
	range->labels = addr;
	range->set = (struct nd_interleave_set) {
		.cookie1 = carve->cookie,
		.cookie2 = carve->cookie,
		.altcookie = carve->cookie,
		.type_guid = pmem_guid,
	};
	return 0;
}

static int e820_labels_add(struct nvdimm_bus *bus, struct e820_range *range)
{
	const unsigned long cmds = BIT(ND_CMD_GET_CONFIG_SIZE) | BIT(ND_CMD_GET_CONFIG_DATA) |
				   BIT(ND_CMD_SET_CONFIG_DATA);

	/* As of any DIMM: until labels are written the region is one bare range. */
	range->nvdimm = nvdimm_create(bus, range, NULL, 0, cmds, 0, NULL);
	return range->nvdimm ? 0 : -ENXIO;
}

static int get_size(const struct e820_range *range, void *buf, unsigned int len)
{
	struct nd_cmd_get_config_size *cmd = buf;

	if (len < sizeof(*cmd))
		return -EINVAL;
	*cmd = (struct nd_cmd_get_config_size) {
		.config_size = range->carve.label_size,
		.max_xfer = min(range->carve.label_size, E820_XFER_MAX),
	};
	return 0;
}

/* Do @n bytes at @offset lie in the label area, and @more of them in the buffer? */
static bool labels_inside(const struct e820_range *range, u32 offset, u32 n, u64 more,
			  unsigned int len)
{
	u32 size = range->carve.label_size;

	return offset <= size && n <= size - offset && n <= E820_XFER_MAX && more + n <= len;
}

static int get_data(const struct e820_range *range, void *buf, unsigned int len)
{
	struct nd_cmd_get_config_data_hdr *cmd = buf;

	if (len < sizeof(*cmd) ||
	    !labels_inside(range, cmd->in_offset, cmd->in_length, sizeof(*cmd), len))
		return -EINVAL;
	cmd->status = 0;
	if (copy_mc_to_kernel(cmd->out_buf, range->labels + cmd->in_offset, cmd->in_length))
		return -EIO;
	return 0;
}

static int set_data(const struct e820_range *range, void *buf, unsigned int len)
{
	struct nd_cmd_set_config_hdr *cmd = buf;

	if (len < sizeof(*cmd) ||
	    !labels_inside(range, cmd->in_offset, cmd->in_length, sizeof(*cmd) + sizeof(u32), len))
		return -EINVAL;
	memcpy_flushcache(range->labels + cmd->in_offset, cmd->in_buf, cmd->in_length);
	pmem_wmb();
	/* the status follows the data */
	put_unaligned((u32)0, (u32 *)(cmd->in_buf + cmd->in_length));
	return 0;
}

static int e820_labels_ctl(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm,
			   unsigned int cmd, void *buf, unsigned int len, int *cmd_rc)
{
	const struct e820_range *range = nvdimm_provider_data(nvdimm);

	if (cmd_rc)
		*cmd_rc = 0;
	if (!range)
		return -ENOTTY;
	switch (cmd) {
	case ND_CMD_GET_CONFIG_SIZE:
		return get_size(range, buf, len);
	case ND_CMD_GET_CONFIG_DATA:
		return get_data(range, buf, len);
	case ND_CMD_SET_CONFIG_DATA:
		return set_data(range, buf, len);
	default:
		return -ENOTTY;
	}
}

/* ---- labels=SIZE[@START],... ---- */

#define E820_WISHES	16

static char *labels[E820_WISHES];
static unsigned int nlabels;
/* an address is for root */
module_param_array(labels, charp, &nlabels, 0400);
MODULE_PARM_DESC(labels,
		 "SIZE[@START]: keep labels in the last SIZE bytes of the range at START, or of every range; default: no labels");

struct wish {
	u64 size;
	u64 start;
	bool any;
};

static struct wish wish[E820_WISHES];

static int parse_wish(const char *text, struct wish *out)
{
	char *end;

	out->size = memparse(text, &end);
	out->any = !*end;
	if (*end == '@')
		out->start = memparse(end + 1, &end);
	if (!*end && out->size >= E820_LABELS_MIN && out->size <= E820_LABELS_MAX &&
	    PAGE_ALIGNED(out->size))
		return 0;
	pr_err("labels=%s: neither SIZE nor SIZE@START, with whole pages from %u to %u bytes\n",
	       text, E820_LABELS_MIN, E820_LABELS_MAX);
	return -EINVAL;
}

/* The one that names the range, else the one for all; 0: no labels. */
static u64 label_size(const struct e820_range *range)
{
	u64 size = 0;

	for (unsigned int i = 0; i < nlabels; i++) {
		if (!wish[i].any && wish[i].start == range->start)
			return wish[i].size;
		if (wish[i].any)
			size = wish[i].size;
	}
	return size;
}

/* ---- ranges ---- */

struct e820 {
	struct device *dev;
	struct nvdimm_bus_descriptor desc;
	struct nvdimm_bus *bus;
	struct list_head ranges;
};

static int range_collect(struct resource *res, void *data)
{
	struct e820 *e820 = data;
	struct e820_range *range = devm_kzalloc(e820->dev, sizeof(*range), GFP_KERNEL);

	if (!range)
		return -ENOMEM;
	range->start = res->start;
	range->end = res->end;
	list_add_tail(&range->node, &e820->ranges);
	return 0;
}

/* Kinds of neighbours that do not belong into a range of ours. */
static const struct kind {
	unsigned long flags;
	unsigned long desc;
	const char *what;
} kinds[] = {
	{ IORESOURCE_MEM | IORESOURCE_BUSY, IORES_DESC_NONE, "in use" },
	{ IORESOURCE_MEM | IORESOURCE_WINDOW, IORES_DESC_NONE, "a window to devices' registers" },
	{ IORESOURCE_MEM, IORES_DESC_ACPI_TABLES, "ACPI's tables" },
	{ IORESOURCE_MEM, IORES_DESC_ACPI_NV_STORAGE, "ACPI's own storage" },
	{ IORESOURCE_MEM, IORES_DESC_RESERVED, "reserved by firmware" },
	{ IORESOURCE_MEM, IORES_DESC_SOFT_RESERVED, "set aside for device-dax" },
	{ IORESOURCE_MEM, IORES_DESC_PERSISTENT_MEMORY, "an NVDIMM of ACPI's table" },
};

struct search {
	struct device *dev;
	const struct e820_range *range;
	const struct kind *kind;
	int rc;
};

/*
 * Of the range when it was last bound: kmem's System RAM, or pages that somebody has pinned. That
 * is no stranger. Its namespace cannot be had until it is gone, the others can.
 */
static bool is_left(const struct resource *res)
{
	return (res->flags & IORESOURCE_SYSRAM_DRIVER_MANAGED) ||
	       ((res->flags & IORESOURCE_BUSY) && nd_range_owner_left(res->start, res->end));
}

static int report_overlap(struct resource *res, void *data)
{
	struct search *s = data;

	if (res->end < s->range->start || res->start > s->range->end || is_left(res))
		return 0;
	s->rc = nd_refuse(s->dev, -EBUSY, ND_REASON_CONFLICT,
			  "%#llx-%#llx overlaps %pa-%pa, which is %s, and is not made a region: check memmap= against /proc/iomem (where it may have grown to fit), and kernel address randomisation (nokaslr)",
			  s->range->start, s->range->end, &res->start, &res->end, s->kind->what);
	return 0;
}

/*
 * A range may have been given on the command line, by somebody who did not know
 * what else is there. Walks start at 0, because a range's ends cut what is found.
 */
static int find_overlaps(struct e820 *e820, const struct e820_range *range)
{
	struct search s = { .dev = to_nvdimm_bus_dev(e820->bus), .range = range };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		s.kind = &kinds[i];
		walk_iomem_res_desc(s.kind->desc, s.kind->flags, 0, -1, &s, report_overlap);
	}
	return s.rc;
}

static int range_carve(struct e820 *e820, struct e820_range *range)
{
	u64 size = range->end - range->start + 1, wanted = label_size(range);
	struct device *dev = to_nvdimm_bus_dev(e820->bus);
	enum nd_reason reason;

	reason = e820_carve_whole(range->start, size, PAGE_SIZE, &range->carve);
	if (reason)
		return nd_refuse(dev, -ENXIO, reason, "%#llx-%#llx holds no whole page",
				 range->start, range->end);
	if (range->carve.size != size)
		dev_info(dev, "%#llx-%#llx is cut to whole pages, %#llx-%#llx\n",
			 range->start, range->end, range->carve.start,
			 range->carve.start + range->carve.size - 1);
	if (!wanted)
		return 0;
	reason = e820_carve_labels(range->start, size, wanted, PAGE_SIZE, memremap_compat_align(),
				   &range->carve);
	if (reason)
		return nd_refuse(dev, -ENOSPC, reason,
				 "%#llx-%#llx is too small for %#llx bytes of labels and %#lx of a region",
				 range->start, range->end, wanted, memremap_compat_align());
	return e820_labels_map(e820->dev, range);
}

/*
 * What overlaps something becomes no region: looking for info-blocks there might
 * read a device's registers, writing labels might do worse.
 */
static int range_prepare(struct e820 *e820, struct e820_range *range)
{
	int rc = find_overlaps(e820, range);

	if (!rc)
		rc = range_carve(e820, range);
	if (!rc && range->labels)
		rc = e820_labels_add(e820->bus, range);
	return rc;
}

static int e820_add_region(struct e820 *e820, struct e820_range *range)
{
	const struct e820_carve *carve = &range->carve;
	struct resource res = DEFINE_RES_MEM(carve->start, carve->size);
	int node = phys_to_target_node(carve->start);
	struct nd_mapping_desc mapping = {
		.nvdimm = range->nvdimm,
		.size = carve->size,
	};
	struct nd_region_desc desc = {
		.res = &res,
		.provider_data = range,
		/* F4: where it is now, and what it would be by itself */
		.numa_node = numa_map_to_online_node(node),
		.target_node = node,
	};
	struct nd_region *region;

	if (range->nvdimm) {
		desc.mapping = &mapping;
		desc.num_mappings = 1;
		desc.nd_set = &range->set;
	}
	set_bit(ND_REGION_PAGEMAP, &desc.flags);
	region = nd_region_create(e820->bus, &desc, true);
	/* libnvdimm has said why */
	if (IS_ERR(region))
		return PTR_ERR(region);
	if (node == NUMA_NO_NODE)
		dev_info(&region->dev, "target_node is unknown: its address tells none\n");
	else
		dev_info(&region->dev, "target_node is %d, by its address\n", node);
	return 0;
}

static int e820_add_ranges(struct e820 *e820)
{
	struct e820_range *range, *next;
	int dimms = 0, rc = 0;

	list_for_each_entry_safe(range, next, &e820->ranges, node) {
		if (range_prepare(e820, range))
			list_del(&range->node);
		else
			dimms += !!range->nvdimm;
	}
	/* waits until their labels have been read */
	if (dimms)
		rc = nvdimm_bus_check_dimm_count(e820->bus, dimms);
	if (rc)
		return rc;
	list_for_each_entry(range, &e820->ranges, node)
		e820_add_region(e820, range);
	return 0;
}

/* ---- the driver ---- */

static void unregister_bus(void *data)
{
	struct e820 *e820 = data;

	nvdimm_bus_unregister(e820->bus);
	nd_diag_forget(e820->dev);
}

static int e820_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct e820 *e820 = devm_kzalloc(dev, sizeof(*e820), GFP_KERNEL);
	int rc;

	if (!e820)
		return -ENOMEM;
	e820->dev = dev;
	INIT_LIST_HEAD(&e820->ranges);
	rc = walk_iomem_res_desc(IORES_DESC_PERSISTENT_MEMORY_LEGACY, IORESOURCE_MEM, 0, -1,
				 e820, range_collect);
	if (rc < 0 && rc != -EINVAL)
		return rc;
	e820->desc = (struct nvdimm_bus_descriptor) {
		.provider_name = "e820",
		.module = THIS_MODULE,
		.ndctl = e820_labels_ctl,
	};
	e820->bus = nd_bus_register(dev, &e820->desc);
	if (IS_ERR(e820->bus))
		return PTR_ERR(e820->bus);
	rc = e820_add_ranges(e820);
	if (rc) {
		unregister_bus(e820);
		return rc;
	}
	platform_set_drvdata(pdev, e820);
	return 0;
}

/* What the bus stands on is device-managed, and goes after it. */
static void e820_remove(struct platform_device *pdev)
{
	unregister_bus(platform_get_drvdata(pdev));
}
COMPAT_PLATFORM_DRIVER(e820_remove)

static struct platform_driver e820_driver = {
	.probe = e820_probe,
	COMPAT_PLATFORM_REMOVE(e820_remove),
	.driver = { .name = "e820_pmem" },
};

static int __init e820_init(void)
{
	for (unsigned int i = 0; i < nlabels; i++)
		if (parse_wish(labels[i], &wish[i]))
			return -EINVAL;
	return platform_driver_register(&e820_driver);
}
module_init(e820_init);

static void __exit e820_exit(void)
{
	platform_driver_unregister(&e820_driver);
}
module_exit(e820_exit);

MODULE_ALIAS("platform:e820_pmem*");
MODULE_DESCRIPTION("Persistent memory of legacy memory maps and memmap=");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
