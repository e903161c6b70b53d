// SPDX-License-Identifier: GPL-2.0
/*
 * The map as a picture, for a ticket. Pure: see map.h.
 *
 * A bar for all memory, and one for each region; within a bar widths are to scale, but for what
 * would be too narrow to be seen: that gets a least width, and a mark above it. Very many narrow
 * neighbours are drawn as one. Below each bar is a list with what the picture cannot say exactly;
 * the more regions there are, the fewer lines each has, and of very many there are flat bars alone.
 */
#include <errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <stdlib.h>
#include "map.h"

#define SVG_WIDTH	1120
#define SVG_MARGIN	40
#define SVG_BAR		(SVG_WIDTH - 2 * SVG_MARGIN)
#define SVG_HEIGHT	46	/* of a bar */
#define SVG_FLAT	20	/* of one among very many */
#define SVG_NARROW	6.0	/* least width */
#define SVG_NARROWS	60	/* of them, before they are joined */
#define SVG_LINES	24	/* of a list */
#define SVG_ALL_LINES	128	/* of those of all regions */
#define SVG_LEAST_LINES	4	/* fewer are none */
#define SVG_NAME	52	/* characters of a name in a list */
#define SVG_LETTER	6.6	/* width */

static const char *const svg_colours[MAP_KINDS + 1] = {
	[MAP_HOLE] = "#ffffff", [MAP_DEVICE] = "#ececec", [MAP_FIRMWARE] = "#c9c9c9",
	[MAP_RAM] = "#a9bfd1", [MAP_PMEM] = "#efe3c2", [MAP_SPECIFIC] = "#dcd3ea",
	[MAP_REGION] = "#efe3c2", [MAP_FREE] = "url(#free)", [MAP_DAX] = "#c7b9de",
	[MAP_DISABLED] = "url(#off)", [MAP_RAW] = "#b9d7a8", [MAP_SECTOR] = "#9cc5a1",
	[MAP_FSDAX] = "#6fb08a", [MAP_DEVDAX] = "#4f9d9d", [MAP_META] = "#e3b765",
	[MAP_INFO] = "#8a5a44", [MAP_MEMMAP] = "#e08e45", [MAP_PAD] = "url(#pad)",
	[MAP_KMEM] = "#5b86ad", [MAP_KINDS] = "#777777",
};

static const char svg_patterns[] =
	"<defs>\n"
	"<pattern id=\"free\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
	"<rect width=\"8\" height=\"8\" fill=\"#ffffff\"/>"
	"<circle cx=\"4\" cy=\"4\" r=\"0.9\" fill=\"#b5b5b5\"/></pattern>\n"
	"<pattern id=\"off\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\""
	" patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"#f4ead0\"/>"
	"<rect width=\"2\" height=\"6\" fill=\"#dcc993\"/></pattern>\n"
	"<pattern id=\"pad\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\""
	" patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"#f6d5d0\"/>"
	"<rect width=\"2\" height=\"6\" fill=\"#cf6355\"/></pattern>\n"
	"</defs>\n";

/**
 * struct svg_box - a part of a bar
 * @bytes: of it
 * @kind: MAP_KINDS: several
 * @name: what is written on it
 * @count: segments that it stands for
 * @width: in the picture
 * @narrow: not to scale
 */
struct svg_box {
	u64 bytes;
	int kind;
	const char *name;
	u32 count;
	double width;
	bool narrow;
};

/**
 * struct svg - a picture in the making
 * @map: of what
 * @out: where it goes
 * @y: where the next thing is drawn
 * @lines: that the list of a region has at most
 * @height: of a bar
 * @seen: kinds that are in it
 * @boxes: of the next bar, @nr
 */
struct svg {
	const struct map *map;
	FILE *out;
	double y;
	u32 lines;
	int height;
	bool seen[MAP_KINDS + 1];
	struct svg_box *boxes;
	u32 nr;
};

