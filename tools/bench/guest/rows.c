// SPDX-License-Identifier: GPL-2.0
/*
 * The rows, grouped into phases. A phase lays out its labels with the in-tree
 * modules, unloads those, loads the modules under test and measures.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

#define SMALL (16 * MIB)

/* A seed is what create-namespace starts from: a namespace without size. */
static void check_seed(unsigned int namespaces)
{
	char seed[64], size[64] = "";
	bool ok;

	read_text(ND_DEVICES "/region0/namespace_seed", seed, sizeof(seed));
	ok = *seed && try_read(format(ND_DEVICES "/%s/size", seed), size, sizeof(size)) > 0 &&
	     !strcmp(size, "0");
	mark_note("value P2.seed.%u %d", namespaces, ok);
}

/* P2: from the first insmod until every namespace has its disk */
static void measure_load(unsigned int namespaces)
{
	uint64_t start;
	char row[32];

	write_labels(namespaces, SMALL);
	snprintf(row, sizeof(row), "P2.load.%u", namespaces);
	start = now_ns();
	mark_begin(row);
	load_all(TEST);
	settle();
	mark_end();
	mark_note("ns %s %llu", row, (unsigned long long)(now_ns() - start));
	wait_count(count_disks, namespaces, "disks");
	check_seed(namespaces);
	note_modules();
}

/* KiB of the whole machine, with what each processor has not told yet */
static long long meminfo(const char *field)
{
	char line[128], name[64];
	long long value = 0, n;
	FILE *f;

	try_write("/proc/sys/vm/stat_refresh", "1");
	f = fopen("/proc/meminfo", "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63[^:]: %lld", name, &n) == 2 && !strcmp(name, field))
			value = n;
	if (f)
		fclose(f);
	return value;
}

static void shrink_once(void)
{
	DIR *d = opendir("/sys/kernel/slab");
	struct dirent *e;

	try_write("/proc/sys/vm/drop_caches", "3");
	while (d && (e = readdir(d)))
		try_write(format("/sys/kernel/slab/%s/shrink", e->d_name), "1");
	if (d)
		closedir(d);
}

/*
 * Pages that nobody wants any more would be counted as kept, or as found. What modules that have
 * gone had is freed by and by.
 */
static void shrink_slabs(void)
{
	long long before = 0, now = meminfo("Slab");

	for (int tries = 0; tries < 20 && now != before; tries++) {
		before = now;
		usleep(200000);
		shrink_once();
		now = meminfo("Slab");
	}
}

/* Of threads: the kernel's workers, as many as were wanted at once, minutes ago. */
static bool of_threads(const char *cache)
{
	return !strcmp(cache, "task_struct") || !strcmp(cache, "sighand_cache") ||
	       !strcmp(cache, "signal_cache");
}

/*
 * Bytes of objects that are in use, and of pages that are in no cache: large pieces. How full the
 * pages of a cache are is chance: what was wanted for a moment may have taken a new one.
 */
static long long slabs(void)
{
	FILE *f = fopen("/proc/slabinfo", "re");
	long long objects = 0, pages = 0;
	char line[256], cache[64];

	if (!f)
		die("/proc/slabinfo: %s", strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		long long used, size, each, n;

		if (sscanf(line, "%63s %lld %*d %lld %*d %lld : tunables %*d %*d %*d : slabdata %*d %lld",
			   cache, &used, &size, &each, &n) != 5)
			continue;
		if (!of_threads(cache))
			objects += used * size;
		pages += n * each;
	}
	fclose(f);
	return objects + meminfo("Slab") * 1024 - pages * sysconf(_SC_PAGESIZE);
}

/* P14: what the stack keeps with so many namespaces, in slabs and altogether; bytes for each */
static void measure_memory(const char *row, unsigned int namespaces, bool disks)
{
	unsigned int each = namespaces ?: 1;
	long long slab, free;

	write_labels(namespaces, SMALL);
	shrink_slabs();
	slab = slabs();
	free = meminfo("MemFree");
	load(TEST, "core");
	if (disks)
		load(TEST, "pmem");
	settle();
	wait_count(count_namespaces, namespaces, "namespaces");
	wait_count(count_disks, disks ? namespaces : 0, "disks");
	shrink_slabs();
	slab = slabs() - slab;
	free -= meminfo("MemFree");
	mark_note("value %sslab %lld", row, slab / each);
	/* of a few hundred KiB others take or give as much meanwhile */
	if (namespaces)
		mark_note("value %sall %lld", row, free * 1024 / each);
}

