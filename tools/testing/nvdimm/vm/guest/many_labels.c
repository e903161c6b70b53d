// SPDX-License-Identifier: GPL-2.0
/*
 * many_labels - a machine for /dev/nd_provider, with many namespaces on one DIMM
 *
 *   many_labels COUNT SIZE >/dev/nd_provider
 *
 * COUNT namespaces of SIZE bytes (a number), one behind the other from the region's first byte,
 * in a label area of 4 MiB; the DIMM holds one more. Their uuids count, from 1:
 * 6d616e79-0000-4000-8000-000000000001.
 */
/* cc: -std=gnu11 -Wno-unused-parameter -Wno-sign-compare -fno-strict-aliasing */
/* cc: -Itools/testing/nvdimm/unit/shim -Itools/testing/nvdimm/lib -Idrivers/nvdimm */
/* cc: tools/testing/nvdimm/lib/label_media.c */
/* cc: drivers/nvdimm/label/area.c drivers/nvdimm/label/load.c drivers/nvdimm/label/codec.c */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "label_media.h"
#include "../provider/machine.h"

#define AREA	(4u << 20)
#define COOKIE	0x6d616e79ull

/* UEFI 2.10 §13.19: the byte-addressable persistent-memory range type */
static const guid_t pmem_type = GUID_INIT(0x66f0d379, 0xb4f3, 0x4074, 0xac, 0x43, 0x0d, 0x33, 0x18,
					  0xb7, 0x8c, 0xdb);

static struct nd_label label_of(u32 i, u64 size)
{
	struct nd_label label = {
		.uuid = {{ 'm', 'a', 'n', 'y', 0, 0, 0x40, 0, 0x80, 0 }},
		.nlabel = 1,
		.cookie = COOKIE,
		.dpa = i * size,
		.size = size,
		.type = pmem_type,
	};

	label.uuid.b[14] = (i + 1) >> 8;
	label.uuid.b[15] = i + 1;
	return label;
}

/* The driver takes a machine in one write. */
static void give(const char *line, const u8 *area)
{
	struct provider_bytes head = { 0, 0, AREA };
	size_t len = strlen(line);
	u8 *all = malloc(len + sizeof(head) + AREA);

	if (!all)
		err(2, "memory");
	memcpy(all, line, len);
	memcpy(all + len, &head, sizeof(head));
	memcpy(all + len + sizeof(head), area, AREA);
	len += sizeof(head) + AREA;
	if (write(STDOUT_FILENO, all, len) != (ssize_t)len)
		err(1, "the machine");
	free(all);
}

int main(int argc, char **argv)
{
	u32 count = argc == 3 ? strtoul(argv[1], NULL, 0) : 0;
	u64 size = argc == 3 ? strtoull(argv[2], NULL, 0) : 0;
	struct label_media media = media_new(AREA);
	struct label_io io = media_io(&media);
	struct label_area area = { .data = calloc(1, AREA), .size = AREA };
	struct nd_label *labels = calloc(count, sizeof(*labels));
	struct label_change change = { .add = labels, .nadd = count, .minor = 2 };
	enum nd_reason reason;
	char line[128];

	if (!count || count > 0xffff || !size || !labels || !area.data)
		errx(2, "many_labels COUNT SIZE, up to 65535");
	for (u32 i = 0; i < count; i++)
		labels[i] = label_of(i, size);
	if (label_area_load(&area, &io, &reason) || label_area_commit(&area, &io, &change, &reason))
		errx(1, "the labels: reason %d", reason);
	snprintf(line, sizeof(line), "%llu@%#llx:unchecked:labels=%u:cookie=%#llx\n",
		 (unsigned long long)(count + 1) * size, 1ull << 40, AREA, COOKIE);
	give(line, media.bytes);
	return 0;
}
