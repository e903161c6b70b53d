/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stress - many threads that configure, use, disable and unload at once.
 *
 *	stress.c	main, watching over the threads
 *	sysfs.c		attributes, and the book of what came of each operation
 *	configure.c	roles that change: create, destroy, toggle, write, reload
 *	use.c		roles that use: read attributes, open disks, send commands
 *	restore.c	back to an empty, enabled machine
 *	pairs.c		a program of its own: every two of these operations at one moment
 */
#ifndef _STRESS_H
#define _STRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ND	"/sys/bus/nd/"
#define DEVICES	ND "devices/"

enum op {
	OP_READ, OP_WRITE, OP_CREATE, OP_DESTROY, OP_BIND, OP_UNBIND, OP_UNLOAD, OP_LOAD,
	OP_OPEN, OP_DISK, OP_COMMAND, OP_GONE, OP_MODE, OPS
};

struct worker {
	const char *role;
	void (*turn)(struct worker *w);		/* one round of the role */
	int index;
	uint64_t rng;
	char doing[320];			/* the system call under way, for the watcher */
	_Atomic int64_t since;			/* ns; 0: between calls */
};

extern atomic_bool stop;
/* Set while modules are being unloaded: who would enable regions again waits. */
extern atomic_bool unloading;
extern bool faults;				/* allocations fail: -ENOMEM is an answer */

uint64_t rnd(struct worker *w, uint64_t below);
bool chance(struct worker *w, unsigned int percent);
void nap(struct worker *w, unsigned int most_ms);
int64_t now_ms(void);
/* What took something away at @since leaves things alone three times as long as that took. */
void rest(struct worker *w, int64_t since);

/* Note what the worker is about to do; done() ends it, books the errno, and returns it. */
void doing(struct worker *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int done(struct worker *w, enum op op, int err);

/* Write @value to a file: 0 or an errno, booked as @op. */
int put(struct worker *w, enum op op, const char *value, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Read a file, without its newline: 0 or an errno. */
int get(struct worker *w, char *buf, size_t len, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* A random device of the nd bus whose name starts with one of the words ("region|nmem"). */
bool pick(struct worker *w, const char *words, char *name, size_t len);
/* Call @fn for all of them. */
void each(const char *words, void (*fn)(struct worker *w, const char *name), struct worker *w);

const char *driver_of(const char *name);
void new_uuid(struct worker *w, char *buf);
bool is_bound(const char *name);
int bind_device(struct worker *w, const char *name);
int unbind_device(struct worker *w, const char *name);
/* Write to an open disk at @at; 0 or an errno, booked. */
int write_disk(struct worker *w, int fd, const void *data, size_t len, off_t at);
/* Take a namespace from its holder, then its capacity; 0 or an errno. */
int destroy(struct worker *w, const char *ns);

/* Were there only answers that are documented? Prints the book. */
bool book_is_clean(void);
unsigned long booked(enum op op, int err);

/* Modules, by system call: modprobe takes longer to start than the module to load. */
int unload(struct worker *w, const char *name);
void load(struct worker *w, const char *name);

void turn_create(struct worker *w);
void turn_destroy(struct worker *w);
void turn_regions(struct worker *w);
void turn_dimms(struct worker *w);
void turn_namespaces(struct worker *w);
void turn_attributes(struct worker *w);
void turn_reload(struct worker *w);
void turn_readers(struct worker *w);
void turn_disks(struct worker *w);
void turn_commands(struct worker *w);

/* Enable everything, destroy every namespace: false when that cannot be had. */
bool empty_all(struct worker *w);
/* The same, with everything disabled before and found anew after. */
bool restore(struct worker *w);
/* Wait until nothing is being added, bound or deleted. */
void settle_all(struct worker *w);

#endif /* _STRESS_H */
