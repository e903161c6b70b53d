// SPDX-License-Identifier: GPL-2.0
/*
 * daxmap - what programs do with a /dev/daxN.M, and what they are owed.
 *
 *   daxmap write|verify DEV BYTES SEED [MAP]   a pattern, through a MAP_SYNC mapping of MAP bytes
 *   daxmap odd DEV ALIGN      read, then write, in the middle of a page; smaps says ALIGN
 *   daxmap tables DEV ALIGN SIZE   map and touch SIZE bytes: a page of page tables for a GiB
 *   daxmap rules DEV ALIGN    what is no multiple of ALIGN, or private, is EINVAL
 *   daxmap parts DEV ALIGN    unmap the middle, move the rest, fork: the data stay
 *   daxmap holders DEV ALIGN FILE
 *                             FILE, the attribute, names each mapping and no other: when the device
 *                             was closed, after fork, munmap of the middle, mremap, exit
 *   daxmap direct DEV ALIGN DISK   direct I/O of DISK from and to pages that it faults in
 *   daxmap hold DEV ALIGN     map and touch it; ends well with the SIGBUS of a revoked mapping
 *   daxmap mapped DEV ALIGN   map it, close it and leave it alone
 *   daxmap leaderless DEV ALIGN   the same, in a process whose first thread has ended
 *   daxmap devmem /dev/mem 4096 ADDRESS   the same there
 *   daxmap pin DEV ALIGN      pin a page, unmap, close; wait for SIGTERM
 *   daxmap pinmap DEV ALIGN   the same, and keep it mapped
 *   daxmap lives DEV ALIGN N CLAIM DISK HOLD
 *                             N times: pin a page, have another process map the next, unbind CLAIM:
 *                             SIGBUS there, and refusals until the pin goes; bind it again; the
 *                             data stay. Pins are by vmsplice, by direct I/O from it to DISK,
 *                             whose host answers nothing while the file HOLD says 1, and by
 *                             io_uring, where that takes such memory, in turn
 *   daxmap poison DEV ALIGN   poison a page: SIGBUS, which says where
 *   daxmap faults DEV ALIGN N fault N pages in
 *   daxmap async DEV 4096 BYTES SEED
 *                             MAP_SYNC is EOPNOTSUPP; a pattern, half of it fsync()ed, the other
 *                             half msync()ed
 *   daxmap unsynced DEV 4096 BYTES SEED   verify it, through a mapping without MAP_SYNC
 *   daxmap syncs DEV          fsync() again and again; ends well when the device is gone
 *   daxmap copy DEV BYTES     what a mapping of so many bytes shows, to stdout
 *
 * A line on stdout says when hold, mapped, leaderless, pin, pinmap and syncs are there.
 */
/* cc: -Itools/testing/nvdimm/lib tools/testing/nvdimm/lib/store_text.c */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "store_text.h"

#ifndef MAP_SHARED_VALIDATE
#define MAP_SHARED_VALIDATE 0x03
#endif
#ifndef MAP_SYNC
#define MAP_SYNC 0x80000
#endif
#ifndef MADV_HWPOISON
#define MADV_HWPOISON 100
#endif

static int dev;
static int map_flags = MAP_SHARED_VALIDATE | MAP_SYNC;

static char *map(size_t len, off_t offset)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, map_flags, dev, offset);

	if (at == MAP_FAILED)
		err(1, "mmap of %#zx bytes at %#llx", len, (long long)offset);
	return at;
}

static uint64_t word(uint64_t seed, uint64_t i)
{
	uint64_t x = seed + 0x9e3779b97f4a7c15ull * (i + 1);

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	return x ^ (x >> 31);
}

/* One word in each 4 KiB page says enough, and little else is emulated. */
static void pattern(size_t len, uint64_t seed, size_t mapped, int verify)
{
	char *at = map(mapped, 0);

	for (size_t i = 0; i < len; i += 4096) {
		uint64_t *p = (uint64_t *)(at + i + (i / 4096 * 8) % 4096);

		if (!verify)
			*p = word(seed, i);
		else if (*p != word(seed, i))
			errx(1, "byte %#zx: %#llx", i, (unsigned long long)*p);
	}
	if (munmap(at, mapped))
		err(1, "munmap");
}

