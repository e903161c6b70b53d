// SPDX-License-Identifier: GPL-2.0
/*
 * struct nvdimm: a provider's DIMM as a device on the nd bus, and what
 * providers ask about it.
 */
#include <linux/device.h>
#include <linux/export.h>
#include <linux/idr.h>
#include <linux/kdev_t.h>
#include <linux/module.h>
#include <linux/nd.h>
#include <linux/slab.h>
#include "core/command.h"
#include "dimm/dimm.h"
#include "label/label.h"

static DEFINE_IDA(nvdimm_ids);

static void nvdimm_release(struct device *dev)
{
	struct nvdimm *nvdimm = to_nvdimm(dev);

	ida_free(&nvdimm_ids, nvdimm->id);
	nvdimm_snapshots_free(nvdimm);
	mutex_destroy(&nvdimm->labels);
	nd_device_fini(dev);
	kfree(nvdimm);
}

static struct nd_device_type nvdimm_type __ro_after_init = {
	.type = {
		.name = "nvdimm",
		.release = nvdimm_release,
	},
	.level = ND_LEVEL_DIMM,
	.id = ND_DEVICE_DIMM,
};

void __init nvdimm_shows(const struct attribute_group **groups)
{
	nvdimm_type.type.groups = groups;
}

bool is_nvdimm(const struct device *dev)
{
	return dev && dev->type == &nvdimm_type.type;
}

/**
 * nvdimm_to_bus() - the bus a DIMM belongs to
 * @nvdimm: the DIMM
 */
struct nvdimm_bus *nvdimm_to_bus(struct nvdimm *nvdimm)
{
	return to_nvdimm_bus(nvdimm->dev.parent);
}
EXPORT_SYMBOL_GPL(nvdimm_to_bus);

/**
 * nvdimm_provider_data() - what the provider gave when it made the DIMM
 * @nvdimm: the DIMM, or NULL
 *
 * Context: any. Return: that pointer, NULL for no DIMM.
 */
void *nvdimm_provider_data(struct nvdimm *nvdimm)
{
	return nvdimm ? nvdimm->provider_data : NULL;
}
EXPORT_SYMBOL_GPL(nvdimm_provider_data);

/**
 * nvdimm_cmd_mask() - the commands that the provider runs for this DIMM
 * @nvdimm: the DIMM
 *
 * Context: any. Return: mask of ND_CMD_* bits.
 */
unsigned long nvdimm_cmd_mask(struct nvdimm *nvdimm)
{
	return nvdimm->cmd_mask;
}
EXPORT_SYMBOL_GPL(nvdimm_cmd_mask);

/**
 * to_nvdimm() - the DIMM of its device
 * @dev: an nmemN device
 *
 * Context: any. Return: the DIMM.
 */
struct nvdimm *to_nvdimm(struct device *dev)
{
	return container_of(dev, struct nvdimm, dev);
}
EXPORT_SYMBOL_GPL(to_nvdimm);

/**
 * nvdimm_kobj() - the DIMM's directory in sysfs, for links
 * @nvdimm: the DIMM
 *
 * Context: any. Return: the kobject; no reference is taken.
 */
struct kobject *nvdimm_kobj(struct nvdimm *nvdimm)
{
	return &nvdimm->dev.kobj;
}
EXPORT_SYMBOL_GPL(nvdimm_kobj);

/**
 * nvdimm_name() - name of a DIMM, "nmem0"
 * @nvdimm: the DIMM
 *
 * Context: any. Return: a string that lives as long as the DIMM.
 */
const char *nvdimm_name(struct nvdimm *nvdimm)
{
	return dev_name(&nvdimm->dev);
}
EXPORT_SYMBOL_GPL(nvdimm_name);

bool nvdimm_locked(const struct nvdimm *nvdimm)
{
	return test_bit(NDD_LOCKED, &nvdimm->flags);
}

