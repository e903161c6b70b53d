// SPDX-License-Identifier: GPL-2.0
/*
 * Power cuts while a BTT is made: on blank media, over the remains of another
 * one of other size or shape, and while a lost info-block is put back. There is
 * no BTT, or there is all of it.
 */
/* objects: lib/btt_sim.c lib/btt_intree.c drivers/nvdimm/btt/format.c */
/* objects: drivers/nvdimm/label/codec.c drivers/nvdimm/layout/btt_find.c */
/* objects: drivers/nvdimm/layout/btt_info.c drivers/nvdimm/btt/ondisk.c */
#include "nd_test.h"
#include "btt_sim.h"
#include "btt_intree.h"
#include "btt/arena.h"
#include "btt/format.h"
#include "btt/ondisk.h"

#define SAMPLES	1000

static struct nd_media_btt info, seen;	/* the maker's, and the judge's */
static struct btt_media m, chk;
static struct btt_recipe now;
static struct btt_layout l;	/* what was found last */
static enum nd_reason reason;
static u64 rawsize, states, rng, found;
static bool expected;

/* A BTT that was there before, what the media held, and how much of it; NULL: none. */
static struct btt_recipe was;
static u8 *earlier;
static u64 earlier_size;

static u32 dice(u32 n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (rng >> 20) % n;
}

static struct btt_recipe recipe(u8 id, u32 lbasize, u64 arena_max)
{
	return (struct btt_recipe){
		.uuid = { { id } }, .major = 1, .minor = 1, .lbasize = lbasize, .nfree = 4,
		.arena_min = SZ_32K, .arena_max = arena_max,
	};
}

/* Fresh: every sector in the block of its number, the rest free; other kernels agree. */
static void arena_is_fresh(const struct btt_layout *l, u64 start)
{
	struct intree other;
	struct btt_arena a;

	/* the copy is there before what it is a copy of */
	assert_memory_equal(chk.cur + start, chk.cur + start + l->info2off, SZ_4K);
	machine_arena(&a, &chk, l, start);
	assert_int_equal(btt_arena_recover(&a, NULL, NULL), 0);
	assert_true(machine_healthy(&a));
	assert_true(l->internal_nlba <= INTREE_BLOCKS);
	assert_true(intree_recover(chk.cur + start, l, &other));
	for (u32 i = 0; i < l->external_nlba; i++)
		assert_int_equal(intree_block(other.raw[i], i), i);
	for (u32 i = 0; i < l->nfree; i++)
		assert_int_equal(a.lane[i].block, l->external_nlba + i);
	machine_arena_free(&a);
}

/*
 * Arena by arena, as its info-blocks lead, like a driver that attaches. Who has not been told
 * the uuid, and has no label, either sees the whole BTT, or nothing, or is told its uuid.
 */
static bool btt_is_whole(void)
{
	struct btt_recipe stranger = now;
	struct btt_layout want;
	enum btt_found found;
	u64 start = 0, at;
	u32 i = 0;

	stranger.uuid.b[5] ^= 1;
	found = btt_arena_find(&chk, &stranger, NULL, 0, rawsize, &seen, &l, &reason);
	if (found != BTT_NOTHING && found != BTT_DAMAGED)
		assert_true(uuid_equal(&l.uuid, &now.uuid));
	found = btt_arena_find(&chk, &now, NULL, 0, rawsize, &seen, &l, &reason);
	if (found != BTT_WHOLE && found != BTT_COPY) {
		/* harm is done to the info-block by who writes it: the copy is there then */
		assert_int_equal(found, BTT_NOTHING);
		return false;
	}
	if (found == BTT_COPY)
		assert_int_equal(btt_arena_restore(&chk, 0, &seen), 0);
	do {
		if (i)
			assert_int_equal(btt_arena_probe(&chk, start, rawsize - start, &seen, &l,
							 &reason), 0);
		assert_true(btt_recipe_layout(&now, rawsize, i++, &want, &at));
		assert_true(uuid_equal(&l.uuid, &now.uuid));
		assert_true(at == start && l.external_nlba == want.external_nlba &&
			    l.external_lbasize == want.external_lbasize);
		arena_is_fresh(&l, start);
		start += l.next;
	} while (l.next);
	assert_int_equal(i, btt_arena_count(&now, rawsize));
	return true;
}

/*
 * What was there before, by its own uuid: as it was, or not at all. Its first info-block is gone,
 * so that its copy is all there is.
 */
static void earlier_is_as_it_was(void)
{
	if (!earlier ||
	    btt_arena_find(&chk, &was, NULL, 0, earlier_size, &seen, &l, &reason) != BTT_COPY)
		return;
	for (u64 i = SZ_4K; i < earlier_size; i++)
		if (chk.cur[i] != earlier[i])
			fail_msg("an earlier BTT comes back, byte %#llx of it is another's", i);
}

/* All words at random; every now and then with a bias, so that nearly all or none have arrived. */
static void cut(struct btt_media *m, enum btt_step step)
{
	if (step != STEP_BEFORE_FENCE)
		return;
	for (u32 n = 0; n < SAMPLES; n++) {
		u32 bias = n % 8;

		memcpy(chk.cur, m->dur, m->size);
		for (u32 i = 0; i < m->npending; i++) {
			const struct btt_word *w = &m->pending[i];
			bool all = bias == 0 || (bias == 1 && dice(100)) || (bias > 2 && dice(2));

			memcpy(chk.cur + w->word * 8ull,
			       &w->value[all ? w->nr - 1 : dice(w->nr)], 8);
		}
		earlier_is_as_it_was();
		if (btt_is_whole())
			found++;
		else
			assert_false(expected);
		states++;
	}
}

