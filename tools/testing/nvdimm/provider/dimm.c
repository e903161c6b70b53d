// SPDX-License-Identifier: GPL-2.0
/* The DIMMs behind a range: label areas, in memory that outlives the module if wanted. */
#include <linux/cleanup.h>
#include <linux/io.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>
#include <linux/vmalloc.h>
#include "provider.h"

#define PROVIDER_XFER_MAX	SZ_4K

/* Byte-addressable persistent memory: ACPI 6.5 §5.2.25.2 */
static const guid_t pmem_guid = GUID_INIT(0x66f0d379, 0xb4f3, 0x4074,
					  0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb);

struct provider_dimm *provider_find_dimm(u32 nr)
{
	for (unsigned int i = 0; i < provider_nranges; i++) {
		struct provider_range *range = &provider_ranges[i];

		if (!range->dimms)
			continue;
		if (nr < range->spec.dimms)
			return &range->dimms[nr];
		nr -= range->spec.dimms;
	}
	return NULL;
}

static int init_one(struct provider_dimm *dimm, struct provider_range *range, unsigned int nr)
{
	const struct provider_spec *spec = &range->spec;
	unsigned int i = dimm - range->dimms;

	dimm->range = range;
	mutex_init(&dimm->lock);
	if (i)
		snprintf(dimm->id, sizeof(dimm->id), "nd_provider-%u.%u", nr, i);
	else
		snprintf(dimm->id, sizeof(dimm->id), "nd_provider-%u", nr);
	if (spec->locked)
		provider_passphrase(&dimm->security);
	atomic_set(&dimm->label_errors, spec->errors);
	dimm->security.locked = spec->locked;
	dimm->security.frozen = spec->frozen;
	if (!spec->label_size)
		return 0;
	if (spec->label_at)
		dimm->labels = memremap(spec->label_at + (u64)i * spec->label_size,
					spec->label_size, ARCH_MEMREMAP_PMEM);
	else
		dimm->labels = vzalloc(spec->label_size);
	return dimm->labels ? 0 : -ENOMEM;
}

/* DIMMs of one range before it, on the same bus. */
static int borrow_dimms(struct provider_range *range)
{
	const struct provider_spec *spec = &range->spec;
	struct provider_dimm *first = provider_find_dimm(spec->on);
	struct provider_dimm *last = provider_find_dimm(spec->on + spec->dimms - 1);

	if (!first || !last || first->range != last->range ||
	    first->range->spec.bus != spec->bus) {
		pr_err("nd_provider: on=%d: no %u DIMMs of one range before it, on its bus\n",
		       spec->on, spec->dimms);
		return -EINVAL;
	}
	range->maps = first;
	return 0;
}

int provider_dimms_init(struct provider_range *range, unsigned int nr)
{
	const struct provider_spec *spec = &range->spec;
	/* of the DIMMs, not of where they are */
	u64 cookie = spec->cookie ?: 0x7475635f646eull << 16 ^ spec->size ^ (u64)(nr + 1) << 56;
	int rc = 0;

	if (!spec->own_dimms && spec->on < 0)
		return 0;
	range->set = (struct nd_interleave_set) {
		.cookie1 = cookie,
		.cookie2 = cookie,
		.altcookie = spec->altcookie ?: cookie,
		.type_guid = pmem_guid,
	};
	if (spec->on >= 0)
		return borrow_dimms(range);
	range->dimms = kcalloc(spec->dimms, sizeof(*range->dimms), GFP_KERNEL);
	if (!range->dimms)
		return -ENOMEM;
	range->maps = range->dimms;
	for (unsigned int i = 0; i < spec->dimms && !rc; i++)
		rc = init_one(&range->dimms[i], range, nr);
	return rc;
}

void provider_dimms_exit(struct provider_range *range)
{
	for (unsigned int i = 0; range->dimms && i < range->spec.dimms; i++) {
		void *labels = range->dimms[i].labels;

		if (labels && range->spec.label_at)
			memunmap(labels);
		else
			vfree(labels);
	}
	kfree(range->dimms);
	range->dimms = NULL;
	range->maps = NULL;
}

