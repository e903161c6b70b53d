// SPDX-License-Identifier: GPL-2.0
/* What the firmware of machines is like that are bound from now on: parameters of the module. */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include "nfit_test.h"

static struct mock_habits habits = {
	.families = 1,
	.recalls = true,
};

module_param_named(families, habits.families, uint, 0644);
MODULE_PARM_DESC(families, "Families of functions that DIMMs speak, a bit for each NVDIMM_FAMILY_* (1: Intel's)");
module_param_named(methods, habits.methods, uint, 0644);
MODULE_PARM_DESC(methods, "Named methods that DIMMs have: 1 _LSI, 2 _LSR, 4 _LSW (0)");
module_param_named(absent, habits.absent, uint, 0644);
MODULE_PARM_DESC(absent, "DIMMs that ACPI has no device for, a bit each (0)");
module_param_named(overwriting, habits.overwriting, uint, 0644);
MODULE_PARM_DESC(overwriting, "DIMMs that are being overwritten when the machine comes up, a bit each (0)");
module_param_named(recalls, habits.recalls, bool, 0644);
MODULE_PARM_DESC(recalls, "Firmware tells again what earlier scrubs have found (Y)");
module_param_named(remembers, habits.remembers, bool, 0644);
MODULE_PARM_DESC(remembers, "Firmware knows of a bad sector 4 KiB into each range of persistent memory (N)");

struct mock_habits mock_habits_now(void)
{
	return habits;
}
