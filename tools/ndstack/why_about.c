// SPDX-License-Identifier: GPL-2.0
/* What sysfs knows of a device. See why_about.h. */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/kernel.h>
#include "snapshots.h"
#include "sysfs.h"
#include "why_about.h"

#define ND_DIR	"/sys/bus/nd/devices/"
#define DAX_DIR	"/sys/bus/dax/devices/"

static enum why_kind kind_of(const char *dir, const char *name)
{
	static const struct {
		enum reason_name_kind name;
		enum why_kind kind;
	} kinds[] = {
		{ REASON_NAME_BUS, WHY_BUS },
		{ REASON_NAME_DIMM, WHY_DIMM },
		{ REASON_NAME_REGION, WHY_REGION },
		{ REASON_NAME_NAMESPACE, WHY_NAMESPACE },
		{ REASON_NAME_BTT, WHY_BTT },
		{ REASON_NAME_PFN, WHY_PFN },
		{ REASON_NAME_DAX, WHY_DAX },
	};
	char bus[32];

	sysfs_link(dir, "subsystem", bus, sizeof(bus));
	if (!strcmp(bus, "dax"))
		return WHY_DEVDAX;
	for (int i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(bus, "nd") && reason_name_is(name, kinds[i].name))
			return kinds[i].kind;
	return WHY_OTHER;
}

/* The part of a path that is a name of that kind, the last one: "region0". */
static void part_of(const char *path, enum reason_name_kind kind, char *part, size_t size)
{
	char copy[PATH_MAX], *rest = copy, *word;

	part[0] = 0;
	snprintf(copy, sizeof(copy), "%s", path);
	while ((word = strsep(&rest, "/")))
		if (reason_name_is(word, kind))
			snprintf(part, size, "%s", word);
}

