// SPDX-License-Identifier: GPL-2.0
/* What helps against a reason. See why.h. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "why.h"

#define ND	"/sys/bus/nd/devices/"
#define DAX	"/sys/bus/dax/devices/"

static const char data_lost[] = "the data of the namespace are lost";
static const char labels_lost[] = "what the labels name is lost";
static const char since_lost[] = "what was created since that snapshot was taken is lost";
static const char one_label_lost[] = "the namespace of that label is lost";
static const char content_lost[] = "what cannot be read is replaced by zeroes";
static const char process_ends[] = "that process ends";
static const char process_may[] = "that process ends, and it may not be the one";

/**
 * struct why_case - what a rule works on
 * @device: it is about
 * @sentence: of the reason, "" for a deduction
 * @other: the first device that the sentence names besides @device and its namespace; kind and name
 * @has_other: there is one
 * @way: number of the next command's way
 * @help: in the making
 */
struct why_case {
	const struct why_device *device;
	const char *sentence;
	struct reason_name other;
	bool has_other;
	unsigned int way;
	struct why_help *help;
};

/* add() - a command of the present way; one that does not fit is left out with all of its way */
static __printf(3, 4) void add(struct why_case *c, const char *loses, const char *format, ...)
{
	struct why_command *command = &c->help->commands[c->help->nr];
	va_list words;
	int len;

	if (c->help->nr == WHY_COMMANDS)
		return;
	va_start(words, format);
	len = vsnprintf(command->text, sizeof(command->text), format, words);
	va_end(words);
	if (len >= sizeof(command->text))
		return;
	command->way = c->way;
	command->loses = loses;
	c->help->nr++;
}

static void next_way(struct why_case *c)
{
	if (c->help->nr && c->help->commands[c->help->nr - 1].way == c->way)
		c->way++;
}

/* The number behind @words in the sentence, or -1. */
static long number_behind(const struct why_case *c, const char *words)
{
	const char *at = strstr(c->sentence, words);

	if (!at || !isdigit((unsigned char)at[strlen(words)]))
		return -1;
	return strtol(at + strlen(words), NULL, 10);
}

static bool is_uuid(const char *at)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == 'x' ? !isxdigit((unsigned char)at[i]) : at[i] != '-')
			return false;
	return true;
}

/* Where a driver is told to begin anew with the namespace. */
static void again(struct why_case *c)
{
	add(c, "", "ndctl disable-namespace %s", c->device->space);
	add(c, "", "ndctl enable-namespace %s", c->device->space);
}

static void create_anew(struct why_case *c)
{
	const struct why_device *d = c->device;
	const char *mode = strstr(c->sentence, "BTT") ? "sector" : d->mode;
	long sector = number_behind(c, "sector_size ");
	char more[48] = "";

	if (!*d->space)
		return;
	next_way(c);
	if (!strcmp(mode, "sector") && sector > 0)
		snprintf(more, sizeof(more), " -l %ld", sector);
	else if (*d->map)
		snprintf(more, sizeof(more), " -M %s", d->map);
	add(c, data_lost, "ndctl create-namespace -f -e %s -m %s%s", d->space, mode, more);
}

/* Its bytes, whatever its info-block says: to copy them elsewhere. */
static void look_raw(struct why_case *c)
{
	const struct why_device *d = c->device;

	if (!*d->space)
		return;
	next_way(c);
	add(c, "", "ndctl disable-namespace %s", d->space);
	add(c, "", "echo 1 >" ND "%s/force_raw", d->space);
	add(c, "", "ndctl enable-namespace %s", d->space);
}

static void end_processes(struct why_case *c)
{
	const struct why_device *d = c->device;

	for (unsigned int i = 0; i < d->nr_processes; i++)
		if (d->processes[i].sure || d->nr_processes == 1)
			add(c, d->processes[i].sure ? process_ends : process_may, "kill %d",
			    d->processes[i].pid);
}

static void disable_other(struct why_case *c)
{
	switch (c->other.kind) {
	case REASON_NAME_NAMESPACE:
		return add(c, "", "ndctl disable-namespace %s", c->other.name);
	case REASON_NAME_REGION:
		return add(c, "", "ndctl disable-region %s", c->other.name);
	case REASON_NAME_DIMM:
		return add(c, "", "ndctl disable-dimm %s", c->other.name);
	default:
		return;
	}
}

static void enable_other(struct why_case *c)
{
	switch (c->other.kind) {
	case REASON_NAME_NAMESPACE:
		return add(c, "", "ndctl enable-namespace %s", c->other.name);
	case REASON_NAME_REGION:
		return add(c, "", "ndctl enable-region %s", c->other.name);
	case REASON_NAME_DIMM:
		return add(c, "", "ndctl enable-dimm %s", c->other.name);
	default:
		return;
	}
}

