// SPDX-License-Identifier: GPL-2.0
/* Passphrases out of the kernel's keyrings; see security.h. */
#include <linux/err.h>
#include <linux/key.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <keys/encrypted-type.h>
#include "dimm/security.h"

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

int nd_key_read(u32 id, struct nvdimm_key_data *out)
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

int nd_key_request(const char *dimm_id, struct nvdimm_key_data *out)
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

int nd_key_read(u32 id, struct nvdimm_key_data *out)
{
	memset(out, 0, sizeof(*out));
	return id ? -ENOKEY : 0;
}

int nd_key_request(const char *dimm_id, struct nvdimm_key_data *out)
{
	return -ENOKEY;
}

#endif