/* A DIMM lies beside its regions: the first that maps it. */
static void region_of_dimm(struct why_device *device)
{
	char dir[PATH_MAX], attr[32], mapping[64], prefix[72];
	glob_t found;

	snprintf(prefix, sizeof(prefix), "%s,", device->name);
	if (glob(ND_DIR "region*", 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc && !*device->region; i++) {
		snprintf(dir, sizeof(dir), "%s", found.gl_pathv[i]);
		for (int n = 0; n < WHY_DIMMS; n++) {
			snprintf(attr, sizeof(attr), "mapping%d", n);
			if (sysfs_attr(dir, attr, mapping, sizeof(mapping)) <= 0)
				break;
			if (strncmp(mapping, prefix, strlen(prefix)))
				continue;
			snprintf(device->region, sizeof(device->region), "%.31s",
				 strrchr(dir, '/') + 1);
			break;
		}
	}
	globfree(&found);
}

static void add_dimm(struct why_device *device, const char *name)
{
	struct why_dimm *dimm = &device->dimms[device->nr_dimms++];
	char dir[PATH_MAX], lines[1024];

	snprintf(dimm->name, sizeof(dimm->name), "%.31s", name);
	snprintf(dir, sizeof(dir), ND_DIR "%s/labels", name);
	sysfs_attr(dir, "snapshots", lines, sizeof(lines));
	dimm->snapshot = snapshots_best(lines);
}

/* Thousands of namespaces may lie in one region: it is read once for those that follow. */
static void add_region(struct why_device *device)
{
	static struct why_device of_region;
	char dir[PATH_MAX], attr[32], mapping[64];

	if (!*device->region)
		return;
	if (strcmp(of_region.region, device->region)) {
		of_region = (struct why_device) { };
		snprintf(of_region.region, sizeof(of_region.region), "%s", device->region);
		snprintf(dir, sizeof(dir), ND_DIR "%s", device->region);
		sysfs_attr(dir, "btt_seed", of_region.seed, sizeof(of_region.seed));
		for (int n = 0; n < WHY_DIMMS; n++) {
			snprintf(attr, sizeof(attr), "mapping%d", n);
			if (sysfs_attr(dir, attr, mapping, sizeof(mapping)) <= 0)
				break;
			mapping[strcspn(mapping, ",")] = 0;
			add_dimm(&of_region, mapping);
		}
	}
	memcpy(device->seed, of_region.seed, sizeof(device->seed));
	if (device->kind == WHY_DIMM)
		return;
	memcpy(device->dimms, of_region.dimms, sizeof(device->dimms));
	device->nr_dimms = of_region.nr_dimms;
}

static const char *mode_of_holder(const char *holder)
{
	return !strncmp(holder, "btt", 3) ? "sector" : !strncmp(holder, "pfn", 3) ? "fsdax" :
		!strncmp(holder, "dax", 3) ? "devdax" : "raw";
}

/* Who has it, or what its label says it was for. */
static void set_mode(struct why_device *device)
{
	char dir[PATH_MAX], holder[64], mode[16];

	device->mode = "raw";
	device->map = "";
	if (!*device->space)
		return;
	snprintf(dir, sizeof(dir), ND_DIR "%s", device->space);
	if (sysfs_attr(dir, "holder", holder, sizeof(holder)) <= 0)
		sysfs_attr(dir, "holder_class", holder, sizeof(holder));
	/* a btt, pfn or dax device that has been given it, and serves it not */
	if (!*holder && device->kind >= WHY_BTT && device->kind <= WHY_DAX)
		snprintf(holder, sizeof(holder), "%s", device->name);
	device->mode = mode_of_holder(holder);
	snprintf(dir, sizeof(dir), ND_DIR "%s", holder);
	sysfs_attr(dir, "mode", mode, sizeof(mode));
	if (!strcmp(mode, "ram") || !strcmp(mode, "pmem"))
		device->map = *mode == 'r' ? "mem" : "dev";
}

static void set_space(const char *path, struct why_device *device)
{
	char dir[PATH_MAX], *last;

	snprintf(dir, sizeof(dir), "%s", path);
	if (device->kind == WHY_NAMESPACE)
		snprintf(device->space, sizeof(device->space), "%.31s", device->name);
	if (device->kind >= WHY_BTT && device->kind <= WHY_DAX)
		sysfs_attr(dir, "namespace", device->space, sizeof(device->space));
	if (device->kind == WHY_DEVDAX) {
		/* below the dax device of the nd bus; another one's is below what provides it */
		snprintf(device->devdax, sizeof(device->devdax), "%.31s", device->name);
		last = strrchr(dir, '/');
		if (last)
			*last = 0;
		sysfs_attr(dir, "namespace", device->space, sizeof(device->space));
	}
	if (!reason_name_is(device->space, REASON_NAME_NAMESPACE))
		device->space[0] = 0;
}

/* The dax device of a namespace has its numbers. */
static void set_devdax(struct why_device *device)
{
	char dir[PATH_MAX];

	if (!*device->space || *device->devdax)
		return;
	snprintf(dir, sizeof(dir), DAX_DIR "dax%s", device->space + strlen("namespace"));
	if (!access(dir, F_OK))
		snprintf(device->devdax, sizeof(device->devdax), "dax%.28s",
			 device->space + strlen("namespace"));
}

static void add_bad(struct why_device *device, const char *path)
{
	unsigned long long first, count;
	char dir[PATH_MAX], text[4097], bus[32], *at = text;

	part_of(path, REASON_NAME_BUS, bus, sizeof(bus));
	snprintf(dir, sizeof(dir), ND_DIR "%s/nfit", bus);
	device->clears = *bus && !access(dir, F_OK);
	if (!why_disk(device, device->disk, sizeof(device->disk)))
		return;
	snprintf(dir, sizeof(dir), "/sys/class/block/%s", device->disk);
	sysfs_attr(dir, "badblocks", text, sizeof(text));
	while (device->nr_bad < WHY_BAD && sscanf(at, "%llu %llu", &first, &count) == 2) {
		device->bad[device->nr_bad++] = (struct why_extent) { first * 512, count * 512 };
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
}

/* @path: out: its directory without links, which says where it belongs */
static void set_place(const char *dir, struct why_device *device, char *path)
{
	*device = (struct why_device) { };
	if (!realpath(dir, path))
		snprintf(path, PATH_MAX, "%s", dir);
	snprintf(device->name, sizeof(device->name), "%s", strrchr(path, '/') + 1);
	device->kind = kind_of(path, device->name);
	part_of(path, REASON_NAME_REGION, device->region, sizeof(device->region));
	set_space(path, device);
}

void why_space(const char *dir, char *space, size_t size)
{
	static struct why_device device;
	char path[PATH_MAX];

	set_place(dir, &device, path);
	snprintf(space, size, "%s", device.space);
}

void why_about(const char *dir, struct why_device *device)
{
	char path[PATH_MAX];

	set_place(dir, device, path);
	set_mode(device);
	set_devdax(device);
	if (device->kind == WHY_DIMM) {
		region_of_dimm(device);
		add_dimm(device, device->name);
	}
	add_region(device);
	add_bad(device, path);
}

static bool first_disk(const char *name, char *disk, size_t size)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), ND_DIR "%s", name);
	return *name && sysfs_first(dir, "block", "pmem", disk, size);
}

bool why_disk(const struct why_device *device, char *disk, size_t size)
{
	char dir[PATH_MAX], holder[64];

	if (first_disk(device->space, disk, size))
		return true;
	snprintf(dir, sizeof(dir), ND_DIR "%s", device->space);
	if (*device->space)
		sysfs_attr(dir, "holder", holder, sizeof(holder));
	return *device->space && first_disk(holder, disk, size);
}

void why_node(const struct why_device *device, char *node, size_t size)
{
	char disk[64];

	node[0] = 0;
	if (why_disk(device, disk, sizeof(disk)))
		snprintf(node, size, "/dev/%s", disk);
	else if (*device->devdax)
		snprintf(node, size, "/dev/%s", device->devdax);
}

void why_node_of(const char *name, char *node, size_t size)
{
	static struct why_device device;
	char dir[PATH_MAX], path[PATH_MAX];

	node[0] = 0;
	snprintf(dir, sizeof(dir), ND_DIR "%s", name);
	if (access(dir, F_OK))
		return;
	set_place(dir, &device, path);
	set_devdax(&device);
	why_node(&device, node, size);
}

