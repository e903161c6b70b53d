// SPDX-License-Identifier: GPL-2.0
/* ndstack check [--repair] [--reclaim] [--backup DIR] [--json] [NAMESPACE|IMAGE...] */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kernel.h>
#include "check_btt.h"
#include "check_labels.h"
#include "check_media.h"
#include "check_place.h"
#include "check_space.h"
#include "command.h"
#include "infoblock.h"
#include "preflight.h"
#include "reason_line.h"
#include "report.h"
#include "show.h"

static const char usage[] =
	"usage: ndstack check [-r|--repair] [-R|--reclaim] [-b|--backup DIR] [-j|--json]\n"
	"                     [NAMESPACE|IMAGE...]\n"
	"  Whether what lies on media is whole: info-blocks, and what is served by them where the\n"
	"  namespace is today; BTTs: info-blocks and their copies, the log, the map, and whether\n"
	"  each block has one place. Without an argument: labels of all DIMMs against each other.\n"
	"  A NAMESPACE that is not raw is disabled meanwhile; one that is in use is left alone.\n"
	"  --repair  write info-blocks, or labels, that are lost and can be told for sure; a copy of\n"
	"            what lay there goes to a file first\n"
	"  --reclaim give back padding of a NAMESPACE that an older kernel has made, where no byte of\n"
	"            data moves; a copy of the info-block goes to a file first\n"
	"  --backup  where to put that; the working directory\n"
	"exit status: 0: all is whole, or was repaired; 1: something is not, or may not be seen by\n"
	"this user; 2: usage\n";

/**
 * struct check - one run
 * @report: where lines go
 * @backup: directory
 * @repair: write
 * @reclaim: give padding back
 * @bad: something is not whole
 * @unseen: something is not for this user to see
 * @rc: a negative errno, when the report could not be made
 */
struct check {
	struct report *report;
	const char *backup;
	bool repair;
	bool reclaim;
	bool bad;
	bool unseen;
	int rc;
};

/**
 * struct subject - a namespace or image that is open
 * @name: of it
 * @medium: its bytes
 * @base: where it begins; 0: not known
 * @own: uuid of the namespace, NULL: not known
 * @labelled: as a BTT
 */
struct subject {
	const char *name;
	struct medium medium;
	uint64_t base;
	const uuid_t *own;
	bool labelled;
};

static __printf(5, 6) void tell(struct check *check, const char *name, const char *what,
				const char *verdict, const char *format, ...)
{
	char text[512];
	va_list words;

	va_start(words, format);
	vsnprintf(text, sizeof(text), format, words);
	va_end(words);
	check->bad |= !strcmp(verdict, "bad");
	if (!check->rc)
		check->rc = report_add(check->report,
				       (const char *const[]){ name, what, verdict, text });
}

/* --- a copy first ------------------------------------------------------------------------ */

static int write_all(int fd, const void *bytes, size_t size)
{
	const char *at = bytes;

	while (size) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			at += n;
			size -= n;
		}
	}
	return 0;
}

