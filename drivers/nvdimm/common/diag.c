// SPDX-License-Identifier: GPL-2.0
/*
 * Diagnosis: the last refusal of a device, kept until something succeeds.
 *
 * Records live in a hash table keyed by the address of the device: public
 * structs that embed one of our devices have no room for them. Most devices
 * never have a record, so nd_ok() looks at its bucket without a lock first.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/stringhash.h>
#include <linux/user_namespace.h>
#include "common/redact.h"
#include "common/diag.h"

#define CREATE_TRACE_POINTS
#include "common/trace.h"

struct nd_diag {
	struct hlist_node node;
	const struct device *dev;
	u32 name;		/* hash of its name: another device may come to lie there */
	u64 when;		/* ns of CLOCK_MONOTONIC */
	int err;
	enum nd_reason reason;
	char text[];
};

static DEFINE_HASHTABLE(nd_diags, 7);
static DEFINE_SPINLOCK(nd_diag_lock);	/* rank 11 */

static struct hlist_head *nd_diag_bucket(const struct device *dev)
{
	return &nd_diags[hash_ptr(dev, HASH_BITS(nd_diags))];
}

static u32 nd_diag_name(const struct device *dev)
{
	const char *name = dev_name(dev) ?: "";

	return full_name_hash(NULL, name, strlen(name));
}

static struct nd_diag *nd_diag_find(const struct device *dev)
{
	struct nd_diag *diag;

	hlist_for_each_entry(diag, nd_diag_bucket(dev), node)
		if (diag->dev == dev)
			return diag;
	return NULL;
}

/* A device not ours may have gone without a word: what was told of it is not the next one's. */
static struct nd_diag *nd_diag_of(const struct device *dev)
{
	struct nd_diag *diag = nd_diag_find(dev);

	return diag && diag->name == nd_diag_name(dev) ? diag : NULL;
}

#define ERRNO(name) { name, #name }

/* The kernel's own table of names is not for modules. */
static const struct {
	int err;
	const char *name;
} nd_errnos[] = {
	ERRNO(EPERM), ERRNO(ENOENT), ERRNO(EINTR), ERRNO(EIO), ERRNO(ENXIO), ERRNO(E2BIG),
	ERRNO(EAGAIN), ERRNO(ENOMEM), ERRNO(EACCES), ERRNO(EFAULT), ERRNO(EBUSY),
	ERRNO(EEXIST), ERRNO(ENODEV), ERRNO(EINVAL), ERRNO(ENOTTY), ERRNO(EFBIG),
	ERRNO(ENOSPC), ERRNO(EROFS), ERRNO(ERANGE), ERRNO(ENAMETOOLONG), ERRNO(ENODATA),
	ERRNO(ETIME), ERRNO(EPROTO), ERRNO(EBADMSG), ERRNO(EOVERFLOW), ERRNO(EILSEQ),
	ERRNO(EOPNOTSUPP), ERRNO(EADDRINUSE), ERRNO(EADDRNOTAVAIL), ERRNO(ETIMEDOUT),
	ERRNO(EALREADY), ERRNO(EINPROGRESS), ERRNO(ESTALE), ERRNO(EREMOTEIO),
	ERRNO(ENOMEDIUM), ERRNO(ECANCELED), ERRNO(EKEYREJECTED), ERRNO(ENOKEY),
	ERRNO(ERESTARTSYS), ERRNO(ENOTSUPP), ERRNO(EPROBE_DEFER),
};

static const char *nd_errno_name(int err)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(nd_errnos); i++)
		if (nd_errnos[i].err == -err)
			return nd_errnos[i].name;
	return "errno";
}

/* The sentence, on one line whatever a label's name contains. NULL without memory. */
static __printf(4, 0)
struct nd_diag *nd_diag_new(const struct device *dev, int err, enum nd_reason reason,
			    const char *fmt, va_list args)
{
	struct nd_diag *diag;
	va_list again;
	char *c;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	diag = kmalloc(struct_size(diag, text, len + 1), GFP_ATOMIC | __GFP_NOWARN);
	if (!diag)
		return NULL;
	diag->dev = dev;
	diag->name = nd_diag_name(dev);
	diag->when = ktime_get_mono_fast_ns();	/* from any context */
	diag->err = err;
	diag->reason = reason;
	vsnprintf(diag->text, len + 1, fmt, args);
	for (c = diag->text; *c; c++)
		if (!isprint(*c) && *c != ND_PRIVATE_BEGIN && *c != ND_PRIVATE_END)
			*c = '?';
	return diag;
}

/* Make @diag @dev's record, or with NULL leave it none. */
static void nd_diag_replace(const struct device *dev, struct nd_diag *diag)
{
	struct nd_diag *old;
	unsigned long flags;

	spin_lock_irqsave(&nd_diag_lock, flags);
	old = nd_diag_find(dev);
	if (old)
		hlist_del(&old->node);
	if (diag)
		hlist_add_head(&diag->node, nd_diag_bucket(dev));
	spin_unlock_irqrestore(&nd_diag_lock, flags);
	kfree(old);
}

static void nd_diag_print(struct device *dev, int err, enum nd_reason reason, const char *text)
{
	static DEFINE_RATELIMIT_STATE(limit, DEFAULT_RATELIMIT_INTERVAL,
				      DEFAULT_RATELIMIT_BURST);

	/* The driver core retries the one, and "not mine" is no error. */
	if (err == -EPROBE_DEFER || err == -ENODEV)
		dev_dbg(dev, "%s %s: %s\n", nd_errno_name(err), nd_reason_token(reason), text);
	else if (__ratelimit(&limit))
		dev_err(dev, "%s %s: %s\n", nd_errno_name(err), nd_reason_token(reason), text);
}