static void svg_text(struct svg *svg, double x, double y, const char *style, const char *text)
{
	fprintf(svg->out, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, style);
	for (; *text; text++)
		if (strchr("<>&\"", *text))
			fprintf(svg->out, "&#%d;", *text);
		else
			fputc(*text, svg->out);
	fputs("</text>\n", svg->out);
}

static void svg_rect(struct svg *svg, double x, double y, double width, double height, int kind)
{
	fprintf(svg->out, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"", x, y, width,
		height);
	fprintf(svg->out, " fill=\"%s\"/>\n", svg_colours[kind]);
	svg->seen[kind] = true;
}

/* ---- bars ---- */

static void svg_add(struct svg *svg, u64 bytes, int kind, const char *name)
{
	svg->boxes[svg->nr++] = (struct svg_box){ bytes, kind, name, 1 };
}

static u32 svg_find_narrow(struct svg *svg)
{
	double total = 0;
	u32 narrows = 0;

	for (u32 i = 0; i < svg->nr; i++)
		total += svg->boxes[i].bytes;
	for (u32 i = 0; i < svg->nr; i++) {
		struct svg_box *box = &svg->boxes[i];

		box->width = total ? box->bytes / total * SVG_BAR : 0;
		box->narrow = box->width < SVG_NARROW;
		narrows += box->narrow;
	}
	return narrows;
}

/* One for narrow ones side by side, as wide as they are together. */
static void svg_join_narrow(struct svg *svg)
{
	u32 used = 0;

	for (u32 i = 0; i < svg->nr; i++) {
		struct svg_box *last = used ? &svg->boxes[used - 1] : NULL;
		const struct svg_box *box = &svg->boxes[i];

		if (last && last->narrow && box->narrow &&
		    last->width + box->width < 2 * SVG_NARROW) {
			last->bytes += box->bytes;
			last->width += box->width;
			last->count += box->count;
			if (last->kind != box->kind)
				last->kind = MAP_KINDS;
		} else {
			svg->boxes[used++] = *box;
		}
	}
	svg->nr = used;
}

static void svg_set_widths(struct svg *svg)
{
	u32 narrows = svg_find_narrow(svg);
	double narrow = SVG_NARROW, wide = 0;

	if (narrows > SVG_NARROWS) {
		svg_join_narrow(svg);
		narrows = svg_find_narrow(svg);
	}
	if (narrows)
		narrow = min(narrow, SVG_BAR / 2.0 / narrows);
	for (u32 i = 0; i < svg->nr; i++)
		wide += svg->boxes[i].narrow ? 0 : svg->boxes[i].width;
	for (u32 i = 0; i < svg->nr; i++) {
		struct svg_box *box = &svg->boxes[i];

		if (box->narrow)
			box->width = wide ? narrow : (double)SVG_BAR / svg->nr;
		else
			box->width *= (SVG_BAR - narrows * narrow) / wide;
	}
}

static void svg_label(struct svg *svg, const struct svg_box *box, double x)
{
	static const char style[] = "text-anchor=\"middle\" class=\"in\"";
	double middle = svg->y + svg->height / 2.0 + 4;
	char bytes[MAP_SIZE_TEXT];

	map_size(box->bytes, bytes);
	if (strlen(bytes) * SVG_LETTER > box->width)
		return;
	x += box->width / 2;
	if (strlen(box->name) * SVG_LETTER > box->width || svg->height < SVG_HEIGHT) {
		svg_text(svg, x, middle, style, bytes);
		return;
	}
	svg_text(svg, x, middle - 7, style, box->name);
	svg_text(svg, x, middle + 8, style, bytes);
}

