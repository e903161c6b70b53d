// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/ndctlN and /dev/nmemN: commands from userspace to a provider.
 *
 * One entry point for both (rule B5): the target is found under the list of
 * buses, its bus counts the command as in flight, and the list is let go before
 * the command runs. A bus that goes away unlinks itself, then waits for its own
 * commands only.
 *
 * Sizes are core/command.c's business. The buffer is copied in and out with no lock
 * held: a page fault may end in a driver of this very bus.
 */
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/ndctl.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "claim/claim.h"
#include "core/badrange.h"
#include "core/bus.h"
#include "core/command.h"
#include "dimm/dimm.h"
#include "init.h"
#include "namespace/namespace.h"
#include "poison/badblocks.h"
#include "region/region.h"

static LIST_HEAD(nd_bus_list);
static DEFINE_MUTEX(nd_bus_list_lock);		/* rank 7 */

static struct class *nd_class;
static int nd_bus_major;

/* One command on its way. */
struct nd_call {
	struct nvdimm_bus *bus;
	struct nvdimm *nvdimm;		/* NULL: a bus command */
	struct device *dev;		/* the DIMM's or the bus's, for refusals */
	unsigned int cmd;
	struct envelope env;
	void *buf;
	u32 len;
};

/* ---- finding the target ---- */

/* Stops where @fn is not 0. */
static int nd_walk_buses(int (*fn)(struct nvdimm_bus *bus, void *data), void *data)
{
	struct nvdimm_bus *bus;
	int rc = 0;

	guard(mutex)(&nd_bus_list_lock);
	list_for_each_entry(bus, &nd_bus_list, list) {
		rc = fn(bus, data);
		if (rc)
			break;
	}
	return rc;
}

static int match_dimm(struct device *dev, const void *data)
{
	return is_nvdimm(dev) && to_nvdimm(dev)->id == *(const int *)data;
}

/* What an open file stands for. */
struct nd_node {
	bool dimm;
	int minor;
	struct nvdimm_bus *bus;
	struct nvdimm *nvdimm;
};

static int find_target(struct nvdimm_bus *bus, void *data)
{
	struct nd_node *node = data;
	struct device *dev;

	if (node->dimm) {
		dev = device_find_child(&bus->dev, &node->minor, match_dimm);
		if (!dev)
			return 0;
		node->nvdimm = to_nvdimm(dev);
	} else if (bus->id != node->minor) {
		return 0;
	}
	atomic_inc(&bus->ioctls);
	get_device(&bus->dev);
	node->bus = bus;
	return 1;
}

static void put_target(struct nd_node *node)
{
	struct nvdimm_bus *bus = node->bus;

	if (node->nvdimm)
		put_device(&node->nvdimm->dev);
	if (atomic_dec_and_test(&bus->ioctls))
		wake_up(&bus->idle);
	/* the bus may have seen zero before it was woken: only now may it be freed */
	put_device(&bus->dev);
}

/* ---- the buffer ---- */

static const char *command_name(const struct nd_call *call)
{
	return call->nvdimm ? nvdimm_cmd_name(call->cmd) : nvdimm_bus_cmd_name(call->cmd);
}

static int measure_refused(struct nd_call *call, enum nd_reason reason)
{
	if (reason == ND_REASON_UNSUPPORTED)
		return nd_note(call->dev, -ENOTTY, reason, "command %u is not known here",
			       call->cmd);
	return nd_note(call->dev, -EINVAL, reason, "command %u: %s", call->cmd,
		       reason == ND_REASON_SIZE ? "more than 4 MiB of input and output" :
		       reason == ND_REASON_RESERVED ? "reserved fields are not zero" : "malformed");
}

/*
 * Userspace may change the buffer while it is looked at: what has been judged
 * is what the provider gets, and a vendor command's second length is judged
 * again in the copy.
 */
static int copy_in(struct nd_call *call, const void __user *from)
{
	bool dimm = call->nvdimm;
	u8 head[ENVELOPE_HEAD_MAX];
	u32 head_len = envelope_head(dimm, call->cmd);
	enum nd_reason reason;
	u32 tail = 0;

	if (copy_from_user(head, from, head_len))
		return -EFAULT;
	reason = envelope_measure(dimm, call->cmd, head, head_len, &call->env);
	if (reason == ND_REASON_OK && call->env.tail_at) {
		if (copy_from_user(&tail, from + call->env.tail_at, sizeof(tail)))
			return -EFAULT;
		reason = envelope_tail(&call->env, tail);
	}
	if (reason != ND_REASON_OK)
		return measure_refused(call, reason);

	call->len = call->env.in_len + call->env.out_len;
	call->buf = kvmalloc(call->len, GFP_KERNEL_ACCOUNT);
	if (!call->buf)
		return -ENOMEM;
	if (copy_from_user(call->buf, from, call->len))
		return -EFAULT;
	memcpy(call->buf, head, head_len);
	if (call->env.tail_at)
		memcpy(call->buf + call->env.tail_at, &tail, sizeof(tail));
	return 0;
}

