/* SPDX-License-Identifier: GPL-2.0 */
/* A file or disk, as the pure files of nd_btt read media. Nothing is ever stored. */
#ifndef _NDSTACK_CHECK_MEDIA_H
#define _NDSTACK_CHECK_MEDIA_H

#include <linux/types.h>
#include "medium.h"

#define CHECK_CACHE	65536u

/**
 * struct btt_media - where an arena is read from
 * @medium: the namespace
 * @origin: byte of it where the first arena begins
 * @at: byte of what @cache has, counted from @origin
 * @len: how much that is
 */
struct btt_media {
	const struct medium *medium;
	u64 origin;
	u64 at;
	u32 len;
	u8 cache[CHECK_CACHE];
};

#endif /* _NDSTACK_CHECK_MEDIA_H */