static void svg_bar(struct svg *svg)
{
	double x = SVG_MARGIN;

	svg_set_widths(svg);
	svg->y += svg->height == SVG_HEIGHT ? 14 : 12;
	for (u32 i = 0; i < svg->nr; i++) {
		const struct svg_box *box = &svg->boxes[i];

		svg_rect(svg, x, svg->y, box->width, svg->height, box->kind);
		if (box->narrow)
			fprintf(svg->out, "<path class=\"mark\" d=\"M%.2f %.2fl-3.5 -6h7z\"/>\n",
				x + box->width / 2, svg->y - 1);
		svg_label(svg, box, x);
		x += box->width;
		if (i + 1 < svg->nr)
			fprintf(svg->out, "<path class=\"cut\" d=\"M%.2f %.2fv%d\"/>\n", x, svg->y,
				svg->height);
	}
	fprintf(svg->out,
		"<rect class=\"edge\" x=\"%d\" y=\"%.2f\" width=\"%d\" height=\"%d\"/>\n",
		SVG_MARGIN, svg->y, SVG_BAR, svg->height);
	svg->y += svg->height;
	svg->nr = 0;
}

/* ---- lists ---- */

static const struct map_share *svg_share_of(const struct map *map, u32 segment)
{
	u32 low = 0, high = map->nr_shares;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (map->shares[middle].behind < segment)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == map->nr_shares || map->shares[low].behind != segment)
		return NULL;
	return &map->shares[low];
}

/* "struct pages", or where it is said already what it is: of whom */
static void svg_list_name(const struct map *map, u32 i, char *text, size_t size)
{
	const struct map_layer *l = map_layer(map, i);
	const struct machine_namespace *ns;

	if (!l || l->ns == MAP_NOBODY) {
		snprintf(text, size, "%s", l && l->region == MAP_NOBODY ? l->name : "");
		return;
	}
	ns = &map->m->namespaces[l->ns];
	snprintf(text, size, "%s%s%s%s%s", ns->name, *ns->disk ? " " : "", ns->disk,
		 *ns->alt_name ? " " : "", ns->alt_name);
}

static void svg_list_line(struct svg *svg, u32 i)
{
	const struct map_segment *s = &svg->map->segments[i];
	const struct map_share *share = svg_share_of(svg->map, i);
	const struct map_layer *l = map_layer(svg->map, i);
	char text[200], bytes[MAP_SIZE_TEXT];

	svg_rect(svg, SVG_MARGIN + 2, svg->y - 9, 10, 10, map_kind(svg->map, i));
	fprintf(svg->out,
		"<rect class=\"edge\" x=\"%d\" y=\"%.2f\" width=\"10\" height=\"10\"/>\n",
		SVG_MARGIN + 2, svg->y - 9);
	svg_text(svg, SVG_MARGIN + 20, svg->y, "", map_words(map_kind(svg->map, i)));
	svg_list_name(svg->map, i, text, sizeof(text));
	/* the next column is an address */
	if (strlen(text) > SVG_NAME)
		strcpy(text + SVG_NAME - 3, "...");
	svg_text(svg, SVG_MARGIN + 130, svg->y, "", text);
	snprintf(text, sizeof(text), "%#llx", (unsigned long long)s->start);
	svg_text(svg, SVG_MARGIN + 530, svg->y, "text-anchor=\"end\" class=\"num\"", text);
	svg_text(svg, SVG_MARGIN + 640, svg->y, "text-anchor=\"end\" class=\"num\"",
		 map_size(s->end - s->start, bytes));
	if (share) {
		snprintf(text, sizeof(text), "shares the %s at %#llx with %s",
			 map_size(share->unit, bytes), (unsigned long long)share->start,
			 map_owner(svg->map, share->before));
		svg_text(svg, SVG_MARGIN + 665, svg->y, "class=\"note\"", text);
	} else if (l && l->node >= 0 && l->region == MAP_NOBODY) {
		snprintf(text, sizeof(text), "node %d", l->node);
		svg_text(svg, SVG_MARGIN + 665, svg->y, "class=\"note\"", text);
	}
	svg->y += 17;
}

