// SPDX-License-Identifier: GPL-2.0
/*
 * virtio_reset_device(): v5.17, d9679d0013a6 ("virtio: wrap config->reset calls")
 */
#include <linux/virtio.h>
#include <linux/virtio_config.h>

void probe(struct virtio_device *vdev)
{
	virtio_reset_device(vdev);
}
