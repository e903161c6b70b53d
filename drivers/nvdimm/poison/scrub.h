/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Scrubs of ranges that somebody asked for: firmware reads every byte, and tells
 * what is bad (ACPI 6.5 §9.19.7.4 ff.).
 *
 * scrub.c has the requests; common/range.h is the other side.
 *
 * Firmware runs one scrub at a time for the whole machine, for whoever was first
 * to ask, and its status is of the last one, whoever asked. Two who ask it beside
 * each other take each other's results away. So only a provider that has a job for
 * scrubs, as nfit has, is asked for them; nobody else gives commands for scrubs on
 * its bus then.
 */
#ifndef _ND_SCRUB_H
#define _ND_SCRUB_H

#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/types.h>

struct device;
struct nd_scrub_request;
struct nvdimm_bus;
struct nvdimm_bus_descriptor;
struct range;

/* ---- scrub.c, for providers ---- */

/**
 * nvdimm_bus_takes_scrubs() - the provider has a job for scrubs
 * @bus: no region of its is there yet
 * @want: have so many bytes at @start scrubbed, and tell how far that has come with
 *	nvdimm_bus_scrubbed(), down to the last of them. Called in process context; only begins it.
 *	Return: 0; or an errno, and nothing is told: -ENOTTY: they cannot be scrubbed.
 */
void nvdimm_bus_takes_scrubs(struct nvdimm_bus *bus,
			     int (*want)(struct nvdimm_bus_descriptor *desc, u64 start, u64 len));

/**
 * nvdimm_bus_scrubbed() - bytes have been scrubbed, or will not be
 * @bus: of the provider
 * @start: first byte
 * @len: bytes
 * @rc: 0: what is bad there is known to the regions; else why they were given up
 *
 * Context: process; the locks that the provider's @want takes are not held.
 */
void nvdimm_bus_scrubbed(struct nvdimm_bus *bus, u64 start, u64 len, int rc);

/* ---- scrub.c, for common/range.h, where it is told what they do ---- */

int nd_scrub_begin(struct device *dev, const struct range *range, struct nd_scrub_request *req);
void nd_scrub_end(struct nd_scrub_request *req);

/* ---- how far a scrub has come (pure) ---- */

/* Bytes still to be scrubbed: [@at, @end). */
struct scrub {
	u64 at;
	u64 end;
};

/**
 * scrub_advance() - bytes have been scrubbed
 * @scrub: @at is moved when it is one of them
 * @start: the first
 * @len: how many; start + len does not wrap
 *
 * Return: has all of it been?
 */
static inline bool scrub_advance(struct scrub *scrub, u64 start, u64 len)
{
	if (start <= scrub->at && len > scrub->at - start)
		scrub->at = min(start + len, scrub->end);
	return scrub->at == scrub->end;
}

/* Does any of what is still to be scrubbed lie in [@start, @start + @len)? */
static inline bool scrub_meets(const struct scrub *scrub, u64 start, u64 len)
{
	return len && start < scrub->end && min(len - 1, U64_MAX - start) + start >= scrub->at;
}

#endif /* _ND_SCRUB_H */
