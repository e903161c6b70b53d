// SPDX-License-Identifier: GPL-2.0
/* Poison where an info-block would be: has the namespace one? Pure. See hidden.h. */
#include <linux/kernel.h>
#include <nd/format.h>
#include "layout/hidden.h"

static const u8 signatures[][ND_SIG_LEN] = { ND_BTT_SIG, ND_PFN_SIG, ND_DAX_SIG };

bool nd_signature_alike(const u8 *found)
{
	u32 kind, i, same;

	for (kind = 0; kind < ARRAY_SIZE(signatures); kind++) {
		for (i = 0, same = 0; i < ND_SIG_LEN; i++)
			same += signatures[kind][i] == found[i];
		if (same >= ND_SIG_LEN / 2)
			return true;
	}
	return false;
}

enum nd_hidden nd_hidden_judge(const u8 *signature, bool classed, bool old_labels)
{
	if (classed)
		return ND_HIDDEN_EXPECTED;
	if (signature)
		return nd_signature_alike(signature) ? ND_HIDDEN_EXPECTED : ND_HIDDEN_NONE;
	return old_labels ? ND_HIDDEN_EXPECTED : ND_HIDDEN_UNLIKELY;
}
