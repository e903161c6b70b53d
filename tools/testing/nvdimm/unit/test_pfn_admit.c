// SPDX-License-Identifier: GPL-2.0
/* The dry run keeps its promises: requirements A1, X2, X21. */
/* objects: drivers/nvdimm/layout/dry_run.c drivers/nvdimm/layout/layout.c */
/* objects: tools/ndstack/nearest.c */
/* objects: drivers/nvdimm/layout/neighbours.c drivers/nvdimm/layout/info_block.c */
/* objects: drivers/nvdimm/label/codec.c */
#include "nd_test.h"
#include "nearest.h"

#define MIB	((u64)SZ_1M)
#define GIB	((u64)SZ_1G)

/* The same numbers on every run. */
static u64 dice(u64 sides)
{
	static u64 state = 88172645463325252ull;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % sides;
}

struct place {
	struct pfn_request req;
	struct pfn_neighbour near[2];
	struct pfn_room room;
};

/* Any phase, neighbours, kernel; room from nothing to 6 GiB. */
static void any_place(struct place *p)
{
	static const u64 steps[] = { SZ_4K, SZ_2M, SZ_16M, 3 * SZ_16M, SZ_128M };
	u64 granular = dice(3);

	p->room.step = steps[dice(ARRAY_SIZE(steps))];
	p->room.max = dice(4) ? dice(1024) * MIB : dice(3) * 2 * GIB + dice(99) * SZ_2M;
	p->room.max -= p->room.max % p->room.step;
	p->req = (struct pfn_request){
		.start = 4 * GIB + dice(64) * SZ_2M + (dice(4) ? 0 : dice(512) * SZ_4K),
		.page_size = SZ_4K, .page_struct_size = 64, .granule = SZ_2M,
		.unit = granular ? SZ_128M : SZ_2M, .rounds_out = granular == 2,
		.section = SZ_128M, .block = SZ_2M,
		.compounds = dice(2) ? SZ_4K | SZ_2M | SZ_1G : 0,
		.neighbours = { .entry = p->near },
	};
	if (dice(2))
		p->near[p->req.neighbours.nr++] = (struct pfn_neighbour){
			.kind = dice(3), .start = p->req.start - SZ_16M, .size = SZ_16M,
		};
	if (dice(2))
		p->near[p->req.neighbours.nr++] = (struct pfn_neighbour){
			.kind = dice(3), .start = p->req.start + p->room.max + dice(3) * SZ_2M,
			.size = SZ_128M,
		};
}

static struct pfn_wish any_wish(const struct place *p)
{
	struct pfn_wish wish = {
		.mode = dice(3), .map = 1 + dice(2), .align = (u64)SZ_4K << dice(19),
	};

	if (dice(4)) {
		wish.size = dice(p->room.max + p->room.max / 8 + SZ_4K) + 1;
		if (dice(8))
			wish.size = ALIGN(wish.size, p->room.step & -p->room.step);
	}
	return wish;
}

/* Creation of just that: the engine, the media, the engine again. */
static enum nd_reason create(const struct place *p, const struct pfn_wish *wish, u64 size,
			     struct pfn_layout *l)
{
	struct pfn_request req = p->req;
	struct nd_media_pfn media;
	struct pfn_layout back;
	struct pfn_info info;
	enum nd_reason reason;

	req.size = size;
	req.mode = wish->map;
	req.align = wish->align;
	reason = pfn_layout_create(&req, l);
	if (reason != ND_REASON_OK)
		return reason;
	info = (struct pfn_info){
		.dataoff = l->dataoff, .npfns = l->npfns, .mode = req.mode,
		.start_pad = l->start_pad, .end_trunc = l->end_trunc,
		.align = req.align < SZ_2M ? SZ_4K : req.align < SZ_1G ? SZ_2M : SZ_1G,
		.page_size = SZ_4K, .page_struct_size = 64,
	};
	pfn_info_encode(&info, &media);
	assert_reason(pfn_info_decode(&media, &info), ND_REASON_OK);
	assert_reason(pfn_layout_read(&req, &info, &back), ND_REASON_OK);
	assert_true(back.pages && back.usable == l->usable && back.data_start == l->data_start);
	assert_true(back.memmap_dev == l->memmap_dev && back.memmap_dram == l->memmap_dram);
	return ND_REASON_OK;
}

