// SPDX-License-Identifier: GPL-2.0
/* Intel's functions 12 to 16: a new firmware image for a DIMM. Pure; see machine.h. */
#include <asm/byteorder.h>
#include <linux/sizes.h>
#include "machine.h"

#define STORAGE		SZ_1M
#define SEND_MAX	0xffecu
#define QUERY_EVERY_US	250000
#define QUERY_MAX_US	3000000
#define FIS_VERSION	0x0105
#define NEW_VERSION	0xffffffffabcdull
#define VERIFY_MS	1000

/* Extended status differs by function. */
#define START_BUSY	(MOCK_EXTENDED | 1 << 16)
#define BAD_CONTEXT	(MOCK_EXTENDED | 1 << 16)
#define FINISH_DONE	(MOCK_EXTENDED | 2 << 16)
#define FINISH_ABORTED	(MOCK_EXTENDED | 4 << 16)
#define QUERY_RUNNING	(MOCK_EXTENDED | 2 << 16)
#define QUERY_SEQUENCE	(MOCK_EXTENDED | 4 << 16)

void mock_update_info(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	struct reply {
		__le32 status, storage, send_max, query_every, query_max;
		u8 capabilities;
		u8 reserved[3];
		__le32 fis_version;
		__le64 running, updated;
	} __packed;
	struct reply *out = mock_reply(call, sizeof(*out), MOCK_OK);

	out->storage = cpu_to_le32(STORAGE);
	out->send_max = cpu_to_le32(SEND_MAX);
	out->query_every = cpu_to_le32(QUERY_EVERY_US);
	out->query_max = cpu_to_le32(QUERY_MAX_US);
	out->fis_version = cpu_to_le32(FIS_VERSION);
	out->updated = cpu_to_le64(d->update.version);
}

void mock_update_start(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	struct mock_update *u = &d->update;
	struct reply {
		__le32 status, context;
	} __packed;
	struct reply *out;

	if (u->state != UPDATE_NONE) {
		mock_reply(call, sizeof(*out), START_BUSY);
		return;
	}
	u->state = UPDATE_SENDING;
	u->context++;
	u->sent = 0;
	out = mock_reply(call, sizeof(*out), MOCK_OK);
	out->context = cpu_to_le32(u->context);
}

void mock_update_send(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	struct request {
		__le32 context, offset, length;
	} __packed;
	const struct request *in = mock_input(call, sizeof(*in));
	struct mock_update *u = &d->update;
	u32 offset, length, status = MOCK_OK;

	if (!in)
		return;
	offset = le32_to_cpu(in->offset);
	length = le32_to_cpu(in->length);
	if (u->state != UPDATE_SENDING)
		status = MOCK_RETRY;
	else if (le32_to_cpu(in->context) != u->context)
		status = BAD_CONTEXT;
	else if (length > SEND_MAX || length > call->in_len - sizeof(*in) || offset > STORAGE ||
		 length > STORAGE - offset)
		status = MOCK_BAD_INPUT;
	else
		u->sent += length;
	mock_reply(call, sizeof(u32), status);
}

void mock_update_finish(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	enum { FINISH = 0, ABORT = 1 };
	struct request {
		u8 what;
		u8 reserved[3];
		__le32 context;
	} __packed;
	const struct request *in = mock_input(call, sizeof(*in));
	struct mock_update *u = &d->update;
	u32 status = MOCK_OK;

	if (!in)
		return;
	if (u->state == UPDATE_STAGED) {
		status = FINISH_DONE;
	} else if (in->what == ABORT) {
		u->state = UPDATE_NONE;
		u->sent = 0;
		status = FINISH_ABORTED;
	} else if (in->what != FINISH || u->state != UPDATE_SENDING) {
		status = MOCK_BAD_INPUT;
	} else if (le32_to_cpu(in->context) != u->context) {
		status = BAD_CONTEXT;
	} else {
		u->state = UPDATE_VERIFYING;
		u->verified = call->now + VERIFY_MS;
	}
	mock_reply(call, sizeof(u32), status);
}

void mock_update_query(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	const __le32 *context = mock_input(call, sizeof(*context));
	struct mock_update *u = &d->update;
	struct reply {
		__le32 status;
		__le64 version;
	} __packed;
	struct reply *out;

	if (!context)
		return;
	out = mock_reply(call, sizeof(*out), MOCK_OK);
	if (le32_to_cpu(*context) != u->context) {
		out->status = cpu_to_le32(BAD_CONTEXT);
		return;
	}
	if (u->state == UPDATE_SENDING) {
		out->status = cpu_to_le32(QUERY_SEQUENCE);
		return;
	}
	if (u->state == UPDATE_VERIFYING && call->now < u->verified) {
		out->status = cpu_to_le32(QUERY_RUNNING);
		return;
	}
	if (u->state == UPDATE_VERIFYING) {
		u->state = UPDATE_STAGED;
		u->missed = false;
		u->version = NEW_VERSION;
	}
	if (u->state == UPDATE_STAGED)
		out->version = cpu_to_le64(u->version);
}
