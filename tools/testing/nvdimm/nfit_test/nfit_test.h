/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nfit_test: two pretended machines with NVDIMMs, nfit_test.0 and nfit_test.1.
 *
 *	main.c		the module, platform devices
 *	builds.c	no production build beside it
 *	instance.c	a machine with memory, ACPI devices and a bus
 *	answer.c	ACPI's calls to the machine, notifications from it
 *	sysfs.c		test_dimmN, what ndctl's tests turn
 *	debugfs.c	fault points
 *	methods.c	label storage by named methods
 *	habits.c	what kind of firmware there is
 *	given.c		a table that somebody gives, in place of a machine's own
 *	machine.h	the machine itself (pure)
 *	boundary.h	between it and our modules
 *
 * Locks: mock.lock, taken by answer.c with nothing of ours inside but given.c's; libnvdimm
 * and nfit call us with theirs held, and we call them from a work item only.
 */
#ifndef _NFIT_TEST_H
#define _NFIT_TEST_H

#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>
#include <linux/wait.h>
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
 * enum mock_hold - what of the root device waits, until it is said anew
 * @MOCK_HOLD_NONE: nothing
 * @MOCK_HOLD_CALLS: every function, before it is carried out
 * @MOCK_HOLD_RESULTS: results of a scrub, after they have been put together
 */
enum mock_hold { MOCK_HOLD_NONE, MOCK_HOLD_CALLS, MOCK_HOLD_RESULTS };

/**
 * struct mock - a pretended machine that is bound
 * @dev: platform device
 * @lock: protects @machine, @calls, @fail_call
 * @machine: its state
 * @root: firmware's root device
 * @port: of each DIMM
 * @range: its memory
 * @label: label areas
 * @knob: test_dimmN
 * @notify: carries notifications out
 * @calls: evaluations of methods so far
 * @fail_call: number of the one that fails, 0: none
 * @debugfs: its directory
 * @hold: which functions of the root device wait, enum mock_hold
 * @let: how often those that waited were let go
 * @held: so many wait
 * @let_go: where they wait
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
	struct dentry *debugfs;
	int hold;
	unsigned int let;
	atomic_t held;
	wait_queue_head_t let_go;
};

/* ---- instance.c ---- */

/* Build @platform and its bus under @dev; all is device-managed. Context: process. */
int mock_probe(struct device *dev, const struct mock_platform *platform);
/* What comes late is plugged in, and notified. */
void mock_plug(struct mock *mock);

/* ---- answer.c ---- */
extern const struct mock_acpi_ops mock_root_ops, mock_dimm_ops;
/* An object for ACPI_FREE() with room for @len bytes, zeroed, or NULL. */
union acpi_object *mock_buffer(u32 len);
/* Work item: firmware's notifications to whoever listens. */
void mock_notify_work(struct work_struct *work);

/* ---- builds.c ---- */
int mock_builds_init(void);
void mock_builds_exit(void);

/* ---- sysfs.c ---- */
int mock_class_init(void);
void mock_class_exit(void);
int mock_knobs_add(struct mock *mock);

/* ---- methods.c: of a DIMM; as in struct mock_acpi_ops. Context: mock->lock held. ---- */
bool mock_has_label_method(const struct mock_machine *m, const char *name);
union acpi_object *mock_label_method(struct mock_machine *m, struct mock_dimm *dimm,
				     const char *name, struct acpi_object_list *args);

/* ---- habits.c ---- */
struct mock_habits mock_habits_now(void);

/* ---- debugfs.c ---- */
void mock_debugfs_init(void);
void mock_debugfs_exit(void);
int mock_debugfs_add(struct mock *mock);

/* ---- given.c ---- */

/* Longest table that can be given. */
#define MOCK_GIVEN_MAX	SZ_64K

/* A table was given: it, as mock_buffer() does; else NULL. @any: one was, memory may be short. */
union acpi_object *mock_given(bool *any);
void mock_given_init(struct dentry *top);
void mock_given_exit(void);

/* ---- main.c ---- */
/* From the module's parameter, for the next machine: see docs. */
u64 mock_first_fault(void);

#endif /* _NFIT_TEST_H */
