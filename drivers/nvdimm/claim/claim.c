// SPDX-License-Identifier: GPL-2.0
/*
 * Claims: how a btt, pfn or dax device takes a namespace and gives it back,
 * and the attributes all three have.
 */
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "claim/claim.h"
#include "claim/pfn.h"
#include "common/range.h"
#include "namespace/pages.h"

static struct ida *ida_of(struct nd_region *region, enum nd_claim_kind kind)
{
	switch (kind) {
	case ND_CLAIM_BTT:
		return &region->btt_ida;
	case ND_CLAIM_PFN:
		return &region->pfn_ida;
	default:
		return &region->dax_ida;
	}
}

static const struct nd_claim_type *type_of(const struct nd_claim *claim)
{
	return container_of(nd_type_of(&claim->dev), struct nd_claim_type, type);
}

/* A btt and a pfn device are what nd_pmem takes, as the namespaces of their region are. */
int nd_claim_device_id(const struct device *dev)
{
	return nd_region_nstype(to_nd_region(dev->parent));
}

bool is_nd_claim(const struct device *dev)
{
	const struct nd_device_type *type = nd_type_of(dev);

	return type && type->level == ND_LEVEL_CLAIM;
}

static bool is_of_kind(const struct device *dev, enum nd_claim_kind kind)
{
	return is_nd_claim(dev) && type_of(to_nd_claim(dev))->kind == kind;
}

/**
 * is_nd_btt() - is this a btt device?
 * @dev: any device, or NULL
 *
 * Context: any. Return: true when it is.
 */
bool is_nd_btt(const struct device *dev)
{
	return is_of_kind(dev, ND_CLAIM_BTT);
}
EXPORT_SYMBOL_GPL(is_nd_btt);

/**
 * is_nd_pfn() - is this a pfn device?
 * @dev: any device, or NULL
 *
 * Context: any. Return: true when it is.
 */
bool is_nd_pfn(const struct device *dev)
{
	return is_of_kind(dev, ND_CLAIM_PFN);
}
EXPORT_SYMBOL_GPL(is_nd_pfn);

/**
 * is_nd_dax() - is this a dax device of the nd bus?
 * @dev: any device, or NULL
 *
 * Context: any. Return: true when it is.
 */
bool is_nd_dax(const struct device *dev)
{
	return is_of_kind(dev, ND_CLAIM_DAX);
}
EXPORT_SYMBOL_GPL(is_nd_dax);

/*
 * What is found on a namespace is numbered like it, whichever probe comes
 * first, and seeds come behind: names are the same after every reboot.
 */
static int new_id(struct nd_region *region, enum nd_claim_kind kind,
		  const struct nd_namespace_common *ndns)
{
	struct ida *ida = ida_of(region, kind);
	const struct nd_ns *ns;
	unsigned int behind = 0;
	int id = -ENOSPC;

	if (ndns) {
		ns = to_nd_ns(&ndns->dev);
		id = ida_alloc_range(ida, ns->pmem.id, ns->pmem.id, GFP_KERNEL);
	}
	if (id != -ENOSPC)
		return id;
	list_for_each_entry(ns, &region->namespaces, list)
		if (ns->cfg.size && ns->pmem.id >= behind)
			behind = ns->pmem.id + 1;
	return ida_alloc_min(ida, behind, GFP_KERNEL);
}

static void claim_attach(struct nd_claim *claim, struct nd_namespace_common *ndns)
{
	get_device(&ndns->dev);
	ndns->claim = &claim->dev;
	claim->ndns = ndns;
}

void nd_claim_detach(struct nd_claim *claim)
{
	struct nd_namespace_common *ndns = claim->ndns;

	if (!ndns)
		return;
	claim->ndns = NULL;
	ndns->claim = NULL;
	put_device(&ndns->dev);
}

int nd_claim_init(struct nd_claim *claim, struct nd_region *region,
		  const struct nd_claim_type *type, struct nd_namespace_common *ndns)
{
	int id, rc;

	if (ndns && region->closing)
		return nd_note(&ndns->dev, -ENXIO, ND_REASON_DISABLED, "%s is being disabled",
			       dev_name(&region->dev));
	if (ndns && ndns->claim)
		return nd_note(&ndns->dev, -EBUSY, ND_REASON_CLAIMED, "claimed by %s",
			       dev_name(ndns->claim));
	id = new_id(region, type->kind, ndns);
	if (id < 0)
		return id;
	rc = dev_set_name(&claim->dev, "%s%d.%d", type->name, region->id, id);
	if (rc) {
		ida_free(ida_of(region, type->kind), id);
		return rc;
	}
	claim->id = id;
	claim->dev.type = &type->type.type;
	nd_range_owner_init(&claim->owner);
	nd_device_init(&claim->dev, &region->dev);
	if (ndns)
		claim_attach(claim, ndns);
	return 0;
}

struct nd_device_state *nd_claim_state(struct device *dev)
{
	return &to_nd_claim(dev)->state;
}

