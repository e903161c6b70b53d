/* SPDX-License-Identifier: GPL-2.0 */
/* Virtio drivers, and the pmem device. */
#ifndef COMPAT_VIRTIO_H
#define COMPAT_VIRTIO_H

#include <linux/slab.h>
#include <linux/virtio_config.h>
#include <linux/virtio_pmem.h>

#ifdef HAVE_VIRTQUEUE_INFO
#define COMPAT_FIND_VQS(fn)
#define compat_find_vqs(fn) (fn)
#else

struct virtqueue_info {
	const char *name;
	vq_callback_t *callback;
	bool ctx;
};

#define COMPAT_FIND_VQS(fn)							\
static int fn##_arrays(struct virtio_device *vdev, unsigned int nvqs,		\
		       struct virtqueue *vqs[], vq_callback_t *callbacks[],	\
		       const char * const names[], const bool *ctx,		\
		       struct irq_affinity *desc)				\
{										\
	struct virtqueue_info *info;						\
	int rc;									\
										\
	info = kcalloc(nvqs, sizeof(*info), GFP_KERNEL);			\
	if (!info)								\
		return -ENOMEM;							\
	for (unsigned int i = 0; i < nvqs; i++) {				\
		info[i].name = names[i];					\
		info[i].callback = callbacks[i];				\
		info[i].ctx = ctx && ctx[i];					\
	}									\
	rc = fn(vdev, nvqs, vqs, info, desc);					\
	kfree(info);								\
	return rc;								\
}
#define compat_find_vqs(fn) fn##_arrays

#endif

#ifndef VIRTIO_ID_PMEM
#define VIRTIO_ID_PMEM	27
#endif

/* A member of @type that is little-endian; v5.9 */
#ifndef virtio_cread_le
#define virtio_cread_le(vdev, type, member, to)					\
do {										\
	__le64 _v;								\
										\
	static_assert(sizeof(((type *)0)->member) == sizeof(_v));		\
	(vdev)->config->get(vdev, offsetof(type, member), &_v, sizeof(_v));	\
	*(to) = le64_to_cpu(_v);						\
} while (0)
#endif

/* Devices have no shared memory regions there: v5.10 */
#ifndef HAVE_VIRTIO_SHM_REGION
struct virtio_shm_region {
	u64 addr;
	u64 len;
};

static inline bool virtio_get_shm_region(struct virtio_device *vdev,
					 struct virtio_shm_region *region, u8 id)
{
	return false;
}
#endif

#ifndef HAVE_VIRTIO_RESET_DEVICE
static inline void virtio_reset_device(struct virtio_device *vdev)
{
	vdev->config->reset(vdev);
}
#endif

#ifdef HAVE_VIRTIO_DRIVER_RESET
#define COMPAT_VIRTIO_RESET(prepare, done) .reset_prepare = (prepare), .reset_done = (done)

/* A reset of the device by its transport, with its driver bound. */
static inline int compat_virtio_reset(struct virtio_device *vdev)
{
	int rc = virtio_device_reset_prepare(vdev);

	return rc ?: virtio_device_reset_done(vdev);
}
#else
static inline int compat_virtio_reset(struct virtio_device *vdev)
{
	return -EOPNOTSUPP;
}

/* An empty initialiser of a member that stays what it was. */
#define COMPAT_VIRTIO_RESET(prepare, done) .scan = NULL
#endif

#ifdef HAVE_VIRTIO_SYNCHRONIZE_CBS
#define COMPAT_VIRTIO_CALLBACKS(fn)
#define COMPAT_VIRTIO_SYNCHRONIZE_CBS(fn) .synchronize_cbs = (fn)
#else
/* A driver that resets its device trusts that there are no callbacks after that. */
#define COMPAT_VIRTIO_CALLBACKS(fn) COMPAT_OF_NEWER_KERNELS(fn)
#define COMPAT_VIRTIO_SYNCHRONIZE_CBS(fn) .bus_name = NULL
#endif

/* Virtio 1.2 §5.19.3: shared memory region 0 tells the range; v6.8 */
#ifndef VIRTIO_PMEM_F_SHMEM_REGION
#define VIRTIO_PMEM_F_SHMEM_REGION 0
#define VIRTIO_PMEM_SHMEM_REGION_ID 0
#endif

#endif
