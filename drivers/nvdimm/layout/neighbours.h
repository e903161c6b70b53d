/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who lies near a namespace, and when two cannot both have struct pages. Pure.
 * Requirements A1, A2, X2.
 *
 * The kernel adds struct pages by the unit: a sub-section of 2 MiB, or a whole
 * section of 128 MiB where it knows no smaller. A unit has one owner. Who shares
 * one with a neighbour gives up its part of it when it is created, and does
 * without struct pages when it exists already and the neighbour was first.
 */
#ifndef _ND_PFN_NEIGHBOUR_H
#define _ND_PFN_NEIGHBOUR_H

#include <linux/types.h>

/**
 * enum pfn_neighbour_kind - what a neighbour is
 * @PFN_NEIGHBOUR_RAM: System RAM: owns its units since boot
 * @PFN_NEIGHBOUR_REGION: another region, of any nd bus: may own its units some day
 * @PFN_NEIGHBOUR_NAMESPACE: another namespace of the same region: likewise
 * @PFN_NEIGHBOUR_PAGES: a range that has struct pages now
 */
enum pfn_neighbour_kind {
	PFN_NEIGHBOUR_RAM,
	PFN_NEIGHBOUR_REGION,
	PFN_NEIGHBOUR_NAMESPACE,
	PFN_NEIGHBOUR_PAGES,
};

#define PFN_NEIGHBOUR_NAME	24

/**
 * struct pfn_neighbour - a neighbour
 * @kind: what it is
 * @start: physical address
 * @size: bytes, not zero
 * @name: for messages: "System RAM", "region1", "namespace1.0"
 */
struct pfn_neighbour {
	enum pfn_neighbour_kind kind;
	u64 start;
	u64 size;
	char name[PFN_NEIGHBOUR_NAME];
};

/**
 * struct pfn_neighbours - all of them, in any order
 * @entry: the neighbours
 * @nr: how many
 */
struct pfn_neighbours {
	struct pfn_neighbour *entry;
	u32 nr;
};

/*
 * pfn_neighbour_find() - the first neighbour in [@start, @end)
 * @now: count those only that own their units now: RAM and PAGES
 *
 * Return: the one with the lowest address, or NULL.
 */
const struct pfn_neighbour *pfn_neighbour_find(const struct pfn_neighbours *neighbours,
					       u64 start, u64 end, bool now);

/*
 * pfn_neighbour_is_own() - is @ram what kmem has made of the namespace [@start, @end) itself?
 * @added: by a driver, not by boot
 *
 * kmem keeps what it cannot take offline when it is unbound: it is there when the namespace is
 * met again, and a driver that wants these bytes is refused by their reservation.
 */
bool pfn_neighbour_is_own(const struct pfn_neighbour *ram, u64 start, u64 end, bool added);

/* Has boot made the memmap of the section at [@start, @start + @section)? It does for RAM. */
bool pfn_neighbour_boot_section(const struct pfn_neighbours *neighbours, u64 start, u64 section);

/*
 * pfn_neighbour_lost() - bytes that [@start, @start + @size) gives up to @near
 *
 * Zero when they share no unit: what X2's `conflicts` foretells, and what
 * pfn_layout_create() then does, for one neighbour at a time.
 */
u64 pfn_neighbour_lost(const struct pfn_neighbour *near, u64 start, u64 size, u64 unit);

#endif /* _ND_PFN_NEIGHBOUR_H */
