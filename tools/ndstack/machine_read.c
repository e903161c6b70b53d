// SPDX-License-Identifier: GPL-2.0
/* The machine, from /proc/iomem and sysfs. See machine.h. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "machine.h"

/**
 * struct holder - a btt, pfn or dax device that has a namespace
 * @name: of it
 * @ns: of the namespace
 */
struct holder {
	char name[MACHINE_NAME];
	char ns[MACHINE_NAME];
};

/**
 * struct reading - a machine in the making
 * @m: it
 * @root: directory of /sys and /proc
 * @all: what is only saved, too
 * @holders: of the namespaces of one region, @nr_holders
 * @rc: 0 or a negative errno: -ENOMEM
 */
struct reading {
	struct machine *m;
	int root;
	bool all;
	struct holder *holders;
	u32 nr_holders;
	int rc;
};

/* ---- files ---- */

/* The first bytes of a file, without the newline. Return: false: "" */
static bool read_attr(struct reading *r, int dir, const char *path, char *out, size_t size)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	*out = 0;
	if (fd < 0) {
		r->m->hidden |= errno == EACCES || errno == EPERM;
		return false;
	}
	got = read(fd, out, size - 1);
	close(fd);
	if (got < 0)
		return false;
	out[got] = 0;
	while (got > 0 && isspace((unsigned char)out[got - 1]))
		out[--got] = 0;
	return true;
}

static void read_text(struct reading *r, int dir, const char *path, char *out, size_t size)
{
	char text[4096];

	read_attr(r, dir, path, text, sizeof(text));
	machine_text(out, size, text);
}

static u64 read_number(struct reading *r, int dir, const char *path, int base)
{
	char text[64], *end;
	u64 value;

	if (!read_attr(r, dir, path, text, sizeof(text)) || !isxdigit((unsigned char)*text))
		return MACHINE_UNKNOWN;
	errno = 0;
	value = strtoull(text, &end, base);
	return errno || *end || value >= MACHINE_LIMIT ? MACHINE_UNKNOWN : value;
}

static u64 read_u64(struct reading *r, int dir, const char *path)
{
	return read_number(r, dir, path, 0);
}

/* An address: what may not be seen reads as 0 on some kernels. */
static u64 read_address(struct reading *r, int dir, const char *path)
{
	return read_u64(r, dir, path) ?: MACHINE_UNKNOWN;
}

static s32 read_node(struct reading *r, int dir, const char *path)
{
	u64 node = read_u64(r, dir, path);

	return node <= S32_MAX ? (s32)node : -1;
}

/* Last component of the link at @path. */
static bool read_link(int dir, const char *path, char *out, size_t size)
{
	char to[4096], *last;
	ssize_t got = readlinkat(dir, path, to, sizeof(to) - 1);

	*out = 0;
	if (got < 0)
		return false;
	to[got] = 0;
	last = strrchr(to, '/');
	machine_text(out, size, last ? last + 1 : to);
	return true;
}

/* The component of the link at @path that begins with @prefix. */
static void read_ancestor(int dir, const char *path, const char *prefix, char *out, size_t size)
{
	char to[4096], *rest = to, *part;
	ssize_t got = readlinkat(dir, path, to, sizeof(to) - 1);

	*out = 0;
	to[max(got, (ssize_t)0)] = 0;
	while ((part = strsep(&rest, "/")))
		if (!strncmp(part, prefix, strlen(prefix)))
			machine_text(out, size, part);
}

static bool read_bound_at(int dir, const char *path)
{
	char to[4];

	return readlinkat(dir, path, to, sizeof(to)) > 0;
}

static bool read_bound(int dir)
{
	return read_bound_at(dir, "driver");
}

static int read_dir(int at, const char *path)
{
	return openat(at, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Call @each for the entries of a directory. */
static void read_entries(struct reading *r, int at, const char *path,
			 void (*each)(struct reading *, int dir, const char *name, void *data),
			 void *data)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)))
		if (*entry->d_name != '.')
			each(r, fd, entry->d_name, data);
	closedir(dir);
}

#define READ_ADD(r, member)						\
({										\
	void *array_ = (r)->m->member;						\
	void *entry_ = machine_add(&array_, &(r)->m->nr_##member,		\
				   sizeof(*(r)->m->member));			\
	(r)->m->member = array_;						\
	if (!entry_)								\
		(r)->rc = -ENOMEM;						\
	(typeof((r)->m->member))entry_;						\
})

/* ---- /proc/iomem ---- */

