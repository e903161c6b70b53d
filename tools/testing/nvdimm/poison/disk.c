// SPDX-License-Identifier: GPL-2.0
/* Cells of the modes that are disks. */
#include "poison.h"

static unsigned char base[CELL] __attribute__((aligned(PAGE)));
static unsigned char room[CELL] __attribute__((aligned(PAGE)));
static unsigned char data[PAGE] __attribute__((aligned(PAGE)));

static bool is_btt(void)
{
	return !strcmp(place.mode, "sector");
}

/* The file's extents have to follow each other, or its offsets would be no use. */
static void find_file(void)
{
	struct {
		struct fiemap map;
		struct fiemap_extent extent;
	} f = { .map = { .fm_length = ~0ull, .fm_extent_count = 1, .fm_flags = FIEMAP_FLAG_SYNC } };

	if (ioctl(place.file_fd, FS_IOC_FIEMAP, &f.map) || f.map.fm_mapped_extents != 1)
		err(1, "FIEMAP of %s", place.file);
	if (f.extent.fe_length < place.from + HOWS * WHATS * (uint64_t)CELL)
		errx(1, "%s is in pieces", place.file);
	place.file_phys = place.phys + f.extent.fe_physical;
}

static void fill_file(void)
{
	uint64_t *words = (uint64_t *)room;

	for (unsigned int n = 0; n < HOWS * WHATS; n++) {
		for (size_t i = 0; i < CELL / 8; i++)
			words[i] = (n * CELL + i * 8 + 1) * 0x9e3779b97f4a7c15ull;
		if (pwrite(place.file_fd, room, CELL, place.from + n * (uint64_t)CELL) != CELL)
			err(1, "%s", place.file);
	}
	if (fsync(place.file_fd))
		err(1, "fsync");
}

void disk_open(void)
{
	place.disk_fd = open(place.disk, O_RDWR | O_DIRECT);
	if (place.disk_fd < 0)
		err(1, "%s", place.disk);
	place.file_fd = -1;
	if (!place.file)
		return;
	place.file_fd = open(place.file, O_RDWR | O_CREAT, 0600);
	if (place.file_fd < 0)
		err(1, "%s", place.file);
	fill_file();
	find_file();
}

/* Offset on the disk of a byte of the cell. */
static uint64_t on_disk(const struct cell *cell, uint64_t byte)
{
	return cell->phys - place.phys + byte;
}

/* ---- what there is to see ---- */

/* Each sector by the disk: the base, or EIO. */
static void check_disk(const struct cell *cell, const bool bad[NSECT])
{
	for (unsigned int s = 0; s < NSECT; s++) {
		ssize_t n = pread(place.disk_fd, room, SECTOR, on_disk(cell, s * SECTOR));

		if (bad[s] && n >= 0)
			fail("sector %u of the cell was read, first byte %#x", s, room[0]);
		if (bad[s] && errno != EIO)
			fail("sector %u: %s", s, strerror(errno));
		if (!bad[s] && n != SECTOR)
			fail("sector %u is not bad, but: %s", s, strerror(errno));
		if (!bad[s] && memcmp(room, base + s * SECTOR, SECTOR))
			fail("sector %u has other bytes: %#x for %#x", s, room[0],
			     base[s * SECTOR]);
	}
}

/* Each page by the dax file, which refuses pages. */
static void check_file(const struct cell *cell, const bool bad[NSECT])
{
	for (unsigned int p = 0; place.file && p < PAGES; p++) {
		bool want = false;
		ssize_t n;

		for (unsigned int s = 0; s < PAGE / SECTOR; s++)
			want |= bad[p * PAGE / SECTOR + s];
		n = pread(place.file_fd, room, PAGE, cell->at + p * PAGE);
		/* the kernel's dax core says EFAULT where no byte was copied */
		if (want && n >= 0)
			fail("page %u of the file was read, %zd bytes, first %#x", p, n, room[0]);
		if (want && errno != EIO && errno != EFAULT)
			fail("page %u of the file: %s", p, strerror(errno));
		if (!want && (n != PAGE || memcmp(room, base + p * PAGE, PAGE)))
			fail("page %u of the file: %zd, %s", p, n,
			     n < 0 ? strerror(errno) : "other bytes");
	}
}

static void check_all(const struct cell *cell, const bool bad[NSECT])
{
	listed(cell, bad);
	check_disk(cell, bad);
	check_file(cell, bad);
	listed(cell, bad);
}

/* ---- what is done ---- */

static void new_data(void)
{
	static unsigned char seed;

	seed += 37;
	for (size_t i = 0; i < PAGE; i++)
		data[i] = seed + i * 7 + (i >> 8);
}

static int write_disk(const struct cell *cell, unsigned int at, unsigned int len)
{
	new_data();
	return pwrite(place.disk_fd, data, len, on_disk(cell, at)) == (ssize_t)len ? 0 : errno;
}

/* Less than a sector, by the page cache of the disk: what it does not cover has to be read. */
static int write_some(const struct cell *cell)
{
	int fd = open(place.disk, O_RDWR), rc = 0;

	new_data();
	if (fd < 0)
		fail("%s: %s", place.disk, strerror(errno));
	if (pwrite(fd, data, 24, on_disk(cell, LINE_AT + 8)) != 24 || fsync(fd))
		rc = errno;
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
	if (place.file && cell->how != MCE &&
	    pwrite(place.file_fd, data, 24, cell->at + LINE_AT + 8) >= 0)
		fail("24 bytes were written to the dax file");
	return rc;
}

