// SPDX-License-Identifier: GPL-2.0
/*
 * The machine as a saved map. The tables here are its schema, which docs/man/ndstack-map.8 has in
 * words: a member that is not known is left out, and what is unknown in a file is left alone.
 */
#include <errno.h>
#include <json-c/json.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <stdlib.h>
#include "machine.h"

#define MACHINE_VERSION	1
#define MACHINE_BYTES	(256u << 20)	/* of a file: far more than any map has */

/* ---- the schema ---- */

enum field_type { FIELD_U64, FIELD_S32, FIELD_BOOL, FIELD_TEXT };

struct field {
	const char *name;
	enum field_type type;
	size_t offset;
	size_t size;
};

#define FIELD(noun, kind, member) \
	{ #member, kind, offsetof(struct noun, member), sizeof(((struct noun *)0)->member) }
#define END_OF_FIELDS	{ }

static const struct field machine_fields[] = {
	FIELD(machine, FIELD_TEXT, kernel),
	FIELD(machine, FIELD_U64, page),
	FIELD(machine, FIELD_U64, page_struct),
	FIELD(machine, FIELD_U64, section),
	FIELD(machine, FIELD_U64, unit),
	FIELD(machine, FIELD_U64, block),
	FIELD(machine, FIELD_BOOL, sections),
	FIELD(machine, FIELD_BOOL, hidden),
	END_OF_FIELDS
};

static const struct field range_fields[] = {
	FIELD(machine_range, FIELD_U64, start),
	FIELD(machine_range, FIELD_U64, size),
	FIELD(machine_range, FIELD_U64, depth),
	FIELD(machine_range, FIELD_TEXT, name),
	END_OF_FIELDS
};

static const struct field bus_fields[] = {
	FIELD(machine_bus, FIELD_TEXT, name),
	FIELD(machine_bus, FIELD_TEXT, provider),
	FIELD(machine_bus, FIELD_U64, unit),
	FIELD(machine_bus, FIELD_BOOL, shared),
	END_OF_FIELDS
};

static const struct field dimm_fields[] = {
	FIELD(machine_dimm, FIELD_TEXT, name),
	FIELD(machine_dimm, FIELD_TEXT, bus),
	FIELD(machine_dimm, FIELD_TEXT, flags),
	FIELD(machine_dimm, FIELD_TEXT, security),
	FIELD(machine_dimm, FIELD_U64, slots),
	FIELD(machine_dimm, FIELD_BOOL, enabled),
	FIELD(machine_dimm, FIELD_TEXT, last_error),
	END_OF_FIELDS
};

static const struct field region_fields[] = {
	FIELD(machine_region, FIELD_TEXT, name),
	FIELD(machine_region, FIELD_TEXT, bus),
	FIELD(machine_region, FIELD_TEXT, type),
	FIELD(machine_region, FIELD_U64, start),
	FIELD(machine_region, FIELD_U64, size),
	FIELD(machine_region, FIELD_U64, align),
	FIELD(machine_region, FIELD_U64, available),
	FIELD(machine_region, FIELD_U64, largest),
	FIELD(machine_region, FIELD_U64, ways),
	FIELD(machine_region, FIELD_S32, node),
	FIELD(machine_region, FIELD_S32, target_node),
	FIELD(machine_region, FIELD_BOOL, labelled),
	FIELD(machine_region, FIELD_BOOL, enabled),
	FIELD(machine_region, FIELD_BOOL, read_only),
	FIELD(machine_region, FIELD_TEXT, last_error),
	END_OF_FIELDS
};

static const struct field mapping_fields[] = {
	FIELD(machine_mapping, FIELD_TEXT, name),
	FIELD(machine_mapping, FIELD_TEXT, region),
	FIELD(machine_mapping, FIELD_TEXT, dimm),
	FIELD(machine_mapping, FIELD_U64, start),
	FIELD(machine_mapping, FIELD_U64, size),
	END_OF_FIELDS
};

static const struct field namespace_fields[] = {
	FIELD(machine_namespace, FIELD_TEXT, name),
	FIELD(machine_namespace, FIELD_TEXT, region),
	FIELD(machine_namespace, FIELD_TEXT, mode),
	FIELD(machine_namespace, FIELD_TEXT, uuid),
	FIELD(machine_namespace, FIELD_TEXT, alt_name),
	FIELD(machine_namespace, FIELD_TEXT, holder),
	FIELD(machine_namespace, FIELD_TEXT, disk),
	FIELD(machine_namespace, FIELD_BOOL, enabled),
	FIELD(machine_namespace, FIELD_U64, start),
	FIELD(machine_namespace, FIELD_U64, size),
	FIELD(machine_namespace, FIELD_U64, data),
	FIELD(machine_namespace, FIELD_U64, data_size),
	FIELD(machine_namespace, FIELD_U64, align),
	FIELD(machine_namespace, FIELD_TEXT, memmap),
	FIELD(machine_namespace, FIELD_U64, usable),
	FIELD(machine_namespace, FIELD_U64, memmap_bytes),
	FIELD(machine_namespace, FIELD_U64, memmap_dram),
	FIELD(machine_namespace, FIELD_U64, pad),
	FIELD(machine_namespace, FIELD_TEXT, last_error),
	END_OF_FIELDS
};

static const struct field dax_fields[] = {
	FIELD(machine_dax, FIELD_TEXT, name),
	FIELD(machine_dax, FIELD_TEXT, parent),
	FIELD(machine_dax, FIELD_TEXT, driver),
	FIELD(machine_dax, FIELD_TEXT, state),
	FIELD(machine_dax, FIELD_U64, start),
	FIELD(machine_dax, FIELD_U64, size),
	FIELD(machine_dax, FIELD_U64, align),
	FIELD(machine_dax, FIELD_S32, target_node),
	END_OF_FIELDS
};

static const struct field extent_fields[] = {
	FIELD(machine_extent, FIELD_TEXT, name),
	FIELD(machine_extent, FIELD_U64, start),
	FIELD(machine_extent, FIELD_U64, size),
	END_OF_FIELDS
};

/* An array of the machine. */
struct noun {
	const char *name;
	const struct field *fields;
	size_t array;
	size_t nr;
	size_t size;
};

#define NOUN(key, table, member) {					\
	.name = key, .fields = table,					\
	.array = offsetof(struct machine, member),			\
	.nr = offsetof(struct machine, nr_##member),			\
	.size = sizeof(*((struct machine *)0)->member),			\
}

static const struct noun nouns[] = {
	NOUN("iomem", range_fields, ranges),
	NOUN("buses", bus_fields, buses),
	NOUN("dimms", dimm_fields, dimms),
	NOUN("regions", region_fields, regions),
	NOUN("mappings", mapping_fields, mappings),
	NOUN("namespaces", namespace_fields, namespaces),
	NOUN("dax", dax_fields, daxes),
	NOUN("nodes", extent_fields, extents),
};

/* ---- saving ---- */

/* @text is no array when @type is another; it is not looked at then. */
static bool field_is_set(const struct field *field, const char *value)
{
	switch (field->type) {
	case FIELD_U64:
		return *(const u64 *)value != MACHINE_UNKNOWN;
	case FIELD_S32:
		return *(const s32 *)value >= 0;
	case FIELD_BOOL:
		return true;
	case FIELD_TEXT:
		return *value;
	}
	return false;
}

static void fields_save(const struct field *field, const char *entry, FILE *out)
{
	const char *comma = "";

	for (; field->name; field++) {
		const char *value = entry + field->offset;

		if (!field_is_set(field, value))
			continue;
		fprintf(out, "%s\"%s\":", comma, field->name);
		comma = ",";
		if (field->type == FIELD_U64)
			fprintf(out, "%llu", (unsigned long long)*(const u64 *)value);
		else if (field->type == FIELD_S32)
			fprintf(out, "%d", *(const s32 *)value);
		else if (field->type == FIELD_BOOL)
			fputs(*(const bool *)value ? "true" : "false", out);
		else
			machine_json_text(out, value);
	}
}

void machine_save(const struct machine *m, FILE *out)
{
	fprintf(out, "\"ndstack_map\":%d,\n\"machine\":{", MACHINE_VERSION);
	fields_save(machine_fields, (const char *)m, out);
	fputc('}', out);
	for (size_t i = 0; i < ARRAY_SIZE(nouns); i++) {
		const struct noun *noun = &nouns[i];
		const char *array = *(char *const *)((const char *)m + noun->array);
		u32 nr = *(const u32 *)((const char *)m + noun->nr);

		fprintf(out, ",\n\"%s\":[", noun->name);
		for (u32 n = 0; n < nr; n++) {
			fputs(n ? ",\n{" : "\n{", out);
			fields_save(noun->fields, array + n * noun->size, out);
			fputc('}', out);
		}
		fputc(']', out);
	}
}

/* ---- loading ---- */

struct loading {
	char *why;
	size_t why_len;
};

static int load_complain(const struct loading *l, const char *where, u32 n, const char *what,
			 const char *sentence)
{
	snprintf(l->why, l->why_len, "%s[%u].%s: %s", where, n, what, sentence);
	return -EINVAL;
}

static void field_unset(const struct field *field, char *value)
{
	memset(value, 0, field->size);
	if (field->type == FIELD_U64)
		*(u64 *)value = MACHINE_UNKNOWN;
	else if (field->type == FIELD_S32)
		*(s32 *)value = -1;
}

/* Return: what is wrong with it, or NULL */
static const char *field_load(const struct field *field, struct json_object *from, char *value)
{
	static const enum json_type types[] = {
		[FIELD_U64] = json_type_int, [FIELD_S32] = json_type_int,
		[FIELD_BOOL] = json_type_boolean, [FIELD_TEXT] = json_type_string,
	};
	s64 number;

	if (json_object_get_type(from) != types[field->type])
		return "of another type than it should be";
	number = json_object_get_int64(from);
	switch (field->type) {
	case FIELD_U64:
		if (number < 0 || number > MACHINE_LIMIT)
			return "not from 0 to 2^56";
		*(u64 *)value = number;
		break;
	case FIELD_S32:
		if (number < -1 || number > S32_MAX)
			return "not from -1 to 2^31 - 1";
		*(s32 *)value = number;
		break;
	case FIELD_BOOL:
		*(bool *)value = json_object_get_boolean(from);
		break;
	case FIELD_TEXT:
		if (strlen(json_object_get_string(from)) >= field->size)
			return "too long";
		machine_text(value, field->size, json_object_get_string(from));
		break;
	}
	return NULL;
}

static int fields_load(const struct loading *l, const struct field *field,
		       struct json_object *from, const char *where, u32 n, char *entry)
{
	struct json_object *member;

	if (json_object_get_type(from) != json_type_object)
		return load_complain(l, where, n, "", "no object");
	for (; field->name; field++) {
		const char *sentence;

		if (!json_object_object_get_ex(from, field->name, &member))
			continue;
		sentence = field_load(field, member, entry + field->offset);
		if (sentence)
			return load_complain(l, where, n, field->name, sentence);
	}
	return 0;
}

static int noun_load(const struct loading *l, const struct noun *noun, struct json_object *from,
		     struct machine *m)
{
	void **array = (void **)((char *)m + noun->array);
	u32 *nr = (u32 *)((char *)m + noun->nr);
	size_t length;
	int rc = 0;

	if (json_object_get_type(from) != json_type_array)
		return load_complain(l, noun->name, 0, "", "no array");
	length = json_object_array_length(from);
	for (size_t i = 0; !rc && i < length; i++) {
		char *entry = machine_add(array, nr, noun->size);

		if (!entry)
			return -ENOMEM;
		for (const struct field *f = noun->fields; f->name; f++)
			field_unset(f, entry + f->offset);
		rc = fields_load(l, noun->fields, json_object_array_get_idx(from, i), noun->name, i,
				 entry);
	}
	return rc;
}

static bool load_power(u64 value, u64 min, u64 max)
{
	return value >= min && value <= max && is_power_of_2(value);
}

/* What everything is reckoned by must make sense, and a range lies somewhere. */
static int load_judge(const struct loading *l, const struct machine *m)
{
	if (!load_power(m->page, SZ_4K, SZ_64K) || !load_power(m->section, SZ_2M, SZ_1G) ||
	    !load_power(m->unit, SZ_2M, m->section) || !m->page_struct || m->page_struct > SZ_1K)
		return load_complain(l, "machine", 0, "page, page_struct, section or unit",
				     "no machine is so");
	for (u32 i = 0; i < m->nr_ranges; i++) {
		const struct machine_range *r = &m->ranges[i];

		if (!machine_placed(r->start, r->size) || r->depth > 64)
			return load_complain(l, "iomem", i, "start, size or depth",
					     "absent, or no range is so");
	}
	for (u32 i = 0; i < m->nr_extents; i++)
		if (!machine_placed(m->extents[i].start, m->extents[i].size))
			return load_complain(l, "nodes", i, "start or size", "absent");
	return 0;
}

static int load_all(const struct loading *l, struct json_object *top, struct machine *m)
{
	struct json_object *member;
	int rc = 0;

	if (!json_object_object_get_ex(top, "ndstack_map", &member) ||
	    json_object_get_int64(member) != MACHINE_VERSION) {
		snprintf(l->why, l->why_len, "no map that \"ndstack map --json\" of this version saved");
		return -EINVAL;
	}
	if (json_object_object_get_ex(top, "machine", &member))
		rc = fields_load(l, machine_fields, member, "machine", 0, (char *)m);
	for (size_t i = 0; !rc && i < ARRAY_SIZE(nouns); i++)
		if (json_object_object_get_ex(top, nouns[i].name, &member))
			rc = noun_load(l, &nouns[i], member, m);
	return rc ?: load_judge(l, m);
}

int machine_load(const char *text, size_t len, struct machine *m, char *why, size_t why_len)
{
	const struct loading loading = { why, why_len };
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *top;
	int rc = -EINVAL;

	machine_init(m);
	snprintf(why, why_len, "no memory");
	if (!tokener)
		return -ENOMEM;
	if (len > MACHINE_BYTES)
		len = MACHINE_BYTES;
	top = json_tokener_parse_ex(tokener, text, len);
	if (json_object_get_type(top) == json_type_object)
		rc = load_all(&loading, top, m);
	else if (json_tokener_get_error(tokener) == json_tokener_continue)
		snprintf(why, why_len, "no JSON object: it ends too early");
	else
		snprintf(why, why_len, "no JSON object: %s",
			 json_tokener_error_desc(json_tokener_get_error(tokener)));
	json_object_put(top);
	json_tokener_free(tokener);
	machine_sort(m);
	if (rc)
		machine_free(m);
	return rc;
}

/* All of @in, in *@text. Return: its length, or a negative errno */
static long load_whole(FILE *in, char **text)
{
	size_t size = SZ_64K, used = 0, got;

	for (*text = NULL; size <= 2 * MACHINE_BYTES; size *= 2) {
		char *bigger = realloc(*text, size);

		if (!bigger)
			return -ENOMEM;
		*text = bigger;
		got = fread(*text + used, 1, size - used, in);
		used += got;
		if (used < size)
			return ferror(in) ? -EIO : (long)used;
	}
	return -EFBIG;
}

int machine_load_file(const char *path, struct machine *m, char *why, size_t why_len)
{
	FILE *in = strcmp(path, "-") ? fopen(path, "re") : stdin;
	char *text = NULL;
	long len;
	int rc;

	machine_init(m);
	len = in ? load_whole(in, &text) : -errno;
	if (in && in != stdin)
		fclose(in);
	if (len < 0) {
		snprintf(why, why_len, "%s", strerror(-len));
		rc = len;
	} else {
		rc = machine_load(text, len, m, why, why_len);
	}
	free(text);
	return rc;
}

static int get(const char *path, const char *command, bool all, struct machine *m)
{
	char why[256] = "";
	int rc = path ? machine_load_file(path, m, why, sizeof(why)) : machine_read("/", all, m);

	if (rc)
		fprintf(stderr, "ndstack: %s: %s: %s\n", command, path ?: "this machine",
			*why ? why : strerror(-rc));
	return rc;
}

int machine_get(const char *path, const char *command, struct machine *m)
{
	return get(path, command, false, m);
}

int machine_get_all(const char *path, const char *command, struct machine *m)
{
	return get(path, command, true, m);
}
