// SPDX-License-Identifier: GPL-2.0
/* What docs/reasons.md says of each reason. See advice.h; advice.awk makes advice.inc of it. */
#include "advice.h"

static const struct advice table[ND_REASON_COUNT] = {
#include "advice.inc"
};

const struct advice *advice_of(enum nd_reason reason)
{
	static const struct advice none = { "", "" };

	if ((unsigned int)reason >= ND_REASON_COUNT || !table[reason].what_to_do)
		return &none;
	return &table[reason];
}
