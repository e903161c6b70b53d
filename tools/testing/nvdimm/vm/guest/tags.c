// SPDX-License-Identifier: GPL-2.0
/*
 * tags - many tasks write tagged sectors of one disk and read them back.
 *
 *   tags DISK TASKS WRITES SECTORS SIZE
 *
 * Every word of a sector is its writer's tag: task, and the time of a clock that
 * ticks with each write's begin. A sector with two tags is torn. At the end a
 * sector must not hold what had been written whole before another write to it
 * began: that one is lost.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TASK_SHIFT	40

/* The last write of a task to a sector: when it began, when it had returned. */
struct write {
	uint64_t begin, end;
};

static int fd;
static unsigned int tasks, sectors, size;
static unsigned long writes;
static atomic_ulong now;
static struct write *last;		/* [tasks][sectors] */

static struct write *write_of(unsigned int task, unsigned int sector)
{
	return &last[(size_t)task * sectors + sector];
}

static unsigned int task_of(uint64_t tag)
{
	return (tag >> TASK_SHIFT) - 1;
}

static uint64_t time_of(uint64_t tag)
{
	return tag & ((1ull << TASK_SHIFT) - 1);
}

static void write_sector(uint64_t *buf, unsigned int sector, uint64_t tag)
{
	for (unsigned int i = 0; i < size / 8; i++)
		buf[i] = tag;
	if (pwrite(fd, buf, size, (off_t)sector * size) != size)
		err(1, "write of sector %u", sector);
}

static uint64_t read_sector(uint64_t *buf, unsigned int sector)
{
	if (pread(fd, buf, size, (off_t)sector * size) != size)
		err(1, "read of sector %u", sector);
	for (unsigned int i = 1; i < size / 8; i++)
		if (buf[i] != buf[0])
			errx(1, "sector %u is torn: %#lx at word 0, %#lx at word %u", sector,
			     buf[0], buf[i], i);
	if (buf[0] && task_of(buf[0]) >= tasks)
		errx(1, "sector %u has a tag of nobody: %#lx", sector, buf[0]);
	return buf[0];
}

static uint64_t *buffer(void)
{
	void *p;

	if (posix_memalign(&p, 4096, size))
		errx(1, "no memory");
	return p;
}

static void *task(void *arg)
{
	unsigned int me = (uintptr_t)arg, seed = me * 7919 + 1;
	uint64_t *buf = buffer(), begin, tag;

	while ((begin = atomic_fetch_add(&now, 1) + 1) <= writes) {
		unsigned int sector = rand_r(&seed) % sectors;

		write_sector(buf, sector, (uint64_t)(me + 1) << TASK_SHIFT | begin);
		*write_of(me, sector) = (struct write){ begin, atomic_load(&now) };
		sector = rand_r(&seed) % sectors;
		tag = read_sector(buf, sector);
		if (tag && task_of(tag) == me && time_of(tag) != write_of(me, sector)->begin)
			errx(1, "sector %u has %#lx, which its task has overwritten", sector, tag);
	}
	free(buf);
	return NULL;
}

/* Nobody's last write may have begun when what is there had been written already. */
static void check_final(uint64_t *buf, unsigned int sector)
{
	uint64_t tag = read_sector(buf, sector), end = 0;

	if (tag) {
		const struct write *w = write_of(task_of(tag), sector);

		if (w->begin != time_of(tag))
			errx(1, "sector %u has %#lx, which its task has overwritten", sector, tag);
		end = w->end;
	}
	for (unsigned int i = 0; i < tasks; i++)
		if (write_of(i, sector)->begin > end)
			errx(1, "sector %u has %#lx: the write of task %u at %lu is lost", sector,
			     tag, i, write_of(i, sector)->begin);
}

int main(int argc, char **argv)
{
	pthread_attr_t small;
	pthread_t *thread;
	uint64_t *buf;

	if (argc != 6)
		errx(2, "usage: tags DISK TASKS WRITES SECTORS SIZE");
	tasks = atoi(argv[2]);
	writes = atol(argv[3]);
	sectors = atoi(argv[4]);
	size = atoi(argv[5]);
	fd = open(argv[1], O_RDWR | O_DIRECT);
	if (fd < 0)
		err(1, "%s", argv[1]);
	last = calloc((size_t)tasks * sectors, sizeof(*last));
	thread = calloc(tasks, sizeof(*thread));
	if (!last || !thread)
		errx(1, "no memory");
	buf = buffer();
	for (unsigned int i = 0; i < sectors; i++)
		write_sector(buf, i, 0);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	for (uintptr_t i = 0; i < tasks; i++)
		if (pthread_create(&thread[i], &small, task, (void *)i))
			errx(1, "task %lu does not start", i);
	for (unsigned int i = 0; i < tasks; i++)
		pthread_join(thread[i], NULL);
	for (unsigned int i = 0; i < sectors; i++)
		check_final(buf, i);
	printf("%lu writes\n", writes);
	return 0;
}
