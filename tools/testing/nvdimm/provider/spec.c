// SPDX-License-Identifier: GPL-2.0
/* The words that describe a range: see README.md. */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/numa.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "provider.h"

#define PROVIDER_LABELS_MAX	SZ_16M
#define PROVIDER_RING_MAX	SZ_32K

/* SIZE@ADDRESS; without @ADDRESS, which may be left out when @at is 0 already. */
static int parse_place(const char *text, u64 *size, u64 *at, bool must)
{
	char *end;

	*size = memparse(text, &end);
	if (*end == '@')
		*at = memparse(end + 1, &end);
	else if (must)
		return -EINVAL;
	return *end || (must && !*size) ? -EINVAL : 0;
}

static int parse_number(const char *text, u64 *out)
{
	char *end;

	*out = memparse(text, &end);
	return *end || end == text ? -EINVAL : 0;
}

/* P.Q...: the position of each DIMM in the set; each position has one DIMM. */
static int parse_order(struct provider_spec *spec, char *text)
{
	unsigned long taken = 0;
	unsigned int n = 0;
	char *word;

	while ((word = strsep(&text, "."))) {
		if (n == ND_MAX_MAPPINGS || kstrtou8(word, 10, &spec->position[n]) ||
		    spec->position[n] >= ND_MAX_MAPPINGS ||
		    __test_and_set_bit(spec->position[n++], &taken))
			return -EINVAL;
	}
	return taken == (2ul << (spec->dimms - 1)) - 1 ? 0 : -EINVAL;
}

/* A word that is there or not. */
static bool *find_flag(struct provider_spec *spec, const char *word)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{ "flush", &spec->flush },
		{ "cache", &spec->cache },
		{ "volatile", &spec->volatile_mem },
		{ "pages", &spec->pages },
		{ "locked", &spec->locked },
		{ "frozen", &spec->frozen },
		{ "unchecked", &spec->unchecked },
		{ "bare", &spec->bare },
	};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (!strcmp(word, flags[i].name))
			return flags[i].flag;
	return NULL;
}

static int parse_word(struct provider_spec *spec, char *word)
{
	char *value = strchr(word, '=');
	bool *flag;
	u64 n;

	if (!value) {
		flag = find_flag(spec, word);
		if (!flag)
			return -EINVAL;
		*flag = true;
		return 0;
	}
	*value++ = 0;
	if (!strcmp(word, "labels")) {
		if (parse_place(value, &n, &spec->label_at, false) || n > PROVIDER_LABELS_MAX)
			return -EINVAL;
		spec->label_size = n;
		spec->own_dimms = true;
		return 0;
	}
	if (!strcmp(word, "order"))
		return parse_order(spec, value);
	if (parse_number(value, &n))
		return -EINVAL;
	if (!strcmp(word, "moved"))
		spec->moved = n;
	else if (!strcmp(word, "dimms") && n && n <= ND_MAX_MAPPINGS)
		spec->dimms = n;
	else if (!strcmp(word, "dpa"))
		spec->dpa = n;
	else if (!strcmp(word, "on") && n <= INT_MAX)
		spec->on = n;
	else if (!strcmp(word, "cookie"))
		spec->cookie = n;
	else if (!strcmp(word, "altcookie"))
		spec->altcookie = n;
	else if (!strcmp(word, "virtio") && is_power_of_2(n) && n <= PROVIDER_RING_MAX)
		spec->ring = n;
	else if (!strcmp(word, "errors") && n <= INT_MAX)
		spec->errors = n;
	else if (!strcmp(word, "bus") && n < PROVIDER_BUSES)
		spec->bus = n;
	else if (!strcmp(word, "node") && n < MAX_NUMNODES)
		spec->node = n;
	else
		return -EINVAL;
	return 0;
}

static int parse_words(char *text, struct provider_spec *spec)
{
	char *word = strsep(&text, ":");
	int rc = parse_place(word, &spec->size, &spec->start, true);

	while (!rc && (word = strsep(&text, ":")))
		rc = parse_word(spec, word);
	return rc;
}

/* What is wrong with the words together; NULL: nothing. */
static const char *misfit(const struct provider_spec *spec)
{
	if (!PAGE_ALIGNED(spec->start | spec->size) || provider_end(spec) < spec->start)
		return "not SIZE@START of whole pages";
	if (spec->ring && (spec->own_dimms || spec->on >= 0))
		return "a virtio-pmem device has no labels";
	if (spec->own_dimms && spec->on >= 0)
		return "the DIMMs of another range have their label areas already";
	if ((spec->locked || spec->frozen || spec->errors) && !spec->own_dimms)
		return "only with labels= there are DIMMs to be locked or to fail";
	if ((spec->cookie || spec->altcookie || spec->dpa || spec->dimms > 1) &&
	    !spec->own_dimms && spec->on < 0)
		return "only with labels= or on= there are DIMMs to form a set";
	if (spec->label_at && !spec->label_size)
		return "a label area without bytes is nowhere";
	if (!PAGE_ALIGNED(spec->dpa) || spec->dpa + spec->size < spec->size)
		return "a part of a DIMM begins with a page";
	if (spec->size % spec->dimms || !PAGE_ALIGNED(spec->size / spec->dimms))
		return "DIMMs of a set have whole pages, each as many";
	if (spec->unchecked && (spec->ring || spec->moved || spec->label_at))
		return "memory that nobody has been asked about is neither read nor written";
	return NULL;
}

int provider_spec_parse(const char *text, struct provider_spec *spec)
{
	char *copy = kstrdup(text, GFP_KERNEL);
	const char *reason;

	if (!copy)
		return -ENOMEM;
	*spec = (struct provider_spec) { .node = NUMA_NO_NODE, .dimms = 1, .on = -1 };
	for (unsigned int i = 0; i < ND_MAX_MAPPINGS; i++)
		spec->position[i] = i;
	reason = parse_words(copy, spec) ? "not SIZE@START[:WORD...]" : misfit(spec);
	kfree(copy);
	if (!reason)
		return 0;
	pr_err("nd_provider: range=%s: %s\n", text, reason);
	return -EINVAL;
}

static bool overlap(u64 a, u64 alen, u64 b, u64 blen)
{
	return a < b + blen && b < a + alen;
}

/* Bytes of all its label areas. */
static u64 labels(const struct provider_spec *spec)
{
	return (u64)spec->label_size * spec->dimms;
}

/* No byte is had twice. */
static int check_apart(const struct provider_spec *a, const struct provider_spec *b)
{
	bool bad = a != b && overlap(a->start, a->size, b->start, b->size);

	if (a->label_at)
		bad |= overlap(a->label_at, labels(a), b->start, b->size);
	if (a != b && a->label_at && b->label_at)
		bad |= overlap(a->label_at, labels(a), b->label_at, labels(b));
	if (!bad)
		return 0;
	pr_err("nd_provider: %#llx-%#llx and its label area overlap %#llx-%#llx or that one's\n",
	       a->start, provider_end(a) - 1, b->start, provider_end(b) - 1);
	return -EINVAL;
}

int provider_specs_check(void)
{
	for (unsigned int i = 0; i < provider_nranges; i++)
		for (unsigned int j = 0; j < provider_nranges; j++)
			if (check_apart(&provider_ranges[i].spec, &provider_ranges[j].spec))
				return -EINVAL;
	return 0;
}
