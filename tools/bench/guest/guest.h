/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the guest's bench program offer each other. */
#ifndef NDBENCH_GUEST_H
#define NDBENCH_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIB (1ull << 20)
#define GIB (1ull << 30)

/* mark.c: to the plugin */
void mark_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void mark_watch(uint64_t address);
void mark_begin(const char *section);
void mark_end(void);

/* Ends this phase; the other rows still run. */
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* sys.c: files, modules, sysfs */
#define ND_DEVICES "/sys/bus/nd/devices"

char *format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
long try_read(const char *path, char *buf, size_t size);
void read_text(const char *path, char *buf, size_t size);
uint64_t read_u64(const char *path);
void write_text(const char *path, const char *text);
int try_write(const char *path, const char *text);

enum side { SETUP, TEST };
void load(enum side side, const char *list);
void load_all(enum side side);
void unload_all(void);
void note_modules(void);
void note_functions(void);
void settle(void);
bool is_bound(const char *device);
void bind(const char *driver, const char *device);
void unbind(const char *device);
unsigned int count_namespaces(void);
unsigned int count_disks(void);
void wait_count(unsigned int (*count)(void), unsigned int want, const char *what);
uint64_t now_ns(void);

/* label.c: the first DIMM of @set, of @ways of them, has @count namespaces of @size bytes */
struct labels {
	uint32_t area;		/* bytes */
	uint64_t cookie;
	unsigned int set, ways, position, count;
	uint64_t size;
};
size_t labels_end(const struct labels *l);
void fill_labels(uint8_t *area, const struct labels *l);
/*
 * Namespaces of the one region, laid out by the setup modules. Each phase has uuids of its own:
 * what an earlier one left inside them, info-blocks, is a stranger's.
 */
void write_labels(unsigned int count, uint64_t size);

/* dax.c */
void phase_dax(void);
/* What create-namespace -m devdax does. The device that serves it is put in @device. */
void make_devdax(const char *namespace, const char *align, const char *uuid, char *device,
		 size_t size);

/* share.c */
void phase_share(void);

/* provider.c: below the test provider */
void phase_bad_0(void);
void phase_bad_1000(void);
void phase_scale_1000(void);
void phase_scale_10000(void);
void phase_tool(void);

/* tool.c */
void measure_tools(unsigned int namespaces);

/* uring.c: 4 KiB requests */
void measure_uring(int fd, const char *row, bool out, int samples);

/* files.c */
void phase_files(void);

/* rows.c */
void run_command(char *const argv[]);
void measure_io(int fd, char *buf, const char *row, size_t len, bool out, int samples);
/* As create-namespace -m fsdax, by the setup modules. "pmem": struct pages on it; "ram": not. */
void make_fsdax(const char *namespace, const char *mode, const char *uuid);
/* As create-namespace -m sector, by the setup modules, which are loaded. */
void make_btt(const char *namespace, const char *sector_size, const char *uuid);

struct phase {
	const char *rows;	/* it serves these, and runs when one of them is wanted */
	void (*run)(void);
};
extern const struct phase phases[];

/* init.c: of the phase that runs, from 1 */
extern unsigned int phase_number;

/* virtio.c */
void phase_virtio(void);

/* init.c: is any of these rows asked for? */
bool wanted(const char *rows);

#endif
