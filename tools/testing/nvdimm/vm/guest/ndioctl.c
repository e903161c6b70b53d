// SPDX-License-Identifier: GPL-2.0
/*
 * ndioctl - one ioctl on a nvdimm or bus device, and how it ended: "ok" or the errno's name.
 *
 *   ndioctl DEVICE ro|rw size
 *   ndioctl DEVICE ro|rw get|set OFFSET LENGTH        LENGTH is what the envelope claims
 *   ndioctl DEVICE ro|rw call IN OUT RESERVED         sizes the envelope claims
 *   ndioctl DEVICE ro|rw pass FAMILY FUNCTION [NUMBER [NUMBER]]
 *                                                     a function of firmware with numbers of
 *                                                     8 bytes; its answer in words of 4
 *   ndioctl DEVICE ro|rw fault                        a pointer to nowhere
 *   ndioctl DEVICE ro|rw number TYPE NR               some other ioctl
 *   ndioctl DEVICE ro|rw later COMMAND...             says "open" first, and waits for a byte
 *   ndioctl DEVICE ro|rw within MS COMMAND...         20 times: none may fail, the fastest may
 *                                                     take so long
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <linux/ndctl.h>

/* Large enough for what the driver may copy when a claim is accepted. */
#define ROOM (8 << 20)

static int pass(int fd, int argc, char **argv)
{
	struct nd_cmd_pkg *pkg = calloc(1, sizeof(*pkg) + 4096);
	uint64_t *in = (void *)pkg->nd_payload;
	uint32_t *out;
	int rc;

	if (argc < 6)
		errx(2, "pass FAMILY FUNCTION [NUMBER...]");
	pkg->nd_family = strtoull(argv[4], NULL, 0);
	pkg->nd_command = strtoull(argv[5], NULL, 0);
	for (int i = 6; i < argc; i++)
		in[i - 6] = strtoull(argv[i], NULL, 0);
	pkg->nd_size_in = (argc - 6) * sizeof(*in);
	pkg->nd_size_out = 64;
	rc = ioctl(fd, ND_IOCTL_CALL, pkg);
	out = (void *)(pkg->nd_payload + pkg->nd_size_in);
	for (uint32_t i = 0; !rc && i < pkg->nd_fw_size / 4 && i < 16; i++)
		printf("%#x ", out[i]);
	return rc;
}

static int run(int fd, int argc, char **argv)
{
	const char *what = argv[3];
	unsigned long arg[3] = {0};
	void *room = calloc(1, ROOM);

	for (int i = 4; i < argc && i < 7; i++)
		arg[i - 4] = strtoul(argv[i], NULL, 0);
	if (!strcmp(what, "pass"))
		return pass(fd, argc, argv);
	if (!strcmp(what, "size"))
		return ioctl(fd, ND_IOCTL_GET_CONFIG_SIZE, room);
	if (!strcmp(what, "fault"))
		return ioctl(fd, ND_IOCTL_GET_CONFIG_SIZE, (void *)8);
	if (!strcmp(what, "number"))
		return ioctl(fd, _IOWR(arg[0], arg[1], char[64]), room);
	if (!strcmp(what, "get")) {
		struct nd_cmd_get_config_data_hdr *hdr = room;

		hdr->in_offset = arg[0];
		hdr->in_length = arg[1];
		return ioctl(fd, ND_IOCTL_GET_CONFIG_DATA, hdr) ?: (int)hdr->status;
	}
	if (!strcmp(what, "set")) {
		struct nd_cmd_set_config_hdr *hdr = room;

		hdr->in_offset = arg[0];
		hdr->in_length = arg[1];
		return ioctl(fd, ND_IOCTL_SET_CONFIG_DATA, hdr);
	}
	if (!strcmp(what, "call")) {
		struct nd_cmd_pkg *pkg = room;

		pkg->nd_family = 0;
		pkg->nd_command = 4;
		pkg->nd_size_in = arg[0];
		pkg->nd_size_out = arg[1];
		pkg->nd_reserved2[3] = arg[2];
		return ioctl(fd, ND_IOCTL_CALL, pkg);
	}
	errx(2, "no such command: %s", what);
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Time and again; says so when the fastest took longer than the limit. */
static int within(int fd, int argc, char **argv, long limit)
{
	long best = LONG_MAX, start, ms;

	for (int i = 0; i < 20; i++) {
		int rc;

		start = now_ms();
		rc = run(fd, argc, argv);
		if (rc)
			return rc;
		ms = now_ms() - start;
		best = ms < best ? ms : best;
	}
	if (best > limit)
		printf("%ld ms ", best);
	return 0;
}

static int later(int fd, int argc, char **argv)
{
	char go;

	puts("open");
	fflush(stdout);
	if (read(STDIN_FILENO, &go, 1) != 1)
		errx(2, "nobody says when");
	return run(fd, argc, argv);
}

int main(int argc, char **argv)
{
	int fd, rc;

	if (argc < 4)
		errx(2, "usage: ndioctl DEVICE ro|rw COMMAND [ARG...]");
	fd = open(argv[1], strcmp(argv[2], "ro") ? O_RDWR : O_RDONLY);
	if (fd < 0)
		err(2, "%s", argv[1]);
	if (!strcmp(argv[3], "later") && argc > 4)
		rc = later(fd, argc - 1, argv + 1);
	else if (!strcmp(argv[3], "within") && argc > 5)
		rc = within(fd, argc - 2, argv + 2, atol(argv[4]));
	else
		rc = run(fd, argc, argv);
	if (rc < 0)
		puts(strerrorname_np(errno));
	else if (rc > 0)
		printf("status %d\n", rc);
	else
		puts("ok");
	return 0;
}
