// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/nfit/table/table.c drivers/nvdimm/nfit/table/links.c */
#include "nfit_parse.h"

/* Point one reference of one member elsewhere: that map goes, and the set with it. */
static void map__missing_reference_drops_the_map_and_breaks_its_set(void **state)
{
	/* of the interleave only read strictly */
	for (int which = 0; which < 3; which++) {
		struct maker mk = { };
		struct nfit_media_map *map;
		struct parsed p;

		make_set(&mk);
		map = (void *)(mk.bytes + NFIT_SPA_MIN);
		if (which == 0)
			map->spa_index = cpu_to_le16(99);
		else if (which == 1)
			map->dcr_index = cpu_to_le16(99);
		else
			map->idt_index = cpu_to_le16(99);
		p = which == 2 ? parse_strictly(&mk) : parse(&mk);
		assert_int_equal(p.t.nmap, 3);
		assert_int_equal(p.t.ndevice, 3);
		assert_int_equal(about(&p, NFIT_SPA_MIN, ND_WHY_REFERENCE)->about, 99);
		assert_int_equal(p.t.nspa, 1);
		assert_why(p.t.spa[0].broken, ND_WHY_INCOMPLETE);
		assert_non_null(about(&p, 0, ND_WHY_INCOMPLETE));
		/* Nobody else knows the DIMM, so its flush hints go too. */
		assert_int_equal(p.t.nflush, 3);
		done(&p);
	}
}

static void map__dropped_target_takes_its_maps_along(void **state)
{
	struct maker mk = { };
	struct nfit_media_idt *idt;
	struct parsed p;

	make_set(&mk);
	idt = (void *)(mk.bytes + NFIT_SPA_MIN + 48 + 32);
	idt->line_count = cpu_to_le32(1 << 30);
	p = parse_strictly(&mk);
	assert_int_equal(p.t.nidt, 3);
	assert_int_equal(about(&p, offset_of(&mk, idt), ND_WHY_BOUNDS)->about, 1 << 30);
	assert_non_null(about(&p, NFIT_SPA_MIN, ND_WHY_REFERENCE));
	assert_why(p.t.spa[0].broken, ND_WHY_INCOMPLETE);
	done(&p);
}

static void map__bounds(void **state)
{
	static const struct { u64 offset, dpa, size; enum nd_why why; } bad[] = {
		{ 0xffffffffc0000000ull, 0, SET_SIZE, ND_WHY_BOUNDS },
		{ 0, 0xffffffffc0000000ull, SET_SIZE, ND_WHY_BOUNDS },
		{ 0, 0, 0, ND_WHY_SIZE },
		{ 0, 0xffffffffbfffffffull, SET_SIZE, ND_WHY_OK },
	};

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		struct maker mk = { };
		struct nfit_media_map *map;
		struct parsed p;

		make_spa(&mk, 1, SET_BASE, SET_SIZE);
		make_dcr(&mk, 1, 1);
		map = make_map(&mk, 1, 1, 1, bad[i].size);
		map->region_offset = cpu_to_le64(bad[i].offset);
		map->dpa = cpu_to_le64(bad[i].dpa);
		p = parse(&mk);
		assert_int_equal(p.t.nmap, bad[i].why == ND_WHY_OK);
		if (bad[i].why)
			assert_non_null(about(&p, offset_of(&mk, map), bad[i].why));
		assert_why(p.t.spa[0].broken, bad[i].why ? ND_WHY_INCOMPLETE : ND_WHY_OK);
		done(&p);
	}
}

static void map__size_must_fit_the_interleave_lines(void **state)
{
	struct maker mk = { };
	struct nfit_media_map *map;
	struct parsed p;

	make_set(&mk);
	map = (void *)(mk.bytes + NFIT_SPA_MIN);
	map->size = cpu_to_le64(SET_SIZE / 4 + SET_LINE);
	p = parse_strictly(&mk);
	assert_int_equal(about(&p, NFIT_SPA_MIN, ND_WHY_SIZE)->about, 2 * SET_LINE);
	assert_why(p.t.spa[0].broken, ND_WHY_INCOMPLETE);
	done(&p);
}

static void map__identical_copy_is_harmless(void **state)
{
	struct maker mk = { };
	struct parsed p;
	u32 at;

	make_set(&mk);
	at = mk.len;
	memcpy(make_entry(&mk, NFIT_TYPE_MAP, 48), mk.bytes + NFIT_SPA_MIN, 48);
	p = parse(&mk);
	assert_int_equal(p.t.nmap, 4);
	assert_int_equal(p.t.ncomplaint, 1);
	assert_non_null(about(&p, at, ND_WHY_DUPLICATE));
	assert_why(p.t.spa[0].broken, ND_WHY_OK);
	done(&p);
}

