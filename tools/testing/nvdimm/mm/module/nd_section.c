// SPDX-License-Identifier: GPL-2.0
/*
 * nd_section.ko: memory hotplug of a kernel before 5.3 with mm-patches, asked directly.
 *
 * A write to /proc/nd_section is a command, and its errno the answer. START and SIZE are bytes.
 *
 *   map N START SIZE [RESERVE]  pagemap N, 0 to 7, is there; with RESERVE, its struct pages lie in
 *                               it, behind so many bytes
 *   unmap N                     and goes, once nobody has a page of it
 *   hold START, put START       somebody has the page, and has it no longer
 *   add START SIZE              struct pages alone, as nobody does who holds the range
 *   remove START SIZE           the same
 *   ram START SIZE              add_memory()
 *   unram START SIZE            remove_memory(); it is offline
 *   look START SIZE             what a read tells of: a digit for each 2 MiB, has it struct pages
 *
 * What is added is reserved by the boot line, and the caller knows what it does.
 */
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/kallsyms.h>
#include <linux/memory_hotplug.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu-refcount.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define NR_MAPS	8

/* struct section_map: a pagemap, which belongs to a device that is nowhere in sysfs. */
struct section_map {
	struct dev_pagemap pgmap;
	struct percpu_ref ref;
	struct completion idle;
	struct device *dev;
};

static struct section_map *maps[NR_MAPS];
static DEFINE_MUTEX(section_lock); /* of all commands */
static u64 look_start, look_size;

/* What such a kernel does not export. */
static typeof(__add_pages) *add_pages_fn;
static typeof(__remove_pages) *remove_pages_fn;
static typeof(mem_hotplug_begin) *hotplug_begin_fn;
static typeof(mem_hotplug_done) *hotplug_done_fn;

static void map_idle(struct percpu_ref *ref)
{
	complete(&container_of(ref, struct section_map, ref)->idle);
}

static void map_kill(struct percpu_ref *ref)
{
	percpu_ref_kill(ref);
}

static void map_cleanup(struct percpu_ref *ref)
{
	wait_for_completion(&container_of(ref, struct section_map, ref)->idle);
}

static void device_gone(struct device *dev)
{
	kfree(dev);
}

static struct device *new_device(void)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev)
		return NULL;
	device_initialize(dev);
	dev->release = device_gone;
	set_dev_node(dev, 0);
	dev_set_name(dev, "nd_section");
	return dev;
}

static void free_map(struct section_map *map)
{
	percpu_ref_exit(&map->ref);
	kfree(map);
}

static void fill_map(struct section_map *map, u64 start, u64 size, u64 reserve)
{
	struct dev_pagemap *pgmap = &map->pgmap;
	struct vmem_altmap altmap = {
		.base_pfn = PHYS_PFN(start),
		.reserve = PHYS_PFN(reserve),
		.free = PHYS_PFN(size / 64),
	};

	pgmap->res.start = start;
	pgmap->res.end = start + size - 1;
	pgmap->res.flags = IORESOURCE_MEM;
	pgmap->res.name = "nd_section";
	pgmap->ref = &map->ref;
	pgmap->kill = map_kill;
	pgmap->cleanup = map_cleanup;
	pgmap->altmap_valid = reserve;
	/* it has members that are const */
	memcpy(&pgmap->altmap, &altmap, sizeof(altmap));
}

static int do_map(unsigned int n, u64 start, u64 size, u64 reserve)
{
	struct section_map *map;
	void *addr;
	int rc;

	if (n >= NR_MAPS || maps[n])
		return -EINVAL;
	map = kzalloc(sizeof(*map), GFP_KERNEL);
	if (!map)
		return -ENOMEM;
	init_completion(&map->idle);
	rc = percpu_ref_init(&map->ref, map_idle, 0, GFP_KERNEL);
	if (rc) {
		kfree(map);
		return rc;
	}
	map->dev = new_device();
	if (!map->dev) {
		free_map(map);
		return -ENOMEM;
	}
	fill_map(map, start, size, reserve);
	addr = devm_memremap_pages(map->dev, &map->pgmap);
	if (IS_ERR(addr)) {
		put_device(map->dev);
		free_map(map);
		return PTR_ERR(addr);
	}
	maps[n] = map;
	return 0;
}

