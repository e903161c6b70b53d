// SPDX-License-Identifier: GPL-2.0
/* What a namespace would be: places, kernels, neighbours. Requirements A1, X2. */
/* objects: tools/ndstack/fit.c tools/ndstack/machine.c tools/ndstack/machine_json.c */
/* objects: tools/ndstack/machine_read.c tools/ndstack/map.c tools/ndstack/map_layers.c */
/* objects: drivers/nvdimm/layout/dpa.c drivers/nvdimm/layout/dry_run.c tools/ndstack/nearest.c */
/* objects: drivers/nvdimm/layout/layout.c */
/* objects: drivers/nvdimm/layout/neighbours.c drivers/nvdimm/layout/info_block.c */
/* objects: drivers/nvdimm/label/codec.c */
/* libraries: json-c */
#define _GNU_SOURCE
#include "nd_test.h"
#include "fit.h"

/*
 * In MiB: RAM to 4160; region0 from there, 1 GiB, with a namespace of 128 at 4288 and one of 64 at
 * 4608; region1 behind it, 512, which cannot be divided.
 */
static const char json[] =
	"{\"ndstack_map\":1,\"machine\":{\"kernel\":\"6.1.0-56-amd64\"},\"iomem\":["
	"{\"start\":0,\"size\":4362076160,\"depth\":0,\"name\":\"System RAM\"}],\"regions\":["
	"{\"name\":\"region0\",\"start\":4362076160,\"size\":1073741824,\"align\":16777216,"
	"\"labelled\":true,\"enabled\":true},"
	"{\"name\":\"region1\",\"start\":5435817984,\"size\":536870912,\"enabled\":true}],"
	"\"namespaces\":["
	"{\"name\":\"namespace0.0\",\"region\":\"region0\",\"start\":4496293888,"
	"\"size\":134217728,\"mode\":\"raw\",\"enabled\":true},"
	"{\"name\":\"namespace0.1\",\"region\":\"region0\",\"start\":4831838208,"
	"\"size\":67108864,\"mode\":\"fsdax\",\"enabled\":true,\"data\":4833935360,"
	"\"data_size\":65011712,\"memmap\":\"mem\"},"
	"{\"name\":\"namespace1.0\",\"region\":\"region1\",\"start\":5435817984,"
	"\"size\":536870912,\"mode\":\"raw\",\"enabled\":true}]}";

static struct machine m;
static struct map map;
static struct fit_room *rooms;
static int nr;

int before_all(void **state)
{
	char why[256];

	assert_int_equal(machine_load(json, sizeof(json) - 1, &m, why, sizeof(why)), 0);
	assert_int_equal(map_make(&m, &map), 0);
	nr = fit_rooms(&map, &rooms);
	return 0;
}

TEST(fit__rooms_are_what_is_free_by_the_step)
{
	static const u64 want[][2] = {
		{ 4160, 128 }, { 4416, 192 }, { 4672, 512 }, { 5184, 512 },
	};

	assert_int_equal(nr, 4);
	for (int i = 0; i < nr; i++) {
		assert_true(rooms[i].start == want[i][0] << 20);
		assert_true(rooms[i].size == want[i][1] << 20);
	}
	assert_true(rooms[0].step == SZ_16M && rooms[0].ns == MAP_NOBODY);
	assert_true(rooms[3].step == SZ_512M && rooms[3].ns != MAP_NOBODY);
}

TEST(fit__place_is_the_lowest_that_holds_it)
{
	assert_ptr_equal(fit_place(rooms, 3, SZ_64M), &rooms[0]);
	assert_ptr_equal(fit_place(rooms, 3, SZ_128M + SZ_16M), &rooms[1]);
	assert_ptr_equal(fit_place(rooms, 3, 192 * SZ_1M), &rooms[1]);
	assert_ptr_equal(fit_place(rooms, 3, SZ_256M), &rooms[2]);
	assert_ptr_equal(fit_place(rooms, 3, 0), &rooms[2]);
	assert_ptr_equal(fit_place(rooms, 3, SZ_1G), &rooms[2]);
	assert_ptr_equal(fit_place(rooms, 3, SZ_2M), &rooms[2]);
}

