/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nfit_test: two pretended machines with NVDIMMs, nfit_test.0 and nfit_test.1.
 *
 *	main.c		the module, watermarks, platform devices
 *	instance.c	a machine with memory, ACPI devices and a bus
 *	answer.c	ACPI's calls to the machine, notifications from it
 *	sysfs.c		test_dimmN, what ndctl's tests turn
 *	debugfs.c	fault points
 *	machine.h	the machine itself (pure)
 *	boundary.h	between it and our modules
 *
 * Locks: mock.lock, taken by answer.c with nothing of ours inside; libnvdimm
 * and nfit call us with theirs held, and we call them from a work item only.
 */
#ifndef _NFIT_TEST_H
#define _NFIT_TEST_H

#include <linux/device.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/workqueue.h>
#include "boundary.h"
#include "machine.h"

#define MOCK_RANGES_MAX	(MOCK_SPANS_MAX + MOCK_DIMMS_MAX)

struct mock;

/**
 * struct mock_port - an ACPI device of the machine
 * @acpi: it
 * @mock: the machine
 * @dimm: number of the DIMM; -1 for the root device
 */
struct mock_port {
	struct mock_acpi acpi;
	struct mock *mock;
	int dimm;
};

/**
 * struct mock - a pretended machine that is bound
 * @dev: platform device
 * @lock: protects @machine, @calls, @fail_call, @table
 * @machine: its state
 * @root: firmware's root device
 * @port: of each DIMM
 * @range: its memory
 * @label: label areas
 * @knob: test_dimmN
 * @notify: carries notifications out
 * @calls: evaluations of methods so far
 * @fail_call: number of the one that fails, 0: none
 * @table: if set, what _FIT returns in place of the machine's own table
 * @debugfs: its directory
 */
struct mock {
	struct device *dev;
	struct mutex lock;	/* see above */
	struct mock_machine machine;
	struct mock_port root;
	struct mock_port port[MOCK_DIMMS_MAX];
	struct mock_range range[MOCK_RANGES_MAX];
	u8 *label[MOCK_DIMMS_MAX];
	struct device *knob[MOCK_DIMMS_MAX];
	struct work_struct notify;
	u64 calls;
	u64 fail_call;
	const struct mock_blob *table;
	struct dentry *debugfs;
};

struct mock_blob {
	u32 len;
	u8 bytes[];
};

/* ---- instance.c ---- */

/* Build @platform and its bus under @dev; all is device-managed. Context: process. */
int mock_probe(struct device *dev, const struct mock_platform *platform);
/* What comes late is plugged in, and notified. */
void mock_plug(struct mock *mock);

/* ---- answer.c ---- */
extern const struct mock_acpi_ops mock_root_ops, mock_dimm_ops;
/* Work item: firmware's notifications to whoever listens. */
void mock_notify_work(struct work_struct *work);

/* ---- sysfs.c ---- */
int mock_class_init(void);
void mock_class_exit(void);
int mock_knobs_add(struct mock *mock);

/* ---- debugfs.c ---- */
void mock_debugfs_init(void);
void mock_debugfs_exit(void);
int mock_debugfs_add(struct mock *mock);

/* ---- main.c ---- */
/* From the module's parameter, for the next machine: see docs. */
u64 mock_first_fault(void);

#endif /* _NFIT_TEST_H */
