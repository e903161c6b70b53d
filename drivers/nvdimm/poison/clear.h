/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Clearing by a firmware that may clear less at a time than it is told to (ACPI 6.5 §9.19.7.7: it
 * says how much). Pure.
 */
#ifndef _ND_CLEAR_H
#define _ND_CLEAR_H

#include <linux/align.h>
#include <linux/minmax.h>
#include <linux/types.h>

/**
 * clear_all() - have all of a range cleared
 * @start: multiple of @unit
 * @len: multiple of @unit
 * @unit: what is cleared at least, a power of two
 * @clear: have [@start, @start + @len) cleared. Return: bytes cleared, from @start on, any number;
 *	or an errno
 * @data: for @clear
 *
 * Return: bytes cleared, from @start on, at most @len; or an errno of @clear, when it has cleared
 * nothing.
 */
static inline s64 clear_all(u64 start, u64 len, u32 unit,
			    s64 (*clear)(void *data, u64 start, u64 len), void *data)
{
	u64 done = 0;
	s64 rc;

	do {
		rc = clear(data, start + done, len - done);
		if (rc < 0)
			return done ? (s64)done : rc;
		done += min((u64)rc, len - done);
		/* firmware clears whole units, so it has cleared none */
	} while (rc && done < len && IS_ALIGNED(done, unit));
	return done;
}

#endif /* _ND_CLEAR_H */
