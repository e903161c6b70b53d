/* SPDX-License-Identifier: GPL-2.0 */
/* Lanes of BTT writes: see lane.c. */
#ifndef _ND_LANE_H
#define _ND_LANE_H

#include <linux/mutex.h>

struct nd_lane;
struct nd_region;

/*
 * struct nd_lanes - the lanes of a region
 * @nr: how many
 * @lane: [@nr]; none until the first BTT: 16 KiB, which a region without one is spared
 * @several: who holds more lanes than one holds this first, so that who waits for a lane, with
 *	others held, is waited for by nobody but those who have none
 */
struct nd_lanes {
	int nr;
	struct nd_lane *lane;
	struct mutex several;
};

int nd_lanes_provide(struct nd_region *region);
void nd_lanes_free(struct nd_region *region);

int nd_region_try_lane(struct nd_region *nd_region);
void nd_region_acquire_this_lane(struct nd_region *nd_region, unsigned int lane);
void nd_region_begin_several_lanes(struct nd_region *nd_region);
void nd_region_acquire_another_lane(struct nd_region *nd_region, unsigned int lane);
void nd_region_end_several_lanes(struct nd_region *nd_region);

#endif /* _ND_LANE_H */
