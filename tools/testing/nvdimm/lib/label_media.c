// SPDX-License-Identifier: GPL-2.0
/* Label areas, and what goes wrong with them: label_media.h. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <stdlib.h>
#include <string.h>
#include "label_media.h"

static bool media_refuses(const struct label_media *media)
{
	const struct media_world *w = media->world;

	if (media->dead || !w)
		return media->dead;
	return w->dead || (w->broken && w->fail_on && w->fail_dimm == media->id);
}

static int media_read(void *ctx, u32 off, void *buf, u32 len)
{
	struct label_media *media = ctx;
	bool fails = media->fails & 1;

	if ((u64)off + len > media->size || !len)
		abort();
	media->reads++;
	media->read_bytes += len;
	media->fails >>= 1;
	if (fails || media_refuses(media) ||
	    (media->nlost && off < media->lost + media->nlost && media->lost < off + len)) {
		memset(buf, 0xdb, len);		/* what a failed read leaves is anybody's guess */
		return -EIO;
	}
	memcpy(buf, media->bytes + off, len);
	return 0;
}

static void media_store(struct media_world *w, u64 *word, u64 val)
{
	if (w->nlog == w->maxlog) {
		w->maxlog = w->maxlog * 2 + 1024;
		w->log = realloc(w->log, w->maxlog * sizeof(*w->log));
	}
	w->log[w->nlog++] = (struct media_undo){ word, *word };
	*word = val;
}

static int media_write(void *ctx, u32 off, const void *buf, u32 len)
{
	struct label_media *media = ctx;
	struct media_world *w = media->world;
	u32 upto = len;
	bool fails;

	if ((u64)off + len > media->size || !len || off % 8 || len % 8)
		abort();
	media->writes++;
	/* it can be read again when all of it has been written anew */
	if (off <= media->lost && media->lost + media->nlost <= off + len)
		media->nlost = 0;
	if (!w) {
		memcpy(media->bytes + off, buf, len);
		return 0;
	}
	if (media_refuses(media))
		return -EIO;
	fails = ++w->xfers == w->fail;
	if (fails) {
		w->broken = true;
		w->fail_dimm = media->id;
		w->broken_at = w->steps;
		upto = w->fault == FAULT_NOTHING_WRITTEN ? 0 :
		       w->fault == FAULT_HALF_WRITTEN ? len / 16 * 8 : len;
	}
	for (u32 i = 0; i < upto; i += 8) {
		u64 val;

		if (w->steps == w->cut) {
			w->dead = true;
			return -EIO;
		}
		w->steps++;
		memcpy(&val, (const u8 *)buf + i, 8);
		media_store(w, (u64 *)(media->bytes + off + i), val);
	}
	return fails ? -EIO : 0;
}

/* Begin to count anew, with nothing going wrong. */
void media_start(struct media_world *w)
{
	w->steps = 0;
	w->cut = U64_MAX;
	w->xfers = 0;
	w->fail = 0;
	w->dead = w->broken = w->fail_on = false;
	w->nlog = 0;
}

/* Power is back and nothing goes wrong any more; counting goes on. */
void media_repair(struct media_world *w)
{
	w->cut = U64_MAX;
	w->fail = 0;
	w->dead = w->broken = w->fail_on = false;
}

/* The bytes as they were at media_start(). */
void media_rewind(struct media_world *w)
{
	while (w->nlog) {
		w->nlog--;
		*w->log[w->nlog].word = w->log[w->nlog].old;
	}
}

struct label_io media_io(struct label_media *media)
{
	return (struct label_io){ .read = media_read, .write = media_write, .ctx = media };
}

struct label_media media_new(u32 size)
{
	return (struct label_media){ .bytes = calloc(1, (size + 7) & ~7u), .size = size };
}
