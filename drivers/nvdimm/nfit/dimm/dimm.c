// SPDX-License-Identifier: GPL-2.0
/* Memory devices: from the table and ACPI's namespace to nmems. */
#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/libnvdimm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/swab.h>
#include <linux/sysfs.h>
#include "common/diag.h"
#include "dimm/dimm.h"
#include "nfit/dimm/dimm.h"
#include "nfit/dsm/dsm.h"
#include "nfit/dsm/family.h"
#include "nfit/nfit.h"

static bool force_enable_dimms;
module_param(force_enable_dimms, bool, 0644);
MODULE_PARM_DESC(force_enable_dimms, "Use DIMMs for which firmware has no ACPI device");

/* DIMM commands that some families have as functions, payload and all. */
#define STANDARD_COMMANDS	GENMASK(ND_CMD_VENDOR, ND_CMD_SMART)

/* What a DIMM failed at; health events are none of it. */
#define FAILURES	(NFIT_MAP_SAVE_FAILED | NFIT_MAP_RESTORE_FAILED | NFIT_MAP_FLUSH_FAILED | \
			 NFIT_MAP_NOT_ARMED | NFIT_MAP_UNMAPPED)

struct nfit_dimm *nfit_dimm_find(struct nfit_bus *nfit, u32 handle)
{
	struct nfit_dimm *dimm;

	lockdep_assert_held(&nfit->lock);
	list_for_each_entry(dimm, &nfit->dimms, node)
		if (dimm->handle == handle)
			return dimm;
	return NULL;
}

/* ACPI 6.5 §5.2.25.9: the unique identifier; numbers as their bytes stand in the DIMM's SPD. */
static void name_dimm(struct nfit_dimm *dimm)
{
	const struct nfit_dcr *dcr = &dimm->dcr;

	if (dcr->valid_fields & NFIT_DCR_MFG_VALID)
		snprintf(dimm->id, sizeof(dimm->id), "%04x-%02x-%04x-%08x", swab16(dcr->vendor),
			 dcr->location, swab16(dcr->date), swab32(dcr->serial));
	else
		snprintf(dimm->id, sizeof(dimm->id), "%04x-%08x", swab16(dcr->vendor),
			 swab32(dcr->serial));
}

static int copy_flush(struct nfit_dimm *dimm, const struct nfit_flush *flush)
{
	if (!flush->count)
		return 0;
	dimm->flush = kcalloc(flush->count, sizeof(*dimm->flush), GFP_KERNEL);
	if (!dimm->flush)
		return -ENOMEM;
	dimm->num_flush = flush->count;
	for (u32 i = 0; i < flush->count; i++) {
		struct resource hint = DEFINE_RES_MEM(nfit_flush_hint(flush, i), sizeof(u64));

		dimm->flush[i] = hint;
	}
	return 0;
}

/* What firmware reports of a DIMM on its own; nfit_notify() says what a handler may do. */
static void dimm_notify(acpi_handle handle, u32 event, void *data)
{
	enum { HEALTH = 0x81 };
	struct nfit_dimm *dimm = data;
	/* Pairs with create_nmem(); it stays until this handler is removed. */
	struct nvdimm *nvdimm = smp_load_acquire(&dimm->nvdimm);

	/* Whoever polls the flags is to look at the DIMM's health. */
	if (event == HEALTH && nvdimm)
		sysfs_notify(nvdimm_kobj(nvdimm), "nfit", "flags");
}

static void free_dimm(struct nfit_dimm *dimm)
{
	if (!dimm)
		return;
	if (test_bit(NFIT_DIMM_NOTIFY, &dimm->state))
		acpi_remove_notify_handler(dimm->adev->handle, ACPI_DEVICE_NOTIFY,
					   dimm_notify);
	if (dimm->adev)
		put_device(&dimm->adev->dev);
	kfree(dimm->flush);
	kfree(dimm);
}

DEFINE_FREE(free_dimm, struct nfit_dimm *, free_dimm(_T))

static struct nfit_dimm *dimm_from_table(const struct nfit_table *t, const struct nfit_device *dev)
{
	struct nfit_dimm *dimm __free(free_dimm) = kzalloc(sizeof(*dimm), GFP_KERNEL);

	if (!dimm)
		return NULL;
	dimm->handle = dev->handle;
	dimm->phys_id = t->map[dev->map].phys_id;
	dimm->flags = dev->flags;
	dimm->pmem = dev->pmem;
	if (dev->dcr != NFIT_NONE) {
		dimm->has_dcr = true;
		dimm->dcr = t->dcr[dev->dcr];
		dimm->dcr.entry.raw = NULL;
		name_dimm(dimm);
	}
	if (dev->flush != NFIT_NONE && copy_flush(dimm, &t->flush[dev->flush]))
		return NULL;
	return no_free_ptr(dimm);
}

/* The DIMM's own ACPI device: commands, labels and notifications go through it. */
static int find_acpi_device(struct nfit_bus *nfit, struct nfit_dimm *dimm, struct device *dev)
{
	struct acpi_device *adev = acpi_find_child_device(nfit->adev, dimm->handle, false);

	if (!adev && force_enable_dimms)
		return 0;
	if (!adev)
		return nd_refuse(dev, -ENXIO, ND_REASON_REFERENCE,
				 "DIMM %#x of the NVDIMM table is not used: no ACPI device has this address (nfit.force_enable_dimms=1 uses it without commands and labels)",
				 dimm->handle);
	get_device(&adev->dev);
	dimm->adev = adev;
	if (ACPI_FAILURE(acpi_install_notify_handler(adev->handle, ACPI_DEVICE_NOTIFY,
						     dimm_notify, dimm)))
		return nd_refuse(dev, -ENXIO, ND_REASON_FIRMWARE,
				 "DIMM %#x is not used: cannot install a handler for its notifications, another driver has one",
				 dimm->handle);
	set_bit(NFIT_DIMM_NOTIFY, &dimm->state);
	if (nfit_dsm_probe_dimm(nfit, dimm))
		return nd_refuse(dev, -ENOMEM, ND_REASON_RESOURCE,
				 "no memory to ask DIMM %#x which functions it has", dimm->handle);
	return 0;
}

