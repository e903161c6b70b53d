// SPDX-License-Identifier: GPL-2.0
/* Names that others have made: device-mapper's and QEMU's. Pure. See holder.h. */
#include <stdio.h>
#include <string.h>
#include "holder.h"

bool holder_volume(const char *dm_name, char *volume, size_t size)
{
	bool split = false;
	size_t len = 0;

	for (; *dm_name; dm_name++) {
		if (len + 2 > size)
			return false;
		if (*dm_name == '-' && dm_name[1] != '-') {
			/* a third part is that of a hidden volume: "vg-lv-real" */
			volume[len++] = split ? '-' : '/';
			split = true;
			continue;
		}
		dm_name += *dm_name == '-';
		volume[len++] = *dm_name;
	}
	volume[len] = 0;
	return split;
}

/* The value of @key in "a=b,c=d", or the first word that has no key. */
static const char *value_of(const char *list, const char *key, size_t *len)
{
	while (*list) {
		size_t all = strcspn(list, ","), name = strcspn(list, "=,");

		if (name == all) {
			*len = all;
			return list;
		}
		if (name == strlen(key) && !strncmp(list, key, name)) {
			*len = all - name - 1;
			return list + name + 1;
		}
		list += all + (list[all] == ',');
	}
	return NULL;
}

bool holder_machine(const char *words, size_t size, char *name, size_t name_size)
{
	const char *end = words + size;
	bool named = false;

	while (words < end && memchr(words, 0, end - words)) {
		const char *value;
		size_t len;

		if (named) {
			value = value_of(words, "guest", &len);
			if (!value || !len || len >= name_size)
				return false;
			snprintf(name, name_size, "%.*s", (int)len, value);
			return true;
		}
		named = !strcmp(words, "-name") || !strcmp(words, "--name");
		words += strlen(words) + 1;
	}
	return false;
}
