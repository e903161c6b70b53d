// SPDX-License-Identifier: GPL-2.0
/* Leftovers that go before a change; and in how many comparisons that is found out. */
#include "nd_test.h"
#include <stdlib.h>
#include <string.h>
#include <linux/uuid.h>
#include "label/set.h"

static u64 steps;

static bool counted_uuid_equal(const uuid_t *a, const uuid_t *b)
{
	steps++;
	return uuid_equal(a, b);
}

static int counted_memcmp(const void *a, const void *b, size_t size)
{
	steps++;
	return memcmp(a, b, size);
}

/* The kernel's sort() is as good as this one. */
#define uuid_equal	counted_uuid_equal
#define memcmp		counted_memcmp
#include "../../../../drivers/nvdimm/label/set.c"
#undef memcmp
#undef uuid_equal

#define HOSTILE		65000
#define DIMMS		2

static struct label_orphan all[HOSTILE];

/* Label @i of @uuids uuids, of which each has as many labels as any other. */
static void fill(u32 nr, u32 uuids)
{
	for (u32 i = 0; i < nr; i++) {
		u32 id = i * 7919u % uuids;

		all[i] = (struct label_orphan){
			.mapping = i % DIMMS, .slot = i / DIMMS,
			.uuid = {{ id, id >> 8, id >> 16 }},
			.start = (u64)i * ND_LABEL_UNIT, .size = ND_LABEL_UNIT,
		};
	}
}

static bool meets(const struct label_orphan *o, const uuid_t *uuid, u64 start, u64 size)
{
	u64 end = o->start + o->size;

	return uuid_equal(&o->uuid, uuid) || (o->start < start + size && end > start);
}

/* All pairs. */
static bool naive_going(u32 nr, u32 at, const uuid_t *uuid, u64 start, u64 size)
{
	for (u32 i = 0; i < nr; i++)
		if (uuid_equal(&all[i].uuid, &all[at].uuid) && meets(&all[i], uuid, start, size))
			return true;
	return false;
}

TEST(orphans__are_chosen_by_place_and_uuid)
{
	static const u32 uuids[] = { 1, 2, 7, 100, 300 };
	uuid_t uuid = {{ 3 }};

	for (u32 k = 0; k < ARRAY_SIZE(uuids); k++) {
		for (u32 first = 0; first < 300; first += 37) {
			u64 start = (u64)first * ND_LABEL_UNIT, size = 3 * ND_LABEL_UNIT;

			fill(300, uuids[k]);
			label_orphans_sort(all, 300);
			label_orphans_choose(all, 300, &uuid, start, size);
			for (u32 i = 0; i < 300; i++)
				assert_int_equal(all[i].going,
						 naive_going(300, i, &uuid, start, size));
			label_orphans_choose(all, 300, NULL, start, size);
			for (u32 i = 0; i < 300; i++)
				assert_false(all[i].going);
		}
	}
}

TEST(orphans__each_is_found)
{
	fill(300, 17);
	label_orphans_sort(all, 300);
	for (u32 i = 0; i < 300; i++) {
		struct label_orphan o = all[i];

		assert_ptr_equal(label_orphans_find(all, 300, &o.uuid, o.mapping, o.slot), &all[i]);
		assert_null(label_orphans_find(all, 300, &o.uuid, o.mapping + DIMMS, o.slot));
		assert_null(label_orphans_find(all, 300, &o.uuid, o.mapping, o.slot + 300));
		assert_null(label_orphans_find(all, 0, &o.uuid, o.mapping, o.slot));
	}
}

/* One by one against all others they were 4,225,000,000. */
TEST(orphans__choice_among_65000_is_linear)
{
	static const u32 uuids[] = { 1, 100, HOSTILE };

	for (u32 k = 0; k < ARRAY_SIZE(uuids); k++) {
		uuid_t uuid = {{ 3 }};

		fill(HOSTILE, uuids[k]);
		steps = 0;
		label_orphans_sort(all, HOSTILE);
		assert_true(steps < HOSTILE * 40ull);
		steps = 0;
		label_orphans_choose(all, HOSTILE, &uuid, 0, (u64)HOSTILE * ND_LABEL_UNIT);
		print_message("%u uuids: %llu steps\n", uuids[k], (unsigned long long)steps);
		assert_true(steps <= 4ull * HOSTILE);
		steps = 0;
		label_orphans_find(all, HOSTILE, &uuid, 0, 0);
		assert_true(steps <= 20);
	}
}
