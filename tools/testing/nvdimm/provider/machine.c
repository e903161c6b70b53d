// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/nd_provider takes another machine, label areas included, in one write: see
 * machine.h. It takes the place of the one before, so that a program can show a
 * driver hundreds of them.
 */
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "machine.h"
#include "provider.h"

#define PROVIDER_WRITE_MAX	SZ_32M

static DEFINE_MUTEX(machine_lock);	/* one at a time */

static int fill_labels(const char *p, size_t left)
{
	while (left) {
		struct provider_bytes head;
		struct provider_dimm *dimm;
		u32 size;

		if (left < sizeof(head))
			return -EINVAL;
		memcpy(&head, p, sizeof(head));
		p += sizeof(head);
		left -= sizeof(head);
		dimm = provider_find_dimm(head.dimm);
		size = dimm ? dimm->range->spec.label_size : 0;
		if (!dimm || head.len > left || head.len > size || head.offset > size - head.len)
			return -EINVAL;
		memcpy(dimm->labels + head.offset, p, head.len);
		p += head.len;
		left -= head.len;
	}
	return 0;
}

/* The line that range= would take. Cuts it up. */
static int build(char *line)
{
	const char *words[PROVIDER_RANGES];
	unsigned int n = 0;

	while (line && *line) {
		if (n == PROVIDER_RANGES)
			return -E2BIG;
		words[n++] = strsep(&line, ",");
	}
	return provider_build(words, n);
}

static ssize_t machine_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	char *bytes, *end;
	int rc;

	if (!len || len > PROVIDER_WRITE_MAX)
		return -EINVAL;
	bytes = vmemdup_user(from, len);
	if (IS_ERR(bytes))
		return PTR_ERR(bytes);
	end = memchr(bytes, '\n', len);
	if (!end) {
		kvfree(bytes);
		return -EINVAL;
	}
	*end++ = 0;
	scoped_guard(mutex, &machine_lock) {
		provider_take_down();
		rc = build(bytes) ?: fill_labels(end, len - (end - bytes)) ?: provider_offer();
		if (rc)
			provider_take_down();
	}
	kvfree(bytes);
	return rc ?: len;
}

static const struct file_operations machine_fops = {
	.owner = THIS_MODULE,
	.write = machine_write,
	.llseek = noop_llseek,
};

static struct miscdevice machine_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "nd_provider",
	.fops = &machine_fops,
};

int provider_machine_init(void)
{
	return misc_register(&machine_device);
}

void provider_machine_exit(void)
{
	misc_deregister(&machine_device);
}
