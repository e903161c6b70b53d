// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes, randomness, and the book: every operation's errno is counted, and
 * one that is not documented for a loser of a race fails the run.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include "stress.h"

#define ERRNOS	134

static atomic_ulong book[OPS][ERRNOS];
static atomic_int strange;

static const char *const op_name[OPS] = {
	"read", "write", "create", "destroy", "bind", "unbind", "unload", "load",
	"open", "disk", "command", "gone", "mode",
};

uint64_t rnd(struct worker *w, uint64_t below)
{
	uint64_t x = w->rng += 0x9e3779b97f4a7c15ull;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	x ^= x >> 31;
	return below ? x % below : x;
}

bool chance(struct worker *w, unsigned int percent)
{
	return rnd(w, 100) < percent;
}

void nap(struct worker *w, unsigned int most_ms)
{
	usleep(rnd(w, most_ms * 1000 + 1));
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

int64_t now_ms(void)
{
	return now_ns() / 1000000;
}

void rest(struct worker *w, int64_t since)
{
	int64_t until = now_ms() + 3 * (now_ms() - since);

	do
		nap(w, 200);
	while (now_ms() < until && !atomic_load(&stop));
}

/* ---- the book ---- */

/*
 * What a loser may be told: somebody has it (EBUSY, EAGAIN), it is disabled (ENXIO), its capacity
 * or the last label slot went to another (ENOSPC); and what is wrong by itself. The path that has
 * vanished is no driver's answer, and booked apart.
 */
static bool documented(enum op op, int err)
{
	switch (err) {
	case 0:
	case EBUSY:
	case EAGAIN:
	case ENXIO:
		return true;
	case ENODEV:
		/*
		 * sysfs: removed while its file was open. The driver core: (un)bind of what it
		 * does not find, or another has bound. And a seed that is named by nobody.
		 */
		return true;
	case ENOENT:
		/*
		 * of a path, and so not of a file that was open; a whole round may end so. And of
		 * a module that another has unloaded.
		 */
		return op == OP_GONE || op == OP_OPEN || op == OP_CREATE || op == OP_DESTROY ||
		       op == OP_UNLOAD;
	case ENOSPC:
		return op == OP_WRITE || op == OP_BIND || op == OP_CREATE || op == OP_DESTROY;
	case EINVAL:
		/* a value that is refused for itself: some of those written are wrong */
		return op == OP_WRITE || op == OP_CREATE || op == OP_COMMAND || op == OP_DISK;
	case EROFS:
		/* no info-block is made in a region that is read-only */
		return op == OP_BIND || op == OP_CREATE;
	case ENOMEM:
		return faults;
	case EOPNOTSUPP:
		/* who creates has bound, and is judged there */
		return op == OP_MODE || op == OP_CREATE;
	case EPERM:
		/* the block layer: the region is read-only now, and the open disk with it */
		return op == OP_DISK;
	case EIO:
		/* a disk went away under an open file */
		return op == OP_DISK;
	case ENOTTY:
		return op == OP_COMMAND;
	default:
		return false;
	}
}

void doing(struct worker *w, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(w->doing, sizeof(w->doing), fmt, args);
	va_end(args);
	atomic_store(&w->since, now_ns());
}

int done(struct worker *w, enum op op, int err)
{
	atomic_store(&w->since, 0);
	if (err < 0 || err >= ERRNOS)
		err = ERRNOS - 1;
	atomic_fetch_add(&book[op][err], 1);
	if (!documented(op, err) && atomic_fetch_add(&strange, 1) < 20)
		printf("undocumented: %s %s: %s: %s\n", w->role, op_name[op], w->doing,
		       strerrorname_np(err));
	return err;
}

/* Why a write failed: a disk that has gone has no bytes, and the block layer calls it full. */
static int why_not_written(int fd, off_t at)
{
	uint64_t size;
	int err = errno;

	return err == ENOSPC && !ioctl(fd, BLKGETSIZE64, &size) && size <= (uint64_t)at ? EIO : err;
}

int write_disk(struct worker *w, int fd, const void *data, size_t len, off_t at)
{
	return done(w, OP_DISK, pwrite(fd, data, len, at) < 0 ? why_not_written(fd, at) : 0);
}

bool book_is_clean(void)
{
	for (int op = 0; op < OPS; op++) {
		printf("%-8s", op_name[op]);
		for (int err = 0; err < ERRNOS; err++) {
			unsigned long n = atomic_load(&book[op][err]);

			if (n)
				printf(" %s %lu", err ? strerrorname_np(err) : "ok", n);
		}
		printf("\n");
	}
	return !atomic_load(&strange);
}

unsigned long booked(enum op op, int err)
{
	return atomic_load(&book[op][err]);
}

/* ---- attributes ---- */

/* Store to an attribute: 0 or an errno; @gone: there was none. */
static int store(const char *path, const char *value, bool *gone)
{
	int fd = open(path, O_WRONLY), err = 0;

	*gone = fd < 0;
	if (*gone)
		return errno;
	if (write(fd, value, strlen(value)) < 0)
		err = errno;
	close(fd);
	return err;
}

int put(struct worker *w, enum op op, const char *value, const char *fmt, ...)
{
	char path[256];
	va_list args;
	bool gone;
	int err;

	va_start(args, fmt);
	vsnprintf(path, sizeof(path), fmt, args);
	va_end(args);
	doing(w, "%s <- %.40s", path, value);
	err = store(path, value, &gone);
	return done(w, gone ? OP_GONE : op, err);
}

int get(struct worker *w, char *buf, size_t len, const char *fmt, ...)
{
	char path[256];
	va_list args;
	int fd, err = 0;
	ssize_t n;

	va_start(args, fmt);
	vsnprintf(path, sizeof(path), fmt, args);
	va_end(args);
	buf[0] = 0;
	doing(w, "%s", path);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return done(w, OP_GONE, errno);
	n = read(fd, buf, len - 1);
	/* the block layer's, for what this disk does not have */
	if (n < 0)
		err = errno == EINVAL && strstr(path, "/queue/") ? 0 : errno;
	close(fd);
	buf[n > 0 ? n : 0] = 0;
	buf[strcspn(buf, "\n")] = 0;
	return done(w, OP_READ, err);
}

static bool starts_with(const char *name, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, "|");

		if (!strncmp(name, words, len))
			return true;
		words += len;
		words += *words == '|';
	}
	return false;
}

