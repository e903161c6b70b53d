/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sub-sections: the struct page of a section that is online, if it is one of RAM. Macros, because
 * <linux/memory_hotplug.h> is read before there is a struct mem_section.
 */
#ifndef _LINUX_SUBSECTION_ONLINE_H
#define _LINUX_SUBSECTION_ONLINE_H

#ifdef CONFIG_SPARSEMEM
#define subsection_online_page(pfn) \
	(subsection_is_ram(&__pfn_to_section(pfn)->subs, pfn) ? pfn_to_page(pfn) : NULL)
#else
#define subsection_online_page(pfn)	pfn_to_page(pfn)
#endif

#endif /* _LINUX_SUBSECTION_ONLINE_H */
