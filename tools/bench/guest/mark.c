// SPDX-License-Identifier: GPL-2.0
/* The guest's half of the marker protocol, see marker.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "guest.h"
#include "marker.h"

static void mark_text(const char *text)
{
	for (; *text; text++) {
		for (int bit = 0; bit < 8; bit++) {
			if (*text >> bit & 1)
				MARK(MARK_BIT1);
			else
				MARK(MARK_BIT0);
		}
	}
}

void mark_begin(const char *section)
{
	mark_text(section);
	MARK(MARK_BEGIN);
}

void mark_end(void)
{
	MARK(MARK_END);
}

void mark_note(const char *fmt, ...)
{
	char text[240];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	mark_text(text);
	MARK(MARK_NOTE);
}

void mark_watch(uint64_t address)
{
	char text[20];

	snprintf(text, sizeof(text), "%llx", (unsigned long long)address);
	mark_text(text);
	MARK(MARK_WATCH);
}

void die(const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	mark_note("failed %s", text);
	printf("ndbench: failed: %s\n", text);
	exit(1);
}
