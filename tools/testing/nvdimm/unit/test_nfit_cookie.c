// SPDX-License-Identifier: GPL-2.0
/* objects: unit/nfit_parse.c drivers/nvdimm/nfit/table/cookie.c */
#include "nfit_parse.h"
#include "nfit/table/cookie.h"

/* set_cookie of qemu_nfit's two regions as Debian 6.1's own driver shows them, without labels. */
TEST(cookie__of_qemu_dimms)
{
	struct nfit_member m = { .serial = 0x123456, .vendor = 0x8086 };
	struct nfit_cookies c;
	u8 position;

	assert_true(nfit_cookies(&m, 1, &c, &position));
	assert_true(c.v1_2 == 0xba90120012b4dcull);
	assert_int_equal(position, 0);
	m.serial++;
	assert_true(nfit_cookies(&m, 1, &c, &position));
	assert_true(c.v1_2 == 0xba901c0012b4ddull);
}

/* Likewise: a set of two that a made-up table lists in reverse, and v1.1 for lack of labels. */
TEST(cookie__of_sets_in_a_made_up_table)
{
	static const struct nfit_member set[2] = {
		{ .region_offset = 4096, .serial = 0x31200, .vendor = 0x8089, .date = 0x1218,
		  .location = 0xa2 },
		{ .region_offset = 0, .serial = 0xb77f0, .vendor = 0x8089, .date = 0x1218,
		  .location = 0xa2 },
	};
	struct nfit_member one = { .serial = 3, .vendor = 0x8089, .date = 0x1218 };
	struct nfit_cookies c;
	u8 position[2];

	assert_true(nfit_cookies(set, 2, &c, position));
	assert_true(c.v1_2 == 0x1ffae466243f9c46ull);
	assert_int_equal(position[0], 1);
	assert_int_equal(position[1], 0);
	assert_true(nfit_cookies(&one, 1, &c, position));
	assert_true(c.v1_1 == 0x600000003ull);
	one.serial = 4;
	assert_true(nfit_cookies(&one, 1, &c, position));
	assert_true(c.v1_1 == 0x800000004ull);
}

TEST(cookie__of_nothing_is_zero)
{
	struct nfit_cookies c = { 1, 1, 1 };

	assert_true(nfit_cookies(NULL, 0, &c, NULL));
	assert_true(c.v1_1 == 0 && c.v1_2 == 0 && c.compat == 0);
}

TEST(cookie__too_many_members_are_refused)
{
	struct nfit_member m[NFIT_SET_MAX + 1] = { };
	u8 position[NFIT_SET_MAX + 1];
	struct nfit_cookies c;

	assert_true(nfit_cookies(m, NFIT_SET_MAX, &c, position));
	assert_false(nfit_cookies(m, NFIT_SET_MAX + 1, &c, position));
}

/* The checksum again, the slow way: over the bytes, laid out by hand. */
static u64 fletcher(const u8 *p, size_t len)
{
	u64 low = 0, high = 0;

	for (size_t i = 0; i < len; i += 4) {
		low += p[i] | p[i + 1] << 8 | p[i + 2] << 16 | (u64)p[i + 3] << 24;
		high += low & 0xffffffff;
	}
	return high << 32 | (low & 0xffffffff);
}

static void lay(u8 *p, u64 v, int n)
{
	while (n--) {
		*p++ = v;
		v >>= 8;
	}
}

/*
 * Offsets chosen so that byte order and number order differ: as bytes (low
 * first) 0x10000 < 0x100 < 0x1000 < 0x1; members are given in neither.
 */
TEST(cookie__orders)
{
	static const struct nfit_member set[4] = {
		{ .region_offset = 0x1000, .serial = 0x31,
		  .vendor = 0x8089, .date = 0x1218, .location = 0xa2 },
		{ .region_offset = 0x1, .serial = 0x99,
		  .vendor = 0x8089, .date = 0x1218, .location = 0xa2 },
		{ .region_offset = 0x10000, .serial = 0x12,
		  .vendor = 0x8089, .date = 0x1219, .location = 0xa3 },
		{ .region_offset = 0x100, .serial = 0x07,
		  .vendor = 0x802c, .date = 0x1218, .location = 0xa2 },
	};
	static const u8 by_number[4] = { 1, 3, 0, 2 }, by_bytes[4] = { 2, 3, 0, 1 };
	u8 small[4 * 16] = { }, bytes[4 * 16] = { }, large[4 * 48] = { }, position[4];
	struct nfit_cookies c;

	for (int i = 0; i < 4; i++) {
		const struct nfit_member *m = &set[by_number[i]], *b = &set[by_bytes[i]];

		lay(small + i * 16, m->region_offset, 8);
		lay(small + i * 16 + 8, m->serial, 4);
		lay(bytes + i * 16, b->region_offset, 8);
		lay(bytes + i * 16 + 8, b->serial, 4);
		lay(large + i * 48, m->region_offset, 8);
		lay(large + i * 48 + 8, m->serial, 4);
		lay(large + i * 48 + 12, m->vendor, 2);
		lay(large + i * 48 + 14, m->date, 2);
		lay(large + i * 48 + 16, m->location, 1);
	}
	assert_true(nfit_cookies(set, 4, &c, position));
	assert_true(c.v1_1 == fletcher(small, sizeof(small)));
	assert_true(c.compat == fletcher(bytes, sizeof(bytes)));
	assert_true(c.v1_2 == fletcher(large, sizeof(large)));
	assert_true(c.v1_1 != c.compat);
	for (int i = 0; i < 4; i++)
		assert_int_equal(position[by_number[i]], i);
}

/* From a table, as the driver does it; the numbers must never change, they are on media. */
TEST(cookie__of_an_interleaved_set)
{
	struct nfit_member member[4];
	struct nfit_cookies c;
	u8 position[4];

	make_set(&mk);
	parse();
	assert_reason(p.reason, ND_REASON_OK);
	for (u32 i = 0; i < 4; i++) {
		const struct nfit_dcr *dcr = &p.t.dcr[p.t.map[i].dcr];

		member[i] = (struct nfit_member) {
			.region_offset = p.t.map[i].region_offset, .serial = dcr->serial,
			.vendor = dcr->vendor, .date = dcr->date, .location = dcr->location,
		};
	}
	assert_true(nfit_cookies(member, 4, &c, position));
	for (u32 i = 0; i < 4; i++)
		assert_int_equal(position[i], i);
	/*
	 * Sum of serials and offsets, and sum of the running sums, worked out by hand:
	 * words 0, a3c11, 0...; 1000, b77f0; 2000, 31200; 3000, a3c10.
	 */
	assert_int_equal(c.v1_1 & 0xffffffff, 0xa3c11 + 0xb77f0 + 0x31200 + 0xa3c10 + 0x6000);
	assert_true(c.v1_1 == fletcher((const u8 [64]) {
		0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x3c, 0x0a, 0, 0, 0, 0, 0,
		0, 0x10, 0, 0, 0, 0, 0, 0, 0xf0, 0x77, 0x0b, 0, 0, 0, 0, 0,
		0, 0x20, 0, 0, 0, 0, 0, 0, 0x00, 0x12, 0x03, 0, 0, 0, 0, 0,
		0, 0x30, 0, 0, 0, 0, 0, 0, 0x10, 0x3c, 0x0a, 0, 0, 0, 0, 0,
	}, 64));
}
