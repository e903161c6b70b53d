// SPDX-License-Identifier: GPL-2.0
/* The map as a tree in a terminal, by libsmartcols. See map.h. */
#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>
#include "map.h"

enum { COLUMN_NAME, COLUMN_WHAT, COLUMN_START, COLUMN_SIZE, COLUMN_NODE, COLUMN_NOTE };

/**
 * struct tree - a tree in the making
 * @map: of what
 * @table: libsmartcols'
 * @regions: line of each region, or NULL
 * @namespaces: likewise
 * @notes: of each segment: the share that it begins with, or MAP_NOBODY
 * @rc: 0 or a negative errno
 */
struct tree {
	const struct map *map;
	struct libscols_table *table;
	struct libscols_line **regions;
	struct libscols_line **namespaces;
	u32 *notes;
	int rc;
};

static const char *const tree_colours[MAP_KINDS] = {
	[MAP_RAM] = "blue", [MAP_KMEM] = "blue", [MAP_PMEM] = "brown", [MAP_FREE] = "green",
	[MAP_META] = "brown", [MAP_INFO] = "brown", [MAP_MEMMAP] = "magenta", [MAP_PAD] = "red",
	[MAP_FSDAX] = "cyan", [MAP_DEVDAX] = "cyan", [MAP_RAW] = "cyan", [MAP_SECTOR] = "cyan",
	[MAP_DISABLED] = "brown", [MAP_REGION] = "brown",
};

/* A line; texts that are NULL are left out. */
static struct libscols_line *tree_line(struct tree *t, struct libscols_line *parent,
				       const char *const *texts, const char *colour)
{
	struct libscols_line *line = scols_table_new_line(t->table, parent);

	if (!line) {
		t->rc = -ENOMEM;
		return NULL;
	}
	for (int i = 0; i <= COLUMN_NOTE; i++)
		if (texts[i] && *texts[i] && scols_line_set_data(line, i, texts[i]))
			t->rc = -ENOMEM;
	if (colour)
		scols_line_set_color(line, colour);
	return line;
}

static const char *tree_address(u64 address, char *text, size_t size)
{
	if (address == MACHINE_UNKNOWN)
		return "?";
	snprintf(text, size, "%#llx", (unsigned long long)address);
	return text;
}

/* A noun that has parts: @start and @size of the whole. */
static struct libscols_line *tree_noun(struct tree *t, struct libscols_line *parent,
				       const char *name, const char *what, u64 start, u64 size,
				       s32 node, const char *note)
{
	char address[24], bytes[MAP_SIZE_TEXT], number[16] = "";
	const char *texts[] = {
		[COLUMN_NAME] = name, [COLUMN_WHAT] = what,
		[COLUMN_START] = tree_address(start, address, sizeof(address)),
		[COLUMN_SIZE] = size == MACHINE_UNKNOWN ? "?" : map_size(size, bytes),
		[COLUMN_NODE] = number, [COLUMN_NOTE] = note,
	};

	if (node >= 0)
		snprintf(number, sizeof(number), "%d", node);
	return tree_line(t, parent, texts, NULL);
}

/* Those of @texts that are not empty. */
static void tree_note(char *note, size_t size, const char *const *texts, unsigned int nr)
{
	size_t at = 0;

	*note = 0;
	for (unsigned int i = 0; i < nr && at < size; i++)
		if (*texts[i])
			at += snprintf(note + at, size - at, "%s%s", at ? "; " : "", texts[i]);
}

static struct libscols_line *tree_region(struct tree *t, u32 index)
{
	const struct machine_region *r = &t->map->m->regions[index];
	char note[512], what[64] = "", bytes[MAP_SIZE_TEXT];
	const char *const texts[] = { what, r->last_error };

	if (t->regions[index])
		return t->regions[index];
	if (!r->enabled)
		snprintf(what, sizeof(what), "disabled: what is in it is not known");
	else if (r->labelled && r->available != MACHINE_UNKNOWN && r->available)
		snprintf(what, sizeof(what), "%s available", map_size(r->available, bytes));
	tree_note(note, sizeof(note), texts, ARRAY_SIZE(texts));
	t->regions[index] = tree_noun(t, NULL, r->name, *r->type ? r->type : "region", r->start,
				      r->size, r->node, note);
	return t->regions[index];
}

/* Is all of its namespace one thing? */
static bool tree_is_whole(const struct tree *t, u32 segment)
{
	const struct map_layer *l = map_layer(t->map, segment);
	const struct map_segment *s = &t->map->segments[segment];

	return l->ns != MAP_NOBODY && s->start == t->map->m->namespaces[l->ns].start &&
	       s->end - s->start == t->map->m->namespaces[l->ns].size;
}

/* "shares the 2 MiB at 0x... with region1" */
static void tree_share_note(const struct tree *t, u32 segment, char *note, size_t size)
{
	const struct map_share *share;
	char bytes[MAP_SIZE_TEXT];

	*note = 0;
	if (t->notes[segment] == MAP_NOBODY)
		return;
	share = &t->map->shares[t->notes[segment]];
	snprintf(note, size, "shares the %s at %#llx with %s", map_size(share->unit, bytes),
		 (unsigned long long)share->start, map_owner(t->map, share->before));
}

/* @segment: that is all of it, or MAP_NOBODY: it has parts, or no place */
static struct libscols_line *tree_namespace(struct tree *t, u32 index, u32 segment)
{
	const struct machine_namespace *ns = &t->map->m->namespaces[index];
	const struct machine_region *region = machine_region(t->map->m, ns->region);
	char note[800], shares[160] = "";
	const char *const texts[] = { ns->disk, ns->alt_name, shares, ns->last_error };
	struct libscols_line *line;

