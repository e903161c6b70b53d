// SPDX-License-Identifier: GPL-2.0
/*
 * btt_make - make a BTT of many small arenas, which no command of ndctl does.
 *
 *   btt_make DISK LBASIZE ARENA
 *
 * DISK is a namespace served raw, ARENA the size of the largest arena in bytes.
 * The code of the module makes it, in memory; what it has written is copied.
 */
/* cc: -std=gnu11 -Wno-unused-parameter -Wno-sign-compare -fno-strict-aliasing */
/* cc: -Itools/testing/nvdimm/unit/shim -Itools/testing/nvdimm/lib -Idrivers/nvdimm */
/* cc: tools/testing/nvdimm/lib/btt_sim.c drivers/nvdimm/layout/btt_find.c */
/* cc: drivers/nvdimm/btt/format.c drivers/nvdimm/layout/btt_info.c drivers/nvdimm/btt/ondisk.c */
/* cc: drivers/nvdimm/btt/arena.c drivers/nvdimm/btt/log_repair.c */
/* cc: drivers/nvdimm/btt/io.c */
/* cc: drivers/nvdimm/btt/readers.c drivers/nvdimm/label/codec.c */
#include <err.h>
#include <fcntl.h>
#include <unistd.h>
#include "btt_sim.h"
#include "btt/format.h"
#include "btt/ondisk.h"

#define ORIGIN	4096

int main(int argc, char **argv)
{
	static const u8 uuid[16] = "sectors for all";
	static struct nd_media_btt info;
	struct btt_recipe r = {
		.major = 1, .minor = 1, .nfree = BTT_NFREE, .arena_min = BTT_ARENA_MIN,
	};
	struct btt_media m;
	u64 size, at;
	int fd, rc;

	if (argc != 4)
		errx(2, "usage: btt_make DISK LBASIZE ARENA");
	import_uuid(&r.uuid, uuid);
	r.lbasize = atoi(argv[2]);
	r.arena_max = strtoull(argv[3], NULL, 0);
	fd = open(argv[1], O_RDWR);
	if (fd < 0)
		err(1, "%s", argv[1]);
	size = lseek(fd, 0, SEEK_END) - ORIGIN;
	machine_init(&m, size);
	rc = btt_format(&m, &r, size, &info);
	if (rc)
		errx(1, "no BTT could be made: %s", strerror(-rc));
	for (at = 0; at + 4096 <= size; at += 4096)
		if (pwrite(fd, m.cur + at, 4096, ORIGIN + at) != 4096)
			err(1, "write at %llu", (unsigned long long)at);
	if (fsync(fd))
		err(1, "fsync");
	printf("%u arenas\n", btt_arena_count(&r, size));
	return 0;
}
