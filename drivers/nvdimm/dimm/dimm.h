/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A DIMM: nmemN.
 *
 *	dimm.c		struct nvdimm, its device, and its driver, which reads the label area
 *	sysfs/dimm.c	its attributes
 *	labels.c	label_io over the provider's commands; transactions
 *	security.c	passphrases, unlocking, overwrite; see security.h
 *	snapshots.c	the last good images of the label area
 *	reported.c	what follows from states that firmware reports (pure)
 *
 * Lifetime: created by the provider (__nvdimm_create), gone with the bus or by
 * nvdimm_delete(). Label state exists while the driver is bound; it is
 * protected by @labels.
 */
#ifndef _ND_DIMM_H
#define _ND_DIMM_H

#include <linux/device.h>
#include <linux/libnvdimm.h>
#include "core/bus.h"
#include "dimm/security.h"
#include "label/area.h"

#define ND_SNAPSHOTS	4

/* Why a snapshot of the label area was taken. */
enum nd_occasion {
	ND_WHEN_BOUND,
	ND_BEFORE_DESTROY,
	ND_BEFORE_WRITE,		/* by userspace, through an ioctl */
};

struct nd_snapshot;

struct nvdimm {
	unsigned long flags;		/* NDD_* */
	void *provider_data;
	unsigned long cmd_mask;
	struct device dev;
	int id;
	int num_flush;
	struct resource *flush_wpq;
	const char *dimm_id;
	const struct nvdimm_security_ops *sec_ops;
	struct nd_security sec;		/* device lock */
	const struct nvdimm_fw_ops *fw_ops;
	bool gone;			/* being deleted: no commands; device lock */
	bool no_labels;			/* it said, when last asked, that it has no room for any */
	atomic_t contents;		/* how often they changed behind the CPU caches */

	struct mutex labels;		/* rank 6 */
	unsigned int users;		/* regions that use it: labels are theirs; READ_ONCE() */
	bool wiping;			/* it is being erased or overwritten: never both */
	bool bound;			/* driver bound; below valid */
	struct label_area area;		/* .data NULL: no label area */
	bool ruined;			/* not valid, but not blank either: never written to */
	struct nd_label *label;		/* by slot, as decoded; .size 0: none */
	u32 label_end;			/* behind the last that has one */
	u32 nlabel;			/* how many there are … */
	u32 nbad;			/* … and active slots whose label is bad … */
	u32 bad_slot;			/* … the first of them … */
	enum nd_reason bad_reason;		/* … and what is wrong with it */
	unsigned long changes;		/* of @label; read without @labels, too */
	void *xfer;			/* buffer of one command: no write waits for memory */
	u32 max_xfer;			/* bytes per label transfer */
	struct nd_snapshot *snapshot[ND_SNAPSHOTS];	/* newest first; as long as the device */
	unsigned long snapshots;	/* so many have been taken */
};

/* The first label from slot @slot on, or NULL. @labels held. */
static inline const struct nd_label *nvdimm_label_from(const struct nvdimm *nvdimm, u32 slot)
{
	for (; slot < nvdimm->label_end; slot++)
		if (nvdimm->label[slot].size)
			return &nvdimm->label[slot];
	return NULL;
}

#define nvdimm_for_each_label(pos, nvdimm)				\
	for ((pos) = nvdimm_label_from(nvdimm, 0); (pos);		\
	     (pos) = nvdimm_label_from(nvdimm, (pos)->slot + 1))

/* Firmware reports that it is armed, or is not; see dimm.c. */
void nvdimm_report_armed(struct nvdimm *nvdimm, bool armed);

bool is_nvdimm(const struct device *dev);

/* Can its labels be asked for at all? */
bool nvdimm_has_labels(const struct nvdimm *nvdimm);

/* Did the DIMM say, when its driver bound, that its capacity is locked? */
bool nvdimm_locked(const struct nvdimm *nvdimm);

