// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/debug/btt/bttN.M/arenaK: layout, lanes, health. Health looks at
 * the whole map, with the disk's I/O held up meanwhile.
 */
#include <linux/blk-mq.h>
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include "btt/disk.h"

static struct dentry *root;

static int layout_show(struct seq_file *s, void *unused)
{
	const struct btt_arena *a = s->private;
	const struct btt_layout *l = &a->layout;

	seq_printf(s, "version %u.%u\nflags %#x\nsize %#llx\nfirst_sector %llu\n", l->major,
		   l->minor, l->flags, l->size, a->first);
	seq_printf(s, "external_lbasize %u\nexternal_nlba %u\n", l->external_lbasize,
		   l->external_nlba);
	seq_printf(s, "internal_lbasize %u\ninternal_nlba %u\nnfree %u\n", l->internal_lbasize,
		   l->internal_nlba, l->nfree);
	seq_printf(s, "infooff %#llx\ndataoff %#llx\nmapoff %#llx\nlogoff %#llx\ninfo2off %#llx\n",
		   a->start, a->start + l->dataoff, a->start + l->mapoff, a->start + l->logoff,
		   a->start + l->info2off);
	seq_printf(s, "nextoff %#llx\nlog_slots 0 %u\nfailed %d\n", l->next, a->pad,
		   READ_ONCE(a->failed) && !READ_ONCE(a->read_only));
	seq_printf(s, "read_only %d\npending %u\nlog_bad %d\nparked %u of %u\n",
		   READ_ONCE(a->read_only), READ_ONCE(a->npending), READ_ONCE(a->log_bad),
		   btt_lanes_parked(a), a->lanes);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(layout);

/* Where a lane's two log entries are in their group, as the in-tree driver tells ndctl. */
static int log_index_0_show(struct seq_file *s, void *unused)
{
	seq_puts(s, "0\n");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(log_index_0);

static int log_index_1_show(struct seq_file *s, void *unused)
{
	const struct btt_arena *a = s->private;

	seq_printf(s, "%u\n", a->pad);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(log_index_1);

static int lanes_show(struct seq_file *s, void *unused)
{
	const struct btt_arena *a = s->private;
	u32 i;

	seq_puts(s, "lane block slot seq had_error parked\n");
	for (i = 0; i < a->layout.nfree; i++) {
		/*
		 * A glance: lanes in use change while they are printed. That is said here, and not
		 * where they are written, which is on the way of each sector.
		 */
		const struct btt_lane lane = data_race(a->lane[i]);

		seq_printf(s, "%u %u %u %u %d %d\n", i, lane.block, lane.sub ? a->pad : 0, lane.seq,
			   lane.had_error, lane.parked);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(lanes);

static int health_show(struct seq_file *s, void *unused)
{
	struct btt_arena *a = s->private;
	struct btt *btt = container_of(a->media, struct btt, media);
	unsigned long *seen;
	struct btt_health h;
	unsigned int memflags;
	int rc;

	seen = kvcalloc(BITS_TO_LONGS(a->layout.internal_nlba), sizeof(long), GFP_KERNEL);
	if (!seen)
		return -ENOMEM;
	memflags = blk_mq_freeze_queue(btt->disk->queue);
	rc = btt_arena_check(a, seen, &h);
	blk_mq_unfreeze_queue(btt->disk->queue, memflags);
	kvfree(seen);
	if (rc)
		return rc;
	seq_printf(s, "%s\nmapped %u\ntwice %u\nlost %u\nbounds %u\nzeros %u\nerrors %u\n",
		   btt_healthy(&h) ? "healthy" : "unhealthy", h.mapped, h.twice, h.lost, h.bounds,
		   h.zeros, h.errors);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(health);

static int err_flag_failures_show(struct seq_file *s, void *unused)
{
	struct btt *btt = s->private;

	seq_printf(s, "%lld\n", (long long)atomic64_read(&btt->flag_failures));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(err_flag_failures);

void btt_debugfs_add(struct btt *btt)
{
	u32 i;

	btt->debugfs = debugfs_create_dir(dev_name(btt->dev), root);
	debugfs_create_file("err_flag_failures", 0444, btt->debugfs, btt, &err_flag_failures_fops);
	for (i = 0; i < btt->arenas; i++) {
		struct btt_arena *a = &btt->arena[i];
		struct dentry *dir;
		char name[16];

		snprintf(name, sizeof(name), "arena%u", i);
		dir = debugfs_create_dir(name, btt->debugfs);
		debugfs_create_file("layout", 0444, dir, a, &layout_fops);
		debugfs_create_file("lanes", 0444, dir, a, &lanes_fops);
		debugfs_create_file("health", 0400, dir, a, &health_fops);
		debugfs_create_file("log_index_0", 0444, dir, a, &log_index_0_fops);
		debugfs_create_file("log_index_1", 0444, dir, a, &log_index_1_fops);
	}
}

void btt_debugfs_remove(struct btt *btt)
{
	debugfs_remove_recursive(btt->debugfs);
}

void btt_debugfs_init(void)
{
	root = debugfs_create_dir("btt", NULL);
}

void btt_debugfs_exit(void)
{
	debugfs_remove_recursive(root);
}
