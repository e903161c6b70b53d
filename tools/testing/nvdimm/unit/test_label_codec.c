// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/label/codec.c */
#include "nd_test.h"
#include <linux/unaligned.h>
#include "label/label.h"

static const struct nd_label sample = {
	.uuid = UUID_INIT(0x00112233, 0x4455, 0x6677,
			  0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff),
	.name = "logs",
	.flags = ND_LABEL_UPDATING,
	.nlabel = 6,
	.position = 5,
	.cookie = 0x0123456789abcdefull,
	.lbasize = 512,
	.dpa = SZ_4G,
	.size = SZ_2M,
	.slot = 7,
	.type = GUID_INIT(0x66f0d379, 0xb4f3, 0x4074,
			  0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb),
	.abstraction = GUID_INIT(0x18633bfc, 0x1735, 0x4217,
				 0x8a, 0xc9, 0x17, 0x23, 0x92, 0x82, 0xd3, 0xf8),
};

/* A slot, aligned as in an area. */
union slot {
	u64 align;
	u8 b[ND_LABEL_V1_2_SIZE];
	struct nd_media_label m;
};

TEST(fletcher64__known_values)
{
	static const u32 words[] = { 1, 2, 3, 0xffffffff };
	u8 buf[sizeof(words)];

	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++)
		put_unaligned_le32(words[i], buf + 4 * i);
	/* low: 1 3 6 5; high: 1 4 10 15 */
	assert_true(label_fletcher64(buf, sizeof(buf)) == ((15ull << 32) | 5));
	assert_true(label_fletcher64(buf, 4) == ((1ull << 32) | 1));
	assert_true(label_fletcher64(buf, 0) == 0);
}

TEST(label_encode__places_each_field)
{
	union slot s;

	memset(&s, 0xff, sizeof(s));
	label_encode(&sample, ND_LABEL_V1_2_SIZE, &s);
	assert_memory_equal(s.b, "\x00\x11\x22\x33\x44\x55\x66\x77", 8);
	assert_memory_equal(s.b + 16, "logs\0\0\0", 8);
	assert_int_equal(get_unaligned_le32(s.b + 80), ND_LABEL_UPDATING);
	assert_int_equal(get_unaligned_le16(s.b + 84), 6);
	assert_int_equal(get_unaligned_le16(s.b + 86), 5);
	assert_true(get_unaligned_le64(s.b + 88) == sample.cookie);
	assert_true(get_unaligned_le64(s.b + 96) == 512);
	assert_true(get_unaligned_le64(s.b + 104) == SZ_4G);
	assert_true(get_unaligned_le64(s.b + 112) == SZ_2M);
	assert_int_equal(get_unaligned_le32(s.b + 120), 7);
	assert_null(memchr_inv(s.b + 124, 0, 4));
	assert_memory_equal(s.b + 128, &sample.type, 16);
	assert_memory_equal(s.b + 144, &sample.abstraction, 16);
	assert_null(memchr_inv(s.b + 160, 0, 88));
	s.m.checksum = 0;
	label_encode(&sample, ND_LABEL_V1_2_SIZE, &s);
	{
		union slot zeroed = s;

		zeroed.m.checksum = 0;
		assert_true(get_unaligned_le64(s.b + 248) == label_fletcher64(&zeroed, 256));
	}
}

TEST(label_encode__v1_1_writes_128_bytes_only)
{
	union slot s;

	memset(&s, 0xee, sizeof(s));
	label_encode(&sample, ND_LABEL_V1_1_SIZE, &s);
	assert_null(memchr_inv(s.b + 124, 0, 4));
	assert_null(memchr_inv(s.b + 128, 0xee, 128));
}

TEST(label_encode__full_name_has_no_terminator)
{
	struct nd_label l = sample, back;
	union slot s;

	memset(l.name, 'x', ND_LABEL_NAME_LEN);
	l.name[ND_LABEL_NAME_LEN] = '\0';
	label_encode(&l, ND_LABEL_V1_2_SIZE, &s);
	assert_int_equal(s.b[79], 'x');
	assert_int_equal(get_unaligned_le32(s.b + 80), ND_LABEL_UPDATING);
	assert_reason(label_decode(&s, ND_LABEL_V1_2_SIZE, 7, &back), ND_REASON_OK);
	assert_string_equal(back.name, l.name);
}

TEST(label_decode__gives_back_what_was_encoded)
{
	struct nd_label back, want = sample;
	union slot s;

	label_encode(&sample, ND_LABEL_V1_2_SIZE, &s);
	assert_reason(label_decode(&s, ND_LABEL_V1_2_SIZE, 7, &back), ND_REASON_OK);
	assert_memory_equal(&back, &want, sizeof(back));

	label_encode(&sample, ND_LABEL_V1_1_SIZE, &s);
	assert_reason(label_decode(&s, ND_LABEL_V1_1_SIZE, 7, &back), ND_REASON_OK);
	want.type = want.abstraction = guid_null;
	assert_memory_equal(&back, &want, sizeof(back));
}

