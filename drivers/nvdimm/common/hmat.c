// SPDX-License-Identifier: GPL-2.0
/* How fast memory is, by firmware's table: see speed.h. Pure. */
#include <asm/byteorder.h>
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>
#include "common/speed.h"

/* The header of every table, and four bytes that are reserved. */
#define HEAD_REVISION	8
#define HEAD_SIZE	40

#define HMAT_REVISION	2

/* System Locality Latency and Bandwidth Information: a matrix, by initiator and target. */
#define TYPE_MATRIX	1

struct hmat_head {
	__le16 type;
	__le16 reserved;
	__le32 length;
} __packed;

struct hmat_matrix {
	struct hmat_head head;
	u8 flags;
	u8 data;
	u8 min_transfer;
	u8 reserved1;
	__le32 initiators;
	__le32 targets;
	__le32 reserved2;
	__le64 unit;
	__le32 domain[];	/* of initiators, of targets; then a __le16 for each two */
} __packed;

static_assert(sizeof(struct hmat_matrix) == 32);

/* In @flags: of memory itself, and not of a cache before it. */
#define LEVEL		0x0f

/* @data */
enum { LATENCY, READ_LATENCY, WRITE_LATENCY, BANDWIDTH, READ_BANDWIDTH, WRITE_BANDWIDTH };

/* More of either are not there, and their product fits. */
#define DOMAINS_MAX	65536

/* Of an entry. */
#define NOT_TOLD	0
#define UNREACHABLE	0xffff

static u32 latency_ns(u64 ps)
{
	return min_t(u64, div_u64(ps, 1000) + !!(ps % 1000), U32_MAX);
}

/* 0 for what says nothing. */
static u64 value_of(u16 entry, u64 unit)
{
	return entry == NOT_TOLD || entry == UNREACHABLE || unit > U64_MAX >> 16 ? 0 : entry * unit;
}

static void take_least(u32 *at, u32 value)
{
	if (value && (!*at || value < *at))
		*at = value;
}

static void hmat_learn(u8 data, u64 value, struct nd_speed *speed)
{
	u32 mbs = min_t(u64, value, U32_MAX);

	if (data == LATENCY || data == READ_LATENCY)
		take_least(&speed->read_ns, latency_ns(value));
	if (data == LATENCY || data == WRITE_LATENCY)
		take_least(&speed->write_ns, latency_ns(value));
	if (data == BANDWIDTH || data == READ_BANDWIDTH)
		speed->read_mbs = max(speed->read_mbs, mbs);
	if (data == BANDWIDTH || data == WRITE_BANDWIDTH)
		speed->write_mbs = max(speed->write_mbs, mbs);
}

/* @len: of the structure, and no more than there is. */
static void read_matrix(const struct hmat_matrix *m, u32 len, int (*node_of)(u32 domain), int node,
			struct nd_speed *speed)
{
	u64 rows, columns, row, column;
	const __le32 *target;
	const __le16 *entry;

	if (len < sizeof(*m) || m->flags & LEVEL)
		return;
	rows = le32_to_cpu(m->initiators);
	columns = le32_to_cpu(m->targets);
	if (rows > DOMAINS_MAX || columns > DOMAINS_MAX ||
	    sizeof(*m) + 4 * (rows + columns) + 2 * rows * columns > len)
		return;
	target = m->domain + rows;
	entry = (const void *)(target + columns);
	for (column = 0; column < columns; column++) {
		if (node_of(le32_to_cpu(target[column])) != node)
			continue;
		for (row = 0; row < rows; row++)
			hmat_learn(m->data, value_of(le16_to_cpu(entry[row * columns + column]),
						     le64_to_cpu(m->unit)), speed);
	}
}

bool hmat_speed(const void *table, size_t len, int (*node_of)(u32 domain), int node,
		struct nd_speed *speed)
{
	const u8 *bytes = table;
	const struct hmat_head *head;
	size_t left;
	u32 size;

	memset(speed, 0, sizeof(*speed));
	if (len < HEAD_SIZE || bytes[HEAD_REVISION] != HMAT_REVISION)
		return false;
	bytes += HEAD_SIZE;
	for (left = len - HEAD_SIZE; left >= sizeof(*head); left -= size, bytes += size) {
		head = (const void *)bytes;
		size = le32_to_cpu(head->length);
		if (size < sizeof(*head) || size > left)
			break;
		if (le16_to_cpu(head->type) == TYPE_MATRIX)
			read_matrix((const void *)bytes, size, node_of, node, speed);
	}
	return speed->read_ns || speed->write_ns || speed->read_mbs || speed->write_mbs;
}
