// SPDX-License-Identifier: GPL-2.0
/* NFIT: framing, and each structure judged by itself. Pure; see table.h. */
#include <asm/byteorder.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/unaligned.h>
#include "nfit/table/table.h"

/* ACPI 6.5 §5.2.6 and table 5.127: 36 bytes every table has, 4 reserved ones. */
#define ACPI_HEAD_LENGTH	4
#define ACPI_HEAD_REVISION	8
#define ACPI_HEAD_SIZE		40

/* ACPI 6.5 table 5.129 */
static const struct {
	guid_t guid;
	enum nfit_kind kind;
} nfit_kinds[] = {
	{ GUID_INIT(0x7305944f, 0xfdda, 0x44e3, 0xb1, 0x6c, 0x3f, 0x22, 0xd2, 0x52, 0xe5, 0xd0),
	  NFIT_KIND_VOLATILE },
	{ GUID_INIT(0x66f0d379, 0xb4f3, 0x4074, 0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb),
	  NFIT_KIND_PMEM },
	{ GUID_INIT(0x92f701f6, 0x13b4, 0x405d, 0x91, 0x0b, 0x29, 0x93, 0x67, 0xe8, 0x23, 0x4c),
	  NFIT_KIND_CONTROL },
	{ GUID_INIT(0x91af0530, 0x5d86, 0x470e, 0xa6, 0xb0, 0x0a, 0x2d, 0xb9, 0x40, 0x82, 0x49),
	  NFIT_KIND_APERTURE },
	{ GUID_INIT(0x77ab535a, 0x45fc, 0x624b, 0x55, 0x60, 0xf7, 0xb2, 0x81, 0xd1, 0xf9, 0x6e),
	  NFIT_KIND_VDISK },
	{ GUID_INIT(0x3d5abd30, 0x4175, 0x87ce, 0x6d, 0x64, 0xd2, 0xad, 0xe5, 0x23, 0xc4, 0xbb),
	  NFIT_KIND_VCD },
	{ GUID_INIT(0x5cea02c9, 0x4d07, 0x69d3, 0x26, 0x9f, 0x44, 0x96, 0xfb, 0xe0, 0x96, 0xf9),
	  NFIT_KIND_PDISK },
	{ GUID_INIT(0x08018188, 0x42cd, 0xbb48, 0x10, 0x0f, 0x53, 0x87, 0xd5, 0x3d, 0xed, 0x3d),
	  NFIT_KIND_PCD },
};

const char *nfit_type_name(u16 type)
{
	static const char * const name[] = {
		[NFIT_TYPE_SPA]		= "address range",
		[NFIT_TYPE_MAP]		= "memory map",
		[NFIT_TYPE_IDT]		= "interleave",
		[NFIT_TYPE_SMBIOS]	= "SMBIOS",
		[NFIT_TYPE_DCR]		= "control region",
		[NFIT_TYPE_BDW]		= "block window",
		[NFIT_TYPE_FLUSH]	= "flush hint",
		[NFIT_TYPE_CAPS]	= "capabilities",
	};

	return type < ARRAY_SIZE(name) ? name[type] : "unknown";
}

void nfit_complain(struct nfit_table *table, struct nfit_entry *entry, enum nd_reason reason,
		   const char *what, u64 about)
{
	if (entry->dropped)
		return;
	entry->dropped = reason != ND_REASON_UNSUPPORTED;
	if (table->ncomplaint == table->max_complaint)
		return;
	table->complaint[table->ncomplaint++] = (struct nfit_complaint) {
		.offset = entry->offset,
		.type = entry->type,
		.reason = reason,
		.what = what,
		.about = about,
	};
}

void nfit_remark(struct nfit_table *table, struct nfit_entry *entry, enum nd_reason reason,
		 const char *what, u64 about)
{
	u32 n = table->ncomplaint;

	if (entry->dropped)
		return;
	nfit_complain(table, entry, reason, what, about);
	entry->dropped = false;
	if (table->ncomplaint > n)
		table->complaint[n].used = true;
}

