/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a namespace would be that is yet to be made: here, and on other kernels. Pure: asks the
 * engine that the drivers ask, layout/dry_run.h, for the places that a map has. Requirements A1,
 * X2.
 */
#ifndef _NDSTACK_FIT_H
#define _NDSTACK_FIT_H

#include <linux/types.h>
#include "layout/dry_run.h"
#include "map.h"
#include "nearest.h"

/**
 * struct fit_kernel - what differs between kernels, for struct pages
 * @name: release, as it was named
 * @unit: bytes by which it adds them
 * @rounds_out: it knows no sub-sections, and adds them for all of a unit
 * @shared: those of devdax's large pages share memory
 */
struct fit_kernel {
	char name[96];
	u64 unit;
	bool rounds_out;
	bool shared;
};

/* fit_kernel_here() - the one that the machine runs */
void fit_kernel_here(const struct machine *m, struct fit_kernel *out);

/*
 * fit_kernel_named() - by its version: "4.19", "6.1.0-56-amd64"
 *
 * Of kernels as released: one whose vendor has added what is newer does more.
 *
 * Return: false: no version
 */
bool fit_kernel_named(const struct machine *m, const char *name, struct fit_kernel *out);

/**
 * struct fit_room - a place for a namespace
 * @region: index in the machine
 * @ns: index of the namespace that all of it is, of a region that cannot be divided, or MAP_NOBODY
 * @start: physical address
 * @size: bytes
 * @step: sizes there are multiples of it
 */
struct fit_room {
	u32 region;
	u32 ns;
	u64 start;
	u64 size;
	u64 step;
};

/*
 * fit_rooms() - all of them, by address
 * @out: an array from malloc(), or NULL
 *
 * Return: how many, or -ENOMEM
 */
int fit_rooms(const struct map *map, struct fit_room **out);

/*
 * fit_request() - what the drivers' layout engine is asked about @size bytes at the start of @room
 * @out: mode and align are for the caller; free(out->neighbours.entry), also when it fails
 *
 * Return: 0 or -ENOMEM
 */
int fit_request(const struct map *map, const struct fit_kernel *kernel, const struct fit_room *room,
		u64 size, struct pfn_request *out);

/**
 * struct fit_answer - what it would be
 * @kernel: which one is spoken of
 * @room: where
 * @wish: what was asked, with the alignment that was judged
 * @verdict: its neighbours are by name in the next two, and NULL in its layout
 * @nearest: what would do, if it does not
 * @before: to whom bytes at the start are given up, or ""
 * @behind: likewise at the end
 * @pages: bytes of the largest pages that all of the data can be mapped with; 0 without
 */
struct fit_answer {
	const struct fit_kernel *kernel;
	const struct fit_room *room;
	struct pfn_wish wish;
	struct pfn_verdict verdict;
	struct nearest nearest;
	char before[PFN_NEIGHBOUR_NAME];
	char behind[PFN_NEIGHBOUR_NAME];
	u64 pages;
};

/* fit_judge() - @wish in @room; its size is that of the room when it is 0. Return: 0 or -ENOMEM */
int fit_judge(const struct map *map, const struct fit_kernel *kernel, const struct fit_room *room,
	      const struct pfn_wish *wish, struct fit_answer *out);

/*
 * fit_judge_best() - likewise, with the largest alignment that costs no byte of data against 2 MiB
 */
int fit_judge_best(const struct map *map, const struct fit_kernel *kernel,
		   const struct fit_room *room, const struct pfn_wish *wish,
		   struct fit_answer *out);

/*
 * fit_place() - where drivers put a new namespace: the lowest room that holds it
 * @rooms: all of one region, @nr of them, not 0
 *
 * Return: it, or when there is none, the largest
 */
const struct fit_room *fit_place(const struct fit_room *rooms, u32 nr, u64 size);

#endif /* _NDSTACK_FIT_H */
