// SPDX-License-Identifier: GPL-2.0
/*
 * race - two writes to one file at one moment, as two administrators may make them.
 *
 *   race FILE TEXT TEXT
 *
 * Says of either, in its order, how it ended: "ok" or the errno's name.
 */
/* cc: -pthread */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct writer {
	pthread_t thread;
	int fd;
	const char *text;
	int error;
};

static pthread_barrier_t both;

static void *write_text(void *data)
{
	struct writer *w = data;

	pthread_barrier_wait(&both);
	if (write(w->fd, w->text, strlen(w->text)) < 0)
		w->error = errno;
	return NULL;
}

int main(int argc, char **argv)
{
	struct writer writer[2] = { };

	if (argc != 4)
		errx(2, "race FILE TEXT TEXT");
	pthread_barrier_init(&both, NULL, 2);
	for (int i = 0; i < 2; i++) {
		writer[i].text = argv[2 + i];
		writer[i].fd = open(argv[1], O_WRONLY);
		if (writer[i].fd < 0)
			err(1, "%s", argv[1]);
	}
	for (int i = 0; i < 2; i++)
		if (pthread_create(&writer[i].thread, NULL, write_text, &writer[i]))
			errx(1, "no thread");
	for (int i = 0; i < 2; i++)
		pthread_join(writer[i].thread, NULL);
	for (int i = 0; i < 2; i++)
		printf("%s%c", writer[i].error ? strerrorname_np(writer[i].error) : "ok",
		       i ? '\n' : ' ');
	return 0;
}
