// SPDX-License-Identifier: GPL-2.0
/* SIZE@START[:NODE]. Pure. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/types.h>
#include "hmem/spec.h"

static int spec_digit(char c, u32 base)
{
	int v = -1;

	if (c >= '0' && c <= '9')
		v = c - '0';
	else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		v = (c | 0x20) - 'a' + 10;
	return v < (int)base ? v : -1;
}

static unsigned int shift_of(char c)
{
	switch (c | 0x20) {
	case 'k':
		return 10;
	case 'm':
		return 20;
	case 'g':
		return 30;
	case 't':
		return 40;
	}
	return 0;
}

/* A number at *@text, which then is behind it. */
static int spec_number(const char **text, u64 *out)
{
	const char *p = *text;
	u32 base = 10;
	u64 value = 0;
	unsigned int shift;

	if (p[0] == '0' && (p[1] | 0x20) == 'x') {
		base = 16;
		p += 2;
	}
	if (spec_digit(*p, base) < 0)
		return -EINVAL;
	for (; spec_digit(*p, base) >= 0; p++)
		if (check_mul_overflow(value, (u64)base, &value) ||
		    check_add_overflow(value, (u64)spec_digit(*p, base), &value))
			return -ERANGE;
	shift = shift_of(*p);
	if (value > U64_MAX >> shift)
		return -ERANGE;
	*out = value << shift;
	*text = p + !!shift;
	return 0;
}

/* The same behind @mark. */
static int spec_marked(const char **text, char mark, u64 *out)
{
	if (**text != mark)
		return -EINVAL;
	++*text;
	return spec_number(text, out);
}

static int spec_check(const struct hmem_spec *spec, u64 unit)
{
	u64 end;

	if (!spec->size || spec->start & (unit - 1) || spec->size & (unit - 1))
		return -EINVAL;
	return check_add_overflow(spec->start, spec->size, &end) ? -ERANGE : 0;
}

int hmem_spec_parse(const char *text, u64 unit, struct hmem_spec *spec)
{
	u64 node = 0;
	int rc = spec_number(&text, &spec->size);

	if (!rc)
		rc = spec_marked(&text, '@', &spec->start);
	spec->node = HMEM_NO_NODE;
	if (!rc && *text == ':') {
		rc = spec_marked(&text, ':', &node);
		if (!rc && node > INT_MAX)
			rc = -ERANGE;
		spec->node = node;
	}
	if (!rc && *text)
		rc = -EINVAL;
	return rc ?: spec_check(spec, unit);
}
