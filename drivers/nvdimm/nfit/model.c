// SPDX-License-Identifier: GPL-2.0
/* A firmware table in memory of our own, and its complaints in words. */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/slab.h>
#include "common/diag.h"
#include "nfit/model.h"

static int report_fault(struct device *dev, const struct nfit_complaint *c)
{
	return nd_refuse(dev, -ENXIO, c->reason,
			 "firmware's NVDIMM table is refused: %s structure (type %u) at offset %#x: %s %#llx",
			 nfit_type_name(c->type), c->type, c->offset, c->what, c->about);
}

static int model_fill(struct nfit_model *model, struct device *dev, u32 len, u8 revision)
{
	struct nfit_complaint fault;
	enum nd_reason reason;
	size_t room;

	reason = nfit_table_measure(model->bytes, len, &room, &fault);
	if (reason)
		return report_fault(dev, &fault);
	model->room = kvzalloc(room, GFP_KERNEL);
	if (!model->room)
		return nd_refuse(dev, -ENOMEM, ND_REASON_RESOURCE,
				 "no memory (%zu bytes) for the model of firmware's NVDIMM table",
				 room);
	reason = nfit_table_read(model->bytes, len, revision, model->room, room, &model->table,
				 &fault);
	return reason ? report_fault(dev, &fault) : 0;
}

struct nfit_model *nfit_model_load(struct device *dev, const void *bytes, u32 len, u8 revision)
{
	struct nfit_model *model = kzalloc(sizeof(*model), GFP_KERNEL);
	int rc;

	if (!model)
		return ERR_PTR(-ENOMEM);
	model->bytes = kvmalloc(len, GFP_KERNEL);
	if (model->bytes) {
		memcpy(model->bytes, bytes, len);
		rc = model_fill(model, dev, len, revision);
	} else {
		rc = nd_refuse(dev, -ENOMEM, ND_REASON_RESOURCE,
			       "no memory for firmware's NVDIMM table of %u bytes", len);
	}
	if (!rc)
		return model;
	nfit_model_free(model);
	return ERR_PTR(rc);
}

void nfit_model_free(struct nfit_model *model)
{
	if (!model)
		return;
	kvfree(model->bytes);
	kvfree(model->room);
	kfree(model);
}

/* Is it about a range that is still in the model? region.c will say so. */
static bool said_later(const struct nfit_table *t, const struct nfit_complaint *c)
{
	for (u32 i = 0; i < t->nspa; i++)
		if (t->spa[i].entry.offset == c->offset && t->spa[i].broken == c->reason)
			return true;
	return false;
}

void nfit_model_report(struct device *dev, const struct nfit_model *model)
{
	const struct nfit_table *t = &model->table;

	for (u32 i = 0; i < t->ncomplaint; i++) {
		const struct nfit_complaint *c = &t->complaint[i];

		if (c->reason == ND_REASON_UNSUPPORTED)
			dev_info(dev,
				 "NVDIMM table: %s structure (type %u) at offset %#x: %s %#llx\n",
				 nfit_type_name(c->type), c->type, c->offset, c->what, c->about);
		else if (c->used)
			nd_remark(dev, -ENXIO, c->reason,
				  "NVDIMM table: %s structure (type %u) at offset %#x is used anyway: %s %#llx",
				  nfit_type_name(c->type), c->type, c->offset, c->what, c->about);
		else if (!said_later(t, c))
			nd_remark(dev, -ENXIO, c->reason,
				  "NVDIMM table: %s structure (type %u) at offset %#x is not used: %s %#llx",
				  nfit_type_name(c->type), c->type, c->offset, c->what, c->about);
	}
	if (t->blk)
		dev_info(dev,
			 "NVDIMM table: block windows are not supported, %u structures skipped\n",
			 t->blk);
}
