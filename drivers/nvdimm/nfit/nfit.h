/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The nfit module: firmware's NVDIMMs, offered to libnvdimm.
 *
 *	main.c				binding to ACPI0012, the table
 *	dimm/dimm.c			memory devices; dimm/sysfs.c: their attributes
 *	region.c			address ranges
 *	dsm/dsm.c			functions of firmware; _LSI, _LSR, _LSW
 *	families.c			vendors' functions, by dsm/family.h
 *	dsm/ctl.c			commands; dsm/marshal.c: buffers and status words (pure)
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
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/libnvdimm.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include "nfit/ars/ars.h"
#include "nfit/table/table.h"

struct nfit_family;

/*
 * struct nfit_model - a table, in memory of its own
 * @table: points into @bytes and @room
 */
struct nfit_model {
	struct nfit_table table;
	void *bytes;
	void *room;
};

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

/* ---- region.c ---- */

/**
 * struct nfit_region - an address range that became a region
 * @node: in nfit_bus.regions
 * @region: of libnvdimm
 * @index: of the range; 0: a virtual one, known by @address only
 * @address: its start
 * @length: bytes
 * @persistent: it keeps its contents
 * @set: referred to by @region
 * @claim: what we put into the resource tree, NULL when firmware's map had it
 */
struct nfit_region {
	struct list_head node;
	struct nd_region *region;
	u16 index;
	u64 address;
	u64 length;
	bool persistent;
	struct nd_interleave_set set;
	struct resource *claim;
};

/* Create the regions of @model that are not there yet. Context: nfit->lock held. */
void nfit_add_regions(struct nfit_bus *nfit, const struct nfit_model *model);
/* Poison in [start, start + len) is news: have the regions there look. Context: nfit->lock held. */
void nfit_regions_notify(struct nfit_bus *nfit, u64 start, u64 len);
/* Context: the regions are gone. */
void nfit_regions_free(struct nfit_bus *nfit);

/* ---- ars/mce.c ---- */

#ifdef CONFIG_X86_MCE
/* @poisoned: memory at [start, start + len) is; was it handled? */
void nfit_mce_start(bool (*poisoned)(u64 start, u64 len));
void nfit_mce_stop(void);
#else
static inline void nfit_mce_start(bool (*poisoned)(u64 start, u64 len)) { }
static inline void nfit_mce_stop(void) { }
#endif

#endif /* _NFIT_NFIT_H */
