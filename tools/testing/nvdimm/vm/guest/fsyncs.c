// SPDX-License-Identifier: GPL-2.0
/*
 * fsyncs - many tasks that want their writes durable at once.
 *
 *   fsyncs FILE THREADS ROUNDS [good|bad|any]   each writes a block of its own and calls
 *                                               fsync(), ROUNDS times, all starting together
 *   fsyncs FILE THREADS 0                       until FILE's device goes, or a signal comes
 *
 * Succeeds when every fsync() did (good, the default), every one said EIO (bad), or every one
 * came back (any). Prints how many did what.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 4096

static pthread_barrier_t start;
static const char *path;
static int rounds;
static unsigned long good, bad, other;

static void *task(void *arg)
{
	long nr = (long)arg;
	int fd = open(path, O_RDWR);
	char *block = aligned_alloc(BLOCK, BLOCK);

	if (fd < 0 || !block)
		err(1, "%s", path);
	pthread_barrier_wait(&start);
	for (int i = 0; !rounds || i < rounds; i++) {
		memset(block, i, BLOCK);
		if (pwrite(fd, block, BLOCK, nr * BLOCK) != BLOCK && !rounds)
			break;
		if (!fsync(fd))
			__atomic_add_fetch(&good, 1, __ATOMIC_RELAXED);
		else if (errno == EIO)
			__atomic_add_fetch(&bad, 1, __ATOMIC_RELAXED);
		else
			__atomic_add_fetch(&other, 1, __ATOMIC_RELAXED);
		if (!rounds && bad + other)
			break;
	}
	close(fd);
	return NULL;
}

int main(int argc, char **argv)
{
	const char *want = argc > 4 ? argv[4] : "good";
	pthread_attr_t attr;
	pthread_t *threads;
	int nr;

	if (argc < 4)
		errx(2, "usage: fsyncs FILE THREADS ROUNDS [good|bad|any]");
	path = argv[1];
	nr = atoi(argv[2]);
	rounds = atoi(argv[3]);
	threads = calloc(nr, sizeof(*threads));
	pthread_barrier_init(&start, NULL, nr);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	for (long i = 0; i < nr; i++)
		if (pthread_create(&threads[i], &attr, task, (void *)i))
			errx(1, "no thread %ld", i);
	for (int i = 0; i < nr; i++)
		pthread_join(threads[i], NULL);
	printf("%lu good, %lu EIO, %lu other\n", good, bad, other);
	if (!strcmp(want, "good"))
		return bad || other || good != (unsigned long)nr * rounds;
	if (!strcmp(want, "bad"))
		return good || other || bad != (unsigned long)nr * rounds;
	return 0;
}
