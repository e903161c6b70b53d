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

/* new_finding() - NULL: no memory */
static struct why_finding *new_finding(struct why_findings *out, const char *dir,
				       const char *space, const char *text)
{
	struct why_finding *more;

	/* a power of two is full */
	if (!(out->nr & (out->nr - 1))) {
		more = reallocarray(out->list, out->nr ? 2 * out->nr : 1, sizeof(*more));
		if (!more)
			return NULL;
		out->list = more;
	}
	more = &out->list[out->nr];
	*more = (struct why_finding) {
		.when = -1, .dir = strdup(dir), .space = strdup(space), .text = strdup(text),
	};
	out->nr++;
	/* freed with the others */
	if (!more->dir || !more->space || !more->text)
		return NULL;
	more->name = strrchr(more->dir, '/') + 1;
	return more;
}

static int add_told(struct why_findings *out, const char *dir, const char *line)
{
	struct why_finding *it;
	char when[64], space[32];

	why_space(dir, space, sizeof(space));
	it = new_finding(out, dir, space, line);
	if (!it)
		return -ENOMEM;
	/* a line of a form that is not known is shown all the same */
	if (!reason_line_split(it->text, &it->line)) {
		strcpy(it->text, line);
		it->line = (struct reason_line) { "", "", ND_REASON_COUNT, it->text };
	}
	it->remark = reason_line_is_remark(&it->line);
	if (sysfs_attr(dir, "last_error_time", when, sizeof(when)) > 0)
		it->when = strtod(when, NULL);
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
	struct why_finding *it = new_finding(out, dir, "", words);

	if (!it)
		return -ENOMEM;
	reason_line_split(it->text, &it->line);
	it->deduced = true;
	it->deduction = what;
	/* where drivers tell their reasons, who has none was disabled by somebody */
	it->remark = what == WHY_NO_DRIVER && !out->mute;
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

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int is_name(const void *name, const void *told)
{
	return strcmp(name, *(const char *const *)told);
}

/* note_told() - of which devices and namespaces do drivers tell a reason? */
static int note_told(struct why_findings *out)
{
	out->told = calloc(2 * out->nr + 1, sizeof(*out->told));
	if (!out->told)
		return -ENOMEM;
	for (unsigned int i = 0; i < out->nr; i++) {
		const struct why_finding *it = &out->list[i];

		if (it->remark)
			continue;
		out->told[out->nr_told++] = it->name;
		if (*it->space)
			out->told[out->nr_told++] = it->space;
	}
	qsort(out->told, out->nr_told, sizeof(*out->told), by_name);
	return 0;
}

static bool bound(const char *dir)
{
	char driver[64];

	return sysfs_link(dir, "driver", driver, sizeof(driver));
}

/* What drivers tell comes first, one after the other by the name of its device. */
static bool told_of(const struct why_findings *out, const char *name)
{
	return bsearch(name, out->told, out->nr_told, sizeof(*out->told), is_name);
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
	return strcmp(x->name, y->name);
}

int why_find(struct why_findings *out)
{
	int rc;

	*out = (struct why_findings) { };
	rc = of_each("/sys/bus/nd/devices/ndbus*", out, find_mute);
	rc = rc ?: of_each("/sys/bus/*/devices/*/last_error", out, look_at);
	rc = rc ?: note_told(out);
	rc = rc ?: of_each("/sys/bus/nd/devices/*", out, deduce);
	if (!rc && out->nr) {
		qsort(out->list, out->nr, sizeof(*out->list), newer_first);
		rc = users_look(&out->users);
	}
	if (rc)
		why_free(out);
	return rc;
}

void why_free(struct why_findings *findings)
{
	for (unsigned int i = 0; i < findings->nr; i++) {
		free(findings->list[i].dir);
		free(findings->list[i].space);
		free(findings->list[i].text);
	}
	free(findings->list);
	free(findings->told);
	users_free(&findings->users);
	*findings = (struct why_findings) { };
}

static void name_others(const struct why_finding *it, struct why_detail *out)
{
	const char *at = it->line.sentence;
	struct reason_name name = { };

	while (out->nr_named < WHY_NAMED && reason_name_next(&at, &name)) {
		struct why_named *named = &out->named[out->nr_named];
		bool known = !strcmp(name.name, out->device.name);

		for (unsigned int i = 0; i < out->nr_named; i++)
			known |= !strcmp(name.name, out->named[i].name);
		if (known || name.kind == REASON_NAME_MEMORY)
			continue;
		snprintf(named->name, sizeof(named->name), "%s", name.name);
		why_node_of(name.name, named->node, sizeof(named->node));
		out->nr_named++;
	}
}

void why_look(const struct why_findings *findings, const struct why_finding *it,
	      struct why_detail *out)
{
	memset(out, 0, sizeof(*out));
	why_about(it->dir, &out->device);
	why_node(&out->device, out->node, sizeof(out->node));
	if (it->deduced) {
		why_deduced(&out->device, it->deduction, &out->help);
		return;
	}
	name_others(it, out);
	if (why_wants_processes(&it->line))
		why_processes(&out->device, &findings->users);
	why_help(&out->device, &it->line, &out->help);
}
