// SPDX-License-Identifier: GPL-2.0
/* The policy an administrator has set, and the facts it is held against. */
#include <linux/cleanup.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <compat/memory_tier.h>
#include "common/speed.h"
#include "kmem/kmem.h"
#include "kmem/tier.h"

static struct kmem_policy policy = { .scrub = KMEM_SCRUB_BADBLOCKS };

/* Firmware may take hours for a large range. */
static unsigned int scrub_limit_s = 3600;

/* A month. */
#define SCRUB_LIMIT_MAX	(31u * 24 * 3600)

static int set_scrub(const char *word, const struct kernel_param *kp)
{
	return kmem_scrub_parse(word, &policy.scrub);
}

static int get_scrub(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", kmem_scrub_word(policy.scrub));
}

static const struct kernel_param_ops scrub_ops = { .set = set_scrub, .get = get_scrub };
module_param_cb(require_scrub, &scrub_ops, NULL, 0644);
MODULE_PARM_DESC(require_scrub,
		 "Refuse memory with bytes known to be bad (badblocks), or found to be so by a scrub that is done first (ars), or neither (none)");
module_param_named(clear_badblocks, policy.clear, bool, 0644);
MODULE_PARM_DESC(clear_badblocks,
		 "Clear what is bad first; what it held is lost (N)");
module_param(scrub_limit_s, uint, 0644);
MODULE_PARM_DESC(scrub_limit_s, "Seconds that a scrub may take with require_scrub=ars (3600)");
module_param_named(require_mce_recovery, policy.recovery, bool, 0644);
MODULE_PARM_DESC(require_mce_recovery,
		 "Refuse memory on a machine that does not survive reading poison (N)");
module_param_named(require_security, policy.security, bool, 0644);
MODULE_PARM_DESC(require_security,
		 "Refuse memory that keeps its contents without power, unless a passphrase guards each DIMM (N)");

/* Speed that nobody has told: five times as far as DRAM, as the in-tree driver assumes. */
#define DISTANCE_UNKNOWN	(MEMTIER_ADISTANCE_DRAM * 5)

/* Who stores it has the kernel's lock of parameters, and who reads it here has ours. */
static char tier_hint[256];
static DEFINE_MUTEX(tier_hint_lock);

static int set_tier_hint(const char *hints, const struct kernel_param *kp)
{
	u32 percent;

	if (strlen(hints) >= sizeof(tier_hint))
		return -ENOSPC;
	if (kmem_hint_find(hints, -1, &percent) < 0)
		return -EINVAL;
	guard(mutex)(&tier_hint_lock);
	strscpy(tier_hint, hints, sizeof(tier_hint));
	return 0;
}

static int get_tier_hint(char *buf, const struct kernel_param *kp)
{
	guard(mutex)(&tier_hint_lock);
	return sysfs_emit(buf, "%s\n", strim(tier_hint));
}

static const struct kernel_param_ops tier_hint_ops = {
	.set = set_tier_hint,
	.get = get_tier_hint,
};
module_param_cb(tier_hint, &tier_hint_ops, NULL, 0644);
MODULE_PARM_DESC(tier_hint,
		 "NODE:PERCENT,...: how far memory of a node is, in percent of DRAM's distance (what firmware tells)");

/* By the node of a processor, of which firmware speaks: what is near to one is DRAM. */
static bool speed_of_dram(struct nd_speed *speed)
{
	int node;

	for_each_node_state(node, N_CPU)
		if (nd_speed_of(node, speed))
			return true;
	return false;
}

int kmem_policy_distance(int node)
{
	int distance = DISTANCE_UNKNOWN, measured;
	struct nd_speed dram, mem;
	u32 percent;

	scoped_guard(mutex, &tier_hint_lock)
		if (kmem_hint_find(tier_hint, node, &percent) > 0)
			return max_t(int, MEMTIER_ADISTANCE_DRAM * percent / 100, 1);
	/* what HMAT or CDAT say of the node, on kernels that ask them */
	mt_calc_adistance(node, &distance);
	if (distance != DISTANCE_UNKNOWN || !nd_speed_of(node, &mem) || !speed_of_dram(&dram))
		return distance;
	measured = kmem_distance(MEMTIER_ADISTANCE_DRAM, &dram, &mem);
	return measured ?: distance;
}

/* Clear what is bad of [@range], from the front; false: something stays. */
static bool clear_bad(struct device *dev, const struct range *range)
{
	struct range bad;

	while (nd_range_next_bad(dev, range, &bad)) {
		bad.end = min_t(u64, bad.end, bad.start + SZ_1G - 1);
		if (nd_range_clear(dev, &bad))
			return false;
	}
	return true;
}

/* The next run of blocks of a part, from *@b on, that is to be added, or of all. */
static bool next_run(const struct kmem_part *part, bool all, u32 *b, struct range *run)
{
	u32 nr = all ? part->span.nr - *b : kmem_set_run(part->in, part->span.nr, false, b);

	run->start = kmem_block_start(part, *b);
	run->end = kmem_block_start(part, *b + nr) - 1;
	*b += nr;
	return nr;
}

