// SPDX-License-Identifier: GPL-2.0
/*
 * btf-layout FILE <SPEC >HEADER
 *
 * Declare a kernel's private structs as they are laid out in that kernel. FILE
 * is an ELF file with a section .BTF, or that section alone as in
 * /sys/kernel/btf/vmlinux; SPEC is described in include/compat/dax_layout.spec.
 * Members come at their offsets with padding between them, and the compiler is
 * left to assert every offset and size, so a header that compiles is right.
 *
 * Exit status: 0; 1 when a struct or a member is not there, or a function is of
 * another type (told on stderr, and HEADER is of no use); 2 when FILE cannot be read as BTF.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "btf.h"

#define MAX_MEMBERS	32

struct member {
	char name[64];
	char decl[160];
	uint64_t offset;
	uint64_t size;
	bool has_void;			/* points to a function that returns nothing */
};

/* ---- asking ---- */

/* Also in anonymous structs and unions. Returns the member's type, 0: not there. */
static uint32_t find_member(const struct btf *btf, uint32_t in, const char *name, uint64_t *offset)
{
	uint32_t i, bits, inner, found;
	const uint8_t *m;

	for (i = 0; i < count_of(btf, in); i++) {
		m = member_of(btf, in, i, &bits);
		if (!strcmp(name_at(btf, le32(m)), name)) {
			*offset = bits / 8;
			return le32(m + 4);
		}
		inner = resolve(btf, le32(m + 4));
		if (*name_at(btf, le32(m)) ||
		    (kind_of(btf, inner) != KIND_STRUCT && kind_of(btf, inner) != KIND_UNION))
			continue;
		found = find_member(btf, inner, name, offset);
		if (found) {
			*offset += bits / 8;
			return found;
		}
	}
	return 0;
}

/* Does it point to a function that returns nothing? */
static bool returns_void(const struct btf *btf, uint32_t id)
{
	id = resolve(btf, id);
	if (kind_of(btf, id) != KIND_PTR)
		return false;
	id = resolve(btf, le32(type_of(btf, id) + 8));
	return kind_of(btf, id) == KIND_FUNC_PROTO && !resolve(btf, le32(type_of(btf, id) + 8));
}

/* ---- types as text ---- */

struct text {
	char s[256];
	size_t len;
};

static void add(struct text *t, const char *what)
{
	size_t n = strlen(what);

	if (n >= sizeof(t->s) - t->len)
		die("a type takes too many words");
	memcpy(t->s + t->len, what, n + 1);
	t->len += n;
}

/* "struct module *", "const char *", "long unsigned int"; what points to functions is "?". */
static void add_type(const struct btf *btf, uint32_t id, struct text *t, unsigned int depth)
{
	const uint8_t *type = type_of(btf, id);

	if (!id) {
		add(t, "void");
		return;
	}
	if (depth > 16)
		die("type %u goes in circles", id);
	switch (kind_of(btf, id)) {
	case KIND_PTR:
		add_type(btf, le32(type + 8), t, depth + 1);
		add(t, t->len && t->s[t->len - 1] == '*' ? "*" : " *");
		return;
	case KIND_CONST:
		add(t, "const ");
		add_type(btf, le32(type + 8), t, depth + 1);
		return;
	case KIND_STRUCT: case KIND_FWD:
		add(t, "struct ");
		break;
	case KIND_UNION:
		add(t, "union ");
		break;
	case KIND_ENUM: case KIND_ENUM64:
		add(t, "enum ");
		break;
	case KIND_INT: case KIND_TYPEDEF:
		break;
	default:
		add(t, "?");
		return;
	}
	add(t, name_at(btf, le32(type)));
}

/* "int(struct device *, int)" */
static void add_function(const struct btf *btf, uint32_t func, struct text *t)
{
	uint32_t proto = le32(type_of(btf, func) + 8), i, n;

	if (kind_of(btf, proto) != KIND_FUNC_PROTO)
		die("type %u is no function", func);
	n = count_of(btf, proto);
	add_type(btf, le32(type_of(btf, proto) + 8), t, 0);
	add(t, "(");
	for (i = 0; i < n; i++) {
		if (i)
			add(t, ", ");
		add_type(btf, le32(type_of(btf, proto) + 12 + 8 * i + 4), t, 0);
	}
	add(t, n ? ")" : "void)");
}

/* ---- writing ---- */

static const char *upper(const char *name)
{
	static char out[64];
	size_t i;

	for (i = 0; name[i] && i < sizeof(out) - 1; i++)
		out[i] = toupper((unsigned char)name[i]);
	out[i] = '\0';
	return out;
}

static void has(const char *of, const char *what)
{
	printf("#define DAX_HAS_%s", upper(of));
	printf("_%s\n", upper(what));
}

/* "^ (*@)(int)" of a function "probe" that returns nothing: "void (*probe)(int)". */
static void print_declaration(const struct member *m)
{
	const char *c;

	for (c = m->decl; *c; c++) {
		if (*c == '@')
			fputs(m->name, stdout);
		else if (*c == '^')
			fputs(m->has_void ? "void" : "int", stdout);
		else
			putchar(*c);
	}
}

