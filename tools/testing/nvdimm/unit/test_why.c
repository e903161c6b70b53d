// SPDX-License-Identifier: GPL-2.0
/* What is made of the line of a last_error attribute: its parts, the names in it, what helps. */
/* objects: tools/ndstack/why.c tools/ndstack/reason_line.c tools/ndstack/snapshots.c */
/* objects: tools/ndstack/holder_name.c */
#include "nd_test.h"
#include "holder.h"
#include "snapshots.h"
#include "why.h"

static bool split(const char *text, char *copy, struct reason_line *line)
{
	strcpy(copy, text);
	return reason_line_split(copy, line);
}

TEST(line__has_an_errno_a_token_and_a_sentence)
{
	char copy[128];
	struct reason_line line;

	assert_true(split("EBUSY conflict: 0x1-0x2 is in use: by x\n", copy, &line));
	assert_string_equal(line.error, "EBUSY");
	assert_int_equal(line.reason, ND_REASON_CONFLICT);
	assert_string_equal(line.sentence, "0x1-0x2 is in use: by x");
}

TEST(line__with_a_token_of_later_drivers_is_split_all_the_same)
{
	char copy[128];
	struct reason_line line;

	assert_true(split("EIO gravity: it fell", copy, &line));
	assert_int_equal(line.reason, ND_REASON_COUNT);
	assert_string_equal(line.token, "gravity");
}

TEST(line__that_is_none_is_refused)
{
	static const char *const none[] = { "", "\n", "EBUSY", "EBUSY busy", "EBUSY busy:",
					    "EBUSY busy: ", "busy: x", "EBUSY busy x: y" };
	char copy[128];
	struct reason_line line;

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(split(none[i], copy, &line));
}

TEST(line__of_nothing_failed_is_a_remark)
{
	char copy[128];
	struct reason_line line;

	split("ENODEV size: not configured: no capacity", copy, &line);
	assert_true(reason_line_is_remark(&line));
	split("ENODATA no-index: the label area of 4096 bytes is blank", copy, &line);
	assert_true(reason_line_is_remark(&line));
	split("ENODATA policy: it was not scrubbed", copy, &line);
	assert_false(reason_line_is_remark(&line));
	split("EBADMSG no-index: no index block", copy, &line);
	assert_false(reason_line_is_remark(&line));
}

/* All names of @text, each with a blank behind it. */
static void all_names(const char *text, char *out, size_t size)
{
	struct reason_name name = { };

	out[0] = 0;
	while (reason_name_next(&text, &name))
		snprintf(out + strlen(out), size - strlen(out), "%s ", name.name);
}

static const struct naming {
	const char *title, *text, *names;
} namings[] = {
	{ "in_a_sentence", "shares 0x1-0x2 with namespace1.0 at 0x3, of region1.",
	  "namespace1.0 region1 " },
	{ "at_both_ends", "nmem0 is locked: unlock it for region12", "nmem0 region12 " },
	{ "of_disks", "pmem0: arena, pmem0s, pmem1.2, pmem1.2s, pmem",
	  "pmem0 pmem0s pmem1.2 pmem1.2s " },
	{ "not_within_words", "xnmem0 mynamespace0.0 nmem0x region0_ memory nmem region1 _nmem1",
	  "region1 " },
	{ "not_half", "namespace0 namespace0. dax1 pfn.1 btt1.0.1", "btt1.0 " },
	{ "of_spans", "memory41, memory44-46 cannot", "memory41 memory44 memory45 memory46 " },
	{ "of_spans_that_are_none", "memory4-3 memory5-x memory6-99999",
	  "memory4 memory5 memory6 " },
	{ "censored", "0x?-0x? of namespace0.0: memory? to memory?", "namespace0.0 " },
	{ "with_too_many_digits", "nmem01234567890 namespace1.99999999999", "" },
};

TEST_EACH(names__are_found, namings)
{
	char out[256];

	all_names(row->text, out, sizeof(out));
	assert_string_equal(out, row->names);
}

static const struct why_device pages = {
	.name = "pfn1.0", .kind = WHY_PFN, .space = "namespace1.0", .region = "region1",
	.mode = "fsdax", .map = "dev",
};

