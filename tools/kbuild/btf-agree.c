// SPDX-License-Identifier: GPL-2.0
/*
 * btf-agree KERNEL MODULE <SPEC >SOURCE
 *
 * Say in C what the exports of a module are, and the structs and constants that go through them, as
 * BTF of the kernel and of that module has it. Where the headers that SOURCE is compiled with say
 * anything else, the compiler stops at an assertion that names what differs. SPEC is described in
 * include/compat/importers.spec.
 *
 * Exit status: 0; 1 when something of SPEC is not there, or is of no type that can be written down
 * (told on stderr); 2 when a file cannot be read as BTF.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "btf.h"

#define TEXT	512
#define DEEP	16

static void missing(const char *what, const char *name)
{
	fprintf(stderr, "the module has no %s %s", what, name);
	exit(1);
}

/* ---- types as C ---- */

/* A declaration grows around its name, from the inside out. */
struct text {
	char s[TEXT];
};

static void around(struct text *t, const char *before, const char *after)
{
	char s[TEXT];
	int n = snprintf(s, sizeof(s), "%s%s%s", before, t->s, after);

	if (n < 0 || (size_t)n >= sizeof(s))
		die("a type takes too many words");
	memcpy(t->s, s, n + 1);
}

static void declare(const struct btf *btf, uint32_t id, struct text *t, unsigned int depth);

static void declare_function(const struct btf *btf, uint32_t id, struct text *t, unsigned int depth)
{
	const uint8_t *type = type_of(btf, id);
	struct text arguments = { "" };
	uint32_t i, n = count_of(btf, id);

	for (i = 0; i < n; i++) {
		struct text argument = { "" };
		uint32_t what = le32(type + 12 + 8 * i + 4);

		/* 0 is what comes after the last of printk()'s kind */
		if (what)
			declare(btf, what, &argument, depth);
		around(&arguments, "", i ? ", " : "");
		around(&arguments, "", what ? argument.s : "...");
	}
	around(t, "", "(");
	around(t, "", n ? arguments.s : "void");
	around(t, "", ")");
	declare(btf, le32(type + 8), t, depth);
}

static void declare_named(const struct btf *btf, uint32_t id, struct text *t, const char *word)
{
	const char *name = id ? name_at(btf, le32(type_of(btf, id))) : "void";

	if (!*name)
		die("type %u has no name", id);
	around(t, *t->s ? " " : "", "");
	around(t, name, "");
	around(t, word, "");
}

/* Does a "*" before it need parentheses? */
static bool binds_tighter(uint32_t kind)
{
	return kind == KIND_FUNC_PROTO || kind == KIND_ARRAY;
}

/* What a typedef of the headers stands for is compared, not its name; some have the only one. */
static bool has_only_name(const struct btf *btf, uint32_t id)
{
	uint32_t is = resolve(btf, id);

	return kind_of(btf, is) >= KIND_STRUCT && kind_of(btf, is) <= KIND_ENUM &&
	       !*name_at(btf, le32(type_of(btf, is)));
}

static void declare(const struct btf *btf, uint32_t id, struct text *t, unsigned int depth)
{
	const uint8_t *type = type_of(btf, id);
	uint32_t of = id ? le32(type + 8) : 0;
	char length[16];

	if (depth > DEEP)
		die("type %u goes in circles", id);
	switch (id ? kind_of(btf, id) : KIND_INT) {
	case KIND_PTR:
		around(t, "*", "");
		if (binds_tighter(kind_of(btf, of)))
			around(t, "(", ")");
		declare(btf, of, t, depth + 1);
		break;
	case KIND_CONST: case KIND_VOLATILE:
		around(t, kind_of(btf, id) == KIND_CONST ? "const " : "volatile ", "");
		declare(btf, of, t, depth + 1);
		break;
	case KIND_RESTRICT: case KIND_TYPE_TAG:
		declare(btf, of, t, depth + 1);
		break;
	case KIND_ARRAY:
		snprintf(length, sizeof(length), "[%u]", le32(type + 20));
		around(t, "", length);
		declare(btf, le32(type + 12), t, depth + 1);
		break;
	case KIND_FUNC_PROTO:
		declare_function(btf, id, t, depth + 1);
		break;
	case KIND_STRUCT:
		declare_named(btf, id, t, "struct ");
		break;
	case KIND_FWD:
		/* bit 31 is set for a union */
		declare_named(btf, id, t, le32(type + 4) >> 31 ? "union " : "struct ");
		break;
	case KIND_UNION:
		declare_named(btf, id, t, "union ");
		break;
	case KIND_ENUM: case KIND_ENUM64:
		declare_named(btf, id, t, "enum ");
		break;
	case KIND_TYPEDEF:
		if (has_only_name(btf, id))
			declare_named(btf, id, t, "");
		else
			declare(btf, of, t, depth + 1);
		break;
	case KIND_INT: case KIND_FLOAT:
		declare_named(btf, id, t, "");
		break;
	default:
		die("type %u cannot be written down", id);
	}
}

