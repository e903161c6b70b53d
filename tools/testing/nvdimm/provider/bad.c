// SPDX-License-Identifier: GPL-2.0
/*
 * nd_bad: memory that is bad, below the drivers. What firmware or a scrub tells
 * is a provider's matter (nd_provider, nfit_test); here it is what a copy meets.
 *
 *	copy_mc_to_kernel(), copy_mc_to_user()	stop at the first bad byte, as at a machine check
 *	nvdimm_clear_poison()			what it says was cleared is good, and holds rubbish
 *	stores past the cache			a line that is stored as a whole is good; or they
 *						are counted, where only firmware can cure
 *	nd_hwpoison_write()			the same, and may be held
 *
 * They are met by kprobes, so the modules that users run are those that are
 * tested, of whatever provider, and the test builds as well. Bytes that turn
 * bad are overwritten: who reads what was there before, or this, has read what
 * is lost. See README.md for the files in debugfs.
 */
#include <linux/cache.h>
#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/io.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>

#define BAD_MAX		64
#define LOST_BYTE	0xbd	/* what a bad byte holds */
#define CLEARED_BYTE	0xc1	/* what one holds that firmware has cleared */

/**
 * struct bad_run - bytes that are bad
 * @start: physical address
 * @end: behind the last
 * @at: mapped, from @start on
 * @map: what to unmap in the end, or NULL: another's
 * @firmware: only firmware cures it; a store is a mistake
 */
struct bad_run {
	u64 start;
	u64 end;
	u8 *at;
	void *map;
	bool firmware;
};

/* Runs only shrink, except where an administrator adds or drops them, under @bad_change. */
static struct bad_run bad_runs[BAD_MAX];
static unsigned int bad_nr;
static DEFINE_RAW_SPINLOCK(bad_lock);	/* protects both; innermost */
static DEFINE_MUTEX(bad_change);

static atomic_t bad_stops = ATOMIC_INIT(0);
static atomic_t bad_stores = ATOMIC_INIT(0);
static struct dentry *bad_dir;

/* ---- addresses ---- */

/* Pretended memory has addresses of its own (nfit_test). */
static u64 (*mock_address)(const void *memory);
static void *(*mock_memremap)(resource_size_t at, size_t size, unsigned long flags);
static void (*mock_memunmap)(void *addr);

static u64 bad_address(const void *memory)
{
	u64 addr = mock_address ? mock_address(memory) : 0;

	if (addr)
		return addr;
	if (is_vmalloc_addr(memory))
		return PFN_PHYS((u64)vmalloc_to_pfn(memory)) + offset_in_page(memory);
	return virt_addr_valid(memory) || (unsigned long)memory >= PAGE_OFFSET ? __pa(memory) : 0;
}

static void *bad_map(u64 start, u64 size)
{
	return mock_memremap ? mock_memremap(start, size, MEMREMAP_WB) :
			       memremap(start, size, MEMREMAP_WB);
}

static void bad_unmap(void *map)
{
	if (mock_memunmap)
		mock_memunmap(map);
	else
		memunmap(map);
}

/* ---- what is bad ---- */

/* Bytes from @src on that are good, at most @len. */
static size_t bad_good_bytes(const void *src, size_t len)
{
	unsigned long flags;
	u64 start;

	if (!READ_ONCE(bad_nr) || !len)
		return len;
	start = bad_address(src);
	raw_spin_lock_irqsave(&bad_lock, flags);
	for (unsigned int i = 0; i < bad_nr; i++) {
		const struct bad_run *run = &bad_runs[i];

		if (run->start < run->end && run->end > start && run->start < start + len)
			len = run->start > start ? run->start - start : 0;
	}
	raw_spin_unlock_irqrestore(&bad_lock, flags);
	return len;
}

/* Take [start, end) out of a run; what is behind it becomes another, or is bad no more. */
static void bad_shrink(struct bad_run *run, u64 start, u64 end)
{
	struct bad_run rest = *run;

	rest.map = NULL;
	rest.at += end - run->start;
	rest.start = end;
	if (start <= run->start) {
		rest.map = run->map;
		*run = rest;
		return;
	}
	run->end = start;
	if (rest.start < rest.end && bad_nr < BAD_MAX) {
		bad_runs[bad_nr] = rest;
		WRITE_ONCE(bad_nr, bad_nr + 1);
	}
}

