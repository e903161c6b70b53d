// SPDX-License-Identifier: GPL-2.0
/*
 * Rows below the test provider: bad ranges, which no firmware here reports, and
 * more DIMMs and namespaces than this machine has.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../testing/nvdimm/provider/machine.h"
#include "guest.h"

#define SMALL (16 * MIB)
#define COOKIE 0x6e6462656e6368ull

/* Interleave sets of equal DIMMs, with so many equal namespaces each. */
struct machine {
	unsigned int sets, ways;
	uint32_t area;
	uint64_t base, set_size;
	unsigned int each;
};

static int open_provider(void)
{
	int fd;

	load(TEST, "lib");
	load(TEST, "provider");
	fd = open("/dev/nd_provider", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		die("/dev/nd_provider: %s", strerror(errno));
	return fd;
}

static void put(int fd, const void *image, size_t len)
{
	if (write(fd, image, len) != (ssize_t)len)
		die("the machine is refused: %s", strerror(errno));
}

static void make(int fd, const struct machine *m)
{
	struct labels l = {
		.area = m->area, .ways = m->ways, .count = m->each, .size = SMALL,
	};
	size_t each = sizeof(struct provider_bytes) + labels_end(&l);
	char *image = calloc(1, m->sets * (128 + m->ways * each)), *at = image;

	if (!image)
		die("no memory for a machine");
	for (unsigned int set = 0; set < m->sets; set++)
		at += sprintf(at, "%#llx@%#llx:unchecked:dimms=%u:labels=%u:cookie=%#llx%s",
			      (unsigned long long)m->set_size,
			      (unsigned long long)(m->base + set * m->set_size), m->ways, m->area,
			      COOKIE + set, set + 1 < m->sets ? "," : "\n");
	for (unsigned int dimm = 0; dimm < m->sets * m->ways; dimm++, at += each) {
		struct provider_bytes head = { .dimm = dimm, .len = labels_end(&l) };

		l.set = dimm / m->ways;
		l.position = dimm % m->ways;
		l.cookie = COOKIE + l.set;
		memcpy(at, &head, sizeof(head));
		fill_labels((void *)(at + sizeof(head)), &l);
	}
	put(fd, image, at - image);
	free(image);
	settle();
}

static void take_down(int fd)
{
	put(fd, "\n", 1);
	close(fd);
}

/* P12: a region with 100 namespaces is bound, raw disks and all, with so many bad ranges */
static void measure_bad(unsigned int nbad)
{
	struct machine m = {
		.sets = 1, .ways = 1, .area = 128 << 10, .set_size = 4 * GIB, .each = 100,
	};
	int fd;

	/* where there is memory to be mapped */
	load(SETUP, "core");
	settle();
	m.base = read_u64(ND_DEVICES "/region0/resource");
	unload_all();

	fd = open_provider();
	load(TEST, "pmem");
	make(fd, &m);
	wait_count(count_disks, 100, "disks");
	unbind("region0");
	settle();
	for (unsigned int i = 0; i < nbad; i++)
		write_text(ND_DEVICES "/region0/nd_provider/poison",
			   format("%llu 512", (unsigned long long)(m.set_size / nbad * i)));
	write_text(ND_DEVICES "/ndbus0/nd_provider/scrub", "1");
	/* lists of bad blocks have been filled before */
	bind("nd_region", "region0");
	settle();
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
	take_down(fd);
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
#define DIMMS 96

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
	struct machine m = {
		.sets = SETS, .ways = DIMMS / SETS, .area = 256 << 10,
		.set_size = DIMMS / SETS * 1024 * SMALL, .base = 1ull << 44,
	};
	int fd = open_provider();

	/* what a bus, its DIMMs and regions cost is no namespace's */
	make(fd, &m);
	m.each = each;
	mark_begin(format("scale.bind.%u", each * SETS));
	make(fd, &m);
	mark_end();
	mark_note("ops scale.bind.%u %u", each * SETS, each * SETS);
	wait_count(count_namespaces, each * SETS, "namespaces");
	measure_look(each);
	measure_change(each);
	measure_look(each);
	note_modules();
	for (unsigned int set = 0; set < SETS; set++)
		unbind(format("region%u", set));
	take_down(fd);
}

void phase_scale_1000(void)
{
	measure_scale(1000 / SETS);
}

void phase_scale_10000(void)
{
	measure_scale(10000 / SETS);
}

/* ---- 96 DIMMs in as many sets as the provider takes ---- */

#define TOOL_SETS 32

void phase_tool(void)
{
	struct machine m = {
		.sets = TOOL_SETS, .ways = DIMMS / TOOL_SETS, .area = 128 << 10,
		.set_size = DIMMS / TOOL_SETS * 512 * SMALL, .base = 1ull << 44,
		.each = (10000 + TOOL_SETS - 1) / TOOL_SETS,
	};
	int fd = open_provider();

	make(fd, &m);
	wait_count(count_namespaces, m.each * m.sets, "namespaces");
	measure_tools(10000);
	note_modules();
	for (unsigned int set = 0; set < m.sets; set++)
		unbind(format("region%u", set));
	take_down(fd);
}
