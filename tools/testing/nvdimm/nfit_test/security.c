// SPDX-License-Identifier: GPL-2.0
/* Intel's functions 19 to 28: passphrases and erasing. Pure; see machine.h. */
#include <asm/byteorder.h>
#include <linux/bits.h>
#include <linux/string.h>
#include "machine.h"

/* Security state */
#define ENABLED		BIT(1)
#define LOCKED		BIT(2)
#define FROZEN		BIT(3)
#define OVERWRITING	BIT(6)

/* Extended security state: the master passphrase */
#define MASTER_ENABLED	BIT(0)
#define MASTER_LIMIT	BIT(1)

#define OVERWRITE_RUNNING	(MOCK_EXTENDED | 1 << 16)
#define NO_OVERWRITE		(MOCK_EXTENDED | 2 << 16)

#define OVERWRITE_MS	5000

void mock_security_init(struct mock_dimm *d)
{
	d->security = (struct mock_security) { .extended = MASTER_ENABLED };
}

void mock_security_lock(struct mock_dimm *d)
{
	d->security.state = ENABLED | LOCKED;
}

void mock_security_overwriting(struct mock_dimm *d, u64 end)
{
	d->security.old = d->security.state;
	d->security.state = OVERWRITING;
	d->security.overwritten = end;
}

bool mock_security_locked(const struct mock_dimm *d)
{
	return d->security.state & LOCKED;
}

static bool same(const u8 *a, const u8 *b)
{
	return !memcmp(a, b, MOCK_PASSPHRASE);
}

static void finish(struct mock_call *call, u32 status)
{
	mock_reply(call, sizeof(u32), status);
}

void mock_security_state(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	struct reply {
		__le32 status;
		u8 extended;
		u8 reserved0[3];
		u8 state;
		u8 reserved1[3];
	} __packed;
	struct reply *out = mock_reply(call, sizeof(*out), MOCK_OK);

	out->extended = d->security.extended;
	out->state = d->security.state;
}

/* Set, or change: old passphrase, new one. */
void mock_security_set(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	const u8 *in = mock_input(call, 2 * MOCK_PASSPHRASE);
	struct mock_security *s = &d->security;

	if (!in)
		return;
	if (s->state & (FROZEN | LOCKED)) {
		finish(call, MOCK_BAD_STATE);
	} else if (!same(in, s->user)) {
		finish(call, MOCK_BAD_PASSPHRASE);
	} else {
		memcpy(s->user, in + MOCK_PASSPHRASE, MOCK_PASSPHRASE);
		s->state |= ENABLED;
		finish(call, MOCK_OK);
	}
}

void mock_security_disable(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	const u8 *in = mock_input(call, MOCK_PASSPHRASE);
	struct mock_security *s = &d->security;

	if (!in)
		return;
	if (!(s->state & ENABLED) || s->state & (FROZEN | LOCKED)) {
		finish(call, MOCK_BAD_STATE);
	} else if (!same(in, s->user)) {
		finish(call, MOCK_BAD_PASSPHRASE);
	} else {
		memset(s->user, 0, sizeof(s->user));
		s->state = 0;
		finish(call, MOCK_OK);
	}
}

void mock_security_unlock(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	const u8 *in = mock_input(call, MOCK_PASSPHRASE);
	struct mock_security *s = &d->security;

	if (!in)
		return;
	if (!(s->state & LOCKED) || s->state & FROZEN) {
		finish(call, MOCK_BAD_STATE);
	} else if (!same(in, s->user)) {
		finish(call, MOCK_BAD_PASSPHRASE);
	} else {
		s->state = ENABLED;
		finish(call, MOCK_OK);
	}
}

void mock_security_freeze(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	struct mock_security *s = &d->security;

	if (!(s->state & ENABLED)) {
		finish(call, MOCK_BAD_STATE);
		return;
	}
	s->state |= FROZEN;
	finish(call, MOCK_OK);
}

static void forget_user(struct mock_security *s)
{
	memset(s->user, 0, sizeof(s->user));
	s->state = 0;
	s->extended = MASTER_ENABLED;
}

/* Without security the passphrase is all zero, and so has to be the one given. */
void mock_security_erase(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	const u8 *in = mock_input(call, MOCK_PASSPHRASE);
	struct mock_security *s = &d->security;

	if (!in)
		return;
	if (s->state & FROZEN) {
		finish(call, MOCK_BAD_STATE);
	} else if (!same(in, s->user)) {
		finish(call, MOCK_BAD_PASSPHRASE);
	} else {
		forget_user(s);
		memset(s->master, 0, sizeof(s->master));
		finish(call, MOCK_OK);
	}
}

void mock_security_overwrite(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	const u8 *in = mock_input(call, MOCK_PASSPHRASE);
	struct mock_security *s = &d->security;

	if (!in)
		return;
	if (s->state & OVERWRITING) {
		finish(call, MOCK_BAD_STATE);
	} else if (s->state & ENABLED && !same(in, s->user)) {
		finish(call, MOCK_BAD_PASSPHRASE);
	} else {
		mock_security_overwriting(d, call->now + OVERWRITE_MS);
		finish(call, MOCK_OK);
	}
}

void mock_security_query_overwrite(struct mock_machine *m, struct mock_dimm *d,
				   struct mock_call *call)
{
	struct mock_security *s = &d->security;

	if (!(s->state & OVERWRITING)) {
		finish(call, NO_OVERWRITE);
	} else if (call->now < s->overwritten) {
		finish(call, OVERWRITE_RUNNING);
	} else {
		s->state = s->old;
		s->extended = MASTER_ENABLED;
		finish(call, MOCK_OK);
	}
}

/* May the master passphrase be used, and is it this one? */
static u32 judge_master(const struct mock_security *s, const u8 *given)
{
	if (!(s->extended & MASTER_ENABLED))
		return MOCK_NOT_SUPPORTED;
	if (s->extended & MASTER_LIMIT)
		return MOCK_BAD_STATE;
	return same(given, s->master) ? MOCK_OK : MOCK_BAD_PASSPHRASE;
}

void mock_security_set_master(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	const u8 *in = mock_input(call, 2 * MOCK_PASSPHRASE);
	u32 status;

	if (!in)
		return;
	status = judge_master(&d->security, in);
	if (!status)
		memcpy(d->security.master, in + MOCK_PASSPHRASE, MOCK_PASSPHRASE);
	finish(call, status);
}

/* It keeps the master passphrase. */
void mock_security_master_erase(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	const u8 *in = mock_input(call, MOCK_PASSPHRASE);
	u32 status;

	if (!in)
		return;
	status = judge_master(&d->security, in);
	if (!status)
		forget_user(&d->security);
	finish(call, status);
}