/* [start, end) is good again; @by_firmware: which leaves rubbish there. */
static void bad_cure(u64 start, u64 end, bool by_firmware)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&bad_lock, flags);
	for (unsigned int i = 0; i < bad_nr; i++) {
		struct bad_run *run = &bad_runs[i];
		u64 from = max(start, run->start), to = min(end, run->end);

		if (from >= to)
			continue;
		if (!by_firmware && run->firmware) {
			atomic_inc(&bad_stores);
			continue;
		}
		if (by_firmware)
			memset(run->at + (from - run->start), CLEARED_BYTE, to - from);
		bad_shrink(run, from, to);
	}
	raw_spin_unlock_irqrestore(&bad_lock, flags);
}

/* ---- copies that stop ---- */

static unsigned long bad_copy_to_kernel(void *dst, const void *src, unsigned int len)
{
	size_t good = bad_good_bytes(src, len);

	atomic_inc(&bad_stops);
	memcpy(dst, src, good);
	return len - good;
}

static unsigned long bad_copy_to_user(void __user *dst, const void *src, unsigned int len)
{
	size_t good = bad_good_bytes(src, len);

	atomic_inc(&bad_stops);
	return len - good + copy_to_user(dst, src, good);
}

/* Go there instead. */
static int bad_redirect(struct pt_regs *regs, void *to)
{
	size_t len = regs_get_kernel_argument(regs, 2);

	if (bad_good_bytes((const void *)regs_get_kernel_argument(regs, 1), len) == len)
		return 0;
	instruction_pointer_set(regs, (unsigned long)to);
	return 1;
}

static int bad_on_copy_to_kernel(struct kprobe *probe, struct pt_regs *regs)
{
	return bad_redirect(regs, bad_copy_to_kernel);
}

static int bad_on_copy_to_user(struct kprobe *probe, struct pt_regs *regs)
{
	return bad_redirect(regs, bad_copy_to_user);
}

/* ---- stores ---- */

static int bad_on_store(struct kprobe *probe, struct pt_regs *regs)
{
	const void *to = (const void *)regs_get_kernel_argument(regs, 0);
	size_t len = (u32)regs_get_kernel_argument(regs, 2);
	u64 start;

	if (!READ_ONCE(bad_nr) || !len)
		return 0;
	start = bad_address(to);
	bad_cure(ALIGN(start, L1_CACHE_BYTES), ALIGN_DOWN(start + len, L1_CACHE_BYTES), false);
	return 0;
}

