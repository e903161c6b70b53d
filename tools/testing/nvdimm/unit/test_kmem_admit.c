// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/dax/kmem/admit.c */
#include "nd_test.h"
#include "kmem/admit.h"

static const struct kmem_facts fine = {
	.recovery = ND_RECOVERY_FULL, .at_rest = ND_AT_REST_LOCKED,
};

LAW(admission__refuses_known_bad_bytes_unless_told)
{
	struct kmem_facts bad = fine;
	struct kmem_policy policy = { .scrub = KMEM_SCRUB_BADBLOCKS };

	bad.has_bad = true;
	assert_int_equal(kmem_admit(&policy, &bad).err, -EIO);
	assert_why(kmem_admit(&policy, &bad).why, ND_WHY_MEDIA);
	policy.scrub = KMEM_SCRUB_ARS;
	assert_int_equal(kmem_admit(&policy, &bad).err, -EIO);
	policy.scrub = KMEM_SCRUB_NONE;
	assert_int_equal(kmem_admit(&policy, &bad).err, 0);
	assert_int_equal(kmem_admit(&policy, &fine).err, 0);
}

/* Contents are given up for RAM that comes of it, never for a refusal. */
LAW(admission__clears_only_what_nothing_else_refuses)
{
	static const struct kmem_facts others[] = {
		{ .scrub = -ENOTTY, .recovery = ND_RECOVERY_FULL, .at_rest = ND_AT_REST_LOCKED },
		{ .recovery = ND_RECOVERY_NONE, .at_rest = ND_AT_REST_LOCKED },
		{ .recovery = ND_RECOVERY_FULL, .at_rest = ND_AT_REST_PLAIN },
		{ .recovery = ND_RECOVERY_FULL, .at_rest = ND_AT_REST_UNKNOWN },
	};
	struct kmem_policy policy = {
		.scrub = KMEM_SCRUB_ARS, .clear = true, .recovery = true, .security = true,
	};
	struct kmem_facts facts;

	for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		facts = others[i];
		facts.has_bad = true;
		assert_int_not_equal(kmem_admit(&policy, &facts).err, 0);
		assert_false(kmem_admit(&policy, &facts).clear);
	}
	facts = fine;
	assert_false(kmem_admit(&policy, &facts).clear);
	facts.has_bad = true;
	assert_int_equal(kmem_admit(&policy, &facts).err, 0);
	assert_true(kmem_admit(&policy, &facts).clear);
	/* once: what could not be cleared is in the way */
	facts.tried = true;
	assert_int_equal(kmem_admit(&policy, &facts).err, -EIO);
	assert_false(kmem_admit(&policy, &facts).clear);
	policy.scrub = KMEM_SCRUB_NONE;
	assert_int_equal(kmem_admit(&policy, &facts).err, 0);
	policy.clear = false;
	facts.tried = false;
	assert_false(kmem_admit(&policy, &facts).clear);
}

LAW(admission__wants_a_scrub_to_end_that_it_asks_for)
{
	struct kmem_policy policy = { .scrub = KMEM_SCRUB_ARS };
	struct kmem_facts facts = fine;

	assert_int_equal(kmem_admit(&policy, &facts).err, 0);
	facts.scrub = -ENOTTY;
	assert_int_equal(kmem_admit(&policy, &facts).err, -ENODATA);
	assert_why(kmem_admit(&policy, &facts).why, ND_WHY_POLICY);
	policy.scrub = KMEM_SCRUB_BADBLOCKS;
	assert_int_equal(kmem_admit(&policy, &facts).err, 0);
}

LAW(admission__asks_for_nothing_else_by_default)
{
	static const struct kmem_facts worst = {
		.recovery = ND_RECOVERY_NONE, .at_rest = ND_AT_REST_PLAIN,
	};
	static const struct kmem_policy policy = { };

	assert_int_equal(kmem_admit(&policy, &worst).err, 0);
	assert_why(kmem_admit(&policy, &worst).why, ND_WHY_OK);
}

LAW(admission__wants_a_machine_that_survives)
{
	static const struct kmem_policy policy = { .recovery = true };
	struct kmem_facts facts = fine;

	assert_int_equal(kmem_admit(&policy, &facts).err, 0);
	facts.recovery = ND_RECOVERY_COPY_MC;
	assert_int_equal(kmem_admit(&policy, &facts).err, 0);
	facts.recovery = ND_RECOVERY_NONE;
	assert_int_equal(kmem_admit(&policy, &facts).err, -EOPNOTSUPP);
	assert_why(kmem_admit(&policy, &facts).why, ND_WHY_UNSUPPORTED);
}

LAW(admission__wants_what_stays_to_be_locked)
{
	static const struct kmem_policy policy = { .security = true };
	static const struct { enum nd_at_rest rest; int err; } law[] = {
		{ ND_AT_REST_LOCKED, 0 },
		{ ND_AT_REST_VOLATILE, 0 },
		{ ND_AT_REST_PLAIN, -EPERM },
		{ ND_AT_REST_UNKNOWN, -EPERM },
	};
	struct kmem_facts facts = fine;

	for (u32 i = 0; i < ARRAY_SIZE(law); i++) {
		facts.at_rest = law[i].rest;
		assert_int_equal(kmem_admit(&policy, &facts).err, law[i].err);
	}
	assert_why(kmem_admit(&policy, &facts).why, ND_WHY_POLICY);
}

/* The errno says which requirement it is, the gravest first. */
LAW(admission__names_one_requirement)
{
	static const struct kmem_policy policy = {
		.scrub = KMEM_SCRUB_ARS, .recovery = true, .security = true,
	};
	struct kmem_facts facts = {
		.has_bad = true, .scrub = -EIO, .recovery = ND_RECOVERY_NONE,
		.at_rest = ND_AT_REST_PLAIN,
	};

	assert_int_equal(kmem_admit(&policy, &facts).err, -EIO);
	facts.has_bad = false;
	assert_int_equal(kmem_admit(&policy, &facts).err, -ENODATA);
	facts.scrub = 0;
	assert_int_equal(kmem_admit(&policy, &facts).err, -EOPNOTSUPP);
	facts.recovery = ND_RECOVERY_FULL;
	assert_int_equal(kmem_admit(&policy, &facts).err, -EPERM);
}

LAW(words__are_read_as_they_are_shown)
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
