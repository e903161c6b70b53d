/* SPDX-License-Identifier: GPL-2.0 */
/* A label area as it once was, to be read as a file for ndctl write-labels. Pure. */
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

#endif /* _ND_LABEL_IMAGE_H */