/**
 * nvdimm_report_armed() - firmware reports whether a DIMM saves its contents when power fails
 * @nvdimm: the DIMM
 * @armed: it does
 *
 * A change is applied to the regions over it and to their disks: see reported.h.
 *
 * Context: process; takes the device locks of regions' children. No lock of rank 1 or above.
 */
void nvdimm_report_armed(struct nvdimm *nvdimm, bool armed)
{
	bool was_armed = armed ? !test_and_clear_bit(NDD_UNARMED, &nvdimm->flags) :
				 !test_and_set_bit(NDD_UNARMED, &nvdimm->flags);

	if (armed != was_armed)
		nd_bus_dimm_event(nvdimm->dev.parent, nvdimm, ND_DIMM_ARMED);
}
EXPORT_SYMBOL_GPL(nvdimm_report_armed);

static struct nvdimm *nvdimm_alloc(void)
{
	struct nvdimm *nvdimm = kzalloc(sizeof(*nvdimm), GFP_KERNEL);

	if (!nvdimm)
		return NULL;
	nvdimm->id = ida_alloc_max(&nvdimm_ids, MINORMASK, GFP_KERNEL);
	if (nvdimm->id < 0) {
		kfree(nvdimm);
		return NULL;
	}
	mutex_init(&nvdimm->labels);
	return nvdimm;
}

/**
 * __nvdimm_create() - offer a DIMM
 * @nvdimm_bus: provider's bus; NULL is refused
 * @provider_data: for nvdimm_provider_data()
 * @groups: provider's attributes, or NULL; must outlive the DIMM
 * @flags: NDD_*; NDD_REGISTER_SYNC: it is registered on return
 * @cmd_mask: mask of ND_CMD_* bits that desc->ndctl() runs for it
 * @num_flush: entries of @flush_wpq
 * @flush_wpq: flush hint addresses, or NULL; must outlive the DIMM
 * @dimm_id: name of the module in key descriptions, or NULL; must outlive it
 * @sec_ops: passphrase operations, or NULL
 * @fw_ops: firmware activation, or NULL
 *
 * Registered asynchronously unless told otherwise:
 * nvdimm_bus_check_dimm_count() waits, and says whether all have made it.
 *
 * Context: process, may sleep.
 * Return: the DIMM, gone with its bus or nvdimm_delete(); NULL on error, the
 * reason in the bus's last_error.
 */
struct nvdimm *__nvdimm_create(struct nvdimm_bus *nvdimm_bus, void *provider_data,
			       const struct attribute_group **groups, unsigned long flags,
			       unsigned long cmd_mask, int num_flush, struct resource *flush_wpq,
			       const char *dimm_id, const struct nvdimm_security_ops *sec_ops,
			       const struct nvdimm_fw_ops *fw_ops)
{
	struct nvdimm *nvdimm;
	struct device *dev;

	/* an in-tree provider may pass on a bus that could not be registered */
	if (!nvdimm_bus) {
		pr_err("nd: a DIMM is refused: its provider has no bus\n");
		return NULL;
	}
	nvdimm = nvdimm_alloc();
	if (!nvdimm) {
		nd_remark(&nvdimm_bus->dev, -ENOMEM, ND_REASON_RESOURCE,
			  "no memory or id for a DIMM");
		return NULL;
	}
	nvdimm->provider_data = provider_data;
	nvdimm->flags = flags;
	nvdimm->cmd_mask = cmd_mask;
	nvdimm->num_flush = num_flush;
	nvdimm->flush_wpq = flush_wpq;
	nvdimm->dimm_id = dimm_id;
	nvdimm->sec_ops = sec_ops;
	nvdimm->fw_ops = fw_ops;

	dev = &nvdimm->dev;
	dev->type = &nvdimm_type.type;
	dev->groups = groups;
	dev->devt = MKDEV(nd_dimm_major, nvdimm->id);
	nd_device_init(dev, &nvdimm_bus->dev);
	if (dev_set_name(dev, "nmem%d", nvdimm->id))
		goto drop;
	if (nvdimm_security_init(nvdimm))
		goto drop;
	/* what a provider knows to have changed before it came */
	atomic_set(&nvdimm->contents, test_bit(NDD_INCOHERENT, &flags));
	if (!test_bit(NDD_REGISTER_SYNC, &flags))
		nd_device_add_async(dev);
	else if (nd_device_add(dev))
		goto drop;
	return nvdimm;

drop:
	put_device(dev);
	return NULL;
}
EXPORT_SYMBOL_GPL(__nvdimm_create);

