// SPDX-License-Identifier: GPL-2.0
/* Labels of a namespace, found and read again after a write whose outcome was not known. */
#include <linux/device.h>
#include <linux/string.h>
#include "label/area.h"
#include "label/set.h"
#include "namespace/namespace.h"

/* Is this what the namespace's label on that DIMM can be? */
static bool is_own(const struct nd_ns *ns, u16 index, const struct nd_label *label)
{
	const struct ns_slot *at = &ns->slot[index];

	return label->dpa == at->dpa && nd_label_is_ours(ns->region, index, label) &&
	       (uuid_equal(&label->uuid, &at->uuid) || uuid_equal(&label->uuid, &ns->cfg.uuid) ||
		(!uuid_is_null(&ns->tried) && uuid_equal(&label->uuid, &ns->tried)));
}

int nd_ns_find_own(struct nd_ns *ns, u16 index)
{
	struct nvdimm *nvdimm = ns->region->mapping[index].nvdimm;
	struct ns_slot *at = &ns->slot[index];
	const struct nd_label *label;

	label = at->slot < nvdimm->label_end ? &nvdimm->label[at->slot] : NULL;
	if (label && label->size && is_own(ns, index, label))
		return 0;
	at->slot = ND_NO_SLOT;
	ns->torn = true;
	nvdimm_for_each_label(label, nvdimm) {
		if (is_own(ns, index, label)) {
			at->slot = label->slot;
			at->uuid = label->uuid;
			return 0;
		}
	}
	return nvdimm->nbad ? -EIO : 0;
}

/* The mapping whose label is that of position 0. */
static u16 lead_of(const struct nd_ns *ns)
{
	u16 i = 0;

	while (i + 1 < ns->region->num_mappings && ns->slot[i].position)
		i++;
	return i;
}

/* What @label, of position 0, says. Labels 1.1 have no abstraction, which memory alone knows. */
static struct ns_config config_of(const struct nd_ns *ns, const struct nd_label *label, bool v1_2)
{
	struct ns_config cfg = ns->cfg;

	cfg.uuid = label->uuid;
	memcpy(cfg.name, label->name, sizeof(cfg.name));
	cfg.flags = label->flags & ~ND_LABEL_UPDATING;
	cfg.lbasize = label->lbasize;
	cfg.size = label->size * nd_region_ways(ns->region);
	if (v1_2)
		cfg.abstraction = label->abstraction;
	return cfg;
}

static void forget_slots(struct nd_ns *ns)
{
	u16 i;

	for (i = 0; i < ns->region->num_mappings; i++)
		ns->slot[i].slot = ND_NO_SLOT;
}

/* Does what @label adds to the namespace meet a namespace, or another label of its DIMM? */
static bool grows_into_another(const struct nd_ns *ns, const struct nvdimm *nvdimm,
			       const struct nd_label *label)
{
	u64 ways = nd_region_ways(ns->region);
	u64 start = ns->cfg.offset + ns->cfg.size / ways, end = ns->cfg.offset + label->size;
	u64 from = label->dpa + ns->cfg.size / ways, to = label->dpa + label->size;
	const struct nd_label *other;
	const struct nd_ns *near;

	if (start >= end)
		return false;
	list_for_each_entry(near, &ns->region->namespaces, list)
		if (near != ns && near->cfg.offset < end &&
		    near->cfg.offset + near->cfg.size / ways > start)
			return true;
	nvdimm_for_each_label(other, nvdimm)
		if (other != label && other->dpa < to && other->dpa + other->size > from)
			return true;
	return false;
}

/*
 * May the label of position 0, on mapping @index, be believed? It is judged as nd_ns_scan() judges
 * it; where the namespace begins on each DIMM is known.
 */
static enum nd_reason judge_reread(const struct nd_ns *ns, u16 index)
{
	const struct nd_region *region = ns->region;
	const struct nvdimm *nvdimm = region->mapping[index].nvdimm;
	const struct nd_label *label = &nvdimm->label[ns->slot[index].slot];
	enum nd_reason reason = ND_REASON_OK;
	u16 i;

	if (label->position || label->nlabel != region->num_mappings)
		return ND_REASON_BOUNDS;
	for (i = 0; i < region->num_mappings && reason == ND_REASON_OK; i++)
		reason = label_judge_place(ns->slot[i].dpa - region->mapping[i].start, label->size,
					   region->mapping_size);
	if (reason == ND_REASON_OK && grows_into_another(ns, nvdimm, label))
		reason = ND_REASON_OVERLAP;
	return reason;
}

int nd_ns_follow_lead(struct nd_ns *ns, enum nd_reason *reason)
{
	u16 index = lead_of(ns);
	const struct nvdimm *nvdimm = ns->region->mapping[index].nvdimm;
	struct ns_config is = { };

	*reason = ND_REASON_MEDIA;
	if (!nvdimm->area.valid)
		return -EIO;
	if (nd_ns_find_own(ns, index))
		return -EIO;
	if (ns->slot[index].slot != ND_NO_SLOT)
		*reason = judge_reread(ns, index);
	else
		*reason = ND_REASON_OK;
	if (*reason != ND_REASON_OK)
		return -EIO;
	if (ns->slot[index].slot != ND_NO_SLOT)
		is = config_of(ns, &nvdimm->label[ns->slot[index].slot], nvdimm->area.minor >= 2);
	else
		forget_slots(ns);
	WRITE_ONCE(ns->unsure, false);
	ns->torn = is.size;
	ns->apart &= ns->torn;
	nd_space_forget(ns->region);
	nd_ns_install(ns, &is);
	if (!is.size)
		WRITE_ONCE(ns->pmem.nsio.common.force_raw, false);
	return 0;
}

int nd_ns_learn(struct nd_ns *ns)
{
	enum nd_reason reason = ND_REASON_MEDIA;
	struct nvdimm *nvdimm;
	int rc = 0;

	if (!ns->unsure)
		return 0;
	nvdimm = ns->region->mapping[lead_of(ns)].nvdimm;
	guard(mutex)(&nvdimm->labels);
	if (nvdimm->area.stale)
		rc = nvdimm_labels_reload(nvdimm);
	if (!rc)
		rc = nd_ns_follow_lead(ns, &reason);
	if (rc && reason != ND_REASON_MEDIA)
		return nd_refuse(nd_ns_dev(ns), rc, reason,
				 "its label on %s, read again after a failed write, cannot be used: restore that label area from a backup",
				 nvdimm_name(nvdimm));
	if (rc)
		return nd_refuse(nd_ns_dev(ns), rc, ND_REASON_MEDIA,
				 "whether its last change has happened cannot be read from the labels of %s: what it was may be another's by now",
				 nvdimm_name(nvdimm));
	dev_info(nd_ns_dev(ns), "by the labels of %s, read again, it is %s\n", nvdimm_name(nvdimm),
		 ns->cfg.size ? "there" : "deleted");
	return 0;
}