/* With one, a probe may send its caller elsewhere (kprobes.rst). */
static void bad_after(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

/* The kernels that have copy_to_nontemporal() give the function of write(2) a name without "__". */
#ifdef copy_to_nontemporal
#define COPY_USER_FLUSHCACHE	"copy_user_flushcache"
#else
#define COPY_USER_FLUSHCACHE	"__copy_user_flushcache"
#endif

static struct kprobe bad_probes[] = {
	{
		.symbol_name = "copy_mc_to_kernel",
		.pre_handler = bad_on_copy_to_kernel,
		.post_handler = bad_after,
	}, {
		.symbol_name = "copy_mc_to_user",
		.pre_handler = bad_on_copy_to_user,
		.post_handler = bad_after,
	}, {
		.symbol_name = "__memcpy_flushcache",
		.pre_handler = bad_on_store,
	}, {
		.symbol_name = COPY_USER_FLUSHCACHE,
		.pre_handler = bad_on_store,
	},
};

/* ---- a store that is late ---- */

/* Of libnvdimm; NULL where that is in-tree's. */
static bool (*bad_real_store)(void *media, const void *bytes, size_t len);
static DECLARE_WAIT_QUEUE_HEAD(bad_store_goes);
static atomic_t bad_stores_held = ATOMIC_INIT(0);
static bool bad_hold_stores;

static bool bad_late_store(void *media, const void *bytes, size_t len)
{
	atomic_inc(&bad_stores_held);
	wait_event(bad_store_goes, !READ_ONCE(bad_hold_stores));
	atomic_dec(&bad_stores_held);
	return bad_real_store(media, bytes, len);
}

static int bad_before_store(struct kprobe *probe, struct pt_regs *regs)
{
	if (!READ_ONCE(bad_hold_stores))
		return bad_on_store(probe, regs);
	instruction_pointer_set(regs, (unsigned long)bad_late_store);
	return 1;
}

static struct kprobe bad_store_probe = {
	.symbol_name = "nd_hwpoison_write",
	.pre_handler = bad_before_store,
	.post_handler = bad_after,
};

static int bad_probe_store(void)
{
	int rc;

	bad_real_store = __symbol_get("nd_hwpoison_write");
	if (!bad_real_store)
		return 0;
	rc = register_kprobe(&bad_store_probe);
	if (rc)
		__symbol_put("nd_hwpoison_write");
	return rc;
}

static void bad_unprobe_store(void)
{
	if (!bad_real_store)
		return;
	unregister_kprobe(&bad_store_probe);
	__symbol_put("nd_hwpoison_write");
}

static int hold_set(void *unused, u64 hold)
{
	WRITE_ONCE(bad_hold_stores, hold);
	wake_up_all(&bad_store_goes);
	return 0;
}

static int hold_get(void *unused, u64 *held)
{
	*held = atomic_read(&bad_stores_held);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(hold_fops, hold_get, hold_set, "%llu\n");

/* ---- firmware's cure ---- */

/* The bus of whose provider has no firmware says "cleared", and cures nothing. */
static bool stores_cure_alone;
module_param(stores_cure_alone, bool, 0644);
MODULE_PARM_DESC(stores_cure_alone, "what the bus says was cleared is bad all the same until stored to");

struct bad_clearing {
	u64 start;
};

static int bad_on_clear(struct kretprobe_instance *call, struct pt_regs *regs)
{
	((struct bad_clearing *)call->data)->start = regs_get_kernel_argument(regs, 1);
	return 0;
}

static int bad_on_cleared(struct kretprobe_instance *call, struct pt_regs *regs)
{
	u64 start = ((struct bad_clearing *)call->data)->start;
	long cleared = regs_return_value(regs);

	if (cleared > 0 && !stores_cure_alone)
		bad_cure(start, start + cleared, true);
	return 0;
}

static struct kretprobe bad_clear_probe = {
	.kp.symbol_name = "nvdimm_clear_poison",
	.entry_handler = bad_on_clear,
	.handler = bad_on_cleared,
	.data_size = sizeof(struct bad_clearing),
};

/* ---- a page, as the machine-check handler does it ---- */

static int (*bad_unmap_page)(unsigned long pfn);

/* Not for modules, and what is tested is what comes of it. */
static int bad_find_unmap_page(void)
{
	struct kprobe probe = { .symbol_name = "set_mce_nospec" };
	int rc = register_kprobe(&probe);

	if (rc)
		return rc;
	bad_unmap_page = (void *)probe.addr;
	unregister_kprobe(&probe);
	return 0;
}

static int bad_page(u64 addr)
{
	unsigned long pfn = PHYS_PFN(addr);
	int rc;

	if (!pfn_valid(pfn))
		return -ENXIO;
	rc = memory_failure(pfn, 0);
	return rc ?: bad_unmap_page(pfn);
}

/* ---- files ---- */

static int bad_add(u64 start, u64 len, bool firmware)
{
	u64 from = ALIGN_DOWN(start, L1_CACHE_BYTES), to = ALIGN(start + len, L1_CACHE_BYTES);
	struct bad_run run = { .start = from, .end = to, .firmware = firmware };
	unsigned long flags;

	if (!len || len > SZ_1M)
		return -EINVAL;
	guard(mutex)(&bad_change);
	if (bad_nr == BAD_MAX)
		return -ENOSPC;
	run.map = bad_map(from, to - from);
	if (!run.map)
		return -ENXIO;
	run.at = run.map;
	memset(run.at, LOST_BYTE, to - from);
	raw_spin_lock_irqsave(&bad_lock, flags);
	bad_runs[bad_nr] = run;
	WRITE_ONCE(bad_nr, bad_nr + 1);
	raw_spin_unlock_irqrestore(&bad_lock, flags);
	return 0;
}

static void bad_drop_all(void)
{
	void *maps[BAD_MAX];
	unsigned int n;

	guard(mutex)(&bad_change);
	scoped_guard(raw_spinlock_irqsave, &bad_lock) {
		for (n = 0; n < bad_nr; n++)
			maps[n] = bad_runs[n].map;
		WRITE_ONCE(bad_nr, 0);
	}
	while (n--)
		if (maps[n])
			bad_unmap(maps[n]);
}

static ssize_t bad_read_words(const char __user *from, size_t len, char *words, size_t room)
{
	ssize_t n;

	if (len >= room)
		return -EINVAL;
	n = strncpy_from_user(words, from, len);
	if (n < 0)
		return n;
	words[len] = 0;
	return 0;
}

/* "ADDRESS LENGTH", or "ADDRESS LENGTH firmware". */
static ssize_t lines_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	char words[96], kind[16] = "";
	u64 start, size;
	int rc = bad_read_words(from, len, words, sizeof(words));

	if (rc)
		return rc;
	if (sysfs_streq(words, "none"))
		bad_drop_all();
	else if (sscanf(words, "%lli %lli %15s", &start, &size, kind) >= 2)
		rc = bad_add(start, size, sysfs_streq(kind, "firmware"));
	else
		rc = -EINVAL;
	return rc ?: len;
}

static int lines_show(struct seq_file *seq, void *unused)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&bad_lock, flags);
	for (unsigned int i = 0; i < bad_nr; i++)
		if (bad_runs[i].start < bad_runs[i].end)
			seq_printf(seq, "%#llx %#llx\n", bad_runs[i].start,
				   bad_runs[i].end - bad_runs[i].start);
	raw_spin_unlock_irqrestore(&bad_lock, flags);
	return 0;
}

