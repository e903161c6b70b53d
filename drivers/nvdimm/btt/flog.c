// SPDX-License-Identifier: GPL-2.0
/* Log groups, UEFI 2.10 §6.3.6: two entries in four slots, and which is the newer. Pure. */
#include <linux/string.h>
#include <asm/byteorder.h>
#include "btt/flog.h"

static bool is_used(const struct btt_log_entry *e)
{
	return (e->lba | e->old_map | e->new_map | e->seq) != 0;
}

bool btt_flog_padding(const struct btt_log_group *group, enum btt_padding *pad)
{
	enum btt_padding shown = BTT_PAD_UNKNOWN;

	/* formatting fills the first slot, and no write ever empties it */
	if (!is_used(&group->slot[0]) || is_used(&group->slot[3]))
		return false;
	if (is_used(&group->slot[1]))
		shown = BTT_PAD_NEW;
	if (is_used(&group->slot[2])) {
		if (shown)
			return false;
		shown = BTT_PAD_OLD;
	}
	if (shown && *pad && shown != *pad)
		return false;
	if (shown)
		*pad = shown;
	return true;
}

bool btt_flog_blank(const struct btt_log_group *group)
{
	return !group->slot[0].new_map && !group->slot[0].seq && !is_used(&group->slot[1]) &&
	       !is_used(&group->slot[2]) && !is_used(&group->slot[3]);
}

int btt_flog_newest(u32 seq0, u32 seq1)
{
	if (seq0 < 1 || seq0 > 3 || seq1 > 3)
		return -1;
	/* the second entry of a lane that was never, or not quite, written to */
	if (!seq1)
		return seq0 == 1 ? 0 : -1;
	if (btt_flog_next(seq0) == seq1)
		return 1;
	if (btt_flog_next(seq1) == seq0)
		return 0;
	return -1;
}