static void begin(u64 size, u64 seed)
{
	machine_init(&m, size);
	machine_init(&chk, size);
	rawsize = size;
	rng = seed * 0x9e3779b97f4a7c15ull;
	expected = false;
}

static void end(void)
{
	machine_free(&m);
	machine_free(&chk);
}

/* Format as @now while cutting; then it has to be there. */
static void format_and_cut(void)
{
	machine_record(&m);
	m.step = cut;
	assert_int_equal(btt_format(&m, &now, rawsize, &info), 0);
	expected = true;
	cut(&m, STEP_BEFORE_FENCE);
	m.step = NULL;
	m.record = false;
	expected = false;
}

TEST(format__is_done_or_absent)
{
	for (u32 arenas = 1; arenas <= 3; arenas++) {
		begin(arenas * SZ_64K + 4 * SZ_1K, arenas);
		memset(m.cur, 0x5a, m.size);
		now = recipe(arenas, 512, SZ_64K);
		format_and_cut();
		end();
	}
}

/* Sectors are written, lanes used; then the user takes the info-block away, as tools do. */
static void use_and_give_up(void)
{
	struct btt_arena a;
	u64 start = 0;

	do {
		assert_int_equal(btt_arena_probe(&m, start, rawsize - start, &info, &l, &reason),
				 0);
		machine_arena(&a, &m, &l, start);
		assert_int_equal(btt_arena_recover(&a, NULL, NULL), 0);
		for (u32 i = 0; i < 20; i++)
			assert_int_equal(machine_write(&a, dice(4), dice(l.external_nlba), i), 0);
		machine_arena_free(&a);
		start += l.next;
	} while (l.next);
	memset(m.cur, 0, SZ_4K);
}

TEST(remake__of_other_size_and_shape_is_done_or_absent)
{
	static const struct {
		u32 lbasize;
		u64 arena_max, was, is;
	} cases[] = {
		{ 512, SZ_64K, 3 * SZ_64K, 3 * SZ_64K },	/* the same once more */
		{ 512, SZ_64K, 3 * SZ_64K, 2 * SZ_64K },	/* smaller */
		{ 512, SZ_64K, 2 * SZ_64K, 3 * SZ_64K },	/* larger */
		{ 528, SZ_64K, 3 * SZ_64K, 3 * SZ_64K },	/* other sectors */
		{ 4096, SZ_128K, 3 * SZ_64K, 3 * SZ_64K },	/* other arenas */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(3 * SZ_64K, 10 + i);
		rawsize = cases[i].was;
		now = recipe(1, 512, SZ_64K);
		assert_int_equal(btt_format(&m, &now, rawsize, &info), 0);
		use_and_give_up();
		was = now;
		earlier_size = rawsize;
		earlier = memcpy(malloc(m.size), m.cur, m.size);
		rawsize = cases[i].is;
		now = recipe(2, cases[i].lbasize, cases[i].arena_max);
		/* a copy that lies elsewhere is not looked for, nor forgotten */
		if (btt_recipe_copy(&was, earlier_size) != btt_recipe_copy(&now, rawsize)) {
			free(earlier);
			earlier = NULL;
		}
		format_and_cut();
		end();
		free(earlier);
		earlier = NULL;
	}
}

/* The namespace has another size than when the BTT was made. */
TEST(resize__keeps_the_arenas_or_refuses)
{
	u8 *before;

	begin(3 * SZ_64K, 20);
	rawsize = 2 * SZ_64K;
	now = recipe(1, 512, SZ_64K);
	assert_int_equal(btt_format(&m, &now, rawsize, &info), 0);
	before = malloc(m.size);
	memcpy(before, m.cur, m.size);
	for (u64 size = 0; size <= 3 * SZ_64K; size += 512) {
		int rc = btt_arena_probe(&m, 0, size, &info, &l, &reason);

		assert_int_equal(rc, size < SZ_4K ? -ENODEV : size < SZ_64K ? -ENXIO : 0);
		if (rc)
			continue;
		/* the second arena is missed, not made up */
		rc = btt_arena_probe(&m, l.next, size - l.next, &info, &l, &reason);
		assert_int_equal(rc, size < SZ_64K + SZ_4K ? -ENODEV :
				 size < 2 * SZ_64K ? -ENXIO : 0);
		states++;
	}
	assert_memory_equal(before, m.cur, m.size);
	free(before);
	end();
}

TEST(restore__puts_the_info_block_back_or_leaves_the_copy)
{
	begin(2 * SZ_64K, 30);
	now = recipe(1, 512, SZ_64K);
	assert_int_equal(btt_format(&m, &now, rawsize, &info), 0);
	for (u32 off = 0; off < SZ_4K; off += 8)
		m.cur[off] ^= 1;
	machine_record(&m);
	m.step = cut;
	/* at no time is it lost */
	expected = true;
	assert_int_equal(btt_arena_find(&m, &now, NULL, 0, rawsize, &info, &l, &reason), BTT_COPY);
	assert_int_equal(btt_arena_restore(&m, 0, &info), 0);
	cut(&m, STEP_BEFORE_FENCE);
	m.step = NULL;
	assert_int_equal(btt_arena_probe(&m, 0, rawsize, &info, &l, &reason), 0);
	end();
}

TEST(all__both_outcomes_were_met)
{
	printf("## all: %llu states, a BTT in %llu\n", states, found);
	assert_true(states > 50000 && found > 5000 && found < states - 5000);
}
