// SPDX-License-Identifier: GPL-2.0
/* The map: each byte once, and each byte what the machine says. */
/* objects: tools/ndstack/machine.c tools/ndstack/machine_json.c tools/ndstack/machine_read.c */
/* objects: tools/ndstack/map.c tools/ndstack/map_layers.c tools/ndstack/map_svg.c */
/* objects: drivers/nvdimm/layout/layout.c drivers/nvdimm/layout/neighbours.c */
/* objects: drivers/nvdimm/layout/info_block.c drivers/nvdimm/label/codec.c */
/* libraries: json-c */
#define _GNU_SOURCE
#include "nd_test.h"
#include <time.h>
#include "map.h"

#define RAM(start, size) \
	"{\"start\":" #start ",\"size\":" #size ",\"depth\":0,\"name\":\"System RAM\"}"
#define REGION(n, start, size, more) \
	"{\"name\":\"region" #n "\",\"start\":" #start ",\"size\":" #size ",\"enabled\":true" more "}"
#define LABELLED	",\"labelled\":true"
#define NS(n, start, size, more) \
	"{\"name\":\"namespace" #n "\",\"region\":\"region0\",\"start\":" #start \
	",\"size\":" #size \
	",\"enabled\":true" more "}"
#define MODE(mode)	",\"mode\":\"" #mode "\""

/* What begins, or goes on, at each MiB, a letter each, and what is shared, "UNIT@START ". */
static const struct {
	const char *title, *json, *picture, *shared;
} geometries[] = {
	{ "nothing", "", "", "" },
	{ "RAM and holes", "\"iomem\":[" RAM(1048576, 2097152) "," RAM(4194304, 1048576) "]",
	  ".rr.r", "" },
	{ "RAM of two nodes",
	  "\"iomem\":[" RAM(0, 4194304) "],\"nodes\":["
	  "{\"name\":\"node0\",\"start\":0,\"size\":2097152},"
	  "{\"name\":\"node1\",\"start\":2097152,\"size\":2097152}]",
	  "rrrr", "" },
	{ "lines in lines",
	  "\"iomem\":[{\"start\":0,\"size\":6291456,\"depth\":0,\"name\":\"PCI Bus 0000:00\"},"
	  "{\"start\":1048576,\"size\":3145728,\"depth\":1,\"name\":\"Persistent Memory\"},"
	  "{\"start\":2097152,\"size\":1048576,\"depth\":2,\"name\":\"namespace0.0\"}]",
	  "vPPPvv", "" },
	{ "a region with labels is free",
	  "\"regions\":[" REGION(0, 2097152, 4194304, LABELLED) "]", "..ffff", "" },
	{ "a region without is not known to be",
	  "\"regions\":[" REGION(0, 2097152, 4194304, "") "]", "..RRRR", "" },
	{ "namespaces of four modes",
	  "\"regions\":[" REGION(0, 0, 8388608, LABELLED) "],\"namespaces\":["
	  NS(0.0, 0, 1048576, MODE(raw)) "," NS(0.1, 2097152, 1048576, MODE(sector)) ","
	  NS(0.2, 3145728, 1048576, "") "," NS(0.3, 4194304, 2097152, MODE(fsdax)) "]",
	  "wfsoMMff",
	  "2097152@0 134217728@0 2097152@2097152 134217728@0 134217728@0 " },
	{ "data, struct pages and pads",
	  "\"regions\":[" REGION(0, 0, 8388608, LABELLED) "],\"namespaces\":["
	  NS(0.0, 0, 7340032, MODE(fsdax) ",\"memmap\":\"dev\",\"data\":4194304,"
	     "\"data_size\":2097152,\"memmap_bytes\":1048576") "]",
	  "imppddpf", "2097152@6291456 " },
	{ "struct pages elsewhere",
	  "\"regions\":[" REGION(0, 0, 8388608, LABELLED) "],\"namespaces\":["
	  NS(0.0, 0, 7340032, MODE(devdax) ",\"memmap\":\"mem\",\"data\":2097152,"
	     "\"data_size\":4194304") "]",
	  "ipDDDDpf", "2097152@6291456 " },
	{ "of other drivers it is not told how much is what",
	  "\"regions\":[" REGION(0, 0, 8388608, LABELLED) "],\"namespaces\":["
	  NS(0.0, 0, 7340032, MODE(devdax) ",\"memmap\":\"dev\",\"data\":4194304,"
	     "\"data_size\":3145728") "]",
	  "iMMMDDDf", "2097152@6291456 " },
	{ "bytes given up at the start",
	  "\"iomem\":[{\"start\":0,\"size\":8388608,\"depth\":0,\"name\":\"Persistent Memory\"},"
	  "{\"start\":1048576,\"size\":6291456,\"depth\":1,\"name\":\"namespace0.0\"}],"
	  "\"regions\":[" REGION(0, 0, 8388608, LABELLED) "],\"namespaces\":["
	  NS(0.0, 0, 7340032, MODE(fsdax) ",\"memmap\":\"dev\",\"data\":3145728,"
	     "\"data_size\":4194304,\"memmap_bytes\":1048576") "]",
	  "ipmddddf", "2097152@6291456 " },
	{ "RAM that kmem has made",
	  "\"iomem\":[{\"start\":0,\"size\":8388608,\"depth\":0,\"name\":\"Persistent Memory\"},"
	  "{\"start\":4194304,\"size\":2097152,\"depth\":1,\"name\":\"System RAM (kmem)\"}],"
	  "\"regions\":[" REGION(0, 0, 8388608, LABELLED) "],\"namespaces\":["
	  NS(0.0, 0, 7340032, MODE(devdax) ",\"memmap\":\"mem\",\"data\":2097152,"
	     "\"data_size\":5242880") "]",
	  "ipDDkkDf", "2097152@6291456 " },
	{ "a dax device alone",
	  "\"iomem\":[{\"start\":0,\"size\":4194304,\"depth\":0,\"name\":\"Soft Reserved\"}],"
	  "\"dax\":[{\"name\":\"dax0.0\",\"start\":1048576,\"size\":2097152}]", "SxxS",
	  "2097152@0 2097152@2097152 " },
	{ "regions that overlap", "\"regions\":[" REGION(0, 0, 4194304, LABELLED) ","
	  REGION(1, 2097152, 4194304, "") "]", "ffRRRR", "134217728@0 " },
	{ "neighbours in one section", "\"iomem\":[" RAM(0, 2097152) "],\"regions\":["
	  REGION(0, 2097152, 4194304, LABELLED) "," REGION(1, 6291456, 2097152, LABELLED) "]",
	  "rrffffff", "134217728@0 134217728@0 " },
	{ "neighbours in one sub-section", "\"iomem\":[" RAM(0, 3145728) "],\"regions\":["
	  REGION(0, 3145728, 1048576, LABELLED) "]", "rrrf", "2097152@2097152 " },
};

