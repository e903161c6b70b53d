// SPDX-License-Identifier: GPL-2.0
/*
 * dax_hmem: memory that is set aside for a purpose, as dax devices.
 *
 * Firmware sets memory aside by the attribute "specific purpose" (UEFI 2.10
 * §7.2.3): the kernel keeps it out of its RAM as "Soft Reserved". Where firmware
 * does not, an administrator can, by memmap=SIZE$START on the command line and
 * the parameter `range` here (requirements X20).
 *
 * Each range is a platform device hmem.N, and below it a dynamic dax region N, in
 * which users make devices; at first one has it all, unless `region_idle`. Who
 * makes the platform device:
 *
 *	the kernel		older ones, each "Soft Reserved" range at boot
 *	hmem_platform, below	newer ones leave it to us: they only tell the ranges
 *	range=, below		the administrator's
 *
 * A platform device of ours lives until its host's driver is unbound, or this
 * module is unloaded. It has no resource: with one goes from /proc/iomem what lies
 * below, the firmware's entry, pages that are pinned still and RAM that stayed
 * (kmem/kmem.h) among it. N comes from the allocator that all regions share
 * (requirements H2). No lock: probes of one device do not overlap, and the list
 * of the administrator's ranges is written by init and exit alone.
 *
 * What firmware has set aside becomes RAM by itself on kernels whose own driver
 * does so: they tell the regions that kmem is to have by a flag. Not with
 * `region_idle`, and not the administrator's ranges.
 *
 * A range in a window of the CXL core belongs to the driver of the region that the
 * core assembles there, dax_cxl. Firmware may have set memory aside that the core
 * assembles no region of. Where the core can be asked (compat_cxl_knows_regions()),
 * that range is ours once the drivers of CXL have probed; they are loaded first for
 * that. Elsewhere the whole window is left to the core, as the in-tree driver does.
 */
#include <linux/align.h>
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/memory_hotplug.h>
#include <linux/memregion.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/pgtable.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>
#include <linux/workqueue.h>
#include "common/range.h"
#include "dax_bus.h"
#include "hmem/aside.h"
#include "hmem/spec.h"

static bool region_idle;
module_param(region_idle, bool, 0644);
MODULE_PARM_DESC(region_idle, "Leave it to users to make devices in the regions (N)");

#define RANGES	16

static char *range[RANGES];
static unsigned int nranges;
/* an address is for root */
module_param_array(range, charp, &nranges, 0400);
MODULE_PARM_DESC(range,
		 "SIZE@START[:NODE],... memory that memmap=SIZE$START has set aside, of that NUMA node");

/* ---- hmem.N ---- */

/**
 * struct hmem_data - of a platform device of ours
 * @info: as the kernel's have it
 * @range: memory
 * @ram: the kernel is to have it as RAM, where nobody says otherwise
 */
struct hmem_data {
	struct memregion_info info;
	struct range range;
	bool ram;
};

/* The kernel's have a resource. False: neither. */
static bool find_range(struct platform_device *pdev, struct hmem_data *found)
{
	const struct resource *res = platform_get_resource(pdev, IORESOURCE_MEM, 0);
	const struct memregion_info *info = dev_get_platdata(&pdev->dev);

	if (!info)
		return false;
	if (res)
		*found = (struct hmem_data) {
			.info = *info,
			.range = { .start = res->start, .end = res->end },
		};
	else
		*found = *container_of(info, struct hmem_data, info);
	return true;
}

/*
 * Decoders of CXL begin and end at multiples of 256 MiB (CXL 3.1 §8.2.4.20): such a cell lies in
 * a region as a whole, or not at all.
 */
#define CXL_CELL	((u64)SZ_256M)

/* No dax region was made. */
static int region_refuse(struct device *dev, const struct range *range,
			 unsigned long align)
{
	char holder[ND_IOMEM_WHO];

	if (!IS_ALIGNED(range->start, align) || !IS_ALIGNED(range_len(range), align))
		return nd_refuse(dev, -EINVAL, ND_REASON_ALIGN,
				 "%#llx-%#llx: the ends of a dax region have to be multiples of %#lx",
				 range->start, range->end, align);
	if (nd_iomem_blame(range->start, range_len(range), holder) == -EBUSY)
		return nd_refuse(dev, -EBUSY, ND_REASON_CONFLICT,
				 "%#llx-%#llx is in use: %s, /proc/iomem has its name",
				 range->start, range->end, holder);
	return nd_refuse(dev, -ENOMEM, ND_REASON_RESOURCE,
			 "cannot make a dax region of %#llx-%#llx: another dax region has part of it, or no memory",
			 range->start, range->end);
}

