// SPDX-License-Identifier: GPL-2.0
/* Layouts beside neighbours, by sub-sections and by sections: requirements A1, A2, A14, X2, X13. */
/* objects: drivers/nvdimm/layout/neighbours.c drivers/nvdimm/layout/layout.c */
/* objects: drivers/nvdimm/layout/info_block.c drivers/nvdimm/label/codec.c */
#include "nd_test.h"
#include "layout/layout.h"

#define MIB	((u64)SZ_1M)
#define GIB	((u64)SZ_1G)

/* Three kernels: with sub-sections; told to behave as without; without. */
enum kernel { SUB_SECTIONS, SECTIONS_TOLD, SECTIONS };

static struct pfn_request on(enum kernel kernel, u64 start, u64 size, u32 mode, u64 align)
{
	return (struct pfn_request){
		.start = start, .size = size, .mode = mode, .align = align, .page_size = SZ_4K,
		.page_struct_size = 64, .granule = SZ_2M, .section = SZ_128M, .block = SZ_2M,
		.unit = kernel == SUB_SECTIONS ? SZ_2M : SZ_128M,
		.rounds_out = kernel == SECTIONS,
	};
}

static struct pfn_neighbour ram(u64 start, u64 end)
{
	return (struct pfn_neighbour){ PFN_NEIGHBOUR_RAM, start, end - start, "System RAM" };
}

static struct pfn_neighbour region(u64 start, u64 size)
{
	return (struct pfn_neighbour){ PFN_NEIGHBOUR_REGION, start, size, "region" };
}

static struct pfn_neighbour pages(u64 start, u64 size)
{
	return (struct pfn_neighbour){ PFN_NEIGHBOUR_PAGES, start, size, "pages" };
}

/* What such a kernel does with a map: it takes whole units. */
static u64 taken_start(const struct pfn_request *req, const struct pfn_layout *l)
{
	return ALIGN_DOWN(l->map_start, req->unit);
}

static u64 taken_end(const struct pfn_request *req, const struct pfn_layout *l)
{
	return ALIGN(l->map_start + l->map_size, req->unit);
}

/* Sections that a kernel populates from the altmap, as it does: false when it runs out. */
static bool altmap_serves(const struct pfn_request *req, const struct pfn_layout *l)
{
	u64 at = req->rounds_out ? taken_start(req, l) : l->map_start;
	u64 stop = req->rounds_out ? taken_end(req, l) : l->map_start + l->map_size;
	u64 next = l->altmap_base / SZ_4K + l->altmap_reserve;
	u64 limit = next + l->altmap_free;

	if (l->altmap_base != at)
		return false;
	while (at < stop) {
		u64 end = ALIGN(at + 1, SZ_128M) < stop ? ALIGN(at + 1, SZ_128M) : stop;

		if (end - at == SZ_128M) {
			next = ALIGN(next, 512) + 512;
			if (next > limit)
				return false;
		}
		at = end;
	}
	return true;
}

static void check(const struct pfn_request *req, const struct pfn_layout *l)
{
	u64 span = req->rounds_out ? taken_end(req, l) - taken_start(req, l) : l->map_size;

	assert_true(l->usable + l->memmap_dev + pfn_layout_pad(l) == req->size);
	assert_true(l->memmap_dev + l->memmap_dram + l->memmap_boot == span / 64);
	if (l->mode == ND_PFN_MODE_PMEM)
		assert_true(altmap_serves(req, l));
}

static struct pfn_layout create(const struct pfn_request *req)
{
	struct pfn_layout l, back;
	struct pfn_info info;

	assert_reason(pfn_layout_create(req, &l), ND_REASON_OK);
	check(req, &l);
	info = (struct pfn_info){
		.dataoff = l.dataoff, .npfns = l.npfns, .mode = req->mode,
		.start_pad = l.start_pad, .end_trunc = l.end_trunc, .align = req->align,
		.page_size = SZ_4K, .page_struct_size = 64,
	};
	assert_reason(pfn_layout_read(req, &info, &back), ND_REASON_OK);
	assert_reason(back.remark, ND_REASON_OK);
	assert_true(back.data_start == l.data_start && back.usable == l.usable);
	assert_true(back.memmap_dram == l.memmap_dram && back.memmap_dev == l.memmap_dev);
	return l;
}

/* G64: RAM, two regions, RAM, two regions, RAM; all at 64 MiB phase (requirements §2). */
#define G64_SIZE	(384 * MIB)
static const u64 g64_base[] = { 0x17c000000, 0x194000000, 0x1cc000000, 0x1e4000000 };

