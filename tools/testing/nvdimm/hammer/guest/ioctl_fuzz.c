// SPDX-License-Identifier: GPL-2.0
/*
 * ioctl_fuzz SECONDS RUNS SEED
 *
 * Random commands to ndctlN and nmemN from several threads, until RUNS of them or
 * SECONDS are over (0: no such bound), while another thread rewrites their
 * buffers and a third takes DIMMs, regions and the whole bus away and back.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <linux/ndctl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define FUZZERS	3
#define ROOM	(1 << 17)		/* bytes before the unmapped page */
#define ERRNOS	134

struct fuzzer {
	uint64_t rng;
	unsigned char *room;
	_Atomic uint32_t in_use;	/* offset of the buffer in flight */
};

static struct fuzzer fuzzer[FUZZERS];
static atomic_bool stop;
static atomic_ulong runs, book[ERRNOS], unbinds;

static uint64_t rnd(uint64_t *rng, uint64_t below)
{
	uint64_t x = *rng += 0x9e3779b97f4a7c15ull;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	x ^= x >> 31;
	return below ? x % below : x;
}

/* A length or offset of the kind that finds missing bounds. */
static uint64_t odd_number(uint64_t *rng)
{
	static const uint64_t near[] = {
		0, 1, 4, 256, 4096, 131072, 1 << 22, 0x7fffffff, 0x80000000, 0xffffffff, ~0ull,
	};

	switch (rnd(rng, 4)) {
	case 0:
		return rnd(rng, 8192);
	case 1:
		return rnd(rng, 0) >> rnd(rng, 64);
	default:
		return near[rnd(rng, 11)] + rnd(rng, 9) - 4;
	}
}

/* ---- one command ---- */

static void random_bytes(uint64_t *rng, unsigned char *p, size_t len)
{
	while (len--)
		*p++ = rnd(rng, 3) ? 0 : rnd(rng, 256);
}

/* One that a DIMM may well answer. */
static void label_read(uint64_t *rng, unsigned char *p, size_t len)
{
	struct nd_cmd_get_config_data_hdr get = {
		.in_offset = rnd(rng, 1 << 17),
		.in_length = rnd(rng, 2048),
	};

	memcpy(p, &get, len < sizeof(get) ? len : sizeof(get));
}

static void fill(uint64_t *rng, unsigned int nr, unsigned char *p, size_t len)
{
	uint32_t word;
	uint64_t quad;

	random_bytes(rng, p, len < 96 ? len : 96);
	if (nr == ND_CMD_CALL && len >= sizeof(struct nd_cmd_pkg)) {
		struct nd_cmd_pkg pkg = {
			.nd_family = rnd(rng, 8) ? 0 : odd_number(rng),
			.nd_command = rnd(rng, 4) ? rnd(rng, 32) : odd_number(rng),
			.nd_size_in = odd_number(rng),
			.nd_size_out = odd_number(rng),
			.nd_fw_size = odd_number(rng),
		};

		if (!rnd(rng, 8))
			pkg.nd_reserved2[rnd(rng, 9)] = rnd(rng, 0);
		memcpy(p, &pkg, sizeof(pkg));
		return;
	}
	if (nr == ND_CMD_GET_CONFIG_DATA && rnd(rng, 2)) {
		label_read(rng, p, len);
		return;
	}
	/* what the fixed commands have: two words or two quads, in front */
	for (size_t i = 0; i + 8 <= len && i < 16; i += 8) {
		quad = odd_number(rng);
		word = quad;
		if (nr == ND_CMD_ARS_CAP || nr == ND_CMD_ARS_START || nr == ND_CMD_CLEAR_ERROR)
			memcpy(p + i, &quad, 8);
		else
			memcpy(p + i, &word, 4), memcpy(p + i + 4, &word, 4);
	}
}

static void *pointer(struct fuzzer *f, size_t len)
{
	uint64_t where = rnd(&f->rng, 40);

	if (!where)
		return (void *)(rnd(&f->rng, 2) ? 8 : 0xffff888000000000ull);
	/* half of them end where the mapping ends */
	atomic_store(&f->in_use, where < 20 ? ROOM - len : 0);
	return f->room + atomic_load(&f->in_use);
}

/* Mostly one that the emulated DIMMs have. */
static unsigned int random_command(uint64_t *rng)
{
	static const unsigned char common[] = {
		ND_CMD_GET_CONFIG_SIZE, ND_CMD_GET_CONFIG_DATA, ND_CMD_SET_CONFIG_DATA, ND_CMD_CALL,
	};

	switch (rnd(rng, 10)) {
	case 0:
		return rnd(rng, 256);
	case 1:
	case 2:
		return rnd(rng, 11);
	default:
		return common[rnd(rng, 4)];
	}
}

/* False when there is nobody at the node. */
static bool command(struct fuzzer *f, int fd)
{
	uint64_t *rng = &f->rng;
	unsigned int nr = random_command(rng);
	unsigned int type = rnd(rng, 30) ? ND_IOCTL : rnd(rng, 256);
	size_t len = rnd(rng, 4) ? rnd(rng, 256) + 1 : rnd(rng, ROOM) + 1;
	unsigned char *p = pointer(f, len);
	int err = 0;

	if (p >= f->room && p < f->room + ROOM)
		fill(rng, nr, p, len);
	if (ioctl(fd, _IOC(rnd(rng, 4), type, nr, rnd(rng, 1 << 14)), p) < 0)
		err = errno;
	atomic_fetch_add(&book[err < ERRNOS ? err : 0], 1);
	atomic_fetch_add(&runs, 1);
	return err != ENXIO;
}

