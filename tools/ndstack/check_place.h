/* SPDX-License-Identifier: GPL-2.0 */
/* A namespace among its neighbours: what of its padding can be had back, in words. */
#ifndef _NDSTACK_CHECK_PLACE_H
#define _NDSTACK_CHECK_PLACE_H

#include "medium.h"
#include "reclaim.h"

/*
 * check_place_reclaim() - what reclaim_judge() makes of namespace @name on this machine
 *
 * Neighbours are known by name no longer: @out->near is NULL, or its name is in a static buffer.
 *
 * Return: 0 or a negative errno; -ENODEV: it is not where the machine's namespaces are.
 */
int check_place_reclaim(const char *name, const struct pfn_info *info, struct reclaim *out);

/* check_place_gain() - of RECLAIM_GAIN: what it gives, and for what */
void check_place_gain(const struct reclaim *r, char *text, size_t size);

/* check_place_refusal() - of the others: why padding stays. Return: false: there is none */
bool check_place_refusal(const struct reclaim *r, char *text, size_t size);

/*
 * check_place_end() - does something in [@start, @start + @size) of a medium find a part of itself
 * by where the end is: a RAID's superblock, the copy of a GPT?
 * @what: its name
 *
 * Return: 1, 0, or a negative errno.
 */
int check_place_end(const struct medium *medium, u64 start, u64 size, char *what, size_t len);

#endif /* _NDSTACK_CHECK_PLACE_H */