static const struct why_device beside_dax = {
	.name = "pfn1.0", .kind = WHY_PFN, .space = "namespace1.0", .region = "region1",
	.mode = "fsdax", .map = "dev", .neighbour = "dax3.0",
};

static const struct why_device devdax = {
	.name = "dax0.1", .kind = WHY_DAX, .space = "namespace0.0", .region = "region0",
	.devdax = "dax0.0", .mode = "devdax", .map = "mem",
	.processes = { { .pid = 71, .sure = true }, { .pid = 72 } }, .nr_processes = 2,
};

static const struct why_device dimm = {
	.name = "nmem1", .kind = WHY_DIMM, .region = "region0", .mode = "raw", .map = "",
	.dimms = { { .name = "nmem1", .snapshot = 2 } }, .nr_dimms = 1,
};

static const struct why_device region = {
	.name = "region0", .kind = WHY_REGION, .region = "region0", .mode = "raw", .map = "",
	.dimms = { { .name = "nmem0", .snapshot = -1 }, { .name = "nmem1", .snapshot = 2 } },
	.nr_dimms = 2,
};

static const struct why_device space = {
	.name = "namespace0.0", .kind = WHY_NAMESPACE, .space = "namespace0.0",
	.region = "region0", .seed = "btt0.1", .mode = "raw", .map = "", .clears = true,
};

static const struct why_device disk = {
	.name = "namespace0.0", .kind = WHY_NAMESPACE, .space = "namespace0.0",
	.region = "region0", .mode = "raw", .map = "", .disk = "pmem0",
	.bad = { { 512, 1024 }, { 4194304, 4096 } }, .nr_bad = 2,
};

