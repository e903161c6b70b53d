/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine as its administrator sees it: what /proc/iomem and sysfs tell of memory, read once
 * for a command, saved, and loaded again elsewhere.
 *
 *	machine.c	the arrays, and looking things up in them: pure
 *	machine_read.c	from the files below a directory: "/", or a tree that was recorded
 *	machine_json.c	to and from a saved map; the tables there are its schema
 *
 * Nothing is reckoned here: what is not told is MACHINE_UNKNOWN, -1 or "". Whatever is told has
 * been bounded: sizes and addresses are below MACHINE_LIMIT, so that sums of two do not wrap, and
 * texts are printable ASCII, so that a label cannot command a terminal. Arrays are sorted: ranges
 * as /proc/iomem has them, a lower one behind that which it lies in; the others by name, as
 * strcmp() does.
 *
 * sysfs is read directly, not by libndctl and libdaxctl: these know no other root than "/", and
 * look through all namespaces of a region for each that they find.
 */
#ifndef _NDSTACK_MACHINE_H
#define _NDSTACK_MACHINE_H

#include <linux/limits.h>
#include <linux/types.h>
#include <stdio.h>

#define MACHINE_UNKNOWN	U64_MAX
#define MACHINE_LIMIT	(1ull << 56)	/* no machine has more address bits */
#define MACHINE_NAME	32

/* The texts by which namespaces say what they are. */
#define MACHINE_RAW	"raw"
#define MACHINE_SECTOR	"sector"
#define MACHINE_FSDAX	"fsdax"
#define MACHINE_DEVDAX	"devdax"

/* What kmem makes of dax devices is called so in /proc/iomem. */
#define MACHINE_KMEM	"System RAM (kmem)"

/**
 * struct machine_range - a line of /proc/iomem
 * @start: first byte
 * @size: bytes, not zero
 * @depth: 0, or one more than that of the range it lies in
 * @name: "System RAM", "Persistent Memory", "namespace0.0", ...
 */
struct machine_range {
	u64 start;
	u64 size;
	u64 depth;
	char name[64];
};

/**
 * struct machine_bus - an nd bus
 * @name: ndbus0
 * @provider: "ACPI.NFIT"
 * @unit: bytes by which its drivers say that struct pages are added, of ours only
 * @shared: its drivers are ours, and struct pages of devdax's large pages share memory
 */
struct machine_bus {
	char name[MACHINE_NAME];
	char provider[64];
	u64 unit;
	bool shared;
};

/**
 * struct machine_dimm - an NVDIMM
 * @name: nmem0
 * @bus: ndbus0
 * @flags: as nfit has them: "save_fail smart_event"
 * @security: "disabled", "locked", ...
 * @slots: label slots that are free
 * @enabled: its driver is bound
 * @last_error: of ours: why something was refused, or ""
 */
struct machine_dimm {
	char name[MACHINE_NAME];
	char bus[MACHINE_NAME];
	char flags[96];
	char security[32];
	u64 slots;
	bool enabled;
	char last_error[384];
};

/**
 * struct machine_region - a region
 * @name: region0
 * @bus: ndbus0
 * @type: "pmem", "volatile", or "blk"
 * @start: physical address
 * @size: bytes
 * @align: sizes of namespaces are multiples of it
 * @available: bytes for new namespaces
 * @largest: of these in one piece
 * @ways: DIMMs that it lies on
 * @node: NUMA node, or -1
 * @target_node: that its memory is on when it is RAM, or -1
 * @labelled: it can be divided
 * @enabled: its driver is bound
 * @read_only: nothing can be created
 * @last_error: as above
 */
struct machine_region {
	char name[MACHINE_NAME];
	char bus[MACHINE_NAME];
	char type[16];
	u64 start;
	u64 size;
	u64 align;
	u64 available;
	u64 largest;
	u64 ways;
	s32 node;
	s32 target_node;
	bool labelled;
	bool enabled;
	bool read_only;
	char last_error[384];
};

/**
 * struct machine_mapping - a region on a DIMM
 * @name: region0/0: the region, and the position in its interleave set
 * @region: region0
 * @dimm: nmem0
 * @start: first byte of the DIMM
 * @size: bytes
 */
struct machine_mapping {
	char name[MACHINE_NAME];
	char region[MACHINE_NAME];
	char dimm[MACHINE_NAME];
	u64 start;
	u64 size;
};

/**
 * struct machine_namespace - a namespace that has a size
 * @name: namespace0.0
 * @region: region0
 * @mode: "raw", "sector", "fsdax", "devdax"; "" while it is disabled
 * @uuid: its label's
 * @alt_name: what somebody has called it
 * @holder: the btt, pfn or dax device that has it, or ""
 * @disk: pmem0
 * @enabled: a driver serves it
 * @start: physical address
 * @size: bytes
 * @data: physical address of the first data byte, of fsdax and devdax
 * @data_size: bytes of data
 * @align: of these
 * @memmap: "dev", "mem" or ""
 * @usable: what our drivers say has become of its bytes, as the next three
 * @memmap_bytes: struct pages on the device
 * @memmap_dram: in DRAM, on top
 * @pad: the rest
 * @last_error: of the device that has it, else its own
 */
