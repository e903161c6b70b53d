// SPDX-License-Identifier: GPL-2.0
/* Cells of the modes that programs map: devdax, and kmem's memory. */
#include "poison.h"

static unsigned char was[PAGES];

/* Loads or stores to each page: SIGBUS in the second and nowhere else; @told: that was before. */
static void touch(unsigned char *at, bool store, bool told)
{
	for (unsigned int p = 0; p < PAGES; p++) {
		unsigned char *to = at + p * PAGE + (LINE_AT - PAGE), is = was[p];
		bool bus;

		if (told && p == 1)
			continue;
		bus = store ? bus_on_store(to, was[p]) : bus_on_load(to, &is);

		if (bus != (p == 1))
			fail("%s page %u: %s", store ? "a store to" : "a load from", p,
			     bus ? "SIGBUS" : "went through");
		if (bus && bus_at / PAGE != (uintptr_t)to / PAGE)
			fail("SIGBUS for %p, says %#zx", to, bus_at);
		if (is != was[p])
			fail("page %u holds %#x instead of %#x", p, is, was[p]);
	}
}

static void remember(const volatile unsigned char *at)
{
	for (unsigned int p = 0; p < PAGES; p++)
		was[p] = at[p * PAGE + (LINE_AT - PAGE)];
}

/* Does the event itself tell who has it mapped? */
static bool make_bad_mapped(const struct cell *cell, unsigned char *at)
{
	bool told = bus_on_make_bad(cell);

	if (told && bus_at / PAGE != (uintptr_t)at / PAGE + 1)
		fail("SIGBUS for %#zx, mapped at %p", bus_at, at);
	return told;
}

/* ---- devdax ---- */

static unsigned char *map_device(const struct cell *cell, int *fd)
{
	void *at;

	*fd = open(place.dax, O_RDWR);
	if (*fd < 0)
		fail("%s: %s", place.dax, strerror(errno));
	at = mmap(NULL, CELL, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, cell->at);
	if (at == MAP_FAILED)
		fail("mmap: %s", strerror(errno));
	return at;
}

static void unmap_device(unsigned char *at, int fd)
{
	munmap(at, CELL);
	close(fd);
}

/* Cleared by the administrator: contents are lost, the page can be used. */
static void clear_device(const struct cell *cell)
{
	static const bool none[NSECT];
	unsigned char *at, is;
	int fd;

	hook("how_clear", cell->phys + PAGE, PAGE);
	listed(cell, none);
	if (lines_left(cell))
		fail("%u bytes are bad still", lines_left(cell));
	at = map_device(cell, &fd);
	for (unsigned int i = 0; i < PAGE; i += 64)
		if (bus_on_store(at + PAGE + i, i / 64 + 1) || bus_on_load(at + PAGE + i, &is) ||
		    is != i / 64 + 1)
			fail("cleared, but %s at byte %u", bus_at ? "SIGBUS" : "other bytes", i);
	unmap_device(at, fd);
}

static void device_cell(struct cell *cell)
{
	bool bad[NSECT] = { }, told;
	unsigned char *at;
	int fd;

	cell->at = place.from + (cell->how * WHATS + cell->what) * (uint64_t)CELL;
	cell->phys = place.phys + cell->at;
	at = map_device(cell, &fd);
	remember(at);
	told = make_bad_mapped(cell, at);
	for (unsigned int s = 0; s < NSECT; s++)
		bad[s] = cell->how == MEMFAIL ? s / (PAGE / SECTOR) == 1 : s == BAD_SECT;
	listed(cell, bad);
	/*
	 * Who has it mapped is told by the event. Who maps it anew is stopped by the processor,
	 * which sound memory cannot do.
	 */
	if (told != (cell->how == MEMFAIL))
		fail("%s", told ? "SIGBUS, by what nobody has read" : "nobody was told");
	touch(at, cell->what == DAXWRITE, true);
	unmap_device(at, fd);
	/* what is left to do after each cell is what there is to be done in that of recovery */
	clear_device(cell);
}

/* ---- kmem ---- */

/* Chunks that are looked through for a page of the memory. */
#define CHUNK	(4u << 20)
#define CHUNKS	200

static uint64_t physical(const void *at)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry = 0;

	if (fd < 0 || pread(fd, &entry, 8, (uintptr_t)at / PAGE * 8) != 8)
		fail("pagemap: %s", strerror(errno));
	close(fd);
	return (entry & ((1ull << 55) - 1)) * PAGE;
}

/* Four pages of ours, the second in the memory of kmem. */
static unsigned char *page_of_memory(struct cell *cell)
{
	for (unsigned int n = 0; n < CHUNKS; n++) {
		unsigned char *at = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (at == MAP_FAILED)
			fail("mmap: %s", strerror(errno));
		madvise(at, CHUNK, MADV_NOHUGEPAGE);
		for (size_t i = 0; i < CHUNK; i += PAGE)
			memset(at + i, 1 + i / PAGE % 251, PAGE);
		for (size_t i = PAGE; i < CHUNK - PAGES * PAGE; i += PAGE) {
			uint64_t phys = physical(at + i);

			if (phys < place.phys || phys >= place.end)
				continue;
			cell->phys = phys - PAGE;
			return at + i - PAGE;
		}
	}
	fail("no page of it was given to a process");
}

static void memory_cell(struct cell *cell)
{
	static const bool none[NSECT];
	unsigned long long repaired = number_in(place.dax);
	unsigned char *at = page_of_memory(cell), is;

	remember(at);
	make_bad_mapped(cell, at);
	for (int tries = 0; cell->how != MEMFAIL && number_in(place.dax) == repaired; tries++) {
		if (tries == 500)
			fail("it was not repaired");
		usleep(20000);
	}
	if (cell->how != MEMFAIL && number_in(place.dax) != repaired + 1)
		fail("more than a page was repaired");
	touch(at, cell->what == DAXWRITE, false);
	/* repaired, it is good; what it held is lost to who had it, until he takes another page */
	if (cell->what == RECOVERY) {
		listed(cell, none);
		if (madvise(at + PAGE, PAGE, MADV_DONTNEED))
			fail("madvise: %s", strerror(errno));
		if (bus_on_load(at + PAGE, &is))
			fail("another page, and SIGBUS");
		if (is || physical(at + PAGE) == cell->phys + PAGE)
			fail("the page was given out again");
	}
}

void map_cell(struct cell *cell)
{
	if (!strcmp(place.mode, "kmem"))
		memory_cell(cell);
	else
		device_cell(cell);
}
