/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who has memory in the unit of struct pages that a device begins or ends in: the cause of most
 * refusals where a driver does not tell it, or tells no more than a range. Pure.
 */
#ifndef _NDSTACK_WHY_NEAR_H
#define _NDSTACK_WHY_NEAR_H

#include "map.h"

/**
 * struct why_near - a neighbour
 * @name: of it: "System RAM", "namespace0.1", "region2"
 * @start: of the unit
 * @unit: bytes of it: a sub-section of 2 MiB, or a section
 * @held: the kernel adds struct pages by so much or more: the two stand in each other's way
 * @dax: a dax device that no namespace has: daxctl disables it
 */
struct why_near {
	char name[64];
	u64 start;
	u64 unit;
	bool held;
	bool dax;
};

/*
 * why_near() - of namespace @space, or if that is "", of region @region
 * @out: the one before, and the one behind
 *
 * Return: how many there are, up to 2
 */
unsigned int why_near(const struct map *map, const char *space, const char *region,
		      struct why_near *out);

#endif /* _NDSTACK_WHY_NEAR_H */
