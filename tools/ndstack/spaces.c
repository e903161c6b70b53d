// SPDX-License-Identifier: GPL-2.0
/* Facts of DIMMs and namespaces, by libndctl. See facts.h. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <linux/ndctl.h>
/* the kernel's is a struct */
#define uuid_t ndctl_uuid_t
#include <ndctl/libndctl.h>
#undef uuid_t
#include "facts.h"
#include "medium.h"

struct visit {
	void (*what)(const struct facts_space *, void *);
	void *data;
};

static void visit_dimm(struct ndctl_dimm *dimm, const struct visit *visit)
{
	struct facts_space out = { .mode = "dimm", .is_dimm = true };
	struct ndctl_cmd *read;
	ssize_t size;

	snprintf(out.name, sizeof(out.name), "%s", ndctl_dimm_get_devname(dimm));
	read = ndctl_dimm_is_enabled(dimm) ? ndctl_dimm_read_labels(dimm) : NULL;
	size = read ? ndctl_cmd_cfg_read_get_size(read) : 0;
	if (size > 0)
		out.labels = aligned_alloc(8, (size + 7) & ~7ul);
	/* a size without bytes: there are labels, not to be read */
	out.labels_size = size;
	if (size <= 0)
		out.labels_size = ndctl_dimm_is_cmd_supported(dimm, ND_CMD_GET_CONFIG_DATA);
	if (out.labels && ndctl_cmd_cfg_read_get_data(read, out.labels, size, 0) != size) {
		free(out.labels);
		out.labels = NULL;
	}
	visit->what(&out, visit->data);
	free(out.labels);
	if (read)
		ndctl_cmd_unref(read);
}

static void look_at_pages(struct ndctl_namespace *ndns, struct preflight_space *space)
{
	struct ndctl_pfn *pfn = ndctl_namespace_get_pfn(ndns);
	struct ndctl_dax *dax = ndctl_namespace_get_dax(ndns);

	if (dax) {
		space->enabled = ndctl_dax_is_enabled(dax);
		space->data = ndctl_dax_get_resource(dax);
		space->data_size = ndctl_dax_get_size(dax);
		space->align = ndctl_dax_get_align(dax);
		space->map_on_media = ndctl_dax_get_location(dax) == NDCTL_PFN_LOC_PMEM;
	} else if (pfn) {
		space->enabled = ndctl_pfn_is_enabled(pfn);
		space->data = ndctl_pfn_get_resource(pfn);
		space->data_size = ndctl_pfn_get_size(pfn);
		space->align = ndctl_pfn_get_align(pfn);
		space->map_on_media = ndctl_pfn_get_location(pfn) == NDCTL_PFN_LOC_PMEM;
	}
	if (space->data == ULLONG_MAX || space->data_size == ULLONG_MAX)
		space->data = 0;
}

static const struct infoblock_report *look_at_head(struct ndctl_namespace *ndns)
{
	static struct infoblock_report report;
	static u8 head[INFOBLOCK_HEAD];
	struct medium medium;
	char path[PATH_MAX];
	bool read;

	snprintf(path, sizeof(path), "/dev/%s", ndctl_namespace_get_block_device(ndns));
	if (medium_open(&medium, path, false))
		return NULL;
	read = medium.size >= sizeof(head) && !medium_read(&medium, head, sizeof(head), 0);
	medium_close(&medium);
	if (!read)
		return NULL;
	infoblock_examine(head, &report);
	return &report;
}

static void visit_namespace(struct ndctl_namespace *ndns, const struct visit *visit)
{
	struct facts_space out = { .mode = "raw" };
	struct preflight_space *space = &out.space;

	space->size = ndctl_namespace_get_size(ndns);
	if (!space->size || space->size == ULLONG_MAX)
		return;
	snprintf(out.name, sizeof(out.name), "%s", ndctl_namespace_get_devname(ndns));
	space->base = ndctl_namespace_get_resource(ndns);
	if (space->base == ULLONG_MAX)
		space->base = 0;
	if (ndctl_namespace_get_btt(ndns)) {
		out.mode = "sector";
		space->mode = PREFLIGHT_SECTOR;
		space->enabled = ndctl_btt_is_enabled(ndctl_namespace_get_btt(ndns));
	} else if (ndctl_namespace_get_dax(ndns) || ndctl_namespace_get_pfn(ndns)) {
		space->mode = ndctl_namespace_get_dax(ndns) ? PREFLIGHT_DEVDAX : PREFLIGHT_FSDAX;
		out.mode = space->mode == PREFLIGHT_DEVDAX ? "devdax" : "fsdax";
		look_at_pages(ndns, space);
	} else {
		space->enabled = ndctl_namespace_is_enabled(ndns);
		if (space->enabled)
			space->report = look_at_head(ndns);
	}
	visit->what(&out, visit->data);
}

int facts_spaces(void (*what)(const struct facts_space *, void *), void *data)
{
	const struct visit visit = { what, data };
	struct ndctl_namespace *ndns;
	struct ndctl_region *region;
	struct ndctl_dimm *dimm;
	struct ndctl_ctx *ctx;
	struct ndctl_bus *bus;
	int rc = ndctl_new(&ctx);

	if (rc)
		return rc;
	ndctl_bus_foreach(ctx, bus) {
		ndctl_dimm_foreach(bus, dimm)
			visit_dimm(dimm, &visit);
		ndctl_region_foreach(bus, region)
			ndctl_namespace_foreach(region, ndns)
				visit_namespace(ndns, &visit);
	}
	ndctl_unref(ctx);
	return 0;
}
