/* SPDX-License-Identifier: GPL-2.0 */
/* Address ranges that become regions. */
#ifndef _NFIT_REGION_H
#define _NFIT_REGION_H

#include <linux/libnvdimm.h>
#include <linux/list.h>

struct nfit_bus;
struct nfit_model;

/**
 * struct nfit_region - an address range that became a region
 * @node: in nfit_bus.regions
 * @region: of libnvdimm
 * @index: of the range; 0: a virtual one, known by @address only
 * @address: its start
 * @length: bytes
 * @persistent: it keeps its contents
 * @set: referred to by @region
 * @claim: what we put into the resource tree, NULL when firmware's map had it
 */
struct nfit_region {
	struct list_head node;
	struct nd_region *region;
	u16 index;
	u64 address;
	u64 length;
	bool persistent;
	struct nd_interleave_set set;
	struct resource *claim;
};

/* Create the regions of @model that are not there yet. Context: nfit->lock held. */
void nfit_add_regions(struct nfit_bus *nfit, const struct nfit_model *model);
/* Poison in [start, start + len) is news: have the regions there look. Context: nfit->lock held. */
void nfit_regions_notify(struct nfit_bus *nfit, u64 start, u64 len);
/* Context: the regions are gone. */
void nfit_regions_free(struct nfit_bus *nfit);

#endif /* _NFIT_REGION_H */
