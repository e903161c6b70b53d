// SPDX-License-Identifier: GPL-2.0
/*
 * A DIMM whose label area is the tail of the range itself: the three label
 * commands, by loads that survive poison and stores that are durable when the
 * command returns.
 */
#include <linux/io.h>
#include <linux/ndctl.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>
#include "common/diag.h"
#include "common/iomem.h"
#include "e820/e820.h"

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

int e820_labels_map(struct device *dev, struct e820_range *range)
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

int e820_labels_add(struct nvdimm_bus *bus, struct e820_range *range)
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

int e820_labels_ctl(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm, unsigned int cmd,
		    void *buf, unsigned int len, int *cmd_rc)
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
