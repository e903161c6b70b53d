// SPDX-License-Identifier: GPL-2.0
/* How memory becomes bad, what the kernel lists of it, and signals. */
#include "poison.h"

#define BAD_DIR "/sys/kernel/debug/nd_bad/"

volatile uintptr_t bus_at;

static sigjmp_buf on_bus;

static void bus_error(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	bus_at = (uintptr_t)info->si_addr;
	siglongjmp(on_bus, 1);
}

void catch_bus(void)
{
	struct sigaction action = { .sa_sigaction = bus_error, .sa_flags = SA_SIGINFO };

	sigaction(SIGBUS, &action, NULL);
}

bool bus_on_store(volatile unsigned char *to, unsigned char value)
{
	bus_at = 0;
	if (sigsetjmp(on_bus, 1))
		return true;
	*to = value;
	return false;
}

bool bus_on_load(const volatile unsigned char *from, unsigned char *value)
{
	bus_at = 0;
	if (sigsetjmp(on_bus, 1))
		return true;
	*value = *from;
	return false;
}

bool bus_on_make_bad(const struct cell *cell)
{
	bus_at = 0;
	if (sigsetjmp(on_bus, 1))
		return true;
	make_bad(cell);
	return false;
}

void store_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), rc = 0;

	if (fd < 0)
		fail("%s: %s", path, strerror(errno));
	if (write(fd, text, strlen(text)) < 0)
		rc = errno;
	close(fd);
	if (rc)
		fail("\"%s\" to %s: %s", text, path, strerror(rc));
}

unsigned long long number_in(const char *path)
{
	FILE *file = fopen(path, "r");
	unsigned long long n;

	if (!file || fscanf(file, "%llu", &n) != 1)
		fail("%s cannot be read", path);
	fclose(file);
	return n;
}

void hook(const char *name, uint64_t addr, uint64_t len)
{
	char command[128];
	int rc;

	snprintf(command, sizeof(command), "/tmp/%s %#llx %#llx", name, (unsigned long long)addr,
		 (unsigned long long)len);
	rc = system(command);
	if (rc)
		fail("%s: status %#x", command, rc);
}

static void lines_bad(uint64_t addr, uint64_t len, bool firmware)
{
	char text[96];

	snprintf(text, sizeof(text), "%#llx %#llx%s", (unsigned long long)addr,
		 (unsigned long long)len, firmware ? " firmware" : "");
	store_text(BAD_DIR "lines", "none");
	store_text(BAD_DIR "lines", text);
}

void make_bad(const struct cell *cell)
{
	bool ram = !strcmp(place.mode, "kmem");
	char text[32];

	switch (cell->how) {
	case SCRUB:
	case INJECT:
		if (!ram)
			lines_bad(cell->phys + BAD_AT, SECTOR, place.firmware);
		hook(cell->how == SCRUB ? "how_scrub" : "how_inject", cell->phys + BAD_AT, SECTOR);
		break;
	case MCE:
		lines_bad(cell->phys + LINE_AT, 64, false);
		break;
	default:
		if (!ram)
			lines_bad(cell->phys + LINE_AT, 64, false);
		snprintf(text, sizeof(text), "%#llx", (unsigned long long)cell->phys + PAGE);
		store_text(BAD_DIR "page", text);
	}
}

unsigned int lines_left(const struct cell *cell)
{
	FILE *file = fopen(BAD_DIR "lines", "r");
	unsigned long long start, len;
	unsigned int left = 0;

	if (!file)
		fail("no " BAD_DIR);
	while (fscanf(file, "%lli %lli", (long long *)&start, (long long *)&len) == 2)
		if (start < cell->phys + CELL && start + len > cell->phys)
			left += len;
	fclose(file);
	return left;
}

/* Is the list of @path, whose sector 0 is at @origin, that of the cell? Says what it is in @is. */
static bool list_is(const char *path, uint64_t origin, const struct cell *cell,
		    const bool bad[NSECT], char is[256])
{
	bool got[NSECT] = { }, others = false;
	FILE *file = fopen(path, "r");
	unsigned long long start, n;
	size_t used = 0;

	if (!file)
		fail("%s: %s", path, strerror(errno));
	is[0] = 0;
	while (fscanf(file, "%llu %llu", &start, &n) == 2) {
		used += snprintf(is + used, used < 200 ? 256 - used : 0, "%llu %llu; ", start, n);
		for (; n--; start++) {
			uint64_t s = (origin + start * SECTOR - cell->phys) / SECTOR;

			if (s < NSECT)
				got[s] = true;
			else
				others = true;
		}
	}
	fclose(file);
	return !others && !memcmp(got, bad, sizeof(got));
}

static void list_of(const char *path, uint64_t origin, const struct cell *cell,
		    const bool bad[NSECT])
{
	char is[256];

	for (int tries = 0; !list_is(path, origin, cell, bad, is); tries++) {
		if (tries == 200)
			fail("%s: \"%s\", the cell begins at sector %llu", path, is,
			     (unsigned long long)(cell->phys - origin) / SECTOR);
		usleep(20000);
	}
}

void listed(const struct cell *cell, const bool bad[NSECT])
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/nd/devices/%s/badblocks", place.region);
	list_of(path, place.region_phys, cell, bad);
	/* a BTT's sectors are not where its blocks are */
	if (!place.disk || !strcmp(place.mode, "sector"))
		return;
	snprintf(path, sizeof(path), "/sys/block/%s/badblocks", strrchr(place.disk, '/') + 1);
	list_of(path, place.phys, cell, bad);
}
