// SPDX-License-Identifier: GPL-2.0
/* ndstack fit: what a namespace would be, before it is made */
#include <errno.h>
#include <getopt.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "fit.h"
#include "report.h"

static const char usage[] =
	"usage: ndstack fit [-m|--mode fsdax|devdax|raw] [-M|--map dev|mem] [-a|--align SIZE]\n"
	"                   [-s|--size SIZE] [-r|--region REGION] [-k|--kernel VERSION]...\n"
	"                   [-o|--on FILE] [-j|--json]\n"
	"  What a namespace would be, before it is made: data, struct pages on media and in\n"
	"  DRAM, padding, and the largest pages it can be mapped with.\n"
	"  Without --size: of each piece of free capacity, used up by one namespace; with it: where\n"
	"  the drivers would put it, in each region. Modes, maps and the alignment that are not\n"
	"  told: all, and the largest that costs nothing against 2 MiB.\n"
	"  --kernel   a version, as 4.19, in place of the one that runs; may be given several times\n"
	"  --on       a machine whose map \"ndstack map --json\" has saved in FILE\n"
	"exit status: 0; 1: no room for what was asked, or it could not be read; 2: usage\n";

#define FIT_KERNELS	16

/**
 * struct fitting - one report in the making
 * @map: of what
 * @kernels: that are asked about
 * @wishes: modes and maps
 * @region: that is asked about, or NULL
 * @align: was told
 * @json: no table
 * @report: the table
 * @lines: that there are
 * @fits: one of them does
 * @rc: 0 or a negative errno
 */
struct fitting {
	const struct map *map;
	struct fit_kernel kernels[FIT_KERNELS];
	u32 nr_kernels;
	struct pfn_wish wishes[4];
	u32 nr_wishes;
	const char *region;
	bool align;
	bool json;
	struct report *report;
	u32 lines;
	bool fits;
	int rc;
};

static const char *const fit_modes[] = {
	[PFN_WISH_RAW] = "raw", [PFN_WISH_FSDAX] = "fsdax", [PFN_WISH_DEVDAX] = "devdax",
};

static const char *fit_map_word(const struct pfn_wish *wish)
{
	if (wish->mode == PFN_WISH_RAW)
		return "";
	return wish->map == ND_PFN_MODE_RAM ? "mem" : "dev";
}

/* ---- a line ---- */

static void fit_print_nearest(const struct fit_answer *a, char *text, size_t size)
{
	const struct nearest *v = &a->nearest;
	char below[MAP_SIZE_TEXT], above[MAP_SIZE_TEXT], align[MAP_SIZE_TEXT];

	snprintf(text, size, "%s%s%s%s%s%s%s", nd_reason_token(a->verdict.reason),
		 v->below ? "; below it fits " : "", v->below ? map_size(v->below, below) : "",
		 v->above ? "; above it fits " : "", v->above ? map_size(v->above, above) : "",
		 v->align ? "; --align " : "", v->align ? map_size(v->align, align) : "");
}

static void fit_note(const struct fitting *f, const struct fit_answer *a, char *text, size_t size)
{
	const struct machine *m = f->map->m;
	const struct pfn_layout *l = &a->verdict.layout;
	char bytes[MAP_SIZE_TEXT];

	*text = 0;
	if (a->verdict.reason != ND_REASON_OK)
		fit_print_nearest(a, text, size);
	else if (*a->before || *a->behind)
		snprintf(text, size, "gives up %s to %s%s%s",
			 map_size((*a->before ? l->start_pad : 0) + (*a->behind ? l->end_trunc : 0),
				  bytes),
			 a->before, *a->before && *a->behind ? " and " : "", a->behind);
	else if (m->regions[a->room->region].read_only && a->wish.mode != PFN_WISH_RAW)
		snprintf(text, size, "read-only: cannot be created");
	else if (a->room->ns != MAP_NOBODY && *m->namespaces[a->room->ns].mode)
		snprintf(text, size, "%s anew: it is %s now", m->namespaces[a->room->ns].name,
			 m->namespaces[a->room->ns].mode);
}

static void fit_table_line(struct fitting *f, const struct fit_answer *a)
{
	const struct pfn_layout *l = &a->verdict.layout;
	bool ok = a->verdict.reason == ND_REASON_OK;
	char start[24], note[200], sizes[7][MAP_SIZE_TEXT] = { };
	const char *const texts[] = {
		f->map->m->regions[a->room->region].name, a->kernel->name, fit_modes[a->wish.mode],
		fit_map_word(&a->wish), start, sizes[0], sizes[1], sizes[2], sizes[3], sizes[4],
		sizes[5], sizes[6], note,
	};

	snprintf(start, sizeof(start), "%#llx", (unsigned long long)a->room->start);
	map_size(a->verdict.size, sizes[0]);
	if (a->wish.mode != PFN_WISH_RAW)
		map_size(a->wish.align, sizes[6]);
	if (ok) {
		map_size(l->usable, sizes[1]);
		map_size(l->memmap_dev, sizes[2]);
		map_size(l->memmap_dram, sizes[3]);
		map_size(pfn_layout_pad(l), sizes[4]);
	}
	if (a->pages)
		map_size(a->pages, sizes[5]);
	fit_note(f, a, note, sizeof(note));
	f->rc = report_add(f->report, texts);
}

