// SPDX-License-Identifier: GPL-2.0
/*
 * The dry run. Pure: see dry_run.h.
 */
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include "layout/dry_run.h"

/* ---- grammar ---- */

struct word {
	const char *text;
	size_t len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || !c;
}

static bool next_word(struct word *rest, struct word *word)
{
	while (rest->len && is_blank(*rest->text)) {
		rest->text++;
		rest->len--;
	}
	word->text = rest->text;
	word->len = 0;
	while (word->len < rest->len && !is_blank(word->text[word->len]))
		word->len++;
	rest->text += word->len;
	rest->len -= word->len;
	return word->len;
}

static bool word_is(struct word word, const char *text)
{
	return word.len == strlen(text) && !memcmp(word.text, text, word.len);
}

/* Split at the '=': @word keeps what follows. */
static bool take_key(struct word *word, const char *key)
{
	size_t len = strlen(key);

	if (word->len <= len || memcmp(word->text, key, len) || word->text[len] != '=')
		return false;
	word->text += len + 1;
	word->len -= len + 1;
	return true;
}

static int word_digit(char c, u32 base)
{
	u32 value = U32_MAX;

	if (c >= '0' && c <= '9')
		value = c - '0';
	else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		value = (c | 0x20) - 'a' + 10;
	return value < base ? (int)value : -1;
}

static bool parse_suffix(struct word word, u64 *value)
{
	static const char suffixes[] = "KMGT";
	u32 shift;

	if (!word.len)
		return true;
	for (shift = 0; suffixes[shift]; shift++)
		if ((word.text[0] & ~0x20) == suffixes[shift])
			break;
	shift = 10 * (shift + 1);
	if (word.len != 1 || shift > 40 || *value > U64_MAX >> shift)
		return false;
	*value <<= shift;
	return true;
}

static bool parse_size(struct word word, u64 *value)
{
	u32 base = 10, digits = 0;

	if (word.len > 2 && word.text[0] == '0' && (word.text[1] | 0x20) == 'x') {
		base = 16;
		word.text += 2;
		word.len -= 2;
	}
	for (*value = 0; word.len; digits++, word.text++, word.len--) {
		int d = word_digit(*word.text, base);

		if (d < 0)
			break;
		if (*value > div_u64(U64_MAX - d, base))
			return false;
		*value = *value * base + d;
	}
	return digits && parse_suffix(word, value);
}

static bool parse_mode(struct word word, enum pfn_wish_mode *mode)
{
	if (word_is(word, "raw"))
		*mode = PFN_WISH_RAW;
	else if (word_is(word, "fsdax"))
		*mode = PFN_WISH_FSDAX;
	else if (word_is(word, "devdax"))
		*mode = PFN_WISH_DEVDAX;
	else
		return false;
	return true;
}

static bool parse_map(struct word word, u32 *map)
{
	if (word_is(word, "mem"))
		*map = ND_PFN_MODE_RAM;
	else if (word_is(word, "dev"))
		*map = ND_PFN_MODE_PMEM;
	else
		return false;
	return true;
}

/* @seen: which keys there have been. */
static bool parse_word(struct word word, struct pfn_wish *out, u32 *seen)
{
	u32 key;
	bool ok;

	if (take_key(&word, "mode")) {
		key = 1;
		ok = parse_mode(word, &out->mode);
	} else if (take_key(&word, "map")) {
		key = 2;
		ok = parse_map(word, &out->map);
	} else if (take_key(&word, "align")) {
		key = 4;
		ok = parse_size(word, &out->align) && is_power_of_2(out->align);
	} else if (take_key(&word, "size")) {
		key = 8;
		ok = parse_size(word, &out->size) && out->size;
	} else {
		return false;
	}
	if (*seen & key)
		return false;
	*seen |= key;
	return ok;
}

enum nd_reason pfn_wish_parse(const char *text, size_t len, struct pfn_wish *out,
			      const char **bad, size_t *bad_len)
{
	struct word rest = { text, len }, word;
	u32 seen = 0;

	*out = (struct pfn_wish) {
		.mode = PFN_WISH_FSDAX, .map = ND_PFN_MODE_PMEM, .align = SZ_2M,
	};
	while (next_word(&rest, &word)) {
		if (parse_word(word, out, &seen))
			continue;
		*bad = word.text;
		*bad_len = word.len;
		return ND_REASON_ARGUMENT;
	}
	*bad = NULL;
	*bad_len = 0;
	return ND_REASON_OK;
}

/* ---- judgement ---- */

enum nd_reason pfn_judge(struct pfn_request *req, const struct pfn_room *room, bool raw, u64 size,
			 struct pfn_layout *l)
{
	memset(l, 0, sizeof(*l));
	if (size > room->max)
		return ND_REASON_SPACE;
	if (!size || pfn_room_round(room, size) != size)
		return ND_REASON_ALIGN;
	req->size = size;
	if (raw) {
		l->map_start = req->start;
		l->map_size = size;
		l->data_start = req->start;
		l->usable = size;
		return ND_REASON_OK;
	}
	return size < PFN_SIZE_MIN ? ND_REASON_SIZE : pfn_layout_create(req, l);
}

u64 pfn_smaller_align(const struct pfn_request *req, const struct pfn_room *room, u64 size)
{
	struct pfn_request copy = *req;
	struct pfn_layout layout;

	while (copy.align / 2 >= copy.page_size) {
		copy.align /= 2;
		if (pfn_judge(&copy, room, false, size, &layout) == ND_REASON_OK)
			return copy.align;
	}
	return 0;
}

void pfn_admit(struct pfn_request *req, const struct pfn_wish *wish, const struct pfn_room *room,
	       struct pfn_verdict *out)
{
	memset(out, 0, sizeof(*out));
	req->mode = wish->map;
	req->align = wish->align;
	out->size = wish->size ?: pfn_room_round(room, room->max);
	out->reason = pfn_judge(req, room, wish->mode == PFN_WISH_RAW, out->size, &out->layout);
	req->size = out->size;
}
