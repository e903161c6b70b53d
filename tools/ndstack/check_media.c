// SPDX-License-Identifier: GPL-2.0
/* A file or disk, as the pure files of nd_btt read media. See check_media.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <asm/byteorder.h>
#include <linux/kernel.h>
#include "btt/media.h"
#include "btt/readers.h"
#include "check_media.h"

int btt_media_read(struct btt_media *m, u64 at, void *buf, size_t len)
{
	return medium_read(m->medium, buf, len, m->origin + at) ? -EIO : 0;
}

/* A map is read word by word, in order. */
int btt_media_load32(struct btt_media *m, u64 at, u32 *out)
{
	__le32 word;

	if (at < m->at || at + sizeof(word) > m->at + m->len) {
		u64 from = at / CHECK_CACHE * CHECK_CACHE, left = m->medium->size - m->origin;

		m->len = 0;
		if (at + sizeof(word) > left)
			return -EIO;
		/* poison somewhere else in it is not this word's trouble */
		if (medium_read(m->medium, m->cache, min(left - from, (u64)CHECK_CACHE),
				m->origin + from)) {
			if (medium_read(m->medium, &word, sizeof(word), m->origin + at))
				return -EIO;
			*out = le32_to_cpu(word);
			return 0;
		}
		m->at = from;
		m->len = min(left - from, (u64)CHECK_CACHE);
	}
	memcpy(&word, m->cache + (at - m->at), sizeof(word));
	*out = le32_to_cpu(word);
	return 0;
}

u32 btt_media_reload32(struct btt_media *m, u64 at)
{
	u32 word = 0;

	btt_media_load32(m, at, &word);
	return word;
}

bool btt_media_bad(struct btt_media *m, u64 at, size_t len)
{
	return false;
}

bool btt_media_any_bad(struct btt_media *m)
{
	return false;
}

u32 btt_media_losses(struct btt_media *m)
{
	return 0;
}

void btt_media_pause(struct btt_media *m, unsigned int tries)
{
}

void btt_media_lock(struct btt_locks *locks, u32 i)
{
}

bool btt_media_trylock(struct btt_locks *locks, u32 i)
{
	return true;
}

void btt_media_unlock(struct btt_locks *locks, u32 i)
{
}

/* An arena that is read-only is not stored to: who comes here would change media unasked. */

int btt_media_write(struct btt_media *m, u64 at, const void *buf, size_t len)
{
	abort();
}

void btt_media_store32(struct btt_media *m, u64 at, u32 value)
{
	abort();
}

void btt_media_store64(struct btt_media *m, u64 at, __le32 low, __le32 high)
{
	abort();
}

int btt_media_repair(struct btt_media *m, u64 at, size_t len)
{
	abort();
}

void btt_media_writeback(struct btt_media *m, u64 at)
{
	abort();
}

int btt_media_fence(struct btt_media *m)
{
	abort();
}
