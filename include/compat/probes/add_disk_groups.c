// SPDX-License-Identifier: GPL-2.0
/*
 * A disk is added with its attributes: v4.20,
 * fef912bf860e ("block: genhd: add 'groups' argument to device_add_disk")
 */
#include <linux/blkdev.h>
#include <linux/genhd.h>

void probe(struct device *parent, struct gendisk *disk, const struct attribute_group **groups)
{
	device_add_disk(parent, disk, groups);
}