	if (t->namespaces[index])
		return t->namespaces[index];
	if (segment != MAP_NOBODY)
		tree_share_note(t, segment, shares, sizeof(shares));
	tree_note(note, sizeof(note), texts, ARRAY_SIZE(texts));
	line = tree_noun(t, region ? tree_region(t, region - t->map->m->regions) : NULL, ns->name,
			 *ns->mode ? ns->mode : "disabled", ns->start, ns->size, -1, note);
	if (line && segment != MAP_NOBODY)
		scols_line_set_color(line, tree_colours[map_kind(t->map, segment)] ?: "default");
	t->namespaces[index] = line;
	return line;
}

static void tree_segment(struct tree *t, u32 i, bool all)
{
	const struct map_segment *s = &t->map->segments[i];
	const struct map_layer *l = map_layer(t->map, i);
	char address[24], bytes[MAP_SIZE_TEXT], number[16] = "", note[160];
	const char *texts[] = {
		[COLUMN_START] = tree_address(s->start, address, sizeof(address)),
		[COLUMN_SIZE] = map_size(s->end - s->start, bytes),
		[COLUMN_NODE] = number, [COLUMN_NOTE] = note,
		[COLUMN_WHAT] = map_words(map_kind(t->map, i)), [COLUMN_NAME] = "-",
	};
	struct libscols_line *parent = NULL;

	if (!all && (!l || l->kind == MAP_DEVICE))
		return;
	if (l && tree_is_whole(t, i)) {
		tree_namespace(t, l->ns, i);
		return;
	}
	if (l && l->kind == MAP_REGION) {
		tree_region(t, l->region);
		return;
	}
	tree_share_note(t, i, note, sizeof(note));
	if (l && l->ns != MAP_NOBODY)
		parent = tree_namespace(t, l->ns, MAP_NOBODY);
	else if (l && l->region != MAP_NOBODY)
		parent = tree_region(t, l->region);
	else if (l)
		texts[COLUMN_NAME] = l->name;
	if (l && l->node >= 0)
		snprintf(number, sizeof(number), "%d", l->node);
	tree_line(t, parent, texts, tree_colours[map_kind(t->map, i)]);
}

/* What nobody says where it lies. */
static void tree_unplaced(struct tree *t)
{
	const struct machine *m = t->map->m;

	for (u32 i = 0; i < m->nr_regions; i++)
		if (!machine_placed(m->regions[i].start, m->regions[i].size))
			tree_region(t, i);
	for (u32 i = 0; i < m->nr_namespaces; i++)
		if (!machine_placed(m->namespaces[i].start, m->namespaces[i].size))
			tree_namespace(t, i, MAP_NOBODY);
	for (u32 i = 0; i < m->nr_daxes; i++)
		if (!machine_placed(m->daxes[i].start, m->daxes[i].size))
			tree_noun(t, NULL, m->daxes[i].name, m->daxes[i].driver, m->daxes[i].start,
				  m->daxes[i].size, m->daxes[i].target_node, m->daxes[i].state);
}

static int tree_columns(struct tree *t)
{
	static const struct {
		const char *name;
		int flags;
	} columns[] = {
		[COLUMN_NAME] = { "NAME", SCOLS_FL_TREE },
		[COLUMN_WHAT] = { "WHAT" },
		[COLUMN_START] = { "START", SCOLS_FL_RIGHT },
		[COLUMN_SIZE] = { "SIZE", SCOLS_FL_RIGHT },
		[COLUMN_NODE] = { "NODE", SCOLS_FL_RIGHT },
		[COLUMN_NOTE] = { "NOTE", SCOLS_FL_WRAP },
	};

	t->table = scols_new_table();
	if (!t->table)
		return -ENOMEM;
	/* all texts are printable ASCII (machine.h) */
	scols_table_enable_noencoding(t->table, 1);
	scols_table_enable_colors(t->table, isatty(STDOUT_FILENO) && !getenv("NO_COLOR"));
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		if (!scols_table_new_column(t->table, columns[i].name, 0, columns[i].flags))
			return -ENOMEM;
	return 0;
}

int map_text(const struct map *map, bool all)
{
	struct tree t = { .map = map };

	/* for the lines of the tree */
	setlocale(LC_CTYPE, "");
	t.rc = tree_columns(&t);
	t.regions = calloc(map->m->nr_regions + 1, sizeof(*t.regions));
	t.namespaces = calloc(map->m->nr_namespaces + 1, sizeof(*t.namespaces));
	t.notes = malloc((map->nr_segments + 1) * sizeof(*t.notes));
	if (!t.regions || !t.namespaces || !t.notes)
		t.rc = -ENOMEM;
	if (!t.rc) {
		for (u32 i = 0; i < map->nr_segments; i++)
			t.notes[i] = MAP_NOBODY;
		for (u32 i = 0; i < map->nr_shares; i++)
			t.notes[map->shares[i].behind] = i;
		for (u32 i = 0; i < map->nr_segments && !t.rc; i++)
			tree_segment(&t, i, all);
		tree_unplaced(&t);
	}
	if (!t.rc)
		t.rc = scols_print_table(t.table);
	scols_unref_table(t.table);
	free(t.regions);
	free(t.namespaces);
	free(t.notes);
	return t.rc;
}