static void g64_nears(size_t self, struct pfn_neighbour near[6], struct pfn_request *req)
{
	u32 n = 0;

	near[n++] = ram(4 * GIB, g64_base[0]);
	near[n++] = ram(g64_base[1] + G64_SIZE, g64_base[2]);
	near[n++] = ram(g64_base[3] + G64_SIZE, 8 * GIB);
	for (size_t i = 0; i < ARRAY_SIZE(g64_base); i++)
		if (i != self)
			near[n++] = region(g64_base[i], G64_SIZE);
	req->neighbours = (struct pfn_neighbours){ near, n };
}

TEST(g64__loses_nothing_with_sub_sections)
{
	struct pfn_neighbour near[6];

	for (size_t i = 0; i < ARRAY_SIZE(g64_base); i++)
		for (u32 mode = ND_PFN_MODE_RAM; mode <= ND_PFN_MODE_PMEM; mode++) {
			struct pfn_request req = on(SUB_SECTIONS, g64_base[i], G64_SIZE, mode,
						    SZ_2M);
			struct pfn_layout l;

			g64_nears(i, near, &req);
			l = create(&req);
			assert_true(l.usable == (mode == ND_PFN_MODE_PMEM ? 376 : 382) * MIB);
			assert_true(!l.start_pad && !l.end_trunc && !l.before && !l.behind);
			/* one end lies in a section of RAM, whose memmap boot has made */
			assert_true(l.memmap_boot == MIB);
		}
}

/* Each colliding end costs 64 MiB, 512 MiB in all, and no two maps share a section. */
TEST(g64__loses_the_shared_sections_without)
{
	struct pfn_neighbour near[6];

	for (enum kernel kernel = SECTIONS_TOLD; kernel <= SECTIONS; kernel++) {
		u64 lost = 0;

		for (size_t i = 0; i < ARRAY_SIZE(g64_base); i++) {
			struct pfn_request req = on(kernel, g64_base[i], G64_SIZE, ND_PFN_MODE_PMEM,
						    SZ_2M);
			struct pfn_layout l;

			g64_nears(i, near, &req);
			l = create(&req);
			assert_true(l.start_pad == SZ_64M && l.end_trunc == SZ_64M);
			assert_non_null(l.before);
			assert_non_null(l.behind);
			assert_true(l.before->start + l.before->size == g64_base[i]);
			assert_true(l.behind->start == g64_base[i] + G64_SIZE);
			assert_true(l.usable == 256 * MIB - 6 * MIB);
			assert_true(l.memmap_boot == 0 && l.memmap_dram == 0);
			lost += l.start_pad + l.end_trunc;
		}
		assert_true(lost == 512 * MIB);
	}
}

/* Vanilla 4.19 cuts the first and refuses the second with ENOMEM: kernels before 5.3. */
TEST(adjacent__both_enable_on_4_19)
{
	struct pfn_neighbour first = region(0x104000000, SZ_256M);
	struct pfn_neighbour second = region(0x114000000, SZ_256M);
	struct pfn_request a = on(SECTIONS, first.start, SZ_256M, ND_PFN_MODE_PMEM, SZ_2M);
	struct pfn_request b = on(SECTIONS, second.start, SZ_256M, ND_PFN_MODE_PMEM, SZ_2M);
	struct pfn_layout la, lb;

	a.neighbours = (struct pfn_neighbours){ &second, 1 };
	b.neighbours = (struct pfn_neighbours){ &first, 1 };
	la = create(&a);
	lb = create(&b);
	assert_true(la.start_pad == 0 && la.end_trunc == SZ_64M);
	assert_true(lb.start_pad == SZ_64M && lb.end_trunc == 0);
	/* what 4.19 gave the first */
	assert_true(la.usable == 186 * MIB);
	assert_true(lb.usable == 186 * MIB);
	assert_true(taken_end(&a, &la) <= taken_start(&b, &lb));
}

