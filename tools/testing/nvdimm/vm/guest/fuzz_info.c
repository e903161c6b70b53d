// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_info - probe the namespaces of a region with corrupted info-blocks.
 *
 *   fuzz_info REGION FIRST-SEED ROUNDS [reasons]
 *
 * A round writes one seeded info-block into each namespace of the region, through a forced
 * raw disk, then takes the region down and up. A namespace may come up as a disk, be claimed,
 * or be refused; with "reasons", a refusal has to say why. Capacity never exceeds what the
 * namespace has.
 */
#define _GNU_SOURCE
#include <err.h>
#include <glob.h>

#include "fuzz_media.h"

#define MAX_NS 64

static const char *region;
static char ns[MAX_NS][32];
static u64 size[MAX_NS];
static int count;
static u64 disks, claims, refusals, wrong;

static void uuid_of(const char *dev, u8 *out)
{
	char text[64];
	int n = 0;

	get(text, sizeof(text), dev, "uuid");
	for (char *p = text; *p && n < 16; ) {
		unsigned int byte;

		if (*p == '-') {
			p++;
			continue;
		}
		if (sscanf(p, "%2x", &byte) != 1)
			break;
		out[n++] = byte;
		p += 2;
	}
}

static void find_namespaces(void)
{
	char pattern[64];
	glob_t paths;

	snprintf(pattern, sizeof(pattern), "/sys/bus/nd/devices/namespace%s.*", region + 6);
	if (glob(pattern, 0, NULL, &paths))
		errx(2, "%s has no namespaces", region);
	for (size_t i = 0; i < paths.gl_pathc && count < MAX_NS; i++) {
		const char *dev = strrchr(paths.gl_pathv[i], '/') + 1;

		size[count] = get_number(dev, "size");
		if (size[count])
			snprintf(ns[count++], sizeof(ns[0]), "%.31s", dev);
	}
	globfree(&paths);
	if (!count)
		errx(2, "%s has no namespaces", region);
}

/* An info-block that would do, so that each later change is the only fault. */
static void good_block(struct nd_media_pfn *info, int i)
{
	u32 align = rnd(4) ? 2 << 20 : 4096;

	memset(info, 0, sizeof(*info));
	memcpy(info->signature, rnd(5) ? ND_PFN_SIG : ND_DAX_SIG, ND_SIG_LEN);
	for (int k = 0; k < 16; k++)
		info->uuid[k] = rnd(0);
	uuid_of(ns[i], info->parent_uuid);
	info->version_major = 1;
	info->version_minor = rnd(5);
	info->mode = 1 + rnd(2);
	info->dataoff = 2 << 20;
	info->npfns = (size[i] - info->dataoff) / 4096;
	info->align = align;
	info->page_size = 4096;
	info->page_struct_size = 64;
}

static void harm(struct nd_media_pfn *info, u64 ns_size)
{
	u8 *bytes = (u8 *)info;

	switch (rnd(16)) {
	case 0: info->dataoff = odd_number(info->dataoff); break;
	case 1: info->npfns = odd_number(info->npfns); break;
	case 2: info->mode = odd_number(info->mode); break;
	case 3: info->start_pad = odd_number(0x4000000); break;
	case 4: info->end_trunc = odd_number(0x4000000); break;
	case 5: info->align = odd_number(info->align); break;
	case 6: info->page_size = odd_number(4096); break;
	case 7: info->page_struct_size = odd_number(64); break;
	case 8: info->version_major = odd_number(1); break;
	case 9: info->version_minor = odd_number(4); break;
	case 10: info->flags = odd_number(0); break;
	case 11: info->parent_uuid[rnd(16)] ^= 1 << rnd(8); break;
	case 12: info->signature[rnd(16)] ^= 1 << rnd(8); break;
	case 13: info->dataoff = ns_size - (rnd(5) << 12); break;
	case 14: info->dataoff = rnd(8) << 12; break;
	default: bytes[rnd(4096)] = rnd(0); break;
	}
}

