// SPDX-License-Identifier: GPL-2.0
/* nfit: binds ACPI0012, the root of firmware's NVDIMMs (ACPI 6.5 §9.19). */
#include <linux/acpi.h>
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/libnvdimm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <acpi/nfit.h>
#include "common/diag.h"
#include "core/bus.h"
#include "nfit/nfit.h"
#include "nfit/dimm/dimm.h"
#include "nfit/dsm/dsm.h"
#include "nfit/dsm/family.h"

static LIST_HEAD(nfit_buses);
static DEFINE_MUTEX(nfit_buses_lock);

/**
 * nfit_get_smbios_id() - SMBIOS handle of a memory device
 * @device_handle: its NFIT device handle
 * @flags: set to its state flags (ACPI 6.5 table 5.134)
 *
 * For memory error reporting (EDAC).
 *
 * Context: process, may sleep.
 * Return: the handle, or -ENODEV when no bus has this device.
 */
int nfit_get_smbios_id(u32 device_handle, u16 *flags)
{
	struct nfit_bus *nfit;
	struct nfit_dimm *dimm;

	guard(mutex)(&nfit_buses_lock);
	list_for_each_entry(nfit, &nfit_buses, node) {
		guard(mutex)(&nfit->lock);
		dimm = nfit_dimm_find(nfit, device_handle);
		if (dimm) {
			*flags = READ_ONCE(dimm->flags);
			return dimm->phys_id;
		}
	}
	return -ENODEV;
}
EXPORT_SYMBOL_GPL(nfit_get_smbios_id);

/* ---- the table ---- */

static int report_fault(struct device *dev, const struct nfit_complaint *c)
{
	return nd_refuse(dev, -ENXIO, c->reason,
			 "firmware's NVDIMM table is refused: %s structure (type %u) at offset %#x: %s %#llx",
			 nfit_type_name(c->type), c->type, c->offset, c->what, c->about);
}

static int model_fill(struct nfit_model *model, struct device *dev, u32 len, u8 revision)
{
	struct nfit_complaint fault;
	enum nd_reason reason;
	size_t room;

	reason = nfit_table_measure(model->bytes, len, &room, &fault);
	if (reason)
		return report_fault(dev, &fault);
	model->room = kvzalloc(room, GFP_KERNEL);
	if (!model->room)
		return nd_refuse(dev, -ENOMEM, ND_REASON_RESOURCE,
				 "no memory (%zu bytes) for the model of firmware's NVDIMM table",
				 room);
	reason = nfit_table_read(model->bytes, len, revision, model->room, room, &model->table,
				 &fault);
	return reason ? report_fault(dev, &fault) : 0;
}

static void nfit_model_free(struct nfit_model *model)
{
	if (!model)
		return;
	kvfree(model->bytes);
	kvfree(model->room);
	kfree(model);
}
DEFINE_FREE(nfit_model, struct nfit_model *, nfit_model_free(_T))

/* The model of structures, which are copied; ERR_PTR(-ENXIO): their framing is broken. */
static struct nfit_model *nfit_model_load(struct device *dev, const void *bytes, u32 len,
					  u8 revision)
{
	struct nfit_model *model = kzalloc(sizeof(*model), GFP_KERNEL);
	int rc;

	if (!model)
		return ERR_PTR(-ENOMEM);
	model->bytes = kvmalloc(len, GFP_KERNEL);
	if (model->bytes) {
		memcpy(model->bytes, bytes, len);
		rc = model_fill(model, dev, len, revision);
	} else {
		rc = nd_refuse(dev, -ENOMEM, ND_REASON_RESOURCE,
			       "no memory for firmware's NVDIMM table of %u bytes", len);
	}
	if (!rc)
		return model;
	nfit_model_free(model);
	return ERR_PTR(rc);
}

/* Is it about a range that is still in the model? region.c will say so. */
static bool reported_later(const struct nfit_table *t, const struct nfit_complaint *c)
{
	for (u32 i = 0; i < t->nspa; i++)
		if (t->spa[i].entry.offset == c->offset && t->spa[i].broken == c->reason)
			return true;
	return false;
}

