// SPDX-License-Identifier: GPL-2.0
/*
 * A provider for tests: DIMMs that are label areas in memory, in interleave sets
 * of any shape. It speaks the interface that libnvdimm shares with in-tree, so
 * that either can be loaded below it and asked what it makes of the same labels.
 */
#include <linux/fs.h>
#include <linux/libnvdimm.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/ndctl.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "fake_dimms.h"

#define FAKE_XFER	4096
#define FAKE_WRITE_MAX	(32u << 20)

struct fake_bus {
	struct nvdimm_bus_descriptor desc;
	struct nvdimm_bus *bus;
	struct fake_machine m;
	struct nvdimm *nvdimm[FAKE_DIMMS_MAX];
	u8 *area[FAKE_DIMMS_MAX];
	struct nd_interleave_set set[FAKE_DIMMS_MAX];
};

static DEFINE_MUTEX(fake_lock);		/* one machine at a time */
static struct fake_bus *fake;
static struct platform_device *fake_parent;

/* ---- commands ---- */

static bool in_area(const struct fake_bus *f, u32 offset, u32 len)
{
	return len <= FAKE_XFER && offset <= f->m.area_size && len <= f->m.area_size - offset;
}

static int fake_ndctl(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm, unsigned int cmd,
		      void *buf, unsigned int len, int *cmd_rc)
{
	struct fake_bus *f = container_of(desc, struct fake_bus, desc);
	u8 *area = nvdimm_provider_data(nvdimm);
	struct nd_cmd_get_config_data_hdr *get = buf;
	struct nd_cmd_set_config_hdr *set = buf;
	struct nd_cmd_get_config_size *size = buf;

	*cmd_rc = 0;
	if (!nvdimm)
		return -ENOTTY;
	switch (cmd) {
	case ND_CMD_GET_CONFIG_SIZE:
		*size = (struct nd_cmd_get_config_size) {
			.config_size = f->m.area_size,
			.max_xfer = FAKE_XFER,
		};
		return 0;
	case ND_CMD_GET_CONFIG_DATA:
		if (!in_area(f, get->in_offset, get->in_length) ||
		    len < sizeof(*get) + get->in_length)
			return -EINVAL;
		get->status = 0;
		memcpy(get->out_buf, area + get->in_offset, get->in_length);
		return 0;
	case ND_CMD_SET_CONFIG_DATA:
		if (!in_area(f, set->in_offset, set->in_length) ||
		    len < sizeof(*set) + set->in_length + sizeof(u32))
			return -EINVAL;
		memcpy(area + set->in_offset, set->in_buf, set->in_length);
		memset(set->in_buf + set->in_length, 0, sizeof(u32));
		return 0;
	default:
		return -ENOTTY;
	}
}

/* ---- a machine comes and goes ---- */

static void fake_drop(void)
{
	u32 i;

	if (!fake)
		return;
	nvdimm_bus_unregister(fake->bus);
	for (i = 0; i < fake->m.ndimms; i++)
		kvfree(fake->area[i]);
	kvfree(fake);
	fake = NULL;
}

static int fake_dimms_create(struct fake_bus *f)
{
	const unsigned long cmds = BIT(ND_CMD_GET_CONFIG_SIZE) | BIT(ND_CMD_GET_CONFIG_DATA) |
				   BIT(ND_CMD_SET_CONFIG_DATA);
	u32 i;

	for (i = 0; i < f->m.ndimms; i++) {
		f->nvdimm[i] = nvdimm_create(f->bus, f->area[i], NULL, BIT(NDD_LABELING), cmds, 0,
					     NULL);
		if (!f->nvdimm[i])
			return -ENOMEM;
	}
	return nvdimm_bus_check_dimm_count(f->bus, f->m.ndimms);
}

static int fake_region_create(struct fake_bus *f, u32 r)
{
	struct nd_mapping_desc mapping[ND_MAX_MAPPINGS] = { };
	u32 i, ways = f->m.ndimms / f->m.nregions;
	u64 size = f->m.dimm_size * ways;
	struct resource res = {
		.start = f->m.base + r * size,
		.end = f->m.base + (r + 1) * size - 1,
		.flags = IORESOURCE_MEM,
	};
	struct nd_region_desc desc = {
		.res = &res,
		.mapping = mapping,
		.num_mappings = ways,
		.nd_set = &f->set[r],
		.numa_node = NUMA_NO_NODE,
		.target_node = NUMA_NO_NODE,
	};

	f->set[r] = (struct nd_interleave_set) {
		.cookie1 = f->m.cookie + r,
		.cookie2 = f->m.cookie + r,
		.altcookie = f->m.cookie + r,
	};
	for (i = 0; i < ways; i++)
		mapping[i] = (struct nd_mapping_desc) {
			.nvdimm = f->nvdimm[r * ways + i],
			.size = f->m.dimm_size,
			.position = i,
		};
	return nvdimm_pmem_region_create(f->bus, &desc) ? 0 : -ENXIO;
}

