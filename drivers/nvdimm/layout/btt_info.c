// SPDX-License-Identifier: GPL-2.0
/* The arena info-block, UEFI 2.10 §6.3.4: media bytes <-> host form. Pure. */
#include <linux/align.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#include "label/label.h"
#include "layout/btt_info.h"

bool btt_lbasize_ok(u32 lbasize)
{
	static const u16 sizes[] = { 512, 520, 528, 4096, 4104, 4160, 4224 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		if (lbasize == sizes[i])
			return true;
	return false;
}

/* Fletcher-64 of the whole block, its checksum being the last field and counting as zero. */
static u64 info_checksum(const struct nd_media_btt *media)
{
	u64 sum = label_fletcher64(media, offsetof(struct nd_media_btt, checksum));

	/* the two zero words leave the low half as it is, and add it to the high one twice */
	return sum + (sum << 33);
}

static void info_fields(const struct nd_media_btt *media, struct btt_layout *out)
{
	import_uuid(&out->uuid, media->uuid);
	import_uuid(&out->parent_uuid, media->parent_uuid);
	out->major = le16_to_cpu(media->version_major);
	out->minor = le16_to_cpu(media->version_minor);
	out->flags = le32_to_cpu(media->flags);
	out->external_lbasize = le32_to_cpu(media->external_lbasize);
	out->external_nlba = le32_to_cpu(media->external_nlba);
	out->internal_lbasize = le32_to_cpu(media->internal_lbasize);
	out->internal_nlba = le32_to_cpu(media->internal_nlba);
	out->nfree = le32_to_cpu(media->nfree);
	out->next = le64_to_cpu(media->nextoff);
	out->dataoff = le64_to_cpu(media->dataoff);
	out->mapoff = le64_to_cpu(media->mapoff);
	out->logoff = le64_to_cpu(media->logoff);
	out->info2off = le64_to_cpu(media->info2off);
	out->size = out->next ?: out->info2off + BTT_PAGE;
}

/* [@off, @off + @nr * @size) ends at or before @end, with nothing wrapping on the way. */
static bool table_fits(u64 off, u64 nr, u64 size, u64 end)
{
	return off <= end && nr * size <= end - off;
}

/* The parts follow one another; all numbers of blocks have 32 bits, so products cannot wrap. */
static bool in_order(const struct btt_layout *l, u64 room)
{
	if (l->info2off > room || room - l->info2off < BTT_PAGE)
		return false;
	if (l->next && (l->next > room || !table_fits(l->info2off, 1, BTT_PAGE, l->next)))
		return false;
	return l->dataoff >= BTT_PAGE &&
	       table_fits(l->dataoff, l->internal_nlba, l->internal_lbasize, l->mapoff) &&
	       table_fits(l->mapoff, l->external_nlba, sizeof(__le32), l->logoff) &&
	       table_fits(l->logoff, l->nfree, BTT_LOG_GROUP, l->info2off);
}

static enum nd_reason btt_layout_judge(const struct btt_layout *l, u64 room)
{
	if (!(l->major == 1 && l->minor == 1) && !(l->major == 2 && l->minor == 0))
		return ND_REASON_VERSION;
	if (!btt_lbasize_ok(l->external_lbasize) || l->internal_lbasize < l->external_lbasize)
		return ND_REASON_SIZE;
	if (!l->nfree || l->nfree > BTT_NFREE_MAX)
		return ND_REASON_UNSUPPORTED;
	if (!l->external_nlba || l->internal_nlba > BTT_MAP_BLOCK ||
	    l->internal_nlba <= l->nfree || l->internal_nlba - l->nfree != l->external_nlba)
		return ND_REASON_BOUNDS;
	/* metadata is cured of poison by the sector, and written by the aligned word */
	if (!IS_ALIGNED(l->mapoff | l->logoff | l->info2off | l->next, 512) ||
	    !IS_ALIGNED(l->dataoff | l->internal_lbasize, BTT_BLOCK_ALIGN))
		return ND_REASON_ALIGN;
	return in_order(l, room) ? ND_REASON_OK : ND_REASON_BOUNDS;
}

enum nd_reason btt_info_decode(const struct nd_media_btt *media, u64 room, struct btt_layout *out)
{
	memset(out, 0, sizeof(*out));
	if (memcmp(media->signature, ND_BTT_SIG, ND_SIG_LEN))
		return ND_REASON_SIGNATURE;
	if (le64_to_cpu(media->checksum) != info_checksum(media))
		return ND_REASON_CHECKSUM;
	info_fields(media, out);
	return btt_layout_judge(out, room);
}
EXPORT_SYMBOL_GPL(btt_info_decode);

void btt_info_guess(const struct nd_media_btt *media, struct btt_layout *out)
{
	memset(out, 0, sizeof(*out));
	info_fields(media, out);
}

void btt_info_encode(const struct btt_layout *l, struct nd_media_btt *media)
{
	memset(media, 0, sizeof(*media));
	memcpy(media->signature, ND_BTT_SIG, ND_SIG_LEN);
	export_uuid(media->uuid, &l->uuid);
	export_uuid(media->parent_uuid, &l->parent_uuid);
	media->flags = cpu_to_le32(l->flags);
	media->version_major = cpu_to_le16(l->major);
	media->version_minor = cpu_to_le16(l->minor);
	media->external_lbasize = cpu_to_le32(l->external_lbasize);
	media->external_nlba = cpu_to_le32(l->external_nlba);
	media->internal_lbasize = cpu_to_le32(l->internal_lbasize);
	media->internal_nlba = cpu_to_le32(l->internal_nlba);
	media->nfree = cpu_to_le32(l->nfree);
	media->infosize = cpu_to_le32(sizeof(*media));
	media->nextoff = cpu_to_le64(l->next);
	media->dataoff = cpu_to_le64(l->dataoff);
	media->mapoff = cpu_to_le64(l->mapoff);
	media->logoff = cpu_to_le64(l->logoff);
	media->info2off = cpu_to_le64(l->info2off);
	media->checksum = cpu_to_le64(info_checksum(media));
}
EXPORT_SYMBOL_GPL(btt_info_encode);