static void phase_memory(void)
{
	measure_memory("P14.", 500, true);
}

static void phase_memory_idle(void)
{
	measure_memory("P14.idle.", 500, false);
}

static void phase_memory_empty(void)
{
	measure_memory("P14.empty.", 0, true);
}

static void phase_load_0(void)
{
	measure_load(0);
}

static void phase_load_128(void)
{
	measure_load(128);
}

static void phase_load_500(void)
{
	measure_load(500);
}

/* P1: bind of the region driver, nothing bound to the namespaces */
static void measure_region_bind(unsigned int namespaces)
{
	char row[32];

	write_labels(namespaces, SMALL);
	load(TEST, "core");
	settle();
	unbind("region0");
	settle();
	snprintf(row, sizeof(row), "P1.bind.%u", namespaces);
	mark_begin(row);
	bind("nd_region", "region0");
	settle();
	mark_end();
	wait_count(count_namespaces, namespaces, "namespaces");
	note_modules();
}

static void phase_bind_0(void)
{
	measure_region_bind(0);
}

static void phase_bind_1(void)
{
	measure_region_bind(1);
}

static void phase_bind_100(void)
{
	measure_region_bind(100);
}

static void phase_bind_500(void)
{
	measure_region_bind(500);
}

void run_command(char *const argv[])
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(126);
		execv(argv[0], argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	settle();
	if (status)
		die("%s %s ended with %#x", argv[0], argv[1], status);
}

/* What a user's command costs, the command itself included. */
static void measure_command(const char *row, char *const argv[])
{
	mark_begin(row);
	run_command(argv);
	mark_end();
}

static void ndctl_create(const char *row)
{
	char *argv[] = { "/usr/bin/ndctl", "create-namespace", "-m", "raw", "-s", "16M", NULL };

	measure_command(row, argv);
}

static void measure_store(const char *row, const char *seed, const char *attr, const char *value)
{
	char *path = format(ND_DEVICES "/%s/%s", seed, attr);

	mark_begin(row);
	write_text(path, value);
	mark_end();
}

/* P3: the command, then the stores it consists of, on the next seed */
static void phase_create(void)
{
	char *list[] = { "/usr/bin/ndctl", "list", "-RN", NULL };
	char *destroy[] = { "/usr/bin/ndctl", "destroy-namespace", "-f", "namespace0.0", NULL };
	char seed[64];

	write_labels(0, SMALL);
	load_all(TEST);
	settle();
	measure_command("P3.list.0", list);
	ndctl_create("P3.create.1");
	read_text(ND_DEVICES "/region0/namespace_seed", seed, sizeof(seed));
	measure_store("P3.uuid", seed, "uuid", "6e64626e-636d-4800-8000-00000000f001");
	measure_store("P3.size", seed, "size", "16777216");
	measure_store("P3.name", seed, "alt_name", "bench");
	measure_command("P3.destroy", destroy);
	note_modules();
}

/*
 * The 199 before it are created one by one: in-tree may leave no seed behind
 * when it finds labels for many namespaces at once.
 */
static void phase_create_200(void)
{
	char *list[] = { "/usr/bin/ndctl", "list", "-RN", NULL };
	char seed[64];

	write_labels(0, SMALL);
	load_all(TEST);
	settle();
	for (unsigned int n = 1; n < 200; n++) {
		read_text(ND_DEVICES "/region0/namespace_seed", seed, sizeof(seed));
		write_text(format(ND_DEVICES "/%s/uuid", seed),
			   format("6e64626e-636d-4800-8000-00000000f%03u", n));
		write_text(format(ND_DEVICES "/%s/size", seed), "16777216");
		bind("nd_pmem", seed);
		settle();
	}
	measure_command("P3.list.199", list);
	ndctl_create("P3.create.200");
	note_modules();
}

/* P4: what one attribute of a namespace costs to read, over eight namespaces */
static void measure_attributes(unsigned int namespaces)
{
	static const char * const attr[] = {
		"size", "uuid", "alt_name", "mode", "nstype", "holder", "holder_class",
		"resource", "sector_size", "numa_node", "force_raw", "dpa_extents",
	};
	char row[32], buf[256];
	unsigned int ops = 0;

	snprintf(row, sizeof(row), "P4.attr.%u", namespaces);
	for (int round = 0; round < 2; round++) {
		if (round)
			mark_begin(row);
		for (unsigned int i = 0; i < 8; i++) {
			unsigned int id = namespaces / 8 * i;

			for (unsigned int a = 0; a < sizeof(attr) / sizeof(attr[0]); a++) {
				read_text(format(ND_DEVICES "/namespace0.%u/%s", id, attr[a]),
					  buf, sizeof(buf));
				ops += round;
			}
		}
	}
	mark_end();
	mark_note("ops %s %u", row, ops);
}