/* Log what was dropped from @model. */
static void nfit_model_report(struct device *dev, const struct nfit_model *model)
{
	const struct nfit_table *t = &model->table;

	for (u32 i = 0; i < t->ncomplaint; i++) {
		const struct nfit_complaint *c = &t->complaint[i];

		if (c->reason == ND_REASON_UNSUPPORTED)
			dev_info(dev,
				 "NVDIMM table: %s structure (type %u) at offset %#x: %s %#llx\n",
				 nfit_type_name(c->type), c->type, c->offset, c->what, c->about);
		else if (c->used)
			nd_remark(dev, -ENXIO, c->reason,
				  "NVDIMM table: %s structure (type %u) at offset %#x is used anyway: %s %#llx",
				  nfit_type_name(c->type), c->type, c->offset, c->what, c->about);
		else if (!reported_later(t, c))
			nd_remark(dev, -ENXIO, c->reason,
				  "NVDIMM table: %s structure (type %u) at offset %#x is not used: %s %#llx",
				  nfit_type_name(c->type), c->type, c->offset, c->what, c->about);
	}
	if (t->blk)
		dev_info(dev,
			 "NVDIMM table: block windows are not supported, %u structures skipped\n",
			 t->blk);
}

/* ---- poison ---- */

/* The part of poison that lies in @region becomes known. */
static bool poison_region(struct nfit_bus *nfit, const struct nfit_region *region, u64 start,
			  u64 len)
{
	const struct ars_range range = { .start = region->address, .length = region->length };

	if (!ars_clip(&range, &start, &len))
		return false;
	if (nvdimm_bus_add_badrange(nfit->nvdimm_bus, start, len))
		nd_remark(to_nvdimm_bus_dev(nfit->nvdimm_bus), -ENOMEM, ND_REASON_RESOURCE,
			  "no memory to remember poison at %#llx", start);
	return true;
}

/* Memory at [start, start + len) is poisoned. Return: is any of it a bus's, and persistent? */
static bool memory_poisoned(u64 start, u64 len)
{
	struct nfit_region *region;
	struct nfit_bus *nfit;
	bool any = false;

	guard(mutex)(&nfit_buses_lock);
	list_for_each_entry(nfit, &nfit_buses, node) {
		bool hit = false;

		guard(mutex)(&nfit->lock);
		list_for_each_entry(region, &nfit->regions, node) {
			if (!poison_region(nfit, region, start, len))
				continue;
			hit = true;
			/* of other memory the console is to tell, too: nobody else would */
			any |= region->persistent;
		}
		if (!hit)
			continue;
		nfit_regions_notify(nfit, start, len);
		/* the address is known: only what else may be broken needs a scrub */
		if (READ_ONCE(nfit->ars.on_error))
			nfit_ars_react(nfit);
	}
	return any;
}

/* ---- a table comes ---- */

static int register_bus(struct nfit_bus *nfit)
{
	int rc = nfit_dsm_probe_bus(nfit);
	struct nvdimm_bus *bus;

	if (rc)
		return nd_refuse(nfit->dev, rc, ND_REASON_RESOURCE,
				 "no memory to ask which functions firmware has");
	bus = nd_bus_register(nfit->dev, &nfit->desc);
	if (IS_ERR(bus))
		return PTR_ERR(bus);
	nfit->nvdimm_bus = bus;
	return 0;
}

/* Make @model the table in force: it may add to what there is, not take away. */
static int nfit_adopt(struct nfit_bus *nfit, struct nfit_model *model)
{
	struct nfit_model *fresh __free(nfit_model) = model;
	struct nfit_complaint gone;
	enum nd_reason reason;
	int rc;

	if (!nfit->nvdimm_bus) {
		rc = register_bus(nfit);
		if (rc)
			return rc;
	}
	if (nfit->model) {
		reason = nfit_table_compare(&nfit->model->table, &fresh->table, &gone);
		if (reason)
			return nd_refuse(to_nvdimm_bus_dev(nfit->nvdimm_bus), -ENXIO, reason,
					 "a changed NVDIMM table is refused: %s structure (type %u) at offset %#x of the old one %s %#llx",
					 nfit_type_name(gone.type), gone.type, gone.offset,
					 gone.what, gone.about);
	}
	nfit_model_report(to_nvdimm_bus_dev(nfit->nvdimm_bus), fresh);
	nfit_model_free(nfit->model);
	nfit->model = no_free_ptr(fresh);
	rc = nfit_add_dimms(nfit, nfit->model);
	if (rc)
		return rc;
	nfit_ars_add(nfit, nfit->model);
	nfit_add_regions(nfit, nfit->model);
	nfit_ars_go(nfit);
	return 0;
}

