// SPDX-License-Identifier: GPL-2.0
/*
 * Activation of staged firmware while the system runs: Intel's DIMM functions
 * 29 and 30, and the root device's 1 and 2 of Intel's family. Pure; see machine.h.
 *
 * Each armed DIMM takes a second of quiescence; three are allowed.
 */
#include <asm/byteorder.h>
#include <linux/bits.h>
#include "machine.h"

enum { IDLE = 0, ARMED = 1, BUSY = 2 };
enum { NONE = 0, NOT_STAGED = 1, SUCCESS = 2 };

#define QUIESCE_US	1000000ull
#define QUIESCE_MAX_US	3000000ull
#define BUSY_MS		3000

#define FIRMWARE_QUIESCES	BIT(0)
#define OS_QUIESCES		BIT(1)
#define RESET			BIT(2)

/* Extended status of the activation. */
#define FAILED		6
#define NOT_ARMED	(FAILED | 1 << 16)
#define IS_BUSY		(FAILED | 2 << 16)
#define TOO_LONG	(FAILED | 4 << 16)

static u32 armed(const struct mock_machine *m)
{
	u32 n = 0;

	for (u32 i = 0; i < m->platform->ndimm; i++)
		n += m->dimm[i].update.armed;
	return n;
}

static u8 state(const struct mock_machine *m, u64 now)
{
	if (armed(m))
		return ARMED;
	return m->activation && now < m->activated + BUSY_MS ? BUSY : IDLE;
}

void mock_activate_bus_info(struct mock_machine *m, struct mock_call *call)
{
	struct reply {
		__le32 status;
		__le16 reserved;
		u8 state, capabilities;
		__le64 activate_us, cpu_us, io_us, max_us;
	} __packed;
	struct reply *out = mock_reply(call, sizeof(*out), MOCK_OK);

	out->state = state(m, call->now);
	out->capabilities = FIRMWARE_QUIESCES | OS_QUIESCES | RESET;
	out->activate_us = cpu_to_le64(armed(m) * QUIESCE_US);
	out->cpu_us = out->activate_us;
	out->io_us = out->activate_us;
	out->max_us = cpu_to_le64(QUIESCE_MAX_US);
}

void mock_activate(struct mock_machine *m, struct mock_call *call)
{
	const u8 *io_state = mock_input(call, 1);
	u32 status = MOCK_OK;

	if (!io_state)
		return;
	if (state(m, call->now) == BUSY)
		status = IS_BUSY;
	else if (!armed(m))
		status = NOT_ARMED;
	else if (armed(m) * QUIESCE_US > QUIESCE_MAX_US)
		status = TOO_LONG;
	mock_reply(call, sizeof(u32), status);
	/* too long is said, and done */
	if (status && status != TOO_LONG)
		return;
	m->activation++;
	m->activated = call->now;
	for (u32 i = 0; i < m->platform->ndimm; i++) {
		struct mock_update *u = &m->dimm[i].update;

		if (!u->armed)
			continue;
		u->missed = u->state != UPDATE_STAGED;
		if (!u->missed)
			u->state = UPDATE_NONE;
		u->armed = false;
		u->activation = m->activation;
	}
}

void mock_activate_dimm_info(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	struct reply {
		__le32 status;
		__le16 result;
		u8 state;
		u8 reserved[7];
	} __packed;
	struct reply *out = mock_reply(call, sizeof(*out), MOCK_OK);
	u8 bus = state(m, call->now);

	out->state = bus == ARMED && !d->update.armed ? IDLE : bus;
	out->result = cpu_to_le16(NONE);
	if (m->activation && d->update.activation == m->activation && out->state == IDLE)
		out->result = cpu_to_le16(d->update.missed ? NOT_STAGED : SUCCESS);
}

void mock_activate_arm(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	const u8 *arm = mock_input(call, 1);

	if (!arm)
		return;
	d->update.armed = *arm == 1;
	mock_reply(call, sizeof(u32), MOCK_OK);
}
