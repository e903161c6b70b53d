// SPDX-License-Identifier: GPL-2.0
/*
 * pattern - data that can be checked again after a power cycle, by seed alone.
 *
 *   pattern map FILE BYTES SEED      store through a MAP_SYNC mapping; -o dax only
 *   pattern write FILE BYTES SEED    write() and fsync()
 *   pattern verify FILE BYTES SEED   read() and compare
 *   pattern tags FILE STEP           golden media: each STEP-th sector, and the first of the
 *                                    last 4 KiB block, must hold "TAG:<its own number>"
 *   pattern fails FILE BYTE TIMES STEP  each read of STEP bytes from there on, one behind the
 *                                    other, uncached, is EIO; 0: the same 4096 each time
 *   pattern survey FILE BYTES SEED   how many sectors cannot be read, of which each other one must
 *                                    hold what was written
 *   pattern mend FILE BYTES SEED     write every second one that cannot be read
 *
 * "map" calls neither msync() nor fsync(): with MAP_SYNC the file's blocks are durable before
 * the first store, and the stores themselves are once they left the CPU cache.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MAP_SHARED_VALIDATE
#define MAP_SHARED_VALIDATE 0x03
#endif
#ifndef MAP_SYNC
#define MAP_SYNC 0x80000
#endif

#define CHUNK (1 << 20)

static uint64_t word(uint64_t seed, uint64_t i)
{
	uint64_t x = seed + 0x9e3779b97f4a7c15ull * (i + 1);

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	return x ^ (x >> 31);
}

static void fill(uint64_t *to, size_t len, uint64_t at, uint64_t seed)
{
	for (size_t i = 0; i < len / 8; i++)
		to[i] = word(seed, at / 8 + i);
}

#ifdef __aarch64__
static void flush_line(const char *at)
{
	__asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
}

static void flush_wait(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}
#else
static void flush_line(const char *at)
{
	__builtin_ia32_clflush(at);
}

static void flush_wait(void)
{
	__builtin_ia32_sfence();
}
#endif

static void flush(const char *at, size_t len)
{
	for (size_t i = 0; i < len; i += 64)
		flush_line(at + i);
	flush_wait();
}

static int do_map(const char *path, size_t len, uint64_t seed)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	uint64_t *map;

	if (fd < 0)
		err(1, "%s", path);
	if (posix_fallocate(fd, 0, len))
		errx(1, "%s: no room for %zu bytes", path, len);
	map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0);
	if (map == MAP_FAILED)
		err(1, "mmap MAP_SYNC");
	fill(map, len, 0, seed);
	flush((char *)map, len);
	return 0;
}

static int do_write(const char *path, size_t len, uint64_t seed)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	uint64_t *buf = malloc(CHUNK);

	if (fd < 0 || !buf)
		err(1, "%s", path);
	for (size_t at = 0; at < len; at += CHUNK) {
		size_t part = len - at < CHUNK ? len - at : CHUNK;

		fill(buf, part, at, seed);
		if (pwrite(fd, buf, part, at) != (ssize_t)part)
			err(1, "write at %zu", at);
	}
	if (fsync(fd))
		err(1, "fsync");
	return 0;
}

static int do_verify(const char *path, size_t len, uint64_t seed)
{
	int fd = open(path, O_RDONLY);
	uint64_t *buf = malloc(CHUNK);

	if (fd < 0 || !buf)
		err(1, "%s", path);
	for (size_t at = 0; at < len; at += CHUNK) {
		size_t part = len - at < CHUNK ? len - at : CHUNK;

		if (pread(fd, buf, part, at) != (ssize_t)part)
			err(1, "read at %zu", at);
		for (size_t i = 0; i < part / 8; i++)
			if (buf[i] != word(seed, at / 8 + i))
				errx(1, "wrong bytes at %zu", at + i * 8);
	}
	return 0;
}

static int check_tag(int fd, uint64_t sector)
{
	char got[21] = "", want[21];

	snprintf(want, sizeof(want), "TAG:%016llu", (unsigned long long)sector);
	if (pread(fd, got, 20, sector * 512) != 20)
		err(1, "read of sector %llu", (unsigned long long)sector);
	if (memcmp(got, want, 20))
		errx(1, "sector %llu holds \"%s\"", (unsigned long long)sector, got);
	return 1;
}

static int do_tags(const char *path, uint64_t step)
{
	int fd = open(path, O_RDONLY);
	uint64_t sectors, n = 0;

	if (fd < 0 || !step)
		err(1, "%s", path);
	sectors = lseek(fd, 0, SEEK_END) / 512;
	for (uint64_t s = 0; s < sectors; s += step)
		n += check_tag(fd, s);
	n += check_tag(fd, sectors - 8);
	printf("%llu tags\n", (unsigned long long)n);
	return 0;
}

static int do_fails(const char *path, off_t at, uint64_t times, size_t step)
{
	int fd = open(path, O_RDONLY | O_DIRECT);
	void *buf = aligned_alloc(4096, 4096);

	if (fd < 0 || !buf)
		err(1, "%s", path);
	if (step > 4096)
		errx(2, "STEP is 512 to 4096, or 0");
	for (uint64_t i = 0; i < times; i++) {
		if (pread(fd, buf, step ?: 4096, at + i * step) >= 0)
			errx(1, "read %llu succeeds", (unsigned long long)i);
		if (errno != EIO)
			err(1, "read %llu", (unsigned long long)i);
	}
	return 0;
}

/* Sectors that are EIO; every second one is written again when @mend. */
static int do_survey(const char *path, size_t len, uint64_t seed, bool mend)
{
	int fd = open(path, (mend ? O_RDWR : O_RDONLY) | O_DIRECT);
	uint64_t *buf = aligned_alloc(4096, 4096), want[64];
	unsigned int failed = 0;

	if (fd < 0 || !buf)
		err(1, "%s", path);
	for (size_t at = 0; at < len; at += sizeof(want)) {
		fill(want, sizeof(want), at, seed);
		if (pread(fd, buf, sizeof(want), at) == sizeof(want)) {
			if (memcmp(buf, want, sizeof(want)))
				errx(1, "wrong bytes at %zu", at);
			continue;
		}
		if (errno != EIO)
			err(1, "read at %zu", at);
		memcpy(buf, want, sizeof(want));
		if (mend && failed % 2 == 0 && pwrite(fd, buf, sizeof(want), at) != sizeof(want))
			err(1, "write at %zu", at);
		failed++;
	}
	if (!mend)
		printf("%u\n", failed);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 3 ? argv[1] : "";

	if (argc == 4 && !strcmp(what, "tags"))
		return do_tags(argv[2], strtoull(argv[3], NULL, 0));
	if (argc == 5) {
		size_t len = strtoull(argv[3], NULL, 0) & ~(size_t)7;
		uint64_t seed = strtoull(argv[4], NULL, 0);

		if (!strcmp(what, "map"))
			return do_map(argv[2], len, seed);
		if (!strcmp(what, "write"))
			return do_write(argv[2], len, seed);
		if (!strcmp(what, "verify"))
			return do_verify(argv[2], len, seed);
		if (!strcmp(what, "survey") || !strcmp(what, "mend"))
			return do_survey(argv[2], len, seed, what[0] == 'm');
	}
	if (argc == 6 && !strcmp(what, "fails"))
		return do_fails(argv[2], strtoull(argv[3], NULL, 0), strtoull(argv[4], NULL, 0),
				strtoull(argv[5], NULL, 0));
	errx(2, "usage: pattern map|write|verify|survey|mend FILE BYTES SEED | tags FILE STEP | fails FILE BYTE TIMES STEP");
}
