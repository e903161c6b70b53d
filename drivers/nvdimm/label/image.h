/* SPDX-License-Identifier: GPL-2.0 */
/* A label area as it once was: to be read, and to be made true again. Pure. */
#ifndef _ND_LABEL_IMAGE_H
#define _ND_LABEL_IMAGE_H

#include "label/area.h"

/**
 * struct label_image - what counts of an area: the index block in force, active slots
 * @data: the block, then the slots it calls active, in their order
 * @bytes: of @data
 * @area_size: bytes of the area
 * @which: where the block lay, 0 or 1
 * @minor: label version 1.@minor
 * @index_size: bytes of each index block
 * @label_size: bytes of each slot
 * @nslot: slots of the area
 * @nlabel: active ones
 */
struct label_image {
	u8 *data;
	u32 bytes;
	u32 area_size;
	u8 which;
	u8 minor;
	u32 index_size;
	u32 label_size;
	u32 nslot;
	u32 nlabel;
};

/* Bytes an image of @area takes; 0 when there is nothing valid to take. */
u32 label_image_bytes(const struct label_area *area);

/*
 * Take it, to @image->data, which has room for label_image_bytes(). No label of it says that it is
 * being changed: what was, then, is not resumed.
 */
void label_image_take(struct label_image *image, const struct label_area *area);

/* Would an image of @area be this one? Sequence numbers count for nothing. */
bool label_image_same(const struct label_image *image, const struct label_area *area);

/* Bytes of the area that @image stands for; slots that were free read as zero. */
void label_image_read(const struct label_image *image, u32 off, u8 *buf, u32 len);

/**
 * label_image_restore() - make an area hold the labels of an image again
 * @image: the image
 * @area: loaded area of the same DIMM
 * @io: the DIMM
 * @add: room for @image->nlabel labels
 * @drop: room for @area->nslot slots
 * @reason: reason of a refusal
 *
 * One change as label_area_commit() makes it: wherever power fails the area
 * holds the labels it had or those of the image. Labels that are there already
 * stay where they are, others may go to other slots than they had. One that is there, and is being
 * updated, stays so if it is position 0's; else it is written anew, and nobody's no more. An area
 * without a valid index block has none until it has the labels, each where it was.
 *
 * Return: 0; -EINVAL with ND_REASON_VERSION when the area has another version or slots of
 * another size now, or would have when it is laid out anew; -EBADMSG with the reason when
 * the image has a slot that could not be read even then, and that is not there any more; or
 * what label_area_commit() returns.
 */
int label_image_restore(const struct label_image *image, struct label_area *area,
			const struct label_io *io, struct nd_label *add, u32 *drop,
			enum nd_reason *reason);

#endif /* _ND_LABEL_IMAGE_H */