/* Without the lock where it waits: who puts the page that it waits for has to get in. */
static int do_unmap(unsigned int n)
{
	struct section_map *map;

	if (n >= NR_MAPS)
		return -EINVAL;
	map = maps[n];
	maps[n] = NULL;
	if (!map)
		return -EINVAL;
	mutex_unlock(&section_lock);
	put_device(map->dev);
	free_map(map);
	mutex_lock(&section_lock);
	return 0;
}

static int do_page(u64 start, bool hold)
{
	if (!pfn_valid(PHYS_PFN(start)))
		return -ENXIO;
	if (hold)
		get_page(pfn_to_page(PHYS_PFN(start)));
	else
		put_page(pfn_to_page(PHYS_PFN(start)));
	return 0;
}

static int do_add(u64 start, u64 size)
{
	int rc;

	hotplug_begin_fn();
	rc = add_pages_fn(0, PHYS_PFN(start), PHYS_PFN(size), NULL, false);
	hotplug_done_fn();
	return rc;
}

static int do_remove(u64 start, u64 size)
{
	hotplug_begin_fn();
	remove_pages_fn(PHYS_PFN(start), PHYS_PFN(size), NULL);
	hotplug_done_fn();
	return 0;
}

static int command(char *line)
{
	unsigned int n = 0;
	char word[8];
	u64 start, size = 0, reserve = 0;

	if (sscanf(line, "map %u %lli %lli %lli", &n, &start, &size, &reserve) >= 3)
		return do_map(n, start, size, reserve);
	if (sscanf(line, "unmap %u", &n) == 1)
		return do_unmap(n);
	if (sscanf(line, "%7s %lli %lli", word, &start, &size) < 2)
		return -EINVAL;
	if (!strcmp(word, "hold") || !strcmp(word, "put"))
		return do_page(start, word[0] == 'h');
	if (!strcmp(word, "add"))
		return do_add(start, size);
	if (!strcmp(word, "remove"))
		return do_remove(start, size);
	if (!strcmp(word, "ram"))
		return add_memory(0, start, size);
	if (!strcmp(word, "unram"))
		return remove_memory(0, start, size);
	if (strcmp(word, "look"))
		return -EINVAL;
	look_start = start;
	look_size = size;
	return 0;
}

static ssize_t section_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	char *line = memdup_user_nul(from, min_t(size_t, len, 127));
	int rc;

	if (IS_ERR(line))
		return PTR_ERR(line);
	mutex_lock(&section_lock);
	rc = command(line);
	mutex_unlock(&section_lock);
	kfree(line);
	return rc ? rc : len;
}

static int section_show(struct seq_file *m, void *v)
{
	u64 at;

	mutex_lock(&section_lock);
	for (at = look_start; at < look_start + look_size; at += SUBSECTION_SIZE)
		seq_putc(m, pfn_valid(PHYS_PFN(at)) ? '1' : '0');
	seq_putc(m, '\n');
	mutex_unlock(&section_lock);
	return 0;
}

static int section_open(struct inode *inode, struct file *file)
{
	return single_open(file, section_show, NULL);
}

static const struct file_operations section_fops = {
	.owner = THIS_MODULE,
	.open = section_open,
	.read = seq_read,
	.write = section_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int __init section_init(void)
{
	add_pages_fn = (void *)kallsyms_lookup_name("__add_pages");
	remove_pages_fn = (void *)kallsyms_lookup_name("__remove_pages");
	hotplug_begin_fn = (void *)kallsyms_lookup_name("mem_hotplug_begin");
	hotplug_done_fn = (void *)kallsyms_lookup_name("mem_hotplug_done");
	if (!add_pages_fn || !remove_pages_fn || !hotplug_begin_fn || !hotplug_done_fn)
		return -ENOENT;
	return proc_create("nd_section", 0600, NULL, &section_fops) ? 0 : -ENOMEM;
}

static void __exit section_exit(void)
{
	unsigned int n;

	remove_proc_entry("nd_section", NULL);
	mutex_lock(&section_lock);
	for (n = 0; n < NR_MAPS; n++)
		do_unmap(n);
	mutex_unlock(&section_lock);
}

module_init(section_init);
module_exit(section_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("memory hotplug, asked directly, for tests");
