/// mm/swap: put device pages of any kind in a batch
///
/// release_pages() knew one kind of device page whose owner is told when it is idle. All others were
/// put like RAM, so who waits for the pages of a file system with DAX was not woken.
// From 5.3 on kernels have this, and stable ones of 4.19 too. (requirement C5)
// has-any: mm/swap.c if \((put_devmap_managed_page|page_is_devmap_managed)
// files: mm/swap.c

@release@
expression page;
statement S;
@@
 release_pages(...)
 {
 <+...
-if (is_device_public_page(page)) {
+if (is_zone_device_page(page)) {
 	S
-	put_devmap_managed_page(page);
-	continue;
+	if (put_devmap_managed_page(page))
+		continue;
 }
 ...+>
 }
