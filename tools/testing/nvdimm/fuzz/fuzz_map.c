// SPDX-License-Identifier: GPL-2.0
/*
 * Any saved map, as text and as one whose numbers are anything: it is refused, or each byte is on
 * the map once, as the topmost thing that covers it, the picture is drawn, and what would fit is
 * in a place that is free, and adds up.
 */
/* objects: tools/ndstack/machine.c tools/ndstack/machine_json.c tools/ndstack/machine_read.c */
/* objects: tools/ndstack/map.c tools/ndstack/map_layers.c tools/ndstack/map_svg.c */
/* objects: tools/ndstack/fit.c drivers/nvdimm/layout/dpa.c drivers/nvdimm/layout/dry_run.c */
/* objects: tools/ndstack/nearest.c */
/* objects: drivers/nvdimm/layout/layout.c drivers/nvdimm/layout/neighbours.c */
/* objects: drivers/nvdimm/layout/info_block.c drivers/nvdimm/label/codec.c */
/* libraries: json-c */
#include "nd_fuzz.h"
#include "fit.h"
#include "map.h"

/* No layer that covers the start of a segment has more to say than the one that it has. */
static void fuzz_topmost(const struct map *map, u32 i)
{
	const struct map_layer *l = map_layer(map, i);

	for (u32 n = 0; n < map->nr_layers; n++) {
		const struct map_layer *other = &map->layers[n];

		if (other->start > map->segments[i].start || other->end <= map->segments[i].start)
			continue;
		fuzz_assert(l && other->level <= l->level);
		fuzz_assert(other->level < l->level || other->start <= l->start);
	}
}

static void fuzz_fit(const struct map *map)
{
	static const struct pfn_wish wishes[] = {
		{ PFN_WISH_FSDAX, ND_PFN_MODE_PMEM, SZ_2M },
		{ PFN_WISH_DEVDAX, ND_PFN_MODE_RAM, SZ_2M },
	};
	struct fit_kernel kernels[2];
	struct fit_room *rooms;
	struct fit_answer a;
	int nr = fit_rooms(map, &rooms);

	fuzz_assert(nr >= 0);
	fit_kernel_here(map->m, &kernels[0]);
	fuzz_assert(fit_kernel_named(map->m, "4.19", &kernels[1]));
	for (int i = 0; i < nr; i++) {
		fuzz_assert(rooms[i].size && rooms[i].step && rooms[i].region < map->m->nr_regions);
		fuzz_assert(rooms[i].size % rooms[i].step == 0);
		if (i)
			fuzz_assert(rooms[i].start >= rooms[i - 1].start + rooms[i - 1].size ||
				    rooms[i].ns != rooms[i - 1].ns);
	}
	for (int i = 0; nr && i < 2; i++) {
		const struct pfn_layout *l = &a.verdict.layout;

		fuzz_assert(!fit_judge(map, &kernels[i], rooms, &wishes[i], &a));
		if (a.verdict.reason != ND_REASON_OK)
			continue;
		fuzz_assert(a.verdict.size == rooms->size && a.pages);
		fuzz_assert(l->usable + l->memmap_dev + pfn_layout_pad(l) == rooms->size);
	}
	free(rooms);
}

static void fuzz_machine(const struct machine *m)
{
	static char *text;
	static size_t len;
	struct map map;
	u64 end = 0;
	FILE *out;

	fuzz_assert(!map_make(m, &map));
	for (u32 i = 0; i < map.nr_segments; i++) {
		fuzz_assert(map.segments[i].start == end && map.segments[i].end > end);
		end = map.segments[i].end;
		fuzz_topmost(&map, i);
	}
	for (u32 i = 0; i < map.nr_layers; i++)
		fuzz_assert(map.layers[i].end <= end);
	for (u32 i = 0; i < map.nr_shares; i++)
		fuzz_assert(map.shares[i].before < map.shares[i].behind);
	fuzz_fit(&map);
	out = open_memstream(&text, &len);
	/* texts cost more than all else: one input of eight has them */
	if (!(end >> 12 & 7)) {
		map_json(&map, out);
		fuzz_assert(!map_svg(&map, out));
	}
	fclose(out);
	free(text);
	map_free(&map);
}

/* A number near where others are, so that things meet. */
static unsigned long long fuzz_place(struct fuzz_in *in)
{
	unsigned long long value = (unsigned long long)(fuzz_u8(in) & 31) << (fuzz_u8(in) & 51);

	return value + (fuzz_u8(in) & 1 ? 4096 : 0);
}