int provider_dimms_add(struct provider_range *range)
{
	unsigned long cmds = 0, flags = 0;

	if (range->spec.label_size) {
		cmds = BIT(ND_CMD_GET_CONFIG_SIZE) | BIT(ND_CMD_GET_CONFIG_DATA) |
		       BIT(ND_CMD_SET_CONFIG_DATA);
		flags = range->spec.bare ? 0 : BIT(NDD_LABELING);
	}

	for (unsigned int i = 0; i < range->spec.dimms; i++) {
		struct provider_dimm *dimm = &range->dimms[i];

		dimm->nvdimm = __nvdimm_create(range->bus->bus, dimm, provider_dimm_groups,
					       flags, cmds, 0, NULL, dimm->id,
					       &provider_security_ops, NULL);
		if (!dimm->nvdimm)
			return -ENXIO;
	}
	return 0;
}

static bool inside(const struct provider_dimm *dimm, u32 offset, u32 n)
{
	return n <= PROVIDER_XFER_MAX && offset <= dimm->range->spec.label_size &&
	       n <= dimm->range->spec.label_size - offset;
}

static int get_size(const struct provider_dimm *dimm, void *buf, unsigned int len)
{
	if (len < sizeof(struct nd_cmd_get_config_size))
		return -EINVAL;
	*(struct nd_cmd_get_config_size *)buf = (struct nd_cmd_get_config_size) {
		.config_size = dimm->range->spec.label_size,
		.max_xfer = min_t(u32, dimm->range->spec.label_size, PROVIDER_XFER_MAX),
	};
	return 0;
}

static int get_data(const struct provider_dimm *dimm, struct nd_cmd_get_config_data_hdr *cmd,
		    unsigned int len)
{
	if (len < sizeof(*cmd) || !inside(dimm, cmd->in_offset, cmd->in_length) ||
	    cmd->in_length > len - sizeof(*cmd))
		return -EINVAL;
	cmd->status = 0;
	return copy_mc_to_kernel(cmd->out_buf, dimm->labels + cmd->in_offset, cmd->in_length) ?
		-EIO : 0;
}

static int set_data(struct provider_dimm *dimm, struct nd_cmd_set_config_hdr *cmd,
		    unsigned int len)
{
	const u32 status = sizeof(u32);

	if (len < sizeof(*cmd) + status || !inside(dimm, cmd->in_offset, cmd->in_length) ||
	    cmd->in_length > len - sizeof(*cmd) - status)
		return -EINVAL;
	if (dimm->range->spec.label_at) {
		memcpy_flushcache(dimm->labels + cmd->in_offset, cmd->in_buf, cmd->in_length);
		pmem_wmb();
	} else {
		memcpy(dimm->labels + cmd->in_offset, cmd->in_buf, cmd->in_length);
	}
	put_unaligned((u32)0, (u32 *)(cmd->in_buf + cmd->in_length));
	return 0;
}

/* What firmware says of a command that it has taken. */
static int outcome(struct provider_dimm *dimm)
{
	if (dimm->security.locked)
		return -EACCES;
	return !provider_goes_wrong(&dimm->label_well) &&
	       provider_goes_wrong(&dimm->label_errors) ? -EIO : 0;
}

static int run(struct provider_dimm *dimm, unsigned int cmd, void *buf, unsigned int len,
	       int *cmd_rc)
{
	int rc;

	guard(mutex)(&dimm->lock);
	switch (cmd) {
	case ND_CMD_GET_CONFIG_SIZE:
		rc = get_size(dimm, buf, len);
		break;
	case ND_CMD_GET_CONFIG_DATA:
		rc = dimm->security.locked ? 0 : get_data(dimm, buf, len);
		break;
	case ND_CMD_SET_CONFIG_DATA:
		rc = dimm->security.locked ? 0 : set_data(dimm, buf, len);
		break;
	default:
		return -ENOTTY;
	}
	if (cmd_rc)
		*cmd_rc = outcome(dimm);
	return rc;
}

int provider_dimm_command(struct provider_dimm *dimm, unsigned int cmd, void *buf,
			  unsigned int len, int *cmd_rc)
{
	int rc;

	provider_hold_enter(dimm);
	rc = run(dimm, cmd, buf, len, cmd_rc);
	provider_hold_leave(dimm);
	return rc;
}
