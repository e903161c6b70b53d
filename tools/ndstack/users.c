// SPDX-License-Identifier: GPL-2.0
/*
 * Who uses what persistent memory is. See users.h.
 *
 * What can be named is named: mounts, swap, holders such as device-mapper's, processes with the
 * device open or mapped, memory that is the system's. For a disk that is not all: an external
 * journal, a second device of btrfs and an exported target show nowhere. Each of them has the
 * disk to itself, so it is asked for at last.
 *
 * What may not be looked at is no place without users: it is counted, and told.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "holder.h"
#include "users.h"

/**
 * struct device - one that might be in use
 * @name: pmem0, pmem0p1, dax0.0, ndctl0, nmem0
 * @number: of its node
 * @disk: a block device, and not a character device
 * @whole: index of the disk it is a part of, or its own
 * @users: found so far
 */
struct device {
	char name[64];
	dev_t number;
	bool disk;
	int whole;
	int users;
};

static struct device *devices;
static int nr_devices;

static void tell(struct users *out, struct device *device, int pid, const char *what,
		 const char *who)
{
	struct user *more = reallocarray(out->list, out->nr + 1, sizeof(*more));

	device->users++;
	if (!more) {
		out->no_memory = true;
		return;
	}
	out->list = more;
	more += out->nr++;
	*more = (struct user) { .pid = pid };
	snprintf(more->device, sizeof(more->device), "%s", device->name);
	snprintf(more->text, sizeof(more->text), "%s%s%s", what, *who ? " " : "", who);
}

static int read_line(const char *path, char *line, int size)
{
	FILE *file = fopen(path, "re");
	char *got;

	if (!file)
		return -errno;
	got = fgets(line, size, file);
	fclose(file);
	if (!got)
		return -ENODATA;
	line[strcspn(line, "\n")] = 0;
	return 0;
}

static int add_device(const char *dir, const char *name, bool disk, int whole)
{
	unsigned int major, minor;
	char path[PATH_MAX], line[64];
	struct device *more;

	snprintf(path, sizeof(path), "%s/%s/dev", dir, name);
	/* a dax device that is memory of the system has no node */
	if (read_line(path, line, sizeof(line)) || sscanf(line, "%u:%u", &major, &minor) != 2)
		major = minor = 0;
	more = reallocarray(devices, nr_devices + 1, sizeof(*devices));
	if (!more)
		return -ENOMEM;
	devices = more;
	devices[nr_devices] = (struct device) {
		.number = makedev(major, minor), .disk = disk, .whole = whole,
	};
	snprintf(devices[nr_devices].name, sizeof(devices[0].name), "%s", name);
	nr_devices++;
	return 0;
}

/* for_each() - call @what for each entry of @dir whose name begins with @prefix */
static int for_each(const char *dir, const char *prefix,
		    int (*what)(const char *dir, const char *name, void *data), void *data)
{
	struct dirent *entry;
	DIR *stream = opendir(dir);
	int rc = 0;

	if (!stream)
		return errno == ENOENT ? 0 : -errno;
	while (!rc && (entry = readdir(stream)))
		if (entry->d_name[0] != '.' && !strncmp(entry->d_name, prefix, strlen(prefix)))
			rc = what(dir, entry->d_name, data);
	closedir(stream);
	return rc;
}

static int find_partition(const char *dir, const char *name, void *data)
{
	return add_device(dir, name, true, *(int *)data);
}

static int find_disk(const char *dir, const char *name, void *data)
{
	char path[PATH_MAX];
	int rc, whole = nr_devices;

	/* "pmemory" would be somebody else's */
	if (!isdigit((unsigned char)name[strlen("pmem")]))
		return 0;
	rc = add_device(dir, name, true, whole);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return rc ?: for_each(path, name, find_partition, &whole);
}

static bool known(const char *name)
{
	for (int i = 0; i < nr_devices; i++)
		if (!strcmp(devices[i].name, name))
			return true;
	return false;
}

/* Control nodes, and, of older kernels, dax devices that are nowhere else. */
static int find_node(const char *dir, const char *name, void *data)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s/dev", dir, name);
	if (known(name) || access(path, F_OK))
		return 0;
	return add_device(dir, name, false, nr_devices);
}

static int find_dax(const char *dir, const char *name, void *data)
{
	char path[PATH_MAX], driver[PATH_MAX], *base;
	ssize_t len;
	int rc = add_device(dir, name, false, nr_devices);

	if (rc)
		return rc;
	snprintf(path, sizeof(path), "%s/%s/driver", dir, name);
	len = readlink(path, driver, sizeof(driver) - 1);
	if (len <= 0)
		return 0;
	driver[len] = 0;
	base = strrchr(driver, '/');
	if (base && !strcmp(base, "/kmem"))
		tell(data, &devices[nr_devices - 1], 0, "memory of the system (kmem)", "");
	return 0;
}

static struct device *device_of(dev_t number, bool disk)
{
	for (int i = 0; number && i < nr_devices; i++)
		if (devices[i].number == number && devices[i].disk == disk)
			return &devices[i];
	return NULL;
}

/* device_at() - whose node lies at @path, or NULL */
static struct device *device_at(const char *path)
{
	struct stat st;

	if (stat(path, &st) || !(S_ISBLK(st.st_mode) || S_ISCHR(st.st_mode)))
		return NULL;
	return device_of(st.st_rdev, S_ISBLK(st.st_mode));
}

