// SPDX-License-Identifier: GPL-2.0
/* Whom to ask of a range: see range.h. */
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/srcu.h>
#include <linux/string.h>
#include "common/range.h"

static BLOCKING_NOTIFIER_HEAD(nd_poison_chain);
static BLOCKING_NOTIFIER_HEAD(nd_leftover_chain);

/* Who is asked; and those who are asking, which may take as long as a flush does. */
static const struct nd_range_ops __rcu *nd_range_ops;
DEFINE_STATIC_SRCU(nd_range_asking);

void nd_range_answer(const struct nd_range_ops *ops)
{
	rcu_assign_pointer(nd_range_ops, ops);
	if (!ops)
		synchronize_srcu(&nd_range_asking);
}
EXPORT_SYMBOL_GPL(nd_range_answer);

struct nd_range_asked {
	const struct nd_range_ops *ops;		/* NULL: nobody is there */
	int idx;
};

static struct nd_range_asked range_ask(void)
{
	struct nd_range_asked asked = { .idx = srcu_read_lock(&nd_range_asking) };

	/* as sparse sees it: it knows no destructors */
	__release(&nd_range_asking);
	asked.ops = srcu_dereference(nd_range_ops, &nd_range_asking);
	return asked;
}

/* The same, unless @dev is of no nd bus. */
static struct nd_range_asked range_ask_of(struct device *dev)
{
	struct nd_range_asked asked = range_ask();

	if (asked.ops && !asked.ops->region(dev))
		asked.ops = NULL;
	return asked;
}

static void range_asked_end(const struct nd_range_asked *asked)
{
	__acquire(&nd_range_asking);
	srcu_read_unlock(&nd_range_asking, asked->idx);
}

DEFINE_CLASS(range_asked, struct nd_range_asked, range_asked_end(&_T), range_ask(), void)
DEFINE_CLASS(range_asked_of, struct nd_range_asked, range_asked_end(&_T), range_ask_of(dev),
	     struct device *dev)

bool nd_range_foreign(struct device *dev)
{
	CLASS(range_asked_of, who)(dev);
	return !who.ops && dev->bus && !strcmp(dev->bus->name, "nd");
}
EXPORT_SYMBOL_GPL(nd_range_foreign);

struct device *nd_range_hold(struct device *dev)
{
	struct device *region;

	CLASS(range_asked, who)();
	region = who.ops ? who.ops->region(dev) : NULL;
	return region && try_module_get(who.ops->owner) ? get_device(region) : NULL;
}
EXPORT_SYMBOL_GPL(nd_range_hold);

void nd_range_unhold(struct device *region)
{
	struct module *owner;

	if (!region)
		return;
	/* it is there as long as it is held */
	owner = rcu_dereference_protected(nd_range_ops, true)->owner;
	put_device(region);
	module_put(owner);
}
EXPORT_SYMBOL_GPL(nd_range_unhold);

enum nd_at_rest nd_range_at_rest(struct device *dev)
{
	CLASS(range_asked_of, who)(dev);
	/* what other providers of dax devices offer is RAM set aside: hmem, CXL */
	return who.ops ? who.ops->at_rest(dev) : ND_AT_REST_VOLATILE;
}
EXPORT_SYMBOL_GPL(nd_range_at_rest);

bool nd_range_next_bad(struct device *dev, const struct range *range, struct range *bad)
{
	CLASS(range_asked_of, who)(dev);
	return who.ops && who.ops->next_bad(dev, range, bad);
}
EXPORT_SYMBOL_GPL(nd_range_next_bad);

int nd_range_clear(struct device *dev, const struct range *range)
{
	CLASS(range_asked_of, who)(dev);
	return who.ops ? who.ops->clear(dev, range) : -ENXIO;
}
EXPORT_SYMBOL_GPL(nd_range_clear);

int nd_range_zero(struct device *dev, const struct range *range)
{
	CLASS(range_asked_of, who)(dev);
	return who.ops ? who.ops->zero(dev, range) : -ENXIO;
}
EXPORT_SYMBOL_GPL(nd_range_zero);

bool nd_range_async(struct device *dev)
{
	CLASS(range_asked_of, who)(dev);
	return who.ops && who.ops->async(dev);
}
EXPORT_SYMBOL_GPL(nd_range_async);

int nd_range_flush(struct device *dev)
{
	CLASS(range_asked_of, who)(dev);
	return who.ops ? who.ops->flush(dev) : 0;
}
EXPORT_SYMBOL_GPL(nd_range_flush);

int nd_range_scrub_begin(struct device *dev, const struct range *range,
			 struct nd_scrub_request *req)
{
	CLASS(range_asked_of, who)(dev);
	req->node.next = NULL;
	return who.ops ? who.ops->scrub_begin(dev, range, req) : -ENOTTY;
}
EXPORT_SYMBOL_GPL(nd_range_scrub_begin);

void nd_range_scrub_end(struct nd_scrub_request *req)
{
	CLASS(range_asked, who)();
	if (who.ops)
		who.ops->scrub_end(req);
}
EXPORT_SYMBOL_GPL(nd_range_scrub_end);

int nd_poison_register(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&nd_poison_chain, nb);
}
EXPORT_SYMBOL_GPL(nd_poison_register);

void nd_poison_unregister(struct notifier_block *nb)
{
	blocking_notifier_chain_unregister(&nd_poison_chain, nb);
}
EXPORT_SYMBOL_GPL(nd_poison_unregister);

void nd_poison_notify(struct nd_poison_event *event)
{
	blocking_notifier_call_chain(&nd_poison_chain, 0, event);
}
EXPORT_SYMBOL_GPL(nd_poison_notify);

int nd_leftover_register(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&nd_leftover_chain, nb);
}
EXPORT_SYMBOL_GPL(nd_leftover_register);

void nd_leftover_unregister(struct notifier_block *nb)
{
	blocking_notifier_chain_unregister(&nd_leftover_chain, nb);
}
EXPORT_SYMBOL_GPL(nd_leftover_unregister);

void nd_leftover_notify(struct range range)
{
	blocking_notifier_call_chain(&nd_leftover_chain, 0, &range);
}
EXPORT_SYMBOL_GPL(nd_leftover_notify);

/* Published holds. A hold in the list has the provider's reference. */
static LIST_HEAD(nd_holds);
static DEFINE_MUTEX(nd_holds_lock);

void nd_hold_publish(struct dax_hold *hold, struct device *dev)
{
	hold->dev = dev;
	guard(mutex)(&nd_holds_lock);
	list_add(&hold->node, &nd_holds);
}
EXPORT_SYMBOL_GPL(nd_hold_publish);

void nd_hold_retract(struct dax_hold *hold)
{
	guard(mutex)(&nd_holds_lock);
	list_del(&hold->node);
}
EXPORT_SYMBOL_GPL(nd_hold_retract);

struct dax_hold *nd_hold_find(struct device *dev)
{
	struct dax_hold *hold;

	guard(mutex)(&nd_holds_lock);
	list_for_each_entry(hold, &nd_holds, node)
		if (hold->dev == dev) {
			kref_get(&hold->kref);
			return hold;
		}
	return NULL;
}
EXPORT_SYMBOL_GPL(nd_hold_find);
