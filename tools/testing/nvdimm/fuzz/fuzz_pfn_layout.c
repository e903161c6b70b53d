// SPDX-License-Identifier: GPL-2.0
/* Any geometry, any recorded numbers, any neighbours: requirements A2, A14, A17, A19. */
/* objects: drivers/nvdimm/layout/layout.c drivers/nvdimm/layout/neighbours.c */
/* objects: drivers/nvdimm/layout/info_block.c drivers/nvdimm/label/codec.c */
/* max_len: 160 */
#include "nd_fuzz.h"
#include "layout/info_block.h"
#include "layout/layout.h"

/* Half the inputs are platforms that exist, with numbers near the interesting ones. */
static u64 near(struct fuzz_in *in, u8 sane)
{
	u64 v = fuzz_u64(in);

	if (sane)
		v = ((v & 0xffff) << 21) + (v >> 61) * SZ_4K;
	return v;
}

static u64 power(struct fuzz_in *in, u64 sane_value, u8 sane)
{
	u64 v = fuzz_u64(in);

	return sane ? sane_value : v & 1 ? 1ull << (v >> 58) : v;
}

static struct pfn_request any_request(struct fuzz_in *in, u8 sane)
{
	struct pfn_request req = {
		.start = near(in, sane), .size = near(in, sane), .mode = fuzz_u8(in) & 3,
	};

	req.align = sane ? (u64)SZ_4K << (fuzz_u8(in) % 3) * 9 : power(in, 0, 0);
	req.page_size = power(in, SZ_4K, sane);
	req.page_struct_size = sane ? 64 : fuzz_u32(in);
	req.granule = power(in, SZ_2M, sane);
	req.section = power(in, SZ_128M, sane);
	req.block = power(in, SZ_2M, sane);
	req.unit = sane & 2 ? req.section : req.granule;
	req.rounds_out = sane & 4;
	return req;
}

/* Up to three, most of them close to the namespace. */
static void any_neighbours(struct fuzz_in *in, u8 sane, struct pfn_neighbour near[3],
			   struct pfn_request *req)
{
	req->neighbours.entry = near;
	req->neighbours.nr = fuzz_u8(in) & 3;
	for (u32 i = 0; i < req->neighbours.nr; i++) {
		u8 how = fuzz_u8(in);
		u64 away = (u64)(how >> 3) * (sane ? SZ_4M : 1);

		near[i] = (struct pfn_neighbour) {
			.kind = how & 3,
			.size = sane ? SZ_2M + (u64)fuzz_u8(in) * SZ_2M : fuzz_u64(in),
			.start = req->start + req->size + away,
		};
		if (how & 4)
			near[i].start = req->start - near[i].size - away;
	}
}

/* Nobody who counts lies in the units of the map. */
static bool alone(const struct pfn_request *req, const struct pfn_layout *l, bool now)
{
	return !pfn_neighbour_find(&req->neighbours, ALIGN_DOWN(l->map_start, req->unit),
				   ALIGN(l->map_start + l->map_size, req->unit), now);
}

static void check(const struct pfn_request *req, const struct pfn_layout *l)
{
	fuzz_assert(l->usable && l->usable < req->size);
	fuzz_assert(l->start_pad + l->dataoff + l->usable + l->end_trunc == req->size);
	fuzz_assert(l->reserve >= ND_INFO_RESERVE);
	fuzz_assert(l->reserve + l->memmap_dev + l->gap == l->dataoff);
	fuzz_assert(l->usable + l->memmap_dev + pfn_layout_pad(l) == req->size);
	fuzz_assert(l->pages ? l->mode != ND_PFN_MODE_NONE : l->remark != ND_REASON_OK);
	fuzz_assert(l->pages || (!l->memmap_dev && !l->memmap_dram && !l->altmap_free));
	fuzz_assert(l->map_start == req->start + l->start_pad);
	fuzz_assert(l->map_size == l->dataoff + l->usable);
	fuzz_assert(l->data_start == l->map_start + l->dataoff);
	fuzz_assert(l->npfns == l->usable / req->page_size);
	fuzz_assert(IS_ALIGNED(l->data_start | l->usable, l->align));
	if (l->pages) {
		fuzz_assert(IS_ALIGNED(l->map_start | l->map_size, req->granule));
		fuzz_assert(alone(req, l, true));
	}
	if (l->altmap_free) {
		u64 pages = l->altmap_reserve + l->altmap_free;

		fuzz_assert(l->altmap_base == (req->rounds_out ?
			    ALIGN_DOWN(l->map_start, req->unit) : l->map_start));
		fuzz_assert(l->altmap_base + pages * req->page_size <= l->data_start);
		fuzz_assert(pfn_layout_memmap_end(req, l->map_start, l->map_size) <= l->data_start);
	}
}

