// SPDX-License-Identifier: GPL-2.0
/* The info-block doctor's judgement and plans. Pure: see infoblock.h. */
#include <linux/string.h>
#include <asm/byteorder.h>
#include "infoblock.h"

#define BLOCK_AT(head)	((const struct nd_media_pfn *)((head) + ND_INFO_OFFSET))

/* First byte behind the last field that minor version @minor defines, and the flags among them. */
static u32 fields_end(u16 minor)
{
	if (minor >= 4)
		return offsetof(struct nd_media_pfn, padding);
	if (minor >= 2)
		return offsetof(struct nd_media_pfn, page_size);
	if (minor >= 1)
		return offsetof(struct nd_media_pfn, align);
	return offsetof(struct nd_media_pfn, start_pad);
}

static bool meaningless(u32 at, u16 minor)
{
	u32 flags = offsetof(struct nd_media_pfn, flags);

	if (minor < 3 && at >= flags && at < flags + sizeof(__le32))
		return true;
	return at >= fields_end(minor) && at < offsetof(struct nd_media_pfn, checksum);
}

static void find_dirt(const struct nd_media_pfn *media, struct infoblock_report *out)
{
	const u8 *bytes = (const u8 *)media;
	u32 last = ND_INFO_SIZE;

	for (u32 at = 0; at < ND_INFO_SIZE; at++) {
		if (!bytes[at] || !meaningless(at, out->minor))
			continue;
		out->dirty_bytes++;
		if (last + 1 == at && out->nr_runs)
			out->runs[out->nr_runs - 1].last = at;
		else if (out->nr_runs < INFOBLOCK_RUNS)
			out->runs[out->nr_runs++] = (struct infoblock_run){ at, at };
		else
			continue;
		last = at;
	}
}

/* What no rewrite changes: equal in a block, its copy, and every tear between the two. */
static bool same_block(const struct nd_media_pfn *a, const struct nd_media_pfn *b)
{
	return !memcmp(a->signature, b->signature, sizeof(a->signature)) &&
	       !memcmp(a->uuid, b->uuid, sizeof(a->uuid)) &&
	       !memcmp(a->parent_uuid, b->parent_uuid, sizeof(a->parent_uuid)) &&
	       a->mode == b->mode;
}

/* The block as it should have been written: at least 1.3, zero where nothing is meant. */
static void clean_block(const struct nd_media_pfn *old, u16 minor, struct nd_media_pfn *out)
{
	u8 *bytes = (u8 *)out;

	*out = *old;
	for (u32 at = 0; at < ND_INFO_SIZE; at++)
		if (meaningless(at, minor))
			bytes[at] = 0;
	if (minor < 3)
		out->version_minor = cpu_to_le16(3);
	pfn_info_seal(out);
}

/* May it differ between a block and the copy of what that is to be? */
static bool may_differ(u32 at)
{
	return (at >= offsetof(struct nd_media_pfn, dataoff) &&
		at < offsetof(struct nd_media_pfn, page_size)) ||
	       at == offsetof(struct nd_media_pfn, checksum);
}

/* Part of a copy, or all of it, on bytes that were zero: a step that was cut, or not begun. */
static bool is_rest_of_copy(const u8 *head, u32 spare)
{
	struct nd_media_pfn fresh;
	__le64 had, copy, block;

	clean_block(BLOCK_AT(head), le16_to_cpu(BLOCK_AT(head)->version_minor), &fresh);
	for (u32 at = 0; at < ND_INFO_SIZE; at += sizeof(had)) {
		memcpy(&had, head + spare + at, sizeof(had));
		memcpy(&copy, (const u8 *)&fresh + at, sizeof(copy));
		memcpy(&block, head + ND_INFO_OFFSET + at, sizeof(block));
		if (had && had != copy && had != block && !may_differ(at))
			return false;
	}
	return true;
}

/*
 * Is this a copy that a rewrite of the block has put here, as far as can be told from the block,
 * half of which may be what it was? One behind the block tells of data that begin behind itself;
 * put back, any other would be cut off from where it lies by half a write. And one that has
 * anything else would leave, half written over, what nobody knows for a copy.
 */
static bool is_copy(const u8 *head, u32 spare)
{
	const struct nd_media_pfn *copy = (const void *)(head + spare);
	struct pfn_info info;

	return pfn_info_decode(copy, &info) == ND_REASON_OK && same_block(copy, BLOCK_AT(head)) &&
	       is_rest_of_copy(head, spare) && (!spare || info.dataoff >= INFOBLOCK_HEAD);
}

/*
 * Room for the copy: what follows the block when data begins late enough, else
 * what precedes it, which is zero unless somebody used the namespace raw. The
 * block's own word for the data offset is good enough even when torn: a rewrite
 * makes it larger, if anything, and only where it was large enough before.
 */
static int find_spare(const u8 *head)
{
	if (le64_to_cpu(BLOCK_AT(head)->dataoff) >= INFOBLOCK_HEAD)
		return ND_INFO_RESERVE;
	return is_rest_of_copy(head, 0) ? 0 : -1;
}

static bool find_leftover(const u8 *head, u32 spare)
{
	return memchr_inv(head + spare, 0, ND_INFO_SIZE) && is_rest_of_copy(head, spare);
}

