// SPDX-License-Identifier: GPL-2.0
/*
 * The wait for an overwrite: the DIMM wipes itself, and only says whether it is
 * done. Who waits polls the `security` attribute.
 */
#include <linux/device.h>
#include <linux/minmax.h>
#include <linux/workqueue.h>
#include "dimm.h"
#include "security.h"

#define DELAY_MAX	60u	/* seconds */

/* Return: is it to be asked again? */
static bool ask(struct nvdimm *nvdimm)
{
	struct nd_security *sec = &nvdimm->sec;
	int rc;

	guard(device)(&nvdimm->dev);
	if (sec->gone)
		return false;
	rc = nvdimm->sec_ops->query_overwrite(nvdimm);
	if (rc == -EBUSY) {
		sec->delay = sec->delay ? min(2 * sec->delay, DELAY_MAX) : 1;
		schedule_delayed_work(&sec->wait, sec->delay * HZ);
		return true;
	}
	if (rc)
		nd_fail(&nvdimm->dev, rc, ND_WHY_FIRMWARE,
			"the overwrite failed: what the DIMM holds is not known");
	clear_bit(NDD_SECURITY_OVERWRITE, &nvdimm->flags);
	set_bit(NDD_INCOHERENT, &nvdimm->flags);
	nvdimm_security_refresh(nvdimm);
	return false;
}

static void wait(struct work_struct *work)
{
	struct nd_security *sec = container_of(to_delayed_work(work), struct nd_security, wait);
	struct nvdimm *nvdimm = container_of(sec, struct nvdimm, sec);

	if (ask(nvdimm))
		return;
	/* whoever deletes it has its attributes still */
	sysfs_notify(&nvdimm->dev.kobj, NULL, "security");
	put_device(&nvdimm->dev);
}

void nd_overwrite_init(struct nvdimm *nvdimm)
{
	INIT_DELAYED_WORK(&nvdimm->sec.wait, wait);
}

void nd_overwrite_begun(struct nvdimm *nvdimm)
{
	struct nd_security *sec = &nvdimm->sec;

	device_lock_assert(&nvdimm->dev);
	set_bit(NDD_SECURITY_OVERWRITE, &nvdimm->flags);
	set_bit(NVDIMM_SECURITY_OVERWRITE, &sec->flags);
	sec->delay = 0;
	get_device(&nvdimm->dev);
	schedule_delayed_work(&sec->wait, 0);
}
