/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lanes of a BTT. A write needs a free block and a log slot of its own; a lane
 * is the right to use one such pair in each arena of the BTT.
 *
 * A lane is owned by the task that holds its mutex, on any CPU: a holder may be preempted, sleep
 * and migrate. A writer holds one lane and waits for no other one. A repair of a log needs several
 * lanes: it begins with none and holds @repair, so its waiting for lanes ends.
 */
#ifndef _ND_BTT_LANES_H
#define _ND_BTT_LANES_H

#include <linux/cache.h>
#include <linux/mutex.h>
#include "btt/ondisk.h"

/* struct btt_lanes - the lanes of a BTT; @repair: held while more than one lane is acquired */
struct btt_lanes {
	struct mutex repair;
	struct {
		struct mutex lock;
	} ____cacheline_aligned_in_smp lane[BTT_NFREE];
};

struct btt_lanes *btt_lanes_alloc(void);

/* Acquire a lane, near that of this CPU. Context: process; may sleep; no lane held. */
unsigned int btt_lane_acquire(struct btt_lanes *lanes);

/* The same without waiting: -EAGAIN if other tasks hold the lanes that this CPU may use. */
int btt_lane_try(struct btt_lanes *lanes);

/* Acquire this lane. Context: as btt_lane_acquire(). */
static inline void btt_lane_wait(struct btt_lanes *lanes, unsigned int lane)
{
	mutex_lock(&lanes->lane[lane].lock);
}

static inline void btt_lane_release(struct btt_lanes *lanes, unsigned int lane)
{
	mutex_unlock(&lanes->lane[lane].lock);
}

#endif /* _ND_BTT_LANES_H */
