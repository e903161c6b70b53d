// SPDX-License-Identifier: GPL-2.0
/*
 * Byte access to a namespace, for info-blocks and BTT metadata: reserve and map
 * the range, read without dying of poison, write through to the medium.
 */
#include <linux/badblocks.h>
#include <linux/blkdev.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/libnvdimm.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/uaccess.h>
#include "common/range.h"
#include "namespace/namespace.h"
#include "namespace/pages.h"
#include "poison/badblocks.h"

/* ---- reserving ---- */

/* Why the first bytes could not be reserved. */
static int io_conflict(struct device *dev, struct nd_namespace_common *ndns, resource_size_t size)
{
	const struct resource *res = &to_nd_namespace_io(&ndns->dev)->res;
	resource_size_t start = res->start, end = res->start + size - 1;
	char holder[ND_IOMEM_WHO];
	char who[ND_PAGES_WHO + 64];

	if (nd_pages_in_use(start, end, who))
		return nd_refuse(dev, -EBUSY, ND_REASON_BUSY, "draining: %s; that has to end first",
				 who);
	if (nd_iomem_blame(start, size, holder) == -ENOMEM)
		return nd_refuse(dev, -ENOMEM, ND_REASON_RESOURCE,
				 "%pa-%pa of %s cannot be reserved: no memory, or it was in use a moment ago",
				 &start, &end, dev_name(&ndns->dev));
	return nd_refuse(dev, -EBUSY, ND_REASON_CONFLICT,
			 "%pa-%pa of %s is in use: %s, /proc/iomem has its name; release that first",
			 &start, &end, dev_name(&ndns->dev), holder);
}

/**
 * nd_ns_reserve() - reserve the first bytes of a namespace
 * @dev: driver's device, for devres
 * @ndns: the namespace
 * @size: bytes from its start
 *
 * Context: process. Return: 0; -EBUSY told with nd_refuse(), which names the holder;
 * -ENOMEM.
 */
int nd_ns_reserve(struct device *dev, struct nd_namespace_common *ndns, resource_size_t size)
{
	const struct resource *res = &to_nd_namespace_io(&ndns->dev)->res;

	if (devm_request_mem_region(dev, res->start, size, dev_name(&ndns->dev)))
		return 0;
	return io_conflict(dev, ndns, size);
}
EXPORT_SYMBOL_GPL(nd_ns_reserve);

/**
 * nd_ns_request() - reserve the first bytes of a namespace, for longer than its driver is bound
 * @dev: driver's device; told with nd_refuse()
 * @ndns: the namespace
 * @size: bytes from its start
 * @name: for /proc/iomem; stays as long as the reservation, which release_mem_region() ends
 *
 * Context: process. Return: 0; -EBUSY told with nd_refuse(), which names the holder;
 * -ENOMEM.
 */
int nd_ns_request(struct device *dev, struct nd_namespace_common *ndns, resource_size_t size,
		  const char *name)
{
	const struct resource *res = &to_nd_namespace_io(&ndns->dev)->res;

	return request_mem_region(res->start, size, name) ? 0 : io_conflict(dev, ndns, size);
}
EXPORT_SYMBOL_GPL(nd_ns_request);

/* ---- rw_bytes ---- */

/* Is a sector of [offset, offset + size) known to be bad? */
static bool is_bad(struct nd_namespace_io *nsio, u64 offset, size_t size)
{
	sector_t first = offset >> SECTOR_SHIFT, bad, nr;

	return nd_badblocks_any(&nsio->bb) &&
	       nvdimm_badblocks_check(to_nd_region(nsio->common.dev.parent), &nsio->bb,
				      nsio->res.start, first,
				      DIV_ROUND_UP(offset + size, SECTOR_SIZE) - first, &bad, &nr);
}

/* Copy out of @from, where @offset is mapped. */
static int ns_copy(struct nd_namespace_io *nsio, u64 offset, void *buf, const void *from,
		   size_t size)
{
	const struct range range = { .start = nsio->res.start, .end = nsio->res.end };
	struct nd_region *region = to_nd_region(nsio->common.dev.parent);
	unsigned long left;

	if (unlikely(is_bad(nsio, offset, size)))
		return -EIO;
	left = copy_mc_to_kernel(buf, from, size);
	if (likely(!left))
		return 0;
	nvdimm_found_poison(region, &nsio->bb, &range, offset + size - left);
	return -EIO;
}

/*
 * A bad sector can be replaced as a whole only; until it has been cleared nothing is stored to it.
 */
static int ns_clear_poison(struct nd_namespace_io *nsio, u64 offset, size_t size)
{
	const struct range range = { .start = nsio->res.start, .end = nsio->res.end };
	struct nd_region *region = to_nd_region(nsio->common.dev.parent);
	sector_t first = offset >> SECTOR_SHIFT, nr = size >> SECTOR_SHIFT;

	if (!IS_ALIGNED(offset | size, SECTOR_SIZE))
		return -EIO;
	if (nvdimm_clear_poison(&nsio->common.dev, nsio->res.start + offset, size) != size)
		return -EIO;
	nvdimm_badblocks_cleared(region, &nsio->bb, &range, first, nr);
	/* cached copies of the poison must not come back */
	arch_invalidate_pmem(nsio->addr + offset, size);
	return 0;
}

/**
 * nd_ns_clear_poison() - make bad sectors of a mapped namespace usable, without writing to them
 * @ndns: namespace
 * @offset: byte of the namespace, of a whole sector
 * @size: whole sectors
 *
 * What was bad has any contents then; the rest has kept its own.
 *
 * Context: process; fit for the I/O path. Return: 0; -EIO: they are as they were; -EFAULT.
 */
