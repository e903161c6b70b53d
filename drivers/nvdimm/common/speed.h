/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How fast the memory of a node is, for kmem and for attributes, as the Heterogeneous Memory
 * Attribute Table says (ACPI 6.5 §5.2.27). hmat.c is pure: bytes of a table in, numbers out.
 */
#ifndef _ND_SPEED_H
#define _ND_SPEED_H

#include <linux/types.h>

/* ---- hmat.c ---- */

/**
 * struct nd_speed - how fast memory is, seen from whom it is fastest for; 0: not told
 * @read_ns: until what is read is there
 * @write_ns: likewise, written
 * @read_mbs: a second, in megabytes, of whichever kind firmware means
 * @write_mbs: likewise
 */
struct nd_speed {
	u32 read_ns;
	u32 write_ns;
	u32 read_mbs;
	u32 write_mbs;
};

/**
 * hmat_speed() - what a table says of the memory of a node
 * @table: whole, with its header; revision 2, as others have other units
 * @len: its bytes, whatever its header says
 * @node_of: the node of a proximity domain, or a negative number
 * @node: which
 * @speed: out
 *
 * Return: does it say anything?
 */
bool hmat_speed(const void *table, size_t len, int (*node_of)(u32 domain), int node,
		struct nd_speed *speed);

/* ---- speed.c ---- */

/**
 * nd_speed_of() - of a node
 * @node: which; it need not be online
 * @speed: out
 *
 * Context: process. Return: is anything known?
 */
bool nd_speed_of(int node, struct nd_speed *speed);

/**
 * nd_speed_show() - as the attribute performance of a device tells it
 * @node: of its memory, or a negative number
 * @buf: of sysfs
 *
 * Context: process. Return: bytes written.
 */
ssize_t nd_speed_show(int node, char *buf);

#endif /* _ND_SPEED_H */