/* Any single bit flipped in a v1.2 slot is noticed. */
TEST(label_decode__v1_2_every_flipped_bit_is_refused)
{
	struct nd_label back;
	union slot s;

	label_encode(&sample, ND_LABEL_V1_2_SIZE, &s);
	for (int bit = 0; bit < 256 * 8; bit++) {
		s.b[bit / 8] ^= 1 << bit % 8;
		assert_reason(label_decode(&s, ND_LABEL_V1_2_SIZE, 7, &back), ND_REASON_CHECKSUM);
		s.b[bit / 8] ^= 1 << bit % 8;
	}
}

static enum nd_reason decoded(const struct nd_label *l, u32 size, u32 slot)
{
	struct nd_label back;
	union slot s;

	label_encode(l, size, &s);
	return label_decode(&s, size, slot, &back);
}

TEST(label_decode__bad_numbers_are_refused)
{
	static const u32 sizes[] = { ND_LABEL_V1_1_SIZE, ND_LABEL_V1_2_SIZE };

	for (unsigned int i = 0; i < 2; i++) {
		struct nd_label l = sample;

		assert_reason(decoded(&l, sizes[i], 6), ND_REASON_SLOT_MISMATCH);
		l.position = 6;
		assert_reason(decoded(&l, sizes[i], 7), ND_REASON_BOUNDS);
		l.position = l.nlabel = 0;
		assert_reason(decoded(&l, sizes[i], 7), ND_REASON_BOUNDS);
		l = sample;
		l.size = 0;
		assert_reason(decoded(&l, sizes[i], 7), ND_REASON_SIZE);
		l.size = U64_MAX;
		assert_reason(decoded(&l, sizes[i], 7), ND_REASON_BOUNDS);
		l.dpa = 0;
		assert_reason(decoded(&l, sizes[i], 7), ND_REASON_OK);
		l.dpa = 1;
		assert_reason(decoded(&l, sizes[i], 7), ND_REASON_BOUNDS);
		l.size = 1;
		assert_reason(decoded(&l, sizes[i], 7), ND_REASON_OK);
		l.dpa = U64_MAX;
		l.size = 2;
		assert_reason(decoded(&l, sizes[i], 7), ND_REASON_BOUNDS);
	}
}

/* Of a namespace that is one DIMM's own: its place is believed, and it is written as it was. */
TEST(label_decode__extents_of_one_dimm_are_labels)
{
	static const struct {
		u32 size;
		u16 number;
	} as_linux[] = { { ND_LABEL_V1_1_SIZE, 0 }, { ND_LABEL_V1_2_SIZE, 0xffff } };

	for (unsigned int i = 0; i < ARRAY_SIZE(as_linux); i++) {
		struct nd_label l = sample, back;
		union slot s, again;

		l.flags = ND_LABEL_LOCAL;
		l.position = l.nlabel = as_linux[i].number;
		label_encode(&l, as_linux[i].size, &s);
		assert_reason(label_decode(&s, as_linux[i].size, 7, &back), ND_REASON_OK);
		assert_true(back.dpa == l.dpa && back.size == l.size);
		label_encode(&back, as_linux[i].size, &again);
		assert_memory_equal(&s, &again, as_linux[i].size);
		l.dpa = U64_MAX;
		assert_reason(decoded(&l, as_linux[i].size, 7), ND_REASON_BOUNDS);
		l = sample;
		l.flags = ND_LABEL_LOCAL;
		l.position = l.nlabel = 6;
		assert_reason(decoded(&l, as_linux[i].size, 7), ND_REASON_BOUNDS);
	}
}

TEST(label_decode__refused_label_leaves_out_alone)
{
	struct nd_label back, untouched;
	union slot s;

	memset(&back, 0x5a, sizeof(back));
	untouched = back;
	label_encode(&sample, ND_LABEL_V1_2_SIZE, &s);
	s.b[100]++;
	label_decode(&s, ND_LABEL_V1_2_SIZE, 7, &back);
	assert_memory_equal(&back, &untouched, sizeof(back));
}

