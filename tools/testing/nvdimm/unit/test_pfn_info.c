// SPDX-License-Identifier: GPL-2.0
/* The info-block codec: requirements A15, A16, X12. */
/* objects: drivers/nvdimm/layout/info_block.c drivers/nvdimm/label/codec.c */
#include "nd_test.h"
#include "layout/info_block.h"

static const uuid_t some = UUID_INIT(0x00010203, 0x0405, 0x0607, 8, 9, 10, 11, 12, 13, 14, 15);
static const uuid_t other = UUID_INIT(0xf0f1f2f3, 0xf4f5, 0xf6f7, 8, 9, 10, 11, 12, 13, 14, 15);

/* Written by other kernels: what must come out, by the names of the files. */
static const struct {
	const char *title;
	struct pfn_info info;
} golden[] = {
	{ "4.19.108-fsdax-dev-none",
	  { .dataoff = 0x600000, .npfns = 64000, .mode = ND_PFN_MODE_PMEM, .align = SZ_4K } },
	{ "4.19.108-fsdax-dev-head",
	  { .dataoff = 0x400000, .npfns = 31744, .mode = ND_PFN_MODE_PMEM, .align = SZ_4K,
	    .start_pad = SZ_64M } },
	{ "4.19.108-fsdax-dev-tail",
	  { .dataoff = 0x400000, .npfns = 31744, .mode = ND_PFN_MODE_PMEM, .align = SZ_4K,
	    .end_trunc = SZ_64M } },
	{ "4.19.108-fsdax-dev-both",
	  { .dataoff = 0x400000, .npfns = 31744, .mode = ND_PFN_MODE_PMEM, .align = SZ_4K,
	    .start_pad = SZ_64M, .end_trunc = SZ_64M } },
	{ "4.19.108-devdax-dev-both",
	  { .dataoff = 0x400000, .npfns = 31744, .mode = ND_PFN_MODE_PMEM, .align = SZ_2M,
	    .start_pad = SZ_64M, .end_trunc = SZ_64M, .dax = true } },
	{ "4.19.108-devdax-mem-both",
	  { .dataoff = 0x200000, .npfns = 32256, .mode = ND_PFN_MODE_RAM, .align = SZ_2M,
	    .start_pad = SZ_64M, .end_trunc = SZ_64M, .dax = true } },
};

static void load(const char *name, struct nd_media_pfn *media)
{
	char path[256];

	snprintf(path, sizeof(path), "fuzz/corpus/fuzz_pfn_info/%s", name);
	assert_int_equal(nd_golden(path, media, sizeof(*media)), sizeof(*media));
}

/* The checksum, spelled out once more, byte by byte. */
static void seal(struct nd_media_pfn *media)
{
	const u8 *b = (const u8 *)media;
	u32 lo = 0, hi = 0;

	media->checksum = 0;
	for (int i = 0; i < 4096; i += 4) {
		lo += b[i] | b[i + 1] << 8 | b[i + 2] << 16 | (u32)b[i + 3] << 24;
		hi += lo;
	}
	media->checksum = cpu_to_le64((u64)hi << 32 | lo);
}

static struct pfn_info sample(void)
{
	return (struct pfn_info){
		.uuid = some, .parent_uuid = other, .dataoff = 0x600000, .npfns = 64000,
		.mode = ND_PFN_MODE_PMEM, .end_trunc = 0x100000, .align = SZ_2M,
		.page_size = SZ_4K, .page_struct_size = 64, .minor = PFN_INFO_MINOR,
	};
}

/* A sealed block of version @major.@minor. */
static struct nd_media_pfn block(u16 major, u16 minor)
{
	struct pfn_info info = sample();
	struct nd_media_pfn media;

	pfn_info_encode(&info, &media);
	media.version_major = cpu_to_le16(major);
	media.version_minor = cpu_to_le16(minor);
	seal(&media);
	return media;
}

static enum nd_reason judge(struct nd_media_pfn *media)
{
	struct pfn_info info;

	seal(media);
	return pfn_info_decode(media, &info);
}

TEST_EACH(decode__reads_what_other_kernels_wrote, golden)
{
	struct pfn_info info, want = row->info;
	struct nd_media_pfn media;

	want.minor = 3;
	want.page_struct_size = 64;
	load(row->title, &media);
	assert_reason(pfn_info_decode(&media, &info), ND_REASON_OK);
	assert_false(uuid_is_null(&info.uuid));
	info.uuid = uuid_null;
	assert_memory_equal(&info, &want, sizeof(info));
}