/* The names are taken first: what is done to one device changes the directory. */
static int names(const char *words, char (*name)[32], int most)
{
	DIR *dir = opendir(DEVICES);
	struct dirent *entry;
	int n = 0;

	if (!dir)
		return 0;
	while (n < most && (entry = readdir(dir)))
		if (starts_with(entry->d_name, words))
			snprintf(name[n++], sizeof(name[0]), "%.31s", entry->d_name);
	closedir(dir);
	return n;
}

bool pick(struct worker *w, const char *words, char *name, size_t len)
{
	char all[128][32];
	int n = names(words, all, 128);

	if (!n)
		return false;
	snprintf(name, len, "%s", all[rnd(w, n)]);
	return true;
}

void each(const char *words, void (*fn)(struct worker *w, const char *name), struct worker *w)
{
	char all[128][32];
	int n = names(words, all, 128);

	for (int i = 0; i < n; i++)
		fn(w, all[i]);
}

void new_uuid(struct worker *w, char *buf)
{
	uint64_t a = rnd(w, 0), b = rnd(w, 0);

	sprintf(buf, "%08x-%04x-4%03x-8%03x-%012llx", (uint32_t)a, (uint16_t)(a >> 32),
		(uint32_t)(a >> 48) & 0xfff, (uint32_t)b & 0xfff,
		(unsigned long long)(b >> 12) & 0xffffffffffffull);
}

/* ---- drivers ---- */

const char *driver_of(const char *name)
{
	if (!strncmp(name, "region", 6))
		return "nd_region";
	if (!strncmp(name, "nmem", 4))
		return "nvdimm";
	return strncmp(name, "dax", 3) ? "nd_pmem" : "dax_pmem";
}

bool is_bound(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), DEVICES "%s/driver", name);
	return !access(path, F_OK);
}

/*
 * A claim whose mode was changed while it was idle has an info-block of another. That is EOPNOTSUPP
 * with its reason; who comes to ask late finds another, or none.
 */
static bool mode_was_changed(struct worker *w, const char *name)
{
	char reason[256];

	get(w, reason, sizeof(reason), DEVICES "%s/last_error", name);
	return strncmp(reason, "EOPNOTSUPP ", 11) || !strncmp(reason, "EOPNOTSUPP mode:", 16);
}

int bind_device(struct worker *w, const char *name)
{
	enum op op = OP_BIND;
	char path[256];
	bool gone;
	int err;

	snprintf(path, sizeof(path), ND "drivers/%s/bind", driver_of(name));
	doing(w, "%s <- %s", path, name);
	err = store(path, name, &gone);
	if (gone) {
		op = OP_GONE;
	} else if (err == EOPNOTSUPP) {
		if (mode_was_changed(w, name))
			op = OP_MODE;
		doing(w, "%s <- %s", path, name);
	}
	done(w, op, err);
	/* the module is away */
	if (err == ENOENT)
		nap(w, 200);
	return err;
}

int unbind_device(struct worker *w, const char *name)
{
	return put(w, OP_UNBIND, name, DEVICES "%s/driver/unbind", name);
}
