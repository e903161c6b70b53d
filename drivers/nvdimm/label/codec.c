// SPDX-License-Identifier: GPL-2.0
/* Label slots and index blocks: bytes to host form and back, UEFI 2.10 §13.19. Pure. */
#include <asm/byteorder.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#include <nd/fletcher.h>
#include "label/label.h"

/**
 * label_fletcher64() - Fletcher-64 over little-endian 32-bit words
 * @data: any alignment
 * @len: bytes, a multiple of 4
 *
 * UEFI 2.10 §13.19.2. Context: any. Return: the checksum.
 */
u64 label_fletcher64(const void *data, size_t len)
{
	return nd_fletcher_of(data, len);
}
EXPORT_SYMBOL_GPL(label_fletcher64);

/* The sum of a block whose own checksum, 8 bytes at @field, counts as zero. */
static u64 fletcher_around(const void *data, size_t len, size_t field)
{
	const u8 *bytes = data;
	const __le64 zero = 0;
	struct nd_fletcher sum = { 0 };

	nd_fletcher_add(&sum, bytes, field);
	nd_fletcher_add(&sum, &zero, sizeof(zero));
	field += sizeof(zero);
	nd_fletcher_add(&sum, bytes + field, len - field);
	return nd_fletcher_value(&sum);
}

static u64 slot_checksum(const struct nd_media_label *media)
{
	return fletcher_around(media, sizeof(*media), offsetof(struct nd_media_label, checksum));
}

/*
 * An extent of a namespace that is one DIMM's own, as Linux wrote them up to 5.17: labels 1.1 have
 * no number and no position, of those 1.2 all but the lowest have 0xffff for either (UEFI 2.7
 * §13.19).
 */
static bool is_extent(u32 flags, u16 nlabel, u16 position)
{
	return (flags & ND_LABEL_LOCAL) && nlabel == position &&
	       (!nlabel || nlabel == ND_LABEL_EXTENT);
}

enum nd_reason label_decode(const void *media, u32 label_size, u32 slot, struct nd_label *out)
{
	const struct nd_media_label *m = media;
	bool v1_2 = label_size >= ND_LABEL_V1_2_SIZE;
	u16 nlabel = le16_to_cpu(m->nlabel);
	u16 position = le16_to_cpu(m->position);
	u64 dpa = le64_to_cpu(m->dpa);
	u64 size = le64_to_cpu(m->rawsize);

	if (v1_2 && le64_to_cpu(m->checksum) != slot_checksum(m))
		return ND_REASON_CHECKSUM;
	if (le32_to_cpu(m->slot) != slot)
		return ND_REASON_SLOT_MISMATCH;
	if (position >= nlabel && !is_extent(le32_to_cpu(m->flags), nlabel, position))
		return ND_REASON_BOUNDS;
	if (!size)
		return ND_REASON_SIZE;
	if (dpa + size < dpa)
		return ND_REASON_BOUNDS;

	memset(out, 0, sizeof(*out));
	memcpy(&out->uuid, m->uuid, sizeof(out->uuid));
	memcpy(out->name, m->name, ND_LABEL_NAME_LEN);
	out->flags = le32_to_cpu(m->flags);
	out->nlabel = nlabel;
	out->position = position;
	out->cookie = le64_to_cpu(m->isetcookie);
	out->lbasize = le64_to_cpu(m->lbasize);
	out->dpa = dpa;
	out->size = size;
	out->slot = slot;
	if (v1_2) {
		memcpy(&out->type, m->type_guid, sizeof(out->type));
		memcpy(&out->abstraction, m->abstraction_guid, sizeof(out->abstraction));
	}
	return ND_REASON_OK;
}

void label_encode(const struct nd_label *label, u32 label_size, void *media)
{
	struct nd_media_label *m = media;

	memset(media, 0, label_size);
	memcpy(m->uuid, &label->uuid, sizeof(m->uuid));
	memcpy(m->name, label->name, strnlen(label->name, ND_LABEL_NAME_LEN));
	m->flags = cpu_to_le32(label->flags);
	m->nlabel = cpu_to_le16(label->nlabel);
	m->position = cpu_to_le16(label->position);
	m->isetcookie = cpu_to_le64(label->cookie);
	m->lbasize = cpu_to_le64(label->lbasize);
	m->dpa = cpu_to_le64(label->dpa);
	m->rawsize = cpu_to_le64(label->size);
	m->slot = cpu_to_le32(label->slot);
	if (label_size < ND_LABEL_V1_2_SIZE)
		return;
	memcpy(m->type_guid, &label->type, sizeof(m->type_guid));
	memcpy(m->abstraction_guid, &label->abstraction, sizeof(m->abstraction_guid));
	m->checksum = cpu_to_le64(slot_checksum(m));
}