static int open_one(uint64_t *rng)
{
	static const char *const node[] = { "/dev/nmem0", "/dev/nmem1", "/dev/ndctl0" };

	return open(node[rnd(rng, 3)], rnd(rng, 5) ? O_RDWR : O_RDONLY);
}

static void *fuzz(void *data)
{
	struct fuzzer *f = data;
	int fd;

	while (!atomic_load(&stop)) {
		fd = open_one(&f->rng);
		if (fd < 0) {
			usleep(1000);
			continue;
		}
		for (int n = rnd(&f->rng, 400); n && !atomic_load(&stop); n--) {
			if (!command(f, fd)) {
				/* a million refusals for that would prove little */
				usleep(rnd(&f->rng, 20000));
				break;
			}
		}
		close(fd);
	}
	return NULL;
}

/* ---- disturbances ---- */

static void *flip(void *data)
{
	uint64_t rng = *(uint64_t *)data ^ 0xf11b;

	while (!atomic_load(&stop)) {
		struct fuzzer *f = &fuzzer[rnd(&rng, FUZZERS)];
		uint32_t at = atomic_load(&f->in_use) + rnd(&rng, 72);

		if (at < ROOM)
			((volatile unsigned char *)f->room)[at] = rnd(&rng, 256);
		if (!rnd(&rng, 4))
			usleep(100);
	}
	return NULL;
}

static void put(const char *dir, const char *file, const char *value)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return;
	if (write(fd, value, strlen(value)) > 0 && !strcmp(file, "unbind"))
		atomic_fetch_add(&unbinds, 1);
	close(fd);
}

/* The driver of the bus's provider, and the name of its device there. */
static bool provider(char *dir, size_t len, const char **device)
{
	static char name[64];
	glob_t found;
	bool ok = !glob("/sys/bus/*/drivers/nfit/ACPI0012:*", 0, NULL, &found) && found.gl_pathc;

	if (ok) {
		char *slash = strrchr(found.gl_pathv[0], '/');

		snprintf(name, sizeof(name), "%s", slash + 1);
		*slash = 0;
		snprintf(dir, len, "%s", found.gl_pathv[0]);
		*device = name;
	}
	globfree(&found);
	return ok;
}

static void *take_away(void *data)
{
	static const char *const child[][2] = {
		{ "nvdimm", "nmem0" }, { "nvdimm", "nmem1" },
		{ "nd_region", "region0" }, { "nd_region", "region1" },
	};
	uint64_t rng = *(uint64_t *)data ^ 0xa3a1;
	char dir[256];
	const char *device;

	while (!atomic_load(&stop)) {
		uint64_t which = rnd(&rng, 6);

		usleep(rnd(&rng, 100000));
		if (which < 4) {
			snprintf(dir, sizeof(dir), "/sys/bus/nd/drivers/%s", child[which][0]);
			device = child[which][1];
		} else if (!provider(dir, sizeof(dir), &device)) {
			continue;
		}
		put(dir, "unbind", device);
		usleep(rnd(&rng, 50000));
		put(dir, "bind", device);
	}
	return NULL;
}

/* ---- main ---- */

static unsigned char *make_room(void)
{
	unsigned char *p = mmap(NULL, ROOM + 4096, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || munmap(p + ROOM, 4096)) {
		perror("mmap");
		exit(2);
	}
	return p;
}

int main(int argc, char **argv)
{
	unsigned long most = argc > 2 ? strtoul(argv[2], NULL, 0) : 0;
	int seconds = argc > 1 ? atoi(argv[1]) : 0;
	uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 0) : 1;
	pthread_t thread[FUZZERS + 2];
	time_t start = time(NULL);
	int n = 0;

	for (; n < FUZZERS; n++) {
		fuzzer[n].rng = seed * 7919 + n;
		fuzzer[n].room = make_room();
	}
	for (n = 0; n < FUZZERS; n++)
		pthread_create(&thread[n], NULL, fuzz, &fuzzer[n]);
	pthread_create(&thread[n++], NULL, flip, &seed);
	pthread_create(&thread[n++], NULL, take_away, &seed);
	while ((!seconds || time(NULL) - start < seconds) &&
	       (!most || atomic_load(&runs) < most))
		usleep(100000);
	atomic_store(&stop, true);
	while (n--)
		pthread_join(thread[n], NULL);
	printf("%lu commands, %lu unbinds:", atomic_load(&runs), atomic_load(&unbinds));
	for (int err = 0; err < ERRNOS; err++)
		if (atomic_load(&book[err]))
			printf(" %s %lu", err ? strerrorname_np(err) : "ok",
			       atomic_load(&book[err]));
	printf("\n");
	return atomic_load(&book[0]) && atomic_load(&unbinds) ? 0 : 1;
}