static void set__must_be_complete_and_unambiguous(void **state)
{
	for (int which = 0; which < 5; which++) {
		struct maker mk = { };
		struct nfit_media_map *a, *b;
		struct nfit_media_spa *spa;
		struct parsed p;
		enum nd_why want;

		spa = make_spa(&mk, 1, SET_BASE, SET_SIZE);
		make_dcr(&mk, 1, 1);
		make_dcr(&mk, 2, 2);
		a = make_map(&mk, 1, 1, 1, SET_SIZE / 2);
		b = make_map(&mk, 2, 1, 2, SET_SIZE / 2);
		b->region_offset = cpu_to_le64(SET_SIZE / 2);
		switch (which) {
		case 0:		/* two DIMMs, one behind the other */
			want = ND_WHY_OK;
			break;
		case 1:		/* a third member is not mentioned */
			a->ways = cpu_to_le16(3);
			b->ways = cpu_to_le16(3);
			want = ND_WHY_INCOMPLETE;
			break;
		case 2:		/* which comes first? */
			b->region_offset = a->region_offset;
			want = ND_WHY_DUPLICATE;
			break;
		case 3:		/* labels would place namespaces behind the end */
			spa->length = cpu_to_le64(SET_SIZE - 4096);
			want = ND_WHY_SIZE;
			break;
		default:	/* the sum must not wrap to something plausible */
			a->size = cpu_to_le64(0xfffffffffffff000ull);
			b->size = cpu_to_le64(SET_SIZE + 0x1000);
			b->region_offset = cpu_to_le64(4096);
			want = ND_WHY_SIZE;
			break;
		}
		p = parse(&mk);
		assert_int_equal(p.t.nspa, 1);
		assert_why(p.t.spa[0].broken, want);
		assert_int_equal(p.t.ncomplaint, want != ND_WHY_OK);
		/* The DIMMs stay visible. */
		assert_int_equal(p.t.ndevice, 2);
		done(&p);
	}
}

static void set__members_must_agree_about_lines(void **state)
{
	struct maker mk = { };
	struct nfit_media_idt *idt;
	struct parsed p;

	make_set(&mk);
	idt = (void *)(mk.bytes + NFIT_SPA_MIN + 48 + 32);
	idt->line_size = cpu_to_le32(SET_LINE / 2);
	p = parse_strictly(&mk);
	assert_why(p.t.spa[0].broken, ND_WHY_BOUNDS);
	done(&p);
}

/* Which byte is where, no driver needs to know: a machine that ran with such lines goes on to. */
static void lines__that_are_nonsense_cost_nothing_but_a_complaint(void **state)
{
	for (int which = 0; which < 7; which++) {
		struct nfit_media_idt *idt, *more;
		struct nfit_media_map *map;
		struct maker mk = { };
		struct parsed p;

		make_set(&mk);
		map = (void *)(mk.bytes + NFIT_SPA_MIN);
		idt = (void *)(mk.bytes + NFIT_SPA_MIN + 48 + 32);
		switch (which) {
		case 0:
			map->idt_index = cpu_to_le16(99);
			break;
		case 1:
			idt->line_count = cpu_to_le32(1 << 30);
			break;
		case 2:
			idt->line_count = 0;
			break;
		case 3:
			idt->index = 0;
			break;
		case 4:
			idt->line_size = cpu_to_le32(SET_LINE / 2);
			break;
		case 5:
			idt->line_size = cpu_to_le32(SET_LINE - 1);
			break;
		default:	/* another one by its name */
			more = make_idt(&mk, 1, 2, SET_LINE * 2, 4);
			assert_non_null(more);
			break;
		}
		p = parse(&mk);
		assert_int_equal(p.t.nspa, 1);
		assert_why(p.t.spa[0].broken, ND_WHY_OK);
		assert_int_equal(p.t.nmap, 4);
		assert_int_equal(p.t.ndevice, 4);
		assert_true(p.t.ncomplaint);
		done(&p);
		p = parse_strictly(&mk);
		assert_why(!p.t.spa[0].broken, ND_WHY_OK);
		done(&p);
	}
}

/* One of two identities by one name, as the in-tree driver does: the first. */
static void twins__leave_the_first(void **state)
{
	struct nfit_media_dcr *twin;
	struct maker mk = { };
	struct parsed p;

	make_set(&mk);
	twin = make_dcr(&mk, 1, 0x5eaf00d);
	p = parse(&mk);
	assert_why(p.t.spa[0].broken, ND_WHY_OK);
	assert_int_equal(p.t.ndevice, 4);
	assert_int_equal(p.t.ndcr, 4);
	assert_int_equal(p.t.dcr[0].serial, 0x000a3c11);
	assert_non_null(about(&p, offset_of(&mk, twin), ND_WHY_DUPLICATE));
	done(&p);
}

static void set__range_without_maps_is_fine(void **state)
{
	struct maker mk = { };
	struct parsed p;

	make_spa(&mk, 1, SET_BASE, SET_SIZE);
	p = parse(&mk);
	assert_int_equal(p.t.nspa, 1);
	assert_why(p.t.spa[0].broken, ND_WHY_OK);
	assert_int_equal(p.t.ncomplaint, 0);
	done(&p);
}

