// SPDX-License-Identifier: GPL-2.0
/*
 * Devices have shared memory regions: v5.10
 */
#include <linux/virtio_config.h>

bool probe(struct virtio_device *vdev, struct virtio_shm_region *region)
{
	return virtio_get_shm_region(vdev, region, 0);
}
