/* SPDX-License-Identifier: GPL-2.0 */
/* The devices memoryN of a range: all of them, or none. Context: under device_hotplug_lock. */
#ifndef _LINUX_MEMORY_BLOCKS_H
#define _LINUX_MEMORY_BLOCKS_H

#include <linux/memory.h>
#include <linux/mmzone.h>

/* Sections that have no block are passed over: it need not have been made. */
static inline void memory_blocks_remove(unsigned long pfn, unsigned long nr_pages)
{
#ifdef CONFIG_MEMORY_HOTREMOVE
	unsigned long nr = pfn_to_section_nr(pfn), end = pfn_to_section_nr(pfn + nr_pages);

	for (; nr < end; nr++)
		unregister_memory_section(__nr_to_section(nr));
#endif
}

static inline int memory_blocks_create(int nid, unsigned long pfn, unsigned long nr_pages)
{
	unsigned long nr, first = pfn_to_section_nr(pfn), end = pfn_to_section_nr(pfn + nr_pages);
	int rc;

	for (nr = first; nr < end; nr++) {
		rc = hotplug_memory_register(nid, __nr_to_section(nr));
		if (rc) {
			memory_blocks_remove(pfn, section_nr_to_pfn(nr) - pfn);
			return rc;
		}
	}
	return 0;
}

#endif /* _LINUX_MEMORY_BLOCKS_H */
