// SPDX-License-Identifier: GPL-2.0
/*
 * nobody - run a command as a user without any right.
 *
 *   nobody COMMAND...
 */
#define _GNU_SOURCE
#include <err.h>
#include <grp.h>
#include <unistd.h>

#define NOBODY	65534

int main(int argc, char **argv)
{
	if (argc < 2)
		errx(2, "nobody COMMAND...");
	if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		err(1, "nobody");
	execvp(argv[1], argv + 1);
	err(1, "%s", argv[1]);
}
