// SPDX-License-Identifier: GPL-2.0
/* The info-block doctor: verdicts, readers, and a power cut at every store of a scrub. */
/* objects: tools/ndstack/infoblock.c drivers/nvdimm/layout/info_block.c */
/* objects: drivers/nvdimm/label/codec.c */
#include "nd_test.h"
#include "infoblock.h"

#define WORDS	(ND_INFO_SIZE / 8)

static u8 head[INFOBLOCK_HEAD];
static struct infoblock_report report;
static struct infoblock_plan plan;

static struct nd_media_pfn *block(void)
{
	return (struct nd_media_pfn *)(head + ND_INFO_OFFSET);
}

/* A valid block of minor version @minor, data at @dataoff, and what lies around it. */
static void make(u16 minor, u64 dataoff)
{
	struct pfn_info info = {
		.uuid = {{ 1, 2, 3 }},
		.dataoff = dataoff,
		.npfns = 1000,
		.mode = ND_PFN_MODE_RAM,
		.align = minor >= 2 ? SZ_4K : 0,
		.page_size = minor >= 4 ? SZ_4K : 0,
		.page_struct_size = minor >= 4 ? 64 : 0,
	};

	memset(head, 0, sizeof(head));
	if (dataoff >= INFOBLOCK_HEAD)
		memset(head + ND_INFO_RESERVE, 0x5a, ND_INFO_SIZE);
	pfn_info_encode(&info, block());
	block()->version_minor = cpu_to_le16(minor);
	pfn_info_seal(block());
}

static void soil(u32 first, u32 last)
{
	memset((u8 *)block() + first, 0xa5, last - first + 1);
	pfn_info_seal(block());
}

static enum infoblock_state examine(void)
{
	infoblock_examine(head, &report);
	return report.state;
}

static void write_words(const struct infoblock_step *step, const u8 *which)
{
	for (int w = 0; w < WORDS; w++)
		if (which[w])
			memcpy(head + step->offset + 8 * w, step->data + 8 * w, 8);
}

static void write_step(const struct infoblock_step *step)
{
	memcpy(head + step->offset, step->data, sizeof(step->data));
}

/* Run plans until there is nothing to do. */
static void finish(void)
{
	for (int turn = 0; turn < 3; turn++) {
		examine();
		assert_reason(infoblock_plan_scrub(head, &report, &plan), ND_REASON_OK);
		if (!plan.nr)
			return;
		for (unsigned int i = 0; i < plan.nr; i++)
			write_step(&plan.steps[i]);
	}
	fail_msg("the plans do not end");
}

TEST(infoblock__set_bytes_are_found_by_version)
{
	static const struct {
		u16 minor;
		u32 first, last;
		bool dirty;
	} cases[] = {
		{ 0, 76, 83, true }, { 1, 76, 83, false }, { 1, 84, 87, true },
		{ 2, 88, 93, true }, { 2, 48, 51, true },
		{ 3, 88, 93, true }, { 4, 94, 94, true }, { 4, 4087, 4087, true },
	};

	for (int i = 0; i < ARRAY_SIZE(cases); i++) {
		make(cases[i].minor, SZ_2M);
		assert_int_equal(examine(), INFOBLOCK_CLEAN);
		soil(cases[i].first, cases[i].last);
		assert_int_equal(examine(), cases[i].dirty ? INFOBLOCK_DIRTY : INFOBLOCK_CLEAN);
		if (!cases[i].dirty)
			continue;
		assert_int_equal(report.nr_runs, 1);
		assert_int_equal(report.runs[0].first, cases[i].first);
		assert_int_equal(report.runs[0].last, cases[i].last);
		assert_int_equal(report.dirty_bytes, cases[i].last - cases[i].first + 1);
	}
}

TEST(infoblock__more_runs_than_it_lists_are_still_counted)
{
	make(3, SZ_2M);
	for (u32 at = 100; at < 100 + 4 * INFOBLOCK_RUNS + 8; at += 4)
		soil(at, at);
	assert_int_equal(examine(), INFOBLOCK_DIRTY);
	assert_int_equal(report.nr_runs, INFOBLOCK_RUNS);
	assert_int_equal(report.dirty_bytes, INFOBLOCK_RUNS + 2);
	assert_int_equal(report.runs[INFOBLOCK_RUNS - 1].last, 100 + 4 * (INFOBLOCK_RUNS - 1));
}

TEST(infoblock__readers_are_told_apart)
{
	make(1, SZ_2M);
	block()->start_pad = cpu_to_le32(SZ_64M);
	pfn_info_seal(block());
	examine();
	assert_int_equal(infoblock_reader(&report, 0), INFOBLOCK_READER_ASTRAY);
	assert_int_equal(infoblock_reader(&report, 1), INFOBLOCK_READER_FULL);

	make(3, SZ_2M);
	soil(88, 91);
	examine();
	assert_int_equal(infoblock_reader(&report, 3), INFOBLOCK_READER_FULL);
	/* readers of 1.4 go by the version and look there for nothing in a block of 1.3 … */
	assert_int_equal(infoblock_reader(&report, 4), INFOBLOCK_READER_TRUSTS);

	make(2, SZ_2M);
	soil(88, 4087);
	examine();
	for (int minor = 0; minor <= 4; minor++)
		assert_int_equal(infoblock_reader(&report, minor), INFOBLOCK_READER_FULL);

	block()->mode ^= cpu_to_le32(4);
	examine();
	assert_int_equal(infoblock_reader(&report, 4), INFOBLOCK_READER_REFUSES);
}

