// SPDX-License-Identifier: GPL-2.0
/* Work that takes its time. See watch.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "watch.h"

static bool in_state(struct watch_job *job, const char *state, size_t len)
{
	snprintf(job->state, sizeof(job->state), "%.*s", (int)len, state);
	return true;
}

bool watch_scrub(const char *scrub, const char *progress, struct watch_job *job)
{
	unsigned long long done, total;

	job->kind = WATCH_SCRUB;
	/* a number, and "+" while one is under way */
	if (!strchr(scrub, '+'))
		return false;
	if (sscanf(progress, "%llu %llu", &done, &total) == 2 && done <= total) {
		job->done = done;
		job->total = total;
	}
	return in_state(job, "scrubbing", 16);
}

bool watch_security(const char *security, struct watch_job *job)
{
	job->kind = WATCH_OVERWRITE;
	return !strcmp(security, "overwrite") && in_state(job, "overwriting", 16);
}

bool watch_activate(const char *activate, struct watch_job *job)
{
	job->kind = WATCH_ACTIVATION;
	return !strcmp(activate, "busy") && in_state(job, "activating", 16);
}

bool watch_dax(const char *state, struct watch_job *job)
{
	job->kind = WATCH_RAM;
	if (strcmp(state, "waiting") && strcmp(state, "partly-online"))
		return false;
	/* blocks may be kept online on purpose */
	job->rests = !strcmp(state, "partly-online");
	return in_state(job, state, sizeof(job->state) - 1);
}

bool watch_space(const char *state, struct watch_job *job)
{
	bool kept = !strcmp(state, "kept");

	if (!kept && strcmp(state, "draining"))
		return false;
	job->kind = kept ? WATCH_RAM : WATCH_DRAINING;
	/* its memory is used as any other is */
	job->rests = kept;
	return in_state(job, state, sizeof(job->state) - 1);
}

const char *watch_kind_word(enum watch_kind kind)
{
	static const char * const words[] = {
		"scrub", "overwrite", "activation", "ram", "draining",
	};

	return words[kind];
}

void watch_pace_start(struct watch_pace *pace, const struct watch_job *job, double now)
{
	*pace = (struct watch_pace) {
		.since = now, .first = job->done, .moved = now, .done = job->done,
	};
}

void watch_pace_see(struct watch_pace *pace, const struct watch_job *job, double now)
{
	if (job->done < pace->done)
		return watch_pace_start(pace, job, now);
	if (job->done == pace->done)
		return;
	/* what was done before the first look is of no known pace: it is not counted */
	pace->seconds = now - pace->since;
	pace->moved = now;
	pace->done = job->done;
}

/* Bytes a second, 0: not known. */
static double pace_of(const struct watch_pace *pace)
{
	if (pace->seconds <= 0 || pace->done <= pace->first)
		return 0;
	return (pace->done - pace->first) / pace->seconds;
}

void watch_guess(const struct watch_pace *pace, const struct watch_job *job, double now,
		 struct watch_guess *out)
{
	double speed = pace_of(pace), more;
	u64 room;

	*out = (struct watch_guess) { .done = job->done, .percent = -1, .left = -1 };
	if (!job->total || job->done > job->total)
		return;
	room = job->total - job->done;
	if (job->slice && room > job->slice)
		room = job->slice;
	more = now > pace->moved ? speed * (now - pace->moved) : 0;
	if (job->slice && more > 0) {
		out->done += more < room ? (u64)more : room;
		out->guessed = true;
	}
	/* 100 is what firmware says, not what is reckoned */
	out->percent = (double)out->done / job->total * 100;
	if (out->percent > 99 && job->done < job->total)
		out->percent = 99;
	if (speed > 0)
		out->left = (job->total - out->done) / speed;
}

void watch_size(u64 bytes, char text[16])
{
	static const char units[] = "KMGTPE";
	double amount = bytes / 1024.0;
	int unit = 0;

	for (; amount >= 1024 && units[unit + 1]; unit++)
		amount /= 1024;
	if (bytes < 1024)
		snprintf(text, 16, "%u B", (unsigned int)bytes);
	else
		snprintf(text, 16, "%.*f %ciB", amount < 10 ? 1 : 0, amount, units[unit]);
}

void watch_time(double seconds, char text[24])
{
	/* a year is more than anybody waits */
	unsigned int s = seconds < 31536000 ? seconds : 31536000;

	if (s >= 3600)
		snprintf(text, 24, "%u h %02u min", s / 3600, s / 60 % 60);
	else if (s >= 60)
		snprintf(text, 24, "%u min %02u s", s / 60, s % 60);
	else
		snprintf(text, 24, "%u s", s);
}