int nd_ns_clear_poison(struct nd_namespace_common *ndns, u64 offset, size_t size)
{
	struct nd_namespace_io *nsio = to_nd_namespace_io(&ndns->dev);
	u64 end;

	if (check_add_overflow(offset, (u64)size, &end) || end > nsio->size)
		return -EFAULT;
	return ns_clear_poison(nsio, offset, size);
}
EXPORT_SYMBOL_GPL(nd_ns_clear_poison);

static int ns_write(struct nd_namespace_io *nsio, u64 offset, const void *buf, size_t size)
{
	int rc;

	if (unlikely(is_bad(nsio, offset, size))) {
		rc = ns_clear_poison(nsio, offset, size);
		if (rc)
			return rc;
	}
	memcpy_flushcache(nsio->addr + offset, buf, size);
	return nd_region_flush(to_nd_region(nsio->common.dev.parent), NULL);
}

static int ns_rw_bytes(struct nd_namespace_common *ndns, resource_size_t offset, void *buf,
		       size_t size, int rw, unsigned long flags)
{
	struct nd_namespace_io *nsio = to_nd_namespace_io(&ndns->dev);
	u64 end;

	if (unlikely(check_add_overflow((u64)offset, (u64)size, &end) || end > nsio->size))
		return -EFAULT;
	if (unlikely(!size))
		return 0;
	return rw == READ ? ns_copy(nsio, offset, buf, nsio->addr + offset, size) :
			    ns_write(nsio, offset, buf, size);
}

/* Between mappings nobody has business here; an attempt is told. */
static int ns_rw_closed(struct nd_namespace_common *ndns, resource_size_t offset, void *buf,
			size_t size, int rw, unsigned long flags)
{
	return -ENXIO;
}

/* ---- mapping ---- */

static void ns_close(void *data)
{
	struct nd_namespace_io *nsio = data;

	nsio->common.rw_bytes = ns_rw_closed;
	nsio->addr = NULL;
	nsio->size = 0;
}

/* What it takes is in the devres group of @dev that the caller has opened. */
static int ns_map(struct device *dev, struct nd_namespace_io *nsio, resource_size_t size)
{
	const struct range range = { .start = nsio->res.start, .end = nsio->res.end };
	void *addr;
	int rc;

	rc = nd_ns_reserve(dev, &nsio->common, size);
	if (rc)
		return rc;
	rc = devm_init_badblocks(dev, &nsio->bb);
	if (rc)
		return rc;
	nvdimm_badblocks_populate(to_nd_region(nsio->common.dev.parent), &nsio->bb, &range);
	addr = devm_memremap(dev, range.start, size, ARCH_MEMREMAP_PMEM);
	/* its errno says nothing: -ENXIO whatever memremap() was short of */
	if (IS_ERR(addr))
		return nd_refuse(dev, -ENOMEM, ND_REASON_RESOURCE,
				 "%#llx-%#llx cannot be mapped: no address space or memory",
				 range.start, range.start + size - 1);
	nsio->addr = addr;
	nsio->size = size;
	nsio->common.rw_bytes = ns_rw_bytes;
	return devm_add_action_or_reset(dev, ns_close, nsio);
}

/**
 * nd_ns_map() - reserve and map the first bytes of a namespace for rw_bytes
 * @dev: driver's device, for devres
 * @ndns: the namespace
 * @size: bytes from its start
 *
 * Context: process, device lock of @dev. Return: 0 or a negative errno told with nd_refuse().
 */
int nd_ns_map(struct device *dev, struct nd_namespace_common *ndns, resource_size_t size)
{
	struct nd_namespace_io *nsio = to_nd_namespace_io(&ndns->dev);
	int rc;

	if (!size || size > resource_size(&nsio->res))
		return nd_refuse(dev, -ENXIO, ND_REASON_SIZE,
				 "%s has %#llx bytes, %#llx are needed", dev_name(&ndns->dev),
				 (u64)resource_size(&nsio->res), (u64)size);
	if (!devres_open_group(dev, ndns, GFP_KERNEL))
		return -ENOMEM;
	rc = ns_map(dev, nsio, size);
	if (rc) {
		devres_release_group(dev, ndns);
		return rc;
	}
	devres_close_group(dev, ndns);
	return 0;
}
EXPORT_SYMBOL_GPL(nd_ns_map);

/**
 * nd_ns_unmap() - undo nd_ns_map()
 * @dev: driver's device
 * @ndns: the namespace
 *
 * Context: process, device lock of @dev.
 */
void nd_ns_unmap(struct device *dev, struct nd_namespace_common *ndns)
{
	devres_release_group(dev, ndns);
}
EXPORT_SYMBOL_GPL(nd_ns_unmap);

/**
 * nd_ns_read() - read bytes that lie beyond what nd_ns_map() has mapped
 * @ndns: namespace, mapped for another part of it
 * @offset: byte of the namespace
 * @buf: to be filled
 * @size: bytes
 *
 * Context: process, device lock of the device that has mapped it.
 * Return: 0; -EIO: poison; -EFAULT: not in the namespace; -ENOMEM.
 */
int nd_ns_read(struct nd_namespace_common *ndns, u64 offset, void *buf, size_t size)
{
	struct nd_namespace_io *nsio = to_nd_namespace_io(&ndns->dev);
	void *addr;
	u64 end;
	int rc;

	if (check_add_overflow(offset, (u64)size, &end) || end > resource_size(&nsio->res))
		return -EFAULT;
	addr = memremap(nsio->res.start + offset, size, ARCH_MEMREMAP_PMEM);
	if (!addr)
		return -ENOMEM;
	rc = ns_copy(nsio, offset, buf, addr, size);
	memunmap(addr);
	return rc;
}