static void nfit_enlist(struct nfit_bus *nfit)
{
	guard(mutex)(&nfit_buses_lock);
	if (nfit->nvdimm_bus && list_empty(&nfit->node))
		list_add_tail(&nfit->node, &nfit_buses);
}

/*
 * _FIT gives the structures of the table as they are now. Return: an object to ACPI_FREE(); NULL:
 * there is none; -ENOMEM.
 */
static union acpi_object *evaluate_fit(struct nfit_bus *nfit)
{
	struct acpi_buffer result = { ACPI_ALLOCATE_BUFFER, NULL };
	acpi_status status = acpi_evaluate_object_typed(nfit->adev->handle, "_FIT", NULL, &result,
							ACPI_TYPE_BUFFER);
	union acpi_object *fit = nfit_object(status, &result);

	if (!IS_ERR(fit))
		return fit;
	return ERR_PTR(nd_refuse(nfit->dev, PTR_ERR(fit), ND_REASON_RESOURCE,
				 "no memory for the NVDIMM table of _FIT"));
}

static int nfit_load(struct nfit_bus *nfit, const void *bytes, u32 len)
{
	struct nfit_model *model = nfit_model_load(nfit->dev, bytes, len, nfit->revision);

	return IS_ERR(model) ? PTR_ERR(model) : nfit_adopt(nfit, model);
}

static int load_first(struct nfit_bus *nfit, const struct acpi_table_header *acpi)
{
	union acpi_object *fit;
	const void *body;
	enum nd_reason reason;
	u32 len;
	int rc;

	reason = nfit_table_open(acpi, acpi->length, &body, &len, &nfit->revision);
	if (reason)
		return nd_refuse(nfit->dev, -ENXIO, reason,
				 "ACPI's NFIT table of %u bytes is too short", acpi->length);
	/* What is plugged in now counts more than what was at boot. */
	fit = evaluate_fit(nfit);
	if (IS_ERR(fit))
		return PTR_ERR(fit);
	if (fit)
		rc = nfit_load(nfit, fit->buffer.pointer, fit->buffer.length);
	else
		rc = nfit_load(nfit, body, len);
	ACPI_FREE(fit);
	return rc;
}

void nfit_update(struct work_struct *work)
{
	struct nfit_bus *nfit = container_of(work, struct nfit_bus, update);
	union acpi_object *fit;

	scoped_guard(mutex, &nfit->lock) {
		fit = evaluate_fit(nfit);
		if (IS_ERR(fit))
			fit = NULL;
		else if (fit)
			nfit_load(nfit, fit->buffer.pointer, fit->buffer.length);
		else
			nd_remark(nfit->dev, -ENXIO, ND_REASON_FIRMWARE,
				  "firmware says that its NVDIMM table changed, but _FIT gives none");
	}
	ACPI_FREE(fit);
	nfit_enlist(nfit);
}

/* ---- birth and death ---- */

/* Wait until what has been announced has been added. */
static int nfit_flush_probe(struct nvdimm_bus_descriptor *desc)
{
	struct nfit_bus *nfit = to_nfit_bus(desc);

	flush_work(&nfit->update);
	mutex_lock(&nfit->lock);
	mutex_unlock(&nfit->lock);
	return 0;
}

static struct nfit_bus *new_bus(struct device *dev, struct acpi_device *adev)
{
	struct nfit_bus *nfit = kzalloc(sizeof(*nfit), GFP_KERNEL);

	if (!nfit)
		return NULL;
	nfit->dev = dev;
	nfit->adev = adev;
	nfit->families = nfit_families;
	nfit->nr_families = nfit_nr_families;
	mutex_init(&nfit->lock);
	INIT_LIST_HEAD(&nfit->node);
	INIT_LIST_HEAD(&nfit->dimms);
	INIT_LIST_HEAD(&nfit->regions);
	INIT_WORK(&nfit->update, nfit_update);
	nfit_ars_init(nfit);
	nfit->desc = (struct nvdimm_bus_descriptor) {
		.provider_name = "ACPI.NFIT",
		.module = THIS_MODULE,
		.attr_groups = nfit_bus_groups,
		.ndctl = nfit_ctl,
		.clear_to_send = nfit_clear_to_send,
		.flush_probe = nfit_flush_probe,
	};
	return nfit;
}

