// SPDX-License-Identifier: GPL-2.0
/* P10 and the devdax part of P11: page faults, binding. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "guest.h"
#include "marker.h"

#define SAMPLES	101

void make_devdax(const char *namespace, const char *align, const char *uuid, char *device,
		 size_t size)
{
	unbind(namespace);
	read_text(ND_DEVICES "/region0/dax_seed", device, size);
	write_text(format(ND_DEVICES "/%s/mode", device), "pmem");
	write_text(format(ND_DEVICES "/%s/align", device), align);
	write_text(format(ND_DEVICES "/%s/uuid", device), uuid);
	write_text(format(ND_DEVICES "/%s/namespace", device), namespace);
	bind("dax_pmem", device);
	settle();
}

/* A page is touched for the first time by each sample. */
static void measure_faults(const char *node, const char *row, size_t page)
{
	int fd = open(node, O_RDWR | O_CLOEXEC);
	volatile char *at;

	if (fd < 0)
		die("%s: %s", node, strerror(errno));
	at = mmap(NULL, (SAMPLES + 8) * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		die("%s: mmap: %s", node, strerror(errno));
	for (size_t i = 0; i < SAMPLES + 8; i++) {
		if (i >= 8)
			mark_begin(row);
		at[i * page + page / 2] = 1;
		if (i >= 8)
			mark_end();
	}
	munmap((void *)at, (SAMPLES + 8) * page);
	close(fd);
}

/* The first round is not measured. */
static void measure_rebind(const char *device, int samples)
{
	for (int i = -1; i < samples; i++) {
		uint64_t start = now_ns();

		if (i >= 0)
			mark_begin("P11.unbind.devdax");
		unbind(device);
		if (i >= 0) {
			mark_end();
			mark_note("ns P11.unbind.devdax %llu",
				  (unsigned long long)(now_ns() - start));
			mark_begin("P11.bind.devdax");
		}
		bind("dax_pmem", device);
		settle();
		if (i >= 0)
			mark_end();
		if (!is_bound(device))
			die("%s did not bind again", device);
	}
}

void phase_dax(void)
{
	char small[64], large[64];

	/* what other rows have left on the first two may claim them */
	write_labels(4, GIB);
	load_all(TEST);
	load(TEST, "dax");
	settle();
	wait_count(count_disks, 4, "disks");
	make_devdax("namespace0.2", "4096", "6e64626e-636d-4800-8000-00000000d0d0", small,
		    sizeof(small));
	make_devdax("namespace0.3", "2097152", "6e64626e-636d-4800-8000-00000000d0d1", large,
		    sizeof(large));
	if (wanted("P10")) {
		measure_faults("/dev/dax0.2", "P10.fault.4K", 4096);
		measure_faults("/dev/dax0.3", "P10.fault.2M", 2 * MIB);
	}
	if (wanted("P11"))
		measure_rebind(large, 3);
	note_modules();
}
