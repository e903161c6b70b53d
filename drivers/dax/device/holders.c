// SPDX-License-Identifier: GPL-2.0
/*
 * Who maps the device, what is pinned of it, and what page sizes its faults
 * had: attributes of a dax device while device_dax is bound. And the end of
 * those that map it, where that is wanted.
 */
#include <linux/ctype.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sysfs.h>
#include "common/redact.h"
#include "common/process.h"
#include "common/speed.h"
#include "device/device.h"

struct report {
	char *buf;
	int len;
	unsigned int left_out;
};

static __printf(2, 3)
void say(struct report *r, const char *fmt, ...)
{
	char line[128];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vscnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	/* an attribute is one page, and its last line says what did not fit */
	if (r->left_out || r->len + len > PAGE_SIZE - 40) {
		r->left_out++;
		return;
	}
	memcpy(r->buf + r->len, line, len + 1);
	r->len += len;
}

static struct address_space *mapping_of(const struct dax_map *map)
{
	return dax_inode(map->dev_dax->dax_dev)->i_mapping;
}

/*
 * A mapping of this binding, from @node on. The inode outlives bindings: from v5.1 on dead mappings
 * of an earlier one are in the same tree. Another's private data is compared, never looked into.
 */
static struct vm_area_struct *own_vma(const struct dax_map *map, struct rb_node *node)
{
	struct vm_area_struct *vma;

	for (; node; node = rb_next(node)) {
		vma = rb_entry(node, struct vm_area_struct, shared.rb);
		if (vma->vm_file && vma->vm_file->private_data == map)
			return vma;
	}
	return NULL;
}

/* The inode's i_mmap is locked. */
#define for_each_own_vma(vma, map, mapping)					\
	for (vma = own_vma(map, rb_first_cached(&(mapping)->i_mmap)); vma;	\
	     vma = own_vma(map, rb_next(&vma->shared.rb)))

static void say_mappings(struct report *r, const struct dax_map *map)
{
	struct address_space *mapping = mapping_of(map);
	struct vm_area_struct *vma;
	char comm[TASK_COMM_LEN];
	pid_t pid;

	/* the tree of all shared mappings: nothing to keep in step when they split, move or fork */
	i_mmap_lock_read(mapping);
	for_each_own_vma(vma, map, mapping) {
		pid = nd_process_of(vma->vm_mm, comm);
		say(r, "%d %s %#lx-%#lx offset %#llx\n", pid, comm, vma->vm_start, vma->vm_end,
		    PFN_PHYS((u64)vma->vm_pgoff));
	}
	i_mmap_unlock_read(mapping);
}

void dax_name_mapper(struct dax_map *map, char who[DAX_WHO])
{
	struct address_space *mapping = mapping_of(map);
	const struct mm_struct *first = NULL;
	char comm[TASK_COMM_LEN] = "";
	struct vm_area_struct *vma;
	bool others = false;
	pid_t pid = 0;

	who[0] = '\0';
	i_mmap_lock_read(mapping);
	for_each_own_vma(vma, map, mapping) {
		if (!pid) {
			first = vma->vm_mm;
			pid = nd_process_of(first, comm);
		} else if (vma->vm_mm != first) {
			others = true;
			break;
		}
	}
	i_mmap_unlock_read(mapping);
	if (pid)
		scnprintf(who, DAX_WHO, "process " ND_PRIVATE("%d, %s") "%s", pid, comm,
			  others ? ", and others" : "");
}

/* All of them share that address space, and what they have pinned goes with the last. */
static void kill_owners(const struct mm_struct *mm)
{
	struct task_struct *p;

	rcu_read_lock();
	for_each_process(p)
		/* of the process: its leader alone may have ended, and takes no signal any more */
		if (nd_process_has(p, mm) && !(p->flags & PF_KTHREAD) && !is_global_init(p))
			kill_pid(task_tgid(p), SIGKILL, 1);
	rcu_read_unlock();
}

void dax_kill_holders(struct dax_map *map)
{
	struct address_space *mapping = mapping_of(map);
	struct vm_area_struct *vma;

	i_mmap_lock_read(mapping);
	for_each_own_vma(vma, map, mapping)
		kill_owners(vma->vm_mm);
	i_mmap_unlock_read(mapping);
}

static void say_pins(void *data, u64 offset, u64 len, unsigned long pins)
{
	say(data, "pinned %#llx-%#llx %lu\n", offset, offset + len, pins);
}

static ssize_t holders_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct dax_map *map = dev_get_drvdata(dev);
	struct report r = { .buf = buf };

	say_mappings(&r, map);
	dax_map_pins(map, say_pins, &r);
	if (r.left_out)
		r.len += sysfs_emit_at(buf, r.len, "and %u more\n", r.left_out);
	return r.len;
}
static DEVICE_ATTR_ADMIN_RO(holders);

static ssize_t faults_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	static const unsigned long size[] = { PAGE_SIZE, PMD_SIZE, PUD_SIZE };
	struct dax_map *map = dev_get_drvdata(dev);
	unsigned long n = 0;
	unsigned int i;
	int cpu, len = 0;

	for_each_possible_cpu(cpu)
		n += READ_ONCE(*per_cpu_ptr(map->faults, cpu));
	for (i = 0; i < ARRAY_SIZE(size); i++)
		len += sysfs_emit_at(buf, len, "%lu %lu\n", size[i], size[i] == map->align ? n : 0);
	return len;
}
static DEVICE_ATTR_RO(faults);

static ssize_t performance_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return nd_speed_show(to_dev_dax(dev)->target_node, buf);
}
static DEVICE_ATTR_RO(performance);

static struct attribute *device_attrs[] = {
	&dev_attr_performance.attr,
	&dev_attr_holders.attr,
	&dev_attr_faults.attr,
	NULL,
};

static const struct attribute_group device_group = { .attrs = device_attrs };

const struct attribute_group *dax_device_groups[] = {
	&device_group,
	NULL,
};