/*
 * nvdimm_label_io() - label_io that talks to @nvdimm
 * Context: @nvdimm->labels held while it is used.
 */
struct label_io nvdimm_label_io(struct nvdimm *nvdimm);

/*
 * nvdimm_labels_alloc() - room for an area of @size bytes, its labels and a transfer
 * Context: @labels held. Return: 0 or -ENOMEM.
 */
int nvdimm_labels_alloc(struct nvdimm *nvdimm, u32 size, u32 max_xfer);
void nvdimm_labels_free(struct nvdimm *nvdimm);

/* Tell why @what cannot be read; -EACCES means that the DIMM is locked. Returns @rc. */
int nvdimm_labels_refused(struct nvdimm *nvdimm, int rc, const char *what);

/*
 * nvdimm_labels_reload() - read the area anew and decode its active labels
 *
 * Fills @area, @label, @nlabel. A blank or ruined area is not an error: zero
 * labels and a last_error on the DIMM; the same for active slots whose label
 * is bad, which stay active and are passed over. When the area cannot be read,
 * @label keeps what was known last, and @area.stale is set.
 *
 * Context: @labels held. Return: 0 or a negative errno, told with nd_refuse().
 */
int nvdimm_labels_reload(struct nvdimm *nvdimm);

/*
 * nvdimm_labels_follow() - make @label what @area says after a transaction
 * @nvdimm: the DIMM
 * @change: what has been done; NULL when it failed. An area left stale is read anew.
 *
 * Needs no memory.
 *
 * Context: @labels held.
 */
void nvdimm_labels_follow(struct nvdimm *nvdimm, const struct label_change *change);

/*
 * nvdimm_use() - a region is about to read @nvdimm's labels
 *
 * From now to nvdimm_unuse() no ioctl writes the label area, and nothing wipes
 * the DIMM. Labels that an ioctl has written since the driver bound are read now, and so are those
 * that could not be, if this is the first region.
 *
 * Context: process; takes @labels.
 * Return: 0; -EBUSY while it is wiped, or an errno of reading, without the use.
 */
int nvdimm_use(struct nvdimm *nvdimm);
void nvdimm_unuse(struct nvdimm *nvdimm);

/*
 * nvdimm_wipe_begin() - it is about to be erased or overwritten
 *
 * The other side of nvdimm_use(), under the same lock: whoever comes second is refused.
 *
 * Context: process; takes @labels. Return: 0; -EBUSY: a region uses it.
 */
int nvdimm_wipe_begin(struct nvdimm *nvdimm);
/*
 * It is over, and regions that were refused because of it are bound, soon.
 * @changed: what caches and the mirror of the labels say counts no more.
 */
void nvdimm_wipe_end(struct nvdimm *nvdimm, bool changed);

/* ---- snapshots.c ---- */

/* Keep what the label area holds, if it is valid and not kept already. @labels held. */
void nvdimm_snapshot(struct nvdimm *nvdimm, enum nd_occasion occasion);
/* From the release function. */
void nvdimm_snapshots_free(struct nvdimm *nvdimm);
extern const struct attribute_group nvdimm_snapshots_group;

/* Free slots, less the one kept for updates. @labels held. */
u32 nvdimm_available_slots(const struct nvdimm *nvdimm);

/*
 * nvdimm_command() - run a provider's command on a DIMM
 *
 * Return: 0; a negative errno of the transport or of the command's status;
 * -EIO when firmware gave less than the command's output.
 */
int nvdimm_command(struct nvdimm *nvdimm, unsigned int cmd, void *buf, u32 len);

/* nvdimm_shows() - give a DIMM its attributes. Context: the module's init, before there is one. */
void nvdimm_shows(const struct attribute_group **groups);

int nvdimm_dimm_init(void);	/* registers the driver */
void nvdimm_dimm_exit(void);
void nvdimm_ids_exit(void);	/* dimm.c */

#endif /* _ND_DIMM_H */
