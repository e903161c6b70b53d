// SPDX-License-Identifier: GPL-2.0
/* Who holds a device, as a person knows it. See holder.h. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "holder.h"

static size_t read_all(const char *path, char *to, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t got = 0;

	if (file) {
		got = fread(to, 1, size - 1, file);
		fclose(file);
	}
	to[got] = 0;
	return got;
}

static void read_line(const char *path, char *to, size_t size)
{
	read_all(path, to, size);
	to[strcspn(to, "\n")] = 0;
}

void holder_describe(const char *name, char text[HOLDER_TEXT])
{
	char path[PATH_MAX], dm[130], uuid[130], volume[130];

	snprintf(path, sizeof(path), "/sys/class/block/%s/dm/name", name);
	read_line(path, dm, sizeof(dm));
	snprintf(path, sizeof(path), "/sys/class/block/%s/dm/uuid", name);
	read_line(path, uuid, sizeof(uuid));
	if (!strncmp(uuid, "LVM-", 4) && holder_volume(dm, volume, sizeof(volume)))
		snprintf(text, HOLDER_TEXT, "%.64s (logical volume %s)", name, volume);
	else if (*dm)
		snprintf(text, HOLDER_TEXT, "%.64s (/dev/mapper/%s)", name, dm);
	else
		snprintf(text, HOLDER_TEXT, "%.64s", name);
}

void holder_process(int pid, char text[HOLDER_TEXT])
{
	char path[PATH_MAX], comm[64], machine[128];
	static char words[16384];
	size_t size;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	read_line(path, comm, sizeof(comm));
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	size = 0;
	if (strstr(comm, "qemu") || strstr(comm, "kvm"))
		size = read_all(path, words, sizeof(words));
	if (holder_machine(words, size, machine, sizeof(machine)))
		snprintf(text, HOLDER_TEXT, "%d (%s), virtual machine %s", pid, comm, machine);
	else
		snprintf(text, HOLDER_TEXT, "%d (%s)", pid, *comm ? comm : "?");
}
