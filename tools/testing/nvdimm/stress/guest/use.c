// SPDX-License-Identifier: GPL-2.0
/*
 * The roles that only use what there is: they keep sysfs, disks and control
 * nodes open while these go away.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/ndctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "stress.h"

/* ---- every attribute ---- */

/* Some can only be written. */
static bool readable(const char *path)
{
	struct stat st;

	return stat(path, &st) || st.st_mode & S_IRUSR;
}

static void walk(struct worker *w, const char *path, int depth)
{
	char sub[512], buf[4096];
	struct dirent *entry;
	DIR *dir = opendir(path);

	if (!dir)
		return;
	while (!atomic_load(&stop) && (entry = readdir(dir))) {
		/*
		 * Both are the driver core's. power answers -EIO where it is off. uevent takes
		 * the device lock in some kernels, and lockdep, to which all files of that name
		 * are one, then mistakes the removal of a region's children for a deadlock.
		 */
		if (entry->d_name[0] == '.' || !strcmp(entry->d_name, "power") ||
		    !strcmp(entry->d_name, "uevent"))
			continue;
		snprintf(sub, sizeof(sub), "%s/%.100s", path, entry->d_name);
		if (entry->d_type == DT_REG && readable(sub))
			get(w, buf, sizeof(buf), "%s", sub);
		else if (entry->d_type == DT_DIR && depth)
			walk(w, sub, depth - 1);
	}
	closedir(dir);
}

void turn_readers(struct worker *w)
{
	char name[32], path[128];

	if (!pick(w, "nd|region|nmem|namespace|pfn|btt|dax", name, sizeof(name))) {
		nap(w, 100);
		return;
	}
	snprintf(path, sizeof(path), DEVICES "%s", name);
	/* a region's directory holds all of its children's */
	walk(w, path, strncmp(name, "ndbus", 5) ? 3 : 0);
	nap(w, 5);
}

/* ---- disks, as udev's helpers and careless administrators open them ---- */

static void use_disk(struct worker *w, int fd, bool writable)
{
	static _Thread_local char page[4096] __attribute__((aligned(4096)));
	uint64_t size = 0;
	off_t at;

	doing(w, "use a disk");
	if (ioctl(fd, BLKGETSIZE64, &size) || size < sizeof(page)) {
		done(w, OP_DISK, 0);
		return;
	}
	at = rnd(w, size / sizeof(page)) * sizeof(page);
	if (writable && chance(w, 40))
		write_disk(w, fd, page, sizeof(page), at);
	else
		done(w, OP_DISK, pread(fd, page, sizeof(page), at) < 0 ? errno : 0);
	doing(w, "sync a disk");
	if (chance(w, 20))
		done(w, OP_DISK, fsync(fd) ? errno : 0);
	else if (chance(w, 20))
		done(w, OP_DISK, ioctl(fd, BLKRRPART) ? errno : 0);
	else
		done(w, OP_DISK, 0);
}

void turn_disks(struct worker *w)
{
	static const int how[] = {
		O_RDONLY, O_RDWR, O_RDWR | O_DIRECT, O_RDWR | O_EXCL, O_RDONLY | O_DIRECT,
	};
	char path[64];
	struct dirent *entry;
	DIR *dir = opendir("/sys/block");
	int fd, flags;

	while (dir && !atomic_load(&stop) && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "pmem", 4))
			continue;
		snprintf(path, sizeof(path), "/dev/%.24s", entry->d_name);
		flags = how[rnd(w, 5)];
		doing(w, "open %s", path);
		fd = open(path, flags);
		if (fd < 0 && (errno == EROFS || errno == EACCES)) {
			flags = O_RDONLY;
			fd = open(path, flags);
		}
		done(w, OP_OPEN, fd < 0 ? errno : 0);
		if (fd < 0)
			continue;
		use_disk(w, fd, flags & O_RDWR);
		nap(w, 10);
		doing(w, "close %s", path);
		close(fd);
		done(w, OP_DISK, 0);
	}
	if (dir)
		closedir(dir);
	nap(w, 20);
}

/* ---- control nodes ---- */

static int dimm_command(struct worker *w, int fd)
{
	union {
		struct nd_cmd_get_config_size size;
		struct nd_cmd_get_config_data_hdr get;
		struct nd_cmd_pkg call;
		char room[8192];
	} cmd = { };

	switch (rnd(w, 3)) {
	case 0:
		return ioctl(fd, ND_IOCTL_GET_CONFIG_SIZE, &cmd);
	case 1:
		cmd.get.in_offset = rnd(w, 1 << 17);
		cmd.get.in_length = rnd(w, 4096);
		return ioctl(fd, ND_IOCTL_GET_CONFIG_DATA, &cmd);
	default:
		cmd.call.nd_command = rnd(w, 32);
		cmd.call.nd_size_in = rnd(w, 16);
		cmd.call.nd_size_out = rnd(w, 1024);
		/* not the label write: what it destroyed would be missed */
		return cmd.call.nd_command == ND_CMD_SET_CONFIG_DATA ? 0 :
		       ioctl(fd, ND_IOCTL_CALL, &cmd);
	}
}

static int bus_command(struct worker *w, int fd)
{
	union {
		struct nd_cmd_ars_cap cap;
		struct nd_cmd_clear_error clear;
		char room[4096];
	} cmd = { };

	cmd.cap.address = rnd(w, 0);
	cmd.cap.length = rnd(w, 1 << 20);
	return ioctl(fd, chance(w, 50) ? ND_IOCTL_ARS_CAP : ND_IOCTL_CLEAR_ERROR, &cmd);
}

void turn_commands(struct worker *w)
{
	bool dimm = chance(w, 70);
	char path[32];
	int fd;

	if (dimm)
		snprintf(path, sizeof(path), "/dev/nmem%d", (int)rnd(w, 2));
	else
		snprintf(path, sizeof(path), "/dev/ndctl0");
	doing(w, "open %s", path);
	fd = open(path, chance(w, 80) ? O_RDWR : O_RDONLY);
	done(w, OP_OPEN, fd < 0 ? errno : 0);
	if (fd < 0) {
		nap(w, 100);
		return;
	}
	for (int i = rnd(w, 8); i >= 0; i--) {
		doing(w, "command to %s", path);
		if ((dimm ? dimm_command(w, fd) : bus_command(w, fd)) >= 0)
			errno = 0;
		/* a file that was opened for reading only */
		done(w, OP_COMMAND, errno == EPERM ? 0 : errno);
		nap(w, 10);
	}
	close(fd);
}
