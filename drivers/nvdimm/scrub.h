/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A scrub of one range, waited for: firmware reads every byte, and tells what is
 * bad (ACPI 6.5 §9.19.7.4 ff.).
 *
 *	scrub_read.c	what a status says of it (pure)
 *	scrub.c		commands to the provider, waiting
 *
 * Firmware runs one scrub at a time for the whole machine, for whoever was first
 * to ask, and its status is of the last one, whoever asked. So ours is begun when
 * it is idle, and begun anew when the status turns out to be of another. It may
 * stop early, for want of room for records; then the rest is begun.
 */
#ifndef _ND_SCRUB_H
#define _ND_SCRUB_H

#include <linux/types.h>

struct nd_cmd_ars_status;

/* Bytes still to be scrubbed: [@at, @end). */
struct scrub {
	u64 at;
	u64 end;
};

enum scrub_said {
	SCRUB_DONE,		/* all of it */
	SCRUB_MORE,		/* a part: @at is behind it */
	SCRUB_OTHER,		/* it is of another one */
};

/**
 * scrub_read() - what a status says of a scrub
 * @scrub: that was begun; @at is moved
 * @status: what firmware returned; nothing in it is trusted
 * @len: bytes it filled
 * @nr: out: records that are there in full; 0 with SCRUB_OTHER
 *
 * Return: where the scrub is now.
 */
enum scrub_said scrub_read(struct scrub *scrub, const struct nd_cmd_ars_status *status, u32 len,
			   u32 *nr);

/**
 * scrub_clip() - the part of a record that lies in [@from, @end)
 * @from: first byte
 * @end: byte behind the last
 * @start: of the record; any number
 * @len: of the record; any number. Both are set to the part.
 *
 * Return: is there one?
 */
bool scrub_clip(u64 from, u64 end, u64 *start, u64 *len);

#endif /* _ND_SCRUB_H */
