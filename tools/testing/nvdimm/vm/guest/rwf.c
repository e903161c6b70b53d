// SPDX-License-Identifier: GPL-2.0
/*
 * rwf - one direct read or write with flags, and its result.
 *
 *   rwf read|write DISK BYTE LENGTH [nowait|atomic]   prints how many bytes were done, or the errno
 *   rwf atomic DISK                                   prints the atomic write units: min max
 *
 * Bytes that are written are 'w'. A read that reports success for a sector that it has not stored
 * to memory prints "stale".
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define NOWAIT	0x08	/* RWF_NOWAIT */
#define ATOMIC	0x40	/* RWF_ATOMIC, v6.11 */

#define SECTOR	512
#define STALE	0xa5

static int flag_of(const char *word)
{
	if (!word)
		return 0;
	return strcmp(word, "nowait") ? ATOMIC : NOWAIT;
}

/* Has a sector of a read stayed as it was before? */
static int has_stale(const char *buf, size_t len)
{
	static char stale[SECTOR];

	memset(stale, STALE, SECTOR);
	for (; len >= SECTOR; buf += SECTOR, len -= SECTOR)
		if (!memcmp(buf, stale, SECTOR))
			return 1;
	return 0;
}

static void transfer(int write, const char *disk, off_t at, size_t len, int flags)
{
	int fd = open(disk, O_RDWR | O_DIRECT);
	char *buf = aligned_alloc(4096, (len + 4095) & ~4095ul);
	struct iovec iov = { .iov_base = buf, .iov_len = len };
	ssize_t n;

	if (fd < 0 || !buf)
		err(1, "%s", disk);
	memset(buf, write ? 'w' : STALE, len);
	n = write ? pwritev2(fd, &iov, 1, at, flags) : preadv2(fd, &iov, 1, at, flags);
	if (n < 0)
		puts(strerrorname_np(errno));
	else if (!write && has_stale(buf, n))
		puts("stale");
	else
		printf("%zd\n", n);
}

/* Headers older than v6.11 call these members spare. */
static void units(const char *disk)
{
	union {
		struct statx st;
		uint32_t word[64];
	} u = { };

	if (syscall(SYS_statx, AT_FDCWD, disk, 0, 0x10000, &u))
		err(1, "%s", disk);
	printf("%u %u\n", u.word[0xa8 / 4], u.word[0xac / 4]);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "atomic"))
		units(argv[2]);
	else if (argc == 5 || argc == 6)
		transfer(!strcmp(argv[1], "write"), argv[2], strtoll(argv[3], NULL, 0),
			 strtoul(argv[4], NULL, 0), flag_of(argv[5]));
	else
		errx(2, "see the head of rwf.c");
	return 0;
}