static void read_range(struct reading *r, const char *line)
{
	unsigned long long start, end;
	struct machine_range *range;
	const char *text = line + strspn(line, " ");
	int at = 0;

	if (sscanf(text, "%llx-%llx : %n", &start, &end, &at) != 2 || !at)
		return;
	if (!start && !end) {
		r->m->hidden = true;
		return;
	}
	/* what lies beyond has no memory */
	if (start >= MACHINE_LIMIT || end < start)
		return;
	range = READ_ADD(r, ranges);
	if (!range)
		return;
	range->start = start;
	range->size = min(end, MACHINE_LIMIT - 1) - start + 1;
	range->depth = (text - line) / 2;
	machine_text(range->name, sizeof(range->name), text + at);
}

static void read_iomem(struct reading *r)
{
	int fd = openat(r->root, "proc/iomem", O_RDONLY | O_CLOEXEC);
	FILE *in = fd < 0 ? NULL : fdopen(fd, "r");
	char line[512];

	if (!in) {
		r->m->hidden |= fd < 0 && errno != ENOENT;
		if (fd >= 0)
			close(fd);
		return;
	}
	while (!r->rc && fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = 0;
		read_range(r, line);
	}
	fclose(in);
}

/* ---- the nd bus ---- */

/* The lines of `features` of our drivers that matter here. */
static void read_features(struct reading *r, int dir, struct machine_bus *bus)
{
	char text[4096], *rest = text, *line;

	bus->unit = MACHINE_UNKNOWN;
	if (!read_attr(r, dir, "features", text, sizeof(text)))
		return;
	while ((line = strsep(&rest, "\n"))) {
		if (!strncmp(line, "subsection ", 11))
			bus->unit = strtoull(line + 11, NULL, 10) << 20;
		bus->shared |= !strncmp(line, "shared_vmemmap yes", 18);
	}
	if (bus->unit != SZ_2M && bus->unit != SZ_128M)
		bus->unit = MACHINE_UNKNOWN;
}

static void read_bus(struct reading *r, int dir, const char *name)
{
	struct machine_bus *bus = READ_ADD(r, buses);

	if (!bus)
		return;
	machine_text(bus->name, sizeof(bus->name), name);
	read_text(r, dir, "provider", bus->provider, sizeof(bus->provider));
	read_features(r, dir, bus);
	if (bus->unit != MACHINE_UNKNOWN)
		r->m->sections = bus->unit == r->m->section;
}

static void read_dimm(struct reading *r, int dir, int parent, const char *name)
{
	struct machine_dimm *dimm = READ_ADD(r, dimms);

	if (!dimm)
		return;
	machine_text(dimm->name, sizeof(dimm->name), name);
	read_ancestor(parent, name, "ndbus", dimm->bus, sizeof(dimm->bus));
	read_text(r, dir, "nfit/flags", dimm->flags, sizeof(dimm->flags));
	read_text(r, dir, "security", dimm->security, sizeof(dimm->security));
	dimm->slots = read_u64(r, dir, "available_slots");
	dimm->enabled = read_bound(dir);
	read_text(r, dir, "last_error", dimm->last_error, sizeof(dimm->last_error));
}

/* mappingN: "nmem0,OFFSET,SIZE,POSITION" */
static void read_mapping(struct reading *r, int dir, const char *region, u32 n)
{
	struct machine_mapping *mapping;
	char path[MACHINE_NAME], text[128], *rest = text;
	const char *dimm, *start, *size;

	snprintf(path, sizeof(path), "mapping%u", n);
	if (!read_attr(r, dir, path, text, sizeof(text)))
		return;
	dimm = strsep(&rest, ",");
	start = strsep(&rest, ",");
	size = strsep(&rest, ",");
	mapping = size ? READ_ADD(r, mappings) : NULL;
	if (!mapping)
		return;
	snprintf(mapping->name, sizeof(mapping->name), "%.20s/%03u", region, n);
	machine_text(mapping->region, sizeof(mapping->region), region);
	machine_text(mapping->dimm, sizeof(mapping->dimm), dimm);
	mapping->start = min(strtoull(start, NULL, 0), MACHINE_LIMIT - 1);
	mapping->size = min(strtoull(size, NULL, 0), MACHINE_LIMIT - 1);
}

static bool read_is(const char *name, const char *noun)
{
	size_t len = strlen(noun);

	return !strncmp(name, noun, len) && isdigit((unsigned char)name[len]);
}

static void read_name_of_entry(struct reading *r, int dir, const char *name, void *data)
{
	machine_text(data, MACHINE_NAME, name);
}

