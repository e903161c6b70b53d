/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What both share: seeded randomness, the media checksum, and sysfs.
 */
#ifndef _FUZZ_MEDIA_H
#define _FUZZ_MEDIA_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#include "nd/fletcher.h"
#include "nd/format.h"

static u64 fuzz_state;

static inline u64 rnd(u64 below)
{
	u64 x = fuzz_state += 0x9e3779b97f4a7c15ull;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	x ^= x >> 31;
	return below ? x % below : x;
}

/* A number of the kind that finds missing bounds. */
static inline u64 odd_number(u64 near)
{
	switch (rnd(9)) {
	case 0:
		return 0;
	case 1:
		return ~0ull;
	case 2:
		return near + 1;
	case 3:
		return near - 1;
	case 4:
		return near * 2;
	case 5:
		return 1ull << rnd(64);
	case 6:
		return near ^ (1ull << rnd(64));
	case 7:
		return 0x7fffffffffffffffull - rnd(4096);
	default:
		return rnd(0);
	}
}

/* Write a string to a file below /sys/bus/nd: 0 or an errno. */
static inline int put(const char *value, const char *fmt, ...)
{
	char path[256] = "/sys/bus/nd/";
	va_list args;
	int fd, rc = 0;

	va_start(args, fmt);
	vsnprintf(path + strlen(path), sizeof(path) - strlen(path), fmt, args);
	va_end(args);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return errno;
	if (write(fd, value, strlen(value)) < 0)
		rc = errno;
	close(fd);
	return rc;
}

/* Read an attribute of a device, without its newline; false when there is none. */
static inline int get(char *buf, size_t len, const char *dev, const char *attr)
{
	char path[256];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/nd/devices/%s/%s", dev, attr);
	buf[0] = 0;
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	n = read(fd, buf, len - 1);
	close(fd);
	buf[n > 0 ? n : 0] = 0;
	buf[strcspn(buf, "\n")] = 0;
	return n >= 0;
}

static inline u64 get_number(const char *dev, const char *attr)
{
	char buf[64];

	return get(buf, sizeof(buf), dev, attr) ? strtoull(buf, NULL, 0) : 0;
}

static inline int exists(const char *dev, const char *what)
{
	char path[256];

	snprintf(path, sizeof(path), "/sys/bus/nd/devices/%s/%s", dev, what);
	return !access(path, F_OK);
}

static inline int bound(const char *dev)
{
	return exists(dev, "driver");
}

/* Copy the reason of a device's last failure; false when there is none. */
static inline int reason(char *buf, size_t len, const char *dev)
{
	return get(buf, len, dev, "last_error") && buf[0];
}

static inline void settle(void)
{
	char buf[8];

	get(buf, sizeof(buf), "ndbus0", "wait_probe");
}

#endif
