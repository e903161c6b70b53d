// SPDX-License-Identifier: GPL-2.0
/* nd_common: what libnvdimm and the drivers of the dax bus both need. Alone it does nothing. */
#include <linux/module.h>
#include "common/absent.h"
#include "common/diag.h"

static void __exit nd_common_exit(void)
{
	nd_absent_exit();
	nd_diag_exit();
}

MODULE_DESCRIPTION("Reasons, and what is known of ranges of memory, for libnvdimm and drivers of the dax bus");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
module_exit(nd_common_exit);