static const char *mode_of_holder(const char *holder)
{
	if (!strncmp(holder, "btt", 3))
		return MACHINE_SECTOR;
	if (!strncmp(holder, "pfn", 3))
		return MACHINE_FSDAX;
	return MACHINE_DEVDAX;
}

static const char *memmap_of_mode(const char *mode)
{
	if (!strcmp(mode, "pmem"))
		return "dev";
	return !strcmp(mode, "ram") ? "mem" : "";
}

/* What the pfn or dax device @dir says of the data of its namespace. */
static void read_data(struct reading *r, int dir, struct machine_namespace *ns)
{
	char mode[16];

	ns->data = read_address(r, dir, "resource");
	ns->data_size = read_u64(r, dir, "size");
	ns->align = read_u64(r, dir, "align");
	read_attr(r, dir, "mode", mode, sizeof(mode));
	machine_text(ns->memmap, sizeof(ns->memmap), memmap_of_mode(mode));
}

static void read_holder(struct reading *r, int parent, struct machine_namespace *ns)
{
	int dir = read_dir(parent, ns->holder);

	if (dir < 0)
		return;
	machine_text(ns->mode, sizeof(ns->mode), mode_of_holder(ns->holder));
	ns->enabled = read_bound(dir);
	if (strcmp(ns->mode, MACHINE_SECTOR))
		read_data(r, dir, ns);
	read_entries(r, dir, "block", read_name_of_entry, ns->disk);
	read_text(r, dir, "last_error", ns->last_error, sizeof(ns->last_error));
	close(dir);
}

/* Paths of what is in the directory of a device, from the one it lies in. */
struct child {
	char path[2 * MACHINE_NAME];
	size_t stem;
};

static void child_init(struct child *at, const char *name)
{
	at->stem = snprintf(at->path, sizeof(at->path), "%.31s/", name);
}

/* @attr: shorter than MACHINE_NAME */
static const char *child_path(struct child *at, const char *attr)
{
	strcpy(at->path + at->stem, attr);
	return at->path;
}

static void read_accounts(struct reading *r, int parent, struct child *at,
			  struct machine_namespace *ns)
{
	ns->usable = read_u64(r, parent, child_path(at, "usable_bytes"));
	/* the others are absent, too, or not to be told */
	if (ns->usable == MACHINE_UNKNOWN)
		return;
	ns->memmap_bytes = read_u64(r, parent, child_path(at, "memmap_bytes"));
	ns->memmap_dram = read_u64(r, parent, child_path(at, "memmap_dram_bytes"));
	ns->pad = read_u64(r, parent, child_path(at, "pad_bytes"));
}

static int by_namespace(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	return strcmp(x->ns, y->ns);
}

/*
 * Of the device @name below the directory @parent. Of ten thousand namespaces each attribute costs
 * a fifth of a second: none is read that can be done without, and none through a link.
 */
static void read_namespace(struct reading *r, int parent, const char *name)
{
	struct machine_namespace *ns;
	struct holder key, *holder;
	struct child at;
	u64 size;

	child_init(&at, name);
	size = read_u64(r, parent, child_path(&at, "size"));
	/* a seed: what the next one will be */
	if (!size || size == MACHINE_UNKNOWN)
		return;
	ns = READ_ADD(r, namespaces);
	if (!ns)
		return;
	machine_text(ns->name, sizeof(ns->name), name);
	snprintf(ns->region, sizeof(ns->region), "region%.*s",
		 (int)strcspn(name + strlen("namespace"), "."), name + strlen("namespace"));
	ns->size = size;
	ns->start = read_address(r, parent, child_path(&at, "resource"));
	ns->data = MACHINE_UNKNOWN;
	ns->data_size = MACHINE_UNKNOWN;
	ns->align = MACHINE_UNKNOWN;
	ns->usable = MACHINE_UNKNOWN;
	ns->memmap_bytes = MACHINE_UNKNOWN;
	ns->memmap_dram = MACHINE_UNKNOWN;
	ns->pad = MACHINE_UNKNOWN;
	if (r->all)
		read_text(r, parent, child_path(&at, "uuid"), ns->uuid, sizeof(ns->uuid));
	read_text(r, parent, child_path(&at, "alt_name"), ns->alt_name, sizeof(ns->alt_name));
	machine_text(key.ns, sizeof(key.ns), name);
	holder = bsearch(&key, r->holders, r->nr_holders, sizeof(key), by_namespace);
	if (holder) {
		machine_text(ns->holder, sizeof(ns->holder), holder->name);
		read_holder(r, parent, ns);
	} else if (read_bound_at(parent, child_path(&at, "driver"))) {
		ns->enabled = true;
		machine_text(ns->mode, sizeof(ns->mode), MACHINE_RAW);
		read_entries(r, parent, child_path(&at, "block"), read_name_of_entry, ns->disk);
	}
	if (ns->enabled)
		read_accounts(r, parent, &at, ns);
	if (!*ns->last_error)
		read_text(r, parent, child_path(&at, "last_error"), ns->last_error,
			  sizeof(ns->last_error));
}

