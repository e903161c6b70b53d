// SPDX-License-Identifier: GPL-2.0
/* Security of a DIMM: its state, and the commands of its attribute; see security.h. */
#include <linux/capability.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/key.h>
#include <linux/kstrtox.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <keys/encrypted-type.h>
#include "dimm/dimm.h"
#include "dimm/reported.h"
#include "dimm/security.h"

/* ---- passphrases: encrypted keys of the kernel's keyrings ---- */

#if IS_REACHABLE(CONFIG_ENCRYPTED_KEYS)

/* Copy what @key holds, and put it. */
static int copy_passphrase(struct key *key, struct nvdimm_key_data *out)
{
	const struct encrypted_key_payload *payload;
	int rc = -ENOKEY;

	down_read(&key->sem);
	payload = dereference_key_locked(key);
	if (payload && payload->decrypted_datalen == sizeof(out->data)) {
		memcpy(out->data, payload->decrypted_data, sizeof(out->data));
		rc = 0;
	}
	up_read(&key->sem);
	key_put(key);
	return rc;
}

/* Whatever keeps a key from us, there is none; but for a lack of memory, which passes. */
static int key_errno(int err)
{
	return err == -ENOMEM ? err : -ENOKEY;
}

/*
 * The passphrase of the key with serial number @id, which userspace names; 0: the passphrase of
 * zeros. The caller wipes @out. Return: 0; -ENOKEY: no encrypted key of 32 bytes that the caller
 * may use; -ENOMEM.
 */
static int nd_key_read(u32 id, struct nvdimm_key_data *out)
{
	key_ref_t ref;
	struct key *key;

	memset(out, 0, sizeof(*out));
	if (!id)
		return 0;
	ref = lookup_user_key(id, 0, KEY_NEED_SEARCH);
	if (IS_ERR(ref))
		return key_errno(PTR_ERR(ref));
	key = key_ref_to_ptr(ref);
	if (key->type != &key_type_encrypted) {
		key_put(key);
		return -ENOKEY;
	}
	return copy_passphrase(key, out);
}

/*
 * The passphrase of the DIMM with that unique id. It must lie in a keyring of the task that binds
 * the driver: root's user keyring is one. Return: 0; -ENOKEY; -ENOMEM: it may have one.
 */
static int nd_key_request(const char *dimm_id, struct nvdimm_key_data *out)
{
	char *name = kasprintf(GFP_KERNEL, "nvdimm:%s", dimm_id);
	struct key *key;

	if (!name)
		return -ENOMEM;
	/*
	 * No upcall: it would remember for a minute that there is no key, and the key that is
	 * loaded meanwhile would not be found.
	 */
	key = request_key(&key_type_encrypted, name, NULL);
	kfree(name);
	return IS_ERR(key) ? key_errno(PTR_ERR(key)) : copy_passphrase(key, out);
}

#else

static int nd_key_read(u32 id, struct nvdimm_key_data *out)
{
	memset(out, 0, sizeof(*out));
	return id ? -ENOKEY : 0;
}

static int nd_key_request(const char *dimm_id, struct nvdimm_key_data *out)
{
	return -ENOKEY;
}

#endif

/* ---- state ---- */

static bool key_revalidate = true;
module_param(key_revalidate, bool, 0444);
MODULE_PARM_DESC(key_revalidate,
		 "Have unlocked DIMMs verify the kernel's key when their driver binds");

static bool state_is(unsigned long flags, enum nvdimm_security_bits bit)
{
	return test_bit(bit, &flags);
}

/*
 * A command or a reset of the DIMM has locked or unlocked it since it was asked last. The label
 * commands, which reported the lock when the driver bound, are not asked again until it binds.
 */
static void security_changed(struct nvdimm *nvdimm, unsigned long was, unsigned long is)
{
	bool locked = nvdimm_locked(nvdimm);
	bool now = nd_lock_notice(locked, state_is(was, NVDIMM_SECURITY_LOCKED),
				  state_is(is, NVDIMM_SECURITY_LOCKED));

	if (now == locked)
		return;
	assign_bit(NDD_LOCKED, &nvdimm->flags, now);
	if (now)
		return;
	/* as after an unlock: CPU caches may hold what the locked DIMM returned */
	atomic_inc(&nvdimm->contents);
	if (nvdimm->bound)
		nd_bus_dimm_event(nvdimm->dev.parent, nvdimm, ND_DIMM_READY);
	else
		nd_device_attach_async(&nvdimm->dev);
}