static int hmem_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct dax_region *region;
	struct dev_dax *dev_dax;
	struct hmem_data data;
	bool idle = READ_ONCE(region_idle);
	/* a kernel without transparent huge pages maps single pages */
	unsigned long align = has_transparent_hugepage() ? PMD_SIZE : PAGE_SIZE;

	if (!find_range(pdev, &data))
		return -ENXIO;
	if (hmem_has_part(data.range.start, data.range.end + 1, CXL_CELL, compat_cxl_region_has))
		return nd_refuse(dev, -EBUSY, ND_REASON_CONFLICT,
				 "%#llx-%#llx is CXL memory: a region of /sys/bus/cxl/devices has it, and dax_cxl serves that; destroy the region to have the range here",
				 data.range.start, data.range.end);
	region = alloc_dax_region(dev, pdev->id, &data.range, data.info.target_node, align,
				  data.ram && !idle ? COMPAT_DAX_REGION_KMEM : 0);
	if (!region)
		return region_refuse(dev, &data.range, align);
	dev_dax = devm_create_dev_dax(&(struct dev_dax_data) {
		.dax_region = region,
		.id = -1,
		.size = idle ? 0 : range_len(&data.range),
	});
	compat_dax_region_put(region);
	if (IS_ERR(dev_dax))
		return nd_refuse(dev, PTR_ERR(dev_dax), ND_REASON_RESOURCE,
				 "cannot make a dax device in %#llx-%#llx", data.range.start,
				 data.range.end);
	return 0;
}

static void hmem_remove(struct platform_device *pdev)
{
	nd_diag_forget(&pdev->dev);
}
COMPAT_PLATFORM_DRIVER(hmem_remove)

static const struct attribute_group *hmem_groups[] = { &nd_diag_group, NULL };

static struct platform_driver hmem_driver = {
	.probe = hmem_probe,
	COMPAT_PLATFORM_REMOVE(hmem_remove),
	.driver = { .name = "hmem", .dev_groups = hmem_groups },
};

/* ---- making them ---- */

static struct platform_device *alloc_device(struct device *host, const struct hmem_spec *spec,
					    bool ram, int id)
{
	struct hmem_data data = {
		.info = { .target_node = spec->node },
		.range = { .start = spec->start, .end = spec->start + spec->size - 1 },
		.ram = ram,
	};
	struct platform_device *pdev = platform_device_alloc("hmem", id);

	if (!pdev)
		return NULL;
	pdev->dev.parent = host;
	set_dev_node(&pdev->dev, numa_map_to_online_node(spec->node));
	if (platform_device_add_data(pdev, &data, sizeof(data))) {
		platform_device_put(pdev);
		return NULL;
	}
	return pdev;
}

/* @host: what it lies below, or NULL. @ram: see struct hmem_data */
static struct platform_device *add_device(struct device *host, const struct hmem_spec *spec,
					  bool ram)
{
	struct platform_device *pdev;
	int rc, id = memregion_alloc(GFP_KERNEL);

	if (id < 0)
		return ERR_PTR(id);
	pdev = alloc_device(host, spec, ram, id);
	rc = pdev ? platform_device_add(pdev) : -ENOMEM;
	if (!rc)
		return pdev;
	platform_device_put(pdev);
	memregion_free(id);
	return ERR_PTR(rc);
}

static void del_device(void *data)
{
	struct platform_device *pdev = data;
	int id = pdev->id;

	platform_device_unregister(pdev);
	memregion_free(id);
}

/* ---- of firmware, on kernels that only tell them ---- */

/* Does it meet a window of the CXL core? */
static bool is_cxl(const struct hmem_spec *spec)
{
	return IS_ENABLED(CONFIG_CXL_REGION) &&
	       region_intersects(spec->start, spec->size, IORESOURCE_MEM,
				 IORES_DESC_CXL) != REGION_DISJOINT;
}

static int take_first(struct resource *res, void *first)
{
	*(struct range *)first = (struct range) { .start = res->start, .end = res->end };
	return 1;
}

