// SPDX-License-Identifier: GPL-2.0
/* Who shares a unit of struct pages with a device that was refused: "ndstack why". */
/* objects: tools/ndstack/why_near.c tools/ndstack/machine.c tools/ndstack/machine_json.c */
/* objects: tools/ndstack/machine_read.c tools/ndstack/map.c tools/ndstack/map_layers.c */
/* objects: drivers/nvdimm/layout/layout.c drivers/nvdimm/layout/neighbours.c */
/* objects: drivers/nvdimm/layout/info_block.c drivers/nvdimm/label/codec.c */
/* libraries: json-c */
#include "nd_test.h"
#include "why_near.h"

/*
 * In MiB: RAM to 4161; region0 from there, 1 GiB less one, with namespace0.0 of 128 at once and
 * namespace0.1 of 128 behind it; region1 from 5376 to 5888, with namespace1.0, all of it; and
 * region2 from there, where a section begins: nothing shares a unit with either.
 */
static const char json[] =
	"{\"ndstack_map\":1,\"machine\":{\"kernel\":\"6.1\",\"unit\":%u},\"iomem\":["
	"{\"start\":0,\"size\":4363124736,\"depth\":0,\"name\":\"System RAM\"}],\"regions\":["
	"{\"name\":\"region0\",\"start\":4363124736,\"size\":1072693248,\"labelled\":true},"
	"{\"name\":\"region1\",\"start\":5637144576,\"size\":536870912},"
	"{\"name\":\"region2\",\"start\":6174015488,\"size\":134217728}],"
	"\"namespaces\":["
	"{\"name\":\"namespace0.0\",\"region\":\"region0\",\"start\":4363124736,"
	"\"size\":134217728},"
	"{\"name\":\"namespace0.1\",\"region\":\"region0\",\"start\":4497342464,"
	"\"size\":134217728},"
	"{\"name\":\"namespace1.0\",\"region\":\"region1\",\"start\":5637144576,"
	"\"size\":536870912},"
	"{\"name\":\"namespace2.0\",\"region\":\"region2\",\"start\":6174015488,"
	"\"size\":134217728}]}";

static struct machine m;
static struct map map;
static struct why_near near[2];

static unsigned int look(u32 unit, const char *space, const char *region)
{
	char text[sizeof(json) + 16], why[256];
	unsigned int nr;

	snprintf(text, sizeof(text), json, unit);
	assert_int_equal(machine_load(text, strlen(text), &m, why, sizeof(why)), 0);
	assert_int_equal(map_make(&m, &map), 0);
	nr = why_near(&map, space, region, near);
	map_free(&map);
	machine_free(&m);
	return nr;
}

TEST(neighbours__of_a_namespace_are_named_by_the_unit_they_share)
{
	assert_int_equal(look(SZ_2M, "namespace0.0", "region0"), 2);
	assert_string_equal(near[0].name, "System RAM");
	assert_true(near[0].start == 4160ull << 20);
	assert_true(near[0].unit == SZ_2M && near[0].held);
	assert_string_equal(near[1].name, "namespace0.1");
	assert_true(near[1].start == 4288ull << 20);
	assert_true(near[1].unit == SZ_2M && near[1].held);
}

TEST(neighbours__in_a_section_are_told_and_do_not_matter_by_sub_sections)
{
	assert_int_equal(look(SZ_2M, "namespace0.1", "region0"), 1);
	assert_string_equal(near[0].name, "namespace0.0");
	assert_int_equal(look(SZ_2M, "", "region0"), 1);
	assert_string_equal(near[0].name, "System RAM");
	assert_int_equal(look(SZ_128M, "", "region0"), 1);
	assert_true(near[0].unit == SZ_2M && near[0].held);
}

TEST(neighbours__of_what_is_alone_or_nowhere_are_none)
{
	assert_int_equal(look(SZ_2M, "namespace1.0", "region1"), 0);
	assert_int_equal(look(SZ_2M, "", "region1"), 0);
	assert_int_equal(look(SZ_128M, "namespace2.0", "region2"), 0);
	assert_int_equal(look(SZ_2M, "namespace7.0", "region0"), 0);
	assert_int_equal(look(SZ_2M, "", ""), 0);
}
