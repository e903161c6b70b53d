// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/nfit/crash/record.c */
#include "nd_test.h"
#include <linux/unaligned.h>
#include "nfit/crash/record.h"

#define MEMORY		0xa5bc1114
#define MEMORY_2	0x61ec04fc
#define PROCESSOR	0x9876ccad

static const u8 rest_of[][12] = {
	{ 0x64, 0x6f, 0xde, 0x4e, 0xb8, 0x63, 0x3e, 0x83, 0xed, 0x7c, 0x83, 0xb1 },
	{ 0xe6, 0x48, 0x13, 0xd8, 0x25, 0xc9, 0x8d, 0xaa, 0x44, 0x75, 0x0b, 0x12 },
};

/* A boot error region under construction. */
struct region {
	u8 bytes[4096];
	u32 len, block;
};

static void put32(u8 *at, u32 value)
{
	put_unaligned_le32(value, at);
}

static void add_block(struct region *r)
{
	r->block = r->len;
	/* as the kernel leaves it when it has printed it: no status */
	r->len += 20;
}

static u8 *add_entry(struct region *r, u32 type, u32 severity, u32 revision, u32 len)
{
	u8 *entry = r->bytes + r->len;
	u32 head = revision >= 0x300 ? 72 : 64;

	put32(entry, type);
	memcpy(entry + 4, rest_of[type == MEMORY_2], 12);
	put32(entry + 16, severity);
	put32(entry + 20, revision);
	put32(entry + 24, len);
	r->len += head + len;
	put32(r->bytes + r->block + 12, r->len - r->block - 20);
	return entry + head;
}

static void add_error(struct region *r, u32 severity, u64 valid, u64 address, u64 mask)
{
	u8 *memory = add_entry(r, MEMORY, severity, 0x300, 80);

	put_unaligned_le64(valid, memory);
	put_unaligned_le64(address, memory + 16);
	put_unaligned_le64(mask, memory + 24);
}

static struct crash_walk walk_of(const struct region *r)
{
	return (struct crash_walk) { .bytes = r->bytes, .len = sizeof(r->bytes) };
}

static void assert_found(struct crash_walk *walk, u64 start, u64 len)
{
	struct crash_error error;

	assert_true(crash_next(walk, &error));
	assert_int_equal(error.start, start);
	assert_int_equal(error.len, len);
}

static void assert_no_more(struct crash_walk *walk)
{
	struct crash_error error;

	assert_false(crash_next(walk, &error));
	assert_false(crash_next(walk, &error));
}

LAW(record__of_no_crash_has_no_error)
{
	struct region r = { };
	struct crash_walk walk = walk_of(&r);

	assert_no_more(&walk);
	memset(r.bytes, 0xff, sizeof(r.bytes));
	walk = walk_of(&r);
	assert_no_more(&walk);
}

LAW(record__is_read_although_the_kernel_has_seen_it)
{
	struct region r = { };
	struct crash_walk walk;

	add_block(&r);
	add_error(&r, 1, 6, 0x180000123, ~0xfffull);
	walk = walk_of(&r);
	assert_found(&walk, 0x180000000, 4096);
	assert_no_more(&walk);
}

LAW(record__has_blocks_and_sections_of_any_number)
{
	struct region r = { };
	struct crash_walk walk;
	u8 *old;

	add_block(&r);
	add_error(&r, 0, 2, 0x1000, 0);
	add_entry(&r, PROCESSOR, 1, 0x300, 200);
	add_error(&r, 1, 6, 0x2000, ~0xffull);
	add_block(&r);
	old = add_entry(&r, MEMORY_2, 1, 0x201, 48);
	put_unaligned_le64(2, old);
	put_unaligned_le64(0x3fff, old + 16);
	walk = walk_of(&r);
	assert_found(&walk, 0x1000, 64);
	assert_found(&walk, 0x2000, 256);
	assert_found(&walk, 0x3fc0, 64);
	assert_no_more(&walk);
}

/* Raw data @offset bytes into the block, which says nothing of memory. */
static void add_raw(struct region *r, u32 offset, u32 len)
{
	put32(r->bytes + r->block + 4, offset);
	put32(r->bytes + r->block + 8, len);
	if (r->block + offset + len <= r->len)
		return;
	memset(r->bytes + r->block + offset, 0xff, len);
	r->len = r->block + offset + len;
}

LAW(record__goes_on_after_raw_data)
{
	struct region r = { };
	struct crash_walk walk;

	add_block(&r);
	add_error(&r, 1, 6, 0x1000, ~0xfffull);
	add_raw(&r, r.len - r.block, 48);
	add_block(&r);
	add_raw(&r, 20, 16);		/* and nothing else */
	add_block(&r);
	add_error(&r, 1, 6, 0x2000, ~0xfffull);
	add_raw(&r, 24, 8);		/* within the sections */
	add_block(&r);
	add_error(&r, 1, 6, 0x3000, ~0xfffull);
	walk = walk_of(&r);
	assert_found(&walk, 0x1000, 4096);
	assert_found(&walk, 0x2000, 4096);
	assert_found(&walk, 0x3000, 4096);
	assert_no_more(&walk);
}

LAW(record__that_is_larger_than_its_region_ends_there)
{
	struct region r = { };
	struct crash_walk walk;

	add_block(&r);
	add_error(&r, 1, 6, 0x1000, ~0xfffull);
	put32(r.bytes + r.block + 4, U32_MAX);
	put32(r.bytes + r.block + 8, U32_MAX);
	walk = walk_of(&r);
	assert_found(&walk, 0x1000, 4096);
	assert_no_more(&walk);
}

LAW(record__counts_where_bytes_are_lost)
{
	struct region r = { };
	struct crash_walk walk;

	add_block(&r);
	add_error(&r, 2, 2, 0x1000, 0);		/* corrected */
	add_error(&r, 3, 2, 0x2000, 0);		/* for information */
	add_error(&r, 1, 4, 0x3000, ~0ull);	/* somewhere */
	add_error(&r, 1, 6, 0x40000123, ~0ull << 30);
	walk = walk_of(&r);
	/* no platform gives up as much as that */
	assert_found(&walk, 0x40000000, 0x200000);
	assert_no_more(&walk);
}

LAW(record__that_is_forgotten_is_not_there)
{
	struct region r = { };
	struct crash_error error;
	struct crash_walk walk;

	add_block(&r);
	add_error(&r, 1, 7, 0x1000, ~0xfffull);
	add_error(&r, 1, 7, 0x2000, ~0xfffull);
	walk = walk_of(&r);
	assert_true(crash_next(&walk, &error));
	crash_forget(r.bytes + error.section);
	walk = walk_of(&r);
	assert_found(&walk, 0x2000, 4096);
	assert_no_more(&walk);
}

LAW(record__of_what_is_cured_in_part_has_the_rest)
{
	struct region r = { };
	struct crash_error error;
	struct crash_walk walk;

	add_block(&r);
	add_error(&r, 1, 2, 0x5000, 0);
	add_error(&r, 1, 6, 0x8000, ~0x7fffull);
	walk = walk_of(&r);
	assert_true(crash_next(&walk, &error));
	crash_narrow(r.bytes + error.section, 0x5000, 0x503f, &error);
	assert_true(crash_next(&walk, &error));
	crash_narrow(r.bytes + error.section, 0x8a00, 0x8dff, &error);
	assert_int_equal(error.len, 0x800);
	walk = walk_of(&r);
	assert_found(&walk, 0x5000, 64);
	assert_found(&walk, 0x8800, 0x800);
	assert_no_more(&walk);
}