int nvdimm_security_refresh(struct nvdimm *nvdimm)
{
	const struct nvdimm_security_ops *ops = nvdimm->sec_ops;
	unsigned long user, master, was = nvdimm->sec.flags;

	if (!ops || !ops->get_flags)
		return 0;
	user = ops->get_flags(nvdimm, NVDIMM_USER);
	master = ops->get_flags(nvdimm, NVDIMM_MASTER);
	/* no flags, but an errno: that the DIMM has no security would be another answer */
	nvdimm->sec.unknown = IS_ERR_VALUE(user) || IS_ERR_VALUE(master);
	if (nvdimm->sec.unknown)
		return IS_ERR_VALUE(user) ? (int)user : (int)master;
	nvdimm->sec.unanswered = 0;
	WRITE_ONCE(nvdimm->sec.flags, user);
	WRITE_ONCE(nvdimm->sec.master, master);
	if (state_is(user, NVDIMM_SECURITY_OVERWRITE))
		set_bit(NDD_SECURITY_OVERWRITE, &nvdimm->flags);
	/* the first answer is no change */
	if (was)
		security_changed(nvdimm, was, user);
	return 0;
}

/* ---- unlocking ---- */

/* Firmware has the passphrase replaced by itself: only who knows it can do that. */
static int security_verify(struct nvdimm *nvdimm, const struct nvdimm_key_data *key)
{
	if (!nvdimm->sec_ops->change_key)
		return -EOPNOTSUPP;
	return nvdimm->sec_ops->change_key(nvdimm, key, key, NVDIMM_USER);
}

/* With a key of the keyrings, else with the passphrase of zeros some platforms set. */
static int security_unlock(struct nvdimm *nvdimm)
{
	bool locked = !state_is(nvdimm->sec.flags, NVDIMM_SECURITY_UNLOCKED);
	struct nvdimm_key_data key = { };
	int have = nvdimm->dimm_id ? nd_key_request(nvdimm->dimm_id, &key) : -ENOKEY;
	int rc;

	if (have == -ENOMEM)
		rc = have;	/* nor is one with zeros wasted where there may be a key */
	else if (locked)
		rc = nvdimm->sec_ops->unlock(nvdimm, &key);
	else if (have)
		rc = 0;		/* no attempt is wasted: firmware counts them */
	else
		rc = security_verify(nvdimm, &key);
	memzero_explicit(&key, sizeof(key));
	if (!rc && locked)
		atomic_inc(&nvdimm->contents);
	if (!rc)
		return 0;
	if (rc == -ENOMEM)
		return nd_refuse(&nvdimm->dev, rc, ND_REASON_RESOURCE,
				 "no memory for the key of the DIMM, or for its answer");
	return nd_refuse(&nvdimm->dev, rc, ND_REASON_LOCKED,
			 have ? "the DIMM stays locked: the kernel has no key nvdimm:%s" :
			 locked ? "the DIMM stays locked: it refuses the key nvdimm:%s" :
				"the key nvdimm:%s is not the passphrase of this DIMM",
			 nvdimm->dimm_id ?: "");
}

static int cannot_know(struct nvdimm *nvdimm, int rc)
{
	if (rc == -ENOMEM)
		return nd_refuse(&nvdimm->dev, rc, ND_REASON_RESOURCE,
				 "no memory to ask whether the DIMM is locked");
	nvdimm->sec.refused = true;
	nd_security_unknown_met(nvdimm);
	return nd_refuse(&nvdimm->dev, rc, ND_REASON_FIRMWARE,
			 "firmware does not say whether the DIMM is locked, or being overwritten: it is enabled when it does");
}

