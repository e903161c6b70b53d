// SPDX-License-Identifier: GPL-2.0
/* Any text, any place: the dry run ends, and names only sizes that work. Requirements X2, X21. */
/* objects: drivers/nvdimm/layout/dry_run.c drivers/nvdimm/layout/layout.c */
/* objects: tools/ndstack/nearest.c */
/* objects: drivers/nvdimm/layout/neighbours.c drivers/nvdimm/layout/info_block.c */
/* objects: drivers/nvdimm/label/codec.c */
/* max_len: 96 */
#include "nd_fuzz.h"
#include <linux/log2.h>
#include "nearest.h"

static bool works(struct pfn_request req, const struct pfn_wish *wish,
		  const struct pfn_room *room, u64 size)
{
	struct pfn_wish other = *wish;
	struct pfn_verdict v;

	other.size = size;
	pfn_admit(&req, &other, room, &v);
	return v.reason == ND_REASON_OK && v.size == size && v.layout.usable <= size;
}

static void judge(struct fuzz_in *in, const struct pfn_wish *wish)
{
	struct pfn_neighbour near = { .kind = fuzz_u8(in) & 3, .size = SZ_2M };
	struct pfn_room room;
	struct pfn_request req = {
		.start = 4 * (u64)SZ_1G + ((u64)fuzz_u8(in) << 21) + ((u64)fuzz_u8(in) << 12),
		.page_size = SZ_4K, .page_struct_size = 64, .granule = SZ_2M,
		.section = SZ_128M, .block = SZ_2M, .neighbours = { &near, fuzz_u8(in) & 1 },
	};
	struct pfn_verdict v;
	struct nearest n;
	u8 how = fuzz_u8(in);

	req.unit = how & 1 ? SZ_128M : SZ_2M;
	req.rounds_out = how & 2;
	room.step = (u64)SZ_4K * (1 + (how >> 2)) << (fuzz_u8(in) & 15);
	room.max = room.step * (fuzz_u8(in) << (how & 7));
	near.start = how & 4 ? req.start - SZ_2M : req.start + room.max;
	pfn_admit(&req, wish, &room, &v);
	nearest_find(&req, wish, &room, &v, &n);
	if (v.reason == ND_REASON_OK) {
		fuzz_assert(v.size && v.size <= room.max && v.size % room.step == 0);
		fuzz_assert(v.layout.usable + v.layout.memmap_dev + pfn_layout_pad(&v.layout) ==
			    v.size);
		fuzz_assert(!n.below && !n.above && !n.align);
		return;
	}
	fuzz_assert(!n.below || (n.below < v.size && works(req, wish, &room, n.below)));
	fuzz_assert(!n.above || (n.above > v.size && works(req, wish, &room, n.above)));
}

void fuzz_one(struct fuzz_in *in)
{
	const char *text = (const char *)in->data, *bad;
	struct pfn_wish wish;
	size_t len;

	if (pfn_wish_parse(text, in->size, &wish, &bad, &len) != ND_REASON_OK) {
		fuzz_assert(len && bad >= text);
		fuzz_assert(bad + len <= text + in->size);
	} else {
		fuzz_assert(!bad && is_power_of_2(wish.align));
	}
	wish = (struct pfn_wish){
		.mode = fuzz_u8(in) % 3, .map = fuzz_u8(in) & 3,
		.align = 1ull << (fuzz_u8(in) & 63), .size = (u64)fuzz_u32(in) << 12,
	};
	judge(in, &wish);
}

void fuzz_seeds(void)
{
	static const char *const text[] = {
		"mode=fsdax map=dev align=2M size=1G", "mode=raw size=0x1000000",
		"mode=devdax map=mem align=1073741824", "align=64K size=3T",
	};

	for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++)
		fuzz_seed((char[]){ 't', '0' + i, 0 }, text[i], strlen(text[i]));
}
