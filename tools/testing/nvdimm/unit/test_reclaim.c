// SPDX-License-Identifier: GPL-2.0
/* Padding of old kernels given back: what may be, and power cuts meanwhile. Requirements X4. */
/* objects: tools/ndstack/reclaim.c tools/ndstack/infoblock.c drivers/nvdimm/layout/info_block.c */
/* objects: drivers/nvdimm/layout/layout.c drivers/nvdimm/layout/neighbours.c */
/* objects: drivers/nvdimm/label/codec.c */
#include "nd_test.h"
#include "infoblock.h"
#include "reclaim.h"

#define BASE	0x128000000ull	/* of a section */
#define MIB(n)	((u64)(n) << 20)
#define RAM	ND_PFN_MODE_RAM
#define PMEM	ND_PFN_MODE_PMEM

static struct reclaim r;

/* In MiB, but for dataoff in KiB. A neighbour of no size: none. */
static const struct row {
	const char *title;
	u64 phase, size;
	u32 mode, head, tail, dataoff;
	u64 unit;
	enum pfn_neighbour_kind near;
	u64 near_at, near_size;
	enum reclaim_verdict verdict;
	u32 head_then, tail_then;
	u32 align;
} rows[] = {
	{ "a tail with struct pages in DRAM is all given back", 0, 192, RAM, 0, 64, 2048,
	  .unit = 2, .verdict = RECLAIM_GAIN },
	{ "a tail whose struct pages fit the reserve, too", 0, 192, PMEM, 0, 64, 4096,
	  .unit = 2, .verdict = RECLAIM_GAIN },
	{ "padding before the data stays where it is not needed", 64, 256, PMEM, 64, 64, 4096,
	  .unit = 2, .verdict = RECLAIM_GAIN, .head_then = 64 },
	{ "a tail whose struct pages find no room stays", 0, 256, PMEM, 0, 2, 4096,
	  .unit = 2, .verdict = RECLAIM_ROOM },
	{ "a tail whose last struct pages do not fit is given back in part", 0, 2048, PMEM, 0, 128,
	  32768, .unit = 2, .verdict = RECLAIM_GAIN, .tail_then = 2 },
	{ "with padding before the data there is room for them", 64, 2112, PMEM, 64, 128,
	  32768, .unit = 2, .verdict = RECLAIM_GAIN, .head_then = 62 },
	{ "without a tail there is nothing", 0, 192, RAM, 0, 0, 2048, .unit = 2,
	  .verdict = RECLAIM_NONE },
	{ "a head alone stays", 64, 192, RAM, 64, 0, 2048, .unit = 2, .verdict = RECLAIM_HEAD },
	{ "what RAM behind it shares by sections stays", 0, 192, RAM, 0, 64, 2048, .unit = 128,
	  .near = PFN_NEIGHBOUR_RAM, .near_at = 192, .near_size = 64, .verdict = RECLAIM_CONFLICT },
	{ "also with a region that may have struct pages some day", 0, 192, RAM, 0, 64, 2048,
	  .unit = 128, .near = PFN_NEIGHBOUR_REGION, .near_at = 192, .near_size = 64,
	  .verdict = RECLAIM_CONFLICT },
	{ "by sub-sections neither matters", 0, 192, RAM, 0, 64, 2048, .unit = 2,
	  .near = PFN_NEIGHBOUR_RAM, .near_at = 192, .near_size = 64, .verdict = RECLAIM_GAIN },
	{ "the unit that is shared by sub-sections stays", 0, 191, RAM, 0, 63, 2048, .unit = 2,
	  .near = PFN_NEIGHBOUR_RAM, .near_at = 191, .near_size = 1, .verdict = RECLAIM_GAIN,
	  .tail_then = 1 },
	{ "pages of the data do not become smaller", 0, 1920, RAM, 0, 512,
	  384 * 1024, .unit = 2, .verdict = RECLAIM_ALIGN, .align = SZ_1G },
	/* by sections that it fills, as here, all of it would find some */
	{ "a kernel that makes struct pages for each page finds room, too", 64, 256, PMEM, 0, 64,
	  4096, .unit = 2, .verdict = RECLAIM_GAIN, .tail_then = 2 },
};

static struct pfn_request request(const struct row *row, struct pfn_neighbour *near)
{
	*near = (struct pfn_neighbour) {
		.kind = row->near, .start = BASE + MIB(row->phase + row->near_at),
		.size = MIB(row->near_size), .name = "somebody",
	};
	return (struct pfn_request) {
		.start = BASE + MIB(row->phase), .size = MIB(row->size), .page_size = SZ_4K,
		.page_struct_size = 64, .granule = SZ_2M, .unit = MIB(row->unit),
		.rounds_out = row->unit == 128, .section = SZ_128M, .block = SZ_2M,
		.neighbours = { .entry = near, .nr = !!row->near_size },
	};
}

