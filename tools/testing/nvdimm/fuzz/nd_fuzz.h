/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A fuzz target; its main() is libFuzzer's. Each input goes to fuzz_one(), which the target
 * defines. harness/native.py asks for seeds before it starts: a target that has some defines
 * fuzz_seeds(), which gives each to fuzz_seed().
 */
#pragma once

#include <asm/byteorder.h>
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/sizes.h>
#include <linux/types.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A rule that does not hold: the fuzzer keeps the input. */
#define fuzz_assert(expr) do {						\
	if (!(expr)) {							\
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #expr); \
		abort();						\
	}								\
} while (0)

/* Bytes of the input, taken from the front; zeros when it has run out. */
struct fuzz_in {
	const uint8_t *data;
	size_t size;
};

void fuzz_one(struct fuzz_in *in);
void fuzz_seeds(void);
void fuzz_seed(const char *name, const void *data, size_t size);
void fuzz_take(struct fuzz_in *in, void *out, size_t len);
u8 fuzz_u8(struct fuzz_in *in);
u32 fuzz_u32(struct fuzz_in *in);
u64 fuzz_u64(struct fuzz_in *in);
