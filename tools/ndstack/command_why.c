// SPDX-License-Identifier: GPL-2.0
/* ndstack why [--json] [--all] [DEVICE...] */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <json-c/json.h>
#include <linux/kernel.h>
#include "advice.h"
#include "command.h"
#include "why_about.h"
#include "why_find.h"

static const char usage[] =
	"usage: ndstack why [-j|--json] [-a|--all] [DEVICE...]\n"
	"  What is wrong with persistent memory here, newest first: the reason that the driver\n"
	"  gives, who is in the way, and the commands that help.\n"
	"  DEVICE  region0, namespace0.0, nmem0, dax0.0, /dev/pmem0 ...: of these only\n"
	"  --all   remarks as well: of what has not failed, as a label area that is blank\n"
	"exit status: 0: nothing is wrong; 1: something is, or an attribute could not be read;\n"
	"2: usage\n";

/**
 * struct query - what is asked for
 * @names: of devices, @nr; 0: of each
 * @all: remarks as well
 */
struct query {
	char **names;
	int nr;
	bool all;
};

static const char *base_name(const char *name)
{
	return strncmp(name, "/dev/", 5) ? name : name + 5;
}

static bool is_about(const struct why_detail *it, const char *name)
{
	name = base_name(name);
	return !strcmp(name, it->device.name) || !strcmp(name, it->device.space) ||
		!strcmp(name, it->device.region) || !strcmp(name, it->device.devdax) ||
		(*it->node && !strcmp(name, base_name(it->node)));
}

static bool is_asked(const struct query *query, const struct why_detail *it)
{
	for (int i = 0; i < query->nr; i++)
		if (is_about(it, query->names[i]))
			return true;
	return !query->nr;
}

/*
 * next_asked() - the next one that is asked for, from the @i-th on, and what is known of it
 *
 * Return: NULL: there is none any more.
 */
static const struct why_finding *next_asked(const struct why_findings *findings,
					    const struct query *query, unsigned int *i,
					    struct why_detail *detail)
{
	while (*i < findings->nr) {
		const struct why_finding *it = &findings->list[(*i)++];

		if (it->remark && !query->all)
			continue;
		why_look(findings, it, detail);
		if (is_asked(query, detail))
			return it;
	}
	return NULL;
}

/* A name that is nobody's has not "nothing wrong". */
static bool exists(const char *name)
{
	static const char *const places[] = {
		"/sys/bus/nd/devices", "/sys/bus/dax/devices", "/sys/class/block",
	};
	char path[512];

	name = base_name(name);
	if (!*name || strchr(name, '/'))
		return false;
	for (int i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(path, sizeof(path), "%s/%s", places[i], name);
		if (!access(path, F_OK))
			return true;
	}
	return false;
}

/* next_user() - who uses that node, from the @i-th user on */
static const struct user *next_user(const struct users *users, const char *node, int *i)
{
	for (; *node && *i < users->nr; (*i)++)
		if (!strcmp(users->list[*i].device, base_name(node)))
			return &users->list[(*i)++];
	return NULL;
}

/* --- neighbours -------------------------------------------------------------------------- */

/* near_node() - what a person knows it as */
static void near_node(const struct why_near *near, char *node, size_t size)
{
	*node = 0;
	if (reason_name_is(near->name, REASON_NAME_NAMESPACE))
		why_node_of(near->name, node, size);
}

/* --- for people -------------------------------------------------------------------------- */

static void text_named(const struct why_named *named, const struct users *users)
{
	const struct user *user;
	int i = 0;

	if (!*named->node)
		return;
	printf("    %s is %s\n", named->name, named->node);
	while ((user = next_user(users, named->node, &i)))
		printf("    %s: %s\n", named->node, user->text);
}

static void text_processes(const struct why_device *device)
{
	for (unsigned int i = 0; i < device->nr_processes; i++) {
		const struct why_process *process = &device->processes[i];

		printf("    %s %d (%s): %s\n", process->sure ? "process" : "perhaps process",
		       process->pid, process->name, process->what);
	}
}

static void text_help(const struct why_help *help)
{
	for (unsigned int i = 0; i < help->nr; i++) {
		const struct why_command *command = &help->commands[i];

		if (!i)
			puts("    type:");
		else if (command->way != help->commands[i - 1].way)
			puts("    or:");
		if (*command->loses)
			printf("      (%s)\n", command->loses);
		printf("        %s\n", command->text);
	}
}

