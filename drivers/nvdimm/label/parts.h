/* SPDX-License-Identifier: GPL-2.0 */
/* Where the parts of a label storage area lie: for area.c, which changes it, and load.c. Pure. */
#ifndef _ND_LABEL_PARTS_H
#define _ND_LABEL_PARTS_H

#include <nd/format.h>
#include "label/area.h"
#include "label/label.h"

static inline struct nd_media_index *area_index(const struct label_area *area, u32 which)
{
	return (struct nd_media_index *)(area->data + which * area->index_size);
}

static inline struct nd_media_index *area_current(const struct label_area *area)
{
	return area_index(area, area->current_index);
}

static inline u32 slot_off(const struct label_area *area, u32 slot)
{
	return area->label_off + slot * area->label_size;
}

static inline bool slot_free(const struct nd_media_index *index, u32 slot)
{
	return index->free[slot / 8] & 1u << slot % 8;
}

/* Set the layout that slots of @label_size bytes give the area; no index is in force yet. */
static inline void label_area_layout(struct label_area *area, u32 label_size)
{
	area->label_size = label_size;
	area->index_size = label_index_size(area->size, label_size);
	area->label_off = 2 * area->index_size;
}

/* Put the block @which, already judged good, in force. */
void label_area_adopt(struct label_area *area, u32 which);

#endif /* _ND_LABEL_PARTS_H */
