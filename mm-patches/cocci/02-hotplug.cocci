/// mm/memory_hotplug: add and remove pieces of sections
///
/// The start and the length of a request travel down to where struct pages are made and unmade,
/// and what mm/sparse.c did for whole sections mm/subsection.c does for pieces of them. A request
/// that is no multiple of 2 MiB is refused with -EINVAL before anything has changed. A piece that
/// is there already is an error, no longer passed over; a request that fails half-way gives back
/// what it has added. Memory that would be put online is checked against its blocks, as before.
///
/// RAM of boot that shares a section with something else can be neither put online, which sets up
/// all of the section's struct pages anew, nor removed.
// From 5.3 on kernels have this, by other names. (requirements A7, A8, A9)
// has-any: include/linux/mmzone.h struct mem_section_usage
// has-any: mm/memory_hotplug.c subsection_add
// files: mm/sparse.c mm/memory_hotplug.c include/linux/memory_hotplug.h
// optional: zone_piece zone_piece_call
// one-of: remove_span_int remove_span_void

// ---- mm/sparse.c: what mm/subsection.c does now; both #ifdef variants of each
@gone@
identifier f =~ "^(sparse_add_one_section|sparse_remove_one_section|free_section_usemap|__kmalloc_section_usemap|kmalloc_section_memmap|__kfree_section_memmap|free_map_bootmem|__kmalloc_section_memmap|clear_hwpoisoned_pages)$";
type T;
@@
-T f(...) { ... }

@gone_proto@
identifier f =~ "^(sparse_add_one_section|sparse_remove_one_section)$";
type T;
@@
-T f(...);

// ---- add
@add_section depends on !(file in "include")@
identifier nid, pfn, altmap, wm;
@@
 __add_section(int nid, unsigned long pfn,
+		unsigned long nr_pages,
 		struct vmem_altmap *altmap, bool wm)
 {
 ...
-if (pfn_valid(pfn))
-	return -EEXIST;
 ...
-sparse_add_one_section(..., pfn, altmap)
+subsection_add(nid, pfn, nr_pages, altmap)
 ...
 }

@add_pages_call@
identifier nid, pfn, nr, altmap, wm;
expression i;
@@
 __add_pages(int nid, unsigned long pfn, unsigned long nr,
 		struct vmem_altmap *altmap, bool wm)
 {
 <+...
 __add_section(nid,
-	section_nr_to_pfn(i),
+	subsection_piece_pfn(i, pfn), subsection_piece_pages(i, pfn, nr),
 	altmap, wm)
 ...+>
 }

@add_pages_err@
identifier nid, pfn, nr, altmap, wm, err;
@@
 __add_pages(int nid, unsigned long pfn, unsigned long nr,
 		struct vmem_altmap *altmap, bool wm)
 {
 <+...
-if (err && (err != -EEXIST)) break;
+if (err) {
+	subsection_undo_add(pfn, subsection_piece_pfn(i, pfn), altmap);
+	break;
+}
 ...+>
 }

@add_pages_span@
identifier nid, pfn, nr, altmap, wm;
statement S;
@@
 __add_pages(int nid, unsigned long pfn, unsigned long nr,
 		struct vmem_altmap *altmap, bool wm)
 {
 ... when any
+if (subsection_bad_span(pfn, nr, "add"))
+	return -EINVAL;
 if (altmap) S
 ... when any
 }

// ---- remove
@remove_section@
identifier ms, off, altmap;
@@
 __remove_section(..., struct mem_section *ms, unsigned long off,
 		struct vmem_altmap *altmap
+		, unsigned long pfn, unsigned long nr_pages
 		)
 {
 ...
-sparse_remove_one_section(..., ms, off, altmap)
+subsection_remove(pfn, nr_pages, off, altmap)
 ...
 }

@remove_pages@
identifier fn =~ "^__remove_pages$";
identifier start, nr, altmap, i, pfn, off, count;
@@
 fn(..., unsigned long start, unsigned long nr, struct vmem_altmap *altmap)
 {
 <+...
(
-count = nr / PAGES_PER_SECTION;
+count = subsection_sections(start, nr);
|
-unsigned long pfn = start + i*PAGES_PER_SECTION;
+unsigned long sec = pfn_to_section_nr(start) + i;
+unsigned long pfn = subsection_piece_pfn(sec, start);
+unsigned long n = subsection_piece_pages(sec, start, nr);
|
 __remove_section(..., __pfn_to_section(pfn),
-	off, altmap
+	min(off, n), altmap, pfn, n
 	)
|
-off = 0;
+off -= min(off, n);
)
 ...+>
 }

// two rules, for the two types it has
@remove_span_void@
identifier fn =~ "^__remove_pages$";
identifier start, nr, altmap;
@@
 void fn(..., unsigned long start, unsigned long nr, struct vmem_altmap *altmap)
 {
 <+...
-BUG_ON(start & ~PAGE_SECTION_MASK);
-BUG_ON(nr % PAGES_PER_SECTION);
+if (subsection_bad_span(start, nr, "remove"))
+	return;
 ...+>
 }

@remove_span_int@
identifier fn =~ "^__remove_pages$";
identifier start, nr, altmap;
@@
 int fn(..., unsigned long start, unsigned long nr, struct vmem_altmap *altmap)
 {
 <+...
-BUG_ON(start & ~PAGE_SECTION_MASK);
-BUG_ON(nr % PAGES_PER_SECTION);
+if (subsection_bad_span(start, nr, "remove"))
+	return -EINVAL;
 ...+>
 }

// older trees shrink the zone from here
@zone_piece@
identifier zone, pfn, nr;
@@
 __remove_zone(struct zone *zone, unsigned long pfn
+		, unsigned long nr
 		)
 {
 ...
-int nr = PAGES_PER_SECTION;
 ...
 }

@zone_piece_call depends on zone_piece@
expression zone, x;
@@
 __remove_section(...)
 {
 <+...
-__remove_zone(zone, x)
+__remove_zone(zone, pfn, nr_pages)
 ...+>
 }

// ---- RAM that shares its section
@remove_mixed@
expression start, size;
@@
 BUG_ON(check_hotplug_memory_range(start, size));
+if (WARN_ON(subsection_mixed(PFN_DOWN(start), PFN_DOWN(size))))
+	return;

@online_mixed@
identifier pfn, nr, type;
@@
 int online_pages(unsigned long pfn, unsigned long nr, int type)
 {
 ... when any
 mem_hotplug_begin();
+if (subsection_mixed(pfn, nr)) {
+	mem_hotplug_done();
+	return -EBUSY;
+}
 ... when any
 }
