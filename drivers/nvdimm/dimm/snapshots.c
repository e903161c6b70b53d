// SPDX-License-Identifier: GPL-2.0
/*
 * Snapshots of a DIMM's label area: the last good images, so that a namespace
 * destroyed, or labels initialised, by mistake can be had back.
 *
 * One is taken when the driver binds, before a namespace is destroyed, and before
 * userspace writes to the area; unless it would equal the newest. They are kept in
 * memory as long as the DIMM's device, the oldest goes first. ndctl write-labels
 * writes one back. Everything here is under nvdimm.labels.
 */
#include <linux/device.h>
#include <linux/kernfs.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/timekeeping.h>
#include "dimm/dimm.h"
#include "label/image.h"

struct nd_snapshot {
	struct label_image image;
	time64_t taken;
	enum nd_occasion occasion;
	unsigned long serial;		/* no other one of the DIMM has it */
};

static void snapshot_free(struct nd_snapshot *snapshot)
{
	if (!snapshot)
		return;
	kvfree(snapshot->image.data);
	kfree(snapshot);
}

void nvdimm_snapshots_free(struct nvdimm *nvdimm)
{
	unsigned int i;

	for (i = 0; i < ND_SNAPSHOTS; i++)
		snapshot_free(nvdimm->snapshot[i]);
}

static struct nd_snapshot *snapshot_take(struct nvdimm *nvdimm, enum nd_occasion occasion)
{
	struct nd_snapshot *new = kzalloc(sizeof(*new), GFP_KERNEL);

	if (!new)
		return NULL;
	new->image.data = kvmalloc(label_image_bytes(&nvdimm->area), GFP_KERNEL);
	if (!new->image.data) {
		kfree(new);
		return NULL;
	}
	label_image_take(&new->image, &nvdimm->area);
	new->taken = ktime_get_real_seconds();
	new->occasion = occasion;
	new->serial = ++nvdimm->snapshots;
	return new;
}

void nvdimm_snapshot(struct nvdimm *nvdimm, enum nd_occasion occasion)
{
	struct nd_snapshot **all = nvdimm->snapshot;
	const struct label_area *area = &nvdimm->area;
	struct nd_snapshot *new;

	lockdep_assert_held(&nvdimm->labels);
	if (!area->valid || area->stale || (all[0] && label_image_same(&all[0]->image, area)))
		return;
	new = snapshot_take(nvdimm, occasion);
	if (!new) {
		/* no reason to refuse what is about to be done */
		dev_warn(&nvdimm->dev, "no memory for a snapshot of the labels\n");
		return;
	}
	snapshot_free(all[ND_SNAPSHOTS - 1]);
	memmove(all + 1, all, (ND_SNAPSHOTS - 1) * sizeof(*all));
	all[0] = new;
}

/* ---- giving up one label ---- */

/* May the labels be changed by hand? If so, they are as the media has them. */
static int snapshot_check_idle(struct nvdimm *nvdimm)
{
	struct device *dev = &nvdimm->dev;

	if (!nvdimm->bound)
		return nd_note(dev, -ENXIO, ND_REASON_DISABLED, "enable %s first", dev_name(dev));
	if (nvdimm->users)
		return nd_note(dev, -EBUSY, ND_REASON_BUSY,
			       "labels are in use by an enabled region: disable it first");
	if (nvdimm->wiping || nvdimm_in_overwrite(nvdimm))
		return nd_note(dev, -EBUSY, ND_REASON_BUSY, "the DIMM is being overwritten");
	return nvdimm->area.stale ? nvdimm_labels_reload(nvdimm) : 0;
}

/* Whatever the label says, or cannot say any more: it goes, and with it its claim to the space. */
static int drop_slot(struct nvdimm *nvdimm, u32 slot)
{
	struct label_change change = { .drop = &slot, .ndrop = 1, .minor = nvdimm->area.minor };
	struct label_io io = nvdimm_label_io(nvdimm);
	struct device *dev = &nvdimm->dev;
	enum nd_reason reason = ND_REASON_OK;
	int rc = snapshot_check_idle(nvdimm);

	if (rc)
		return rc;
	if (!label_slot_active(&nvdimm->area, slot))
		return nd_note(dev, -EINVAL, ND_REASON_REFERENCE, "slot %u has no label", slot);
	nvdimm_snapshot(nvdimm, ND_BEFORE_DESTROY);
	rc = label_area_commit(&nvdimm->area, &io, &change, &reason);
	nvdimm_labels_follow(nvdimm, NULL);
	if (rc)
		return nd_refuse(dev, rc, reason, "label slot %u is not given up", slot);
	dev_info(dev, "label slot %u has been given up\n", slot);
	return 0;
}