int nvdimm_security_unlock(struct nvdimm *nvdimm)
{
	const struct nvdimm_security_ops *ops = nvdimm->sec_ops;
	struct nd_security *sec = &nvdimm->sec;
	int rc;

	device_lock_assert(&nvdimm->dev);
	/* what firmware said at its discovery may have changed since the last binding */
	rc = sec->flags || sec->unknown ? nvdimm_security_refresh(nvdimm) : 0;
	if (rc && !nvdimm_in_overwrite(nvdimm) && !nvdimm_security_unasked(nvdimm))
		return cannot_know(nvdimm, rc);
	if (nvdimm_in_overwrite(nvdimm)) {
		sec->refused = true;
		nd_overwrite_met(nvdimm);
		return nd_refuse(&nvdimm->dev, -EBUSY, ND_REASON_BUSY,
				 "the DIMM is being overwritten: it is enabled when that is over");
	}
	if (!sec->flags || state_is(sec->flags, NVDIMM_SECURITY_DISABLED) || !ops->unlock)
		return 0;
	if (state_is(sec->flags, NVDIMM_SECURITY_UNLOCKED) && !key_revalidate)
		return 0;
	rc = security_unlock(nvdimm);
	if (rc)
		return rc == -ENOMEM ? rc : 0;
	rc = nvdimm_security_refresh(nvdimm);
	return rc && !nvdimm_security_unasked(nvdimm) ? cannot_know(nvdimm, rc) : 0;
}

/* ---- commands ---- */

enum command {
	FREEZE, DISABLE, DISABLE_MASTER, UPDATE, ERASE, OVERWRITE, MASTER_UPDATE, MASTER_ERASE,
};

static const struct {
	const char *word;
	u8 keys;
} commands[] = {
	[FREEZE]	 = { "freeze", 0 },
	[DISABLE]	 = { "disable", 1 },
	[DISABLE_MASTER] = { "disable_master", 1 },
	[UPDATE]	 = { "update", 2 },
	[ERASE]		 = { "erase", 1 },
	[OVERWRITE]	 = { "overwrite", 1 },
	[MASTER_UPDATE]	 = { "master_update", 2 },
	[MASTER_ERASE]	 = { "master_erase", 1 },
};

/* The new passphrase is not zeros by the number 0: that is what no key at all looks like. */
static int read_keys(const u32 *id, u8 nr, struct nvdimm_key_data *key)
{
	int rc = 0;

	if (nr > 1 && !id[1])
		return -ENOKEY;
	for (u8 i = 0; i < nr && !rc; i++)
		rc = nd_key_read(id[i], &key[i]);
	return rc;
}

/* Does the provider have it? */
static bool security_provided(const struct nvdimm_security_ops *ops, enum command cmd)
{
	switch (cmd) {
	case FREEZE:
		return ops->freeze;
	case DISABLE:
		return ops->disable;
	case DISABLE_MASTER:
		return compat_disable_master(ops);
	case UPDATE:
	case MASTER_UPDATE:
		return ops->change_key;
	case ERASE:
	case MASTER_ERASE:
		return ops->erase;
	case OVERWRITE:
		return ops->overwrite && ops->query_overwrite;
	}
	return false;
}

static bool command_wipes(enum command cmd)
{
	return cmd == ERASE || cmd == MASTER_ERASE || cmd == OVERWRITE;
}

static int check_state(struct nvdimm *nvdimm, enum command cmd)
{
	const struct nd_security *sec = &nvdimm->sec;
	struct device *dev = &nvdimm->dev;

	if (!security_provided(nvdimm->sec_ops, cmd))
		return nd_note(dev, -EOPNOTSUPP, ND_REASON_UNSUPPORTED,
			       "this DIMM's provider does not have %s", commands[cmd].word);
	if (nvdimm_in_overwrite(nvdimm))
		return nd_note(dev, -EBUSY, ND_REASON_BUSY, "the DIMM is being overwritten");
	if (cmd != FREEZE && state_is(sec->flags, NVDIMM_SECURITY_FROZEN))
		return nd_note(dev, -EIO, ND_REASON_LOCKED,
			       "security is frozen until the next power cycle");
	if (cmd == MASTER_ERASE && !state_is(sec->master, NVDIMM_SECURITY_UNLOCKED))
		return nd_note(dev, -EOPNOTSUPP, ND_REASON_DISABLED,
			       "the DIMM has no master passphrase");
	return 0;
}

/* These are refusals: of a passphrase, or in a state where it cannot be. */
static bool may_have_begun(int rc)
{
	return rc != -EINVAL && rc != -EOPNOTSUPP && rc != -EBUSY && rc != -ENOTTY;
}

/* Nobody has heard the answer: only who asks whether it goes on learns whether it has begun. */
static bool answer_is_lost(int rc)
{
	return rc == -ENOMEM || rc == -EIO;
}

