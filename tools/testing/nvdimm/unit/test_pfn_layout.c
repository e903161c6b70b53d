// SPDX-License-Identifier: GPL-2.0
/* Layouts: requirements A14, A17, A18, A19, X1, X13. With neighbours: test_pfn_neighbour.c. */
/* objects: drivers/nvdimm/layout/layout.c drivers/nvdimm/layout/neighbours.c */
/* objects: drivers/nvdimm/layout/info_block.c drivers/nvdimm/label/codec.c */
#include "nd_test.h"
#include "layout/info_block.h"
#include "layout/layout.h"

#define MIB	((u64)SZ_1M)
#define GIB	((u64)SZ_1G)

static const u64 phases[] = { 0, 2, 62, 64, 66, 126 };
static const u64 aligns[] = { SZ_4K, SZ_2M, SZ_1G };
static const u64 sizes[] = {
	16 * MIB, 18 * MIB, 62 * MIB, 64 * MIB, 66 * MIB, 126 * MIB, 128 * MIB, 130 * MIB,
	/* 8 KiB more or less to map would make a difference here */
	128 * MIB - SZ_512K + SZ_4K,
	192 * MIB, 194 * MIB, 254 * MIB, 256 * MIB, 258 * MIB, 382 * MIB, 384 * MIB,
	1023 * MIB, GIB,
	2114 * MIB, 3 * GIB, 252 * GIB, 256 * GIB - SZ_4K, 1024 * GIB, 6144 * GIB + 66 * MIB,
};

static struct pfn_request x86(u64 start, u64 size, u32 mode, u64 align)
{
	return (struct pfn_request){
		.start = start, .size = size, .mode = mode, .align = align, .page_size = SZ_4K,
		.page_struct_size = 64, .granule = SZ_2M, .unit = SZ_2M, .section = SZ_128M,
		.block = SZ_2M,
	};
}

static struct pfn_layout created(const struct pfn_request *req)
{
	struct pfn_layout l;

	assert_reason(pfn_layout_create(req, &l), ND_REASON_OK);
	return l;
}

static struct pfn_layout read_by(const struct pfn_request *req, const struct pfn_info *info)
{
	struct pfn_layout l;

	assert_reason(pfn_layout_read(req, info, &l), ND_REASON_OK);
	return l;
}

static void for_each_size(u64 start, u32 mode, u64 align, void (*fn)(const struct pfn_request *))
{
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		struct pfn_request req = x86(start, sizes[s], mode, align);

		fn(&req);
		/* a dax device; where large pages share struct pages, and where not */
		req.compounds = SZ_4K;
		fn(&req);
		req.compounds = SZ_4K | SZ_2M | SZ_1G;
		fn(&req);
	}
}

/* Every geometry: phase x fsdax, devdax x mode x alignment x size. */
static void for_each_geometry(void (*fn)(const struct pfn_request *))
{
	for (size_t p = 0; p < ARRAY_SIZE(phases); p++)
		for (u32 mode = ND_PFN_MODE_RAM; mode <= ND_PFN_MODE_PMEM; mode++)
			for (size_t a = 0; a < ARRAY_SIZE(aligns); a++)
				for_each_size(4 * GIB + phases[p] * MIB, mode, aligns[a], fn);
}

/* What the kernel does with an altmap, section by section; false when it runs out. */
static bool altmap_serves(const struct pfn_layout *l, u64 *first, u64 *end)
{
	u64 base = l->altmap_base >> 12, next = base + l->altmap_reserve;
	u64 limit = next + l->altmap_free;
	u64 at = l->map_start, stop = l->map_start + l->map_size;

	*first = *end = 0;
	while (at < stop) {
		u64 len = ALIGN(at + 1, SZ_128M) - at;

		if (len > stop - at)
			len = stop - at;
		at += len;
		if (len < SZ_128M)
			continue;	/* base pages, from DRAM */
		next = ALIGN(next, 512);
		if (next + 512 > limit)
			return false;
		if (!*first)
			*first = next << 12;
		next += 512;
		*end = next << 12;
	}
	return true;
}