/* ---- clear to send ---- */

static int check_family(const struct nd_call *call)
{
	const struct nvdimm_bus_descriptor *desc = call->bus->desc;
	unsigned long mask = call->nvdimm ? desc->dimm_family_mask : desc->bus_family_mask;
	unsigned int max = call->nvdimm ? NVDIMM_FAMILY_MAX : NVDIMM_BUS_FAMILY_MAX;
	const struct nd_cmd_pkg *pkg = call->buf;

	if (call->cmd != ND_CMD_CALL)
		return 0;
	if (pkg->nd_family > max || !(mask & BIT(pkg->nd_family)))
		return nd_note(call->dev, -EINVAL, ND_REASON_UNSUPPORTED,
			       "command family %llu is not supported here", pkg->nd_family);
	return 0;
}

/*
 * The request to clear errors that a command is, or carries to firmware: ACPI's
 * function for it has the same payload.
 */
static struct nd_cmd_clear_error *clear_request(const struct nd_call *call)
{
	struct nd_cmd_pkg *pkg = call->buf;

	if (call->nvdimm)
		return NULL;
	if (call->cmd == ND_CMD_CLEAR_ERROR)
		return call->buf;
	if (call->cmd != ND_CMD_CALL || pkg->nd_family != NVDIMM_BUS_FAMILY_NFIT ||
	    pkg->nd_command != ND_CMD_CLEAR_ERROR ||
	    pkg->nd_size_in < offsetof(struct nd_cmd_clear_error, status))
		return NULL;
	return (void *)pkg->nd_payload;
}

/* What firmware says it has cleared. */
static u64 clear_answer(const struct nd_call *call, int status)
{
	const u32 head = offsetof(struct nd_cmd_clear_error, status);
	const struct nd_cmd_clear_error *clear = call->buf;
	const struct nd_cmd_pkg *pkg = call->buf;

	if (call->cmd == ND_CMD_CALL) {
		/* the answer is behind the request, however long that is */
		if (min(pkg->nd_fw_size, pkg->nd_size_out) < sizeof(*clear) - head)
			return 0;
		clear = (const void *)(pkg->nd_payload + pkg->nd_size_in - head);
		status = clear->status ? -EIO : 0;
	}
	return status < 0 ? 0 : clear->cleared;
}

/* Function number as the provider counts: a passed-through command is what it carries. */
static unsigned int function_of(const struct nd_call *call)
{
	const struct nd_cmd_pkg *pkg = call->buf;

	return call->cmd == ND_CMD_CALL ? pkg->nd_command : call->cmd;
}

/* Does a namespace in use lie wholly in the span? Then its driver is to clear it. */
static int namespace_in_span(struct device *dev, void *data)
{
	const struct nd_cmd_clear_error *span = data;
	struct nd_namespace_common *ndns = NULL;
	const struct resource *res;

	/* a dax device is cleared by whom has it mapped */
	if (!READ_ONCE(dev->driver) || is_nd_dax(dev))
		return 0;
	if (is_nd_namespace(dev))
		ndns = to_ndns(dev);
	else if (is_nd_claim(dev))
		ndns = to_nd_claim(dev)->ndns;
	if (!ndns)
		return 0;
	res = &to_nd_namespace_io(&ndns->dev)->res;
	return res->start >= span->address && res->end - span->address < span->length ?
	       -EBUSY : 0;
}

static int region_in_span(struct device *dev, void *data)
{
	if (!is_nd_region(dev))
		return 0;
	guard(nd_config_read)(to_nd_region(dev));
	return nd_visit_children(dev, data, namespace_in_span);
}

