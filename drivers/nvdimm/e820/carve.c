// SPDX-License-Identifier: GPL-2.0
/* Parts of a legacy range. Pure: see carve.h. */
#include <linux/align.h>
#include <linux/limits.h>
#include <linux/string.h>
#include "e820/carve.h"

enum nd_reason e820_carve_whole(u64 start, u64 size, u64 page, struct e820_carve *out)
{
	u64 end;

	memset(out, 0, sizeof(*out));
	/* the last page of the address space is nobody's, so nothing below wraps */
	if (size > U64_MAX - page || start > U64_MAX - page - size)
		return ND_REASON_BOUNDS;
	end = ALIGN_DOWN(start + size, page);
	start = ALIGN(start, page);
	if (start >= end)
		return ND_REASON_SIZE;
	out->start = start;
	out->size = end - start;
	return ND_REASON_OK;
}

/* FNV-1a, a byte after the other from the lowest on. */
static u64 cookie_add(u64 hash, u64 value)
{
	for (int i = 0; i < 8; i++, value >>= 8)
		hash = (hash ^ (u8)value) * 0x100000001b3ull;
	return hash;
}

/* "nd_e820" and its NUL, region, label area; 0 would mean that there is no set. */
static u64 carve_cookie(const struct e820_carve *c)
{
	u64 hash = cookie_add(0xcbf29ce484222325ull, 0x303238655f646eull);

	hash = cookie_add(hash, c->size);
	hash = cookie_add(hash, c->label_size);
	return hash ?: 1;
}

enum nd_reason e820_carve_labels(u64 start, u64 size, u64 label_size, u64 page, u64 granule,
				 struct e820_carve *out)
{
	enum nd_reason reason = e820_carve_whole(start, size, page, out);
	u64 end;

	if (reason)
		return reason;
	if (label_size < E820_LABELS_MIN || label_size > E820_LABELS_MAX ||
	    !IS_ALIGNED(label_size, page))
		return ND_REASON_ARGUMENT;
	if (out->size < label_size)
		return ND_REASON_SIZE;
	out->labels = out->start + out->size - label_size;
	out->label_size = label_size;
	end = ALIGN_DOWN(out->labels, granule);
	if (end <= out->start || end - out->start < granule)
		return ND_REASON_SIZE;
	out->size = end - out->start;
	out->cookie = carve_cookie(out);
	return ND_REASON_OK;
}