/* The pads, data offset and page count that 4.19 recorded in media of ours: golden/README.md. */
TEST(golden__is_what_4_19_laid_out)
{
	static const struct {
		u64 start, size;
		bool before, behind;
		u32 mode, align;
		u64 dataoff, npfns;
	} made[] = {
		{ 0x128000000, 0x10000000, false, false, 2, SZ_4K, 0x600000, 64000 },
		{ 0x124000000, 0xc000000, true, false, 2, SZ_4K, 0x400000, 31744 },
		{ 0x128000000, 0xc000000, false, true, 2, SZ_4K, 0x400000, 31744 },
		{ 0x124000000, 0x10000000, true, true, 2, SZ_2M, 0x400000, 31744 },
		{ 0x124000000, 0x10000000, true, true, 1, SZ_2M, 0x200000, 32256 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(made); i++) {
		struct pfn_request req = on(SECTIONS, made[i].start, made[i].size, made[i].mode,
					    made[i].align);
		struct pfn_neighbour near[2];
		struct pfn_layout l;

		req.neighbours.entry = near;
		if (made[i].before)
			near[req.neighbours.nr++] = ram(0x100000000, made[i].start);
		if (made[i].behind)
			near[req.neighbours.nr++] = ram(made[i].start + made[i].size, 0x140000000);
		l = create(&req);
		assert_true(l.start_pad == (made[i].before ? SZ_64M : 0));
		assert_true(l.end_trunc == (made[i].behind ? SZ_64M : 0));
		assert_true(l.dataoff == made[i].dataoff);
		assert_true(l.npfns == made[i].npfns);
	}
}

/* Pads only on a real collision: phases x alone, before, behind, both. */
TEST(pads__only_for_who_shares_a_unit)
{
	static const u64 phases[] = { 0, 2, 62, 64, 66, 126 };
	static const u64 sizes[] = { 256 * MIB, 384 * MIB, 1026 * MIB };
	static const u64 aligns[] = { SZ_4K, SZ_2M, SZ_1G };

	for (enum kernel kernel = SUB_SECTIONS; kernel <= SECTIONS; kernel++)
	for (size_t p = 0; p < ARRAY_SIZE(phases); p++)
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++)
	for (size_t a = 0; a < ARRAY_SIZE(aligns); a++)
	for (u32 mode = ND_PFN_MODE_RAM; mode <= ND_PFN_MODE_PMEM; mode++)
	for (u32 who = 0; who < 16; who++) {
		struct pfn_request req = on(kernel, 8 * GIB + phases[p] * MIB, sizes[s], mode,
					    aligns[a]);
		u64 end = req.start + req.size, unit = req.unit;
		u64 align = aligns[a] > SZ_2M ? aligns[a] : SZ_2M;
		struct pfn_neighbour near[4];
		struct pfn_layout l;
		enum nd_reason reason;
		u64 trunc;

		req.neighbours.entry = near;
		if (who & 1)
			near[req.neighbours.nr++] = ram(req.start - SZ_2M, req.start);
		if (who & 2)
			near[req.neighbours.nr++] = region(end, SZ_2M);
		if (who & 4)	/* a whole section away: never */
			near[req.neighbours.nr++] = pages(req.start - SZ_256M, SZ_128M);
		if (who & 8)
			near[req.neighbours.nr++] = region(ALIGN(end, SZ_128M), SZ_128M);
		reason = pfn_layout_create(&req, &l);
		if (aligns[a] == SZ_1G && reason != ND_REASON_OK) {
			assert_true(reason == ND_REASON_SIZE ||
				    (reason == ND_REASON_CONFLICT && who & 3));
			continue;
		}
		assert_reason(reason, ND_REASON_OK);
		check(&req, &l);
		assert_true(l.start_pad == (who & 1 ? ALIGN(req.start, unit) - req.start : 0));
		trunc = end - ALIGN_DOWN(end, align);
		if (who & 2 && ALIGN(end - trunc, unit) > end)
			trunc = end - ALIGN_DOWN(end - trunc, unit);
		assert_true(l.end_trunc == trunc);
		assert_true(IS_ALIGNED(l.data_start | l.usable, align));
	}
}

/* What `conflicts` foretells for each neighbour is what creation then gives up. */
TEST(lost__is_what_creation_gives_up)
{
	for (u64 phase = 0; phase < 128; phase += 2)
		for (u64 mib = 256; mib < 400; mib += 6) {
			u64 start = 8 * GIB + phase * MIB, size = mib * MIB;
			struct pfn_neighbour near[] = {
				ram(start - SZ_64M, start), region(start + size, SZ_16M),
			};
			struct pfn_request req = on(SECTIONS, start, size, ND_PFN_MODE_RAM, SZ_2M);
			struct pfn_layout l;

			req.neighbours = (struct pfn_neighbours){ near, 2 };
			l = create(&req);
			assert_int_equal(pfn_neighbour_lost(&near[0], start, size, SZ_128M),
					 l.start_pad);
			assert_int_equal(pfn_neighbour_lost(&near[1], start, size, SZ_128M),
					 l.end_trunc);
			assert_true(pfn_neighbour_lost(&near[0], start, size, SZ_2M) == 0);
			assert_true(pfn_neighbour_lost(&near[1], start, size, SZ_2M) == 0);
		}
}

