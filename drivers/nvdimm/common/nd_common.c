// SPDX-License-Identifier: GPL-2.0
/* nd_common: what libnvdimm and the drivers of the dax bus both need. Alone it does nothing. */
#include <linux/module.h>
#include <linux/wait_bit.h>
#include "common/hwpoison.h"
#include "common/diag.h"
#include "common/disks.h"

/* ---- disks whose module may be unloaded: disks.h ---- */

void nd_disk_gone(struct gendisk *disk)
{
	struct nd_disks *disks = nd_disks_of(disk);

	/* the last one may take the module along: only the address is used after it */
	if (atomic_dec_and_test(&disks->there))
		wake_up_var(&disks->there);
}
EXPORT_SYMBOL_GPL(nd_disk_gone);

void nd_disks_wait(struct nd_disks *disks)
{
	wait_var_event(&disks->there, !atomic_read(&disks->there));
}
EXPORT_SYMBOL_GPL(nd_disks_wait);

/* ---- the module ---- */

static void __exit nd_common_exit(void)
{
	nd_hwpoison_exit();
	nd_diag_exit();
}

MODULE_DESCRIPTION("Reasons, and what is known of ranges of memory, for libnvdimm and drivers of the dax bus");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
module_exit(nd_common_exit);
