// SPDX-License-Identifier: GPL-2.0
/* What is wrong on this machine. See why_find.h. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kernel.h>
#include "snapshots.h"
#include "sysfs.h"
#include "why_about.h"
#include "why_find.h"

#define LINE_SIZE	4097
#define ND_DEVICES	"/sys/bus/nd/devices"

static void free_finding(struct why_finding *it)
{
	free(it->dir);
	free(it->space);
	free(it->text);
}

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

static int add_recorded(struct why_findings *out, const char *dir, const char *line)
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

/**
 * struct place - a device that is looked at
 * @fd: its directory
 * @dir: the same, as a path
 * @name: its last component
 */
struct place {
	int fd;
	const char *dir;
	const char *name;
};

static int look_at_line(struct why_findings *out, const struct place *at)
{
	char line[LINE_SIZE];
	int rc = sysfs_attr_at(at->fd, "last_error", line, sizeof(line));

	if (rc == -EACCES || rc == -EPERM)
		out->unread++;
	return rc > 0 ? add_recorded(out, at->dir, line) : 0;
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

	snprintf(region, sizeof(region), ND_DEVICES "/%s", name);
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

static bool bound(int dir)
{
	char to[4];

	return readlinkat(dir, "driver", to, sizeof(to)) > 0;
}

static int deduce_dimm(struct why_findings *out, const struct place *at)
{
	char security[32];

	if (bound(at->fd))
		return 0;
	sysfs_attr_at(at->fd, "security", security, sizeof(security));
	if (!strcmp(security, "locked"))
		return add_deduced(out, at->dir, WHY_LOCKED,
				   "EACCES locked: the DIMM is locked by a passphrase, and no driver is bound to it");
	return add_deduced(out, at->dir, WHY_NO_DRIVER,
			   "ENXIO disabled: the DIMM has no driver, and what needs its labels cannot be served");
}

static int deduce_region(struct why_findings *out, const struct place *at)
{
	/* bad bytes that lie in no namespace are nobody's trouble: those that do are told of it */
	if (bound(at->fd))
		return 0;
	return add_deduced(out, at->dir, WHY_NO_DRIVER,
			   "ENXIO disabled: the region has no driver, and none of its namespaces is served");
}

/* By itself, or by the btt, pfn or dax device that has it. */
static bool served(int dir)
{
	char holder[64], path[PATH_MAX];

	if (bound(dir))
		return true;
	sysfs_attr_at(dir, "holder", holder, sizeof(holder));
	if (!*holder)
		return false;
	snprintf(path, sizeof(path), ND_DEVICES "/%s/driver", holder);
	return !access(path, F_OK);
}

static int deduce_namespace(struct why_findings *out, const struct place *at)
{
	/* there may be thousands: all that is known of one is looked up where something is wrong */
	struct why_device device = { };
	char size[32], disk[64], path[PATH_MAX];

	if (sysfs_attr_at(at->fd, "size", size, sizeof(size)) < 0 || !strtoull(size, NULL, 0))
		return 0;
	if (!served(at->fd))
		return add_deduced(out, at->dir, WHY_NO_DRIVER,
				   "ENXIO disabled: the namespace has capacity, and no driver serves it");
	snprintf(device.space, sizeof(device.space), "%.31s", at->name);
	if (why_disk(&device, disk, sizeof(disk))) {
		snprintf(path, sizeof(path), "/sys/class/block/%s", disk);
		return deduce_bad_bytes(out, at->dir, bad_bytes(path, 0, ULLONG_MAX));
	}
	snprintf(disk, sizeof(disk), "region%d", atoi(at->name + strlen("namespace")));
	return deduce_bad_of_region(out, at->dir, disk);
}

static int deduce(struct why_findings *out, const struct place *at)
{
	if (reason_name_is(at->name, REASON_NAME_DIMM))
		return deduce_dimm(out, at);
	if (reason_name_is(at->name, REASON_NAME_REGION))
		return deduce_region(out, at);
	if (reason_name_is(at->name, REASON_NAME_NAMESPACE))
		return deduce_namespace(out, at);
	return 0;
}

/* look_at() - a device of the bus whose devices lie in @devices: its directory is looked up once */
static int look_at(struct why_findings *out, DIR *devices, const char *path, const char *name)
{
	struct place at = { .name = name };
	char dir[PATH_MAX];
	int rc;

	snprintf(dir, sizeof(dir), "%s/%s", path, name);
	at.dir = dir;
	at.fd = openat(dirfd(devices), name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	/* it has gone meanwhile */
	if (at.fd < 0)
		return 0;
	rc = look_at_line(out, &at);
	if (!rc && !strcmp(path, ND_DEVICES))
		rc = deduce(out, &at);
	close(at.fd);
	return rc;
}

/* @path: where the devices of a bus are */
static int look_at_bus(struct why_findings *out, const char *path)
{
	struct dirent *entry;
	DIR *devices = opendir(path);
	int rc = 0;

	while (devices && !rc && (entry = readdir(devices)))
		if (*entry->d_name != '.')
			rc = look_at(out, devices, path, entry->d_name);
	if (devices)
		closedir(devices);
	return rc;
}

static int find_mute(struct why_findings *out, const char *dir)
{
	char text[LINE_SIZE];

	out->mute |= sysfs_attr(dir, "last_error", text, sizeof(text)) == -ENOENT;
	return 0;
}

/* of_each() - call @what for each directory that @pattern finds */
static int of_each(struct why_findings *out, const char *pattern,
		   int (*what)(struct why_findings *out, const char *dir))
{
	glob_t found;
	int rc = glob(pattern, 0, NULL, &found);

	if (rc)
		return rc == GLOB_NOSPACE ? -ENOMEM : 0;
	for (size_t i = 0; !rc && i < found.gl_pathc; i++)
		rc = what(out, found.gl_pathv[i]);
	globfree(&found);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of devices and namespaces of which drivers tell a reason, sorted; NULL: no memory */
static const char **recorded_names(const struct why_findings *out, size_t *nr)
{
	const char **names = calloc(2 * out->nr + 1, sizeof(*names));

	*nr = 0;
	for (unsigned int i = 0; names && i < out->nr; i++) {
		const struct why_finding *it = &out->list[i];

		if (it->remark || it->deduced)
			continue;
		names[(*nr)++] = it->name;
		if (*it->space)
			names[(*nr)++] = it->space;
	}
	if (names)
		qsort(names, *nr, sizeof(*names), by_name);
	return names;
}

/* A driver that tells why it serves something not knows more than what follows from its absence. */
static int drop_known(struct why_findings *out)
{
	unsigned int kept = 0;
	size_t nr;
	const char **names = recorded_names(out, &nr);

	if (!names)
		return -ENOMEM;
	for (unsigned int i = 0; i < out->nr; i++) {
		struct why_finding *it = &out->list[i];

		if (it->deduced && it->deduction != WHY_BAD_BYTES &&
		    bsearch(&it->name, names, nr, sizeof(*names), by_name))
			free_finding(it);
		else
			out->list[kept++] = *it;
	}
	out->nr = kept;
	free(names);
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
	rc = of_each(out, ND_DEVICES "/ndbus*", find_mute);
	rc = rc ?: of_each(out, "/sys/bus/*/devices", look_at_bus);
	rc = rc ?: drop_known(out);
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
	for (unsigned int i = 0; i < findings->nr; i++)
		free_finding(&findings->list[i]);
	free(findings->list);
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

/* The map is read when the first reason wants it. */
static const struct map *map_here(void)
{
	static struct machine m;
	static struct map map;
	static bool asked, there;

	if (!asked)
		there = !machine_get(NULL, "why", &m) && !map_make(&m, &map);
	asked = true;
	return there ? &map : NULL;
}

static void find_near(const struct why_findings *findings, const struct why_finding *it,
		      struct why_detail *out)
{
	bool untold = it->deduced && it->deduction == WHY_NO_DRIVER && findings->mute;
	struct why_device *device = &out->device;
	const struct map *map;

	if (it->line.reason != ND_REASON_CONFLICT && !untold)
		return;
	if (device->kind != WHY_REGION && !*device->space)
		return;
	map = map_here();
	if (map)
		out->nr_near = why_near(map, device->space, device->region, out->near);
	for (unsigned int i = 0; i < out->nr_near; i++)
		if (out->near[i].dax && out->near[i].held)
			snprintf(device->neighbour, sizeof(device->neighbour), "%s",
				 out->near[i].name);
}

void why_look(const struct why_findings *findings, const struct why_finding *it,
	      struct why_detail *out)
{
	memset(out, 0, sizeof(*out));
	why_about(it->dir, &out->device);
	why_node(&out->device, out->node, sizeof(out->node));
	find_near(findings, it, out);
	if (it->deduced) {
		why_deduced(&out->device, it->deduction, &out->help);
		return;
	}
	name_others(it, out);
	if (why_wants_processes(&it->line))
		why_processes(&out->device, &findings->users);
	why_help(&out->device, &it->line, &out->help);
}
