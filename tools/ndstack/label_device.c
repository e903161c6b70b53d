// SPDX-License-Identifier: GPL-2.0
/* See label_device.h. The commands are those of linux/ndctl.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <linux/minmax.h>
#include <linux/ndctl.h>
#include "label_device.h"

/* What firmware says of a command, beside whether it could be asked. */
static int firmware(int rc, u32 status)
{
	if (rc < 0)
		return -errno;
	return status ? -EIO : 0;
}

static int label_device_get(struct label_device *device, u32 off, void *buf, u32 len)
{
	struct nd_cmd_get_config_data_hdr *get = calloc(1, sizeof(*get) + len);
	int rc;

	if (!get)
		return -ENOMEM;
	get->in_offset = off;
	get->in_length = len;
	rc = ioctl(device->fd, ND_IOCTL_GET_CONFIG_DATA, get);
	rc = firmware(rc, get->status);
	if (!rc)
		memcpy(buf, get->out_buf, len);
	free(get);
	return rc;
}

/* The status comes behind the bytes. */
static int label_device_set(struct label_device *device, u32 off, const void *buf, u32 len)
{
	struct nd_cmd_set_config_hdr *set = calloc(1, sizeof(*set) + len + sizeof(u32));
	u32 status;
	int rc;

	if (!set)
		return -ENOMEM;
	set->in_offset = off;
	set->in_length = len;
	memcpy(set->in_buf, buf, len);
	rc = ioctl(device->fd, ND_IOCTL_SET_CONFIG_DATA, set);
	memcpy(&status, set->in_buf + len, sizeof(status));
	rc = firmware(rc, status);
	free(set);
	return rc;
}

static bool label_device_has(const struct label_device *device, u32 off, u32 len)
{
	return len <= device->size && off <= device->size - len;
}

static int label_device_read(void *ctx, u32 off, void *buf, u32 len)
{
	struct label_device *device = ctx;
	int rc = label_device_has(device, off, len) ? 0 : -EINVAL;
	u32 done, n;

	for (done = 0; !rc && done < len; done += n) {
		n = min(len - done, device->most);
		rc = label_device_get(device, off + done, (u8 *)buf + done, n);
	}
	return rc;
}

static int label_device_write(void *ctx, u32 off, const void *buf, u32 len)
{
	struct label_device *device = ctx;
	int rc = label_device_has(device, off, len) ? 0 : -EINVAL;
	u8 *back = malloc(len);
	u32 done, n;

	if (!back)
		return -ENOMEM;
	for (done = 0; !rc && done < len; done += n) {
		n = min(len - done, device->most);
		rc = label_device_set(device, off + done, (const u8 *)buf + done, n);
	}
	rc = rc ?: label_device_read(ctx, off, back, len);
	if (!rc && memcmp(back, buf, len))
		rc = -EIO;
	free(back);
	return rc;
}

int label_device_open(struct label_device *device, const char *name, struct label_io *io)
{
	struct nd_cmd_get_config_size size = { };
	char path[64];
	int rc;

	snprintf(path, sizeof(path), "/dev/%s", name);
	*device = (struct label_device) { .fd = open(path, O_RDWR | O_CLOEXEC) };
	if (device->fd < 0)
		return -errno;
	rc = ioctl(device->fd, ND_IOCTL_GET_CONFIG_SIZE, &size);
	rc = firmware(rc, size.status);
	if (!rc && !size.max_xfer)
		rc = -EIO;
	if (rc) {
		label_device_close(device);
		return rc;
	}
	device->size = size.config_size;
	device->most = size.max_xfer;
	*io = (struct label_io) {
		.read = label_device_read, .write = label_device_write, .ctx = device,
		.max_xfer = size.max_xfer,
	};
	return 0;
}

void label_device_close(struct label_device *device)
{
	close(device->fd);
	device->fd = -1;
}
