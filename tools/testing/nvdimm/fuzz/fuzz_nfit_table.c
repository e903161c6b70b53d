// SPDX-License-Identifier: GPL-2.0
/* objects: lib/nfit_maker.c drivers/nvdimm/nfit/table/table.c drivers/nvdimm/nfit/table/links.c */
/* objects: drivers/nvdimm/nfit/table/cookie.c */
/* max_len: 2048 */
/*
 * Any bytes: no access outside them, and what the model says holds together.
 * The first byte cuts the input in two tables that are compared with each other.
 */
#include "nd_fuzz.h"
#include "nfit_maker.h"
#include "nfit/table/cookie.h"

struct model {
	struct nfit_table t;
	u8 *bytes;
	void *room;
	bool ok;
};

static bool inside(const struct nfit_table *t, const struct nfit_entry *e)
{
	return !e->dropped && e->length >= 4 && e->raw == t->bytes + e->offset &&
	       (u64)e->offset + e->length <= t->len;
}

static void check_maps(const struct nfit_table *t)
{
	for (u32 i = 0; i < t->nmap; i++) {
		const struct nfit_map *map = &t->map[i];

		fuzz_assert(inside(t, &map->entry));
		fuzz_assert(map->size <= U64_MAX - map->dpa);
		if (map->spa_index)
			fuzz_assert(map->spa < t->nspa && t->spa[map->spa].index == map->spa_index);
		if (map->dcr_index)
			fuzz_assert(map->dcr < t->ndcr && t->dcr[map->dcr].index == map->dcr_index);
		if (map->idt != NFIT_NONE)
			fuzz_assert(map->idt < t->nidt && t->idt[map->idt].index == map->idt_index);
	}
}

static void check_ranges(const struct nfit_table *t)
{
	for (u32 i = 0; i < t->nspa; i++) {
		const struct nfit_spa *spa = &t->spa[i];
		u64 sum = 0;
		u32 n = 0;

		fuzz_assert(inside(t, &spa->entry));
		fuzz_assert(spa->length && spa->length - 1 <= U64_MAX - spa->address);
		for (u32 j = 0; j < i; j++) {
			const struct nfit_spa *b = &t->spa[j];

			fuzz_assert(!spa->index || spa->index != b->index);
			if (nfit_kind_memory(spa->kind) && nfit_kind_memory(b->kind))
				fuzz_assert(spa->address > b->address + (b->length - 1) ||
					    b->address > spa->address + (spa->length - 1));
		}
		if (spa->broken || spa->kind != NFIT_KIND_PMEM)
			continue;
		for (u32 j = 0; j < t->nmap; j++) {
			if (t->map[j].spa == i) {
				sum += t->map[j].size;
				n++;
			}
		}
		fuzz_assert(!n || sum == spa->length);
	}
}

static void check_devices(const struct nfit_table *t)
{
	for (u32 i = 0; i < t->ndevice; i++) {
		const struct nfit_device *dev = &t->device[i];

		fuzz_assert(!i || dev->handle > t->device[i - 1].handle);
		fuzz_assert(dev->map < t->nmap && t->map[dev->map].handle == dev->handle);
		fuzz_assert(dev->dcr == NFIT_NONE || dev->dcr < t->ndcr);
		if (dev->flush == NFIT_NONE)
			continue;
		fuzz_assert(dev->flush < t->nflush && t->flush[dev->flush].handle == dev->handle);
		for (u32 h = 0; h < t->flush[dev->flush].count; h++)
			fuzz_assert(nfit_flush_hint(&t->flush[dev->flush], h));
	}
}

static void check(struct nfit_table *t)
{
	struct nfit_complaint gone;

	fuzz_assert(t->ncomplaint <= t->max_complaint);
	for (u32 i = 0; i < t->ncomplaint; i++) {
		fuzz_assert(t->complaint[i].reason && t->complaint[i].what);
		fuzz_assert(t->complaint[i].offset < t->len);
		fuzz_assert(nfit_type_name(t->complaint[i].type));
	}
	check_ranges(t);
	check_maps(t);
	check_devices(t);
	/* Nothing is new, and nothing gone, compared with itself. */
	fuzz_assert(nfit_table_compare(t, t, &gone) == ND_REASON_OK);
	for (u32 i = 0; i < t->ndevice; i++)
		fuzz_assert(!t->device[i].fresh);
}

static void check_cookies(const struct nfit_table *t)
{
	struct nfit_member member[NFIT_SET_MAX];
	u8 position[NFIT_SET_MAX];
	struct nfit_cookies c;
	u32 n = t->nmap < NFIT_SET_MAX ? t->nmap : NFIT_SET_MAX, seen = 0;

	for (u32 i = 0; i < n; i++)
		member[i] = (struct nfit_member) { .region_offset = t->map[i].region_offset };
	fuzz_assert(nfit_cookies(member, n, &c, position));
	for (u32 i = 0; i < n; i++) {
		fuzz_assert(position[i] < n && !(seen >> position[i] & 1));
		seen |= 1u << position[i];
	}
}

static struct model build(const u8 *data, size_t size)
{
	struct nfit_complaint fault = { };
	struct model m = { };
	enum nd_reason reason;
	size_t room;

	m.bytes = malloc(size ?: 1);
	if (size)
		memcpy(m.bytes, data, size);
	m.ok = nfit_table_measure(m.bytes, size, &room, &fault) == ND_REASON_OK;
	if (!m.ok) {
		fuzz_assert(fault.reason && fault.what && fault.offset <= size);
		return m;
	}
	m.room = malloc(room ?: 1);
	reason = nfit_table_read(m.bytes, size, 1, m.room, room, &m.t, &fault);
	fuzz_assert(reason == ND_REASON_OK);
	check(&m.t);
	check_cookies(&m.t);
	return m;
}

void fuzz_one(struct fuzz_in *in)
{
	const u8 *data = in->data;
	size_t size = in->size;
	struct nfit_complaint gone;
	const void *body;
	struct model a, b;
	size_t cut;
	u32 len;
	u8 rev;

	if (nfit_table_open(data, size, &body, &len, &rev) == ND_REASON_OK)
		fuzz_assert((const u8 *)body + len <= data + size);
	if (!size)
		return;
	cut = (size - 1) * data[0] / 255;
	a = build(data + 1, cut);
	b = build(data + 1 + cut, size - 1 - cut);
	if (a.ok && b.ok && nfit_table_compare(&a.t, &b.t, &gone) == ND_REASON_OK)
		fuzz_assert(b.t.nspa >= a.t.nspa && b.t.ndevice >= a.t.ndevice);
	free(a.bytes);
	free(a.room);
	free(b.bytes);
	free(b.room);
}

void fuzz_seeds(void)
{
	struct maker mk = { }, two = { };

	make_set(&mk);
	two.bytes[two.len++] = 255;
	memcpy(two.bytes + two.len, mk.bytes, mk.len);
	two.len += mk.len;
	fuzz_seed("set", two.bytes, two.len);

	two.bytes[0] = 127;
	memcpy(two.bytes + two.len, mk.bytes, mk.len);
	two.len += mk.len;
	fuzz_seed("twice", two.bytes, two.len);
}
