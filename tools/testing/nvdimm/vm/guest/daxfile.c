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
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

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
	char *two = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ssize_t taken;

	if (two == MAP_FAILED)
		err(1, "mmap");
	memset(two, 'n', PAGE);
	if (munmap(two + PAGE, PAGE))
		err(1, "munmap");
	taken = pwrite(file, two + PAGE / 2, PAGE, offset);
	printf("%zd %s\n", taken, taken < 0 ? strerrorname_np(errno) : "taken");
}

int main(int argc, char **argv)
{
	unsigned long long n = argc > 3 ? strtoull(argv[3], NULL, 0) : 0;
	unsigned long long more = argc > 4 ? strtoull(argv[4], NULL, 0) : 0;
	const char *what = argc > 3 ? argv[1] : "";

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
	else if (!strcmp(what, "short"))
		write_short(n);
	else
		errx(2, "no such thing: %s", what);
	return 0;
}