static void enable_self(struct why_case *c)
{
	const struct why_device *d = c->device;

	if (d->kind == WHY_REGION)
		add(c, "", "ndctl enable-region %s", d->name);
	else if (d->kind == WHY_DIMM)
		add(c, "", "ndctl enable-dimm %s", d->name);
	else if (*d->space)
		add(c, "", "ndctl enable-namespace %s", d->space);
}

static void neighbour_first(struct why_case *c)
{
	const struct why_device *d = c->device;

	if (c->has_other && *d->space)
		disable_other(c);
	else if (*d->neighbour && *d->space && !strstr(c->sentence, "with System RAM"))
		add(c, "", "daxctl disable-device %s", d->neighbour);
	if (c->help->nr)
		again(c);
	create_anew(c);
}

static void neighbour_leaves_nothing(struct why_case *c)
{
	long align = number_behind(c, "align=");

	if (align > 0 && (c->device->kind == WHY_PFN || c->device->kind == WHY_DAX)) {
		add(c, "", "echo %ld >" ND "%s/align", align, c->device->name);
		next_way(c);
	}
	if (*c->device->space)
		add(c, data_lost, "ndctl create-namespace -f -e %s -m raw", c->device->space);
}

static void each_block(struct why_case *c, const char *state)
{
	struct reason_name name = { };
	const char *at = c->sentence;

	while (reason_name_next(&at, &name))
		if (name.kind == REASON_NAME_MEMORY)
			add(c, "", "echo %s >/sys/devices/system/memory/%s/state", state,
			    name.name);
}

/* Of the dax bus: the sentence begins with its name. */
static const char *devdax_of(struct why_case *c)
{
	if (!*c->device->devdax && c->has_other && c->other.kind == REASON_NAME_DAX)
		return c->other.name;
	return c->device->devdax;
}

static void added_by_kmem(struct why_case *c)
{
	each_block(c, "offline");
	enable_self(c);
}

static void kept_by_kmem(struct why_case *c)
{
	const char *dax = devdax_of(c);

	if (!*dax)
		return;
	add(c, "", "daxctl reconfigure-device -m system-ram %s", dax);
	add(c, "", "daxctl reconfigure-device -f -m devdax %s", dax);
}

static void block_stays(struct why_case *c)
{
	const char *dax = devdax_of(c);

	end_processes(c);
	if (*dax)
		add(c, "", "echo 1 >" DAX "%s/remove", dax);
}

static void stays_ram(struct why_case *c)
{
	const char *dax = devdax_of(c);

	if (*dax)
		add(c, "", "daxctl reconfigure-device -m system-ram %s", dax);
	next_way(c);
	each_block(c, "offline");
}

static void pinned(struct why_case *c)
{
	end_processes(c);
	if (!*c->device->space)
		return;
	/* a process that is told to end lets go of its pages some time later */
	add(c, "", "ndstack watch --wait");
	again(c);
}

static void key_missing(struct why_case *c)
{
	const char *dimm = c->device->kind == WHY_DIMM ? c->device->name : "";

	if (c->has_other && c->other.kind == REASON_NAME_DIMM)
		dimm = c->other.name;
	if (!*dimm)
		return;
	/* told of a key that is not there, or nothing of it: then it may have come meanwhile */
	if (!strstr(c->sentence, "has no key")) {
		add(c, "", "ndctl enable-dimm %s", dimm);
		next_way(c);
	}
	add(c, "", "ndctl load-keys");
	add(c, "", "ndctl enable-dimm %s", dimm);
}

static void enable_named(struct why_case *c)
{
	if (!c->has_other)
		return;
	enable_other(c);
	enable_self(c);
}

static void disable_named(struct why_case *c)
{
	if (c->has_other)
		disable_other(c);
}

static const struct why_dimm *dimm_of(const struct why_case *c, const char *name)
{
	for (unsigned int i = 0; i < c->device->nr_dimms; i++)
		if (!strcmp(c->device->dimms[i].name, name))
			return &c->device->dimms[i];
	return NULL;
}

static const struct why_dimm *dimm_in_question(const struct why_case *c)
{
	if (c->device->kind == WHY_DIMM)
		return dimm_of(c, c->device->name);
	return c->has_other && c->other.kind == REASON_NAME_DIMM ? dimm_of(c, c->other.name) : NULL;
}

