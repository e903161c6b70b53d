// SPDX-License-Identifier: GPL-2.0
/* What is wrong on this machine. See why_find.h. */
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "snapshots.h"
#include "sysfs.h"
#include "why_about.h"
#include "why_find.h"

#define LINE_SIZE	4097

static struct why_finding *new_finding(struct why_findings *out, const char *dir)
{
	struct why_finding *more = reallocarray(out->list, out->nr + 1, sizeof(*more));

	if (!more)
		return NULL;
	out->list = more;
	more += out->nr;
	*more = (struct why_finding) { .when = -1 };
	why_about(dir, &more->device);
	why_node(&more->device, more->node, sizeof(more->node));
	return more;
}

static void name_others(struct why_finding *it)
{
	const char *at = it->line.sentence;
	struct reason_name name = { };

	while (it->nr_named < WHY_NAMED && reason_name_next(&at, &name)) {
		struct why_named *named = &it->named[it->nr_named];
		bool known = !strcmp(name.name, it->device.name);

		for (unsigned int i = 0; i < it->nr_named; i++)
			known |= !strcmp(name.name, it->named[i].name);
		if (known || name.kind == REASON_NAME_MEMORY)
			continue;
		snprintf(named->name, sizeof(named->name), "%s", name.name);
		why_node_of(name.name, named->node, sizeof(named->node));
		it->nr_named++;
	}
}

static int add_told(struct why_findings *out, const char *dir, const char *line)
{
	struct why_finding *it = new_finding(out, dir);
	char when[64];

	if (!it)
		return -ENOMEM;
	it->text = strdup(line);
	if (!it->text)
		return -ENOMEM;
	/* a line of a form that is not known is shown all the same */
	if (!reason_line_split(it->text, &it->line)) {
		strcpy(it->text, line);
		it->line = (struct reason_line) { "", "", ND_REASON_COUNT, it->text };
	}
	it->remark = reason_line_is_remark(&it->line);
	if (sysfs_attr(dir, "last_error_time", when, sizeof(when)) > 0)
		it->when = strtod(when, NULL);
	name_others(it);
	out->nr++;
	return 0;
}

static int look_at_line(struct why_findings *out, const char *dir)
{
	char line[LINE_SIZE];
	int rc = sysfs_attr(dir, "last_error", line, sizeof(line));

	if (rc == -EACCES || rc == -EPERM)
		out->unread++;
	return rc > 0 ? add_told(out, dir, line) : 0;
}

/* @words: a line as that of an attribute would be */
static int add_deduced(struct why_findings *out, const char *dir, enum why_deduction what,
		       const char *words)
{
	struct why_finding *it = new_finding(out, dir);

	if (!it)
		return -ENOMEM;
	it->text = strdup(words);
	if (!it->text || !reason_line_split(it->text, &it->line)) {
		free(it->text);
		return -ENOMEM;
	}
	it->deduced = true;
	/* where drivers tell their reasons, who has none was disabled by somebody */
	it->remark = what == WHY_NO_DRIVER && !out->mute;
	why_deduced(&it->device, what, &it->help);
	out->nr++;
	return 0;
}