static void nfit_unregister(struct nfit_bus *nfit)
{
	if (nfit->nvdimm_bus)
		nvdimm_bus_unregister(nfit->nvdimm_bus);
}

/*
 * The last device-managed action: the notification handler is gone already, so
 * once the work item is done nothing new comes.
 */
static void tear_down(void *data)
{
	struct nfit_bus *nfit = data;

	scoped_guard(mutex, &nfit_buses_lock)
		list_del_init(&nfit->node);
	cancel_work_sync(&nfit->update);
	/* The work item may have put it back. */
	scoped_guard(mutex, &nfit_buses_lock)
		list_del_init(&nfit->node);
	nfit_ars_stop(nfit);
	nfit_dimms_quiesce(nfit);
	nfit_unregister(nfit);
	nfit_regions_free(nfit);
	nfit_dimms_free(nfit);
	nfit_model_free(nfit->model);
	nfit_ars_free(nfit);
	nd_diag_forget(nfit->dev);
	mutex_destroy(&nfit->lock);
	kfree(nfit);
}

struct nfit_bus *nfit_bus_new(struct device *dev, struct acpi_device *adev)
{
	struct nfit_bus *nfit = new_bus(dev, adev);

	return nfit && !devm_add_action_or_reset(dev, tear_down, nfit) ? nfit : NULL;
}

/*
 * What firmware reports on its own (ACPI 6.5 §5.6.6, table 5.183).
 *
 * Handlers run in ACPI's work queue. They are removed while the device lock of
 * the ACPI device is held, and removal waits for them: they take no lock that
 * unbinding holds, and leave long work to a work item.
 */
void nfit_notify(acpi_handle handle, u32 event, void *data)
{
	enum { TABLE_CHANGED = 0x80, MEMORY_ERROR = 0x81 };
	struct nfit_bus *nfit = data;

	switch (event) {
	case TABLE_CHANGED:
		schedule_work(&nfit->update);
		break;
	case MEMORY_ERROR:
		/* Where, only firmware's record can tell. */
		if (nfit_ars_react(nfit) == -ENOTTY)
			dev_warn(nfit->dev,
				 "firmware reports an uncorrectable memory error, but has no function that tells where\n");
		break;
	default:
		dev_dbg(nfit->dev, "unknown notification %#x\n", event);
		break;
	}
}

static int nfit_bind(struct device *dev)
{
	struct nfit_bus *nfit = nfit_bus_new(dev, compat_acpi_companion(dev));
	struct acpi_table_header *acpi;
	int rc = 0;

	if (!nfit)
		return -ENOMEM;
	rc = compat_acpi_notify(dev, nfit_notify, nfit);
	if (rc)
		return nd_refuse(dev, rc, ND_REASON_RESOURCE,
				 "cannot install a handler for firmware's notifications");

	/* No table: nothing was plugged in at boot. A notification will announce the first. */
	if (ACPI_FAILURE(acpi_get_table(ACPI_SIG_NFIT, 0, &acpi)))
		return 0;
	scoped_guard(mutex, &nfit->lock)
		rc = load_first(nfit, acpi);
	acpi_put_table(acpi);
	if (!rc)
		nfit_enlist(nfit);
	return rc;
}

static void nfit_unbind(struct device *dev)
{
	/* Everything is device-managed: tear_down(). */
}

static const struct acpi_device_id nfit_ids[] = {
	{ "ACPI0012", 0 },
	{ }
};
MODULE_DEVICE_TABLE(acpi, nfit_ids);

COMPAT_ACPI_HOST(nfit_driver, "nfit", nfit_ids, nfit_bind, nfit_unbind);

static int __init nfit_module_init(void)
{
	int rc = compat_acpi_host_register(&nfit_driver);

	if (!rc)
		nfit_mce_start(memory_poisoned);
	return rc;
}
module_init(nfit_module_init);

static void __exit nfit_exit(void)
{
	nfit_mce_stop();
	compat_acpi_host_unregister(&nfit_driver);
}
module_exit(nfit_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("NVDIMMs described by ACPI firmware");
MODULE_VERSION(NDSTACK_VERSION);
