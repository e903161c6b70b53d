// SPDX-License-Identifier: GPL-2.0
/*
 * hostdisk.so - preloaded into QEMU: the disk below a virtio-pmem file, of which
 * nothing is left after a power cut but what was written to it.
 *
 * A file has to lie somewhere, and killing QEMU leaves the page cache, so that
 * data would seem durable which no flush of the guest's ever asked for. Here
 * FILE.synced is the disk: each fsync() brings it, before it returns, to at least
 * what was stored before it began, page by page and in any order. The next boot
 * is given that file.
 *
 *   HOSTDISK_DELAY=MS      an fsync() takes that much longer
 *   HOSTDISK_FAIL=A-B      the Ath to the Bth fail with EIO, and write nothing
 *   HOSTDISK_UNCUT=yes     this machine's power does not fail: nothing is written
 *   HOSTDISK_WRITEBACK=SEED  some pages are written between them, too, now and
 *                          then, as a page cache does of its own accord, and
 *                          an fsync() takes its time from page to page: who cuts
 *                          meanwhile finds some of what nobody has asked for, and
 *                          some of what somebody did
 *   HOSTDISK_FILES=FILE[:FILE...]  the files; an fsync() knows its own
 *
 * A page is written whole, and only as it is while nobody stores to it: see
 * settle(). One that is half of before would be a sector that is half of before,
 * and no disk has such.
 *
 * Every call is a line on stderr, "hostdisk: fsync N ok" or "... failed".
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096
#define DISKS 256
#define THREADS 512
/* What a flush takes at most, below which power is to fail: most of a transaction is one. */
#define FLUSH_US 100000

struct disk {
	char path[PATH_MAX];
	int from, to;		/* the file, and what is on the disk */
	const char *now, *synced;
	size_t pages;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct disk disks[DISKS];
static unsigned int nr_disks, seed;
static int writes_back;

static unsigned int chance(unsigned int n)
{
	return rand_r(&seed) % n;
}

static int disk_open(struct disk *disk)
{
	char synced[PATH_MAX + 8];
	struct stat st;

	snprintf(synced, sizeof(synced), "%s.synced", disk->path);
	disk->from = open(disk->path, O_RDONLY | O_CLOEXEC);
	disk->to = open(synced, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (disk->from < 0 || disk->to < 0 || fstat(disk->from, &st) ||
	    ftruncate(disk->to, st.st_size))
		return -1;
	disk->pages = st.st_size / PAGE;
	disk->now = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, disk->from, 0);
	disk->synced = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, disk->to, 0);
	return disk->now == MAP_FAILED || disk->synced == MAP_FAILED ? -1 : 0;
}

/* disk_of() - of a file; NULL where it cannot be opened */
static struct disk *disk_of(const char *path)
{
	unsigned int i;

	for (i = 0; i < nr_disks; i++)
		if (!strcmp(disks[i].path, path))
			return &disks[i];
	if (nr_disks == DISKS)
		return NULL;
	snprintf(disks[i].path, sizeof(disks[i].path), "%s", path);
	if (disk_open(&disks[i]))
		return NULL;
	nr_disks++;
	return &disks[i];
}

/* differs() - the pages, one of @of each, that are not on the disk as they are; returns how many */
static size_t differs(const struct disk *disk, unsigned int of, unsigned int *list)
{
	off_t at = 0, hole, size = disk->pages * (off_t)PAGE;
	size_t n = 0;

	while ((at = lseek(disk->from, at, SEEK_DATA)) >= 0 && at < size) {
		hole = lseek(disk->from, at, SEEK_HOLE);
		for (at -= at % PAGE; at < hole && at < size; at += PAGE)
			if (memcmp(disk->now + at, disk->synced + at, PAGE) && !chance(of))
				list[n++] = at / PAGE;
	}
	return n;
}

struct thread {
	int tid;
	unsigned long long ran; /* ns */
	char state;
};

static void look_at(struct thread *thread)
{
	char name[64], line[512], *end;
	FILE *f;

	thread->state = 'S';	/* of one that is gone */
	snprintf(name, sizeof(name), "/proc/self/task/%d/stat", thread->tid);
	f = fopen(name, "re");
	if (f) {
		if (fgets(line, sizeof(line), f) && (end = strrchr(line, ')')))
			thread->state = end[2];
		fclose(f);
	}
	snprintf(name, sizeof(name), "/proc/self/task/%d/schedstat", thread->tid);
	f = fopen(name, "re");
	if (f) {
		if (fscanf(f, "%llu", &thread->ran) != 1)
			thread->ran = 0;
		fclose(f);
	}
}

/*
 * settle() - returns when each thread that may have been in the midst of storing a page has left
 * it: it sleeps, or has run for longer than that takes. What two looks at a page find alike, one
 * before and one after, was being stored to at neither; a thread that the host does not run cannot
 * hide behind that.
 */
