// SPDX-License-Identifier: GPL-2.0
/* Neighbours of a namespace: the range map, RAM, and the other namespaces of its region. */
#include <linux/align.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "namespace/namespace.h"
#include "region/range_map.h"
#include "region/region.h"

static void collect_namespaces(struct nd_collection *c, struct nd_region *region,
			       const struct nd_ns *self)
{
	struct nd_ns *ns;

	list_for_each_entry(ns, &region->namespaces, list) {
		const struct resource *res = &ns->pmem.nsio.res;
		struct pfn_neighbour near = {
			.kind = PFN_NEIGHBOUR_NAMESPACE, .start = res->start,
			.size = resource_size(res),
		};

		if (ns == self || !ns->labelled || !ns->cfg.size || nd_range_map_on_top(c, &near))
			continue;
		strscpy(near.name, dev_name(nd_ns_dev(ns)), PFN_NEIGHBOUR_NAME);
		nd_range_map_keep(c, &near);
	}
}

int nd_neighbours_collect(struct nd_region *region, const struct nd_ns *self, u64 start, u64 size,
			  struct pfn_neighbours *neighbours)
{
	u64 section = nd_section_size();
	struct nd_collection c = {
		.start = start, .end = start + size,
		.from = ALIGN_DOWN(start, section), .to = ALIGN(start + size, section),
		.region = &region->owner,
		.pages = self ? &self->pages : NULL,
	};

	lockdep_assert_held(&region->config);
	do {
		/* somebody may have come in between */
		c.max = c.nr + 4;
		c.nr = 0;
		kfree(c.entry);
		c.entry = kcalloc(c.max, sizeof(*c.entry), GFP_KERNEL);
		if (!c.entry)
			return -ENOMEM;
		nd_range_map_collect(&c);
		collect_namespaces(&c, region, self);
	} while (c.nr > c.max);
	neighbours->entry = c.entry;
	neighbours->nr = c.nr;
	return 0;
}
