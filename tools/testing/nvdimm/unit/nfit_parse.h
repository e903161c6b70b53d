/* SPDX-License-Identifier: GPL-2.0 */
/* A table made, read and judged: what the tests of the NFIT reader share. */
#ifndef NFIT_PARSE_H
#define NFIT_PARSE_H

#include "nd_test.h"
#include "nfit_maker.h"

struct parsed {
	struct nfit_table t;
	struct nfit_complaint fault;
	enum nd_why why;
	void *room;
	u8 *bytes;	/* exactly as long as the table, so that ASan sees a byte too far */
};

static inline struct parsed parse_as(const void *bytes, size_t len, bool strict)
{
	struct parsed p = { };
	size_t room;

	p.bytes = malloc(len ?: 1);
	if (len)
		memcpy(p.bytes, bytes, len);
	p.why = nfit_table_measure(p.bytes, len, strict, &room, &p.fault);
	if (p.why)
		return p;
	p.room = malloc(room ?: 1);
	p.why = nfit_table_read(p.bytes, len, 1, strict, p.room, room, &p.t, &p.fault);
	assert_why(p.why, ND_WHY_OK);
	return p;
}

static inline struct parsed parse_bytes(const void *bytes, size_t len)
{
	return parse_as(bytes, len, false);
}

static inline struct parsed parse(const struct maker *mk)
{
	return parse_bytes(mk->bytes, mk->len);
}

static inline struct parsed parse_strictly(const struct maker *mk)
{
	return parse_as(mk->bytes, mk->len, true);
}

static inline void done(struct parsed *p)
{
	free(p->room);
	free(p->bytes);
}

/* Is there a complaint about the structure at @offset? */
static inline const struct nfit_complaint *about(const struct parsed *p, u32 offset,
						 enum nd_why why)
{
	for (u32 i = 0; i < p->t.ncomplaint; i++)
		if (p->t.complaint[i].offset == offset && p->t.complaint[i].why == why)
			return &p->t.complaint[i];
	return NULL;
}

static inline u32 offset_of(const struct maker *mk, const void *entry)
{
	return (const u8 *)entry - mk->bytes;
}

#endif
