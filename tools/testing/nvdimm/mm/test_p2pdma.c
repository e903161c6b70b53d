// SPDX-License-Identifier: GPL-2.0
/* Memory of a PCI device for its peers: two resources and a pool, in every order of steps. */
#include "nd_test.h"

#define BUILD_BUG_ON(expr)	_Static_assert(!(expr), #expr)
#include "../../../../mm-patches/new/drivers/pci/p2pdma_resource.h"

#define UNITS	2		/* of each */
#define PAGES	3
#define OPS	7		/* in a row */

int percpu_refs, rcu_readers, devm_live;
bool percpu_ref_refuses;

static struct {
	struct gen_pool pool;
	struct list_head resources;
	struct dev_pagemap *pgmap[GEN_POOL_CHUNKS];
	void *given[GEN_POOL_CHUNKS * UNITS];
	unsigned int nr_given;
	int going;		/* the one that is being removed, or -1 */
	unsigned int waits;
} device;

static int owner(const void *addr)
{
	return (unsigned long)addr >= device.pool.chunk[1].first;
}

static unsigned int given_of(int which)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < device.nr_given; i++)
		n += owner(device.given[i]) == which;
	return n;
}

static void give_back(unsigned int i)
{
	void *addr = device.given[i];

	device.given[i] = device.given[--device.nr_given];
	p2pdma_resource_free(&device.pool, &device.resources, addr, GEN_POOL_UNIT);
}

/* Whoever has something of it gives it back meanwhile; nobody else is waited for. */
void wait_in_vain(struct completion *c)
{
	device.waits++;
	assert_true(device.going >= 0);
	assert_true(given_of(device.going));
	for (unsigned int i = device.nr_given; i--;)
		if (owner(device.given[i]) == device.going)
			give_back(i);
	assert_true(c->done);
}

/* What devm_memremap_pages() does, and, but for @mapped, how it fails. */
static void add(int which, bool mapped)
{
	struct dev_pagemap *pgmap = p2pdma_resource_new(NULL);

	assert_non_null(pgmap);
	pgmap->res.end = UNITS * GEN_POOL_UNIT - 1;
	if (!mapped) {
		pgmap->kill(pgmap->ref);
		pgmap->cleanup(pgmap->ref);
		devm_kfree(NULL, pgmap);
		return;
	}
	pgmap->ref->count += PAGES;
	p2pdma_resource_add(pgmap, &device.resources, (void *)device.pool.chunk[which].first);
	device.pool.chunk[which].units = UNITS;
	device.pgmap[which] = pgmap;
}

/* What the kernel does when the pagemap is released. */
static void take_away(int which)
{
	struct dev_pagemap *pgmap = device.pgmap[which];
	unsigned int waits = device.waits;
	bool used = given_of(which);

	if (!pgmap)
		return;
	device.going = which;
	pgmap->kill(pgmap->ref);
	for (int i = 0; i < PAGES; i++)
		percpu_ref_put(pgmap->ref);
	pgmap->cleanup(pgmap->ref);
	assert_int_equal(device.waits - waits, used);
	assert_int_equal(given_of(which), 0);
	devm_kfree(NULL, pgmap);
	device.pgmap[which] = NULL;
	device.going = -1;
}

static void take(void)
{
	void *addr;

	rcu_read_lock();
	addr = p2pdma_resource_alloc(&device.pool, &device.resources, GEN_POOL_UNIT);
	rcu_read_unlock();
	if (!addr) {
		/* it is all given, or the pool has offered what nobody has any more */
		assert_true(device.nr_given == GEN_POOL_CHUNKS * UNITS || !device.pgmap[0] ||
			    !device.pgmap[1]);
		return;
	}
	assert_non_null(device.pgmap[owner(addr)]);
	device.given[device.nr_given++] = addr;
}

static void start(void)
{
	memset(&device, 0, sizeof(device));
	device.going = -1;
	/* one behind the other: the end of a resource counts */
	for (int i = 0; i < GEN_POOL_CHUNKS; i++)
		device.pool.chunk[i].first = SZ_1M + i * UNITS * GEN_POOL_UNIT;
	percpu_refs = rcu_readers = devm_live = 0;
	percpu_ref_refuses = false;
	INIT_LIST_HEAD(&device.resources);
}

int before_each(void **state)
{
	start();
	return 0;
}

static void nothing_stays(void)
{
	assert_int_equal(device.nr_given, 0);
	assert_int_equal(percpu_refs, 0);
	assert_int_equal(rcu_readers, 0);
	assert_int_equal(devm_live, 0);
	assert_ptr_equal(device.resources.next, &device.resources);
	for (int i = 0; i < GEN_POOL_CHUNKS; i++)
		assert_int_equal(device.pool.chunk[i].used, 0);
}

TEST(each__waits_for_its_own_and_nobody_elses)
{
	static const unsigned int ops = 5;
	unsigned int all = 1;

	for (int i = 0; i < OPS; i++)
		all *= ops;
	for (unsigned int sequence = 0; sequence < all; sequence++) {
		start();
		add(0, true);
		add(1, true);
		for (unsigned int rest = sequence, i = 0; i < OPS; i++, rest /= ops) {
			if (rest % ops == 0)
				take();
			else if (rest % ops < 3)
				take_away(rest % ops - 1);
			else if (device.nr_given)
				give_back(rest % ops == 3 ? 0 : device.nr_given - 1);
		}
		take_away(0);
		take_away(1);
		nothing_stays();
	}
}

TEST(neighbour__of_one_that_goes_is_given_on)
{
	add(1, true);
	add(0, true);
	take();
	take();
	assert_int_equal(given_of(0), UNITS);
	take();
	assert_int_equal(given_of(1), 1);
	take_away(0);
	assert_int_equal(device.waits, 1);
	assert_int_equal(given_of(1), 1);
	device.pool.chunk[0].units = 0;
	take();
	assert_int_equal(given_of(1), UNITS);
	take_away(1);
	nothing_stays();
}

TEST(killed__gives_nothing_and_keeps_nothing)
{
	void *addr;

	add(0, true);
	take();
	device.pgmap[0]->kill(device.pgmap[0]->ref);
	rcu_read_lock();
	addr = p2pdma_resource_alloc(&device.pool, &device.resources, GEN_POOL_UNIT);
	rcu_read_unlock();
	assert_null(addr);
	assert_int_equal(device.pool.chunk[0].used, 1);
	give_back(0);
	for (int i = 0; i < PAGES; i++)
		percpu_ref_put(device.pgmap[0]->ref);
	device.pgmap[0]->cleanup(device.pgmap[0]->ref);
	devm_kfree(NULL, device.pgmap[0]);
	nothing_stays();
}

TEST(one_that_fails_to_come__harms_no_other)
{
	add(0, true);
	add(1, false);
	take();
	assert_int_equal(device.nr_given, 1);
	percpu_ref_refuses = true;
	assert_null(p2pdma_resource_new(NULL));
	take_away(0);
	nothing_stays();
}
