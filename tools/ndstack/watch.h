/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Work that takes its time: how far it is, when it will be over. Pure: what watch_find.c reads of
 * sysfs is decided upon here.
 */
#ifndef _NDSTACK_WATCH_H
#define _NDSTACK_WATCH_H

#include <linux/types.h>

enum watch_kind {
	WATCH_SCRUB,
	WATCH_OVERWRITE,
	WATCH_ACTIVATION,
	WATCH_RAM,		/* that becomes System RAM, or goes */
	WATCH_DRAINING,
};

/**
 * struct watch_job - one that is under way
 * @kind: of it
 * @name: of the device that does it
 * @done: bytes
 * @total: bytes, 0: how much there is nobody tells
 * @slice: of @total, bytes that are done at once: @done stands still meanwhile; 0: not known
 * @state: a word
 * @rests: it may stay so: nobody knows that it will come to an end
 * @hidden: how much there is only root may see
 */
struct watch_job {
	enum watch_kind kind;
	char name[64];
	u64 done;
	u64 total;
	u64 slice;
	char state[32];
	bool rests;
	bool hidden;
};

/**
 * struct watch_pace - what was seen of a job
 * @since: seconds: when it was seen first
 * @first: bytes done then
 * @moved: seconds: when @done changed last
 * @done: bytes done
 * @seconds: that the bytes between @first and @done took
 */
struct watch_pace {
	double since;
	u64 first;
	double moved;
	u64 done;
	double seconds;
};

/* watch_pace_start() - @now: seconds of a clock that goes forward only */
void watch_pace_start(struct watch_pace *pace, const struct watch_job *job, double now);
/* watch_pace_see() - the job as it is now; one that has gone backwards begins anew */
void watch_pace_see(struct watch_pace *pace, const struct watch_job *job, double now);

/**
 * struct watch_guess - how far it is
 * @done: bytes, of which those beyond job->done are reckoned by time
 * @guessed: there are such
 * @percent: 0 to 100; -1: not known
 * @left: seconds; -1: not known
 */
struct watch_guess {
	u64 done;
	bool guessed;
	int percent;
	double left;
};

/*
 * watch_guess() - within the slice under way, at the pace of those before; never past its end
 *
 * Where firmware scrubs a slice it says nothing until that is done.
 */
void watch_guess(const struct watch_pace *pace, const struct watch_job *job, double now,
		 struct watch_guess *out);

/* The words for people and programs: "scrub", "overwrite", "activation", "ram", "draining". */
const char *watch_kind_word(enum watch_kind kind);

/*
 * Is such a job under way?
 *
 * watch_scrub() - of the attributes scrub, "3+", and scrub_progress, "5 10"
 */
bool watch_scrub(const char *scrub, const char *progress, struct watch_job *job);
/* watch_security() - of a DIMM's security */
bool watch_security(const char *security, struct watch_job *job);
/* watch_activate() - of firmware/activate of a bus or DIMM */
bool watch_activate(const char *activate, struct watch_job *job);
/* watch_dax() - of kmem_state of a dax device */
bool watch_dax(const char *state, struct watch_job *job);
/* watch_space() - of state of a namespace or of what claims it */
bool watch_space(const char *state, struct watch_job *job);

/* watch_size() - "1.5 GiB" */
void watch_size(u64 bytes, char text[16]);
/* watch_time() - "1 h 05 min", "12 s" */
void watch_time(double seconds, char text[24]);

#endif /* _NDSTACK_WATCH_H */
