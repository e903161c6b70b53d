/* SPDX-License-Identifier: GPL-2.0 */
/* Memory devices of firmware. */
#ifndef _NFIT_DIMM_DIMM_H
#define _NFIT_DIMM_DIMM_H

#include <linux/acpi.h>
#include <linux/libnvdimm.h>
#include <linux/list.h>
#include "nfit/table/table.h"

struct nfit_bus;
struct nfit_family;
struct nfit_model;

enum nfit_dimm_state {
	NFIT_DIMM_LSR,		/* label area is read by _LSI and _LSR */
	NFIT_DIMM_LSW,		/* and written by _LSW */
	NFIT_DIMM_DIRTY,	/* last shutdown lost data */
	NFIT_DIMM_DIRTY_COUNT,	/* @dirty_shutdown is known */
	NFIT_DIMM_NOTIFY,	/* notification handler is installed */
};

/**
 * struct nfit_dimm - a memory device; fixed once its nmem exists, but for @flags
 * @node: in nfit_bus.dimms
 * @nvdimm: published with release semantics
 * @adev: its ACPI device, NULL when firmware has none
 * @handle: its _ADR
 * @phys_id: SMBIOS handle of the memory device
 * @flags: NFIT_MAP_*; later tables may change them, nfit_bus.lock is held
 * @pmem: contributes to a persistent range
 * @has_dcr: @dcr is given
 * @dcr: a copy; its entry is not valid
 * @id: unique identifier, empty without control region
 * @family: whose functions it has, or NULL
 * @dsm_mask: functions that users may call
 * @state: NFIT_DIMM_*
 * @dirty_shutdown: unsafe shutdowns counted by the device
 * @label_size: what _LSI said last, 0 when it was not asked
 * @num_flush: flush hints
 * @flush: their addresses
 */
struct nfit_dimm {
	struct list_head node;
	struct nvdimm *nvdimm;
	struct acpi_device *adev;
	u32 handle;
	u16 phys_id;
	u16 flags;
	bool pmem;
	bool has_dcr;
	struct nfit_dcr dcr;
	char id[24];
	const struct nfit_family *family;
	unsigned long dsm_mask;
	unsigned long state;
	u32 dirty_shutdown;
	u32 label_size;
	u32 num_flush;
	struct resource *flush;
};

/* Create the DIMMs of @model that are not there yet, hear how the others are. nfit->lock held. */
int nfit_add_dimms(struct nfit_bus *nfit, const struct nfit_model *model);
/* The DIMM with @handle, or NULL. Context: nfit->lock held. */
struct nfit_dimm *nfit_dimm_find(struct nfit_bus *nfit, u32 handle);
/* No notification runs any more when this returns. */
void nfit_dimms_quiesce(struct nfit_bus *nfit);
/* Context: their nmems are gone. */
void nfit_dimms_free(struct nfit_bus *nfit);

/* ---- sysfs.c ---- */
extern const struct attribute_group *nfit_dimm_groups[];
/* The words of a device's flags, each followed by a blank. */
int nfit_flags_text(u16 flags, char *buf, size_t size);

#endif /* _NFIT_DIMM_DIMM_H */