static void fit_json_number(const char *name, u64 value)
{
	printf(",\"%s\":%llu", name, (unsigned long long)value);
}

static void fit_json_text(const char *name, const char *value)
{
	printf(",\"%s\":", name);
	machine_json_text(stdout, value);
}

static void fit_json_line(struct fitting *f, const struct fit_answer *a)
{
	const struct pfn_verdict *v = &a->verdict;

	printf("%s{\"ok\":%s", f->lines ? ",\n" : "\n", v->reason == ND_REASON_OK ? "true" : "false");
	fit_json_text("region", f->map->m->regions[a->room->region].name);
	fit_json_text("kernel", a->kernel->name);
	fit_json_text("mode", fit_modes[a->wish.mode]);
	if (a->wish.mode != PFN_WISH_RAW) {
		fit_json_text("map", fit_map_word(&a->wish));
		fit_json_number("align", a->wish.align);
	}
	fit_json_number("start", a->room->start);
	fit_json_number("size", v->size);
	if (v->reason == ND_REASON_OK) {
		fit_json_number("usable", v->layout.usable);
		fit_json_number("memmap", v->layout.memmap_dev);
		fit_json_number("memmap_dram", v->layout.memmap_dram);
		fit_json_number("pad", pfn_layout_pad(&v->layout));
		fit_json_number("pages", a->pages);
	} else {
		fit_json_text("reason", nd_reason_token(v->reason));
		fit_json_number("below", a->nearest.below);
		fit_json_number("above", a->nearest.above);
		fit_json_number("smaller_align", a->nearest.align);
	}
	if (*a->before)
		fit_json_text("before", a->before);
	if (*a->behind)
		fit_json_text("behind", a->behind);
	putchar('}');
}

/* ---- all lines ---- */

/* Another size may lie elsewhere: is it as good there? */
static u64 fit_confirm(struct fitting *f, const struct fit_answer *a, const struct fit_room *rooms,
		       u32 nr, u64 size)
{
	struct pfn_wish wish = a->wish;
	struct fit_answer other;

	wish.size = size;
	if (!size || fit_judge(f->map, a->kernel, fit_place(rooms, nr, size), &wish, &other) ||
	    other.verdict.reason != ND_REASON_OK)
		return 0;
	return size;
}

static void fit_one(struct fitting *f, const struct fit_kernel *kernel,
		    const struct pfn_wish *wish, const struct fit_room *room,
		    const struct fit_room *rooms, u32 nr)
{
	struct fit_answer answer;

	if (f->rc)
		return;
	f->rc = (f->align ? fit_judge : fit_judge_best)(f->map, kernel, room, wish, &answer);
	if (f->rc)
		return;
	answer.nearest.below = fit_confirm(f, &answer, rooms, nr, answer.nearest.below);
	answer.nearest.above = fit_confirm(f, &answer, rooms, nr, answer.nearest.above);
	f->fits |= answer.verdict.reason == ND_REASON_OK;
	if (f->json)
		fit_json_line(f, &answer);
	else
		fit_table_line(f, &answer);
	f->lines++;
}

/* The rooms of one region. */
static void fit_region(struct fitting *f, const struct fit_room *rooms, u32 nr)
{
	if (f->region && strcmp(f->region, f->map->m->regions[rooms->region].name))
		return;
	for (u32 k = 0; k < f->nr_kernels; k++)
		for (u32 w = 0; w < f->nr_wishes; w++) {
			const struct pfn_wish *wish = &f->wishes[w];

			if (wish->size)
				fit_one(f, &f->kernels[k], wish, fit_place(rooms, nr, wish->size),
					rooms, nr);
			for (u32 i = 0; !wish->size && i < nr; i++)
				fit_one(f, &f->kernels[k], wish, &rooms[i], &rooms[i], 1);
		}
}

static void fit_all(struct fitting *f)
{
	struct fit_room *rooms;
	int nr = fit_rooms(f->map, &rooms);

	f->rc = min(nr, 0);
	for (int i = 0, end; i < nr; i = end) {
		for (end = i + 1; end < nr && rooms[end].region == rooms[i].region;)
			end++;
		fit_region(f, &rooms[i], end - i);
	}
	free(rooms);
}

static int fit_report(struct fitting *f)
{
	static const char *const columns[] = {
		"REGION", "KERNEL", "MODE", "MAP", "START", "SIZE", "USABLE", "MEMMAP", "DRAM", "PAD",
		"PAGES", "ALIGN", "NOTE",
	};

	if (f->json) {
		printf("{\"fit\":[");
		fit_all(f);
		printf("]}\n");
	} else {
		f->report = report_new("fit", columns, ARRAY_SIZE(columns), false);
		if (!f->report)
			return -ENOMEM;
		fit_all(f);
		f->rc = f->rc ?: f->lines ? report_end(f->report) : 0;
	}
	if (fflush(stdout) || ferror(stdout))
		f->rc = -EIO;
	return f->rc;
}