enum nd_reason nfit_table_open(const void *acpi, size_t size, const void **body, u32 *len,
			       u8 *revision)
{
	const u8 *head = acpi;
	u32 claimed;

	if (size < ACPI_HEAD_SIZE)
		return ND_REASON_TRUNCATED;
	if (memcmp(head, "NFIT", 4))
		return ND_REASON_SIGNATURE;
	claimed = get_unaligned_le32(head + ACPI_HEAD_LENGTH);
	if (claimed < ACPI_HEAD_SIZE || claimed > size)
		return ND_REASON_BOUNDS;
	*body = head + ACPI_HEAD_SIZE;
	*len = claimed - ACPI_HEAD_SIZE;
	*revision = head[ACPI_HEAD_REVISION];
	return ND_REASON_OK;
}

static enum nd_reason table_refuse(struct nfit_complaint *fault, const struct nfit_entry *at,
				   enum nd_reason reason, const char *what, u64 about)
{
	*fault = (struct nfit_complaint) {
		.offset = at->offset, .type = at->type, .reason = reason, .what = what, .about =
		about,
	};
	return reason;
}

/*
 * Step to the next structure; *entry starts out as zeroes. At the end of the
 * table, and where there is no telling where it goes on, entry->raw becomes NULL.
 * Zeroes up to the end are padding: they frame nothing, and hide nothing.
 */
static enum nd_reason next_entry(const u8 *bytes, u32 len, struct nfit_entry *entry,
				 struct nfit_complaint *fault)
{
	u32 at = entry->offset + entry->length, rest = len - at;

	*entry = (struct nfit_entry) { .offset = at };
	if (!rest)
		return ND_REASON_OK;
	if (rest < sizeof(struct nfit_media_head)) {
		if (!memchr_inv(bytes + at, 0, rest))
			return ND_REASON_OK;
		return table_refuse(fault, entry, ND_REASON_TRUNCATED,
				    "too few bytes for a header:", rest);
	}
	entry->type = get_unaligned_le16(bytes + at);
	entry->length = get_unaligned_le16(bytes + at + 2);
	if (!entry->length && !memchr_inv(bytes + at, 0, rest))
		return ND_REASON_OK;
	if (entry->length < sizeof(struct nfit_media_head))
		return table_refuse(fault, entry, ND_REASON_BOUNDS, "shorter than its own header:",
				    entry->length);
	entry->raw = bytes + at;
	if (entry->length <= rest)
		return ND_REASON_OK;
	table_refuse(fault, entry, ND_REASON_BOUNDS, "reaches past the end of the table by",
		     entry->length - rest);
	/* what is there may be all that its kind takes */
	fault->used = true;
	entry->length = rest;
	return ND_REASON_BOUNDS;
}

/* ---- Room: the arrays lie behind each other ---- */

struct nfit_room {
	u32 spa, map, dcr, idt, flush, entries;
};

static enum nd_reason count_entries(const u8 *bytes, size_t len, struct nfit_room *n,
				    struct nfit_complaint *fault)
{
	struct nfit_entry entry = { };

	*n = (struct nfit_room) { };
	if (len > NFIT_TABLE_MAX)
		return table_refuse(fault, &entry, ND_REASON_BOUNDS,
				    "table is larger than any should be:", len);
	for (;;) {
		next_entry(bytes, len, &entry, fault);
		if (!entry.raw)
			return ND_REASON_OK;
		if (++n->entries > NFIT_ENTRIES_MAX)
			return table_refuse(fault, &entry, ND_REASON_BOUNDS, "more structures than",
					    NFIT_ENTRIES_MAX);
		n->spa += entry.type == NFIT_TYPE_SPA;
		n->map += entry.type == NFIT_TYPE_MAP;
		n->dcr += entry.type == NFIT_TYPE_DCR;
		n->idt += entry.type == NFIT_TYPE_IDT;
		n->flush += entry.type == NFIT_TYPE_FLUSH;
	}
}

/*
 * Every entry may be skipped once and dropped once, a range may also lose a member or its lines, a
 * map its interleave; and the frame may be broken.
 */
static u32 most_complaints(const struct nfit_room *n)
{
	return 4 * n->entries + 1;
}