/* By the rule that libnvdimm and ndctl share; 128 KiB is what QEMU and most DIMMs have. */
TEST(label_layout__agrees_with_other_writers)
{
	static const struct {
		u32 size, label, index, nslot;
	} known[] = {
		{ 1024, 128, 256, 4 },
		{ 1024, 256, 256, 2 },
		{ 1151, 128, 256, 4 },
		{ 1152, 128, 256, 5 },
		{ 4096, 128, 256, 28 },
		{ 4096, 256, 256, 14 },
		{ SZ_128K, 128, 256, 1020 },
		{ SZ_128K, 256, 256, 510 },
		{ SZ_256K, 128, 512, 2040 },
		{ SZ_256K, 256, 256, 1022 },
		/* index blocks reckoned at 512 bytes, laid out at 256 */
		{ 188544, 128, 256, 1465 },
		{ SZ_1M, 256, 768, 4090 },
		{ 1023, 128, 0, 0 },
		{ 0, 256, 0, 0 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(known); i++) {
		assert_int_equal(label_index_size(known[i].size, known[i].label), known[i].index);
		assert_int_equal(label_nslot(known[i].size, known[i].label), known[i].nslot);
	}
}

TEST(label_layout__always_fits)
{
	for (u64 size = ND_LABEL_AREA_MIN; size <= U32_MAX; size += size / 5000 + 1) {
		u32 smaller = U32_MAX;

		for (u32 label = 128; label <= 256; label *= 2) {
			u32 index = label_index_size(size, label), nslot = label_nslot(size, label);

			assert_true(nslot >= 2 && index >= 256 && index % 256 == 0);
			assert_true(2ull * index + (u64)nslot * label <= size);
			assert_true(72 + DIV_ROUND_UP(nslot, 8) <= index);
			/* so that reading for 128-byte slots reads enough for all */
			assert_true(index <= smaller);
			smaller = index;
		}
	}
}

#define AREA SZ_128K

/* A good index block: fields by hand, not by the code under test. */
static union index {
	u64 align;
	u8 b[256];
	struct nd_media_index i;
} good(u32 which, u8 minor)
{
	union index x;

	memset(&x, 0, sizeof(x));
	memcpy(x.i.sig, "NAMESPACE_INDEX", 16);
	x.i.labelsize = minor >= 2;
	x.i.seq = cpu_to_le32(2);
	x.i.myoff = cpu_to_le64(which * 256);
	x.i.mysize = cpu_to_le64(256);
	x.i.otheroff = cpu_to_le64(!which * 256);
	x.i.labeloff = cpu_to_le64(512);
	x.i.nslot = cpu_to_le32(minor >= 2 ? 510 : 1020);
	x.i.major = cpu_to_le16(1);
	x.i.minor = cpu_to_le16(minor);
	memset(x.i.free, 0xff, 63);
	return x;
}

static enum nd_reason sealed(union index x, u32 which)
{
	x.i.checksum = 0;
	x.i.checksum = cpu_to_le64(label_fletcher64(&x, sizeof(x)));
	return label_index_check(&x.i, sizeof(x), which, AREA);
}

TEST(index_check__good_blocks)
{
	assert_reason(sealed(good(0, 1), 0), ND_REASON_OK);
	assert_reason(sealed(good(1, 1), 1), ND_REASON_OK);
	assert_reason(sealed(good(0, 2), 0), ND_REASON_OK);
	assert_reason(sealed(good(1, 2), 1), ND_REASON_OK);
	assert_reason(sealed(good(0, 3), 0), ND_REASON_OK);
}

TEST(index_check__bits_behind_the_last_slot_are_tolerated)
{
	union index x = good(0, 2);

	memset(x.i.free, 0xff, sizeof(x) - 72);
	memset(x.i.flags, 0xff, 3);
	assert_reason(sealed(x, 0), ND_REASON_OK);
}

TEST(index_check__reasons)
{
	union index x;

#define BAD(field, val, reason) do {		\
	x = good(0, 2);				\
	x.i.field = val;			\
	assert_reason(sealed(x, 0), reason);		\
} while (0)
	BAD(sig[14], 'Y', ND_REASON_SIGNATURE);
	BAD(sig[15], 'X', ND_REASON_SIGNATURE);
	BAD(labelsize, 2, ND_REASON_VERSION);
	BAD(labelsize, 255, ND_REASON_VERSION);
	BAD(major, cpu_to_le16(2), ND_REASON_VERSION);
	BAD(major, 0, ND_REASON_VERSION);
	BAD(seq, 0, ND_REASON_SEQUENCE);
	BAD(seq, cpu_to_le32(4), ND_REASON_SEQUENCE);
	BAD(myoff, cpu_to_le64(256), ND_REASON_BOUNDS);
	BAD(myoff, cpu_to_le64(1ull << 32), ND_REASON_BOUNDS);
	BAD(otheroff, 0, ND_REASON_BOUNDS);
	BAD(labeloff, cpu_to_le64(768), ND_REASON_BOUNDS);
	BAD(labeloff, cpu_to_le64(~0ull), ND_REASON_BOUNDS);
	BAD(mysize, cpu_to_le64(257), ND_REASON_BOUNDS);
	BAD(mysize, cpu_to_le64(72), ND_REASON_BOUNDS);
	BAD(mysize, 0, ND_REASON_BOUNDS);
	BAD(nslot, cpu_to_le32(511), ND_REASON_BOUNDS);
	BAD(nslot, cpu_to_le32(~0u), ND_REASON_BOUNDS);
	BAD(nslot, cpu_to_le32(100), ND_REASON_OK);
	BAD(nslot, 0, ND_REASON_OK);
	BAD(seq, cpu_to_le32(7), ND_REASON_OK);
#undef BAD
	/* the other block's bytes in this place */
	assert_reason(sealed(good(1, 2), 0), ND_REASON_BOUNDS);
	x = good(0, 2);
	x.i.checksum = cpu_to_le64(1);
	assert_reason(label_index_check(&x.i, sizeof(x), 0, AREA), ND_REASON_CHECKSUM);
	assert_reason(label_index_check(&x.i, 71, 0, AREA), ND_REASON_TRUNCATED);
	assert_reason(label_index_check(&x.i, 255, 0, AREA), ND_REASON_TRUNCATED);
	assert_reason(label_index_check(&x.i, 256, 0, 1000), ND_REASON_TRUNCATED);
}

