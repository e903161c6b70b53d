// SPDX-License-Identifier: GPL-2.0
/* What is under way on this machine. See watch_find.h. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <linux/kernel.h>
#include "sysfs.h"
#include "watch_find.h"

/* Bytes that firmware is told to scrub at a time: drivers/nvdimm/nfit/ars/plan.h */
#define SCRUB_SLICE	(1ull << 36)

static void add(struct watch_jobs *out, const struct watch_job *job)
{
	struct watch_job *more = reallocarray(out->list, out->nr + 1, sizeof(*more));

	if (!more) {
		out->no_memory = true;
		return;
	}
	out->list = more;
	more[out->nr++] = *job;
}

/* Of a bus or a DIMM that has such firmware: root's. */
static void look_at_firmware(struct watch_jobs *out, const char *dir, struct watch_job *job)
{
	char text[64];

	if (sysfs_attr(dir, "firmware/activate", text, sizeof(text)) == -EACCES)
		out->hidden = true;
	if (watch_activate(text, job))
		add(out, job);
}

static void look_at_bus(struct watch_jobs *out, const char *dir, struct watch_job *job)
{
	char text[64], progress[64];

	sysfs_attr(dir, "nfit/scrub", text, sizeof(text));
	sysfs_attr(dir, "nfit/scrub_progress", progress, sizeof(progress));
	if (watch_scrub(text, progress, job)) {
		job->slice = SCRUB_SLICE;
		add(out, job);
	}
	look_at_firmware(out, dir, job);
}

static void look_at_dimm(struct watch_jobs *out, const char *dir, struct watch_job *job)
{
	char text[64];

	sysfs_attr(dir, "security", text, sizeof(text));
	if (watch_security(text, job))
		add(out, job);
	look_at_firmware(out, dir, job);
}

/* Is the block of System RAM that begins there online? */
static bool block_online(u64 start, u64 block)
{
	char dir[64], text[16];

	snprintf(dir, sizeof(dir), "/sys/devices/system/memory/memory%llu",
		 (unsigned long long)(start / block));
	sysfs_attr(dir, "state", text, sizeof(text));
	return !strcmp(text, "online");
}

/* How much of a dax device is not RAM that is in use: root may know where it lies. */
static void count_blocks(const char *dir, struct watch_job *job)
{
	u64 start, size, block, at, online = 0;
	char text[32];

	sysfs_attr("/sys/devices/system/memory", "block_size_bytes", text, sizeof(text));
	block = strtoull(text, NULL, 16);
	job->hidden = sysfs_attr(dir, "resource", text, sizeof(text)) == -EACCES;
	start = strtoull(text, NULL, 0);
	sysfs_attr(dir, "size", text, sizeof(text));
	size = strtoull(text, NULL, 0);
	if (!block || !start || size < block || start + size < start)
		return;
	for (at = (start + block - 1) / block * block; at + block <= start + size; at += block) {
		job->total += block;
		online += block_online(at, block) ? block : 0;
	}
	job->done = job->total - online;
}

static void look_at_dax(struct watch_jobs *out, const char *dir, struct watch_job *job)
{
	char text[64];

	sysfs_attr(dir, "kmem_state", text, sizeof(text));
	if (!watch_dax(text, job))
		return;
	if (!strcmp(text, "partly-online"))
		count_blocks(dir, job);
	add(out, job);
}

/* A namespace says what its holder does, which is asked itself. */
static void look_at_space(struct watch_jobs *out, const char *dir, struct watch_job *job)
{
	char text[64];

	sysfs_attr(dir, "holder", text, sizeof(text));
	if (text[0])
		return;
	sysfs_attr(dir, "state", text, sizeof(text));
	if (watch_space(text, job))
		add(out, job);
}

static int of_each(const char *pattern, struct watch_jobs *out,
		   void (*what)(struct watch_jobs *out, const char *dir, struct watch_job *job))
{
	glob_t found;
	int rc = glob(pattern, 0, NULL, &found);

	if (rc)
		return rc == GLOB_NOSPACE ? -ENOMEM : 0;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct watch_job job = { };

		snprintf(job.name, sizeof(job.name), "%s", strrchr(found.gl_pathv[i], '/') + 1);
		what(out, found.gl_pathv[i], &job);
	}
	globfree(&found);
	return 0;
}

int watch_find(struct watch_jobs *out)
{
	static const struct {
		const char *pattern;
		void (*what)(struct watch_jobs *out, const char *dir, struct watch_job *job);
	} places[] = {
		{ "/sys/bus/nd/devices/ndbus*", look_at_bus },
		{ "/sys/bus/nd/devices/nmem*", look_at_dimm },
		{ "/sys/bus/dax/devices/dax*", look_at_dax },
		{ "/sys/bus/nd/devices/pfn*", look_at_space },
		{ "/sys/bus/nd/devices/dax*", look_at_space },
		{ "/sys/bus/nd/devices/namespace*", look_at_space },
	};
	int rc = 0;

	*out = (struct watch_jobs) { };
	for (int i = 0; !rc && i < ARRAY_SIZE(places); i++)
		rc = of_each(places[i].pattern, out, places[i].what);
	if (!rc && out->no_memory)
		rc = -ENOMEM;
	if (rc)
		watch_free(out);
	return rc;
}

void watch_free(struct watch_jobs *jobs)
{
	free(jobs->list);
	*jobs = (struct watch_jobs) { };
}

/* What else has files open, standard input and the attributes that are looked at among it. */
#define OTHER_FILES	32

static unsigned int files_to_spare(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur <= OTHER_FILES)
		return 0;
	limit.rlim_cur -= OTHER_FILES;
	return limit.rlim_cur < 65536 ? limit.rlim_cur : 65536;
}

static void listen_to(struct watch_ears *ears, const char *path)
{
	struct pollfd *more = reallocarray(ears->fds, ears->nr + 1, sizeof(*more));
	char text[64];
	int fd;

	if (!more)
		return;
	ears->fds = more;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	/* a change is told to who has read what it was before */
	if (read(fd, text, sizeof(text)) >= 0)
		more[ears->nr++] = (struct pollfd) { .fd = fd, .events = POLLPRI };
	else
		close(fd);
}

void watch_listen(struct watch_ears *ears)
{
	/* those of which there are most come last */
	static const char *const patterns[] = {
		"/sys/bus/nd/devices/ndbus*/nfit/scrub", "/sys/bus/nd/devices/nmem*/security",
		"/sys/bus/dax/devices/dax*/kmem_state", "/sys/bus/nd/devices/dax*/state",
		"/sys/bus/nd/devices/pfn*/state", "/sys/bus/nd/devices/namespace*/state",
	};
	unsigned int most = files_to_spare();
	glob_t found;

	*ears = (struct watch_ears) { };
	for (int i = 0; i < ARRAY_SIZE(patterns) && ears->nr < most; i++) {
		if (glob(patterns[i], 0, NULL, &found))
			continue;
		for (size_t k = 0; k < found.gl_pathc && ears->nr < most; k++)
			listen_to(ears, found.gl_pathv[k]);
		globfree(&found);
	}
}

void watch_sleep(struct watch_ears *ears, int ms)
{
	poll(ears->fds, ears->nr, ms);
	while (ears->nr)
		close(ears->fds[--ears->nr].fd);
	free(ears->fds);
	ears->fds = NULL;
}
