/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The NVDIMM Firmware Interface Table (ACPI 6.5 §5.2.25): bytes in, a model out.
 *
 * Pure: no lock, no device, no allocation; all memory is the caller's.
 *
 *	table.c	framing, and each structure by itself
 *	links.c	what structures say about each other; DIMMs; comparison
 *
 * Firmware is not trusted, but a machine that ran with its table yesterday has to
 * boot with it. Where the framing breaks, nothing behind can be found: what stands
 * before it counts. A structure that is wrong by itself, or names something that is
 * not there, is dropped, and so is what depends on it. What nothing depends on, as
 * lines of interleave sets, is not missed. All of that leaves a complaint. A range
 * that lost a member of its interleave set stays in the model with @broken set:
 * capacity must not be offered with another layout than the one it was written with.
 */
#ifndef _NFIT_TABLE_H
#define _NFIT_TABLE_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/types.h>
#include <linux/uuid.h>
#include <nd/reason.h>

/* Larger tables are refused: no platform comes near, and references are searched for linearly. */
#define NFIT_TABLE_MAX		(64u << 20)
#define NFIT_ENTRIES_MAX	4096

#define NFIT_NONE		U32_MAX

/* ---- As firmware stores it; little endian, unaligned ---- */

enum nfit_type {
	NFIT_TYPE_SPA		= 0,	/* system physical address range */
	NFIT_TYPE_MAP		= 1,	/* region of a memory device within such a range */
	NFIT_TYPE_IDT		= 2,	/* interleave */
	NFIT_TYPE_SMBIOS	= 3,
	NFIT_TYPE_DCR		= 4,	/* control region */
	NFIT_TYPE_BDW		= 5,	/* block data window */
	NFIT_TYPE_FLUSH		= 6,	/* flush hint addresses */
	NFIT_TYPE_CAPS		= 7,	/* platform capabilities */
};

struct nfit_media_head {
	__le16 type;
	__le16 length;
} __packed;

#define NFIT_SPA_PROXIMITY_VALID	(1u << 1)

struct nfit_media_spa {
	struct nfit_media_head head;
	__le16 index;
	__le16 flags;
	__le32 reserved;
	__le32 proximity;
	u8 guid[16];
	__le64 address;
	__le64 length;
	__le64 attributes;
	__le64 location;		/* unmapped before ACPI 6.4 */
} __packed;
static_assert(sizeof(struct nfit_media_spa) == 64);
#define NFIT_SPA_MIN		56

#define NFIT_MAP_SAVE_FAILED	(1u << 0)
#define NFIT_MAP_RESTORE_FAILED	(1u << 1)
#define NFIT_MAP_FLUSH_FAILED	(1u << 2)
#define NFIT_MAP_NOT_ARMED	(1u << 3)
#define NFIT_MAP_HEALTH_EVENT	(1u << 4)
#define NFIT_MAP_HEALTH_NOTIFY	(1u << 5)
#define NFIT_MAP_UNMAPPED	(1u << 6)

struct nfit_media_map {
	struct nfit_media_head head;
	__le32 handle;
	__le16 phys_id;
	__le16 region_id;
	__le16 spa_index;
	__le16 dcr_index;
	__le64 size;
	__le64 region_offset;
	__le64 dpa;
	__le16 idt_index;
	__le16 ways;
	__le16 flags;
	__le16 reserved;
} __packed;
static_assert(sizeof(struct nfit_media_map) == 48);

struct nfit_media_idt {
	struct nfit_media_head head;
	__le16 index;
	__le16 reserved;
	__le32 line_count;
	__le32 line_size;
	__le32 line[];
} __packed;
static_assert(sizeof(struct nfit_media_idt) == 16);

#define NFIT_DCR_MFG_VALID	(1u << 0)

struct nfit_media_dcr {
	struct nfit_media_head head;
	__le16 index;
	__le16 vendor;
	__le16 device;
	__le16 revision;
	__le16 sub_vendor;
	__le16 sub_device;
	__le16 sub_revision;
	u8 valid_fields;
	u8 location;
	__le16 date;
	u8 reserved[2];
	__le32 serial;
	__le16 code;
	__le16 windows;			/* not 0: 48 bytes about block windows follow */
} __packed;
static_assert(sizeof(struct nfit_media_dcr) == 32);
#define NFIT_DCR_WITH_WINDOWS	80

