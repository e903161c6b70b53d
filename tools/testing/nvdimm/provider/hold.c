// SPDX-License-Identifier: GPL-2.0
/*
 * Firmware that takes its time: label commands that do not come back before they
 * are let go, and DIMMs that are taken away meanwhile.
 */
#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/memory.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>
#include "provider.h"

static DECLARE_WAIT_QUEUE_HEAD(changed);

/* Long enough for who is to come, if it comes at all. */
#define PROVIDER_GRACE	(2 * HZ)

void provider_hold_enter(struct provider_dimm *dimm)
{
	atomic_inc(&dimm->running);
	wake_up_all(&changed);
	wait_event(changed, !READ_ONCE(dimm->hold));
	/* as firmware, which runs on when the driver believes that nothing does */
	if (READ_ONCE(dimm->leaving))
		schedule_timeout_uninterruptible(HZ / 4);
}

void provider_hold_leave(struct provider_dimm *dimm)
{
	atomic_dec(&dimm->running);
	wake_up_all(&changed);
}

/* ---- nmemN/nd_provider/hold: 1: label commands wait, overwrites go on; says how many run ---- */

static struct provider_dimm *of_dimm(struct device *dev)
{
	return nvdimm_provider_data(to_nvdimm(dev));
}

static ssize_t hold_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&of_dimm(dev)->running));
}

static ssize_t hold_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t n)
{
	int rc = kstrtobool(buf, &of_dimm(dev)->hold);

	wake_up_all(&changed);
	return rc ?: n;
}
struct device_attribute provider_attr_hold = __ATTR_RW(hold);

/* ---- nmemN/nd_provider/mute: which questions fail; says how many have ---- */

bool provider_mute(struct provider_dimm *dimm, enum provider_question question)
{
	bool mute = READ_ONCE(dimm->mute) >= question;

	if (mute)
		atomic_inc(&dimm->unanswered);
	return mute;
}

static ssize_t mute_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&of_dimm(dev)->unanswered));
}

static ssize_t mute_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t n)
{
	atomic_set(&of_dimm(dev)->unanswered, 0);
	return kstrtou8(buf, 0, &of_dimm(dev)->mute) ?: n;
}
struct device_attribute provider_attr_mute = __ATTR_RW(mute);

/* ---- ndbusN/nd_provider/NAME_hold: 1: these wait until 0; says how many do ---- */

struct gate {
	bool closed;
	atomic_t waiting;
};

static void gate_pass(struct gate *gate)
{
	atomic_inc(&gate->waiting);
	wait_event(changed, !READ_ONCE(gate->closed));
	atomic_dec(&gate->waiting);
}

#define GATE_ATTR(name)									\
static struct gate name;								\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf) \
{											\
	return sysfs_emit(buf, "%d\n", atomic_read(&name.waiting));			\
}											\
static ssize_t name##_store(struct device *dev, struct device_attribute *attr,		\
			    const char *buf, size_t n)					\
{											\
	int rc = kstrtobool(buf, &name.closed);						\
											\
	wake_up_all(&changed);								\
	return rc ?: n;									\
}											\
struct device_attribute provider_attr_##name = __ATTR_RW(name)

/* "clear error" */
GATE_ATTR(clear_hold);

void provider_hold_clear(void)
{
	gate_pass(&clear_hold);
}

/* the machine-check handler, before it unmaps a page */
GATE_ATTR(mce_hold);

void provider_hold_mce(void)
{
	gate_pass(&mce_hold);
}

/* a memory block that is going online, when all others have agreed */
GATE_ATTR(online_hold);

static int going_online(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action == MEM_GOING_ONLINE)
		gate_pass(&online_hold);
	return NOTIFY_OK;
}

static struct notifier_block online_watch = {
	.notifier_call = going_online,
	.priority = INT_MIN,
};

/*
 * ---- ndbusN/nd_provider/delete: N: its regions and DIMMs go, a region by N threads at once; reads
 * 1 while a DIMM is going; "removed" reads how many regions have left their bus so ----
 */

#define DELETERS_MOST	64u

static atomic_t leaving = ATOMIC_INIT(0);
static atomic_t removed = ATOMIC_INIT(0);

