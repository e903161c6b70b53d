// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_labels - bring a DIMM and its region up again and again on corrupted label areas.
 *
 *   fuzz_labels NMEM REGION FIRST-SEED COUNT [reasons]
 *
 * Each seed alters the area as it was found in one to four places, writes it through the
 * ioctl, binds DIMM and region, and looks at what came up: namespaces have to lie inside the
 * region and apart from each other; with "reasons", whatever stays down has to say why.
 * The area is put back at the end.
 */
#include <err.h>
#include <glob.h>
#include <sys/ioctl.h>
#include <linux/ndctl.h>

#include "fuzz_media.h"

#define PAGE 4096
#define MAX_AREA (1 << 17)

static const char *nmem, *region;
static int fd;
static u8 found[MAX_AREA], now[MAX_AREA], next[MAX_AREA];
static u32 area, chunk;

static void read_area(void)
{
	struct nd_cmd_get_config_size size;
	char cmd[sizeof(struct nd_cmd_get_config_data_hdr) + PAGE];
	struct nd_cmd_get_config_data_hdr *hdr = (void *)cmd;

	if (ioctl(fd, ND_IOCTL_GET_CONFIG_SIZE, &size))
		err(2, "label area size");
	area = size.config_size;
	chunk = size.max_xfer < PAGE ? size.max_xfer : PAGE;
	if (area > MAX_AREA || !chunk)
		errx(2, "label area of %u bytes, %u at a time", area, chunk);
	for (u32 at = 0; at < area; at += chunk) {
		hdr->in_offset = at;
		hdr->in_length = area - at < chunk ? area - at : chunk;
		if (ioctl(fd, ND_IOCTL_GET_CONFIG_DATA, hdr) || hdr->status)
			err(2, "read of label area at %u", at);
		memcpy(found + at, hdr->out_buf, hdr->in_length);
	}
	memcpy(now, found, area);
}

/* Bring the media from now[] to next[], touching what differs. */
static void write_area(void)
{
	char cmd[sizeof(struct nd_cmd_set_config_hdr) + PAGE + 4];
	struct nd_cmd_set_config_hdr *hdr = (void *)cmd;

	for (u32 at = 0; at < area; at += 256) {
		if (!memcmp(now + at, next + at, 256))
			continue;
		hdr->in_offset = at;
		hdr->in_length = 256;
		memcpy(hdr->in_buf, next + at, 256);
		if (ioctl(fd, ND_IOCTL_SET_CONFIG_DATA, hdr))
			err(2, "write of label area at %u", at);
	}
	memcpy(now, next, area);
}

static struct nd_media_index *index_block(unsigned int i)
{
	return (void *)(next + (i ? ((struct nd_media_index *)found)->mysize : 0));
}

static u32 slot_size(void)
{
	return 128u << ((struct nd_media_index *)found)->labelsize;
}

static struct nd_media_label *slot(unsigned int i)
{
	return (void *)(next + ((struct nd_media_index *)found)->labeloff + i * slot_size());
}

static void sign_index(struct nd_media_index *ix)
{
	u64 size = ((struct nd_media_index *)found)->mysize;

	ix->checksum = 0;
	ix->checksum = nd_fletcher_of(ix, size);
}

static void sign_label(struct nd_media_label *label)
{
	if (slot_size() < sizeof(*label))
		return;
	label->checksum = 0;
	label->checksum = nd_fletcher_of(label, sizeof(*label));
}

static void harm_index(void)
{
	struct nd_media_index *ix = index_block(rnd(2));

	switch (rnd(12)) {
	case 0: ix->myoff = odd_number(ix->myoff); break;
	case 1: ix->mysize = odd_number(ix->mysize); break;
	case 2: ix->otheroff = odd_number(ix->otheroff); break;
	case 3: ix->labeloff = odd_number(ix->labeloff); break;
	case 4: ix->nslot = odd_number(ix->nslot); break;
	case 5: ix->seq = odd_number(ix->seq); break;
	case 6: ix->labelsize = odd_number(ix->labelsize); break;
	case 7: ix->major = odd_number(ix->major); break;
	case 8: ix->minor = odd_number(ix->minor); break;
	case 9: ix->sig[rnd(16)] ^= 1 << rnd(8); break;
	case 10: ix->free[rnd(4)] ^= 1 << rnd(8); break;
	default: memset(ix->free, rnd(2) ? 0 : 0xff, 1 + rnd(100)); break;
	}
	if (rnd(4))
		sign_index(ix);
}

static void harm_label(void)
{
	struct nd_media_label *label = slot(rnd(8));

	switch (rnd(11)) {
	case 0: label->dpa = odd_number(label->dpa); break;
	case 1: label->rawsize = odd_number(label->rawsize); break;
	case 2: label->nlabel = odd_number(label->nlabel); break;
	case 3: label->position = odd_number(label->position); break;
	case 4: label->isetcookie = odd_number(label->isetcookie); break;
	case 5: label->slot = odd_number(label->slot); break;
	case 6: label->lbasize = odd_number(label->lbasize); break;
	case 7: label->flags = odd_number(label->flags); break;
	case 8: memset(label->name, 0xff, sizeof(label->name)); break;
	case 9: memset(label->uuid, 0, sizeof(label->uuid)); break;
	default:
		if (slot_size() == sizeof(*label))
			label->abstraction_guid[rnd(16)] ^= 1 << rnd(8);
		break;
	}
	if (rnd(4))
		sign_label(label);
}

