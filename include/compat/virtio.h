/* SPDX-License-Identifier: GPL-2.0 */
/* Virtio drivers, and the pmem device. */
#ifndef COMPAT_VIRTIO_H
#define COMPAT_VIRTIO_H

#include <linux/virtio_pmem.h>

#ifdef HAVE_VIRTIO_DRIVER_RESET
#define COMPAT_VIRTIO_RESET(prepare, done) .reset_prepare = (prepare), .reset_done = (done)
#else
/* An empty initialiser of a member that stays what it was. */
#define COMPAT_VIRTIO_RESET(prepare, done) .scan = NULL
#endif

/* Virtio 1.2 §5.19.3: shared memory region 0 tells the range; v6.8 */
#ifndef VIRTIO_PMEM_F_SHMEM_REGION
#define VIRTIO_PMEM_F_SHMEM_REGION 0
#define VIRTIO_PMEM_SHMEM_REGION_ID 0
#endif

#endif