/* KernelPageSize of the mapping that begins at @at, in bytes. */
static long page_size(const char *at)
{
	FILE *smaps = fopen("/proc/self/smaps", "r");
	unsigned long start;
	char line[512];
	int mine = 0;
	long kib;

	while (smaps && fgets(line, sizeof(line), smaps)) {
		if (sscanf(line, "%lx-", &start) == 1 && strchr(line, '-') && strchr(line, ':'))
			mine = start == (unsigned long)at;
		if (mine && sscanf(line, "KernelPageSize: %ld kB", &kib) == 1) {
			fclose(smaps);
			return kib * 1024;
		}
	}
	errx(1, "smaps does not know the mapping");
}

static void odd(size_t align)
{
	char *at = map(align, 0);
	volatile char *p = at + align / 2 + 0x123;
	char was = *p;

	if ((uintptr_t)at % align)
		errx(1, "mapped at %p", (void *)at);
	*p = was + 1;
	if (*p != (char)(was + 1))
		errx(1, "the store is lost");
	*p = was;
	/* a kernel without hugetlb asks nobody, and says 4 KiB of every mapping */
	if (!access("/sys/kernel/mm/hugepages", F_OK) && page_size(at) != (long)align)
		errx(1, "KernelPageSize is %ld", page_size(at));
}

/* Bytes of this process's page tables. */
static long page_tables(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[128];
	long kib;

	while (status && fgets(line, sizeof(line), status)) {
		if (sscanf(line, "VmPTE: %ld kB", &kib) == 1) {
			fclose(status);
			return kib * 1024;
		}
	}
	errx(1, "no VmPTE");
}

/* Pages as large as @align need no table of small ones: one table page for each GiB at most. */
static void tables(size_t align, size_t size)
{
	long before = page_tables(), grown;
	char *at = map(size, 0);

	for (size_t i = 0; i < size; i += align)
		(void)*(volatile char *)(at + i);
	grown = page_tables() - before;
	/* it may begin in the midst of a GiB, and be the first in its part of the address space */
	if (grown > 4096 * (long)((size >> 30) + 3))
		errx(1, "page tables take %ld bytes for %zu mapped", grown, size);
}

static void refused(size_t len, off_t offset, int flags, const char *what)
{
	void *at = mmap(NULL, len, PROT_READ, flags, dev, offset);

	if (at != MAP_FAILED)
		errx(1, "%s: mapped", what);
	if (errno != EINVAL)
		err(1, "%s", what);
}

static void rules(size_t align)
{
	char *at = map(align, 0);

	refused(align, 0, MAP_PRIVATE, "a private mapping");
	if (align == 4096)
		return;
	refused(align / 2, 0, MAP_SHARED, "half a page");
	refused(align, align / 2, MAP_SHARED, "an offset of half a page");
	refused(align + 4096, 0, MAP_SHARED, "a page and a bit");
	if (!munmap(at, align / 2))
		errx(1, "half a page was unmapped");
	if (errno != EINVAL)
		err(1, "munmap of half a page");
}

