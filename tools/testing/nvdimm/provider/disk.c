// SPDX-License-Identifier: GPL-2.0
/* A disk that stays longer than who has it open: its device is held, and its module is not. */
#include <linux/blkdev.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/moduleparam.h>
#include "provider.h"

static struct gendisk *disk;

static void let_go(void)
{
	if (disk)
		put_device(disk_to_dev(disk));
	disk = NULL;
}

static int hold(unsigned int fd)
{
	struct file *file = fget(fd);
	struct inode *inode;

	if (!file)
		return -EBADF;
	inode = file->f_mapping->host;
	if (S_ISBLK(inode->i_mode)) {
		disk = I_BDEV(inode)->bd_disk;
		get_device(disk_to_dev(disk));
	}
	fput(file);
	return disk ? 0 : -ENOTBLK;
}

/* The kernel has one writer of a module's parameters at a time. */
static int disk_set(const char *text, const struct kernel_param *param)
{
	unsigned int fd;

	let_go();
	if (sysfs_streq(text, "none"))
		return 0;
	return kstrtouint(text, 0, &fd) ?: hold(fd);
}

static int disk_get(char *buf, const struct kernel_param *param)
{
	return sprintf(buf, "%s\n", disk ? disk->disk_name : "none");
}

static const struct kernel_param_ops disk_ops = { .set = disk_set, .get = disk_get };
module_param_cb(disk, &disk_ops, NULL, 0600);
MODULE_PARM_DESC(disk, "number of a file of the writer's: its disk is held, until \"none\"");

void provider_disk_exit(void)
{
	let_go();
}
