// SPDX-License-Identifier: GPL-2.0
/* Poison where an info-block would be: which namespaces are expected to have one. */
/* objects: drivers/nvdimm/layout/info_block.c drivers/nvdimm/label/codec.c */
#include "nd_test.h"
#include <nd/format.h>
#include "layout/info_block.h"

static const u8 btt[ND_SIG_LEN] = ND_BTT_SIG, pfn[ND_SIG_LEN] = ND_PFN_SIG;
static const u8 dax[ND_SIG_LEN] = ND_DAX_SIG, zeros[ND_SIG_LEN];
static const u8 text[ND_SIG_LEN] = { 'X', 'F', 'S', 'B' };

TEST(hidden__class_of_a_label_is_believed)
{
	assert_int_equal(nd_hidden_judge(NULL, true, false), ND_HIDDEN_EXPECTED);
	assert_int_equal(nd_hidden_judge(zeros, true, false), ND_HIDDEN_EXPECTED);
	assert_int_equal(nd_hidden_judge(btt, true, false), ND_HIDDEN_EXPECTED);
}

TEST(hidden__signature_decides_without_a_class)
{
	for (int old = 0; old < 2; old++) {
		assert_int_equal(nd_hidden_judge(btt, false, old), ND_HIDDEN_EXPECTED);
		assert_int_equal(nd_hidden_judge(pfn, false, old), ND_HIDDEN_EXPECTED);
		assert_int_equal(nd_hidden_judge(dax, false, old), ND_HIDDEN_EXPECTED);
		assert_int_equal(nd_hidden_judge(zeros, false, old), ND_HIDDEN_NONE);
		assert_int_equal(nd_hidden_judge(text, false, old), ND_HIDDEN_NONE);
	}
}

TEST(hidden__without_signature_old_labels_may_have_any_kind)
{
	assert_int_equal(nd_hidden_judge(NULL, false, true), ND_HIDDEN_EXPECTED);
	assert_int_equal(nd_hidden_judge(NULL, false, false), ND_HIDDEN_UNLIKELY);
}

TEST(hidden__half_a_signature_is_one)
{
	const u8 *const kinds[] = { btt, pfn, dax };
	u8 found[ND_SIG_LEN];

	for (u32 kind = 0; kind < ARRAY_SIZE(kinds); kind++)
	for (u32 bad = 0; bad <= ND_SIG_LEN; bad++) {
		memcpy(found, kinds[kind], sizeof(found));
		memset(found, 0xee, bad);
		assert_int_equal(nd_signature_alike(found), bad <= ND_SIG_LEN / 2);
	}
}