/**
 * nvdimm_delete() - take a DIMM away before its bus goes
 * @nvdimm: the DIMM; the caller's pointer is invalid afterwards
 *
 * Context: process; waits for its driver and for a command that runs on it.
 */
void nvdimm_delete(struct nvdimm *nvdimm)
{
	/* it may not have been added yet */
	nd_async_flush(nvdimm->dev.parent);
	nvdimm_security_stop(nvdimm);
	nd_device_kill(&nvdimm->dev);
}
EXPORT_SYMBOL_GPL(nvdimm_delete);

static int count_dimm(struct device *dev, void *data)
{
	int *count = data;

	*count += is_nvdimm(dev);
	return 0;
}

/**
 * nvdimm_bus_check_dimm_count() - have all DIMMs made it?
 * @nvdimm_bus: the bus
 * @dimm_count: how many the provider has created
 *
 * Waits for registrations under way, label areas read included. A provider
 * asks before it creates regions over the DIMMs.
 *
 * Context: process, may sleep; no device lock on the bus.
 * Return: 0, or -ENXIO with the reason in the bus's last_error.
 */
int nvdimm_bus_check_dimm_count(struct nvdimm_bus *nvdimm_bus, int dimm_count)
{
	struct device *dev = &nvdimm_bus->dev;
	int count = 0;

	nd_async_flush(dev);
	device_for_each_child(dev, &count, count_dimm);
	if (count != dimm_count)
		return nd_refuse(dev, -ENXIO, ND_REASON_REFERENCE,
				 "%d DIMMs are registered, %d were expected", count, dimm_count);
	return 0;
}
EXPORT_SYMBOL_GPL(nvdimm_bus_check_dimm_count);

void nvdimm_ids_exit(void)
{
	ida_destroy(&nvdimm_ids);
}

/*
 * ---- the driver ----
 *
 * While it is bound, libnvdimm knows the DIMM's labels. A DIMM without label commands binds as
 * well; its regions are used whole. A DIMM whose labels cannot be read does not bind: a region must
 * not take for free what they may name.
 */

/* "Not supported", or a size of nothing: ACPI 6.5 §6.5.10.1, NVDIMM DSM interface 1.8 §3.5 */
static bool has_no_area(const struct nd_cmd_get_config_size *size)
{
	u32 status = size->status & ARS_STATUS_MASK;

	return status == 1 || (!status && !size->config_size);
}

/*
 * Size of the label area. A DIMM may refuse because it is locked and answer all
 * the same: its namespaces can be listed then, but not used.
 */
static int nvdimm_area_size(struct nvdimm *nvdimm, struct nd_cmd_get_config_size *out)
{
	struct device *dev = &nvdimm->dev;
	int rc = nvdimm_command(nvdimm, ND_CMD_GET_CONFIG_SIZE, out, sizeof(*out));

	/* an answer, too: its regions are whole, as without the command */
	nvdimm->no_labels = rc == -ENOTTY || (!rc && has_no_area(out));
	if (rc == -EACCES && out->config_size)
		set_bit(NDD_LOCKED, &nvdimm->flags);
	else if (rc)
		return nvdimm_labels_refused(nvdimm, rc, "size of the label area");
	if (out->status & ARS_STATUS_MASK)
		return nd_refuse(dev, -ENXIO, ND_REASON_FIRMWARE,
				 "asked for the size of the label area, firmware answers with status %#x",
				 out->status);
	if (!out->config_size || !out->max_xfer)
		return nd_refuse(dev, -ENXIO, ND_REASON_FIRMWARE,
				 "firmware reports a label area of %u bytes, %u at a time",
				 out->config_size, out->max_xfer);
	if (out->config_size > ND_LABEL_AREA_MAX)
		return nd_refuse(dev, -ENXIO, ND_REASON_BOUNDS,
				 "firmware reports a label area of %u bytes, at most %u are possible",
				 out->config_size, ND_LABEL_AREA_MAX);
	if (!label_nslot(out->config_size, ND_LABEL_V1_1_SIZE))
		return nd_refuse(dev, -ENXIO, ND_REASON_SIZE,
				 "a label area of %u bytes has no room for a label, %u are needed",
				 out->config_size, ND_LABEL_AREA_MIN);
	return 0;
}