void nd_claim_release(struct nd_claim *claim)
{
	struct nd_region *region = to_nd_region(claim->dev.parent);

	/* killing a claim detaches it: the last reference may be put under config */
	ida_free(ida_of(region, type_of(claim)->kind), claim->id);
	nd_polled_forget(&claim->state.polled);
	nd_device_fini(&claim->dev);
}

/*
 * Protects whether a claim is held, and the process that had it mapped. The lock of the range map
 * is taken under it: a caller that has seen there that nothing drains any more is not refused.
 */
static DEFINE_SPINLOCK(claim_hold_lock);

void nd_claim_hold(struct device *dev)
{
	struct nd_claim *claim = to_nd_claim(dev);

	get_device(&claim->dev);
	nd_range_owner_move(&claim->owner, &to_nd_ns(&claim->ndns->dev)->pages);
	WRITE_ONCE(claim->held, true);
}
EXPORT_SYMBOL_GPL(nd_claim_hold);

void nd_claim_drain(struct device *dev, bool drains)
{
	struct nd_claim *claim = to_nd_claim(dev);

	nd_range_owner_drain(&claim->owner, drains);
	nd_leftover_notify(nd_range_owner_range(&claim->owner));
}
EXPORT_SYMBOL_GPL(nd_claim_drain);

void nd_claim_mapped_by(struct device *dev, const char *who)
{
	scoped_guard(spinlock, &claim_hold_lock)
		strscpy(to_nd_claim(dev)->who, who, ND_CLAIM_WHO);
}
EXPORT_SYMBOL_GPL(nd_claim_mapped_by);

void nd_claim_unhold(struct device *dev)
{
	struct nd_claim *claim = to_nd_claim(dev);
	bool drained;

	scoped_guard(spinlock, &claim_hold_lock) {
		drained = nd_range_owner_remove(&claim->owner);
		WRITE_ONCE(claim->held, false);
	}
	if (drained)
		nd_leftover_notify(nd_range_owner_range(&claim->owner));
	put_device(&claim->dev);
}
EXPORT_SYMBOL_GPL(nd_claim_unhold);

int nd_claim_draining(struct nd_claim *claim)
{
	const struct resource *res;
	char who[ND_PAGES_WHO + 64], mapper[ND_CLAIM_WHO];
	bool held;

	scoped_guard(spinlock, &claim_hold_lock) {
		held = claim->held;
		strscpy(mapper, claim->who, sizeof(mapper));
	}
	if (!held)
		return 0;
	res = claim->ndns ? &to_nd_namespace_io(&claim->ndns->dev)->res : NULL;
	if (res && nd_pages_in_use(res->start, res->end, who))
		return nd_refuse(&claim->dev, -EBUSY, ND_REASON_BUSY,
				 "draining: %s; that has to end first", who);
	return nd_refuse(&claim->dev, -EBUSY, ND_REASON_BUSY,
			 "draining: some of its pages are still pinned, by direct I/O, RDMA, VFIO or io_uring%s%s; what pins them has to end first",
			 mapper[0] ? ", and it was mapped by " : "", mapper);
}

/* ---- values ---- */

int nd_uuid_parse_attr(struct device *dev, const char *buf, size_t len, uuid_t *uuid)
{
	/* libndctl writes the terminating NUL along */
	len = strnlen(buf, len);
	if (len && buf[len - 1] == '\n')
		len--;
	if (len != UUID_STRING_LEN || uuid_parse(buf, uuid))
		return nd_note(dev, -EINVAL, ND_REASON_ARGUMENT,
			       "uuid takes %u characters, 8-4-4-4-12",
			       UUID_STRING_LEN);
	return 0;
}

ssize_t nd_size_choice_show(u64 chosen, const u32 *choice, unsigned int n, char *buf)
{
	unsigned int i;
	int len = 0;

	for (i = 0; i < n; i++)
		len += sysfs_emit_at(buf, len, choice[i] == chosen ? "[%u] " : "%u ", choice[i]);
	return len + sysfs_emit_at(buf, len, "\n");
}

int nd_size_choice_parse(struct device *dev, const char *buf, const u32 *choice, unsigned int n,
			 u64 *chosen)
{
	char all[80];
	unsigned int i;
	int len = 0;
	u64 value;
	int rc = kstrtou64(buf, 0, &value);

	if (!rc) {
		for (i = 0; i < n; i++) {
			if (choice[i] == value) {
				*chosen = value;
				return 0;
			}
		}
	}
	for (i = 0; i < n; i++)
		len += scnprintf(all + len, sizeof(all) - len, " %u", choice[i]);
	return nd_note(dev, rc ?: -EINVAL, ND_REASON_ARGUMENT, "sizes to choose from:%s", all);
}

/* ---- uuid ---- */

ssize_t nd_claim_uuid_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nd_claim *claim = to_nd_claim(dev);

	guard(nd_config_read)(to_nd_region(dev->parent));
	if (!claim->has_uuid)
		return sysfs_emit(buf, "\n");
	return sysfs_emit(buf, "%pUb\n", &claim->uuid);
}