static void svg_list_rest(struct svg *svg, u32 lines, u32 shown)
{
	char text[64];

	if (lines <= shown)
		return;
	snprintf(text, sizeof(text), "and %u more: ndstack map", lines - shown);
	svg_text(svg, SVG_MARGIN + 20, svg->y, "class=\"note\"", text);
	svg->y += 17;
}

/* ---- what there is a bar of ---- */

static bool svg_is_memory(enum map_kind kind)
{
	return kind != MAP_HOLE && kind != MAP_DEVICE;
}

/* All memory: a region is one box, whatever is in it. */
static void svg_overview(struct svg *svg)
{
	const struct map *map = svg->map;
	u32 lines = 0, last = MAP_NOBODY;
	double start;

	svg_text(svg, SVG_MARGIN, svg->y, "class=\"head\"", "All memory");
	for (u32 i = 0; i < map->nr_segments; i++) {
		const struct map_layer *l = map_layer(map, i);
		u64 bytes = map->segments[i].end - map->segments[i].start;

		if (!l || !svg_is_memory(l->kind))
			continue;
		if (l->region != MAP_NOBODY && l->region == last)
			svg->boxes[svg->nr - 1].bytes += bytes;
		else
			svg_add(svg, bytes, l->region == MAP_NOBODY ? l->kind : MAP_REGION,
				l->region == MAP_NOBODY ? map_words(l->kind) :
				map->m->regions[l->region].name);
		last = l->region;
	}
	svg_bar(svg);
	svg->y += 20;
	start = svg->y;
	for (u32 i = 0; i < map->nr_segments; i++) {
		const struct map_layer *l = map_layer(map, i);

		if (l && l->region == MAP_NOBODY && svg_is_memory(l->kind) &&
		    ++lines <= SVG_LINES)
			svg_list_line(svg, i);
	}
	svg_list_rest(svg, lines, SVG_LINES);
	svg->y += svg->y > start ? 22 : 10;
}

static void svg_region_head(struct svg *svg, const struct machine_region *r)
{
	char text[200], bytes[MAP_SIZE_TEXT], node[24] = "";

	if (r->node >= 0)
		snprintf(node, sizeof(node), ", node %d", r->node);
	svg_text(svg, SVG_MARGIN, svg->y, "class=\"head\"", r->name);
	snprintf(text, sizeof(text), "%s at %#llx, %s%s, %s%s", map_size(r->size, bytes),
		 (unsigned long long)r->start, *r->type ? r->type : "region", node, r->bus,
		 r->enabled ? "" : ", disabled");
	svg_text(svg, SVG_MARGIN + 12 + 9 * strlen(r->name), svg->y, "class=\"note\"", text);
}

/* From segment @first on, those of one region. Return: the first that is not */
static u32 svg_region(struct svg *svg, u32 first)
{
	const struct map *map = svg->map;
	u32 region = map_layer(map, first)->region, i, last, lines = 0;

	svg_region_head(svg, &map->m->regions[region]);
	for (i = first; i < map->nr_segments; i++) {
		const struct map_layer *l = map_layer(map, i);

		if (!l || l->region != region)
			break;
		svg_add(svg, map->segments[i].end - map->segments[i].start, l->kind,
			l->ns == MAP_NOBODY ? map_words(l->kind) :
			map->m->namespaces[l->ns].name);
	}
	last = i;
	svg_bar(svg);
	svg->y += 20;
	if (!svg->lines)
		return last;
	for (i = first; i < last; i++)
		if (++lines <= svg->lines)
			svg_list_line(svg, i);
	svg_list_rest(svg, lines, svg->lines);
	svg->y += 22;
	return last;
}