static struct pfn_info block_of(const struct row *row)
{
	return (struct pfn_info) {
		.uuid = {{ 1, 2, 3 }}, .minor = 3, .mode = row->mode, .start_pad = MIB(row->head),
		.end_trunc = MIB(row->tail), .dataoff = (u64)row->dataoff << 10,
		.npfns = (MIB(row->size - row->head - row->tail) -
			  ((u64)row->dataoff << 10)) / SZ_4K,
		.align = row->align, .page_struct_size = 64,
	};
}

TEST_EACH(reclaim__gives_what_moves_nothing, rows)
{
	struct pfn_neighbour near;
	struct pfn_request req = request(row, &near);
	struct pfn_info info = block_of(row);

	reclaim_judge(&req, &info, &r);
	assert_reason(r.reason, ND_REASON_OK);
	assert_int_equal(r.verdict, row->verdict);
	if (row->verdict == RECLAIM_CONFLICT)
		assert_ptr_equal(r.near, &near);
	if (row->verdict != RECLAIM_GAIN)
		return;
	assert_int_equal(r.info.start_pad, MIB(row->head_then));
	assert_int_equal(r.info.end_trunc, MIB(row->tail_then));
	assert_int_equal(r.info.start_pad + r.info.dataoff, info.start_pad + info.dataoff);
	assert_int_equal(r.after.usable - r.before.usable, MIB(row->tail - row->tail_then));
	assert_int_equal(r.after.data_start, r.before.data_start);
	assert_int_equal(r.after.mode, row->mode);
	/* and that was all */
	info = r.info;
	reclaim_judge(&req, &info, &r);
	assert_int_not_equal(r.verdict, RECLAIM_GAIN);
}

/* The media of a 4.19 kernel, where that had them, beside RAM as it was. */
static const struct golden {
	const char *title, *image;
	u64 base, size, gain;
	u32 head;
} golden[] = {
	{ "tail", "4.19.108-fsdax-dev-tail", 0x128000000, 0xc000000, SZ_64M },
	{ "both", "4.19.108-fsdax-dev-both", 0x124000000, 0x10000000, SZ_64M, SZ_64M },
	{ "both, mem", "4.19.108-devdax-mem-both", 0x124000000, 0x10000000, SZ_64M,
	  SZ_64M },
	{ "head", "4.19.108-fsdax-dev-head", 0x124000000, 0xc000000, 0 },
	{ "none", "4.19.108-fsdax-dev-none", 0x128000000, 0x10000000, 0 },
};

TEST_EACH(reclaim__of_media_of_an_old_kernel, golden)
{
	static u8 head[INFOBLOCK_HEAD];
	static struct infoblock_report report;
	struct pfn_neighbour ram[2] = {
		{ PFN_NEIGHBOUR_RAM, 0x100000000, row->base - 0x100000000, "System RAM" },
		{ PFN_NEIGHBOUR_RAM, row->base + row->size, SZ_1G, "System RAM" },
	};
	struct pfn_request req = {
		.start = row->base, .size = row->size, .page_size = SZ_4K, .page_struct_size = 64,
		.granule = SZ_2M, .unit = SZ_2M, .section = SZ_128M, .block = SZ_2M,
		.neighbours = { .entry = ram, .nr = 2 },
	};

	char path[96];

	snprintf(path, sizeof(path), "fuzz/corpus/fuzz_pfn_info/%s", row->image);
	memset(head, 0, sizeof(head));
	assert_int_equal(nd_golden(path, head + ND_INFO_OFFSET, ND_INFO_SIZE), ND_INFO_SIZE);
	infoblock_examine(head, &report);
	assert_reason(report.reason, ND_REASON_OK);
	reclaim_judge(&req, &report.info, &r);
	assert_int_equal(r.verdict, row->gain ? RECLAIM_GAIN :
			 report.info.start_pad ? RECLAIM_HEAD : RECLAIM_NONE);
	if (!row->gain)
		return;
	assert_int_equal(r.after.usable - r.before.usable, row->gain);
	assert_int_equal(r.info.start_pad, row->head);
	/* by whole sections, as that kernel did: nothing */
	req.unit = SZ_128M;
	req.rounds_out = true;
	reclaim_judge(&req, &report.info, &r);
	assert_int_equal(r.verdict, RECLAIM_CONFLICT);
	assert_string_equal(r.near->name, "System RAM");
}

TEST(reclaim__where_it_is_not_served_in_full_nothing_is_touched)
{
	struct pfn_neighbour near;
	struct pfn_request req = request(&rows[0], &near);
	struct pfn_info info = block_of(&rows[0]);

	req.start += SZ_1M;
	reclaim_judge(&req, &info, &r);
	assert_int_equal(r.verdict, RECLAIM_UNSERVED);
	assert_reason(r.reason, ND_REASON_ALIGN);

	/* smaller than when it was made */
	req.start -= SZ_1M;
	req.size -= SZ_32M;
	reclaim_judge(&req, &info, &r);
	assert_int_equal(r.verdict, RECLAIM_UNSERVED);
	assert_reason(r.reason, ND_REASON_BOUNDS);
}