static const struct {
	const char *title, *kernel;
	enum pfn_wish_mode mode;
	u32 map;
	u64 usable, memmap, dram;
	const char *before, *behind;
} rows[] = {
	{ "fsdax dev by sub-sections", "6.1", PFN_WISH_FSDAX, ND_PFN_MODE_PMEM, SZ_128M - SZ_4M,
	  0, SZ_1M, "", "" },
	{ "fsdax mem by sub-sections", "5.10", PFN_WISH_FSDAX, ND_PFN_MODE_RAM, SZ_128M - SZ_2M,
	  0, SZ_1M, "", "" },
	{ "devdax mem by sub-sections", "5.10", PFN_WISH_DEVDAX, ND_PFN_MODE_RAM,
	  SZ_128M - SZ_2M, 0, SZ_1M, "", "" },
	{ "devdax mem whose pages share", "6.1", PFN_WISH_DEVDAX, ND_PFN_MODE_RAM,
	  SZ_128M - SZ_2M, 0, 32 * SZ_8K, "", "" },
	{ "raw anywhere", "4.19", PFN_WISH_RAW, ND_PFN_MODE_PMEM, SZ_128M, 0, 0, "", "" },
};

TEST_EACH(fit__first_room_gives_what_the_kernel_can, rows)
{
	struct pfn_wish wish = { row->mode, row->map, SZ_2M };
	struct fit_kernel kernel;
	struct fit_answer a;
	const struct pfn_layout *l = &a.verdict.layout;

	assert_true(fit_kernel_named(&m, row->kernel, &kernel));
	assert_int_equal(fit_judge(&map, &kernel, &rooms[0], &wish, &a), 0);
	assert_reason(a.verdict.reason, ND_REASON_OK);
	assert_int_equal(l->usable, row->usable);
	assert_int_equal(l->memmap_dev, row->memmap);
	assert_int_equal(l->memmap_dram, row->dram);
	assert_string_equal(a.before, row->before);
	assert_string_equal(a.behind, row->behind);
	if (row->mode != PFN_WISH_RAW)
		assert_int_equal(l->usable + l->memmap_dev + pfn_layout_pad(l), SZ_128M);
}

/* [4160, 4288): 64 MiB of a section with RAM, then 64 of one with namespace0.0. */
TEST(fit__by_sections_neighbours_take_theirs_and_are_named)
{
	struct pfn_wish wish = { PFN_WISH_FSDAX, ND_PFN_MODE_RAM, SZ_2M };
	struct fit_kernel kernel;
	struct fit_answer a;

	assert_true(fit_kernel_named(&m, "4.19.0-27", &kernel));
	assert_int_equal(fit_judge(&map, &kernel, &rooms[0], &wish, &a), 0);
	assert_reason(a.verdict.reason, ND_REASON_CONFLICT);
	assert_string_equal(a.before, "System RAM");
	assert_string_equal(a.behind, "namespace0.0");
	assert_int_equal(fit_judge(&map, &kernel, &rooms[2], &wish, &a), 0);
	assert_reason(a.verdict.reason, ND_REASON_OK);
	assert_string_equal(a.before, "namespace0.1");
	assert_string_equal(a.behind, "region1");
	assert_int_equal(a.verdict.layout.start_pad, SZ_64M);
	assert_int_equal(a.verdict.layout.end_trunc, SZ_64M);
}