static void svg_legend(struct svg *svg)
{
	double x = SVG_MARGIN;

	for (int kind = 0; kind <= MAP_KINDS; kind++) {
		const char *words = kind == MAP_KINDS ? "several" : map_words(kind);

		if (!svg->seen[kind])
			continue;
		if (x + 24 + 8.0 * strlen(words) > SVG_WIDTH - SVG_MARGIN) {
			x = SVG_MARGIN;
			svg->y += 20;
		}
		svg_rect(svg, x, svg->y - 10, 12, 12, kind);
		fprintf(svg->out,
			"<rect class=\"edge\" x=\"%.1f\" y=\"%.1f\" width=\"12\" height=\"12\"/>\n",
			x, svg->y - 10);
		svg_text(svg, x + 18, svg->y, "", words);
		x += 40 + 8.0 * strlen(words);
	}
	svg->y += 22;
	fprintf(svg->out, "<path class=\"mark\" d=\"M%d %.1fl-3.5 -6h7z\"/>\n", SVG_MARGIN + 6,
		svg->y - 1);
	svg_text(svg, SVG_MARGIN + 18, svg->y, "",
		 "drawn wider than it is; all else in a bar is to scale, and holes are left out");
	svg->y += 14;
}

static void svg_body(struct svg *svg)
{
	const struct map *map = svg->map;
	char text[160];

	svg->y = 44;
	svg_text(svg, SVG_MARGIN, svg->y, "class=\"title\"", "Physical memory");
	snprintf(text, sizeof(text), "kernel %s", *map->m->kernel ? map->m->kernel : "not known");
	svg_text(svg, SVG_WIDTH - SVG_MARGIN, svg->y, "text-anchor=\"end\" class=\"note\"", text);
	svg->y += 34;
	svg_overview(svg);
	svg->lines = min(SVG_ALL_LINES / max(map->m->nr_regions, 1u), (u32)SVG_LINES);
	if (svg->lines < SVG_LEAST_LINES) {
		svg->lines = 0;
		svg->height = SVG_FLAT;
	}
	for (u32 i = 0; i < map->nr_segments;)
		if (map_layer(map, i) && map_layer(map, i)->region != MAP_NOBODY)
			i = svg_region(svg, i);
		else
			i++;
	if (!svg->lines) {
		svg->y += 6;
		svg_text(svg, SVG_MARGIN, svg->y, "class=\"note\"",
			 "What lies in each region, to the byte: ndstack map");
		svg->y += 24;
	}
	if (map->m->hidden) {
		svg_text(svg, SVG_MARGIN, svg->y, "class=\"note\"",
			 "Some of it could not be seen by who drew this, as addresses: root can.");
		svg->y += 22;
	}
	svg_legend(svg);
}

int map_svg(const struct map *map, FILE *out)
{
	struct svg svg = { .map = map, .height = SVG_HEIGHT };
	int rc = -ENOMEM;
	size_t size = 0;
	char *body = NULL;

	svg.boxes = calloc(map->nr_segments + 1, sizeof(*svg.boxes));
	svg.out = open_memstream(&body, &size);
	if (svg.boxes && svg.out) {
		svg_body(&svg);
		fclose(svg.out);
		fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\""
			" viewBox=\"0 0 %d %.0f\">\n<style>"
			"text{font:12px \"DejaVu Sans\",sans-serif;fill:#222}"
			".title{font-size:20px;font-weight:bold}.head{font-size:14px;font-weight:bold}"
			".note{fill:#666}.num{font-family:\"DejaVu Sans Mono\",monospace;font-size:11px}"
			".in{font-size:11px;stroke:#fff;stroke-opacity:0.6;stroke-width:3px;paint-order:stroke}"
			".cut{stroke:#fff;stroke-width:1}.mark{fill:#b0352a}"
			".edge{fill:none;stroke:#555;stroke-width:0.8}</style>\n%s"
			"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n", SVG_WIDTH,
			svg.y + 20, SVG_WIDTH, svg.y + 20, svg_patterns);
		fwrite(body, 1, size, out);
		fputs("</svg>\n", out);
		rc = 0;
	} else if (svg.out) {
		fclose(svg.out);
	}
	free(body);
	free(svg.boxes);
	return rc;
}
