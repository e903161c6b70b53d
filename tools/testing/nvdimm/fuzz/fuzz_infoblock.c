// SPDX-License-Identifier: GPL-2.0
/*
 * Any first bytes of a namespace, anywhere, beside anybody: what "ndstack check" would write, cut
 * anywhere. Requirements X4.
 */
/* objects: tools/ndstack/infoblock.c tools/ndstack/reclaim.c drivers/nvdimm/layout/info_block.c */
/* objects: drivers/nvdimm/layout/layout.c drivers/nvdimm/layout/neighbours.c */
/* objects: drivers/nvdimm/label/codec.c */
/* max_len: 256 */
#include "nd_fuzz.h"
#include "infoblock.h"
#include "reclaim.h"

static u8 head[INFOBLOCK_HEAD];
static struct infoblock_report report;

static struct nd_media_pfn *block(void)
{
	return (struct nd_media_pfn *)(head + ND_INFO_OFFSET);
}

static u64 mib(struct fuzz_in *in)
{
	return (u64)fuzz_u8(in) << 20;
}

/* Fields that make sense more often than not, then any bytes changed, sealed or not. */
static void make(struct fuzz_in *in, u8 how)
{
	struct pfn_info info = {
		.uuid = {{ how }}, .dax = how & 1, .mode = 1 + (how >> 1 & 1),
		.start_pad = mib(in), .end_trunc = mib(in),
		.dataoff = (u64)fuzz_u8(in) * SZ_512K + (how & 4 ? ND_INFO_RESERVE : 0),
		.npfns = fuzz_u8(in), .align = SZ_4K << (fuzz_u8(in) % 3) * 9,
		.page_size = SZ_4K, .page_struct_size = 64,
	};
	u8 patches = fuzz_u8(in) % 8;

	memset(head, 0, sizeof(head));
	pfn_info_encode(&info, block());
	block()->version_minor = cpu_to_le16(fuzz_u8(in) % 6);
	pfn_info_seal(block());
	if (how & 8)
		memcpy(head + (how & 16 ? ND_INFO_RESERVE : 0), block(), ND_INFO_SIZE);
	while (patches--)
		head[fuzz_u32(in) % sizeof(head)] ^= fuzz_u8(in) ?: 1;
	if (how & 32)
		pfn_info_seal(block());
}

static void write_step(const struct infoblock_step *step)
{
	fuzz_assert(step->offset + sizeof(step->data) <= sizeof(head));
	memcpy(head + step->offset, step->data, sizeof(step->data));
}

/* To the end, in a bounded number of turns. */
static void finish(void)
{
	static struct infoblock_plan plan;

	for (int turn = 0; turn < 4; turn++) {
		infoblock_examine(head, &report);
		if (infoblock_plan_scrub(head, &report, &plan) || !plan.nr)
			return;
		for (unsigned int i = 0; i < plan.nr; i++)
			write_step(&plan.steps[i]);
	}
	fuzz_assert(false);
}

/* Some words of one step have arrived. */
static void cut(struct fuzz_in *in, const struct infoblock_plan *plan)
{
	unsigned int last = fuzz_u8(in) % plan->nr;
	u64 which = fuzz_u64(in);

	for (unsigned int i = 0; i < last; i++)
		write_step(&plan->steps[i]);
	for (u32 w = 0; w < ND_INFO_SIZE / 8; w++)
		if (which >> (w % 61) & 1)
			memcpy(head + plan->steps[last].offset + 8 * w,
			       plan->steps[last].data + 8 * w, 8);
}

static struct pfn_request any_place(struct fuzz_in *in, struct pfn_neighbour near[3])
{
	u8 how = fuzz_u8(in);
	struct pfn_request req = {
		.start = (1ull << 32) + mib(in), .size = mib(in) + (u64)fuzz_u8(in) * SZ_4K,
		.page_size = SZ_4K, .page_struct_size = how & 1 ? 64 : 128, .granule = SZ_2M,
		.unit = how & 2 ? SZ_128M : SZ_2M, .rounds_out = how & 2, .section = SZ_128M,
		.block = SZ_2M, .neighbours = { .entry = near, .nr = how >> 2 & 3 },
	};