/* Existing media keep their data; struct pages go to who had the unit first. */
TEST(read__yields_to_who_owns_the_unit)
{
	struct pfn_request req = on(SUB_SECTIONS, 0x104000000, SZ_256M, ND_PFN_MODE_PMEM, SZ_2M);
	struct pfn_layout made = create(&req), l;
	struct pfn_info info = {
		.dataoff = made.dataoff, .npfns = made.npfns, .mode = ND_PFN_MODE_PMEM,
		.align = SZ_2M, .page_size = SZ_4K, .page_struct_size = 64,
	};
	struct pfn_neighbour near;

	req = on(SECTIONS, 0x104000000, SZ_256M, 0, 0);
	/* three sections are touched, and want a memmap each: two have room on media */
	assert_reason(pfn_layout_read(&req, &info, &l), ND_REASON_OK);
	assert_reason(l.remark, ND_REASON_SPACE);
	assert_true(l.pages && l.mode == ND_PFN_MODE_RAM && l.memmap_dram == 6 * MIB);

	/* a region that has no struct pages is no obstacle */
	near = region(0x114000000, SZ_256M);
	req.neighbours = (struct pfn_neighbours){ &near, 1 };
	assert_reason(pfn_layout_read(&req, &info, &l), ND_REASON_OK);
	assert_true(l.pages);

	near = pages(0x114000000, SZ_256M);
	assert_reason(pfn_layout_read(&req, &info, &l), ND_REASON_OK);
	assert_reason(l.remark, ND_REASON_CONFLICT);
	assert_true(!l.pages && l.behind == &near && !l.before);
	assert_true(l.usable == made.usable && l.data_start == made.data_start);

	near = ram(0x100000000, 0x104000000);
	assert_reason(pfn_layout_read(&req, &info, &l), ND_REASON_OK);
	assert_reason(l.remark, ND_REASON_CONFLICT);
	assert_true(!l.pages && l.before == &near && !l.behind);

	req.unit = SZ_2M;
	req.rounds_out = false;
	assert_reason(pfn_layout_read(&req, &info, &l), ND_REASON_OK);
	assert_true(l.pages && l.remark == ND_REASON_OK);
	/* half of the head's section is RAM's: its memmap is there */
	assert_true(l.memmap_boot == MIB);
}

TEST(create__names_who_leaves_no_room)
{
	struct pfn_neighbour near[2] = {
		ram(0x100000000, 0x104000000), region(0x108000000, SZ_64M)
	};
	struct pfn_request req = on(SECTIONS, 0x104000000, SZ_64M, ND_PFN_MODE_RAM, SZ_2M);
	struct pfn_layout l;

	req.neighbours = (struct pfn_neighbours){ near, 2 };
	assert_reason(pfn_layout_create(&req, &l), ND_REASON_CONFLICT);
	assert_ptr_equal(l.before, &near[0]);
	req.unit = SZ_2M;
	req.rounds_out = false;
	assert_reason(pfn_layout_create(&req, &l), ND_REASON_OK);
	/* one that lies on top is no matter of units */
	near[1] = region(0x104000000 + SZ_32M, SZ_64M);
	assert_reason(pfn_layout_create(&req, &l), ND_REASON_CONFLICT);
	assert_ptr_equal(l.before, &near[1]);
}

/* All of the map in one section of RAM: its memmap is there, once. */
TEST(memmap__of_a_section_of_ram_is_free)
{
	struct pfn_neighbour near[] = {
		ram(0x100000000, 0x102000000), ram(0x106000000, 0x108000000)
	};
	struct pfn_request req = on(SUB_SECTIONS, 0x102000000, SZ_64M, ND_PFN_MODE_RAM, SZ_2M);
	struct pfn_layout l;

	l = create(&req);
	assert_true(l.memmap_dram == MIB && l.memmap_boot == 0);
	req.neighbours = (struct pfn_neighbours){ near, 2 };
	l = create(&req);
	assert_true(l.memmap_dram == 0 && l.memmap_boot == MIB);
	/* two sections, of which the second has none */
	req.size = SZ_128M;
	req.neighbours.nr = 1;
	l = create(&req);
	assert_true(l.memmap_boot == 96 * MIB / 64 && l.memmap_dram == 32 * MIB / 64);
}

