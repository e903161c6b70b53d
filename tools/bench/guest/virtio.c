// SPDX-License-Identifier: GPL-2.0
/* P9: many tasks that want their writes durable at once, and a host that takes its time. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

#define BLOCK 4096
#define TASKS 64

static char disk[300];
static pthread_barrier_t start;

/* Is /sys/block/NAME a disk of the virtio device? */
static bool is_virtio(const char *name)
{
	char path[512];
	ssize_t n = readlink(format("/sys/block/%s", name), path, sizeof(path) - 1);

	if (n < 0)
		return false;
	path[n] = 0;
	return !strncmp(name, "pmem", 4) && strstr(path, "/virtio");
}

static unsigned int count_virtio_disks(void)
{
	DIR *d = opendir("/sys/block");
	unsigned int n = 0;
	struct dirent *e;

	while (d && (e = readdir(d))) {
		if (!is_virtio(e->d_name))
			continue;
		snprintf(disk, sizeof(disk), "/dev/%s", e->d_name);
		n++;
	}
	if (d)
		closedir(d);
	return n;
}

static void *write_and_sync(void *arg)
{
	char *block = aligned_alloc(BLOCK, BLOCK);
	int fd = open(disk, O_RDWR | O_CLOEXEC);

	if (fd < 0 || !block)
		die("%s: %s", disk, strerror(errno));
	memset(block, 0x5a, BLOCK);
	if (pwrite(fd, block, BLOCK, (long)arg * BLOCK) != BLOCK)
		die("%s: %s", disk, strerror(errno));
	pthread_barrier_wait(&start);
	if (fsync(fd))
		die("fsync: %s", strerror(errno));
	/* the last one to close would flush again, in the section or not */
	pthread_barrier_wait(&start);
	pthread_barrier_wait(&start);
	close(fd);
	free(block);
	return NULL;
}

static void measure_fsyncs(unsigned int tasks)
{
	pthread_t task[TASKS];

	pthread_barrier_init(&start, NULL, tasks + 1);
	for (unsigned long i = 0; i < tasks; i++)
		if (pthread_create(&task[i], NULL, write_and_sync, (void *)i))
			die("no task %lu", i);
	/* until all but this one wait for it */
	usleep(100000);
	mark_begin(format("P9.fsync.%u", tasks));
	pthread_barrier_wait(&start);
	pthread_barrier_wait(&start);
	mark_end();
	pthread_barrier_wait(&start);
	for (unsigned int i = 0; i < tasks; i++)
		pthread_join(task[i], NULL);
	pthread_barrier_destroy(&start);
}

void phase_virtio(void)
{
	/* idle time passes at once in this guest, and the host's is long */
	try_write("/proc/sys/kernel/hung_task_timeout_secs", "0");
	load_all(TEST);
	load(TEST, "virtio");
	settle();
	wait_count(count_virtio_disks, 1, "disks of the virtio device");
	measure_fsyncs(1);
	measure_fsyncs(16);
	measure_fsyncs(64);
	note_modules();
}
