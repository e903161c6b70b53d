/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fletcher-64 over little-endian 32-bit words: checksums of label areas (UEFI 2.10 §13.19.2) and
 * info-blocks, and cookies of interleave sets. It grows piece by piece, so that a field in the
 * middle can count as zero. For drivers and programs: whoever includes it has memcpy().
 */
#ifndef _ND_FLETCHER_H
#define _ND_FLETCHER_H

#include <asm/byteorder.h>
#include <linux/types.h>

/* Zeroes to begin with. */
struct nd_fletcher {
	__u32 low;
	__u32 high;
};

/* @data: any alignment; @len: bytes, a multiple of 4. */
static inline void nd_fletcher_add(struct nd_fletcher *sum, const void *data, size_t len)
{
	const char *end = (const char *)data + len;
	__le32 word;

	for (const char *at = data; at < end; at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		sum->low += __le32_to_cpu(word);
		sum->high += sum->low;
	}
}

static inline __u64 nd_fletcher_value(const struct nd_fletcher *sum)
{
	return (__u64)sum->high << 32 | sum->low;
}

/* Of one piece. */
static inline __u64 nd_fletcher_of(const void *data, size_t len)
{
	struct nd_fletcher sum = { 0 };

	nd_fletcher_add(&sum, data, len);
	return nd_fletcher_value(&sum);
}

#endif /* _ND_FLETCHER_H */
