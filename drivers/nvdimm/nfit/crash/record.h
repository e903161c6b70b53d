/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What firmware has recorded of the last crash: the boot error region that ACPI's BERT names (ACPI
 * 6.5 §18.3.1). It holds generic error status blocks (§18.3.2.7) one behind the other, each with
 * sections in the formats of UEFI 2.10 appendix N, of which those for memory errors have an
 * address. Pure.
 *
 * The kernel prints it while it boots, and marks each block as seen by a zero in its first word;
 * the rest stays as it was. So that word tells nothing here: the sizes do.
 */
#ifndef _NFIT_CRASH_RECORD_H
#define _NFIT_CRASH_RECORD_H

#include <linux/types.h>

/* Zeroed but for @bytes and @len: at the first record. */
struct crash_walk {
	const u8 *bytes;
	u32 len;
	u32 block;	/* offset of the next status block */
	u32 entry;	/* of the next section in the one before it */
	u32 end;	/* behind its last */
};

/**
 * struct crash_error - bytes of memory that an error took
 * @start: physical address
 * @len: a power of two that @start is a multiple of; from a cache line to 2 MiB
 * @section: offset of the section that says so
 */
struct crash_error {
	u64 start;
	u64 len;
	u32 section;
};

/*
 * The next error that was not corrected, and has an address; false: there is none, or no telling
 * where it would be.
 */
bool crash_next(struct crash_walk *walk, struct crash_error *error);

/* @section, as found, does not say where the error was any more. */
void crash_forget(u8 *section);
/*
 * It says that bytes from @first to @last are left of @error, which is its own: as few as can be
 * said, and these among them.
 */
void crash_narrow(u8 *section, u64 first, u64 last, struct crash_error *error);

#endif /* _NFIT_CRASH_RECORD_H */
