/// mm/memremap: map device memory in units of 2 MiB
///
/// Pagemaps were rounded out to sections, so two that share one could not live. The two questions
/// whether somebody else is there stay; they now mean the same 2 MiB.
// From 5.3 on kernels have this. (requirement A10)
// has-any: include/linux/mmzone.h struct mem_section_usage
// has-any: kernel/memremap.c SUBSECTION_SIZE
// files: kernel/memremap.c

@round@
identifier f =~ "^devm_memremap_pages";
@@
 f(...)
 {
 <+...
-SECTION_SIZE
+SUBSECTION_SIZE
 ...+>
 }
