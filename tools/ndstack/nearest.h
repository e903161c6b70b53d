/* SPDX-License-Identifier: GPL-2.0 */
/* Sizes near one that does not do, and that do. Pure: asks layout/dry_run.h. Requirement X21. */
#ifndef _NDSTACK_NEAREST_H
#define _NDSTACK_NEAREST_H

#include <linux/types.h>
#include "layout/dry_run.h"

/**
 * struct nearest - what would do
 * @below: nearest smaller size that works with this alignment, 0: none
 * @above: nearest larger one
 * @align: largest smaller alignment that works with this size
 */
struct nearest {
	u64 below;
	u64 above;
	u64 align;
};

/*
 * nearest_find() - what would do in place of @v, which pfn_admit() has refused
 * @req: as pfn_admit() has left it; its size is as before when this returns
 */
void nearest_find(struct pfn_request *req, const struct pfn_wish *wish,
		  const struct pfn_room *room, const struct pfn_verdict *v, struct nearest *out);

#endif /* _NDSTACK_NEAREST_H */
