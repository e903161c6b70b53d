// SPDX-License-Identifier: GPL-2.0
/* Who lies near a namespace: what the atlas knows, RAM, and the other namespaces of its region. */
#include <linux/align.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "namespace/namespace.h"
#include "region/atlas.h"
#include "region/region.h"

static void collect_namespaces(struct nd_collection *c, struct nd_region *region,
			       const struct nd_ns *self)
{
	struct nd_ns *ns;

	list_for_each_entry(ns, &region->namespaces, list) {
		const struct resource *res = &ns->pmem.nsio.res;
		struct pfn_near near = {
			.kind = PFN_NEAR_NAMESPACE, .start = res->start,
			.size = resource_size(res),
		};

		if (ns == self || !ns->labelled || !ns->cfg.size || nd_atlas_on_top(c, &near))
			continue;
		strscpy(near.name, dev_name(nd_ns_dev(ns)), PFN_NEAR_NAME);
		nd_atlas_keep(c, &near);
	}
}

int nd_near_collect(struct nd_region *region, const struct nd_ns *self, u64 start, u64 size,
		    struct pfn_nears *nears)
{
	u64 section = nd_section_size();
	struct nd_collection c = {
		.start = start, .end = start + size,
		.from = ALIGN_DOWN(start, section), .to = ALIGN(start + size, section),
		.region = &region->place,
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
		nd_atlas_collect(&c);
		collect_namespaces(&c, region, self);
	} while (c.nr > c.max);
	nears->entry = c.entry;
	nears->nr = c.nr;
	return 0;
}