static void add_process(struct why_device *device, int pid, const char *what, bool sure)
{
	struct why_process *process;
	char dir[64];

	for (unsigned int i = 0; i < device->nr_processes; i++)
		if (device->processes[i].pid == pid)
			return;
	if (device->nr_processes == WHY_PROCESSES)
		return;
	process = &device->processes[device->nr_processes++];
	process->pid = pid;
	process->sure = sure;
	snprintf(process->what, sizeof(process->what), "%s", what);
	snprintf(dir, sizeof(dir), "/proc/%d", pid);
	sysfs_attr(dir, "comm", process->name, sizeof(process->name));
}

/* /proc/PID/status: "VmPin:       4 kB": by RDMA, VFIO or io_uring */
static unsigned long pinned_kib(const char *dir)
{
	char text[4096], *at;

	if (sysfs_attr(dir, "status", text, sizeof(text)) <= 0)
		return 0;
	at = strstr(text, "\nVmPin:");
	return at ? strtoul(at + 7, NULL, 10) : 0;
}

/* /proc/PID/numa_maps: "... N1=3 ..." */
static bool has_on_node(const char *dir, int node)
{
	char path[NAME_MAX + 32], want[16], *line = NULL;
	size_t size = 0;
	bool has = false;
	FILE *file;

	snprintf(path, sizeof(path), "%s/numa_maps", dir);
	snprintf(want, sizeof(want), " N%d=", node);
	file = fopen(path, "re");
	while (file && !has && getline(&line, &size, file) > 0)
		has = strstr(line, want);
	if (file)
		fclose(file);
	free(line);
	return has;
}

/*
 * Pages that were spliced into a pipe stay until somebody reads it. Whose they are shows nowhere,
 * but that there are bytes in it does.
 */
static bool has_full_pipe(const char *dir)
{
	char path[NAME_MAX + 64], to[64];
	struct dirent *entry;
	bool full = false;
	int fd, bytes;
	DIR *fds;

	snprintf(path, sizeof(path), "%s/fd", dir);
	fds = opendir(path);
	while (fds && !full && (entry = readdir(fds))) {
		snprintf(path, sizeof(path), "%.40s/fd", dir);
		if (!sysfs_link(path, entry->d_name, to, sizeof(to)) || strncmp(to, "pipe:", 5))
			continue;
		fd = openat(dirfd(fds), entry->d_name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		full = fd >= 0 && !ioctl(fd, FIONREAD, &bytes) && bytes > 0;
		if (fd >= 0)
			close(fd);
	}
	if (fds)
		closedir(fds);
	return full;
}

static void judge_pipes(struct why_device *device, int pid, const char *dir, int node)
{
	if (has_full_pipe(dir))
		add_process(device, pid, "has bytes waiting in a pipe, which may be pages", false);
}

static void judge_memory(struct why_device *device, int pid, const char *dir, int node)
{
	unsigned long kib = pinned_kib(dir);
	char what[64];

	snprintf(what, sizeof(what), "has %lu KiB of memory pinned", kib);
	if (kib)
		add_process(device, pid, what, false);
	snprintf(what, sizeof(what), "has memory on node %d", node);
	if (node >= 0 && has_on_node(dir, node))
		add_process(device, pid, what, false);
}

/*
 * Every process but this one, which has memory and a pipe wherever it runs. @node: of memory that
 * is RAM, -1: it is none
 */
static void add_suspects(struct why_device *device, int node,
			 void (*judge)(struct why_device *device, int pid, const char *dir,
				       int node))
{
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	while (proc && (entry = readdir(proc))) {
		int pid = isdigit((unsigned char)entry->d_name[0]) ? atoi(entry->d_name) : 0;
		char dir[NAME_MAX + 16];

		snprintf(dir, sizeof(dir), "/proc/%s", entry->d_name);
		if (pid && pid != getpid())
			judge(device, pid, dir, node);
	}
	if (proc)
		closedir(proc);
}

void why_processes(struct why_device *device, const struct users *users)
{
	char node[64], dir[PATH_MAX], number[16], driver[64];
	bool ram = false;

	why_node(device, node, sizeof(node));
	for (int i = 0; *node && i < users->nr; i++)
		if (users->list[i].pid && !strcmp(users->list[i].device, node + strlen("/dev/")))
			add_process(device, users->list[i].pid, "has it open or mapped", true);
	if (device->nr_processes)
		return;
	snprintf(dir, sizeof(dir), DAX_DIR "%s", device->devdax);
	if (*device->devdax && sysfs_link(dir, "driver", driver, sizeof(driver)))
		ram = !strcmp(driver, "kmem");
	sysfs_attr(dir, "target_node", number, sizeof(number));
	add_suspects(device, ram && *number ? atoi(number) : -1, judge_memory);
	if (!device->nr_processes)
		add_suspects(device, -1, judge_pipes);
}
