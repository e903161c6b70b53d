// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/nfit/table/table.c drivers/nvdimm/nfit/table/links.c */
#include "nfit_parse.h"

static void read__qemu_table_is_two_dimms_and_two_ranges(void **state)
{
	const void *body;
	struct parsed p;
	u32 len;
	u8 rev;

	assert_why(nfit_table_open(qemu_nfit, sizeof(qemu_nfit), &body, &len, &rev), ND_WHY_OK);
	assert_int_equal(rev, 1);
	p = parse_bytes(body, len);
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
	done(&p);
}

static void read__interleaved_set(void **state)
{
	struct maker mk = { };
	struct parsed p;

	make_set(&mk);
	p = parse(&mk);
	assert_int_equal(p.t.ncomplaint, 0);
	assert_int_equal(p.t.nspa, 1);
	assert_why(p.t.spa[0].broken, ND_WHY_OK);
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
	done(&p);
}

static void open__header_is_bounded(void **state)
{
	u8 acpi[sizeof(qemu_nfit)];
	const void *body;
	u32 len;
	u8 rev;

	memcpy(acpi, qemu_nfit, sizeof(acpi));
	assert_why(nfit_table_open(acpi, 39, &body, &len, &rev), ND_WHY_TRUNCATED);
	assert_why(nfit_table_open(acpi, sizeof(acpi) - 1, &body, &len, &rev), ND_WHY_BOUNDS);
	acpi[4] = 39;
	acpi[5] = 0;
	assert_why(nfit_table_open(acpi, sizeof(acpi), &body, &len, &rev), ND_WHY_BOUNDS);
	acpi[4] = 40;
	assert_why(nfit_table_open(acpi, sizeof(acpi), &body, &len, &rev), ND_WHY_OK);
	assert_int_equal(len, 0);
	acpi[0] = 'n';
	assert_why(nfit_table_open(acpi, sizeof(acpi), &body, &len, &rev), ND_WHY_SIGNATURE);
}

static void frame__empty_and_padded_tables_are_fine(void **state)
{
	struct maker mk = { };
	struct parsed p = parse(&mk);

	assert_why(p.why, ND_WHY_OK);
	done(&p);
	make_set(&mk);
	for (u32 pad = 1; pad < 20; pad++) {
		mk.len++;
		p = parse(&mk);
		assert_why(p.why, ND_WHY_OK);
		assert_int_equal(p.t.nspa, 1);
		assert_int_equal(p.t.ndevice, 4);
		done(&p);
	}
}

/* Read strictly; else what stands before the cut counts. */
static void frame__cut_anywhere_is_refused(void **state)
{
	struct maker mk = { };
	u32 full, ends = 0;

	make_set(&mk);
	full = mk.len;
	for (mk.len = 1; mk.len < full; mk.len++) {
		struct parsed p = parse_strictly(&mk), whole = parse(&mk);

		ends += !p.why;
		assert_why(whole.why, ND_WHY_OK);
		if (p.why) {
			assert_true(p.fault.offset < mk.len);
			assert_non_null(about(&whole, p.fault.offset, p.why));
		}
		assert_int_equal(whole.t.nspa, mk.len >= NFIT_SPA_MIN);
		done(&p);
		done(&whole);
	}
	/*
	 * 1 range + 4 * (map, control region, interleave, flush) + capabilities make 17 inner
	 * borders; and the table's first two bytes alone are zeroes, that is padding.
	 */
	assert_int_equal(ends, 17 + 2);
}

