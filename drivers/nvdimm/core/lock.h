/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The locks of all modules; there is no other list. First those with a rank, outermost first: a
 * lock may be taken while holding any of a lower rank, never the reverse; siblings of one rank
 * never nest, but for the labels of one set. Rank 11 is nd_common's, the others are libnvdimm's.
 *
 * rank  lock				protects
 *  0	 nvdimm_bus.commands (mutex)	bus commands from userspace: one at a time, so that what was
 *					clear to send still is when it is sent
 *  1	 device lock, bus		probe/remove of the bus device
 *  2	 device lock, DIMM or region	its driver being bound; children's existence
 *  3	 device lock, claim		btt, pfn, dax device: its driver
 *  4	 device lock, namespace		its driver; a claim takes it to see the raw driver gone
 *  5	 nd_region.config (rwsem)	what is configured in a region: name, uuid, size, class of
 *					namespaces, claims, seeds, free capacity
 *  6	 nvdimm.labels (mutex)		label area and its mirror; those of an interleave set
 *					together only in the order of DIMM ids
 *  7	 nd_bus_list_lock (mutex)	list of buses; never held across a command
 *  8	 nvdimm_bus.maps_lock (mutex)	shared mappings (flush hints)
 *  8	 pages_draining_lock (mutex)	struct pages in use whose driver is gone, and by whom
 *  8	 scrub_requests_lock (mutex)	requests for scrubs; held while a requester is notified
 *  8	 nvdimm_bus.clearing (rwsem)	that firmware and bus agree on bad ranges: held for reading
 *					while poison is cleared, for writing while records of
 *					firmware are read; nothing under it starts I/O
 *  9	 bad_lists_lock (spin)		who changes a list of bad blocks; readers have its seqlock
 *  9	 nvdimm_bus.uuids_lock (spin)	which namespace carries which uuid
 *  9	 nd_async.lock (spin)		which devices are just being added
 *  9	 claim_hold_lock (spin)		whether a claim is held, and who had it mapped
 * 10	 badrange.lock (spin)		bad ranges of a bus
 * 10	 nd_range_map_lock (spin)	where regions and struct pages lie: region/range_map.c
 * 11	 nd_diag_lock (spin)		last_error records: common/diag.c
 *
 * The driver core leaves device locks out of lockdep; nd_device_init() gives
 * each level a class of its own, so ranks 1 to 4 are validated too (B7).
 *
 * A driver's probe runs with its device's lock held. A store that configures a
 * namespace or a claim (nd_config_store()) takes that device's lock, then config
 * for writing: no probe of the same device can be in flight, and what a probe of
 * another device may have claimed is seen under config. So nothing has to wait for
 * probes to go idle (B6). Readers of attributes take config for reading alone:
 * config is one region's, never the bus's. Stores that configure
 * nothing take at most their own device's lock, or config for reading.
 *
 * Nothing that waits for a device to go away (device_unregister,
 * nd_async_flush(), driver detach) is called with rank 5 or above held: an
 * attribute of that device may be waiting for them (B3).
 *
 * A reference may be put under any lock that allows to sleep: walking children puts them, and may
 * find itself the last. So a release function takes no lock of a rank below 9: spinlocks only.
 *
 * Locks without a rank, which nest with few others:
 *
 * lock				taken within			within it
 * nfit_buses_lock (mutex)	nothing				nfit_bus.lock
 * nfit_bus.lock (mutex)	nfit_buses_lock, or alone	ranks 1 to 11; commands do not take
 *								it
 * nfit_ars.turn (mutex)	nfit_bus.lock, or alone		commands of firmware
 * nfit_ars.lock (mutex)	nfit_ars.turn, or alone		nothing; never held across a command
 * btt_lanes.repair (mutex)	device locks; no lane is held	lanes, in any order
 * btt_lanes.lane (mutex)	device locks, repair		stripe, ranks 8 to 11, a flush that
 *								may sleep
 * btt_locks.stripe (mutex)	lane				a flush, ranks 9 and 11
 * nd_pages.lock (mutex)	the kernel's handling of	bios of the disk, which are waited
 *				memory failures			for; the filesystem's locks, ranks 9
 *								to 11
 * dax_pmem.lock (mutex)	the same			ranks 9 and 11
 * nd_poison_chain (notifier)	device lock of the region	kmem_list_lock
 * nd_range_asking (SRCU)	all of kmem's, flushing,	ranks 8 to 11, a flush, a command of
 *				dax_pmem.lock, device lock of	the provider; libnvdimm waits for
 *				the region			readers before it is unloaded
 * vpmem.lock (spin, irq)	a lane, or nothing		nothing; it is taken in interrupts
 * dax_map.flushing (rwsem)	fsync (read); remove (write)	the provider's flush
 * device lock, dax device	device lock of its provider	all of kmem's
 * kmem_memory.asking (mutex)	the job				ranks 8 to 11, kmem_memory.lock,
 *								kmem_list_lock
 * kmem_memory.lock (mutex)	asking; only tried under the	device_hotplug_lock and the kernel's
 *				region's device lock		locks below it
 * kmem_list_lock (mutex)	all of kmem's above		nd_range_asking, rank 11
 * memory_types_lock (mutex)	adding memory			nothing
 * choices_lock (mutex)		device lock of a dax device,	nothing
 *				or of its provider's device
 * nd_holds_lock (mutex)	device lock of a dax device	nothing
 * live_maps_lock (spin)	the same; open()		nothing
 *
 * nd_e820 and dax_hmem have no lock: their probes do not overlap. The work item of dax_hmem takes
 * the device lock of hmem_platform.0, and nothing waits for it with that lock held.
 */
#ifndef _ND_LOCK_H
#define _ND_LOCK_H

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>

/* Lock class of a device's lock. */
enum nd_level {
	ND_LEVEL_BUS,
	ND_LEVEL_DIMM,
	ND_LEVEL_REGION,
	ND_LEVEL_CLAIM,
	ND_LEVEL_NAMESPACE,
	ND_LEVELS
};

#endif /* _ND_LOCK_H */
