// SPDX-License-Identifier: GPL-2.0
/* Process 1 of the bench guest: runs the asked phases, then powers off. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

/* The end of each RCU grace period passes through this function. */
static void watch_grace_periods(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	unsigned long long at;
	char line[512], name[64];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%llx %*c %63s", &at, name) == 2 &&
		    !strcmp(name, "rcu_gp_cleanup")) {
			mark_watch(at);
			break;
		}
	}
	if (f)
		fclose(f);
}

/* The kernel passes a word it does not know, ndbench=,P1,P2, on to its init. */
bool wanted(const char *rows)
{
	const char *asked = getenv("ndbench");
	const char *end;

	for (; *rows; rows = end + strspn(end, " ")) {
		end = rows + strcspn(rows, " ");
		if (asked && strstr(asked, format(",%.*s,", (int)(end - rows), rows)))
			return true;
	}
	return false;
}

unsigned int phase_number;

static bool in_child(void (*fn)(void))
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		fn();
		exit(0);
	}
	waitpid(pid, &status, 0);
	return !status;
}

int main(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	try_write("/proc/sys/vm/nr_hugepages", "2");
	watch_grace_periods();
	for (const struct phase *p = phases; p->rows; p++) {
		phase_number++;
		if (!wanted(p->rows))
			continue;
		printf("ndbench: %s\n", p->rows);
		mark_note("phase %s", p->rows);
		in_child(p->run);
		/* modules left behind would spoil what follows */
		if (!in_child(unload_all))
			break;
	}
	mark_note("done");
	fflush(stdout);
	sync();
	reboot(RB_POWER_OFF);
	return 0;
}
