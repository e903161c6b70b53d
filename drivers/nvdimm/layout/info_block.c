// SPDX-License-Identifier: GPL-2.0
/*
 * pfn and dax info-block codec. Pure: see info_block.h.
 */
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#include <nd/format.h>
#include "label/label.h"
#include "layout/info_block.h"

/* Fletcher-64 of the whole block with the checksum field as zero, which leaves it in place. */
static u64 pfn_info_checksum(const struct nd_media_pfn *media)
{
	u64 sum = label_fletcher64(media, offsetof(struct nd_media_pfn, checksum));
	u32 lo = sum, hi = sum >> 32;

	/* two more words, both zero: lo stays, hi takes it up twice */
	hi += 2 * lo;
	return (u64)hi << 32 | lo;
}

static u32 bytes_alike(const u8 *a, const u8 *b)
{
	u32 i, same = 0;

	for (i = 0; i < ND_SIG_LEN; i++)
		same += a[i] == b[i];
	return same;
}

/*
 * Harm may come to a signature, too: half of it is nothing that other data have by chance. But
 * where one of its two words is zero as a whole, power has failed while it was being written, or
 * taken away: then nobody has relied on the block.
 */
static bool is_harmed(const u8 *found, u32 alike)
{
	return alike >= ND_SIG_LEN / 2 && memchr_inv(found, 0, ND_SIG_LEN / 2) &&
	       memchr_inv(found + ND_SIG_LEN / 2, 0, ND_SIG_LEN / 2);
}

/* OK, CHECKSUM: it was one, or SIGNATURE: it is none. */
static enum nd_reason pfn_info_signature(const struct nd_media_pfn *media, bool *dax)
{
	u32 of_pfn = bytes_alike(media->signature, (const u8 *)ND_PFN_SIG);
	u32 of_dax = bytes_alike(media->signature, (const u8 *)ND_DAX_SIG);
	u32 alike = max(of_pfn, of_dax);

	*dax = of_dax > of_pfn;
	if (alike == ND_SIG_LEN)
		return ND_REASON_OK;
	return is_harmed(media->signature, alike) ? ND_REASON_CHECKSUM : ND_REASON_SIGNATURE;
}

/* Fields appeared one minor at a time; below theirs the bytes mean nothing. */
static void pfn_info_fields(const struct nd_media_pfn *media, struct pfn_info *out)
{
	out->minor = le16_to_cpu(media->version_minor);
	out->dataoff = le64_to_cpu(media->dataoff);
	out->npfns = le64_to_cpu(media->npfns);
	out->mode = le32_to_cpu(media->mode);
	if (out->minor >= 1) {
		out->start_pad = le32_to_cpu(media->start_pad);
		out->end_trunc = le32_to_cpu(media->end_trunc);
	}
	if (out->minor >= 2)
		out->align = le32_to_cpu(media->align);
	if (out->minor >= 3)
		out->flags = le32_to_cpu(media->flags);
	if (out->minor >= 4) {
		out->page_size = le32_to_cpu(media->page_size);
		out->page_struct_size = le16_to_cpu(media->page_struct_size);
	} else {
		out->page_struct_size = 64;
	}
}

static bool pfn_info_power(u32 value)
{
	return !value || (value >= SZ_4K && is_power_of_2(value));
}

enum nd_reason pfn_info_decode(const struct nd_media_pfn *media, struct pfn_info *out)
{
	enum nd_reason reason;

	memset(out, 0, sizeof(*out));
	reason = pfn_info_signature(media, &out->dax);
	if (reason == ND_REASON_SIGNATURE)
		return reason;
	import_uuid(&out->uuid, media->uuid);
	import_uuid(&out->parent_uuid, media->parent_uuid);
	if (reason || le64_to_cpu(media->checksum) != pfn_info_checksum(media))
		return ND_REASON_CHECKSUM;
	if (le16_to_cpu(media->version_major) != PFN_INFO_MAJOR)
		return ND_REASON_VERSION;

	pfn_info_fields(media, out);
	if (out->flags & PFN_FLAGS_ALL & ~PFN_FLAGS_KNOWN)
		return ND_REASON_RESERVED;
	if (out->mode != ND_PFN_MODE_RAM && out->mode != ND_PFN_MODE_PMEM)
		return ND_REASON_MODE;
	if (out->dataoff < ND_INFO_RESERVE)
		return ND_REASON_BOUNDS;
	if (!IS_ALIGNED(out->dataoff, SZ_4K) || !pfn_info_power(out->align))
		return ND_REASON_ALIGN;
	if (!pfn_info_power(out->page_size) || !out->page_struct_size)
		return ND_REASON_PAGE_SIZE;
	return ND_REASON_OK;
}

/* Stores are of eight bytes: what hits one of them leaves the other half what it was. */
bool pfn_info_torn_of_other(const struct pfn_info *info, const uuid_t *parent)
{
	u64 theirs[2], ours[2];

	memcpy(theirs, &info->parent_uuid, sizeof(theirs));
	memcpy(ours, parent, sizeof(ours));
	return theirs[0] != ours[0] && theirs[1] != ours[1];
}

void pfn_info_seal(struct nd_media_pfn *media)
{
	media->checksum = cpu_to_le64(pfn_info_checksum(media));
}

void pfn_info_encode(const struct pfn_info *info, struct nd_media_pfn *media)
{
	memset(media, 0, sizeof(*media));
	memcpy(media->signature, info->dax ? ND_DAX_SIG : ND_PFN_SIG, ND_SIG_LEN);
	export_uuid(media->uuid, &info->uuid);
	export_uuid(media->parent_uuid, &info->parent_uuid);
	media->flags = cpu_to_le32(info->flags);
	media->version_major = cpu_to_le16(PFN_INFO_MAJOR);
	media->version_minor = cpu_to_le16(PFN_INFO_MINOR);
	media->dataoff = cpu_to_le64(info->dataoff);
	media->npfns = cpu_to_le64(info->npfns);
	media->mode = cpu_to_le32(info->mode);
	media->start_pad = cpu_to_le32(info->start_pad);
	media->end_trunc = cpu_to_le32(info->end_trunc);
	media->align = cpu_to_le32(info->align);
	media->page_size = cpu_to_le32(info->page_size);
	media->page_struct_size = cpu_to_le16(info->page_struct_size);
	pfn_info_seal(media);
}

int pfn_info_write(const struct pfn_info *info, struct nd_media_pfn *media,
		   int (*write)(void *data, const void *bytes, u32 len), void *data)
{
	u8 signature[ND_SIG_LEN];

	pfn_info_encode(info, media);
	memcpy(signature, media->signature, ND_SIG_LEN);
	memset(media->signature, 0, ND_SIG_LEN);
	return write(data, media->signature, ND_SIG_LEN) ?:
	       write(data, media, sizeof(*media)) ?:
	       write(data, signature, ND_SIG_LEN);
}

u32 pfn_info_align(const struct pfn_info *info)
{
	if (info->align)
		return info->align;
	if (IS_ALIGNED(info->dataoff, SZ_1G))
		return SZ_1G;
	return IS_ALIGNED(info->dataoff, SZ_2M) ? SZ_2M : SZ_4K;
}

/* ---- an info-block that cannot be read ---- */

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
