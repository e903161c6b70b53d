// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "medium.h"

/* Whoever opens the file now waits for us: a matter of milliseconds, and no reason to die. */
static int take_alone(int fd)
{
	signal(SIGIO, SIG_IGN);
	if (fcntl(fd, F_SETLEASE, F_WRLCK) == 0)
		return 0;
	return errno == EAGAIN ? -EBUSY : -errno;
}

static int find_size(struct medium *medium, bool write)
{
	struct stat st;

	if (fstat(medium->fd, &st))
		return -errno;
	if (S_ISBLK(st.st_mode))
		return ioctl(medium->fd, BLKGETSIZE64, &medium->size) ? -errno : 0;
	if (!S_ISREG(st.st_mode))
		return -ENOTBLK;
	medium->size = st.st_size;
	return write ? take_alone(medium->fd) : 0;
}

int medium_open(struct medium *medium, const char *path, bool write)
{
	struct stat st;
	int flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (write ? O_RDWR : O_RDONLY);
	int rc;

	if (stat(path, &st))
		return -errno;
	if (write && S_ISBLK(st.st_mode))
		flags |= O_EXCL;
	medium->fd = open(path, flags);
	if (medium->fd < 0)
		return -errno;
	rc = find_size(medium, write);
	if (rc)
		medium_close(medium);
	return rc;
}

void medium_close(struct medium *medium)
{
	close(medium->fd);
	medium->fd = -1;
}

int medium_read(const struct medium *medium, void *to, size_t len, uint64_t offset)
{
	char *at = to;

	while (len) {
		ssize_t n = pread(medium->fd, at, len, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -ENODATA;
		at += n;
		len -= n;
		offset += n;
	}
	return 0;
}

int medium_write(const struct medium *medium, const void *from, size_t len, uint64_t offset)
{
	const char *at = from;

	while (len) {
		ssize_t n = pwrite(medium->fd, at, len, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -ENOSPC;
		at += n;
		len -= n;
		offset += n;
	}
	return fsync(medium->fd) ? -errno : 0;
}