static const char letters[MAP_KINDS + 1] = {
	[MAP_HOLE] = '.', [MAP_DEVICE] = 'v', [MAP_FIRMWARE] = 'F', [MAP_RAM] = 'r',
	[MAP_PMEM] = 'P', [MAP_SPECIFIC] = 'S', [MAP_REGION] = 'R', [MAP_FREE] = 'f',
	[MAP_DAX] = 'x', [MAP_DISABLED] = 'o', [MAP_RAW] = 'w', [MAP_SECTOR] = 's',
	[MAP_FSDAX] = 'd', [MAP_DEVDAX] = 'D', [MAP_META] = 'M', [MAP_INFO] = 'i',
	[MAP_MEMMAP] = 'm', [MAP_PAD] = 'p', [MAP_KMEM] = 'k',
};

static struct machine m;
static struct map map;

static void load(const char *members)
{
	char *text, why[256];

	assert_true(asprintf(&text, "{\"ndstack_map\":1%s%s}", *members ? "," : "", members) > 0);
	if (machine_load(text, strlen(text), &m, why, sizeof(why)))
		fail_msg("%s", why);
	free(text);
	assert_int_equal(map_make(&m, &map), 0);
}

int after_each(void **state)
{
	map_free(&map);
	machine_free(&m);
	return 0;
}

/* From 0 on, each where the last one ended, to the end of the last thing there is. */
static void each_byte_once(void)
{
	u64 end = 0, last = 0;

	for (u32 i = 0; i < map.nr_segments; i++) {
		assert_true(map.segments[i].start == end);
		assert_true(map.segments[i].end > end);
		end = map.segments[i].end;
	}
	for (u32 i = 0; i < map.nr_layers; i++)
		last = max(last, map.layers[i].end);
	assert_true(end == last);
}

TEST_EACH(map__has_each_byte_once_as_what_it_is, geometries)
{
	char picture[64] = "", shared[256] = "";
	u32 segment = 0;

	load(row->json);
	each_byte_once();
	for (u64 at = 0; segment < map.nr_segments; at += SZ_1M) {
		while (segment < map.nr_segments && map.segments[segment].end <= at)
			segment++;
		if (segment < map.nr_segments)
			picture[at / SZ_1M] = letters[map_kind(&map, segment)];
	}
	for (u32 i = 0; i < map.nr_shares; i++)
		snprintf(shared + strlen(shared), sizeof(shared) - strlen(shared), "%llu@%llu ",
			 (unsigned long long)map.shares[i].unit,
			 (unsigned long long)map.shares[i].start);
	assert_string_equal(picture, row->picture);
	assert_string_equal(shared, row->shared);
}

TEST(map__says_sizes_exactly_where_it_can)
{
	static const struct {
		u64 bytes;
		const char *text;
	} sizes[] = {
		{ 0, "0 B" }, { 1, "1 B" }, { 1023, "1023 B" }, { 1024, "1 KiB" },
		{ 2040 << 10, "2040 KiB" }, { 3ull << 30, "3 GiB" },
		{ (3ull << 30) + SZ_1M, "3073 MiB" },
		{ (1ull << 40) + 1, "~1.00 TiB" },
	};
	char text[MAP_SIZE_TEXT];

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		assert_string_equal(map_size(sizes[i].bytes, text), sizes[i].text);
}

