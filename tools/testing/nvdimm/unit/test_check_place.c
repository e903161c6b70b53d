// SPDX-License-Identifier: GPL-2.0
/* What in the data goes by where they end: "ndstack check --reclaim" leaves that alone. */
/* objects: tools/ndstack/check_place.c tools/ndstack/reclaim.c tools/ndstack/medium.c */
/* objects: tools/ndstack/fit.c tools/ndstack/machine.c tools/ndstack/machine_json.c */
/* objects: tools/ndstack/machine_read.c tools/ndstack/map.c tools/ndstack/map_layers.c */
/* objects: drivers/nvdimm/layout/dpa.c drivers/nvdimm/layout/dry_run.c tools/ndstack/nearest.c */
/* objects: drivers/nvdimm/layout/layout.c */
/* objects: drivers/nvdimm/layout/neighbours.c drivers/nvdimm/layout/info_block.c */
/* objects: drivers/nvdimm/label/codec.c */
/* libraries: json-c blkid */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>
#include "nd_test.h"
#include "check_place.h"

#define START	((u64)SZ_4M)		/* of the data */
#define SIZE	((u64)SZ_16M)

static struct medium medium;

static void put(u64 at, const void *bytes, size_t len)
{
	assert_int_equal(pwrite(medium.fd, bytes, len, START + at), len);
}

int before_each(void **state)
{
	medium.fd = memfd_create("space", MFD_CLOEXEC);
	medium.size = START + SIZE + SZ_4M;
	assert_int_equal(ftruncate(medium.fd, medium.size), 0);
	return 0;
}

int after_each(void **state)
{
	medium_close(&medium);
	return 0;
}

/* Of version 1.0 it lies 8 KiB before the end, of 1.1 at the beginning. In sectors of 512 bytes. */
static void put_raid(u64 sector)
{
	u8 super[256] = { };
	const __le32 magic = cpu_to_le32(0xa92b4efc), major = cpu_to_le32(1);
	const __le64 where = cpu_to_le64(sector);

	memcpy(super, &magic, 4);
	memcpy(super + 4, &major, 4);
	memcpy(super + 144, &where, 8);
	put(sector * 512, super, sizeof(super));
}

static const struct row {
	const char *title;
	u64 raid;		/* sector of a superblock; U64_MAX: none */
	u64 gpt;		/* byte of a header; 0: none */
	int found;
} rows[] = {
	{ "nothing", U64_MAX, 0, 0 },
	{ "a superblock at the end", (SIZE / 512 - 16) / 8 * 8, 0, 1 },
	{ "one at the beginning", 0, 0, 0 },
	{ "the copy of a GPT", U64_MAX, SIZE - 512, 1 },
	{ "that of a GPT with blocks of 4096 bytes", U64_MAX, SIZE - 4096, 1 },
	{ "the GPT itself", U64_MAX, 512, 0 },
	{ "what lies behind the data", SIZE / 512 + 64, SIZE + SZ_1M - 512, 0 },
};

TEST_EACH(place__what_goes_by_the_end_is_found, rows)
{
	char what[64] = "";

	if (row->raid != U64_MAX)
		put_raid(row->raid);
	if (row->gpt)
		put(row->gpt, "EFI PART", 8);
	assert_int_equal(check_place_end(&medium, START, SIZE, what, sizeof(what)), row->found);
	assert_true(row->found ? *what : !*what);
}
