/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What helps against a reason: commands, with the names of the devices filled in. Pure: decides
 * from the line of a last_error attribute and what why_find.c has found about its device.
 */
#ifndef _NDSTACK_WHY_H
#define _NDSTACK_WHY_H

#include <linux/types.h>
#include "reason_line.h"

enum why_kind {
	WHY_OTHER,		/* a provider's device */
	WHY_BUS,
	WHY_DIMM,
	WHY_REGION,
	WHY_NAMESPACE,
	WHY_BTT,
	WHY_PFN,
	WHY_DAX,		/* of the nd bus: a devdax namespace */
	WHY_DEVDAX,		/* of the dax bus */
};

/* Bytes of a disk. */
struct why_extent {
	u64 offset;
	u64 length;
};

#define WHY_DIMMS	32
#define WHY_BAD		8
#define WHY_PROCESSES	8

/**
 * struct why_dimm - one of a region, or the device itself
 * @name: nmemX
 * @snapshot: number of one of its snapshots that has labels which are gone; -1: there is none
 */
struct why_dimm {
	char name[32];
	int snapshot;
};

/**
 * struct why_process - one that may be what keeps memory in use
 * @pid: of it
 * @name: of its program, for people
 * @what: it does with the memory, a few words
 * @sure: it has that device open or mapped; else it only may be the one
 */
struct why_process {
	int pid;
	char name[32];
	char what[64];
	bool sure;
};

/**
 * struct why_device - of which a reason is told
 * @name: as in sysfs
 * @kind: of it
 * @space: the namespace that it is, or that it serves; "" if none
 * @region: it is, or lies in
 * @seed: of the region, the btt device that takes the next BTT
 * @devdax: the dax device of @space, daxR.N; "" if none
 * @disk: of @space, pmemX; "" if it has none
 * @clears: its bus has firmware that clears errors
 * @bad: bytes of @disk that are known to be bad, the first of them
 * @nr_bad: how many
 * @mode: of @space: raw, fsdax, devdax, sector
 * @map: where @space has its struct pages: mem or dev; "" if none
 * @dimms: of the region, or the DIMM itself
 * @nr_dimms: how many
 * @processes: that may keep it in use
 * @nr_processes: how many
 * @neighbour: a dax device of nobody's namespace that stands in its way; "" if none
 */
struct why_device {
	char name[64];
	enum why_kind kind;
	char space[32];
	char region[32];
	char seed[32];
	char devdax[32];
	char disk[32];
	bool clears;
	struct why_extent bad[WHY_BAD];
	unsigned int nr_bad;
	const char *mode;
	const char *map;
	struct why_dimm dimms[WHY_DIMMS];
	unsigned int nr_dimms;
	struct why_process processes[WHY_PROCESSES];
	unsigned int nr_processes;
	char neighbour[64];
};

#define WHY_COMMANDS	12

/**
 * struct why_command - to be typed as it is, unless it has a FILE
 * @way: commands of one number belong together, in their order; others are other ways to help
 * @loses: what is lost by it: "" nothing, or a few words
 * @text: of it
 */
struct why_command {
	unsigned int way;
	const char *loses;
	char text[256];
};

struct why_help {
	struct why_command commands[WHY_COMMANDS];
	unsigned int nr;
};

/* why_wants_processes() - is it about memory that processes keep in use? */
bool why_wants_processes(const struct reason_line *line);

/* why_help() - what helps against @line of @device; nothing may be known */
void why_help(const struct why_device *device, const struct reason_line *line,
	      struct why_help *help);

/* What is not told by a driver, and follows from what sysfs shows. */
enum why_deduction {
	WHY_BAD_BYTES,		/* bytes known to be bad lie in the namespace */
	WHY_NO_DRIVER,		/* a device that could be served, and is not */
	WHY_LOCKED,		/* a DIMM that nobody can read */
};

/* why_deduced() - what helps then */
void why_deduced(const struct why_device *device, enum why_deduction what, struct why_help *help);

#endif /* _NDSTACK_WHY_H */
