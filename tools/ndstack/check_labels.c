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
#include "check_repair.h"
#include "check_set.h"
#include "label_device.h"
#include "snapshots.h"
#include "sysfs.h"

static __printf(5, 6) void tell(const struct check_labels *to, const char *name, const char *what,
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

static bool is_shared(struct ndctl_dimm *dimm)
{
	struct ndctl_region *region;
	u32 regions = 0;

	ndctl_region_foreach(ndctl_dimm_get_bus(dimm), region) {
		struct ndctl_mapping *mapping;

		ndctl_mapping_foreach(region, mapping)
			regions += ndctl_mapping_get_dimm(mapping) == dimm;
	}
	return regions > 1;
}

/* The Nth of a region, or NULL. libndctl has another order, and the first is like no other. */
static struct ndctl_mapping *mapping_at(struct ndctl_region *region, u32 n)
{
	char dir[PATH_MAX], name[32], line[128];
	struct ndctl_mapping *mapping;

	snprintf(dir, sizeof(dir), "/sys/bus/nd/devices/%s", ndctl_region_get_devname(region));
	snprintf(name, sizeof(name), "mapping%u", n);
	if (sysfs_attr(dir, name, line, sizeof(line)) <= 0)
		return NULL;
	line[strcspn(line, ",")] = 0;
	ndctl_mapping_foreach(region, mapping)
		if (!strcmp(line, ndctl_dimm_get_devname(ndctl_mapping_get_dimm(mapping))))
			return mapping;
	return NULL;
}

static void add_dimm(struct check_set *set, struct ndctl_mapping *mapping)
{
	struct ndctl_dimm *dimm = ndctl_mapping_get_dimm(mapping);
	struct check_dimm *out = &set->dimms[set->nr++];

	snprintf(out->name, sizeof(out->name), "%s", ndctl_dimm_get_devname(dimm));
	out->start = ndctl_mapping_get_offset(mapping);
	out->length = ndctl_mapping_get_length(mapping);
	out->position = ndctl_mapping_get_position(mapping);
	out->shared = is_shared(dimm);
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

static void report_dimm(const struct check_labels *to, const struct check_dimm *dimm)
{
	if (!dimm->bytes && geteuid())
		return tell(to, dimm->name, "labels", "maybe", "are for root to read");
	if (!dimm->bytes)
		return tell(to, dimm->name, "labels", "bad", "cannot be read: is it enabled?");
	if (!dimm->area.valid && dimm->reason == ND_REASON_NO_INDEX)
		return tell(to, dimm->name, "labels", "ok", "blank");
	if (dimm->area.newer)
		return tell(to, dimm->name, "labels", "maybe",
			    "were written by newer software, and are not known here: nothing is written to them");
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
		     "%u labels are of no set that is here: was it moved, or are they of a DIMM alone?",
		     dimm->strange);
}

static void report_set(const struct check_labels *to, const char *region,
		       const struct check_set *set)
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

/* --- repair ------------------------------------------------------------------------------ */

/* What the driver has in memory is older then: it reads them again. */
static int write_labels(const struct check_labels *to, struct ndctl_dimm *dimm,
			struct check_dimm *labels, const struct check_repair *mend,
			const char **why)
{
	enum nd_reason reason = ND_REASON_OK;
	struct label_device device;
	struct label_io io;
	int rc = to->keep(to->data, labels->name, labels->bytes, labels->size);

	*why = "no copy can be made";
	if (rc)
		return rc;
	rc = label_device_open(&device, labels->name, &io);
	*why = strerror(-rc);
	if (rc)
		return rc;
	rc = check_repair_write(mend, &labels->area, &io, &reason);
	label_device_close(&device);
	*why = reason == ND_REASON_OK ? strerror(-rc) : nd_reason_token(reason);
	if (rc)
		return rc;
	*why = "the driver does not read them again: ndctl disable-dimm, and enable-dimm";
	rc = ndctl_dimm_disable(dimm);
	return rc ?: ndctl_dimm_enable(dimm);
}

static void describe_repair(const struct check_dimm *dimm, const struct check_repair *mend,
			    char *text, size_t size)
{
	if (!mend->nadd)
		snprintf(text, size, "one of the two index blocks cannot be used (%s), the other can",
			 nd_reason_token(mend->index_reason));
	else
		snprintf(text, size, "%u labels are lost (%s%s%s%s%s), and those of the other DIMMs tell what they were",
			 mend->nadd, mend->nadd > 1 ? "as " : "",
			 *mend->add->name ? "of \"" : "of a namespace of ",
			 *mend->add->name ? mend->add->name : "no name",
			 *mend->add->name ? "\"" : "", mend->ndrop ? ", unreadable" : "");
}

/* A label nobody else tells of: perhaps it is in what the driver has kept. */
static void offer_snapshot(const struct check_labels *to, const struct check_dimm *dimm)
{
	char dir[PATH_MAX], lines[4096];
	int best;

	snprintf(dir, sizeof(dir), "/sys/bus/nd/devices/%s/labels", dimm->name);
	sysfs_attr(dir, "snapshots", lines, sizeof(lines));
	best = snapshots_best(lines);
	if (best >= 0)
		tell(to, dimm->name, "labels", "less",
		     "snapshot %d has labels that are gone: with its regions and the DIMM disabled, ndctl write-labels -i %s/snapshot%d %s",
		     best, dir, best, dimm->name);
}

/* repair_dimm() - Return: 1: its labels are others now; 0; or a negative errno */
static int repair_dimm(const struct check_labels *to, const struct check_set *set, u32 which,
		       struct ndctl_dimm *ndctl)
{
	struct check_dimm dimm = set->dimms[which];
	struct check_repair mend;
	const char *why = "";
	char text[300];
	int rc;

	if (dimm.area.newer)
		return 0;
	rc = check_repair(set, which, &mend);
	if (rc)
		goto out;
	if ((dimm.bad > mend.ndrop || !dimm.area.valid) && dimm.bytes && !mend.nadd)
		offer_snapshot(to, &dimm);
	if (!check_repairable(&mend))
		goto out;
	describe_repair(&dimm, &mend, text, sizeof(text));
	if (!to->repair)
		tell(to, dimm.name, "labels", mend.nadd ? "bad" : "less",
		     "%s: --repair writes it anew, with its regions disabled", text);
	else if (ndctl_dimm_is_active(ndctl))
		tell(to, dimm.name, "labels", "bad",
		     "%s: not written, for its regions are enabled: ndctl disable-region", text);
	else if (write_labels(to, ndctl, &dimm, &mend, &why))
		tell(to, dimm.name, "labels", "bad", "%s: not written: %s", text, why);
	else
		rc = 1;
	if (rc)
		tell(to, dimm.name, "labels", "repaired", "%s: written anew", text);
out:
	check_repair_free(&mend);
	return rc;
}

static int look(struct check_set *set, struct ndctl_region *region)
{
	struct ndctl_mapping *mapping;

	*set = (struct check_set) { };
	set_cookies(set, ndctl_region_get_devname(region));
	/* without a cookie there are no labels */
	if (!set->cookies[0])
		return 0;
	while (set->nr < CHECK_DIMMS && (mapping = mapping_at(region, set->nr)))
		add_dimm(set, mapping);
	return check_set(set);
}

/* What only root may read is neither there nor gone. */
static bool all_seen(const struct check_set *set)
{
	for (u32 i = 0; i < set->nr; i++)
		if (!set->dimms[i].bytes && geteuid())
			return false;
	return true;
}

static int check_region(const struct check_labels *to, struct ndctl_region *region)
{
	static struct check_set set;
	struct ndctl_mapping *mapping;
	int rc = look(&set, region), written = 0;
	u32 which = 0;

	if (rc || !set.nr)
		return rc;
	while (rc >= 0 && which < set.nr && (mapping = mapping_at(region, which))) {
		rc = repair_dimm(to, &set, which++, ndctl_mapping_get_dimm(mapping));
		written += rc > 0;
	}
	if (written && rc >= 0) {
		check_set_free(&set);
		rc = look(&set, region);
	}
	if (rc >= 0) {
		for (u32 i = 0; i < set.nr; i++)
			report_dimm(to, &set.dimms[i]);
		if (all_seen(&set))
			report_set(to, ndctl_region_get_devname(region), &set);
	}
	check_set_free(&set);
	return rc < 0 ? rc : 0;
}

int check_labels(const struct check_labels *to)
{
	struct ndctl_region *region;
	struct ndctl_ctx *ctx;
	struct ndctl_bus *bus;
	int rc = ndctl_new(&ctx);

	if (rc)
		return rc;
	ndctl_bus_foreach(ctx, bus)
		ndctl_region_foreach(bus, region)
			rc = rc ?: check_region(to, region);
	ndctl_unref(ctx);
	return rc;
}
