// SPDX-License-Identifier: GPL-2.0
#include <linux/acpi.h>
#include "nfit/dimm/dimm.h"
#include "nfit/nfit.h"
#include "boundary.h"
#include "in_nfit.h"
#include "mark.h"

/* A command is carried out, and may then be said to have failed. */
int __wrap_nfit_ctl(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm, unsigned int cmd,
		    void *buf, unsigned int len, int *cmd_rc)
{
	const struct nfit_dimm *dimm = nvdimm ? nvdimm_provider_data(nvdimm) : NULL;
	const struct acpi_device *adev = dimm ? dimm->adev : to_nfit_bus(desc)->adev;
	int rc = __real_nfit_ctl(desc, nvdimm, cmd, buf, len, cmd_rc);
	const struct nd_cmd_pkg *pkg = buf;
	u32 func = cmd;

	if (rc < 0 || !adev)
		return rc;
	if (cmd == ND_CMD_CALL && len >= sizeof(*pkg))
		func = pkg->nd_command;
	return mock_acpi_verdict(adev->handle, func, rc);
}

static void deaf(void *data)
{
	struct nfit_bus *nfit = data;

	acpi_remove_notify_handler(nfit->adev->handle, ACPI_DEVICE_NOTIFY, nfit_notify);
}

int nfit_test_bus(struct device *dev, struct acpi_device *root, struct module *owner)
{
	struct nfit_bus *nfit = nfit_bus_new(dev, root);
	int rc;

	if (!nfit)
		return -ENOMEM;
	/* named after its parent */
	nfit->desc.provider_name = NULL;
	nfit->desc.module = owner;
	if (ACPI_FAILURE(acpi_install_notify_handler(root->handle, ACPI_DEVICE_NOTIFY,
						     nfit_notify, nfit)))
		return -ENXIO;
	rc = devm_add_action_or_reset(dev, deaf, nfit);
	if (rc)
		return rc;
	nfit_update(&nfit->update);
	return nfit->nvdimm_bus ? 0 : -ENXIO;
}
EXPORT_SYMBOL_GPL(nfit_test_bus);

NFIT_TEST_MARK(nfit);