static void find_mounts(struct users *out)
{
	char line[8192], where[PATH_MAX], source[PATH_MAX], *rest;
	FILE *file = fopen("/proc/self/mountinfo", "re");
	unsigned int major, minor;
	struct device *device;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*d %*d %u:%u %*s %4095s", &major, &minor, where) != 3)
			continue;
		device = device_of(makedev(major, minor), true);
		rest = strstr(line, " - ");
		/* btrfs has numbers of its own */
		if (!device && rest && sscanf(rest, " - %*s %4095s", source) == 1)
			device = device_at(source);
		if (device)
			tell(out, device, 0, "mounted on", where);
	}
	if (file)
		fclose(file);
}

static void find_swaps(struct users *out)
{
	char line[PATH_MAX + 128], path[PATH_MAX];
	FILE *file = fopen("/proc/swaps", "re");
	struct device *device;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%4095s", path) != 1)
			continue;
		device = device_at(path);
		if (device)
			tell(out, device, 0, "swap", "");
	}
	if (file)
		fclose(file);
}

struct held {
	struct users *out;
	struct device *device;
};

static int add_holder(const char *dir, const char *name, void *data)
{
	struct held *held = data;
	char text[HOLDER_TEXT];

	holder_describe(name, text);
	tell(held->out, held->device, 0, "held by", text);
	return 0;
}

static int find_loop(const char *dir, const char *name, void *data)
{
	char path[PATH_MAX], file[PATH_MAX];
	struct device *device;

	snprintf(path, sizeof(path), "%s/%s/loop/backing_file", dir, name);
	if (read_line(path, file, sizeof(file)))
		return 0;
	device = device_at(file);
	if (device)
		tell(data, device, 0, "held by", name);
	return 0;
}

/* A process is named once a device, however often it has that open. */
static void find_process(struct users *out, struct device *device, const char *pid, bool *told)
{
	char who[HOLDER_TEXT];

	if (told[device - devices])
		return;
	told[device - devices] = true;
	holder_process(atoi(pid), who);
	tell(out, device, atoi(pid), "used by process", who);
}

struct process {
	struct users *out;
	const char *pid;
	bool *told;
};

static int look_at_file(const char *dir, const char *name, void *data)
{
	struct process *process = data;
	struct device *device;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	device = device_at(path);
	if (device)
		find_process(process->out, device, process->pid, process->told);
	return 0;
}

static int look_at_process(const char *dir, const char *name, void *data)
{
	struct users *out = data;
	struct process process = { .out = out, .pid = name };
	char path[PATH_MAX];
	int rc = 0;

	if (!isdigit((unsigned char)name[0]) || atoi(name) == getpid())
		return 0;
	process.told = calloc(nr_devices, sizeof(bool));
	if (!process.told)
		return -ENOMEM;
	/* files that are closed and still mapped are links here, too */
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/proc/%s/%s", name, i ? "map_files" : "fd");
		rc = for_each(path, "", look_at_file, &process);
		/* it has ended meanwhile */
		if (rc == -ESRCH)
			rc = 0;
		if (rc == -EACCES || rc == -EPERM) {
			out->unseen++;
			rc = 0;
			break;
		}
	}
	free(process.told);
	return rc;
}

static bool gone(const struct device *device)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/class/block/%s", device->name);
	return access(path, F_OK);
}

/* What nobody above has named, but has the disk to itself. */
static void ask_alone(struct users *out, struct device *device)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", device->name);
	fd = open(path, O_RDONLY | O_EXCL | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	else if (errno == EBUSY)
		tell(out, device, 0,
		     "held by the kernel: a journal, another device of a filesystem, or a target",
		     "");
	else if (errno != ENXIO && errno != ENODEV && !gone(device))
		/* not ours to open, or without a node in this /dev: nobody can say */
		out->unasked++;
}

/* Who has a part has the disk. */
static bool part_in_use(int disk)
{
	for (int i = 0; i < nr_devices; i++)
		if (devices[i].users && devices[i].whole == disk)
			return true;
	return false;
}

static int find_devices(struct users *out)
{
	return for_each("/sys/block", "pmem", find_disk, NULL) ?:
		for_each("/sys/bus/dax/devices", "dax", find_dax, out) ?:
		for_each("/sys/class/dax", "dax", find_node, NULL) ?:
		for_each("/sys/class/nd", "ndctl", find_node, NULL) ?:
		for_each("/sys/bus/nd/devices", "nmem", find_node, NULL);
}

static int look(struct users *out)
{
	char path[PATH_MAX];
	int rc;

	find_mounts(out);
	find_swaps(out);
	for (int i = 0; i < nr_devices; i++) {
		struct held held = { out, &devices[i] };

		snprintf(path, sizeof(path), "/sys/class/block/%s/holders", devices[i].name);
		if (devices[i].disk)
			for_each(path, "", add_holder, &held);
	}
	for_each("/sys/block", "loop", find_loop, out);
	rc = for_each("/proc", "", look_at_process, out);
	for (int i = 0; !rc && i < nr_devices; i++) {
		if (devices[i].disk && !devices[i].users && !part_in_use(i))
			ask_alone(out, &devices[i]);
	}
	return rc;
}

int users_look(struct users *out)
{
	int rc;

	*out = (struct users) { };
	nr_devices = 0;
	rc = find_devices(out);
	/* without a device there is nobody to look for */
	if (!rc && nr_devices)
		rc = look(out);
	free(devices);
	devices = NULL;
	if (!rc && out->no_memory)
		rc = -ENOMEM;
	if (rc)
		users_free(out);
	return rc;
}

void users_free(struct users *users)
{
	free(users->list);
	*users = (struct users) { };
}
