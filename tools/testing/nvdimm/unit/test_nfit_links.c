// SPDX-License-Identifier: GPL-2.0
/* objects: unit/nfit_parse.c */
#include "nfit_parse.h"

/* Of a set, the first member's map and interleave. */
static struct nfit_media_map *first_map(void)
{
	return (void *)(mk.bytes + NFIT_SPA_MIN);
}

static struct nfit_media_idt *first_idt(void)
{
	return (void *)(mk.bytes + NFIT_SPA_MIN + 48 + 32);
}

static const struct {
	const char *title;
	u16 spa, dcr;
} missing[] = {
	{ "range", .spa = 99 },
	{ "control region", .dcr = 99 },
};

/* Point one reference of one member elsewhere: that map goes, and the set with it. */
TEST_EACH(map__missing_reference_drops_the_map_and_breaks_its_set, missing)
{
	make_set(&mk);
	if (row->spa)
		first_map()->spa_index = cpu_to_le16(row->spa);
	if (row->dcr)
		first_map()->dcr_index = cpu_to_le16(row->dcr);
	parse();
	assert_int_equal(p.t.nmap, 3);
	assert_int_equal(p.t.ndevice, 3);
	assert_int_equal(about(NFIT_SPA_MIN, ND_REASON_REFERENCE)->about, 99);
	assert_int_equal(p.t.nspa, 1);
	assert_reason(p.t.spa[0].broken, ND_REASON_INCOMPLETE);
	assert_non_null(about(0, ND_REASON_INCOMPLETE));
	/* Nobody else knows the DIMM, so its flush hints go too. */
	assert_int_equal(p.t.nflush, 3);
}

static const struct {
	const char *title;
	u64 offset, dpa, size;
	enum nd_reason reason;
} bounds[] = {
	{ "region offset wraps", 0xffffffffc0000000ull, 0, SET_SIZE, ND_REASON_BOUNDS },
	{ "dpa wraps", 0, 0xffffffffc0000000ull, SET_SIZE, ND_REASON_BOUNDS },
	{ "no size", 0, 0, 0, ND_REASON_SIZE },
	{ "the last dpa", 0, 0xffffffffbfffffffull, SET_SIZE, ND_REASON_OK },
};

TEST_EACH(map__bounds, bounds)
{
	struct nfit_media_map *map;

	make_spa(&mk, 1, SET_BASE, SET_SIZE);
	make_dcr(&mk, 1, 1);
	map = make_map(&mk, 1, 1, 1, row->size);
	map->region_offset = cpu_to_le64(row->offset);
	map->dpa = cpu_to_le64(row->dpa);
	parse();
	assert_int_equal(p.t.nmap, row->reason == ND_REASON_OK);
	if (row->reason)
		assert_non_null(about(offset_of(map), row->reason));
	assert_reason(p.t.spa[0].broken, row->reason ? ND_REASON_INCOMPLETE : ND_REASON_OK);
}

TEST(map__size_that_does_not_fit_the_interleave_lines_is_reported)
{
	make_set(&mk);
	first_map()->size = cpu_to_le64(SET_SIZE / 4 + SET_LINE);
	parse();
	assert_int_equal(about(NFIT_SPA_MIN, ND_REASON_SIZE)->about, 2 * SET_LINE);
	assert_true(about(NFIT_SPA_MIN, ND_REASON_SIZE)->used);
}

TEST(map__identical_copy_is_harmless)
{
	u32 at;

	make_set(&mk);
	at = mk.len;
	memcpy(make_entry(&mk, NFIT_TYPE_MAP, 48), mk.bytes + NFIT_SPA_MIN, 48);
	parse();
	assert_int_equal(p.t.nmap, 4);
	assert_int_equal(p.t.ncomplaint, 1);
	assert_non_null(about(at, ND_REASON_DUPLICATE));
	assert_reason(p.t.spa[0].broken, ND_REASON_OK);
}

#define HALF	(SET_SIZE / 2)

static const struct {
	const char *title;
	u64 range;
	u16 ways;
	u64 a, b, b_at;		/* sizes of two members, and where the second one lies */
	enum nd_reason reason;
} sets[] = {
	{ "two DIMMs, one behind the other", SET_SIZE, 1, HALF, HALF, HALF, ND_REASON_OK },
	{ "a third member is not mentioned", SET_SIZE, 3, HALF, HALF, HALF, ND_REASON_INCOMPLETE },
	{ "which comes first?", SET_SIZE, 1, HALF, HALF, 0, ND_REASON_DUPLICATE },
	{ "labels would place namespaces behind the end", SET_SIZE - 4096, 1, HALF, HALF, HALF,
	  ND_REASON_SIZE },
	{ "the sum must not wrap to something plausible", SET_SIZE, 1, 0xfffffffffffff000ull,
	  SET_SIZE + 0x1000, 4096, ND_REASON_SIZE },
};

