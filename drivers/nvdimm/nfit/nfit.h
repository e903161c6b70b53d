/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The nfit module: firmware's NVDIMMs, offered to libnvdimm.
 *
 *	main.c				binding to ACPI0012, the table, order of birth and death
 *	model.c				a table in memory of our own, complaints into words
 *	dimm/dimm.c			memory devices; dimm/sysfs.c: their attributes
 *	region.c			address ranges
 *	dsm/dsm.c			which functions firmware has; calling them
 *	dimm/label_methods.c		_LSI, _LSR, _LSW
 *	dsm/ctl.c			commands; dsm/marshal.c: their buffers,
 *					dsm/status.c: their outcome (pure)
 *	ars/ars.c			the scrub job; ars/plan.h (pure)
 *	notify.c			what firmware tells on its own
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
#include <linux/ndctl.h>
#include <linux/workqueue.h>
#include "core/diag.h"
#include "nfit/ars/plan.h"
#include "nfit/table/table.h"

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
 * struct nfit_ars - the scrub of a bus
 * @lock: protects @plan, @stopped, @on_error; never held across a command
 * @turn: who carries out the plan's steps; held across commands, protects @status
 * @plan: what is wanted and how far it is
 * @status: room for firmware's results
 * @room: its size
 * @work: the job
 * @stopped: the bus goes: no command any more
 * @on_error: an uncorrectable error is answered by a scrub of everything
 */
struct nfit_ars {
	struct mutex lock;
	struct mutex turn;
	struct ars_plan plan;
	struct nd_cmd_ars_status *status;
	u32 room;
	struct delayed_work work;
	bool stopped;
	bool on_error;
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
	unsigned long dsm_mask;
	enum nvdimm_fwa_capability fwa_capability;
	bool fwa_noidle;
	struct nfit_ars ars;
	struct work_struct update;
};

enum nfit_dimm_state {
	NFIT_DIMM_LSR,		/* label area is read by _LSI and _LSR */
	NFIT_DIMM_LSW,		/* and written by _LSW */
	NFIT_DIMM_DIRTY,	/* last shutdown lost data */
	NFIT_DIMM_DIRTY_COUNT,	/* @dirty_shutdown is known */
	NFIT_DIMM_NOTIFY,	/* notification handler is installed */
};

#define NFIT_FAMILY_NONE	(-1)

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
 * @family: NVDIMM_FAMILY_* or NFIT_FAMILY_NONE
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
	int family;
	unsigned long dsm_mask;
	unsigned long state;
	u32 dirty_shutdown;
	u32 label_size;
	u32 num_flush;
	struct resource *flush;
};

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

/**
 * struct nfit_reply - what firmware returned
 * @data: its bytes
 * @len: how many
 * @object: ACPI's memory @data lies in, or NULL
 * @memory: our memory @data lies in, or NULL
 */
struct nfit_reply {
	const u8 *data;
	u32 len;
	union acpi_object *object;
	void *memory;
};

static inline struct nfit_bus *to_nfit_bus(struct nvdimm_bus_descriptor *desc)
{
	return container_of(desc, struct nfit_bus, desc);
}

/* ---- model.c ---- */

/**
 * nfit_model_load() - model of a table
 * @dev: to complain about
 * @bytes: structures; copied
 * @len: bytes of them
 * @revision: of the ACPI table
 *
 * Return: the model or an ERR_PTR, -ENXIO when firmware's framing is broken.
 */
struct nfit_model *nfit_model_load(struct device *dev, const void *bytes, u32 len, u8 revision);
void nfit_model_free(struct nfit_model *model);
DEFINE_FREE(nfit_model, struct nfit_model *, nfit_model_free(_T))

/* Say on @dev what was dropped from @model. */
void nfit_model_report(struct device *dev, const struct nfit_model *model);

/* ---- dimm/dimm.c ---- */

/* Create the DIMMs of @model that are not there yet, hear how the others are. nfit->lock held. */
int nfit_add_dimms(struct nfit_bus *nfit, const struct nfit_model *model);
/* The DIMM with @handle, or NULL. Context: nfit->lock held. */
struct nfit_dimm *nfit_dimm_find(struct nfit_bus *nfit, u32 handle);
/* No notification runs any more when this returns. */
void nfit_dimms_quiesce(struct nfit_bus *nfit);
/* Context: their nmems are gone. */
void nfit_dimms_free(struct nfit_bus *nfit);

/* ---- dimm/sysfs.c ---- */
extern const struct attribute_group *nfit_dimm_groups[];
/* The words of a device's flags, each followed by a blank. */
int nfit_flags_text(u16 flags, char *buf, size_t size);

/* ---- region.c ---- */

/* Create the regions of @model that are not there yet. Context: nfit->lock held. */
void nfit_add_regions(struct nfit_bus *nfit, const struct nfit_model *model);
/* Poison in [start, start + len) is news: have the regions there look. Context: nfit->lock held. */
void nfit_regions_notify(struct nfit_bus *nfit, u64 start, u64 len);
/* Context: the regions are gone. */
void nfit_regions_free(struct nfit_bus *nfit);

/* ---- dsm/dsm.c ---- */