TEST(fit__alignment_is_the_largest_that_costs_nothing)
{
	struct pfn_wish wish = { PFN_WISH_FSDAX, ND_PFN_MODE_RAM, SZ_2M };
	struct fit_room place = { 0, MAP_NOBODY, 8ull * SZ_1G - SZ_2M, SZ_1G + SZ_2M, SZ_2M };
	struct fit_kernel kernel;
	struct fit_answer a;

	fit_kernel_here(&m, &kernel);
	assert_int_equal(fit_judge_best(&map, &kernel, &place, &wish, &a), 0);
	assert_int_equal(a.pages, SZ_1G);
	assert_int_equal(a.verdict.layout.usable, SZ_1G);
	/* larger pages for less data are no bargain */
	place.size += SZ_2M;
	assert_int_equal(fit_judge_best(&map, &kernel, &place, &wish, &a), 0);
	assert_int_equal(a.pages, SZ_2M);
	assert_int_equal(a.verdict.layout.usable, SZ_1G + SZ_2M);
	place.size -= SZ_2M;
	place.start -= SZ_2M;
	assert_int_equal(fit_judge_best(&map, &kernel, &place, &wish, &a), 0);
	assert_int_equal(a.pages, SZ_2M);
	assert_int_equal(a.verdict.layout.usable, SZ_1G);
}

TEST(fit__kernels_are_known_by_their_version)
{
	static const struct {
		const char *name;
		bool rounds_out, shared;
	} kernels[] = {
		{ "4.18.0-553.el8", true, false }, { "5.2", true, false }, { "5.3", false, false },
		{ "5.10.0-30", false, false }, { "5.18.1", false, false }, { "5.19", false, true },
		{ "6.1", false, true }, { "10.0", false, true },
	};
	struct fit_kernel k;

	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		assert_true(fit_kernel_named(&m, kernels[i].name, &k));
		assert_int_equal(k.rounds_out, kernels[i].rounds_out);
		assert_int_equal(k.shared, kernels[i].shared);
		assert_true(k.unit == (kernels[i].rounds_out ? SZ_128M : SZ_2M));
	}
	assert_false(fit_kernel_named(&m, "bookworm", &k));
	assert_false(fit_kernel_named(&m, "6", &k));
}

/* What is named as nearest can be had. */
TEST(fit__nearest_sizes_fit)
{
	struct pfn_wish wish = { PFN_WISH_FSDAX, ND_PFN_MODE_PMEM, SZ_2M, 100 * SZ_1M };
	struct fit_kernel kernel;
	struct fit_answer a;

	fit_kernel_here(&m, &kernel);
	assert_int_equal(fit_judge(&map, &kernel, &rooms[0], &wish, &a), 0);
	assert_reason(a.verdict.reason, ND_REASON_ALIGN);
	assert_int_equal(a.nearest.below, 96 * SZ_1M);
	assert_int_equal(a.nearest.above, 112 * SZ_1M);
	wish.size = a.nearest.above;
	assert_int_equal(fit_judge(&map, &kernel, &rooms[0], &wish, &a), 0);
	assert_reason(a.verdict.reason, ND_REASON_OK);
}

/* Six ways of 252 GiB at 64 MiB past a multiple of the align, all of it free. */
static const char six_ways[] =
	"{\"ndstack_map\":1,\"machine\":{\"kernel\":\"6.1.0\"},\"iomem\":[],\"regions\":["
	"{\"name\":\"region0\",\"start\":207232172032,\"size\":1623497637888,"
	"\"align\":100663296,\"ways\":6,\"labelled\":true,\"enabled\":true}],"
	"\"namespaces\":[]}";

TEST(fit__six_ways_begin_where_the_region_does)
{
	struct machine six;
	struct map map_of_six;
	struct fit_room *all;
	char why[256];

	assert_int_equal(machine_load(six_ways, sizeof(six_ways) - 1, &six, why, sizeof(why)), 0);
	assert_int_equal(map_make(&six, &map_of_six), 0);
	assert_int_equal(fit_rooms(&map_of_six, &all), 1);
	assert_int_equal(all[0].start, 0x3040000000);
	assert_int_equal(all[0].size, 1512ull * SZ_1G);
	free(all);
	map_free(&map_of_six);
	machine_free(&six);
}
