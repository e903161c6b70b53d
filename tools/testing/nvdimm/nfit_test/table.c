// SPDX-License-Identifier: GPL-2.0
/* A platform as an NFIT (ACPI 6.5 §5.2.25). Pure; see machine.h. */
#include <asm/byteorder.h>
#include <linux/string.h>
#include "machine.h"

enum { SPA = 0, MAP = 1, DCR = 4, FLUSH = 6, CAPABILITIES = 7 };

#define VENDOR		0xabcd
#define MFG_VALID	0x01
#define MFG_LOCATION	0x0a
#define MFG_YEAR	2016

static const guid_t kinds[] = {
	[MOCK_PMEM] = GUID_INIT(0x66f0d379, 0xb4f3, 0x4074,
				0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb),
	[MOCK_VCD] = GUID_INIT(0x3d5abd30, 0x4175, 0x87ce,
			       0x6d, 0x64, 0xd2, 0xad, 0xe5, 0x23, 0xc4, 0xbb),
};

/* A table under construction; what does not fit is only counted. */
struct writer {
	u8 *to;
	u32 room;
	u32 len;
};

static void put(struct writer *w, const void *bytes, u32 n)
{
	if (w->len + n <= w->room)
		memcpy(w->to + w->len, bytes, n);
	w->len += n;
}

static void put8(struct writer *w, u8 v)
{
	put(w, &v, sizeof(v));
}

static void put16(struct writer *w, u16 v)
{
	__le16 le = cpu_to_le16(v);

	put(w, &le, sizeof(le));
}

static void put32(struct writer *w, u32 v)
{
	__le32 le = cpu_to_le32(v);

	put(w, &le, sizeof(le));
}

static void put64(struct writer *w, u64 v)
{
	__le64 le = cpu_to_le64(v);

	put(w, &le, sizeof(le));
}

static void put_zero(struct writer *w, u32 n)
{
	while (n--)
		put8(w, 0);
}

static void put_head(struct writer *w, u16 type, u16 length)
{
	put16(w, type);
	put16(w, length);
}

/* ACPI 6.5 §5.2.25.2: the proximity domain means something */
#define DOMAIN_VALID	(1u << 1)

static void put_span(struct writer *w, const struct mock_span_desc *span, u64 address)
{
	put_head(w, SPA, 56);
	put16(w, span->index);
	put16(w, DOMAIN_VALID);
	put32(w, 0);
	put32(w, 0);			/* proximity domain */
	put(w, &kinds[span->kind], sizeof(guid_t));
	put64(w, address);
	put64(w, span->size);
	put64(w, 0);			/* attributes */
}

static void put_map(struct writer *w, const struct mock_platform *p,
		    const struct mock_map_desc *map)
{
	const struct mock_dimm_desc *dimm = &p->dimm[map->dimm];

	put_head(w, MAP, 48);
	put32(w, dimm->handle);
	put16(w, dimm->phys_id);
	put16(w, 0);			/* region identifier */
	put16(w, map->span == MOCK_NO_SPAN ? 0 : p->span[map->span].index);
	put16(w, dimm->dcr_index);
	put64(w, map->size);
	put64(w, map->region_offset);
	put64(w, map->dpa);
	put16(w, 0);			/* interleave description */
	put16(w, map->ways);
	put16(w, map->flags);
	put16(w, 0);
}

static void put_dcr(struct writer *w, const struct mock_dimm_desc *dimm)
{
	put_head(w, DCR, 32);
	put16(w, dimm->dcr_index);
	put16(w, VENDOR);
	put16(w, 0);			/* device */
	put16(w, 1);			/* revision */
	put_zero(w, 6);			/* subsystem */
	put8(w, MFG_VALID);
	put8(w, MFG_LOCATION);
	/* Year and week as they stand in the SPD, high byte first. */
	put8(w, MFG_YEAR >> 8);
	put8(w, MFG_YEAR & 0xff);
	put16(w, 0);
	put32(w, ~dimm->handle);	/* serial number */
	put16(w, dimm->code);
	put16(w, 0);			/* block windows */
}

static void put_hints(struct writer *w, const struct mock_dimm_desc *dimm, u64 first)
{
	put_head(w, FLUSH, 16 + MOCK_HINTS * sizeof(u64));
	put32(w, dimm->handle);
	put16(w, MOCK_HINTS);
	put_zero(w, 6);
	for (u32 i = 0; i < MOCK_HINTS; i++)
		put64(w, first + i * sizeof(u64));
}

static void put_capabilities(struct writer *w, u32 capabilities)
{
	put_head(w, CAPABILITIES, 16);
	put8(w, 1);			/* the last bit that means something */
	put_zero(w, 3);
	put32(w, capabilities);
	put32(w, 0);
}

u32 mock_table_build(const struct mock_platform *p, const struct mock_layout *layout, void *to,
		     u32 room)
{
	struct writer w = { .to = to, .room = to ? room : 0 };

	for (u32 i = 0; i < p->nspan; i++)
		if (layout->plugged || !p->span[i].late)
			put_span(&w, &p->span[i], layout->span[i]);
	for (u32 i = 0; i < p->nmap; i++)
		if (layout->plugged || !p->dimm[p->map[i].dimm].late)
			put_map(&w, p, &p->map[i]);
	for (u32 i = 0; i < p->ndimm; i++) {
		if (p->dimm[i].late && !layout->plugged)
			continue;
		put_dcr(&w, &p->dimm[i]);
		if (p->dimm[i].hints)
			put_hints(&w, &p->dimm[i], layout->hints[i]);
	}
	if (p->capabilities)
		put_capabilities(&w, p->capabilities);
	return w.len;
}