static void device__is_heard_in_order_of_precedence(void **state)
{
	struct maker mk = { };
	guid_t control = CONTROL_GUID;
	struct nfit_media_map *map;
	struct parsed p;

	make_spa(&mk, 1, SET_BASE, SET_SIZE);
	export_guid(make_spa(&mk, 2, 0xf0000000, 4096)->guid, &control);
	make_dcr(&mk, 1, 1);
	make_map(&mk, 5, 1, 1, SET_SIZE)->phys_id = cpu_to_le16(1);
	map = make_map(&mk, 5, 2, 1, 4096);
	map->phys_id = cpu_to_le16(2);
	map->flags = cpu_to_le16(NFIT_MAP_NOT_ARMED);
	p = parse(&mk);
	assert_int_equal(p.t.ndevice, 1);
	assert_true(p.t.device[0].pmem);
	assert_int_equal(p.t.map[p.t.device[0].map].phys_id, 2);
	assert_int_equal(p.t.device[0].flags, NFIT_MAP_NOT_ARMED);
	done(&p);

	map = make_map(&mk, 5, 0, 1, 0);
	map->phys_id = cpu_to_le16(3);
	map->flags = cpu_to_le16(NFIT_MAP_SAVE_FAILED);
	make_map(&mk, 3, 0, 0, 0);
	p = parse(&mk);
	assert_int_equal(p.t.ndevice, 2);
	assert_int_equal(p.t.device[0].handle, 3);
	assert_int_equal(p.t.device[0].dcr, NFIT_NONE);
	assert_false(p.t.device[0].pmem);
	assert_int_equal(p.t.map[p.t.device[1].map].phys_id, 3);
	assert_int_equal(p.t.device[1].flags, NFIT_MAP_NOT_ARMED | NFIT_MAP_SAVE_FAILED);
	done(&p);
}

/* ACPI 6.1: a DIMM may have a second control region, for its block windows, which tells more. */
static void device__prefers_the_control_region_with_windows(void **state)
{
	for (int swap = 0; swap < 2; swap++) {
		struct maker mk = { };
		struct nfit_media_dcr *dcr = make_entry(&mk, NFIT_TYPE_DCR, 80);
		struct parsed p;

		dcr->index = cpu_to_le16(2);
		dcr->windows = cpu_to_le16(1);
		make_dcr(&mk, 1, 1);
		make_map(&mk, 5, 0, 1 + swap, 0);
		make_map(&mk, 5, 0, 2 - swap, 0);
		p = parse(&mk);
		assert_int_equal(p.t.ndevice, 1);
		assert_int_equal(p.t.dcr[p.t.device[0].dcr].index, 2);
		done(&p);
	}
}

static void compare__growth_is_found_and_loss_is_refused(void **state)
{
	struct nfit_complaint gone;
	struct maker old = { }, now = { };
	struct parsed a, b;

	make_set(&old);
	/* The newcomer stands in front, so everything else has moved. */
	make_spa(&now, 9, 0x900000000ull, SET_SIZE);
	make_dcr(&now, 9, 9);
	make_map(&now, 0x9, 9, 9, SET_SIZE);
	make_set(&now);
	((struct nfit_media_map *)(now.bytes + 56 + 32 + 48 + 56))->flags =
		cpu_to_le16(NFIT_MAP_HEALTH_EVENT);
	a = parse(&old);
	b = parse(&now);
	assert_why(nfit_table_compare(&a.t, &b.t, &gone), ND_WHY_OK);
	assert_true(b.t.spa[0].entry.fresh);
	assert_false(b.t.spa[1].entry.fresh);
	assert_true(b.t.map[0].entry.fresh);
	assert_false(b.t.map[1].entry.fresh);
	for (u32 i = 0; i < b.t.ndevice; i++)
		assert_int_equal(b.t.device[i].fresh, b.t.device[i].handle == 9);

	assert_why(nfit_table_compare(&b.t, &a.t, &gone), ND_WHY_REFERENCE);
	assert_int_equal(gone.type, NFIT_TYPE_SPA);
	assert_int_equal(gone.offset, 0);
	done(&b);

	/* Another serial number behind the same index is another DIMM. */
	((struct nfit_media_dcr *)(old.bytes + 56 + 48))->serial = 0;
	b = parse(&old);
	assert_why(nfit_table_compare(&a.t, &b.t, &gone), ND_WHY_REFERENCE);
	assert_int_equal(gone.type, NFIT_TYPE_DCR);
	assert_int_equal(gone.offset, 56 + 48);
	done(&b);
	done(&a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(map__missing_reference_drops_the_map_and_breaks_its_set),
		cmocka_unit_test(map__dropped_target_takes_its_maps_along),
		cmocka_unit_test(map__bounds),
		cmocka_unit_test(map__size_must_fit_the_interleave_lines),
		cmocka_unit_test(map__identical_copy_is_harmless),
		cmocka_unit_test(set__must_be_complete_and_unambiguous),
		cmocka_unit_test(set__members_must_agree_about_lines),
		cmocka_unit_test(lines__that_are_nonsense_cost_nothing_but_a_complaint),
		cmocka_unit_test(twins__leave_the_first),
		cmocka_unit_test(set__range_without_maps_is_fine),
		cmocka_unit_test(device__is_heard_in_order_of_precedence),
		cmocka_unit_test(device__prefers_the_control_region_with_windows),
		cmocka_unit_test(compare__growth_is_found_and_loss_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