/* Bytes of an index block that counts @nslot slots. */
static u32 index_bytes(u32 nslot)
{
	return ALIGN((u32)sizeof(struct nd_media_index) + DIV_ROUND_UP(nslot, 8), ND_INDEX_ALIGN);
}

/*
 * The space for index blocks is first reckoned as if slots filled the whole
 * area. The blocks for the slots that then remain can be one step smaller; the
 * bytes won are left unused behind the last slot. Every writer of labels does
 * so, and refuses an area that was laid out in another way.
 */
u32 label_nslot(u32 size, u32 label_size)
{
	if (size < ND_LABEL_AREA_MIN)
		return 0;
	return (size - 2 * index_bytes(size / label_size)) / label_size;
}

u32 label_nslot_max(u32 size)
{
	return size / ND_LABEL_V1_1_SIZE;
}

u32 label_index_size(u32 size, u32 label_size)
{
	u32 nslot = label_nslot(size, label_size);

	return nslot ? index_bytes(nslot) : 0;
}

u32 label_index_label_size(const struct nd_media_index *index)
{
	/* Version 2 is CXL's, whose slots differ: CXL 3.1 §9.13.2.4 and §9.13.2.5. */
	if (le16_to_cpu(index->major) != 1)
		return 0;
	/* The byte was a reserved one before 1.2. */
	if (le16_to_cpu(index->minor) < 2)
		return ND_LABEL_V1_1_SIZE;
	switch (index->labelsize) {
	case 0:
		return ND_LABEL_V1_1_SIZE;
	case 1:
		return ND_LABEL_V1_2_SIZE;
	default:
		return 0;
	}
}

u64 label_index_checksum(const struct nd_media_index *index, u32 index_size)
{
	return fletcher_around(index, index_size, offsetof(struct nd_media_index, checksum));
}

/*
 * Is it a whole block, of which only the version is not known here? Blocks of version 2.1 have the
 * fields of 1.2 at the same offsets, and are multiples of 256 bytes: CXL 3.1 §9.13.2.1 and
 * §9.13.2.2.
 */
static enum nd_reason check_newer(const struct nd_media_index *index, u32 avail)
{
	u64 mysize = le64_to_cpu(index->mysize);

	if (mysize < sizeof(*index) || mysize > avail || mysize % ND_INDEX_ALIGN ||
	    le64_to_cpu(index->checksum) != label_index_checksum(index, mysize))
		return ND_REASON_CHECKSUM;
	return ND_REASON_VERSION;
}

enum nd_reason label_index_check(const struct nd_media_index *index, u32 avail, u32 which,
				 u32 area_size)
{
	u32 label_size, size, nslot;
	u64 mysize;

	if (avail < sizeof(*index))
		return ND_REASON_TRUNCATED;
	if (memcmp(index->sig, ND_INDEX_SIG, ND_INDEX_SIG_LEN))
		return ND_REASON_SIGNATURE;
	label_size = label_index_label_size(index);
	if (!label_size)
		return check_newer(index, avail);
	size = label_index_size(area_size, label_size);
	if (!size || size > avail)
		return ND_REASON_TRUNCATED;
	/*
	 * A checksum over the block's full place, whatever mysize says: that is
	 * what writers in the field compute.
	 */
	if (le64_to_cpu(index->checksum) != label_index_checksum(index, size))
		return ND_REASON_CHECKSUM;
	if (!(le32_to_cpu(index->seq) & ND_INDEX_SEQ_MASK))
		return ND_REASON_SEQUENCE;
	if (le64_to_cpu(index->myoff) != (u64)which * size ||
	    le64_to_cpu(index->otheroff) != (u64)!which * size ||
	    le64_to_cpu(index->labeloff) != 2ull * size)
		return ND_REASON_BOUNDS;
	mysize = le64_to_cpu(index->mysize);
	nslot = le32_to_cpu(index->nslot);
	if (mysize > size || 2ull * size + (u64)nslot * label_size > area_size ||
	    sizeof(*index) + DIV_ROUND_UP((u64)nslot, 8) > mysize)
		return ND_REASON_BOUNDS;
	return ND_REASON_OK;
}

bool label_seq_newer(u32 a, u32 b)
{
	return a == label_seq_next(b);
}

u32 label_seq_next(u32 seq)
{
	return seq % 3 + 1;
}
