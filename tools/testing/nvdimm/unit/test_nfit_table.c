// SPDX-License-Identifier: GPL-2.0
/* objects: unit/nfit_parse.c */
#include "nfit_parse.h"

static u8 acpi[408];	/* exactly as long as the file, so that ASan sees a byte too far */

static void load_qemu(void)
{
	assert_int_equal(nd_golden("unit/golden/nfit-qemu-7.2.bin", acpi, sizeof(acpi)),
			 sizeof(acpi));
}

TEST(read__qemu_table_is_two_dimms_and_two_ranges)
{
	const void *body;
	u32 len;
	u8 rev;

	load_qemu();
	assert_reason(nfit_table_open(acpi, sizeof(acpi), &body, &len, &rev), ND_REASON_OK);
	assert_int_equal(rev, 1);
	parse_bytes(body, len);
	assert_int_equal(p.t.ncomplaint, 0);
	assert_int_equal(p.t.nspa, 2);
	assert_int_equal(p.t.nmap, 2);
	assert_int_equal(p.t.ndcr, 2);
	assert_int_equal(p.t.spa[0].index, 4);
	assert_int_equal(p.t.spa[0].kind, NFIT_KIND_PMEM);
	assert_true(p.t.spa[0].address == 0x10ffe0000ull);
	assert_true(p.t.spa[0].length == 268304384);
	assert_int_equal(p.t.spa[0].flags, 3);
	assert_true(p.t.spa[1].address == 0x100000000ull);
	assert_int_equal(p.t.map[p.t.device[0].map].handle, 1);
	assert_int_equal(p.t.device[0].handle, 1);
	assert_int_equal(p.t.device[1].handle, 2);
	assert_true(p.t.device[0].pmem);
	assert_int_equal(p.t.dcr[p.t.device[0].dcr].serial, 0x123456);
	assert_int_equal(p.t.dcr[p.t.device[0].dcr].vendor, 0x8086);
	assert_int_equal(p.t.dcr[p.t.device[0].dcr].code, 0x0301);
	assert_int_equal(p.t.device[0].flush, NFIT_NONE);
	assert_int_equal(p.t.capabilities, 0);
}

TEST(read__interleaved_set)
{
	make_set(&mk);
	parse();
	assert_int_equal(p.t.ncomplaint, 0);
	assert_int_equal(p.t.nspa, 1);
	assert_reason(p.t.spa[0].broken, ND_REASON_OK);
	assert_int_equal(p.t.ndevice, 4);
	for (u32 i = 1; i < 4; i++)
		assert_true(p.t.device[i].handle > p.t.device[i - 1].handle);
	for (u32 i = 0; i < 4; i++) {
		assert_int_equal(p.t.map[i].spa, 0);
		assert_int_equal(p.t.map[i].idt, i);
		assert_int_equal(p.t.map[i].dcr, i);
	}
	assert_int_equal(p.t.device[0].handle, 1);
	assert_int_equal(p.t.map[p.t.device[0].map].phys_id, 0x21);
	assert_true(nfit_flush_hint(&p.t.flush[p.t.device[0].flush], 0) == 0xf0001000ull);
	/* Of all-ones only the two bits declared valid count. */
	assert_int_equal(p.t.capabilities, 3);
}

TEST(open__header_is_bounded)
{
	const void *body;
	u32 len;
	u8 rev;

	load_qemu();
	assert_reason(nfit_table_open(acpi, 39, &body, &len, &rev), ND_REASON_TRUNCATED);
	assert_reason(nfit_table_open(acpi, sizeof(acpi) - 1, &body, &len, &rev), ND_REASON_BOUNDS);
	acpi[4] = 39;
	acpi[5] = 0;
	assert_reason(nfit_table_open(acpi, sizeof(acpi), &body, &len, &rev), ND_REASON_BOUNDS);
	acpi[4] = 40;
	assert_reason(nfit_table_open(acpi, sizeof(acpi), &body, &len, &rev), ND_REASON_OK);
	assert_int_equal(len, 0);
	acpi[0] = 'n';
	assert_reason(nfit_table_open(acpi, sizeof(acpi), &body, &len, &rev), ND_REASON_SIGNATURE);
}