static void frame__bad_length_is_refused_with_its_offset(void **state)
{
	static const struct { u16 length; enum nd_why why; } bad[] = {
		{ 0, ND_WHY_BOUNDS }, { 1, ND_WHY_BOUNDS }, { 3, ND_WHY_BOUNDS },
		{ 0xffff, ND_WHY_BOUNDS },
	};

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		struct maker mk = { };
		struct nfit_media_dcr *dcr;
		struct parsed p;

		make_spa(&mk, 1, SET_BASE, SET_SIZE);
		dcr = make_dcr(&mk, 1, 1);
		dcr->head.length = cpu_to_le16(bad[i].length);
		p = parse_strictly(&mk);
		assert_why(p.why, bad[i].why);
		assert_int_equal(p.fault.offset, NFIT_SPA_MIN);
		assert_int_equal(p.fault.type, NFIT_TYPE_DCR);
		done(&p);
		/* what stands before it counts; and itself, when all that it needs is there */
		p = parse(&mk);
		assert_why(p.why, ND_WHY_OK);
		assert_int_equal(p.t.ncomplaint, 1);
		assert_non_null(about(&p, NFIT_SPA_MIN, bad[i].why));
		assert_int_equal(p.t.complaint[0].used, bad[i].length == 0xffff);
		assert_int_equal(p.t.nspa, 1);
		assert_int_equal(p.t.ndcr, bad[i].length == 0xffff);
		done(&p);
	}
	{
		struct maker mk = { };
		struct parsed p;

		make_spa(&mk, 1, SET_BASE, SET_SIZE);
		mk.bytes[mk.len] = 9;
		mk.len += 3;
		p = parse_strictly(&mk);
		assert_why(p.why, ND_WHY_TRUNCATED);
		assert_int_equal(p.fault.offset, NFIT_SPA_MIN);
		done(&p);
		p = parse(&mk);
		assert_int_equal(p.t.nspa, 1);
		assert_non_null(about(&p, NFIT_SPA_MIN, ND_WHY_TRUNCATED));
		done(&p);
	}
}

static void frame__too_many_structures_are_refused(void **state)
{
	u32 len = (NFIT_ENTRIES_MAX + 1) * 4;
	u8 *bytes = malloc(len);
	struct parsed p;

	for (u32 i = 0; i < len; i += 4)
		memcpy(bytes + i, "\x63\x00\x04\x00", 4);
	p = parse_bytes(bytes, len);
	assert_why(p.why, ND_WHY_BOUNDS);
	done(&p);
	p = parse_bytes(bytes, len - 4);
	assert_why(p.why, ND_WHY_OK);
	assert_int_equal(p.t.unknown, NFIT_ENTRIES_MAX);
	done(&p);
	free(bytes);
}

/* Shorten each structure of a good table to every length below its kind's; the rest survives. */
static void entry__shorter_than_its_kind_is_dropped_alone(void **state)
{
	static const struct { u16 type, min; } kind[] = {
		{ NFIT_TYPE_SPA, 56 }, { NFIT_TYPE_MAP, 48 }, { NFIT_TYPE_IDT, 16 },
		{ NFIT_TYPE_DCR, 32 }, { NFIT_TYPE_FLUSH, 16 }, { NFIT_TYPE_CAPS, 16 },
	};

	for (u32 k = 0; k < ARRAY_SIZE(kind); k++) {
		for (u16 length = 4; length < kind[k].min; length++) {
			struct maker mk = { };
			struct parsed p;
			u32 at;

			make_set(&mk);
			at = mk.len;
			memset(make_entry(&mk, kind[k].type, length) + 4, 0x11, length - 4);
			p = parse(&mk);
			assert_why(p.why, ND_WHY_OK);
			assert_int_equal(p.t.ncomplaint, 1);
			assert_non_null(about(&p, at, ND_WHY_TRUNCATED));
			assert_int_equal(p.t.complaint[0].type, kind[k].type);
			assert_int_equal(p.t.complaint[0].about, length);
			assert_int_equal(p.t.nspa, 1);
			assert_int_equal(p.t.ndevice, 4);
			assert_int_equal(p.t.capabilities, 3);
			done(&p);
		}
	}
}

static void spa__may_have_a_location_cookie(void **state)
{
	struct nfit_media_spa *spa;
	struct maker mk = { };
	struct parsed p;
	guid_t guid = PMEM_GUID;

	spa = make_entry(&mk, NFIT_TYPE_SPA, 64);
	spa->index = cpu_to_le16(7);
	spa->address = cpu_to_le64(SET_BASE);
	spa->length = cpu_to_le64(SET_SIZE);
	spa->location = cpu_to_le64(0x1234);
	export_guid(spa->guid, &guid);
	p = parse(&mk);
	assert_int_equal(p.t.nspa, 1);
	assert_int_equal(p.t.ncomplaint, 0);
	done(&p);

	/* nobody needs it: a range that only says that it has one is as good */
	spa->flags = cpu_to_le16(1 << 2);
	spa->head.length = cpu_to_le16(56);
	mk.len = 56;
	p = parse(&mk);
	assert_int_equal(p.t.nspa, 1);
	assert_int_equal(p.t.ncomplaint, 0);
	done(&p);
}

