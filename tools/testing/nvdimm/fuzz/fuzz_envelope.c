// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/core/command.c */
/* max_len: 96 */
#include "nd_fuzz.h"
#include <linux/ndctl.h>
#include "core/command.h"

/* What an ioctl does with it, on a buffer that is exactly as long as promised. */
static void copy(const u8 *head, u32 head_len, const struct envelope *env)
{
	u32 total = env->in_len + env->out_len;
	u8 *buf;

	/* long ones differ in nothing but time */
	if (total > 4096)
		return;
	buf = malloc(total);
	fuzz_assert(buf && head_len <= total);
	memset(buf, 0, total);
	memcpy(buf, head, head_len);
	if (env->tail_at)
		memset(buf + env->tail_at, 1, sizeof(u32));
	free(buf);
}

void fuzz_one(struct fuzz_in *in)
{
	unsigned int cmd = fuzz_u8(in) % 16;
	bool dimm = fuzz_u8(in) & 1;
	u32 given = fuzz_u8(in) % (ENVELOPE_HEAD_MAX + 1);
	u32 tail = fuzz_u32(in);
	u32 need = envelope_head(dimm, cmd);
	struct envelope env, before;
	enum nd_reason reason;
	u8 *head;

	fuzz_assert(need <= ENVELOPE_HEAD_MAX);
	if (cmd & 1)
		given = need;
	head = malloc(given ?: 1);
	fuzz_take(in, head, given);
	reason = envelope_measure(dimm, cmd, head, given, &env);
	if (reason == ND_REASON_UNSUPPORTED || reason == ND_REASON_TRUNCATED)
		fuzz_assert(given < need || !need);
	if (reason == ND_REASON_OK) {
		fuzz_assert(given >= need);
		fuzz_assert((u64)env.in_len + env.out_len <= ENVELOPE_MAX);
		fuzz_assert(env.in_len + env.out_len > 0);
		if (env.tail_at)
			fuzz_assert(env.tail_at >= env.in_len &&
				    env.tail_at + sizeof(u32) <= env.in_len + env.out_len);
		copy(head, need, &env);
		before = env;
		if (envelope_tail(&env, tail) == ND_REASON_OK)
			fuzz_assert((u64)before.in_len + before.out_len + tail <= ENVELOPE_MAX &&
				    env.out_len == before.out_len + tail);
		else
			fuzz_assert(env.out_len == before.out_len);
	}
	free(head);
}

void fuzz_seeds(void)
{
	u8 seed[7 + ENVELOPE_HEAD_MAX];
	char name[32];

	for (unsigned int cmd = 0; cmd < 32; cmd++) {
		struct nd_cmd_pkg pkg = { .nd_size_in = 24, .nd_size_out = 100 };

		memset(seed, 0, sizeof(seed));
		seed[0] = cmd / 2;
		seed[1] = cmd & 1;
		seed[2] = ENVELOPE_HEAD_MAX;
		if (cmd / 2 == ND_CMD_CALL)
			memcpy(seed + 7, &pkg, sizeof(pkg));
		else
			seed[7 + 4] = 16;
		snprintf(name, sizeof(name), "%s-%u", cmd & 1 ? "dimm" : "bus", cmd / 2);
		fuzz_seed(name, seed, sizeof(seed));
	}
}
