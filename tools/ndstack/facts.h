/* SPDX-License-Identifier: GPL-2.0 */
/* What is so on this machine: of kernels, their modules, and namespaces. */
#ifndef _NDSTACK_FACTS_H
#define _NDSTACK_FACTS_H

#include "preflight.h"

/* facts_kernel() - @release: of the kernel that is asked about; "" is the running one */
void facts_kernel(const char *release, struct preflight_kernel *out);

/* A module of the kernel's own, and the symbols of libnvdimm and nfit that it takes, if known. */
struct facts_importer {
	char name[64];
	const char *symbols[32];
	unsigned int nr;
	bool proof;	/* it takes others, which a build proves to mean the same */
	bool unread;
	bool in_use;
};

/*
 * facts_importers() - call @what for each such module of kernel @release
 *
 * Return: 0, or a negative errno: its modules could not be read.
 */
int facts_importers(const char *release, void (*what)(const struct facts_importer *, void *),
		    void *data);

/* Of a namespace or DIMM: its name, and a word of what it is. */
struct facts_space {
	char name[64];
	const char *mode;
	struct preflight_space space;
	bool is_dimm;
	u8 *labels;
	u32 labels_size;
};

/* facts_spaces() - call @what for each DIMM, and each namespace that has a size */
int facts_spaces(void (*what)(const struct facts_space *, void *), void *data);

#endif /* _NDSTACK_FACTS_H */