/* Its driver is unbound, and it has left the bus: a command that found it before may still come. */
static int about_to_go(struct notifier_block *nb, unsigned long action, void *data)
{
	struct device *dev = data;
	struct provider_dimm *dimm;

	if (action == BUS_NOTIFY_REMOVED_DEVICE && !strncmp(dev_name(dev), "region", 6))
		atomic_inc(&removed);
	if (action != BUS_NOTIFY_REMOVED_DEVICE || strncmp(dev_name(dev), "nmem", 4))
		return NOTIFY_DONE;
	dimm = of_dimm(dev);
	WRITE_ONCE(dimm->leaving, true);
	atomic_inc(&leaving);
	wait_event_timeout(changed, atomic_read(&dimm->running), PROVIDER_GRACE);
	atomic_dec(&leaving);
	return NOTIFY_DONE;
}

static struct notifier_block watch = { .notifier_call = about_to_go };

struct deleter {
	struct work_struct work;
	struct nd_region *region;
};

static atomic_t deleters_missing;
static DECLARE_COMPLETION(deleters_go);

static void delete_with_others(struct work_struct *work)
{
	if (atomic_dec_and_test(&deleters_missing))
		complete_all(&deleters_go);
	wait_for_completion(&deleters_go);
	nvdimm_region_delete(container_of(work, struct deleter, work)->region);
}

/* Each of @n threads asks for it; libnvdimm has to see to it that one is heard. */
static int delete_region(struct nd_region *region, unsigned int n)
{
	struct workqueue_struct *wq = alloc_workqueue("nd_provider", WQ_UNBOUND, DELETERS_MOST);
	struct deleter *deleter = kcalloc(n, sizeof(*deleter), GFP_KERNEL);

	if (!wq || !deleter) {
		if (wq)
			destroy_workqueue(wq);
		kfree(deleter);
		return -ENOMEM;
	}
	get_device(nd_region_dev(region));
	atomic_set(&deleters_missing, n);
	reinit_completion(&deleters_go);
	for (unsigned int i = 0; i < n; i++) {
		deleter[i].region = region;
		INIT_WORK(&deleter[i].work, delete_with_others);
		queue_work(wq, &deleter[i].work);
	}
	destroy_workqueue(wq);
	put_device(nd_region_dev(region));
	kfree(deleter);
	return 0;
}

static int delete(struct provider_range *range, unsigned int n)
{
	int rc;

	if (!range->region)
		return 0;
	rc = delete_region(range->region, n);
	if (rc)
		return rc;
	range->region = NULL;
	for (unsigned int i = 0; range->dimms && i < range->spec.dimms; i++) {
		struct provider_dimm *dimm = &range->dimms[i];

		nvdimm_delete(dimm->nvdimm);
		dimm->nvdimm = NULL;
		/* from now on a provider frees what its commands use */
		if (atomic_read(&dimm->running))
			pr_err("BUG: nd_provider: a command runs on a DIMM that is deleted\n");
	}
	return 0;
}

static ssize_t delete_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&leaving));
}

static ssize_t delete_store(struct device *dev, struct device_attribute *attr, const char *buf,
			    size_t n)
{
	const struct nvdimm_bus_descriptor *desc = to_nd_desc(to_nvdimm_bus(dev));
	unsigned int threads;
	int rc = kstrtouint(buf, 0, &threads);

	if (rc)
		return rc;
	if (!threads || threads > DELETERS_MOST)
		return -EINVAL;
	rc = bus_register_notifier(dev->bus, &watch);
	if (rc)
		return rc;
	/* a range may map the DIMMs of one before it */
	for (unsigned int i = provider_nranges; i-- && !rc;)
		if (provider_ranges[i].bus && &provider_ranges[i].bus->desc == desc)
			rc = delete(&provider_ranges[i], threads);
	bus_unregister_notifier(dev->bus, &watch);
	return rc ?: n;
}
struct device_attribute provider_attr_delete = __ATTR_RW(delete);

static ssize_t removed_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&removed));
}
struct device_attribute provider_attr_removed = __ATTR_RO(removed);

/* ---- ndbusN/nd_provider/slow: 1: a claim naps before it is in its parent's list ---- */

static bool is_claim_name(const char *name)
{
	return !strncmp(name, "pfn", 3) || !strncmp(name, "btt", 3) || !strncmp(name, "dax", 3);
}

static int nap(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action == BUS_NOTIFY_ADD_DEVICE && is_claim_name(dev_name(data)))
		schedule_timeout_uninterruptible(HZ / 20);
	return NOTIFY_DONE;
}

static struct notifier_block napper = { .notifier_call = nap };
static bool slow;