/*
 * What CPU caches hold of a DIMM must be written back before it is wiped, or it
 * would land on the clean media later. Regions are idle, so nothing new comes.
 */
static int security_wipe(struct nvdimm *nvdimm, enum command cmd, const struct nvdimm_key_data *key)
{
	const struct nvdimm_security_ops *ops = nvdimm->sec_ops;
	int rc;

	nd_bus_dimm_event(nvdimm->dev.parent, nvdimm, ND_DIMM_WIPE_BEGINS);
	if (cmd == OVERWRITE) {
		rc = ops->overwrite(nvdimm, key);
		if (!rc || answer_is_lost(rc))
			nd_overwrite_begun(nvdimm);
		else
			nvdimm_wipe_end(nvdimm, false);
		return rc;
	}
	rc = ops->erase(nvdimm, key, cmd == ERASE ? NVDIMM_USER : NVDIMM_MASTER);
	nvdimm_wipe_end(nvdimm, may_have_begun(rc));
	return rc;
}

static int security_dispatch(struct nvdimm *nvdimm, enum command cmd,
			     const struct nvdimm_key_data *key)
{
	const struct nvdimm_security_ops *ops = nvdimm->sec_ops;

	switch (cmd) {
	case FREEZE:
		return ops->freeze(nvdimm);
	case DISABLE:
		return ops->disable(nvdimm, key);
	case DISABLE_MASTER:
		return compat_disable_master(ops)(nvdimm, key);
	case UPDATE:
		return ops->change_key(nvdimm, &key[0], &key[1], NVDIMM_USER);
	case MASTER_UPDATE:
		return ops->change_key(nvdimm, &key[0], &key[1], NVDIMM_MASTER);
	case ERASE:
	case MASTER_ERASE:
	case OVERWRITE:
		return security_wipe(nvdimm, cmd, key);
	}
	return -EINVAL;
}

/* From here on no region over the DIMM can be enabled. */
static int begin_wipe(struct nvdimm *nvdimm)
{
	int rc;

	if (nvdimm_wipe_begin(nvdimm))
		return nd_note(&nvdimm->dev, -EBUSY, ND_REASON_BUSY,
			       "an enabled region uses the DIMM: disable it before its contents are wiped");
	rc = nd_bus_dimm_event(nvdimm->dev.parent, nvdimm, ND_DIMM_WIPE_ASKED);
	if (rc)
		nvdimm_wipe_end(nvdimm, false);
	return rc;
}

static int security_run(struct nvdimm *nvdimm, enum command cmd, const u32 *id)
{
	struct nvdimm_key_data key[2] = { };
	int rc = check_state(nvdimm, cmd);

	if (rc)
		return rc;
	rc = read_keys(id, commands[cmd].keys, key);
	if (rc == -ENOMEM)
		return nd_note(&nvdimm->dev, rc, ND_REASON_RESOURCE,
			       "%s: no memory to read its keys",
			       commands[cmd].word);
	if (rc)
		return nd_note(&nvdimm->dev, rc, ND_REASON_REFERENCE,
			       "%s: no encrypted key of %u bytes has that number",
			       commands[cmd].word, NVDIMM_PASSPHRASE_LEN);
	if (command_wipes(cmd))
		rc = begin_wipe(nvdimm);
	if (rc) {
		memzero_explicit(key, sizeof(key));
		return rc;
	}
	rc = security_dispatch(nvdimm, cmd, key);
	memzero_explicit(key, sizeof(key));
	if (!nvdimm_in_overwrite(nvdimm))
		nvdimm_security_refresh(nvdimm);
	/* one that began, and whose answer was lost */
	if (nvdimm_in_overwrite(nvdimm))
		nd_overwrite_met(nvdimm);
	if (rc == -ENOMEM)
		return nd_refuse(&nvdimm->dev, rc, ND_REASON_RESOURCE,
				 "%s: no memory to ask the DIMM, or for its answer",
				 commands[cmd].word);
	if (rc)
		return nd_refuse(&nvdimm->dev, rc, ND_REASON_FIRMWARE, "the DIMM refuses to %s",
				 commands[cmd].word);
	return 0;
}

