// SPDX-License-Identifier: GPL-2.0
/* What follows from states that firmware reports: see reported.h. Pure. */
#include "dimm/reported.h"

struct nd_ro nd_ro_boot(u32 unarmed)
{
	return (struct nd_ro) { .unarmed = unarmed };
}

enum nd_ro_report nd_ro_notice(struct nd_ro *ro, u32 unarmed, bool degraded)
{
	const struct nd_ro old = *ro;

	ro->unarmed = unarmed;
	ro->degraded = degraded;
	if (unarmed & ~old.unarmed) {
		ro->waived = false;
		return ND_RO_UNARMED;
	}
	if (degraded && !old.degraded) {
		ro->waived = false;
		return ND_RO_DEGRADED;
	}
	if (nd_ro_imposed(ro) || !nd_ro_imposed(&old))
		return ND_RO_SAME;
	ro->waived = false;
	return ro->asked ? ND_RO_ASKED : ND_RO_LIFTED;
}

void nd_ro_ask(struct nd_ro *ro, bool read_only)
{
	ro->asked = read_only;
	ro->waived = !read_only && nd_ro_imposed(ro);
}

bool nd_lock_notice(bool locked, bool was, bool is)
{
	return was == is ? locked : is;
}