static void parts(size_t align)
{
	char *at = map(3 * align, 0), *far;
	pid_t child;
	int status;

	for (int i = 0; i < 3; i++)
		at[i * align + 7] = 'a' + i;
	if (munmap(at + align, align))
		err(1, "munmap of the middle");
	if (at[7] != 'a' || at[2 * align + 7] != 'c')
		errx(1, "the rest has changed");
	/* where pages of that size fit, it may go */
	far = mmap(NULL, 2 * align, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (far == MAP_FAILED)
		err(1, "mmap");
	far += align - 1 - ((uintptr_t)far - 1) % align;
	if (mremap(at + 2 * align, align, align, MREMAP_MAYMOVE | MREMAP_FIXED, far) != far)
		err(1, "mremap");
	if (far[7] != 'c')
		errx(1, "it moved, and has changed");
	child = fork();
	if (child < 0)
		err(1, "fork");
	if (!child) {
		far[7] = 'd';
		_exit(at[7] != 'a');
	}
	if (waitpid(child, &status, 0) != child || status)
		errx(1, "the child saw something else");
	if (far[7] != 'd')
		errx(1, "what the child stored is not there");
}

struct mapping {
	pid_t pid;
	const char *at;
	size_t len;
	off_t offset;
};

/* The attribute has a line for each of these, in any order, and not one more. */
static void holders_are(const char *attribute, const char *when, const struct mapping *m, int nr)
{
	FILE *file = fopen(attribute, "r");
	char line[256], wanted[256];
	unsigned int seen = 0;
	int i;

	if (!file)
		err(1, "%s", attribute);
	while (fgets(line, sizeof(line), file)) {
		for (i = 0; i < nr; i++) {
			snprintf(wanted, sizeof(wanted), "%d daxmap %#lx-%#lx offset 0x%llx\n",
				 (int)m[i].pid, (unsigned long)m[i].at,
				 (unsigned long)m[i].at + m[i].len, (long long)m[i].offset);
			if (!(seen & 1 << i) && !strcmp(line, wanted))
				break;
		}
		if (i == nr)
			errx(1, "%s: nobody's: %s", when, line);
		seen |= 1 << i;
	}
	fclose(file);
	if (seen != (1u << nr) - 1)
		errx(1, "%s: of %d mappings those of mask %#x", when, nr, seen);
}

static void holders(size_t align, const char *attribute)
{
	char *at = map(4 * align, 0), *far;
	struct mapping m[3] = { { getpid(), at, 4 * align, 0 } };
	pid_t child;

	close(dev);
	holders_are(attribute, "closed", m, 1);
	/* nothing of it is touched, so that nothing is in a page table */
	child = fork();
	if (child < 0)
		err(1, "fork");
	if (!child) {
		pause();
		_exit(0);
	}
	m[2] = (struct mapping) { child, at, 4 * align, 0 };
	m[1] = m[2];
	holders_are(attribute, "forked", m, 2);
	if (munmap(at + align, 2 * align))
		err(1, "munmap of the middle");
	m[0].len = align;
	m[1] = (struct mapping) { getpid(), at + 3 * align, align, 3 * align };
	holders_are(attribute, "unmapped in part", m, 3);
	far = mmap(NULL, 2 * align, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (far == MAP_FAILED)
		err(1, "mmap");
	far += align - 1 - ((uintptr_t)far - 1) % align;
	if (mremap(at + 3 * align, align, align, MREMAP_MAYMOVE | MREMAP_FIXED, far) != far)
		err(1, "mremap");
	m[1].at = far;
	holders_are(attribute, "moved", m, 3);
	kill(child, SIGKILL);
	if (waitpid(child, NULL, 0) != child)
		err(1, "waitpid");
	holders_are(attribute, "the child gone", m, 2);
	if (munmap(at, align) || munmap(far, align))
		err(1, "munmap");
	holders_are(attribute, "unmapped", m, 0);
}

static void *rest_of_life(void *arg)
{
	if (puts("mapped") < 0 || fflush(stdout))
		err(1, "stdout");
	for (;;)
		pause();
	return arg;
}

static void mapped(size_t align, bool leader_ends)
{
	pthread_t thread;

	map(align, 0);
	close(dev);
	if (!leader_ends)
		rest_of_life(NULL);
	if (pthread_create(&thread, NULL, rest_of_life, NULL))
		errx(1, "pthread_create");
	pthread_exit(NULL);
}

/* The first @align bytes of the device, mapped anew: no page table has them. @was goes. */
static char *untouched(char *was, size_t align)
{
	if (was && munmap(was, align))
		err(1, "munmap");
	return map(align, 0);
}

static void direct(size_t align, const char *disk)
{
	size_t len = align < 65536 ? align : 65536;
	int fd = open(disk, O_RDWR | O_DIRECT);
	char *at = untouched(NULL, align);

	if (fd < 0)
		err(1, "%s", disk);
	for (size_t i = 0; i < len; i++)
		at[i] = i * 13 + i / 4096;
	at = untouched(at, align);
	if (pwrite(fd, at, len, 0) != (ssize_t)len)
		err(1, "write from it");
	memset(at, 0, len);
	at = untouched(at, align);
	if (pread(fd, at, len, 0) != (ssize_t)len)
		err(1, "read to it");
	at = untouched(at, align);
	for (size_t i = 0; i < len; i++)
		if (at[i] != (char)(i * 13 + i / 4096))
			errx(1, "byte %zu", i);
	close(fd);
}

static sigjmp_buf after;
static char *volatile sigbus_at;
static volatile int sigbus_code;

static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	sigbus_at = info->si_addr;
	sigbus_code = info->si_code;
	siglongjmp(after, 1);
}

static void catch_sigbus(void)
{
	struct sigaction action = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };

	sigaction(SIGBUS, &action, NULL);
}

