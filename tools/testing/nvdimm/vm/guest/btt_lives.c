// SPDX-License-Identifier: GPL-2.0
/*
 * btt_lives - power cuts of our BTT, recovered by the running kernel's driver.
 *
 *   btt_lives NAMESPACE LIVES SEED [REGION]
 *
 * NAMESPACE is in sector mode, of 4096 bytes, made by that driver. Its bytes are
 * taken into memory, where the code of the module writes to them until power
 * fails; one of the states the medium may then be in is put onto the namespace,
 * the driver attached, and what it serves compared with what our own recovery
 * makes of the state, and so is the map afterwards. The next life begins there.
 *
 * With REGION, which is made read-only before the driver is attached: what it serves is
 * compared then, and again when the region has turned writable below the open disk.
 */
/* cc: -std=gnu11 -Wno-unused-parameter -Wno-sign-compare -fno-strict-aliasing */
/* cc: -Itools/testing/nvdimm/unit/shim -Itools/testing/nvdimm/lib -Idrivers/nvdimm */
/* cc: tools/testing/nvdimm/lib/btt_sim.c tools/testing/nvdimm/lib/store_text.c */
/* cc: drivers/nvdimm/layout/btt_find.c */
/* cc: drivers/nvdimm/btt/arena.c drivers/nvdimm/btt/log_repair.c */
/* cc: drivers/nvdimm/btt/io.c drivers/nvdimm/btt/ondisk.c */
/* cc: drivers/nvdimm/btt/readers.c drivers/nvdimm/layout/btt_info.c */
/* cc: drivers/nvdimm/btt/format.c drivers/nvdimm/label/codec.c */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <unistd.h>
#include "btt_sim.h"
#include "store_text.h"
#include "btt/arena.h"
#include "btt/format.h"
#include "btt/io.h"
#include "btt/ondisk.h"
#include "btt/readers.h"

#define DEVICES	"/sys/bus/nd/devices"
#define DRIVER	"/sys/bus/nd/drivers/nd_pmem"
#define ORIGIN	4096
#define LBAS	8
#define LANES	4

static struct btt_media m;		/* the namespace, from its first arena on */
static struct btt_arena arena;
static struct nd_media_btt info;
static jmp_buf power;
static u64 rng;
static u32 fuse, tag;
static bool nested;

static u32 dice(u32 n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (rng >> 20) % n;
}

/* ---- sysfs ---- */

static void must_put(const char *path, const char *text)
{
	int rc = store_text(path, text);

	if (rc)
		errx(1, "'%s' to %s: %s", text, path, strerror(rc));
}

static void must_put_attr(const char *dev, const char *attr, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), DEVICES "/%s/%s", dev, attr);
	must_put(path, text);
}

/* Reading it waits until probing is idle. */
static void settle(void)
{
	char buf[8];
	int fd;

	for (int i = 0; i < 2; i++) {
		fd = open("/sys/class/nd/ndctl0/device/wait_probe", O_RDONLY);
		if (fd < 0 || read(fd, buf, sizeof(buf)) < 0)
			err(1, "wait_probe");
		close(fd);
	}
}

/* The btt device that has a driver. */
static bool find_btt(char *name)
{
	DIR *d = opendir(DEVICES);
	struct dirent *e;
	bool found = false;
	char path[512];

	while (d && !found && (e = readdir(d))) {
		snprintf(path, sizeof(path), DEVICES "/%s/driver", e->d_name);
		found = !strncmp(e->d_name, "btt", 3) && !access(path, F_OK);
		if (found)
			snprintf(name, 64, "%.63s", e->d_name);
	}
	closedir(d);
	return found;
}

/* The disk below a device: /dev/pmem0s. */
static int open_disk(const char *dev, int flags)
{
	char path[512];
	struct dirent *e;
	DIR *d;
	int fd = -1;

	snprintf(path, sizeof(path), DEVICES "/%s/block", dev);
	d = opendir(path);
	while (d && fd < 0 && (e = readdir(d)))
		if (!strncmp(e->d_name, "pmem", 4)) {
			snprintf(path, sizeof(path), "/dev/%s", e->d_name);
			fd = open(path, flags);
		}
	if (d)
		closedir(d);
	if (fd < 0)
		err(1, "no disk of %s", dev);
	return fd;
}

/* From sector mode to raw bytes … */
static int open_raw(const char *ns)
{
	char btt[64];

	if (!find_btt(btt))
		errx(1, "%s is not in sector mode", ns);
	must_put(DRIVER "/unbind", btt);
	must_put_attr(btt, "namespace", "\n");
	settle();
	must_put_attr(ns, "force_raw", "1");
	must_put(DRIVER "/bind", ns);
	settle();
	return open_disk(ns, O_RDWR);
}

static void turn(const char *region, const char *read_only)
{
	if (region)
		must_put_attr(region, "read_only", read_only);
}

/* … and back. The namespace itself is refused: its BTT takes over. */
static int close_raw(const char *ns, int fd, const char *region)
{
	char btt[64];

	if (fsync(fd))
		err(1, "fsync");
	close(fd);
	must_put(DRIVER "/unbind", ns);
	must_put_attr(ns, "force_raw", "0");
	turn(region, "1");
	store_text(DRIVER "/bind", ns);
	settle();
	if (!find_btt(btt))
		errx(1, "the driver does not take this state for a BTT");
	return open_disk(btt, O_RDONLY | O_DIRECT);
}

/* ---- a life ---- */

static void some_write(void)
{
	machine_write(&arena, dice(LANES / 2) + nested * LANES / 2, dice(LBAS), ++tag);
}

static void some_failure(void)
{
	struct btt_read rd;
	u32 lba = dice(LBAS);

	if (btt_read_begin(&arena, lba, &rd))
		return;
	btt_read_failed(&arena, lba, &rd);
	btt_read_end(&rd);
}

