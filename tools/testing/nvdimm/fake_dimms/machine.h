/* SPDX-License-Identifier: GPL-2.0 */
/* For programs: a machine for /dev/fake_dimms with so many equal namespaces in each set. */
#ifndef _FAKE_MACHINE_H
#define _FAKE_MACHINE_H

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake_dimms.h"

typedef uint8_t u8;
#include "../../../../include/nd/fletcher.h"
#include "../../../../include/nd/format.h"

/* One index block, version 1.2, with the first @used slots active. */
static inline void fake_index(struct nd_media_index *ix, uint32_t area, uint32_t each,
			      uint32_t used)
{
	memcpy(ix->sig, ND_INDEX_SIG, ND_INDEX_SIG_LEN);
	ix->labelsize = 1;
	ix->seq = 1;
	ix->mysize = each;
	ix->otheroff = each;
	ix->labeloff = 2 * each;
	ix->nslot = (area - 2 * each) / sizeof(struct nd_media_label);
	ix->major = 1;
	ix->minor = 2;
	for (uint32_t slot = used; slot < ix->nslot; slot++)
		ix->free[slot / 8] |= 1 << slot % 8;
	ix->checksum = nd_fletcher_of(ix, each);
}

static inline void fake_label(struct nd_media_label *l, const struct fake_machine *m, uint32_t dimm,
			      uint32_t slot, uint64_t size)
{
	uint32_t ways = m->ndimms / m->nregions, set = dimm / ways;

	memcpy(l->uuid, "\x6e\x64\x66\x61\x6b\x65\x48\x00\x80\x00", 10);
	l->uuid[11] = set;
	l->uuid[14] = (slot + 1) >> 8;
	l->uuid[15] = slot + 1;
	l->nlabel = ways;
	l->position = dimm % ways;
	l->isetcookie = m->cookie + set;
	l->dpa = slot * size;
	l->rawsize = size;
	l->slot = slot;
	l->checksum = nd_fletcher_of(l, sizeof(*l));
}

/* Namespaces of @size bytes on each DIMM, @each in each set: 0, or -1 with errno. */
static inline int fake_make(int fd, const struct fake_machine *m, uint32_t each, uint64_t size)
{
	uint32_t bits = m->area_size / sizeof(struct nd_media_label);
	uint32_t block = (sizeof(struct nd_media_index) + bits / 8 + 256) / 256 * 256;
	size_t used = 2 * block + each * sizeof(struct nd_media_label);
	size_t record = sizeof(struct fake_bytes) + used, len = sizeof(*m) + m->ndimms * record;
	u8 *image = calloc(1, len), *p = image + sizeof(*m);
	ssize_t n;

	if (!image)
		return -1;
	memcpy(image, m, sizeof(*m));
	for (uint32_t dimm = 0; dimm < m->ndimms; dimm++, p += record) {
		struct fake_bytes *bytes = (void *)p;
		u8 *area = p + sizeof(*bytes);

		*bytes = (struct fake_bytes){ .dimm = dimm, .len = used };
		fake_index((void *)area, m->area_size, block, each);
		for (uint32_t slot = 0; slot < each; slot++)
			fake_label((void *)(area + 2 * block + slot * 256), m, dimm, slot, size);
	}
	n = write(fd, image, len);
	free(image);
	return n == (ssize_t)len ? 0 : -1;
}

#endif
