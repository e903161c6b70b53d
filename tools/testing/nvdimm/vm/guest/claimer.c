// SPDX-License-Identifier: GPL-2.0
/*
 * claimer - a process that claims a region, and whose first thread ends.
 *
 *   claimer FILE
 *
 * Writes 1 to FILE, leaves the rest to a second thread, and waits to be killed. Says "alone" when
 * that thread is the only one.
 */
/* cc: -pthread -Wno-unused-parameter */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The first thread is a zombie as long as there are others: "State:	Z" */
static int first_has_ended(void)
{
	char path[64], line[128];
	int ended = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", getpid());
	f = fopen(path, "r");
	if (!f)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), f))
		ended |= !strncmp(line, "State:\tZ", 8);
	fclose(f);
	return ended;
}

static void *second(void *data)
{
	while (!first_has_ended())
		usleep(1000);
	puts("alone");
	fflush(stdout);
	pause();
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	int fd;

	if (argc != 2)
		errx(2, "claimer FILE");
	fd = open(argv[1], O_WRONLY);
	if (fd < 0 || write(fd, "1", 1) != 1)
		err(1, "%s", argv[1]);
	close(fd);
	if (pthread_create(&thread, NULL, second, NULL))
		errx(1, "no thread");
	syscall(SYS_exit, 0);
}