/* At every store: power may fail; and the other CPU may write, where no lock is held. */
static void step(struct btt_media *media, enum btt_step what)
{
	u32 i;

	if (what == STEP_PAUSE)
		errx(1, "somebody is waited for in vain");
	if (!fuse--)
		longjmp(power, 1);
	if (nested || dice(20))
		return;
	for (i = 0; i < BTT_MAP_STRIPES; i++)
		if (arena.locks->held[i])
			return;
	nested = true;
	media->actor = 1;
	some_write();
	media->actor = 0;
	nested = false;
}

/* Write until power fails; then m.cur is one of the states. */
static void live(void)
{
	machine_record(&m);
	fuse = 50 + dice(20000);
	m.step = step;
	if (!setjmp(power))
		for (;;)
			dice(10) ? some_write() : some_failure();
	m.step = NULL;
	m.actor = 0;
	nested = false;
	memset(arena.locks->held, 0, sizeof(arena.locks->held));
	memcpy(m.cur, m.dur, m.size);
	for (u32 i = 0; i < m.npending; i++)
		memcpy(m.cur + m.pending[i].word * 8ull,
		       &m.pending[i].value[dice(m.pending[i].nr)], 8);
	m.record = false;
}

/* ---- the medium ---- */

static void put_changes(int fd, const u8 *was)
{
	for (u64 at = 0; at < m.size; at += 4096)
		if (memcmp(m.cur + at, was + at, 4096) &&
		    pwrite(fd, m.cur + at, 4096, ORIGIN + at) != 4096)
			err(1, "write to the namespace");
}

static void get_all(int fd, u8 *to)
{
	for (u64 at = 0; at < m.size; ) {
		ssize_t n = pread(fd, to + at, m.size - at, ORIGIN + at);

		if (n <= 0)
			err(1, "read of the namespace");
		at += n;
	}
}

/* Everything a reader of the disk can see of the sectors in use. */
static void compare_sectors(int fd, u32 life)
{
	static u8 buf[4096] __attribute__((aligned(4096)));

	for (u32 lba = 0; lba < LBAS; lba++) {
		u32 want = machine_read(&arena, lba), got = TAG_ERROR;

		if (pread(fd, buf, sizeof(buf), lba * 4096ull) == sizeof(buf))
			got = machine_tag(buf, 0, sizeof(buf));
		if (got != want)
			errx(1, "life %u: sector %u is %#x, ours says %#x", life, lba, got, want);
	}
}

static void compare_maps(const u8 *theirs, u32 life)
{
	for (u32 lba = 0; lba < arena.layout.external_nlba; lba++) {
		__le32 raw;
		u32 mine;

		memcpy(&raw, theirs + btt_map_at(&arena, lba), sizeof(raw));
		btt_media_load32(&m, btt_map_at(&arena, lba), &mine);
		if (btt_map_decode(le32_to_cpu(raw), lba).block != btt_map_decode(mine, lba).block)
			errx(1, "life %u: map entry %u is %#x, ours %#x", life, lba,
			     le32_to_cpu(raw), mine);
	}
}

static void recover(u32 life)
{
	static const u64 none[1024];	/* of 65536 blocks */
	static unsigned long seen[1024];
	struct btt_health health;
	enum nd_reason reason;

	memset(arena.readers, 0, btt_readers_size());
	if (btt_arena_recover(&arena, &reason, NULL))
		errx(1, "life %u: our recovery refuses: %s", life, nd_reason_token(reason));
	memcpy(seen, none, sizeof(seen));
	if (btt_arena_check(&arena, seen, &health) || !btt_healthy(&health))
		errx(1, "life %u: map and free blocks are no permutation", life);
}

int main(int argc, char **argv)
{
	const char *region;
	u32 lives, life, replays = 0;
	struct btt_layout l;
	enum nd_reason reason;
	u8 *theirs;
	off_t size;
	int fd;

	if (argc != 4 && argc != 5)
		errx(2, "usage: btt_lives NAMESPACE LIVES SEED [REGION]");
	region = argv[4];
	lives = atoi(argv[2]);
	rng = atoi(argv[3]) * 0x9e3779b97f4a7c15ull;
	fd = open_raw(argv[1]);
	size = lseek(fd, 0, SEEK_END) - ORIGIN;
	machine_init(&m, size);
	theirs = malloc(size);
	get_all(fd, m.cur);
	if (btt_arena_probe(&m, 0, size, &info, &l, &reason))
		errx(1, "no arena of ours: %s", nd_reason_token(reason));
	machine_arena(&arena, &m, &l, 0);
	recover(0);
	memcpy(theirs, m.cur, size);
	for (u32 i = 0; i < LBAS; i++)
		machine_write(&arena, 0, i, ++tag);
	for (life = 1; life <= lives; life++) {
		u8 *state;

		live();
		put_changes(fd, theirs);
		state = memcpy(theirs, m.cur, size);
		recover(life);
		replays += !!memcmp(state + l.mapoff, m.cur + l.mapoff, l.logoff - l.mapoff);
		fd = close_raw(argv[1], fd, region);
		compare_sectors(fd, life);
		if (region) {
			turn(region, "0");
			compare_sectors(fd, life);
		}
		close(fd);
		fd = open_raw(argv[1]);
		get_all(fd, theirs);
		compare_maps(theirs, life);
		/* theirs is what lies there: go on from it */
		memcpy(m.cur, theirs, size);
		recover(life);
	}
	close(close_raw(argv[1], fd, NULL));
	printf("%u lives, %u with something to replay\n", lives, replays);
	return lives >= 20 && replays < lives / 20;
}
