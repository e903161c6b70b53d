// SPDX-License-Identifier: GPL-2.0
/* The stand-ins must behave like the kernel's, or every other test proves nothing. */
#include "nd_test.h"
#include <asm/byteorder.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/math64.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include <linux/uuid.h>
#include <nd/format.h>

TEST(shim__alignment)
{
	assert_int_equal(ALIGN(257, 256), 512);
	assert_int_equal(ALIGN(256, 256), 256);
	assert_int_equal(ALIGN_DOWN(511ull, 256), 256);
	assert_true(ALIGN(SZ_4G + 1, SZ_2M) == SZ_4G + SZ_2M);
	assert_int_equal(DIV_ROUND_UP(9, 8), 2);
	assert_int_equal(rounddown(100, 30), 90);
	assert_int_equal(roundup(100, 30), 120);
	assert_true(IS_ALIGNED(SZ_4G, SZ_1G));
}

TEST(shim__bits)
{
	assert_true(GENMASK_ULL(63, 0) == U64_MAX);
	assert_true(GENMASK_ULL(11, 4) == 0xff0);
	assert_int_equal(fls64(0), 0);
	assert_int_equal(fls64(U64_MAX), 64);
	assert_int_equal(ilog2(SZ_2M), 21);
	assert_true(is_power_of_2(4096));
	assert_false(is_power_of_2(0));
}

TEST(shim__strings)
{
	char buf[4];
	u8 zeros[9] = { 0 };

	assert_int_equal(strscpy(buf, "abc", sizeof(buf)), 3);
	assert_int_equal(strscpy(buf, "abcd", sizeof(buf)), -E2BIG);
	assert_string_equal(buf, "abc");
	assert_null(memchr_inv(zeros, 0, sizeof(zeros)));
	zeros[8] = 1;
	assert_ptr_equal(memchr_inv(zeros, 0, sizeof(zeros)), &zeros[8]);
}

TEST(shim__guid_is_mixed_endian_uuid_is_big_endian)
{
	static const u8 guid[] = { 0x03, 0x02, 0x01, 0x00, 0x05, 0x04, 0x07, 0x06, 8, 9, 10, 11, 12,
				   13, 14, 15 };
	static const u8 uuid[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	guid_t g = GUID_INIT(0x00010203, 0x0405, 0x0607, 8, 9, 10, 11, 12, 13, 14, 15);
	uuid_t u = UUID_INIT(0x00010203, 0x0405, 0x0607, 8, 9, 10, 11, 12, 13, 14, 15);

	assert_memory_equal(&g, guid, 16);
	assert_memory_equal(&u, uuid, 16);
	assert_true(guid_is_null(&guid_null));
	assert_false(uuid_is_null(&u));
}

TEST(shim__overflow)
{
	u64 sum;

	assert_true(check_add_overflow(U64_MAX, (u64)1, &sum));
	assert_false(check_add_overflow(U64_MAX, (u64)0, &sum));
	assert_true(struct_size((struct nd_media_index *)NULL, free, SIZE_MAX) == SIZE_MAX);
}

TEST(shim__errors)
{
	assert_true(IS_ERR(ERR_PTR(-EIO)));
	assert_int_equal(PTR_ERR(ERR_PTR(-ENXIO)), -ENXIO);
	assert_int_equal(ENOTSUPP, 524);
}

TEST(shim__byteorder)
{
	u8 b[9];

	put_unaligned_le64(0x0102030405060708ull, b + 1);
	assert_int_equal(b[1], 8);
	assert_true(get_unaligned_le64(b + 1) == 0x0102030405060708ull);
	assert_int_equal(get_unaligned_le16(b + 1), 0x0708);
}

TEST(why__every_token_is_unique_and_one_word)
{
	for (int a = 0; a < ND_REASON_COUNT; a++) {
		assert_non_null(nd_reason_token(a));
		assert_null(strpbrk(nd_reason_token(a), " \t\n:"));
		for (int b = 0; b < a; b++)
			assert_string_not_equal(nd_reason_token(a), nd_reason_token(b));
	}
	assert_string_equal(nd_reason_token(ND_REASON_COUNT), "unknown");
}