static bool possible(const struct place *p, const struct pfn_wish *wish, u64 size)
{
	struct pfn_layout l;

	if (!size || size > p->room.max || size % p->room.step)
		return false;
	if (wish->mode == PFN_WISH_RAW)
		return true;
	return size >= PFN_SIZE_MIN && create(p, wish, size, &l) == ND_REASON_OK;
}

static void check_nearest(const struct place *p, const struct pfn_wish *wish,
			  const struct pfn_verdict *v, const struct nearest *near)
{
	u64 size, tries = 0;

	assert_true(!near->below || (near->below < v->size && possible(p, wish, near->below)));
	assert_true(!near->above || (near->above > v->size && possible(p, wish, near->above)));
	assert_true(!near->align || near->align < wish->align);
	/* nothing nearer; where steps are small not all of them can be looked at */
	size = (v->size < p->room.max ? v->size : p->room.max) / p->room.step * p->room.step;
	for (; size > near->below && tries < 300; size -= p->room.step, tries++)
		assert_false(size < v->size && possible(p, wish, size));
	size = (v->size / p->room.step + 1) * p->room.step;
	for (tries = 0; size <= p->room.max && (!near->above || size < near->above) && tries < 300;
	     size += p->room.step, tries++)
		assert_false(possible(p, wish, size));
}

TEST(admit__promises_what_creation_gives)
{
	unsigned int ok = 0, refused = 0;

	for (int i = 0; i < 10000; i++) {
		struct pfn_verdict v;
		struct pfn_layout l;
		struct pfn_wish wish;
		struct pfn_request req;
		struct nearest near;
		struct place p;

		any_place(&p);
		wish = any_wish(&p);
		req = p.req;
		pfn_admit(&req, &wish, &p.room, &v);
		assert_int_equal(v.reason == ND_REASON_OK, possible(&p, &wish, v.size));
		if (wish.size)
			assert_true(v.size == wish.size);
		if (v.reason != ND_REASON_OK) {
			nearest_find(&req, &wish, &p.room, &v, &near);
			check_nearest(&p, &wish, &v, &near);
			refused++;
			continue;
		}
		ok++;
		assert_true(v.layout.usable + v.layout.memmap_dev + pfn_layout_pad(&v.layout) ==
			    v.size);
		if (wish.mode == PFN_WISH_RAW) {
			assert_true(v.layout.usable == v.size);
			continue;
		}
		assert_reason(create(&p, &wish, v.size, &l), ND_REASON_OK);
		assert_memory_equal(&l, &v.layout, sizeof(l));
	}
	assert_true(ok > 2000 && refused > 2000);
}

static struct pfn_verdict ask(const char *text, u64 step, u64 max, struct nearest *near)
{
	struct pfn_request req = {
		.start = 0x104000000, .page_size = SZ_4K, .page_struct_size = 64, .granule = SZ_2M,
		.unit = SZ_2M, .section = SZ_128M, .block = SZ_2M,
	};
	struct pfn_room room = { step, max };
	struct pfn_wish wish;
	struct pfn_verdict v;
	const char *bad;
	size_t len;

	assert_reason(pfn_wish_parse(text, strlen(text), &wish, &bad, &len), ND_REASON_OK);
	pfn_admit(&req, &wish, &room, &v);
	nearest_find(&req, &wish, &room, &v, near);
	return v;
}

