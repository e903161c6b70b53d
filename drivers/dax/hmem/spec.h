/* SPDX-License-Identifier: GPL-2.0 */
/* A range of memory as dax_hmem's parameter describes it: SIZE@START[:NODE]. Pure. */
#ifndef _HMEM_SPEC_H
#define _HMEM_SPEC_H

#include <linux/types.h>

#define HMEM_NO_NODE	(-1)

/**
 * struct hmem_spec - a range
 * @start: physical address, a multiple of the unit it is checked with
 * @size: bytes, likewise
 * @node: NUMA node of its memory, or HMEM_NO_NODE: firmware's tables say
 */
struct hmem_spec {
	u64 start;
	u64 size;
	int node;
};

/*
 * hmem_spec_parse() - numbers decimal or 0x, with K, M, G or T behind
 * @unit: a power of two
 * Return: 0; -EINVAL: not of that form, not a multiple of @unit, or no bytes; -ERANGE: wraps
 */
int hmem_spec_parse(const char *text, u64 unit, struct hmem_spec *spec);

static inline bool hmem_specs_overlap(const struct hmem_spec *a, const struct hmem_spec *b)
{
	return a->start < b->start + b->size && b->start < a->start + a->size;
}

#endif /* _HMEM_SPEC_H */