static int lines_open(struct inode *inode, struct file *file)
{
	return single_open(file, lines_show, NULL);
}

static const struct file_operations lines_fops = {
	.owner = THIS_MODULE,
	.open = lines_open,
	.read = seq_read,
	.write = lines_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static ssize_t page_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	char words[32];
	u64 addr;
	int rc = bad_read_words(from, len, words, sizeof(words)) ?: kstrtou64(words, 0, &addr);

	return rc ?: bad_page(addr) ?: len;
}

static const struct file_operations page_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = page_write,
};

/* ---- the module ---- */

static void bad_put_mock(void)
{
	if (mock_address)
		__symbol_put("mock_address");
	if (mock_memremap)
		__symbol_put("__wrap_memremap");
	if (mock_memunmap)
		__symbol_put("__wrap_memunmap");
}

static void bad_unprobe(unsigned int probes)
{
	while (probes--)
		unregister_kprobe(&bad_probes[probes]);
}

static int bad_probe(void)
{
	unsigned int i;
	int rc = 0;

	for (i = 0; i < ARRAY_SIZE(bad_probes) && !rc; i++)
		rc = register_kprobe(&bad_probes[i]);
	if (rc)
		i--;
	else
		rc = register_kretprobe(&bad_clear_probe);
	if (rc) {
		pr_err("nd_bad: %s cannot be probed: %d\n",
		       i < ARRAY_SIZE(bad_probes) ? bad_probes[i].symbol_name :
		       bad_clear_probe.kp.symbol_name, rc);
		bad_unprobe(i);
		return rc;
	}
	rc = bad_probe_store();
	if (rc) {
		unregister_kretprobe(&bad_clear_probe);
		bad_unprobe(ARRAY_SIZE(bad_probes));
	}
	return rc;
}

static int __init bad_init(void)
{
	int rc;

	mock_address = __symbol_get("mock_address");
	mock_memremap = __symbol_get("__wrap_memremap");
	mock_memunmap = __symbol_get("__wrap_memunmap");
	rc = bad_find_unmap_page() ?: bad_probe();
	if (rc) {
		bad_put_mock();
		return rc;
	}
	bad_dir = debugfs_create_dir("nd_bad", NULL);
	debugfs_create_file("lines", 0600, bad_dir, NULL, &lines_fops);
	debugfs_create_file("hold", 0600, bad_dir, NULL, &hold_fops);
	debugfs_create_file("page", 0200, bad_dir, NULL, &page_fops);
	debugfs_create_atomic_t("stops", 0600, bad_dir, &bad_stops);
	debugfs_create_atomic_t("stores", 0600, bad_dir, &bad_stores);
	return 0;
}
module_init(bad_init);

static void __exit bad_exit(void)
{
	debugfs_remove(bad_dir);
	bad_unprobe_store();
	unregister_kretprobe(&bad_clear_probe);
	bad_unprobe(ARRAY_SIZE(bad_probes));
	bad_drop_all();
	bad_put_mock();
}
module_exit(bad_exit);

MODULE_DESCRIPTION("Test: memory that copies stop at");
MODULE_LICENSE("GPL");
MODULE_VERSION(NDSTACK_VERSION);