bool nvdimm_has_labels(const struct nvdimm *nvdimm)
{
	return test_bit(ND_CMD_GET_CONFIG_SIZE, &nvdimm->cmd_mask) &&
	       test_bit(ND_CMD_GET_CONFIG_DATA, &nvdimm->cmd_mask);
}

static int nvdimm_read_labels(struct nvdimm *nvdimm)
{
	struct nd_cmd_get_config_size size = { };
	int rc;

	lockdep_assert_held(&nvdimm->labels);
	/* what the DIMM said when it was last bound counts no more */
	clear_bit(NDD_LOCKED, &nvdimm->flags);
	nvdimm->no_labels = false;
	rc = nvdimm_area_size(nvdimm, &size);
	if (rc)
		return rc;
	if (nvdimm_labels_alloc(nvdimm, size.config_size, size.max_xfer))
		return nd_refuse(&nvdimm->dev, -ENOMEM, ND_REASON_RESOURCE,
				 "no memory for a label area of %u bytes", size.config_size);
	rc = nvdimm_labels_reload(nvdimm);
	if (!rc)
		nvdimm_snapshot(nvdimm, ND_WHEN_BOUND);
	return rc;
}

static int nvdimm_probe(struct device *dev)
{
	struct nvdimm *nvdimm = to_nvdimm(dev);
	int rc = nvdimm_security_unlock(nvdimm);

	if (rc)
		return rc;
	guard(mutex)(&nvdimm->labels);
	if (nvdimm_has_labels(nvdimm))
		rc = nvdimm_read_labels(nvdimm);
	else if (test_bit(NDD_LABELING, &nvdimm->flags))
		rc = nd_refuse(dev, -ENXIO, ND_REASON_NO_LABELS,
			       "the DIMM's capacity is labelled, but the provider cannot read labels");
	if (rc) {
		nvdimm_labels_free(nvdimm);
		return rc;
	}
	nvdimm->bound = true;
	if (!nvdimm_locked(nvdimm))
		nd_bus_dimm_event(nvdimm->dev.parent, nvdimm, ND_DIMM_READY);
	return 0;
}

static void nvdimm_remove(struct device *dev)
{
	struct nvdimm *nvdimm = to_nvdimm(dev);

	guard(mutex)(&nvdimm->labels);
	nvdimm->bound = false;
	nvdimm_labels_free(nvdimm);
}
COMPAT_ND_REMOVE(nvdimm_remove)

/* A label transaction under way is finished before the machine goes down. */
static void nvdimm_shutdown(struct device *dev)
{
	struct nvdimm *nvdimm = to_nvdimm(dev);

	mutex_lock(&nvdimm->labels);
	mutex_unlock(&nvdimm->labels);
}

static struct nd_device_driver nvdimm_driver = {
	.probe = nvdimm_probe,
	.remove = compat_nd_remove(nvdimm_remove),
	.shutdown = nvdimm_shutdown,
	.drv = { .name = "nvdimm" },
	.type = ND_DRIVER_DIMM,
};

int nvdimm_dimm_init(void)
{
	return nd_driver_register(&nvdimm_driver);
}

void nvdimm_dimm_exit(void)
{
	nd_driver_unregister(&nvdimm_driver);
	nvdimm_ids_exit();
}

MODULE_ALIAS_ND_DEVICE(ND_DEVICE_DIMM);