/*
 * Ask the root device, once, which functions it has. Fills desc.cmd_mask and dsm_mask.
 * Return: 0 or -ENOMEM.
 */
int nfit_dsm_probe_bus(struct nfit_bus *nfit);
/*
 * Ask a DIMM, and choose how its labels are reached. Fills family, dsm_mask, state.
 * Return: 0 or -ENOMEM.
 */
int nfit_dsm_probe_dimm(struct nfit_bus *nfit, struct nfit_dimm *dimm);

/**
 * nfit_dsm_call() - evaluate a _DSM function
 * @handle: of the ACPI device
 * @guid: of the function's family
 * @rev: revision
 * @func: function number
 * @in: input payload
 * @in_len: its length
 * @reply: firmware's answer; nfit_reply_put() it when done
 *
 * Return: 0; -EINVAL: there is no answer, or none of bytes; -ENOMEM: it may have been carried out.
 */
int nfit_dsm_call(acpi_handle handle, const guid_t *guid, u8 rev, u32 func, void *in, u32 in_len,
		  struct nfit_reply *reply);
void nfit_reply_put(struct nfit_reply *reply);

/*
 * Copy the answer to a buffer, zero what it leaves of that, and put the answer.
 * Return: 0, or -EIO: it is too short for the status that every answer begins with.
 */
int nfit_reply_take(struct nfit_reply *reply, void *out, u32 out_len);

extern const guid_t nfit_bus_guid;
/* Context: @family is one that nfit_dsm_probe_dimm() set. */
const guid_t *nfit_family_guid(int family);
/* Revision in which @family has function @func. */
u8 nfit_dsm_rev(int family, u32 func);

/* ---- dimm/label_methods.c: replies look as those of the _DSM functions do ---- */
bool nfit_has_method(struct acpi_device *adev, const char *name);
int nfit_label_info(acpi_handle handle, struct nfit_reply *reply);
int nfit_label_read(acpi_handle handle, u32 offset, u32 length, struct nfit_reply *reply);
int nfit_label_write(acpi_handle handle, u32 offset, u32 length, void *data,
		     struct nfit_reply *reply);

/* ---- dsm/ctl.c ---- */
int nfit_ctl(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm, unsigned int cmd,
	     void *buf, unsigned int buf_len, int *cmd_rc);
int nfit_clear_to_send(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm,
		       unsigned int cmd, void *data);

/* ---- ars/ars.c ---- */

void nfit_ars_init(struct nfit_bus *nfit);
/* No command of the job runs or will. Context: nfit->lock not held. */
void nfit_ars_stop(struct nfit_bus *nfit);
void nfit_ars_free(struct nfit_bus *nfit);
/* Can firmware scrub? */
bool nfit_ars_supported(const struct nfit_bus *nfit);

/*
 * nfit_ars_add() - take up the ranges of @model that are new
 *
 * What firmware has on record of them is known to libnvdimm on return (X18),
 * as far as it does not scrub just now; the job sees to the rest.
 *
 * Context: nfit->lock held, before the regions exist.
 */
void nfit_ars_add(struct nfit_bus *nfit, const struct nfit_model *model);
/* The regions exist: the job may go on. */
void nfit_ars_go(struct nfit_bus *nfit);

/* Scrub a part of the bus; U64_MAX bytes for all. Return: as ars_scrub(); -ENXIO: too late. */
int nfit_ars_scrub(struct nfit_bus *nfit, u64 start, u64 len);
void nfit_ars_cancel(struct nfit_bus *nfit);
/* Something was hit somewhere: recall, or scrub, as the administrator wants it. */
int nfit_ars_react(struct nfit_bus *nfit);

/**
 * struct nfit_ars_view - how the scrub is
 * @busy: there is something to do
 * @run: something is being scrubbed
 * @at: its first byte
 * @len: bytes
 * @count: scrubs that came to their end
 * @done: bytes scrubbed, of the scrub under way or the last one
 * @left: bytes still to be scrubbed
 */
struct nfit_ars_view {
	bool busy;
	bool run;
	u32 count;
	u64 at;
	u64 len;
	u64 done;
	u64 left;
};

/* A caller with @curious set is told sooner when it is over. */
struct nfit_ars_view nfit_ars_view(struct nfit_bus *nfit, bool curious);

/* ---- main.c ---- */

/* Memory at [start, start + len) is poisoned. Return: is any of it a bus's, and persistent? */
bool nfit_poisoned(u64 start, u64 len);

/* ---- ars/mce.c ---- */
#ifdef CONFIG_X86_MCE
void nfit_mce_start(void);
void nfit_mce_stop(void);
#else
static inline void nfit_mce_start(void) { }
static inline void nfit_mce_stop(void) { }
#endif

/* ---- notify.c ---- */
void nfit_notify(acpi_handle handle, u32 event, void *data);
void nfit_dimm_notify(acpi_handle handle, u32 event, void *data);

/* ---- sysfs.c ---- */
extern const struct attribute_group *nfit_bus_groups[];
extern const struct attribute_group *nfit_region_groups[];

/* ---- main.c ---- */

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

#endif /* _NFIT_NFIT_H */