/* A struct page for each page of what has some, in one place or the other. */
static u64 struct_pages(const struct pfn_request *req, const struct pfn_layout *l)
{
	u64 large = l->align < SZ_2M || !(req->compounds & SZ_2M) ? SZ_4K :
		    l->align < SZ_1G || !(req->compounds & SZ_1G) ? SZ_2M : SZ_1G;

	if (!req->compounds || l->mode == ND_PFN_MODE_PMEM)
		return l->map_size / SZ_4K;
	/* of the data alone, and two pages of them for each large page */
	return large == SZ_4K ? l->usable / SZ_4K : l->usable / large * (SZ_8K / 64);
}

static void check_identity(const struct pfn_request *req, const struct pfn_layout *l)
{
	assert_true(l->start_pad + l->reserve + l->memmap_dev + l->gap + l->usable +
		    l->end_trunc == req->size);
	assert_true(l->dataoff == l->reserve + l->memmap_dev + l->gap);
	assert_true(l->map_start == req->start + l->start_pad);
	assert_true(l->map_size == l->dataoff + l->usable);
	assert_true(l->data_start == l->map_start + l->dataoff);
	assert_true(l->usable == l->npfns * req->page_size);
	assert_true(l->usable > 0);
	assert_true(l->usable + l->memmap_dev + pfn_layout_pad(l) == req->size);
	assert_true(IS_ALIGNED(l->data_start | l->usable, l->align));
	assert_true((l->memmap_dev + l->memmap_dram) / 64 == struct_pages(req, l));
	assert_true(l->memmap_boot == 0);
}

static void check(const struct pfn_request *req, const struct pfn_layout *l)
{
	u64 first, end;

	check_identity(req, l);
	assert_true(IS_ALIGNED(l->map_start | l->map_size, SZ_2M));
	if (!l->altmap_free) {
		assert_true(l->memmap_dev == 0);
		return;
	}
	/* memremap_pages() asks for just this base */
	assert_true(l->altmap_base == l->map_start);
	assert_true(l->altmap_reserve == 2);
	assert_true(l->altmap_base + (l->altmap_reserve + l->altmap_free) * SZ_4K == l->data_start);
	assert_true(altmap_serves(l, &first, &end));
	assert_true(end - first == l->memmap_dev);
	assert_true(!end || (first >= l->map_start + l->reserve && end <= l->data_start));
	assert_true(!end || end == pfn_layout_memmap_end(req, l->map_start, l->map_size));
}

static void one_create(const struct pfn_request *req)
{
	u64 align = req->align > SZ_2M ? req->align : SZ_2M;
	struct pfn_layout l;
	enum nd_reason reason = pfn_layout_create(req, &l);

	if (reason == ND_REASON_SIZE) {
		/* only when the metadata reach into the last aligned stretch */
		u64 meta = req->mode == ND_PFN_MODE_PMEM ? req->size / 64 : 0;

		assert_true(ALIGN(req->start + SZ_8K + meta, align) + align >
			    ALIGN_DOWN(req->start + req->size, align));
		return;
	}
	assert_reason(reason, ND_REASON_OK);
	assert_true(l.start_pad == 0);
	assert_true(l.end_trunc < align);
	assert_true(l.end_trunc == (req->start + req->size) % align);
	assert_true(IS_ALIGNED(l.data_start, align));
	assert_true(IS_ALIGNED(l.data_start + l.usable, align));
	assert_true(l.align == req->align);
	assert_false(l.truncated);
	check(req, &l);
}

TEST(create__accounts_for_every_byte)
{
	for_each_geometry(one_create);
}

static void one_in_tree(const struct pfn_request *req)
{
	u64 align = req->align > SZ_2M ? req->align : SZ_2M;
	u64 meta = SZ_8K, data, end = (req->start + req->size) / align * align;
	struct pfn_layout l;

	/* 64 bytes for each whole page behind the reserve */
	if (req->mode == ND_PFN_MODE_PMEM)
		meta += (req->size - SZ_8K) / SZ_4K * 64;
	data = (req->start + meta + align - 1) / align * align;
	if (pfn_layout_create(req, &l)) {
		assert_true(data >= end);
		return;
	}
	assert_true(l.data_start == data);
	assert_true(l.usable == end - data);
}

TEST(create__reserves_what_other_kernels_do)
{
	for_each_geometry(one_in_tree);
}

