// SPDX-License-Identifier: GPL-2.0
/* Who holds a device, as a person knows it. See holder.h. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "holder.h"
#include "sysfs.h"

static void read_line(const char *dir, const char *name, char *to, size_t size)
{
	sysfs_attr(dir, name, to, size);
	to[strcspn(to, "\n")] = 0;
}

void holder_describe(const char *name, char text[HOLDER_TEXT])
{
	char dir[PATH_MAX], dm[130], uuid[130], volume[130];

	snprintf(dir, sizeof(dir), "/sys/class/block/%s/dm", name);
	read_line(dir, "name", dm, sizeof(dm));
	read_line(dir, "uuid", uuid, sizeof(uuid));
	if (!strncmp(uuid, "LVM-", 4) && holder_volume(dm, volume, sizeof(volume)))
		snprintf(text, HOLDER_TEXT, "%.64s (logical volume %s)", name, volume);
	else if (*dm)
		snprintf(text, HOLDER_TEXT, "%.64s (/dev/mapper/%s)", name, dm);
	else
		snprintf(text, HOLDER_TEXT, "%.64s", name);
}

void holder_process(int pid, char text[HOLDER_TEXT])
{
	char dir[32], comm[64], machine[128];
	static char words[16384];
	int size = 0;

	snprintf(dir, sizeof(dir), "/proc/%d", pid);
	read_line(dir, "comm", comm, sizeof(comm));
	if (strstr(comm, "qemu") || strstr(comm, "kvm"))
		size = sysfs_attr(dir, "cmdline", words, sizeof(words));
	if (size > 0 && holder_machine(words, size, machine, sizeof(machine)))
		snprintf(text, HOLDER_TEXT, "%d (%s), virtual machine %s", pid, comm, machine);
	else
		snprintf(text, HOLDER_TEXT, "%d (%s)", pid, *comm ? comm : "?");
}
