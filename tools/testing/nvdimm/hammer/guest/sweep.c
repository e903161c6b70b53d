// SPDX-License-Identifier: GPL-2.0
/*
 * sweep PART/PARTS[-LAST] bind DRIVER DEVICE	DEVICE is bound to the driver in that directory
 * sweep PART/PARTS[-LAST] workers DRIVER DEVICE	the same, but what fails is in
 *						workqueues that it starts
 * sweep PART/PARTS[-LAST] module FILE NAME	the module is loaded, nothing else needs it
 *
 * Has the kernel refuse the first allocation of that operation, once, then the
 * second, and so on until there is none left or the one numbered LAST has been;
 * of PARTS in a row the one numbered PART, from 0, so that all the PARTS refuse
 * each once. After each the operation is repeated with memory enough: it has to
 * succeed, and what is on the nd bus has to be what was there at first.
 *
 * Needs failslab, and /proc/TASK/fail-nth.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DEVICES		"/sys/bus/nd/devices"
#define DRIVERS		"/sys/bus/nd/drivers"
#define ENOUGH		1000000
#define ERRNOS		134

static const char *dir, *device;
static bool in_workers, is_module;
static unsigned int book[ERRNOS];

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		err = errno;
	close(fd);
	return err;
}

static int read_number(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return -1;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = 0;
	close(fd);
	return atoi(text);
}

/* ---- faults ---- */

