// SPDX-License-Identifier: GPL-2.0
/* Memory blocks of a range, sets of them, and their names. Pure. */
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>
#include "kmem/blocks.h"

struct kmem_span kmem_trim(u64 start, u64 end, u64 block)
{
	unsigned int shift = ilog2(block);
	/* the first block that begins at or after @start, without wrapping */
	u64 first = (start >> shift) + !!(start & (block - 1));
	u64 last = end >> shift;

	if (last <= first)
		return (struct kmem_span) { .first = first };
	return (struct kmem_span) { .first = first, .nr = min_t(u64, last - first, U32_MAX) };
}

void kmem_cover(u64 *start, u64 *last, u64 block)
{
	*start &= ~(block - 1);
	*last |= block - 1;
}

u32 kmem_set_count(const u64 *set, u32 nr)
{
	u32 n = 0, i;

	for (i = 0; i < nr; i++)
		n += kmem_set_has(set, i);
	return n;
}

u32 kmem_set_run(const u64 *set, u32 nr, bool in, u32 *from)
{
	u32 first = *from, end;

	while (first < nr && kmem_set_has(set, first) != in)
		first++;
	for (end = first; end < nr && kmem_set_has(set, end) == in; )
		end++;
	*from = first;
	return end - first;
}

/* Digits of @value at @at, which has room for them: 20 at most. */
static size_t put_number(char *at, u64 value)
{
	char digit[20];
	size_t n = 0, i;

	do {
		digit[n++] = '0' + value % 10;
		value /= 10;
	} while (value);
	for (i = 0; i < n; i++)
		at[i] = digit[n - 1 - i];
	return n;
}

/* ", memory18446744073709551615-18446744073709551615" and its end */
#define RUN_NAME_MAX	52

static size_t put_text(char *at, const char *text)
{
	size_t len = strlen(text);

	memcpy(at, text, len);
	return len;
}

static size_t put_run(char *at, bool more, u64 first, u32 nr)
{
	size_t len = more ? put_text(at, ", ") : 0;

	len += put_text(at + len, "memory");
	len += put_number(at + len, first);
	if (nr > 1) {
		at[len++] = '-';
		len += put_number(at + len, first + nr - 1);
	}
	return len;
}

size_t kmem_set_name(char *buf, size_t size, size_t len, const u64 *set, u32 nr, u64 first)
{
	static const char dots[] = "...";
	char name[RUN_NAME_MAX];
	size_t n;
	u32 i = 0, run;

	while ((run = kmem_set_run(set, nr, true, &i))) {
		n = put_run(name, len, first + i, run);
		/* the end of a list that was cut has been said */
		if (len >= sizeof(dots) - 1 && !memcmp(buf + len - 3, dots, 3))
			break;
		if (len + n + sizeof(dots) > size) {
			if (len + sizeof(dots) <= size)
				len += put_text(buf + len, dots);
			break;
		}
		memcpy(buf + len, name, n);
		len += n;
		i += run;
	}
	if (size)
		buf[min(len, size - 1)] = '\0';
	return len;
}

u32 kmem_patience(u32 left_ms, u32 nr)
{
	return max_t(u32, left_ms / max_t(u32, nr, 1), 1000);
}

const char *kmem_state_word(enum kmem_state state, const struct kmem_census *census)
{
	if (state == KMEM_WAITS)
		return "waiting";
	if (state == KMEM_REFUSED)
		return "refused";
	if (!census->in)
		return "removed";
	if (!census->online)
		return "offline";
	return census->online == census->all ? "online" : "partly-online";
}
