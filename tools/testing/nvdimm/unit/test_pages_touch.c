// SPDX-License-Identifier: GPL-2.0
#include "nd_test.h"
#include "namespace/pages_touch.h"

#define CHUNK	(1u << PAGES_CHUNK_SHIFT)
/* The last chunk is no whole one. */
#define PAGES	(5 * CHUNK + 7)
#define CHUNKS	6

static unsigned long touched_after(u64 pgoff, u64 nr)
{
	unsigned long bit[2] = { 0 };
	struct pages_touch t = { .bit = bit, .nr = CHUNKS, .pages = PAGES };

	pages_touch(&t, pgoff, nr);
	assert_int_equal(bit[1], 0);
	return bit[0];
}

TEST(touch__marks_every_chunk_of_what_is_handed_out)
{
	assert_int_equal(pages_touch_chunks(PAGES), CHUNKS);
	assert_int_equal(pages_touch_chunks(CHUNK), 1);
	assert_int_equal(pages_touch_chunks(CHUNK + 1), 2);
	assert_int_equal(touched_after(0, 1), 0x1);
	assert_int_equal(touched_after(CHUNK - 1, 1), 0x1);
	assert_int_equal(touched_after(CHUNK - 1, 2), 0x3);
	assert_int_equal(touched_after(CHUNK, CHUNK), 0x2);
	assert_int_equal(touched_after(1, 3 * CHUNK), 0xf);
	assert_int_equal(touched_after(0, PAGES), 0x3f);
}

TEST(touch__stays_within_the_data)
{
	/* who asks for more than there is gets what there is */
	assert_int_equal(touched_after(PAGES - 1, ~0ull), 0x20);
	assert_int_equal(touched_after(0, ~0ull), 0x3f);
	assert_int_equal(touched_after(PAGES, 1), 0);
	assert_int_equal(touched_after(0, 0), 0);
}

TEST(chunks__have_all_pages_once)
{
	struct pages_touch t = { .nr = CHUNKS, .pages = PAGES };
	u64 at = 0;

	for (u32 i = 0; i < CHUNKS; i++) {
		assert_int_equal(pages_touch_first(i), at);
		at = pages_touch_end(&t, i);
	}
	assert_int_equal(at, PAGES);
}
