// SPDX-License-Identifier: GPL-2.0
/* /sys/class/nfit_test_dimm/test_dimmN: what ndctl's tests turn; see nfit_test.h. */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/sysfs.h>
#include "nfit_test.h"

static struct class *dimm_class;

/* The DIMM behind a knob; its number is the place in mock->knob. */
static struct mock_dimm *dimm_of(struct device *dev, struct mock **mock)
{
	*mock = dev_get_drvdata(dev->parent);
	for (u32 i = 0; i < MOCK_DIMMS_MAX; i++)
		if ((*mock)->knob[i] == dev)
			return &(*mock)->machine.dimm[i];
	return NULL;
}

static ssize_t handle_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct mock *mock;
	struct mock_dimm *dimm = dimm_of(dev, &mock);

	return dimm ? sysfs_emit(buf, "%#x\n", dimm->desc->handle) : -ENXIO;
}
static DEVICE_ATTR_RO(handle);

/* Functions that fail, a bit each. */
static ssize_t fail_cmd_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct mock *mock;
	struct mock_dimm *dimm = dimm_of(dev, &mock);

	return dimm ? sysfs_emit(buf, "%#x\n", dimm->faults.functions) : -ENXIO;
}

static ssize_t fail_cmd_store(struct device *dev, struct device_attribute *attr, const char *buf,
			      size_t len)
{
	struct mock *mock;
	struct mock_dimm *dimm = dimm_of(dev, &mock);
	u32 functions;
	int rc = kstrtou32(buf, 0, &functions);

	if (rc || !dimm)
		return rc ?: -ENXIO;
	guard(mutex)(&mock->lock);
	dimm->faults.functions = functions;
	return len;
}
static DEVICE_ATTR_RW(fail_cmd);

/* What they fail with, a negative errno; 0 is -EIO. */
static ssize_t fail_cmd_code_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct mock *mock;
	struct mock_dimm *dimm = dimm_of(dev, &mock);

	return dimm ? sysfs_emit(buf, "%d\n", dimm->faults.code) : -ENXIO;
}

static ssize_t fail_cmd_code_store(struct device *dev, struct device_attribute *attr,
				   const char *buf, size_t len)
{
	struct mock *mock;
	struct mock_dimm *dimm = dimm_of(dev, &mock);
	int code, rc = kstrtoint(buf, 0, &code);

	if (rc || !dimm)
		return rc ?: -ENXIO;
	if (code > 0)
		return -EINVAL;
	guard(mutex)(&mock->lock);
	dimm->faults.code = code;
	return len;
}
static DEVICE_ATTR_RW(fail_cmd_code);

static ssize_t lock_dimm_store(struct device *dev, struct device_attribute *attr, const char *buf,
			       size_t len)
{
	struct mock *mock;
	struct mock_dimm *dimm = dimm_of(dev, &mock);

	if (!dimm)
		return -ENXIO;
	guard(mutex)(&mock->lock);
	mock_security_lock(dimm);
	return len;
}
static DEVICE_ATTR_WO(lock_dimm);

static struct attribute *knob_attrs[] = {
	&dev_attr_handle.attr,
	&dev_attr_fail_cmd.attr,
	&dev_attr_fail_cmd_code.attr,
	&dev_attr_lock_dimm.attr,
	NULL,
};
ATTRIBUTE_GROUPS(knob);

static void drop_knob(void *knob)
{
	device_unregister(knob);
}

int mock_knobs_add(struct mock *mock)
{
	const struct mock_platform *p = mock->machine.platform;
	int rc;

	for (u32 i = 0; i < p->ndimm; i++) {
		struct device *knob = device_create_with_groups(dimm_class, mock->dev, 0, NULL,
								knob_groups, "test_dimm%u",
								p->first_dimm + i);

		if (IS_ERR(knob))
			return PTR_ERR(knob);
		mock->knob[i] = knob;
		rc = devm_add_action_or_reset(mock->dev, drop_knob, knob);
		if (rc)
			return rc;
	}
	return 0;
}

int mock_class_init(void)
{
	dimm_class = class_create("nfit_test_dimm");
	return PTR_ERR_OR_ZERO(dimm_class);
}

void mock_class_exit(void)
{
	class_destroy(dimm_class);
}
