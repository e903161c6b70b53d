// SPDX-License-Identifier: GPL-2.0
/*
 * BTF as it is read on the build host, see btf.h.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "btf.h"

void die(const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

static uint16_t le16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

uint32_t le32(const uint8_t *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

static uint64_t le64(const uint8_t *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

static uint8_t *read_file(const char *path, size_t *len)
{
	size_t room = 1 << 20, got;
	uint8_t *data = malloc(room);
	FILE *file = fopen(path, "rb");

	if (!file || !data)
		die("%s cannot be read", path);
	*len = 0;
	while ((got = fread(data + *len, 1, room - *len, file)) > 0) {
		*len += got;
		if (*len < room)
			continue;
		room *= 2;
		data = realloc(data, room);
		if (!data)
			die("%s: no memory", path);
	}
	fclose(file);
	return data;
}

/* The section .BTF of an ELF file, or NULL. */
static const uint8_t *elf_section(const uint8_t *elf, size_t len, size_t *section_len)
{
	uint64_t table = le64(elf + 0x28), names, offset, size;
	unsigned int entry = le16(elf + 0x3a), n = le16(elf + 0x3c), i;
	const uint8_t *header;

	if (entry < 0x40 || table > len || (uint64_t)n * entry > len - table ||
	    le16(elf + 0x3e) >= n)
		return NULL;
	names = le64(elf + table + (uint64_t)le16(elf + 0x3e) * entry + 0x18);
	for (i = 0; i < n; i++) {
		header = elf + table + (uint64_t)i * entry;
		if (names >= len || le32(header) >= len - names - sizeof(".BTF") ||
		    memcmp(elf + names + le32(header), ".BTF", sizeof(".BTF")))
			continue;
		offset = le64(header + 0x18);
		size = le64(header + 0x20);
		if (offset > len || size > len - offset)
			return NULL;
		*section_len = size;
		return elf + offset;
	}
	return NULL;
}

/* Bytes of a type record, 0 for a kind nobody knows. */
static size_t record_size(const uint8_t *type)
{
	uint32_t kind = le32(type + 4) >> 24 & 0x1f, n = le32(type + 4) & 0xffff;

	switch (kind) {
	case KIND_INT: case KIND_VAR: case KIND_DECL_TAG:
		return 12 + 4;
	case KIND_ARRAY:
		return 12 + 12;
	case KIND_STRUCT: case KIND_UNION: case KIND_DATASEC: case KIND_ENUM64:
		return 12 + 12 * (size_t)n;
	case KIND_ENUM: case KIND_FUNC_PROTO:
		return 12 + 8 * (size_t)n;
	case KIND_PTR: case KIND_FWD: case KIND_TYPEDEF: case KIND_VOLATILE: case KIND_CONST:
	case KIND_RESTRICT: case KIND_FUNC: case KIND_FLOAT: case KIND_TYPE_TAG:
		return 12;
	default:
		return 0;
	}
}

static void index_types(struct btf *btf, const uint8_t *at, const uint8_t *end)
{
	static const uint8_t none[12];
	size_t size;

	btf->type = realloc(btf->type, (btf->nr_types + (end - at) / 12 + 1) * sizeof(*btf->type));
	if (!btf->type)
		die("no memory");
	if (!btf->nr_types)
		btf->type[btf->nr_types++] = none;
	for (; at < end; at += size) {
		size = end - at >= 12 ? record_size(at) : 0;
		if (!size || size > (size_t)(end - at))
			die("type %u is of a kind or a size unknown here", btf->nr_types);
		btf->type[btf->nr_types++] = at;
	}
}

void btf_open(struct btf *btf, const char *path)
{
	const uint8_t *data;
	uint64_t header, types, types_len, strings, strings_len;
	size_t len;

	data = read_file(path, &len);
	if (len > 0x40 && !memcmp(data, "\177ELF\2\1", 6)) {
		data = elf_section(data, len, &len);
		if (!data)
			die("%s has no section .BTF", path);
	}
	if (len < 24 || le16(data) != 0xeb9f)
		die("%s is no BTF", path);
	header = le32(data + 4);
	types = header + le32(data + 8);
	types_len = le32(data + 12);
	strings = header + le32(data + 16);
	strings_len = le32(data + 20);
	if (types + types_len > len || strings + strings_len > len || !strings_len ||
	    data[strings + strings_len - 1])
		die("%s is cut short", path);
	btf->base = btf->strings;
	btf->strings.at = (const char *)data + strings;
	btf->strings.len = strings_len;
	index_types(btf, data + types, data + types + types_len);
}

const uint8_t *type_of(const struct btf *btf, uint32_t id)
{
	if (id >= btf->nr_types)
		die("type %u is missing", id);
	return btf->type[id];
}

uint32_t kind_of(const struct btf *btf, uint32_t id)
{
	return le32(type_of(btf, id) + 4) >> 24 & 0x1f;
}

uint32_t count_of(const struct btf *btf, uint32_t id)
{
	return le32(type_of(btf, id) + 4) & 0xffff;
}

const char *name_at(const struct btf *btf, uint32_t offset)
{
	if (offset < btf->base.len)
		return btf->base.at + offset;
	if (offset - btf->base.len >= btf->strings.len)
		die("a name is missing");
	return btf->strings.at + offset - btf->base.len;
}

const uint8_t *member_of(const struct btf *btf, uint32_t in, uint32_t i, uint32_t *bits)
{
	const uint8_t *type = type_of(btf, in), *m = type + 12 + 12 * i;

	*bits = le32(type + 4) >> 31 ? le32(m + 8) & 0xffffff : le32(m + 8);
	return m;
}

uint32_t resolve(const struct btf *btf, uint32_t id)
{
	unsigned int depth;

	for (depth = 0; depth < 64; depth++) {
		switch (kind_of(btf, id)) {
		case KIND_TYPEDEF: case KIND_VOLATILE: case KIND_CONST: case KIND_RESTRICT:
		case KIND_TYPE_TAG:
			id = le32(type_of(btf, id) + 8);
			break;
		default:
			return id;
		}
	}
	die("type %u goes in circles", id);
	return 0;
}

uint64_t size_of(const struct btf *btf, uint32_t id)
{
	const uint8_t *type;

	id = resolve(btf, id);
	type = type_of(btf, id);
	switch (kind_of(btf, id)) {
	case KIND_PTR:
		return POINTER_SIZE;
	case KIND_ARRAY:
		return (uint64_t)le32(type + 20) * size_of(btf, le32(type + 12));
	default:
		return le32(type + 8);
	}
}

uint32_t find(const struct btf *btf, uint32_t kind, const char *name)
{
	uint32_t id;

	for (id = btf->nr_types - 1; id > 0; id--) {
		if (kind_of(btf, id) == kind && !strcmp(name_at(btf, le32(btf->type[id])), name))
			return id;
	}
	return 0;
}

char *next_line(char *line, int size)
{
	char *start, *end;

	while (fgets(line, size, stdin)) {
		start = line + strspn(line, " \t");
		end = start + strcspn(start, "\n");
		while (end > start && isspace((unsigned char)end[-1]))
			end--;
		*end = '\0';
		if (*start && *start != '#')
			return start;
	}
	return NULL;
}
