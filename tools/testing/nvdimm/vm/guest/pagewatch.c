// SPDX-License-Identifier: GPL-2.0
/*
 * pagewatch - does the kernel look at the struct page of what a program reads and writes?
 *
 *   pagewatch FILE N DISK  FILE is one of a filesystem that is mounted -o dax: a page of it is read
 *                          and written N times, by pread() and pwrite(); DISK is another one
 *
 * A line for each, of this task alone: how often the kernel asked whether a buffer is an object of
 * its heap (__check_object_size), and how often it touched the page's struct page, which takes one
 * of the processor's watchpoints. Then the same of what is known to do so: as many reads
 * of an attribute of sysfs, and one read of DISK by direct I/O into a mapping of the page. And what
 * a pair of a read and a write has taken of the processor, in ns.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAGE		4096
#define STRUCT_PAGE	64
/* Where struct pages are with nokaslr, by the number of levels of page tables. */
#define VMEMMAP		0xffffea0000000000ull
#define VMEMMAP_5	0xffd4000000000000ull

static char page[PAGE] __attribute__((aligned(PAGE)));
static int asks, looks;

static int count(struct perf_event_attr *attr, const char *what)
{
	int fd;

	attr->size = sizeof(*attr);
	attr->disabled = 1;
	fd = syscall(SYS_perf_event_open, attr, 0, -1, -1, 0);
	if (fd < 0)
		err(1, "%s cannot be counted", what);
	return fd;
}

static int number_in(const char *file)
{
	FILE *f = fopen(file, "r");
	int n;

	if (!f || fscanf(f, "%d", &n) != 1)
		err(1, "%s", file);
	fclose(f);
	return n;
}

static int count_asks(void)
{
	struct perf_event_attr attr = {
		.type = number_in("/sys/bus/event_source/devices/kprobe/type"),
		.kprobe_func = (uintptr_t)"__check_object_size",
	};

	return count(&attr, "checks of a copy");
}

static uint64_t frame(int fd)
{
	volatile char *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	int map = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;

	if (at == MAP_FAILED || map < 0)
		err(1, "mmap");
	(void)*at;
	if (pread(map, &entry, 8, (uintptr_t)at / PAGE * 8) != 8)
		err(1, "pagemap");
	close(map);
	munmap((void *)at, PAGE);
	return entry & ((1ull << 55) - 1);
}

static uint64_t vmemmap(void)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[8192];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "flags", 5))
			return strstr(line, " la57") ? VMEMMAP_5 : VMEMMAP;
	err(1, "/proc/cpuinfo");
}

/* Of its flags, and of what says whose it is: who looks at a page looks at these. */
static int count_looks(uint64_t pfn, int word)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.bp_type = HW_BREAKPOINT_RW,
		.bp_addr = vmemmap() + pfn * STRUCT_PAGE + word * 8,
		.bp_len = HW_BREAKPOINT_LEN_8,
		.exclude_user = 1,
	};

	return count(&attr, "looks at a struct page");
}

static void begin(int fd)
{
	ioctl(fd, PERF_EVENT_IOC_RESET, 0);
	ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
}

static unsigned long long end(int fd)
{
	uint64_t n;

	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	if (read(fd, &n, sizeof(n)) != sizeof(n))
		err(1, "a counter");
	return n;
}

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void pairs(int fd, int n)
{
	for (int i = 0; i < n; i++)
		if (pread(fd, page, PAGE, 0) != PAGE || pwrite(fd, page, PAGE, 0) != PAGE)
			err(1, "read and write");
}

static void attribute(int n)
{
	int fd = open("/sys/kernel/mm/transparent_hugepage/enabled", O_RDONLY);
	char text[128];

	for (int i = 0; i < n; i++)
		if (fd < 0 || pread(fd, text, sizeof(text), 0) < 1)
			err(1, "an attribute");
	close(fd);
}

/* A third party: the page of the dax file is the buffer of another file's direct I/O. */
static void third_party(int fd, const char *beside)
{
	void *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	int other = open(beside, O_RDONLY | O_DIRECT);

	if (at == MAP_FAILED || other < 0 || pread(other, at, PAGE, 0) != PAGE)
		err(1, "direct I/O of %s", beside);
	close(other);
	munmap(at, PAGE);
}

int main(int argc, char **argv)
{
	int fd, n, first, second;
	uint64_t pfn, ns;

	if (argc != 4)
		errx(2, "pagewatch FILE N DISK");
	fd = open(argv[1], O_RDWR);
	n = atoi(argv[2]);
	if (fd < 0 || n < 1)
		err(1, "%s", argv[1]);
	pfn = frame(fd);
	if (!pfn)
		errx(1, "%s: no frame", argv[1]);
	pairs(fd, 16);
	ns = cpu_ns();
	pairs(fd, n);
	ns = (cpu_ns() - ns) / n;
	asks = count_asks();
	looks = count_looks(pfn, 0);
	first = looks;
	second = count_looks(pfn, 1);

	begin(asks), begin(first), begin(second);
	pairs(fd, n);
	printf("file: asked %llu", end(asks));
	printf(", looked %llu\n", end(first) + end(second));
	begin(asks);
	attribute(n);
	printf("attribute: asked %llu\n", end(asks));
	begin(first), begin(second);
	third_party(fd, argv[3]);
	printf("third party: looked %s\n", end(first) + end(second) ? "yes" : "no");
	printf("ns %llu\n", (unsigned long long)ns);
	return 0;
}
