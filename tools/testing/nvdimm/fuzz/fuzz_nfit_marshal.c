// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/nfit/dsm/marshal.c */
/* objects: drivers/nvdimm/core/command.c */
/* max_len: 512 */
#include "nd_fuzz.h"
#include <linux/libnvdimm.h>
#include <linux/ndctl.h>
#include "core/command.h"
#include "nfit/dsm/marshal.h"

static struct nvdimm *const some_dimm = (void *)0x1000;	/* told from NULL, never looked into */

/* A buffer as an ioctl brings it: measured, then copied. NULL: it was refused. */
static u8 *from_user(struct fuzz_in *in, bool dimm, unsigned int cmd, u32 *len)
{
	u8 head[ENVELOPE_HEAD_MAX] = { };
	struct envelope env;
	u32 tail = 0;
	u8 *buf;

	fuzz_take(in, head, envelope_head(dimm, cmd));
	if (envelope_measure(dimm, cmd, head, envelope_head(dimm, cmd), &env))
		return NULL;
	if (env.tail_at) {
		tail = fuzz_u32(in);
		if (envelope_tail(&env, tail))
			return NULL;
	}
	*len = env.in_len + env.out_len;
	/* long ones differ in nothing but time */
	if (*len > 2048)
		return NULL;
	buf = calloc(1, *len);
	fuzz_assert(buf);
	memcpy(buf, head, envelope_head(dimm, cmd));
	if (env.tail_at)
		memcpy(buf + env.tail_at, &tail, sizeof(tail));
	return buf;
}

/* A buffer as anybody in the kernel may give it: any bytes of any length. */
static u8 *from_kernel(struct fuzz_in *in, u32 *len)
{
	u8 *buf;

	*len = fuzz_u8(in);
	buf = malloc(*len ?: 1);
	fuzz_assert(buf);
	fuzz_take(in, buf, *len);
	return buf;
}

static void answer(struct fuzz_in *in, struct nfit_buffer *b, struct nd_cmd_pkg *pkg)
{
	u32 n = fuzz_u8(in), room = b->len - b->in_len;
	u8 *reply = malloc(n ?: 1);
	int outcome = -EINVAL, rc;

	fuzz_assert(reply);
	fuzz_take(in, reply, n);
	rc = nfit_return_output(b, pkg, n & 1, reply, n, &outcome);
	if (pkg) {
		fuzz_assert(!rc && !outcome && pkg->nd_fw_size == n);
	} else if (rc < 0) {
		fuzz_assert(rc == -ENXIO && outcome == -EINVAL);
	} else {
		/* what was not left out is the reply's */
		fuzz_assert((u32)rc <= room && room - rc <= n && room - rc >= sizeof(u32));
		fuzz_assert(!memcmp((u8 *)b->bytes + b->in_len, reply, room - rc));
	}
	free(reply);
}

void fuzz_one(struct fuzz_in *in)
{
	u8 kind = fuzz_u8(in);
	struct nfit_buffer b = { .cmd = fuzz_u8(in) % (ND_CMD_CALL + 1) };
	struct nd_cmd_pkg *pkg = NULL;
	bool dimm = kind & 1;

	b.nvdimm = dimm ? some_dimm : NULL;
	b.desc = dimm ? nd_cmd_dimm_desc(b.cmd) : nd_cmd_bus_desc(b.cmd);
	if (!b.desc || b.desc->in_num + b.desc->out_num == 0)
		return;
	b.bytes = kind & 2 ? from_user(in, dimm, b.cmd, &b.len) : from_kernel(in, &b.len);
	if (!b.bytes)
		return;
	/* as nfit_ctl() does */
	if (b.cmd == ND_CMD_CALL && b.len < sizeof(*pkg))
		goto out;
	if (b.cmd == ND_CMD_CALL)
		pkg = b.bytes;
	if (!nfit_measure_input(&b, pkg)) {
		fuzz_assert(b.in_len <= b.len);
		answer(in, &b, pkg);
	} else {
		/* what the ioctl has let in is sound */
		fuzz_assert(!(kind & 2));
	}
out:
	free(b.bytes);
}

void fuzz_seeds(void)
{
	u8 seed[200];
	char name[32];

	for (u32 i = 0; i < 4 * (ND_CMD_CALL + 1); i++) {
		memset(seed, 0, sizeof(seed));
		seed[0] = i & 3;
		seed[1] = i / 4;
		/* kernel's: the length; both: small numbers where lengths are */
		seed[2] = i & 2 ? 0 : 100;
		for (u32 k = 3; k < sizeof(seed); k += 4)
			seed[k] = 16;
		snprintf(name, sizeof(name), "%u-%u", i & 3, i / 4);
		fuzz_seed(name, seed, sizeof(seed));
	}
}
