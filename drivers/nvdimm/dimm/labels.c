// SPDX-License-Identifier: GPL-2.0
/*
 * A DIMM's label area: label_io over the provider's commands, and the decoded
 * labels that regions read. Everything here is under nvdimm.labels.
 */
#include <linux/device.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/ndctl.h>
#include <linux/slab.h>
#include "core/command.h"
#include "core/trace.h"
#include "dimm/dimm.h"
#include "label/label.h"

int nvdimm_command(struct nvdimm *nvdimm, unsigned int cmd, void *buf, u32 len)
{
	struct nvdimm_bus_descriptor *desc = to_nd_desc(to_nvdimm_bus(nvdimm->dev.parent));
	int rc = nd_command(desc, nvdimm, cmd, buf, len);

	return rc > 0 ? -EIO : rc;
}

int nvdimm_labels_refused(struct nvdimm *nvdimm, int rc, const char *what)
{
	if (rc == -EACCES) {
		set_bit(NDD_LOCKED, &nvdimm->flags);
		return nd_refuse(&nvdimm->dev, rc, ND_REASON_LOCKED,
				 "the DIMM is locked and does not let its %s be read: unlock it, then enable it",
				 what);
	}
	return nd_refuse(&nvdimm->dev, rc, rc == -ENOMEM ? ND_REASON_RESOURCE : ND_REASON_FIRMWARE,
			 "the %s cannot be read", what);
}

static int nvdimm_label_read(void *ctx, u32 off, void *buf, u32 len)
{
	struct nvdimm *nvdimm = ctx;
	struct nd_cmd_get_config_data_hdr *cmd = nvdimm->xfer;
	u32 n;
	int rc;

	if (off > nvdimm->area.size || len > nvdimm->area.size - off)
		return -ENXIO;
	for (; len; off += n, buf += n, len -= n) {
		n = min(len, nvdimm->max_xfer);
		*cmd = (struct nd_cmd_get_config_data_hdr) { .in_offset = off, .in_length = n };
		memset(cmd->out_buf, 0, n);
		rc = nvdimm_command(nvdimm, ND_CMD_GET_CONFIG_DATA, cmd, sizeof(*cmd) + n);
		if (rc)
			return rc;
		memcpy(buf, cmd->out_buf, n);
	}
	return 0;
}

static int nvdimm_label_write(void *ctx, u32 off, const void *buf, u32 len)
{
	struct nvdimm *nvdimm = ctx;
	struct nd_cmd_set_config_hdr *cmd = nvdimm->xfer;
	u32 n;
	int rc;

	if (!test_bit(ND_CMD_SET_CONFIG_DATA, &nvdimm->cmd_mask))
		return -EROFS;
	if (off > nvdimm->area.size || len > nvdimm->area.size - off)
		return -ENXIO;
	for (; len; off += n, buf += n, len -= n) {
		n = min(len, nvdimm->max_xfer);
		*cmd = (struct nd_cmd_set_config_hdr) { .in_offset = off, .in_length = n };
		memcpy(cmd->in_buf, buf, n);
		/* the status comes behind the data */
		memset(cmd->in_buf + n, 0, sizeof(u32));
		trace_nd_label_write(&nvdimm->dev, off, n);
		rc = nvdimm_command(nvdimm, ND_CMD_SET_CONFIG_DATA, cmd,
				    sizeof(*cmd) + n + sizeof(u32));
		if (rc)
			return rc;
	}
	return 0;
}

struct label_io nvdimm_label_io(struct nvdimm *nvdimm)
{
	return (struct label_io) {
		.read = nvdimm_label_read,
		.write = nvdimm_label_write,
		.ctx = nvdimm,
		.max_xfer = nvdimm->max_xfer,
	};
}

int nvdimm_labels_alloc(struct nvdimm *nvdimm, u32 size, u32 max_xfer)
{
	/* status and two fields: as much as either command has beside the data */
	const u32 head = sizeof(struct nd_cmd_get_config_data_hdr);

	lockdep_assert_held(&nvdimm->labels);
	nvdimm->max_xfer = min3(max_xfer, size, ENVELOPE_MAX - head);
	nvdimm->area = (struct label_area) {
		.data = kvzalloc(size, GFP_KERNEL),
		.size = size,
	};
	nvdimm->label = kvcalloc(label_nslot_max(size), sizeof(*nvdimm->label), GFP_KERNEL);
	nvdimm->xfer = kvmalloc(head + nvdimm->max_xfer, GFP_KERNEL);
	if (nvdimm->area.data && nvdimm->label && nvdimm->xfer)
		return 0;
	nvdimm_labels_free(nvdimm);
	return -ENOMEM;
}