static __printf(5, 0)
void nd_diag_record(struct device *dev, bool print, int err, enum nd_reason reason,
		    const char *fmt, va_list args)
{
	struct nd_diag *diag = nd_diag_new(dev, err, reason, fmt, args);
	char *plain = diag ? kstrdup(diag->text, GFP_ATOMIC | __GFP_NOWARN) : NULL;
	const char *text = plain ?: "(no memory for the sentence)";

	/* the log and trace events have readers of their own */
	if (plain)
		redact_private(plain, true);
	trace_nd_fail(dev_name(dev), err, nd_reason_token(reason), text);
	if (print)
		nd_diag_print(dev, err, reason, text);
	kfree(plain);
	/* Not looked at any more: once published it may be replaced and freed. */
	nd_diag_replace(dev, diag);
}

int nd_refuse(struct device *dev, int err, enum nd_reason reason, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	nd_diag_record(dev, true, err, reason, fmt, args);
	va_end(args);
	return err;
}
EXPORT_SYMBOL_GPL(nd_refuse);

void nd_remark(struct device *dev, int err, enum nd_reason reason, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	nd_diag_record(dev, true, err, reason, fmt, args);
	va_end(args);
}
EXPORT_SYMBOL_GPL(nd_remark);

int nd_note(struct device *dev, int err, enum nd_reason reason, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	nd_diag_record(dev, false, err, reason, fmt, args);
	va_end(args);
	return err;
}
EXPORT_SYMBOL_GPL(nd_note);

static bool nd_diag_has(const struct device *dev, int err)
{
	const struct nd_diag *diag;
	unsigned long flags;
	bool has;

	spin_lock_irqsave(&nd_diag_lock, flags);
	diag = nd_diag_of(dev);
	has = diag && diag->err == err;
	spin_unlock_irqrestore(&nd_diag_lock, flags);
	return has;
}

int nd_explain(struct device *dev, int err, enum nd_reason reason, const char *fmt, ...)
{
	va_list args;

	if (nd_diag_has(dev, err))
		return err;
	va_start(args, fmt);
	nd_diag_record(dev, false, err, reason, fmt, args);
	va_end(args);
	return err;
}
EXPORT_SYMBOL_GPL(nd_explain);

/**
 * nd_ok() - forget a device's last_error: it works now
 * @dev: the device
 *
 * Context: any.
 */
void nd_ok(struct device *dev)
{
	/* A refusal recorded at this very moment is as good before as behind. */
	if (!hlist_empty(nd_diag_bucket(dev)))
		nd_diag_replace(dev, NULL);
}
EXPORT_SYMBOL_GPL(nd_ok);

/**
 * nd_diag_forget() - drop a device's record for good
 * @dev: the device
 *
 * From its release function. Context: any.
 */
void nd_diag_forget(struct device *dev)
{
	nd_ok(dev);
}
EXPORT_SYMBOL_GPL(nd_diag_forget);

void nd_diag_exit(void)
{
	struct nd_diag *diag;
	struct hlist_node *next;
	int bucket;

	hash_for_each_safe(nd_diags, bucket, next, diag, node) {
		hlist_del(&diag->node);
		kfree(diag);
	}
}

/*
 * As for %pK: a program that is privileged, and reads what somebody else has opened for it, is not
 * who the answer is for.
 */
static bool nd_diag_trusts_reader(void)
{
	return uid_eq(current_euid(), current_uid()) && gid_eq(current_egid(), current_gid()) &&
	       ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN);
}

size_t nd_diag_redact(char *text)
{
	bool trusted = nd_diag_trusts_reader();
	size_t len = redact_private(text, trusted);

	return trusted ? len : redact_addresses(text);
}
EXPORT_SYMBOL_GPL(nd_diag_redact);

static ssize_t last_error_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct nd_diag *diag;
	unsigned long flags;
	ssize_t len;

	spin_lock_irqsave(&nd_diag_lock, flags);
	diag = nd_diag_of(dev);
	if (diag)
		len = scnprintf(buf, PAGE_SIZE - 2, "%s %s: %s", nd_errno_name(diag->err),
				nd_reason_token(diag->reason), diag->text);
	else
		len = 0;
	spin_unlock_irqrestore(&nd_diag_lock, flags);
	/* however long the sentence, the line ends */
	buf[len++] = '\n';
	buf[len] = '\0';
	return nd_diag_redact(buf);
}
DEVICE_ATTR_RO(last_error);
EXPORT_SYMBOL_GPL(dev_attr_last_error);

static ssize_t last_error_time_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct nd_diag *diag;
	unsigned long flags;
	u64 when = 0;
	u32 ns;

	spin_lock_irqsave(&nd_diag_lock, flags);
	diag = nd_diag_of(dev);
	if (diag)
		when = diag->when;
	spin_unlock_irqrestore(&nd_diag_lock, flags);
	if (!when)
		return sysfs_emit(buf, "\n");
	when = div_u64_rem(when, NSEC_PER_SEC, &ns);
	return sysfs_emit(buf, "%llu.%09u\n", when, ns);
}
DEVICE_ATTR_RO(last_error_time);
EXPORT_SYMBOL_GPL(dev_attr_last_error_time);

static struct attribute *nd_diag_attrs[] = {
	&dev_attr_last_error.attr,
	&dev_attr_last_error_time.attr,
	NULL,
};

const struct attribute_group nd_diag_group = { .attrs = nd_diag_attrs };
EXPORT_SYMBOL_GPL(nd_diag_group);