static size_t array_carve(void **array, u8 **room, u32 n, size_t size)
{
	size_t bytes = ALIGN(n * size, 8);

	if (*room) {
		*array = *room;
		*room += bytes;
	}
	return bytes;
}

/* Lay out the arrays in @room; without @room only add up their sizes. */
static size_t table_lay_out(struct nfit_table *t, const struct nfit_room *n, void *room)
{
	u8 *free = room;
	size_t sum = 0;

	sum += array_carve((void **)&t->spa, &free, n->spa, sizeof(*t->spa));
	sum += array_carve((void **)&t->map, &free, n->map, sizeof(*t->map));
	sum += array_carve((void **)&t->dcr, &free, n->dcr, sizeof(*t->dcr));
	sum += array_carve((void **)&t->idt, &free, n->idt, sizeof(*t->idt));
	sum += array_carve((void **)&t->flush, &free, n->flush, sizeof(*t->flush));
	sum += array_carve((void **)&t->device, &free, n->map, sizeof(*t->device));
	sum += array_carve((void **)&t->complaint, &free, most_complaints(n),
			   sizeof(*t->complaint));
	return sum;
}

enum nd_reason nfit_table_measure(const void *bytes, size_t len, size_t *room,
				  struct nfit_complaint *fault)
{
	struct nfit_table none = { };
	struct nfit_room n;
	enum nd_reason reason = count_entries(bytes, len, &n, fault);

	if (reason)
		return reason;
	*room = table_lay_out(&none, &n, NULL);
	return ND_REASON_OK;
}

/* ---- Structures by themselves ---- */

/* Its kind takes @need bytes; firmware may pad to the next multiple of 8. */
static bool length_fits(const struct nfit_entry *entry, u64 need)
{
	return entry->length == need || entry->length == ALIGN(need, 8);
}

static bool range_wraps(u64 start, u64 size)
{
	u64 last;

	return size && check_add_overflow(start, size - 1, &last);
}

static const char too_short[] = "shorter than its kind, bytes:";
static const char index_zero[] = "has the reserved index";

static enum nfit_kind kind_of(const guid_t *guid)
{
	for (size_t i = 0; i < ARRAY_SIZE(nfit_kinds); i++)
		if (guid_equal(guid, &nfit_kinds[i].guid))
			return nfit_kinds[i].kind;
	return NFIT_KIND_UNKNOWN;
}

static void read_spa(struct nfit_table *t, const struct nfit_entry *entry)
{
	const struct nfit_media_spa *m = (const void *)entry->raw;
	struct nfit_spa *spa = &t->spa[t->nspa];

	*spa = (struct nfit_spa) { .entry = *entry };
	if (entry->length < NFIT_SPA_MIN)
		return nfit_complain(t, &spa->entry, ND_REASON_TRUNCATED, too_short, entry->length);
	spa->index = le16_to_cpu(m->index);
	spa->flags = le16_to_cpu(m->flags);
	spa->proximity = le32_to_cpu(m->proximity);
	spa->address = le64_to_cpu(m->address);
	spa->length = le64_to_cpu(m->length);
	import_guid(&spa->guid, m->guid);
	spa->kind = kind_of(&spa->guid);

	if (!spa->index && !nfit_kind_virtual(spa->kind))
		return nfit_complain(t, &spa->entry, ND_REASON_RESERVED, index_zero, 0);
	if (!spa->length)
		return nfit_complain(t, &spa->entry, ND_REASON_SIZE, "empty range at",
				     spa->address);
	if (range_wraps(spa->address, spa->length))
		return nfit_complain(t, &spa->entry, ND_REASON_BOUNDS,
				     "range wraps around, its length is", spa->length);
	t->nspa++;
	if (spa->kind == NFIT_KIND_UNKNOWN)
		nfit_complain(t, &spa->entry, ND_REASON_UNSUPPORTED,
			      "unknown type of range, with index", spa->index);
	t->blk += spa->kind == NFIT_KIND_APERTURE;
}

