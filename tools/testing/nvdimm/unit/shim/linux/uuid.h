/* SPDX-License-Identifier: GPL-2.0 */
#pragma once

#include <linux/string.h>
#include <linux/types.h>

#define UUID_SIZE	16

typedef struct { u8 b[UUID_SIZE]; } guid_t;
typedef struct { u8 b[UUID_SIZE]; } uuid_t;

#define SHIM_BYTE(v, n)	(((v) >> (8 * (n))) & 0xff)

/* The first three fields of a guid are little endian, those of a uuid big endian. */
#define GUID_INIT(a, b, c, d0, d1, d2, d3, d4, d5, d6, d7)		\
	((guid_t){{ SHIM_BYTE(a, 0), SHIM_BYTE(a, 1), SHIM_BYTE(a, 2), SHIM_BYTE(a, 3), \
		    SHIM_BYTE(b, 0), SHIM_BYTE(b, 1), SHIM_BYTE(c, 0), SHIM_BYTE(c, 1), \
		    d0, d1, d2, d3, d4, d5, d6, d7 }})
#define UUID_INIT(a, b, c, d0, d1, d2, d3, d4, d5, d6, d7)		\
	((uuid_t){{ SHIM_BYTE(a, 3), SHIM_BYTE(a, 2), SHIM_BYTE(a, 1), SHIM_BYTE(a, 0), \
		    SHIM_BYTE(b, 1), SHIM_BYTE(b, 0), SHIM_BYTE(c, 1), SHIM_BYTE(c, 0), \
		    d0, d1, d2, d3, d4, d5, d6, d7 }})

static const guid_t guid_null __attribute__((__unused__));
static const uuid_t uuid_null __attribute__((__unused__));

static inline bool guid_equal(const guid_t *a, const guid_t *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static inline bool uuid_equal(const uuid_t *a, const uuid_t *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static inline bool guid_is_null(const guid_t *g)
{
	return guid_equal(g, &guid_null);
}

static inline bool uuid_is_null(const uuid_t *u)
{
	return uuid_equal(u, &uuid_null);
}

static inline void import_guid(guid_t *dst, const u8 *src)
{
	memcpy(dst, src, sizeof(*dst));
}

static inline void export_guid(u8 *dst, const guid_t *src)
{
	memcpy(dst, src, sizeof(*src));
}

static inline void import_uuid(uuid_t *dst, const u8 *src)
{
	memcpy(dst, src, sizeof(*dst));
}

static inline void export_uuid(u8 *dst, const uuid_t *src)
{
	memcpy(dst, src, sizeof(*src));
}
