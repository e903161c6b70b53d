// SPDX-License-Identifier: GPL-2.0
/* Intel's functions 4 to 6: the label area. Pure but for mock_store(); see machine.h. */
#include <asm/byteorder.h>
#include <linux/string.h>
#include <linux/types.h>
#include "machine.h"

/* Extended status of "Get Namespace Label Size": the media is locked. */
#define SIZE_LOCKED	0x10000

struct extent {
	__le32 offset;
	__le32 length;
} __packed;

static bool sound(const struct extent *r)
{
	u32 offset = le32_to_cpu(r->offset), length = le32_to_cpu(r->length);

	return length && length <= MOCK_LABEL_TRANSFER && offset < MOCK_LABEL_SIZE &&
	       length <= MOCK_LABEL_SIZE - offset;
}

void mock_labels_size(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	struct reply {
		__le32 status, size, transfer;
	} __packed;
	struct reply *out = mock_reply(call, sizeof(*out),
				     mock_security_locked(d) ? SIZE_LOCKED : MOCK_OK);

	out->size = cpu_to_le32(MOCK_LABEL_SIZE);
	out->transfer = cpu_to_le32(MOCK_LABEL_TRANSFER);
}

void mock_labels_read(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	const struct extent *in = mock_input(call, sizeof(*in));
	u8 *out;

	if (!in)
		return;
	if (!sound(in)) {
		mock_reply(call, sizeof(u32), MOCK_BAD_INPUT);
		return;
	}
	out = mock_reply(call, sizeof(u32) + le32_to_cpu(in->length), MOCK_OK);
	memcpy(out + sizeof(u32), d->label + le32_to_cpu(in->offset), le32_to_cpu(in->length));
}

void mock_labels_write(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	const struct extent *in = mock_input(call, sizeof(*in));

	if (!in)
		return;
	if (!sound(in) || le32_to_cpu(in->length) > call->in_len - sizeof(*in)) {
		mock_reply(call, sizeof(u32), MOCK_BAD_INPUT);
		return;
	}
	mock_store(d->label + le32_to_cpu(in->offset), call->in + sizeof(*in),
		   le32_to_cpu(in->length));
	mock_reply(call, sizeof(u32), MOCK_OK);
}
