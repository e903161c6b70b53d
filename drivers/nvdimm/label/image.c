// SPDX-License-Identifier: GPL-2.0
/* Images of label areas: taken, read. Pure. */
#include <asm/byteorder.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "label/label.h"
#include "label/image.h"

static u32 area_active(const struct label_area *area)
{
	return area->nslot - area->nfree;
}

static const u8 *slot_of(const struct label_area *area, u32 slot)
{
	return area->data + area->label_off + slot * area->label_size;
}

u32 label_image_bytes(const struct label_area *area)
{
	return area->valid ? area->index_size + area_active(area) * area->label_size : 0;
}

/* ---- the image's own slots ---- */

static bool image_has(const struct label_image *image, u32 slot)
{
	const struct nd_media_index *index = (const struct nd_media_index *)image->data;

	return slot < image->nslot && !(index->free[slot / 8] & 1u << slot % 8);
}

/* A walk over its labels: @slot and where its bytes are; false at the end. */
struct image_walk {
	u32 slot;
	u8 *bytes;
};

static bool image_next(const struct label_image *image, struct image_walk *walk)
{
	if (walk->bytes) {
		walk->slot++;
		walk->bytes += image->label_size;
	} else {
		walk->bytes = image->data + image->index_size;
	}
	while (walk->slot < image->nslot && !image_has(image, walk->slot))
		walk->slot++;
	return walk->slot < image->nslot;
}

/* A label that says it is being updated says so no more. */
static void bytes_settle(u8 *bytes, u32 size, u32 slot)
{
	const struct nd_media_label *media = (const struct nd_media_label *)bytes;
	struct nd_label label;

	if (!(media->flags & cpu_to_le32(ND_LABEL_UPDATING)) ||
	    label_decode(bytes, size, slot, &label) != ND_REASON_OK)
		return;
	label.flags &= ~ND_LABEL_UPDATING;
	label_encode(&label, size, bytes);
}

/*
 * No change is under way when the image is written back: a label that says so would take another's
 * for its own with the uuid it was to have, or be taken for what a creation has left.
 */
static void image_settle(struct label_image *image)
{
	struct image_walk walk = { 0 };

	while (image_next(image, &walk))
		bytes_settle(walk.bytes, image->label_size, walk.slot);
}

void label_image_take(struct label_image *image, const struct label_area *area)
{
	u8 *to = image->data;
	u32 slot, end;

	*image = (struct label_image) {
		.data = image->data,
		.bytes = label_image_bytes(area),
		.area_size = area->size,
		.which = area->current_index,
		.minor = area->minor,
		.index_size = area->index_size,
		.label_size = area->label_size,
		.nslot = area->nslot,
		.nlabel = area_active(area),
	};
	memcpy(to, area->data + area->current_index * area->index_size, area->index_size);
	to += area->index_size;
	for (slot = label_next_active(area, 0); slot < area->nslot;
	     slot = label_next_active(area, end)) {
		end = label_next_free(area, slot);
		memcpy(to, slot_of(area, slot), (end - slot) * area->label_size);
		to += (end - slot) * area->label_size;
	}
	image_settle(image);
}

/* Is the walk's label active in @area, in the same slot? Being updated makes no other of it. */
static bool is_there(const struct label_image *image, const struct image_walk *walk,
		     const struct label_area *area)
{
	u8 bytes[ND_LABEL_V1_2_SIZE] __aligned(8);

	if (!area->valid || area->label_size != image->label_size ||
	    !label_slot_active(area, walk->slot))
		return false;
	memcpy(bytes, slot_of(area, walk->slot), image->label_size);
	bytes_settle(bytes, image->label_size, walk->slot);
	return !memcmp(bytes, walk->bytes, image->label_size);
}

bool label_image_same(const struct label_image *image, const struct label_area *area)
{
	struct image_walk walk = { 0 };

	if (image->bytes != label_image_bytes(area) || image->label_size != area->label_size ||
	    image->area_size != area->size || image->minor != area->minor)
		return false;
	while (image_next(image, &walk))
		if (!is_there(image, &walk, area))
			return false;
	return true;
}

/* What [off, off + len) of the area has of @n bytes @from, which lie at @at. */
static void image_overlay(u32 off, u8 *buf, u32 len, u32 at, const u8 *from, u32 n)
{
	u32 start = max(off, at), end = min(off + len, at + n);

	if (start < end)
		memcpy(buf + (start - off), from + (start - at), end - start);
}

void label_image_read(const struct label_image *image, u32 off, u8 *buf, u32 len)
{
	u32 labels = 2 * image->index_size;
	struct image_walk walk = { 0 };

	memset(buf, 0, len);
	image_overlay(off, buf, len, image->which * image->index_size, image->data,
		      image->index_size);
	while (image_next(image, &walk) && labels + walk.slot * image->label_size < off + len)
		image_overlay(off, buf, len, labels + walk.slot * image->label_size, walk.bytes,
			      image->label_size);
}
