// SPDX-License-Identifier: GPL-2.0
/* Tables read as the driver reads them: nfit_parse.h. */
/* objects: lib/nfit_maker.c drivers/nvdimm/nfit/table/table.c drivers/nvdimm/nfit/table/links.c */
#include "nfit_parse.h"

struct maker mk;
struct parsed p;

struct parsed parsed(const void *bytes, size_t len)
{
	struct parsed p = { };
	size_t room;

	p.bytes = malloc(len ?: 1);
	if (len)
		memcpy(p.bytes, bytes, len);
	p.reason = nfit_table_measure(p.bytes, len, &room, &p.fault);
	if (p.reason)
		return p;
	p.room = malloc(room ?: 1);
	p.reason = nfit_table_read(p.bytes, len, 1, p.room, room, &p.t, &p.fault);
	assert_reason(p.reason, ND_REASON_OK);
	return p;
}

void parsed_free(struct parsed *p)
{
	free(p->room);
	free(p->bytes);
	*p = (struct parsed){ };
}

void parse_bytes(const void *bytes, size_t len)
{
	parsed_free(&p);
	p = parsed(bytes, len);
}

void parse(void)
{
	parse_bytes(mk.bytes, mk.len);
}

int after_each(void **state)
{
	parsed_free(&p);
	mk = (struct maker){ };
	return 0;
}

/* Is there a complaint about the structure at @offset? */
const struct nfit_complaint *about(u32 offset, enum nd_reason reason)
{
	for (u32 i = 0; i < p.t.ncomplaint; i++)
		if (p.t.complaint[i].offset == offset && p.t.complaint[i].reason == reason)
			return &p.t.complaint[i];
	return NULL;
}

u32 offset_of(const void *entry)
{
	return (const u8 *)entry - mk.bytes;
}
