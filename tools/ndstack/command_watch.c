// SPDX-License-Identifier: GPL-2.0
/* ndstack watch [--wait] [--once] [--json] [--interval SECONDS] */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <json-c/json.h>
#include <linux/kernel.h>
#include "command.h"
#include "watch_find.h"

static const char usage[] =
	"usage: ndstack watch [-w|--wait] [-1|--once] [-j|--json] [-i|--interval SECONDS]\n"
	"  Scrubs, overwrites of DIMMs, activation of firmware, memory that becomes System RAM or\n"
	"  goes, and namespaces whose pages are still in use: how far each is. Bars in a terminal,\n"
	"  else a line for each change.\n"
	"  --wait      end when nothing is under way\n"
	"  --once      look once, and end\n"
	"  --json      an object a line\n"
	"  --interval  look so often, where the kernel does not tell of changes; 1\n"
	"exit status: 0; 1: it cannot be told, or not to you; 2: usage; with --once: 3: something\n"
	"  is under way\n";

#define BAR	30

/**
 * struct seen - a job that was under way when we looked last
 * @job: as it was
 * @pace: of it
 * @told: percent that was printed
 * @here: it is there still
 */
struct seen {
	struct watch_job job;
	struct watch_pace pace;
	int told;
	bool here;
};

/**
 * struct watch - what is shown, and how
 * @seen: jobs, @nr
 * @lines: of bars that are on the screen
 * @hidden: there may be more, which only root may see
 */
struct watch {
	struct seen *seen;
	unsigned int nr;
	unsigned int lines;
	bool hidden;
	bool wait;
	bool once;
	bool json;
	bool bars;
	int ms;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void amounts(const struct watch_job *job, const struct watch_guess *guess, char *text,
		    size_t size)
{
	char done[16], total[16], left[24];
	int len = 0;

	text[0] = 0;
	if (job->hidden)
		snprintf(text, size, ", how much is root's to see");
	if (!job->total)
		return;
	watch_size(guess->done, done);
	watch_size(job->total, total);
	len = snprintf(text, size, " %d%%, %s%s of %s", guess->percent,
		       guess->guessed ? "about " : "", done, total);
	if (guess->left >= 0 && len < size) {
		watch_time(guess->left, left);
		snprintf(text + len, size - len, ", about %s left", left);
	}
}

static void print_bar(const struct watch_job *job, const struct watch_guess *guess)
{
	int full = guess->percent < 0 ? 0 : guess->percent * BAR / 100;
	char text[128];

	amounts(job, guess, text, sizeof(text));
	printf("%-10s %-16s ", watch_kind_word(job->kind), job->name);
	if (guess->percent < 0)
		printf("%s%s\n", job->state, text);
	else
		printf("[%.*s%*s]%s\n", full, "##############################", BAR - full, "",
		       text);
}

static void print_json(const struct watch_job *job, const struct watch_guess *guess,
		       const char *state)
{
	struct json_object *one = json_object_new_object();

	json_object_object_add(one, "kind", json_object_new_string(watch_kind_word(job->kind)));
	json_object_object_add(one, "device", json_object_new_string(job->name));
	json_object_object_add(one, "state", json_object_new_string(state));
	json_object_object_add(one, "done", json_object_new_uint64(job->done));
	json_object_object_add(one, "total", json_object_new_uint64(job->total));
	json_object_object_add(one, "percent",
			       guess->percent < 0 ? NULL : json_object_new_int(guess->percent));
	json_object_object_add(one, "seconds_left",
			       guess->left < 0 ? NULL : json_object_new_double(guess->left));
	puts(json_object_to_json_string_ext(one, JSON_C_TO_STRING_PLAIN));
	json_object_put(one);
}

static void print_line(const struct watch *watch, const struct watch_job *job,
		       const struct watch_guess *guess, const char *state)
{
	char text[128];

	if (watch->json)
		return print_json(job, guess, state);
	amounts(job, guess, text, sizeof(text));
	printf("%s %s: %s%s\n", watch_kind_word(job->kind), job->name, state, text);
}

static struct seen *seen_before(struct watch *watch, const struct watch_job *job)
{
	for (unsigned int i = 0; i < watch->nr; i++)
		if (watch->seen[i].job.kind == job->kind &&
		    !strcmp(watch->seen[i].job.name, job->name))
			return &watch->seen[i];
	return NULL;
}

static int see(struct watch *watch, const struct watch_job *job)
{
	struct seen *it = seen_before(watch, job);

	if (!it) {
		it = reallocarray(watch->seen, watch->nr + 1, sizeof(*it));
		if (!it)
			return -ENOMEM;
		watch->seen = it;
		it += watch->nr++;
		watch_pace_start(&it->pace, job, now());
		it->told = -2;
	} else {
		/* another state is told, whatever the percent */
		if (strcmp(it->job.state, job->state))
			it->told = -2;
		watch_pace_see(&it->pace, job, now());
	}
	it->job = *job;
	it->here = true;
	return 0;
}

/* What is not there any more is over: it is told, and forgotten. */
static void forget_ended(struct watch *watch)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < watch->nr; i++) {
		struct watch_guess none = { .percent = -1, .left = -1 };
		struct seen *it = &watch->seen[i];

		if (!it->here) {
			it->job.total = 0;
			it->job.hidden = false;
			print_line(watch, &it->job, &none, "over");
			continue;
		}
		watch->seen[kept++] = *it;
	}
	watch->nr = kept;
}