static int by_offset(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void print_struct(const char *name, uint64_t size, struct member *m, unsigned int n)
{
	uint64_t at = 0;
	unsigned int i;

	qsort(m, n, sizeof(*m), by_offset);
	printf("struct %s {\n", name);
	for (i = 0; i < n; i++) {
		if (m[i].offset > at)
			printf("\tunsigned char _pad%u[%llu];\n", i,
			       (unsigned long long)(m[i].offset - at));
		putchar('\t');
		print_declaration(&m[i]);
		puts(";");
		at = m[i].offset + m[i].size;
	}
	if (size > at)
		printf("\tunsigned char _pad%u[%llu];\n", n, (unsigned long long)(size - at));
	/* sparse does not know of every attribute that makes a size */
	printf("} __attribute__((aligned(%d)));\n#ifndef __CHECKER__\n", POINTER_SIZE);
	for (i = 0; i < n; i++)
		printf("_Static_assert(__builtin_offsetof(struct %s, %s) == %llu && "
		       "sizeof(((struct %s *)0)->%s) == %llu, \"%s.%s\");\n",
		       name, m[i].name, (unsigned long long)m[i].offset,
		       name, m[i].name, (unsigned long long)m[i].size, name, m[i].name);
	printf("_Static_assert(sizeof(struct %s) == %llu, \"%s\");\n#endif\n\n", name,
	       (unsigned long long)size, name);
}

/* ---- the specification ---- */

static bool do_member(const struct btf *btf, uint32_t in, const char *of, char *line,
		      struct member *m)
{
	size_t len = strcspn(line, " \t");
	char *decl = line + len + strspn(line + len, " \t");
	bool optional = len && line[len - 1] == '?';
	uint32_t id;

	if (!len || len >= sizeof(m->name) || !strchr(decl, '@') || strlen(decl) >= sizeof(m->decl))
		die("cannot make sense of \"%s\"", line);
	memset(m, 0, sizeof(*m));
	memcpy(m->name, line, len - optional);
	strcpy(m->decl, decl);
	id = find_member(btf, in, m->name, &m->offset);
	if (!id) {
		if (optional)
			return false;
		fprintf(stderr, "btf-layout: struct %s has no member %s\n", of, m->name);
		exit(1);
	}
	m->size = size_of(btf, id);
	m->has_void = returns_void(btf, id);
	if (optional)
		has(of, m->name);
	if (m->has_void) {
		printf("#define DAX_HAS_%s", upper(of));
		printf("_%s_VOID\n", upper(m->name));
	}
	return true;
}

static void do_struct(const struct btf *btf, const char *name)
{
	uint32_t id = find(btf, KIND_STRUCT, name);
	struct member members[MAX_MEMBERS];
	unsigned int n = 0;
	char buf[256], *line;

	if (!id) {
		fprintf(stderr, "btf-layout: there is no struct %s\n", name);
		exit(1);
	}
	while ((line = next_line(buf, sizeof(buf))) && strcmp(line, "end")) {
		if (n == MAX_MEMBERS)
			die("struct %s: too many members", name);
		n += do_member(btf, id, name, line, &members[n]);
	}
	print_struct(name, size_of(btf, id), members, n);
}

static void do_enum(const struct btf *btf, const char *name)
{
	uint32_t id = find(btf, KIND_ENUM, name), i;
	const uint8_t *constant;

	if (!id)
		return;
	has("enum", name);
	printf("enum %s {\n", name);
	for (i = 0; i < count_of(btf, id); i++) {
		constant = type_of(btf, id) + 12 + 8 * i;
		printf("\t%s = %d,\n", name_at(btf, le32(constant)), (int)le32(constant + 4));
	}
	puts("};\n");
}

/* Of a function that BTF does not tell of, nothing is said. */
static void do_function(const struct btf *btf, char *line)
{
	size_t len = strcspn(line, " \t");
	const char *wanted = line + len + strspn(line + len, " \t");
	struct text is = { .len = 0 };
	uint32_t id;

	if (!len || !*wanted)
		die("cannot make sense of \"%s\"", line);
	line[len] = '\0';
	id = find(btf, KIND_FUNC, line);
	if (!id)
		return;
	add_function(btf, id, &is);
	if (!strcmp(is.s, wanted))
		return;
	fprintf(stderr, "btf-layout: %s() is %s, and not %s\n", line, is.s, wanted);
	exit(1);
}

int main(int argc, char **argv)
{
	char buf[256], *line;
	struct btf btf = { 0 };

	if (argc != 2)
		die("usage: btf-layout FILE <SPEC >HEADER");
	btf_open(&btf, argv[1]);
	puts("/* Generated by tools/kbuild/btf-layout. */");
	puts("struct dax_region;\nstruct dax_device;\nstruct dev_dax;\nstruct dev_pagemap;\n");
	while ((line = next_line(buf, sizeof(buf)))) {
		if (!strncmp(line, "struct ", 7))
			do_struct(&btf, line + 7);
		else if (!strncmp(line, "enum ", 5))
			do_enum(&btf, line + 5);
		else if (!strncmp(line, "function ", 9))
			do_function(&btf, line + 9);
		else if (strncmp(line, "symbol ", 7))	/* those are its caller's */
			die("cannot make sense of \"%s\"", line);
	}
	return 0;
}
