/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every structure that lies on persistent media, and nothing else.
 *
 * Fields are little endian. Layouts are ABI: label areas are shared with
 * firmware (UEFI 2.10 §13.19), info-blocks with every kernel that ever
 * wrote one.
 */
#ifndef _ND_FORMAT_H
#define _ND_FORMAT_H

#include <linux/types.h>

/* ---- Label storage area: index blocks, UEFI 2.10 §13.19.2 ---- */

#define ND_INDEX_SIG		"NAMESPACE_INDEX"	/* 16 bytes with its NUL */
#define ND_INDEX_SIG_LEN	16
#define ND_INDEX_ALIGN		256
#define ND_INDEX_SEQ_MASK	3
/* Smallest label area there can be: two index blocks and a few slots. */
#define ND_LABEL_AREA_MIN	1024
/* No larger one is known; its labels are kept in memory, some 20 MiB of this size. */
#define ND_LABEL_AREA_MAX	(16u << 20)

struct nd_media_index {
	u8 sig[ND_INDEX_SIG_LEN];
	u8 flags[3];
	u8 labelsize;		/* slots are 128 << labelsize bytes; 0 in v1.1 */
	__le32 seq;		/* 1, 2, 3, 1, ...; 0 is invalid */
	__le64 myoff;
	__le64 mysize;
	__le64 otheroff;
	__le64 labeloff;
	__le32 nslot;
	__le16 major;
	__le16 minor;
	__le64 checksum;	/* Fletcher-64 of mysize bytes, this field as zero */
	u8 free[];		/* bit set: slot is free */
};

/* ---- Label slots, UEFI 2.10 §13.19.3 ---- */

#define ND_LABEL_UUID_LEN	16
#define ND_LABEL_NAME_LEN	64

#define ND_LABEL_ROLABEL	(1u << 0)
#define ND_LABEL_LOCAL		(1u << 1)
#define ND_LABEL_BTT		(1u << 2)	/* v1.1 only */
#define ND_LABEL_UPDATING	(1u << 3)
#define ND_LABEL_EXTENT		0xffff		/* nlabel and position of an extent, v1.2 */

struct nd_media_label {
	u8 uuid[ND_LABEL_UUID_LEN];
	u8 name[ND_LABEL_NAME_LEN];
	__le32 flags;
	__le16 nlabel;
	__le16 position;
	__le64 isetcookie;
	__le64 lbasize;
	__le64 dpa;
	__le64 rawsize;
	__le32 slot;
	/* v1.1 ends here, at 128 bytes with four unused ones; v1.2 goes on: */
	u8 align;
	u8 reserved[3];
	u8 type_guid[16];
	u8 abstraction_guid[16];
	u8 reserved2[88];
	__le64 checksum;	/* Fletcher-64 of 256 bytes, this field as zero */
};

#define ND_LABEL_V1_1_SIZE	128
#define ND_LABEL_V1_2_SIZE	256

/* ---- pfn and dax info-block: 4 KiB at byte 4096 of a namespace ---- */

#define ND_INFO_OFFSET		4096
#define ND_INFO_SIZE		4096
#define ND_INFO_RESERVE		8192	/* nothing of the user's lies below */
#define ND_PFN_SIG		"NVDIMM_PFN_INFO"
#define ND_DAX_SIG		"NVDIMM_DAX_INFO"
#define ND_SIG_LEN		16

#define ND_PFN_MODE_NONE	0
#define ND_PFN_MODE_RAM		1
#define ND_PFN_MODE_PMEM	2

struct nd_media_pfn {
	u8 signature[ND_SIG_LEN];
	u8 uuid[16];
	u8 parent_uuid[16];
	__le32 flags;
	__le16 version_major;
	__le16 version_minor;
	__le64 dataoff;		/* from start + start_pad to the first data byte */
	__le64 npfns;
	__le32 mode;
	__le32 start_pad;	/* since 1.1 */
	__le32 end_trunc;	/* since 1.1 */
	__le32 align;		/* since 1.2 */
	__le32 page_size;	/* since 1.4 */
	__le16 page_struct_size; /* since 1.4 */
	u8 padding[3994];	/* zero since 1.3 */
	__le64 checksum;	/* Fletcher-64 of 4096 bytes, this field as zero */
};

/* ---- BTT arena info-block, UEFI 2.10 §6.4 ---- */

#define ND_BTT_SIG		"BTT_ARENA_INFO\0"

struct nd_media_btt {
	u8 signature[ND_SIG_LEN];
	u8 uuid[16];
	u8 parent_uuid[16];
	__le32 flags;
	__le16 version_major;
	__le16 version_minor;
	__le32 external_lbasize;
	__le32 external_nlba;
	__le32 internal_lbasize;
	__le32 internal_nlba;
	__le32 nfree;
	__le32 infosize;
	__le64 nextoff;
	__le64 dataoff;
	__le64 mapoff;
	__le64 logoff;
	__le64 info2off;
	u8 padding[3968];
	__le64 checksum;
};

_Static_assert(sizeof(struct nd_media_index) == 72, "index block header");
_Static_assert(sizeof(struct nd_media_label) == ND_LABEL_V1_2_SIZE, "label slot");
_Static_assert(__builtin_offsetof(struct nd_media_label, align) == 124, "v1.1 part of a label");
_Static_assert(sizeof(struct nd_media_pfn) == ND_INFO_SIZE, "pfn info-block");
_Static_assert(__builtin_offsetof(struct nd_media_pfn, align) == 84, "pfn info-block 1.2");
_Static_assert(__builtin_offsetof(struct nd_media_pfn, checksum) == 4088, "pfn info-block");
_Static_assert(sizeof(struct nd_media_btt) == ND_INFO_SIZE, "btt info-block");

#endif /* _ND_FORMAT_H */
