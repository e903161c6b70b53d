// SPDX-License-Identifier: GPL-2.0
/* A namespace at another address. Pure: see base.h. */
#include <linux/sizes.h>
#include "base.h"

static u32 page_align(u64 align)
{
	return align >= SZ_1G ? SZ_1G : align >= SZ_2M ? SZ_2M : SZ_4K;
}

void base_judge(const struct pfn_info *info, u64 base, u64 size, struct base_verdict *out)
{
	const struct pfn_request x86 = {
		.start = base, .size = size, .page_size = SZ_4K, .page_struct_size = 64,
		.granule = SZ_2M, .unit = SZ_2M, .section = SZ_128M, .block = SZ_2M,
	};
	struct pfn_layout *l = &out->layout;

	*out = (struct base_verdict) { .service = BASE_REFUSED };
	out->reason = pfn_layout_read(&x86, info, l);
	if (out->reason != ND_REASON_OK)
		return;
	out->reason = l->remark;
	if (l->pages)
		out->service = BASE_FULL;
	else if (!info->dax)
		out->service = BASE_DATA_ONLY;
	out->align = l->pages ? page_align(l->align) : 0;
}