TEST(decode__notices_every_flipped_bit)
{
	struct nd_media_pfn media;
	struct pfn_info info;
	u8 *b = (u8 *)&media;

	load(golden[0].title, &media);
	for (int i = 0; i < 4096 * 8; i++) {
		b[i / 8] ^= 1 << i % 8;
		assert_reason(pfn_info_decode(&media, &info),
			      ND_REASON_CHECKSUM);
		b[i / 8] ^= 1 << i % 8;
	}
	assert_reason(pfn_info_decode(&media, &info), ND_REASON_OK);
}

/* Half of it is nothing that other data have; whose rest is zero was being written. */
TEST(signature__that_was_harmed_is_none_only_with_less_than_half)
{
	struct pfn_info info, want = sample();

	for (u32 dax = 0; dax < 2; dax++) {
		want.dax = dax;
		for (u32 n = 1; n <= ND_SIG_LEN; n++) {
			bool none = n > ND_SIG_LEN / 2;
			struct nd_media_pfn media;

			pfn_info_encode(&want, &media);
			/* 5 and 16 have no divisor in common: each of them once, here and there */
			for (u32 i = 0; i < n; i++)
				media.signature[5 * i % ND_SIG_LEN] ^= 0xa5;
			assert_reason(pfn_info_decode(&media, &info),
				      none ? ND_REASON_SIGNATURE : ND_REASON_CHECKSUM);
			if (none)
				continue;
			assert_false(pfn_info_torn_of_other(&info, &other));
			assert_memory_equal(&info.uuid, &some, sizeof(some));
		}
	}
}

TEST(signature__that_was_being_written_is_none)
{
	struct nd_media_pfn media = block(1, 4);
	struct pfn_info info;

	memset(media.signature, 0, ND_SIG_LEN / 2);
	assert_reason(pfn_info_decode(&media, &info), ND_REASON_SIGNATURE);
	media = block(1, 4);
	memset(media.signature + ND_SIG_LEN / 2, 0, ND_SIG_LEN / 2);
	assert_reason(pfn_info_decode(&media, &info), ND_REASON_SIGNATURE);
	memset(media.signature, 0, ND_SIG_LEN);
	assert_reason(pfn_info_decode(&media, &info), ND_REASON_SIGNATURE);
}

TEST(decode__leaves_the_media_bytes_alone)
{
	struct nd_media_pfn media = block(1, 4), before = media;
	struct pfn_info info;

	assert_reason(pfn_info_decode(&media, &info), ND_REASON_OK);
	assert_memory_equal(&media, &before, sizeof(media));
}

TEST(decode__other_signatures_are_no_info_block)
{
	static const char sigs[][ND_SIG_LEN + 1] = {
		ND_BTT_SIG, ND_INDEX_SIG, "", "nvdimm_pfn_info", "NVDIMM", "XFSB", "LABELONE",
	};
	struct nd_media_pfn media = block(1, 4);

	for (size_t i = 0; i < ARRAY_SIZE(sigs); i++) {
		memcpy(media.signature, sigs[i], ND_SIG_LEN);
		assert_reason(judge(&media), ND_REASON_SIGNATURE);
	}
	memset(&media, 0xa5, sizeof(media));
	assert_reason(judge(&media), ND_REASON_SIGNATURE);
}

TEST(encode__leaves_nothing_of_the_old_content)
{
	struct pfn_info info = sample();
	struct nd_media_pfn media;

	memset(&media, 0xa5, sizeof(media));
	pfn_info_encode(&info, &media);
	assert_memory_equal(media.signature, "NVDIMM_PFN_INFO", 16);
	assert_int_equal(le16_to_cpu(media.version_major), 1);
	assert_true(le16_to_cpu(media.version_minor) >= 3);
	assert_int_equal(media.flags, 0);
	assert_int_equal(media.start_pad, 0);
	for (size_t i = 0; i < sizeof(media.padding); i++)
		assert_int_equal(media.padding[i], 0);
	info.dax = true;
	pfn_info_encode(&info, &media);
	assert_memory_equal(media.signature, "NVDIMM_DAX_INFO", 16);
}

TEST(encode__is_what_decode_reads)
{
	struct pfn_info info = sample(), back;
	struct nd_media_pfn media;
	u64 sum;

	for (int dax = 0; dax < 2; dax++) {
		info.dax = dax;
		pfn_info_encode(&info, &media);
		sum = media.checksum;
		seal(&media);
		assert_true(media.checksum == sum);
		assert_reason(pfn_info_decode(&media, &back), ND_REASON_OK);
		assert_memory_equal(&back, &info, sizeof(back));
		assert_int_equal(back.minor, 4);
	}
}