static ssize_t drop_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t len)
{
	struct nvdimm *nvdimm = to_nvdimm(dev);
	u32 slot;
	int rc = kstrtou32(buf, 0, &slot);

	if (rc)
		return nd_note(dev, rc, ND_REASON_ARGUMENT,
			       "drop takes the number of a label slot");
	guard(device)(dev);
	guard(mutex)(&nvdimm->labels);
	rc = drop_slot(nvdimm, slot);
	return rc ?: len;
}
static DEVICE_ATTR_WO(drop);

/* ---- reading ---- */

static const char * const occasions[] = {
	[ND_WHEN_BOUND] = "bound",
	[ND_BEFORE_DESTROY] = "before-destroy",
	[ND_BEFORE_WRITE] = "before-write",
};

static ssize_t snapshots_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nvdimm *nvdimm = to_nvdimm(dev);
	unsigned int i;
	int len = 0;

	guard(mutex)(&nvdimm->labels);
	for (i = 0; i < ND_SNAPSHOTS; i++) {
		const struct nd_snapshot *s = nvdimm->snapshot[i];

		if (s)
			len += sysfs_emit_at(buf, len, "%u %lld %s 1.%u %u\n", i, s->taken,
					     occasions[s->occasion], s->image.minor,
					     s->image.nlabel);
	}
	return len;
}
static DEVICE_ATTR_ADMIN_RO(snapshots);

/*
 * What a file is read in is pages, and another snapshot may come between two of them: an open file
 * is of the one that its first read has found, whichever number that has by now.
 */
static const struct nd_snapshot *snapshot_opened(struct nvdimm *nvdimm, struct file *file,
						 unsigned int n)
{
	struct kernfs_open_file *of = ((struct seq_file *)file->private_data)->private;
	const struct nd_snapshot *s = nvdimm->snapshot[n];
	unsigned int i;

	if (!of->priv) {
		of->priv = s ? (void *)s->serial : NULL;
		return s;
	}
	for (i = 0; i < ND_SNAPSHOTS; i++) {
		s = nvdimm->snapshot[i];
		if (s && s->serial == (unsigned long)of->priv)
			return s;
	}
	return ERR_PTR(nd_note(&nvdimm->dev, -ESTALE, ND_REASON_REFERENCE,
			       "the snapshot that was opened has made room for a newer one"));
}

static ssize_t snapshot_read(struct file *file, struct kobject *kobj,
			     const struct bin_attribute *attr, char *buf, loff_t off, size_t count)
{
	struct nvdimm *nvdimm = to_nvdimm(kobj_to_dev(kobj));
	const struct nd_snapshot *s;

	guard(mutex)(&nvdimm->labels);
	s = snapshot_opened(nvdimm, file, (uintptr_t)attr->private);
	if (IS_ERR(s))
		return PTR_ERR(s);
	if (!s || off >= s->image.area_size)
		return 0;
	count = min_t(size_t, count, s->image.area_size - off);
	label_image_read(&s->image, off, buf, count);
	return count;
}
COMPAT_BIN_RW(snapshot_read)

#define SNAPSHOT(n) [n] = {						\
	.attr = { .name = "snapshot" #n, .mode = 0400 },		\
	.read = compat_bin_rw(snapshot_read),				\
	.private = (void *)n,						\
}

static const struct bin_attribute snapshot_attr[ND_SNAPSHOTS] = {
	SNAPSHOT(0), SNAPSHOT(1), SNAPSHOT(2), SNAPSHOT(3),
};

static const struct bin_attribute *const snapshot_bin_attrs[] = {
	&snapshot_attr[0], &snapshot_attr[1], &snapshot_attr[2], &snapshot_attr[3], NULL,
};

static struct attribute *snapshot_attrs[] = {
	&dev_attr_snapshots.attr,
	&dev_attr_drop.attr,
	NULL,
};

static umode_t snapshots_visible(struct kobject *kobj, struct attribute *a, int n)
{
	const struct nvdimm *nvdimm = to_nvdimm(kobj_to_dev(kobj));

	return test_bit(ND_CMD_GET_CONFIG_DATA, &nvdimm->cmd_mask) ? a->mode : 0;
}

const struct attribute_group nvdimm_snapshots_group = {
	.name = "labels",
	.attrs = snapshot_attrs,
	.bin_attrs = compat_bin_attrs(snapshot_bin_attrs),
	.is_visible = snapshots_visible,
};