static void text_near(const struct why_detail *detail, const struct users *users)
{
	const struct why_near *near = detail->near;

	for (unsigned int n = 0; n < detail->nr_near; n++) {
		const struct user *user;
		char node[64];
		int i = 0;

		near_node(&near[n], node, sizeof(node));
		printf("    %s%s%s%s has memory in the same %llu MiB, from %#llx%s\n", near[n].name,
		       *node ? " (" : "", node, *node ? ")" : "",
		       (unsigned long long)near[n].unit >> 20, (unsigned long long)near[n].start,
		       near[n].held ? "" : ": this kernel divides them");
		while ((user = next_user(users, node, &i)))
			printf("    %s: %s\n", node, user->text);
	}
}

static void text_finding(const struct users *users, const struct why_finding *it,
			 const struct why_detail *detail)
{
	const struct advice *advice = advice_of(it->line.reason);
	const struct user *user;
	int i = 0;

	printf("%s%s%s%s\n", detail->device.name, *detail->node ? " (" : "", detail->node,
	       *detail->node ? ")" : "");
	printf("    %s%s%s%s%s%s\n", it->deduced ? "deduced: " : "", it->line.error,
	       *it->line.error ? " " : "", it->line.token, *it->line.token ? ": " : "",
	       it->line.sentence);
	if (*advice->what_to_do)
		printf("    %s: %s\n", advice->happened, advice->what_to_do);
	while ((user = next_user(users, detail->node, &i)))
		printf("    %s: %s\n", detail->node, user->text);
	for (unsigned int n = 0; n < detail->nr_named; n++)
		text_named(&detail->named[n], users);
	text_near(detail, users);
	text_processes(&detail->device);
	text_help(&detail->help);
}

/* text(), json() - Return: is one of them no remark? */
static bool text(const struct why_findings *findings, const struct query *query)
{
	static struct why_detail detail;
	const struct why_finding *it;
	unsigned int i = 0;
	bool wrong = false;

	while ((it = next_asked(findings, query, &i, &detail))) {
		text_finding(&findings->users, it, &detail);
		wrong |= !it->remark;
	}
	return wrong;
}

/* --- for programs ------------------------------------------------------------------------ */

static void put(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, json_object_new_string(text));
}

static struct json_object *json_users(const struct users *users, const char *node)
{
	struct json_object *array = json_object_new_array();
	const struct user *user;
	int i = 0;

	while ((user = next_user(users, node, &i)))
		json_object_array_add(array, json_object_new_string(user->text));
	return array;
}

static struct json_object *json_named(const struct why_detail *it, const struct users *users)
{
	struct json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < it->nr_named; i++) {
		struct json_object *one = json_object_new_object();

		put(one, "device", it->named[i].name);
		put(one, "node", it->named[i].node);
		json_object_object_add(one, "users", json_users(users, it->named[i].node));
		json_object_array_add(array, one);
	}
	return array;
}

static struct json_object *json_processes(const struct why_device *device)
{
	struct json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < device->nr_processes; i++) {
		struct json_object *one = json_object_new_object();

		json_object_object_add(one, "pid", json_object_new_int(device->processes[i].pid));
		put(one, "name", device->processes[i].name);
		put(one, "what", device->processes[i].what);
		json_object_object_add(one, "sure",
				       json_object_new_boolean(device->processes[i].sure));
		json_object_array_add(array, one);
	}
	return array;
}

/* The commands of a way, from the @i-th on. */
static struct json_object *json_way(const struct why_help *help, unsigned int *i)
{
	struct json_object *one = json_object_new_object(), *commands = json_object_new_array();
	unsigned int way = help->commands[*i].way;
	const char *loses = "";

	for (; *i < help->nr && help->commands[*i].way == way; (*i)++) {
		if (*help->commands[*i].loses)
			loses = help->commands[*i].loses;
		json_object_array_add(commands, json_object_new_string(help->commands[*i].text));
	}
	put(one, "loses", loses);
	json_object_object_add(one, "commands", commands);
	return one;
}

static struct json_object *json_ways(const struct why_help *help)
{
	struct json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < help->nr; )
		json_object_array_add(array, json_way(help, &i));
	return array;
}

static struct json_object *json_near(const struct why_detail *detail, const struct users *users)
{
	struct json_object *array = json_object_new_array();
	const struct why_near *near = detail->near;