/* Saved with its segments, it is loaded and makes the same ones. */
TEST(map__saved_makes_the_same_map)
{
	size_t len, len2;
	char *text, *text2, why[256];
	struct machine other;
	FILE *out;

	load(geometries[7].json);
	out = open_memstream(&text, &len);
	map_json(&map, out);
	fclose(out);
	if (machine_load(text, len, &other, why, sizeof(why)))
		fail_msg("%s", why);
	after_each(NULL);
	m = other;
	assert_int_equal(map_make(&m, &map), 0);
	out = open_memstream(&text2, &len2);
	map_json(&map, out);
	fclose(out);
	assert_string_equal(text, text2);
	free(text);
	free(text2);
}

/* Namespaces in one place, and RAM in pieces there: no machine, but a file can say so. */
TEST(map__has_no_layer_for_each_pair)
{
	const u32 nr = 300;
	void *array = NULL;

	machine_init(&m);
	for (u32 i = 0; i < nr; i++) {
		struct machine_range *range = machine_add(&array, &m.nr_ranges, sizeof(*range));

		m.ranges = array;
		range->start = (u64)i * SZ_4K;
		range->size = SZ_4K;
		strcpy(range->name, MACHINE_KMEM);
	}
	array = NULL;
	for (u32 i = 0; i < nr; i++) {
		struct machine_namespace *ns =
			machine_add(&array, &m.nr_namespaces, sizeof(*ns));

		m.namespaces = array;
		snprintf(ns->name, sizeof(ns->name), "namespace0.%u", i);
		strcpy(ns->mode, MACHINE_DEVDAX);
		ns->enabled = true;
		ns->size = SZ_1G;
		ns->data = MACHINE_UNKNOWN;
	}
	machine_sort(&m);
	assert_int_equal(map_make(&m, &map), 0);
	each_byte_once();
	assert_in_range(map.nr_layers, nr, 8 * nr);
}

/* Ten thousand namespaces on 96 regions, without a file. */
static void make_many(u32 each)
{
	for (u32 r = 0; r < 96; r++) {
		struct machine_region *region;
		void *array = m.regions;

		region = machine_add(&array, &m.nr_regions, sizeof(*region));
		m.regions = array;
		snprintf(region->name, sizeof(region->name), "region%02u", r);
		region->start = (u64)(r + 1) << 40;
		region->size = (u64)SZ_64M * (each + 1);
		region->enabled = true;
		region->labelled = true;
		for (u32 i = 0; i < each; i++) {
			struct machine_namespace *ns;

			array = m.namespaces;
			ns = machine_add(&array, &m.nr_namespaces, sizeof(*ns));
			m.namespaces = array;
			snprintf(ns->name, sizeof(ns->name), "namespace%u.%u", r, i);
			strcpy(ns->region, region->name);
			strcpy(ns->mode, MACHINE_FSDAX);
			ns->enabled = true;
			ns->start = region->start + (u64)SZ_64M * i;
			ns->size = SZ_64M;
			ns->data = ns->start + SZ_4M;
			ns->data_size = SZ_64M - SZ_4M;
			ns->memmap_bytes = SZ_1M;
			region = &m.regions[r];
		}
	}
	machine_sort(&m);
}

static double seconds_of(u32 each)
{
	clock_t before = clock();
	size_t len;
	char *text;
	FILE *out = open_memstream(&text, &len);

	machine_init(&m);
	make_many(each);
	assert_int_equal(map_make(&m, &map), 0);
	each_byte_once();
	map_json(&map, out);
	assert_int_equal(map_svg(&map, out), 0);
	fclose(out);
	assert_true(map.nr_segments >= 96 * (1 + 4 * each));
	free(text);
	after_each(NULL);
	return (double)(clock() - before) / CLOCKS_PER_SEC;
}

/* Not a time, of which a busy machine has any, but how it grows: eight times as many cost so. */
TEST(map__time_grows_with_what_there_is)
{
	double few = seconds_of(13), many = seconds_of(104);

	if (many > 24 * few + 0.2)
		fail_msg("%.3f s for 1248 namespaces, %.3f s for 9984", few, many);
}

/* Viewers end at 32767 pixels, and people before. */
TEST(map__picture_of_very_many_regions_can_be_shown)
{
	unsigned int height = 0;
	char *text = NULL;
	size_t size = 0;
	FILE *out;

	machine_init(&m);
	make_many(104);
	assert_int_equal(map_make(&m, &map), 0);
	out = open_memstream(&text, &size);
	assert_int_equal(map_svg(&map, out), 0);
	fclose(out);
	assert_non_null(strstr(text, " height=\""));
	assert_int_equal(sscanf(strstr(text, " height=\""), " height=\"%u\"", &height), 1);
	assert_in_range(height, 1000, 8000);
	assert_non_null(strstr(text, ">region00<"));
	assert_non_null(strstr(text, ">region95<"));
	free(text);
	after_each(NULL);
}
