// SPDX-License-Identifier: GPL-2.0
/* Stores to a host that drops them, and to one that does not while others store, too. */
#include "nd_test.h"
#include "pmem/proof.h"

static u8 media[PMEM_PROOF], old[PMEM_PROOF], new[PMEM_PROOF];
static bool drops, unreadable, unmapped;
static int undone;	/* another task stores the old bytes after so many stores */
static u32 stores;

int before_each(void **state)
{
	memset(old, 'o', sizeof(old));
	memset(new, 'n', sizeof(new));
	memcpy(media, old, sizeof(media));
	drops = unreadable = unmapped = false;
	undone = 0;
	stores = 0;
	return 0;
}

static bool load(void *to, const void *from, size_t len)
{
	memcpy(to, from, len);
	return !unreadable;
}

static bool store(void *to, const void *bytes, size_t len)
{
	stores++;
	if (!drops && undone-- <= 0)
		memcpy(to, bytes, len);
	return !unmapped;
}

static enum pmem_proof prove(size_t len)
{
	static const struct pmem_proof_ops ops = { .load = load, .store = store };

	return pmem_prove(&ops, media, new, len);
}

TEST(proof__one_changed_byte_is_enough)
{
	memcpy(new, old, sizeof(new));
	new[PMEM_PROOF - 1] = 'n';
	assert_int_equal(prove(PMEM_PROOF), PMEM_PROOF_ARRIVES);
	assert_int_equal(stores, 1);
}

TEST(proof__of_a_host_that_drops_stores)
{
	drops = true;
	assert_int_equal(prove(PMEM_PROOF), PMEM_PROOF_DROPPED);
	assert_int_equal(prove(1), PMEM_PROOF_DROPPED);
	assert_memory_equal(media, old, sizeof(media));
}

TEST(proof__is_none_where_the_bytes_are_the_same)
{
	drops = true;
	memcpy(new, old, sizeof(new));
	assert_int_equal(prove(PMEM_PROOF), PMEM_PROOF_NONE);
	assert_int_equal(stores, 0);
}

TEST(proof__another_task_that_stores_the_old_bytes_is_no_host_that_drops_them)
{
	for (int times = 1; times <= 8; times++) {
		before_each(NULL);
		undone = times;
		assert_int_equal(prove(PMEM_PROOF), PMEM_PROOF_ARRIVES);
		assert_memory_equal(media, new, sizeof(media));
	}
}

TEST(proof__is_none_where_media_fail)
{
	unreadable = true;
	assert_int_equal(prove(PMEM_PROOF), PMEM_PROOF_NONE);
	unreadable = false;
	unmapped = true;
	assert_int_equal(prove(PMEM_PROOF), PMEM_PROOF_NONE);
}
