/* SPDX-License-Identifier: GPL-2.0 */
/*
 * store.h - what a database of this suite keeps, and how it is judged.
 *
 * Transaction N (from 1) writes record N, drops record N - KEPT, and counts: the number N is kept
 * beside the records. When the database has said that this is durable, "acked N" is written to
 * the standard output. So after a power cut a database that counts to N has to hold records
 * N - KEPT + 1 to N, each with the bytes of its number, and none else; and N is not less than what
 * was acknowledged.
 *
 *   NAME write PATH         transactions, until the power fails
 *   NAME check PATH ACKED   judge it; says what is wrong
 */
#ifndef CUTS_STORE_H
#define CUTS_STORE_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long long llu; /* as printf() has it */

#define KEPT 200
#define RECORD_MAX 3000

static inline void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *format, ...)
{
	va_list words;

	va_start(words, format);
	vprintf(format, words);
	va_end(words);
	printf("\n");
	exit(1);
}

/* record_fill() - the bytes of record @n; returns how many, of some to RECORD_MAX */
static inline size_t record_fill(uint64_t n, unsigned char *bytes)
{
	uint64_t state = n * 0x9e3779b97f4a7c15ull + 1;
	size_t i, size;

	state ^= state >> 29;
	size = 16 + state % (RECORD_MAX - 16);
	for (i = 0; i < size; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		bytes[i] = state;
	}
	return size;
}

/* record_check() - is that what transaction @n has written? */
static inline void record_check(uint64_t n, const void *bytes, size_t size)
{
	unsigned char want[RECORD_MAX];

	if (record_fill(n, want) != size || memcmp(want, bytes, size))
		fail("record %llu is not what was written", (llu)n);
}

/* record_first() - the oldest record that a database which counts to @n holds */
static inline uint64_t record_first(uint64_t n)
{
	return n > KEPT ? n - KEPT + 1 : 1;
}

/* What each database has; of the path of its file or device. */
void store_open(const char *path, int make);
uint64_t store_count(void);
void store_commit(uint64_t n);		/* returns when it is durable */
/* all that a database knows to ask of itself, and the records */
void store_check(uint64_t n);

static inline void store_write(void)
{
	uint64_t n = 0;
	char line[32];

	for (;;) {
		store_commit(++n);
		/* one write: a line is there or not */
		snprintf(line, sizeof(line), "acked %llu\n", (llu)n);
		if (write(STDOUT_FILENO, line, strlen(line)) != (ssize_t)strlen(line))
			fail("nobody listens");
	}
}

int main(int argc, char **argv)
{
	uint64_t n, acked;

	if (argc < 3)
		fail("usage: %s write PATH | check PATH ACKED", argv[0]);
	store_open(argv[2], !strcmp(argv[1], "write"));
	if (!strcmp(argv[1], "write"))
		store_write();
	acked = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
	n = store_count();
	if (n < acked)
		fail("it counts to %llu, and %llu was acknowledged", (llu)n, (llu)acked);
	store_check(n);
	printf("counts to %llu, acknowledged %llu\n", (llu)n, (llu)acked);
	return 0;
}

#endif
