// SPDX-License-Identifier: GPL-2.0
/*
 * The wait for an overwrite: the DIMM wipes itself, and only says whether it is
 * done. Who waits polls the `security` attribute. It may have begun before this
 * kernel did: whoever meets it waits for its end, and what was refused because of
 * it, the DIMM's driver and regions over it, is bound then.
 */
#include <linux/device.h>
#include <linux/minmax.h>
#include <linux/workqueue.h>
#include "dimm/dimm.h"
#include "dimm/security.h"

#define DELAY_MAX	60u	/* seconds */

/* Who was refused meanwhile. */
static void overwrite_resume(struct nvdimm *nvdimm)
{
	if (nvdimm->sec.refused)
		nd_device_attach_async(&nvdimm->dev);
	nvdimm->sec.refused = false;
	nvdimm_wipe_end(nvdimm, true);
}

static void ask_again(struct nd_security *sec, u32 delay)
{
	sec->delay = delay;
	schedule_delayed_work(&sec->wait, delay * HZ);
}

/* Return: is it to be asked again? */
static bool overwrite_goes_on(struct nvdimm *nvdimm)
{
	struct nd_security *sec = &nvdimm->sec;
	int rc;

	guard(device)(&nvdimm->dev);
	if (nvdimm->gone)
		return false;
	rc = nvdimm->sec_ops->query_overwrite(nvdimm);
	/* nobody was asked, or nobody heard the answer */
	if (rc == -EBUSY || rc == -ENOMEM) {
		ask_again(sec, sec->delay ? min(2 * sec->delay, DELAY_MAX) : 1);
		return true;
	}
	clear_bit(NDD_SECURITY_OVERWRITE, &nvdimm->flags);
	smp_mb__after_atomic();		/* pairs with waits_for_overwrite() of a region */
	if (nvdimm_security_refresh(nvdimm)) {
		set_bit(NDD_SECURITY_OVERWRITE, &nvdimm->flags);
		ask_again(sec, 1);
		return true;
	}
	/* firmware is of two minds: then it is not over */
	if (nvdimm_in_overwrite(nvdimm)) {
		ask_again(sec, DELAY_MAX);
		return true;
	}
	if (rc)
		nd_remark(&nvdimm->dev, rc, ND_REASON_FIRMWARE,
			  "the overwrite failed: what the DIMM holds is not known");
	sec->waits = false;
	overwrite_resume(nvdimm);
	return false;
}

static void overwrite_wait(struct work_struct *work)
{
	struct nd_security *sec = container_of(to_delayed_work(work), struct nd_security, wait);
	struct nvdimm *nvdimm = container_of(sec, struct nvdimm, sec);

	if (overwrite_goes_on(nvdimm))
		return;
	/* whoever deletes it has its attributes still */
	sysfs_notify(&nvdimm->dev.kobj, NULL, "security");
	put_device(&nvdimm->dev);
}

void nd_overwrite_init(struct nvdimm *nvdimm)
{
	INIT_DELAYED_WORK(&nvdimm->sec.wait, overwrite_wait);
}

static void overwrite_start_wait(struct nvdimm *nvdimm)
{
	struct nd_security *sec = &nvdimm->sec;

	sec->waits = true;
	sec->delay = 0;
	get_device(&nvdimm->dev);
	schedule_delayed_work(&sec->wait, 0);
}

void nd_overwrite_met(struct nvdimm *nvdimm)
{
	struct nd_security *sec = &nvdimm->sec;

	device_lock_assert(&nvdimm->dev);
	if (!sec->waits && !nvdimm->gone && nvdimm->sec_ops->query_overwrite)
		overwrite_start_wait(nvdimm);
}

void nd_overwrite_begun(struct nvdimm *nvdimm)
{
	device_lock_assert(&nvdimm->dev);
	set_bit(NDD_SECURITY_OVERWRITE, &nvdimm->flags);
	set_bit(NVDIMM_SECURITY_OVERWRITE, &nvdimm->sec.flags);
	overwrite_start_wait(nvdimm);
}
