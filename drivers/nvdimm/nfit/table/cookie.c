// SPDX-License-Identifier: GPL-2.0
/* Interleave-set cookies. Pure; see cookie.h. */
#include <asm/byteorder.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>
#include <nd/fletcher.h>
#include "nfit/table/cookie.h"

/* One member as the checksum sees it; not stored anywhere, but as good as media. */
struct set_info_v1_1 {
	__le64 region_offset;
	__le32 serial;
	__le32 zero;
} __packed;
static_assert(sizeof(struct set_info_v1_1) == 16);

struct set_info_v1_2 {
	__le64 region_offset;
	__le32 serial;
	__le16 vendor;
	__le16 date;
	u8 location;
	u8 zero[31];
} __packed;
static_assert(sizeof(struct set_info_v1_2) == 48);

/* By number, as everyone should. */
static bool offset_below(u64 a, u64 b)
{
	return a < b;
}

/* By bytes, low one first: a comparison of memory on a little-endian machine. */
static bool bytes_below(u64 a, u64 b)
{
	__le64 x = cpu_to_le64(a), y = cpu_to_le64(b);

	return memcmp(&x, &y, sizeof(x)) < 0;
}

/* order[i]: the member at place i. Members with equal offsets stay as they came. */
static void put_in_order(const struct nfit_member *member, u32 n, u8 *order,
			 bool (*below)(u64 a, u64 b))
{
	for (u32 i = 0; i < n; i++) {
		u32 place = i;

		for (; place && below(member[i].region_offset,
				      member[order[place - 1]].region_offset); place--)
			order[place] = order[place - 1];
		order[place] = i;
	}
}

static u64 cookie_v1_1(const struct nfit_member *member, u32 n, const u8 *order)
{
	struct nd_fletcher sum = { };

	for (u32 i = 0; i < n; i++) {
		const struct nfit_member *m = &member[order[i]];
		struct set_info_v1_1 info = {
			.region_offset = cpu_to_le64(m->region_offset),
			.serial = cpu_to_le32(m->serial),
		};

		nd_fletcher_add(&sum, &info, sizeof(info));
	}
	return nd_fletcher_value(&sum);
}

static u64 cookie_v1_2(const struct nfit_member *member, u32 n, const u8 *order)
{
	struct nd_fletcher sum = { };

	for (u32 i = 0; i < n; i++) {
		const struct nfit_member *m = &member[order[i]];
		struct set_info_v1_2 info = {
			.region_offset = cpu_to_le64(m->region_offset),
			.serial = cpu_to_le32(m->serial),
			.vendor = cpu_to_le16(m->vendor),
			.date = cpu_to_le16(m->date),
			.location = m->location,
		};

		nd_fletcher_add(&sum, &info, sizeof(info));
	}
	return nd_fletcher_value(&sum);
}

bool nfit_cookies(const struct nfit_member *member, u32 n, struct nfit_cookies *out,
		  u8 *position)
{
	u8 order[NFIT_SET_MAX];

	if (n > NFIT_SET_MAX)
		return false;
	put_in_order(member, n, order, bytes_below);
	out->compat = cookie_v1_1(member, n, order);
	put_in_order(member, n, order, offset_below);
	out->v1_1 = cookie_v1_1(member, n, order);
	out->v1_2 = cookie_v1_2(member, n, order);
	for (u32 i = 0; i < n; i++)
		position[order[i]] = i;
	return true;
}