static int zero_page(const struct cell *cell)
{
	int rc = 0, fd = open(place.disk, O_RDWR);

	memset(data, 0, PAGE);
	if (fd < 0 || fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
				on_disk(cell, PAGE), PAGE))
		rc = errno;
	close(fd);
	return rc;
}

static int recover(const struct cell *cell)
{
	new_data();
	if (pwrite(place.file_fd, data, PAGE, cell->at + PAGE) != PAGE)
		return errno;
	return fsync(place.file_fd) ? errno : 0;
}

/* Stores to each page: SIGBUS in the second, of which nothing else is touched. */
static void store_everywhere(unsigned char *at)
{
	for (unsigned int p = 0; p < PAGES; p++) {
		unsigned int offset = p * PAGE + (BAD_AT - PAGE);
		bool bus = bus_on_store(at + offset, base[offset]);

		if (bus != (p == 1))
			fail("a store to page %u: %s", p, bus ? "SIGBUS" : "went through");
		if (bus && bus_at / PAGE != (uintptr_t)(at + offset) / PAGE)
			fail("SIGBUS for %p, says %#zx", at + offset, bus_at);
	}
}

static unsigned char *map_file(const struct cell *cell)
{
	void *at = mmap(NULL, CELL, PROT_READ | PROT_WRITE, MAP_SHARED, place.file_fd, cell->at);

	if (at == MAP_FAILED)
		fail("mmap: %s", strerror(errno));
	return at;
}

/* memory_failure() is to find it mapped, and tells who has it. */
static unsigned char *fail_mapped(struct cell *cell)
{
	unsigned char *at = map_file(cell);

	for (unsigned int p = 0; p < PAGES; p++)
		(void)*(volatile unsigned char *)(at + p * PAGE);
	if (bus_on_make_bad(cell) && bus_at / PAGE != (uintptr_t)at / PAGE + 1)
		fail("SIGBUS for %#zx, mapped at %p", bus_at, at);
	return at;
}

static void covers(bool bad[NSECT], unsigned int at, unsigned int len)
{
	memcpy(base + at, data, len);
	for (unsigned int s = at / SECTOR; s < (at + len) / SECTOR; s++)
		bad[s] = false;
}

/* @rc is as the table has it. */
static void judge(const struct cell *cell, int rc)
{
	if (cell->outcome == CURED && rc)
		fail("%s", strerror(rc));
	if (cell->outcome != CURED && rc != EIO)
		fail("%s instead of EIO", rc ? strerror(rc) : "success");
}

static void act(struct cell *cell, bool bad[NSECT], unsigned char *mapped)
{
	unsigned int at = BAD_AT, len = SECTOR;
	int rc;

	switch (cell->what) {
	case READ:
		rc = pread(place.disk_fd, room, SECTOR, on_disk(cell, BAD_AT)) < 0 ? errno : 0;
		break;
	case SUBSECTOR:
		rc = write_some(cell);
		break;
	case SECTOR_WRITE:
		rc = write_disk(cell, at, len);
		break;
	case DAXWRITE:
		store_everywhere(mapped ?: map_file(cell));
		return;
	default:
		at = PAGE;
		len = PAGE;
		rc = cell->what == PAGE_WRITE ? write_disk(cell, at, len) :
		     cell->what == ZEROING ? zero_page(cell) : recover(cell);
	}
	judge(cell, rc);
	if (!rc)
		covers(bad, at, len);
}

/* A BTT gives the bad block up, and cures it when it is filled again: by the next write. */
static void settle_btt(const struct cell *cell)
{
	memcpy(data, base + PAGE, PAGE);
	for (unsigned int i = 0; i < 2; i++)
		if (pwrite(place.disk_fd, data, PAGE, on_disk(cell, PAGE)) != PAGE)
			fail("the block is not used again: %s", strerror(errno));
}

static void clear_rest(const struct cell *cell, bool bad[NSECT])
{
	int rc = write_disk(cell, PAGE, PAGE);

	if (rc)
		fail("in the end its page cannot be written: %s", strerror(rc));
	covers(bad, PAGE, PAGE);
	if (is_btt())
		settle_btt(cell);
	check_all(cell, bad);
}

static struct cell *untidy;

static void tidy_disk(void)
{
	if (!write_disk(untidy, PAGE, PAGE) && is_btt())
		settle_btt(untidy);
}

void disk_cell(struct cell *cell)
{
	const char *stores = "/sys/kernel/debug/nd_bad/stores";
	unsigned long long before = number_in(stores);
	unsigned char *mapped = NULL;
	bool bad[NSECT] = { };

	cell->at = place.from + (cell->how * WHATS + cell->what) * (uint64_t)CELL;
	cell->phys = (place.file ? place.file_phys : place.phys) + cell->at;
	if (pread(place.disk_fd, base, CELL, on_disk(cell, 0)) != CELL)
		fail("before anything is bad: %s", strerror(errno));
	untidy = cell;
	tidy = tidy_disk;
	if (cell->how == MEMFAIL)
		mapped = fail_mapped(cell);
	else
		make_bad(cell);
	for (unsigned int s = 0; s < NSECT; s++)
		bad[s] = cell->how == MEMFAIL ? s / (PAGE / SECTOR) == 1 : s == BAD_SECT;
	if (cell->how != MCE)
		listed(cell, bad);
	act(cell, bad, mapped);
	if (is_btt() && cell->outcome == CURED)
		settle_btt(cell);
	check_all(cell, bad);
	if (cell->outcome == CURED && lines_left(cell))
		fail("%u bytes are bad still", lines_left(cell));
	if (number_in(stores) != before)
		fail("a store went to what only firmware can cure");
	clear_rest(cell, bad);
	if (mapped)
		munmap(mapped, CELL);
}