/* A second label with the uuid, or the range, of another. */
static void double_label(void)
{
	unsigned int from = rnd(8), to = rnd(8);

	memcpy(slot(to), slot(from), slot_size());
	if (rnd(4))
		slot(to)->slot = to;
	if (rnd(2))
		slot(to)->uuid[rnd(16)]++;
	sign_label(slot(to));
	for (int i = 0; i < 2; i++) {
		index_block(i)->free[to / 8] &= ~(1 << (to % 8));
		sign_index(index_block(i));
	}
}

static void harm_bytes(void)
{
	u32 span = ((struct nd_media_index *)found)->labeloff + 8 * slot_size();
	u32 at = rnd(span), len = 1 + rnd(rnd(2) ? 8 : 2048);

	for (u32 i = at; i < at + len && i < area; i++)
		next[i] = rnd(0);
}

static void corrupt(u64 seed)
{
	fuzz_state = seed;
	memcpy(next, found, area);
	for (unsigned int n = 1 + rnd(4); n; n--) {
		switch (rnd(8)) {
		case 0: harm_bytes(); break;
		case 1: double_label(); break;
		case 2: case 3: case 4: harm_index(); break;
		default: harm_label(); break;
		}
	}
}

/* Namespaces inside the region and apart; returns how many, or -1 after saying what is wrong. */
static int judge_namespaces(u64 seed)
{
	u64 start[1100], end[1100], base = get_number(region, "resource");
	u64 limit = base + get_number(region, "size");
	char pattern[64];
	glob_t found_ns;
	int n = 0;

	snprintf(pattern, sizeof(pattern), "/sys/bus/nd/devices/namespace%s.*", region + 6);
	if (glob(pattern, 0, NULL, &found_ns))
		return 0;
	for (size_t i = 0; i < found_ns.gl_pathc; i++) {
		const char *dev = strrchr(found_ns.gl_pathv[i], '/') + 1;
		u64 size = get_number(dev, "size");

		if (!size || n == 1100)
			continue;
		start[n] = get_number(dev, "resource");
		/* All ones: the namespace has no single range, and so none to judge. */
		if (start[n] == ~0ull)
			continue;
		end[n] = start[n] + size;
		if (start[n] < base || end[n] > limit || end[n] < start[n]) {
			printf("seed %llu: %s leaves its region: %#llx-%#llx\n",
			       (unsigned long long)seed, dev, (unsigned long long)start[n],
			       (unsigned long long)end[n]);
			n = -1;
			break;
		}
		for (int k = 0; k < n; k++) {
			if (start[n] < end[k] && start[k] < end[n]) {
				printf("seed %llu: %s overlaps another\n",
				       (unsigned long long)seed, dev);
				globfree(&found_ns);
				return -1;
			}
		}
		n++;
	}
	globfree(&found_ns);
	return n;
}

static void take_down(void)
{
	put(region, "drivers/nd_region/unbind");
	put(nmem, "drivers/nvdimm/unbind");
}

/* Returns false when something is wrong; *refused tells whether something stayed down. */
static int bring_up(u64 seed, int reasons, int *refused, int *namespaces)
{
	char text[512];
	int rc = put(nmem, "drivers/nvdimm/bind");

	if (!rc || bound(nmem))
		rc = put(region, "drivers/nd_region/bind");
	settle();
	*refused = !bound(nmem) || !bound(region);
	if (*refused) {
		if (!rc) {
			printf("seed %llu: down without an errno\n", (unsigned long long)seed);
			return 0;
		}
		if (reasons && !reason(text, sizeof(text), nmem) &&
		    !reason(text, sizeof(text), region)) {
			printf("seed %llu: %s, and no last_error\n", (unsigned long long)seed,
			       strerror(rc));
			return 0;
		}
		return 1;
	}
	*namespaces = judge_namespaces(seed);
	return *namespaces >= 0;
}

int main(int argc, char **argv)
{
	u64 first, count, wrong = 0, refused = 0, fewer = 0, said = 0;
	int down, n, whole, reasons;
	char path[64], text[512];

	if (argc < 5)
		errx(2, "usage: fuzz_labels NMEM REGION FIRST-SEED COUNT [reasons]");
	nmem = argv[1];
	region = argv[2];
	first = strtoull(argv[3], NULL, 0);
	count = strtoull(argv[4], NULL, 0);
	reasons = argc > 5;
	snprintf(path, sizeof(path), "/dev/%s", nmem);
	fd = open(path, O_RDWR);
	if (fd < 0)
		err(2, "%s", path);
	read_area();
	if (memcmp(found, ND_INDEX_SIG, ND_INDEX_SIG_LEN))
		errx(2, "%s: no index block to start from", nmem);
	take_down();
	memcpy(next, found, area);
	if (!bring_up(0, 0, &down, &whole) || down)
		errx(2, "the area as found does not come up");

	for (u64 seed = first; seed < first + count; seed++) {
		take_down();
		corrupt(seed);
		write_area();
		n = 0;
		if (!bring_up(seed, reasons, &down, &n))
			wrong++;
		refused += down;
		if (!down && n < whole) {
			fewer++;
			said += reason(text, sizeof(text), region) ||
			reason(text, sizeof(text), nmem);
		}
	}
	take_down();
	memcpy(next, found, area);
	write_area();
	if (!bring_up(0, 0, &down, &n) || down || n != whole) {
		printf("the area as found does not come up again\n");
		wrong++;
	}
	printf("%llu areas: %llu refused, %llu with fewer namespaces (%llu gave a reason), %llu wrong\n",
	       (unsigned long long)count, (unsigned long long)refused, (unsigned long long)fewer,
	       (unsigned long long)said, (unsigned long long)wrong);
	return wrong != 0;
}
