// SPDX-License-Identifier: GPL-2.0
/* /sys/kernel/debug/nfit_test: fault points; see nfit_test.h and docs/nfit_test.md. */
#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/seq_file.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <acpi/nfit.h>
#include "nfit_test.h"

/* Of the nfit that is loaded, whichever it is: main.c finds out. */
#pragma weak nfit_get_smbios_id

static struct dentry *top;

/* ---- the power of all machines ---- */

static int power_cut_set(void *data, u64 after)
{
	mock_power_cut(after);
	return 0;
}

static int power_cut_get(void *data, u64 *failed)
{
	*failed = mock_power_failed();
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE_SIGNED(power_cut_fops, power_cut_get, power_cut_set, "%lld\n");

static int tear_set(void *data, u64 nth)
{
	mock_tear(nth);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(tear_fops, NULL, tear_set, "%llu\n");

static int stores_get(void *data, u64 *stores)
{
	*stores = mock_stores();
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(stores_fops, stores_get, NULL, "%llu\n");

static int iomem_show(struct seq_file *s, void *data)
{
	mock_claims_show(s);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(iomem);

void mock_debugfs_init(void)
{
	top = debugfs_create_dir("nfit_test", NULL);
	debugfs_create_file_unsafe("power_cut", 0600, top, NULL, &power_cut_fops);
	debugfs_create_file_unsafe("tear", 0200, top, NULL, &tear_fops);
	debugfs_create_file_unsafe("stores", 0400, top, NULL, &stores_fops);
	debugfs_create_file("iomem", 0400, top, NULL, &iomem_fops);
	mock_given_init(top);
}

void mock_debugfs_exit(void)
{
	debugfs_remove(top);
	mock_given_exit();
	/* power comes back with the next load */
	mock_power_cut(U64_MAX);
	mock_tear(0);
}

/* ---- one machine ---- */

static int plug_set(void *data, u64 value)
{
	mock_plug(data);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(plug_fops, NULL, plug_set, "%llu\n");

#define NOTIFY_MOST	1000000u

/* "EVENT COUNT": firmware notifies so often, as fast as it can. */
static ssize_t notify_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	struct mock *mock = file->private_data;
	char text[32] = "";
	u32 event, count;

	if (len >= sizeof(text) || copy_from_user(text, from, len))
		return -EINVAL;
	if (sscanf(text, "%i %u", (int *)&event, &count) != 2 || count > NOTIFY_MOST)
		return -EINVAL;
	for (u32 i = 0; i < count; i++) {
		mock_acpi_notify(&mock->root.acpi, event);
		cond_resched();
	}
	return len;
}

static const struct file_operations notify_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = notify_write,
	.llseek = noop_llseek,
};

static int hold_get(void *data, u64 *held)
{
	*held = atomic_read(&((struct mock *)data)->held);
	return 0;
}

static int hold_set(void *data, u64 hold)
{
	struct mock *mock = data;

	if (hold > MOCK_HOLD_RESULTS)
		return -EINVAL;
	WRITE_ONCE(mock->hold, hold);
	WRITE_ONCE(mock->let, mock->let + 1);
	wake_up_all(&mock->let_go);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(hold_fops, hold_get, hold_set, "%llu\n");

/* How many of a DIMM's flush hints have been written since they were looked at last. */
static int hints_get(void *data, u64 *written)
{
	const struct mock_range *range = data;
	u64 *hint = range->memory;

	*written = 0;
	for (u32 i = 0; i < PAGE_SIZE / sizeof(*hint); i++)
		*written += !!xchg(&hint[i], 0);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(hints_fops, hints_get, NULL, "%llu\n");

static int code_get(void *data, u64 *code)
{
	*code = *(int *)data;
	return 0;
}

static int code_set(void *data, u64 code)
{
	if ((s64)code > 0 || (s64)code < -MAX_ERRNO)
		return -EINVAL;
	*(int *)data = code;
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE_SIGNED(code_fops, code_get, code_set, "%lld\n");

/* What the machine's own table is: structures, without ACPI's header. */
static ssize_t table_read(struct file *file, char __user *to, size_t len, loff_t *pos)
{
	struct mock *mock = file->private_data;
	struct mock_machine *m = &mock->machine;
	void *table;
	ssize_t rc;
	u32 size;

	scoped_guard(mutex, &mock->lock) {
		size = mock_table_build(m->platform, &m->layout, NULL, 0);
		table = kzalloc(size, GFP_KERNEL);
		if (table)
			mock_table_build(m->platform, &m->layout, table, size);
	}
	if (!table)
		return -ENOMEM;
	rc = simple_read_from_buffer(to, len, pos, table, size);
	kfree(table);
	return rc;
}

static const struct file_operations table_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = table_read,
	.llseek = default_llseek,
};

static void add_faults(struct dentry *dir, struct mock_faults *faults)
{
	debugfs_create_x32("fail_cmd", 0600, dir, &faults->functions);
	debugfs_create_file_unsafe("fail_cmd_code", 0600, dir, &faults->code, &code_fops);
	debugfs_create_u32("fail_skip", 0600, dir, &faults->skip);
	debugfs_create_u32("fail_count", 0600, dir, &faults->count);
}

/* What EDAC would learn of a DIMM: its SMBIOS handle and its flags. */
static int smbios_show(struct seq_file *s, void *data)
{
	const struct mock_dimm *dimm = s->private;
	u16 flags = 0;
	int id = nfit_get_smbios_id(dimm->desc->handle, &flags);

	if (id < 0)
		return id;
	seq_printf(s, "%#x %#x\n", id, flags);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(smbios);

static void add_dimm(struct mock *mock, const char *name, u32 nr)
{
	struct mock_dimm *dimm = &mock->machine.dimm[nr];
	struct dentry *dir = debugfs_create_dir(name, mock->debugfs);
	struct mock_range *hints = &mock->range[MOCK_SPANS_MAX + nr];

	add_faults(dir, &dimm->faults);
	debugfs_create_file("smbios", 0400, dir, dimm, &smbios_fops);
	debugfs_create_u64("overwritten", 0600, dir, &dimm->security.overwritten);
	if (dimm->desc->hints)
		debugfs_create_file_unsafe("hints", 0400, dir, hints, &hints_fops);
}

static void drop_dir(void *dir)
{
	debugfs_remove(dir);
}

int mock_debugfs_add(struct mock *mock)
{
	struct mock_machine *m = &mock->machine;
	struct dentry *dir = debugfs_create_dir(dev_name(mock->dev), top);
	char name[16];

	mock->debugfs = dir;
	debugfs_create_u64("calls", 0400, dir, &mock->calls);
	debugfs_create_u64("fail_call", 0600, dir, &mock->fail_call);
	debugfs_create_file_unsafe("plug", 0200, dir, mock, &plug_fops);
	debugfs_create_file("table", 0400, dir, mock, &table_fops);
	/* whoever is at it is waited for when the machine goes */
	debugfs_create_file("notify", 0200, dir, mock, &notify_fops);
	debugfs_create_file_unsafe("hold", 0600, dir, mock, &hold_fops);
	/* a machine that returns fewer records must be asked more often; see scrub.c */
	debugfs_create_u32("scrub_limit", 0600, dir, &m->scrub.limit);
	debugfs_create_u32("scrubs", 0400, dir, &m->scrub.begun);
	debugfs_create_u32("scrub_usurp", 0600, dir, &m->scrub.usurp);
	debugfs_create_u32("scrub_broken", 0600, dir, &m->scrub.broken);
	add_faults(dir, &m->faults);
	for (u32 i = 0; i < m->platform->ndimm; i++) {
		snprintf(name, sizeof(name), "dimm%u", m->platform->first_dimm + i);
		add_dimm(mock, name, i);
	}
	return devm_add_action_or_reset(mock->dev, drop_dir, dir);
}