static void show(struct watch *watch)
{
	if (watch->bars && watch->lines)
		printf("\033[%uA\033[J", watch->lines);
	watch->lines = 0;
	forget_ended(watch);
	for (unsigned int i = 0; i < watch->nr; i++) {
		struct seen *it = &watch->seen[i];
		struct watch_guess guess;

		watch_guess(&it->pace, &it->job, now(), &guess);
		if (watch->bars) {
			print_bar(&it->job, &guess);
			watch->lines++;
		} else if (guess.percent != it->told) {
			print_line(watch, &it->job, &guess, it->job.state);
			it->told = guess.percent;
		}
	}
	if (!watch->nr && (watch->bars || (watch->once && !watch->json))) {
		puts(watch->hidden ? "nothing is under way that you may see" : "nothing is under way");
		watch->lines++;
	}
	fflush(stdout);
}

static void say_hidden(struct watch *watch)
{
	if (watch->hidden)
		return;
	watch->hidden = true;
	fputs("ndstack: watch: whether firmware is being activated is root's to see\n", stderr);
}

/* look() - Return: how many jobs will come to an end by themselves, or a negative errno */
static int look(struct watch *watch)
{
	struct watch_jobs jobs;
	int rc = watch_find(&jobs), going = 0;

	if (rc)
		return rc;
	for (unsigned int i = 0; i < watch->nr; i++)
		watch->seen[i].here = false;
	for (unsigned int i = 0; !rc && i < jobs.nr; i++) {
		rc = see(watch, &jobs.list[i]);
		going += !jobs.list[i].rests;
	}
	if (jobs.hidden)
		say_hidden(watch);
	watch_free(&jobs);
	return rc ?: going;
}

/* step() - @rc: what to end with, if it does. Return: it goes on */
static bool step(struct watch *watch, int *rc)
{
	int going = look(watch);

	*rc = 1;
	if (going < 0) {
		fprintf(stderr, "ndstack: watch: %s\n", strerror(-going));
		return false;
	}
	show(watch);
	if (ferror(stdout)) {
		fputs("ndstack: standard output: cannot write\n", stderr);
		return false;
	}
	*rc = watch->once && going ? 3 : watch->hidden;
	return !watch->once && (!watch->wait || going);
}

static int run(struct watch *watch)
{
	struct watch_ears ears;
	bool more;
	int rc;

	do {
		watch_listen(&ears);
		more = step(watch, &rc);
		watch_sleep(&ears, more ? watch->ms : 0);
	} while (more);
	return rc;
}

static bool parse_interval(const char *text, int *ms)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end != text && !*end && seconds >= 0.01 && seconds <= 3600) {
		*ms = seconds * 1000;
		return true;
	}
	fprintf(stderr, "ndstack: watch: not 0.01 to 3600 seconds: %s\n", text);
	return false;
}

int command_watch(int argc, char **argv)
{
	static const struct option options[] = {
		{ "wait", no_argument, NULL, 'w' },
		{ "once", no_argument, NULL, '1' },
		{ "json", no_argument, NULL, 'j' },
		{ "interval", required_argument, NULL, 'i' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	struct watch watch = { .ms = 1000 };
	int opt, rc;

	while ((opt = getopt_long(argc, argv, "w1ji:h", options, NULL)) != -1) {
		if (opt == '?' || (opt == 'i' && !parse_interval(optarg, &watch.ms)))
			return 2;
		if (opt == 'h')
			return fputs(usage, stdout) < 0;
		watch.wait |= opt == 'w';
		watch.once |= opt == '1';
		watch.json |= opt == 'j';
	}
	if (optind != argc) {
		fputs(usage, stderr);
		return 2;
	}
	watch.bars = !watch.json && !watch.once && isatty(STDOUT_FILENO);
	rc = run(&watch);
	free(watch.seen);
	return rc;
}
