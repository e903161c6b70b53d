/// mm/huge_memory: a huge entry is set at its own address
///
/// The address of a fault is anywhere in the huge page, and what sets the entry's flags insists on
/// where it begins: a write to what has been read was a BUG on DAX. The functions align it
/// themselves; what they are called with stays as it is.
// From 5.2 on kernels have this, and stable ones of 4.19 too. (requirement D3)
// has-any: include/linux/huge_mm.h vmf_insert_pfn_pmd\(struct vm_fault
// files: mm/huge_memory.c

@pmd@
identifier vma, addr;
@@
 vmf_insert_pfn_pmd(struct vm_area_struct *vma, unsigned long addr, ...)
 {
 ... when any
+addr &= PMD_MASK;
 if (addr < vma->vm_start || addr >= vma->vm_end)
	return VM_FAULT_SIGBUS;
 ... when any
 }

@pud@
identifier vma, addr;
@@
 vmf_insert_pfn_pud(struct vm_area_struct *vma, unsigned long addr, ...)
 {
 ... when any
+addr &= PUD_MASK;
 if (addr < vma->vm_start || addr >= vma->vm_end)
	return VM_FAULT_SIGBUS;
 ... when any
 }
