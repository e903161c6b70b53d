// SPDX-License-Identifier: GPL-2.0
/*
 * What is poisoned, and the root device's functions 4, 5 and 7 to 9 (ACPI 6.5
 * §9.19.7). Pure; see machine.h.
 */
#include <asm/byteorder.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "machine.h"

static bool insert(struct mock_poison *p, u32 at, u64 start, u64 end)
{
	if (p->n == MOCK_POISON_MAX)
		return false;
	memmove(&p->part[at + 1], &p->part[at], (p->n - at) * sizeof(p->part[0]));
	p->part[at].start = start;
	p->part[at].end = end;
	p->n++;
	return true;
}

static void drop(struct mock_poison *p, u32 at)
{
	p->n--;
	memmove(&p->part[at], &p->part[at + 1], (p->n - at) * sizeof(p->part[0]));
}

bool mock_poison_clear(struct mock_poison *p, u64 start, u64 len)
{
	u64 end = start + len;

	for (u32 i = 0; i < p->n;) {
		u64 from = p->part[i].start, to = p->part[i].end;

		if (to <= start || from >= end) {
			i++;
		} else if (from >= start && to <= end) {
			drop(p, i);
		} else if (from < start && to > end) {
			if (!insert(p, i + 1, end, to))
				return false;
			p->part[i].end = start;
			return true;
		} else if (from < start) {
			p->part[i++].end = start;
		} else {
			p->part[i++].start = end;
		}
	}
	return true;
}

bool mock_poison_add(struct mock_poison *p, u64 start, u64 len)
{
	u32 at = 0;

	if (!mock_poison_clear(p, start, len))
		return false;
	while (at < p->n && p->part[at].start < start)
		at++;
	return insert(p, at, start, start + len);
}

/* Cured, or withdrawn: firmware knows of it no more either. */
static bool end_poison(struct mock_machine *m, u64 start, u64 len)
{
	return mock_poison_clear(&m->poison, start, len) &&
	       mock_poison_clear(&m->scrub.found, start, len);
}

struct extent {
	__le64 start;
	__le64 length;
} __packed;

/* A range that does not wrap and is not empty. */
static bool sound(const struct extent *r)
{
	u64 start = le64_to_cpu(r->start), length = le64_to_cpu(r->length);

	return length && start + length > start;
}

enum { BUS_OK = 0, BUS_INVALID = 2 };

void mock_poison_cure(struct mock_machine *m, struct mock_call *call)
{
	const struct extent *in = mock_input(call, sizeof(*in));
	struct reply {
		__le32 status, reserved;
		__le64 cleared;
	} __packed;
	struct reply *out;
	bool ok;

	if (!in)
		return;
	ok = sound(in) && !((le64_to_cpu(in->start) | le64_to_cpu(in->length)) %
			    MOCK_CLEAR_UNIT) &&
	     end_poison(m, le64_to_cpu(in->start), le64_to_cpu(in->length));
	out = mock_reply(call, sizeof(*out), ok ? BUS_OK : BUS_INVALID);
	if (ok)
		out->cleared = in->length;
}

/* In which DIMM is this address? Of a set, its last one: where in it, is not computed. */
void mock_poison_translate(struct mock_machine *m, struct mock_call *call)
{
	const struct mock_platform *p = m->platform;
	const __le64 *in = mock_input(call, sizeof(*in));
	struct reply {
		__le32 status;
		u8 flags;
		u8 reserved[3];
		__le64 length;
		__le32 n;
		__le32 handle, reserved2;
		__le64 dpa;
	} __packed;
	struct reply *out;

	if (!in)
		return;
	out = mock_reply(call, sizeof(*out), BUS_INVALID);
	out->length = cpu_to_le64(sizeof(*out));
	for (u32 i = 0; i < p->nmap; i++) {
		u8 span = p->map[i].span;
		u64 spa = le64_to_cpu(*in), base;

		if (span == MOCK_NO_SPAN)
			continue;
		base = m->layout.span[span];
		if (spa < base || spa - base >= p->span[span].size)
			continue;
		out->status = BUS_OK;
		out->n = cpu_to_le32(1);
		out->handle = cpu_to_le32(p->dimm[p->map[i].dimm].handle);
		out->dpa = cpu_to_le64(spa - base);
	}
}

enum { INJECT_NOTIFY = 1 };

void mock_poison_inject(struct mock_machine *m, struct mock_call *call)
{
	struct request {
		struct extent range;
		u8 options;
	} __packed;
	const struct request *in = mock_input(call, sizeof(*in));
	u64 start, length;
	bool ok, notify;

	if (!in)
		return;
	start = le64_to_cpu(in->range.start);
	length = le64_to_cpu(in->range.length);
	notify = in->options & INJECT_NOTIFY;
	ok = sound(&in->range) && mock_poison_add(&m->poison, start, length) &&
	     (!notify || mock_poison_add(&m->scrub.found, start, length));
	mock_reply(call, sizeof(u32), ok ? BUS_OK : BUS_INVALID);
	if (ok && notify)
		m->notify = true;
}

void mock_poison_withdraw(struct mock_machine *m, struct mock_call *call)
{
	const struct extent *in = mock_input(call, sizeof(*in));
	bool ok;

	if (!in)
		return;
	ok = sound(in) && end_poison(m, le64_to_cpu(in->start), le64_to_cpu(in->length));
	mock_reply(call, sizeof(u32), ok ? BUS_OK : BUS_INVALID);
}

void mock_poison_query(struct mock_machine *m, struct mock_call *call)
{
	u32 n = min_t(u32, m->poison.n, 4096 / sizeof(struct extent));
	struct reply {
		__le32 status, n;
		struct extent range[];
	} __packed;
	struct reply *out = mock_reply(call, sizeof(*out) + n * sizeof(struct extent), BUS_OK);

	out->n = cpu_to_le32(n);
	for (u32 i = 0; i < n; i++) {
		out->range[i].start = cpu_to_le64(m->poison.part[i].start);
		out->range[i].length = cpu_to_le64(m->poison.part[i].end -
						   m->poison.part[i].start);
	}
}

/* What mock_poison_inject() takes as options. */
void mock_poison_options(struct mock_machine *m, struct mock_call *call)
{
	__le32 *out = mock_reply(call, 2 * sizeof(*out), BUS_OK);

	out[1] = cpu_to_le32(INJECT_NOTIFY);
}
