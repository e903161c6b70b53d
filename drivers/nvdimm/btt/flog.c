// SPDX-License-Identifier: GPL-2.0
/* Log groups, UEFI 2.10 §6.3.6: two entries in four slots, and which is the newer. Pure. */
#include <linux/compiler.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#include "btt/flog.h"

static bool is_used(const struct btt_log_entry *e)
{
	return (e->lba | e->old_map | e->new_map | e->seq) != 0;
}

/* Which padding the second entry shows, where there is one. */
static inline bool look_at_shape(const struct btt_log_group *group, enum btt_padding *shown)
{
	bool new = is_used(&group->slot[1]), old = is_used(&group->slot[2]);

	*shown = new ? BTT_PAD_NEW : old ? BTT_PAD_OLD : BTT_PAD_UNKNOWN;
	return !(new && old) && !is_used(&group->slot[3]);
}

static inline bool is_as_others(enum btt_padding shown, enum btt_padding *pad)
{
	if (shown && *pad && shown != *pad)
		return false;
	if (shown)
		*pad = shown;
	return true;
}

bool btt_flog_padding(const struct btt_log_group *group, enum btt_padding *pad)
{
	enum btt_padding shown;

	/* formatting fills the first slot, and no write ever empties it */
	return is_used(&group->slot[0]) && look_at_shape(group, &shown) &&
	       is_as_others(shown, pad);
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