/* The info-block that goes with a new layout, through the media and back. */
static struct pfn_info record(const struct pfn_request *req, const struct pfn_layout *l)
{
	struct pfn_info info = {
		.dataoff = l->dataoff, .npfns = l->npfns, .mode = req->mode,
		.start_pad = l->start_pad, .end_trunc = l->end_trunc, .align = req->align,
		.page_size = req->page_size, .page_struct_size = 64,
	};
	struct nd_media_pfn media;

	pfn_info_encode(&info, &media);
	assert_reason(pfn_info_decode(&media, &info), ND_REASON_OK);
	return info;
}

static const struct {
	const char *title;
	u64 start, size, usable;
	u32 mode, align;
	bool dax;
} made[] = {
	{ "fsdax-dev-phase0", 0x100000000, 256 * MIB, 262144000, 2, SZ_2M, false },
	{ "fsdax-dev-phase2", 0x150200000, 382 * MIB, 394264576, 2, SZ_2M, false },
	{ "fsdax-dev-phase62", 0x123e00000, 194 * MIB, 199229440, 2, SZ_4K, false },
	{ "devdax-mem-phase64", 0x114000000, 192 * MIB, 199229440, 1, SZ_2M, true },
	{ "devdax-dev-phase66", 0x134200000, 254 * MIB, 262144000, 2, SZ_2M, true },
	{ "fsdax-mem-phase126", 0x147e00000, 66 * MIB, 67108864, 1, SZ_4K, false },
	{ "devdax-dev-1g", 0x184000000, 2112 * MIB, 1073741824, 2, SZ_1G, true },
};

/* Info-blocks that Debian's 6.1 made at these places: ours are the same, byte by byte. */
TEST_EACH(create__writes_the_bytes_that_6_1_writes, made)
{
	struct pfn_request req = x86(row->start, row->size, row->mode, row->align);
	struct nd_media_pfn theirs, ours;
	struct pfn_layout l = created(&req);
	struct pfn_info info = record(&req, &l);
	char path[256];

	snprintf(path, sizeof(path), "fuzz/corpus/fuzz_pfn_info/6.1.192-%s", row->title);
	assert_int_equal(nd_golden(path, &theirs, sizeof(theirs)), sizeof(theirs));
	assert_true(l.usable == row->usable);
	info.dax = row->dax;
	memcpy(&info.uuid, theirs.uuid, 16);
	pfn_info_encode(&info, &ours);
	assert_memory_equal(&ours, &theirs, sizeof(ours));

	assert_reason(pfn_info_decode(&theirs, &info), ND_REASON_OK);
	l = read_by(&req, &info);
	check(&req, &l);
	assert_true(l.usable == row->usable);
}

static const struct {
	const char *title;
	u64 size;
	u32 mode;
	u64 usable;
} sized[] = {
	{ "256 MiB, memmap on media", 256 * MIB, ND_PFN_MODE_PMEM, 250 * MIB },
	{ "256 MiB, memmap in DRAM", 256 * MIB, ND_PFN_MODE_RAM, 254 * MIB },
	{ "384 MiB, memmap in DRAM", 384 * MIB, ND_PFN_MODE_RAM, 382 * MIB },
	{ "384 MiB, memmap on media", 384 * MIB, ND_PFN_MODE_PMEM, 376 * MIB },
};

/* Nothing is lost to a neighbour's section: the phase costs at most the data offset's rounding. */
TEST_EACH(create__loses_nothing_to_the_phase, sized)
{
	for (size_t p = 0; p < ARRAY_SIZE(phases); p++) {
		struct pfn_request req = x86(4 * GIB + phases[p] * MIB, row->size, row->mode,
					     SZ_2M);
		struct pfn_layout l = created(&req);

		assert_true(l.usable == row->usable);
		assert_true(l.start_pad == 0 && l.end_trunc == 0);
	}
}

/* Requirements A1: the four regions of the report. */
TEST(create__serves_252_gib_at_64_mib_phase)
{
	static const u64 bases[] = { 0x187c000000, 0x577c000000, 0xae7c000000, 0xed7c000000 };

	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		struct pfn_request req = x86(bases[i], 252 * GIB, ND_PFN_MODE_PMEM, SZ_2M);
		struct pfn_layout l = created(&req);

		assert_true(l.usable == 266352984064);
		assert_true(l.start_pad == 0 && l.end_trunc == 0);
	}
}

