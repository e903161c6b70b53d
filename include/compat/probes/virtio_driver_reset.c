// SPDX-License-Identifier: GPL-2.0
/*
 * virtio_driver.reset_prepare and .reset_done: v6.14,
 * ("virtio_pci: Add support for PCIe Function Level Reset")
 */
#include <linux/virtio.h>

static int reset(struct virtio_device *vdev)
{
	return 0;
}

struct virtio_driver probe = { .reset_prepare = reset, .reset_done = reset };
