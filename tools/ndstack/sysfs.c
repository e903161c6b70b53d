// SPDX-License-Identifier: GPL-2.0
/* A few words for reading sysfs. See sysfs.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "sysfs.h"

int sysfs_attr_at(int dir, const char *name, char *text, size_t size)
{
	ssize_t got;
	int fd;

	text[0] = 0;
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	got = read(fd, text, size - 1);
	if (got < 0)
		got = -errno;
	close(fd);
	if (got < 0)
		return got;
	if (got && text[got - 1] == '\n')
		got--;
	text[got] = 0;
	return got;
}

int sysfs_attr(const char *dir, const char *name, char *text, size_t size)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return sysfs_attr_at(AT_FDCWD, path, text, size);
}

bool sysfs_link(const char *dir, const char *name, char *text, size_t size)
{
	char path[PATH_MAX], to[PATH_MAX], *base;
	ssize_t len;

	text[0] = 0;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	len = readlink(path, to, sizeof(to) - 1);
	if (len <= 0)
		return false;
	to[len] = 0;
	base = strrchr(to, '/');
	snprintf(text, size, "%s", base ? base + 1 : to);
	return true;
}

bool sysfs_first(const char *dir, const char *name, const char *prefix, char *text, size_t size)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *stream;

	text[0] = 0;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	stream = opendir(path);
	while (stream && !text[0] && (entry = readdir(stream)))
		if (entry->d_name[0] != '.' && !strncmp(entry->d_name, prefix, strlen(prefix)))
			snprintf(text, size, "%s", entry->d_name);
	if (stream)
		closedir(stream);
	return text[0];
}
