// SPDX-License-Identifier: GPL-2.0
/* P16: reads, writes and faults of a file on a filesystem that is mounted -o dax. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

#define BLOCK	4096
#define FILE_SIZE (16 * MIB)
#define FAULTS	101

static void make_ext4(const char *disk)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		execl("/usr/bin/mkfs.ext4", "mkfs.ext4", "-q", "-b", "4096", "-O", "^has_journal",
		      disk, NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	if (status)
		die("mkfs.ext4 %s: %#x", disk, status);
}

/* All blocks are there, and have been written, before anything is counted. */
static int make_file(char *block)
{
	int fd = open("/mnt/file", O_CREAT | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		die("/mnt/file: %s", strerror(errno));
	for (off_t at = 0; at < (off_t)FILE_SIZE; at += BLOCK)
		if (pwrite(fd, block, BLOCK, at) != BLOCK)
			die("/mnt/file: %s", strerror(errno));
	if (fsync(fd))
		die("/mnt/file: %s", strerror(errno));
	return fd;
}

/*
 * A page of the file is touched for the first time by each sample, by 4 KiB: where the file lies in
 * memory it does not fit a unit of 2 MiB.
 */
static void measure_touches(int fd, const char *row)
{
	size_t size = (FAULTS + 8) * BLOCK;
	char *room = mmap(NULL, 4 * MIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *odd = (char *)(((uintptr_t)room + 2 * MIB - 1) / (2 * MIB) * (2 * MIB) + BLOCK);
	volatile char *at;

	if (room == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	at = mmap(odd, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	if (at == MAP_FAILED)
		die("/mnt/file: mmap: %s", strerror(errno));
	for (size_t i = 0; i < FAULTS + 8; i++) {
		if (i >= 8)
			mark_begin(row);
		at[i * BLOCK + BLOCK / 2] = 1;
		if (i >= 8)
			mark_end();
	}
	munmap(room, 4 * MIB);
}

/* Where the struct pages are, on the device or in DRAM, is to make no difference: none is read. */
static void measure_files(const char *disk, const char *map)
{
	static char block[BLOCK] __attribute__((aligned(BLOCK)));
	char row[32];
	int fd;

	make_ext4(disk);
	mkdir("/mnt", 0755);
	if (mount(disk, "/mnt", "ext4", MS_NOATIME, "dax"))
		die("%s: %s", disk, strerror(errno));
	fd = make_file(block);
	snprintf(row, sizeof(row), "P16.read.%s", map);
	measure_io(fd, block, row, BLOCK, false, 101);
	snprintf(row, sizeof(row), "P16.write.%s", map);
	measure_io(fd, block, row, BLOCK, true, 101);
	snprintf(row, sizeof(row), "P16.fault.%s", map);
	measure_touches(fd, row);
	close(fd);
	if (umount("/mnt"))
		die("umount: %s", strerror(errno));
}

void phase_files(void)
{
	write_labels(2, GIB);
	make_fsdax("namespace0.0", "pmem", "6e64626e-636d-4800-8000-00000000f0d0");
	make_fsdax("namespace0.1", "ram", "6e64626e-636d-4800-8000-00000000f0d1");
	load(TEST, "files");
	load_all(TEST);
	settle();
	wait_count(count_disks, 2, "disks");
	measure_files("/dev/pmem0", "dev");
	measure_files("/dev/pmem0.1", "mem");
	note_modules();
}
