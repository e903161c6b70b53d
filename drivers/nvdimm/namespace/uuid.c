// SPDX-License-Identifier: GPL-2.0
/*
 * Which namespaces of a bus carry which uuid: a tree, because a store of a uuid
 * asks it of thousands of namespaces. Labels may name one uuid twice, so the
 * tree holds duplicates.
 */
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include "namespace/namespace.h"

static struct nd_ns *ns_of(struct rb_node *node)
{
	return rb_entry(node, struct nd_ns, by_uuid);
}

static int uuid_node_compare(const uuid_t *uuid, struct rb_node *node)
{
	return memcmp(uuid, &ns_of(node)->cfg.uuid, sizeof(*uuid));
}

void nd_uuid_forget(struct nd_ns *ns)
{
	struct nvdimm_bus *bus = nd_bus_of(&ns->region->dev);

	spin_lock(&bus->uuids_lock);
	if (!RB_EMPTY_NODE(&ns->by_uuid)) {
		rb_erase(&ns->by_uuid, &bus->uuids);
		RB_CLEAR_NODE(&ns->by_uuid);
	}
	spin_unlock(&bus->uuids_lock);
}

void nd_uuid_note(struct nd_ns *ns)
{
	struct nvdimm_bus *bus = nd_bus_of(&ns->region->dev);
	struct rb_node **link = &bus->uuids.rb_node, *parent = NULL;

	if (!ns->cfg.has_uuid)
		return;
	spin_lock(&bus->uuids_lock);
	while (*link) {
		parent = *link;
		link = uuid_node_compare(&ns->cfg.uuid, parent) < 0 ?
		       &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&ns->by_uuid, parent, link);
	rb_insert_color(&ns->by_uuid, &bus->uuids);
	spin_unlock(&bus->uuids_lock);
}

bool nd_uuid_in_use(struct device *dev, const uuid_t *uuid)
{
	struct nvdimm_bus *bus = nd_bus_of(dev);
	struct rb_node *node, *first = NULL;
	bool used = false;

	spin_lock(&bus->uuids_lock);
	for (node = bus->uuids.rb_node; node;) {
		int order = uuid_node_compare(uuid, node);

		if (!order)
			first = node;
		node = order <= 0 ? node->rb_left : node->rb_right;
	}
	for (node = first; node && !used && !uuid_node_compare(uuid, node); node = rb_next(node))
		used = nd_ns_dev(ns_of(node)) != dev;
	spin_unlock(&bus->uuids_lock);
	return used;
}
