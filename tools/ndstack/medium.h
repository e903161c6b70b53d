/* SPDX-License-Identifier: GPL-2.0 */
/* A namespace as a file: an image of one, or the block device of a raw one. */
#ifndef _NDSTACK_MEDIUM_H
#define _NDSTACK_MEDIUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct medium {
	int fd;
	uint64_t size;	/* bytes */
};

/*
 * medium_open() - @write: for writing, and for nobody else
 *
 * A block device is opened exclusively: mounted, claimed by another driver or
 * by another doctor it is refused. For a regular file a write lease is taken,
 * which the kernel grants only while nobody else has the file open or mapped:
 * the image of a running virtual machine is refused.
 *
 * Return: 0, or a negative errno; -EBUSY: in use; -ENOTBLK: neither kind of file.
 */
int medium_open(struct medium *medium, const char *path, bool write);

void medium_close(struct medium *medium);

/* All of the bytes, or a negative errno; -EIO: poison; -ENODATA: past the end. */
int medium_read(const struct medium *medium, void *to, size_t len, uint64_t offset);

/* All of the bytes, durable when it returns 0. */
int medium_write(const struct medium *medium, const void *from, size_t len, uint64_t offset);

#endif /* _NDSTACK_MEDIUM_H */