TEST(admit__names_the_nearest)
{
	struct pfn_verdict v;
	struct nearest n;

	v = ask("size=100M", SZ_16M, SZ_256M, &n);
	assert_reason(v.reason, ND_REASON_ALIGN);
	assert_true(n.below == 96 * MIB && n.above == 112 * MIB);
	v = ask("size=1G", SZ_16M, SZ_256M, &n);
	assert_reason(v.reason, ND_REASON_SPACE);
	assert_true(n.below == SZ_256M && n.above == 0);
	/* 1 GiB of data between multiples of 1 GiB, beginning at 64 MiB: ends at 6 GiB */
	v = ask("size=1G align=1G map=mem", SZ_16M, 4 * GIB, &n);
	assert_reason(v.reason, ND_REASON_SIZE);
	assert_true(n.below == 0 && n.above == 0x180000000 - 0x104000000);
	assert_true(n.align == SZ_512M);
	v = ask("size=8M", SZ_2M, SZ_256M, &n);
	assert_reason(v.reason, ND_REASON_SIZE);
	assert_true(n.below == 0 && n.above == SZ_16M && n.align == 0);
	v = ask("mode=raw size=8M", SZ_2M, SZ_256M, &n);
	assert_reason(v.reason, ND_REASON_OK);
	v = ask("", SZ_16M, 0, &n);
	assert_reason(v.reason, ND_REASON_ALIGN);
	v = ask("align=4G", SZ_16M, SZ_256M, &n);
	assert_reason(v.reason, ND_REASON_ARGUMENT);
	v = ask("align=1K", SZ_16M, SZ_256M, &n);
	assert_reason(v.reason, ND_REASON_ARGUMENT);
	v = ask("size=0xffffffffffffffff", SZ_16M, SZ_256M, &n);
	assert_reason(v.reason, ND_REASON_SPACE);
	assert_true(n.below == SZ_256M && n.above == 0);
}

TEST(parse__takes_the_grammar)
{
	struct pfn_wish wish;
	const char *bad, *text = " mode=devdax\tmap=mem align=0x40000000\n size=3g\n";
	size_t len;

	assert_reason(pfn_wish_parse("", 0, &wish, &bad, &len), ND_REASON_OK);
	assert_true(wish.mode == PFN_WISH_FSDAX && wish.map == ND_PFN_MODE_PMEM);
	assert_true(wish.align == SZ_2M && wish.size == 0);
	assert_reason(pfn_wish_parse(text, strlen(text) + 1, &wish, &bad, &len), ND_REASON_OK);
	assert_true(wish.mode == PFN_WISH_DEVDAX && wish.map == ND_PFN_MODE_RAM);
	assert_true(wish.align == SZ_1G && wish.size == 3 * GIB);
	/* not a byte behind what was given */
	assert_reason(pfn_wish_parse("size=16Mxx", 8, &wish, &bad, &len), ND_REASON_OK);
	assert_true(wish.size == SZ_16M);
}

TEST(parse__names_the_bad_word)
{
	static const char * const words[] = {
		"mode", "mode=", "mode=sector", "mode=fsdaxx", "map=ram", "align=3M", "align=0",
		"size=", "size=0", "size=K", "size=0x", "size=1MB", "size=-1", "size=1 M",
		"size=18446744073709551616", "size=16777216T", "colour=red", "=", "size==1",
		"size=0x1ffffffffffffffff", "size=12P", "size=0x12g4",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const char *bad, *want = words[i];
		struct pfn_wish wish;
		char text[64];
		size_t len;

		if (!strcmp(want, "size=1 M"))
			want = "M";
		snprintf(text, sizeof(text), "map=mem %s", words[i]);
		if (!strncmp(words[i], "map", 3))
			snprintf(text, sizeof(text), "%s", words[i]);
		assert_reason(pfn_wish_parse(text, strlen(text), &wish, &bad, &len),
			      ND_REASON_ARGUMENT);
		assert_true(len == strlen(want) && !memcmp(bad, want, len));
	}
}

TEST(parse__takes_each_word_once)
{
	struct pfn_wish wish;
	const char *bad;
	size_t len;

	assert_reason(pfn_wish_parse("size=1G size=1G", 15, &wish, &bad, &len), ND_REASON_ARGUMENT);
	assert_int_equal(len, 7);
}