struct nfit_media_flush {
	struct nfit_media_head head;
	__le32 handle;
	__le16 count;
	u8 reserved[6];
	__le64 hint[];
} __packed;
static_assert(sizeof(struct nfit_media_flush) == 16);

#define NFIT_CAP_CACHE_FLUSH	(1u << 0)
#define NFIT_CAP_MEM_FLUSH	(1u << 1)

struct nfit_media_caps {
	struct nfit_media_head head;
	u8 highest;			/* last bit of @capabilities that means something */
	u8 reserved[3];
	__le32 capabilities;
	__le32 reserved2;
} __packed;
static_assert(sizeof(struct nfit_media_caps) == 16);

/* ---- The model ---- */

enum nfit_kind {
	NFIT_KIND_UNKNOWN,
	NFIT_KIND_VOLATILE,
	NFIT_KIND_PMEM,
	NFIT_KIND_CONTROL,		/* block control region, no capacity */
	NFIT_KIND_APERTURE,		/* block data window, no capacity we offer */
	NFIT_KIND_VDISK,		/* virtual: firmware loaded an image into memory */
	NFIT_KIND_VCD,
	NFIT_KIND_PDISK,
	NFIT_KIND_PCD,
};

static inline bool nfit_kind_virtual(enum nfit_kind kind)
{
	return kind >= NFIT_KIND_VDISK;
}

/* Is it memory, whoever provides it? */
static inline bool nfit_kind_memory(enum nfit_kind kind)
{
	return kind == NFIT_KIND_PMEM || kind == NFIT_KIND_VOLATILE || nfit_kind_virtual(kind);
}

/**
 * struct nfit_entry - where a structure lies; first member of every model struct
 * @raw: its bytes, within the table
 * @offset: from the table's first structure
 * @type: enum nfit_type, or what firmware wrote
 * @length: bytes
 * @dropped: on its way out (table.c, links.c only)
 * @fresh: not in the table compared with (nfit_table_compare())
 */
struct nfit_entry {
	const u8 *raw;
	u32 offset;
	u16 type;
	u16 length;
	bool dropped;
	bool fresh;
};

struct nfit_spa {
	struct nfit_entry entry;
	enum nfit_kind kind;
	enum nd_reason broken;		/* ND_REASON_OK, or why it must not be used */
	u16 index;
	u16 flags;
	u32 proximity;
	u64 address;
	u64 length;
	guid_t guid;
};

/* Indices of other entries are positions in the model's arrays, NFIT_NONE for none. */
struct nfit_map {
	struct nfit_entry entry;
	u32 handle;
	u16 phys_id;
	u16 spa_index;
	u16 dcr_index;
	u16 idt_index;
	u16 ways;
	u16 flags;
	u32 spa;
	u32 dcr;
	u32 idt;
	u64 size;
	u64 region_offset;
	u64 dpa;
};

struct nfit_idt {
	struct nfit_entry entry;
	u16 index;
	u32 line_count;
	u32 line_size;
};

struct nfit_dcr {
	struct nfit_entry entry;
	u16 index;
	u16 vendor;
	u16 device;
	u16 revision;
	u16 sub_vendor;
	u16 sub_device;
	u16 sub_revision;
	u16 date;
	u32 serial;
	u16 code;
	u16 windows;
	u8 valid_fields;
	u8 location;
};

struct nfit_flush {
	struct nfit_entry entry;
	u32 handle;
	u16 count;
};

/**
 * struct nfit_device - a memory device, put together from everything that names its handle
 * @handle: ACPI _ADR
 * @map: the map that speaks for it (phys_id)
 * @dcr: its control region, NFIT_NONE when it has none
 * @flush: its flush hints, or NFIT_NONE
 * @flags: NFIT_MAP_* of all its maps
 * @pmem: contributes to a persistent range
 * @fresh: as in struct nfit_entry
 */
struct nfit_device {
	u32 handle;
	u32 map;
	u32 dcr;
	u32 flush;
	u16 flags;
	bool pmem;
	bool fresh;
};

/**
 * struct nfit_complaint - something was wrong and where
 * @offset: of the structure, from the table's first structure
 * @type: of that structure
 * @reason: kind of trouble; ND_REASON_UNSUPPORTED when it was merely skipped
 * @used: the structure counts all the same
 * @what: the sentence, ending where @about belongs
 * @about: the number it is about
 */