/* No label is known, or none is left. */
static void nvdimm_labels_none(struct nvdimm *nvdimm)
{
	u32 slot;

	for (slot = 0; nvdimm->label && slot < nvdimm->label_end; slot++)
		nvdimm->label[slot].size = 0;
	nvdimm->label_end = 0;
	nvdimm->nlabel = 0;
	nvdimm->nbad = 0;
	WRITE_ONCE(nvdimm->changes, nvdimm->changes + 1);
}

void nvdimm_labels_free(struct nvdimm *nvdimm)
{
	lockdep_assert_held(&nvdimm->labels);
	kvfree(nvdimm->area.data);
	kvfree(nvdimm->label);
	kvfree(nvdimm->xfer);
	nvdimm->area = (struct label_area) { };
	nvdimm->label = NULL;
	nvdimm->xfer = NULL;
	nvdimm_labels_none(nvdimm);
}

static enum nd_reason nvdimm_label_decode(struct nvdimm *nvdimm, u32 slot)
{
	struct nd_label *label = &nvdimm->label[slot];
	enum nd_reason reason = label_area_get(&nvdimm->area, slot, label);

	if (reason == ND_REASON_OK) {
		nvdimm->nlabel++;
		nvdimm->label_end = max(nvdimm->label_end, slot + 1);
	} else {
		label->size = 0;
	}
	return reason;
}

/*
 * Decode every active slot. A bad one stays active: only its own writer may
 * know better. Worth a line in the log once, when it is read from the media.
 */
static void nvdimm_labels_decode(struct nvdimm *nvdimm, bool fresh)
{
	const struct label_area *area = &nvdimm->area;
	enum nd_reason reason;
	u32 slot;

	nvdimm_labels_none(nvdimm);
	for (slot = label_next_active(area, 0); slot < area->nslot;
	     slot = label_next_active(area, slot + 1)) {
		reason = nvdimm_label_decode(nvdimm, slot);
		if (reason != ND_REASON_OK && !nvdimm->nbad++) {
			nvdimm->bad_slot = slot;
			nvdimm->bad_reason = reason;
		}
	}
	if (!nvdimm->nbad)
		nd_ok(&nvdimm->dev);
	else if (fresh)
		nd_remark(&nvdimm->dev, -EBADMSG, nvdimm->bad_reason,
			  "label slot %u is not valid and is passed over (%u of %u active slots are bad)",
			  nvdimm->bad_slot, nvdimm->nbad, nvdimm->nbad + nvdimm->nlabel);
}

int nvdimm_labels_reload(struct nvdimm *nvdimm)
{
	struct label_area *area = &nvdimm->area;
	struct label_io io = nvdimm_label_io(nvdimm);
	struct device *dev = &nvdimm->dev;
	enum nd_reason reason = ND_REASON_OK;
	int rc;

	lockdep_assert_held(&nvdimm->labels);
	rc = label_area_load(area, &io, &reason);
	if (rc)
		return nvdimm_labels_refused(nvdimm, rc, "label area");
	nvdimm->ruined = !area->valid && reason != ND_REASON_NO_INDEX;
	/* labels are there to be kept, in reach or not: regions are no bare ranges any more */
	if (area->valid || nvdimm->ruined)
		set_bit(NDD_LABELING, &nvdimm->flags);
	if (area->valid) {
		nvdimm_labels_decode(nvdimm, true);
		return 0;
	}
	nvdimm_labels_none(nvdimm);
	if (!nvdimm->ruined)
		nd_note(dev, -ENODATA, reason, "the label area of %u bytes is blank", area->size);
	else if (area->newer)
		nd_remark(dev, -EOPNOTSUPP, reason,
			  "the label area was written by newer software, in a version of labels that is not known here: nothing in it is used or changed");
	else
		nd_remark(dev, -EBADMSG, reason,
			  "no index block of the label area of %u bytes can be trusted: its labels are out of reach",
			  area->size);
	return 0;
}