/* Struct pages in DRAM, for the room before the data is short; the head has enough. */
TEST(reclaim__struct_pages_come_back_to_media)
{
	struct pfn_neighbour near;
	struct pfn_request req = request(&rows[7], &near);
	struct pfn_info info = block_of(&rows[7]);

	info.mode = PMEM;
	reclaim_judge(&req, &info, &r);
	assert_int_equal(r.before.mode, RAM);
	assert_int_equal(r.verdict, RECLAIM_GAIN);
	assert_int_equal(r.after.mode, PMEM);
	assert_int_equal(r.after.usable, r.before.usable);
	assert_true(r.after.memmap_dram < r.before.memmap_dram);
}

/* ---- power cuts ---- */

static u8 head[INFOBLOCK_HEAD];
static struct infoblock_report report;

static struct nd_media_pfn *block(void)
{
	return (struct nd_media_pfn *)(head + ND_INFO_OFFSET);
}

static void finish(void)
{
	static struct infoblock_plan plan;

	for (int turn = 0; turn < 3; turn++) {
		infoblock_examine(head, &report);
		assert_reason(infoblock_plan_scrub(head, &report, &plan), ND_REASON_OK);
		if (!plan.nr)
			return;
		for (unsigned int i = 0; i < plan.nr; i++)
			memcpy(head + plan.steps[i].offset, plan.steps[i].data, ND_INFO_SIZE);
	}
	fail_msg("the plans do not end");
}

/* With the words of @step that @arrived says; it is what it was, or what it was to be. */
static void check_cut(const struct infoblock_plan *plan, unsigned int step, const u8 *before,
		      const struct pfn_info *old, const struct pfn_info *new, const u8 *arrived)
{
	memcpy(head, before, sizeof(head));
	for (unsigned int i = 0; i < step; i++)
		memcpy(head + plan->steps[i].offset, plan->steps[i].data, ND_INFO_SIZE);
	for (u32 w = 0; w < ND_INFO_SIZE / 8; w++)
		if (arrived[w])
			memcpy(head + plan->steps[step].offset + 8 * w,
			       plan->steps[step].data + 8 * w, 8);
	finish();
	assert_int_equal(report.state, INFOBLOCK_CLEAN);
	assert_int_equal(report.info.start_pad + report.info.dataoff,
			 old->start_pad + old->dataoff);
	if (report.info.end_trunc == old->end_trunc) {
		assert_int_equal(report.info.npfns, old->npfns);
		assert_int_equal(report.info.dataoff, old->dataoff);
		assert_true(step < 2);
	} else {
		assert_int_equal(report.info.end_trunc, new->end_trunc);
		assert_int_equal(report.info.npfns, new->npfns);
		assert_int_equal(report.info.dataoff, new->dataoff);
		assert_true(step > 0);
	}
	/* so that the next one has room for its copy */
	assert_int_not_equal(report.spare, -1);
}

static void cut_everywhere(const struct row *row, u16 minor)
{
	static u8 before[INFOBLOCK_HEAD], arrived[ND_INFO_SIZE / 8];
	static struct infoblock_plan plan;
	struct pfn_neighbour near;
	struct pfn_request req = request(row, &near);
	struct pfn_info old = block_of(row);

	memset(head, 0, sizeof(head));
	pfn_info_encode(&old, block());
	block()->version_minor = cpu_to_le16(minor);
	block()->page_size = 0;
	block()->page_struct_size = 0;
	if (minor < 3)
		memset(block()->padding, 0xa5, sizeof(block()->padding));
	pfn_info_seal(block());
	infoblock_examine(head, &report);
	old = report.info;
	reclaim_judge(&req, &old, &r);
	assert_int_equal(r.verdict, RECLAIM_GAIN);
	assert_reason(infoblock_plan_reclaim(head, &report, &r.info, &plan), ND_REASON_OK);
	assert_int_equal(plan.nr, 3);
	memcpy(before, head, sizeof(head));
	for (unsigned int step = 0; step < plan.nr; step++) {
		for (u32 cut = 0; cut <= ARRAY_SIZE(arrived); cut++) {
			for (u32 w = 0; w < ARRAY_SIZE(arrived); w++)
				arrived[w] = w < cut;
			check_cut(&plan, step, before, &old, &r.info, arrived);
		}
		for (u32 sample = 0; sample < 512; sample++) {
			for (u32 w = 0; w < ARRAY_SIZE(arrived); w++)
				arrived[w] = random() & 1;
			check_cut(&plan, step, before, &old, &r.info, arrived);
		}
	}
}

TEST(reclaim__a_cut_at_every_store_leaves_old_or_new)
{
	struct row small = rows[0];

	srandom(7);
	cut_everywhere(&rows[0], 3);
	cut_everywhere(&rows[5], 3);
	cut_everywhere(&rows[5], 2);
	/* data at once behind the block: the copy goes before it */
	small.dataoff = ND_INFO_RESERVE / 1024;
	cut_everywhere(&small, 3);
	cut_everywhere(&small, 2);
}
