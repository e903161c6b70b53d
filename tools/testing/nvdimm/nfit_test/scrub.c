// SPDX-License-Identifier: GPL-2.0
/* The root device's functions 1 to 3: address range scrub (ACPI 6.5 §9.19.7). Pure; machine.h. */
#include <asm/byteorder.h>
#include <linux/bits.h>
#include <linux/kernel.h>
#include "machine.h"

#define PERSISTENT	2u
#define VOLATILE	1u

/* Lower half: did the function work; upper half: what about the scrub. */
enum {
	WORKED = 0, INVALID = 2, BUSY = 6,
	RUNNING = 1 << 16, NEVER = 2 << 16, STOPPED = 3 << 16,
};

#define OVERFLOW	1u

/* Of a request: what was found before is wanted, and no scrub. */
#define PREVIOUS	BIT(1)

struct record {
	__le32 handle, reserved;
	__le64 start, length;
} __packed;

struct status {
	__le32 status, bytes;
	__le64 start, length, restart, restart_length;
	__le16 type, flags;
	__le32 n;
	struct record record[];
} __packed;
static_assert(sizeof(struct status) == 48);

void mock_scrub_capabilities(struct mock_machine *m, struct mock_call *call)
{
	struct reply {
		__le32 status, max_out, clear_unit;
		__le16 flags, reserved;
	} __packed;
	struct reply *out;

	if (!mock_input(call, 16))
		return;
	out = mock_reply(call, sizeof(*out), (PERSISTENT | VOLATILE) << 16);
	out->max_out = cpu_to_le32(sizeof(struct status) +
				   MOCK_SCRUB_RECORDS * sizeof(struct record));
	out->clear_unit = cpu_to_le32(MOCK_CLEAR_UNIT);
}

static bool running(const struct mock_machine *m, u64 now)
{
	return m->scrub.any && now < m->scrub.done;
}

/* What is poisoned now is found, however long that takes; what becomes so meanwhile is not. */
static bool find(struct mock_machine *m, u64 start, u64 end)
{
	bool room = mock_poison_clear(&m->scrub.found, start, end - start);

	for (u32 i = 0; i < m->poison.n && room; i++) {
		u64 from = max(m->poison.part[i].start, start);
		u64 to = min(m->poison.part[i].end, end);

		if (from < to)
			room = mock_poison_add(&m->scrub.found, from, to - from);
	}
	return room;
}

void mock_scrub_start(struct mock_machine *m, struct mock_call *call)
{
	struct request {
		__le64 start, length;
		__le16 type;
		u8 flags;
		u8 reserved[5];
	} __packed;
	const struct request *in = mock_input(call, sizeof(*in));
	struct reply {
		__le32 status, seconds;
	} __packed;
	struct reply *out;
	u64 start, length;
	u32 ms;

	if (!in)
		return;
	if (running(m, call->now)) {
		mock_reply(call, sizeof(*out), BUSY);
		return;
	}
	start = le64_to_cpu(in->start);
	length = le64_to_cpu(in->length);
	if (!length || start + length < start) {
		mock_reply(call, sizeof(*out), INVALID);
		return;
	}
	ms = in->flags & PREVIOUS ? 0 : MOCK_SCRUB_MS;
	if ((ms && !find(m, start, start + length)) || (!ms && !m->habits.recalls)) {
		mock_reply(call, sizeof(*out), INVALID);
		return;
	}
	m->scrub.start = start;
	m->scrub.length = length;
	m->scrub.done = call->now + ms;
	m->scrub.any = true;
	m->scrub.own = !ms;
	m->scrub.broken = 0;
	m->scrub.begun += !!ms;
	out = mock_reply(call, sizeof(*out), WORKED);
	out->seconds = cpu_to_le32(ms / 1000);
}

/* Who limits it is not to make it more than there is room for. */
static u32 record_limit(const struct mock_machine *m)
{
	return min(m->scrub.limit, MOCK_SCRUB_RECORDS);
}

/* One record; false when it would be one too many. */
static bool report(const struct mock_machine *m, struct status *out, u64 from, u64 to)
{
	u32 n = le32_to_cpu(out->n);

	if (n == record_limit(m))
		return false;
	out->record[n] = (struct record) {
		.start = cpu_to_le64(from), .length = cpu_to_le64(to - from),
	};
	out->n = cpu_to_le32(n + 1);
	return true;
}

static void results(const struct mock_machine *m, struct mock_call *call)
{
	const struct mock_scrub *s = &m->scrub;
	u64 start = s->start, end = s->start + s->length;
	struct status *out = mock_reply(call, sizeof(*out) +
					record_limit(m) * sizeof(struct record), WORKED);

	out->type = cpu_to_le16(PERSISTENT);
	out->start = cpu_to_le64(start);
	for (u32 i = 0; i < s->found.n; i++) {
		u64 from = max(s->found.part[i].start, start);
		u64 to = min(s->found.part[i].end, end);

		if (from >= to || report(m, out, from, to))
			continue;
		out->status = cpu_to_le32(STOPPED);
		out->flags = cpu_to_le16(OVERFLOW);
		out->restart = cpu_to_le64(from);
		out->restart_length = cpu_to_le64(end - from);
		end = from;
		break;
	}
	out->length = cpu_to_le64(end - start);
	call->out_len = sizeof(*out) + le32_to_cpu(out->n) * sizeof(struct record);
	out->bytes = cpu_to_le32(call->out_len);
}

/* Firmware's own, as soon as somebody else's is over. */
static void usurp(struct mock_machine *m, u64 now)
{
	struct mock_scrub *s = &m->scrub;

	if (!s->any || running(m, now) || s->own || !s->usurp)
		return;
	s->usurp--;
	s->own = true;
	s->start = m->layout.span[0];
	s->length = 4096;
	s->done = now + MOCK_SCRUB_MS;
	find(m, s->start, s->start + s->length);
}

void mock_scrub_status(struct mock_machine *m, struct mock_call *call)
{
	struct status *out;

	usurp(m, call->now);
	if (m->scrub.broken) {
		mock_reply(call, sizeof(*out), INVALID);
		return;
	}
	if (m->scrub.any && !running(m, call->now)) {
		results(m, call);
		return;
	}
	out = mock_reply(call, sizeof(*out), m->scrub.any ? RUNNING : NEVER);
	out->bytes = cpu_to_le32(sizeof(*out));
}

bool mock_scrub_is_told(const void *reply, u32 len)
{
	const struct status *said = reply;
	u32 status = len < sizeof(*said) ? NEVER : le32_to_cpu(said->status);

	return status == WORKED || status == STOPPED;
}