/* What went, then what came, perhaps to a slot that has just become free. */
static void nvdimm_labels_apply(struct nvdimm *nvdimm, const struct label_change *change)
{
	u32 i;

	for (i = 0; i < change->ndrop; i++) {
		struct nd_label *label = &nvdimm->label[change->drop[i]];

		nvdimm->nlabel -= !!label->size;
		label->size = 0;
	}
	for (i = 0; i < change->nadd; i++)
		nvdimm_label_decode(nvdimm, change->add[i].slot);
	WRITE_ONCE(nvdimm->changes, nvdimm->changes + 1);
	if (!nvdimm->nbad)
		nd_ok(&nvdimm->dev);
}

void nvdimm_labels_follow(struct nvdimm *nvdimm, const struct label_change *change)
{
	lockdep_assert_held(&nvdimm->labels);
	if (!nvdimm->area.data)
		return;
	if (nvdimm->area.stale) {
		nvdimm_labels_reload(nvdimm);
		return;
	}
	if (nvdimm->area.valid)
		set_bit(NDD_LABELING, &nvdimm->flags);
	if (change)
		nvdimm_labels_apply(nvdimm, change);
	else
		nvdimm_labels_decode(nvdimm, false);
}

int nvdimm_use(struct nvdimm *nvdimm)
{
	int rc = 0;

	guard(mutex)(&nvdimm->labels);
	/* the second is somebody else's, which may be noticed at any moment */
	if (nvdimm->wiping || nvdimm_in_overwrite(nvdimm))
		return -EBUSY;
	/* what could not be read perhaps can be now, and no other region goes by what was */
	if (nvdimm->bound && (nvdimm->area.stale || (nvdimm->area.lost && !nvdimm->users)))
		rc = nvdimm_labels_reload(nvdimm);
	if (!rc)
		WRITE_ONCE(nvdimm->users, nvdimm->users + 1);
	return rc;
}

void nvdimm_unuse(struct nvdimm *nvdimm)
{
	guard(mutex)(&nvdimm->labels);
	WRITE_ONCE(nvdimm->users, nvdimm->users - 1);
}

/**
 * nvdimm_in_overwrite() - is the DIMM being wiped?
 * @nvdimm: the DIMM
 *
 * Context: any. Return: 1 when its media must not be touched, else 0.
 */
int nvdimm_in_overwrite(struct nvdimm *nvdimm)
{
	return test_bit(NDD_SECURITY_OVERWRITE, &nvdimm->flags);
}
EXPORT_SYMBOL_GPL(nvdimm_in_overwrite);

int nvdimm_wipe_begin(struct nvdimm *nvdimm)
{
	guard(mutex)(&nvdimm->labels);
	if (nvdimm->users || nvdimm->wiping)
		return -EBUSY;
	nvdimm->wiping = true;
	return 0;
}

void nvdimm_wipe_end(struct nvdimm *nvdimm, bool changed)
{
	scoped_guard(mutex, &nvdimm->labels) {
		nvdimm->wiping = false;
		if (changed)
			atomic_inc(&nvdimm->contents);
		/* some firmware wipes the labels along */
		if (changed && nvdimm->area.data)
			nvdimm->area.stale = true;
	}
	nd_bus_dimm_event(nvdimm->dev.parent, nvdimm, ND_DIMM_READY);
}

u32 nvdimm_available_slots(const struct nvdimm *nvdimm)
{
	const struct label_area *area = &nvdimm->area;
	/* the first label would be written in the current version */
	u32 nfree = area->valid ? area->nfree : label_nslot(area->size, ND_LABEL_V1_2_SIZE);

	return nfree ? nfree - 1 : 0;
}

/**
 * nd_fletcher64() - Fletcher-64 over 32-bit words
 * @addr: data, aligned to 4
 * @len: bytes; what is beyond the last whole word does not count
 * @le: words are little endian, as on media; else in CPU order
 *
 * Context: any.
 * Return: the checksum.
 */
u64 nd_fletcher64(void *addr, size_t len, bool le)
{
	const u32 *word = addr;
	size_t n = len / sizeof(*word);
	u32 lo = 0;
	u64 hi = 0;

	if (le)
		return label_fletcher64(addr, n * sizeof(*word));
	while (n--) {
		lo += *word++;
		hi += lo;
	}
	return hi << 32 | lo;
}
EXPORT_SYMBOL_GPL(nd_fletcher64);
