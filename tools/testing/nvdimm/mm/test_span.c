// SPDX-License-Identifier: GPL-2.0
/* Spans that cross sections of 128 MiB, as they are on machines. */
#define SECTION_SIZE_BITS	27
#define NR_MEM_SECTIONS		16
#include "world.h"

#define HALF	(SUBS / 2)

static struct world empty;

static int before(void)
{
	memset(&world, 0, sizeof(world));
	memset(&empty, 0, sizeof(empty));
	fail_step = 0;
	return 0;
}

int before_each(void **state)
{
	return before();
}

TEST(section__has_64_subsections)
{
	assert_int_equal(SUBS, 64);
	assert_int_equal(SUB, 512);
	assert_int_equal(SUBSECTION_LONGS, 1);
	assert_int_equal(sizeof(struct mem_section), 32);
}

TEST(span__is_tiled_by_its_pieces)
{
	static const unsigned long edge[] = {
		0, 1, 5, 31, 32, 63, 64, 65, 127, 128, 129, 191, 192,
	};

	for (size_t a = 0; a < ARRAY_SIZE(edge); a++)
		for (size_t b = a + 1; b < ARRAY_SIZE(edge); b++) {
			unsigned long pfn = edge[a] * SUB, nr = edge[b] * SUB - pfn, at = pfn;
			unsigned long sec = pfn_to_section_nr(pfn);

			for (unsigned long i = 0; i < subsection_sections(pfn, nr); i++, sec++) {
				assert_int_equal(subsection_piece_pfn(sec, pfn), at);
				assert_int_equal(subsection_piece_end(at, pfn + nr),
						 at + subsection_piece_pages(sec, pfn, nr));
				assert_int_equal(pfn_to_section_nr(at), sec);
				at += subsection_piece_pages(sec, pfn, nr);
			}
			assert_int_equal(at, pfn + nr);
		}
}

/* The step that fails may be any, in any of its sections. */
TEST(span__is_added_whole_or_not_at_all)
{
	static const struct { unsigned long first, n; } spans[] = {
		{ 0, 64 }, { 32, 64 }, { 63, 2 }, { 1, 190 }, { 32, 256 }, { 100, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(spans); i++)
		for (int roots = 0; roots < 2; roots++)
			for (int fail = 1; ; fail++) {
				struct world was;
				int rc;

				before();
				memset(world.root, roots, sizeof(world.root));
				was = world;
				fail_step = fail;
				rc = add_span(spans[i].first, spans[i].n);
				promises_are_kept();
				if (!rc) {
					unsigned long steps = (3 - roots) *
						subsection_sections(spans[i].first * SUB,
								    spans[i].n * SUB);

					assert_int_equal(fail_step, fail - steps);
					break;
				}
				assert_int_equal(rc, -ENOMEM);
				assert_true(same_world(world, &was));
			}
}

TEST(span__that_meets_another_is_refused_whole)
{
	struct world was;

	assert_int_equal(add_span(150, 3), 0);
	was = world;
	for (unsigned long first = 0; first < 150; first += 7)
		for (unsigned long end = 151; end < 300; end += 13) {
			assert_int_equal(add_span(first, end - first), -EEXIST);
			assert_true(same_world(world, &was));
		}
}

/* Four regions that start 64 MiB into a section, two by two beside each other, and RAM around. */
static const struct { unsigned long first, n; } region[] = {
	{ 64 + HALF, 128 }, { 192 + HALF, 128 }, { 9 * 64 + HALF, 128 }, { 11 * 64 + HALF, 128 },
};

static void machine(void)
{
	before();
	boot_ram(0, region[0].first * SUB);
	boot_ram((region[1].first + region[1].n) * SUB, region[2].first * SUB);
	boot_ram((region[3].first + region[3].n) * SUB, ALL_SUBS * SUB);
}

static void all_of(size_t r, bool there)
{
	unsigned long end = region[r].first + region[r].n;

	for (unsigned long i = region[r].first; i < end; i++)
		assert_int_equal(sub_active(i), there);
}

typedef int order[4];

static int orders(order *all)
{
	int n = 0;

	for (int i = 0; i < 256; i++) {
		int o[4] = { i & 3, i >> 2 & 3, i >> 4 & 3, i >> 6 & 3 };

		if ((1 << o[0] | 1 << o[1] | 1 << o[2] | 1 << o[3]) == 15)
			memcpy(all[n++], o, sizeof(o));
	}
	return n;
}

TEST(regions_at_64M__come_and_go_in_every_order_and_lose_nothing)
{
	order all[24];
	struct world was;

	assert_int_equal(orders(all), 24);
	for (int in = 0; in < 24; in++)
		for (int out = 0; out < 24; out++) {
			machine();
			was = world;
			for (int i = 0; i < 4; i++) {
				int r = all[in][i];

				assert_int_equal(add_span(region[r].first, region[r].n), 0);
				promises_are_kept();
				for (int j = 0; j < 4; j++)
					all_of(all[in][j], j <= i);
			}
			for (int i = 0; i < 4; i++) {
				int r = all[out][i];

				assert_int_equal(remove_span(region[r].first, region[r].n), 0);
				for (int j = 0; j < 4; j++)
					all_of(all[out][j], j > i);
			}
			assert_true(same_world(world, &was));
			assert_int_equal(world.hot_flags + world.hot_memmaps, 0);
		}
}

TEST(region_that_shares_a_section_with_ram__comes_and_goes_a_thousand_times)
{
	struct world was;

	machine();
	was = world;
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(add_span(region[i % 4].first, region[i % 4].n), 0);
		assert_int_equal(add_span(region[i % 4].first, region[i % 4].n), -EEXIST);
		assert_int_equal(remove_span(region[i % 4].first, region[i % 4].n), 0);
		assert_int_equal(remove_span(region[i % 4].first, region[i % 4].n), -ENOENT);
		assert_true(same_world(world, &was));
	}
}

TEST(ram_of_boot__is_not_removed_while_its_section_has_something_else)
{
	struct world was;

	machine();
	assert_int_equal(add_span(region[0].first, 1), 0);
	was = world;
	assert_int_equal(remove_span(64, 64), -EBUSY);
	assert_int_equal(remove_span(64, HALF), -EBUSY);
	assert_true(same_world(world, &was));
	assert_int_equal(remove_span(region[0].first, 1), 0);
	assert_int_equal(remove_span(64, 64), 0);
	assert_int_equal(add_span(64, 64), 0);
	assert_false(subsection_map_early(&world.section[1].subs));
}