static int fake_populate(struct fake_bus *f)
{
	u64 region = f->m.ndimms ? f->m.dimm_size * (f->m.ndimms / f->m.nregions) : 0;
	int rc = fake_dimms_create(f);
	u32 i;

	for (i = 0; i < f->m.nbad && !rc; i++)
		rc = nvdimm_bus_add_badrange(f->bus, f->m.base + region / f->m.nbad * i, 512);
	for (i = 0; i < f->m.nregions && !rc; i++)
		rc = fake_region_create(f, i);
	return rc;
}

static int fake_register(struct fake_bus *f)
{
	f->desc = (struct nvdimm_bus_descriptor) {
		.provider_name = "fake_dimms",
		.module = THIS_MODULE,
		.ndctl = fake_ndctl,
	};
	f->bus = nvdimm_bus_register(&fake_parent->dev, &f->desc);
	return f->bus ? fake_populate(f) : -ENXIO;
}

/* ---- what is written ---- */

static bool sane(const struct fake_machine *m)
{
	if (m->magic != FAKE_MAGIC || m->ndimms > FAKE_DIMMS_MAX)
		return false;
	if (!m->ndimms)
		return true;
	return m->nregions && m->nregions <= m->ndimms && m->ndimms % m->nregions == 0 &&
	       m->ndimms / m->nregions <= ND_MAX_MAPPINGS && m->area_size >= 1024 &&
	       m->area_size <= 1 << 20 && PAGE_ALIGNED(m->dimm_size | m->base) && m->dimm_size;
}

static int fake_fill(struct fake_bus *f, const u8 *p, size_t left)
{
	while (left) {
		const struct fake_bytes *b = (const void *)p;
		size_t len;

		if (left < sizeof(*b))
			return -EINVAL;
		len = sizeof(*b) + ALIGN((size_t)b->len, 8);
		if (len > left || b->dimm >= f->m.ndimms || b->len > f->m.area_size ||
		    b->offset > f->m.area_size - b->len)
			return -EINVAL;
		memcpy(f->area[b->dimm] + b->offset, b + 1, b->len);
		p += len;
		left -= len;
	}
	return 0;
}

static int fake_make(const u8 *bytes, size_t len)
{
	struct fake_bus *f;
	int rc = 0;
	u32 i;

	fake_drop();
	f = kvzalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	memcpy(&f->m, bytes, sizeof(f->m));
	for (i = 0; i < f->m.ndimms; i++) {
		f->area[i] = kvzalloc(f->m.area_size, GFP_KERNEL);
		if (!f->area[i])
			rc = -ENOMEM;
	}
	fake = f;
	if (!rc)
		rc = fake_fill(f, bytes + sizeof(f->m), len - sizeof(f->m));
	if (!rc && f->m.ndimms)
		rc = fake_register(f);
	if (rc || !f->m.ndimms)
		fake_drop();
	return rc;
}

static ssize_t fake_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	u8 *bytes;
	int rc;

	if (len < sizeof(struct fake_machine) || len > FAKE_WRITE_MAX)
		return -EINVAL;
	bytes = vmemdup_user(from, len);
	if (IS_ERR(bytes))
		return PTR_ERR(bytes);
	mutex_lock(&fake_lock);
	rc = sane((const struct fake_machine *)bytes) ? fake_make(bytes, len) : -EINVAL;
	mutex_unlock(&fake_lock);
	kvfree(bytes);
	return rc ?: len;
}

static const struct file_operations fake_fops = {
	.owner = THIS_MODULE,
	.write = fake_write,
	.llseek = noop_llseek,
};

static struct miscdevice fake_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "fake_dimms",
	.fops = &fake_fops,
};

static int __init fake_init(void)
{
	int rc;

	fake_parent = platform_device_register_simple("fake_dimms", -1, NULL, 0);
	if (IS_ERR(fake_parent))
		return PTR_ERR(fake_parent);
	rc = misc_register(&fake_misc);
	if (rc)
		platform_device_unregister(fake_parent);
	return rc;
}

static void __exit fake_exit(void)
{
	misc_deregister(&fake_misc);
	fake_drop();
	platform_device_unregister(fake_parent);
}

MODULE_DESCRIPTION("Test provider: label areas in memory, interleave sets of any shape");
MODULE_LICENSE("GPL");
module_init(fake_init);
module_exit(fake_exit);