static bool next_soft_reserved(u64 start, u64 end, u64 *from, u64 *to)
{
	struct range first;

	if (compat_walk_soft_reserved(start, end - 1, &first, take_first) != 1)
		return false;
	*from = first.start;
	*to = first.end + 1;
	return true;
}

/* The same, less the cells that a region of the CXL core has. */
static bool next_unassembled(u64 start, u64 end, u64 *from, u64 *to)
{
	return hmem_next_left(start, end, CXL_CELL, next_soft_reserved, compat_cxl_region_has,
			      from, to);
}

typedef int (*each_piece)(struct device *host, const struct hmem_spec *piece);

static int walk_pieces(struct device *host, int node, const struct resource *res,
		       hmem_next_entry next, each_piece each)
{
	struct hmem_spec spec = { .node = node };
	struct hmem_walk walk;
	int rc = 0;

	hmem_walk_init(&walk, res->start, resource_size(res), PMD_SIZE, next);
	while (!rc && hmem_walk_next(&walk, &spec.start, &spec.size))
		rc = each(host, &spec);
	return rc;
}

static int add_piece(struct device *host, const struct hmem_spec *piece)
{
	struct platform_device *pdev = add_device(host, piece, true);

	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	return devm_add_action_or_reset(host, del_device, pdev);
}

static void add_later(struct work_struct *work);
static DECLARE_WORK(later, add_later);

/* The host's drvdata is set while pieces wait for the CXL core. */
static int add_piece_or_wait(struct device *host, const struct hmem_spec *piece)
{
	if (!is_cxl(piece))
		return add_piece(host, piece);
	if (compat_cxl_knows_regions())
		dev_set_drvdata(host, &later);
	return 0;
}

/* The range may be all memory of HMAT's target, of which firmware has set aside a part. */
static int add_soft_reserved(struct device *host, int node, const struct resource *res)
{
	return walk_pieces(host, node, res, next_soft_reserved, add_piece_or_wait);
}

static int add_unassembled_parts(struct device *host, const struct hmem_spec *piece)
{
	struct resource res = DEFINE_RES_MEM(piece->start, piece->size);

	return is_cxl(piece) ?
	       walk_pieces(host, piece->node, &res, next_unassembled, add_piece) : 0;
}

static int add_unassembled(struct device *host, int node, const struct resource *res)
{
	return walk_pieces(host, node, res, next_soft_reserved, add_unassembled_parts);
}

/* The host of the work; a reference while it is queued. There is one such device. */
static struct device *later_host;

/* The drivers of CXL that are loaded have probed what there is; what has no region then is ours. */
static void add_later(struct work_struct *work)
{
	struct device *host = later_host;
	int rc = 0;

	wait_for_device_probe();
	scoped_guard(device, host) {
		/* unbound meanwhile, or bound again and served already */
		if (host->driver && dev_get_drvdata(host)) {
			dev_set_drvdata(host, NULL);
			rc = walk_hmem_resources(host, add_unassembled);
		}
	}
	if (rc)
		dev_err(host, "cannot make devices of soft-reserved memory in a window of CXL (%d)\n",
			rc);
	put_device(host);
}

static int hmem_platform_probe(struct platform_device *pdev)
{
	struct device *host = &pdev->dev;
	int rc = walk_hmem_resources(host, add_soft_reserved);

	if (rc || !dev_get_drvdata(host))
		return rc;
	later_host = get_device(host);
	if (!queue_work(system_long_wq, &later))
		put_device(host);
	return 0;
}

static struct platform_driver hmem_platform_driver = {
	.probe = hmem_platform_probe,
	.driver = { .name = "hmem_platform" },
};

/* ---- of the administrator ---- */

static struct hmem_spec specs[RANGES];
static struct platform_device *devices[RANGES];

static bool next_reserved(u64 start, u64 end, u64 *from, u64 *to)
{
	struct range first;

	if (walk_iomem_res_desc(IORES_DESC_RESERVED, IORESOURCE_MEM, start, end - 1, &first,
				take_first) != 1)
		return false;
	*from = first.start;
	*to = first.end + 1;
	return true;
}