static void spa__impossible_ranges_are_dropped(void **state)
{
	static const struct { u16 index; u64 address, length; enum nd_why why; } bad[] = {
		{ 0, SET_BASE, SET_SIZE, ND_WHY_RESERVED },
		{ 1, SET_BASE, 0, ND_WHY_SIZE },
		{ 1, 0xfffffffffffff000ull, 0x1001, ND_WHY_BOUNDS },
		{ 1, 0xfffffffffffff000ull, 0x1000, ND_WHY_OK },
		{ 1, 1, 0xffffffffffffffffull, ND_WHY_OK },
		{ 1, 2, 0xffffffffffffffffull, ND_WHY_BOUNDS },
	};

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		struct maker mk = { };
		struct parsed p;

		make_spa(&mk, bad[i].index, bad[i].address, bad[i].length);
		p = parse(&mk);
		assert_int_equal(p.t.nspa, bad[i].why == ND_WHY_OK);
		if (bad[i].why)
			assert_non_null(about(&p, 0, bad[i].why));
		done(&p);
	}
}

static void spa__virtual_ranges_need_no_index(void **state)
{
	struct maker mk = { };
	guid_t guid = VCD_GUID;
	struct parsed p;

	export_guid(make_spa(&mk, 0, 0x200000000ull, 0x100000)->guid, &guid);
	export_guid(make_spa(&mk, 0, 0x300000000ull, 0x100000)->guid, &guid);
	p = parse(&mk);
	assert_int_equal(p.t.ncomplaint, 0);
	assert_int_equal(p.t.nspa, 2);
	assert_true(nfit_kind_virtual(p.t.spa[0].kind));
	done(&p);
}

static void spa__same_index_twice(void **state)
{
	struct maker mk = { };
	struct nfit_media_spa *second;
	struct parsed p;

	/* Word for word: one of them is enough. */
	make_set(&mk);
	second = make_spa(&mk, 1, SET_BASE, SET_SIZE);
	p = parse(&mk);
	assert_int_equal(p.t.nspa, 1);
	assert_int_equal(p.t.ncomplaint, 1);
	assert_non_null(about(&p, offset_of(&mk, second), ND_WHY_DUPLICATE));
	assert_why(p.t.spa[0].broken, ND_WHY_OK);
	done(&p);

	/* Otherwise it is the first, which in-tree drivers find. */
	second->address = cpu_to_le64(0x500000000ull);
	p = parse(&mk);
	assert_int_equal(p.t.nspa, 1);
	assert_int_equal(p.t.spa[0].address, SET_BASE);
	assert_why(p.t.spa[0].broken, ND_WHY_OK);
	assert_int_equal(p.t.ndevice, 4);
	assert_int_equal(p.t.ncomplaint, 1);
	assert_non_null(about(&p, offset_of(&mk, second), ND_WHY_DUPLICATE));
	done(&p);

	/* Strictly, nobody knows which range the maps mean; they go with it. */
	p = parse_strictly(&mk);
	assert_int_equal(p.t.nspa, 0);
	assert_int_equal(p.t.nmap, 0);
	assert_int_equal(p.t.ndevice, 0);
	assert_non_null(about(&p, 0, ND_WHY_DUPLICATE));
	assert_non_null(about(&p, offset_of(&mk, second), ND_WHY_DUPLICATE));
	assert_non_null(about(&p, NFIT_SPA_MIN, ND_WHY_REFERENCE));
	done(&p);
}

static void spa__overlapping_ranges_are_both_dropped(void **state)
{
	struct maker mk = { };
	struct nfit_media_spa *b;
	guid_t control = CONTROL_GUID;
	struct parsed p;

	make_spa(&mk, 1, SET_BASE, SET_SIZE);
	b = make_spa(&mk, 2, SET_BASE + SET_SIZE - 1, 4096);
	make_spa(&mk, 3, SET_BASE + 2 * SET_SIZE, 4096);
	p = parse(&mk);
	assert_int_equal(p.t.nspa, 1);
	assert_int_equal(p.t.spa[0].index, 3);
	assert_int_equal(about(&p, 0, ND_WHY_OVERLAP)->about, SET_BASE + SET_SIZE - 1);
	assert_int_equal(about(&p, 56, ND_WHY_OVERLAP)->about, SET_BASE);
	done(&p);

	/* Neighbours may touch. */
	b->address = cpu_to_le64(SET_BASE + SET_SIZE);
	p = parse(&mk);
	assert_int_equal(p.t.nspa, 3);
	done(&p);

	/* A control region is no memory. */
	b->address = cpu_to_le64(SET_BASE);
	export_guid(b->guid, &control);
	p = parse(&mk);
	assert_int_equal(p.t.nspa, 3);
	done(&p);
}

