/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Virtio 1.2, section 5.19: the pmem device, for kernels before v5.3, 6e84200c0a29 ("virtio-pmem:
 * Add virtio pmem driver").
 */
#ifndef COMPAT_VIRTIO_PMEM_H
#define COMPAT_VIRTIO_PMEM_H

#include <linux/types.h>
#include <linux/virtio_types.h>

/* 5.19.4, and the only request, 5.19.6 */
struct virtio_pmem_config {
	__le64 start;
	__le64 size;
};

#define VIRTIO_PMEM_REQ_TYPE_FLUSH	0

struct virtio_pmem_req {
	__le32 type;
};

struct virtio_pmem_resp {
	__le32 ret;
};

#endif