	for (unsigned int n = 0; n < detail->nr_near; n++) {
		struct json_object *one = json_object_new_object();
		char node[64];

		near_node(&near[n], node, sizeof(node));
		put(one, "device", near[n].name);
		put(one, "node", node);
		json_object_object_add(one, "users", json_users(users, node));
		json_object_object_add(one, "start", json_object_new_uint64(near[n].start));
		json_object_object_add(one, "unit", json_object_new_uint64(near[n].unit));
		json_object_object_add(one, "divided", json_object_new_boolean(!near[n].held));
		json_object_array_add(array, one);
	}
	return array;
}

static struct json_object *json_finding(const struct why_findings *findings,
					const struct why_finding *it,
					const struct why_detail *detail)
{
	const struct users *users = &findings->users;
	const struct advice *advice = advice_of(it->line.reason);
	struct json_object *one = json_object_new_object();

	put(one, "device", detail->device.name);
	put(one, "node", detail->node);
	put(one, "namespace", detail->device.space);
	put(one, "region", detail->device.region);
	json_object_object_add(one, "when", it->when < 0 ? NULL : json_object_new_double(it->when));
	json_object_object_add(one, "deduced", json_object_new_boolean(it->deduced));
	json_object_object_add(one, "remark", json_object_new_boolean(it->remark));
	put(one, "errno", it->line.error);
	put(one, "token", it->line.token);
	put(one, "sentence", it->line.sentence);
	put(one, "happened", advice->happened);
	put(one, "advice", advice->what_to_do);
	json_object_object_add(one, "users", json_users(users, detail->node));
	json_object_object_add(one, "named", json_named(detail, users));
	json_object_object_add(one, "neighbours", json_near(detail, users));
	json_object_object_add(one, "processes", json_processes(&detail->device));
	json_object_object_add(one, "ways", json_ways(&detail->help));
	return one;
}

/* One after the other: an object of ten thousand would take a hundred MiB. */
static bool json(const struct why_findings *findings, const struct query *query, bool complete)
{
	const int how = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE;
	static struct why_detail detail;
	const struct why_finding *it;
	const char *comma = "";
	unsigned int i = 0;
	bool wrong = false;

	puts("{\"why\":[");
	while ((it = next_asked(findings, query, &i, &detail))) {
		struct json_object *one = json_finding(findings, it, &detail);

		printf("%s%s", comma, json_object_to_json_string_ext(one, how));
		json_object_put(one);
		comma = ",\n";
		wrong |= !it->remark;
	}
	printf("],\n\"complete\":%s,\n\"reasons_told\":%s}\n", complete ? "true" : "false",
	       findings->mute ? "false" : "true");
	return wrong;
}

/* --- the command ------------------------------------------------------------------------- */

static bool complete(const struct why_findings *findings)
{
	return !geteuid() && !findings->unread && !findings->users.unseen &&
		!findings->users.unasked;
}

static void say_limits(const struct why_findings *findings)
{
	if (geteuid())
		fputs("ndstack: why: addresses (0x?), memory blocks (memory?) and processes of others are root's to see\n",
		      stderr);
	else if (findings->users.unseen || findings->users.unasked || findings->unread)
		fputs("ndstack: why: some processes, disks or attributes could not be looked at\n",
		      stderr);
	if (findings->mute)
		fputs("ndstack: why: the kernel's own drivers tell no reasons: this is deduced from sysfs, the kernel log may say more\n",
		      stderr);
}

static int why(const struct query *query, bool as_json)
{
	static struct why_findings findings;
	int rc = why_find(&findings);
	bool wrong;

	if (rc) {
		fprintf(stderr, "ndstack: why: %s\n", strerror(-rc));
		return 1;
	}
	wrong = as_json ? json(&findings, query, complete(&findings)) : text(&findings, query);
	fflush(stdout);
	say_limits(&findings);
	wrong |= findings.unread != 0;
	why_free(&findings);
	if (ferror(stdout)) {
		fputs("ndstack: standard output: cannot write\n", stderr);
		return 1;
	}
	return wrong;
}

int command_why(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "all", no_argument, NULL, 'a' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	struct query query = { };
	bool as_json = false;
	int opt;

	while ((opt = getopt_long(argc, argv, "jah", options, NULL)) != -1) {
		if (opt == '?')
			return 2;
		if (opt == 'h')
			return fputs(usage, stdout) < 0;
		as_json |= opt == 'j';
		query.all |= opt == 'a';
	}
	query.names = argv + optind;
	query.nr = argc - optind;
	for (int i = 0; i < query.nr; i++)
		if (!exists(query.names[i])) {
			fprintf(stderr, "ndstack: why: no such device: %s\n", query.names[i]);
			return 2;
		}
	return why(&query, as_json);
}