struct machine_namespace {
	char name[MACHINE_NAME];
	char region[MACHINE_NAME];
	char mode[8];
	char uuid[40];
	char alt_name[72];
	char holder[MACHINE_NAME];
	char disk[MACHINE_NAME];
	bool enabled;
	u64 start;
	u64 size;
	u64 data;
	u64 data_size;
	u64 align;
	char memmap[8];
	u64 usable;
	u64 memmap_bytes;
	u64 memmap_dram;
	u64 pad;
	char last_error[384];
};

/**
 * struct machine_dax - a device of the dax bus, that has a size
 * @name: dax0.0
 * @parent: the device that it is made of: the holder of a namespace, or "hmem.0"
 * @driver: "device_dax", "kmem", or ""
 * @state: of ours, under kmem: "online", "partly-online", ...
 * @start: physical address; of a device of several ranges the first one's
 * @size: bytes
 * @align: of its pages
 * @target_node: or -1
 */
struct machine_dax {
	char name[MACHINE_NAME];
	char parent[MACHINE_NAME];
	char driver[16];
	char state[16];
	u64 start;
	u64 size;
	u64 align;
	s32 target_node;
};

/**
 * struct machine_extent - memory blocks on a NUMA node that lie side by side
 * @name: node0
 * @start: physical address
 * @size: bytes
 */
struct machine_extent {
	char name[MACHINE_NAME];
	u64 start;
	u64 size;
};

/**
 * struct machine - all of it
 * @kernel: release
 * @page: bytes of a page
 * @page_struct: bytes of a struct page
 * @section: bytes of a memory section
 * @unit: bytes by which the kernel adds struct pages: a sub-section, or a section
 * @block: bytes of a memory block, by which RAM is put online, or MACHINE_UNKNOWN
 * @sections: the kernel knows no sub-sections, and adds struct pages for all of a section
 * @hidden: something may not be seen by who read it: addresses, then
 *
 * Each array belongs to the machine, as all that is in it.
 */
struct machine {
	char kernel[96];
	u64 page;
	u64 page_struct;
	u64 section;
	u64 unit;
	u64 block;
	bool sections;
	bool hidden;
	struct machine_range *ranges;
	struct machine_bus *buses;
	struct machine_dimm *dimms;
	struct machine_region *regions;
	struct machine_mapping *mappings;
	struct machine_namespace *namespaces;
	struct machine_dax *daxes;
	struct machine_extent *extents;
	u32 nr_ranges;
	u32 nr_buses;
	u32 nr_dimms;
	u32 nr_regions;
	u32 nr_mappings;
	u32 nr_namespaces;
	u32 nr_daxes;
	u32 nr_extents;
};

/* machine_init() - one of which nothing is told */
void machine_init(struct machine *m);

void machine_free(struct machine *m);

/*
 * machine_read() - the machine whose /sys and /proc lie in directory @root
 * @root: "/", or where they were recorded
 * @all: uuids of namespaces, too, which nothing but a saved map has
 *
 * Return: 0, or a negative errno. What is absent is no error, there is none of it then.
 */
int machine_read(const char *root, bool all, struct machine *m);

/* machine_save() - a saved map: the members of an object, without its braces */
void machine_save(const struct machine *m, FILE *out);

/*
 * machine_load() - the saved map @text
 * @why: out: what is wrong with it, for people
 *
 * Return: 0; -EINVAL: it is none; -ENOMEM
 */
int machine_load(const char *text, size_t len, struct machine *m, char *why, size_t why_len);

/* machine_load_file() - likewise, of @path; "-" is standard input */
int machine_load_file(const char *path, struct machine *m, char *why, size_t why_len);

/*
 * machine_get() - for a command: this machine, or with @path not NULL a saved one
 * @command: who asks; complains on standard error
 *
 * Return: 0, or a negative errno, complained of.
 */
int machine_get(const char *path, const char *command, struct machine *m);

/* machine_get_all() - likewise, to save it: uuids of namespaces, too */
int machine_get_all(const char *path, const char *command, struct machine *m);

/*
 * machine_add() - one more at the end of an array, zeroed
 * @array: a pointer of struct machine, @nr its count, @size that of an entry
 *
 * Return: it, until the next is added, or NULL: no memory
 */
void *machine_add(void **array, u32 *nr, size_t size);

/* Bring all arrays into the order that is promised above. */
void machine_sort(struct machine *m);

/* By name, in logarithmic time, or NULL. */
const struct machine_bus *machine_bus(const struct machine *m, const char *name);
const struct machine_region *machine_region(const struct machine *m, const char *name);
const struct machine_namespace *machine_namespace(const struct machine *m, const char *name);
const struct machine_dax *machine_dax(const struct machine *m, const char *name);

/* The first range that begins at @start or behind: an index, up to nr_ranges. */
u32 machine_ranges_from(const struct machine *m, u64 start);

/* Is it known where [start, start + size) lies? */
static inline bool machine_placed(u64 start, u64 size)
{
	return start != MACHINE_UNKNOWN && size != MACHINE_UNKNOWN && size;
}

/* Copy of @from that fits @to, with '?' for what is not printable ASCII. */
void machine_text(char *to, size_t size, const char *from);

/* JSON's form of @s, in quotes; a character that is no ASCII is a question mark. */
void machine_json_text(FILE *out, const char *s);

#endif /* _NDSTACK_MACHINE_H */
