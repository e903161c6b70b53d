/* SPDX-License-Identifier: GPL-2.0 */
/*
 * BTF, which tells of a kernel's types, as programs of the build host read it: without libraries,
 * as nothing but a compiler can be counted on there. The format is that of
 * Documentation/bpf/btf.rst, little-endian.
 *
 * What is wrong with a file ends the program with status 2 and a sentence on stderr.
 */
#ifndef NDSTACK_KBUILD_BTF_H
#define NDSTACK_KBUILD_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	KIND_INT = 1, KIND_PTR, KIND_ARRAY, KIND_STRUCT, KIND_UNION, KIND_ENUM, KIND_FWD,
	KIND_TYPEDEF, KIND_VOLATILE, KIND_CONST, KIND_RESTRICT, KIND_FUNC, KIND_FUNC_PROTO,
	KIND_VAR, KIND_DATASEC, KIND_FLOAT, KIND_DECL_TAG, KIND_TYPE_TAG, KIND_ENUM64
};

#define POINTER_SIZE	8

struct btf_strings {
	const char *at;
	uint32_t len;
};

struct btf {
	struct btf_strings strings;
	struct btf_strings base;	/* a module's go on behind those of its kernel */
	const uint8_t **type;		/* by id; 0 is void */
	uint32_t nr_types;
};

/* Ends the program: "NAME: ...". */
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

uint32_t le32(const uint8_t *p);

/*
 * An ELF file with a section .BTF, or that section alone as in /sys/kernel/btf. Once for the
 * kernel; again for one of its modules, whose types go on where the kernel's end.
 */
void btf_open(struct btf *btf, const char *path);

/* A type's record, by id. */
const uint8_t *type_of(const struct btf *btf, uint32_t id);
uint32_t kind_of(const struct btf *btf, uint32_t id);
uint32_t count_of(const struct btf *btf, uint32_t id);
const char *name_at(const struct btf *btf, uint32_t offset);

/* The Ith member of struct or union @in: where it is, in bits. */
const uint8_t *member_of(const struct btf *btf, uint32_t in, uint32_t i, uint32_t *bits);

/* Through typedefs and qualifiers to what it is. */
uint32_t resolve(const struct btf *btf, uint32_t id);
uint64_t size_of(const struct btf *btf, uint32_t id);

/* The last of that name, so a module's own before the kernel's. 0: not there. */
uint32_t find(const struct btf *btf, uint32_t kind, const char *name);

/* Next line of stdin that says something, without blanks around it; NULL at the end. */
char *next_line(char *line, int size);

#endif
