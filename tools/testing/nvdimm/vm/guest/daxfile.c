// SPDX-License-Identifier: GPL-2.0
/*
 * daxfile - what programs do with a file of a filesystem that is mounted -o dax
 *
 *   daxfile make FILE BYTES SEED      a pattern, in blocks that follow each other if that can be
 *   daxfile verify FILE BYTES SEED [FROM]   is it there, from byte FROM on?
 *   daxfile touch FILE BYTES          map that many, and load from each page
 *   daxfile where FILE OFFSET         the byte of the disk that holds it
 *   daxfile short FILE OFFSET         write the page at OFFSET from a buffer whose second half is
 *                                     not there: says how much was taken
 *   daxfile hold FILE BYTES           map it, and store there time and again; ends well with the
 *                                     SIGBUS of a mapping that was taken away. A line says when
 *                                     it begins
 *   daxfile lives FS DISK DEV N SLOW KNOB   N times: mount DISK, pin a page of its /file (in a
 *                                     pipe, by direct I/O to the disk SLOW, which KNOB holds up,
 *                                     or as a buffer of io_uring where that takes it), close it
 *                                     and unbind DEV: in time, and DEV is refused while the page
 *                                     is pinned, and while DISK is mounted, whichever ends first;
 *                                     then it is bound again, and the data are there. In some
 *                                     lives the page is dirty, or of xfs shared with /shared
 */
/* cc: -Itools/testing/nvdimm/lib tools/testing/nvdimm/lib/store_text.c */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "store_text.h"

#define PAGE	4096

static int file;

static uint64_t word(uint64_t seed, uint64_t i)
{
	uint64_t x = seed + 0x9e3779b97f4a7c15ull * (i + 1);

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	return x ^ (x >> 31);
}

static void fill(uint64_t *page, uint64_t seed, off_t offset)
{
	for (size_t i = 0; i < PAGE / sizeof(*page); i++)
		page[i] = word(seed, offset / sizeof(*page) + i);
}

static void make(size_t len, uint64_t seed)
{
	uint64_t page[PAGE / 8];

	if (ftruncate(file, 0) || posix_fallocate(file, 0, len))
		err(1, "fallocate");
	for (size_t at = 0; at < len; at += PAGE) {
		fill(page, seed, at);
		if (pwrite(file, page, PAGE, at) != PAGE)
			err(1, "write at %#zx", at);
	}
	if (fsync(file))
		err(1, "fsync");
}

static void verify(size_t len, uint64_t seed, size_t from)
{
	uint64_t page[PAGE / 8], is[PAGE / 8];

	for (size_t at = from; at < len; at += PAGE) {
		fill(page, seed, at);
		if (pread(file, is, PAGE, at) != PAGE)
			err(1, "read at %#zx", at);
		if (memcmp(page, is, PAGE))
			errx(1, "the page at %#zx is another", at);
	}
}

static void touch(size_t len)
{
	volatile char *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

	if (at == MAP_FAILED)
		err(1, "mmap");
	for (size_t i = 0; i < len; i += PAGE)
		(void)at[i];
}

static unsigned long long where(off_t offset)
{
	struct { struct fiemap map; struct fiemap_extent extent; } f = {
		.map = { .fm_start = offset, .fm_length = PAGE, .fm_extent_count = 1 },
	};

	if (ioctl(file, FS_IOC_FIEMAP, &f) || f.map.fm_mapped_extents != 1)
		err(1, "FIEMAP");
	return f.extent.fe_physical + (offset - f.extent.fe_logical);
}

static void write_short(off_t offset)
{
	char *two = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			 0);
	ssize_t taken;

	if (two == MAP_FAILED)
		err(1, "mmap");
	memset(two, 'n', PAGE);
	if (munmap(two + PAGE, PAGE))
		err(1, "munmap");
	taken = pwrite(file, two + PAGE / 2, PAGE, offset);
	printf("%zd %s\n", taken, taken < 0 ? strerrorname_np(errno) : "taken");
}

static sigjmp_buf after;
static char *volatile sigbus_at;

static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	sigbus_at = info->si_addr;
	siglongjmp(after, 1);
}

