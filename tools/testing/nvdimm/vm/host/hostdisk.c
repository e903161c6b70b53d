// SPDX-License-Identifier: GPL-2.0
/*
 * hostdisk.so - preloaded into QEMU: the disk below a virtio-pmem file, of which
 * nothing is left after a power cut but what was fsync()ed.
 *
 * A file has to lie somewhere, and killing QEMU leaves the page cache, so that
 * data would seem durable which no flush of the guest's ever asked for. Here
 * each fsync() copies the file, before it returns, to FILE.synced: at least what
 * was stored before it began. The next boot is given that copy.
 *
 *   HOSTDISK_DELAY=MS    an fsync() takes that much longer
 *   HOSTDISK_FAIL=A-B    the Ath to the Bth fail with EIO, and copy nothing
 *   HOSTDISK_UNCUT=yes   this machine's power does not fail: nothing is copied
 *
 * Every call is a line on stderr, "hostdisk: fsync N ok" or "... failed".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int copy(int from, int to, off_t size)
{
	static char block[1 << 20];
	off_t at = 0;

	while ((at = lseek(from, at, SEEK_DATA)) >= 0 && at < size) {
		off_t hole = lseek(from, at, SEEK_HOLE);
		ssize_t n;

		for (; at < hole; at += n) {
			off_t left = hole - at, most = sizeof(block);

			n = pread(from, block, left < most ? left : most, at);
			if (n <= 0 || pwrite(to, block, n, at) != n)
				return -1;
		}
	}
	return ftruncate(to, size);
}

static int snapshot(int fd)
{
	char link[64], path[4096], temp[4200], final[4200];
	struct stat st;
	ssize_t n;
	int from, to, rc;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return -1;
	path[n] = 0;
	snprintf(temp, sizeof(temp), "%s.syncing", path);
	snprintf(final, sizeof(final), "%s.synced", path);
	from = open(path, O_RDONLY);
	to = open(temp, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	rc = from < 0 || to < 0 || fstat(from, &st) || copy(from, to, st.st_size) ||
	     rename(temp, final) ? -1 : 0;
	close(from);
	close(to);
	return rc;
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
	rc = fails(nr) ? -1 : getenv("HOSTDISK_UNCUT") ? 0 : snapshot(fd);
	fprintf(stderr, "hostdisk: fsync %u %s\n", nr, rc ? "failed" : "ok");
	pthread_mutex_unlock(&lock);
	if (rc)
		errno = EIO;
	return rc;
}