static void measure_list(unsigned int namespaces)
{
	char *argv[] = { "/usr/bin/ndctl", "list", "-RNi", NULL };
	char row[32];

	write_labels(namespaces, SMALL);
	load_all(TEST);
	settle();
	wait_count(count_disks, namespaces, "disks");
	snprintf(row, sizeof(row), "P4.list.%u", namespaces);
	measure_command(row, argv);
	measure_attributes(namespaces);
	note_modules();
}

static void phase_list_1(void)
{
	measure_list(1);
}

static void phase_list_500(void)
{
	measure_list(500);
}

/* P5, P6: direct I/O to the raw namespace, P6 from and to contiguous pages */
static void *huge_buffer(void)
{
	void *p = mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
		die("no huge page: %s", strerror(errno));
	memset(p, 0x5a, 2 * MIB);
	return p;
}

void measure_io(int fd, char *buf, const char *row, size_t len, bool out, int samples)
{
	for (int i = -samples / 2; i < samples; i++) {
		off_t at = 4 * MIB + (unsigned int)(i & 15) * len;
		ssize_t n;

		if (i >= 0)
			mark_begin(row);
		n = out ? pwrite(fd, buf, len, at) : pread(fd, buf, len, at);
		if (i >= 0)
			mark_end();
		if (n != (ssize_t)len)
			die("%s: %s", row, n < 0 ? strerror(errno) : "short");
	}
}

static void measure_raw(void)
{
	static char page[4096] __attribute__((aligned(4096)));
	char *buf = huge_buffer();
	int fd = open("/dev/pmem0", O_RDWR | O_DIRECT | O_CLOEXEC);

	if (fd < 0)
		die("/dev/pmem0: %s", strerror(errno));
	if (wanted("P5")) {
		measure_io(fd, page, "P5.read", sizeof(page), false, 101);
		measure_io(fd, page, "P5.write", sizeof(page), true, 101);
	}
	if (wanted("P17")) {
		measure_uring(fd, "P17.raw.read", false, 101);
		measure_uring(fd, "P17.raw.write", true, 101);
	}
	if (wanted("P6")) {
		measure_io(fd, buf, "P6.read", MIB, false, 11);
		measure_io(fd, buf, "P6.write", MIB, true, 11);
	}
	close(fd);
	munmap(buf, 2 * MIB);
}

/* P11; the first round is not measured */
static void measure_rebind(const char *device, const char *kind, int samples)
{
	char row[32];

	snprintf(row, sizeof(row), "P11.unbind.%s", kind);
	for (int i = -1; i < samples; i++) {
		uint64_t start = now_ns();

		if (i >= 0)
			mark_begin(row);
		unbind(device);
		if (i >= 0) {
			mark_end();
			mark_note("ns %s %llu", row, (unsigned long long)(now_ns() - start));
			mark_begin(format("P11.bind.%s", kind));
		}
		bind("nd_pmem", device);
		settle();
		if (i >= 0)
			mark_end();
		if (!is_bound(device))
			die("%s did not bind again", device);
	}
}

/* The device that serves a namespace with an info-block is the bound pfn. */
static void find_pfn(char *name, size_t size)
{
	DIR *d = opendir(ND_DEVICES);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		if (!strncmp(e->d_name, "pfn", 3) && is_bound(e->d_name)) {
			snprintf(name, size, "%.31s", e->d_name);
			closedir(d);
			return;
		}
	}
	die("no fsdax namespace came up");
}

void make_fsdax(const char *namespace, const char *mode, const char *uuid)
{
	char seed[64];

	load_all(SETUP);
	settle();
	wait_count(count_disks, count_namespaces(), "disks");
	unbind(namespace);
	read_text(ND_DEVICES "/region0/pfn_seed", seed, sizeof(seed));
	write_text(format(ND_DEVICES "/%s/mode", seed), mode);
	write_text(format(ND_DEVICES "/%s/align", seed), "2097152");
	write_text(format(ND_DEVICES "/%s/uuid", seed), uuid);
	write_text(format(ND_DEVICES "/%s/namespace", seed), namespace);
	bind("nd_pmem", seed);
	settle();
	unload_all();
}