static void read_holder_of(struct reading *r, int parent, const char *name, void *data)
{
	struct holder *holder;
	char ns[MACHINE_NAME];
	struct child at;
	void *array = r->holders;

	if ((!read_is(name, "btt") && !read_is(name, "pfn") && !read_is(name, "dax")) ||
	    strlen(name) >= MACHINE_NAME)
		return;
	child_init(&at, name);
	read_text(r, parent, child_path(&at, "namespace"), ns, sizeof(ns));
	if (!*ns)
		return;
	holder = machine_add(&array, &r->nr_holders, sizeof(*holder));
	r->holders = array;
	if (!holder) {
		r->rc = -ENOMEM;
		return;
	}
	machine_text(holder->name, sizeof(holder->name), name);
	memcpy(holder->ns, ns, sizeof(holder->ns));
}

static void read_namespace_of(struct reading *r, int parent, const char *name, void *data)
{
	if (read_is(name, "namespace") && strlen(name) < MACHINE_NAME && !r->rc)
		read_namespace(r, parent, name);
}

/* The namespaces of a region, @dir, and who has them. */
static void read_children(struct reading *r, int dir)
{
	r->nr_holders = 0;
	read_entries(r, dir, ".", read_holder_of, NULL);
	if (r->nr_holders)
		qsort(r->holders, r->nr_holders, sizeof(*r->holders), by_namespace);
	read_entries(r, dir, ".", read_namespace_of, NULL);
	free(r->holders);
	r->holders = NULL;
}

#define READ_NSTYPE_PMEM	5	/* ND_DEVICE_NAMESPACE_PMEM: by labels */

static void read_region_type(struct reading *r, int dir, struct machine_region *region)
{
	char text[64];

	read_attr(r, dir, "devtype", text, sizeof(text));
	if (strstr(text, "volatile"))
		strcpy(region->type, "volatile");
	else if (strstr(text, "blk"))
		strcpy(region->type, "blk");
	else
		strcpy(region->type, "pmem");
	region->labelled = read_u64(r, dir, "nstype") == READ_NSTYPE_PMEM;
}

static void read_region(struct reading *r, int dir, int parent, const char *name)
{
	struct machine_region *region = READ_ADD(r, regions);

	if (!region)
		return;
	machine_text(region->name, sizeof(region->name), name);
	read_ancestor(parent, name, "ndbus", region->bus, sizeof(region->bus));
	read_region_type(r, dir, region);
	region->start = read_address(r, dir, "resource");
	region->size = read_u64(r, dir, "size");
	region->align = read_u64(r, dir, "align");
	region->available = read_u64(r, dir, "available_size");
	region->largest = read_u64(r, dir, "max_available_extent");
	region->ways = read_u64(r, dir, "mappings");
	region->node = read_node(r, dir, "numa_node");
	region->target_node = read_node(r, dir, "target_node");
	region->read_only = read_u64(r, dir, "read_only") == 1;
	region->enabled = read_bound(dir);
	read_text(r, dir, "last_error", region->last_error, sizeof(region->last_error));
	/* firmware has no interleave set of more */
	for (u32 i = 0; region->ways != MACHINE_UNKNOWN && i < min(region->ways, 512ull); i++)
		read_mapping(r, dir, name, i);
	read_children(r, dir);
}

static void read_nd_device(struct reading *r, int parent, const char *name, void *data)
{
	static const char *const wanted[] = { "ndbus", "nmem", "region" };
	u32 i = 0;
	int dir;

	while (i < ARRAY_SIZE(wanted) && !read_is(name, wanted[i]))
		i++;
	if (i == ARRAY_SIZE(wanted) || strlen(name) >= MACHINE_NAME || r->rc)
		return;
	dir = read_dir(parent, name);
	if (dir < 0)
		return;
	if (i == 0)
		read_bus(r, dir, name);
	else if (i == 1)
		read_dimm(r, dir, parent, name);
	else
		read_region(r, dir, parent, name);
	close(dir);
}

/* ---- the dax bus, and nodes ---- */

