// SPDX-License-Identifier: GPL-2.0
/* The DIMM behind a range: a label area, in memory that outlives the module if wanted. */
#include <linux/cleanup.h>
#include <linux/io.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>
#include <linux/vmalloc.h>
#include "provider.h"

#define PROVIDER_XFER_MAX	SZ_4K

/* Byte-addressable persistent memory: ACPI 6.5 §5.2.25.2 */
static const guid_t pmem_guid = GUID_INIT(0x66f0d379, 0xb4f3, 0x4074,
					  0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb);

int provider_dimm_init(struct provider_range *range, unsigned int nr)
{
	const struct provider_spec *spec = &range->spec;
	/* of the DIMM, not of where it is */
	u64 cookie = 0x7475635f646eull << 16 ^ spec->size ^ (u64)(nr + 1) << 56;

	if (!spec->label_size)
		return 0;
	snprintf(range->id, sizeof(range->id), "nd_provider-%u", nr);
	range->set = (struct nd_interleave_set) {
		.cookie1 = cookie,
		.cookie2 = cookie,
		.altcookie = cookie,
		.type_guid = pmem_guid,
	};
	if (spec->locked)
		provider_passphrase(&range->security);
	atomic_set(&range->label_errors, spec->errors);
	range->security.locked = spec->locked;
	range->security.frozen = spec->frozen;
	if (spec->label_at)
		range->labels = memremap(spec->label_at, spec->label_size, ARCH_MEMREMAP_PMEM);
	else
		range->labels = vzalloc(spec->label_size);
	return range->labels ? 0 : -ENOMEM;
}

void provider_dimm_exit(struct provider_range *range)
{
	if (range->labels && range->spec.label_at)
		memunmap(range->labels);
	else
		vfree(range->labels);
	range->labels = NULL;
}

int provider_dimm_add(struct provider_range *range)
{
	const unsigned long cmds = BIT(ND_CMD_GET_CONFIG_SIZE) | BIT(ND_CMD_GET_CONFIG_DATA) |
				   BIT(ND_CMD_SET_CONFIG_DATA);

	range->nvdimm = __nvdimm_create(range->bus->bus, range, provider_dimm_groups, 0, cmds, 0,
					NULL, range->id, &provider_security_ops, NULL);
	return range->nvdimm ? 0 : -ENXIO;
}

static bool inside(const struct provider_range *range, u32 offset, u32 n)
{
	return n <= PROVIDER_XFER_MAX && offset <= range->spec.label_size &&
	       n <= range->spec.label_size - offset;
}

static int get_size(const struct provider_range *range, void *buf, unsigned int len)
{
	if (len < sizeof(struct nd_cmd_get_config_size))
		return -EINVAL;
	*(struct nd_cmd_get_config_size *)buf = (struct nd_cmd_get_config_size) {
		.config_size = range->spec.label_size,
		.max_xfer = min_t(u32, range->spec.label_size, PROVIDER_XFER_MAX),
	};
	return 0;
}

static int get_data(const struct provider_range *range, struct nd_cmd_get_config_data_hdr *cmd,
		    unsigned int len)
{
	if (len < sizeof(*cmd) || !inside(range, cmd->in_offset, cmd->in_length) ||
	    cmd->in_length > len - sizeof(*cmd))
		return -EINVAL;
	cmd->status = 0;
	return copy_mc_to_kernel(cmd->out_buf, range->labels + cmd->in_offset, cmd->in_length) ?
		-EIO : 0;
}

static int set_data(struct provider_range *range, struct nd_cmd_set_config_hdr *cmd,
		    unsigned int len)
{
	const u32 status = sizeof(u32);

	if (len < sizeof(*cmd) + status || !inside(range, cmd->in_offset, cmd->in_length) ||
	    cmd->in_length > len - sizeof(*cmd) - status)
		return -EINVAL;
	memcpy_flushcache(range->labels + cmd->in_offset, cmd->in_buf, cmd->in_length);
	pmem_wmb();
	put_unaligned((u32)0, (u32 *)(cmd->in_buf + cmd->in_length));
	return 0;
}

static int run(struct provider_range *range, unsigned int cmd, void *buf, unsigned int len,
	       int *cmd_rc)
{
	int rc;

	guard(mutex)(&range->lock);
	switch (cmd) {
	case ND_CMD_GET_CONFIG_SIZE:
		rc = get_size(range, buf, len);
		break;
	case ND_CMD_GET_CONFIG_DATA:
		rc = range->security.locked ? 0 : get_data(range, buf, len);
		break;
	case ND_CMD_SET_CONFIG_DATA:
		rc = range->security.locked ? 0 : set_data(range, buf, len);
		break;
	default:
		return -ENOTTY;
	}
	if (cmd_rc)
		*cmd_rc = range->security.locked ? -EACCES :
			  provider_goes_wrong(&range->label_errors) ? -EIO : 0;
	return rc;
}

int provider_dimm_command(struct provider_range *range, unsigned int cmd, void *buf,
			  unsigned int len, int *cmd_rc)
{
	int rc;

	provider_hold_enter(range);
	rc = run(range, cmd, buf, len, cmd_rc);
	provider_hold_leave(range);
	return rc;
}