TEST(frame__empty_and_padded_tables_are_fine)
{
	parse();
	assert_reason(p.reason, ND_REASON_OK);
	make_set(&mk);
	for (u32 pad = 1; pad < 20; pad++) {
		mk.bytes[mk.len++] = 0;
		parse();
		assert_reason(p.reason, ND_REASON_OK);
		assert_int_equal(p.t.nspa, 1);
		assert_int_equal(p.t.ndevice, 4);
	}
}

TEST(frame__cut_anywhere_counts_what_stands_before)
{
	u32 full;

	make_set(&mk);
	full = mk.len;
	for (mk.len = 1; mk.len < full; mk.len++) {
		parse();
		assert_reason(p.reason, ND_REASON_OK);
		assert_int_equal(p.t.nspa, mk.len >= NFIT_SPA_MIN);
		for (u32 i = 0; i < p.t.ncomplaint; i++)
			assert_true(p.t.complaint[i].offset < mk.len);
	}
}

static const struct {
	const char *title;
	u16 length;
} bad_length[] = {
	{ "0", 0 }, { "1", 1 }, { "3", 3 }, { "0xffff", 0xffff },
};

TEST_EACH(frame__bad_length_is_reported_with_its_offset, bad_length)
{
	make_spa(&mk, 1, SET_BASE, SET_SIZE);
	make_dcr(&mk, 1, 1)->head.length = cpu_to_le16(row->length);
	/* what stands before it counts; and itself, when all that it needs is there */
	parse();
	assert_reason(p.reason, ND_REASON_OK);
	assert_int_equal(p.t.ncomplaint, 1);
	assert_non_null(about(NFIT_SPA_MIN, ND_REASON_BOUNDS));
	assert_int_equal(p.t.complaint[0].used, row->length == 0xffff);
	assert_int_equal(p.t.nspa, 1);
	assert_int_equal(p.t.ndcr, row->length == 0xffff);
}

TEST(frame__cut_within_a_length_is_reported_with_its_offset)
{
	make_spa(&mk, 1, SET_BASE, SET_SIZE);
	memcpy(mk.bytes + mk.len, "\x09\x00\x00", 3);
	mk.len += 3;
	parse();
	assert_int_equal(p.t.nspa, 1);
	assert_non_null(about(NFIT_SPA_MIN, ND_REASON_TRUNCATED));
}

TEST(frame__too_many_structures_are_refused)
{
	u32 len = (NFIT_ENTRIES_MAX + 1) * 4;
	u8 *bytes = malloc(len);

	for (u32 i = 0; i < len; i += 4)
		memcpy(bytes + i, "\x63\x00\x04\x00", 4);
	parse_bytes(bytes, len);
	assert_reason(p.reason, ND_REASON_BOUNDS);
	parse_bytes(bytes, len - 4);
	assert_reason(p.reason, ND_REASON_OK);
	assert_int_equal(p.t.unknown, NFIT_ENTRIES_MAX);
	free(bytes);
}

static const struct {
	const char *title;
	u16 type, min;
} kinds[] = {
	{ "range", NFIT_TYPE_SPA, 56 }, { "map", NFIT_TYPE_MAP, 48 },
	{ "interleave", NFIT_TYPE_IDT, 16 }, { "control region", NFIT_TYPE_DCR, 32 },
	{ "flush hints", NFIT_TYPE_FLUSH, 16 }, { "capabilities", NFIT_TYPE_CAPS, 16 },
};

/* Shorten each structure of a good table to every length below its kind's; the rest survives. */
TEST_EACH(entry__shorter_than_its_kind_is_dropped_alone, kinds)
{
	for (u16 length = 4; length < row->min; length++) {
		u32 at;

		mk.len = 0;
		make_set(&mk);
		at = mk.len;
		memset(make_entry(&mk, row->type, length) + 4, 0x11, length - 4);
		parse();
		assert_reason(p.reason, ND_REASON_OK);
		assert_int_equal(p.t.ncomplaint, 1);
		assert_non_null(about(at, ND_REASON_TRUNCATED));
		assert_int_equal(p.t.complaint[0].type, row->type);
		assert_int_equal(p.t.complaint[0].about, length);
		assert_int_equal(p.t.nspa, 1);
		assert_int_equal(p.t.ndevice, 4);
		assert_int_equal(p.t.capabilities, 3);
	}
}

