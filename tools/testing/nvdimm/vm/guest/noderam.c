// SPDX-License-Identifier: GPL-2.0
/*
 * noderam - memory of one NUMA node, used and checked.
 *
 *   noderam fill NODE BYTES SEED   write a pattern to so much of it, read it back
 *   noderam pin NODE [PATH]        keep a page of it from moving, anonymous or a new file's; wait
 *                                  for SIGTERM
 *   noderam hold NODE              have a page of it; wait for SIGTERM
 *   noderam file NODE PATH         have a page of it that is a new file's; wait for SIGTERM
 *
 * A line on stdout says that pin, hold and file are there, with the page's address.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Of the file @fd, unless that is -1. */
static char *mapped_of_node(int node, size_t bytes, int fd)
{
	unsigned long mask = 1ul << node;
	char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		err(1, "mmap of %zu bytes", bytes);
	if (syscall(SYS_mbind, at, bytes, MPOL_BIND, &mask, sizeof(mask) * 8, 0))
		err(1, "mbind to node %d", node);
	return at;
}

static char *of_node(int node, size_t bytes)
{
	return mapped_of_node(node, bytes, -1);
}

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 31) * 0x7fb5d329728ea185ull;
	return x ^ x >> 27;
}

static void fill(int node, size_t bytes, uint64_t seed)
{
	uint64_t *at = (uint64_t *)of_node(node, bytes);
	size_t n = bytes / sizeof(*at), i;

	for (i = 0; i < n; i++)
		at[i] = mix(i + seed);
	for (i = 0; i < n; i++)
		if (at[i] != mix(i + seed))
			errx(1, "word %zu of %zu has changed", i, n);
}

static uint64_t physical(const void *at)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;

	if (fd < 0 || pread(fd, &entry, 8, (uintptr_t)at / 4096 * 8) != 8)
		err(1, "pagemap");
	close(fd);
	return (entry & ((1ull << 55) - 1)) * 4096;
}

static char *page_of(int node, const char *path)
{
	int fd = path ? open(path, O_RDWR | O_CREAT | O_EXCL, 0600) : -1;

	if (path && (fd < 0 || ftruncate(fd, 4096)))
		err(1, "%s", path);
	return mapped_of_node(node, 4096, fd);
}

/* A page in a pipe is referred to, and stays where it is. */
static void pin(int node, const char *path)
{
	char *at = page_of(node, path);
	struct iovec iov = { .iov_base = at, .iov_len = 4096 };
	int pipes[2];

	*at = 1;
	if (pipe(pipes) || vmsplice(pipes[1], &iov, 1, 0) != 4096)
		err(1, "vmsplice");
	printf("%#llx\n", (unsigned long long)physical(at));
	fflush(stdout);
	pause();
}

static void hold(int node, const char *path)
{
	char *at = page_of(node, path);

	*at = 1;
	printf("%#llx\n", (unsigned long long)physical(at));
	fflush(stdout);
	pause();
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "fill"))
		fill(atoi(argv[2]), strtoull(argv[3], NULL, 0), strtoull(argv[4], NULL, 0));
	else if (argc >= 3 && argc <= 4 && !strcmp(argv[1], "pin"))
		pin(atoi(argv[2]), argv[3]);
	else if (argc == 3 && !strcmp(argv[1], "hold"))
		hold(atoi(argv[2]), NULL);
	else if (argc == 4 && !strcmp(argv[1], "file"))
		hold(atoi(argv[2]), argv[3]);
	else
		errx(2, "usage: noderam fill NODE BYTES SEED | pin NODE [PATH] | hold NODE | file NODE PATH");
	return 0;
}
