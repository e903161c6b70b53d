// SPDX-License-Identifier: GPL-2.0
/* The machine as it is read, saved and loaded. The tree is one that sysfs could be. */
/* objects: tools/ndstack/machine.c tools/ndstack/machine_read.c tools/ndstack/machine_json.c */
/* libraries: json-c */
#define _GNU_SOURCE
#include "nd_test.h"
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>
#include "machine.h"

#define ND	"sys/devices/platform/p/ndbus0/"

/* A file, or where @link a symbolic link. */
struct entry {
	const char *path;
	const char *text;
	bool link;
};

static const struct entry tree[] = {
	{ "proc/sys/kernel/osrelease", "6.1.0-56-amd64\n" },
	{ "proc/iomem",
	  "00001000-0009ffff : System RAM\n"
	  "100000000-1bfffffff : Persistent Memory\n"
	  "  100000000-13fffffff : namespace0.0\n"
	  "  140000000-17fffffff : dax0.1\n"
	  "    148000000-17fffffff : dax0.1\n"
	  "      148000000-17fffffff : System RAM (kmem)\n" },
	{ "sys/devices/system/memory/block_size_bytes", "8000000\n" },
	{ "sys/devices/system/node/node0/memory0/state", "online\n" },
	{ "sys/devices/system/node/node0/memory1/state", "online\n" },
	{ "sys/devices/system/node/node1/memory41/state", "online\n" },
	{ "sys/bus/nd/devices/ndbus0", "../../../devices/platform/p/ndbus0", true },
	{ "sys/bus/nd/devices/nmem0", "../../../" "devices/platform/p/ndbus0/nmem0", true },
	{ "sys/bus/nd/devices/region0", "../../../devices/platform/p/ndbus0/region0", true },
	{ "sys/bus/nd/devices/namespace0.0",
	  "../../../devices/platform/p/ndbus0/region0/namespace0.0", true },
	{ "sys/bus/nd/devices/namespace0.1",
	  "../../../devices/platform/p/ndbus0/region0/namespace0.1", true },
	{ "sys/bus/nd/devices/namespace0.2",
	  "../../../devices/platform/p/ndbus0/region0/namespace0.2", true },
	{ "sys/bus/nd/devices/pfn0.3", "../../../devices/platform/p/ndbus0/region0/pfn0.3", true },
	{ "sys/bus/nd/devices/dax0.4", "../../../devices/platform/p/ndbus0/region0/dax0.4", true },
	{ "sys/bus/dax/devices/dax0.1",
	  "../../../devices/platform/p/ndbus0/region0/dax0.4/dax0.1", true },
	{ ND "provider", "ACPI.NFIT\n" },
	{ ND "features", "info_block 1.4\nsubsection 128M: of the kernel\nshared_vmemmap yes\n" },
	{ ND "nmem0/security", "disabled\n" },
	{ ND "nmem0/available_slots", "509\n" },
	{ ND "nmem0/driver", "../nvdimm", true },
	{ ND "region0/devtype", "nd_pmem\n" },
	{ ND "region0/nstype", "5\n" },
	{ ND "region0/resource", "0x100000000\n" },
	{ ND "region0/size", "3221225472\n" },
	{ ND "region0/align", "0x1000000\n" },
	{ ND "region0/available_size", "1073741824\n" },
	{ ND "region0/max_available_extent", "1073741824\n" },
	{ ND "region0/mappings", "1\n" },
	{ ND "region0/mapping0", "nmem0,4096,3221225472,0\n" },
	{ ND "region0/numa_node", "-1\n" },
	{ ND "region0/target_node", "1\n" },
	{ ND "region0/read_only", "0\n" },
	{ ND "region0/driver", "../nd_region", true },
	{ ND "region0/namespace0.0/size", "1073741824\n" },
	{ ND "region0/namespace0.0/resource", "0x100000000\n" },
	{ ND "region0/namespace0.0/uuid", "00000000-0000-0000-0000-000000000001\n" },
	{ ND "region0/namespace0.0/alt_name", "db\033[31m\xff\"\n" },
	{ ND "region0/namespace0.0/usable_bytes", "1054867456\n" },
	{ ND "region0/namespace0.0/memmap_bytes", "16777216\n" },
	{ ND "region0/namespace0.0/memmap_dram_bytes", "0\n" },
	{ ND "region0/namespace0.0/pad_bytes", "2097152\n" },
	{ ND "region0/pfn0.3/namespace", "namespace0.0\n" },
	{ ND "region0/pfn0.3/resource", "0x101200000\n" },
	{ ND "region0/pfn0.3/size", "1054867456\n" },
	{ ND "region0/pfn0.3/align", "2097152\n" },
	{ ND "region0/pfn0.3/mode", "pmem\n" },
	{ ND "region0/pfn0.3/driver", "../nd_pmem", true },
	{ ND "region0/pfn0.3/block/pmem0/size", "2060288\n" },
	{ ND "region0/pfn0.3/last_error", "\n" },
	{ ND "region0/namespace0.1/size", "1073741824\n" },
	{ ND "region0/namespace0.1/resource", "0x140000000\n" },
	{ ND "region0/dax0.4/namespace", "namespace0.1\n" },
	{ ND "region0/dax0.4/resource", "0x140200000\n" },
	{ ND "region0/dax0.4/size", "1071644672\n" },
	{ ND "region0/dax0.4/mode", "ram\n" },
	{ ND "region0/dax0.4/last_error", "EINVAL size: no\n" },
	{ ND "region0/dax0.4/dax0.1/size", "1071644672\n" },
	{ ND "region0/dax0.4/dax0.1/resource", "0x140200000\n" },
	{ ND "region0/dax0.4/dax0.1/align", "2097152\n" },
	{ ND "region0/dax0.4/dax0.1/target_node", "1\n" },
	{ ND "region0/dax0.4/dax0.1/driver", "../kmem", true },
	{ ND "region0/dax0.4/dax0.1/kmem_state", "online\n" },
	{ ND "region0/namespace0.2/size", "0\n" },
};

