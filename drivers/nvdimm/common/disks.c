// SPDX-License-Identifier: GPL-2.0
/* Disks whose module may be unloaded: see disks.h. */
#include <linux/export.h>
#include <linux/wait_bit.h>
#include "common/disks.h"

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
