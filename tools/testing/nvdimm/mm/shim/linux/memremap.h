/* SPDX-License-Identifier: GPL-2.0 */
/* What an owner says of its pagemap, and memory of a device; devm_live counts that. */
#pragma once

#include <linux/ioport.h>
#include <linux/percpu-refcount.h>
#include <linux/types.h>

struct device;

struct dev_pagemap {
	struct resource res;
	struct percpu_ref *ref;
	void (*kill)(struct percpu_ref *ref);
	void (*cleanup)(struct percpu_ref *ref);
};

extern int devm_live;

static inline void *devm_kzalloc(struct device *dev, size_t size, int gfp)
{
	devm_live++;
	return calloc(1, size);
}

static inline void devm_kfree(struct device *dev, void *p)
{
	devm_live--;
	free(p);
}
