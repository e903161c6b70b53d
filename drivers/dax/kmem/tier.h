/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far memory is, in the kernel's abstract distance, from which it makes its tiers. Pure.
 * Nothing here knows what kind of memory it is: what counts is its speed (requirements H5, X16).
 */
#ifndef _KMEM_TIER_H
#define _KMEM_TIER_H

#include <linux/types.h>
#include "common/speed.h"

/* Percent of DRAM's distance that an administrator may name. */
#define KMEM_HINT_MAX	10000

/**
 * kmem_hint_find() - what an administrator says of a node
 * @hints: "NODE:PERCENT,...", of DRAM's distance; as it is written to a file
 * @node: which, or -1: only to see whether @hints have that form
 * @percent: out
 *
 * Return: 1; 0: nothing is said of it; -EINVAL.
 */
int kmem_hint_find(const char *hints, int node, u32 *percent);

/**
 * kmem_distance() - of memory, by how fast it is
 * @dram: distance of DRAM, 10000 at most
 * @ref: how fast that is
 * @mem: how fast the memory is
 *
 * The distance grows with the time that an access takes, and shrinks with the bytes a second. What
 * is not told of both is left out.
 *
 * Return: the distance, from 1 to a hundred times @dram; 0: nothing can be compared.
 */
int kmem_distance(int dram, const struct nd_speed *ref, const struct nd_speed *mem);

#endif /* _KMEM_TIER_H */