static void read_map(struct nfit_table *t, const struct nfit_entry *entry)
{
	const struct nfit_media_map *m = (const void *)entry->raw;
	struct nfit_map *map = &t->map[t->nmap];

	*map = (struct nfit_map) {
		.entry = *entry, .spa = NFIT_NONE, .dcr = NFIT_NONE, .idt = NFIT_NONE,
	};
	if (entry->length < sizeof(*m))
		return nfit_complain(t, &map->entry, ND_REASON_TRUNCATED, too_short, entry->length);
	map->handle = le32_to_cpu(m->handle);
	map->phys_id = le16_to_cpu(m->phys_id);
	map->spa_index = le16_to_cpu(m->spa_index);
	map->dcr_index = le16_to_cpu(m->dcr_index);
	map->idt_index = le16_to_cpu(m->idt_index);
	map->ways = le16_to_cpu(m->ways);
	map->flags = le16_to_cpu(m->flags);
	map->size = le64_to_cpu(m->size);
	map->region_offset = le64_to_cpu(m->region_offset);
	map->dpa = le64_to_cpu(m->dpa);
	t->nmap++;
}

static void read_idt(struct nfit_table *t, const struct nfit_entry *entry)
{
	const struct nfit_media_idt *m = (const void *)entry->raw;
	struct nfit_idt *idt = &t->idt[t->nidt];

	*idt = (struct nfit_idt) { .entry = *entry };
	if (entry->length < sizeof(*m))
		return nfit_complain(t, &idt->entry, ND_REASON_TRUNCATED, too_short, entry->length);
	idt->index = le16_to_cpu(m->index);
	idt->line_count = le32_to_cpu(m->line_count);
	idt->line_size = le32_to_cpu(m->line_size);
	if (!idt->index)
		return nfit_complain(t, &idt->entry, ND_REASON_RESERVED, index_zero, 0);
	/* the lines are not needed here, but a range that names them is to find them */
	if (!idt->line_count || !idt->line_size)
		return nfit_complain(t, &idt->entry, ND_REASON_SIZE, "describes no lines; index",
				     idt->index);
	if (!length_fits(entry, sizeof(*m) + (u64)idt->line_count * sizeof(m->line[0])))
		return nfit_complain(t, &idt->entry, ND_REASON_BOUNDS,
				     "its length does not match its number of lines,",
				     idt->line_count);
	t->nidt++;
}

static void read_dcr(struct nfit_table *t, const struct nfit_entry *entry)
{
	const struct nfit_media_dcr *m = (const void *)entry->raw;
	struct nfit_dcr *dcr = &t->dcr[t->ndcr];

	*dcr = (struct nfit_dcr) { .entry = *entry };
	if (entry->length < sizeof(*m) ||
	    (m->windows && entry->length < NFIT_DCR_WITH_WINDOWS))
		return nfit_complain(t, &dcr->entry, ND_REASON_TRUNCATED, too_short, entry->length);
	dcr->index = le16_to_cpu(m->index);
	dcr->vendor = le16_to_cpu(m->vendor);
	dcr->device = le16_to_cpu(m->device);
	dcr->revision = le16_to_cpu(m->revision);
	dcr->sub_vendor = le16_to_cpu(m->sub_vendor);
	dcr->sub_device = le16_to_cpu(m->sub_device);
	dcr->sub_revision = le16_to_cpu(m->sub_revision);
	dcr->valid_fields = m->valid_fields;
	dcr->location = m->location;
	dcr->date = le16_to_cpu(m->date);
	dcr->serial = le32_to_cpu(m->serial);
	dcr->code = le16_to_cpu(m->code);
	dcr->windows = le16_to_cpu(m->windows);
	if (!dcr->index)
		return nfit_complain(t, &dcr->entry, ND_REASON_RESERVED, index_zero, 0);
	t->ndcr++;
}

static void read_flush(struct nfit_table *t, const struct nfit_entry *entry)
{
	const struct nfit_media_flush *m = (const void *)entry->raw;
	struct nfit_flush *flush = &t->flush[t->nflush];

	*flush = (struct nfit_flush) { .entry = *entry };
	if (entry->length < sizeof(*m))
		return nfit_complain(t, &flush->entry, ND_REASON_TRUNCATED, too_short,
				     entry->length);
	flush->handle = le32_to_cpu(m->handle);
	flush->count = le16_to_cpu(m->count);
	if (!length_fits(entry, sizeof(*m) + (u64)flush->count * sizeof(m->hint[0])))
		return nfit_complain(t, &flush->entry, ND_REASON_BOUNDS,
				     "its length does not match its number of hints,",
				     flush->count);
	for (u32 i = 0; i < flush->count; i++) {
		u64 hint = nfit_flush_hint(flush, i);

		/* A store of 8 bytes goes there. */
		if (!hint || range_wraps(hint, 8))
			return nfit_complain(t, &flush->entry, ND_REASON_BOUNDS,
					     "no place for a flush hint:", hint);
	}
	t->nflush++;
}