/* ---- what is asked ---- */

struct fit_words {
	const char *mode, *map, *align, *size, *on;
	const char *kernels[FIT_KERNELS];
	u32 nr_kernels;
};

/* The words of `admit`, parsed by its parser. */
static bool fit_wish(struct fitting *f, const struct fit_words *words)
{
	static const struct pfn_wish all[] = {
		{ PFN_WISH_FSDAX, ND_PFN_MODE_PMEM }, { PFN_WISH_FSDAX, ND_PFN_MODE_RAM },
		{ PFN_WISH_DEVDAX, ND_PFN_MODE_PMEM }, { PFN_WISH_DEVDAX, ND_PFN_MODE_RAM },
	};
	char text[256];
	struct pfn_wish wish;
	const char *bad;
	size_t len;

	snprintf(text, sizeof(text), "%s%s %s%s %s%s %s%s", words->mode ? "mode=" : "",
		 words->mode ?: "", words->map ? "map=" : "", words->map ?: "",
		 words->align ? "align=" : "", words->align ?: "", words->size ? "size=" : "",
		 words->size ?: "");
	if (pfn_wish_parse(text, strlen(text), &wish, &bad, &len) != ND_REASON_OK) {
		fprintf(stderr, "ndstack: fit: no mode, map, alignment or size: %.*s\n", (int)len,
			bad);
		return false;
	}
	if (wish.align < f->map->m->page || wish.align > SZ_1G) {
		fprintf(stderr, "ndstack: fit: alignments are from 4K to 1G\n");
		return false;
	}
	f->align = words->align;
	if (words->mode && wish.mode == PFN_WISH_RAW) {
		f->wishes[f->nr_wishes++] = wish;
		return true;
	}
	for (u32 i = 0; i < ARRAY_SIZE(all); i++) {
		if ((words->mode && wish.mode != all[i].mode) ||
		    (words->map && wish.map != all[i].map))
			continue;
		f->wishes[f->nr_wishes] = wish;
		f->wishes[f->nr_wishes].mode = all[i].mode;
		f->wishes[f->nr_wishes++].map = all[i].map;
	}
	return true;
}

static bool fit_ask(struct fitting *f, const struct fit_words *words)
{
	const struct machine *m = f->map->m;

	for (u32 i = 0; i < words->nr_kernels; i++)
		if (!fit_kernel_named(m, words->kernels[i], &f->kernels[f->nr_kernels++])) {
			fprintf(stderr, "ndstack: fit: no version of a kernel: %s\n",
				words->kernels[i]);
			return false;
		}
	if (!f->nr_kernels)
		fit_kernel_here(m, &f->kernels[f->nr_kernels++]);
	if (f->region && !machine_region(m, f->region)) {
		fprintf(stderr, "ndstack: fit: there is no %s\n", f->region);
		return false;
	}
	return fit_wish(f, words);
}

static int fit_run(struct fitting *f, const struct fit_words *words)
{
	struct machine m;
	struct map map;
	int rc;

	if (machine_get(words->on, "fit", &m))
		return 1;
	if (m.hidden)
		fputs("ndstack: fit: addresses may be seen by root only: what has none is left out\n",
		      stderr);
	rc = map_make(&m, &map);
	f->map = &map;
	if (!rc && !fit_ask(f, words)) {
		map_free(&map);
		machine_free(&m);
		return 2;
	}
	rc = rc ?: fit_report(f);
	if (rc)
		fprintf(stderr, "ndstack: fit: %s\n", strerror(-rc));
	else if (!f->lines)
		fputs("ndstack: fit: no free capacity that can be seen\n", stderr);
	map_free(&map);
	machine_free(&m);
	return rc || !f->fits;
}

int command_fit(int argc, char **argv)
{
	static const struct option options[] = {
		{ "mode", required_argument, NULL, 'm' },
		{ "map", required_argument, NULL, 'M' },
		{ "align", required_argument, NULL, 'a' },
		{ "size", required_argument, NULL, 's' },
		{ "region", required_argument, NULL, 'r' },
		{ "kernel", required_argument, NULL, 'k' },
		{ "on", required_argument, NULL, 'o' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	struct fit_words words = { };
	struct fitting f = { };
	int opt;

	while ((opt = getopt_long(argc, argv, "m:M:a:s:r:k:o:jh", options, NULL)) != -1) {
		switch (opt) {
		case 'm': words.mode = optarg; break;
		case 'M': words.map = optarg; break;
		case 'a': words.align = optarg; break;
		case 's': words.size = optarg; break;
		case 'r': f.region = optarg; break;
		case 'o': words.on = optarg; break;
		case 'j': f.json = true; break;
		case 'h': return fputs(usage, stdout) < 0;
		case 'k':
			if (words.nr_kernels < FIT_KERNELS)
				words.kernels[words.nr_kernels++] = optarg;
			break;
		default: return 2;
		}
	}
	if (optind != argc) {
		fputs(usage, stderr);
		return 2;
	}
	return fit_run(&f, &words);
}