static int claim_change_uuid(struct device *dev, const char *buf, size_t len)
{
	struct nd_claim *claim = to_nd_claim(dev);
	int rc = nd_uuid_parse_attr(dev, buf, len, &claim->uuid);

	if (!rc)
		claim->has_uuid = true;
	return rc;
}

ssize_t nd_claim_uuid_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t len)
{
	return nd_config_store(dev, buf, len, claim_change_uuid);
}

/* ---- namespace ---- */

ssize_t nd_claim_namespace_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nd_claim *claim = to_nd_claim(dev);

	guard(nd_config_read)(to_nd_region(dev->parent));
	return sysfs_emit(buf, "%s\n", claim->ndns ? dev_name(&claim->ndns->dev) : "");
}

static bool is_seed(struct nd_region *region, const struct device *dev)
{
	return dev == region->seed.btt || dev == region->seed.pfn || dev == region->seed.dax;
}

/* A seed goes back to blank; any other claim has no reason to live without a namespace. */
static void detach_and_reset(struct nd_region *region, struct nd_claim *claim)
{
	nd_claim_detach(claim);
	if (!is_seed(region, &claim->dev)) {
		claim->dying = true;
		nd_device_kill_async(&claim->dev);
		return;
	}
	claim->has_uuid = false;
	type_of(claim)->reset(claim);
}

bool nd_claim_admits(enum nvdimm_claim_class class, enum nd_claim_kind kind)
{
	switch (class) {
	case NVDIMM_CCLASS_NONE:
		return true;
	case NVDIMM_CCLASS_BTT:
	case NVDIMM_CCLASS_BTT2:
		return kind == ND_CLAIM_BTT;
	case NVDIMM_CCLASS_PFN:
		return kind == ND_CLAIM_PFN;
	case NVDIMM_CCLASS_DAX:
		return kind == ND_CLAIM_DAX;
	default:
		return false;
	}
}

static int claim_take(struct nd_claim *claim, struct nd_namespace_common *ndns)
{
	struct device *dev = &claim->dev;
	struct device *ns = &ndns->dev;
	const struct nd_claim_type *type = type_of(claim);
	int rc;

	if (ndns->claim)
		return nd_note(dev, -EBUSY, ND_REASON_CLAIMED, "%s is claimed by %s", dev_name(ns),
			       dev_name(ndns->claim));
	if (!nd_claim_admits(ndns->claim_class, type->kind))
		return nd_note(dev, -EBUSY, ND_REASON_MODE,
			       "holder_class of %s forbids a %s device",
			       dev_name(ns), type->name);
	if (nvdimm_namespace_capacity(ndns) < SZ_16M)
		return nd_note(dev, -ENXIO, ND_REASON_SIZE, "%s has %llu bytes, 16 MiB are needed",
			       dev_name(ns), (u64)nvdimm_namespace_capacity(ndns));
	rc = type->check ? type->check(claim, ndns) : 0;
	if (!rc)
		claim_attach(claim, ndns);
	return rc;
}

static int by_name(struct device *dev, const void *name)
{
	return is_nd_namespace(dev) && !strcmp(dev_name(dev), name);
}

static int take_by_name(struct nd_claim *claim, const char *name)
{
	struct device *dev = &claim->dev;
	struct device *ns;
	int rc;

	if (claim->ndns)
		return nd_note(dev, -EBUSY, ND_REASON_BUSY, "holds %s already",
			       dev_name(&claim->ndns->dev));
	ns = device_find_child(dev->parent, name, by_name);
	if (!ns)
		return nd_note(dev, -ENODEV, ND_REASON_REFERENCE, "%s has no %s",
			       dev_name(dev->parent), name);
	rc = claim_take(claim, to_ndns(ns));
	put_device(ns);
	return rc;
}

static int change_namespace(struct device *dev, const char *buf, size_t len)
{
	struct nd_claim *claim = to_nd_claim(dev);
	char name[32];
	int rc;

	if (strscpy(name, buf, sizeof(name)) < 0)
		return nd_note(dev, -EINVAL, ND_REASON_ARGUMENT, "no namespace has such a name");
	strim(name);
	if (name[0] && strncmp(name, "namespace", 9))
		return nd_note(dev, -EINVAL, ND_REASON_ARGUMENT,
			       "namespace takes namespaceR.N, or nothing");
	if (name[0])
		return take_by_name(claim, name);
	rc = nd_claim_draining(claim);
	if (!rc && claim->ndns)
		rc = nd_ns_check_idle(dev, claim->ndns, 0);
	if (rc)
		return rc;
	detach_and_reset(to_nd_region(dev->parent), claim);
	return 0;
}

ssize_t nd_claim_namespace_store(struct device *dev, struct device_attribute *attr,
				 const char *buf, size_t len)
{
	return nd_config_store(dev, buf, len, change_namespace);
}