static void say(const char *what)
{
	puts(what);
	fflush(stdout);
}

static void hold(size_t align, off_t offset)
{
	volatile char *at = map(align, offset);
	char was;

	catch_sigbus();
	was = *at;
	(void)was;
	say("mapped");
	if (sigsetjmp(after, 1)) {
		if (sigbus_at != at)
			errx(1, "SIGBUS at %p", (void *)sigbus_at);
		return;
	}
	for (;;) {
		was = *at;
		usleep(1000);
	}
}

/* How a page is pinned: a name, how to, and how to let go. */
struct pin {
	const char *name;
	int (*take)(struct pin *pin, char *at);
	void (*drop)(struct pin *pin);
	int fd[2];
	int errno_of;		/* what this kernel says instead */
	unsigned long times;
};

static void close_both(struct pin *pin)
{
	close(pin->fd[0]);
	close(pin->fd[1]);
}

/* As a fixed buffer of io_uring. Older kernels refuse all files but those of huge pages. */
static int pin_by_ring(struct pin *pin, char *at)
{
	struct iovec buffer = { .iov_base = at, .iov_len = 4096 };
	struct io_uring_params params = { 0 };

	pin->fd[1] = -1;
	pin->fd[0] = syscall(SYS_io_uring_setup, 4, &params);
	if (pin->fd[0] < 0)
		return -1;
	if (!syscall(SYS_io_uring_register, pin->fd[0], IORING_REGISTER_BUFFERS, &buffer, 1))
		return 0;
	pin->errno_of = errno;
	close(pin->fd[0]);
	errno = pin->errno_of;
	return -1;
}

/* In a pipe that nobody reads. */
static int pin_by_pipe(struct pin *pin, char *at)
{
	struct iovec buffer = { .iov_base = at, .iov_len = 4096 };

	return pipe(pin->fd) || vmsplice(pin->fd[1], &buffer, 1, 0) != 4096 ? -1 : 0;
}

/* A disk whose host answers nothing while the file says 1; and the write that waits for it. */
static const char *slow_disk, *slow_host;
static aio_context_t slow_context;

static void host_holds(const char *text)
{
	int fd = open(slow_host, O_WRONLY);

	if (fd < 0 || write(fd, text, 1) != 1)
		err(1, "%s", slow_host);
	close(fd);
}

/* It is forced through, so it has an answer of the host's to wait for. */
static int pin_by_direct_io(struct pin *pin, char *at)
{
	struct iocb io = {
		.aio_lio_opcode = IOCB_CMD_PWRITE,
		.aio_buf = (uintptr_t)at,
		.aio_nbytes = 4096,
	}, *list = &io;

	if (!slow_disk) {
		errno = ENODEV;
		return -1;
	}
	pin->fd[0] = open(slow_disk, O_RDWR | O_DIRECT | O_DSYNC);
	if (pin->fd[0] < 0)
		err(1, "%s", slow_disk);
	io.aio_fildes = pin->fd[0];
	slow_context = 0;
	if (syscall(SYS_io_setup, 1, &slow_context))
		err(1, "io_setup");
	host_holds("1");
	if (syscall(SYS_io_submit, slow_context, 1, &list) != 1)
		err(1, "io_submit");
	return 0;
}

static void end_direct_io(struct pin *pin)
{
	struct timespec at_once = { 0 };
	struct io_event event;

	if (syscall(SYS_io_getevents, slow_context, 1, 1, &event, &at_once) != 0)
		errx(1, "the write did not wait for its host");
	host_holds("0");
	if (syscall(SYS_io_getevents, slow_context, 1, 1, &event, NULL) != 1 || event.res != 4096)
		errx(1, "the write ended with %lld", (long long)event.res);
	syscall(SYS_io_destroy, slow_context);
	close(pin->fd[0]);
}

static struct pin pins[] = {
	{ "io_uring", pin_by_ring, close_both, { -1, -1 }, 0, 0 },
	{ "vmsplice", pin_by_pipe, close_both, { -1, -1 }, 0, 0 },
	{ "direct I/O", pin_by_direct_io, end_direct_io, { -1, -1 }, 0, 0 },
};

#define NR_PINS (sizeof(pins) / sizeof(pins[0]))

static void hold_devmem(size_t len, off_t address)
{
	map_flags = MAP_SHARED;
	hold(len, address);
}