static void phase_data(void)
{
	char pfn[32];

	write_labels(2, GIB);
	make_fsdax("namespace0.1", "pmem", "6e64626e-636d-4800-8000-00000000f0f0");
	load_all(TEST);
	settle();
	wait_count(count_disks, 2, "disks");
	measure_raw();
	if (wanted("P11")) {
		find_pfn(pfn, sizeof(pfn));
		measure_rebind("namespace0.0", "raw", 5);
		measure_rebind(pfn, "fsdax", 3);
	}
	note_modules();
}

void make_btt(const char *namespace, const char *sector_size, const char *uuid)
{
	char seed[64];

	unbind(namespace);
	read_text(ND_DEVICES "/region0/btt_seed", seed, sizeof(seed));
	write_text(format(ND_DEVICES "/%s/sector_size", seed), sector_size);
	write_text(format(ND_DEVICES "/%s/uuid", seed), uuid);
	write_text(format(ND_DEVICES "/%s/namespace", seed), namespace);
	bind("nd_pmem", seed);
	settle();
}

static int open_direct(const char *disk)
{
	int fd = open(disk, O_RDWR | O_DIRECT | O_CLOEXEC);

	if (fd < 0)
		die("%s: %s", disk, strerror(errno));
	return fd;
}

static void make_btts(void)
{
	write_labels(2, GIB);
	load_all(SETUP);
	settle();
	wait_count(count_disks, 2, "disks");
	make_btt("namespace0.0", "4096", "6e64626e-636d-4800-8000-00000000f0b1");
	make_btt("namespace0.1", "512", "6e64626e-636d-4800-8000-00000000f0b2");
	unload_all();
	load_all(TEST);
	settle();
	wait_count(count_disks, 2, "disks");
}

/* P7, P8: direct I/O through BTTs of 4096 and 512 byte sectors; P11 */
static void phase_btt(void)
{
	static char page[4096] __attribute__((aligned(4096)));
	char *buf = huge_buffer(), btt[64];
	int fd;

	make_btts();
	if (wanted("P7")) {
		fd = open_direct("/dev/pmem0s");
		measure_io(fd, page, "P7.read", sizeof(page), false, 101);
		measure_io(fd, page, "P7.write", sizeof(page), true, 101);
		measure_io(fd, buf, "P7.read.1M", MIB, false, 11);
		measure_io(fd, buf, "P7.write.1M", MIB, true, 11);
		close(fd);
	}
	if (wanted("P17")) {
		fd = open_direct("/dev/pmem0s");
		measure_uring(fd, "P17.btt.read", false, 101);
		measure_uring(fd, "P17.btt.write", true, 101);
		close(fd);
	}
	if (wanted("P8")) {
		fd = open_direct("/dev/pmem0.1s");
		measure_io(fd, page, "P8.read", sizeof(page), false, 101);
		measure_io(fd, page, "P8.write", sizeof(page), true, 101);
		close(fd);
	}
	munmap(buf, 2 * MIB);
	if (wanted("P11")) {
		read_text(ND_DEVICES "/namespace0.0/holder", btt, sizeof(btt));
		measure_rebind(btt, "btt", 3);
	}
	note_modules();
}

const struct phase phases[] = {
	/* before others have left memory that counts as free or not */
	{ "P14", phase_memory_empty },
	{ "P14", phase_memory_idle },
	{ "P14", phase_memory },
	{ "P5 P6 P11 P17", phase_data },
	{ "P7 P8 P11 P17", phase_btt },
	{ "P16", phase_files },
	{ "P9", phase_virtio },
	{ "P1", phase_bind_0 },
	{ "P1", phase_bind_1 },
	{ "P1", phase_bind_100 },
	{ "P1", phase_bind_500 },
	{ "P2", phase_load_0 },
	{ "P2", phase_load_128 },
	{ "P2", phase_load_500 },
	{ "P3", phase_create },
	{ "P3", phase_create_200 },
	{ "P4", phase_list_1 },
	{ "P4", phase_list_500 },
	{ "P10 P11", phase_dax },
	{ "P15", phase_share },
	{ "P12", phase_bad_0 },
	{ "P12", phase_bad_1000 },
	{ "scale", phase_scale_1000 },
	{ "scale", phase_scale_10000 },
	{ "tool", phase_tool },
	{ NULL, NULL },
};
