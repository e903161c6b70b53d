// SPDX-License-Identifier: GPL-2.0
/*
 * P15: cache lines that processors share in the drivers although they have nothing to do
 * with each other. Each has a process of its own that stays on it, and sectors or pages
 * of its own. Of a BTT these are the sectors of whole cache lines of the map, which
 * processors have in turns.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/ndctl.h>

#include "guest.h"
#include "marker.h"

#define MAX_CPUS	16
#define SECTOR		4096u
#define SECTORS		256u	/* of each processor: a mebibyte */
#define TOGETHER	16u	/* sectors whose map entries are in one cache line */
#define OPS		64u
#define LARGE_OPS	16u	/* pages of 2 MiB */

/* What one row does; functions are called in the process of processor @cpu. */
struct work {
	const char *row;
	const char *kind;	/* of node: %s is the namespace's number */
	unsigned int namespace;	/* in the order of addresses, which names need not follow */
	size_t page;		/* of a dax device */
	unsigned int ops;
	void (*prepare)(const struct work *w, unsigned int cpu);
	void (*op)(const struct work *w, unsigned int cpu, unsigned int i);
};

/* Of what is measured; and of a worker: the device, its memory */
static unsigned int cpus;
static char node[64];
static int device;
static volatile char *mapped;
static char buffer[SECTOR] __attribute__((aligned(SECTOR)));

/* ---- what workers do ---- */

static off_t sector_at(unsigned int cpu, unsigned int i)
{
	unsigned int nth = i * 37 % SECTORS;	/* in no order, and in each of its lines */
	unsigned int line = nth / TOGETHER * cpus + cpu;

	return 4 * MIB + (off_t)(line * TOGETHER + nth % TOGETHER) * SECTOR;
}

static void read_sector(const struct work *w, unsigned int cpu, unsigned int i)
{
	if (pread(device, buffer, SECTOR, sector_at(cpu, i)) != SECTOR)
		die("%s: read: %s", w->row, strerror(errno));
}

static void write_sector(const struct work *w, unsigned int cpu, unsigned int i)
{
	if (pwrite(device, buffer, SECTOR, sector_at(cpu, i)) != SECTOR)
		die("%s: write: %s", w->row, strerror(errno));
}

static void open_device(const struct work *w, int flags)
{
	device = open(node, O_RDWR | O_CLOEXEC | flags);
	if (device < 0)
		die("%s: %s: %s", w->row, node, strerror(errno));
}

/* Every sector has been written, and read, before. */
static void prepare_disk(const struct work *w, unsigned int cpu)
{
	open_device(w, O_DIRECT);
	memset(buffer, cpu + 1, sizeof(buffer));
	for (unsigned int i = 0; i < SECTORS; i++) {
		write_sector(w, cpu, i);
		read_sector(w, cpu, i);
	}
}

/* The same 32 MiB of the device for pages of each size. */
static void map_pages(const struct work *w, unsigned int cpu)
{
	size_t size = LARGE_OPS * 2 * MIB;

	mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, device, cpu * size);
	if (mapped == MAP_FAILED)
		die("%s: mmap: %s", w->row, strerror(errno));
}

static void touch_page(const struct work *w, unsigned int cpu, unsigned int i)
{
	mapped[i * w->page + w->page / 2] = 1;
}

static void prepare_first(const struct work *w, unsigned int cpu)
{
	open_device(w, 0);
	map_pages(w, cpu);
}

/* Pages that have been mapped before, and are not any more. */
static void prepare_again(const struct work *w, unsigned int cpu)
{
	prepare_first(w, cpu);
	for (unsigned int i = 0; i < w->ops; i++)
		touch_page(w, cpu, i);
	munmap((void *)mapped, LARGE_OPS * 2 * MIB);
	map_pages(w, cpu);
}

static void ask_dimm(const struct work *w, unsigned int cpu, unsigned int i)
{
	struct nd_cmd_get_config_size geo = { 0 };

	if (ioctl(device, ND_IOCTL_GET_CONFIG_SIZE, &geo) < 0)
		die("%s: %s", w->row, strerror(errno));
}

static void prepare_dimm(const struct work *w, unsigned int cpu)
{
	open_device(w, 0);
	ask_dimm(w, cpu, 0);
}

/* ---- workers ---- */

struct worker {
	int to, from;		/* of single bytes: go on; done */
};

static void say(int fd)
{
	if (write(fd, "", 1) != 1)
		die("a worker is gone");
}

static void hear(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		die("a worker has failed");
}

static void stay_on(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("processor %u: %s", cpu, strerror(errno));
}

/* Who is still waking others is in nobody's operation. */
static volatile struct {
	_Atomic unsigned int awake;
	_Atomic bool go;
} *start;