static void read_caps(struct nfit_table *t, const struct nfit_entry *entry)
{
	const struct nfit_media_caps *m = (const void *)entry->raw;
	struct nfit_entry self = *entry;

	if (entry->length < sizeof(*m))
		return nfit_complain(t, &self, ND_REASON_TRUNCATED, too_short, entry->length);
	if (m->highest > 31)
		return nfit_complain(t, &self, ND_REASON_BOUNDS,
				     "declares valid what is not a bit:",
				     m->highest);
	if (t->has_capabilities)
		return nfit_complain(t, &self, ND_REASON_DUPLICATE,
				     "capabilities were given before; ignored are",
				     le32_to_cpu(m->capabilities));
	t->has_capabilities = true;
	t->capabilities = le32_to_cpu(m->capabilities) & (U32_MAX >> (31 - m->highest));
}

/* ACPI 6.5 table 5.139: bit 0 or bit 1 tells it. */
const char *nfit_persistence_lacks(const struct nfit_table *table)
{
	if (!table->has_capabilities)
		return "the NVDIMM table has no Platform Capabilities structure";
	if (table->capabilities & (NFIT_CAP_CACHE_FLUSH | NFIT_CAP_MEM_FLUSH))
		return NULL;
	return "Memory Controller Flush to NVDIMM Durability is none of its Platform Capabilities";
}

static void read_entry(struct nfit_table *t, struct nfit_entry *entry)
{
	switch (entry->type) {
	case NFIT_TYPE_SPA:
		return read_spa(t, entry);
	case NFIT_TYPE_MAP:
		return read_map(t, entry);
	case NFIT_TYPE_IDT:
		return read_idt(t, entry);
	case NFIT_TYPE_DCR:
		return read_dcr(t, entry);
	case NFIT_TYPE_FLUSH:
		return read_flush(t, entry);
	case NFIT_TYPE_CAPS:
		return read_caps(t, entry);
	case NFIT_TYPE_SMBIOS:
		t->smbios++;
		return;
	case NFIT_TYPE_BDW:
		t->blk++;
		return nfit_complain(t, entry, ND_REASON_UNSUPPORTED,
				     "block windows are not supported, skipped type", entry->type);
	default:
		t->unknown++;
		return nfit_complain(t, entry, ND_REASON_UNSUPPORTED, "skipped unknown type",
				     entry->type);
	}
}

enum nd_reason nfit_table_read(const void *bytes, size_t len, u8 revision, void *room, size_t size,
			       struct nfit_table *out, struct nfit_complaint *fault)
{
	struct nfit_entry entry = { };
	struct nfit_room n;
	enum nd_reason reason;

	*out = (struct nfit_table) { .bytes = bytes, .revision = revision };
	reason = count_entries(bytes, len, &n, fault);
	if (reason)
		return reason;
	if (table_lay_out(out, &n, NULL) > size)
		return table_refuse(fault, &entry, ND_REASON_RESOURCE, "model needs more room than",
				    size);
	if (room)
		table_lay_out(out, &n, room);
	out->len = len;
	out->max_complaint = most_complaints(&n);
	do {
		reason = next_entry(bytes, len, &entry, fault);
		if (reason)
			out->complaint[out->ncomplaint++] = *fault;
		if (entry.raw)
			read_entry(out, &entry);
	} while (entry.raw);
	nfit_table_link(out);
	return ND_REASON_OK;
}

u64 nfit_flush_hint(const struct nfit_flush *flush, u32 i)
{
	const struct nfit_media_flush *m = (const void *)flush->entry.raw;

	return le64_to_cpu(m->hint[i]);
}
