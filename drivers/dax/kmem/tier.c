// SPDX-License-Identifier: GPL-2.0
/* How far memory is: see tier.h. Pure. */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/types.h>
#include "kmem/tier.h"

/* A decimal number at *@text, which then is behind it; -EINVAL: there is none, or a large one. */
static int hint_number(const char **text, u32 max, u32 *out)
{
	const char *p = *text;
	u32 value = 0;

	for (; *p >= '0' && *p <= '9' && value <= max; p++)
		value = value * 10 + (*p - '0');
	if (p == *text || value > max)
		return -EINVAL;
	*text = p;
	*out = value;
	return 0;
}

static bool hint_ends(const char *p)
{
	return !*p || (*p == '\n' && !p[1]);
}

int kmem_hint_find(const char *hints, int node, u32 *percent)
{
	u32 number, value;
	int found = 0;

	if (hint_ends(hints))
		return 0;
	for (;; hints++) {
		if (hint_number(&hints, 0xffff, &number) || *hints++ != ':' ||
		    hint_number(&hints, KMEM_HINT_MAX, &value) || !value)
			return -EINVAL;
		/* of two the last word */
		if (node >= 0 && number == node) {
			*percent = value;
			found = 1;
		}
		if (hint_ends(hints))
			return found;
		if (*hints != ',')
			return -EINVAL;
	}
}

/* @scale * @a / @b where both are told. */
static bool in_proportion(u64 *scale, u64 a, u64 b, u64 max)
{
	if (!a || !b)
		return false;
	a = div64_u64(*scale * a, b);
	*scale = a > max ? max : a ?: 1;
	return true;
}

int kmem_distance(int dram, const struct nd_speed *ref, const struct nd_speed *mem)
{
	/* in thousandths, and no product of these and of a sum of two overflows */
	u64 scale = 1000ull * dram, max = 100 * scale;
	bool told;

	if (ref->read_ns && ref->write_ns && mem->read_ns && mem->write_ns)
		told = in_proportion(&scale, (u64)mem->read_ns + mem->write_ns,
				     (u64)ref->read_ns + ref->write_ns, max);
	else
		told = in_proportion(&scale, mem->read_ns, ref->read_ns, max) ||
		       in_proportion(&scale, mem->write_ns, ref->write_ns, max);
	if (ref->read_mbs && ref->write_mbs && mem->read_mbs && mem->write_mbs)
		told |= in_proportion(&scale, (u64)ref->read_mbs + ref->write_mbs,
				      (u64)mem->read_mbs + mem->write_mbs, max);
	else
		told |= in_proportion(&scale, ref->read_mbs, mem->read_mbs, max) ||
			in_proportion(&scale, ref->write_mbs, mem->write_mbs, max);
	return told ? max_t(u64, div_u64(scale + 500, 1000), 1) : 0;
}
