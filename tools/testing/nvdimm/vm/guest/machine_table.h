/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What nd_provider takes for a line of machines/table.
 */
#ifndef _MACHINE_TABLE_H
#define _MACHINE_TABLE_H

#include "../../provider/machine.h"
#include "fuzz_media.h"
#include "../../lib/machine_row.h"

struct machine {
	struct machine_row row;
	char line[2 * ROW_BYTES];	/* as nd_provider takes it */
};

/* An index block of version 1.1, all slots of which are free: UEFI 2.10 §13.19.2. */
static inline u32 make_index(u8 *at, u32 area, unsigned int which)
{
	u32 size = sizeof(struct nd_media_index) + (area / 128 + 7) / 8;
	struct nd_media_index *index = (void *)at;

	size = (size + ND_INDEX_ALIGN - 1) / ND_INDEX_ALIGN * ND_INDEX_ALIGN;

	memset(at, 0, size);
	memcpy(index->sig, ND_INDEX_SIG, ND_INDEX_SIG_LEN);
	index->seq = 1 + which;
	index->myoff = which * size;
	index->mysize = size;
	index->otheroff = !which * size;
	index->labeloff = 2 * size;
	index->nslot = (area - 2 * size) / 128;
	index->major = 1;
	index->minor = 1;
	for (u32 i = 0; i < index->nslot; i++)
		index->free[i / 8] |= 1 << i % 8;
	index->checksum = nd_fletcher_of(at, size);
	return size;
}

/* Label areas of version 1.1 for each DIMM; returns how many bytes. */
static inline size_t put_indices(u8 *out, const char *ranges)
{
	u32 dimm = 0;
	u8 *at = out;

	for (const char *range = ranges; range; range = strchr(range, ',')) {
		range += *range == ',';
		u32 area = row_word(range, ":labels=", 0);
		u32 dimms = area ? row_word(range, ":dimms=", 1) : 0;

		for (u32 i = 0; i < dimms; i++, dimm++) {
			struct provider_bytes head = { .dimm = dimm };
			u32 size = make_index(at + sizeof(head), area, 0);

			make_index(at + sizeof(head) + size, area, 1);
			head.len = 2 * size;
			memcpy(at, &head, sizeof(head));
			at += sizeof(head) + head.len;
		}
	}
	return at - out;
}

/* Fills @m->line, and @bytes with what is written to /dev/nd_provider; returns how many. */
static inline size_t machine_bytes(struct machine *m, u8 *bytes)
{
	const char *from = m->row.ranges;
	char *to = m->line;
	size_t len;

	while (*from) {
		size_t n = strcspn(from, ",");

		to += sprintf(to, "%.*s:unchecked%s", (int)n, from, from[n] ? "," : "");
		from += n + !!from[n];
	}
	to += sprintf(to, "\n");
	len = to - m->line;
	memcpy(bytes, m->line, len);
	if (!strcmp(m->row.labels, "1.1"))
		len += put_indices(bytes + len, m->row.ranges);
	return len;
}

#endif
