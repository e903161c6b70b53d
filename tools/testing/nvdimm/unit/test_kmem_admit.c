// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/dax/kmem/admit.c */
#include "nd_test.h"
#include "kmem/admit.h"

#define BAD		.has_bad = true
#define NO_SCRUB	.scrub = -ENOTTY
#define SURVIVES	.recovery = ND_RECOVERY_FULL
#define DIES		.recovery = ND_RECOVERY_NONE
#define LOCKED		.at_rest = ND_AT_REST_LOCKED
#define PLAIN		.at_rest = ND_AT_REST_PLAIN
#define STRICT		.scrub = KMEM_SCRUB_ARS, .recovery = true, .security = true

static const struct {
	const char *title;
	struct kmem_policy policy;
	struct kmem_facts facts;
	int err;
	enum nd_reason reason;
	bool clear;
} rows[] = {
	{ "known bad bytes are refused", { .scrub = KMEM_SCRUB_BADBLOCKS },
	  { BAD, SURVIVES, LOCKED }, -EIO, ND_REASON_MEDIA },
	{ "so are those that a scrub has found", { .scrub = KMEM_SCRUB_ARS },
	  { BAD, SURVIVES, LOCKED }, -EIO, ND_REASON_MEDIA },
	{ "they are accepted by who was told to", { .scrub = KMEM_SCRUB_NONE },
	  { BAD, SURVIVES, LOCKED } },
	{ "without any it is accepted anyway", { .scrub = KMEM_SCRUB_NONE }, { SURVIVES, LOCKED } },

	/* Contents are given up for RAM that comes of it, never for a refusal. */
	{ "nothing is cleared without a scrub", { STRICT, .clear = true },
	  { BAD, NO_SCRUB, SURVIVES, LOCKED }, -ENODATA, ND_REASON_POLICY },
	{ "nothing is cleared for a machine that dies", { STRICT, .clear = true },
	  { BAD, DIES, LOCKED }, -EOPNOTSUPP, ND_REASON_UNSUPPORTED },
	{ "nothing is cleared that stays open", { STRICT, .clear = true },
	  { BAD, SURVIVES, PLAIN }, -EPERM, ND_REASON_POLICY },
	{ "nothing is cleared of which it is unknown", { STRICT, .clear = true },
	  { BAD, SURVIVES, .at_rest = ND_AT_REST_UNKNOWN }, -EPERM, ND_REASON_POLICY },
	{ "there is nothing to clear", { STRICT, .clear = true }, { SURVIVES, LOCKED } },
	{ "what is bad is cleared when all else is fine", { STRICT, .clear = true },
	  { BAD, SURVIVES, LOCKED }, .clear = true },
	{ "once: what could not be cleared is in the way", { STRICT, .clear = true },
	  { BAD, .tried = true, SURVIVES, LOCKED }, -EIO, ND_REASON_MEDIA },
	{ "but for who accepts it", { .recovery = true, .security = true, .clear = true },
	  { BAD, .tried = true, SURVIVES, LOCKED } },
	{ "who accepts it clears nothing", { .recovery = true, .security = true },
	  { BAD, SURVIVES, LOCKED } },

	{ "a scrub that was asked for is over", { .scrub = KMEM_SCRUB_ARS }, { SURVIVES, LOCKED } },
	{ "one that was asked for could not be had", { .scrub = KMEM_SCRUB_ARS },
	  { NO_SCRUB, SURVIVES, LOCKED }, -ENODATA, ND_REASON_POLICY },
	{ "one that was not asked for need not", { .scrub = KMEM_SCRUB_BADBLOCKS },
	  { NO_SCRUB, SURVIVES, LOCKED } },
	{ "nothing else is asked for by default", { }, { DIES, PLAIN } },

	{ "a machine that survives", { .recovery = true }, { SURVIVES, LOCKED } },
	{ "one that survives copies", { .recovery = true },
	  { .recovery = ND_RECOVERY_COPY_MC, LOCKED } },
	{ "one that does not", { .recovery = true }, { DIES, LOCKED },
	  -EOPNOTSUPP, ND_REASON_UNSUPPORTED },

	{ "what stays is locked", { .security = true }, { SURVIVES, LOCKED } },
	{ "nothing stays", { .security = true }, { SURVIVES, .at_rest = ND_AT_REST_VOLATILE } },
	{ "what stays is open", { .security = true }, { SURVIVES, PLAIN }, -EPERM,
	 ND_REASON_POLICY },
	{ "who knows what stays", { .security = true },
	  { SURVIVES, .at_rest = ND_AT_REST_UNKNOWN }, -EPERM, ND_REASON_POLICY },

	/* The errno says which requirement it is, the gravest first. */
	{ "of all, what is bad is named", { STRICT }, { BAD, .scrub = -EIO, DIES, PLAIN },
	  -EIO, ND_REASON_MEDIA },
	{ "then the scrub", { STRICT }, { .scrub = -EIO, DIES, PLAIN }, -ENODATA,
	 ND_REASON_POLICY },
	{ "then the machine", { STRICT }, { DIES, PLAIN }, -EOPNOTSUPP, ND_REASON_UNSUPPORTED },
	{ "then the lock", { STRICT }, { SURVIVES, PLAIN }, -EPERM, ND_REASON_POLICY },
};

/* What `admission` shows, and last_error begins with. */
TEST(verdict__has_a_word_of_its_own)
{
	static const int err[] = { 0, -EIO, -ENODATA, -EOPNOTSUPP, -EPERM };
	static const char * const word[] = {
		"ok", "badblocks", "unscrubbed", "no-recovery", "unlocked-dimm",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(err); i++)
		assert_string_equal(kmem_verdict_word(err[i]), word[i]);
}

TEST_EACH(admission__by_policy_and_facts, rows)
{
	struct kmem_verdict v = kmem_admit(&row->policy, &row->facts);

	assert_int_equal(v.err, row->err);
	assert_reason(v.reason, row->reason);
	assert_int_equal(v.clear, row->clear);
}

TEST(words__are_read_as_they_are_shown)
{
	static const char * const none[] = {
		"", "\n", "bad", "ars!", "nones", "ARS", " none",
	};
	enum kmem_scrub scrub;
	char line[16];

	for (enum kmem_scrub want = KMEM_SCRUB_NONE; want <= KMEM_SCRUB_ARS; want++) {
		snprintf(line, sizeof(line), "%s\n", kmem_scrub_word(want));
		scrub = -1;
		assert_int_equal(kmem_scrub_parse(line, &scrub), 0);
		assert_int_equal(scrub, want);
		assert_int_equal(kmem_scrub_parse(kmem_scrub_word(want), &scrub), 0);
	}
	for (u32 i = 0; i < ARRAY_SIZE(none); i++)
		assert_int_equal(kmem_scrub_parse(none[i], &scrub), -EINVAL);
}