struct nfit_complaint {
	u32 offset;
	u16 type;
	bool used;
	enum nd_reason reason;
	const char *what;
	u64 about;
};

/*
 * struct nfit_table - model of a table
 * @bytes: the table; must outlive the model
 * @len: its length
 * @revision: of the ACPI table
 * @capabilities: NFIT_CAP_*, only bits firmware declared valid
 * @spa: ranges, in table order; so are @map, @dcr, @idt, @flush
 * @device: memory devices, by ascending handle
 * @complaint: what was dropped and why
 * @blk: block data windows skipped
 * @smbios: SMBIOS structures skipped
 * @unknown: structures of unknown type skipped
 */
struct nfit_table {
	const u8 *bytes;
	u32 len;
	u8 revision;
	bool has_capabilities;
	u32 capabilities;
	struct nfit_spa *spa;
	struct nfit_map *map;
	struct nfit_dcr *dcr;
	struct nfit_idt *idt;
	struct nfit_flush *flush;
	struct nfit_device *device;
	struct nfit_complaint *complaint;
	u32 nspa, nmap, ndcr, nidt, nflush, ndevice;
	u32 ncomplaint, max_complaint;
	u32 blk, smbios, unknown;
};

/**
 * nfit_table_open() - find the structures behind an ACPI table's header
 * @acpi: the table "NFIT"
 * @size: bytes that may be read
 * @body: set to the first structure
 * @len: bytes of all structures
 * @revision: the table's revision
 *
 * _FIT returns structures without such a header; for them this is not called.
 *
 * Return: ND_REASON_OK, or what is wrong.
 */
enum nd_reason nfit_table_open(const void *acpi, size_t size, const void **body, u32 *len,
			       u8 *revision);

/**
 * nfit_table_measure() - check the framing and say how much room the model needs
 * @bytes: the structures
 * @len: their length
 * @room: bytes for nfit_table_read()
 * @fault: says what is wrong when it is not ND_REASON_OK
 *
 * Return: ND_REASON_OK, or why the table is refused.
 */
enum nd_reason nfit_table_measure(const void *bytes, size_t len, size_t *room,
				  struct nfit_complaint *fault);

/**
 * nfit_table_read() - model of a table
 * @bytes: the structures, unchanged since nfit_table_measure()
 * @len: their length
 * @revision: remembered, not judged
 * @room: memory, 8-byte aligned, of the size nfit_table_measure() said
 * @size: its size
 * @out: the model; points into @room and @bytes
 * @fault: as above
 *
 * Return: ND_REASON_OK, or why the table is refused. Single structures that are
 * wrong are no reason: see @out->complaint.
 */
enum nd_reason nfit_table_read(const void *bytes, size_t len, u8 revision, void *room, size_t size,
			       struct nfit_table *out, struct nfit_complaint *fault);

/* Address of hint @i < flush->count. */
u64 nfit_flush_hint(const struct nfit_flush *flush, u32 i);

/* What of the table leaves the persistence domain unknown, in words; NULL: it is known. */
const char *nfit_persistence_lacks(const struct nfit_table *table);

/* "SPA range", "memory map", …; for messages. */
const char *nfit_type_name(u16 type);

/**
 * nfit_table_compare() - what does a later table add?
 * @old: the table in force
 * @now: the later one; its @fresh marks are set
 * @gone: the structure of @old (not of @now) that @now lacks or has changed
 *
 * Structures may move and be added, but what was there must stay: devices are
 * in use. Health flags of maps may change.
 *
 * Return: ND_REASON_OK, or ND_REASON_REFERENCE with @gone filled.
 */
enum nd_reason nfit_table_compare(const struct nfit_table *old, struct nfit_table *now,
				  struct nfit_complaint *gone);

/* ---- between table.c and links.c ---- */

/* Record that @entry is wrong; it is to be dropped unless it was merely skipped. */
void nfit_complain(struct nfit_table *table, struct nfit_entry *entry, enum nd_reason reason,
		   const char *what, u64 about);

/* The same of one that counts all the same. */
void nfit_remark(struct nfit_table *table, struct nfit_entry *entry, enum nd_reason reason,
		 const char *what, u64 about);

/* Resolve references, drop what does not fit, assemble devices. */
void nfit_table_link(struct nfit_table *table);

#endif /* _NFIT_TABLE_H */
