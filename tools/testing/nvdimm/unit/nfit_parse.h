/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table made, read and judged: what the tests of the NFIT reader share. Each test begins with an
 * empty maker; what was parsed last is freed by the next, and in the end.
 */
#pragma once

#include "nd_test.h"
#include "nfit_maker.h"

struct parsed {
	struct nfit_table t;
	struct nfit_complaint fault;
	enum nd_reason reason;
	void *room;
	u8 *bytes;	/* exactly as long as the table, so that ASan sees a byte too far */
};

extern struct maker mk;
extern struct parsed p;

struct parsed parsed(const void *bytes, size_t len);
void parsed_free(struct parsed *p);
void parse_bytes(const void *bytes, size_t len);
void parse(void);
const struct nfit_complaint *about(u32 offset, enum nd_reason reason);
u32 offset_of(const void *entry);