static int clear_to_send(struct nd_call *call)
{
	struct nvdimm_bus_descriptor *desc = call->bus->desc;
	struct nd_cmd_clear_error *clear = clear_request(call);
	int rc;

	if (desc->clear_to_send) {
		rc = desc->clear_to_send(desc, call->nvdimm, call->cmd, call->buf);
		if (rc)
			return nd_note(call->dev, rc, ND_REASON_BUSY,
				       "the provider does not let command %u through now",
				       function_of(call));
	}
	if (!clear)
		return 0;
	rc = nd_visit_children(&call->bus->dev, clear, region_in_span);
	if (rc)
		return nd_note(call->dev, rc, ND_REASON_BUSY,
			       "a namespace in that span is in use: write to it instead");
	return 0;
}

/* ---- running ---- */

static int call_provider(struct nd_call *call, int *status)
{
	struct nvdimm_bus_descriptor *desc = call->bus->desc;

	return desc->ndctl(desc, call->nvdimm, call->cmd, call->buf, call->len, status);
}

/* What is cleared, the bus forgets, and then its regions do. The answer may lie over @clear. */
static int call_clear(struct nd_call *call, const struct nd_cmd_clear_error *clear)
{
	u64 address = clear->address, length = clear->length, cleared = 0;
	unsigned int noio = nd_clear_begin(call->bus);
	int status = 0, rc = call_provider(call, &status);

	/* a program's word: up to the end of all addresses */
	length = min(length, U64_MAX - address);
	/* whatever the provider says it cleared, it is not more than was asked */
	if (rc >= 0)
		cleared = min(clear_answer(call, status), length);
	badrange_del(&call->bus->badrange, address, cleared);
	nd_clear_end(call->bus, noio);
	nd_regions_cleared(call->bus, address, cleared);
	return rc;
}

static int call_run(struct nd_call *call)
{
	const struct nd_cmd_clear_error *clear = clear_request(call);
	int status = 0;

	return clear ? call_clear(call, clear) : call_provider(call, &status);
}

static int run_on_bus(struct nd_call *call)
{
	int rc;

	/* not the device lock: removal of the bus holds it while it waits for us */
	guard(mutex)(&call->bus->commands);
	rc = clear_to_send(call);
	return rc ?: call_run(call);
}

/* A region that is enabled owns the labels of its DIMMs. */
static int run_label_write(struct nd_call *call)
{
	struct nvdimm *nvdimm = call->nvdimm;
	int rc;

	guard(mutex)(&nvdimm->labels);
	if (nvdimm->users)
		return nd_note(call->dev, -EBUSY, ND_REASON_BUSY,
			       "labels are in use by an enabled region: disable it first");
	if (nvdimm->wiping || nvdimm_in_overwrite(nvdimm))
		return nd_note(call->dev, -EBUSY, ND_REASON_BUSY, "the DIMM is being overwritten");
	if (nvdimm->area.newer)
		return nd_note(call->dev, -EOPNOTSUPP, ND_REASON_VERSION,
			       "the label area was written by newer software: nothing is written to it while the DIMM is enabled");
	nvdimm_snapshot(nvdimm, ND_BEFORE_WRITE);
	rc = call_run(call);
	/* even a failed write may have changed something */
	if (nvdimm->area.data)
		nvdimm->area.stale = true;
	return rc;
}

static int run_on_dimm(struct nd_call *call)
{
	int rc;

	guard(device)(call->dev);
	/* nvdimm_delete() waits for the lock; then its provider frees what commands use */
	if (call->nvdimm->gone)
		return nd_note(call->dev, -ENXIO, ND_REASON_DISABLED, "the DIMM is being removed");
	rc = clear_to_send(call);
	if (rc)
		return rc;
	/* every vendor's pass-through has the label write at the standard's number */
	return function_of(call) == ND_CMD_SET_CONFIG_DATA ? run_label_write(call) : call_run(call);
}

static void call_explain(const struct nd_call *call, int rc)
{
	const char *name = command_name(call);

	switch (rc) {
	case -EFAULT:
		nd_explain(call->dev, rc, ND_REASON_ARGUMENT, "%s: cannot access its buffer", name);
		break;
	case -ENOMEM:
		nd_explain(call->dev, rc, ND_REASON_RESOURCE, "%s: no memory", name);
		break;
	default:
		nd_explain(call->dev, rc, ND_REASON_FIRMWARE, "%s: the provider refuses it", name);
	}
}

