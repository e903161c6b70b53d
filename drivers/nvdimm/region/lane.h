/* SPDX-License-Identifier: GPL-2.0 */
/* Lanes of BTT writes: see lane.c. */
#ifndef _ND_LANE_H
#define _ND_LANE_H

struct nd_lane;
struct nd_region;

/* None until the first BTT: 16 KiB, which a region without one is spared. */
struct nd_lanes {
	int nr;
	struct nd_lane *lane;		/* [nr] */
};

int nd_lanes_provide(struct nd_region *region);
void nd_lanes_free(struct nd_region *region);

void nd_region_acquire_this_lane(struct nd_region *nd_region, unsigned int lane);
bool nd_region_try_lane(struct nd_region *nd_region, unsigned int lane);

#endif /* _ND_LANE_H */