/* With 1 GiB it need not: a memmap that outgrows its GiB costs another one. */
TEST(create__capacity_grows_with_the_size)
{
	for (size_t a = 0; aligns[a] <= SZ_2M; a++)
		for (u32 mode = ND_PFN_MODE_RAM; mode <= ND_PFN_MODE_PMEM; mode++) {
			u64 last = 0;

			for (u64 size = SZ_16M; size < 5 * GIB; size += SZ_2M) {
				struct pfn_request req = x86(0x17c000000, size, mode, aligns[a]);
				struct pfn_layout l;

				if (pfn_layout_create(&req, &l)) {
					assert_true(last == 0);
					continue;
				}
				assert_true(l.usable >= last);
				last = l.usable;
			}
			assert_true(last > 3 * GIB);
		}
}

static const struct {
	const char *title;
	u64 start, size;
	u32 mode;
	u64 align, block;
	enum nd_reason reason;
} refused[] = {
	{ "no mode", 4 * GIB, GIB, ND_PFN_MODE_NONE, SZ_2M, SZ_2M, ND_REASON_MODE },
	{ "a granule", 4 * GIB, SZ_2M, ND_PFN_MODE_RAM, SZ_4K, SZ_2M, ND_REASON_SIZE },
	{ "the reserve", 4 * GIB, SZ_8K, ND_PFN_MODE_RAM, SZ_4K, SZ_2M, ND_REASON_SIZE },
	{ "nothing", 4 * GIB, 0, ND_PFN_MODE_RAM, SZ_4K, SZ_2M, ND_REASON_SIZE },
	{ "no whole page", 4 * GIB + SZ_64M, GIB, ND_PFN_MODE_RAM, SZ_1G, SZ_2M, ND_REASON_SIZE },
	{ "an odd alignment", 4 * GIB, GIB, ND_PFN_MODE_RAM, 3 * MIB, SZ_2M, ND_REASON_ARGUMENT },
	{ "no alignment", 4 * GIB, GIB, ND_PFN_MODE_RAM, 0, SZ_2M, ND_REASON_ARGUMENT },
	{ "alignment to 4 GiB", 4 * GIB, GIB, ND_PFN_MODE_RAM, 4 * GIB, SZ_2M, ND_REASON_ARGUMENT },
	{ "an end that wraps", U64_MAX - SZ_2M + 1, GIB, ND_PFN_MODE_RAM, SZ_2M, SZ_2M,
	  ND_REASON_ARGUMENT },
	{ "a size that wraps", 4 * GIB, U64_MAX, ND_PFN_MODE_RAM, SZ_2M, SZ_2M,
	 ND_REASON_ARGUMENT },
	/* sums of it would wrap */
	{ "a memmap larger than what it is for", 4 * GIB, GIB, ND_PFN_MODE_PMEM, SZ_2M, SZ_256M,
	  ND_REASON_ARGUMENT },
};

TEST_EACH(create__refuses_with_a_reason, refused)
{
	struct pfn_request req = x86(row->start, row->size, row->mode, row->align);
	struct pfn_layout l;

	req.block = row->block;
	assert_reason(pfn_layout_create(&req, &l), row->reason);
}

static void one_read(const struct pfn_request *req)
{
	struct pfn_layout made, l;
	struct pfn_info info;

	if (pfn_layout_create(req, &made))
		return;
	info = record(req, &made);
	l = read_by(req, &info);
	assert_memory_equal(&l, &made, sizeof(l));
}

TEST(read__finds_what_create_laid_out)
{
	for_each_geometry(one_read);
}

/* Requirements A19: offsets, size and dax stay, whatever 2 MiB base the firmware chooses. */
static void one_move(const struct pfn_request *req)
{
	static const u64 shifts[] = { 2, 62, 64, 66, 126, 128, 1022, 1024 };
	struct pfn_layout made, l;
	struct pfn_info info;

	if (pfn_layout_create(req, &made))
		return;
	/* An end that the old base trimmed to its own granule cannot be helped. */
	if (!IS_ALIGNED(req->size, SZ_2M))
		return;
	info = record(req, &made);
	for (size_t i = 0; i < ARRAY_SIZE(shifts); i++) {
		struct pfn_request moved = *req;

		moved.start += shifts[i] * MIB;
		l = read_by(&moved, &info);
		check(&moved, &l);
		assert_true(l.dataoff == made.dataoff && l.usable == made.usable);
		assert_true(IS_ALIGNED(l.data_start, l.align) && l.align <= req->align);
		assert_true(l.align >= (req->align < SZ_2M ? req->align : SZ_2M));
	}
}

