/* SPDX-License-Identifier: GPL-2.0 */
/* A table in memory of our own, and its complaints in words. */
#ifndef _NFIT_MODEL_H
#define _NFIT_MODEL_H

#include <linux/cleanup.h>
#include <linux/types.h>
#include "nfit/table/table.h"

struct device;

/*
 * struct nfit_model - a table, in memory of its own
 * @table: points into @bytes and @room
 */
struct nfit_model {
	struct nfit_table table;
	void *bytes;
	void *room;
};

/**
 * nfit_model_load() - model of a table
 * @dev: to complain about
 * @bytes: structures; copied
 * @len: bytes of them
 * @revision: of the ACPI table
 *
 * Return: the model or an ERR_PTR, -ENXIO when firmware's framing is broken.
 */
struct nfit_model *nfit_model_load(struct device *dev, const void *bytes, u32 len, u8 revision);
void nfit_model_free(struct nfit_model *model);
DEFINE_FREE(nfit_model, struct nfit_model *, nfit_model_free(_T))

/* Say on @dev what was dropped from @model. */
void nfit_model_report(struct device *dev, const struct nfit_model *model);

#endif /* _NFIT_MODEL_H */