static void spa__unknown_type_is_kept_and_mentioned(void **state)
{
	struct maker mk = { };
	struct nfit_media_spa *spa = make_spa(&mk, 1, SET_BASE, SET_SIZE);
	struct parsed p;

	make_map(&mk, 1, 1, 0, SET_SIZE);
	spa->guid[0] ^= 1;
	p = parse(&mk);
	assert_int_equal(p.t.nspa, 1);
	assert_int_equal(p.t.spa[0].kind, NFIT_KIND_UNKNOWN);
	assert_non_null(about(&p, 0, ND_WHY_UNSUPPORTED));
	assert_int_equal(p.t.ndevice, 0);
	done(&p);
}

static void dcr__with_windows_needs_all_its_bytes(void **state)
{
	struct maker mk = { };
	struct nfit_media_dcr *dcr = make_dcr(&mk, 1, 1);
	struct parsed p;

	dcr->windows = cpu_to_le16(1);
	p = parse(&mk);
	assert_int_equal(p.t.ndcr, 0);
	assert_non_null(about(&p, 0, ND_WHY_TRUNCATED));
	done(&p);

	mk.len = 80;
	dcr->head.length = cpu_to_le16(80);
	p = parse(&mk);
	assert_int_equal(p.t.ndcr, 1);
	assert_int_equal(p.t.dcr[0].windows, 1);
	done(&p);
}

static void index_zero__is_reserved(void **state)
{
	struct maker mk = { };
	struct parsed p;

	make_dcr(&mk, 0, 1);
	make_idt(&mk, 0, 1, 64, 1);
	p = parse(&mk);
	assert_int_equal(p.t.ndcr + p.t.nidt, 0);
	assert_non_null(about(&p, 0, ND_WHY_RESERVED));
	assert_non_null(about(&p, 32, ND_WHY_RESERVED));
	done(&p);
}

static void idt__counts(void **state)
{
	static const struct { u32 lines, size; int longer; enum nd_why why; } bad[] = {
		{ 3, 64, 0, ND_WHY_OK }, { 3, 64, 4, ND_WHY_OK }, { 3, 64, 8, ND_WHY_BOUNDS },
		{ 2, 64, 4, ND_WHY_BOUNDS }, { 2, 64, 8, ND_WHY_BOUNDS }, { 0, 64, 0, ND_WHY_SIZE },
		{ 3, 0, 0, ND_WHY_SIZE },
	};

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		struct maker mk = { };
		struct nfit_media_idt *idt = make_idt(&mk, 1, bad[i].lines, bad[i].size, 1);
		struct parsed p;

		idt->head.length = cpu_to_le16(mk.len + bad[i].longer);
		mk.len += bad[i].longer;
		p = parse(&mk);
		assert_int_equal(p.t.nidt, bad[i].why == ND_WHY_OK);
		if (bad[i].why)
			assert_non_null(about(&p, 0, bad[i].why));
		done(&p);
	}
}

static void flush__bad_hints_are_dropped(void **state)
{
	for (int which = 0; which < 4; which++) {
		struct maker mk = { };
		struct nfit_media_flush *flush;
		struct parsed p;
		enum nd_why want;

		make_set(&mk);
		flush = make_flush(&mk, 0x0777, 2, 0xe0000000);
		switch (which) {
		case 0:
			want = ND_WHY_REFERENCE;	/* nobody knows the DIMM */
			break;
		case 1:
			flush->hint[1] = 0;
			want = ND_WHY_BOUNDS;
			break;
		case 2:
			flush->hint[1] = cpu_to_le64(U64_MAX - 6);
			want = ND_WHY_BOUNDS;
			break;
		default:
			flush->count = cpu_to_le16(3);
			want = ND_WHY_BOUNDS;
			break;
		}
		p = parse(&mk);
		assert_int_equal(p.t.nflush, 4);
		assert_int_equal(p.t.ncomplaint, 1);
		assert_non_null(about(&p, offset_of(&mk, flush), want));
		done(&p);
	}
}