/* May the bytes be used? They are about to be: no guess is good enough. */
static int check_unused(const char *text, const struct hmem_spec *spec)
{
	u64 end = spec->start + spec->size - 1;
	struct range held;

	if (region_intersects(spec->start, spec->size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
	    REGION_DISJOINT) {
		pr_err("dax_hmem: range=%s: System RAM lies in %#llx-%#llx: set it aside with memmap=SIZE$START\n",
		       text, spec->start, end);
		return -EBUSY;
	}
	/* what a driver has may be "Reserved" as well: the window of PCI configuration, for one */
	if (walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_MEM | IORESOURCE_BUSY, spec->start,
				end, &held, take_first) == 1) {
		pr_err("dax_hmem: range=%s: a driver has %#llx-%#llx of it: see /proc/iomem\n",
		       text, held.start, held.end);
		return -EBUSY;
	}
	if (region_intersects(spec->start, spec->size, IORESOURCE_MEM, IORES_DESC_RESERVED) !=
	    REGION_INTERSECTS || !hmem_all_aside(spec->start, spec->size, next_reserved)) {
		pr_err("dax_hmem: range=%s: %#llx-%#llx is not \"Reserved\" as a whole: see /proc/iomem\n",
		       text, spec->start, end);
		return -ENXIO;
	}
	return 0;
}

static int check_spec(unsigned int i)
{
	struct hmem_spec *spec = &specs[i];
	int rc = hmem_spec_parse(range[i], PMD_SIZE, spec);
	unsigned int j;

	if (!rc && spec->node >= 0 && (spec->node >= MAX_NUMNODES || !node_possible(spec->node)))
		rc = -EINVAL;
	if (rc) {
		pr_err("dax_hmem: range=%s: not SIZE@START[:NODE], multiples of %#lx and a possible node\n",
		       range[i], PMD_SIZE);
		return rc;
	}
	for (j = 0; j < i; j++)
		if (hmem_specs_overlap(spec, &specs[j])) {
			pr_err("dax_hmem: range=%s overlaps with %s\n", range[i], range[j]);
			return -EBUSY;
		}
	if (spec->node < 0)
		spec->node = phys_to_target_node(spec->start);
	return check_unused(range[i], spec);
}

static void del_ranges(void)
{
	unsigned int i;

	for (i = 0; i < nranges && devices[i]; i++)
		del_device(devices[i]);
}

/* All of them, or none and no module: a range that is missing is not to be found out later. */
static int check_ranges(void)
{
	unsigned int i;
	int rc = 0;

	for (i = 0; !rc && i < nranges; i++)
		rc = check_spec(i);
	return rc;
}

static int hmem_add_ranges(void)
{
	unsigned int i;

	for (i = 0; i < nranges; i++) {
		struct platform_device *pdev = add_device(NULL, &specs[i], false);

		if (IS_ERR(pdev)) {
			pr_err("dax_hmem: range=%s: no device can be made of it (%ld)\n", range[i],
			       PTR_ERR(pdev));
			del_ranges();
			return PTR_ERR(pdev);
		}
		devices[i] = pdev;
	}
	return 0;
}

static int __init hmem_init(void)
{
	int rc = check_ranges();

	if (rc)
		return rc;
	rc = platform_driver_register(&hmem_driver);
	if (rc)
		return rc;
	rc = platform_driver_register(&hmem_platform_driver);
	if (rc)
		goto driver;
	rc = hmem_add_ranges();
	if (rc)
		goto platform;
	return 0;
platform:
	platform_driver_unregister(&hmem_platform_driver);
	flush_work(&later);
driver:
	platform_driver_unregister(&hmem_driver);
	return rc;
}

static void __exit hmem_exit(void)
{
	del_ranges();
	platform_driver_unregister(&hmem_platform_driver);
	flush_work(&later);
	platform_driver_unregister(&hmem_driver);
}

void dax_hmem_flush_work(void);

/**
 * dax_hmem_flush_work() - wait for ranges that were put off until CXL has had its choice
 *
 * For dax_cxl of newer kernels, which registers its driver after that.
 *
 * Context: process.
 */
void dax_hmem_flush_work(void)
{
	flush_work(&later);
}
EXPORT_SYMBOL_GPL(dax_hmem_flush_work);

module_init(hmem_init);
module_exit(hmem_exit);
COMPAT_HMEM_SOFTDEP;
MODULE_ALIAS("platform:hmem*");
MODULE_ALIAS("platform:hmem_platform*");
MODULE_DESCRIPTION("Memory set aside for a purpose as devices of the dax bus");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
