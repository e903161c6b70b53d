// SPDX-License-Identifier: GPL-2.0
/*
 * Lanes: a BTT write needs a free block and a log slot of its own; a lane is
 * the right to use one such pair.
 *
 * A lane is owned by who holds its mutex, not by being on some CPU: a holder
 * may be preempted, sleep and move, and no second task can be let in, however
 * many lanes or CPUs there are. The CPU only says where to look first.
 *
 * Who writes holds one, and waits for no other one meanwhile. Who needs several is alone in that,
 * and begins with none.
 */
#include <linux/cache.h>
#include <linux/libnvdimm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include "region/region.h"

struct nd_lane {
	struct mutex lock;	/* its holder is the lane's owner */
} ____cacheline_aligned_in_smp;

#define LANES		256	/* log slots a BTT has at most */

/* How many neighbours to try before waiting for the lane of this CPU. */
#define LANE_TRIES	4

/**
 * nd_lanes_provide() - a BTT comes up in the region, whose writes take lanes
 * @region: the region; it keeps what the first one was given until it goes
 *
 * Context: config held for writing. Return: 0, or -ENOMEM.
 */
int nd_lanes_provide(struct nd_region *region)
{
	int i;

	if (region->lanes.lane)
		return 0;
	region->lanes.nr = LANES;
	region->lanes.lane = kvcalloc(region->lanes.nr, sizeof(*region->lanes.lane), GFP_KERNEL);
	if (!region->lanes.lane)
		return -ENOMEM;
	for (i = 0; i < region->lanes.nr; i++)
		mutex_init(&region->lanes.lane[i].lock);
	mutex_init(&region->lanes.several);
	return 0;
}
EXPORT_SYMBOL_GPL(nd_lanes_provide);

void nd_lanes_free(struct nd_region *region)
{
	int i;

	if (!region->lanes.lane)
		return;
	for (i = 0; i < region->lanes.nr; i++)
		mutex_destroy(&region->lanes.lane[i].lock);
	mutex_destroy(&region->lanes.several);
	kvfree(region->lanes.lane);
	region->lanes.lane = NULL;
}

/* The lane where this CPU looks first. */
static unsigned int own_lane(const struct nd_region *region)
{
	return raw_smp_processor_id() % region->lanes.nr;
}

/* @lane, or one of those that follow it; -EAGAIN: all of them are held. */
static int try_lanes(struct nd_region *region, unsigned int lane)
{
	unsigned int i;

	for (i = 0; i < LANE_TRIES; i++) {
		if (mutex_trylock(&region->lanes.lane[lane].lock))
			return lane;
		if (++lane == region->lanes.nr)
			lane = 0;
	}
	return -EAGAIN;
}

/**
 * nd_region_acquire_lane() - get a lane of one's own
 * @nd_region: the region, with lanes: nd_lanes_provide()
 *
 * Context: process; may sleep, and until nd_region_release_lane(), which the
 * same task calls, may sleep, be preempted and migrate. Does not nest.
 * Return: the lane, below the region's number of lanes.
 */
unsigned int nd_region_acquire_lane(struct nd_region *nd_region)
{
	unsigned int own = own_lane(nd_region);
	int lane = try_lanes(nd_region, own);

	if (likely(lane >= 0))
		return lane;
	mutex_lock(&nd_region->lanes.lane[own].lock);
	return own;
}
EXPORT_SYMBOL_GPL(nd_region_acquire_lane);

/**
 * nd_region_try_lane() - get a lane without waiting for one
 * @nd_region: the region, with lanes: nd_lanes_provide()
 *
 * Context: process; does not sleep. Otherwise as nd_region_acquire_lane().
 * Return: the lane, or -EAGAIN: other tasks hold those that this CPU may use.
 */
int nd_region_try_lane(struct nd_region *nd_region)
{
	return try_lanes(nd_region, own_lane(nd_region));
}
EXPORT_SYMBOL_GPL(nd_region_try_lane);

/**
 * nd_region_acquire_this_lane() - wait for a lane
 * @nd_region: the region
 * @lane: below the region's number of lanes
 *
 * Context: as nd_region_acquire_lane(); no lane held.
 */
void nd_region_acquire_this_lane(struct nd_region *nd_region, unsigned int lane)
{
	mutex_lock(&nd_region->lanes.lane[lane].lock);
}
EXPORT_SYMBOL_GPL(nd_region_acquire_this_lane);

/**
 * nd_region_begin_several_lanes() - begin to acquire more lanes than one
 * @nd_region: the region, with lanes: nd_lanes_provide()
 *
 * Context: process; no lane held. Waits for who does the same, until
 * nd_region_end_several_lanes().
 */
void nd_region_begin_several_lanes(struct nd_region *nd_region)
{
	mutex_lock(&nd_region->lanes.several);
}
EXPORT_SYMBOL_GPL(nd_region_begin_several_lanes);

/**
 * nd_region_acquire_another_lane() - wait for a lane, with others held
 * @nd_region: the region
 * @lane: below the region's number of lanes; not held
 *
 * Context: after nd_region_begin_several_lanes(), in any order.
 */
void nd_region_acquire_another_lane(struct nd_region *nd_region, unsigned int lane)
{
	mutex_lock_nest_lock(&nd_region->lanes.lane[lane].lock, &nd_region->lanes.several);
}
EXPORT_SYMBOL_GPL(nd_region_acquire_another_lane);

/**
 * nd_region_end_several_lanes() - what nd_region_begin_several_lanes() began is over
 * @nd_region: the region
 *
 * Context: no lane held any more.
 */
void nd_region_end_several_lanes(struct nd_region *nd_region)
{
	mutex_unlock(&nd_region->lanes.several);
}
EXPORT_SYMBOL_GPL(nd_region_end_several_lanes);

/**
 * nd_region_release_lane() - give a lane back
 * @nd_region: the region
 * @lane: what nd_region_acquire_lane() returned
 */
void nd_region_release_lane(struct nd_region *nd_region, unsigned int lane)
{
	mutex_unlock(&nd_region->lanes.lane[lane].lock);
}
EXPORT_SYMBOL_GPL(nd_region_release_lane);