static void hold(size_t len)
{
	struct sigaction action = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };
	volatile char *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

	if (at == MAP_FAILED)
		err(1, "mmap");
	sigaction(SIGBUS, &action, NULL);
	at[0] = 1;
	puts("mapped");
	fflush(stdout);
	if (sigsetjmp(after, 1)) {
		if (sigbus_at < at || sigbus_at >= at + len)
			errx(1, "SIGBUS at %p", (void *)sigbus_at);
		return;
	}
	for (size_t i = 0;; i = (i + PAGE) % len) {
		at[i]++;
		usleep(1000);
	}
}

/* ---- lives ---- */

#define FILE_PAGES	64

static const char *slow, *knob;

enum pin_kind { PIN_PIPE, PIN_DIRECT, PIN_RING, PIN_KINDS };

struct pin {
	enum pin_kind kind;
	int fd[2];
	pid_t child;
};

static int pin_by_pipe(char *at, struct pin *pin)
{
	struct iovec page = { .iov_base = at, .iov_len = PAGE };

	return pipe(pin->fd) || vmsplice(pin->fd[1], &page, 1, 0) != PAGE ? -1 : 0;
}

/* Kernels before 6.13 or so take no file's pages but huge ones, and no page of dax for long. */
static int pin_by_ring(char *at, struct pin *pin)
{
	struct iovec page = { .iov_base = at, .iov_len = PAGE };
	struct io_uring_params params = { 0 };

	pin->fd[0] = syscall(SYS_io_uring_setup, 4, &params);
	if (pin->fd[0] < 0)
		return -1;
	if (!syscall(SYS_io_uring_register, pin->fd[0], IORING_REGISTER_BUFFERS, &page, 1))
		return 0;
	close(pin->fd[0]);
	pin->fd[0] = -1;
	return -1;
}

static int sleeps_in_io(pid_t pid)
{
	char path[64], state = 0;
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = fopen(path, "r");
	if (!stat || fscanf(stat, "%*d %*s %c", &state) != 1)
		errx(1, "the writer is gone");
	fclose(stat);
	return state == 'D';
}

/* A write of the page that its disk has taken, and does not call durable. */
static int pin_by_write(char *at, struct pin *pin)
{
	int fd, seen = 0;

	if (store_text(knob, "1"))
		err(1, "%s", knob);
	fd = open(slow, O_RDWR | O_DIRECT | O_DSYNC);
	if (fd < 0)
		err(1, "%s", slow);
	pin->child = fork();
	if (!pin->child)
		_exit(pwrite(fd, at, PAGE, 0) != PAGE);
	close(fd);
	/* nothing else makes it wait: its page is there, and the disk is memory */
	for (int tries = 0; seen < 3; tries++) {
		if (tries > 30000)
			errx(1, "the write does not wait");
		usleep(1000);
		seen = sleeps_in_io(pin->child) ? seen + 1 : 0;
	}
	return 0;
}

/* Of a file that is closed by then. The store changes nothing, but that the page is dirty. */
static void pin_page(enum pin_kind kind, unsigned int nr, int dirty, struct pin *pin)
{
	int prot = PROT_READ | (dirty ? PROT_WRITE : 0), rc;
	volatile char *at = mmap(NULL, PAGE, prot, MAP_SHARED, file, (off_t)nr * PAGE);
	char was;

	if (at == MAP_FAILED)
		err(1, "mmap");
	was = at[0];
	if (dirty)
		at[0] = was;
	*pin = (struct pin) { .kind = kind, .fd = { -1, -1 } };
	rc = kind == PIN_DIRECT ? pin_by_write((char *)at, pin) :
	     kind == PIN_RING ? pin_by_ring((char *)at, pin) : -1;
	if (rc) {
		pin->kind = PIN_PIPE;
		rc = pin_by_pipe((char *)at, pin);
	}
	if (rc)
		err(1, "a page cannot be pinned");
	if (munmap((char *)at, PAGE) || close(file))
		err(1, "munmap and close");
}

