// SPDX-License-Identifier: GPL-2.0
/* What ndstack takes on a machine of ten thousand namespaces. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

#define OUTPUT "/tool.out"

static unsigned int count_lines(void)
{
	FILE *f = fopen(OUTPUT, "re");
	unsigned int lines = 0;
	int c;

	while (f && (c = getc(f)) != EOF)
		lines += c == '\n';
	if (f)
		fclose(f);
	return lines;
}

static void run_tool(const char *command, const char *option)
{
	int fd = open(OUTPUT, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	dup2(fd, STDOUT_FILENO);
	execl("/usr/bin/ndstack", "ndstack", command, option, NULL);
	_exit(127);
}

/* @lines: of output, at least: no figure is worth anything that was taken of an error */
static void measure_tool(const char *row, unsigned int lines, const char *command,
			 const char *option)
{
	struct rusage usage = { };
	uint64_t start;
	int status = -1;
	pid_t pid;

	fflush(stdout);
	start = now_ns();
	mark_begin(row);
	pid = fork();
	if (!pid)
		run_tool(command, option);
	wait4(pid, &status, 0, &usage);
	mark_end();
	mark_note("ns %s %llu", row, (unsigned long long)(now_ns() - start));
	mark_note("value %s.kib %ld", row, usage.ru_maxrss);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		die("%s: ndstack %s: status %#x", row, command, status);
	if (count_lines() < lines)
		die("%s: ndstack %s: %u lines", row, command, count_lines());
}

void measure_tools(unsigned int namespaces)
{
	/* what a terminal of today has: widths of characters are looked up */
	setenv("LC_ALL", "C.UTF-8", 1);
	measure_tool(format("tool.map.%u", namespaces), namespaces, "map", NULL);
	measure_tool(format("tool.map.json.%u", namespaces), namespaces, "map", "--json");
	/* nothing is wrong: no driver is there for them, which is a remark */
	measure_tool(format("tool.why.%u", namespaces), 0, "why", NULL);
	measure_tool(format("tool.why.all.%u", namespaces), namespaces, "why", "--all");
}
