// SPDX-License-Identifier: GPL-2.0
/* Whose the memory is, and what others may ask of that: under kmem_list_lock. See kmem.h. */
#include <linux/cleanup.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include "kmem/kmem.h"

DEFINE_MUTEX(kmem_list_lock);

int kmem_refuse(struct kmem_memory *memory, int err, enum nd_reason reason, const char *fmt, ...)
{
	struct va_format text = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	text.va = &args;
	scoped_guard(mutex, &kmem_list_lock) {
		if (memory->dev_dax)
			dax_remark(memory->dev_dax, err, reason, "%pV", &text);
		else
			pr_warn_ratelimited("kmem: %s, which is kept: %pV\n", memory->name, &text);
	}
	va_end(args);
	return err;
}

bool kmem_memory_wanted(struct kmem_memory *memory)
{
	guard(mutex)(&kmem_list_lock);
	return memory->dev_dax && memory->state == KMEM_WAITS;
}

struct dev_dax *kmem_memory_device(struct kmem_memory *memory)
{
	guard(mutex)(&kmem_list_lock);
	return memory->dev_dax;
}

struct device *kmem_memory_region(struct kmem_memory *memory)
{
	guard(mutex)(&kmem_list_lock);
	return memory->region ? nd_range_hold(memory->region) : NULL;
}

bool kmem_memory_was_used(struct kmem_part *part, u32 b)
{
	bool used;

	guard(mutex)(&kmem_list_lock);
	used = kmem_set_has(part->used, b);
	kmem_set_put(part->used, b, false);
	return used;
}