static const struct {
	const char *title;
	u64 moved, dataoff, trunc, align;
} pages[] = {
	{ "as it was made", 0, GIB, 0, GIB },
	{ "an end between large pages", 0, GIB, SZ_2M, SZ_2M },
	{ "moved by 64 MiB", SZ_64M, GIB, 0, SZ_64M },
	{ "moved by 2 MiB", SZ_2M, GIB, 0, SZ_2M },
	{ "moved by 66 MiB", 66 * MIB, GIB, 0, SZ_2M },
	{ "moved by 1 GiB", GIB, GIB, 0, GIB },
	{ "data at a small page", 0, GIB + SZ_4K, 0, SZ_4K },
	{ "data at 64 KiB", SZ_2M, SZ_2M + SZ_64K, 0, SZ_64K },
};

/* Requirements X1: both ends of the data say which pages it can have, from 1 GiB to 4 KiB. */
TEST_EACH(read__finds_the_largest_pages_for_all_of_the_data, pages)
{
	struct pfn_request req = x86(4 * GIB + row->moved, 3 * GIB, 0, 0);
	struct pfn_info info = {
		.dax = true, .dataoff = row->dataoff, .mode = ND_PFN_MODE_RAM,
		.end_trunc = row->trunc, .align = SZ_1G, .page_struct_size = 64,
	};
	struct pfn_layout l;

	req.compounds = SZ_4K | SZ_2M | SZ_1G;
	l = read_by(&req, &info);
	assert_true(l.pages && l.align == row->align);
	check_identity(&req, &l);
}

TEST(read__survives_a_moved_base)
{
	for_each_geometry(one_move);
}

/* The same bytes at the same place, but no struct pages. */
static void assert_data_only(const struct pfn_request *req, const struct pfn_info *info,
			     enum nd_reason reason)
{
	struct pfn_layout l = read_by(req, info);

	assert_reason(l.remark, reason);
	assert_false(l.pages);
	assert_int_equal(l.mode, ND_PFN_MODE_NONE);
	assert_true(l.memmap_dev == 0 && l.memmap_dram == 0 && l.altmap_free == 0);
	assert_true(l.data_start == req->start + info->start_pad + info->dataoff);
	assert_true(l.usable == req->size - info->start_pad - info->end_trunc - info->dataoff);
	assert_true(l.usable + pfn_layout_pad(&l) == req->size);
}

/* The memmap moves to DRAM, the data stays. */
static void assert_memmap_in_dram(const struct pfn_request *req, const struct pfn_info *info,
				  enum nd_reason reason)
{
	struct pfn_layout l = read_by(req, info);

	assert_reason(l.remark, reason);
	assert_true(l.pages);
	assert_int_equal(l.mode, ND_PFN_MODE_RAM);
	assert_true(l.memmap_dev == 0 && l.altmap_free == 0);
	assert_true(l.memmap_dram == l.map_size / req->page_size * req->page_struct_size);
	assert_true(l.usable + pfn_layout_pad(&l) == req->size);
}

TEST(read__without_struct_pages_where_no_mapping_can_be)
{
	struct pfn_request req = x86(4 * GIB, GIB, ND_PFN_MODE_RAM, SZ_2M);
	struct pfn_layout l = created(&req);
	struct pfn_info info = record(&req, &l);

	req.start += SZ_1M;
	assert_data_only(&req, &info, ND_REASON_ALIGN);
	req.start -= SZ_1M;
	req.size -= SZ_64K;
	assert_data_only(&req, &info, ND_REASON_ALIGN);
}

