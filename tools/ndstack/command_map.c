// SPDX-License-Identifier: GPL-2.0
/* ndstack map [--all] [--json] [--svg FILE] [--on FILE] */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "map.h"

static const char usage[] =
	"usage: ndstack map [-a|--all] [-j|--json] [-s|--svg FILE] [-o|--on FILE]\n"
	"  What lies where in physical memory: RAM, firmware, regions, their namespaces and\n"
	"  what these consist of, free capacity, and who shares a unit of struct pages.\n"
	"  --all    what belongs to devices, and holes, too\n"
	"  --json   the map with all that it was made of, for --on and for jq\n"
	"  --svg    a picture to scale, in FILE\n"
	"  --on     of a machine whose map --json has saved in FILE; \"-\": standard input\n"
	"exit status: 0; 1: it could not be read or written; 2: usage\n";

static int map_complain(const char *what, int rc)
{
	fprintf(stderr, "ndstack: map: %s: %s\n", what, strerror(-rc));
	return 1;
}

static int map_draw(const struct map *map, const char *path)
{
	FILE *out = fopen(path, "we");
	int rc;

	if (!out)
		return map_complain(path, -errno);
	rc = map_svg(map, out);
	if (fflush(out) || ferror(out))
		rc = -EIO;
	if (fclose(out))
		rc = -errno;
	return rc ? map_complain(path, rc) : 0;
}

static int map_show(const struct map *map, bool all, bool json, const char *svg)
{
	int rc = 0;

	if (map->m->hidden)
		fputs("ndstack: map: some of it may be seen by root only, as addresses: what is shown as ? is not known\n",
		      stderr);
	if (svg && map_draw(map, svg))
		return 1;
	if (json)
		map_json(map, stdout);
	else if (!svg)
		rc = map_text(map, all);
	if (fflush(stdout) || ferror(stdout))
		rc = -EIO;
	return rc ? map_complain("standard output", rc) : 0;
}

int command_map(int argc, char **argv)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, 'a' },
		{ "json", no_argument, NULL, 'j' },
		{ "svg", required_argument, NULL, 's' },
		{ "on", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	const char *svg = NULL, *on = NULL;
	bool all = false, json = false;
	struct machine m;
	struct map map;
	int opt, rc;

	while ((opt = getopt_long(argc, argv, "ajs:o:h", options, NULL)) != -1) {
		if (opt == '?')
			return 2;
		if (opt == 'h')
			return fputs(usage, stdout) < 0;
		all |= opt == 'a';
		json |= opt == 'j';
		if (opt == 's')
			svg = optarg;
		if (opt == 'o')
			on = optarg;
	}
	if (optind != argc) {
		fputs(usage, stderr);
		return 2;
	}
	if ((json ? machine_get_all : machine_get)(on, "map", &m))
		return 1;
	rc = map_make(&m, &map);
	rc = rc ? map_complain("making it", rc) : map_show(&map, all, json, svg);
	map_free(&map);
	machine_free(&m);
	return rc;
}
