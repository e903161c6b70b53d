/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A DIMM: nmemN.
 *
 *	dimm.c		struct nvdimm, its device, attributes
 *	dimm_driver.c	the nvdimm driver: reads the label area when it binds
 *	dimm_labels.c	label_io over the provider's commands; transactions
 *	security.c	(a later milestone) passphrases, overwrite
 *
 * Lifetime: created by the provider (__nvdimm_create), gone with the bus or by
 * nvdimm_delete(). Label state exists while the driver is bound; it is
 * protected by @labels.
 */
#ifndef _ND_DIMM_H
#define _ND_DIMM_H

#include <linux/device.h>
#include <linux/libnvdimm.h>
#include "bus.h"
#include "label.h"

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
	const struct nvdimm_fw_ops *fw_ops;
	atomic_t busy;			/* regions that use it: label area not writable by ioctl, unbind waits not */

	struct mutex labels;		/* rank 6 */
	bool bound;			/* driver bound; below valid */
	struct label_area area;		/* .data NULL: no label area */
	struct nd_label *label;		/* decoded active labels, sorted by slot */
	u32 nlabel;
	u32 max_xfer;			/* bytes per label transfer */
};

bool is_nvdimm(const struct device *dev);

/* Is the label area readable and is the driver bound? nd_fail()s on the DIMM otherwise. */
int nvdimm_check_config_data(struct nvdimm *nvdimm);

/* Locked by security, or armed at all? */
bool nvdimm_locked(const struct nvdimm *nvdimm);

/**
 * nvdimm_label_io() - label_io that talks to @nvdimm
 * Context: @nvdimm->labels held while it is used.
 */
struct label_io nvdimm_label_io(struct nvdimm *nvdimm);

/**
 * nvdimm_labels_reload() - read the area anew and decode its active labels
 * Fills @area, @label, @nlabel. A blank or ruined area is not an error: zero labels and a
 * last_error on the DIMM.
 * Context: @labels held. Return: 0 or a negative errno (media, memory).
 */
int nvdimm_labels_reload(struct nvdimm *nvdimm);

/**
 * nvdimm_labels_commit() - label_area_commit() and keep @label in step
 * Context: @labels held. Return: as label_area_commit().
 */
int nvdimm_labels_commit(struct nvdimm *nvdimm, struct label_change *change, enum nd_why *why);

/**
 * nvdimm_labels_follow() - decode anew what a transaction has changed in the area
 * Context: @labels held.
 */
void nvdimm_labels_follow(struct nvdimm *nvdimm);

/* Free slots, less the one kept for updates. */
u32 nvdimm_available_slots(struct nvdimm *nvdimm);

int nvdimm_dimm_init(void);	/* registers the driver */
void nvdimm_dimm_exit(void);

#endif /* _ND_DIMM_H */
