// SPDX-License-Identifier: GPL-2.0
/*
 * A module may map a folio of device memory by a PUD: v6.15
 * exported: vmf_insert_folio_pud
 */
#include <linux/mm.h>

vm_fault_t probe(struct vm_fault *vmf, struct folio *folio)
{
	return vmf_insert_folio_pud(vmf, folio, true);
}