/* Info-blocks of 4.19, and the capacity that it reported. */
static const struct {
	const char *title;
	u64 start, size, usable;
	struct pfn_info info;
} legacy[] = {
	{ "no pads", 0x128000000, 0x10000000, 262144000,
	  { .dataoff = 0x600000, .npfns = 64000, .mode = 2, .align = SZ_4K } },
	{ "a head", 0x124000000, 0xc000000, 130023424,
	  { .dataoff = 0x400000, .npfns = 31744, .mode = 2, .start_pad = SZ_64M, .align = SZ_4K } },
	{ "a tail", 0x128000000, 0xc000000, 130023424,
	  { .dataoff = 0x400000, .npfns = 31744, .mode = 2, .end_trunc = SZ_64M, .align = SZ_4K } },
	{ "both, of a dax device", 0x124000000, 0x10000000, 130023424,
	  { .dataoff = 0x400000, .npfns = 31744, .mode = 2, .start_pad = SZ_64M,
	    .end_trunc = SZ_64M, .align = SZ_2M, .dax = true } },
	{ "both, memmap in DRAM", 0x124000000, 0x10000000, 132120576,
	  { .dataoff = 0x200000, .npfns = 32256, .mode = 1, .start_pad = SZ_64M,
	    .end_trunc = SZ_64M, .align = SZ_2M, .dax = true } },
};

/* Requirements A17, A19. */
TEST_EACH(read__honours_legacy_pads, legacy)
{
	static const u64 bases[] = { 0x128000000, 0x124000000, 0x126000000, 0x128200000 };
	struct pfn_info info = row->info;

	info.page_struct_size = 64;
	for (size_t b = 0; b <= ARRAY_SIZE(bases); b++) {
		struct pfn_request req = x86(b ? bases[b - 1] : row->start, row->size, 0, 0);
		struct pfn_layout l = read_by(&req, &info);

		check(&req, &l);
		assert_true(l.usable == row->usable);
		assert_false(l.truncated);
		assert_true(l.data_start == req.start + info.start_pad + info.dataoff);
	}
}

/* Requirements A17: one base for kaddr and pfn, both inside the map. */
TEST(read__kaddr_and_pfn_name_the_same_byte)
{
	for (u32 pad = 0; pad <= SZ_64M; pad += SZ_2M) {
		struct pfn_request req = x86(0x124000000, SZ_256M, 0, 0);
		struct pfn_info info = {
			.dataoff = 0x600000, .mode = ND_PFN_MODE_PMEM, .start_pad = pad,
			.end_trunc = SZ_2M, .align = SZ_2M, .page_struct_size = 64,
		};
		const u64 virt = 0xffff888000000000ull;
		struct pfn_layout l;

		l = read_by(&req, &info);
		for (u64 n = 0; n < l.usable; n += SZ_4K) {
			u64 kaddr = virt + l.dataoff + n, pfn = (l.data_start + n) >> 12;

			assert_true(kaddr - virt == (pfn << 12) - l.map_start);
			assert_true(kaddr + SZ_4K <= virt + l.map_size);
			assert_true((pfn << 12) >= l.map_start &&
				    ((pfn + 1) << 12) <= l.map_start + l.map_size);
		}
	}
}

TEST(read__flags_pages_that_are_not_there)
{
	struct pfn_request req = x86(4 * GIB, SZ_256M, ND_PFN_MODE_PMEM, SZ_2M);
	struct pfn_layout made = created(&req), l;
	struct pfn_info info = record(&req, &made);

	info.npfns++;
	l = read_by(&req, &info);
	assert_true(l.truncated && l.npfns == made.npfns && l.usable == made.usable);
	info.npfns = U64_MAX;
	l = read_by(&req, &info);
	assert_true(l.truncated && l.npfns == made.npfns);
	/* fewer is no reason to hide bytes: other kernels serve them */
	info.npfns = 1;
	l = read_by(&req, &info);
	assert_true(!l.truncated && l.npfns == made.npfns);
	/* counted in the pages of who wrote it */
	info.npfns = made.npfns / 16;
	info.page_size = SZ_64K;
	info.mode = ND_PFN_MODE_RAM;
	l = read_by(&req, &info);
	assert_false(l.truncated);
	info.npfns++;
	l = read_by(&req, &info);
	assert_true(l.truncated);
}

static const struct {
	const char *title;
	u32 start_pad, end_trunc;
	u64 dataoff;
	enum nd_reason reason;
} unreadable[] = {
	{ "all is pad", SZ_256M, 0, 0, ND_REASON_PAD },
	{ "pads beyond the end", U32_MAX, U32_MAX, 0, ND_REASON_PAD },
	{ "pads that are 0 if added in 32 bits", 1u << 31, 1u << 31, 0, ND_REASON_PAD },
	{ "data at the end", 0, 0, SZ_256M, ND_REASON_BOUNDS },
	{ "data at the pad", 0, SZ_2M, SZ_256M - SZ_2M, ND_REASON_BOUNDS },
	{ "data at the end of the world", 0, 0, U64_MAX - SZ_4K + 1, ND_REASON_BOUNDS },
	{ "and a pad that wraps with it", 0, SZ_2M, U64_MAX - SZ_4K + 1, ND_REASON_BOUNDS },
	{ "a start between sectors", 511, 0, 0, ND_REASON_ALIGN },
	{ "an end between bytes", 0, 1, 0, ND_REASON_ALIGN },
};

