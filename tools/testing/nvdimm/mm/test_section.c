// SPDX-License-Identifier: GPL-2.0
/*
 * One section of eight sub-sections, and everything that can be done to it.
 *
 * Every sequence of up to six operations: an operation is any add or any remove of any piece, with
 * the first, second or third of its fallible steps refused, or none. What an operation does depends
 * on the state it meets and on nothing else, and the state is what world holds; so instead of the
 * sequences, of which there are 10^14, all states that any six lead to are visited, and everything
 * is tried in each.
 */
#define SECTION_SIZE_BITS	24
#define NR_MEM_SECTIONS		1
#include "world.h"

#define LENGTH	6
#define STEPS	3

enum verb { ADD, REMOVE };

struct op {
	enum verb verb;
	unsigned int first, n;
	int fail;
};

struct state {
	struct world world;
	int at;
};

static struct state queue[1 << 16];
static size_t met, tried;

static u8 bits_of(const unsigned long *bits)
{
	return bits[0];
}

/* What the rule says, by counting: none of the code's own helpers. */
static int expected(const struct world *w, const struct op *op)
{
	u8 active = bits_of(w->section[0].subs.active);
	u8 boot = bits_of(w->section[0].subs.boot);
	u8 asked = 0;

	for (unsigned int i = 0; i < op->n; i++)
		asked |= 1 << (op->first + i);
	if (op->verb == ADD)
		return asked & active ? -EEXIST : 0;
	if (asked & boot)
		return asked == 0xff && active == boot ? 0 : -EBUSY;
	return asked & ~active ? -ENOENT : 0;
}

/* How many steps of it may fail. */
static int fallible(const struct world *w, const struct op *op)
{
	u8 active = bits_of(w->section[0].subs.active);
	u8 boot = bits_of(w->section[0].subs.boot);

	if (op->verb == REMOVE)
		return 0;
	return !w->root[0] + (expected(w, op) ? 0 : !active + !boot);
}

static void check_readers(void)
{
	u8 active = bits_of(world.section[0].subs.active);
	u8 boot = bits_of(world.section[0].subs.boot);

	for (unsigned int i = 0; i < SUBS; i++) {
		unsigned long pfn = i * SUB + i * 77 % SUB;

		assert_int_equal(world.root[0] && subsection_pfn_valid(pfn),
				 world.memmap[i] != NONE);
		assert_int_equal(subsection_is_ram(&world.section[0].subs, pfn),
				 (boot ?: active) >> i & 1);
	}
	assert_int_equal(subsection_map_mixed(&world.section[0].subs), boot && active != boot);
}

/* What is there is what the bits say: nothing leaks, and the bits are all there is of a state. */
static void check_world(void)
{
	u8 active = bits_of(world.section[0].subs.active);
	u8 boot = bits_of(world.section[0].subs.boot);

	promises_are_kept();
	for (unsigned int i = 0; i < SUBS; i++) {
		bool on = active >> i & 1;

		assert_int_equal(world.memmap[i], boot ? BOOT : on ? HOT : NONE);
		assert_int_equal(world.used[i], on && !(boot >> i & 1));
	}
	assert_int_equal(world.hot_memmaps, boot ? 0 : __builtin_popcount(active));
	assert_int_equal(world.hot_flags, active && !boot);
	assert_int_equal(valid_section(&world.section[0]), active != 0);
	assert_int_equal(world.flags[0] == HOT, active && !boot);
	check_readers();
}

static void check_change(const struct world *before, const struct op *op)
{
	u8 asked = 0, was = bits_of(before->section[0].subs.active);
	u8 now = bits_of(world.section[0].subs.active);

	for (unsigned int i = 0; i < op->n; i++)
		asked |= 1 << (op->first + i);
	assert_int_equal(now, op->verb == ADD ? was | asked : was & ~asked);
	if (op->verb == ADD || !(asked & bits_of(before->section[0].subs.boot)))
		assert_int_equal(bits_of(world.section[0].subs.boot),
				 bits_of(before->section[0].subs.boot));
	else
		assert_int_equal(bits_of(world.section[0].subs.boot), 0);
}

/* @op in the state @before, which may be met for the first time @after it. */
static void try_op(const struct world *before, const struct op *op)
{
	int want = expected(before, op), steps = fallible(before, op), rc;

	world = *before;
	fail_step = op->fail;
	rc = op->verb == ADD ? add_piece(op->first, op->n) : remove_piece(op->first, op->n);
	fail_step = 0;
	tried++;
	assert_int_equal(rc, op->fail && op->fail <= steps ? -ENOMEM : want);
	check_world();
	if (rc)
		assert_true(same_world(world, before));
	else
		check_change(before, op);
}

