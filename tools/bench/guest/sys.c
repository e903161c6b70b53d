// SPDX-License-Identifier: GPL-2.0
/* Files, modules and the nd bus, as the rows need them. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

/* The result lives until the eighth call after this one. */
char *format(const char *fmt, ...)
{
	static char ring[8][256];
	static unsigned int next;
	char *buf = ring[next++ % 8];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(ring[0]), fmt, ap);
	va_end(ap);
	return buf;
}

long try_read(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	long n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	if (n < 0)
		n = -errno;
	close(fd);
	buf[n < 0 ? 0 : n] = 0;
	buf[strcspn(buf, "\n")] = 0;
	return n;
}

void read_text(const char *path, char *buf, size_t size)
{
	long n = try_read(path, buf, size);

	if (n < 0)
		die("read %s: %s", path, strerror(-n));
}

uint64_t read_u64(const char *path)
{
	char buf[64];

	read_text(path, buf, sizeof(buf));
	return strtoull(buf, NULL, 0);
}

int try_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		rc = -errno;
	close(fd);
	return rc;
}

void write_text(const char *path, const char *text)
{
	int rc = try_write(path, text);

	if (rc)
		die("write '%s' to %s: %s", text, path, strerror(-rc));
}

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static const char * const side_dir[] = { "/modules/setup", "/modules/test" };

static void load_one(const char *dir, const char *name)
{
	char *path = format("%s/%s.ko", dir, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die("%s: %s", path, strerror(errno));
	if (syscall(SYS_finit_module, fd, "", 0))
		die("insmod %s: %s", path, strerror(errno));
	close(fd);
}

/* A list holds one module name a line, what a module needs before it. */
void load(enum side side, const char *list)
{
	char *path = format("%s/%s", side_dir[side], list);
	char line[64];
	FILE *f = fopen(path, "re");

	if (!f)
		die("%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		load_one(side_dir[side], line);
	}
	fclose(f);
}

void load_all(enum side side)
{
	load(side, "core");
	load(side, "pmem");
}

/*
 * Newest first, which is also users before what they use. The guest has no
 * modules but those it loaded, so all of them go.
 */
static unsigned int unload_unused(char *stuck, size_t size)
{
	FILE *f = fopen("/proc/modules", "re");
	unsigned int left = 0;
	char name[64], line[256];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63s", name) != 1 ||
		    !syscall(SYS_delete_module, name, O_NONBLOCK) || errno == ENOENT)
			continue;
		if (!left++)
			snprintf(stuck, size, "%s: %s", name, strerror(errno));
	}
	if (f)
		fclose(f);
	return left;
}

void unload_all(void)
{
	char stuck[128];

	/* an enabled region pins its provider */
	for (int i = 0; i < 2; i++) {
		const char *region = format("region%d", i);

		if (is_bound(region))
			unbind(region);
	}
	/* whoever opened a device last may still be closing it */
	for (int tries = 0; tries < 200; tries++) {
		if (!unload_unused(stuck, sizeof(stuck)))
			return;
		usleep(10000);
	}
	die("cannot unload %s", stuck);
}

/* So that the report can tell which module a page of code belongs to. */
void note_modules(void)
{
	char name[64], line[256];
	unsigned long size;
	unsigned long long at;
	FILE *f = fopen("/proc/modules", "re");

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63s %lu %*d %*s %*s %llx", name, &size, &at) == 3)
			mark_note("module %s %llx %lx", name, at, size);
	}
	if (f)
		fclose(f);
}

/* So that it can tell which function: those of modules, and of the kernel. */
void note_functions(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	unsigned long long at;
	char line[512], name[128], kind;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%llx %c %127s", &at, &kind, name) == 3 &&
		    (kind == 't' || kind == 'T'))
			mark_note("function %llx %s", at, name);
	if (f)
		fclose(f);
}

/* The read returns when probing is idle; what it let loose may probe again. */
void settle(void)
{
	char buf[64];

	read_text("/sys/class/nd/ndctl0/device/wait_probe", buf, sizeof(buf));
	read_text("/sys/class/nd/ndctl0/device/wait_probe", buf, sizeof(buf));
}

bool is_bound(const char *device)
{
	return !access(format(ND_DEVICES "/%s/driver", device), F_OK);
}

void bind(const char *driver, const char *device)
{
	write_text(format("/sys/bus/nd/drivers/%s/bind", driver), device);
}

void unbind(const char *device)
{
	write_text(format(ND_DEVICES "/%s/driver/unbind", device), device);
}

unsigned int count_namespaces(void)
{
	DIR *d = opendir(ND_DEVICES);
	unsigned int n = 0;
	struct dirent *e;

	while (d && (e = readdir(d))) {
		if (!strncmp(e->d_name, "namespace", 9) &&
		    read_u64(format(ND_DEVICES "/%s/size", e->d_name)))
			n++;
	}
	if (d)
		closedir(d);
	return n;
}

unsigned int count_disks(void)
{
	DIR *d = opendir("/sys/block");
	unsigned int n = 0;
	struct dirent *e;

	while (d && (e = readdir(d)))
		n += !strncmp(e->d_name, "pmem", 4);
	if (d)
		closedir(d);
	return n;
}

void wait_count(unsigned int (*count)(void), unsigned int want, const char *what)
{
	unsigned int have = 0;

	for (int tries = 0; tries < 500; tries++) {
		have = count();
		if (have == want)
			return;
		usleep(10000);
	}
	die("%u %s, expected %u", have, what, want);
}
