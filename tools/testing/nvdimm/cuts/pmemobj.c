// SPDX-License-Identifier: GPL-2.0
/* libs: pmemobj */
/*
 * Transactions of libpmemobj, by stores alone: each record is an object of the heap, allocated by
 * its transaction, which frees the one it takes the place of.
 */
#include <libpmemobj.h>

#include "store.h"

struct record {
	uint64_t n;
	uint64_t size;
	unsigned char bytes[];
};

struct root {
	uint64_t n;
	PMEMoid records[KEPT];
};

static PMEMobjpool *pool;
static struct root *root;
static const char *name;

void store_open(const char *path, int make)
{
	/* a device has the size that it has */
	size_t size = strncmp(path, "/dev/", 5) ? 24 << 20 : 0;

	name = path;
	pool = make ? pmemobj_create(path, "cuts", size, 0600) : pmemobj_open(path, "cuts");
	if (!pool)
		fail("%s: %s", path, pmemobj_errormsg());
	root = pmemobj_direct(pmemobj_root(pool, sizeof(*root)));
}

uint64_t store_count(void)
{
	return root->n;
}

void store_commit(uint64_t n)
{
	unsigned char bytes[RECORD_MAX];
	size_t size = record_fill(n, bytes);
	PMEMoid *place = &root->records[n % KEPT];

	TX_BEGIN(pool) {
		PMEMoid object = pmemobj_tx_alloc(sizeof(struct record) + size, 1);
		struct record *record = pmemobj_direct(object);

		record->n = n;
		record->size = size;
		memcpy(record->bytes, bytes, size);
		pmemobj_tx_add_range_direct(place, sizeof(*place));
		pmemobj_tx_add_range_direct(&root->n, sizeof(root->n));
		if (!OID_IS_NULL(*place))
			pmemobj_tx_free(*place);
		*place = object;
		root->n = n;
	} TX_ONABORT {
		fail("transaction %llu: %s", (llu)n, pmemobj_errormsg());
	} TX_END
}

void store_check(uint64_t n)
{
	uint64_t i, objects = 0;
	PMEMoid object;

	for (i = record_first(n); i <= n; i++) {
		const struct record *record = pmemobj_direct(root->records[i % KEPT]);

		if (!record || record->n != i)
			fail("record %llu is not there", (llu)i);
		record_check(i, record->bytes, record->size);
	}
	/* what a transaction that never was has allocated, or one that was has freed, is none */
	for (object = pmemobj_first(pool); !OID_IS_NULL(object); object = pmemobj_next(object))
		objects += pmemobj_type_num(object) == 1;
	if (objects != (n < KEPT ? n : KEPT))
		fail("%llu objects in the heap, it counts to %llu", (llu)objects, (llu)n);
	pmemobj_close(pool);
	/* which maps it privately, and a device cannot be */
	if (strncmp(name, "/dev/", 5) && pmemobj_check(name, "cuts") != 1)
		fail("pmemobj_check: %s", pmemobj_errormsg());
}
