/// x86/mm: map the memmap of a piece with small pages
///
/// A huge mapping is given back as a whole, so it must not serve two requests. What does not fill
/// one takes small pages of RAM. A memmap that is there already is left as it is.
// From 5.3 on kernels have this, for what is less than a section. (requirement A7)
// has-any: include/linux/mmzone.h struct mem_section_usage
// has-any: arch/x86/mm/init_64.c subsection_huge_memmap
// where: arch/x86/mm/init_64.c vmemmap_populate_hugepages
// files: arch/x86/mm/init_64.c

@partial@
identifier f =~ "^vmemmap_populate_hugepages$";
identifier addr, next, pmd;
expression end;
@@
 f(...)
 {
 <+...
 next = pmd_addr_end(addr, end);
 ...
-pmd_none(*pmd)
+pmd_none(*pmd) && subsection_huge_memmap(addr, next)
 ...+>
 }