static unsigned long dimm_commands(const struct nfit_dimm *dimm)
{
	unsigned long mask = BIT(ND_CMD_CALL);

	if (dimm->family && dimm->family->commands)
		mask |= dimm->dsm_mask & STANDARD_COMMANDS;
	if (test_bit(NFIT_DIMM_LSR, &dimm->state))
		mask |= BIT(ND_CMD_GET_CONFIG_SIZE) | BIT(ND_CMD_GET_CONFIG_DATA);
	if (test_bit(NFIT_DIMM_LSW, &dimm->state))
		mask |= BIT(ND_CMD_SET_CONFIG_DATA);
	return mask;
}

/* What firmware says @dimm fails at. */
static void report_failures(const struct nfit_dimm *dimm, u16 flags, struct device *dev)
{
	char words[96];

	if (!(flags & FAILURES))
		return;
	nfit_flags_text(flags & FAILURES, words, sizeof(words));
	dev_err(dev, "firmware says about %s (DIMM %#x): %s\n", nvdimm_name(dimm->nvdimm),
		dimm->handle, words);
}

/* A later table says something else of its health. */
static void update_flags(struct nfit_dimm *dimm, u16 flags, struct device *dev)
{
	u16 added = flags & ~dimm->flags;

	if (flags == dimm->flags)
		return;
	WRITE_ONCE(dimm->flags, flags);
	report_failures(dimm, added, dev);
	nvdimm_report_armed(dimm->nvdimm, !(flags & NFIT_MAP_NOT_ARMED));
	sysfs_notify(nvdimm_kobj(dimm->nvdimm), "nfit", "flags");
}

static int create_nmem(struct nfit_bus *nfit, struct nfit_dimm *dimm, struct device *dev)
{
	const struct nfit_family_ops *ops = dimm->family ? dimm->family->ops : NULL;
	unsigned long flags = dimm->flags & NFIT_MAP_NOT_ARMED ? BIT(NDD_UNARMED) : 0;
	struct nvdimm *nvdimm;

	/* Whether it is locked or labelled, libnvdimm learns when it reads the labels. */
	nvdimm = __nvdimm_create(nfit->nvdimm_bus, dimm, nfit_dimm_groups, flags,
				 dimm_commands(dimm), dimm->num_flush, dimm->flush,
				 dimm->has_dcr ? dimm->id : NULL,
				 ops ? ops->security_ops(dimm) : NULL,
				 ops ? ops->fw_ops(dimm) : NULL);
	if (!nvdimm)
		return nd_refuse(dev, -ENOMEM, ND_REASON_RESOURCE, "DIMM %#x cannot be registered",
				 dimm->handle);
	/* Pairs with dimm_notify(), which may be running already. */
	smp_store_release(&dimm->nvdimm, nvdimm);
	report_failures(dimm, dimm->flags, dev);
	return 0;
}

static int add_dimm(struct nfit_bus *nfit, const struct nfit_table *t,
		    const struct nfit_device *device)
{
	struct nfit_dimm *dimm __free(free_dimm) = dimm_from_table(t, device);
	struct device *dev = to_nvdimm_bus_dev(nfit->nvdimm_bus);
	int rc;

	if (!dimm)
		return nd_refuse(dev, -ENOMEM, ND_REASON_RESOURCE, "no memory for DIMM %#x",
				 device->handle);
	/* Left out, not fatal: the others are not to suffer. A lack of memory passes. */
	rc = find_acpi_device(nfit, dimm, dev);
	if (rc)
		return rc == -ENOMEM ? rc : 0;
	rc = create_nmem(nfit, dimm, dev);
	if (rc)
		return rc;
	list_add_tail(&no_free_ptr(dimm)->node, &nfit->dimms);
	return 0;
}

int nfit_add_dimms(struct nfit_bus *nfit, const struct nfit_model *model)
{
	struct device *dev = to_nvdimm_bus_dev(nfit->nvdimm_bus);
	const struct nfit_table *t = &model->table;
	struct nfit_dimm *dimm;
	int count = 0, rc;

	for (u32 i = 0; i < t->ndevice; i++) {
		dimm = nfit_dimm_find(nfit, t->device[i].handle);
		if (dimm) {
			update_flags(dimm, t->device[i].flags, dev);
			continue;
		}
		rc = add_dimm(nfit, t, &t->device[i]);
		if (rc)
			return rc;
	}
	list_for_each_entry(dimm, &nfit->dimms, node)
		count++;
	/* Regions need their labels: waits until they have been read. */
	return nvdimm_bus_check_dimm_count(nfit->nvdimm_bus, count);
}

void nfit_dimms_quiesce(struct nfit_bus *nfit)
{
	struct nfit_dimm *dimm;

	list_for_each_entry(dimm, &nfit->dimms, node)
		if (test_and_clear_bit(NFIT_DIMM_NOTIFY, &dimm->state))
			acpi_remove_notify_handler(dimm->adev->handle, ACPI_DEVICE_NOTIFY,
						   dimm_notify);
}

void nfit_dimms_free(struct nfit_bus *nfit)
{
	struct nfit_dimm *dimm, *next;

	list_for_each_entry_safe(dimm, next, &nfit->dimms, node) {
		list_del(&dimm->node);
		free_dimm(dimm);
	}
}