/* By the first of them, from @first on, that works here. Its page is pinned until it is dropped. */
static char *pin_first_page(size_t align, unsigned long first, struct pin **by)
{
	char *at = map(align, 0), was;

	/* a fault, and the data stay as they are */
	was = *(volatile char *)at;
	(void)was;
	for (unsigned int i = 0; i < NR_PINS; i++) {
		*by = &pins[(first + i) % NR_PINS];
		if (!(*by)->take(*by, at)) {
			(*by)->times++;
			return at;
		}
	}
	err(1, "no way to pin a page");
}

/* No mapping, no open file. */
static void leave(char *at, size_t align)
{
	if (munmap(at, align) || close(dev))
		err(1, "munmap and close");
}

static void pin(size_t align, int mapped)
{
	struct pin *by;
	sigset_t set;
	int sig;
	char *at = pin_first_page(align, 0, &by);

	if (!mapped)
		leave(at, align);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	say("pinned");
	sigwait(&set, &sig);
}

/* Another process maps the second page and reads on and on, as a virtual machine does. */
static pid_t hold_elsewhere(size_t align)
{
	int ready[2];
	pid_t pid;
	char byte;

	if (pipe(ready))
		err(1, "pipe");
	pid = fork();
	if (!pid) {
		dup2(ready[1], STDOUT_FILENO);
		hold(align, align);
		exit(0);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		errx(1, "nobody maps the second page");
	close(ready[0]);
	return pid;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

/*
 * Unbound with a pin and a mapping: that ends in SIGBUS; refused while the pin is there, and
 * bound again once it has gone. Returns how long unbinding took.
 */
static double one_life(size_t align, unsigned long nr, const char *claim)
{
	pid_t holder = hold_elsewhere(align);
	char namespace[128];
	struct pin *by;
	double took;
	int rc;

	snprintf(namespace, sizeof(namespace), "/sys/bus/nd/devices/%s/namespace", claim);
	leave(pin_first_page(align, nr, &by), align);
	took = now();
	rc = store_text("/sys/bus/nd/drivers/dax_pmem/unbind", claim);
	took = now() - took;
	if (rc)
		errx(1, "unbind: %s", strerror(rc));
	if (waitpid(holder, &rc, 0) != holder || rc)
		errx(1, "the mapping did not end in SIGBUS: %#x", rc);
	rc = store_text(namespace, "\n");
	if (rc != EBUSY)
		errx(1, "pinned by %s: giving the namespace back: %s", by->name, strerror(rc));
	/* older kernels say ENODEV of any probe that failed */
	if (!store_text("/sys/bus/nd/drivers/dax_pmem/bind", claim))
		errx(1, "bound while a page is pinned by %s", by->name);
	by->drop(by);
	for (int tries = 0; store_text("/sys/bus/nd/drivers/dax_pmem/bind", claim); tries++) {
		if (tries > 6000)
			errx(1, "not bound again");
		usleep(10000);
	}
	return took;
}

/* An unbinding with a pin has no more to do than any other. */
#define UNBIND_LIMIT_S	20

/* @words: CLAIM DISK HOLD */
static void lives(const char *path, size_t align, unsigned long n, char **words)
{
	double took, slowest = 0, began = now();

	slow_disk = words[1];
	slow_host = words[2];
	for (unsigned long i = 0; i < n; i++) {
		pattern(align, i, align, 0);
		took = one_life(align, i, words[0]);
		slowest = took > slowest ? took : slowest;
		dev = open(path, O_RDWR);
		if (dev < 0)
			err(1, "life %lu: %s", i, path);
		pattern(align, i, align, 1);
	}
	printf("%lu lives in %.0f s, the slowest unbinding %.3f s; pinned", n, now() - began,
	       slowest);
	for (unsigned int i = 0; i < NR_PINS; i++)
		printf("%s by %s %lu times%s%s", i ? "," : "", pins[i].name, pins[i].times,
		       pins[i].times ? "" : ": ",
		       pins[i].times ? "" : strerror(pins[i].errno_of));
	putchar('\n');
	if (slowest > UNBIND_LIMIT_S)
		errx(1, "an unbinding took %.1f s", slowest);
	if (n >= NR_PINS && (!pins[1].times || !pins[2].times))
		errx(1, "not pinned in each way");
}

static void poison(size_t align)
{
	char *volatile at = map(align, 0);
	volatile char *bad = at + align / 2 / 4096 * 4096;

	catch_sigbus();
	*bad = 1;
	if (!sigsetjmp(after, 1)) {
		if (madvise((void *)bad, 4096, MADV_HWPOISON))
			err(1, "MADV_HWPOISON");
		(void)*bad;
		errx(1, "no SIGBUS");
	}
	if (sigbus_code != BUS_MCEERR_AR && sigbus_code != BUS_MCEERR_AO)
		errx(1, "SIGBUS with code %d", sigbus_code);
	if (sigbus_at < at || sigbus_at >= at + align)
		errx(1, "SIGBUS at %p, poison at %p", (void *)sigbus_at, (void *)bad);
}

static void faults(size_t align, unsigned long n)
{
	volatile char *at = map(align * n, 0);

	for (unsigned long i = 0; i < n; i++)
		at[i * align] = 1;
}

static void async(size_t len, uint64_t seed)
{
	char *at = mmap(NULL, len, PROT_READ | PROT_WRITE, map_flags, dev, 0);

	if (at != MAP_FAILED || errno != EOPNOTSUPP)
		errx(1, "MAP_SYNC: %s", at == MAP_FAILED ? strerror(errno) : "mapped");
	map_flags = MAP_SHARED;
	pattern(len / 2, seed, len, 0);
	if (fsync(dev))
		err(1, "fsync");
	pattern(len, seed, len, 0);
	at = map(len, 0);
	if (msync(at + len / 2, len / 2, MS_SYNC))
		err(1, "msync");
}

static void unsynced(size_t len, uint64_t seed)
{
	map_flags = MAP_SHARED;
	pattern(len, seed, len, 1);
}

static void syncs(void)
{
	if (fsync(dev))
		err(1, "fsync");
	say("synced");
	while (!fsync(dev))
		;
	if (errno != ENXIO)
		err(1, "fsync");
}

static void copy(size_t len)
{
	const char *at = map(len, 0);
	ssize_t n;

	for (size_t done = 0; done < len; done += n) {
		n = write(1, at + done, len - done);
		if (n <= 0)
			err(1, "stdout");
	}
}

int main(int argc, char **argv)
{
	size_t size = argc > 3 ? strtoull(argv[3], NULL, 0) : 4096;
	unsigned long more = argc > 4 ? strtoul(argv[4], NULL, 0) : 0;
	const char *what = argc > 2 ? argv[1] : "";

	dev = open(argc > 2 ? argv[2] : "", O_RDWR);
	if (dev < 0)
		err(1, "daxmap WHAT DEV...");
	if (!strcmp(what, "write") || !strcmp(what, "verify"))
		pattern(size, more, argc > 5 ? strtoull(argv[5], NULL, 0) : size, what[0] == 'v');
	else if (!strcmp(what, "odd"))
		odd(size);
	else if (!strcmp(what, "rules"))
		rules(size);
	else if (!strcmp(what, "parts"))
		parts(size);
	else if (!strcmp(what, "holders") && argc > 4)
		holders(size, argv[4]);
	else if (!strcmp(what, "tables"))
		tables(size, more);
	else if (!strcmp(what, "direct") && argc > 4)
		direct(size, argv[4]);
	else if (!strcmp(what, "hold"))
		hold(size, 0);
	else if (!strcmp(what, "mapped") || !strcmp(what, "leaderless"))
		mapped(size, what[0] == 'l');
	else if (!strcmp(what, "devmem"))
		hold_devmem(size, more);
	else if (!strcmp(what, "pin") || !strcmp(what, "pinmap"))
		pin(size, what[3]);
	else if (!strcmp(what, "lives") && argc > 7)
		lives(argv[2], size, more, argv + 5);
	else if (!strcmp(what, "poison"))
		poison(size);
	else if (!strcmp(what, "async") && argc > 5)
		async(more, strtoull(argv[5], NULL, 0));
	else if (!strcmp(what, "unsynced") && argc > 5)
		unsynced(more, strtoull(argv[5], NULL, 0));
	else if (!strcmp(what, "syncs"))
		syncs();
	else if (!strcmp(what, "faults"))
		faults(size, more);
	else if (!strcmp(what, "copy"))
		copy(size);
	else
		errx(2, "no such thing: %s", what);
	return 0;
}
