// SPDX-License-Identifier: GPL-2.0
/*
 * virtio_config_ops.synchronize_cbs: v5.19, ("virtio: introduce config op to synchronize
 * vring callbacks")
 */
#include <linux/virtio_config.h>

static void synchronize(struct virtio_device *vdev)
{
}

const struct virtio_config_ops probe = { .synchronize_cbs = synchronize };
