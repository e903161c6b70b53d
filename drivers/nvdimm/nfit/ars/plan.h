/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Address range scrub (ARS): what to ask of firmware next. Pure.
 *
 * Firmware runs one scrub at a time for the whole machine, tells at best that it
 * is busy, cannot be stopped, and forgets what it found when there is no room.
 * So there is one plan a bus: whoever wants something scrubbed adds to it, and
 * one job (ars.c) carries it out, step by step:
 *
 *	ars_next()	what is to be done now; after ARS_WAIT, ars_wake()
 *	ars_asked()	outcome of ARS_QUERY (ACPI 6.5 §9.19.7.6)
 *	ars_begun()	outcome of ARS_START (§9.19.7.5)
 *
 * A scrub proper reads every byte. It goes by slices, so that it has progress
 * and can be cancelled between two of them. A recall asks for what firmware has
 * found earlier, and is over at once. Nothing here ever times out: as long as
 * firmware says that it is busy, it is waited for.
 *
 * Others scrub, too: firmware by itself, a user with a command of his own. A status is
 * of the last scrub, whoever began it. So it says of a slice that it was scrubbed
 * only as far as its own address and length do; a slice that it does not speak of
 * is scrubbed again, a few times, and given up then, which is told.
 */
#ifndef _NFIT_ARS_PLAN_H
#define _NFIT_ARS_PLAN_H

#include <linux/types.h>
#include <nd/reason.h>

#define ARS_SLICE	(1ull << 36)	/* bytes scrubbed at a time */
#define ARS_WAIT_MIN	1u		/* seconds between two looks at busy firmware */
#define ARS_WAIT_MAX	60u
#define ARS_TRIES	5u		/* of a query that fails, of a slice that gets nowhere */

/* When a recall of a range is followed by a scrub of it; what asks for more wins. */
enum ars_fallback {
	ARS_SCRUB_NONE,		/* never */
	ARS_SCRUB_REFUSED,	/* when firmware refuses to recall */
	ARS_SCRUB_UNKNOWN,	/* and when firmware has not scrubbed since boot */
};

/**
 * struct ars_range - one address range of the bus
 * @start: first byte
 * @length: bytes
 * @type: ND_ARS_VOLATILE or ND_ARS_PERSISTENT
 * @room: bytes firmware's status may take
 * @usable: firmware can scrub it; the plan ignores it otherwise
 * @recall: what is known of it is to be asked for
 * @fallback: and when that is to be followed by a scrub
 * @from: wanted: scrub [@from, @to); nothing when they are equal
 * @to: see @from
 */
struct ars_range {
	u64 start;
	u64 length;
	u16 type;
	u32 room;
	bool usable;
	bool recall;
	enum ars_fallback fallback;
	u64 from;
	u64 to;
};

enum ars_phase {
	ARS_RESTING,	/* nothing wanted when last looked */
	ARS_ASKING,	/* what firmware is doing is not known */
	ARS_WAITING,	/* it is busy */
	ARS_READY,	/* it is idle, its results are taken */
};

/**
 * struct ars_plan - the plan of a bus; all zero is empty and at rest
 * @range: the caller's array
 * @nr: its length
 * @phase: see above
 * @run: we have firmware work, or are about to
 * @cur: where: the range
 * @at: first byte there
 * @len: bytes
 * @short_run: and that is a recall
 * @fallback: of the recall
 * @overtaken: firmware was busy after the recall was begun
 * @fresh: results have not been looked at
 * @seen: address of the results that were looked at last
 * @seen_len: their length
 * @looked: ranges that there were then
 * @delay: seconds of the wait
 * @failures: queries failed in a row
 * @barren: runs in a row that results said nothing of
 * @done: bytes scrubbed since the plan last rested
 * @count: how often it came to rest with its work done
 * @worked: firmware did something for us since it last rested
 * @cancelled: what was wanted was taken back since then
 */
struct ars_plan {
	struct ars_range *range;
	u32 nr;
	enum ars_phase phase;
	bool run;
	bool short_run;
	bool overtaken;
	bool fresh;
	bool worked;
	bool cancelled;
	enum ars_fallback fallback;
	u32 cur;
	u64 at;
	u64 len;
	u64 seen;
	u64 seen_len;
	u32 looked;
	u32 delay;
	u32 failures;
	u32 barren;
	u64 done;
	u32 count;
};

enum ars_action { ARS_REST, ARS_QUERY, ARS_START, ARS_WAIT };

