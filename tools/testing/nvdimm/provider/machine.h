/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is written to /dev/nd_provider: a line of ranges as range= takes them, then
 * bytes of their label areas, in one write. It takes the place of the machine
 * before; an empty line leaves none. Label areas are blank where nothing is
 * written, unless they lie in memory of their own.
 */
#ifndef _ND_PROVIDER_MACHINE_H
#define _ND_PROVIDER_MACHINE_H

#include <linux/types.h>

/**
 * struct provider_bytes - so many bytes of a label area follow
 * @dimm: of all DIMMs, in the order of their ranges
 * @offset: from the area's first byte
 * @len: bytes
 */
struct provider_bytes {
	__u32 dimm;
	__u32 offset;
	__u32 len;
};

#endif /* _ND_PROVIDER_MACHINE_H */