static void remember(int at, size_t *nr)
{
	static u8 seen[256][256][2][3];
	u8 active = bits_of(world.section[0].subs.active);
	u8 boot = bits_of(world.section[0].subs.boot);
	u8 *mark = &seen[active][boot][world.root[0]][world.flags[0]];

	if (!at)
		memset(seen, 0, sizeof(seen));
	if (*mark)
		return;
	*mark = 1;
	assert_true(*nr < ARRAY_SIZE(queue));
	queue[(*nr)++] = (struct state){ world, at };
	met++;
}

static void try_all_ops(const struct state *s, size_t *nr)
{
	struct op op;

	for (op.verb = ADD; op.verb <= REMOVE; op.verb++)
		for (op.first = 0; op.first < SUBS; op.first++)
			for (op.n = 1; op.first + op.n <= SUBS; op.n++)
				for (op.fail = 0; op.fail <= STEPS; op.fail++) {
					try_op(&s->world, &op);
					remember(s->at + 1, nr);
				}
}

static void try_all_from(u8 boot)
{
	size_t nr = 0;

	memset(&world, 0, sizeof(world));
	for (unsigned int i = 0; i < SUBS; i++)
		if (boot >> i & 1)
			boot_ram(i * SUB, (i + 1) * SUB);
	assert_int_equal(bits_of(world.section[0].subs.boot), boot);
	check_world();
	remember(0, &nr);
	for (size_t i = 0; i < nr; i++)
		if (queue[i].at < LENGTH)
			try_all_ops(&(struct state){ queue[i].world, queue[i].at }, &nr);
}

TEST(every_sequence__keeps_the_laws_of_a_section)
{
	for (unsigned int boot = 0; boot < 256; boot++)
		try_all_from(boot);
	printf("## %zu states, %zu operations\n", met, tried);
	assert_true(met > 6000 && tried > 288 * met / 2);
}

TEST(piece__that_is_none_is_refused)
{
	static const struct { unsigned long pfn, nr; } wrong[] = {
		{ 0, 0 }, { 0, 1 }, { 1, SUB }, { SUB - 1, SUB }, { 0, SUB - 1 }, { 0, SUB + 1 },
		{ SUB / 2, SUB }, { SUB, SUB / 2 }, { SUB, PAGES_PER_SECTION },
		{ 0, PAGES_PER_SECTION + SUB }, { 0, -SUB }, { SUB, -SUB }, { SUB, -2 * SUB },
	};

	for (unsigned int boot = 0; boot < 256; boot += 15)
		for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
			struct subsection_piece p = {
				.pfn = wrong[i].pfn, .nr_pages = wrong[i].nr,
			};
			struct world before;

			memset(&world, 0, sizeof(world));
			if (boot & 15)
				boot_ram(0, 4 * SUB);
			before = world;
			assert_int_equal(subsection_activate(&p), -EINVAL);
			assert_true(same_world(world, &before));
			before = world;
			assert_int_equal(subsection_deactivate(&p), -EINVAL);
			assert_true(same_world(world, &before));
		}
}

TEST(span__is_of_whole_units_and_does_not_wrap)
{
	assert_true(subsection_span_ok(0, SUB, SUB));
	assert_true(subsection_span_ok(SUB, 3 * SUB, SUB));
	assert_false(subsection_span_ok(SUB, 3 * SUB, PAGES_PER_SECTION));
	assert_true(subsection_span_ok(0, PAGES_PER_SECTION, PAGES_PER_SECTION));
	assert_false(subsection_span_ok(0, 0, SUB));
	for (int bit = 0; 1ul << bit < SUB; bit++) {
		assert_false(subsection_span_ok(1ul << bit, SUB, SUB));
		assert_false(subsection_span_ok(0, SUB + (1ul << bit), SUB));
	}
	assert_false(subsection_span_ok(-SUB, 2 * SUB, SUB));
	assert_false(subsection_span_ok(-SUB, SUB, SUB));
}

TEST(ram__that_starts_or_ends_within_a_subsection_has_all_of_it)
{
	for (unsigned long pfn = 0; pfn < PAGES_PER_SECTION; pfn += SUB / 4)
		for (unsigned long end = pfn; end <= PAGES_PER_SECTION; end += SUB / 4) {
			u8 want = 0;

			memset(&world, 0, sizeof(world));
			world.root[0] = 1;
			subsection_map_boot(&world.section[0].subs, pfn, end);
			for (unsigned int i = 0; i < SUBS && pfn < end; i++)
				if (pfn < (i + 1) * SUB && end > i * SUB)
					want |= 1 << i;
			assert_int_equal(bits_of(world.section[0].subs.boot), want);
			assert_int_equal(bits_of(world.section[0].subs.active), want);
		}
}

TEST(removal__from_a_section_that_never_was_finds_nothing)
{
	memset(&world, 0, sizeof(world));
	assert_int_equal(remove_piece(0, 1), -ENOENT);
	assert_int_equal(remove_piece(0, SUBS), -ENOENT);
}
