/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The info-block of pfn and dax namespaces: media bytes <-> host form. Pure.
 * Requirements A15, A16; versions 1.0 … 1.4.
 *
 * Feature flags (requirements X12). Since minor 3 every bit and byte without a
 * meaning is zero, so a later writer can use them and be understood by readers
 * of today. A flag bit that a reader does not know limits it:
 *
 *	PFN_FLAGS_DAX	serve the data, but no struct pages, no dax (pfn_layout_read())
 *	PFN_FLAGS_ALL	leave the namespace alone
 *
 * A field added to the padding changes nothing for readers that do not know
 * it; a change they must not ignore sets a flag as well.
 */
#ifndef _ND_PFN_INFO_H
#define _ND_PFN_INFO_H

#include <linux/types.h>
#include <linux/uuid.h>
#include <nd/format.h>
#include <nd/reason.h>

#define PFN_FLAGS_DAX		0x0000ffffu
#define PFN_FLAGS_ALL		0xffff0000u
#define PFN_FLAGS_KNOWN		0u	/* none has been given a meaning yet */

#define PFN_INFO_MAJOR		1
#define PFN_INFO_MINOR		4	/* what we write */

struct pfn_info {
	bool dax;		/* signature */
	uuid_t uuid;
	uuid_t parent_uuid;	/* namespace it was made in; null for a bare range */
	u32 flags;		/* zero before 1.3, whatever the media says */
	u16 minor;
	u64 dataoff;		/* a multiple of 4 KiB, at least ND_INFO_RESERVE */
	u64 npfns;
	u32 mode;		/* ND_PFN_MODE_RAM or _PMEM */
	u32 start_pad;		/* zero before 1.1 */
	u32 end_trunc;
	u32 align;		/* 0: unknown, as before 1.2; else a power of two >= 4 KiB */
	u32 page_size;		/* 0: unknown, as before 1.4; else a power of two >= 4 KiB */
	u16 page_struct_size;	/* 64 before 1.4: every kernel that wrote those had it */
};

/**
 * pfn_info_decode() - judge 4096 media bytes
 * @media: what lies at ND_INFO_OFFSET; not written to
 * @out: filled as far as it was read; complete when OK, and usable for a
 *	message otherwise
 *
 * Return: ND_REASON_OK; ND_REASON_SIGNATURE: no info-block of either kind; else why
 * what carries the signature must not be used: CHECKSUM (it has come to harm, perhaps to its
 * signature; @out has what lies where the uuids should), VERSION (major),
 * RESERVED (unknown flags of PFN_FLAGS_ALL), MODE, BOUNDS (data offset), ALIGN, PAGE_SIZE.
 */
enum nd_reason pfn_info_decode(const struct nd_media_pfn *media, struct pfn_info *out);

/*
 * pfn_info_torn_of_other() - was a block made in another namespace?
 * @info: of a block whose checksum is wrong
 * @parent: uuid of the namespace that it lies in; null: of a bare range
 *
 * Nothing in it can be trusted, and what is this namespace's own must not be taken for a
 * leftover, which is in nobody's way: no half of the uuid may be ours.
 */
bool pfn_info_torn_of_other(const struct pfn_info *info, const uuid_t *parent);

/* Host form to media, newest minor version, every other byte zero, checksum set. */
void pfn_info_encode(const struct pfn_info *info, struct nd_media_pfn *media);

/**
 * pfn_info_write() - make a block where none is
 * @info: what it says
 * @media: 4096 bytes to work in
 * @write: store bytes from the start of the block on: what it stores is durable before it returns,
 *	and power may fail at any store of eight bytes. Return: 0, or an errno.
 * @data: for @write
 *
 * The signature goes first and comes last, and half of it is none: until all of the block is there
 * what was there before has gone, or there is no block.
 *
 * Return: 0; the first errno of @write, and nothing is written thereafter.
 */
int pfn_info_write(const struct pfn_info *info, struct nd_media_pfn *media,
		   int (*write)(void *data, const void *bytes, u32 len), void *data);

/* Set the checksum of a block whose other bytes are final. */
void pfn_info_seal(struct nd_media_pfn *media);

/*
 * pfn_info_align() - alignment the data was laid out for
 *
 * The recorded one, or for a block that predates the field the largest of
 * 1 GiB, 2 MiB and 4 KiB that divides the data offset.
 */
u32 pfn_info_align(const struct pfn_info *info);

/* ---- an info-block that cannot be read ---- */

/**
 * enum nd_hidden - is there an info-block that cannot be read?
 * @ND_HIDDEN_NONE: no, other bytes are in the place of its signature
 * @ND_HIDDEN_UNLIKELY: nothing suggests one
 * @ND_HIDDEN_EXPECTED: yes, or there may well be
 */
enum nd_hidden {
	ND_HIDDEN_NONE,
	ND_HIDDEN_UNLIKELY,
	ND_HIDDEN_EXPECTED,
};

/* Are half of ND_SIG_LEN bytes, or more, those of a signature of a BTT, pfn or dax info-block? */
bool nd_signature_alike(const u8 *found);

/**
 * nd_hidden_judge() - judge an info-block that cannot be read as a whole
 * @signature: the ND_SIG_LEN bytes where its signature would be; NULL: unreadable as well
 * @classed: a label has a claim class, so the namespace is of a kind with an info-block
 * @old_labels: labels are of version 1.1, which has no claim class
 */
enum nd_hidden nd_hidden_judge(const u8 *signature, bool classed, bool old_labels);

#endif /* _ND_PFN_INFO_H */