static bool is_worker(const char *pid)
{
	char path[64], name[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%.16s/comm", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return false;
	if (read(fd, name, sizeof(name) - 1) < 0)
		name[0] = 0;
	close(fd);
	return !strncmp(name, "kworker/u", 9);
}

/* Those whose counters were set; later ones have none. */
static int worker[256], workers;

static void set_counter(int pid, unsigned int nth)
{
	char path[64], text[16];

	snprintf(path, sizeof(path), "/proc/%d/fail-nth", pid);
	snprintf(text, sizeof(text), "%u", nth);
	write_file(path, text);
}

static void arm_workers(unsigned int nth)
{
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	workers = 0;
	while (proc && workers < 256 && (entry = readdir(proc))) {
		if (!isdigit(entry->d_name[0]) || !is_worker(entry->d_name))
			continue;
		worker[workers] = atoi(entry->d_name);
		set_counter(worker[workers++], nth);
	}
	if (proc)
		closedir(proc);
}

/* What the busiest of them has left. */
static unsigned int disarm_workers(void)
{
	unsigned int least = ENOUGH, left;
	char path[64];

	while (workers) {
		snprintf(path, sizeof(path), "/proc/%d/fail-nth", worker[--workers]);
		left = read_number(path);
		least = left < least ? left : least;
		set_counter(worker[workers], 0);
	}
	return least;
}

/* Of this task, by a file that is open already: to open one takes memory. */
static unsigned int disarm(int counter)
{
	char text[16] = "";

	if (pread(counter, text, sizeof(text) - 1, 0) < 0 || pwrite(counter, "0", 1, 0) < 0)
		perror("fail-nth");
	return atoi(text);
}

/* ---- the operation, and its opposite ---- */

static void settle(void)
{
	char text[8];
	int fd = open(DEVICES "/ndbus0/wait_probe", O_RDONLY);

	/* as every path of this kind is gone while the bus is */
	if (fd < 0)
		return;
	if (read(fd, text, sizeof(text)) < 0)
		text[0] = 0;
	close(fd);
}

static bool is_done(void)
{
	char path[256];

	if (is_module)
		snprintf(path, sizeof(path), "/sys/module/%s", device);
	else
		snprintf(path, sizeof(path), "%s/%s", dir, device);
	return !access(path, F_OK);
}

/* One that is enabled pins its provider's module. */
static void disable_regions(void)
{
	struct dirent *entry;
	DIR *d = opendir(DEVICES);

	while (d && (entry = readdir(d)))
		if (!strncmp(entry->d_name, "region", 6))
			write_file(DRIVERS "/nd_region/unbind", entry->d_name);
	if (d)
		closedir(d);
}

static void undo(void)
{
	char path[256];

	if (is_module) {
		if (syscall(SYS_delete_module, device, O_NONBLOCK) && errno == EAGAIN) {
			disable_regions();
			syscall(SYS_delete_module, device, O_NONBLOCK);
		}
		return;
	}
	snprintf(path, sizeof(path), "%s/unbind", dir);
	write_file(path, device);
	settle();
}

static int open_for_it(void)
{
	char path[256];

	if (is_module)
		return open(dir, O_RDONLY);
	snprintf(path, sizeof(path), "%s/bind", dir);
	return open(path, O_WRONLY);
}

/* With the @nth allocation refused, 0: none. @left: what is left of the count. */
static int operate(unsigned int nth, unsigned int *left)
{
	int fd = open_for_it(), counter = open("/proc/self/fail-nth", O_RDWR), rc;
	char text[16];

	if (fd < 0 || counter < 0) {
		perror("open");
		exit(2);
	}
	if (nth && in_workers) {
		arm_workers(nth);
	} else if (nth) {
		snprintf(text, sizeof(text), "%u", nth);
		if (write(counter, text, strlen(text)) < 0)
			perror("fail-nth");
	}
	if (is_module)
		rc = syscall(SYS_finit_module, fd, "", 0);
	else
		rc = write(fd, device, strlen(device));
	rc = rc < 0 ? errno : 0;
	*left = disarm(counter);
	settle();
	if (nth && in_workers)
		*left = disarm_workers();
	close(counter);
	close(fd);
	return rc;
}

/* ---- what there is on the bus ---- */

/* Kinds, and how many are bound: numbers of claims depend on who was found first. */
static void inventory(char *text, size_t len)
{
	static const char *const kind[] = {
		"nmem", "region", "namespace", "btt", "pfn", "dax", "ndbus",
	};
	unsigned int all[7] = { }, bound[7] = { };
	char path[320];
	struct dirent *entry;
	DIR *d = opendir(DEVICES);
	int n = 0;

	while (d && (entry = readdir(d))) {
		for (int k = 0; k < 7; k++) {
			if (strncmp(entry->d_name, kind[k], strlen(kind[k])))
				continue;
			all[k]++;
			snprintf(path, sizeof(path), DEVICES "/%s/driver", entry->d_name);
			bound[k] += !access(path, F_OK);
		}
	}
	if (d)
		closedir(d);
	for (int k = 0; k < 7; k++)
		n += snprintf(text + n, len - n, "%s%u of %u %s", k ? ", " : "", bound[k], all[k],
			      kind[k]);
}

/* Once more, with memory enough. */
static bool retry(unsigned int nth, const char *wanted)
{
	unsigned int left;
	char found[256];
	int err;

	/* it may have succeeded with less than it should have */
	if (is_done())
		undo();
	if (is_done()) {
		printf("allocation %u: cannot be undone\n", nth);
		return false;
	}
	err = operate(0, &left);
	if (err || !is_done()) {
		printf("allocation %u: fails without a reason: %s\n", nth, strerrorname_np(err));
		return false;
	}
	inventory(found, sizeof(found));
	if (strcmp(found, wanted)) {
		printf("allocation %u: %s; was %s\n", nth, found, wanted);
		return false;
	}
	return true;
}

/* ---- main ---- */

/* What a caller may be told when memory is short: resources that could not be had. */
static bool documented(int err)
{
	switch (err) {
	case 0:
	case ENOMEM:
	case ENXIO:
	case EBUSY:
	case EINVAL:	/* the driver core's for a device it cannot name; ACPI without an answer */
		return true;
	default:
		return false;
	}
}

static bool refuse(unsigned int nth, const char *wanted)
{
	unsigned int left;
	bool good;
	int err;

	undo();
	err = operate(nth, &left);
	if (left && !err)
		return true;
	book[err < ERRNOS ? err : 0]++;
	good = documented(err);
	if (!good)
		printf("allocation %u: undocumented: %s\n", nth, strerrorname_np(err));
	return retry(nth, wanted) && good;
}

int main(int argc, char **argv)
{
	unsigned int part, parts, last = ENOUGH, total, nth, refused = 0, left;
	unsigned int struck = 0;
	bool good = true;
	char wanted[256];

	if (argc != 5 || sscanf(argv[1], "%u/%u-%u", &part, &parts, &last) < 2 || part >= parts)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	in_workers = !strcmp(argv[2], "workers");
	is_module = !strcmp(argv[2], "module");
	dir = argv[3];
	device = argv[4];

	undo();
	operate(ENOUGH, &left);
	inventory(wanted, sizeof(wanted));
	/* who of the workers does what differs: some are asked in vain, or for too few */
	total = ENOUGH - left;
	if (total > last)
		total = last;
	for (nth = 1 + part; good && nth <= total; nth += parts) {
		good = refuse(nth, wanted);
		refused++;
	}
	printf("%s: %u allocations, %u refused:", device, total, refused);
	for (int err = 0; err < ERRNOS; err++) {
		struck += book[err];
		if (book[err])
			printf(" %s %u", err ? strerrorname_np(err) : "survived", book[err]);
	}
	printf("; %s\n", wanted);
	/* what was never refused has proved nothing; a part may have only what is survived */
	if (!total || (refused && !struck && !in_workers))
		return 1;
	return good && (parts > 1 || in_workers || book[ENOMEM]) ? 0 : 1;
}
