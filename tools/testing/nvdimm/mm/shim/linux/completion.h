/* SPDX-License-Identifier: GPL-2.0 */
/* Who would wait for ever is told apart by the program: wait_in_vain(). */
#pragma once

#include <linux/types.h>

struct completion {
	bool done;
};

void wait_in_vain(struct completion *c);

static inline void init_completion(struct completion *c)
{
	c->done = false;
}

static inline void complete_all(struct completion *c)
{
	c->done = true;
}

static inline void wait_for_completion(struct completion *c)
{
	if (!c->done)
		wait_in_vain(c);
}