TEST_EACH(set__must_be_complete_and_unambiguous, sets)
{
	struct nfit_media_map *map;

	make_spa(&mk, 1, SET_BASE, row->range);
	make_dcr(&mk, 1, 1);
	make_dcr(&mk, 2, 2);
	make_map(&mk, 1, 1, 1, row->a)->ways = cpu_to_le16(row->ways);
	map = make_map(&mk, 2, 1, 2, row->b);
	map->ways = cpu_to_le16(row->ways);
	map->region_offset = cpu_to_le64(row->b_at);
	parse();
	assert_int_equal(p.t.nspa, 1);
	assert_reason(p.t.spa[0].broken, row->reason);
	assert_int_equal(p.t.ncomplaint, row->reason != ND_REASON_OK);
	/* The DIMMs stay visible. */
	assert_int_equal(p.t.ndevice, 2);
}

static const struct {
	const char *title;
	u16 refers, index;		/* to which a map refers; which the lines have */
	u32 count, size;
	bool twin;
} nonsense[] = {
	{ "a map refers to none", 99, 1, 2, SET_LINE },
	{ "as many as there cannot be", 1, 1, 1 << 30, SET_LINE },
	{ "none", 1, 1, 0, SET_LINE },
	{ "without an index", 1, 0, 2, SET_LINE },
	{ "half as long as the others'", 1, 1, 2, SET_LINE / 2 },
	{ "of an odd length", 1, 1, 2, SET_LINE - 1 },
	{ "others by the same name", 1, 1, 2, SET_LINE, .twin = true },
};

/* Which byte is where, no driver needs to know: a machine that ran with such lines goes on to. */
TEST_EACH(lines__that_are_nonsense_cost_nothing_but_a_complaint, nonsense)
{
	make_set(&mk);
	first_map()->idt_index = cpu_to_le16(row->refers);
	first_idt()->index = cpu_to_le16(row->index);
	first_idt()->line_count = cpu_to_le32(row->count);
	first_idt()->line_size = cpu_to_le32(row->size);
	if (row->twin)
		make_idt(&mk, 1, 2, SET_LINE * 2, 4);
	parse();
	assert_int_equal(p.t.nspa, 1);
	assert_reason(p.t.spa[0].broken, ND_REASON_OK);
	assert_int_equal(p.t.nmap, 4);
	assert_int_equal(p.t.ndevice, 4);
	assert_true(p.t.ncomplaint);
}

/* One of two identities by one name, as the in-tree driver does: the first. */
TEST(twins__leave_the_first)
{
	struct nfit_media_dcr *twin;

	make_set(&mk);
	twin = make_dcr(&mk, 1, 0x5eaf00d);
	parse();
	assert_reason(p.t.spa[0].broken, ND_REASON_OK);
	assert_int_equal(p.t.ndevice, 4);
	assert_int_equal(p.t.ndcr, 4);
	assert_int_equal(p.t.dcr[0].serial, 0x000a3c11);
	assert_non_null(about(offset_of(twin), ND_REASON_DUPLICATE));
}

/*
 * Two NVDIMM-N in one channel, as SMART Modular's firmware described them in 2020: one handle, two
 * control regions of one identity, and two ranges that each map all of the DIMM.
 */
TEST(device__may_be_mapped_whole_by_two_ranges)
{
	const u64 base[] = { 0x4080000000, 0x4480000000 };
	const u64 size = 16ull << 30;

	for (u16 i = 0; i < 2; i++) {
		struct nfit_media_map *map;

		make_spa(&mk, i + 1, base[i], size);
		map = make_map(&mk, 0x20, i + 1, i + 1, size);
		map->phys_id = cpu_to_le16(0x20);
		map->flags = cpu_to_le16(0x21);
		make_dcr(&mk, i + 1, 0x1234);
	}
	make_entry(&mk, NFIT_TYPE_SMBIOS, 12);
	parse();
	assert_int_equal(p.t.nspa, 2);
	assert_int_equal(p.t.nmap, 2);
	assert_int_equal(p.t.ndcr, 2);
	assert_int_equal(p.t.ndevice, 1);
	for (u32 i = 0; i < 2; i++) {
		assert_reason(p.t.spa[i].broken, ND_REASON_OK);
		assert_int_equal(p.t.spa[i].address, base[i]);
		assert_int_equal(p.t.map[i].dpa, 0);
		assert_int_equal(p.t.map[i].size, size);
	}
	assert_int_equal(p.t.device[0].flags & 0x21, 0x21);
}

