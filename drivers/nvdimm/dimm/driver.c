// SPDX-License-Identifier: GPL-2.0
/*
 * The nvdimm driver: while it is bound, libnvdimm knows the DIMM's labels.
 *
 * A DIMM without label commands binds as well; its regions are used whole.
 * A DIMM whose labels cannot be read does not bind: a region must not take for
 * free what they may name.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/nd.h>
#include "core/command.h"
#include "dimm/dimm.h"
#include "label/codec.h"

/* "Not supported", or a size of nothing: ACPI 6.5 §6.5.10.1, NVDIMM DSM interface 1.8 §3.5 */
static bool none_told(const struct nd_cmd_get_config_size *size)
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
	nvdimm->no_labels = rc == -ENOTTY || (!rc && none_told(out));
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