static ssize_t slow_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t n)
{
	bool want;
	int rc = kstrtobool(buf, &want);

	if (!rc && want != slow)
		rc = want ? bus_register_notifier(dev->bus, &napper) :
			    bus_unregister_notifier(dev->bus, &napper);
	if (!rc)
		slow = want;
	return rc ?: n;
}
struct device_attribute provider_attr_slow = __ATTR_WO(slow);

/*
 * ---- ndbusN/nd_provider/linger: MS: from now on a claim whose deletion was queued takes so long
 * to leave its bus, whatever comes of this bus meanwhile; says how many are doing so ----
 */

static unsigned int linger_ms;
static atomic_t lingering = ATOMIC_INIT(0);
static struct bus_type *lingers_on;

static int linger(struct notifier_block *nb, unsigned long action, void *data)
{
	/* whoever removes the region would take as long with its seeds, and wait for nobody */
	if (action != BUS_NOTIFY_DEL_DEVICE || !is_claim_name(dev_name(data)) ||
	    !(current->flags & PF_WQ_WORKER))
		return NOTIFY_DONE;
	atomic_inc(&lingering);
	schedule_timeout_uninterruptible(msecs_to_jiffies(READ_ONCE(linger_ms)));
	atomic_dec(&lingering);
	return NOTIFY_DONE;
}

static struct notifier_block lingerer = { .notifier_call = linger };

static ssize_t linger_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&lingering));
}

static ssize_t linger_store(struct device *dev, struct device_attribute *attr, const char *buf,
			    size_t n)
{
	int rc = kstrtouint(buf, 0, &linger_ms);

	if (!rc && !lingers_on) {
		rc = bus_register_notifier(dev->bus, &lingerer);
		if (!rc)
			lingers_on = (struct bus_type *)dev->bus;
	}
	return rc ?: n;
}
struct device_attribute provider_attr_linger = __ATTR_RW(linger);

/* ---- probe_hold=NAME: what is named so stays in its probe until "let_go" is set ---- */

static char *probe_hold;
module_param(probe_hold, charp, 0444);
MODULE_PARM_DESC(probe_hold, "a device whose name begins so stays in its probe, decided, until \"let_go\" is set, a minute at most");
static bool let_go;
module_param(let_go, bool, 0644);
static uint held;
module_param(held, uint, 0444);
MODULE_PARM_DESC(held, "how many probes were held");

static struct bus_type *holds_on;

/* Under the device lock, and in a first probe before the driver core lists the device. */
static int hold_probe(struct notifier_block *nb, unsigned long action, void *data)
{
	bool decided = action == BUS_NOTIFY_BOUND_DRIVER || action == BUS_NOTIFY_DRIVER_NOT_BOUND;

	if (!decided || READ_ONCE(let_go) || !strstarts(dev_name(data), probe_hold))
		return NOTIFY_DONE;
	WRITE_ONCE(held, held + 1);
	/* a test that fails meanwhile is to end */
	for (int i = 0; i < 600 && !READ_ONCE(let_go); i++)
		schedule_timeout_uninterruptible(HZ / 10);
	return NOTIFY_DONE;
}

static struct notifier_block probe_holder = { .notifier_call = hold_probe };

static int hold_on_bus(struct device *dev, void *data)
{
	int rc = bus_register_notifier(dev->bus, &probe_holder);

	if (!rc)
		holds_on = (struct bus_type *)dev->bus;
	return rc ?: 1;
}

int provider_hold_probes(struct device *parent)
{
	int rc = 1;

	if (probe_hold && !holds_on)
		rc = device_for_each_child(parent, NULL, hold_on_bus);
	return rc > 0 ? 0 : rc ?: -ENODEV;
}

int provider_hold_init(void)
{
	return register_memory_notifier(&online_watch);
}

void provider_hold_exit(void)
{
	unregister_memory_notifier(&online_watch);
	if (lingers_on)
		bus_unregister_notifier(lingers_on, &lingerer);
	if (holds_on)
		bus_unregister_notifier(holds_on, &probe_holder);
}

/* ---- erasing ---- */

static int is_any(struct device *dev, void *data)
{
	return 1;
}

void provider_check_unused(struct provider_range *range)
{
	/* namespaces of a region that is enabled: there is always one at least */
	if (range->region && device_for_each_child(nd_region_dev(range->region), NULL, is_any))
		pr_err("BUG: nd_provider: a DIMM is wiped below a region that is enabled\n");
}
