/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of machines (machines/table): its lines, and what nd_provider takes for one.
 */
#ifndef _MACHINE_TABLE_H
#define _MACHINE_TABLE_H

#include <err.h>
#include <stdbool.h>

#include "../../provider/machine.h"
#include "fuzz_media.h"

#define WORDS	4096

struct machine {
	char id[32], labels[8], namespaces[128], ranges[WORDS];
	char line[2 * WORDS];		/* as nd_provider takes it */
};

/* A number of a word of a range, or @none. */
static inline unsigned int word_number(const char *range, const char *word, unsigned int none)
{
	const char *at = strstr(range, word);
	char *end;
	unsigned int n;

	if (!at || at >= range + strcspn(range, ","))
		return none;
	n = strtoul(at + strlen(word), &end, 0);
	return n << (*end == 'K' ? 10 : *end == 'M' ? 20 : 0);
}

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
		u32 area = word_number(range, ":labels=", 0);
		u32 dimms = area ? word_number(range, ":dimms=", 1) : 0;

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
	const char *from = m->ranges;
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
	if (!strcmp(m->labels, "1.1"))
		len += put_indices(bytes + len, m->ranges);
	return len;
}

/* The next machine of the table; false at its end. */
static inline bool next_machine(FILE *table, struct machine *m)
{
	static char line[WORDS];
	bool any = false;
	long at;

	for (at = ftell(table); fgets(line, sizeof(line), table); at = ftell(table)) {
		if (line[0] == '\t' && any) {
			size_t len = strlen(m->ranges);

			sscanf(line, "%4000s", m->ranges + len);
			continue;
		}
		if (any) {
			fseek(table, at, SEEK_SET);
			break;
		}
		if (line[0] == '#' || line[0] == '\n')
			continue;
		memset(m, 0, sizeof(*m));
		if (sscanf(line, "%31s %7s %127s %2000s", m->id, m->labels, m->namespaces,
			   m->ranges) != 4)
			errx(2, "not a machine: %s", line);
		any = true;
	}
	return any;
}

#endif
