// SPDX-License-Identifier: GPL-2.0
/*
 * Struct pages are added by sub-sections, not by whole sections: v5.3, f1eca35a0dc7
 * ("mm/sparsemem: introduce struct mem_section_usage"); v4.18 of some distributions too
 */
#include <linux/mmzone.h>

int probe[PAGES_PER_SUBSECTION ? 1 : -1];