	for (u32 i = 0; i < req.neighbours.nr; i++) {
		u64 away = mib(in), size = mib(in) + SZ_1M;

		near[i] = (struct pfn_neighbour) {
			.kind = i, .size = size,
			.start = how >> (4 + i) & 1 ? req.start + req.size + away :
				 req.start - away - size,
		};
	}
	return req;
}

static void check_gain(const struct pfn_request *req, const struct reclaim *r,
		       const struct pfn_info *was)
{
	const struct pfn_info *is = &r->info;
	u64 start = req->start + is->start_pad, end = req->start + req->size - is->end_trunc;
	u64 old_end = req->start + req->size - was->end_trunc;

	fuzz_assert(is->start_pad + is->dataoff == was->start_pad + was->dataoff);
	fuzz_assert(is->end_trunc <= was->end_trunc && is->start_pad <= was->start_pad);
	fuzz_assert(is->end_trunc < was->end_trunc || is->start_pad < was->start_pad);
	fuzz_assert(IS_ALIGNED(start | end, req->granule));
	fuzz_assert(is->npfns * SZ_4K == end - start - is->dataoff);
	fuzz_assert(is->mode == was->mode && is->align == was->align);
	/* nobody who may ever have struct pages loses a unit */
	if (end > old_end)
		fuzz_assert(!pfn_neighbour_find(&req->neighbours, req->start + req->size,
						ALIGN(end, req->unit), false));
	if (is->mode == ND_PFN_MODE_PMEM)
		fuzz_assert(is->dataoff >= ND_INFO_RESERVE +
			    (end - start) / SZ_4K * req->page_struct_size);
}

void fuzz_one(struct fuzz_in *in)
{
	static struct infoblock_plan plan;
	struct pfn_neighbour near[3];
	u8 how = fuzz_u8(in);
	struct pfn_request req = any_place(in, near);
	struct pfn_info old;
	struct reclaim r;

	make(in, how);
	infoblock_examine(head, &report);
	old = report.info;
	if (report.state == INFOBLOCK_CLEAN || report.state == INFOBLOCK_DIRTY) {
		reclaim_judge(&req, &old, &r);
		if (r.verdict == RECLAIM_GAIN) {
			check_gain(&req, &r, &old);
			if (infoblock_plan_reclaim(head, &report, &r.info, &plan))
				return;
			cut(in, &plan);
			finish();
			fuzz_assert(report.state == INFOBLOCK_CLEAN);
			fuzz_assert(report.info.start_pad + report.info.dataoff ==
				    old.start_pad + old.dataoff);
			fuzz_assert(report.info.end_trunc == old.end_trunc ||
				    report.info.end_trunc == r.info.end_trunc);
			return;
		}
	}
	if (!infoblock_plan_scrub(head, &report, &plan) && plan.nr) {
		bool served = report.reason == ND_REASON_OK;

		cut(in, &plan);
		finish();
		/* a copy of a later format was put back */
		fuzz_assert(report.state == INFOBLOCK_CLEAN || (report.state == INFOBLOCK_FOREIGN &&
								!served));
		fuzz_assert(!served || (report.info.end_trunc == old.end_trunc &&
					report.info.dataoff == old.dataoff));
	}
}

void fuzz_seeds(void)
{
	u8 seed[48] = { 0, 1, 0, 192, 0, 0, 64, 4 };

	fuzz_seed("tail", seed, sizeof(seed));
	seed[0] = 2;
	seed[5] = 64;
	seed[2] = 64;
	fuzz_seed("both", seed, sizeof(seed));
	seed[0] = 2 | 8 | 16 | 32;
	fuzz_seed("copy", seed, sizeof(seed));
}
