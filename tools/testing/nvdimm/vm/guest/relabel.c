// SPDX-License-Identifier: GPL-2.0
/*
 * relabel - make a label in a file, a label area as ndctl reads and writes it, another's
 *
 *   relabel FILE NAME kind	of a kind (abstraction) that nobody knows
 *   relabel FILE NAME extent	an extent of a namespace of that DIMM alone, as of Linux up to 5.17
 *
 * It is found by the name it gives its namespace, among those in use: "ndctl read-labels" also
 * tells of labels that older changes have left.
 */
/* cc: -std=gnu11 -Wno-unused-parameter -Wno-sign-compare -fno-strict-aliasing */
/* cc: -Itools/testing/nvdimm/unit/shim -Itools/testing/nvdimm/lib -Idrivers/nvdimm */
/* cc: tools/testing/nvdimm/lib/label_media.c */
/* cc: drivers/nvdimm/label/area.c drivers/nvdimm/label/load.c drivers/nvdimm/label/codec.c */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "label_media.h"
#include "label/label.h"

#define AREA	(128u << 10)

/* UEFI 2.7 §13.19.3: the address range type of a block window */
static const guid_t blk_type = GUID_INIT(0x91af0530, 0x5d86, 0x470e, 0xa6, 0xb0, 0x0a, 0x2d, 0xb9,
					 0x40, 0x82, 0x49);

static void alter(struct nd_label *label, const struct label_area *area, const char *what)
{
	if (!strcmp(what, "kind")) {
		label->abstraction.b[0] = 0x77;
		return;
	}
	label->flags = ND_LABEL_LOCAL;
	label->type = blk_type;
	label->position = area->minor == 1 ? 0 : ND_LABEL_EXTENT;
	label->nlabel = label->position;
	if (area->minor == 1)
		label->cookie = 0;
}

/* The slot in use that names @name, or one that is none. */
static u32 find(const struct label_area *area, const char *name, struct nd_label *label)
{
	u32 slot;

	for (slot = label_next_active(area, 0); slot < area->nslot;
	     slot = label_next_active(area, slot + 1))
		if (!label_area_get(area, slot, label) && !strcmp(label->name, name))
			break;
	return slot;
}

int main(int argc, char **argv)
{
	struct label_media media = media_new(AREA);
	struct label_io io = media_io(&media);
	struct label_area area = { .data = calloc(1, AREA), .size = AREA };
	FILE *file = argc == 4 ? fopen(argv[1], "r+") : NULL;
	struct nd_label label;
	enum nd_reason reason;
	u32 slot;

	if (!file || fread(media.bytes, AREA, 1, file) != 1)
		err(2, "relabel FILE NAME kind|extent, of an area of %u bytes", AREA);
	if (label_area_load(&area, &io, &reason) || !area.valid)
		errx(1, "%s: no labels", argv[1]);
	slot = find(&area, argv[2], &label);
	if (slot >= area.nslot)
		errx(1, "no label names %s", argv[2]);
	alter(&label, &area, argv[3]);
	label_encode(&label, area.label_size,
		     media.bytes + area.label_off + slot * area.label_size);
	rewind(file);
	if (fwrite(media.bytes, AREA, 1, file) != 1 || fclose(file))
		err(1, "%s", argv[1]);
	return 0;
}
