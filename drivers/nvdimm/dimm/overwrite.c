// SPDX-License-Identifier: GPL-2.0
/*
 * The wait for what firmware does not say yet. An overwrite: the DIMM wipes itself,
 * and only says whether it is done. Who waits polls the `security` attribute. It may
 * have begun before this kernel did: whoever meets it waits for its end, and what was
 * refused because of it, the DIMM's driver and regions over it, is bound then. And
 * the security itself: firmware that is busy does not answer.
 */
#include <linux/device.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/workqueue.h>
#include "dimm/dimm.h"
#include "dimm/security.h"

#define DELAY_MAX	60u	/* seconds */
#define TIMES_MAX	6u	/* half a minute */

static bool security_unknown;
module_param(security_unknown, bool, 0644);
MODULE_PARM_DESC(security_unknown,
		 "Enable DIMMs whose firmware, asked for half a minute, does not say whether they are locked or being overwritten");

bool nvdimm_security_unasked(const struct nvdimm *nvdimm)
{
	return security_unknown && nvdimm->sec.unanswered >= TIMES_MAX;
}

/* Who was refused meanwhile. */
static void resume_refused(struct nvdimm *nvdimm, bool changed)
{
	if (nvdimm->sec.refused)
		nd_device_attach_async(&nvdimm->dev);
	nvdimm->sec.refused = false;
	nvdimm_wipe_end(nvdimm, changed);
}

static void ask_in(struct nd_security *sec, u32 delay)
{
	sec->delay = delay;
	schedule_delayed_work(&sec->wait, delay * HZ);
}

static void ask_again(struct nd_security *sec)
{
	ask_in(sec, sec->delay ? min(2 * sec->delay, DELAY_MAX) : 1);
}

/*
 * Has it been said that it is over, well or badly, or that there is nobody to ask? Any other errno
 * is of a question that was not asked, or not answered; and meanwhile the state may say anything.
 */
static bool is_answer(int rc)
{
	return !rc || rc == -ENXIO || rc == -EOPNOTSUPP || rc == -ENOTTY;
}

/* Firmware has failed to answer once more. Return: is that taken for an answer? */
static bool gives_up(struct nvdimm *nvdimm, int rc)
{
	if (rc == -ENOMEM)
		return false;	/* it was not asked */
	if (++nvdimm->sec.unanswered == TIMES_MAX)
		nd_remark(&nvdimm->dev, rc, ND_REASON_FIRMWARE,
			  "firmware, asked %u times, has not said whether the DIMM is %s: it is asked on, unless libnvdimm's security_unknown is 1",
			  TIMES_MAX, nvdimm_in_overwrite(nvdimm) ? "still being overwritten" :
								   "locked, or being overwritten");
	return nvdimm_security_unasked(nvdimm);
}

/* Is the overwrite over? *@rc is how it has ended. */
static bool overwrite_is_over(struct nvdimm *nvdimm, int *rc)
{
	*rc = nvdimm->sec_ops->query_overwrite(nvdimm);
	if (*rc == -EBUSY)
		nvdimm->sec.unanswered = 0;
	return is_answer(*rc) || (*rc != -EBUSY && gives_up(nvdimm, *rc));
}

/* Is the state known? What firmware says of it counts when no overwrite is under way. */
static bool state_is_known(struct nvdimm *nvdimm)
{
	bool overwritten = test_and_clear_bit(NDD_SECURITY_OVERWRITE, &nvdimm->flags);
	int rc = nvdimm_security_refresh(nvdimm);

	smp_mb__after_atomic();		/* pairs with waits_for_overwrite() of a region */
	if (!rc || gives_up(nvdimm, rc)) {
		if (rc)
			clear_bit(NVDIMM_SECURITY_OVERWRITE, &nvdimm->sec.flags);
		return true;
	}
	if (overwritten)
		set_bit(NDD_SECURITY_OVERWRITE, &nvdimm->flags);
	return false;
}

/* Return: is it to be asked again? */
static bool wait_goes_on(struct nvdimm *nvdimm)
{
	struct nd_security *sec = &nvdimm->sec;
	bool overwritten;
	int rc = 0;

	guard(device)(&nvdimm->dev);
	if (nvdimm->gone)
		return false;
	overwritten = nvdimm_in_overwrite(nvdimm);
	if ((overwritten && !overwrite_is_over(nvdimm, &rc)) || !state_is_known(nvdimm)) {
		ask_again(sec);
		return true;
	}
	/* firmware is of two minds: then it is not over */
	if (nvdimm_in_overwrite(nvdimm)) {
		ask_in(sec, DELAY_MAX);
		return true;
	}
	if (rc)
		nd_remark(&nvdimm->dev, rc, ND_REASON_FIRMWARE,
			  "the overwrite failed: what the DIMM holds is not known");
	sec->waits = false;
	resume_refused(nvdimm, overwritten);
	return false;
}

static void security_wait(struct work_struct *work)
{
	struct nd_security *sec = container_of(to_delayed_work(work), struct nd_security, wait);
	struct nvdimm *nvdimm = container_of(sec, struct nvdimm, sec);

	if (wait_goes_on(nvdimm))
		return;
	/* whoever deletes it has its attributes still */
	sysfs_notify(&nvdimm->dev.kobj, NULL, "security");
	put_device(&nvdimm->dev);
}

void nd_overwrite_init(struct nvdimm *nvdimm)
{
	INIT_DELAYED_WORK(&nvdimm->sec.wait, security_wait);
}

static void start_wait(struct nvdimm *nvdimm)
{
	struct nd_security *sec = &nvdimm->sec;

	sec->waits = true;
	sec->delay = 0;
	sec->unanswered = 0;
	get_device(&nvdimm->dev);
	schedule_delayed_work(&sec->wait, 0);
}

void nd_overwrite_met(struct nvdimm *nvdimm)
{
	struct nd_security *sec = &nvdimm->sec;

	device_lock_assert(&nvdimm->dev);
	if (nvdimm->gone || !nvdimm->sec_ops->query_overwrite)
		return;
	/* nobody begins to use it while the state is asked for; who does so already goes on */
	nvdimm_wipe_begin(nvdimm);
	if (!sec->waits)
		start_wait(nvdimm);
}

void nd_security_unknown_met(struct nvdimm *nvdimm)
{
	device_lock_assert(&nvdimm->dev);
	if (!nvdimm->sec.waits && !nvdimm->gone)
		start_wait(nvdimm);
}

void nd_overwrite_begun(struct nvdimm *nvdimm)
{
	device_lock_assert(&nvdimm->dev);
	set_bit(NDD_SECURITY_OVERWRITE, &nvdimm->flags);
	set_bit(NVDIMM_SECURITY_OVERWRITE, &nvdimm->sec.flags);
	if (!nvdimm->sec.waits)
		start_wait(nvdimm);
}