void fuzz_one(struct fuzz_in *in)
{
	u8 kind = fuzz_u8(in), sane = kind & 1 ? kind & 7 : 0;
	struct pfn_request req = any_request(in, sane);
	struct pfn_info info = { 0 };
	struct pfn_layout l, back;
	struct pfn_neighbour by[3];

	any_neighbours(in, sane, by, &req);
	if (pfn_layout_create(&req, &l) == ND_REASON_OK) {
		check(&req, &l);
		fuzz_assert(l.pages && l.remark == ND_REASON_OK && !l.truncated);
		fuzz_assert(l.start_pad < req.unit && alone(&req, &l, false));
		info.mode = req.mode;
		info.dataoff = l.dataoff;
		info.npfns = l.npfns;
		info.start_pad = l.start_pad;
		info.end_trunc = l.end_trunc;
		info.align = req.align;
		info.page_size = req.page_size;
		info.page_struct_size = req.page_struct_size;
		fuzz_assert(l.end_trunc <= U32_MAX);
		fuzz_assert(pfn_layout_read(&req, &info, &back) == ND_REASON_OK);
		/* the pads have done away with whom they were for */
		l.before = NULL;
		l.behind = NULL;
		fuzz_assert(!memcmp(&l, &back, sizeof(l)));
		/* the same with its data anywhere before, where the memmap may have no room */
		info.dataoff = ALIGN_DOWN(info.dataoff / 256 * fuzz_u8(in), req.page_size);
		if (pfn_layout_read(&req, &info, &l) == ND_REASON_OK)
			check(&req, &l);
	}
	if (pfn_layout_whole(&req, &l) == ND_REASON_OK) {
		fuzz_assert(l.usable && l.usable + l.end_trunc == req.size);
		fuzz_assert(l.data_start == req.start && !l.memmap_dev);
		fuzz_assert(l.pages == (l.remark == ND_REASON_OK));
		fuzz_assert(!l.pages || alone(&req, &l, true));
	}

	info.mode = 1 + (fuzz_u8(in) & 1);
	info.dataoff = near(in, sane);
	info.npfns = fuzz_u64(in);
	info.start_pad = near(in, sane);
	info.end_trunc = near(in, sane);
	info.align = sane ? 0 : 1u << (fuzz_u8(in) & 31);
	info.page_size = sane ? SZ_4K : 1u << (fuzz_u8(in) & 31);
	info.page_struct_size = fuzz_u8(in);
	info.flags = fuzz_u8(in) & 1;
	if (pfn_layout_read(&req, &info, &l) == ND_REASON_OK)
		check(&req, &l);
}

void fuzz_seeds(void)
{
	static const u8 phases[] = { 0, 1, 31, 32, 33, 63 };
	u8 seed[96];

	for (size_t i = 0; i < sizeof(phases); i++) {
		memset(seed, 0, sizeof(seed));
		seed[0] = 1 + 2 * (i & 3);
		seed[2] = 8;
		seed[1] = phases[i];
		seed[9] = 128;
		seed[17] = 1 + (i & 1);
		seed[18] = i % 3;
		seed[60] = 3;
		fuzz_seed((char[]){ 'p', '0' + i, 0 }, seed, sizeof(seed));
	}
}