/* A dax device has struct pages for its data alone, and large ones share most of them. */
TEST(memmap__of_large_pages_is_shared)
{
	static const struct {
		u64 align, dram;
	} cost[] = {
		{ SZ_4K, (2048 - 2) * MIB / 64 }, { SZ_2M, (2048 - 2) * MIB / SZ_2M * SZ_8K },
		{ SZ_64M, (2048 - 64) * MIB / SZ_2M * SZ_8K }, { SZ_1G, SZ_8K },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cost); i++) {
		struct pfn_request req = on(SUB_SECTIONS, 4 * GIB, 2 * GIB, ND_PFN_MODE_RAM,
					    cost[i].align);
		struct pfn_neighbour near = ram(4 * GIB - SZ_64M, 4 * GIB);
		struct pfn_layout l;

		req.neighbours = (struct pfn_neighbours){ &near, 1 };
		req.compounds = SZ_4K | SZ_2M | SZ_1G;
		assert_reason(pfn_layout_create(&req, &l), ND_REASON_OK);
		assert_true(l.memmap_dram == cost[i].dram && l.memmap_boot == 0);
		assert_true(l.usable + pfn_layout_pad(&l) == req.size);
		/* where tails are not shared */
		req.compounds = SZ_4K;
		assert_reason(pfn_layout_create(&req, &l), ND_REASON_OK);
		assert_true(l.memmap_dram == l.usable / 64);
		/* on media there is no saving */
		req.compounds = SZ_4K | SZ_2M;
		req.mode = ND_PFN_MODE_PMEM;
		assert_reason(pfn_layout_create(&req, &l), ND_REASON_OK);
		check(&req, &l);
	}
}

TEST(whole__cannot_give_way_at_its_head)
{
	struct pfn_neighbour near = region(0x104000000 + SZ_256M, SZ_64M);
	struct pfn_request req = on(SECTIONS, 0x104000000, SZ_256M, 0, 0);
	struct pfn_layout l;

	req.neighbours = (struct pfn_neighbours){ &near, 1 };
	/* a range without info-block gives way to who owns the unit, not to who may */
	assert_reason(pfn_layout_whole(&req, &l), ND_REASON_OK);
	assert_true(l.pages && !l.end_trunc);
	near.kind = PFN_NEIGHBOUR_PAGES;
	assert_reason(pfn_layout_whole(&req, &l), ND_REASON_OK);
	assert_true(l.pages && l.end_trunc == SZ_64M && l.usable == 192 * MIB);
	near = ram(0x100000000, 0x104000000);
	assert_reason(pfn_layout_whole(&req, &l), ND_REASON_OK);
	assert_reason(l.remark, ND_REASON_CONFLICT);
	assert_true(!l.pages && l.before == &near && l.usable == SZ_256M);
}

TEST(near__at_the_end_of_the_world)
{
	struct pfn_neighbour near = { PFN_NEIGHBOUR_RAM, U64_MAX - SZ_4K + 1, SZ_4K, "last" };
	struct pfn_neighbours neighbours = { &near, 1 };

	assert_null(pfn_neighbour_find(&neighbours, 0, U64_MAX - SZ_4K, false));
	assert_ptr_equal(pfn_neighbour_find(&neighbours, 0, U64_MAX - SZ_4K + 2, false), &near);
	assert_ptr_equal(pfn_neighbour_find(&neighbours, U64_MAX - 2, U64_MAX - 1, false), &near);
	near.start = 0;
	near.size = U64_MAX;
	assert_ptr_equal(pfn_neighbour_find(&neighbours, U64_MAX - 2, U64_MAX - 1, true), &near);
	near.size = 0;
	assert_null(pfn_neighbour_find(&neighbours, 0, 1, true));
}

/* kmem adds whole blocks within a namespace: what reaches beyond is somebody else's. */
TEST(own_ram__is_what_was_added_within)
{
	const u64 start = 4 * GIB - 2 * MIB, end = 5 * GIB;
	const struct { u64 from, to; bool own; } of[] = {
		{ 4 * GIB, 4 * GIB + 128 * MIB, true },
		{ start, end, true },
		{ start, start + 1, true },
		{ end - 1, end, true },
		{ start - 1, end, false },
		{ start, end + 1, false },
		{ start - 128 * MIB, start, false },
		{ end, end + 128 * MIB, false },
		{ end + MIB, end + 2 * MIB, false },
		{ 0, 64 * GIB, false },
		{ end - 1, U64_MAX, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(of); i++) {
		struct pfn_neighbour near = ram(of[i].from, of[i].to);

		assert_int_equal(pfn_neighbour_is_own(&near, start, end, true), of[i].own);
		/* what boot found there stands in the way */
		assert_false(pfn_neighbour_is_own(&near, start, end, false));
	}
}