static enum infoblock_state judge(const struct infoblock_report *r, bool copy)
{
	switch (r->reason) {
	case ND_REASON_OK:
		/* a later format may give these bytes a meaning */
		if (r->minor > PFN_INFO_MINOR)
			return INFOBLOCK_FOREIGN;
		return r->dirty_bytes ? INFOBLOCK_DIRTY : INFOBLOCK_CLEAN;
	case ND_REASON_SIGNATURE:
		return INFOBLOCK_NONE;
	case ND_REASON_VERSION:
	case ND_REASON_RESERVED:
		return INFOBLOCK_FOREIGN;
	case ND_REASON_CHECKSUM:
		return copy ? INFOBLOCK_INTERRUPTED : INFOBLOCK_DAMAGED;
	default:
		return INFOBLOCK_DAMAGED;
	}
}

void infoblock_examine(const u8 *head, struct infoblock_report *out)
{
	const struct nd_media_pfn *media = BLOCK_AT(head);

	memset(out, 0, sizeof(*out));
	out->spare = -1;
	out->reason = pfn_info_decode(media, &out->info);
	/* the driver serves the data then; here nothing must be touched */
	if (out->reason == ND_REASON_OK && out->info.flags & ~PFN_FLAGS_KNOWN)
		out->reason = ND_REASON_RESERVED;
	if (out->reason == ND_REASON_SIGNATURE)
		return;
	out->major = le16_to_cpu(media->version_major);
	out->minor = le16_to_cpu(media->version_minor);
	out->flags = le32_to_cpu(media->flags);
	out->spare = find_spare(head);
	out->leftover = out->spare >= 0 && find_leftover(head, out->spare);
	if (out->reason == ND_REASON_OK && out->minor <= PFN_INFO_MINOR)
		find_dirt(media, out);
	out->state = judge(out, out->spare >= 0 && is_copy(head, out->spare));
}

/* Does the dirt lie where minor version @minor has fields of its own? */
static bool dirt_looks_like_fields(const struct infoblock_report *r, u16 minor)
{
	for (unsigned int i = 0; i < r->nr_runs; i++)
		if (r->runs[i].first < fields_end(minor))
			return true;
	return false;
}

enum infoblock_reader infoblock_reader(const struct infoblock_report *r, u16 minor)
{
	if (r->state != INFOBLOCK_CLEAN && r->state != INFOBLOCK_DIRTY)
		return INFOBLOCK_READER_REFUSES;
	if (minor < 1 && r->info.start_pad)
		return INFOBLOCK_READER_ASTRAY;
	/* Every reader goes by the version the block claims: only 1.3 and later promise zeros. */
	if (r->minor >= 3 && minor > r->minor && dirt_looks_like_fields(r, minor))
		return INFOBLOCK_READER_TRUSTS;
	return INFOBLOCK_READER_FULL;
}

static void add_step(struct infoblock_plan *plan, const char *what, u32 offset, const void *data)
{
	struct infoblock_step *step = &plan->steps[plan->nr++];

	step->what = what;
	step->offset = offset;
	if (data)
		memcpy(step->data, data, sizeof(step->data));
	else
		memset(step->data, 0, sizeof(step->data));
}

/* The copy, the block, and the copy's end. */
static void plan_rewrite(const struct infoblock_report *r, const struct nd_media_pfn *fresh,
			 struct infoblock_plan *plan)
{
	add_step(plan, "copy", r->spare, fresh);
	add_step(plan, "block", ND_INFO_OFFSET, fresh);
	add_step(plan, "erase the copy", r->spare, NULL);
}

enum nd_reason infoblock_plan_scrub(const u8 *head, const struct infoblock_report *r,
				    struct infoblock_plan *plan)
{
	struct nd_media_pfn fresh;

	plan->nr = 0;
	switch (r->state) {
	case INFOBLOCK_CLEAN:
	case INFOBLOCK_DIRTY:
		if (r->state == INFOBLOCK_CLEAN && r->minor >= 3)
			break;
		if (r->spare < 0)
			return ND_REASON_SPACE;
		clean_block(BLOCK_AT(head), r->minor, &fresh);
		plan_rewrite(r, &fresh, plan);
		return ND_REASON_OK;
	case INFOBLOCK_INTERRUPTED:
		add_step(plan, "block", ND_INFO_OFFSET, head + r->spare);
		break;
	case INFOBLOCK_FOREIGN:
		return r->reason ?: ND_REASON_VERSION;
	default:
		return r->reason;
	}
	if (r->leftover)
		add_step(plan, "erase the copy", r->spare, NULL);
	return ND_REASON_OK;
}

enum nd_reason infoblock_plan_reclaim(const u8 *head, const struct infoblock_report *r,
				      const struct pfn_info *to, struct infoblock_plan *plan)
{
	struct nd_media_pfn fresh;

	plan->nr = 0;
	if (r->state != INFOBLOCK_CLEAN && r->state != INFOBLOCK_DIRTY)
		return r->reason ?: ND_REASON_VERSION;
	/* a torn block must tell where the copy is, whichever offset it has */
	if (r->spare < 0 || (to->dataoff != r->info.dataoff && r->spare != ND_INFO_RESERVE))
		return ND_REASON_SPACE;
	clean_block(BLOCK_AT(head), r->minor, &fresh);
	fresh.start_pad = cpu_to_le32(to->start_pad);
	fresh.end_trunc = cpu_to_le32(to->end_trunc);
	fresh.dataoff = cpu_to_le64(to->dataoff);
	fresh.npfns = cpu_to_le64(to->npfns);
	pfn_info_seal(&fresh);
	plan_rewrite(r, &fresh, plan);
	return ND_REASON_OK;
}
