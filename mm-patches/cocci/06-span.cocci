/// mm/memory_hotplug: shrink zones and nodes in steps of 2 MiB
///
/// What is left of a zone or a node after a removal is looked for in pieces, and "is it the one that
/// goes" is asked of a range.
// From 5.3 on kernels have this. (requirement A6)
// has-any: include/linux/mmzone.h struct mem_section_usage
// has-any: mm/memory_hotplug.c \+= PAGES_PER_SUBSECTION
// where: mm/memory_hotplug.c shrink_zone_span
// files: mm/memory_hotplug.c
// optional: valid_piece valid_piece_decl

@steps@
identifier f =~ "^(find_smallest_section_pfn|find_biggest_section_pfn|shrink_zone_span|shrink_pgdat_span)$";
@@
 f(...)
 {
 <+...
-PAGES_PER_SECTION
+PAGES_PER_SUBSECTION
 ...+>
 }

// trees that still ask the section
@valid_piece@
identifier f =~ "^(find_smallest_section_pfn|find_biggest_section_pfn|shrink_zone_span|shrink_pgdat_span)$";
identifier ms;
expression p;
@@
 f(...)
 {
 <+...
-ms = __pfn_to_section(p);
 ...
-if (unlikely(!valid_section(ms)))
+if (unlikely(!pfn_valid(p)))
 	continue;
 ...+>
 }

@valid_piece_decl depends on valid_piece@
identifier f =~ "^(find_smallest_section_pfn|find_biggest_section_pfn|shrink_zone_span|shrink_pgdat_span)$";
identifier ms;
@@
 f(...)
 {
 ...
-struct mem_section *ms;
 ... when != ms
 }

@current_piece@
identifier f =~ "^(shrink_zone_span|shrink_pgdat_span)$";
identifier start_pfn, end_pfn, pfn, o;
type T;
@@
 f(T *o, unsigned long start_pfn, unsigned long end_pfn)
 {
 <+...
-if (start_pfn == pfn)
+if (pfn >= start_pfn && pfn < end_pfn)
 	continue;
 ...+>
 }
