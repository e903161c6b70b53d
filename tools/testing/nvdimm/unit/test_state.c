// SPDX-License-Identifier: GPL-2.0
/* The words of the attribute `state` of namespaces and of what claims them. */
#include "nd_test.h"
#include "claim/state.h"

/* All there is to know of a namespace is three bits. */
static const char *word(int facts)
{
	return nd_state_word(&(const struct nd_state_facts) {
		.bound = facts & 1, .draining = facts & 2, .ram = facts & 4,
	});
}

TEST(space__is_idle_when_nothing_has_it_and_only_then)
{
	for (int facts = 0; facts < 8; facts++)
		assert_int_equal(!strcmp(word(facts), "idle"), !facts);
}

TEST(space__drains_whoever_is_bound_by_now)
{
	for (int facts = 0; facts < 8; facts++)
		assert_int_equal(!strcmp(word(facts), "draining"), !!(facts & 2));
}

TEST(space__is_kept_only_while_no_driver_has_it)
{
	for (int facts = 0; facts < 8; facts++)
		assert_int_equal(!strcmp(word(facts), "kept"), facts == 4);
}