/* Bytes that had no meaning yet when a version was written are not looked at. */
TEST(decode__a_field_begins_with_its_version)
{
	for (u16 minor = 0; minor <= 6; minor++) {
		struct nd_media_pfn media = block(1, minor);
		struct pfn_info info;

		media.start_pad = media.end_trunc = cpu_to_le32(minor < 1 ? 0xdeadbeef : SZ_2M);
		media.align = cpu_to_le32(minor < 2 ? 0xdeadbeef : SZ_2M);
		media.flags = cpu_to_le32(minor < 3 ? 0xdeadbeef : 0);
		media.page_size = cpu_to_le32(minor < 4 ? 0xdeadbeef : SZ_4K);
		media.page_struct_size = cpu_to_le16(minor < 4 ? 0xbeef : 56);
		memset(media.padding, 0xa5, sizeof(media.padding));
		seal(&media);
		assert_reason(pfn_info_decode(&media, &info), ND_REASON_OK);
		assert_int_equal(info.minor, minor);
		assert_int_equal(info.start_pad, minor < 1 ? 0 : SZ_2M);
		assert_int_equal(info.end_trunc, minor < 1 ? 0 : SZ_2M);
		assert_int_equal(info.align, minor < 2 ? 0 : SZ_2M);
		assert_int_equal(info.flags, 0);
		assert_int_equal(info.page_size, minor < 4 ? 0 : SZ_4K);
		assert_int_equal(info.page_struct_size, minor < 4 ? 64 : 56);
	}
}

TEST(decode__an_unknown_flag_of_the_upper_half_is_refused_since_1_3)
{
	assert_int_equal(PFN_FLAGS_DAX ^ PFN_FLAGS_ALL, 0xffffffff);
	for (int bit = 0; bit < 32; bit++) {
		struct nd_media_pfn media;

		for (u16 minor = 0; minor <= 5; minor++) {
			media = block(1, minor);
			media.flags = cpu_to_le32(1u << bit);
			/* the lower half only keeps dax away, see pfn_layout_read() */
			assert_reason(judge(&media),
				      minor < 3 || bit < 16 ? ND_REASON_OK : ND_REASON_RESERVED);
		}
	}
}

TEST(decode__a_later_minor_is_read_a_later_major_is_not)
{
	struct nd_media_pfn media = block(1, 0xffff);

	assert_reason(judge(&media), ND_REASON_OK);
	media = block(0, 4);
	assert_reason(judge(&media), ND_REASON_VERSION);
	media = block(2, 0);
	assert_reason(judge(&media), ND_REASON_VERSION);
}

TEST(decode__bounds_every_field)
{
	static const u32 bad_power[] = { 1, 2048, 4095, 4097, 0x300000, 0x80000001 };
	struct nd_media_pfn media;

	for (u32 mode = 0; mode < 5; mode++) {
		media = block(1, 4);
		media.mode = cpu_to_le32(mode);
		assert_reason(judge(&media), mode == 1 || mode == 2 ? ND_REASON_OK :
			      ND_REASON_MODE);
	}
	media.mode = cpu_to_le32(0x102);
	assert_reason(judge(&media), ND_REASON_MODE);

	media = block(1, 4);
	media.dataoff = 0;
	assert_reason(judge(&media), ND_REASON_BOUNDS);
	media.dataoff = cpu_to_le64(4096);
	assert_reason(judge(&media), ND_REASON_BOUNDS);
	media.dataoff = cpu_to_le64(8192);
	assert_reason(judge(&media), ND_REASON_OK);
	media.dataoff = cpu_to_le64(8192 + 512);
	assert_reason(judge(&media), ND_REASON_ALIGN);

	for (size_t i = 0; i < ARRAY_SIZE(bad_power); i++) {
		media = block(1, 4);
		media.align = cpu_to_le32(bad_power[i]);
		assert_reason(judge(&media), ND_REASON_ALIGN);
		media = block(1, 4);
		media.page_size = cpu_to_le32(bad_power[i]);
		assert_reason(judge(&media), ND_REASON_PAGE_SIZE);
	}
	media = block(1, 4);
	media.page_struct_size = 0;
	assert_reason(judge(&media), ND_REASON_PAGE_SIZE);
}

/* Of all that one wrong byte, or one store of eight, can make of ours. */
TEST(torn__ours_stays_ours_whatever_was_stored)
{
	struct nd_media_pfn media;
	struct pfn_info info;

	for (int i = ND_SIG_LEN; i < 4096; i++)
		for (int len = 1; len <= 8; len += 7) {
			u8 *at = (u8 *)&media + (len == 8 ? i & ~7 : i);

			media = block(1, 4);
			for (int k = 0; k < len; k++)
				at[k] ^= 0xa5;
			assert_reason(pfn_info_decode(&media, &info), ND_REASON_CHECKSUM);
			assert_false(pfn_info_torn_of_other(&info, &other));
		}
}