/* "WORD [KEY [NEW KEY]]": a command and serial numbers of keys. */
static int security_parse(const char *buf, enum command *cmd, u32 id[2])
{
	char word[33], key[2][11];
	int n = sscanf(buf, "%32s %10s %10s", word, key[0], key[1]);
	int rc = 0;

	if (n < 1)
		return -EINVAL;
	for (*cmd = 0; *cmd < ARRAY_SIZE(commands); (*cmd)++)
		if (!strcmp(word, commands[*cmd].word))
			break;
	if (*cmd == ARRAY_SIZE(commands) || n - 1 < commands[*cmd].keys)
		return -EINVAL;
	for (int i = 0; i < commands[*cmd].keys && !rc; i++)
		rc = kstrtou32(key[i], 0, &id[i]);
	return rc;
}

static ssize_t security_store(struct device *dev, struct device_attribute *attr, const char *buf,
			      size_t len)
{
	enum command cmd;
	u32 id[2] = { };
	int rc = security_parse(buf, &cmd, id);

	if (rc)
		return nd_note(dev, rc, ND_REASON_ARGUMENT,
			       "security takes a command and the keys it needs");
	guard(device)(dev);
	rc = security_run(to_nvdimm(dev), cmd, id);
	return rc ?: len;
}

static ssize_t security_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct nvdimm *nvdimm = to_nvdimm(dev);
	unsigned long flags;
	int rc = 0;

	/* others see what was known last: each look is a call of firmware */
	if (capable(CAP_SYS_RAWIO) && !nvdimm_in_overwrite(nvdimm)) {
		guard(device)(dev);
		if (!nvdimm_in_overwrite(nvdimm))
			rc = nvdimm_security_refresh(nvdimm);
		if (nvdimm_in_overwrite(nvdimm))
			nd_overwrite_met(nvdimm);
	}
	if (rc == -ENOMEM)
		return nd_note(dev, rc, ND_REASON_RESOURCE, "no memory to ask the DIMM's security");
	if (rc)
		return nd_note(dev, rc, ND_REASON_FIRMWARE,
			       "firmware does not say what the DIMM's security is");
	flags = READ_ONCE(nvdimm->sec.flags);
	if (state_is(flags, NVDIMM_SECURITY_OVERWRITE))
		return sysfs_emit(buf, "overwrite\n");
	if (state_is(flags, NVDIMM_SECURITY_DISABLED))
		return sysfs_emit(buf, "disabled\n");
	if (state_is(flags, NVDIMM_SECURITY_UNLOCKED))
		return sysfs_emit(buf, "unlocked\n");
	if (state_is(flags, NVDIMM_SECURITY_LOCKED))
		return sysfs_emit(buf, "locked\n");
	return -ENOTTY;
}
static DEVICE_ATTR_RW(security);

static ssize_t frozen_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", state_is(READ_ONCE(to_nvdimm(dev)->sec.flags),
						NVDIMM_SECURITY_FROZEN));
}
static DEVICE_ATTR_RO(frozen);

static struct attribute *security_attrs[] = {
	&dev_attr_security.attr,
	&dev_attr_frozen.attr,
	NULL,
};

static umode_t security_visible(struct kobject *kobj, struct attribute *a, int n)
{
	const struct nvdimm *nvdimm = to_nvdimm(kobj_to_dev(kobj));
	const struct nvdimm_security_ops *ops = nvdimm->sec_ops;

	if (!ops || (!nvdimm->sec.flags && !nvdimm->sec.unknown))
		return 0;
	if (a == &dev_attr_frozen.attr)
		return ops->freeze ? a->mode : 0;
	return ops->freeze || ops->disable || ops->change_key || ops->erase || ops->overwrite ?
	       a->mode : 0444;
}

const struct attribute_group nvdimm_security_group = {
	.attrs = security_attrs,
	.is_visible = security_visible,
};

/* ---- birth and death ---- */

int nvdimm_security_init(struct nvdimm *nvdimm)
{
	nd_overwrite_init(nvdimm);
	/* firmware that does not answer is asked again when the driver binds */
	return nvdimm_security_refresh(nvdimm) == -ENOMEM ? -ENOMEM : 0;
}

void nvdimm_security_stop(struct nvdimm *nvdimm)
{
	scoped_guard(device, &nvdimm->dev)
		nvdimm->gone = true;
	if (cancel_delayed_work_sync(&nvdimm->sec.wait))
		put_device(&nvdimm->dev);
}