/* Of what is to be added; or of @all. */
static bool find_bad(const struct kmem_memory *memory, struct device *dev, bool all,
		     struct range *bad)
{
	struct range run;
	unsigned int i;
	u32 b;

	for (i = 0; i < memory->nr; i++)
		for (b = 0; next_run(&memory->part[i], all, &b, &run);)
			if (nd_range_next_bad(dev, &run, bad))
				return true;
	return false;
}

/* As much of what is to be added as the platform can. */
static void clear_all_bad(const struct kmem_memory *memory, struct device *dev)
{
	struct range run;
	unsigned int i;
	u32 b;

	for (i = 0; i < memory->nr; i++)
		for (b = 0; next_run(&memory->part[i], false, &b, &run);)
			if (!clear_bad(dev, &run))
				return;
}

static const char *not_scrubbed(int err)
{
	switch (err) {
	case -ENOTTY:
		return "this platform has no scrub of it";
	case -ETIMEDOUT:
		return "not over within kmem's parameter scrub_limit_s";
	case -ECANCELED:
		return "cancelled";
	default:
		return "firmware's scrub fails";
	}
}

static int policy_report(struct dev_dax *dev_dax, const struct kmem_policy *now,
			 const struct kmem_facts *facts, const struct range *bad,
			 const struct kmem_verdict *v)
{
	static const char * const rest[] = {
		[ND_AT_REST_UNKNOWN] = "is not known",
		[ND_AT_REST_PLAIN] = "is everybody",
	};
	const char *word = kmem_verdict_word(v->err);

	switch (v->err) {
	case 0:
		return 0;
	case -EIO:
		return dax_refuse(dev_dax, v->err, v->reason,
				  "%s@%#llx-%#llx: known to be bad, and the policy require_scrub=%s: ndctl clear-errors, or kmem's parameter clear_badblocks",
				  word, bad->start, bad->end, kmem_scrub_word(now->scrub));
	case -ENODATA:
		return dax_refuse(dev_dax, v->err, v->reason,
				  "%s: it was not scrubbed, which the policy require_scrub=ars asks for: %s (%d)",
				  word, not_scrubbed(facts->scrub), facts->scrub);
	case -EOPNOTSUPP:
		return dax_refuse(dev_dax, v->err, v->reason,
				  "%s: this machine does not survive reading poison (mce_recovery: %s), which the policy require_mce_recovery asks for",
				  word, nd_recovery_word(facts->recovery));
	default:
		return dax_refuse(dev_dax, v->err, v->reason,
				  "%s: who can read it without power %s, and the policy require_security asks for a passphrase on each of its DIMMs",
				  word, rest[facts->at_rest]);
	}
}

bool kmem_policy_scrubs(void)
{
	return READ_ONCE(policy.scrub) == KMEM_SCRUB_ARS;
}

unsigned long kmem_policy_scrub_limit(void)
{
	return min(READ_ONCE(scrub_limit_s), SCRUB_LIMIT_MAX) * HZ;
}

int kmem_policy_admit(const struct kmem_memory *memory, struct dev_dax *dev_dax, int scrub)
{
	struct device *dev = dev_dax->region->dev;
	const struct kmem_policy now = policy;
	struct kmem_facts facts = {
		.recovery = nd_recovery_now(),
		.at_rest = nd_range_at_rest(dev),
		.scrub = scrub,
	};
	struct kmem_verdict v;
	struct range bad;

	facts.has_bad = find_bad(memory, dev, false, &bad);
	v = kmem_admit(&now, &facts);
	if (v.clear) {
		clear_all_bad(memory, dev);
		facts.tried = true;
		facts.has_bad = find_bad(memory, dev, false, &bad);
		v = kmem_admit(&now, &facts);
	}
	return policy_report(dev_dax, &now, &facts, &bad, &v);
}

ssize_t kmem_policy_show(const struct kmem_memory *memory, struct dev_dax *dev_dax, u64 done,
			 u64 all, char *buf)
{
	struct device *dev = dev_dax->region->dev;
	const struct kmem_policy now = policy;
	struct kmem_facts facts = {
		.recovery = nd_recovery_now(),
		.at_rest = nd_range_at_rest(dev),
		.scrub = READ_ONCE(memory->unscrubbed),
	};
	struct range bad;
	int len;

	if (find_bad(memory, dev, true, &bad))
		len = sysfs_emit(buf, "%s@%#llx-%#llx", kmem_verdict_word(-EIO), bad.start,
				 bad.end);
	else
		len = sysfs_emit(buf, "%s", kmem_verdict_word(kmem_admit(&now, &facts).err));
	len += sysfs_emit_at(buf, len, " mce_recovery=%s", nd_recovery_word(facts.recovery));
	if (all)
		len += sysfs_emit_at(buf, len, " scrub=%llu/%llu", done, all);
	sysfs_emit_at(buf, len, " at_rest=%s\n", nd_at_rest_word(facts.at_rest));
	/* everybody may read it, and addresses are root's */
	return nd_diag_redact(buf);
}