static long nd_ioctl_run(struct nd_call *call, bool read_only, void __user *arg)
{
	struct nvdimm_bus_descriptor *desc = call->bus->desc;
	unsigned long mask = call->nvdimm ? call->nvdimm->cmd_mask : desc->cmd_mask;
	bool dimm = call->nvdimm;
	long rc;

	if (call->cmd > ND_CMD_CALL || !(mask & BIT(call->cmd)) || !desc->ndctl)
		return nd_note(call->dev, -ENOTTY, ND_REASON_UNSUPPORTED,
			       "command %u is not one the provider runs", call->cmd);
	if (read_only && envelope_changes_state(dimm, call->cmd))
		return nd_note(call->dev, -EPERM, ND_REASON_READ_ONLY,
			       "%s changes something, and the file is open for reading only",
			       command_name(call));
	rc = copy_in(call, arg);
	if (!rc)
		rc = check_family(call);
	if (!rc)
		rc = dimm ? run_on_dimm(call) : run_on_bus(call);
	if (rc >= 0 && copy_to_user(arg, call->buf, call->len))
		rc = -EFAULT;
	kvfree(call->buf);
	if (rc < 0)
		call_explain(call, rc);
	return rc;
}

static long nd_ioctl(struct file *file, unsigned int cmd, unsigned long arg, bool dimm)
{
	struct nd_node node = { .dimm = dimm, .minor = iminor(file_inode(file)) };
	struct nd_call call = { .cmd = _IOC_NR(cmd) };
	long rc;

	if (_IOC_TYPE(cmd) != ND_IOCTL)
		return -ENOTTY;
	if (!nd_walk_buses(find_target, &node))
		return -ENXIO;
	call.bus = node.bus;
	call.nvdimm = node.nvdimm;
	call.dev = dimm ? &node.nvdimm->dev : &node.bus->dev;
	rc = nd_ioctl_run(&call, !(file->f_mode & FMODE_WRITE), (void __user *)arg);
	put_target(&node);
	return rc;
}

static long nd_bus_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return nd_ioctl(file, cmd, arg, false);
}

static long nd_dimm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return nd_ioctl(file, cmd, arg, true);
}

static const struct file_operations nd_bus_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.unlocked_ioctl = nd_bus_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static const struct file_operations nd_dimm_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.unlocked_ioctl = nd_dimm_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

/* ---- nodes ---- */

static void node_release(struct device *dev)
{
	kfree(dev);
}

int nd_bus_node_create(struct nvdimm_bus *bus)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	int rc;

	if (!dev)
		return -ENOMEM;
	device_initialize(dev);
	device_set_pm_not_required(dev);
	dev->class = nd_class;
	dev->parent = &bus->dev;
	dev->devt = MKDEV(nd_bus_major, bus->id);
	dev->release = node_release;
	rc = dev_set_name(dev, "ndctl%d", bus->id);
	if (!rc)
		rc = device_add(dev);
	if (rc) {
		put_device(dev);
		return nd_refuse(&bus->dev, rc, ND_REASON_RESOURCE, "cannot create ndctl%d",
				 bus->id);
	}

	mutex_init(&bus->commands);
	guard(mutex)(&nd_bus_list_lock);
	list_add_tail(&bus->list, &nd_bus_list);
	return 0;
}

void nd_bus_node_destroy(struct nvdimm_bus *bus)
{
	scoped_guard(mutex, &nd_bus_list_lock)
		list_del_init(&bus->list);
	wait_event(bus->idle, !atomic_read(&bus->ioctls));
	device_destroy(nd_class, MKDEV(nd_bus_major, bus->id));
}

/* Every minor number: the limit is the DIMMs', not 256. */
static int node_major(const char *name, const struct file_operations *fops)
{
	return __register_chrdev(0, 0, MINORMASK + 1, name, fops);
}

static void node_major_put(int major, const char *name)
{
	__unregister_chrdev(major, 0, MINORMASK + 1, name);
}

int nd_ioctl_init(void)
{
	int rc = node_major("ndctl", &nd_bus_fops);

	if (rc < 0)
		return rc;
	nd_bus_major = rc;
	rc = node_major("dimmctl", &nd_dimm_fops);
	if (rc < 0)
		goto no_dimms;
	nd_dimm_major = rc;
	nd_class = class_create("nd");
	rc = PTR_ERR_OR_ZERO(nd_class);
	if (rc)
		goto no_class;
	return 0;

no_class:
	node_major_put(nd_dimm_major, "dimmctl");
no_dimms:
	node_major_put(nd_bus_major, "ndctl");
	return rc;
}

void nd_ioctl_exit(void)
{
	class_destroy(nd_class);
	node_major_put(nd_dimm_major, "dimmctl");
	node_major_put(nd_bus_major, "ndctl");
}
