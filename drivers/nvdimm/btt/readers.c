// SPDX-License-Identifier: GPL-2.0
/*
 * Which blocks are being read. A block that was given up by the map may still be
 * read by a task that looked it up before; its new owner waits for it.
 *
 * A reader counts itself into a slot of the group that its sector's number
 * selects; slots carry the number of the block, so that readers of other blocks
 * never make a writer wait. A writer looks at one cache line, that of the sector
 * which its free block was taken from: whoever still reads the block has found it
 * there. By sectors, and not by blocks, which are anywhere: so tasks that keep to
 * sectors of their own do not meet in the table either.
 *
 *	reader: count in, full barrier, look at the map again, read
 *	writer: exchange the map entry, full barrier, look at the count
 *
 * One of the two sees the other. Pure.
 */
#include <linux/atomic.h>
#include "btt/media.h"
#include "btt/readers.h"

/* Number of readers above, block below; without readers the block means nothing. */
#define ONE_READER	0x100000000ull

struct btt_readers {
	struct {
		atomic64_t slot[BTT_READ_SLOTS];
	} group[BTT_READ_GROUPS];
};

size_t btt_readers_size(void)
{
	return sizeof(struct btt_readers);
}

static atomic64_t *slots_of(struct btt_readers *r, u32 lba)
{
	return r->group[lba / BTT_READ_SLOTS % BTT_READ_GROUPS].slot;
}

static bool is_reading(u64 slot, u32 block)
{
	return slot >= ONE_READER && (u32)slot == block;
}

static atomic64_t *try_enter(atomic64_t *slots, u32 block)
{
	unsigned int i;

	for (i = 0; i < BTT_READ_SLOTS; i++) {
		u64 was = atomic64_read(&slots[i]);
		u64 is = is_reading(was, block) ? was + ONE_READER : ONE_READER | block;

		if (was >= ONE_READER && (u32)was != block)
			continue;
		if (atomic64_cmpxchg(&slots[i], was, is) == was)
			return &slots[i];
	}
	return NULL;
}

void *btt_readers_enter(struct btt_readers *r, struct btt_media *media, u32 lba, u32 block)
{
	atomic64_t *slots = slots_of(r, lba), *token;
	unsigned int tries = 0;

	while (!(token = try_enter(slots, block)))
		btt_media_pause(media, tries++);
	return token;
}

void btt_readers_leave(void *token)
{
	/* what was read was read before */
	smp_mb__before_atomic();
	atomic64_sub(ONE_READER, token);
}

bool btt_readers_busy(struct btt_readers *r, u32 lba, u32 block)
{
	const atomic64_t *slots = slots_of(r, lba);
	unsigned int i;

	/* the exchange of the map entry comes before: see above */
	smp_mb();
	for (i = 0; i < BTT_READ_SLOTS; i++)
		if (unlikely(is_reading(atomic64_read(&slots[i]), block)))
			return true;
	/* stores to the block stay behind these loads: they depend on them */
	smp_acquire__after_ctrl_dep();
	return false;
}
