/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sub-section memory hotplug, for kernels that only know sections of 128 MiB.
 *
 * Nouns. A *section* is what the kernel's memory model counts in; a *sub-section* is 2 MiB of
 * one. A *piece* is a range of whole sub-sections within one section, what one step adds or
 * removes; a *span* may cross sections, and is a chain of pieces. The *memmap* is the struct
 * pages. An *early* section has RAM of boot: the kernel has given all of it a memmap, its holes
 * too. What is added to such a hole uses that memmap; any other piece brings its own, part of
 * which may lie in the memory that is added (altmap).
 *
 * Who owns what. The map of a section (struct subsection_map) is part of its struct mem_section,
 * and so are the section's flags of pageblocks, which are allocated with the first piece of a
 * section and freed with its last; those of boot are never freed. A piece's memmap goes with the
 * piece. The memmap of an early section stays, zeroed where a piece has gone, until the RAM goes.
 *
 * Lifetime. Why the maps are within struct mem_section, and not in an object beside it: pfn_valid()
 * takes no lock, so an object that goes with the last piece would have to be read under RCU there,
 * in a function that is called for every page of a scan, or live for ever. A mem_section lives for
 * ever, and its cache line is one that pfn_valid() reads in any case. What it costs: 16 bytes for
 * each section of 128 MiB that is there, and a table of roots twice as large (16 KiB more).
 *
 * Locks. All changes are made under mem_hotplug_begin(), or before there is another CPU; it ranks
 * below device_hotplug_lock, and nothing here takes a lock but the allocators'. Readers take none:
 * a bit is set after what it promises is there, and cleared before that goes. As ever, whoever
 * has found a page valid and holds nothing that keeps it may see it go.
 *
 * Laws. An add is all or nothing, of a span too: on an error nothing has changed. What is there is
 * not added again (-EEXIST), what is not there is not removed (-ENOENT, and the log has a warning).
 * RAM of boot leaves with its whole section, and last (-EBUSY before): its memmap serves what fills
 * the holes.
 *
 * mm/subsection_map.c decides, and compiles outside of a kernel as it is; what it asks for is done
 * by the functions below "hands", which mm/subsection.c has for the kernel.
 */
#ifndef _MM_SUBSECTION_MAP_H
#define _MM_SUBSECTION_MAP_H

/**
 * struct subsection_piece - a range within one section, on its way in or out
 * @pfn: first page, at the start of a sub-section
 * @nr_pages: whole sub-sections
 * @nid: node, on the way in
 * @altmap: storage for its memmap, or NULL
 * @unused: pages at its head whose struct pages nobody has set up, on the way out
 */
struct subsection_piece {
	unsigned long pfn;
	unsigned long nr_pages;
	int nid;
	struct vmem_altmap *altmap;
	unsigned long unused;
};

bool subsection_span_ok(unsigned long pfn, unsigned long nr_pages, unsigned long unit);
unsigned long subsection_piece_end(unsigned long pfn, unsigned long end);
void subsection_map_boot(struct subsection_map *map, unsigned long pfn, unsigned long end);
int subsection_may_add(const struct subsection_map *map, const struct subsection_piece *p);
int subsection_may_remove(const struct subsection_map *map, const struct subsection_piece *p);
bool subsection_map_mixed(const struct subsection_map *map);
int subsection_activate(const struct subsection_piece *p);
int subsection_deactivate(const struct subsection_piece *p);

/* Hands: what the decisions above have done. Those that return an int may fail. */
int subsection_root_get(const struct subsection_piece *p);
struct subsection_map *subsection_map_of(unsigned long pfn);
int subsection_flags_get(const struct subsection_piece *p);
void subsection_flags_put(const struct subsection_piece *p);
void subsection_flags_put_boot(const struct subsection_piece *p);
int subsection_memmap_get(const struct subsection_piece *p);
void subsection_memmap_put(const struct subsection_piece *p);
void subsection_memmap_put_boot(const struct subsection_piece *p);
void subsection_memmap_clear(const struct subsection_piece *p);
void subsection_memmap_retire(const struct subsection_piece *p);
void subsection_publish(const struct subsection_piece *p);
void subsection_withdraw(const struct subsection_piece *p);

#endif /* _MM_SUBSECTION_MAP_H */
