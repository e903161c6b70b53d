// SPDX-License-Identifier: GPL-2.0
/* Records of a crash: framing, and memory errors. Pure; see record.h. */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/unaligned.h>
#include <linux/uuid.h>
#include "nfit/crash/record.h"

/* Generic error status block, ACPI 6.5 table 18.11 */
#define STATUS_RAW_OFFSET	4
#define STATUS_RAW_LENGTH	8
#define STATUS_DATA_LENGTH	12
#define STATUS_SIZE		20

/* Generic error data entry, table 18.12; from revision 3.00 on with a time. */
#define ENTRY_SEVERITY		16
#define ENTRY_REVISION		20
#define ENTRY_DATA_LENGTH	24
#define ENTRY_SIZE		64
#define ENTRY_SIZE_3		72
#define ENTRY_REVISION_3	0x300

#define SEVERITY_RECOVERABLE	0
#define SEVERITY_FATAL		1

/* Memory error sections, UEFI 2.10 §N.2.5 and §N.2.6: what both begin with */
#define MEMORY_VALID		0
#define MEMORY_ADDRESS		16
#define MEMORY_MASK		24
#define MEMORY_SIZE		32

#define VALID_ADDRESS		BIT_ULL(1)
#define VALID_MASK		BIT_ULL(2)

/* Poison is of a cache line at least, and no platform gives up more than a huge page. */
#define UNIT_MIN		64ull
#define UNIT_MAX		((u64)SZ_2M)

static bool of_memory(const u8 *type)
{
	static const guid_t memory[] = {
		GUID_INIT(0xa5bc1114, 0x6f64, 0x4ede,
			  0xb8, 0x63, 0x3e, 0x83, 0xed, 0x7c, 0x83, 0xb1),
		GUID_INIT(0x61ec04fc, 0x48e6, 0xd813,
			  0x25, 0xc9, 0x8d, 0xaa, 0x44, 0x75, 0x0b, 0x12),
	};

	return !memcmp(type, &memory[0], sizeof(guid_t)) ||
	       !memcmp(type, &memory[1], sizeof(guid_t));
}

/* The lowest bit of the mask is the smallest part of the address that means something. */
static u64 unit_of(const u8 *memory, u64 valid)
{
	u64 mask = valid & VALID_MASK ? get_unaligned_le64(memory + MEMORY_MASK) : 0;

	return mask ? clamp(mask & -mask, UNIT_MIN, UNIT_MAX) : UNIT_MIN;
}

/* Step to the next block: its sections are [@entry, @end). */
static bool block_open(struct crash_walk *walk)
{
	const u8 *block = walk->bytes + walk->block;
	u32 left = walk->len - walk->block, data;
	u64 raw, size;

	if (left < STATUS_SIZE)
		return false;
	data = get_unaligned_le32(block + STATUS_DATA_LENGTH);
	raw = get_unaligned_le32(block + STATUS_RAW_LENGTH);
	/* what follows is nothing, or whatever was there */
	if (!data && !raw)
		return false;
	size = STATUS_SIZE + (u64)data;
	if (raw)
		size = max(size, raw + get_unaligned_le32(block + STATUS_RAW_OFFSET));
	walk->entry = walk->block + STATUS_SIZE;
	walk->end = walk->entry + min(data, left - STATUS_SIZE);
	walk->block += min_t(u64, size, left);
	return true;
}

/* The section at @entry: 0, or bytes of its data, which begin at *@data. @entry moves on. */
static u32 entry_next(struct crash_walk *walk, const u8 **entry, u32 *data)
{
	const u8 *at = walk->bytes + walk->entry;
	u32 left = walk->end - walk->entry, head, len;

	*entry = at;
	head = left >= ENTRY_SIZE &&
	       get_unaligned_le16(at + ENTRY_REVISION) >= ENTRY_REVISION_3 ? ENTRY_SIZE_3 :
									     ENTRY_SIZE;
	if (left < head) {
		walk->entry = walk->end;
		return 0;
	}
	len = min(get_unaligned_le32(at + ENTRY_DATA_LENGTH), left - head);
	*data = walk->entry + head;
	walk->entry += head + len;
	return len;
}

static bool error_read(const struct crash_walk *walk, const u8 *entry, u32 data, u32 len,
		       struct crash_error *error)
{
	const u8 *memory = walk->bytes + data;
	u32 severity;
	u64 valid;

	if (len < MEMORY_SIZE || !of_memory(entry))
		return false;
	severity = get_unaligned_le32(entry + ENTRY_SEVERITY);
	valid = get_unaligned_le64(memory + MEMORY_VALID);
	if ((severity != SEVERITY_RECOVERABLE && severity != SEVERITY_FATAL) ||
	    !(valid & VALID_ADDRESS))
		return false;
	error->len = unit_of(memory, valid);
	error->start = get_unaligned_le64(memory + MEMORY_ADDRESS) & -error->len;
	error->section = data;
	return true;
}

bool crash_next(struct crash_walk *walk, struct crash_error *error)
{
	const u8 *entry;
	u32 data = 0, len;

	do {
		while (walk->entry < walk->end) {
			len = entry_next(walk, &entry, &data);
			if (error_read(walk, entry, data, len, error))
				return true;
		}
	} while (block_open(walk));
	return false;
}

static void section_put(u8 *section, u32 at, u64 value)
{
	put_unaligned_le64(value, section + at);
}

void crash_forget(u8 *section)
{
	u64 valid = get_unaligned_le64(section + MEMORY_VALID);

	section_put(section, MEMORY_VALID, valid & ~(VALID_ADDRESS | VALID_MASK));
}

void crash_narrow(u8 *section, u64 first, u64 last, struct crash_error *error)
{
	u64 valid = get_unaligned_le64(section + MEMORY_VALID);
	u64 unit = UNIT_MIN;

	while (unit < UNIT_MAX && (first & -unit) != (last & -unit))
		unit *= 2;
	error->start = first & -unit;
	error->len = unit;
	section_put(section, MEMORY_ADDRESS, error->start);
	section_put(section, MEMORY_MASK, -unit);
	section_put(section, MEMORY_VALID, valid | VALID_ADDRESS | VALID_MASK);
}
