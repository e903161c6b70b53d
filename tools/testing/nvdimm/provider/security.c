// SPDX-License-Identifier: GPL-2.0
/*
 * A DIMM's passphrase, with the refusals of common firmware: -EBUSY when frozen,
 * -EINVAL for a wrong passphrase, -EOPNOTSUPP in the wrong state.
 */
#include <linux/cleanup.h>
#include <linux/string.h>
#include "provider.h"

/* An overwrite is asked for so often before it is over, while nmemN/nd_provider/hold is 0. */
#define PROVIDER_WIPE_POLLS	2

static struct provider_dimm *dimm_of(struct nvdimm *nvdimm)
{
	return nvdimm_provider_data(nvdimm);
}

void provider_passphrase(struct provider_security *s)
{
	if (!s->set)
		memset(s->key, 0x5a, sizeof(s->key));
	s->set = true;
}

static unsigned long get_flags(struct nvdimm *nvdimm, enum nvdimm_passphrase_type type)
{
	struct provider_dimm *dimm = dimm_of(nvdimm);
	const struct provider_security *s = &dimm->security;
	unsigned long flags;

	if (type == NVDIMM_MASTER)
		return 0;
	guard(mutex)(&dimm->lock);
	if (provider_mute(dimm, PROVIDER_ASKS_STATE))
		return -EIO;
	if (s->wiping && !READ_ONCE(dimm->mute))
		return BIT(NVDIMM_SECURITY_OVERWRITE);
	flags = !s->set ? BIT(NVDIMM_SECURITY_DISABLED) :
		s->locked ? BIT(NVDIMM_SECURITY_LOCKED) : BIT(NVDIMM_SECURITY_UNLOCKED);
	if (s->frozen)
		flags |= BIT(NVDIMM_SECURITY_FROZEN);
	return flags;
}

static int freeze(struct nvdimm *nvdimm)
{
	struct provider_dimm *dimm = dimm_of(nvdimm);

	guard(mutex)(&dimm->lock);
	dimm->security.frozen = true;
	return 0;
}

/* Under the lock: may who knows @key do something, now? */
static int may(const struct provider_security *s, const struct nvdimm_key_data *key)
{
	if (s->wiping || s->frozen)
		return -EBUSY;
	if (s->set && (!key || memcmp(s->key, key->data, sizeof(s->key))))
		return -EINVAL;
	return 0;
}

static int change_key(struct nvdimm *nvdimm, const struct nvdimm_key_data *old,
		      const struct nvdimm_key_data *new, enum nvdimm_passphrase_type type)
{
	struct provider_dimm *dimm = dimm_of(nvdimm);
	struct provider_security *s = &dimm->security;
	int rc;

	if (type == NVDIMM_MASTER)
		return -EOPNOTSUPP;
	guard(mutex)(&dimm->lock);
	rc = s->locked ? -EOPNOTSUPP : may(s, old);
	if (rc)
		return rc;
	memcpy(s->key, new->data, sizeof(s->key));
	s->set = true;
	return 0;
}

static int unlock(struct nvdimm *nvdimm, const struct nvdimm_key_data *key)
{
	struct provider_dimm *dimm = dimm_of(nvdimm);
	struct provider_security *s = &dimm->security;
	int rc;

	guard(mutex)(&dimm->lock);
	rc = s->locked ? may(s, key) : -EOPNOTSUPP;
	if (!rc)
		s->locked = false;
	return rc;
}

static void forget_key(struct provider_security *s)
{
	memset(s->key, 0, sizeof(s->key));
	s->set = false;
	s->locked = false;
}

static int disable(struct nvdimm *nvdimm, const struct nvdimm_key_data *key)
{
	struct provider_dimm *dimm = dimm_of(nvdimm);
	struct provider_security *s = &dimm->security;
	int rc;

	guard(mutex)(&dimm->lock);
	rc = s->set && !s->locked ? may(s, key) : -EOPNOTSUPP;
	if (!rc)
		forget_key(s);
	return rc;
}

/* Of one DIMM: what is interleaved with it is of no use any more. */
static int wipe(const struct provider_range *range)
{
	return range->spec.unchecked ? 0 :
	       provider_memory_wipe(range->spec.start, range->spec.size);
}

static int erase(struct nvdimm *nvdimm, const struct nvdimm_key_data *key,
		 enum nvdimm_passphrase_type type)
{
	struct provider_dimm *dimm = dimm_of(nvdimm);
	struct provider_security *s = &dimm->security;
	int rc;

	if (type == NVDIMM_MASTER)
		return -EOPNOTSUPP;
	guard(mutex)(&dimm->lock);
	rc = s->locked ? -EOPNOTSUPP : may(s, key);
	if (!rc)
		rc = wipe(dimm->range);
	provider_check_unused(dimm->range);
	if (!rc)
		forget_key(s);
	return rc;
}

static int overwrite(struct nvdimm *nvdimm, const struct nvdimm_key_data *key)
{
	struct provider_dimm *dimm = dimm_of(nvdimm);
	int rc;

	guard(mutex)(&dimm->lock);
	rc = dimm->security.locked ? -EOPNOTSUPP : may(&dimm->security, key);
	if (!rc)
		dimm->security.wiping = PROVIDER_WIPE_POLLS;
	provider_check_unused(dimm->range);
	return rc;
}

static int query_overwrite(struct nvdimm *nvdimm)
{
	struct provider_dimm *dimm = dimm_of(nvdimm);
	struct provider_security *s = &dimm->security;
	int rc;

	guard(mutex)(&dimm->lock);
	if (provider_mute(dimm, PROVIDER_ASKS_OVERWRITE))
		return -EIO;
	if (!s->wiping)
		return 0;
	if (READ_ONCE(dimm->hold) || --s->wiping)
		return -EBUSY;
	provider_check_unused(dimm->range);
	memset(dimm->labels, 0, dimm->range->spec.label_size);
	rc = wipe(dimm->range);
	if (!rc)
		forget_key(s);
	return rc;
}

const struct nvdimm_security_ops provider_security_ops = {
	.get_flags = get_flags,
	.freeze = freeze,
	.change_key = change_key,
	.unlock = unlock,
	.disable = disable,
	.erase = erase,
	.overwrite = overwrite,
	.query_overwrite = query_overwrite,
};
