// SPDX-License-Identifier: GPL-2.0
/*
 * struct nvdimm: a provider's DIMM as a device on the nd bus, and what
 * providers ask about it.
 */
#include <linux/device.h>
#include <linux/export.h>
#include <linux/idr.h>
#include <linux/kdev_t.h>
#include <linux/slab.h>
#include "dimm/dimm.h"

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