/* CXL's: version 2.1, slots of 256 bytes. */
TEST(index_check__newer_version_needs_a_whole_block)
{
	union index x = good(0, 1);

	x.i.major = cpu_to_le16(2);
	x.i.labelsize = 1;
	x.i.nslot = cpu_to_le32(510);
	assert_reason(sealed(x, 0), ND_REASON_VERSION);
	assert_reason(label_index_check(&x.i, sizeof(x), 0, AREA), ND_REASON_CHECKSUM);
	x.i.mysize = cpu_to_le64(512);
	assert_reason(sealed(x, 0), ND_REASON_CHECKSUM);
	x.i.mysize = 0;
	assert_reason(sealed(x, 0), ND_REASON_CHECKSUM);
	x.i.mysize = cpu_to_le64(255);
	assert_reason(sealed(x, 0), ND_REASON_CHECKSUM);
}

/* An area where more slots fit than the block has bits for. */
TEST(index_check__slots_without_bits_are_refused)
{
	union index x = good(0, 1);

	x.i.nslot = cpu_to_le32(1473);
	assert_true(512 + 1473 * 128 <= 189200);
	x.i.checksum = 0;
	x.i.checksum = cpu_to_le64(label_fletcher64(&x, sizeof(x)));
	assert_int_equal(label_index_size(189200, 128), 256);
	assert_reason(label_index_check(&x.i, 256, 0, 189200), ND_REASON_BOUNDS);
}

/* What keeps a label for each slot has to have room for all that a block may declare. */
TEST(index_check__slots_that_pass_are_no_more_than_the_most)
{
	u32 beyond = 0;

	for (u32 size = ND_LABEL_AREA_MIN; size < 189200; size += 64) {
		u32 index = label_index_size(size, 128), nslot = label_nslot(size, 128);
		union index x = good(0, 1);

		if (index != sizeof(x))
			continue;
		for (;; nslot++) {
			x.i.nslot = cpu_to_le32(nslot);
			x.i.checksum = 0;
			x.i.checksum = cpu_to_le64(label_fletcher64(&x, sizeof(x)));
			if (label_index_check(&x.i, sizeof(x), 0, size) != ND_REASON_OK)
				break;
			assert_true(nslot <= label_nslot_max(size));
			beyond += nslot > label_nslot(size, 128);
		}
		assert_true(nslot > label_nslot(size, 128));
	}
	assert_true(beyond > 0);
}

TEST(index_check__every_flipped_bit_is_refused)
{
	union index x = good(0, 2);

	x.i.checksum = cpu_to_le64(label_fletcher64(&x, sizeof(x)));
	assert_reason(label_index_check(&x.i, sizeof(x), 0, AREA), ND_REASON_OK);
	for (int bit = 0; bit < 256 * 8; bit++) {
		x.b[bit / 8] ^= 1 << bit % 8;
		assert_true(label_index_check(&x.i, sizeof(x), 0, AREA) != ND_REASON_OK);
		x.b[bit / 8] ^= 1 << bit % 8;
	}
}

TEST(sequence__is_a_cycle_of_three)
{
	assert_true(label_seq_newer(2, 1));
	assert_true(label_seq_newer(3, 2));
	assert_true(label_seq_newer(1, 3));
	assert_false(label_seq_newer(1, 2));
	assert_false(label_seq_newer(3, 1));
	assert_false(label_seq_newer(2, 2));
	assert_int_equal(label_seq_next(1), 2);
	assert_int_equal(label_seq_next(3), 1);
}