static void settle(void)
{
	struct thread threads[THREADS], was;
	unsigned int i, n = 0, left, tries;
	struct dirent *entry;
	DIR *dir = opendir("/proc/self/task");

	while (dir && n < THREADS && (entry = readdir(dir))) {
		threads[n].tid = atoi(entry->d_name);
		if (threads[n].tid <= 0 || threads[n].tid == gettid())
			continue;
		look_at(&threads[n++]);
	}
	if (dir)
		closedir(dir);
	for (tries = 0, left = 1; left && tries < 200; tries++) {
		usleep(1000);
		for (i = left = 0; i < n; i++) {
			if (threads[i].state == 'S')
				continue;
			was = threads[i];
			look_at(&threads[i]);
			if (threads[i].state == 'S' || threads[i].ran - was.ran > 200000)
				threads[i].state = 'S';
			else
				threads[i].ran = was.ran, left = 1;
		}
	}
}

static void shuffle(unsigned int *list, size_t n)
{
	unsigned int page;
	size_t i, j;

	for (i = n; i > 1; i--) {
		j = chance(i);
		page = list[i - 1];
		list[i - 1] = list[j];
		list[j] = page;
	}
}

/* write_pages() - those of @list that nobody stores to; the others stay in it: how many, or -1 */
static ssize_t write_pages(struct disk *disk, unsigned int *list, size_t n, int anyhow,
			   unsigned int pause_us)
{
	char *copy = malloc(n * PAGE);
	size_t i, left = 0;
	ssize_t rc = -1;

	if (!copy)
		return -1;
	for (i = 0; i < n; i++)
		memcpy(copy + i * PAGE, disk->now + list[i] * (size_t)PAGE, PAGE);
	settle();
	for (i = 0; i < n; i++) {
		off_t at = list[i] * (off_t)PAGE;

		if (!anyhow && memcmp(copy + i * PAGE, disk->now + at, PAGE)) {
			list[left++] = list[i];
			continue;
		}
		if (pwrite(disk->to, copy + i * PAGE, PAGE, at) != PAGE)
			goto out;
		if (pause_us)
			usleep(chance(pause_us));
	}
	rc = left;
out:
	free(copy);
	return rc;
}

/* flush() - all that was stored before; a page that is stored to for ever: as it is in the end */
static int flush(struct disk *disk)
{
	unsigned int *list = malloc(disk->pages * sizeof(*list)), tries;
	ssize_t n;

	if (!list)
		return -1;
	n = differs(disk, 1, list);
	for (tries = 0; n > 0 && tries < 20; tries++) {
		shuffle(list, n);
		n = write_pages(disk, list, n, tries == 19, writes_back ? FLUSH_US / n : 0);
	}
	free(list);
	return n ? -1 : 0;
}

/* write_back() - some of what is not on the disk, of one disk after another */
static void *write_back(void *unused)
{
	static const unsigned int often[] = { 1, 2, 8, 32 };
	unsigned int turn = 0;

	for (;;) {
		struct disk *disk;
		unsigned int *list;
		size_t n;

		usleep(1000 + chance(30000));
		pthread_mutex_lock(&lock);
		disk = &disks[turn++ % nr_disks];
		list = malloc(disk->pages * sizeof(*list));
		if (list) {
			n = differs(disk, often[chance(4)], list);
			shuffle(list, n);
			if (n)
				write_pages(disk, list, n > 64 ? 64 : n, 0, 0);
			free(list);
		}
		pthread_mutex_unlock(&lock);
	}
	return unused;
}

__attribute__((constructor)) static void begin(void)
{
	char *files = getenv("HOSTDISK_FILES"), *file, real[PATH_MAX];
	sigset_t all, was;
	pthread_t thread;

	if (!getenv("HOSTDISK_WRITEBACK") || getenv("HOSTDISK_UNCUT") || !files)
		return;
	seed = strtoul(getenv("HOSTDISK_WRITEBACK"), NULL, 10);
	for (file = strtok(strdup(files), ":"); file; file = strtok(NULL, ":"))
		if (!realpath(file, real) || !disk_of(real)) {
			fprintf(stderr, "hostdisk: %s: %m\n", file);
			exit(1);
		}
	writes_back = 1;
	/* signals are for QEMU's own threads */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	if (pthread_create(&thread, NULL, write_back, NULL))
		exit(1);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
}

static int synced(int fd)
{
	char link[64], path[PATH_MAX];
	struct disk *disk;
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return -1;
	path[n] = 0;
	disk = disk_of(path);
	return disk ? flush(disk) : -1;
}

static int fails(unsigned int nr)
{
	const char *range = getenv("HOSTDISK_FAIL");
	unsigned int first, last;

	return range && sscanf(range, "%u-%u", &first, &last) == 2 && nr >= first && nr <= last;
}

int fsync(int fd)
{
	static unsigned int calls;
	const char *delay = getenv("HOSTDISK_DELAY");
	unsigned int nr;
	int rc;

	if (delay)
		usleep(atoi(delay) * 1000);
	pthread_mutex_lock(&lock);
	nr = ++calls;
	rc = fails(nr) ? -1 : getenv("HOSTDISK_UNCUT") ? 0 : synced(fd);
	fprintf(stderr, "hostdisk: fsync %u %s\n", nr, rc ? "failed" : "ok");
	pthread_mutex_unlock(&lock);
	if (rc)
		errno = EIO;
	return rc;
}
