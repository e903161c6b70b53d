// SPDX-License-Identifier: GPL-2.0
/* Lanes of a BTT: lanes.h. */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include "btt/lanes.h"

/* How many neighbours to try before waiting for the lane of this CPU. */
#define LANE_TRIES	4

struct btt_lanes *btt_lanes_alloc(void)
{
	struct btt_lanes *lanes = kvzalloc(sizeof(*lanes), GFP_KERNEL);
	unsigned int i;

	if (!lanes)
		return NULL;
	mutex_init(&lanes->repair);
	for (i = 0; i < BTT_NFREE; i++)
		mutex_init(&lanes->lane[i].lock);
	return lanes;
}

/* @lane, or one of those that follow it; -EAGAIN: all of them are held. */
static int try_lanes(struct btt_lanes *lanes, unsigned int lane)
{
	unsigned int i;

	for (i = 0; i < LANE_TRIES; i++) {
		if (mutex_trylock(&lanes->lane[lane].lock))
			return lane;
		lane = (lane + 1) % BTT_NFREE;
	}
	return -EAGAIN;
}

unsigned int btt_lane_acquire(struct btt_lanes *lanes)
{
	unsigned int own = raw_smp_processor_id() % BTT_NFREE;
	int lane = try_lanes(lanes, own);

	if (likely(lane >= 0))
		return lane;
	btt_lane_wait(lanes, own);
	return own;
}

int btt_lane_try(struct btt_lanes *lanes)
{
	return try_lanes(lanes, raw_smp_processor_id() % BTT_NFREE);
}