static void labels_back(struct why_case *c, const struct why_dimm *dimm)
{
	const char *region = c->device->region;

	if (*region)
		add(c, "", "ndctl disable-region %s", region);
	add(c, "", "ndctl disable-dimm %s", dimm->name);
	if (dimm->snapshot >= 0)
		add(c, since_lost, "ndctl write-labels -i " ND "%s/labels/snapshot%d %s",
		    dimm->name, dimm->snapshot, dimm->name);
	else
		add(c, "", "ndctl write-labels -i FILE %s", dimm->name);
	add(c, "", "ndctl enable-dimm %s", dimm->name);
	if (*region)
		add(c, "", "ndctl enable-region %s", region);
}

static void bad_label(struct why_case *c)
{
	const struct why_dimm *dimm = dimm_in_question(c);
	long slot = number_behind(c, "label slot ");

	if (!dimm)
		return;
	labels_back(c, dimm);
	if (slot < 0)
		return;
	next_way(c);
	if (*c->device->region)
		add(c, "", "ndctl disable-region %s", c->device->region);
	add(c, one_label_lost, "echo %ld >" ND "%s/labels/drop", slot, dimm->name);
	if (*c->device->region)
		add(c, "", "ndctl enable-region %s", c->device->region);
}

static void bad_area(struct why_case *c)
{
	const struct why_dimm *dimm = dimm_in_question(c);

	if (!dimm)
		return;
	labels_back(c, dimm);
	next_way(c);
	if (*c->device->region)
		add(c, "", "ndctl disable-region %s", c->device->region);
	add(c, labels_lost, "ndctl init-labels -f %s", dimm->name);
	if (*c->device->region)
		add(c, "", "ndctl enable-region %s", c->device->region);
}

static void blank_area(struct why_case *c)
{
	if (c->device->kind == WHY_DIMM)
		add(c, "", "ndctl init-labels %s", c->device->name);
}

static void btt_has_copy(struct why_case *c)
{
	const struct why_device *d = c->device;
	const char *uuid = strstr(c->sentence, "of BTT ");
	long sector = number_behind(c, "sector_size ");

	if (uuid && is_uuid(uuid + 7) && sector > 0 && *d->seed && *d->space) {
		add(c, "", "echo %.36s >" ND "%s/uuid", uuid + 7, d->seed);
		add(c, "", "echo %ld >" ND "%s/sector_size", sector, d->seed);
		add(c, "", "echo %s >" ND "%s/namespace", d->space, d->seed);
		add(c, "", "echo %s >/sys/bus/nd/drivers/nd_pmem/bind", d->seed);
	}
	look_raw(c);
}

static void elsewhere(struct why_case *c)
{
	look_raw(c);
	create_anew(c);
}

/* Both of its info-blocks are torn: what is in it may prove what they were. */
static void btt_torn(struct why_case *c)
{
	const struct why_device *d = c->device;

	if (*d->space) {
		add(c, "", "ndstack check --repair %s", d->space);
		add(c, "", "ndctl enable-namespace %s", d->space);
	}
	elsewhere(c);
}

static void strict_align(struct why_case *c)
{
	const struct why_device *d = c->device;

	if (!*d->space || (d->kind != WHY_PFN && d->kind != WHY_DAX))
		return;
	add(c, "", "echo 0 >" ND "%s/strict_align", d->name);
	/* it has the namespace still: ndctl would enable that, and finds it taken */
	add(c, "", "echo %s >/sys/bus/nd/drivers/%s/bind", d->name,
	    d->kind == WHY_DAX ? "dax_pmem" : "nd_pmem");
}

static void other_mode(struct why_case *c)
{
	const struct why_device *d = c->device;
	const char *mode = strstr(c->sentence, " has mode ");
	long align = number_behind(c, " and align ");
	static const char * const modes[] = { "none", "ram", "pmem" };

	if (!mode || align <= 0 || !*d->space || (d->kind != WHY_PFN && d->kind != WHY_DAX))
		return;
	for (int i = 0; i < ARRAY_SIZE(modes); i++)
		if (!strncmp(mode + 10, modes[i], strlen(modes[i])))
			add(c, "", "echo %s >" ND "%s/mode", modes[i], d->name);
	add(c, "", "echo %ld >" ND "%s/align", align, d->name);
	add(c, "", "ndctl enable-namespace %s", d->space);
}

static void writable_again(struct why_case *c)
{
	if (*c->device->region)
		add(c, "", "echo 0 >" ND "%s/read_only", c->device->region);
}

/* Without firmware that clears errors it is writing that does. */
static void clear_by_writing(struct why_case *c)
{
	const struct why_device *d = c->device;

	for (unsigned int i = 0; i < d->nr_bad; i++)
		add(c, content_lost, "blkdiscard -f -z -o %llu -l %llu /dev/%s",
		    (unsigned long long)d->bad[i].offset, (unsigned long long)d->bad[i].length,
		    d->disk);
	if (!d->nr_bad)
		look_raw(c);
}