static char root[] = "/tmp/test_machine.XXXXXX";

static void plant(const struct entry *e)
{
	char path[512];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", root, e->path);
	for (char *slash = path + sizeof(root); (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		mkdir(path, 0755);
		*slash = '/';
	}
	if (e->link) {
		assert_int_equal(symlink(e->text, path), 0);
		return;
	}
	out = fopen(path, "w");
	assert_non_null(out);
	fputs(e->text, out);
	fclose(out);
}

static struct machine m;

static int uproot_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path);
}

static void uproot(void)
{
	nftw(root, uproot_one, 16, FTW_DEPTH | FTW_PHYS);
}

int before_all(void **state)
{
	atexit(uproot);
	assert_non_null(mkdtemp(root));
	for (size_t i = 0; i < ARRAY_SIZE(tree); i++)
		plant(&tree[i]);
	return 0;
}

int before_each(void **state)
{
	return machine_read(root, true, &m);
}

int after_each(void **state)
{
	machine_free(&m);
	return 0;
}

TEST(machine__is_what_its_files_say)
{
	const struct machine_region *region = machine_region(&m, "region0");
	const struct machine_namespace *ns = machine_namespace(&m, "namespace0.0");

	assert_string_equal(m.kernel, "6.1.0-56-amd64");
	assert_false(m.hidden);
	assert_true(m.sections && m.unit == SZ_128M && m.block == SZ_128M);
	assert_int_equal(m.nr_buses, 1);
	assert_true(machine_bus(&m, "ndbus0")->shared);
	assert_int_equal(m.nr_dimms, 1);
	assert_true(m.dimms[0].slots == 509 && m.dimms[0].enabled);
	assert_string_equal(m.dimms[0].bus, "ndbus0");
	assert_true(region->start == 4ull * SZ_1G && region->size == 3ull * SZ_1G);
	assert_true(region->labelled && region->enabled && !region->read_only);
	assert_int_equal(region->node, -1);
	assert_int_equal(region->target_node, 1);
	assert_int_equal(m.nr_mappings, 1);
	assert_string_equal(m.mappings[0].dimm, "nmem0");
	assert_true(m.mappings[0].start == SZ_4K && m.mappings[0].size == 3ull * SZ_1G);
	assert_int_equal(m.nr_namespaces, 2);
	assert_true(ns->data == 0x101200000 && ns->data_size == 1054867456);
	assert_string_equal(ns->mode, "fsdax");
	assert_string_equal(ns->memmap, "dev");
	assert_string_equal(ns->disk, "pmem0");
	assert_string_equal(ns->region, "region0");
	assert_true(ns->enabled && ns->memmap_bytes == SZ_16M);
	assert_true(ns->usable + ns->memmap_bytes + ns->pad == ns->size);
}

TEST(machine__has_dax_devices_and_nodes)
{
	const struct machine_namespace *ns = machine_namespace(&m, "namespace0.1");
	const struct machine_dax *dax = machine_dax(&m, "dax0.1");

	assert_string_equal(ns->last_error, "EINVAL size: no");
	assert_false(ns->enabled);
	assert_string_equal(dax->parent, "dax0.4");
	assert_string_equal(dax->driver, "kmem");
	assert_string_equal(dax->state, "online");
	assert_int_equal(m.nr_extents, 2);
	assert_string_equal(m.extents[0].name, "node0");
	assert_true(!m.extents[0].start && m.extents[0].size == SZ_256M);
	assert_true(m.extents[1].start == 0x148000000);
}

TEST(machine__ranges_are_those_of_iomem)
{
	assert_int_equal(m.nr_ranges, 6);
	assert_true(m.ranges[0].start == 0x1000 && m.ranges[0].size == 0x9f000);
	assert_int_equal(m.ranges[5].depth, 3);
	assert_string_equal(m.ranges[5].name, MACHINE_KMEM);
	assert_int_equal(machine_ranges_from(&m, 0x140000000), 3);
	assert_int_equal(machine_ranges_from(&m, U64_MAX), 6);
}

