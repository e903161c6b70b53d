// SPDX-License-Identifier: GPL-2.0
/*
 * Back to a machine on which everything is enabled and nothing configured,
 * alone, so that now nothing may be refused.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "stress.h"

static bool good;

static void complain(struct worker *w, const char *name, const char *what)
{
	char reason[256];

	good = false;
	get(w, reason, sizeof(reason), DEVICES "%s/last_error", name);
	printf("restore: %s %s: %s\n", name, what, reason);
}

static void disable(struct worker *w, const char *name)
{
	if (is_bound(name))
		unbind_device(w, name);
	if (is_bound(name))
		complain(w, name, "cannot be disabled");
}

static void enable(struct worker *w, const char *name)
{
	if (!is_bound(name))
		bind_device(w, name);
	if (!is_bound(name))
		complain(w, name, "cannot be enabled");
}

static void empty(struct worker *w, const char *name)
{
	char size[32];

	if (get(w, size, sizeof(size), DEVICES "%s/size", name) || !strcmp(size, "0"))
		return;
	if (destroy(w, name))
		complain(w, name, "cannot be destroyed");
}

static void settle(struct worker *w, const char *name)
{
	char one[8];

	if (get(w, one, sizeof(one), DEVICES "%s/wait_probe", name))
		complain(w, name, "does not settle");
}

static void as_shipped(struct worker *w, const char *name)
{
	put(w, OP_WRITE, "0", DEVICES "%s/read_only", name);
	put(w, OP_WRITE, "0x1000000", DEVICES "%s/align", name);
}

void settle_all(struct worker *w)
{
	each("ndbus", settle, w);
}

bool empty_all(struct worker *w)
{
	good = true;
	each("nmem", enable, w);
	each("region", enable, w);
	each("region", as_shipped, w);
	settle_all(w);
	each("namespace", empty, w);
	settle_all(w);
	return good;
}

bool restore(struct worker *w)
{
	bool emptied;

	w->role = "restore";
	each("region", disable, w);
	each("nmem", disable, w);
	emptied = empty_all(w);
	/* an info-block of a former owner may have been found: once more, it is empty now */
	each("region", disable, w);
	each("region", enable, w);
	settle_all(w);
	return emptied && good;
}
