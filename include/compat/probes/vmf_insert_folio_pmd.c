// SPDX-License-Identifier: GPL-2.0
/*
 * Device memory is mapped by folio, with a reference for each mapping: v6.15
 */
#include <linux/mm.h>

vm_fault_t probe(struct vm_fault *vmf, struct folio *folio)
{
	return vmf_insert_folio_pmd(vmf, folio, true);
}