/* What lay at @at, durable under a new name in the directory. */
static int keep_bytes(const struct check *check, const char *subject, uint64_t at,
		      const void *bytes, size_t size)
{
	const char *base = strrchr(subject, '/');
	char name[NAME_MAX];
	int dir, fd, rc;

	dir = open(check->backup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	snprintf(name, sizeof(name), "%.100s.%llu.%ld", base ? base + 1 : subject,
		 (unsigned long long)at, (long)getpid());
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	rc = fd < 0 ? -errno : write_all(fd, bytes, size);
	if (!rc && (fsync(fd) || fsync(dir)))
		rc = -errno;
	if (fd >= 0)
		close(fd);
	close(dir);
	if (!rc)
		fprintf(stderr, "ndstack: check: %s: bytes %llu to %llu are kept in %s/%s\n",
			subject, (unsigned long long)at, (unsigned long long)(at + size - 1),
			check->backup, name);
	return rc;
}

static int keep(const struct check *check, const struct subject *subject, uint64_t at,
		size_t size)
{
	static u8 old[INFOBLOCK_HEAD];

	if (!medium_read(&subject->medium, old, size, at))
		return keep_bytes(check, subject->name, at, old, size);
	/* poison: there is nothing to keep */
	fprintf(stderr, "ndstack: check: %s: bytes %llu to %llu cannot be read: no copy is made of them\n",
		subject->name, (unsigned long long)at, (unsigned long long)(at + size - 1));
	return 0;
}

static bool put(struct check *check, const struct subject *subject, const char *what,
		uint64_t at, const void *bytes, size_t size)
{
	int rc = medium_write(&subject->medium, bytes, size, at);

	if (rc)
		tell(check, subject->name, what, "bad", "cannot be written at byte %llu: %s",
		     (unsigned long long)at, strerror(-rc));
	return !rc;
}

/* --- BTT --------------------------------------------------------------------------------- */

static const char *describe_blocks(const struct check_arena *a)
{
	switch (a->blocks) {
	case CHECK_BLOCKS_WHOLE:
		return "info-block and copy are whole";
	case CHECK_BLOCKS_FIRST_LOST:
		return "the info-block is lost, its copy is whole";
	case CHECK_BLOCKS_COPY_LOST:
		return "the copy of the info-block is lost";
	case CHECK_BLOCKS_BOTH_LOST:
		return "info-block and copy are lost; the log and the map prove what they were";
	case CHECK_BLOCKS_UNKNOWN:
		return "info-block and copy are lost, and nothing proves what they were";
	case CHECK_BLOCKS_UNUSABLE:
		return "the info-block cannot be used";
	}
	return "";
}

static bool repair_arena(struct check *check, const struct subject *subject, uint64_t origin,
			 const struct check_arena *a, const char *what)
{
	struct check_write writes[2];
	unsigned int nr = check_arena_repair(a, writes);

	if (!nr)
		return false;
	for (unsigned int i = 0; i < nr; i++) {
		int rc = keep(check, subject, origin + writes[i].at, sizeof(writes[i].block));

		if (rc) {
			tell(check, subject->name, what, "bad",
			     "not repaired: no copy can be put into %s: %s", check->backup,
			     strerror(-rc));
			return false;
		}
	}
	for (unsigned int i = 0; i < nr; i++)
		if (!put(check, subject, what, origin + writes[i].at, &writes[i].block,
			 sizeof(writes[i].block)))
			return false;
	return true;
}

static void report_blocks(struct check *check, const struct subject *subject, uint64_t origin,
			  const struct check_arena *a, const char *what)
{
	struct check_write writes[2];
	bool repairable = check_arena_repair(a, writes);

	if (a->blocks == CHECK_BLOCKS_WHOLE) {
		tell(check, subject->name, what, "ok", "%s: %u sectors of %u bytes",
		     describe_blocks(a), a->layout.external_nlba, a->layout.external_lbasize);
		return;
	}
	if (check->repair && repair_arena(check, subject, origin, a, what)) {
		tell(check, subject->name, what, "repaired", "%s: written anew",
		     describe_blocks(a));
		return;
	}
	tell(check, subject->name, what, "bad", "%s (%s)%s", describe_blocks(a),
	     nd_reason_token(a->reason), !repairable ? "" : ": --repair writes it anew");
}

static void report_inside(struct check *check, const char *name, const struct check_arena *a,
			  const char *what)
{
	const struct btt_health *h = &a->health;

	if (a->log) {
		tell(check, name, what, "bad", "the log of lane %u cannot be used: %s", a->lane,
		     nd_reason_token(a->log));
		return;
	}
	if (!a->counted)
		return;
	if (a->pending)
		tell(check, name, what, "ok",
		     "%u writes were interrupted; the driver ends them when it is enabled",
		     a->pending);
	if (!btt_healthy(h))
		tell(check, name, what, "bad",
		     "%u blocks have two places, %u have none, %u entries of the map name none",
		     h->twice, h->lost, h->bounds);
	else
		tell(check, name, what, "ok", "each of %u blocks has one place",
		     a->layout.internal_nlba);
	if (h->errors)
		tell(check, name, what, "bad",
		     "%u sectors are marked as lost: reading them fails until they are written",
		     h->errors);
	if (a->layout.flags & BTT_FLAG_ERROR)
		tell(check, name, what, "bad", "the arena says that it has an error: it takes no writes");
}

/* check_btt() - Return: there is a BTT that begins at @origin */
static bool check_btt(struct check *check, const struct subject *subject, uint64_t origin)
{
	static struct btt_media media;
	struct check_subject s = {
		.media = &media, .room = subject->medium.size - origin,
		.arena_min = BTT_ARENA_MIN, .own = subject->own, .labelled = subject->labelled,
	};
	struct check_arena first, a;
	uint64_t start = 0;
	uint32_t nr;
	int rc = 1;

	media = (struct btt_media) { .medium = &subject->medium, .origin = origin };
	for (nr = 0; rc == 1; nr++) {
		char what[32];

		rc = check_arena_at(&s, nr, start, nr ? &first : NULL, &a);
		snprintf(what, sizeof(what), "arena %u", nr);
		if (rc < 0)
			tell(check, subject->name, what, "bad", "cannot be read: %s",
			     strerror(-rc));
		if (rc != 1)
			break;
		if (!nr)
			first = a;
		report_blocks(check, subject, origin, &a, what);
		report_inside(check, subject->name, &a, what);
		if (!a.layout.next || a.layout.next > s.room - start)
			rc = 0;
		start += a.layout.next;
	}
	return nr || rc;
}

/* --- info-block of fsdax and devdax ------------------------------------------------------ */

static bool carry_out(struct check *check, const struct subject *subject,
		      const struct infoblock_plan *plan)
{
	if (!plan->nr || keep(check, subject, 0, INFOBLOCK_HEAD))
		return false;
	for (unsigned int i = 0; i < plan->nr; i++)
		if (!put(check, subject, "info-block", plan->steps[i].offset, plan->steps[i].data,
			 sizeof(plan->steps[i].data)))
			return false;
	return true;
}

static bool scrub(struct check *check, const struct subject *subject, const u8 *head,
		  const struct infoblock_report *report)
{
	static struct infoblock_plan plan;

	return !infoblock_plan_scrub(head, report, &plan) && carry_out(check, subject, &plan);
}

/* What says where it ends by where it is found: it would not be found any more. */
static bool ends_with_data(struct check *check, const struct subject *subject,
			   const struct reclaim *r)
{
	u64 data = r->before.data_start - subject->base;
	char what[64];
	int rc;

	if (r->after.usable == r->before.usable || r->info.dax)
		return false;
	rc = check_place_end(&subject->medium, data, r->before.usable, what, sizeof(what));
	if (rc < 0)
		tell(check, subject->name, "padding", "bad", "not given back: what the data are cannot be told: %s",
		     strerror(-rc));
	if (rc > 0)
		tell(check, subject->name, "padding", "less",
		     "not given back: %s has a part at the end of the data, which would not be the end any more",
		     what);
	return rc;
}

static void give_back(struct check *check, const struct subject *subject, const u8 *head,
		      const struct infoblock_report *report, const struct reclaim *r)
{
	static struct infoblock_plan plan;
	enum nd_reason reason;
	char text[384];

	check_place_gain(r, text, sizeof(text));
	if (!check->reclaim) {
		tell(check, subject->name, "padding", "less", "%s: --reclaim does that", text);
		return;
	}
	if (ends_with_data(check, subject, r))
		return;
	reason = infoblock_plan_reclaim(head, report, &r->info, &plan);
	if (reason)
		tell(check, subject->name, "padding", "less", "not given back: no room for a copy of the info-block (%s)",
		     nd_reason_token(reason));
	else if (carry_out(check, subject, &plan))
		tell(check, subject->name, "padding", "repaired", "%s", text);
	else
		tell(check, subject->name, "padding", "bad", "not given back: the info-block was not rewritten");
}

static void check_padding(struct check *check, const struct subject *subject, const u8 *head,
			  const struct infoblock_report *report)
{
	const char *verdict = check->reclaim ? "less" : "ok";
	struct reclaim r;
	char text[384];
	int rc;

	if (report->state != INFOBLOCK_CLEAN && report->state != INFOBLOCK_DIRTY)
		return;
	if (!subject->base) {
		if (check->reclaim)
			tell(check, subject->name, "padding", "less",
			     "not given back: where it lies and beside whom is not known here: name the namespace on the machine that has it");
		return;
	}
	rc = check_place_reclaim(subject->name, &report->info, &r);
	if (rc)
		tell(check, subject->name, "padding", check->reclaim ? "bad" : "maybe",
		     "its neighbours cannot be told: %s", strerror(-rc));
	else if (r.verdict == RECLAIM_GAIN)
		give_back(check, subject, head, report, &r);
	else if (check_place_refusal(&r, text, sizeof(text)))
		tell(check, subject->name, "padding", verdict, "%s", text);
}

static void check_place(struct check *check, const struct subject *subject,
			const struct infoblock_report *report)
{
	struct preflight_space space = {
		.enabled = true, .base = subject->base, .size = subject->medium.size,
		.report = report,
	};
	struct preflight_finding finding;

	if (!subject->base)
		return;
	preflight_space(&space, &finding);
	tell(check, subject->name, "address",
	     finding.verdict == PREFLIGHT_FAIL ? "bad" : preflight_word(finding.verdict), "%s",
	     finding.text);
}

/* check_info_block() - Return: there is one */
static bool check_info_block(struct check *check, const struct subject *subject)
{
	static struct infoblock_report report;
	static u8 head[INFOBLOCK_HEAD];
	const char *state;

	if (subject->medium.size < INFOBLOCK_HEAD ||
	    medium_read(&subject->medium, head, sizeof(head), 0)) {
		tell(check, subject->name, "info-block", "bad", "the first bytes cannot be read");
		return true;
	}
	infoblock_examine(head, &report);
	state = show_state(report.state);
	switch (report.state) {
	case INFOBLOCK_NONE:
		return false;
	case INFOBLOCK_CLEAN:
	case INFOBLOCK_FOREIGN:
		tell(check, subject->name, "info-block", "ok", "%s: version 1.%u", state,
		     report.minor);
		break;
	case INFOBLOCK_DIRTY:
	case INFOBLOCK_INTERRUPTED:
		if (check->repair && scrub(check, subject, head, &report)) {
			tell(check, subject->name, "info-block", "repaired", "%s: scrubbed", state);
			break;
		}
		tell(check, subject->name, "info-block",
		     report.state == INFOBLOCK_DIRTY ? "less" : "bad",
		     "%s: --repair zeroes the bytes that mean nothing", state);
		break;
	case INFOBLOCK_DAMAGED:
		tell(check, subject->name, "info-block", "bad",
		     "%s (%s): restore it from a backup", state, nd_reason_token(report.reason));
		return true;
	}
	check_place(check, subject, &report);
	/* a block that was scrubbed just now is judged as it is */
	if (check->repair && !medium_read(&subject->medium, head, sizeof(head), 0))
		infoblock_examine(head, &report);
	check_padding(check, subject, head, &report);
	return true;
}

/* --- subjects ---------------------------------------------------------------------------- */

static void check_bytes(struct check *check, const struct subject *subject)
{
	if (check_info_block(check, subject))
		return;
	/* behind 4 KiB: the first version of BTT; at once: the one that labels tell of */
	if (check_btt(check, subject, 4096) || check_btt(check, subject, 0))
		return;
	if (subject->labelled)
		tell(check, subject->name, "arena 0", "bad", "a label tells of a BTT, and there is none");
	else
		tell(check, subject->name, "info-block", "ok", "none: its data begin at once");
}

static void check_path(struct check *check, const char *path, struct subject *subject)
{
	int rc = medium_open(&subject->medium, path, check->repair || check->reclaim);

	if (rc == -EACCES || rc == -EPERM) {
		tell(check, subject->name, "bytes", "maybe", "are not for this user to read: %s",
		     strerror(-rc));
		check->unseen = true;
		return;
	}
	if (rc) {
		tell(check, subject->name, "bytes", "bad", "cannot be opened: %s", strerror(-rc));
		return;
	}
	check_bytes(check, subject);
	medium_close(&subject->medium);
}

static void check_namespace(struct check *check, const char *name)
{
	struct check_space space;
	const char *why;
	int rc = check_space_open(&space, name, &why);
	struct subject subject = { .name = name };
	uuid_t own;

	/* it would have to be disabled, or its disk be read */
	if ((rc && rc != -ENODEV && geteuid()) || rc == -EACCES || rc == -EPERM) {
		tell(check, name, "bytes", "maybe", "are for root to look at");
		check->unseen = true;
		return;
	}
	if (rc) {
		tell(check, name, "bytes", "bad", "%s%s%s", rc == -EBUSY ? "in use: " : "", why,
		     *why ? "" : strerror(-rc));
		return;
	}
	memcpy(&own, space.uuid, sizeof(own));
	subject.own = space.has_uuid ? &own : NULL;
	subject.base = space.base;
	subject.labelled = space.is_btt;
	check_path(check, space.disk, &subject);
	rc = check_space_close(&space);
	if (rc)
		tell(check, name, "bytes", "bad", "cannot be enabled again: \"ndstack why %s\" says more",
		     name);
}

static void check_one(struct check *check, const char *name)
{
	struct subject subject = { .name = name };

	if (reason_name_is(name, REASON_NAME_NAMESPACE))
		check_namespace(check, name);
	else
		check_path(check, name, &subject);
}

static void report_labels(void *data, const char *name, const char *what, const char *verdict,
			  const char *text)
{
	struct check *check = data;

	check->unseen |= !strcmp(verdict, "maybe");
	tell(data, name, what, verdict, "%s", text);
}

static int keep_labels(void *data, const char *name, const u8 *bytes, size_t size)
{
	return keep_bytes(data, name, 0, bytes, size);
}

int command_check(int argc, char **argv)
{
	static const struct option options[] = {
		{ "repair", no_argument, NULL, 'r' },
		{ "reclaim", no_argument, NULL, 'R' },
		{ "backup", required_argument, NULL, 'b' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	static const char *const columns[] = { "name", "what", "verdict", "text" };
	struct check check = { .backup = "." };
	bool json = false;
	int opt, rc = 0;

	while ((opt = getopt_long(argc, argv, "rRb:jh", options, NULL)) != -1) {
		if (opt == '?')
			return 2;
		if (opt == 'h')
			return fputs(usage, stdout) < 0;
		check.repair |= opt == 'r';
		check.reclaim |= opt == 'R';
		json |= opt == 'j';
		if (opt == 'b')
			check.backup = optarg;
	}
	if (check.reclaim && optind == argc) {
		fputs(usage, stderr);
		return 2;
	}
	check.report = report_new("check", columns, ARRAY_SIZE(columns), json);
	if (!check.report)
		return 1;
	if (optind == argc)
		rc = check_labels(&(struct check_labels) {
			.tell = report_labels, .keep = keep_labels, .data = &check,
			.repair = check.repair,
		});
	for (; optind < argc; optind++)
		check_one(&check, argv[optind]);
	check.rc = report_end(check.report) ?: check.rc;
	if (rc || check.rc)
		fprintf(stderr, "ndstack: check: %s\n", strerror(rc ? -rc : -check.rc));
	return rc || check.rc || check.bad || check.unseen;
}
