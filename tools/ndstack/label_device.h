/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The label area of a DIMM through /dev/nmemN, for who writes a part of it: libndctl (76) writes a
 * part of an area to its beginning.
 */
#ifndef _NDSTACK_LABEL_DEVICE_H
#define _NDSTACK_LABEL_DEVICE_H

#include "label/area.h"

struct label_device {
	int fd;
	u32 size;	/* of the area */
	u32 most;	/* that firmware takes at once */
};

/*
 * label_device_open() - @name, "nmem0", to be closed with label_device_close()
 * @io: reads and writes it. What is written is read back: -EIO when it is not the same
 *
 * Return: 0 or a negative errno.
 */
int label_device_open(struct label_device *device, const char *name, struct label_io *io);
void label_device_close(struct label_device *device);

#endif /* _NDSTACK_LABEL_DEVICE_H */
