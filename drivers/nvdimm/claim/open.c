// SPDX-License-Identifier: GPL-2.0
/* A namespace, or a claim over one, as a driver that is about to serve it finds it. */
#include <linux/device.h>
#include <linux/export.h>
#include <linux/ioport.h>
#include <nd/format.h>
#include "claim/claim.h"
#include "claim/pfn.h"
#include "dimm/dimm.h"
#include "namespace/namespace.h"
#include "region/region.h"

static struct nd_namespace_common *claimed_by(struct device *dev)
{
	struct nd_region *region = to_nd_region(dev->parent);
	struct nd_namespace_common *ndns;

	scoped_guard(nd_config_read, region)
		ndns = to_nd_claim(dev)->ndns;
	if (!ndns)
		return ERR_PTR(nd_note(dev, -ENODEV, ND_REASON_MODE, "no namespace set"));
	if (nd_claim_draining(to_nd_claim(dev)))
		return ERR_PTR(-EBUSY);
	/* Its own probe, which found the info-block, may still be unwinding. */
	guard(device)(&ndns->dev);
	if (ndns->dev.driver)
		return ERR_PTR(nd_refuse(dev, -EBUSY, ND_REASON_BUSY, "%s is in use in raw mode",
					 dev_name(&ndns->dev)));
	return ndns;
}

static struct nd_namespace_common *ns_unclaimed(struct device *dev)
{
	struct nd_namespace_common *ndns = to_ndns(dev);

	guard(nd_config_read)(to_nd_region(dev->parent));
	if (ndns->claim)
		return ERR_PTR(nd_note(dev, -ENXIO, ND_REASON_CLAIMED, "claimed by %s",
				       dev_name(ndns->claim)));
	if (ndns->claim_class == NVDIMM_CCLASS_UNKNOWN && !READ_ONCE(ndns->force_raw))
		return ERR_PTR(nd_refuse(dev, -ENXIO, ND_REASON_MODE,
					 "its labels say that it is of a kind that is not known here (%pUl): set force_raw to reach the bytes",
					 &to_nd_ns(dev)->cfg.abstraction));
	return ndns;
}

/*
 * A failed write may have left its configuration unknown. Labels of two uuids have to become those
 * of one first: the loss of either would lose the namespace.
 */
static int ns_known(struct device *dev, struct nd_ns *ns)
{
	int rc;

	if (!READ_ONCE(ns->unsure) && !READ_ONCE(ns->torn))
		return 0;
	guard(nd_config_write)(ns->region);
	rc = nd_ns_check_known(ns) ?: nd_ns_settle(ns);
	return rc ? nd_explain(dev, rc, ND_REASON_MEDIA, "%s is not served: its last_error tells",
			       dev_name(nd_ns_dev(ns))) : 0;
}

/* Everything that is made of a namespace relies on it: BTT words, struct pages, clearing poison. */
static int ns_check_place(struct device *dev, struct nd_region *region, const struct resource *res)
{
	const struct range range = nd_region_range(region);

	if (PAGE_ALIGNED(res->start | (res->end + 1)) &&
	    res->start >= range.start && res->end <= range.end)
		return 0;
	return nd_refuse(dev, -ENXIO, ND_REASON_BOUNDS,
			 "%pr is not made of whole pages of %s, %#llx-%#llx: run \"ndstack check\"",
			 res, dev_name(&region->dev), range.start, range.end);
}

static int ns_usable(struct device *dev, struct nd_namespace_common *ndns)
{
	struct nd_region *region = to_nd_region(ndns->dev.parent);
	struct nvdimm *locked = nd_region_locked_dimm(region);
	const struct resource *res = &to_nd_namespace_io(&ndns->dev)->res;
	int rc;

	if (locked)
		return nd_refuse(dev, -EACCES, ND_REASON_LOCKED, "%s is locked: unlock it first",
				 nvdimm_name(locked));
	/* unlocked since */
	if (nd_region_incoherent(region))
		return nd_refuse(dev, -EBUSY, ND_REASON_BUSY,
				 "contents of a DIMM have changed since %s was enabled: disable and enable it",
				 dev_name(&region->dev));
	rc = ns_known(dev, to_nd_ns(&ndns->dev));
	if (rc)
		return rc;
	guard(nd_config_read)(region);
	if (is_namespace_pmem(&ndns->dev) && !to_nd_namespace_pmem(&ndns->dev)->uuid)
		return nd_note(dev, -ENODEV, ND_REASON_UUID, "not configured: no uuid");
	if (resource_size(res) < PAGE_SIZE)
		return nd_note(dev, -ENODEV, ND_REASON_SIZE, "not configured: no capacity");
	return ns_check_place(dev, region, res);
}

struct nd_namespace_common *nd_namespace_open(struct device *dev)
{
	struct nd_namespace_common *ndns = is_nd_claim(dev) ? claimed_by(dev) : ns_unclaimed(dev);
	int rc;

	if (IS_ERR(ndns))
		return ndns;
	rc = ns_usable(dev, ndns);
	return rc ? ERR_PTR(rc) : ndns;
}
EXPORT_SYMBOL_GPL(nd_namespace_open);

/* Labels of version 1.1 have no claim class. */
static bool has_old_labels(const struct nd_ns *ns)
{
	const struct nd_region *region = ns->region;
	u16 i;

	if (!ns->labelled)
		return false;
	for (i = 0; i < region->num_mappings; i++) {
		struct nvdimm *nvdimm = region->mapping[i].nvdimm;

		guard(mutex)(&nvdimm->labels);
		if (nvdimm->area.valid && nvdimm->area.minor < 2)
			return true;
	}
	return false;
}

enum nd_hidden nd_claim_hidden(struct nd_namespace_common *ndns, u64 at)
{
	u8 signature[ND_SIG_LEN];
	bool readable = !nvdimm_read_bytes(ndns, at, signature, sizeof(signature), 0);

	return nd_hidden_judge(readable ? signature : NULL,
			       ndns->claim_class != NVDIMM_CCLASS_NONE,
			       has_old_labels(to_nd_ns(&ndns->dev)));
}

int nd_claim_detect(struct device *dev, struct nd_namespace_common *ndns)
{
	int rc = nd_btt_detect(dev, ndns);

	if (rc == -ENODEV)
		rc = nd_pfn_detect(dev, ndns);
	return rc;
}
EXPORT_SYMBOL_GPL(nd_claim_detect);

/**
 * nvdimm_namespace_disk_name() - name of the block device
 * @ndns: the namespace
 * @name: room for 32 bytes
 *
 * pmem<region>[.<namespace>][s]: the namespace is left out when 0, the s
 * stands for sector mode.
 */
const char *nvdimm_namespace_disk_name(struct nd_namespace_common *ndns, char *name)
{
	struct nd_ns *ns = to_nd_ns(&ndns->dev);
	const char *suffix = ndns->claim && is_nd_btt(ndns->claim) ? "s" : "";

	if (ns->pmem.id)
		snprintf(name, DISK_NAME_LEN, "pmem%d.%d%s", ns->region->id, ns->pmem.id, suffix);
	else
		snprintf(name, DISK_NAME_LEN, "pmem%d%s", ns->region->id, suffix);
	return name;
}
EXPORT_SYMBOL_GPL(nvdimm_namespace_disk_name);