/* The device that it is a child of, or of whose dax_region it is. */
static void read_parent(int parent, const char *name, char *out, size_t size)
{
	char to[4096], *rest = to, *part;
	const char *last = "", *before = "";
	ssize_t got = readlinkat(parent, name, to, sizeof(to) - 1);

	to[max(got, (ssize_t)0)] = 0;
	while ((part = strsep(&rest, "/"))) {
		before = last;
		last = part;
	}
	machine_text(out, size, before);
}

static void read_dax(struct reading *r, int parent, const char *name, void *data)
{
	struct machine_dax *dax;
	int dir = read_dir(parent, name);
	u64 size = dir < 0 ? 0 : read_u64(r, dir, "size");

	dax = size && size != MACHINE_UNKNOWN && strlen(name) < MACHINE_NAME ?
		READ_ADD(r, daxes) : NULL;
	if (dax) {
		machine_text(dax->name, sizeof(dax->name), name);
		read_parent(parent, name, dax->parent, sizeof(dax->parent));
		read_link(dir, "driver", dax->driver, sizeof(dax->driver));
		read_text(r, dir, "kmem_state", dax->state, sizeof(dax->state));
		dax->size = size;
		dax->start = read_address(r, dir, "resource");
		dax->align = read_u64(r, dir, "align");
		dax->target_node = read_node(r, dir, "target_node");
	}
	if (dir >= 0)
		close(dir);
}

static void read_memory_block(struct reading *r, int dir, const char *name, void *node)
{
	struct machine_extent *extent;
	u64 start, number;

	if (!read_is(name, "memory"))
		return;
	number = strtoull(name + strlen("memory"), NULL, 10);
	if (number >= MACHINE_LIMIT / r->m->block)
		return;
	start = number * r->m->block;
	extent = READ_ADD(r, extents);
	if (!extent)
		return;
	machine_text(extent->name, sizeof(extent->name), node);
	extent->start = start;
	extent->size = r->m->block;
}

static void read_one_node(struct reading *r, int parent, const char *name, void *data)
{
	char node[MACHINE_NAME];

	if (!read_is(name, "node") || r->m->block == MACHINE_UNKNOWN || !r->m->block)
		return;
	machine_text(node, sizeof(node), name);
	read_entries(r, parent, name, read_memory_block, node);
}

/* Sorted, side by side, and of one node: one. */
static void read_join_extents(struct machine *m)
{
	u32 used = 0;

	for (u32 i = 0; i < m->nr_extents; i++) {
		struct machine_extent *last = used ? &m->extents[used - 1] : NULL;
		const struct machine_extent *next = &m->extents[i];

		if (last && last->start + last->size == next->start &&
		    !strcmp(last->name, next->name))
			last->size += next->size;
		else
			m->extents[used++] = *next;
	}
	m->nr_extents = used;
}

/* ---- all of it ---- */

/* The running kernel, or the one that a recorded tree names. */
static void read_kernel(struct reading *r)
{
	unsigned int major, minor;

	read_text(r, r->root, "proc/sys/kernel/osrelease", r->m->kernel, sizeof(r->m->kernel));
	/* the first with sub-sections; of ours, the bus says so itself */
	r->m->sections = sscanf(r->m->kernel, "%u.%u", &major, &minor) == 2 &&
		(major < 5 || (major == 5 && minor < 3));
}

/* By what struct pages are added, once it is known what the drivers say. */
static void read_unit(struct reading *r)
{
	/* the second beside a libnvdimm that the kernel has built in */
	static const char *const places[] = {
		"sys/module/libnvdimm/parameters/section_granular",
		"sys/module/ndstack_libnvdimm/parameters/section_granular",
	};
	char text[8] = "";

	for (int i = 0; !*text && i < ARRAY_SIZE(places); i++)
		read_attr(r, r->root, places[i], text, sizeof(text));
	r->m->unit = r->m->sections || *text == 'Y' ? r->m->section : SZ_2M;
}

int machine_read(const char *root, bool all, struct machine *m)
{
	struct reading r = { .m = m, .all = all };

	machine_init(m);
	r.root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (r.root < 0)
		return -errno;
	read_kernel(&r);
	/* this one is hexadecimal, without saying so */
	m->block = read_number(&r, r.root, "sys/devices/system/memory/block_size_bytes", 16);
	read_iomem(&r);
	read_entries(&r, r.root, "sys/bus/nd/devices", read_nd_device, NULL);
	read_unit(&r);
	read_entries(&r, r.root, "sys/bus/dax/devices", read_dax, NULL);
	read_entries(&r, r.root, "sys/devices/system/node", read_one_node, NULL);
	close(r.root);
	if (r.rc) {
		machine_free(m);
		return r.rc;
	}
	machine_sort(m);
	read_join_extents(m);
	return 0;
}
