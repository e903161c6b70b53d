// SPDX-License-Identifier: GPL-2.0
/*
 * tables SEED COUNT: firmware that tells nonsense. Gives nfit_test COUNT tables, each a
 * mutation of one of its machines' own; a machine is bound with the first of TURN, and told of the
 * others while it lives, or bound with each until it does. What becomes of it is for the kernel log
 * to say. None is refused: what is whole of a table is used.
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAULTS	"/sys/kernel/debug/nfit_test/"
#define DRIVER	"/sys/bus/platform/drivers/nfit_test/"
#define MACHINE	"nfit_test.1"
#define TURN	10
#define ROOM	8192
#define TRACING	"/sys/kernel/tracing/"

struct table {
	size_t len;
	uint8_t byte[ROOM];
};

static uint64_t state;

/* xorshift64*: the same tables for the same seed, everywhere */
static uint64_t draw(uint64_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 0x2545f4914f6cdd1d) % below;
}

static void load(const char *path, struct table *t)
{
	int fd = open(path, O_RDONLY);
	ssize_t n;

	t->len = 0;
	while (fd >= 0 && (n = read(fd, t->byte + t->len, ROOM - t->len)) > 0)
		t->len += n;
	if (!t->len)
		err(1, "%s", path);
	close(fd);
}

/* Whether it is taken is not asked: a table may well be refused. */
static int store(const char *path, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, bytes, len);
	close(fd);
	return n == (ssize_t)len ? 0 : -1;
}

/* Reasons told since the last time: each is an event, of which there is no limit a second. */
static unsigned long reasons(int pipe)
{
	unsigned long n = 0;
	char text[4096 + 1];
	ssize_t len;

	while ((len = read(pipe, text, sizeof(text) - 1)) > 0) {
		text[len] = 0;
		for (char *at = text; (at = strstr(at, " nd_fail: ")); at++)
			n++;
	}
	return n;
}

static unsigned long evaluations(void)
{
	int fd = open(FAULTS MACHINE "/calls", O_RDONLY);
	char text[24] = "";

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = 0;
	close(fd);
	return strtoul(text, NULL, 0);
}

/*
 * Tell the machine that its table has changed. A work item asks for it: not before it has done so
 * is there a next one. False: nobody listens, or it took a minute or more.
 */
static bool tell(void)
{
	unsigned long before = evaluations();

	if (store(FAULTS MACHINE "/plug", "1", 1))
		return false;
	for (int i = 0; i < 600000; i++) {
		if (evaluations() != before)
			return true;
		usleep(100);
	}
	return false;
}

/* Begin and length of a structure of @t, by a walk of at most @steps. */
static size_t structure(const struct table *t, uint64_t steps, size_t *len)
{
	size_t at = 0, n;

	for (;; at += n) {
		n = at + 4 <= t->len ? t->byte[at + 2] | t->byte[at + 3] << 8 : 0;
		if (!n || at + n > t->len)
			n = t->len - at;
		if (!steps-- || at + n >= t->len)
			break;
	}
	*len = n;
	return at;
}

static void set_word(struct table *t)
{
	static const uint64_t word[] = {
		0, 1, 2, 3, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0xfff, 0x1000, 0xffff, 0x10000,
		0x200000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x10000000000,
		0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff,
	};
	static const uint8_t width[] = { 1, 2, 4, 8 };
	size_t n = width[draw(4)], at;

	if (t->len < n)
		return;
	at = draw(t->len - n + 1);
	if (draw(2))
		at -= at % n;
	memcpy(t->byte + at, &word[draw(sizeof(word) / sizeof(word[0]))], n);
}

static void mutate(struct table *t)
{
	size_t at, len, to;

	switch (draw(8)) {
	case 0:
		t->len = draw(t->len + 1);
		break;
	case 1:		/* a structure twice */
		at = structure(t, draw(20), &len);
		if (t->len + len <= ROOM) {
			memcpy(t->byte + t->len, t->byte + at, len);
			t->len += len;
		}
		break;
	case 2:		/* or not at all */
		at = structure(t, draw(20), &len);
		memmove(t->byte + at, t->byte + at + len, t->len - at - len);
		t->len -= len;
		break;
	case 3:		/* part of one in another's place */
		at = structure(t, draw(20), &len);
		to = structure(t, draw(20), &(size_t){0});
		memmove(t->byte + to, t->byte + at, len < t->len - to ? len : t->len - to);
		break;
	case 4:
	case 5:
		if (t->len)
			t->byte[draw(t->len)] ^= 1 << draw(8);
		break;
	default:
		set_word(t);
	}
}

int main(int argc, char **argv)
{
	unsigned long count, i, bound = 0, refused = 0, told = 0;
	static struct table own[2], t;
	unsigned long told_why = 0;
	bool alive = true;
	int pipe;

	if (argc != 3)
		errx(2, "usage: tables SEED COUNT");
	state = strtoull(argv[1], NULL, 0) | 1;
	count = strtoul(argv[2], NULL, 0);
	if (store(TRACING "events/libnvdimm/nd_fail/enable", "1", 1))
		err(1, TRACING);
	pipe = open(TRACING "trace_pipe", O_RDONLY | O_NONBLOCK);
	if (pipe < 0)
		err(1, TRACING "trace_pipe");
	load(FAULTS "nfit_test.0/table", &own[0]);
	load(FAULTS "nfit_test.1/table", &own[1]);
	for (i = 0; i < count; i++) {
		t = own[draw(4) != 0];
		for (uint64_t n = 1 + draw(4); n; n--)
			mutate(&t);
		/* one byte takes the last one back */
		if (t.len < 2)
			t.len = 2;
		if (store(FAULTS "table", t.byte, t.len))
			err(1, "table %lu", i);
		if (alive && i % TURN) {
			if (!tell())
				errx(1, "table %lu is not asked for", i);
			told++;
			continue;
		}
		if (alive)
			store(DRIVER "unbind", MACHINE, sizeof(MACHINE) - 1);
		told_why += reasons(pipe);
		alive = !store(DRIVER "bind", MACHINE, sizeof(MACHINE) - 1);
		bound += alive;
		refused += !alive;
		if (!alive && !reasons(pipe))
			errx(1, "table %lu is refused without a reason", i);
	}
	store(FAULTS "table", "\n", 1);
	if (alive)
		store(DRIVER "unbind", MACHINE, sizeof(MACHINE) - 1);
	told_why += reasons(pipe);
	printf("%lu tables: bound with %lu, not with %lu, told of %lu; %lu reasons of others\n",
	       count, bound, refused, told, told_why);
	if (store(DRIVER "bind", MACHINE, sizeof(MACHINE) - 1))
		return 1;
	return !bound || refused || !told || told_why < told / 4;
}