TEST(infoblock__damage_is_left_alone)
{
	make(2, SZ_2M);
	((u8 *)block())[4000] ^= 1;
	assert_int_equal(examine(), INFOBLOCK_DAMAGED);
	assert_reason(infoblock_plan_scrub(head, &report, &plan), ND_REASON_CHECKSUM);
	assert_int_equal(plan.nr, 0);

	/* a whole block of another namespace in the spare does not heal it */
	memcpy(head + ND_INFO_RESERVE, block(), ND_INFO_SIZE);
	head[ND_INFO_RESERVE + 20] ^= 1;
	pfn_info_seal((struct nd_media_pfn *)(head + ND_INFO_RESERVE));
	assert_int_equal(examine(), INFOBLOCK_DAMAGED);

	memset(head, 0, sizeof(head));
	assert_int_equal(examine(), INFOBLOCK_NONE);
	assert_reason(infoblock_plan_scrub(head, &report, &plan), ND_REASON_SIGNATURE);
}

TEST(infoblock__a_later_format_is_left_alone)
{
	make(4, SZ_2M);
	block()->version_minor = cpu_to_le16(5);
	soil(94, 101);
	assert_int_equal(examine(), INFOBLOCK_FOREIGN);
	assert_reason(infoblock_plan_scrub(head, &report, &plan), ND_REASON_VERSION);

	make(4, SZ_2M);
	block()->flags = cpu_to_le32(1);
	pfn_info_seal(block());
	assert_int_equal(examine(), INFOBLOCK_FOREIGN);
	assert_reason(infoblock_plan_scrub(head, &report, &plan), ND_REASON_RESERVED);
	assert_int_equal(plan.nr, 0);
}

TEST(infoblock__no_spare_bytes_no_scrub)
{
	make(2, ND_INFO_RESERVE);
	soil(100, 200);
	head[511] = 0xaa;
	assert_int_equal(examine(), INFOBLOCK_DIRTY);
	assert_int_equal(report.spare, -1);
	assert_reason(infoblock_plan_scrub(head, &report, &plan), ND_REASON_SPACE);
	assert_int_equal(plan.nr, 0);
}

/* Half written over it would be nothing that anybody knows. */
TEST(infoblock__what_no_rewrite_put_there_is_no_copy)
{
	struct nd_media_pfn *copy = (struct nd_media_pfn *)head;

	make(2, ND_INFO_RESERVE);
	soil(100, 200);
	memcpy(copy, block(), ND_INFO_SIZE);
	assert_int_equal(examine(), INFOBLOCK_DIRTY);
	assert_int_equal(report.spare, 0);

	head[300] = 0xaa;
	pfn_info_seal(copy);
	assert_int_equal(examine(), INFOBLOCK_DIRTY);
	assert_int_equal(report.spare, -1);
	assert_reason(infoblock_plan_scrub(head, &report, &plan), ND_REASON_SPACE);
}

TEST(infoblock__scrub_keeps_the_meaning)
{
	for (u16 minor = 0; minor <= 4; minor++) {
		struct pfn_info before, after;

		make(minor, SZ_2M);
		soil(100, 300);
		examine();
		before = report.info;
		finish();
		assert_int_equal(examine(), INFOBLOCK_CLEAN);
		after = report.info;
		assert_int_equal(report.minor, minor < 3 ? 3 : minor);
		after.minor = before.minor;
		assert_memory_equal(&before, &after, sizeof(before));
		examine();
		assert_reason(infoblock_plan_scrub(head, &report, &plan), ND_REASON_OK);
		assert_int_equal(plan.nr, 0);
	}
}

/* After a cut inside step @step, with the words @which of it on the media. */
static void check_cut(const struct infoblock_plan *first, unsigned int step, const u8 *which,
		      const u8 *before, const u8 *after)
{
	memcpy(head, before, sizeof(head));
	for (unsigned int i = 0; i < step; i++)
		write_step(&first->steps[i]);
	write_words(&first->steps[step], which);

	switch (examine()) {
	case INFOBLOCK_CLEAN:
	case INFOBLOCK_DIRTY:
	case INFOBLOCK_INTERRUPTED:
		break;
	default:
		fail_msg("step %u: state %d", step, report.state);
	}
	finish();
	assert_memory_equal(head + ND_INFO_OFFSET, after + ND_INFO_OFFSET, ND_INFO_SIZE);
	if (report.spare == 0)
		assert_null(memchr_inv(head, 0, ND_INFO_SIZE));
}

static void cut_everywhere(u64 dataoff)
{
	static u8 before[INFOBLOCK_HEAD], after[INFOBLOCK_HEAD], which[WORDS];
	static struct infoblock_plan first;

	make(2, dataoff);
	soil(90, 4087);
	memcpy(before, head, sizeof(head));
	examine();
	assert_reason(infoblock_plan_scrub(head, &report, &first), ND_REASON_OK);
	assert_int_equal(first.nr, 3);
	finish();
	memcpy(after, head, sizeof(head));

	for (unsigned int step = 0; step < first.nr; step++) {
		for (int cut = 0; cut <= WORDS; cut++) {
			for (int w = 0; w < WORDS; w++)
				which[w] = w < cut;
			check_cut(&first, step, which, before, after);
			for (int w = 0; w < WORDS; w++)
				which[w] = w >= cut;
			check_cut(&first, step, which, before, after);
		}
		for (int sample = 0; sample < 1024; sample++) {
			for (int w = 0; w < WORDS; w++)
				which[w] = random() & 1;
			check_cut(&first, step, which, before, after);
		}
	}
}

TEST(infoblock__a_cut_at_every_store_is_finished_by_the_next_scrub)
{
	srandom(7);
	cut_everywhere(SZ_2M);
	cut_everywhere(ND_INFO_RESERVE);
}