TEST(spa__may_have_a_location_cookie)
{
	struct nfit_media_spa *spa;
	guid_t guid = PMEM_GUID;

	spa = make_entry(&mk, NFIT_TYPE_SPA, 64);
	spa->index = cpu_to_le16(7);
	spa->address = cpu_to_le64(SET_BASE);
	spa->length = cpu_to_le64(SET_SIZE);
	spa->location = cpu_to_le64(0x1234);
	export_guid(spa->guid, &guid);
	parse();
	assert_int_equal(p.t.nspa, 1);
	assert_int_equal(p.t.ncomplaint, 0);

	/* nobody needs it: a range that only says that it has one is as good */
	spa->flags = cpu_to_le16(1 << 2);
	spa->head.length = cpu_to_le16(56);
	mk.len = 56;
	parse();
	assert_int_equal(p.t.nspa, 1);
	assert_int_equal(p.t.ncomplaint, 0);
}

static const struct {
	const char *title;
	u16 index;
	u64 address, length;
	enum nd_reason reason;
} ranges[] = {
	{ "no index", 0, SET_BASE, SET_SIZE, ND_REASON_RESERVED },
	{ "no length", 1, SET_BASE, 0, ND_REASON_SIZE },
	{ "a byte beyond", 1, 0xfffffffffffff000ull, 0x1001, ND_REASON_BOUNDS },
	{ "up to the end", 1, 0xfffffffffffff000ull, 0x1000, ND_REASON_OK },
	{ "all but a byte", 1, 1, 0xffffffffffffffffull, ND_REASON_OK },
	{ "all that a length can say, too late", 1, 2, 0xffffffffffffffffull, ND_REASON_BOUNDS },
};

TEST_EACH(spa__impossible_ranges_are_dropped, ranges)
{
	make_spa(&mk, row->index, row->address, row->length);
	parse();
	assert_int_equal(p.t.nspa, row->reason == ND_REASON_OK);
	if (row->reason)
		assert_non_null(about(0, row->reason));
}

TEST(spa__virtual_ranges_need_no_index)
{
	guid_t guid = VCD_GUID;

	export_guid(make_spa(&mk, 0, 0x200000000ull, 0x100000)->guid, &guid);
	export_guid(make_spa(&mk, 0, 0x300000000ull, 0x100000)->guid, &guid);
	parse();
	assert_int_equal(p.t.ncomplaint, 0);
	assert_int_equal(p.t.nspa, 2);
	assert_true(nfit_kind_virtual(p.t.spa[0].kind));
}

TEST(spa__same_index_twice)
{
	struct nfit_media_spa *second;

	/* Word for word: one of them is enough. */
	make_set(&mk);
	second = make_spa(&mk, 1, SET_BASE, SET_SIZE);
	parse();
	assert_int_equal(p.t.nspa, 1);
	assert_int_equal(p.t.ncomplaint, 1);
	assert_non_null(about(offset_of(second), ND_REASON_DUPLICATE));
	assert_reason(p.t.spa[0].broken, ND_REASON_OK);

	/* Otherwise it is the first, which in-tree drivers find. */
	second->address = cpu_to_le64(0x500000000ull);
	parse();
	assert_int_equal(p.t.nspa, 1);
	assert_int_equal(p.t.spa[0].address, SET_BASE);
	assert_reason(p.t.spa[0].broken, ND_REASON_OK);
	assert_int_equal(p.t.ndevice, 4);
	assert_int_equal(p.t.ncomplaint, 1);
	assert_non_null(about(offset_of(second), ND_REASON_DUPLICATE));
}

