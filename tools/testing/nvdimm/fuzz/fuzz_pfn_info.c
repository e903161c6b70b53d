// SPDX-License-Identifier: GPL-2.0
/* Any 4 KiB at the place of an info-block: requirements A16. */
/* objects: drivers/nvdimm/layout/info_block.c drivers/nvdimm/layout/layout.c */
/* objects: drivers/nvdimm/layout/neighbours.c drivers/nvdimm/label/codec.c */
/* max_len: 4098 */
#include "nd_fuzz.h"
#include <linux/log2.h>
#include "label/label.h"
#include "layout/info_block.h"
#include "layout/layout.h"

/* Random bytes never carry a checksum; a fuzzer that had to find it would test nothing else. */
static void seal(struct nd_media_pfn *media)
{
	media->checksum = 0;
	media->checksum = cpu_to_le64(label_fletcher64(media, sizeof(*media)));
}

static void check_layout(const struct pfn_info *info, u8 phase, u8 size)
{
	struct pfn_request req = {
		.start = (4ull << 30) + ((u64)phase << 20), .size = (u64)size << 21,
		.page_size = SZ_4K, .page_struct_size = 64, .granule = SZ_2M,
		.unit = SZ_2M, .section = SZ_128M, .block = SZ_2M,
	};
	struct pfn_layout l;

	if (pfn_layout_read(&req, info, &l) != ND_REASON_OK)
		return;
	fuzz_assert(l.start_pad == info->start_pad && l.end_trunc == info->end_trunc);
	fuzz_assert(l.dataoff == info->dataoff && l.usable && l.npfns);
	fuzz_assert(l.start_pad + l.reserve + l.memmap_dev + l.gap + l.usable + l.end_trunc ==
		    req.size);
	fuzz_assert(l.map_start >= req.start && l.data_start > l.map_start);
	fuzz_assert(l.data_start + l.usable + l.end_trunc == req.start + req.size);
	fuzz_assert(!l.pages || IS_ALIGNED(l.map_start | l.map_size, SZ_2M));
	fuzz_assert(!l.pages || !info->flags);
}

void fuzz_one(struct fuzz_in *in)
{
	struct nd_media_pfn media, before, again;
	struct pfn_info info, back;
	u8 phase, mib;

	fuzz_take(in, &media, sizeof(media));
	phase = fuzz_u8(in);
	mib = fuzz_u8(in);
	before = media;
	if (pfn_info_decode(&media, &info) == ND_REASON_OK) {
		seal(&before);
		fuzz_assert(before.checksum == media.checksum);
	}

	seal(&media);
	before = media;
	if (pfn_info_decode(&media, &info) != ND_REASON_OK)
		return;
	fuzz_assert(!memcmp(&media, &before, sizeof(media)));
	fuzz_assert(!(info.flags & PFN_FLAGS_ALL) && is_power_of_2(pfn_info_align(&info)));
	fuzz_assert(info.mode == ND_PFN_MODE_RAM || info.mode == ND_PFN_MODE_PMEM);
	fuzz_assert(info.dataoff >= ND_INFO_RESERVE && IS_ALIGNED(info.dataoff, SZ_4K));

	/* What is read, is written, is read again. */
	memset(&again, 0xa5, sizeof(again));
	pfn_info_encode(&info, &again);
	fuzz_assert(pfn_info_decode(&again, &back) == ND_REASON_OK);
	back.minor = info.minor;
	fuzz_assert(back.dax == info.dax && back.dataoff == info.dataoff &&
		    back.npfns == info.npfns && back.mode == info.mode &&
		    back.start_pad == info.start_pad && back.end_trunc == info.end_trunc &&
		    back.align == info.align && back.page_size == info.page_size &&
		    back.page_struct_size == info.page_struct_size &&
		    uuid_equal(&back.uuid, &info.uuid) &&
		    uuid_equal(&back.parent_uuid, &info.parent_uuid));
	check_layout(&info, phase, mib);
}

void fuzz_seeds(void)
{
	struct pfn_info info = {
		.dataoff = 0x600000, .npfns = 64000, .mode = ND_PFN_MODE_PMEM, .align = SZ_2M,
		.page_size = SZ_4K, .page_struct_size = 64,
	};
	struct {
		struct nd_media_pfn media;
		u8 phase, mib;
	} seed = { .phase = 64, .mib = 128 };
	char name[32];

	for (u16 minor = 0; minor <= 5; minor++) {
		info.dax = minor & 1;
		info.mode = minor & 2 ? ND_PFN_MODE_RAM : ND_PFN_MODE_PMEM;
		pfn_info_encode(&info, &seed.media);
		seed.media.version_minor = cpu_to_le16(minor);
		seal(&seed.media);
		snprintf(name, sizeof(name), "1.%u", minor);
		fuzz_seed(name, &seed, ND_INFO_SIZE + 2);
	}
	fuzz_seed("empty", "", 0);
}
