// SPDX-License-Identifier: GPL-2.0
/* ndstack features [--json] */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <linux/kernel.h>
#include "command.h"
#include "feature_line.h"
#include "report.h"

static const char usage[] =
	"usage: ndstack features [-j|--json]\n"
	"  What the modules of ndstack that are loaded can do on this kernel, and what not, and why.\n"
	"exit status: 0; 1: they are not loaded, or serve nothing; 2: usage\n";

#define DEVICES	"/sys/bus/nd/devices"

/* Every bus has the same. */
static FILE *open_features(void)
{
	char path[PATH_MAX];
	struct dirent *entry;
	FILE *file = NULL;
	DIR *dir = opendir(DEVICES);

	while (dir && !file && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "ndbus", 5))
			continue;
		snprintf(path, sizeof(path), DEVICES "/%s/features", entry->d_name);
		file = fopen(path, "re");
	}
	if (dir)
		closedir(dir);
	return file;
}

static int print(FILE *file, bool json)
{
	static const char *const columns[] = { "feature", "value", "reason" };
	struct report *report = report_new("features", columns, ARRAY_SIZE(columns), json);
	char line[512];
	int rc = 0;

	if (!report)
		return -ENOMEM;
	while (!rc && fgets(line, sizeof(line), file)) {
		struct feature_line it;

		if (!feature_line_split(line, &it))
			continue;
		rc = report_add(report, (const char *const[]){ it.name, it.value, it.reason });
	}
	return report_end(report) ?: rc;
}

int command_features(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	bool json = false;
	FILE *file;
	int opt, rc;

	while ((opt = getopt_long(argc, argv, "jh", options, NULL)) != -1) {
		if (opt == 'h')
			return fputs(usage, stdout) < 0;
		if (opt == '?')
			return 2;
		json = true;
	}
	if (optind != argc) {
		fputs(usage, stderr);
		return 2;
	}
	file = open_features();
	if (!file) {
		fputs("ndstack: features: no bus is served by modules of ndstack: \"ndstack preflight\" says what would be\n",
		      stderr);
		return 1;
	}
	rc = print(file, json);
	fclose(file);
	if (rc)
		fprintf(stderr, "ndstack: standard output: %s\n", strerror(-rc));
	return !!rc;
}
