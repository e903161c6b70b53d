// SPDX-License-Identifier: GPL-2.0
/* The machine: its arrays. Pure: see machine.h. */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <stdlib.h>
#include "machine.h"

void machine_init(struct machine *m)
{
	*m = (struct machine) {
		.page = SZ_4K, .page_struct = 64, .section = SZ_128M, .unit = SZ_2M,
		.block = MACHINE_UNKNOWN,
	};
}

void machine_free(struct machine *m)
{
	free(m->ranges);
	free(m->buses);
	free(m->dimms);
	free(m->regions);
	free(m->mappings);
	free(m->namespaces);
	free(m->daxes);
	free(m->extents);
	machine_init(m);
}

void *machine_add(void **array, u32 *nr, size_t size)
{
	void *bigger;

	/* it has room for a power of two */
	if (!*nr || is_power_of_2(*nr)) {
		bigger = reallocarray(*array, *nr ? 2ull * *nr : 1, size);
		if (!bigger)
			return NULL;
		*array = bigger;
	}
	return memset((char *)*array + size * (*nr)++, 0, size);
}

/* Outer ranges first; what lies at the same place stays in the order of depth. */
static int machine_by_place(const void *a, const void *b)
{
	const struct machine_range *l = a, *r = b;

	if (l->start != r->start)
		return l->start < r->start ? -1 : 1;
	if (l->depth != r->depth)
		return l->depth < r->depth ? -1 : 1;
	if (l->size != r->size)
		return l->size > r->size ? -1 : 1;
	return strcmp(l->name, r->name);
}

static int machine_by_node(const void *a, const void *b)
{
	const struct machine_extent *l = a, *r = b;

	if (l->start != r->start)
		return l->start < r->start ? -1 : 1;
	return strcmp(l->name, r->name);
}

/* Every noun begins with its name. */
static int machine_by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static_assert(!offsetof(struct machine_bus, name) && !offsetof(struct machine_dimm, name) &&
	      !offsetof(struct machine_region, name) && !offsetof(struct machine_mapping, name) &&
	      !offsetof(struct machine_namespace, name) && !offsetof(struct machine_dax, name));

static void machine_order(void *array, u32 nr, size_t size, int (*by)(const void *, const void *))
{
	if (nr)
		qsort(array, nr, size, by);
}

void machine_sort(struct machine *m)
{
	machine_order(m->ranges, m->nr_ranges, sizeof(*m->ranges), machine_by_place);
	machine_order(m->extents, m->nr_extents, sizeof(*m->extents), machine_by_node);
	machine_order(m->buses, m->nr_buses, sizeof(*m->buses), machine_by_name);
	machine_order(m->dimms, m->nr_dimms, sizeof(*m->dimms), machine_by_name);
	machine_order(m->regions, m->nr_regions, sizeof(*m->regions), machine_by_name);
	machine_order(m->mappings, m->nr_mappings, sizeof(*m->mappings), machine_by_name);
	machine_order(m->namespaces, m->nr_namespaces, sizeof(*m->namespaces), machine_by_name);
	machine_order(m->daxes, m->nr_daxes, sizeof(*m->daxes), machine_by_name);
}

static const void *machine_find(const void *array, u32 nr, size_t size, const char *name)
{
	return nr ? bsearch(name, array, nr, size, machine_by_name) : NULL;
}

const struct machine_bus *machine_bus(const struct machine *m, const char *name)
{
	return machine_find(m->buses, m->nr_buses, sizeof(*m->buses), name);
}

const struct machine_region *machine_region(const struct machine *m, const char *name)
{
	return machine_find(m->regions, m->nr_regions, sizeof(*m->regions), name);
}

const struct machine_namespace *machine_namespace(const struct machine *m, const char *name)
{
	return machine_find(m->namespaces, m->nr_namespaces, sizeof(*m->namespaces), name);
}

const struct machine_dax *machine_dax(const struct machine *m, const char *name)
{
	return machine_find(m->daxes, m->nr_daxes, sizeof(*m->daxes), name);
}

u32 machine_ranges_from(const struct machine *m, u64 start)
{
	u32 low = 0, high = m->nr_ranges;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (m->ranges[middle].start < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool machine_printable(char c)
{
	return c >= 0x20 && c < 0x7f;
}

void machine_text(char *to, size_t size, const char *from)
{
	size_t i;

	for (i = 0; i + 1 < size && from[i]; i++)
		to[i] = machine_printable(from[i]) ? from[i] : '?';
	memset(to + i, 0, size - i);
}

void machine_json_text(FILE *out, const char *s)
{
	fputc('"', out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', out);
		fputc(machine_printable(*s) ? *s : '?', out);
	}
	fputc('"', out);
}
