// SPDX-License-Identifier: GPL-2.0
/*
 * Is there a BTT, and is it this namespace's? The one who says so: libnvdimm asks before it
 * serves bytes raw, nd_btt before it makes use of an arena or makes one anew.
 *
 * An info-block is fine, or it is none, or it has come to harm. Of one that has come to harm
 * the copy tells what it was; the word of a copy alone is not taken, for giving a BTT up
 * means to zero the info-block and leaves the copy. Who has to agree: the label, or whoever
 * has given the BTT's uuid to a btt device. Pure.
 */
#include <linux/compiler.h>
#include <linux/export.h>
#include <linux/string.h>
#include "layout/btt_info.h"

/*
 * Harm may come to a signature, too. Half of it is nothing that other data have by chance;
 * zeros have two bytes of it.
 */
static bool has_half_a_signature(const struct nd_media_btt *media)
{
	static const u8 sig[ND_SIG_LEN] = ND_BTT_SIG;
	u32 i, same = 0;

	for (i = 0; i < ND_SIG_LEN; i++)
		same += media->signature[i] == sig[i];
	return same >= ND_SIG_LEN / 2;
}

/* Made for another namespace: its capacity was given to this one. Bare ranges cannot tell. */
static bool is_foreign(const struct btt_search *s, const struct btt_layout *l)
{
	return s->own && !uuid_is_null(&l->parent_uuid) && !uuid_equal(&l->parent_uuid, s->own);
}

/*
 * Poison in the first block, and other bytes in the place of its signature: a BTT there was given
 * up, or never was. To restore one from a copy that is left would store into other data.
 */
static bool is_other_data(const struct btt_search *s, struct nd_media_btt *info)
{
	return s->read_signature && !s->labelled && !s->read_signature(s, info) &&
	       !has_half_a_signature(info);
}

static enum btt_found judge_first(const struct btt_search *s, int rc, struct nd_media_btt *info,
				  struct btt_layout *out, enum nd_reason *reason)
{
	if (rc) {
		*reason = ND_REASON_MEDIA;
		return is_other_data(s, info) ? BTT_NOTHING : BTT_DAMAGED;
	}
	*reason = btt_info_decode(info, s->room, out);
	switch (*reason) {
	case ND_REASON_SIGNATURE:
		if (!has_half_a_signature(info))
			return BTT_NOTHING;
		*reason = ND_REASON_CHECKSUM;
		fallthrough;
	case ND_REASON_CHECKSUM:
		btt_info_guess(info, out);
		return BTT_DAMAGED;
	case ND_REASON_OK:
		return is_foreign(s, out) ? BTT_FOREIGN : BTT_WHOLE;
	default:
		return is_foreign(s, out) ? BTT_FOREIGN : BTT_UNUSABLE;
	}
}

/* A copy says where it lies. */
static bool has_copy(const struct btt_search *s, struct nd_media_btt *info, struct btt_layout *out)
{
	return s->copy_at && !s->read(s, s->copy_at, info) &&
	       btt_info_decode(info, s->room, out) == ND_REASON_OK && out->info2off == s->copy_at &&
	       !is_foreign(s, out);
}

static bool is_vouched_for(const struct btt_search *s, const struct btt_layout *copy)
{
	if (s->wanted)
		return uuid_equal(s->wanted, &copy->uuid);
	return s->labelled || (s->own && uuid_equal(s->own, &copy->parent_uuid));
}

enum btt_found btt_find(const struct btt_search *s, struct nd_media_btt *info,
			struct btt_layout *out, enum nd_reason *reason)
{
	struct btt_layout copy;
	enum btt_found found;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = s->read(s, 0, info);
	found = judge_first(s, rc, info, out, reason);
	if (found != BTT_DAMAGED && !(found == BTT_NOTHING && s->wanted))
		return found;
	if (!has_copy(s, info, &copy))
		return found;
	if (is_vouched_for(s, &copy)) {
		*out = copy;
		return BTT_COPY;
	}
	if (found == BTT_NOTHING)
		return found;
	*out = copy;
	return BTT_DAMAGED_COPY;
}
EXPORT_SYMBOL_GPL(btt_find);
