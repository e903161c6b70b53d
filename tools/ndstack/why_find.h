/* SPDX-License-Identifier: GPL-2.0 */
/* What is wrong on this machine: reasons that drivers tell, and what follows from sysfs. */
#ifndef _NDSTACK_WHY_FIND_H
#define _NDSTACK_WHY_FIND_H

#include "users.h"
#include "why.h"
#include "why_near.h"

/**
 * struct why_finding - one reason
 * @name: of the device it is told of, in @dir
 * @dir: of that device
 * @space: the namespace that device is or serves, or ""; of a deduction, ""
 * @when: seconds of CLOCK_MONOTONIC, -1: not known
 * @deduced: no driver tells it: it follows from what sysfs shows, as @deduction says
 * @remark: nothing has failed: told on demand only
 * @line: of the attribute; of a deduction, made alike
 * @text: what @line points into
 *
 * There may be one for each of ten thousand namespaces: what else is known of the device is looked
 * up for one after the other, by why_look().
 */
struct why_finding {
	const char *name;
	char *dir;
	char *space;
	double when;
	bool deduced;
	enum why_deduction deduction;
	bool remark;
	struct reason_line line;
	char *text;
};

/**
 * struct why_findings - all of them, newest first
 * @list: of them, @nr
 * @users: of all devices
 * @mute: devices of libnvdimm have no last_error: their drivers are the kernel's own
 * @unread: attributes that may not be read
 */
struct why_findings {
	struct why_finding *list;
	unsigned int nr;
	struct users users;
	bool mute;
	unsigned int unread;
};

/* why_find() - Return: 0, to be freed with why_free(), or a negative errno */
int why_find(struct why_findings *out);
void why_free(struct why_findings *findings);

/* Of a device that a sentence names, or of the one it is told of. */
struct why_named {
	char name[64];
	char node[64];		/* /dev/pmem0, or "" */
};

#define WHY_NAMED	8

/**
 * struct why_detail - what a person wants to know of a finding
 * @device: all that sysfs knows of it, and the processes that are in the way
 * @node: what a person calls it, /dev/pmem0; or ""
 * @help: commands
 * @named: other devices that the sentence names
 * @nr_named: how many
 * @near: who may be the cause, where that is what the reason says, or nobody says any
 * @nr_near: how many
 */
struct why_detail {
	struct why_device device;
	char node[64];
	struct why_help help;
	struct why_named named[WHY_NAMED];
	unsigned int nr_named;
	struct why_near near[2];
	unsigned int nr_near;
};

/* why_look() - what is known of @it, which is one of @findings */
void why_look(const struct why_findings *findings, const struct why_finding *it,
	      struct why_detail *out);

#endif /* _NDSTACK_WHY_FIND_H */
