// SPDX-License-Identifier: GPL-2.0
/*
 * stress SECONDS SEED [faults]
 *
 * Runs all roles for that long, or longer until each has had success. The seed makes the
 * decisions of each thread repeatable, their interleaving is what is tested.
 * With "faults" the drivers' allocations fail now and then, and -ENOMEM is an answer.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "stress.h"

/*
 * Longer than any call takes on an emulated CPU that is shared with builds. What sleeps
 * uninterruptibly for so long, the kernel's hung-task detector has reported before.
 */
#define STUCK_S	300

atomic_bool stop, unloading;
bool faults;

static atomic_int running;
static atomic_ulong turns;

static const struct {
	const char *role;
	void (*turn)(struct worker *w);
	int threads;
} roles[] = {
	{ "create", turn_create, 5 },
	{ "destroy", turn_destroy, 2 },
	{ "regions", turn_regions, 1 },
	{ "dimms", turn_dimms, 1 },
	{ "namespaces", turn_namespaces, 1 },
	{ "attributes", turn_attributes, 2 },
	{ "readers", turn_readers, 2 },
	{ "disks", turn_disks, 1 },
	{ "commands", turn_commands, 1 },
	{ "reload", turn_reload, 1 },
};

static struct worker worker[32];
static int workers;

static void *work(void *data)
{
	struct worker *w = data;

	while (!atomic_load(&stop)) {
		w->turn(w);
		atomic_fetch_add(&turns, 1);
	}
	atomic_fetch_sub(&running, 1);
	return NULL;
}

static void start(uint64_t seed)
{
	pthread_t thread;

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		for (int k = 0; k < roles[i].threads; k++) {
			struct worker *w = &worker[workers];

			*w = (struct worker) {
				.role = roles[i].role,
				.turn = roles[i].turn,
				.index = workers,
				.rng = seed * 1000003 + workers,
			};
			workers++;
			atomic_fetch_add(&running, 1);
			if (pthread_create(&thread, NULL, work, w)) {
				perror("thread");
				exit(2);
			}
			pthread_detach(thread);
		}
	}
}

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* True when some system call has not returned for too long. */
static bool any_stuck(void)
{
	bool stuck = false;

	for (int i = 0; i < workers; i++) {
		int64_t since = atomic_load(&worker[i].since) / 1000000000;

		if (since && now() - since > STUCK_S) {
			printf("stuck: %s for %" PRId64 " s: %s\n", worker[i].role, now() - since,
			       worker[i].doing);
			stuck = true;
		}
	}
	return stuck;
}

/* Who waits for what goes to the kernel log, which is part of the verdict. */
static void show_blocked(void)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY);

	if (fd >= 0 && write(fd, "w", 1) == 1)
		close(fd);
}

/* Without these nothing has been tried. */
static bool all_happened(void)
{
	return booked(OP_CREATE, 0) && booked(OP_DESTROY, 0) && booked(OP_UNLOAD, 0);
}

int main(int argc, char **argv)
{
	int64_t end, late;
	bool clean;

	if (argc < 3)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	end = now() + atoi(argv[1]);
	/* a starved host gets more time, if not for ever */
	late = end + 2 * atoi(argv[1]);
	faults = argc > 3 && !strcmp(argv[3], "faults");
	start(strtoull(argv[2], NULL, 0));
	while ((now() < end || (now() < late && !all_happened())) && !any_stuck())
		sleep(1);
	atomic_store(&stop, true);
	while (atomic_load(&running) && !any_stuck())
		usleep(100000);
	if (atomic_load(&running)) {
		printf("%d threads do not come back\n", atomic_load(&running));
		show_blocked();
		return 1;
	}
	printf("%d threads, %lu turns\n", workers, atomic_load(&turns));
	clean = book_is_clean();
	if (!all_happened()) {
		printf("nothing was created, destroyed or unloaded\n");
		clean = false;
	}
	return clean ? 0 : 1;
}