static void make_block(struct nd_media_pfn *info, int i)
{
	good_block(info, i);
	for (unsigned int n = rnd(4); n; n--)
		harm(info, size[i]);
	info->checksum = 0;
	info->checksum = nd_fletcher_of(info, sizeof(*info));
	if (!rnd(5))
		((u8 *)info)[rnd(4096)] ^= 1 << rnd(8);
}

/* The disk of a namespace that is served raw. */
static int open_disk(const char *dev)
{
	char path[128];
	glob_t disk;
	int fd = -1;

	snprintf(path, sizeof(path), "/sys/bus/nd/devices/%s/block/pmem*", dev);
	if (!glob(path, 0, NULL, &disk)) {
		snprintf(path, sizeof(path), "/dev/%s", strrchr(disk.gl_pathv[0], '/') + 1);
		fd = open(path, O_RDWR | O_DIRECT | O_SYNC);
		globfree(&disk);
	}
	return fd;
}

static void write_block(int i, const void *block)
{
	char holder[64];
	int fd, rc;

	get(holder, sizeof(holder), ns[i], "holder");
	if (holder[0]) {
		put(holder, "drivers/nd_pmem/unbind");
		rc = put("\n", "devices/%s/namespace", holder);
		if (rc)
			errx(2, "%s does not let go of %s: %s", holder, ns[i], strerror(rc));
	}
	put(ns[i], "drivers/nd_pmem/unbind");
	rc = put("1", "devices/%s/force_raw", ns[i]);
	if (rc)
		errx(2, "force_raw of %s: %s", ns[i], strerror(rc));
	rc = put(ns[i], "drivers/nd_pmem/bind");
	fd = open_disk(ns[i]);
	if (fd < 0)
		errx(2, "no raw disk of %s: %s", ns[i], strerror(rc));
	if (pwrite(fd, block, 4096, ND_INFO_OFFSET) != 4096)
		err(2, "write of %s", ns[i]);
	close(fd);
}

static void judge(u64 seed, int i, int reasons)
{
	char holder[64], text[512];

	get(holder, sizeof(holder), ns[i], "holder");
	if (holder[0] && (bound(holder) || !strncmp(holder, "dax", 3))) {
		claims++;
		if (bound(holder) && get_number(holder, "size") > size[i]) {
			printf("seed %llu: %s is larger than its namespace\n",
			       (unsigned long long)seed, holder);
			wrong++;
		}
		return;
	}
	if (bound(ns[i])) {
		disks++;
		return;
	}
	refusals++;
	if (!reasons || reason(text, sizeof(text), ns[i]) ||
	    (holder[0] && reason(text, sizeof(text), holder)))
		return;
	printf("seed %llu: %s refused, and no last_error\n", (unsigned long long)seed, ns[i]);
	wrong++;
}

int main(int argc, char **argv)
{
	static struct nd_media_pfn *info;
	u64 first, rounds;
	int rc;

	if (argc < 4)
		errx(2, "usage: fuzz_info REGION FIRST-SEED ROUNDS [reasons]");
	region = argv[1];
	first = strtoull(argv[2], NULL, 0);
	rounds = strtoull(argv[3], NULL, 0);
	if (posix_memalign((void **)&info, 4096, sizeof(*info)))
		err(2, "memory");
	find_namespaces();
	for (u64 seed = first; seed < first + rounds; seed++) {
		fuzz_state = seed;
		for (int i = 0; i < count; i++) {
			make_block(info, i);
			write_block(i, info);
		}
		put(region, "drivers/nd_region/unbind");
		rc = put(region, "drivers/nd_region/bind");
		if (rc)
			errx(1, "%s does not come up: %s", region, strerror(rc));
		settle();
		for (int i = 0; i < count; i++)
			judge(seed, i, argc > 4);
	}
	printf("%llu info-blocks: %llu raw disks, %llu claims, %llu refused, %llu wrong\n",
	       (unsigned long long)rounds * count, (unsigned long long)disks,
	       (unsigned long long)claims, (unsigned long long)refusals, (unsigned long long)wrong);
	return wrong != 0;
}
