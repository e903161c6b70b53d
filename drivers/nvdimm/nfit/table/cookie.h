/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interleave-set cookies: the number by which a label knows its set.
 *
 * Every namespace label carries the cookie of the set it was written for. A
 * set is known by its members' identities and their order; both come from the
 * firmware table. The numbers are on media, so they must be those every other
 * driver computes (UEFI 2.10 §13.19.3: SetCookie).
 */
#ifndef _NFIT_COOKIE_H
#define _NFIT_COOKIE_H

#include <linux/types.h>

#define NFIT_SET_MAX	32	/* members; ND_MAX_MAPPINGS */

/**
 * struct nfit_member - what a cookie says about one DIMM of a set
 * @region_offset: offset of the DIMM's part in the range, bytes
 * @serial: as in the control region, little-endian number; so are the others
 * @vendor: JEDEC vendor
 * @date: of manufacture
 * @location: of manufacture
 */
struct nfit_member {
	u64 region_offset;
	u32 serial;
	u16 vendor;
	u16 date;
	u8 location;
};

/**
 * struct nfit_cookies - of one set
 * @v1_1: for labels v1.1: offset and serial number
 * @v1_2: for labels v1.2: offset, serial number, vendor, date, location
 * @compat: @v1_1 with the members in the order of their offsets' bytes, which
 *	early Linux wrote
 */
struct nfit_cookies {
	u64 v1_1;
	u64 v1_2;
	u64 compat;
};

/**
 * nfit_cookies() - cookies and member order of a set
 * @member: one entry a DIMM
 * @n: how many, 0 … NFIT_SET_MAX
 * @out: filled
 * @position: set to the place of each member, 0 … @n - 1, by ascending offset
 *
 * Return: false when there are too many, else true.
 */
bool nfit_cookies(const struct nfit_member *member, u32 n, struct nfit_cookies *out,
		  u8 *position);

#endif /* _NFIT_COOKIE_H */
