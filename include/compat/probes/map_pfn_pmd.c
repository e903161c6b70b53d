// SPDX-License-Identifier: GPL-2.0
/*
 * A module may map a frame by a PMD, as a pfn_t: until v6.17
 * Older kernels have it inline, over vmf_insert_pfn_pmd_prot().
 * exported: vmf_insert_pfn_pmd vmf_insert_pfn_pmd_prot
 */
#include <linux/mm.h>
#include <linux/huge_mm.h>
#include <linux/pfn_t.h>

vm_fault_t probe(struct vm_fault *vmf, pfn_t pfn)
{
	return vmf_insert_pfn_pmd(vmf, pfn, true);
}
