// SPDX-License-Identifier: GPL-2.0
/* What is under way on this machine. See watch_find.h. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/kernel.h>
#include "sysfs.h"
#include "watch_find.h"

#define LINE_SIZE	4097

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

static void look_at_bus(struct watch_jobs *out, const char *dir, struct watch_job *job)
{
	char text[64], progress[64];

	sysfs_attr(dir, "nfit/scrub", text, sizeof(text));
	sysfs_attr(dir, "nfit/scrub_progress", progress, sizeof(progress));
	if (watch_scrub(text, progress, job)) {
		job->slice = SCRUB_SLICE;
		add(out, job);
	}
	sysfs_attr(dir, "firmware/activate", text, sizeof(text));
	if (watch_activate(text, job))
		add(out, job);
}

static void look_at_dimm(struct watch_jobs *out, const char *dir, struct watch_job *job)
{
	char text[64];

	sysfs_attr(dir, "security", text, sizeof(text));
	if (watch_security(text, job))
		add(out, job);
	sysfs_attr(dir, "firmware/activate", text, sizeof(text));
	if (watch_activate(text, job))
		add(out, job);
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
	sysfs_attr(dir, "resource", text, sizeof(text));
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
	if (!watch_kmem(text, job))
		return;
	if (!strcmp(text, "partly-online"))
		count_blocks(dir, job);
	add(out, job);
}

/* /proc/iomem has names for everybody. */
static bool in_iomem(const char *name)
{
	FILE *file = fopen("/proc/iomem", "re");
	char line[256], *at;
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		at = strstr(line, " : ");
		found = at && !strcmp(at + 3, name);
	}
	if (file)
		fclose(file);
	return found;
}

/* The reason stays when the last page has come back; the range does not. */
static void look_at_space(struct watch_jobs *out, const char *dir, struct watch_job *job)
{
	char text[LINE_SIZE], space[64], dax[64];

	sysfs_attr(dir, "last_error", text, sizeof(text));
	if (!watch_draining(text, job))
		return;
	if (!strncmp(job->name, "namespace", 9))
		snprintf(space, sizeof(space), "%s", job->name);
	else
		sysfs_attr(dir, "namespace", space, sizeof(space));
	if (strncmp(space, "namespace", 9))
		return;
	snprintf(dax, sizeof(dax), "dax%s", space + 9);
	if (in_iomem(space) || in_iomem(dax))
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

/* Attributes that tell when they change; the others are looked at when the time is over. */
void watch_sleep(int ms)
{
	static const char *const patterns[] = {
		"/sys/bus/nd/devices/ndbus*/nfit/scrub", "/sys/bus/nd/devices/nmem*/security",
	};
	struct pollfd fds[64];
	unsigned int nr = 0;
	char text[64];
	glob_t found;

	for (int i = 0; i < ARRAY_SIZE(patterns); i++) {
		if (glob(patterns[i], 0, NULL, &found))
			continue;
		for (size_t k = 0; k < found.gl_pathc && nr < ARRAY_SIZE(fds); k++) {
			int fd = open(found.gl_pathv[k], O_RDONLY | O_CLOEXEC);

			/* a change is told to who has read what it was before */
			if (fd >= 0 && read(fd, text, sizeof(text)) >= 0)
				fds[nr++] = (struct pollfd) { .fd = fd, .events = POLLPRI };
			else if (fd >= 0)
				close(fd);
		}
		globfree(&found);
	}
	poll(fds, nr, ms);
	while (nr)
		close(fds[--nr].fd);
}
