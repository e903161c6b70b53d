// SPDX-License-Identifier: GPL-2.0
/* What fuzz targets share: seeds, and numbers taken from an input. */
#include "nd_fuzz.h"

/* libFuzzer's */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_one(&(struct fuzz_in){ data, size });
	return 0;
}

void __attribute__((weak)) fuzz_seeds(void)
{
}

void fuzz_seed(const char *name, const void *data, size_t size)
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

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	if (getenv("FUZZ_SEEDS")) {
		fuzz_seeds();
		exit(0);
	}
	return 0;
}

void fuzz_take(struct fuzz_in *in, void *out, size_t len)
{
	size_t n = len < in->size ? len : in->size;

	memset(out, 0, len);
	if (n)
		memcpy(out, in->data, n);
	in->data += n;
	in->size -= n;
}

u8 fuzz_u8(struct fuzz_in *in)
{
	u8 v;

	fuzz_take(in, &v, sizeof(v));
	return v;
}

u32 fuzz_u32(struct fuzz_in *in)
{
	u32 v;

	fuzz_take(in, &v, sizeof(v));
	return v;
}

u64 fuzz_u64(struct fuzz_in *in)
{
	u64 v;

	fuzz_take(in, &v, sizeof(v));
	return v;
}