TEST_EACH(read__refuses_with_a_reason, unreadable)
{
	struct pfn_request req = x86(4 * GIB, SZ_256M, ND_PFN_MODE_PMEM, SZ_2M);
	struct pfn_layout l = created(&req);
	struct pfn_info info = record(&req, &l);

	info.start_pad = row->start_pad;
	info.end_trunc = row->end_trunc;
	info.dataoff = row->dataoff ?: info.dataoff;
	assert_reason(pfn_layout_read(&req, &info, &l), row->reason);
}

TEST(read__refuses_a_platform_without_a_granule)
{
	struct pfn_request req = x86(4 * GIB, SZ_256M, ND_PFN_MODE_PMEM, SZ_2M);
	struct pfn_layout l = created(&req);
	struct pfn_info info = record(&req, &l);

	req.granule = 0;
	assert_reason(pfn_layout_read(&req, &info, &l), ND_REASON_ARGUMENT);
}

static const struct {
	const char *title;
	struct pfn_info now;		/* where it differs */
	void (*serves)(const struct pfn_request *req, const struct pfn_info *info,
		       enum nd_reason reason);
	enum nd_reason reason;
} served[] = {
	{ "a start within a granule", { .start_pad = SZ_1M }, assert_data_only, ND_REASON_ALIGN },
	{ "an end within a granule", { .end_trunc = SZ_4K }, assert_data_only, ND_REASON_ALIGN },
	{ "a flag that keeps dax away", { .flags = 1 }, assert_data_only, ND_REASON_RESERVED },
	{ "pages of 64 KiB", { .page_size = SZ_64K }, assert_memmap_in_dram, ND_REASON_PAGE_SIZE },
	{ "a struct page of 56 bytes", { .page_struct_size = 56 }, assert_memmap_in_dram,
	  ND_REASON_PAGE_SIZE },
	{ "which does not matter in DRAM", { .page_struct_size = 56, .mode = ND_PFN_MODE_RAM },
	  assert_memmap_in_dram, ND_REASON_OK },
	{ "two whole sections want 2 x 2 MiB behind the reserve", { .dataoff = SZ_4M },
	  assert_memmap_in_dram, ND_REASON_SPACE },
};

/* What today's platform cannot do is not held against the data: requirements X1, X12, X19. */
TEST_EACH(read__serves_what_it_can, served)
{
	struct pfn_request req = x86(4 * GIB, SZ_256M, ND_PFN_MODE_PMEM, SZ_2M);
	struct pfn_layout l = created(&req);
	struct pfn_info info = record(&req, &l);

	info.start_pad = row->now.start_pad;
	info.end_trunc = row->now.end_trunc;
	info.flags = row->now.flags;
	info.page_size = row->now.page_size ?: info.page_size;
	info.page_struct_size = row->now.page_struct_size ?: info.page_struct_size;
	info.mode = row->now.mode ?: info.mode;
	info.dataoff = row->now.dataoff ?: info.dataoff;
	row->serves(&req, &info, row->reason);
}

/* A region that starts anywhere: the first granule is given up, not the namespace. */
TEST(create__pads_to_the_granule)
{
	for (u64 phase = SZ_4K; phase < SZ_2M; phase += SZ_4K)
		for (u32 mode = ND_PFN_MODE_RAM; mode <= ND_PFN_MODE_PMEM; mode++) {
			struct pfn_request req = x86(4 * GIB + phase, SZ_256M, mode, SZ_4K);
			u64 memmap = mode == ND_PFN_MODE_PMEM ? 254 * MIB + phase - SZ_8K : 0;
			struct pfn_layout l = created(&req), back;
			struct pfn_info info = record(&req, &l);

			assert_true(l.start_pad == SZ_2M - phase && l.end_trunc == phase);
			assert_true(l.usable == 254 * MIB - ALIGN(SZ_8K + memmap / 64, SZ_2M));
			check(&req, &l);
			back = read_by(&req, &info);
			assert_memory_equal(&l, &back, sizeof(l));
		}
}