TEST(machine__texts_cannot_command_a_terminal)
{
	assert_string_equal(machine_namespace(&m, "namespace0.0")->alt_name, "db?[31m?\"");
}

static char *saved(const struct machine *machine, size_t *len)
{
	char *text;
	FILE *out = open_memstream(&text, len);

	fputc('{', out);
	machine_save(machine, out);
	fputs("}\n", out);
	fclose(out);
	return text;
}

TEST(machine__saved_is_loaded_as_it_was)
{
	size_t len, len2;
	char *text = saved(&m, &len), *text2, why[256];
	struct machine other;

	if (machine_load(text, len, &other, why, sizeof(why)))
		fail_msg("%s", why);
	text2 = saved(&other, &len2);
	assert_string_equal(text, text2);
	assert_int_equal(other.nr_namespaces, 2);
	assert_memory_equal(other.namespaces, m.namespaces, 2 * sizeof(*m.namespaces));
	assert_memory_equal(other.regions, m.regions, sizeof(*m.regions));
	machine_free(&other);
	free(text);
	free(text2);
}

static const struct {
	const char *title, *text, *why;
} wrongs[] = {
	{ "nothing", "", "no JSON object" },
	{ "another program's", "{\"regions\":[]}", "no map that" },
	{ "of a later version", "{\"ndstack_map\":2}", "no map that" },
	{ "cut", "{\"ndstack_map\":1,\"regions\":[", "ends too early" },
	{ "negative", "{\"ndstack_map\":1,\"regions\":[{\"start\":-4096}]}", "regions[0].start" },
	{ "too far", "{\"ndstack_map\":1,\"dax\":[{},{\"size\":72057594037927937}]}",
	  "dax[1].size" },
	{ "text for a number", "{\"ndstack_map\":1,\"dax\":[{\"size\":\"1\"}]}", "another type" },
	{ "no array", "{\"ndstack_map\":1,\"dax\":{}}", "no array" },
	{ "range without a place", "{\"ndstack_map\":1,\"iomem\":[{\"start\":0}]}", "iomem[0]" },
	{ "empty node", "{\"ndstack_map\":1,\"nodes\":[{\"start\":1,\"size\":0}]}", "nodes[0]" },
	{ "odd section", "{\"ndstack_map\":1,\"machine\":{\"section\":3}}", "no machine is so" },
	{ "unit over section", "{\"ndstack_map\":1,\"machine\":{\"unit\":268435456}}",
	  "no machine is so" },
};

TEST_EACH(machine__wrong_map_is_refused_with_the_place, wrongs)
{
	char why[256] = "";
	struct machine other;

	assert_int_equal(machine_load(row->text, strlen(row->text), &other, why, sizeof(why)),
			 -EINVAL);
	if (!strstr(why, row->why))
		fail_msg("says \"%s\"", why);
	assert_int_equal(other.nr_regions, 0);
}

TEST(machine__unprivileged_sees_that_something_is_hidden)
{
	char path[512];
	struct machine other;

	snprintf(path, sizeof(path), "%s/proc/iomem", root);
	assert_int_equal(unlink(path), 0);
	plant(&(struct entry){ "proc/iomem", "00000000-00000000 : System RAM\n" });
	assert_int_equal(machine_read(root, true, &other), 0);
	assert_true(other.hidden);
	assert_int_equal(other.nr_ranges, 0);
	machine_free(&other);
}

TEST(machine__without_sysfs_is_empty)
{
	struct machine other;

	char empty[512];

	snprintf(empty, sizeof(empty), "%s/sys/kernel", root);
	assert_int_equal(machine_read(empty, true, &other), -ENOENT);
	assert_int_equal(mkdir(empty, 0755), 0);
	assert_int_equal(machine_read(empty, true, &other), 0);
	assert_false(other.hidden);
	assert_int_equal(other.nr_ranges + other.nr_regions + other.nr_daxes, 0);
	machine_free(&other);
}

/* Of ten thousand namespaces each attribute counts. */
TEST(machine__reads_uuids_for_who_saves_it)
{
	struct machine brief;

	assert_string_equal(machine_namespace(&m, "namespace0.0")->uuid,
			    "00000000-0000-0000-0000-000000000001");
	assert_int_equal(machine_read(root, false, &brief), 0);
	assert_string_equal(machine_namespace(&brief, "namespace0.0")->uuid, "");
	memcpy(brief.namespaces[0].uuid, m.namespaces[0].uuid, sizeof(m.namespaces[0].uuid));
	assert_memory_equal(brief.namespaces, m.namespaces,
			    m.nr_namespaces * sizeof(*m.namespaces));
	machine_free(&brief);
}