TEST(set__range_without_maps_is_fine)
{
	make_spa(&mk, 1, SET_BASE, SET_SIZE);
	parse();
	assert_int_equal(p.t.nspa, 1);
	assert_reason(p.t.spa[0].broken, ND_REASON_OK);
	assert_int_equal(p.t.ncomplaint, 0);
}

TEST(device__is_heard_in_order_of_precedence)
{
	guid_t control = CONTROL_GUID;
	struct nfit_media_map *map;

	make_spa(&mk, 1, SET_BASE, SET_SIZE);
	export_guid(make_spa(&mk, 2, 0xf0000000, 4096)->guid, &control);
	make_dcr(&mk, 1, 1);
	make_map(&mk, 5, 1, 1, SET_SIZE)->phys_id = cpu_to_le16(1);
	map = make_map(&mk, 5, 2, 1, 4096);
	map->phys_id = cpu_to_le16(2);
	map->flags = cpu_to_le16(NFIT_MAP_NOT_ARMED);
	parse();
	assert_int_equal(p.t.ndevice, 1);
	assert_true(p.t.device[0].pmem);
	assert_int_equal(p.t.map[p.t.device[0].map].phys_id, 2);
	assert_int_equal(p.t.device[0].flags, NFIT_MAP_NOT_ARMED);

	map = make_map(&mk, 5, 0, 1, 0);
	map->phys_id = cpu_to_le16(3);
	map->flags = cpu_to_le16(NFIT_MAP_SAVE_FAILED);
	make_map(&mk, 3, 0, 0, 0);
	parse();
	assert_int_equal(p.t.ndevice, 2);
	assert_int_equal(p.t.device[0].handle, 3);
	assert_int_equal(p.t.device[0].dcr, NFIT_NONE);
	assert_false(p.t.device[0].pmem);
	assert_int_equal(p.t.map[p.t.device[1].map].phys_id, 3);
	assert_int_equal(p.t.device[1].flags, NFIT_MAP_NOT_ARMED | NFIT_MAP_SAVE_FAILED);
}

/* ACPI 6.1: a DIMM may have a second control region, for its block windows, which tells more. */
TEST(device__prefers_the_control_region_with_windows)
{
	for (int swap = 0; swap < 2; swap++) {
		struct nfit_media_dcr *dcr;

		mk.len = 0;
		dcr = make_entry(&mk, NFIT_TYPE_DCR, 80);
		dcr->index = cpu_to_le16(2);
		dcr->windows = cpu_to_le16(1);
		make_dcr(&mk, 1, 1);
		make_map(&mk, 5, 0, 1 + swap, 0);
		make_map(&mk, 5, 0, 2 - swap, 0);
		parse();
		assert_int_equal(p.t.ndevice, 1);
		assert_int_equal(p.t.dcr[p.t.device[0].dcr].index, 2);
	}
}

TEST(compare__growth_is_found_and_loss_is_refused)
{
	struct nfit_complaint gone;
	struct maker old = { };
	struct parsed was;

	make_set(&old);
	/* The newcomer stands in front, so everything else has moved. */
	make_spa(&mk, 9, 0x900000000ull, SET_SIZE);
	make_dcr(&mk, 9, 9);
	make_map(&mk, 0x9, 9, 9, SET_SIZE);
	make_set(&mk);
	((struct nfit_media_map *)(mk.bytes + 56 + 32 + 48 + 56))->flags =
		cpu_to_le16(NFIT_MAP_HEALTH_EVENT);
	was = parsed(old.bytes, old.len);
	parse();
	assert_reason(nfit_table_compare(&was.t, &p.t, &gone), ND_REASON_OK);
	assert_true(p.t.spa[0].entry.fresh);
	assert_false(p.t.spa[1].entry.fresh);
	assert_true(p.t.map[0].entry.fresh);
	assert_false(p.t.map[1].entry.fresh);
	for (u32 i = 0; i < p.t.ndevice; i++)
		assert_int_equal(p.t.device[i].fresh, p.t.device[i].handle == 9);

	assert_reason(nfit_table_compare(&p.t, &was.t, &gone), ND_REASON_REFERENCE);
	assert_int_equal(gone.type, NFIT_TYPE_SPA);
	assert_int_equal(gone.offset, 0);

	/* Another serial number behind the same index is another DIMM. */
	((struct nfit_media_dcr *)(old.bytes + 56 + 48))->serial = 0;
	parse_bytes(old.bytes, old.len);
	assert_reason(nfit_table_compare(&was.t, &p.t, &gone), ND_REASON_REFERENCE);
	assert_int_equal(gone.type, NFIT_TYPE_DCR);
	assert_int_equal(gone.offset, 56 + 48);
	parsed_free(&was);
}
