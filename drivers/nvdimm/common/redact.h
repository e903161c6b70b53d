/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of a sentence is not for everybody. Pure.
 *
 * Where memory lies is root's to know: `resource` and `conflicts` are 0400, as all of
 * the kernel's addresses are. Sentences name them, and are read by all. They write
 * addresses, and other numbers as well, as hexadecimal ones with 0x in front, and
 * blocks of memory by the name that sysfs gives them, which is an address, too.
 */
#ifndef _ND_REDACT_H
#define _ND_REDACT_H

#include <linux/types.h>

/*
 * Identities of users, and of their files, are root's to know, too: hidepid hides processes. A
 * sentence marks them; the marks are never shown.
 */
enum {
	ND_PRIVATE_BEGIN = 1,
	ND_PRIVATE_END = 2,
};

#define ND_PRIVATE(text)	"\x01" text "\x02"

/*
 * Remove the marks, and unless @show put a ? in place of the text between two of them. A span whose
 * end was cut off lasts to the end of the text. Returns its length, which is no larger.
 */
size_t redact_private(char *text, bool show);

/* Put a ? in place of the digits of such numbers: the text gets no longer. Returns its length. */
size_t redact_addresses(char *text);

#endif /* _ND_REDACT_H */
