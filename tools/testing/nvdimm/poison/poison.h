/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The poison matrix in a guest.
 *
 *	vm/guest/poison.c	the walk through the cells of a provider and mode
 *	table, table.c		what is to come of each cell; that none is missing
 *	machine.c		how it becomes bad, and what the kernel lists
 *	disk.c			cells of modes that are disks: raw, fsdax, sector
 *	map.c			cells of modes that are mapped: devdax, kmem
 */
#ifndef POISON_H
#define POISON_H

#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/fiemap.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE	4096
#define SECTOR	512
/* Pages of a cell: the second one turns bad, its neighbours must not. */
#define PAGES	4
#define CELL	(PAGES * PAGE)
#define NSECT	(CELL / SECTOR)
/* Where in the cell: a sector, and a line in it. */
#define BAD_AT	(PAGE + 2 * SECTOR)
#define BAD_SECT	(BAD_AT / SECTOR)
#define LINE_AT	(BAD_AT + 128)

enum how { SCRUB, MCE, MEMFAIL, INJECT, HOWS };
enum what { READ, SUBSECTOR, SECTOR_WRITE, PAGE_WRITE, DAXWRITE, ZEROING, RECOVERY, WHATS };
enum outcome { EIO_THERE, FOUND, SIGBUS_THERE, CURED, IMPOSSIBLE, OUTCOMES };

/* What is walked: see arguments() in poison.c. */
struct place {
	const char *provider, *mode, *disk, *file, *dax, *region;
	uint64_t phys;		/* of the first byte of disk or dax device */
	uint64_t region_phys;	/* of the region */
	uint64_t from;		/* first byte of disk, file or device that is used */
	uint64_t end;		/* kmem: of the memory */
	bool firmware;		/* there is one, which clears */
	int disk_fd, file_fd;
	uint64_t file_phys;	/* of the first byte of file */
};

extern struct place place;

/* A cell that is walked. */
struct cell {
	enum how how;
	enum what what;
	enum outcome outcome;
	uint64_t at;		/* offset on disk or in the file */
	uint64_t phys;		/* of its first byte */
};

/* Run when a cell fails: the next one is not to suffer from it. */
extern void (*tidy)(void);

/* The cell has failed: why. Does not come back. */
void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *reason, ...);

/* ---- table.c ---- */

#define PROVIDERS	5
#define MODES		5

extern const char *const provider_names[PROVIDERS], *const mode_names[MODES];
extern const char *const how_names[HOWS], *const what_names[WHATS];
extern const char *const outcome_names[OUTCOMES];

struct rule {
	enum outcome outcome;
	bool of_provider[PROVIDERS], of_mode[MODES], of_how[HOWS], of_what[WHATS];
	unsigned int cells;	/* whose first rule it is */
	char text[256], reason[160];
};

/* Read it; whoever is wrong is named. */
void table_read(const char *path);
/* Each of the 700 cells has a rule, and each rule a cell. */
const struct rule *table_rule(unsigned int provider, unsigned int mode, enum how how,
			      enum what what);
/* The number of @name in @names, or the end of the program. */
unsigned int table_word(const char *name, const char *const *names, unsigned int n);
/* Counts, a line each, and as docs/poison.md has them. */
void table_print(bool for_docs);

/* ---- machine.c ---- */

void make_bad(const struct cell *cell);
void store_text(const char *path, const char *text);
/* A number that a file says. */
unsigned long long number_in(const char *path);
/* Run /tmp/NAME ADDRESS LENGTH, which has to succeed. */
void hook(const char *name, uint64_t addr, uint64_t len);
/* Bytes of poison that no one has cured, within the cell. */
unsigned int lines_left(const struct cell *cell);

/* Exactly these sectors of the cell, and no other ones anywhere; waits for it a while. */
void listed(const struct cell *cell, const bool bad[NSECT]);

/* Of the last SIGBUS; 0: there was none. */
extern volatile uintptr_t bus_at;

/* From now on SIGBUS is no end. */
void catch_bus(void);
/* Do it; did it end in SIGBUS? */
bool bus_on_store(volatile unsigned char *to, unsigned char value);
bool bus_on_load(const volatile unsigned char *from, unsigned char *value);
bool bus_on_make_bad(const struct cell *cell);

/* ---- disk.c, map.c ---- */

void disk_open(void);
void disk_cell(struct cell *cell);
void map_cell(struct cell *cell);

#endif