/* Sentences as drivers make them. "|" parts the ways, "!" marks commands that lose something. */
static const struct helped {
	const char *title;
	const struct why_device *device;
	const char *line, *commands;
} helped[] = {
	{ "neighbours", &pages,
	  "EADDRINUSE conflict: no struct pages, so no dax: 0x1-0x2 shares 0x1-0x2 with namespace0.0 at 0x1-0x2, and here one owner only has struct pages in it; disable that first, or create anew, which gives up 67108864 bytes",
	  "ndctl disable-namespace namespace0.0;ndctl disable-namespace namespace1.0;ndctl enable-namespace namespace1.0;|!ndctl create-namespace -f -e namespace1.0 -m fsdax -M dev;"
	},
	{ "neighbours_that_are_ram", &pages,
	  "EADDRINUSE conflict: no struct pages, so no dax: 0x1-0x2 shares 0x1-0x2 with System RAM at 0x1-0x2, and here one owner only has struct pages in it; disable that first, or create anew, which gives up 67108864 bytes",
	  "!ndctl create-namespace -f -e namespace1.0 -m fsdax -M dev;" },
	{ "neighbours_that_are_other_drivers", &beside_dax,
	  "EADDRINUSE conflict: no struct pages, so no dax: 0x1-0x2 shares 0x1-0x2 with Soft Reserved at 0x1-0x2, and here one owner only has struct pages in it; disable that first, or create anew, which gives up 67108864 bytes",
	  "daxctl disable-device dax3.0;ndctl disable-namespace namespace1.0;ndctl enable-namespace namespace1.0;|!ndctl create-namespace -f -e namespace1.0 -m fsdax -M dev;"
	},
	{ "neighbours_that_are_ram_beside_others", &beside_dax,
	  "EADDRINUSE conflict: no struct pages, so no dax: 0x1-0x2 shares 0x1-0x2 with System RAM at 0x1-0x2, and here one owner only has struct pages in it; disable that first, or create anew, which gives up 67108864 bytes",
	  "!ndctl create-namespace -f -e namespace1.0 -m fsdax -M dev;" },
	{ "a_base_that_moved", &pages,
	  "EOPNOTSUPP align: no struct pages, so no dax: 0x1-0x2 does not start and end at multiples of 0x200000, by which they come",
	  "ndctl disable-namespace namespace1.0;echo 1 >/sys/bus/nd/devices/namespace1.0/force_raw;ndctl enable-namespace namespace1.0;|!ndctl create-namespace -f -e namespace1.0 -m fsdax -M dev;"
	},
	{ "a_base_that_moved_and_a_promise", &devdax,
	  "EOPNOTSUPP align: strict_align: data at 0x1, laid out for pages of 1073741824 bytes, can have pages of at most 2097152 here; with 0 in strict_align it is served with these",
	  "echo 0 >/sys/bus/nd/devices/dax0.1/strict_align;"
	  "echo dax0.1 >/sys/bus/nd/drivers/dax_pmem/bind;" },
	{ "a_bad_label", &dimm,
	  "EBADMSG checksum: label slot 3 is not valid and is passed over (1 of 2 active slots are bad)",
	  "ndctl disable-region region0;ndctl disable-dimm nmem1;!ndctl write-labels -i /sys/bus/nd/devices/nmem1/labels/snapshot2 nmem1;ndctl enable-dimm nmem1;ndctl enable-region region0;|ndctl disable-region region0;!echo 3 >/sys/bus/nd/devices/nmem1/labels/drop;ndctl enable-region region0;"
	},
	{ "a_bad_label_told_of_its_region", &region,
	  "EBADMSG incomplete: label slot 3 of nmem1 cannot be read (1 such slots): the space is kept",
	  "ndctl disable-region region0;ndctl disable-dimm nmem1;!ndctl write-labels -i /sys/bus/nd/devices/nmem1/labels/snapshot2 nmem1;ndctl enable-dimm nmem1;ndctl enable-region region0;|ndctl disable-region region0;!echo 3 >/sys/bus/nd/devices/nmem1/labels/drop;ndctl enable-region region0;"
	},
	{ "a_btt_with_a_copy", &space,
	  "ENXIO checksum: the info-block at 0x1000 is damaged; a copy at 0x1fff000 is of BTT 6ac9d1a4-3b16-4a3c-8b64-1b0b0a4e6a01, sector_size 4096: give that to a btt device to restore it, or set force_raw",
	  "echo 6ac9d1a4-3b16-4a3c-8b64-1b0b0a4e6a01 >/sys/bus/nd/devices/btt0.1/uuid;echo 4096 >/sys/bus/nd/devices/btt0.1/sector_size;echo namespace0.0 >/sys/bus/nd/devices/btt0.1/namespace;echo btt0.1 >/sys/bus/nd/drivers/nd_pmem/bind;|ndctl disable-namespace namespace0.0;echo 1 >/sys/bus/nd/devices/namespace0.0/force_raw;ndctl enable-namespace namespace0.0;"
	},
	{ "a_btt_without_one", &space,
	  "ENXIO checksum: the info-block at byte 4096 is damaged, nor has it a copy; as far as it can be read it is of BTT 6ac9d1a4-3b16-4a3c-8b64-1b0b0a4e6a01, sector_size 4096: set force_raw to reach the bytes, and zero it to give the BTT up",
	  "ndstack check --repair namespace0.0;ndctl enable-namespace namespace0.0;|ndctl disable-namespace namespace0.0;echo 1 >/sys/bus/nd/devices/namespace0.0/force_raw;ndctl enable-namespace namespace0.0;|!ndctl create-namespace -f -e namespace0.0 -m sector -l 4096;"
	},
	{ "a_locked_dimm", &dimm,
	  "ENOKEY locked: the DIMM stays locked: the kernel has no key nvdimm:cdab-0a-07e0-ffffffff",
	  "ndctl load-keys;ndctl enable-dimm nmem1;" },
	{ "a_region_of_a_locked_dimm", &region,
	  "ENXIO locked: nmem1 is locked: unlock it by enabling it with its key, region0 will follow",
	  "ndctl enable-dimm nmem1;|ndctl load-keys;ndctl enable-dimm nmem1;" },
	{ "poison", &space, "EIO media: bytes 4096 to 8191 of namespace0.0 are unreadable (-5)",
	  "!ndctl clear-errors namespace0.0;" },
	{ "poison_that_no_firmware_clears", &disk, "EIO media: 5120 bytes are known to be bad",
	  "!blkdiscard -f -z -o 512 -l 1024 /dev/pmem0;!blkdiscard -f -z -o 4194304 -l 4096 /dev/pmem0;"
	},
	{ "a_pinned_page", &devdax,
	  "EBUSY busy: dax0.0: unbound, and draining: 1 references pin its pages (direct I/O, RDMA, VFIO, io_uring); the memory is released when they are gone",
	  "!kill 71;ndstack watch --wait;ndctl disable-namespace namespace0.0;ndctl enable-namespace namespace0.0;"
	},
	{ "a_block_that_stays", &devdax,
	  "EBUSY busy: dax0.0: memory41, memory44-45 cannot be taken offline: pages in use there do not move, the kernel log has their numbers (pfn); end what pins them and try again",
	  "!kill 71;echo 1 >/sys/bus/dax/devices/dax0.0/remove;" },
	{ "a_block_that_was_kept", &devdax,
	  "EBUSY busy: dax0.0: unbound while memory5 is in use: it stays System RAM, and is taken over when kmem is bound again",
	  "daxctl reconfigure-device -m system-ram dax0.0;|echo offline >/sys/devices/system/memory/memory5/state;"
	},
	{ "a_dimm_without_a_driver", &region,
	  "ENXIO disabled: nmem0 is disabled, or its labels cannot be read (its last_error tells), and they are needed to tell namespaces apart: enable it, region0 will follow",
	  "ndctl enable-dimm nmem0;ndctl enable-region region0;" },
	{ "nothing_that_is_known", &space, "EINVAL argument: size takes a number of bytes", "" },
	{ "a_uuid_that_is_none", &space,
	  "ENXIO checksum: x; a copy at 0x1 is of BTT $(reboot), sector_size 4096: give that to a btt device to restore it, or set force_raw",
	  "ndctl disable-namespace namespace0.0;echo 1 >/sys/bus/nd/devices/namespace0.0/force_raw;ndctl enable-namespace namespace0.0;"
	},
};

