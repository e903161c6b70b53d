// SPDX-License-Identifier: GPL-2.0
/*
 * Label areas with N equal namespaces (UEFI 2.10 §13.19, version 1.2); one is
 * written through the DIMM's ioctl. The interleave-set cookie is asked of the running
 * driver, so nothing about the machine has to be known beforehand.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/ndctl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

typedef uint8_t u8;
#include "../../../include/nd/fletcher.h"
#include "../../../include/nd/format.h"
#include "guest.h"

/* UEFI 2.10 §13.19: the byte-addressable persistent-memory range type */
static const uint8_t pmem_type[16] = {
	0x79, 0xd3, 0xf0, 0x66, 0xf3, 0xb4, 0x74, 0x40,
	0xac, 0x43, 0x0d, 0x33, 0x18, 0xb7, 0x8c, 0xdb,
};

static size_t index_size(size_t area)
{
	size_t slots = area / sizeof(struct nd_media_label);
	size_t bytes = sizeof(struct nd_media_index) + (slots + 7) / 8;

	return (bytes + 255) / 256 * 256;
}

/* Of the two index blocks and the slots in use. */
size_t labels_end(const struct labels *l)
{
	return 2 * index_size(l->area) + l->count * sizeof(struct nd_media_label);
}

static void fill_index(uint8_t *area, const struct labels *l, unsigned int which)
{
	size_t each = index_size(l->area);
	struct nd_media_index *ix = (void *)(area + which * each);

	memcpy(ix->sig, ND_INDEX_SIG, ND_INDEX_SIG_LEN);
	ix->labelsize = 1;
	ix->seq = 1 + which;
	ix->myoff = which * each;
	ix->mysize = each;
	ix->otheroff = !which * each;
	ix->labeloff = 2 * each;
	ix->nslot = (l->area - 2 * each) / sizeof(struct nd_media_label);
	ix->major = 1;
	ix->minor = 2;
	for (unsigned int slot = l->count; slot < ix->nslot; slot++)
		ix->free[slot / 8] |= 1 << slot % 8;
	ix->checksum = nd_fletcher_of(ix, each);
}

static void fill_label(struct nd_media_label *m, const struct labels *l, unsigned int slot)
{
	memcpy(m->uuid, "\x6e\x64\x62\x65\x6e\x63\x48\x00\x80\x00", 10);
	m->uuid[11] = l->set;
	m->uuid[14] = (slot + 1) >> 8;
	m->uuid[15] = slot + 1;
	m->nlabel = l->ways;
	m->position = l->position;
	m->isetcookie = l->cookie;
	m->dpa = slot * l->size;
	m->rawsize = l->size;
	m->slot = slot;
	memcpy(m->type_guid, pmem_type, sizeof(m->type_guid));
	m->checksum = nd_fletcher_of(m, sizeof(*m));
}

/* Into bytes that are zero, as many as labels_end() says. */
void fill_labels(uint8_t *area, const struct labels *l)
{
	struct nd_media_label *m = (void *)(area + 2 * index_size(l->area));

	fill_index(area, l, 0);
	fill_index(area, l, 1);
	for (unsigned int slot = 0; slot < l->count; slot++)
		fill_label(&m[slot], l, slot);
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
	struct labels l;
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

	l = (struct labels){
		.area = geo.config_size, .cookie = cookie, .ways = 1, .count = count, .size = size,
		.set = phase_number,
	};
	end = labels_end(&l);
	if (end > geo.config_size)
		die("%u labels do not fit", count);
	area = calloc(1, end);
	fill_labels(area, &l);
	for (at = 0; at < end; at += geo.max_xfer)
		store(fd, area, at, end - at < geo.max_xfer ? end - at : geo.max_xfer);
	free(area);
	close(fd);
	unload_all();
}