/* Requirements X21: any power of two places the data; what pads do not take is data. */
TEST(create__places_at_any_power_of_two)
{
	for (u64 align = SZ_4K; align <= SZ_1G; align *= 2)
		for (size_t p = 0; p < ARRAY_SIZE(phases); p++) {
			struct pfn_request req = x86(4 * GIB + phases[p] * MIB, 8 * GIB,
						     ND_PFN_MODE_PMEM, align);
			u64 place = align > SZ_2M ? align : SZ_2M;
			struct pfn_layout l = created(&req);

			assert_true(IS_ALIGNED(l.data_start | l.usable, place));
			assert_true(l.data_start == ALIGN(req.start + SZ_8K + 128 * MIB - 128,
							  place));
			check(&req, &l);
		}
}

/* Requirements A18: a head cannot move, a tail is cut. */
TEST(whole__cuts_the_tail_only)
{
	static const u64 tails[] = { 0, 2 * MIB, 4 * MIB, 62 * MIB, 64 * MIB };
	struct pfn_request req;
	struct pfn_layout l;

	for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
		req = x86(4 * GIB, SZ_256M + tails[i], 0, 0);
		assert_reason(pfn_layout_whole(&req, &l), ND_REASON_OK);
		assert_true(l.pages && l.usable == req.size && l.data_start == req.start);
		check_identity(&req, &l);
		req.size += SZ_1M;
		assert_reason(pfn_layout_whole(&req, &l), ND_REASON_OK);
		assert_true(l.pages && l.usable == req.size - SZ_1M && l.end_trunc == SZ_1M);
		check_identity(&req, &l);
	}
	req = x86(4 * GIB + SZ_1M, SZ_256M, 0, 0);
	assert_reason(pfn_layout_whole(&req, &l), ND_REASON_OK);
	assert_reason(l.remark, ND_REASON_ALIGN);
	assert_true(!l.pages && l.usable == SZ_256M && !l.end_trunc);
	req = x86(4 * GIB, SZ_1M, 0, 0);
	assert_reason(pfn_layout_whole(&req, &l), ND_REASON_OK);
	assert_reason(l.remark, ND_REASON_ALIGN);
	assert_true(!l.pages && l.usable == SZ_1M);
	req.size = 0;
	assert_reason(pfn_layout_whole(&req, &l), ND_REASON_SIZE);
	req.unit = SZ_1M;
	assert_reason(pfn_layout_whole(&req, &l), ND_REASON_ARGUMENT);
}

/* 64 KiB pages: the reserve is a page, offsets must be whole pages. */
TEST(layout__of_64_kib_pages)
{
	struct pfn_request req = {
		.start = 4 * GIB, .size = GIB, .mode = ND_PFN_MODE_PMEM, .align = SZ_2M,
		.page_size = SZ_64K, .page_struct_size = 64, .granule = SZ_2M,
		.unit = SZ_2M, .section = SZ_512M, .block = SZ_64K,
	};
	struct pfn_layout l;
	struct pfn_info info;

	l = created(&req);
	assert_int_equal(l.reserve, SZ_64K);
	assert_true(l.dataoff == SZ_2M && l.memmap_dev == 2 * (SZ_512M / SZ_64K * 64));
	assert_true(l.altmap_reserve == 1 && l.altmap_free == SZ_2M / SZ_64K - 1);
	info = record(&req, &l);
	l = read_by(&req, &info);
	info.dataoff += SZ_4K;
	assert_data_only(&req, &info, ND_REASON_ALIGN);
	info.dataoff = SZ_8K;	/* enough for pages of 4 KiB, within the reserve here */
	info.mode = ND_PFN_MODE_RAM;
	assert_data_only(&req, &info, ND_REASON_ALIGN);
	req.size = SZ_64K;
	assert_reason(pfn_layout_create(&req, &l), ND_REASON_SIZE);
	/* a granule as small as a page: the data must still clear the reserve */
	req.size = SZ_1M;
	req.granule = req.unit = req.align = SZ_64K;
	req.mode = ND_PFN_MODE_RAM;
	l = created(&req);
	assert_true(l.dataoff == SZ_64K && l.gap == 0);
}