static void unpin(struct pin *pin)
{
	int rc;

	close(pin->fd[0]);
	close(pin->fd[1]);
	if (!pin->child)
		return;
	if (store_text(knob, "0"))
		err(1, "%s", knob);
	if (waitpid(pin->child, &rc, 0) != pin->child || rc)
		errx(1, "the write of the pinned page: %#x", rc);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void open_file(const char *fs, const char *disk, const char *name, int dirty)
{
	if (mount(disk, "/mnt", fs, dirty ? 0 : MS_RDONLY, "dax"))
		err(1, "mount %s", disk);
	file = open(name, dirty ? O_RDWR : O_RDONLY);
	if (file < 0)
		err(1, "%s", name);
}

static void unmount(void)
{
	if (umount("/mnt"))
		err(1, "umount");
}

/* The reason of the last refusal has all of it. */
static void check_reason(const char *dev, const char *a, const char *b)
{
	char path[128], text[512] = "";
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/nd/devices/%s/last_error", dev);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		err(1, "%s", path);
	close(fd);
	if (!strstr(text, "EBUSY busy: ") || !strstr(text, "draining") || !strstr(text, a) ||
	    !strstr(text, b))
		errx(1, "%s: %s", dev, text);
}

#define DRIVER	"/sys/bus/nd/drivers/nd_pmem/"

static void refuse(const char *dev, const char *a, const char *b)
{
	if (!store_text(DRIVER "bind", dev))
		errx(1, "bound in spite of: %s %s", a, b);
	check_reason(dev, a, b);
}

#define PINNED		"references pin pages"

static double one_life(const char *fs, const char *disk, const char *dev, unsigned int i,
		       enum pin_kind *kind)
{
	int dirty = i % 4 == 3;
	char mounted[32];
	struct pin pin;
	double took;

	snprintf(mounted, sizeof(mounted), "%s of pmem", fs);
	open_file(fs, disk, "/mnt/file", dirty);
	pin_page(*kind, i % FILE_PAGES, dirty, &pin);
	*kind = pin.kind;
	took = now();
	if (store_text(DRIVER "unbind", dev))
		errx(1, "not unbound");
	took = now() - took;
	check_reason(dev, PINNED, "of inode ");
	check_reason(dev, mounted, "is mounted");
	refuse(dev, PINNED, mounted);
	/* who writes has the file open */
	if (i & 1 || pin.child) {
		unpin(&pin);
		refuse(dev, mounted, "is mounted");
		unmount();
	} else {
		unmount();
		refuse(dev, PINNED, "of inode ");
		unpin(&pin);
	}
	for (int tries = 0; store_text(DRIVER "bind", dev); tries++) {
		if (tries > 6000)
			errx(1, "not bound again");
		usleep(10000);
	}
	return took;
}

/* @words: FS DISK DEV N SLOW KNOB */
static void lives(char **words)
{
	unsigned long n = strtoul(words[3], NULL, 0);
	unsigned int count[PIN_KINDS] = { 0 };
	double took, longest = 0, start = now();

	slow = words[4];
	knob = words[5];
	for (unsigned long i = 0; i < n; i++) {
		enum pin_kind kind = i % PIN_KINDS;

		took = one_life(words[0], words[1], words[2], i, &kind);
		count[kind]++;
		if (took > longest)
			longest = took;
		open_file(words[0], words[1], "/mnt/file", 0);
		verify(FILE_PAGES * PAGE, 7, 0);
		close(file);
		unmount();
		if (longest > 20)
			errx(1, "unbinding took %.1f s", longest);
	}
	printf("%lu lives of %s in %.0f s: pinned by pipe %u, direct I/O %u, io_uring %u; unbound in %.2f s at most\n",
	       n, words[0], now() - start, count[PIN_PIPE], count[PIN_DIRECT], count[PIN_RING],
	       longest);
}

int main(int argc, char **argv)
{
	unsigned long long n = argc > 3 ? strtoull(argv[3], NULL, 0) : 0;
	unsigned long long more = argc > 4 ? strtoull(argv[4], NULL, 0) : 0;
	const char *what = argc > 3 ? argv[1] : "";

	if (!strcmp(what, "lives") && argc > 7) {
		lives(argv + 2);
		return 0;
	}
	file = open(argc > 2 ? argv[2] : "", O_RDWR | O_CREAT, 0600);
	if (file < 0)
		err(1, "daxfile WHAT FILE...");
	if (!strcmp(what, "make"))
		make(n, more);
	else if (!strcmp(what, "verify"))
		verify(n, more, argc > 5 ? strtoull(argv[5], NULL, 0) : 0);
	else if (!strcmp(what, "touch"))
		touch(n);
	else if (!strcmp(what, "where"))
		printf("%llu\n", where(n));
	else if (!strcmp(what, "hold"))
		hold(n);
	else if (!strcmp(what, "short"))
		write_short(n);
	else
		errx(2, "no such thing: %s", what);
	return 0;
}