TEST(torn__of_another_namespace_is_known_by_both_halves)
{
	struct nd_media_pfn media = block(1, 4);
	struct pfn_info info;
	uuid_t half = other;

	media.padding[0] ^= 1;
	assert_reason(pfn_info_decode(&media, &info), ND_REASON_CHECKSUM);
	assert_memory_equal(&info.parent_uuid, &other, sizeof(uuid_t));
	assert_true(pfn_info_torn_of_other(&info, &uuid_null));
	half.b[0] ^= 1;
	assert_false(pfn_info_torn_of_other(&info, &half));
	half.b[15] ^= 1;
	assert_true(pfn_info_torn_of_other(&info, &half));
	half.b[0] ^= 1;
	assert_false(pfn_info_torn_of_other(&info, &half));
}

/* ---- making one: power fails in the middle ---- */

#define WORDS	(sizeof(struct nd_media_pfn) / sizeof(u64))

struct media {
	union {
		struct nd_media_pfn block;
		u64 word[WORDS];
	};
	u32 cut;		/* power fails in this write, counted from 1 */
	u32 which;		/* words of it that are stored: of four that take turns */
	u32 writes;
};

static bool is_stored(const struct media *m, u32 word)
{
	return m->which >> word % 4 & 1;
}

static int media_write(void *data, const void *bytes, u32 len)
{
	const u64 *from = bytes;
	struct media *m = data;

	m->writes++;
	for (u32 i = 0; i < len / sizeof(u64); i++)
		if (m->writes != m->cut || is_stored(m, i))
			m->word[i] = from[i];
	return m->writes == m->cut ? -EIO : 0;
}

/* What may lie there when there is no block of this namespace. */
static void media_before(struct media *m, u32 kind)
{
	struct pfn_info stale = sample();

	switch (kind) {
	case 0:
	case 1:
		memset(m->word, kind ? 0xff : 0, sizeof(m->word));
		break;
	case 2:
		for (u32 i = 0; i < WORDS; i++)
			m->word[i] = (i + 1) * 0x9e3779b97f4a7c15ull;
		break;
	default:
		/* that of a namespace before, of this kind or the other, whole, torn or harmed */
		stale.uuid = other;
		stale.parent_uuid = some;
		stale.dax = kind & 1;
		pfn_info_encode(&stale, &m->block);
		if (kind > 4)
			m->block.padding[0] ^= 1;
		if (kind > 6)
			m->block.signature[3] ^= 0x40;
	}
}

TEST(write__leaves_none_or_all_of_it_wherever_power_fails)
{
	struct pfn_info info = sample(), back;
	u32 whole = 0, none = 0;
	struct nd_media_pfn room;

	for (u32 kind = 0; kind < 9; kind++)
		for (u32 cut = 1; cut <= 4; cut++)
			for (u32 which = 0; which < 16; which++) {
				struct media m = { .cut = cut, .which = which }, was;
				enum nd_reason reason;
				int rc;

				info.dax = which & 1;
				media_before(&m, kind);
				was = m;
				rc = pfn_info_write(&info, &room, media_write, &m);
				assert_int_equal(rc, cut <= m.writes ? -EIO : 0);
				reason = pfn_info_decode(&m.block, &back);
				/* nothing was stored */
				if (cut == 1 && !memcmp(m.word, was.word, sizeof(m.word)))
					continue;
				if (reason == ND_REASON_OK) {
					assert_memory_equal(&back, &info, sizeof(info));
					whole++;
					continue;
				}
				assert_reason(reason, ND_REASON_SIGNATURE);
				assert_true(cut <= m.writes);
				none++;
			}
	assert_true(whole > 9 * 16 && none > 9 * 16);
}

TEST(align__of_old_blocks_comes_from_the_data_offset)
{
	struct pfn_info info = { .dataoff = 0x600000, .align = SZ_4K };

	assert_int_equal(pfn_info_align(&info), SZ_4K);
	info.align = 0;
	assert_int_equal(pfn_info_align(&info), SZ_2M);
	info.dataoff = SZ_1G;
	assert_int_equal(pfn_info_align(&info), SZ_1G);
	info.dataoff = SZ_2M + SZ_4K;
	assert_int_equal(pfn_info_align(&info), SZ_4K);
}
