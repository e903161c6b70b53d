// SPDX-License-Identifier: GPL-2.0
/*
 * Struct pages of a compound page share their tails: v5.18, 4917f55b4ef9
 * ("mm/sparse-vmemmap: improve memory savings for compound devmaps"); asked with this since v6.1
 */
#include <linux/memremap.h>
#include <linux/mm.h>

bool probe(struct dev_pagemap *pgmap)
{
	pgmap->vmemmap_shift = 9;
	return vmemmap_can_optimize((struct vmem_altmap *)NULL, pgmap);
}