TEST(spa__overlapping_ranges_are_both_dropped)
{
	struct nfit_media_spa *b;
	guid_t control = CONTROL_GUID;

	make_spa(&mk, 1, SET_BASE, SET_SIZE);
	b = make_spa(&mk, 2, SET_BASE + SET_SIZE - 1, 4096);
	make_spa(&mk, 3, SET_BASE + 2 * SET_SIZE, 4096);
	parse();
	assert_int_equal(p.t.nspa, 1);
	assert_int_equal(p.t.spa[0].index, 3);
	assert_int_equal(about(0, ND_REASON_OVERLAP)->about, SET_BASE + SET_SIZE - 1);
	assert_int_equal(about(56, ND_REASON_OVERLAP)->about, SET_BASE);

	/* Whichever begins first, and if both begin at once. */
	for (u64 at = SET_BASE - 4095; at <= SET_BASE + 4095; at += 4095) {
		b->address = cpu_to_le64(at);
		parse();
		assert_int_equal(p.t.nspa, 1);
		assert_int_equal(about(0, ND_REASON_OVERLAP)->about, at);
	}
	b->address = cpu_to_le64(SET_BASE - 4096);
	parse();
	assert_int_equal(p.t.nspa, 3);

	/* Neighbours may touch. */
	b->address = cpu_to_le64(SET_BASE + SET_SIZE);
	parse();
	assert_int_equal(p.t.nspa, 3);

	/* A control region is no memory. */
	b->address = cpu_to_le64(SET_BASE);
	export_guid(b->guid, &control);
	parse();
	assert_int_equal(p.t.nspa, 3);
}

TEST(spa__unknown_type_is_kept_and_mentioned)
{
	struct nfit_media_spa *spa = make_spa(&mk, 1, SET_BASE, SET_SIZE);

	make_map(&mk, 1, 1, 0, SET_SIZE);
	spa->guid[0] ^= 1;
	parse();
	assert_int_equal(p.t.nspa, 1);
	assert_int_equal(p.t.spa[0].kind, NFIT_KIND_UNKNOWN);
	assert_non_null(about(0, ND_REASON_UNSUPPORTED));
	assert_int_equal(p.t.ndevice, 0);
}

TEST(dcr__with_windows_needs_all_its_bytes)
{
	struct nfit_media_dcr *dcr = make_dcr(&mk, 1, 1);

	dcr->windows = cpu_to_le16(1);
	parse();
	assert_int_equal(p.t.ndcr, 0);
	assert_non_null(about(0, ND_REASON_TRUNCATED));

	mk.len = 80;
	dcr->head.length = cpu_to_le16(80);
	parse();
	assert_int_equal(p.t.ndcr, 1);
	assert_int_equal(p.t.dcr[0].windows, 1);
}

TEST(index_zero__is_reserved)
{
	make_dcr(&mk, 0, 1);
	make_idt(&mk, 0, 1, 64, 1);
	parse();
	assert_int_equal(p.t.ndcr + p.t.nidt, 0);
	assert_non_null(about(0, ND_REASON_RESERVED));
	assert_non_null(about(32, ND_REASON_RESERVED));
}

static const struct {
	const char *title;
	u32 lines, size;
	int longer;
	enum nd_reason reason;
} idts[] = {
	{ "an odd number fills its structure", 3, 64, 0, ND_REASON_OK },
	{ "an odd number may be padded", 3, 64, 4, ND_REASON_OK },
	{ "not by a line and more", 3, 64, 8, ND_REASON_BOUNDS },
	{ "an even number is not padded", 2, 64, 4, ND_REASON_BOUNDS },
	{ "nor with two lines", 2, 64, 8, ND_REASON_BOUNDS },
	{ "there is a line", 0, 64, 0, ND_REASON_SIZE },
	{ "which is of some bytes", 3, 0, 0, ND_REASON_SIZE },
};

TEST_EACH(idt__counts, idts)
{
	struct nfit_media_idt *idt = make_idt(&mk, 1, row->lines, row->size, 1);

	memset(mk.bytes + mk.len, 0, row->longer);
	mk.len += row->longer;
	idt->head.length = cpu_to_le16(mk.len);
	parse();
	assert_int_equal(p.t.nidt, row->reason == ND_REASON_OK);
	if (row->reason)
		assert_non_null(about(0, row->reason));
}