static void commands_of(const struct why_help *help, char *out, size_t size)
{
	out[0] = 0;
	for (unsigned int i = 0; i < help->nr; i++)
		snprintf(out + strlen(out), size - strlen(out), "%s%s%s;",
			 i && help->commands[i].way != help->commands[i - 1].way ? "|" : "",
			 *help->commands[i].loses ? "!" : "", help->commands[i].text);
}

TEST_EACH(help__is_commands_for, helped)
{
	char copy[512], out[2048];
	struct reason_line line;
	struct why_help help;

	assert_true(split(row->line, copy, &line));
	why_help(row->device, &line, &help);
	commands_of(&help, out, sizeof(out));
	assert_string_equal(out, row->commands);
}

static const struct kept {
	const char *title, *lines;
	int best;
} kept[] = {
	{ "none", "", -1 },
	{ "one", "0 1795369200 bound 1.2 3\n", -1 },
	{ "more_than_now", "0 17 before-write 1.2 2\n1 16 bound 1.2 3\n2 15 bound 1.2 3\n", 1 },
	{ "fewer_than_now", "0 17 bound 1.2 3\n1 16 before-write 1.2 2\n", -1 },
	{ "nonsense", "x y\n\n0 1\n4294967297 1 a b 3\n", -1 },
};

TEST_EACH(snapshot__is_the_newest_with_labels_that_are_gone, kept)
{
	assert_int_equal(snapshots_best(row->lines), row->best);
}

TEST(holder__of_device_mapper_has_the_names_that_lvm_has)
{
	char name[16];

	assert_true(holder_volume("vg-lv", name, sizeof(name)));
	assert_string_equal(name, "vg/lv");
	assert_true(holder_volume("my--vg-my--lv", name, sizeof(name)));
	assert_string_equal(name, "my-vg/my-lv");
	assert_false(holder_volume("swap", name, sizeof(name)));
	assert_false(holder_volume("name-thatistoolong", name, sizeof(name)));
}

TEST(holder__that_is_a_machine_has_its_name)
{
	static const char by_libvirt[] = "qemu\0-name\0guest=web1,debug-threads=on\0-S";
	static const char by_hand[] = "qemu\0-m\0001G\0-name\0db\0";
	static const char none[] = "qemu\0-m\0001G\0-name";
	char name[16];

	assert_true(holder_machine(by_libvirt, sizeof(by_libvirt), name, sizeof(name)));
	assert_string_equal(name, "web1");
	assert_true(holder_machine(by_hand, sizeof(by_hand), name, sizeof(name)));
	assert_string_equal(name, "db");
	assert_false(holder_machine(none, sizeof(none), name, sizeof(name)));
	assert_false(holder_machine(by_hand, 14, name, sizeof(name)));
}