/* Input of Start ARS, or how many seconds to wait. */
struct ars_step {
	enum ars_action action;
	u64 address;
	u64 length;
	u16 type;
	u8 flags;
	u32 delay;
};

struct nd_cmd_ars_status;

/**
 * struct ars_answer - what a status says, bounded
 * @nr: records that are there in full
 * @stopped: the scrub ended before its end
 * @restart: address where it should go on; valid with @stopped
 * @address: of the first byte that was scrubbed
 * @length: bytes that were scrubbed; any number
 */
struct ars_answer {
	u32 nr;
	bool stopped;
	u64 restart;
	u64 address;
	u64 length;
};

/**
 * struct ars_outcome - what a step came to
 * @take: there are results, and they are news
 * @from: to the ranges from this one on: those before have taken them
 * @reason: ND_REASON_OK; else [@start, @start + @len) was given up: ND_REASON_SEQUENCE: firmware
 *	does not get on there, ND_REASON_FIRMWARE: it fails. Without @len it is merely not known
 *	what it has found before.
 * @start: of what was scrubbed, or given up
 * @len: bytes of it, or 0
 */
struct ars_outcome {
	bool take;
	u32 from;
	enum nd_reason reason;
	u64 start;
	u64 len;
};

/**
 * ars_read_status() - bound what firmware returned
 * @status: its buffer
 * @len: bytes it filled
 * @out: the answer
 */
void ars_read_status(const struct nd_cmd_ars_status *status, u32 len, struct ars_answer *out);

/**
 * ars_clip() - the part of a record that lies in a range
 * @range: the range
 * @start: of the record; any number
 * @len: of the record; any number. Both are set to the part.
 *
 * Return: is there one?
 */
bool ars_clip(const struct ars_range *range, u64 *start, u64 *len);

/**
 * ars_add() - there is one more range
 * @plan: results that were looked at already are news to it
 * @more: room for the ranges of the plan, and for it
 * @range: it
 *
 * Return: the array that @more takes the place of.
 */
struct ars_range *ars_add(struct ars_plan *plan, struct ars_range *more,
			  const struct ars_range *range);

/* Does anything want, or do, something? */
bool ars_busy(const struct ars_plan *plan);

/* Bytes still to be scrubbed, what runs included. */
u64 ars_left(const struct ars_plan *plan);

/* Have results looked at that are there anyhow, without wanting any. */
void ars_look(struct ars_plan *plan);

/**
 * ars_recall() - ask again for what firmware knows
 * @plan: its ranges are marked, those in work too: news may be behind it
 * @fallback: when a range is scrubbed instead
 *
 * Return: 0; -EBUSY: all were marked; -ENOTTY: no range can be scrubbed.
 */
int ars_recall(struct ars_plan *plan, enum ars_fallback fallback);

/**
 * ars_scrub() - have [start, start + len) scrubbed
 * @plan: wanted spans of its ranges grow
 * @start: any address
 * @len: any length, U64_MAX for all
 *
 * Return: 0; -EBUSY: all of it was wanted already; -ENOTTY: no range that can
 * be scrubbed lies there.
 */
int ars_scrub(struct ars_plan *plan, u64 start, u64 len);

/* Take back what is wanted. What firmware is at goes on to its end. */
void ars_cancel(struct ars_plan *plan);

/* What it says to start is the run from then on: the outcome is due. */
struct ars_step ars_next(struct ars_plan *plan);
void ars_wake(struct ars_plan *plan);

/**
 * ars_asked() - firmware was asked how it is
 * @plan: after ARS_QUERY
 * @rc: nfit_bus_status() of it: 0 results, -EBUSY it scrubs, -EAGAIN it never
 *	has, -ENOSPC results and more to come, -ENOMEM our own memory is short, which is no
 *	answer, or failure
 * @answer: results, with 0 and -ENOSPC
 */
struct ars_outcome ars_asked(struct ars_plan *plan, int rc, const struct ars_answer *answer);

/**
 * ars_begun() - firmware was told to start
 * @plan: after ARS_START
 * @rc: nfit_bus_status() of it: 0, -EBUSY somebody else was faster, -ENOMEM our own memory is
 *	short, and firmware may have started, or failure
 *
 * A range that firmware does not start on is given up as a whole, until it is asked for again.
 */
struct ars_outcome ars_begun(struct ars_plan *plan, int rc);

#endif /* _NFIT_ARS_PLAN_H */