static void be_worker(const struct work *w, unsigned int cpu, int in, int out)
{
	stay_on(cpu);
	w->prepare(w, cpu);
	say(out);
	hear(in);
	start->awake++;
	while (!start->go)
		__builtin_ia32_pause();
	for (unsigned int i = 0; i < w->ops; i++) {
		MARK(MARK_OP);
		w->op(w, cpu, i);
		MARK(MARK_REST);
	}
	say(out);
	hear(in);
	exit(0);
}

static struct worker start_worker(const struct work *w, unsigned int cpu)
{
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		die("pipe: %s", strerror(errno));
	fflush(stdout);
	if (!fork()) {
		close(from[0]);
		be_worker(w, cpu, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	return (struct worker){ to[1], from[0] };
}

/* The @nth namespace of the region by its address */
static const char *name_of(unsigned int nth)
{
	uint64_t at = read_u64(ND_DEVICES "/region0/resource") + nth * GIB;

	for (unsigned int i = 0; i < 8; i++) {
		const char *name = format("namespace0.%u", i);
		char buf[64];

		if (try_read(format(ND_DEVICES "/%s/resource", name), buf, sizeof(buf)) > 0 &&
		    strtoull(buf, NULL, 0) == at)
			return name;
	}
	die("no namespace is at %#llx", (unsigned long long)at);
}

static void find_node(const struct work *w)
{
	const char *of = name_of(w->namespace) + strlen("namespace");

	/* a region's first disk has no number of its own */
	snprintf(node, sizeof(node), w->kind, strcmp(of, "0.0") ? of : "0");
}

static void measure(const struct work *w)
{
	struct worker worker[MAX_CPUS];
	unsigned int i;
	char row[48];

	snprintf(row, sizeof(row), "%s.%u", w->row, cpus);
	find_node(w);
	start->awake = 0;
	start->go = false;
	for (i = 0; i < cpus; i++)
		worker[i] = start_worker(w, i);
	for (i = 0; i < cpus; i++)
		hear(worker[i].from);
	mark_begin(row);
	for (i = 0; i < cpus; i++)
		say(worker[i].to);
	while (start->awake < cpus)
		sched_yield();
	start->go = true;
	for (i = 0; i < cpus; i++)
		hear(worker[i].from);
	mark_end();
	mark_note("ops %s %u", row, cpus * w->ops);
	for (i = 0; i < cpus; i++) {
		say(worker[i].to);
		close(worker[i].to);
		close(worker[i].from);
	}
	while (wait(NULL) > 0)
		;
}

enum namespace { RAW, FSDAX, BTT, SMALL, LARGE, NAMESPACES };

#define DISK(name, kind, namespace) \
	{ "P15." name ".read", kind, namespace, 0, OPS, prepare_disk, read_sector }, \
	{ "P15." name ".write", kind, namespace, 0, OPS, prepare_disk, write_sector }
#define FAULT(name, space, page, ops) \
	{ "P15.fault." name ".first", "/dev/dax%s", space, page, ops, prepare_first, touch_page }, \
	{ "P15.fault." name, "/dev/dax%s", space, page, ops, prepare_again, touch_page }

static const struct work works[] = {
	DISK("raw", "/dev/pmem%s", RAW),
	DISK("fsdax", "/dev/pmem%s", FSDAX),
	DISK("btt", "/dev/pmem%ss", BTT),
	FAULT("2M", LARGE, 2 * MIB, LARGE_OPS),
	FAULT("4K", SMALL, SECTOR, OPS),
	/* all of them use the one bus: what has to be seen here is seen elsewhere */
	{ "P15.control", "/dev/nmem0", RAW, 0, 4, prepare_dimm, ask_dimm },
};

static void make_namespaces(void)
{
	char name[64];

	write_labels(NAMESPACES, GIB);
	load_all(SETUP);
	settle();
	wait_count(count_disks, NAMESPACES, "disks");
	snprintf(name, sizeof(name), "%s", name_of(FSDAX));
	unload_all();
	make_fsdax(name, "pmem", "6e64626e-636d-4800-8000-00000000f5f0");
	load_all(SETUP);
	settle();
	wait_count(count_disks, NAMESPACES, "disks");
	make_btt(name_of(BTT), "4096", "6e64626e-636d-4800-8000-00000000f5b0");
	unload_all();
	load_all(TEST);
	load(TEST, "dax");
	settle();
	wait_count(count_disks, NAMESPACES, "disks");
	make_devdax(name_of(SMALL), "4096", "6e64626e-636d-4800-8000-00000000f5d0", name,
		    sizeof(name));
	make_devdax(name_of(LARGE), "2097152", "6e64626e-636d-4800-8000-00000000f5d1", name,
		    sizeof(name));
}

void phase_share(void)
{
	cpus = sysconf(_SC_NPROCESSORS_ONLN);
	if (cpus > MAX_CPUS)
		die("%u processors, at most %u are told apart", cpus, MAX_CPUS);
	make_namespaces();
	start = mmap(NULL, sizeof(*start), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	if (start == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	MARK(MARK_LINES);
	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		measure(&works[i]);
	note_modules();
	note_functions();
}
