/// mm: pfn_valid() looks at the 2 MiB, not only at the section
///
/// Where a section is there in part, the rest of it has no struct pages. Holes of sections with RAM
/// of boot stay valid: they have struct pages, and code relies on it.
// From 5.3 on kernels have this. (requirement A5)
// has-any: include/linux/mmzone.h struct mem_section_usage
// has-any: include/linux/mmzone.h subsection_pfn_valid
// files: include/linux/mmzone.h

@body@
identifier pfn;
@@
 static inline int pfn_valid(unsigned long pfn)
 {
-	...
+	return subsection_pfn_valid(pfn);
 }
