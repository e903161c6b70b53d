// SPDX-License-Identifier: GPL-2.0
/*
 * What firmware tells on its own (ACPI 6.5 §5.6.6, table 5.183).
 *
 * Handlers run in ACPI's work queue. They are removed while the device lock of
 * the ACPI device is held, and removal waits for them: they take no lock that
 * unbinding holds, and leave long work to a work item.
 */
#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/workqueue.h>
#include "nfit/nfit.h"
#include "nfit/notify.h"

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
