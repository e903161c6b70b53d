/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The nfit module: firmware's NVDIMMs, offered to libnvdimm.
 *
 *	main.c				binding to ACPI0012, the table, order of birth and death
 *	model.c				a table in memory of our own, complaints into words
 *	dimm/dimm.c			memory devices; dimm/sysfs.c: their attributes
 *	region.c			address ranges
 *	dsm/dsm.c			which functions firmware has; calling them
 *	families.c			vendors' functions, by dsm/family.h
 *	dsm/label_methods.c		_LSI, _LSR, _LSW
 *	dsm/ctl.c			commands; dsm/marshal.c: their buffers,
 *					dsm/status.c: their outcome (pure)
 *	ars/ars.c			the scrub job; ars/plan.h (pure)
 *	ars/mce.c			what the processor tells
 *	intel/intel.h			Intel's functions: health, security, activation
 *	sysfs.c				attributes of the bus and of regions
 *	table/table.h, table/cookie.h	(pure)
 *
 * Locks: nfit_buses_lock, then nfit_bus.lock, then those of libnvdimm
 * (drivers/nvdimm/core/lock.h). Commands take none of them: they use only what is
 * fixed before the device they come through exists. The scrub job's nfit_ars.turn
 * is taken within nfit_bus.lock or alone; nfit_ars.lock is innermost.
 */
#ifndef _NFIT_NFIT_H
#define _NFIT_NFIT_H

#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/libnvdimm.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include "nfit/ars/ars.h"

struct nfit_family;
struct nfit_model;

/**
 * struct nfit_bus - one ACPI0012
 * @desc: what libnvdimm knows of us
 * @nvdimm_bus: NULL until there was a table
 * @dev: the device we are bound to
 * @adev: its ACPI device
 * @node: in the list of buses; from the first table on
 * @lock: protects @nvdimm_bus until it is set, @model, @dimms, @regions
 * @dimms: struct nfit_dimm, in order of creation
 * @regions: struct nfit_region, likewise
 * @model: table in force
 * @revision: of the ACPI table, 0 when there was none
 * @families: what DIMMs may speak
 * @nr_families: how many
 * @dsm_mask: functions of the root device that users may call
 * @fwa_capability: what the platform can activate, once it was asked
 * @fwa_noidle: devices need not stand still for it
 * @ars: see above
 * @update: reads _FIT again
 */
struct nfit_bus {
	struct nvdimm_bus_descriptor desc;
	struct nvdimm_bus *nvdimm_bus;
	struct device *dev;
	struct acpi_device *adev;
	struct list_head node;
	struct mutex lock;			/* see above */
	struct list_head dimms;
	struct list_head regions;
	struct nfit_model *model;
	u8 revision;
	u32 nr_families;
	const struct nfit_family *families;
	unsigned long dsm_mask;
	enum nvdimm_fwa_capability fwa_capability;
	bool fwa_noidle;
	struct nfit_ars ars;
	struct work_struct update;
};

static inline struct nfit_bus *to_nfit_bus(struct nvdimm_bus_descriptor *desc)
{
	return container_of(desc, struct nfit_bus, desc);
}

/* ---- main.c ---- */

/* A notification of firmware for @data, a struct nfit_bus. Context: ACPI's work queue. */
void nfit_notify(acpi_handle handle, u32 event, void *data);

/*
 * nfit_bus_new() - a bus without a table
 * @dev: what it is bound to; the bus goes with its driver
 * @adev: firmware's root device, for commands
 *
 * Return: the bus, NULL when memory is short.
 */
struct nfit_bus *nfit_bus_new(struct device *dev, struct acpi_device *adev);

/* Read _FIT and adopt what it adds. Context: process. */
void nfit_update(struct work_struct *work);

/* ---- sysfs.c ---- */
extern const struct attribute_group *nfit_bus_groups[];
extern const struct attribute_group *nfit_region_groups[];

#endif /* _NFIT_NFIT_H */
