// SPDX-License-Identifier: GPL-2.0
/* Labels of all DIMMs, read by libndctl. See check_labels.h. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kernel.h>
#include <linux/ndctl.h>
/* the kernel's is a struct */
#define uuid_t ndctl_uuid_t
#include <ndctl/libndctl.h>
#undef uuid_t
#include "check_labels.h"
#include "check_set.h"
#include "sysfs.h"

struct telling {
	void (*tell)(void *data, const char *name, const char *what, const char *verdict,
		     const char *text);
	void *data;
};

static __printf(5, 6) void tell(const struct telling *to, const char *name, const char *what,
				const char *verdict, const char *format, ...)
{
	char text[512];
	va_list words;

	va_start(words, format);
	vsnprintf(text, sizeof(text), format, words);
	va_end(words);
	to->tell(to->data, name, what, verdict, text);
}

static void read_area(struct ndctl_dimm *dimm, struct check_dimm *out)
{
	struct ndctl_cmd *read;
	ssize_t size;

	read = ndctl_dimm_is_enabled(dimm) ? ndctl_dimm_read_labels(dimm) : NULL;
	size = read ? ndctl_cmd_cfg_read_get_size(read) : 0;
	if (size > 0)
		out->bytes = aligned_alloc(8, (size + 7) & ~7ul);
	if (out->bytes && ndctl_cmd_cfg_read_get_data(read, out->bytes, size, 0) != size) {
		free(out->bytes);
		out->bytes = NULL;
	}
	out->size = out->bytes ? size : 0;
	if (read)
		ndctl_cmd_unref(read);
}

static void add_dimm(struct check_set *set, struct ndctl_mapping *mapping)
{
	struct ndctl_dimm *dimm = ndctl_mapping_get_dimm(mapping);
	struct check_dimm *out = &set->dimms[set->nr++];

	snprintf(out->name, sizeof(out->name), "%s", ndctl_dimm_get_devname(dimm));
	out->start = ndctl_mapping_get_offset(mapping);
	out->length = ndctl_mapping_get_length(mapping);
	out->position = ndctl_mapping_get_position(mapping);
	read_area(dimm, out);
}

/* The attribute is that of the version of the labels that the DIMMs have now. */
static void set_cookies(struct check_set *set, const char *region)
{
	char dir[PATH_MAX], text[32];

	snprintf(dir, sizeof(dir), "/sys/bus/nd/devices/%s", region);
	sysfs_attr(dir, "set_cookie", text, sizeof(text));
	set->cookies[0] = strtoull(text, NULL, 0);
	set->cookies[1] = set->cookies[0];
}

static void tell_dimm(const struct telling *to, const struct check_dimm *dimm)
{
	if (!dimm->bytes && geteuid())
		return tell(to, dimm->name, "labels", "maybe", "are for root to read");
	if (!dimm->bytes)
		return tell(to, dimm->name, "labels", "bad", "cannot be read: is it enabled?");
	if (!dimm->area.valid && dimm->reason == ND_REASON_NO_INDEX)
		return tell(to, dimm->name, "labels", "ok", "blank");
	if (!dimm->area.valid)
		return tell(to, dimm->name, "labels", "bad",
			    "no index block can be used: %s", nd_reason_token(dimm->reason));
	tell(to, dimm->name, "labels", "ok", "version 1.%u, %u of %u slots are free",
	     dimm->area.minor, dimm->area.nfree, dimm->area.nslot);
	if (dimm->bad)
		tell(to, dimm->name, "labels", "bad", "slot %u cannot be read: %s (%u such slots)",
		     dimm->bad_slot, nd_reason_token(dimm->bad_reason), dimm->bad);
	if (dimm->strange)
		tell(to, dimm->name, "labels", "bad",
		     "%u labels are of another interleave set: was it moved?", dimm->strange);
}

static void tell_set(const struct telling *to, const char *region, const struct check_set *set)
{
	tell(to, region, "set", "ok", "%u namespaces have all of their labels", set->namespaces);
	if (set->torn)
		tell(to, region, "set", "less",
		     "%u of them were being changed when power failed: the driver ends that",
		     set->torn);
	if (set->leftovers)
		tell(to, region, "set", "less",
		     "%u labels are what an interrupted change left: their space is free",
		     set->leftovers);
	if (set->kept)
		tell(to, region, "set", "bad",
		     "%u labels have none that go with them on every DIMM, as slot %u of %s: their space is kept",
		     set->kept, set->first_kept[1], set->dimms[set->first_kept[0]].name);
	if (set->closed)
		tell(to, region, "set", "bad", "nothing can be created, for the labels of %s: %s",
		     set->dimms[set->closed_by].name, nd_reason_token(set->closed));
}

/* What only root may read is neither there nor gone. */
static bool all_seen(const struct check_set *set)
{
	for (u32 i = 0; i < set->nr; i++)
		if (!set->dimms[i].bytes && geteuid())
			return false;
	return true;
}

static int check_region(const struct telling *to, struct ndctl_region *region)
{
	const char *name = ndctl_region_get_devname(region);
	static struct check_set set;
	struct ndctl_mapping *mapping;
	int rc;

	set = (struct check_set) { };
	set_cookies(&set, name);
	/* without a cookie there are no labels */
	if (!set.cookies[0])
		return 0;
	ndctl_mapping_foreach(region, mapping)
		if (set.nr < CHECK_DIMMS)
			add_dimm(&set, mapping);
	rc = check_set(&set);
	if (rc)
		return rc;
	for (u32 i = 0; i < set.nr; i++)
		tell_dimm(to, &set.dimms[i]);
	if (all_seen(&set))
		tell_set(to, name, &set);
	check_set_free(&set);
	return 0;
}

int check_labels(void (*what)(void *data, const char *name, const char *what, const char *verdict,
			      const char *text), void *data)
{
	const struct telling to = { what, data };
	struct ndctl_region *region;
	struct ndctl_ctx *ctx;
	struct ndctl_bus *bus;
	int rc = ndctl_new(&ctx);

	if (rc)
		return rc;
	ndctl_bus_foreach(ctx, bus)
		ndctl_region_foreach(bus, region)
			rc = rc ?: check_region(&to, region);
	ndctl_unref(ctx);
	return rc;
}