/* ---- assertions ---- */

static void say_same_type(const char *what, const struct text *is)
{
	printf("_Static_assert(__builtin_types_compatible_p(typeof(%s), %s), \"%s is %s\");\n",
	       what, is->s, what, is->s);
}

static bool is_composite(uint32_t kind)
{
	return kind == KIND_STRUCT || kind == KIND_UNION;
}

/* say_members() - of @in, which is within @tag ("struct x"), at @path ("member") and @base bits */
static void say_members(const struct btf *btf, uint32_t in, const char *tag, const char *path,
			uint64_t base)
{
	char what[TEXT], at[TEXT / 2];
	uint32_t i, bits, id;
	const uint8_t *m;
	const char *name;

	for (i = 0; i < count_of(btf, in); i++) {
		struct text is = { "" };

		m = member_of(btf, in, i, &bits);
		name = name_at(btf, le32(m));
		id = le32(m + 4);
		snprintf(at, sizeof(at), "%s%s%s", path, *path && *name ? "." : "", name);
		if (is_composite(kind_of(btf, resolve(btf, id))) &&
		    !*name_at(btf, le32(type_of(btf, resolve(btf, id)))) &&
		    kind_of(btf, id) != KIND_TYPEDEF) {
			say_members(btf, resolve(btf, id), tag, at, base + bits);
			continue;
		}
		if (bits % 8)
			die("%s %s is a bit field", tag, at);
		printf("_Static_assert(__builtin_offsetof(%s, %s) == %llu, \"%s: %s is at %llu\");\n",
		       tag, at, (unsigned long long)(base + bits) / 8,
		       tag, at, (unsigned long long)(base + bits) / 8);
		declare(btf, id, &is, 0);
		snprintf(what, sizeof(what), "((%s *)0)->%s", tag, at);
		say_same_type(what, &is);
	}
}

static void say_struct(const struct btf *btf, const char *name)
{
	uint32_t id = find(btf, KIND_STRUCT, name);
	char tag[TEXT / 4];

	if (!id)
		missing("struct", name);
	snprintf(tag, sizeof(tag), "struct %s", name);
	printf("_Static_assert(sizeof(%s) == %llu, \"%s has %llu bytes\");\n", tag,
	       (unsigned long long)size_of(btf, id), tag, (unsigned long long)size_of(btf, id));
	say_members(btf, id, tag, "", 0);
}

static void say_constants(const struct btf *btf, uint32_t id)
{
	uint32_t i;

	for (i = 0; i < count_of(btf, id); i++) {
		const uint8_t *constant = type_of(btf, id) + 12 + 8 * i;
		const char *name = name_at(btf, le32(constant));

		printf("_Static_assert(%s == %d, \"%s is %d\");\n", name, (int)le32(constant + 4),
		       name, (int)le32(constant + 4));
	}
}

static void say_enum(const struct btf *btf, const char *name)
{
	uint32_t id = find(btf, KIND_ENUM, name);

	if (!id)
		missing("enum", name);
	say_constants(btf, id);
}

/* The enum without a name that has this constant: all of it. */
static void say_enum_with(const struct btf *btf, const char *name)
{
	uint32_t id, i;

	for (id = btf->nr_types - 1; id > 0; id--) {
		for (i = 0; kind_of(btf, id) == KIND_ENUM && i < count_of(btf, id); i++) {
			if (!strcmp(name_at(btf, le32(type_of(btf, id) + 12 + 8 * i)), name)) {
				say_constants(btf, id);
				return;
			}
		}
	}
	missing("constant", name);
}

static void say_export(const struct btf *btf, const char *name)
{
	uint32_t id = find(btf, KIND_FUNC, name);
	struct text is = { "" };

	if (!id)
		missing("function", name);
	declare(btf, le32(type_of(btf, id) + 8), &is, 0);
	say_same_type(name, &is);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *word;
		void (*say)(const struct btf *btf, const char *name);
	} words[] = {
		{ "struct ", say_struct },
		{ "enum ", say_enum },
		{ "enum-with ", say_enum_with },
		{ "export ", say_export },
		{ "include ", NULL },
	};
	char buf[256], *line;
	struct btf btf = { 0 };
	size_t i;

	if (argc != 3)
		die("usage: btf-agree KERNEL MODULE <SPEC >SOURCE");
	btf_open(&btf, argv[1]);
	btf_open(&btf, argv[2]);
	while ((line = next_line(buf, sizeof(buf)))) {
		for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
			size_t len = strlen(words[i].word);

			if (strncmp(line, words[i].word, len))
				continue;
			if (words[i].say)
				words[i].say(&btf, line + len);
			else
				printf("#include <%s>\n", line + len);
			break;
		}
		if (i == sizeof(words) / sizeof(*words))
			die("cannot make sense of \"%s\"", line);
	}
	return 0;
}
