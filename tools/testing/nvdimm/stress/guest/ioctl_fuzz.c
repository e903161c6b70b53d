// SPDX-License-Identifier: GPL-2.0
/*
 * ioctl_fuzz SECONDS RUNS SEED DRIVER DEVICE
 *
 * Random commands to ndctlN and nmemN from several threads, until RUNS of them or
 * SECONDS are over (0: no such bound), while another thread rewrites their
 * buffers and a third takes DIMMs, regions and the whole bus away and back:
 * DEVICE, from the driver whose directory is DRIVER.
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
static char **provider;			/* driver, device */
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

/* Of bytes that a command may well have. */
static uint32_t small_number(uint64_t *rng)
{
	return rnd(rng, 2) ? rnd(rng, 129) : odd_number(rng);
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
			.nd_family = rnd(rng, 8) ? rnd(rng, 2) : odd_number(rng),
			.nd_command = rnd(rng, 4) ? rnd(rng, 32) : odd_number(rng),
			.nd_size_in = small_number(rng),
			.nd_size_out = small_number(rng),
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

/* Mostly one that the device says it has. */
static unsigned int random_command(uint64_t *rng, unsigned long commands)
{
	uint64_t how = rnd(rng, 10);
	unsigned int nr;

	if (!how)
		return rnd(rng, 256);
	do
		nr = rnd(rng, ND_CMD_CALL + 1);
	while (how > 1 && commands && !(commands >> nr & 1));
	return nr;
}

/* False when there is nobody at the node. */
static bool command(struct fuzzer *f, int fd, unsigned long commands)
{
	uint64_t *rng = &f->rng;
	unsigned int nr = random_command(rng, commands);
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

/* What a node's device says it has, a bit for each command. */
static unsigned long commands_of(const char *name)
{
	bool dimm = !strncmp(name, "nmem", 4);
	unsigned long commands = 0;
	char path[64], word[32];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/class/nd/%s/device/commands", name);
	if (dimm)
		snprintf(path, sizeof(path), "/sys/bus/nd/devices/%s/commands", name);
	file = fopen(path, "r");
	while (file && fscanf(file, "%31s", word) == 1)
		for (int nr = 1; nr <= ND_CMD_CALL; nr++)
			if (!strcmp(word, dimm ? nvdimm_cmd_name(nr) : nvdimm_bus_cmd_name(nr)))
				commands |= 1ul << nr;
	if (file)
		fclose(file);
	return commands;
}

/* Any node, as often a DIMM's as a bus's; -1 when there is none. */
static int open_one(uint64_t *rng, unsigned long *commands)
{
	glob_t found;
	char *path;
	int fd = -1;

	if (!glob(rnd(rng, 2) ? "/dev/nmem*" : "/dev/ndctl*", 0, NULL, &found)) {
		path = found.gl_pathv[rnd(rng, found.gl_pathc)];
		*commands = commands_of(path + strlen("/dev/"));
		fd = open(path, rnd(rng, 5) ? O_RDWR : O_RDONLY);
	}
	globfree(&found);
	return fd;
}

static void *fuzz(void *data)
{
	struct fuzzer *f = data;
	unsigned long commands;
	int fd;

	while (!atomic_load(&stop)) {
		fd = open_one(&f->rng, &commands);
		if (fd < 0) {
			usleep(1000);
			continue;
		}
		for (int n = rnd(&f->rng, 400); n && !atomic_load(&stop); n--) {
			if (!command(f, fd, commands)) {
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

static void *take_away(void *data)
{
	static const char *const child[][2] = {
		{ "nvdimm", "nmem0" }, { "nvdimm", "nmem1" },
		{ "nd_region", "region0" }, { "nd_region", "region1" },
	};
	uint64_t rng = *(uint64_t *)data ^ 0xa3a1;
	char dir[256];

	while (!atomic_load(&stop)) {
		uint64_t which = rnd(&rng, 6);
		const char *device = provider[1];

		usleep(rnd(&rng, 100000));
		snprintf(dir, sizeof(dir), "%s", provider[0]);
		if (which < 4) {
			snprintf(dir, sizeof(dir), "/sys/bus/nd/drivers/%s", child[which][0]);
			device = child[which][1];
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

/* Has anything been tried? */
static bool happened(void)
{
	return atomic_load(&book[0]) && atomic_load(&unbinds);
}

/* A starved host gets more time for that, if not for ever. */
static bool over(time_t spent, int seconds)
{
	return seconds && spent >= (happened() ? seconds : 3 * seconds);
}

int main(int argc, char **argv)
{
	pthread_t thread[FUZZERS + 2];
	time_t start = time(NULL);
	unsigned long most;
	int seconds, n;
	uint64_t seed;

	if (argc != 6)
		return 2;
	seconds = atoi(argv[1]);
	most = strtoul(argv[2], NULL, 0);
	seed = strtoull(argv[3], NULL, 0);
	provider = argv + 4;

	for (n = 0; n < FUZZERS; n++) {
		fuzzer[n].rng = seed * 7919 + n;
		fuzzer[n].room = make_room();
	}
	for (n = 0; n < FUZZERS; n++)
		pthread_create(&thread[n], NULL, fuzz, &fuzzer[n]);
	pthread_create(&thread[n++], NULL, flip, &seed);
	pthread_create(&thread[n++], NULL, take_away, &seed);
	while (!over(time(NULL) - start, seconds) && (!most || atomic_load(&runs) < most))
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
	return happened() ? 0 : 1;
}
