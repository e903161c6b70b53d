// SPDX-License-Identifier: GPL-2.0
/* The doctor's forecast for another address: requirements A19, X1, X4. */
/* objects: tools/ndstack/base.c drivers/nvdimm/layout/layout.c */
/* objects: drivers/nvdimm/layout/neighbours.c drivers/nvdimm/layout/info_block.c */
/* objects: drivers/nvdimm/label/codec.c */
#include "nd_test.h"
#include "base.h"

/* 2 GiB, made at a multiple of 1 GiB with 1 GiB of data. */
static const struct pfn_info gib = {
	.dataoff = SZ_1G, .npfns = SZ_1G / SZ_4K, .mode = ND_PFN_MODE_RAM, .align = SZ_1G,
	.page_size = SZ_4K, .page_struct_size = 64,
};

TEST(base__pages_shrink_the_data_stay)
{
	static const struct {
		u64 moved;
		enum base_service fsdax, devdax;
		u32 align;
	} cases[] = {
		{ 0, BASE_FULL, BASE_FULL, SZ_1G },
		{ SZ_1G, BASE_FULL, BASE_FULL, SZ_1G },
		{ SZ_64M, BASE_FULL, BASE_FULL, SZ_2M },
		{ SZ_2M, BASE_FULL, BASE_FULL, SZ_2M },
		{ SZ_64M + SZ_2M, BASE_FULL, BASE_FULL, SZ_2M },
		{ SZ_4K, BASE_DATA_ONLY, BASE_REFUSED, 0 },
		{ SZ_1M, BASE_DATA_ONLY, BASE_REFUSED, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pfn_info info = gib;
		struct base_verdict v;

		base_judge(&info, 4ull * SZ_1G + cases[i].moved, SZ_2G, &v);
		assert_int_equal(v.service, cases[i].fsdax);
		assert_reason(v.reason, cases[i].align ? ND_REASON_OK : ND_REASON_ALIGN);
		assert_int_equal(v.align, cases[i].align);
		assert_true(v.layout.usable == SZ_1G);
		assert_true(v.layout.usable + v.layout.memmap_dev + pfn_layout_pad(&v.layout) ==
			    SZ_2G);
		info.dax = true;
		base_judge(&info, 4ull * SZ_1G + cases[i].moved, SZ_2G, &v);
		assert_int_equal(v.service, cases[i].devdax);
		assert_int_equal(v.align, cases[i].align);
	}
}

TEST(base__pages_of_4_kib_where_the_data_begins_at_one)
{
	struct pfn_info info = gib;
	struct base_verdict v;

	info.dataoff += SZ_4K;
	base_judge(&info, 4ull * SZ_1G, SZ_2G, &v);
	assert_int_equal(v.service, BASE_FULL);
	assert_int_equal(v.align, SZ_4K);
}

TEST(base__a_memmap_for_others_is_made_in_dram)
{
	struct pfn_info info = gib;
	struct base_verdict v;

	info.mode = ND_PFN_MODE_PMEM;
	base_judge(&info, 4ull * SZ_1G, SZ_2G, &v);
	assert_true(v.layout.memmap_dev == SZ_32M && v.layout.memmap_dram == 0);
	info.page_struct_size = 56;
	base_judge(&info, 4ull * SZ_1G, SZ_2G, &v);
	assert_int_equal(v.service, BASE_FULL);
	assert_reason(v.reason, ND_REASON_PAGE_SIZE);
	assert_true(v.layout.memmap_dev == 0 && v.layout.memmap_dram == SZ_32M);
}

TEST(base__what_is_no_layout_is_refused)
{
	struct pfn_info info = gib;
	struct base_verdict v;

	base_judge(&info, 4ull * SZ_1G, SZ_1G, &v);
	assert_int_equal(v.service, BASE_REFUSED);
	assert_reason(v.reason, ND_REASON_BOUNDS);
	base_judge(&info, U64_MAX, SZ_2G, &v);
	assert_int_equal(v.service, BASE_REFUSED);
	assert_reason(v.reason, ND_REASON_ARGUMENT);
}
