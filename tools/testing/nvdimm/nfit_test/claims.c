// SPDX-License-Identifier: GPL-2.0
/*
 * The resource tree of pretended ranges; see boundary.h.
 *
 * The kernel's own tree has something else at those addresses, often RAM. What
 * is reserved is kept in a list instead, with the same rule: nothing overlaps.
 */
#include <linux/device.h>
#include <linux/export.h>
#include <linux/ioport.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include "boundary.h"
#include "wrap.h"

struct claim {
	struct list_head node;
	struct resource res;
};

static LIST_HEAD(claims);
static DEFINE_MUTEX(claims_lock);

static bool pretended(const struct resource *parent, resource_size_t start)
{
	return parent == &iomem_resource && mock_range_at(start);
}

static struct resource *claim_new(resource_size_t start, resource_size_t n, const char *name)
{
	const struct mock_range *range = mock_range_at(start);
	struct claim *claim, *other;

	if (!range || n > range->size - (start - range->start))
		return NULL;
	claim = kzalloc(sizeof(*claim), GFP_KERNEL);
	if (!claim)
		return NULL;
	claim->res = (struct resource) {
		.start = start,
		.end = start + n - 1,
		.name = name,
		.flags = IORESOURCE_MEM | IORESOURCE_BUSY,
	};
	guard(mutex)(&claims_lock);
	list_for_each_entry(other, &claims, node) {
		if (resource_overlaps(&other->res, &claim->res)) {
			kfree(claim);
			return NULL;
		}
	}
	list_add(&claim->node, &claims);
	return &claim->res;
}

void mock_claims_show(struct seq_file *s)
{
	struct claim *claim;

	guard(mutex)(&claims_lock);
	list_for_each_entry(claim, &claims, node)
		seq_printf(s, "%#llx-%#llx : %s\n", (u64)claim->res.start, (u64)claim->res.end,
			   claim->res.name);
}
EXPORT_SYMBOL_GPL(mock_claims_show);

static void claim_drop(void *res)
{
	struct claim *claim = container_of(res, struct claim, res);

	scoped_guard(mutex, &claims_lock)
		list_del(&claim->node);
	kfree(claim);
}

static struct resource *claim_of(resource_size_t start, resource_size_t n)
{
	struct claim *claim;

	guard(mutex)(&claims_lock);
	list_for_each_entry(claim, &claims, node)
		if (claim->res.start == start && resource_size(&claim->res) == n)
			return &claim->res;
	pr_err("nfit_test: [%#llx-%#llx] is released, but nobody had it\n", (u64)start,
	       (u64)start + n - 1);
	return NULL;
}

struct resource *__wrap___request_region(struct resource *parent, resource_size_t start,
					 resource_size_t n, const char *name, int flags)
{
	if (pretended(parent, start))
		return claim_new(start, n, name);
	return __request_region(parent, start, n, name, flags);
}
EXPORT_SYMBOL_GPL(__wrap___request_region);

void __wrap___release_region(struct resource *parent, resource_size_t start, resource_size_t n)
{
	struct resource *res;

	if (!pretended(parent, start)) {
		__release_region(parent, start, n);
		return;
	}
	res = claim_of(start, n);
	if (res)
		claim_drop(res);
}
EXPORT_SYMBOL_GPL(__wrap___release_region);

struct resource *__wrap___devm_request_region(struct device *dev, struct resource *parent,
					      resource_size_t start, resource_size_t n,
					      const char *name)
{
	struct resource *res;

	if (!pretended(parent, start))
		return __devm_request_region(dev, parent, start, n, name);
	res = claim_new(start, n, name);
	if (res && devm_add_action_or_reset(dev, claim_drop, res))
		return NULL;
	return res;
}
EXPORT_SYMBOL_GPL(__wrap___devm_request_region);

void __wrap___devm_release_region(struct device *dev, struct resource *parent,
				  resource_size_t start, resource_size_t n)
{
	struct resource *res;

	if (!pretended(parent, start)) {
		__devm_release_region(dev, parent, start, n);
		return;
	}
	res = claim_of(start, n);
	if (res)
		devm_release_action(dev, claim_drop, res);
}
EXPORT_SYMBOL_GPL(__wrap___devm_release_region);

/* Such a resource is only ever removed again: it needs no place in a tree. */
int __wrap_insert_resource(struct resource *parent, struct resource *res)
{
	return pretended(parent, res->start) ? 0 : insert_resource(parent, res);
}
EXPORT_SYMBOL_GPL(__wrap_insert_resource);

int __wrap_remove_resource(struct resource *res)
{
	return mock_range_at(res->start) ? 0 : remove_resource(res);
}
EXPORT_SYMBOL_GPL(__wrap_remove_resource);
