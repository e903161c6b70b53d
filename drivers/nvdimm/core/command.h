/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Command envelopes: how many bytes a command takes and gives. Pure, and the
 * only judge of sizes that come from userspace.
 *
 * A command is a row of input fields, then a row of output fields; the last of
 * each may be variable and is then sized by an earlier field.
 */
#ifndef _ND_ENVELOPE_H
#define _ND_ENVELOPE_H

#include <linux/types.h>
#include <nd/reason.h>

#define ENVELOPE_MAX	(4u << 20)	/* ND_IOCTL_MAX_BUFLEN */
#define ENVELOPE_FIELDS	5		/* ND_CMD_MAX_ELEM */
#define ENVELOPE_VAR	(~0u)		/* sized by another field */
#define ENVELOPE_PKG	64		/* struct nd_cmd_pkg without payload */

/*
 * X(command, inputs, (bytes of each), outputs, (bytes of each)); the numbers of
 * linux/ndctl.h, whose structs these are. A DIMM's and a bus's commands share
 * numbers. Commands that are not here do not exist.
 */
#define ENVELOPE_DIMM_COMMANDS(X)					\
	X(ND_CMD_SMART,			0, (0), 2, (4, 128))		\
	X(ND_CMD_SMART_THRESHOLD,	0, (0), 2, (4, 8))		\
	X(ND_CMD_DIMM_FLAGS,		0, (0), 2, (4, 4))		\
	X(ND_CMD_GET_CONFIG_SIZE,	0, (0), 3, (4, 4, 4))		\
	X(ND_CMD_GET_CONFIG_DATA,	2, (4, 4), 2, (4, ENVELOPE_VAR)) \
	X(ND_CMD_SET_CONFIG_DATA,	3, (4, 4, ENVELOPE_VAR), 1, (4)) \
	X(ND_CMD_VENDOR,		3, (4, 4, ENVELOPE_VAR),	\
					3, (4, 4, ENVELOPE_VAR))	\
	X(ND_CMD_CALL,			2, (ENVELOPE_PKG, ENVELOPE_VAR), \
					1, (ENVELOPE_VAR))

#define ENVELOPE_BUS_COMMANDS(X)					\
	X(ND_CMD_ARS_CAP,		2, (8, 8), 4, (4, 4, 4, 4))	\
	X(ND_CMD_ARS_START,		5, (8, 8, 2, 1, 5), 2, (4, 4))	\
	X(ND_CMD_ARS_STATUS,		0, (0), 3, (4, 4, ENVELOPE_VAR)) \
	X(ND_CMD_CLEAR_ERROR,		2, (8, 8), 3, (4, 4, 8))	\
	X(ND_CMD_CALL,			2, (ENVELOPE_PKG, ENVELOPE_VAR), \
					1, (ENVELOPE_VAR))

/* Field sizes "(4, 8)" of a row as an initialiser. */
#define ENVELOPE_SIZES(...) { __VA_ARGS__ }

/**
 * struct envelope - the size of one command
 * @in_len: bytes of all input fields
 * @out_len: bytes of all output fields
 * @tail_at: ND_CMD_VENDOR says behind its variable input how long its last
 *	output is: offset of that u32, which envelope_tail() wants; else 0
 */
struct envelope {
	u32 in_len;
	u32 out_len;
	u32 tail_at;
};

/* Largest number envelope_head() gives. */
#define ENVELOPE_HEAD_MAX	ENVELOPE_PKG

/* How many bytes of the buffer envelope_measure() must see; 0 also for what does not exist. */
u32 envelope_head(bool dimm, unsigned int cmd);

/**
 * envelope_measure() - size a command from its first bytes
 * @dimm: command of a DIMM, else of a bus
 * @cmd: ND_CMD_*
 * @head: first bytes of the buffer, any alignment
 * @head_len: how many; at least envelope_head()
 * @out: filled on ND_REASON_OK
 *
 * Every field is bounded: @out->in_len + @out->out_len never exceeds
 * ENVELOPE_MAX, and @out->tail_at, when set, lies in the output fields.
 *
 * Return: ND_REASON_OK; ND_REASON_UNSUPPORTED: no such command; ND_REASON_TRUNCATED:
 * @head_len is too small; ND_REASON_SIZE: more than ENVELOPE_MAX bytes;
 * ND_REASON_RESERVED: reserved fields of ND_CMD_CALL are not zero.
 */
enum nd_reason envelope_measure(bool dimm, unsigned int cmd, const void *head, u32 head_len,
				struct envelope *out);

/**
 * envelope_tail() - the rest, when @env->tail_at is set
 * @env: measured; @env->out_len grows by @len
 * @len: u32 found at @env->tail_at
 *
 * Return: ND_REASON_OK, or ND_REASON_SIZE with @env as it was.
 */
enum nd_reason envelope_tail(struct envelope *env, u32 len);

/**
 * envelope_ars_records() - bytes of an ARS status behind its first two fields
 * @out_length: the second field
 * @remainder: bytes that lie there, 0 when unknown
 *
 * ACPI 6.1 left open whether out_length counts the status field, and firmware
 * of both readings exists: one that overshoots by 4 does not count it.
 */
u32 envelope_ars_records(u32 out_length, u64 remainder);

/* Does @cmd change the device's state? Read-only files get -EPERM for those (K4). */
bool envelope_changes_state(bool dimm, unsigned int cmd);

#endif /* _ND_ENVELOPE_H */
