// SPDX-License-Identifier: GPL-2.0
/* A namespace among its neighbours. See check_place.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <blkid/blkid.h>
#include "check_place.h"
#include "fit.h"

/* Copied, for the machine is gone then. */
static void place_keep_name(struct reclaim *r)
{
	static struct pfn_neighbour near;

	if (!r->near)
		return;
	near = *r->near;
	r->near = &near;
}

static int place_judge(const struct map *map, const struct machine_namespace *ns,
		       const struct pfn_info *info, struct reclaim *out)
{
	const struct machine_region *region = machine_region(map->m, ns->region);
	struct fit_kernel kernel;
	struct pfn_request req;
	struct fit_room room = {
		.region = region ? region - map->m->regions : MAP_NOBODY,
		.ns = ns - map->m->namespaces, .start = ns->start, .size = ns->size,
	};
	int rc;

	fit_kernel_here(map->m, &kernel);
	rc = fit_request(map, &kernel, &room, room.size, &req);
	if (!rc) {
		reclaim_judge(&req, info, out);
		place_keep_name(out);
	}
	free(req.neighbours.entry);
	return rc;
}

int check_place_reclaim(const char *name, const struct pfn_info *info, struct reclaim *out)
{
	const struct machine_namespace *ns;
	struct machine m;
	struct map map;
	int rc = machine_get(NULL, "check", &m);

	if (rc)
		return rc;
	rc = map_make(&m, &map);
	if (!rc) {
		ns = machine_namespace(&m, name);
		if (ns && machine_placed(ns->start, ns->size) && !m.hidden)
			rc = place_judge(&map, ns, info, out);
		else
			rc = -ENODEV;
		map_free(&map);
	}
	machine_free(&m);
	return rc;
}

void check_place_gain(const struct reclaim *r, char *text, size_t size)
{
	u64 more = r->after.usable - r->before.usable;
	char gain[MAP_SIZE_TEXT], from[MAP_SIZE_TEXT], to[MAP_SIZE_TEXT], dram[MAP_SIZE_TEXT];
	const char *head = "";

	map_size(more, gain);
	map_size(r->before.memmap_dram, from);
	map_size(r->after.memmap_dram, to);
	map_size(r->after.usable, dram);
	if (r->after.start_pad != r->before.start_pad)
		head = "; padding before the data becomes room for struct pages";
	if (!more)
		snprintf(text, size, "struct pages in DRAM, %s, can be on media%s; no byte of data moves",
			 from, head);
	else
		snprintf(text, size,
			 "%s of padding behind the data can be data, %s then; struct pages in DRAM: %s now, %s then%s; no byte of data moves; kernels before 5.3 may have to do without struct pages here",
			 gain, dram, from, to, head);
}

bool check_place_refusal(const struct reclaim *r, char *text, size_t size)
{
	char head[MAP_SIZE_TEXT], tail[MAP_SIZE_TEXT];
	const char *why = NULL;

	map_size(r->before.start_pad, head);
	map_size(r->before.end_trunc, tail);
	switch (r->verdict) {
	case RECLAIM_NONE:
	case RECLAIM_GAIN:
		return false;
	case RECLAIM_HEAD:
		snprintf(text, size,
			 "%s before the data stay: the data would have to move; a namespace made anew has them",
			 head);
		return true;
	case RECLAIM_CONFLICT:
		snprintf(text, size, "%s behind the data stay: %s has memory in the same unit of struct pages",
			 tail, r->near->name);
		return true;
	case RECLAIM_ROOM:
		why = "their struct pages would not fit before the data";
		break;
	case RECLAIM_ALIGN:
		why = "they are less than a page of the data is large";
		break;
	case RECLAIM_UNSERVED:
		snprintf(text, size, "padding stays: it is not served in full where it is (%s)",
			 nd_reason_token(r->reason));
		return true;
	}
	snprintf(text, size, "%s behind the data stay: %s", tail, why);
	return true;
}

/* The first thing that blkid finds there, and is not at the beginning. */
static int place_probe(blkid_probe probe, char *what, size_t len, u64 size)
{
	const char *value, *name;
	int rc;

	/* 1: nothing; -2: more than one thing, which is told of by itself */
	while (!(rc = blkid_do_probe(probe))) {
		if (blkid_probe_lookup_value(probe, "SBMAGIC_OFFSET", &value, NULL) ||
		    strtoull(value, NULL, 10) < size / 2)
			continue;
		if (blkid_probe_lookup_value(probe, "TYPE", &name, NULL))
			name = "what is there";
		snprintf(what, len, "%s", name);
		return 1;
	}
	return rc < 0 ? -EIO : 0;
}

/* A copy of a GPT lies in the last block: of 512 bytes, or of 4096. */
static int place_gpt(const struct medium *medium, u64 end)
{
	static const u64 blocks[] = { 512, 4096 };
	char magic[8];

	for (int i = 0; i < 2; i++) {
		int rc = medium_read(medium, magic, sizeof(magic), end - blocks[i]);

		if (rc)
			return rc;
		if (!memcmp(magic, "EFI PART", sizeof(magic)))
			return 1;
	}
	return 0;
}

int check_place_end(const struct medium *medium, u64 start, u64 size, char *what, size_t len)
{
	blkid_probe probe;
	int rc = place_gpt(medium, start + size);

	if (rc) {
		snprintf(what, len, "the partition table (GPT)");
		return rc;
	}
	probe = blkid_new_probe();
	if (!probe)
		return -ENOMEM;
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_MAGIC |
					  BLKID_SUBLKS_BADCSUM);
	rc = blkid_probe_set_device(probe, medium->fd, start, size) ? -EIO : 0;
	if (!rc)
		rc = place_probe(probe, what, len, size);
	blkid_free_probe(probe);
	return rc;
}
