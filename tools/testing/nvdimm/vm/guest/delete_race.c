// SPDX-License-Identifier: GPL-2.0
/*
 * delete_race - a device is deleted by its own attribute while its region is disabled, many times
 *
 *   delete_race REGION CLAIM ROUNDS SECONDS
 *
 * A round enables REGION, which finds CLAIM on its namespace. Then one thread has CLAIM give that
 * back, which deletes it, and one disables the region, which does so too; who begins, and how much
 * earlier, is random and within what the other takes. When the region is disabled CLAIM has to be
 * gone.
 * After so many ROUNDS or SECONDS it says how many rounds there were, how many of which had both
 * under way at once, how the deletions ended, and how many rounds there were in a second.
 */
/* cc: -pthread */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ND	"/sys/bus/nd/"
#define ERRNOS	134

struct side {
	int fd;
	const char *text;
	uint64_t late, began, ended;	/* ns */
	uint64_t takes;			/* when last it did all of it */
	int error;
};

static struct side deleter = { .text = "\n", .takes = 1000000 };
static struct side disabler = { .takes = 1000000 };
static pthread_barrier_t start, end;
static atomic_int awake;
static unsigned long ended_as[ERRNOS], met;

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static uint64_t rnd(uint64_t below)
{
	static uint64_t x = 88172645463325252ull;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x % below;
}

/* A barrier wakes one of them later than the other, by as much as a deletion takes. */
static uint64_t both_are_awake(void)
{
	atomic_fetch_add(&awake, 1);
	while (atomic_load(&awake) < 2)
		;
	return now();
}

static void run(struct side *s)
{
	uint64_t from = both_are_awake();

	while (now() < from + s->late)
		;
	s->began = now();
	s->error = write(s->fd, s->text, strlen(s->text)) < 0 ? errno : 0;
	s->ended = now();
	if (!s->error)
		s->takes = s->ended - s->began + 1;
}

static void *delete_always(void *unused)
{
	while (true) {
		pthread_barrier_wait(&start);
		run(&deleter);
		pthread_barrier_wait(&end);
	}
	return unused;
}

static void enable(int bind, int wait, const char *region)
{
	char text[8];

	if (write(bind, region, strlen(region)) < 0)
		err(1, "bind of %s", region);
	if (pread(wait, text, sizeof(text), 0) < 1)
		err(1, "wait_probe");
}

static void race(const char *path)
{
	deleter.fd = open(path, O_WRONLY);
	if (deleter.fd < 0)
		err(1, "%s", path);
	deleter.late = disabler.late = 0;
	atomic_store(&awake, 0);
	if (rnd(2))
		deleter.late = rnd(disabler.takes / 2 + 1);
	else
		disabler.late = rnd(deleter.takes);
	pthread_barrier_wait(&start);
	run(&disabler);
	pthread_barrier_wait(&end);
	close(deleter.fd);
	if (disabler.error)
		errx(1, "the region is not disabled: %s", strerrorname_np(disabler.error));
	if (!access(path, F_OK))
		errx(1, "the region is disabled, and %s is there", path);
	ended_as[deleter.error < ERRNOS ? deleter.error : 0]++;
	met += deleter.began < disabler.ended && disabler.began < deleter.ended;
}

static int bus_of(const char *region)
{
	char path[128], *real;
	int fd;

	snprintf(path, sizeof(path), ND "devices/%s/..", region);
	real = realpath(path, NULL);
	if (!real)
		err(1, "%s", path);
	snprintf(path, sizeof(path), ND "devices/%s/wait_probe", strrchr(real, '/') + 1);
	free(real);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

int main(int argc, char **argv)
{
	unsigned long rounds, most;
	uint64_t from, seconds;
	pthread_t thread;
	char path[128];
	int bind, wait;

	if (argc != 5)
		errx(2, "delete_race REGION CLAIM ROUNDS SECONDS");
	most = strtoul(argv[3], NULL, 0);
	seconds = strtoul(argv[4], NULL, 0);
	snprintf(path, sizeof(path), ND "devices/%s/namespace", argv[2]);
	bind = open(ND "drivers/nd_region/bind", O_WRONLY);
	disabler.fd = open(ND "drivers/nd_region/unbind", O_WRONLY);
	disabler.text = argv[1];
	wait = bus_of(argv[1]);
	if (bind < 0 || disabler.fd < 0)
		err(1, "nd_region");
	pthread_barrier_init(&start, NULL, 2);
	pthread_barrier_init(&end, NULL, 2);
	if (pthread_create(&thread, NULL, delete_always, NULL))
		errx(1, "no thread");
	from = now();
	for (rounds = 0; rounds < most && now() < from + seconds * 1000000000; rounds++) {
		enable(bind, wait, argv[1]);
		race(path);
	}
	printf("%lu rounds, %lu met:", rounds, met);
	for (int i = 0; i < ERRNOS; i++)
		if (ended_as[i])
			printf(" %s %lu", i ? strerrorname_np(i) : "ok", ended_as[i]);
	printf("; %.1f rounds/s\n", rounds * 1e9 / (now() - from));
	return 0;
}
