// SPDX-License-Identifier: GPL-2.0
/*
 * pmdk - what programs on libpmem and libpmem2 rely on, of a file or a /dev/daxN.M.
 *
 *   pmdk write PATH BYTES ALIGN    through both libraries; ALIGN of mappings as they see it
 *   pmdk verify PATH BYTES ALIGN   what they wrote
 */
#include <err.h>
#include <fcntl.h>
#include <libpmem.h>
#include <libpmem2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK	4096

static char block[2][BLOCK];

static void fill(void)
{
	for (int i = 0; i < BLOCK; i++) {
		block[0][i] = i * 7 + i / 256;
		block[1][i] = ~block[0][i];
	}
}

static void check(const char *what, const char *at, const char *wanted)
{
	if (memcmp(at, wanted, BLOCK))
		errx(1, "%s: other bytes", what);
}

/* Block 0 of the upper half, by each way that libpmem has to store. */
static void first(const char *path, size_t bytes, int verify)
{
	size_t len;
	int is_pmem;
	char *at = pmem_map_file(path, 0, 0, 0, &len, &is_pmem), *half;

	if (!at)
		errx(1, "pmem_map_file: %s", pmem_errormsg());
	if (len != bytes)
		errx(1, "pmem_map_file: %zu bytes", len);
	if (!is_pmem || !pmem_is_pmem(at, len))
		errx(1, "libpmem takes it for no persistent memory");
	half = at + len / 2;
	if (!verify) {
		pmem_memcpy_persist(half, block[0], BLOCK);
		pmem_memset_persist(half + BLOCK, 0x5a, BLOCK);
		memcpy(half + 2 * BLOCK, block[1], BLOCK);
		pmem_persist(half + 2 * BLOCK, BLOCK);
		/* the platform's buffers too: region attribute deep_flush */
		if (pmem_deep_persist(half, 3 * BLOCK))
			err(1, "pmem_deep_persist");
	}
	check("pmem_memcpy_persist", half, block[0]);
	for (int i = 0; i < BLOCK; i++)
		if (half[BLOCK + i] != 0x5a)
			errx(1, "pmem_memset_persist: byte %d", i);
	check("pmem_persist", half + 2 * BLOCK, block[1]);
	if (pmem_unmap(at, len))
		err(1, "pmem_unmap");
}

static void good(const char *what, int rc)
{
	if (rc)
		errx(1, "%s: %s", what, pmem2_errormsg());
}

/* What the library reads in sysfs: size, alignment, the DIMMs below, bad blocks. */
static void source_is_understood(struct pmem2_source *source, size_t bytes, size_t align)
{
	struct pmem2_badblock_context *context;
	struct pmem2_badblock bad;
	size_t size, usc_len = 0;
	uint64_t usc;

	good("pmem2_source_size", pmem2_source_size(source, &size));
	if (size != bytes)
		errx(1, "pmem2_source_size: %zu", size);
	good("pmem2_source_alignment", pmem2_source_alignment(source, &size));
	if (size != align)
		errx(1, "pmem2_source_alignment: %zu", size);
	good("pmem2_source_device_id", pmem2_source_device_id(source, NULL, &usc_len));
	/* not every DIMM counts unsafe shutdowns */
	(void)pmem2_source_device_usc(source, &usc);
	good("pmem2_badblock_context_new", pmem2_badblock_context_new(&context, source));
	if (pmem2_badblock_next(context, &bad) != PMEM2_E_NO_BAD_BLOCK_FOUND)
		errx(1, "a bad block at %zu", bad.offset);
	pmem2_badblock_context_delete(&context);
}

/* The second block of the device, mapped alone: the page that it is in. */
static void second(const char *path, size_t bytes, size_t align, int verify)
{
	struct pmem2_config *config;
	struct pmem2_source *source;
	struct pmem2_map *map;
	char *at;
	int fd = open(path, O_RDWR);

	if (fd < 0)
		err(1, "%s", path);
	good("pmem2_source_from_fd", pmem2_source_from_fd(&source, fd));
	source_is_understood(source, bytes, align);
	good("pmem2_config_new", pmem2_config_new(&config));
	good("granularity", pmem2_config_set_required_store_granularity(config,
		PMEM2_GRANULARITY_CACHE_LINE));
	good("offset", pmem2_config_set_offset(config, align));
	good("length", pmem2_config_set_length(config, align));
	good("pmem2_map_new", pmem2_map_new(&map, config, source));
	if (pmem2_map_get_size(map) != align)
		errx(1, "pmem2_map_get_size: %zu", pmem2_map_get_size(map));
	at = pmem2_map_get_address(map);
	if (!verify) {
		pmem2_get_memmove_fn(map)(at, block[1], BLOCK, 0);
		pmem2_get_persist_fn(map)(at, BLOCK);
		good("pmem2_deep_flush", pmem2_deep_flush(map, at, BLOCK));
	}
	check("memmove of libpmem2", at, block[1]);
	good("pmem2_map_delete", pmem2_map_delete(&map));
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	close(fd);
}

int main(int argc, char **argv)
{
	int verify;

	if (argc != 5)
		errx(2, "pmdk write|verify PATH BYTES ALIGN");
	verify = !strcmp(argv[1], "verify");
	fill();
	first(argv[2], strtoull(argv[3], NULL, 0), verify);
	second(argv[2], strtoull(argv[3], NULL, 0), strtoull(argv[4], NULL, 0), verify);
	return 0;
}