static void caps__only_valid_bits_and_only_once(void **state)
{
	struct maker mk = { };
	struct parsed p;

	make_caps(&mk, 31, 0x80000005);
	make_caps(&mk, 1, 2);
	p = parse(&mk);
	assert_int_equal(p.t.capabilities, 0x80000005);
	assert_non_null(about(&p, 16, ND_WHY_DUPLICATE));
	done(&p);

	mk.len = 0;
	make_caps(&mk, 0, 3);
	p = parse(&mk);
	assert_int_equal(p.t.capabilities, 1);
	done(&p);

	mk.len = 0;
	make_caps(&mk, 32, 3);
	p = parse(&mk);
	assert_int_equal(p.t.capabilities, 0);
	assert_non_null(about(&p, 0, ND_WHY_BOUNDS));
	done(&p);
}

static void skip__blocks_smbios_and_unknown_are_counted(void **state)
{
	struct maker mk = { };
	struct parsed p;

	make_entry(&mk, NFIT_TYPE_SMBIOS, 9);
	make_entry(&mk, NFIT_TYPE_BDW, 40);
	make_entry(&mk, 8, 4);
	make_entry(&mk, 0xffff, 100);
	make_set(&mk);
	p = parse(&mk);
	assert_int_equal(p.t.smbios, 1);
	assert_int_equal(p.t.blk, 1);
	assert_int_equal(p.t.unknown, 2);
	assert_int_equal(p.t.ncomplaint, 3);
	assert_int_equal(about(&p, 9, ND_WHY_UNSUPPORTED)->about, NFIT_TYPE_BDW);
	assert_int_equal(about(&p, 53, ND_WHY_UNSUPPORTED)->about, 0xffff);
	assert_int_equal(p.t.ndevice, 4);
	done(&p);
}

static void read__too_little_room_is_refused(void **state)
{
	struct nfit_complaint fault;
	struct nfit_table t;
	struct maker mk = { };
	size_t room;
	u64 *mem;

	make_set(&mk);
	assert_why(nfit_table_measure(mk.bytes, mk.len, false, &room, &fault), ND_WHY_OK);
	mem = malloc(room);
	assert_why(nfit_table_read(mk.bytes, mk.len, 1, false, mem, room - 1, &t, &fault),
		   ND_WHY_RESOURCE);
	assert_why(nfit_table_read(mk.bytes, mk.len, 1, false, NULL, 0, &t, &fault),
		   ND_WHY_RESOURCE);
	assert_why(nfit_table_read(mk.bytes, mk.len, 1, false, mem, room, &t, &fault), ND_WHY_OK);
	free(mem);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__qemu_table_is_two_dimms_and_two_ranges),
		cmocka_unit_test(read__interleaved_set),
		cmocka_unit_test(read__too_little_room_is_refused),
		cmocka_unit_test(open__header_is_bounded),
		cmocka_unit_test(frame__empty_and_padded_tables_are_fine),
		cmocka_unit_test(frame__cut_anywhere_is_refused),
		cmocka_unit_test(frame__bad_length_is_refused_with_its_offset),
		cmocka_unit_test(frame__too_many_structures_are_refused),
		cmocka_unit_test(entry__shorter_than_its_kind_is_dropped_alone),
		cmocka_unit_test(spa__may_have_a_location_cookie),
		cmocka_unit_test(spa__impossible_ranges_are_dropped),
		cmocka_unit_test(spa__virtual_ranges_need_no_index),
		cmocka_unit_test(spa__same_index_twice),
		cmocka_unit_test(spa__overlapping_ranges_are_both_dropped),
		cmocka_unit_test(spa__unknown_type_is_kept_and_mentioned),
		cmocka_unit_test(dcr__with_windows_needs_all_its_bytes),
		cmocka_unit_test(index_zero__is_reserved),
		cmocka_unit_test(idt__counts),
		cmocka_unit_test(flush__bad_hints_are_dropped),
		cmocka_unit_test(caps__only_valid_bits_and_only_once),
		cmocka_unit_test(skip__blocks_smbios_and_unknown_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
