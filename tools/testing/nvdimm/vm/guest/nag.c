// SPDX-License-Identifier: GPL-2.0
/*
 * nag - write a text to a file, whenever there is one, until killed.
 *
 *   nag FILE TEXT
 *
 * On SIGTERM it says how often the write was taken, and how often refused.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t over;

static void stop(int sig)
{
	(void)sig;
	over = 1;
}

int main(int argc, char **argv)
{
	unsigned long taken = 0, refused = 0;
	size_t len;

	if (argc != 3)
		errx(2, "nag FILE TEXT");
	len = strlen(argv[2]);
	signal(SIGTERM, stop);
	while (!over) {
		int fd = open(argv[1], O_WRONLY);

		if (fd < 0)
			continue;
		if (write(fd, argv[2], len) == (ssize_t)len)
			taken++;
		else
			refused++;
		close(fd);
	}
	printf("taken %lu refused %lu\n", taken, refused);
	return 0;
}
