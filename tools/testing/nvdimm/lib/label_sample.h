/* SPDX-License-Identifier: GPL-2.0 */
/*
 * States of label areas that a power cut can leave, on their way from the crash
 * test to a machine whose kernel is to read them: in a file, one after another,
 * what namespaces there are, then the machine as /dev/nd_provider takes it.
 */
#ifndef _LABEL_SAMPLE_H
#define _LABEL_SAMPLE_H

#include <linux/types.h>

/* Where the one region is, and how it is described. */
#define SAMPLE_BASE	(1ull << 40)
#define SAMPLE_RANGE \
	"%#llx@%#llx:unchecked:dimms=%u:labels=%u:cookie=%#llx:altcookie=%#llx\n"

#define SAMPLE_MAGIC	0x656c706d61736b61ull

/* Followed by @nns namespaces, then @bytes of machine. */
struct label_sample {
	__u64 magic;
	__u32 nns;
	__u32 bytes;
};

struct sample_ns {
	__u8 uuid[16];
	char name[8];
	__u64 start;		/* from the region's first byte */
	__u64 size;
};

#endif