/* badblocks: a line "SECTOR COUNT" each. @from, @to: bytes that count. Return: how many are bad */
static unsigned long long bad_bytes(const char *dir, unsigned long long from, unsigned long long to)
{
	unsigned long long first, end, sum = 0;
	char text[LINE_SIZE], *at = text;

	if (sysfs_attr(dir, "badblocks", text, sizeof(text)) <= 0)
		return 0;
	while (sscanf(at, "%llu %llu", &first, &end) == 2) {
		end = (first + end) * 512;
		first = max(first * 512, from);
		end = min(end, to);
		sum += end > first ? end - first : 0;
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	return sum;
}

static int deduce_bad_bytes(struct why_findings *out, const char *dir, unsigned long long bytes)
{
	char words[160];

	if (!bytes)
		return 0;
	snprintf(words, sizeof(words),
		 "EIO media: %llu bytes are known to be bad: reading them fails", bytes);
	return add_deduced(out, dir, WHY_BAD_BYTES, words);
}

/* A devdax namespace has no disk: its part of what is known of the region. */
static int deduce_bad_of_region(struct why_findings *out, const char *dir, const char *name)
{
	unsigned long long start, base, size;
	char region[PATH_MAX], text[32];

	snprintf(region, sizeof(region), "/sys/bus/nd/devices/%s", name);
	if (sysfs_attr(dir, "size", text, sizeof(text)) <= 0)
		return 0;
	size = strtoull(text, NULL, 0);
	if (sysfs_attr(dir, "resource", text, sizeof(text)) <= 0 ||
	    !(start = strtoull(text, NULL, 0))) {
		out->unread++;
		return 0;
	}
	sysfs_attr(region, "resource", text, sizeof(text));
	base = strtoull(text, NULL, 0);
	if (start < base)
		return 0;
	return deduce_bad_bytes(out, dir, bad_bytes(region, start - base, start - base + size));
}

static bool bound(const char *dir)
{
	char driver[64];

	return sysfs_link(dir, "driver", driver, sizeof(driver));
}

static bool told_of(const struct why_findings *out, const char *name)
{
	for (unsigned int i = 0; i < out->nr; i++)
		if (!out->list[i].remark && (!strcmp(out->list[i].device.name, name) ||
					     !strcmp(out->list[i].device.space, name)))
			return true;
	return false;
}

static int deduce_dimm(struct why_findings *out, const char *dir, const char *name)
{
	char security[32];

	sysfs_attr(dir, "security", security, sizeof(security));
	if (bound(dir) || told_of(out, name))
		return 0;
	if (!strcmp(security, "locked"))
		return add_deduced(out, dir, WHY_LOCKED,
				   "EACCES locked: the DIMM is locked by a passphrase, and no driver is bound to it");
	return add_deduced(out, dir, WHY_NO_DRIVER,
			   "ENXIO disabled: the DIMM has no driver, and what needs its labels cannot be served");
}

static int deduce_region(struct why_findings *out, const char *dir, const char *name)
{
	int rc = 0;

	/* bad bytes that lie in no namespace are nobody's trouble: those that do are told of it */
	if (!bound(dir) && !told_of(out, name))
		rc = add_deduced(out, dir, WHY_NO_DRIVER,
				 "ENXIO disabled: the region has no driver, and none of its namespaces is served");
	return rc;
}

/* By itself, or by the btt, pfn or dax device that has it. */
static bool served(const char *dir)
{
	char holder[64], path[PATH_MAX];

	if (bound(dir))
		return true;
	sysfs_attr(dir, "holder", holder, sizeof(holder));
	if (!*holder)
		return false;
	snprintf(path, sizeof(path), "/sys/bus/nd/devices/%s", holder);
	return bound(path);
}

static int deduce_namespace(struct why_findings *out, const char *dir, const char *name)
{
	/* there may be thousands: all that is known of one is looked up where something is wrong */
	struct why_device device = { };
	char size[32], disk[64], path[PATH_MAX];

	if (sysfs_attr(dir, "size", size, sizeof(size)) < 0 || !strtoull(size, NULL, 0))
		return 0;
	if (!served(dir)) {
		if (told_of(out, name))
			return 0;
		return add_deduced(out, dir, WHY_NO_DRIVER,
				   "ENXIO disabled: the namespace has capacity, and no driver serves it");
	}
	snprintf(device.space, sizeof(device.space), "%.31s", name);
	if (why_disk(&device, disk, sizeof(disk))) {
		snprintf(path, sizeof(path), "/sys/class/block/%s", disk);
		return deduce_bad_bytes(out, dir, bad_bytes(path, 0, ULLONG_MAX));
	}
	snprintf(disk, sizeof(disk), "region%d", atoi(name + strlen("namespace")));
	return deduce_bad_of_region(out, dir, disk);
}

static int deduce(struct why_findings *out, const char *dir, const char *name)
{
	if (reason_name_is(name, REASON_NAME_DIMM))
		return deduce_dimm(out, dir, name);
	if (reason_name_is(name, REASON_NAME_REGION))
		return deduce_region(out, dir, name);
	if (reason_name_is(name, REASON_NAME_NAMESPACE))
		return deduce_namespace(out, dir, name);
	return 0;
}

/* of_each() - call @what for the directory of each device that @pattern finds */
static int of_each(const char *pattern, struct why_findings *out,
		   int (*what)(struct why_findings *out, const char *dir, const char *name))
{
	glob_t found;
	int rc = glob(pattern, 0, NULL, &found);

	if (rc)
		return rc == GLOB_NOSPACE ? -ENOMEM : 0;
	for (size_t i = 0; !rc && i < found.gl_pathc; i++) {
		const char *name = strrchr(found.gl_pathv[i], '/');

		rc = name ? what(out, found.gl_pathv[i], name + 1) : 0;
	}
	globfree(&found);
	return rc;
}

/* @path: of the attribute */
static int look_at(struct why_findings *out, const char *path, const char *name)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "%.*s", (int)(name - 1 - path), path);
	return look_at_line(out, dir);
}

static int find_mute(struct why_findings *out, const char *dir, const char *name)
{
	char text[LINE_SIZE];

	out->mute |= sysfs_attr(dir, "last_error", text, sizeof(text)) == -ENOENT;
	return 0;
}

static int newer_first(const void *a, const void *b)
{
	const struct why_finding *x = a, *y = b;

	if (x->when != y->when)
		return x->when < y->when ? 1 : -1;
	return strcmp(x->device.name, y->device.name);
}

static void find_help(struct why_findings *out)
{
	for (unsigned int i = 0; i < out->nr; i++) {
		struct why_finding *it = &out->list[i];

		if (it->deduced)
			continue;
		if (why_wants_processes(&it->line))
			why_processes(&it->device, &out->users);
		why_help(&it->device, &it->line, &it->help);
	}
}

int why_find(struct why_findings *out)
{
	int rc;

	*out = (struct why_findings) { };
	rc = of_each("/sys/bus/nd/devices/ndbus*", out, find_mute);
	rc = rc ?: of_each("/sys/bus/*/devices/*/last_error", out, look_at);
	rc = rc ?: of_each("/sys/bus/nd/devices/*", out, deduce);
	if (!rc && out->nr) {
		qsort(out->list, out->nr, sizeof(*out->list), newer_first);
		rc = users_look(&out->users);
	}
	if (rc)
		why_free(out);
	else
		find_help(out);
	return rc;
}

void why_free(struct why_findings *findings)
{
	for (unsigned int i = 0; i < findings->nr; i++)
		free(findings->list[i].text);
	free(findings->list);
	users_free(&findings->users);
	findings->list = NULL;
	findings->nr = 0;
}
