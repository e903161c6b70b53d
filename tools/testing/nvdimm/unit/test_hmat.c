// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/common/hmat.c */
#include "nd_test.h"
#include "common/speed.h"

/* Data types of a matrix. */
enum { LATENCY, READ_LATENCY, WRITE_LATENCY, BANDWIDTH, READ_BANDWIDTH, WRITE_BANDWIDTH };

struct table {
	u8 bytes[512];
	size_t len;
};

static void put(struct table *t, u64 value, unsigned int bytes)
{
	for (; bytes--; value >>= 8)
		t->bytes[t->len++] = value;
}

static void begin(struct table *t, u8 revision)
{
	memset(t, 0, sizeof(*t));
	t->bytes[8] = revision;
	t->len = 40;
}

/* Of two initiators, 0 and 1, and two targets, 1 and 5. */
static void matrix(struct table *t, u8 flags, u8 data, u64 unit, const u16 entry[4])
{
	put(t, 1, 4);
	put(t, 32 + 4 * 4 + 2 * 4, 4);
	put(t, flags, 1);
	put(t, data, 1);
	put(t, 0, 2);
	put(t, 2, 4);
	put(t, 2, 4);
	put(t, 0, 4);
	put(t, unit, 8);
	put(t, 0, 4);
	put(t, 1, 4);
	put(t, 1, 4);
	put(t, 5, 4);
	for (int i = 0; i < 4; i++)
		put(t, entry[i], 2);
}

/* Proximity domain 5 is node 2; 1 is node 1. */
static int node_of(u32 domain)
{
	return domain == 5 ? 2 : domain == 1 ? 1 : -1;
}

static bool speed_of(const struct table *t, int node, struct nd_speed *speed)
{
	/* of its size, so that what lies behind is seen to be read */
	u8 *exact = malloc(t->len ?: 1);
	bool known;

	memcpy(exact, t->bytes, t->len);
	known = hmat_speed(exact, t->len, node_of, node, speed);
	free(exact);
	return known;
}

static void assert_speed(const struct table *t, int node, u32 read_ns, u32 write_ns, u32 read_mbs,
			 u32 write_mbs)
{
	struct nd_speed speed;

	assert_int_equal(speed_of(t, node, &speed), read_ns || write_ns || read_mbs || write_mbs);
	assert_int_equal(speed.read_ns, read_ns);
	assert_int_equal(speed.write_ns, write_ns);
	assert_int_equal(speed.read_mbs, read_mbs);
	assert_int_equal(speed.write_mbs, write_mbs);
}

TEST(speed__is_that_of_the_nearest_initiator)
{
	struct table t;

	begin(&t, 2);
	matrix(&t, 0, READ_LATENCY, 1000, (u16[]) { 100, 300, 90, 400 });
	matrix(&t, 0, WRITE_LATENCY, 100, (u16[]) { 1000, 3001, 900, 4000 });
	matrix(&t, 0, READ_BANDWIDTH, 1000, (u16[]) { 20, 5, 19, 6 });
	matrix(&t, 0, WRITE_BANDWIDTH, 1, (u16[]) { 20, 5, 19, 6 });
	assert_speed(&t, 1, 90, 90, 20000, 20);
	assert_speed(&t, 2, 300, 301, 6000, 6);
	assert_speed(&t, 0, 0, 0, 0, 0);
}

TEST(speed__of_both_ways_may_be_one_number)
{
	struct table t;

	begin(&t, 2);
	matrix(&t, 0, LATENCY, 1000, (u16[]) { 100, 300, 90, 400 });
	matrix(&t, 0, BANDWIDTH, 1, (u16[]) { 20, 5, 19, 6 });
	assert_speed(&t, 2, 300, 300, 6, 6);
}

TEST(speed__is_none_where_nothing_is_told)
{
	struct table t;

	begin(&t, 2);
	matrix(&t, 0, LATENCY, 1000, (u16[]) { 0, 0xffff, 0, 7 });
	assert_speed(&t, 1, 0, 0, 0, 0);
	assert_speed(&t, 2, 7, 7, 0, 0);
	begin(&t, 2);
	matrix(&t, 1, LATENCY, 1000, (u16[]) { 1, 1, 1, 1 });
	assert_speed(&t, 1, 0, 0, 0, 0);
	/* other units */
	begin(&t, 1);
	matrix(&t, 0, LATENCY, 1000, (u16[]) { 1, 1, 1, 1 });
	assert_speed(&t, 1, 0, 0, 0, 0);
	/* a unit that no number fits in */
	begin(&t, 2);
	matrix(&t, 0, LATENCY, ~0ull, (u16[]) { 1, 1, 1, 1 });
	assert_speed(&t, 1, 0, 0, 0, 0);
	/* one that is larger than what is shown */
	begin(&t, 2);
	matrix(&t, 0, LATENCY, ~0ull >> 16, (u16[]) { 9, 9, 9, 9 });
	assert_speed(&t, 1, ~0u, ~0u, 0, 0);
}

/* Cut anywhere, and with any number of domains, nothing behind the end is read: ASan tells. */
TEST(tables__are_read_as_far_as_they_go)
{
	static const u64 numbers[] = { 0, 1, 3, 4, 0xffff, 0x10000, 0x7fffffff, 0xffffffff };
	static const unsigned int places[] = { 44, 52, 56 };
	struct table whole, t;
	struct nd_speed speed;

	begin(&whole, 2);
	matrix(&whole, 0, READ_LATENCY, 1000, (u16[]) { 100, 300, 90, 400 });
	matrix(&whole, 0, WRITE_LATENCY, 1000, (u16[]) { 100, 300, 90, 400 });
	for (size_t len = 0; len < whole.len; len++) {
		t = whole;
		t.len = len;
		assert_int_equal(speed_of(&t, 1, &speed), len >= 40 + 56);
	}
	for (u32 p = 0; p < ARRAY_SIZE(places); p++)
		for (u32 i = 0; i < ARRAY_SIZE(numbers); i++) {
			t = whole;
			t.len = places[p];
			put(&t, numbers[i], 4);
			t.len = whole.len;
			speed_of(&t, 1, &speed);
		}
}
