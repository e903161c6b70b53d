// SPDX-License-Identifier: GPL-2.0
/*
 * A table that somebody gives: what _FIT returns, on every machine, in place of
 * the machine's own. It is there before a machine is bound, and after.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "nfit_test.h"

static DEFINE_MUTEX(given_lock);	/* protects the next two; innermost */
static void *given;
static u32 given_len;

union acpi_object *mock_given(bool *any)
{
	union acpi_object *object;

	guard(mutex)(&given_lock);
	*any = given;
	if (!given)
		return NULL;
	object = mock_buffer(given_len);
	if (!object)
		return ERR_PTR(-ENOMEM);
	memcpy(object->buffer.pointer, given, given_len);
	return object;
}

static void replace(void *table, u32 len)
{
	guard(mutex)(&given_lock);
	kfree(given);
	given = table;
	given_len = len;
}

/* One write is one table; a line without text takes it back. */
static ssize_t given_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	void *table;

	if (*pos || len > MOCK_GIVEN_MAX)
		return -EFBIG;
	table = memdup_user(from, len);
	if (IS_ERR(table))
		return PTR_ERR(table);
	if (len == 1) {
		kfree(table);
		replace(NULL, 0);
	} else {
		replace(table, len);
	}
	*pos += len;
	return len;
}

static const struct file_operations given_fops = {
	.owner = THIS_MODULE,
	.write = given_write,
	.llseek = noop_llseek,
};

void mock_given_init(struct dentry *top)
{
	debugfs_create_file("table", 0200, top, NULL, &given_fops);
}

void mock_given_exit(void)
{
	replace(NULL, 0);
}
