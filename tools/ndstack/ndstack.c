// SPDX-License-Identifier: GPL-2.0
/*
 * ndstack - persistent memory explained to whoever administers it: a command each, below, of which
 * the larger ones are in command_NAME.c.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "command.h"
#include "infoblock.h"
#include "medium.h"
#include "show.h"
#include "users.h"

static const char info_usage[] =
	"usage: ndstack info [-j|--json] [-s|--scrub] [-b|--base ADDRESS] PATH...\n"
	"  PATH is the image of a namespace, or the block device of one in raw mode\n"
	"  (echo 1 >/sys/bus/nd/devices/namespaceX.Y/force_raw while it is disabled).\n"
	"  Prints version, pads, set bytes that have no meaning, and which readers\n"
	"  of the format get the right data.\n"
	"  --json   an object a line\n"
	"  --scrub  zero the bytes without a meaning, raise 1.0 ... 1.2 to 1.3; whatever a\n"
	"           power cut leaves of it, another --scrub finishes\n"
	"  --base   what is served where the namespace begins at ADDRESS\n"
	"exit status: 0; 1: some PATH could not be read, has a damaged block, or was not\n"
	"scrubbed; 2: usage\n";

static const char users_usage[] =
	"usage: ndstack users\n"
	"  Prints who uses disks and dax devices of persistent memory, a line\n"
	"  \"DEVICE: USER\" each.\n"
	"exit status: 0; 1: there are users, or not all could be looked for; 2: usage\n";

/* The one way to have no room, in full: the reason alone would leave it to be guessed. */
static const char no_spare[] = ": bytes 0 to 4095 are in use, and data follow the block";

static int complain(const char *path, const char *what, int rc)
{
	fprintf(stderr, "ndstack: %s: %s: %s\n", path, what, strerror(-rc));
	return 1;
}

static int examine(const struct medium *medium, const char *path, u8 *head,
		   struct infoblock_report *report)
{
	int rc = -ENODATA;

	if (medium->size >= INFOBLOCK_HEAD)
		rc = medium_read(medium, head, INFOBLOCK_HEAD, 0);
	if (rc)
		return complain(path, "reading the info-block", rc);
	infoblock_examine(head, report);
	return 0;
}

static int scrub(const struct medium *medium, const char *path, const u8 *head,
		 const struct infoblock_report *report)
{
	static struct infoblock_plan plan;
	enum nd_reason reason = infoblock_plan_scrub(head, report, &plan);

	if (reason) {
		fprintf(stderr, "ndstack: %s: not scrubbed: %s%s\n", path, nd_reason_token(reason),
			reason == ND_REASON_SPACE ? no_spare : "");
		return 1;
	}
	for (unsigned int i = 0; i < plan.nr; i++) {
		int rc = medium_write(medium, plan.steps[i].data, sizeof(plan.steps[i].data),
				      plan.steps[i].offset);

		if (rc)
			return complain(path, plan.steps[i].what, rc);
	}
	return 0;
}

struct wish {
	bool json;
	bool write;
	bool asked;		/* about @base */
	uint64_t base;
};

static int info_one(const char *path, const struct wish *wish)
{
	static struct infoblock_report report;
	static u8 head[INFOBLOCK_HEAD];
	struct show_subject subject = {
		.path = path, .report = &report, .base = wish->base, .asked = wish->asked,
	};
	struct medium medium;
	int rc = medium_open(&medium, path, wish->write);

	if (rc == -EBUSY)
		return complain(path, "disable the namespace or stop the machine first", rc);
	if (rc)
		return complain(path, "open", rc);
	rc = examine(&medium, path, head, &report);
	if (!rc && wish->write) {
		rc = scrub(&medium, path, head, &report);
		rc |= examine(&medium, path, head, &report);
	}
	if (!rc || report.state) {
		subject.size = medium.size;
		(wish->json ? show_json : show_text)(stdout, &subject);
		rc |= report.state == INFOBLOCK_DAMAGED || report.state == INFOBLOCK_INTERRUPTED;
	}
	medium_close(&medium);
	return rc;
}

static bool parse_address(const char *text, uint64_t *address)
{
	char *end;

	errno = 0;
	*address = strtoull(text, &end, 0);
	if (!errno && isdigit((unsigned char)*text) && !*end)
		return true;
	fprintf(stderr, "ndstack: not an address: %s\n", text);
	return false;
}

static int info(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "scrub", no_argument, NULL, 's' },
		{ "base", required_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	struct wish wish = { };
	int opt, rc = 0;

	while ((opt = getopt_long(argc, argv, "jsb:h", options, NULL)) != -1) {
		if (opt == '?' || (opt == 'b' && !parse_address(optarg, &wish.base)))
			return 2;
		if (opt == 'h')
			return fputs(info_usage, stdout) < 0;
		wish.json |= opt == 'j';
		wish.write |= opt == 's';
		wish.asked |= opt == 'b';
	}
	if (optind == argc) {
		fputs(info_usage, stderr);
		return 2;
	}
	for (; optind < argc; optind++)
		rc |= info_one(argv[optind], &wish);
	if (fflush(stdout) || ferror(stdout))
		return complain("standard output", "write", -EIO);
	return rc;
}

static int users(int argc, char **argv)
{
	struct users users;
	int rc;

	if (argc == 2 && !strcmp(argv[1], "--help"))
		return fputs(users_usage, stdout) < 0;
	if (argc > 1) {
		fputs(users_usage, stderr);
		return 2;
	}
	rc = users_look(&users);
	if (rc < 0)
		return complain("users", "looking", rc);
	for (int i = 0; i < users.nr; i++)
		printf("%s: %s\n", users.list[i].device, users.list[i].text);
	if (users.unseen)
		fprintf(stderr, "ndstack: users: %d processes could not be looked at: only root sees all\n",
			users.unseen);
	if (users.unasked)
		fprintf(stderr, "ndstack: users: %d disks could not be asked whether the kernel holds them: only root may\n",
			users.unasked);
	rc = users.nr || users.unseen || users.unasked;
	users_free(&users);
	if (fflush(stdout) || ferror(stdout))
		return complain("standard output", "write", -EIO);
	return rc;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} commands[] = {
	{ "map", command_map, "what lies where in physical memory" },
	{ "why", command_why, "what is wrong, who is in the way, and what to type" },
	{ "check", command_check, "labels, info-blocks and BTTs, and repair of what is sure" },
	{ "fit", command_fit, "what a namespace would be, before it is made" },
	{ "watch", command_watch, "how far work is that takes its time" },
	{ "users", users, "who uses persistent memory" },
	{ "preflight", command_preflight, "what becomes of this machine under these drivers" },
	{ "features", command_features, "what this kernel with this build can do" },
	{ "info", info, "the info-block of an image, or of a namespace in raw mode" },
};

static int help(FILE *out)
{
	fputs("usage: ndstack COMMAND [...]\n", out);
	for (int i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].what);
	fputs("ndstack COMMAND --help says more, and so do the manual pages.\n", out);
	return fflush(out) || ferror(out);
}

int main(int argc, char **argv)
{
	for (int i = 0; argc > 1 && i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return help(stdout);
	help(stderr);
	return 2;
}
