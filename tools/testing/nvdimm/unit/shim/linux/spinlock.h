/* SPDX-License-Identifier: GPL-2.0 */
/* There is one thread: a second lock without an unlock would hang. */
#pragma once

#include <linux/types.h>
#include <stdlib.h>

typedef struct {
	bool held;
} spinlock_t;

static inline void spin_lock_init(spinlock_t *lock)
{
	lock->held = false;
}

static inline void spin_lock(spinlock_t *lock)
{
	if (lock->held)
		abort();
	lock->held = true;
}

static inline void spin_unlock(spinlock_t *lock)
{
	if (!lock->held)
		abort();
	lock->held = false;
}