static const struct {
	const char *title;
	u32 count;
	u64 second;
	enum nd_reason reason;
} hints[] = {
	{ "nobody knows the DIMM", 2, 0xe0001000, ND_REASON_REFERENCE },
	{ "at address 0", 2, 0, ND_REASON_BOUNDS },
	{ "of which the last bytes wrap", 2, U64_MAX - 6, ND_REASON_BOUNDS },
	{ "more than there are", 3, 0xe0001000, ND_REASON_BOUNDS },
};

TEST_EACH(flush__bad_hints_are_dropped, hints)
{
	struct nfit_media_flush *flush;

	make_set(&mk);
	flush = make_flush(&mk, 0x0777, 2, 0xe0000000);
	flush->count = cpu_to_le16(row->count);
	flush->hint[1] = cpu_to_le64(row->second);
	parse();
	assert_int_equal(p.t.nflush, 4);
	assert_int_equal(p.t.ncomplaint, 1);
	assert_non_null(about(offset_of(flush), row->reason));
}

TEST(caps__only_valid_bits_and_only_once)
{
	make_caps(&mk, 31, 0x80000005);
	make_caps(&mk, 1, 2);
	parse();
	assert_int_equal(p.t.capabilities, 0x80000005);
	assert_non_null(about(16, ND_REASON_DUPLICATE));

	mk.len = 0;
	make_caps(&mk, 0, 3);
	parse();
	assert_int_equal(p.t.capabilities, 1);

	mk.len = 0;
	make_caps(&mk, 32, 3);
	parse();
	assert_int_equal(p.t.capabilities, 0);
	assert_non_null(about(0, ND_REASON_BOUNDS));
}

static const struct {
	const char *title;
	bool present;
	u8 highest;
	u32 bits;
	const char *lacks;
} persistence[] = {
	{ "no structure", false, 0, 0, "no Platform Capabilities" },
	{ "none of its bits", true, 31, 0, "Memory Controller Flush" },
	{ "others of its bits", true, 31, ~3u, "Memory Controller Flush" },
	{ "a bit that is not valid", true, 0, 2, "Memory Controller Flush" },
	{ "the memory controller", true, 1, 2, NULL },
	{ "the caches", true, 0, 1, NULL },
	{ "both", true, 31, 3, NULL },
};

TEST_EACH(caps__that_leave_persistence_unknown_are_named, persistence)
{
	const char *lacks;

	make_spa(&mk, 1, SET_BASE, SET_SIZE);
	if (row->present)
		make_caps(&mk, row->highest, row->bits);
	parse();
	lacks = nfit_persistence_lacks(&p.t);
	if (row->lacks)
		assert_non_null(strstr(lacks ?: "", row->lacks));
	else
		assert_null(lacks);
}

TEST(skip__blocks_smbios_and_unknown_are_counted)
{
	make_entry(&mk, NFIT_TYPE_SMBIOS, 9);
	make_entry(&mk, NFIT_TYPE_BDW, 40);
	make_entry(&mk, 8, 4);
	make_entry(&mk, 0xffff, 100);
	make_set(&mk);
	parse();
	assert_int_equal(p.t.smbios, 1);
	assert_int_equal(p.t.blk, 1);
	assert_int_equal(p.t.unknown, 2);
	assert_int_equal(p.t.ncomplaint, 3);
	assert_int_equal(about(9, ND_REASON_UNSUPPORTED)->about, NFIT_TYPE_BDW);
	assert_int_equal(about(53, ND_REASON_UNSUPPORTED)->about, 0xffff);
	assert_int_equal(p.t.ndevice, 4);
}

TEST(read__too_little_room_is_refused)
{
	struct nfit_complaint fault;
	struct nfit_table t;
	size_t room;
	u64 *mem;

	make_set(&mk);
	assert_reason(nfit_table_measure(mk.bytes, mk.len, &room, &fault), ND_REASON_OK);
	mem = malloc(room);
	assert_reason(nfit_table_read(mk.bytes, mk.len, 1, mem, room - 1, &t, &fault),
		      ND_REASON_RESOURCE);
	assert_reason(nfit_table_read(mk.bytes, mk.len, 1, NULL, 0, &t, &fault),
		      ND_REASON_RESOURCE);
	assert_reason(nfit_table_read(mk.bytes, mk.len, 1, mem, room, &t, &fault),
		      ND_REASON_OK);
	free(mem);
}