static void clear_errors(struct why_case *c)
{
	if (*c->device->space && !c->device->clears)
		return clear_by_writing(c);
	if (*c->device->space)
		add(c, content_lost, "ndctl clear-errors %s", c->device->space);
	else if (*c->device->region)
		add(c, "", "ndctl list -M -r %s", c->device->region);
}

static void give_node(struct why_case *c)
{
	const char *dax = devdax_of(c);

	if (*dax)
		add(c, "", "echo '%s 0' >/sys/bus/dax/drivers/kmem/target_node", dax);
}

/* The first that fits is asked; a sentence without one of @words has the table's advice alone. */
static const struct {
	enum nd_reason reason;	/* ND_REASON_COUNT: whatever it is */
	const char *words;
	void (*help)(struct why_case *c);
} rules[] = {
	{ ND_REASON_CONFLICT, "disable that first", neighbour_first },
	{ ND_REASON_CONFLICT, "and leaves no data aligned", neighbour_leaves_nothing },
	{ ND_REASON_CONFLICT, "which kmem has kept", kept_by_kmem },
	{ ND_REASON_COUNT, "is System RAM, added by kmem", added_by_kmem },
	{ ND_REASON_BUSY, "cannot be taken offline", block_stays },
	{ ND_REASON_BUSY, "it stays System RAM", stays_ram },
	{ ND_REASON_COUNT, "draining: ", pinned },
	{ ND_REASON_LOCKED, "unlock", key_missing },
	{ ND_REASON_LOCKED, "has no key", key_missing },
	{ ND_REASON_LOCKED, "refuses the key", key_missing },
	{ ND_REASON_COUNT, "label slot ", bad_label },
	{ ND_REASON_COUNT, "restore a backup", bad_area },
	{ ND_REASON_COUNT, "are out of reach", bad_area },
	{ ND_REASON_NO_INDEX, "is blank", blank_area },
	{ ND_REASON_COUNT, "give that to a btt device to restore it", btt_has_copy },
	{ ND_REASON_COUNT, "of BTT ", btt_torn },
	{ ND_REASON_COUNT, "cannot read the info-block", elsewhere },
	{ ND_REASON_CHECKSUM, "info-block", elsewhere },
	{ ND_REASON_ALIGN, "with 0 in strict_align", strict_align },
	{ ND_REASON_ALIGN, "no struct pages, so no dax", elsewhere },
	{ ND_REASON_COUNT, "trimmed: ", elsewhere },
	{ ND_REASON_MODE, "configured are ", other_mode },
	{ ND_REASON_READ_ONLY, "until its read_only is written", writable_again },
	{ ND_REASON_REFERENCE, "names no NUMA node", give_node },
	{ ND_REASON_MEDIA, "", clear_errors },
	{ ND_REASON_DISABLED, "enable", enable_named },
	{ ND_REASON_DISABLED, "is disabled", enable_named },
	{ ND_REASON_BUSY, "disable ", disable_named },
};

/* The first device named that is not the one we speak of. */
static void find_other(struct why_case *c)
{
	const char *at = c->sentence;

	while (reason_name_next(&at, &c->other)) {
		if (!strcmp(c->other.name, c->device->name) ||
		    !strcmp(c->other.name, c->device->space) ||
		    c->other.kind == REASON_NAME_MEMORY)
			continue;
		c->has_other = true;
		return;
	}
}

static struct why_case case_of(const struct why_device *device, const char *sentence,
			       struct why_help *help)
{
	struct why_case c = { .device = device, .sentence = sentence, .help = help };

	help->nr = 0;
	find_other(&c);
	return c;
}

bool why_wants_processes(const struct reason_line *line)
{
	if (line->reason != ND_REASON_BUSY)
		return false;
	return strstr(line->sentence, "draining") ||
		strstr(line->sentence, "cannot be taken offline");
}

void why_help(const struct why_device *device, const struct reason_line *line,
	      struct why_help *help)
{
	struct why_case c = case_of(device, line->sentence, help);

	for (int i = 0; i < ARRAY_SIZE(rules); i++) {
		if (rules[i].reason != ND_REASON_COUNT && rules[i].reason != line->reason)
			continue;
		if (strstr(line->sentence, rules[i].words))
			return rules[i].help(&c);
	}
}

void why_deduced(const struct why_device *device, enum why_deduction what, struct why_help *help)
{
	struct why_case c = case_of(device, "", help);

	switch (what) {
	case WHY_BAD_BYTES:
		return clear_errors(&c);
	case WHY_NO_DRIVER:
		return enable_self(&c);
	case WHY_LOCKED:
		return key_missing(&c);
	}
}
