// SPDX-License-Identifier: GPL-2.0
/* Group commit of flushes. Pure: see batch.h. */
#include "virtio/batch.h"

/* The other batch is open from now on. */
static u8 group_close(struct group *g)
{
	u8 closed = g->open;

	g->open = !closed;
	g->waiting = false;
	return closed;
}

int group_join(struct group *g)
{
	if (g->dead)
		return -1;
	g->waiting = true;
	return g->open;
}

bool group_must_ask(const struct group *g)
{
	if (g->dead || g->halted)
		return false;
	return g->waiting && !g->asked;
}

void group_asked(struct group *g)
{
	group_close(g);
	g->asked = true;
}

int group_refused(struct group *g)
{
	return group_close(g);
}

bool group_is_asked(const struct group *g)
{
	return g->asked;
}

int group_answered(struct group *g)
{
	if (!g->asked)
		return -1;
	g->asked = false;
	return !g->open;
}

int group_failed(struct group *g)
{
	if (!g->waiting)
		return -1;
	g->waiting = false;
	return g->open;
}

bool group_is_owed(const struct group *g)
{
	return !g->dead && (g->asked || g->waiting);
}

void group_halt(struct group *g)
{
	g->halted = true;
}

void group_resume(struct group *g)
{
	g->halted = false;
}

void group_kill(struct group *g)
{
	g->dead = true;
	g->asked = false;
}
