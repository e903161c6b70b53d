/* SPDX-License-Identifier: GPL-2.0 */
/* The attribute labels/snapshots of a DIMM. Pure. */
#ifndef _NDSTACK_SNAPSHOTS_H
#define _NDSTACK_SNAPSHOTS_H

/*
 * snapshots_best() - which one has labels that are gone
 * @lines: newest first: number, time, occasion, version, how many labels
 *
 * Return: the number of the newest of those with the most labels; -1: the newest of all has as
 * many.
 */
int snapshots_best(const char *lines);

#endif /* _NDSTACK_SNAPSHOTS_H */