static void fuzz_ranges(struct fuzz_in *in, FILE *out, const char *noun)
{
	static const char *const names[] = {
		"System RAM", "System RAM (kmem)", "Persistent Memory", "Reserved", "Soft Reserved",
		"namespace0.0", "pfn0.0", "PCI Bus", "dax0.0", "",
	};

	fprintf(out, ",\"%s\":[", noun);
	for (u32 i = 0, nr = fuzz_u8(in) & 7; i < nr; i++) {
		u64 start = fuzz_place(in), size = fuzz_place(in) + 1;

		fprintf(out, "%s{\"start\":%llu,\"size\":%llu,\"depth\":%u,\"name\":\"%s\"}",
			i ? "," : "", (unsigned long long)start, (unsigned long long)size,
			fuzz_u8(in) & 3, *noun == 'n' ? "node1" :
			names[fuzz_u8(in) % (sizeof(names) / sizeof(*names))]);
	}
	fputc(']', out);
}

static void fuzz_regions(struct fuzz_in *in, FILE *out)
{
	fputs(",\"regions\":[", out);
	for (u32 i = 0, nr = fuzz_u8(in) & 3; i < nr; i++)
		fprintf(out, "%s{\"name\":\"region%u\",\"start\":%llu,\"size\":%llu,"
			"\"enabled\":%s,\"labelled\":%s}", i ? "," : "", i, fuzz_place(in),
			fuzz_place(in), fuzz_u8(in) & 1 ? "true" : "false",
			fuzz_u8(in) & 1 ? "true" : "false");
	fputc(']', out);
}

static void fuzz_namespaces(struct fuzz_in *in, FILE *out)
{
	static const char *const modes[] = { "raw", "sector", "fsdax", "devdax", "" };

	fputs(",\"namespaces\":[", out);
	for (u32 i = 0, nr = fuzz_u8(in) & 7; i < nr; i++)
		fprintf(out, "%s{\"name\":\"namespace0.%u\",\"region\":\"region%u\",\"start\":%llu,"
			"\"size\":%llu,\"data\":%llu,\"data_size\":%llu,\"memmap_bytes\":%llu,"
			"\"mode\":\"%s\",\"enabled\":true,\"memmap\":\"%s\",\"holder\":\"pfn0.0\"}",
			i ? "," : "", i, fuzz_u8(in) & 3, fuzz_place(in), fuzz_place(in),
			fuzz_place(in), fuzz_place(in), fuzz_place(in), modes[fuzz_u8(in) % 5],
			fuzz_u8(in) & 1 ? "dev" : "mem");
	fputc(']', out);
}

static void fuzz_load(const char *text, size_t len)
{
	char why[128];
	struct machine m;

	why[0] = 0;
	if (machine_load(text, len, &m, why, sizeof(why))) {
		fuzz_assert(*why);
		return;
	}
	fuzz_machine(&m);
	machine_free(&m);
}

void fuzz_one(struct fuzz_in *in)
{
	char *text;
	size_t len;
	FILE *out;

	if (in->size && *in->data == '{') {
		/* what parses to its end does not look for a NUL behind it */
		fuzz_load((const char *)in->data, in->size);
		return;
	}
	out = open_memstream(&text, &len);
	fputs("{\"ndstack_map\":1", out);
	fuzz_ranges(in, out, "iomem");
	fuzz_ranges(in, out, "nodes");
	fuzz_regions(in, out);
	fuzz_namespaces(in, out);
	fputc('}', out);
	fclose(out);
	fuzz_load(text, len);
	free(text);
}

void fuzz_seeds(void)
{
	static const char map[] =
		"{\"ndstack_map\":1,\"machine\":{\"kernel\":\"6.1\",\"unit\":134217728},\"iomem\":["
		"{\"start\":4096,\"size\":8192,\"depth\":0,\"name\":\"System RAM\"}],\"regions\":["
		"{\"name\":\"region0\",\"start\":0,\"size\":8388608,\"labelled\":true,"
		"\"enabled\":true}],\"namespaces\":[{\"name\":\"namespace0.0\",\"region\":"
		"\"region0\",\"mode\":\"fsdax\",\"enabled\":true,\"start\":0,\"size\":4194304,"
		"\"data\":2097152,\"data_size\":2097152,\"memmap\":\"mem\"}],\"dax\":[{\"name\":"
		"\"dax1.0\",\"start\":8388608,\"size\":4096}],\"nodes\":[{\"name\":\"node0\","
		"\"start\":0,\"size\":8192}]}";
	char many[256];

	fuzz_seed("map", map, sizeof(map) - 1);
	for (u32 i = 0; i < sizeof(many); i++)
		many[i] = i * 37;
	many[0] = 7;
	fuzz_seed("many", many, sizeof(many));
}
