// SPDX-License-Identifier: GPL-2.0
/* Is there a BTT: every state of an info-block and of its copy, asked by everybody who asks. */
/* objects: drivers/nvdimm/layout/btt_find.c drivers/nvdimm/layout/btt_info.c */
/* objects: drivers/nvdimm/btt/ondisk.c drivers/nvdimm/label/codec.c */
#include "nd_test.h"
#include "btt/ondisk.h"
#include "label/label.h"

#define ROOM	(SZ_16M + SZ_64K)

static const uuid_t mine = UUID_INIT(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
static const uuid_t other = UUID_INIT(2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
static const uuid_t ns = UUID_INIT(3, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
static const uuid_t stranger = UUID_INIT(4, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

enum state {
	ZEROS, DATA, FINE, FLIPPED, HALF_SIGNED, OTHER, FOREIGN, BARE, NEWER, TOO_LARGE,
	FOREIGN_TOO_LARGE, MISPLACED, UNREADABLE, STATES
};

enum asker { BARE_NS, LABELLED_NS, CLASS_NS, SAME_UUID, OTHER_UUID, ASKERS };

static struct nd_media_btt block[STATES];
static enum state first, copy;
static u64 copy_at;
static u32 reads, copy_reads;

static void seal(struct nd_media_btt *media)
{
	media->checksum = 0;
	media->checksum = cpu_to_le64(label_fletcher64(media, sizeof(*media)));
}

static struct btt_layout layout(const uuid_t *uuid, const uuid_t *parent)
{
	struct btt_recipe r = {
		.uuid = *uuid, .parent_uuid = *parent, .major = 1, .minor = 1, .lbasize = 4096,
		.nfree = BTT_NFREE, .arena_min = BTT_ARENA_MIN, .arena_max = BTT_ARENA_MAX,
	};
	struct btt_layout l;
	u64 start;

	assert_true(btt_recipe_layout(&r, ROOM, 0, &l, &start));
	copy_at = btt_recipe_copy(&r, ROOM);
	assert_int_equal(copy_at, btt_copy_at(ROOM));
	return l;
}

int before_all(void **state)
{
	struct btt_layout l = layout(&mine, &ns);

	btt_info_encode(&l, &block[FINE]);
	block[FLIPPED] = block[FINE];
	((u8 *)&block[FLIPPED])[1000] ^= 4;
	block[HALF_SIGNED] = block[FINE];
	memset(block[HALF_SIGNED].signature + 8, 0xee, 8);
	block[NEWER] = block[FINE];
	block[NEWER].version_major = cpu_to_le16(3);
	seal(&block[NEWER]);
	block[MISPLACED] = block[FINE];
	block[MISPLACED].info2off = cpu_to_le64(l.info2off - 4096);
	block[MISPLACED].logoff = cpu_to_le64(l.logoff - 4096);
	block[MISPLACED].mapoff = cpu_to_le64(l.mapoff - 4096);
	block[MISPLACED].external_nlba = cpu_to_le32(l.external_nlba - 2);
	block[MISPLACED].internal_nlba = cpu_to_le32(l.internal_nlba - 2);
	seal(&block[MISPLACED]);
	block[TOO_LARGE] = block[FINE];
	block[TOO_LARGE].info2off = cpu_to_le64(l.info2off + SZ_1M);
	seal(&block[TOO_LARGE]);
	block[FOREIGN_TOO_LARGE] = block[TOO_LARGE];
	export_uuid(block[FOREIGN_TOO_LARGE].parent_uuid, &stranger);
	seal(&block[FOREIGN_TOO_LARGE]);
	l = layout(&other, &ns);
	btt_info_encode(&l, &block[OTHER]);
	l = layout(&mine, &stranger);
	btt_info_encode(&l, &block[FOREIGN]);
	l = layout(&mine, &uuid_null);
	btt_info_encode(&l, &block[BARE]);
	memset(&block[DATA], 'd', sizeof(block[DATA]));
	return 0;
}

static int read_state(const struct btt_search *s, u64 at, struct nd_media_btt *info)
{
	enum state st = at ? copy : first;

	assert_true(!at || at == copy_at);
	reads++;
	copy_reads += !!at;
	if (st == UNREADABLE)
		return -5;
	*info = block[st];
	return 0;
}

static struct btt_search search(enum asker who)
{
	struct btt_search s = { .read = read_state, .room = ROOM, .copy_at = copy_at };

	if (who != BARE_NS)
		s.own = &ns;
	s.labelled = who == CLASS_NS;
	if (who == SAME_UUID)
		s.wanted = &mine;
	if (who == OTHER_UUID)
		s.wanted = &stranger;
	return s;
}

/* In words: what each state of a block is to somebody. */
static bool is_bad(enum state st)
{
	return st == FLIPPED || st == HALF_SIGNED || st == UNREADABLE;
}

static bool is_arena(enum state st, bool has_own)
{
	return st == FINE || st == OTHER || st == BARE || st == MISPLACED ||
	       (st == FOREIGN && !has_own);
}

static bool is_strangers(enum state st, bool has_own)
{
	return has_own && (st == FOREIGN || st == FOREIGN_TOO_LARGE);
}

/* Whom the copy belongs to, by those who were asked. */
static bool is_agreed(enum state st, enum asker who)
{
	switch (who) {
	case BARE_NS:
		return false;
	case LABELLED_NS:
		return st == FINE || st == OTHER;
	case CLASS_NS:
		return true;
	case SAME_UUID:
		return st != OTHER;
	default:
		return false;
	}
}

static enum btt_found wanted(enum asker who)
{
	bool own = who != BARE_NS, asked = who == SAME_UUID || who == OTHER_UUID;
	bool has_copy = is_arena(copy, own) && copy != MISPLACED && !is_strangers(copy, own);

	if (is_strangers(first, own))
		return BTT_FOREIGN;
	if (is_arena(first, own))
		return BTT_WHOLE;
	if (first == NEWER || first == TOO_LARGE || first == FOREIGN_TOO_LARGE)
		return BTT_UNUSABLE;
	if (!is_bad(first))
		return asked && has_copy && is_agreed(copy, who) ? BTT_COPY : BTT_NOTHING;
	if (!has_copy)
		return BTT_DAMAGED;
	return is_agreed(copy, who) ? BTT_COPY : BTT_DAMAGED_COPY;
}

TEST(find__of_every_state_by_everybody)
{
	struct nd_media_btt info;
	struct btt_layout l;
	enum nd_reason reason;
	u32 damaged = 0;

	for (first = 0; first < STATES; first++)
	for (copy = 0; copy < STATES; copy++)
	for (enum asker who = 0; who < ASKERS; who++) {
		struct btt_search s = search(who);
		enum btt_found found, want = wanted(who);

		memset(&l, 0xee, sizeof(l));
		found = btt_find(&s, &info, &l, &reason);
		if (found != want)
			fail_msg("first %d copy %d asker %d: %d, not %d", first, copy, who, found,
				 want);
		/* what has come to harm is never nothing */
		if (is_bad(first)) {
			assert_true(found == BTT_COPY || found == BTT_DAMAGED ||
				    found == BTT_DAMAGED_COPY);
			assert_reason(reason, first == UNREADABLE ? ND_REASON_MEDIA :
				      ND_REASON_CHECKSUM);
			damaged++;
		}
		/* and the refusal names it */
		if (found == BTT_DAMAGED_COPY || found == BTT_COPY) {
			assert_true(uuid_equal(&l.uuid, copy == OTHER ? &other : &mine));
			assert_int_equal(l.external_lbasize, 4096);
		}
		if (found == BTT_DAMAGED) {
			bool known = first != UNREADABLE;

			assert_true(uuid_equal(&l.uuid, known ? &mine : &uuid_null));
			assert_int_equal(l.external_lbasize, known ? 4096 : 0);
		}
		if (found == BTT_COPY)
			assert_memory_equal(&info, &block[copy], sizeof(info));
	}
	assert_int_equal(damaged, 3 * STATES * ASKERS);
}

/* Bytes that are no BTT's cost one look, and no more when the block is whole. */
TEST(find__looks_for_the_copy_when_it_must)
{
	struct nd_media_btt info;
	struct btt_layout l;
	enum nd_reason reason;

	copy = FINE;
	for (first = 0; first < STATES; first++) {
		struct btt_search s = search(CLASS_NS);

		copy_reads = 0;
		btt_find(&s, &info, &l, &reason);
		assert_int_equal(copy_reads, is_bad(first));
	}
}

/* Too small for an arena: byte 0 is not read again in the place of a copy. */
TEST(find__looks_for_no_copy_where_none_has_room)
{
	struct nd_media_btt info;
	struct btt_layout l;
	enum nd_reason reason;

	for (first = 0; first < STATES; first++) {
		struct btt_search s = search(CLASS_NS);

		s.copy_at = 0;
		reads = 0;
		btt_find(&s, &info, &l, &reason);
		assert_int_equal(reads, 1);
	}
}

static enum state signature;

static int read_signature(const struct btt_search *s, struct nd_media_btt *info)
{
	if (signature == UNREADABLE)
		return -5;
	memcpy(info->signature, block[signature].signature, sizeof(info->signature));
	return 0;
}

/* Where other data begin, a copy that is left must not be restored over the rest of them. */
TEST(find__of_other_data_with_poison_is_nothing)
{
	struct nd_media_btt info;
	struct btt_layout l;
	enum nd_reason reason;

	first = UNREADABLE;
	copy = FINE;
	for (enum asker who = BARE_NS; who <= CLASS_NS; who++) {
		struct btt_search s = search(who);
		enum btt_found hidden = who == BARE_NS ? BTT_DAMAGED_COPY : BTT_COPY;

		s.read_signature = read_signature;
		signature = UNREADABLE;
		assert_int_equal(btt_find(&s, &info, &l, &reason), hidden);
		signature = HALF_SIGNED;
		assert_int_equal(btt_find(&s, &info, &l, &reason), hidden);
		/* but a label that has the class is believed */
		for (signature = ZEROS; signature <= DATA; signature++)
			assert_int_equal(btt_find(&s, &info, &l, &reason),
					 who == CLASS_NS ? BTT_COPY : BTT_NOTHING);
	}
}

/* Whatever bits of an info-block have flipped, up to half of its signature: it is not nothing. */
TEST(find__of_any_flipped_bit_is_no_nothing)
{
	struct btt_search s = search(BARE_NS);
	struct nd_media_btt info;
	struct btt_layout l;
	enum nd_reason reason;
	u8 *b = (u8 *)&block[FLIPPED];

	first = FLIPPED;
	copy = DATA;
	for (u32 bit = 0; bit < 8 * sizeof(info); bit++) {
		block[FLIPPED] = block[FINE];
		b[bit / 8] ^= 1 << bit % 8;
		assert_int_equal(btt_find(&s, &info, &l, &reason), BTT_DAMAGED);
	}
	for (u32 n = 0; n <= ND_SIG_LEN; n++) {
		block[FLIPPED] = block[FINE];
		memset(b, 0xee, n);
		assert_int_equal(btt_find(&s, &info, &l, &reason),
				 !n ? BTT_WHOLE : n <= 8 ? BTT_DAMAGED : BTT_NOTHING);
	}
	before_all(NULL);
}
