/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included in front of every file we compile for the kernel. The files are
 * written for the newest kernel; what an older one lacks is supplied here, by
 * what include/compat/probes found, never by version number.
 *
 * Transparent, use the newest kernel's name and meaning:
 *   device_match_t  device_find_child()
 *   class_create(name)  to_nd_device_driver()  get_dev_pagemap(pfn)
 *   badblocks_set() badblocks_clear() (true: done)  badblocks_check() (sector_t)
 *   struct queue_limits .features  BLK_FEAT_*  blk_alloc_disk(&lim, node)
 *   blk_mode_t BLK_OPEN_READ BLK_OPEN_WRITE
 *   blk_mq_freeze_queue() blk_mq_unfreeze_queue(q, memflags)
 *   device_add_disk() (int)  del_gendisk() (ends I/O)  bvec_kmap_local()  memzero_bvec()
 *   bvec_iter_advance_single()  struct folio  page_folio()  folio_ref_count()  folio_mapped()
 *   dax_add_host() dax_remove_host()  set_dax_nocache() set_dax_nomc()
 *   dax_holder_notify_failure()  enum dax_access_mode
 *   memory_group_register_static() memory_group_unregister()  mhp_t  MHP_*
 *   add_memory_driver_managed(.., flags)
 *   MODULE_IMPORT_NS("STRING")  <linux/unaligned.h>  timer_container_of()
 *   cpu_cache_invalidate_memregion(start, len)  cpu_cache_has_invalidate_memregion()
 *   container_of_const()  krealloc_array()  virtio_reset_device()
 *   guard(device)  __free(kvfree)  retain_and_null_ptr()  __counted_by()
 *   vm_flags_set()  mm_get_unmapped_area(file, ..)
 *   NDD_REGISTER_SYNC  ND_REGION_CXL  NVDIMM_REVALIDATE_REGION
 *   NDD_INCOHERENT  NVDIMM_FLUSH_ASYNC  ACPI_NFIT_LOCATION_COOKIE_VALID
 *   VIRTIO_PMEM_F_SHMEM_REGION  VIRTIO_PMEM_SHMEM_REGION_ID
 *   memremap_compat_align()  data_race()  copy_mc_to_kernel() (size_t)
 *
 * To be named in the code, because the kernel stores a function whose type
 * changed. Each takes a function of the newest type, and calls it as that:
 *   COMPAT_BUS_MATCH(fn) at file scope,
 *   .match = compat_bus_match(fn)            int (dev, const struct device_driver *)
 *   COMPAT_BUS_UEVENT(fn) at file scope,
 *   .uevent = compat_bus_uevent(fn)          int (const dev, env)
 *   COMPAT_TYPE_UEVENT(fn) at file scope,
 *   .uevent = compat_type_uevent(fn)         int (const dev, env), of a device_type
 *   COMPAT_CLASS_DEVNODE(fn) at file scope,
 *   .devnode = compat_class_devnode(fn)      char *(const dev, umode_t *)
 *   COMPAT_BIN_RW(fn) at file scope,
 *   .read/.write = compat_bin_rw(fn)         (.., const struct bin_attribute *, ..)
 *   .bin_attrs = compat_bin_attrs(array)     const struct bin_attribute *const []
 *   COMPAT_BUS_REMOVE(fn) at file scope, .remove = compat_bus_remove(fn)     void (dev)
 *   COMPAT_ND_REMOVE(fn) at file scope, .remove = compat_nd_remove(fn)       void (dev)
 *   COMPAT_PLATFORM_DRIVER(fn) at file scope,
 *   COMPAT_PLATFORM_REMOVE(fn)               initialises .remove, void (pdev)
 *   COMPAT_VIRTIO_RESET(prepare, done)       initialises both, int (vdev), where they exist
 *   compat_virtio_reset(vdev)                resets a device as its transport does, or -EOPNOTSUPP
 *   COMPAT_VIRTIO_CALLBACKS(fn) at file scope,
 *   COMPAT_VIRTIO_SYNCHRONIZE_CBS(fn)        initialises .synchronize_cbs, where there is one
 *   COMPAT_FIND_VQS(fn) at file scope, .find_vqs = compat_find_vqs(fn)
 *                                            int (.., struct virtqueue_info [], ..)
 *   COMPAT_SUBMIT_BIO(fn) at file scope,
 *   COMPAT_DISK_SUBMIT_BIO(fn)               initialises .submit_bio, void (bio), where it exists,
 *   compat_disk_fops(disk, &fops, fn)        sets a new disk's operations, with that one
 *   COMPAT_DISK_FREE(fn)                     initialises .free_disk, where there is one
 *   compat_disk_is_freed_by_ops()            is there one?
 *   COMPAT_BLK_OPEN(fn) at file scope, .open = compat_blk_open(fn)
 *   COMPAT_BLK_RELEASE(fn) likewise, .release = compat_blk_release(fn)
 *   COMPAT_DAX_DIRECT_ACCESS(fn) at file scope,
 *   .direct_access = compat_dax_direct_access(fn)   (.., unsigned long *pfn)
 *   COMPAT_DAX_RECOVERY(fn) at file scope,
 *   COMPAT_DAX_RECOVERY_WRITE(fn)            initialises .recovery_write, where there is one
 *   COMPAT_DAX_ZERO(fn) at file scope,
 *   COMPAT_DAX_ZERO_PAGE_RANGE(fn)           initialises .zero_page_range, where there is one
 *   COMPAT_DAX_COPY                          initialises what copies, where the device does
 *   COMPAT_PAGEMAP_FAILURE(fn) at file scope,
 *   COMPAT_PAGEMAP_MEMORY_FAILURE(fn)        initialises .memory_failure, where there is one
 *   COMPAT_AOPS_NEVER_DIRTY                  initialises what marks a page dirty: nothing does
 *   COMPAT_VM_MAY_SPLIT(fn)                  initialises .may_split
 *   COMPAT_FOPS_MMAP_SYNC                    initialises what lets MAP_SYNC in
 *   COMPAT_HUGE_FAULT(fn) at file scope,
 *   .huge_fault = compat_huge_fault(fn)      (vmf, unsigned int order)
 *   compat_insert_device(vmf, pfn, order)    device memory into a page table
 *   compat_device_pins(folio)                references but its own and its mappings'
 *   compat_bio_disk(bio)                     the disk it is for
 *   compat_alloc_dax(private, host, ops, sync)
 *                                            ERR_PTR, never NULL; host: the disk's name to be
 *   compat_pagemap_compound(pgmap, shift)    compound pages; pages in each that there will be
 *   compat_remove_memory(nid, start, size) compat_offline_and_remove_memory(nid, start, size)
 *   compat_region_memregion(desc, &id)       the number its provider has given
 *   compat_namespace_uuid(nspm) compat_set_namespace_uuid(nspm, uuid)
 *   compat_disable_master(ops)               the member, or NULL
 *   compat_integrity_limit(&lim, size)       bytes of metadata behind each sector
 *   compat_integrity_prep(bio)               room for a bio's metadata; false: it has ended
 *   compat_assign_str(field, src)            in TP_fast_assign()
 *   compat_subsections()                     struct pages are added by less than a section
 *   compat_tails_shared(size)                compound pages of that size share struct pages
 *
 * Binding to an ACPI device, an acpi_driver or a platform_driver as in-tree:
 *   COMPAT_ACPI_HOST(var, "name", ids, probe, remove)   probe: int (struct device *)
 *   compat_acpi_host_register(&var) compat_acpi_host_unregister(&var)
 *   compat_acpi_companion(dev)               struct acpi_device of that device
 *   compat_acpi_notify(dev, handler, data)   device-managed; (handle, event, data)
 *
 *   compat_built_in_at("/sys/...")           the kernel's own is built in, and has started
 *
 * HAVE_* and COMPAT_BUILT_IN are not to be used outside this directory.
 */
#ifndef COMPAT_H
#define COMPAT_H

#include "compat_config.h"
/* in front of every header of the kernel's */
#include "built_in.h"

#include "toolkit.h"
#include "xarray.h"
#include "driver_core.h"
#include "sysfs.h"
#include "block.h"
#include "badblocks.h"
#include "pagemap.h"
#include "dax.h"
#include "memory.h"
#include "mm.h"
#include "nvdimm.h"
#include "virtio.h"
#include "acpi.h"
#include "trace.h"

#endif
