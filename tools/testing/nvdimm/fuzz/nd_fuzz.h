/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Seeds for a fuzz target. The target defines
 *
 *	static void fuzz_seeds(void)
 *	{
 *		fuzz_seed("empty", area, sizeof(area));
 *	}
 *
 * and ends with FUZZ_WITH_SEEDS(). fuzz/run asks for them before it starts.
 */
#ifndef _ND_FUZZ_H
#define _ND_FUZZ_H

#include <linux/types.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* A law that does not hold: the fuzzer keeps the input. */
#define fuzz_assert(expr) do {						\
	if (!(expr)) {							\
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #expr); \
		abort();						\
	}								\
} while (0)

static inline void fuzz_seed(const char *name, const void *data, size_t size)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/seed-%s", getenv("FUZZ_SEEDS"), name);
	f = fopen(path, "wb");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f)) {
		perror(path);
		exit(1);
	}
}

#define FUZZ_WITH_SEEDS()						\
int LLVMFuzzerInitialize(int *argc, char ***argv)			\
{									\
	if (getenv("FUZZ_SEEDS")) {					\
		fuzz_seeds();						\
		exit(0);						\
	}								\
	return 0;							\
}

/* Bytes of the input, taken from the front; zeros when it has run out. */
struct fuzz_in {
	const uint8_t *data;
	size_t size;
};

static inline void fuzz_take(struct fuzz_in *in, void *out, size_t len)
{
	size_t n = len < in->size ? len : in->size;

	memset(out, 0, len);
	if (n)
		memcpy(out, in->data, n);
	in->data += n;
	in->size -= n;
}

static inline u8 fuzz_u8(struct fuzz_in *in)
{
	u8 v;

	fuzz_take(in, &v, sizeof(v));
	return v;
}

static inline u32 fuzz_u32(struct fuzz_in *in)
{
	u32 v;

	fuzz_take(in, &v, sizeof(v));
	return v;
}

static inline u64 fuzz_u64(struct fuzz_in *in)
{
	u64 v;

	fuzz_take(in, &v, sizeof(v));
	return v;
}

#endif
