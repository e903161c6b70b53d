// SPDX-License-Identifier: GPL-2.0
/*
 * Rows below the test provider: bad ranges, which no firmware here reports, and
 * more DIMMs and namespaces than this machine has.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../testing/nvdimm/fake_dimms/machine.h"
#include "guest.h"

#define SMALL (16 * MIB)

static int open_provider(void)
{
	int fd;

	load(TEST, "lib");
	load(TEST, "fake");
	fd = open("/dev/fake_dimms", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		die("/dev/fake_dimms: %s", strerror(errno));
	return fd;
}

static void make(int fd, const struct fake_machine *m, unsigned int each, uint64_t size)
{
	if (fake_make(fd, m, each, size))
		die("the machine is refused: %s", strerror(errno));
	settle();
}

/* P12: a region with 100 namespaces is bound, raw disks and all, with so many bad ranges */
static void measure_bad(unsigned int nbad)
{
	struct fake_machine m = {
		.magic = FAKE_MAGIC, .ndimms = 1, .nregions = 1, .area_size = 128 << 10,
		.nbad = nbad, .dimm_size = 4 * GIB, .cookie = 0x6e6462656e6368,
	};
	int fd;

	/* where there is memory to be mapped */
	load(SETUP, "core");
	settle();
	m.base = read_u64(ND_DEVICES "/region0/resource");
	unload_all();

	fd = open_provider();
	load(TEST, "pmem");
	make(fd, &m, 100, SMALL);
	wait_count(count_disks, 100, "disks");
	unbind("region0");
	settle();
	mark_begin(format("P12.bind.%u", nbad));
	bind("nd_region", "region0");
	settle();
	mark_end();
	wait_count(count_disks, 100, "disks");
	note_modules();
	unbind("region0");
	m.ndimms = 0;
	if (write(fd, &m, sizeof(m)) < 0)
		die("the machine stays: %s", strerror(errno));
	close(fd);
}

void phase_bad_0(void)
{
	measure_bad(0);
}

void phase_bad_1000(void)
{
	measure_bad(1000);
}

/* ---- 96 DIMMs in 16 sets ---- */

#define SETS 16

/* What an administrator's look at all namespaces reads, and what it costs for each. */
static void measure_look(unsigned int each)
{
	static const char * const attr[] = { "size", "uuid", "alt_name", "resource", "holder" };
	char buf[128];

	mark_begin(format("scale.look.%u", each * SETS));
	for (unsigned int set = 0; set < SETS; set++) {
		for (unsigned int i = 0; i < each; i++)
			for (unsigned int a = 0; a < sizeof(attr) / sizeof(attr[0]); a++)
				read_text(format(ND_DEVICES "/namespace%u.%u/%s", set,
						 i, attr[a]), buf, sizeof(buf));
		read_text(format(ND_DEVICES "/region%u/available_size", set), buf, sizeof(buf));
		read_text(format(ND_DEVICES "/region%u/max_available_extent", set), buf,
			  sizeof(buf));
	}
	mark_end();
	mark_note("ops scale.look.%u %u", each * SETS, each * SETS);
}

/* One of each set is created, named, shrunk by half and destroyed. */
static void measure_change(unsigned int each)
{
	char seed[64];

	mark_begin(format("scale.change.%u", each * SETS));
	for (unsigned int set = 0; set < SETS; set++) {
		read_text(format(ND_DEVICES "/region%u/namespace_seed", set), seed, sizeof(seed));
		write_text(format(ND_DEVICES "/%s/uuid", seed),
			   format("6e64626e-636d-4800-8000-00000000f%03u", set));
		write_text(format(ND_DEVICES "/%s/size", seed), "201326592");
		write_text(format(ND_DEVICES "/%s/alt_name", seed), "bench");
		write_text(format(ND_DEVICES "/%s/size", seed), "100663296");
		write_text(format(ND_DEVICES "/%s/size", seed), "0");
	}
	mark_end();
	mark_note("ops scale.change.%u %u", each * SETS, SETS);
}

static void measure_scale(unsigned int each)
{
	const struct fake_machine m = {
		.magic = FAKE_MAGIC, .ndimms = 96, .nregions = SETS, .area_size = 256 << 10,
		.dimm_size = 1024 * SMALL, .base = 1ull << 44, .cookie = 0x6e6462656e6368,
	};
	struct fake_machine none = { .magic = FAKE_MAGIC };
	int fd = open_provider();

	/* what a bus, its DIMMs and regions cost is no namespace's */
	make(fd, &m, 0, SMALL);
	mark_begin(format("scale.bind.%u", each * SETS));
	make(fd, &m, each, SMALL);
	mark_end();
	mark_note("ops scale.bind.%u %u", each * SETS, each * SETS);
	wait_count(count_namespaces, each * SETS, "namespaces");
	measure_look(each);
	measure_change(each);
	measure_look(each);
	note_modules();
	for (unsigned int set = 0; set < SETS; set++)
		unbind(format("region%u", set));
	if (write(fd, &none, sizeof(none)) < 0)
		die("the machine stays: %s", strerror(errno));
	close(fd);
}

void phase_scale_1000(void)
{
	measure_scale(1000 / SETS);
}

void phase_scale_10000(void)
{
	measure_scale(10000 / SETS);
}
