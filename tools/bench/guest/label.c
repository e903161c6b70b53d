// SPDX-License-Identifier: GPL-2.0
/*
 * Writes a label area with N equal namespaces (UEFI 2.10 §13.19, version 1.2)
 * through the DIMM's ioctl. The interleave-set cookie is asked of the running
 * driver, so nothing about the machine has to be known beforehand.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/ndctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../../testing/nvdimm/fake_dimms/machine.h"
#include "guest.h"

struct index_block {
	uint8_t sig[16];
	uint8_t flags[3];
	uint8_t label_size;		/* 1: 256 bytes */
	uint32_t seq;
	uint64_t my_off, my_size, other_off, label_off;
	uint32_t slots;
	uint16_t major, minor;
	uint64_t checksum;
	uint8_t free[];			/* a set bit is a free slot */
} __attribute__((packed));

struct label {
	uint8_t uuid[16];
	char name[64];
	uint32_t flags;
	uint16_t nlabel, position;
	uint64_t cookie, lba_size, dpa, raw_size;
	uint32_t slot;
	uint8_t align, reserved[3];
	uint8_t type[16], abstraction[16];
	uint8_t reserved2[88];
	uint64_t checksum;
} __attribute__((packed));

_Static_assert(sizeof(struct index_block) == 72, "index block");
_Static_assert(sizeof(struct label) == 256, "label");

/* UEFI 2.10 §13.19: the byte-addressable persistent-memory range type */
static const uint8_t pmem_type[16] = {
	0x79, 0xd3, 0xf0, 0x66, 0xf3, 0xb4, 0x74, 0x40,
	0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb,
};

static size_t index_size(size_t area)
{
	size_t bytes = sizeof(struct index_block) + (area / sizeof(struct label) + 7) / 8;

	return (bytes + 255) / 256 * 256;
}

static void fill_index(uint8_t *area, size_t size, unsigned int which, unsigned int used)
{
	size_t each = index_size(size);
	struct index_block *ix = (void *)(area + which * each);
	unsigned int slot;

	memcpy(ix->sig, "NAMESPACE_INDEX", 16);
	ix->label_size = 1;
	ix->seq = 1 + which;
	ix->my_off = which * each;
	ix->my_size = each;
	ix->other_off = !which * each;
	ix->label_off = 2 * each;
	ix->slots = (size - 2 * each) / sizeof(struct label);
	ix->major = 1;
	ix->minor = 2;
	for (slot = used; slot < ix->slots; slot++)
		ix->free[slot / 8] |= 1 << slot % 8;
	ix->checksum = nd_fletcher_of(ix, each);
}

static void fill_label(struct label *l, unsigned int slot, uint64_t size, uint64_t cookie)
{
	memcpy(l->uuid, "\x6e\x64\x62\x65\x6e\x63\x48\x00\x80\x00", 10);
	l->uuid[14] = (slot + 1) >> 8;
	l->uuid[15] = slot + 1;
	l->nlabel = 1;
	l->cookie = cookie;
	l->dpa = slot * size;
	l->raw_size = size;
	l->slot = slot;
	memcpy(l->type, pmem_type, sizeof(l->type));
	l->checksum = nd_fletcher_of(l, sizeof(*l));
}

static void store(int fd, const uint8_t *area, size_t from, size_t len)
{
	struct nd_cmd_set_config_hdr *cmd = calloc(1, sizeof(*cmd) + len + sizeof(uint32_t));
	uint32_t status;

	cmd->in_offset = from;
	cmd->in_length = len;
	memcpy(cmd->in_buf, area + from, len);
	if (ioctl(fd, ND_IOCTL_SET_CONFIG_DATA, cmd) < 0)
		die("write labels at %zu: %s", from, strerror(errno));
	memcpy(&status, cmd->in_buf + len, sizeof(status));
	if (status)
		die("write labels at %zu: status %#x", from, status);
	free(cmd);
}

void write_labels(unsigned int count, uint64_t size)
{
	struct nd_cmd_get_config_size geo = { 0 };
	uint64_t cookie;
	uint8_t *area;
	size_t at, end;
	int fd;

	load(SETUP, "core");
	settle();
	cookie = read_u64(ND_DEVICES "/region0/set_cookie");
	if (!cookie)
		die("the region has no set cookie");
	unbind("region0");
	fd = open("/dev/nmem0", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die("/dev/nmem0: %s", strerror(errno));
	if (ioctl(fd, ND_IOCTL_GET_CONFIG_SIZE, &geo) < 0 || geo.status || !geo.max_xfer)
		die("size of the label area: %s, status %#x", strerror(errno), geo.status);

	area = calloc(1, geo.config_size);
	fill_index(area, geo.config_size, 0, count);
	fill_index(area, geo.config_size, 1, count);
	end = 2 * index_size(geo.config_size);
	if (end + count * sizeof(struct label) > geo.config_size)
		die("%u labels do not fit", count);
	for (unsigned int slot = 0; slot < count; slot++, end += sizeof(struct label))
		fill_label((void *)(area + end), slot, size, cookie);
	for (at = 0; at < end; at += geo.max_xfer)
		store(fd, area, at, end - at < geo.max_xfer ? end - at : geo.max_xfer);
	free(area);
	close(fd);
	unload_all();
}
