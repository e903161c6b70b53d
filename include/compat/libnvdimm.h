/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The interface between libnvdimm and its providers. Both ends of it are ours, so it is the newest
 * one everywhere; nothing else of a kernel before v5.9 calls it. There the kernel's header is read
 * for what stayed as it is, with what changed named otherwise, and that is declared here.
 */
#ifndef COMPAT_LIBNVDIMM_H
#define COMPAT_LIBNVDIMM_H

#include <linux/bio.h>
#include <linux/ioport.h>

#ifdef HAVE_LIBNVDIMM_FW_OPS

#include <linux/libnvdimm.h>

#else

#define nvdimm_bus_descriptor		compat_former_bus_descriptor
#define ndctl_fn			compat_former_ndctl_fn
#define nd_region_desc			compat_former_region_desc
#define nvdimm_bus_register		compat_former_bus_register
#define to_nd_desc			compat_former_to_nd_desc
#define nvdimm_create			compat_former_nvdimm_create
#define __nvdimm_create			compat_former___nvdimm_create
#define nvdimm_pmem_region_create	compat_former_pmem_region_create
#define nvdimm_volatile_region_create	compat_former_volatile_region_create
#define nvdimm_flush			compat_former_flush
#ifndef HAVE_LIBNVDIMM_SECURITY
#define nvdimm_security_ops		compat_former_security_ops
#endif
#include <linux/libnvdimm.h>
#undef nvdimm_bus_descriptor
#undef ndctl_fn
#undef nd_region_desc
#undef nvdimm_bus_register
#undef to_nd_desc
#undef nvdimm_create
#undef __nvdimm_create
#undef nvdimm_pmem_region_create
#undef nvdimm_volatile_region_create
#undef nvdimm_flush
#undef nvdimm_security_ops

struct nvdimm_bus_descriptor;
struct nvdimm_bus_fw_ops;

/* ---- DIMMs: v5.0, f2989396553a ("acpi/nfit, libnvdimm: Introduce nvdimm_security_ops") ---- */

#ifndef HAVE_LIBNVDIMM_SECURITY

/* Before v5.4 a DIMM has one of these, by the same numbers, where later kernels have bits. */
#ifdef HAVE_LIBNVDIMM_SECURITY_STATE
#define nvdimm_security_bits	nvdimm_security_state
#else

#define NDD_SECURITY_OVERWRITE	3
#define NDD_WORK_PENDING	4

/* Bits of what nvdimm_security_ops.get_flags() returns; none: it has no such thing. */
enum nvdimm_security_bits {
	NVDIMM_SECURITY_DISABLED,
	NVDIMM_SECURITY_UNLOCKED,
	NVDIMM_SECURITY_LOCKED,
	NVDIMM_SECURITY_FROZEN,
	NVDIMM_SECURITY_OVERWRITE,
};

#define NVDIMM_PASSPHRASE_LEN	32
#define NVDIMM_KEY_DESC_LEN	22

struct nvdimm_key_data {
	u8 data[NVDIMM_PASSPHRASE_LEN];
};

enum nvdimm_passphrase_type {
	NVDIMM_USER,
	NVDIMM_MASTER,
};

#endif

struct nvdimm_security_ops {
	unsigned long (*get_flags)(struct nvdimm *nvdimm, enum nvdimm_passphrase_type which);
	int (*freeze)(struct nvdimm *nvdimm);
	int (*change_key)(struct nvdimm *nvdimm, const struct nvdimm_key_data *from,
			  const struct nvdimm_key_data *to, enum nvdimm_passphrase_type which);
	int (*unlock)(struct nvdimm *nvdimm, const struct nvdimm_key_data *key);
	int (*disable)(struct nvdimm *nvdimm, const struct nvdimm_key_data *key);
	int (*erase)(struct nvdimm *nvdimm, const struct nvdimm_key_data *key,
		     enum nvdimm_passphrase_type which);
	int (*overwrite)(struct nvdimm *nvdimm, const struct nvdimm_key_data *key);
	int (*query_overwrite)(struct nvdimm *nvdimm);
};

int nvdimm_in_overwrite(struct nvdimm *nvdimm);

#endif

/* Bit 5 was of namespaces of a DIMM's own, which are no more. */
#ifndef NDD_LABELING
#define NDD_LABELING	6
#endif

/* ---- activation of firmware: v5.9, a1facc1fffc1 ---- */

enum nvdimm_fwa_state {
	NVDIMM_FWA_INVALID,
	NVDIMM_FWA_IDLE,
	NVDIMM_FWA_ARMED,
	NVDIMM_FWA_BUSY,
	NVDIMM_FWA_ARM_OVERFLOW,
};

enum nvdimm_fwa_trigger {
	NVDIMM_FWA_ARM,
	NVDIMM_FWA_DISARM,
};

enum nvdimm_fwa_capability {
	NVDIMM_FWA_CAP_INVALID,
	NVDIMM_FWA_CAP_NONE,
	NVDIMM_FWA_CAP_QUIESCE,
	NVDIMM_FWA_CAP_LIVE,
};

enum nvdimm_fwa_result {
	NVDIMM_FWA_RESULT_INVALID,
	NVDIMM_FWA_RESULT_NONE,
	NVDIMM_FWA_RESULT_SUCCESS,
	NVDIMM_FWA_RESULT_NOTSTAGED,
	NVDIMM_FWA_RESULT_NEEDRESET,
	NVDIMM_FWA_RESULT_FAIL,
};

struct nvdimm_bus_fw_ops {
	enum nvdimm_fwa_state (*activate_state)(struct nvdimm_bus_descriptor *desc);
	enum nvdimm_fwa_capability (*capability)(struct nvdimm_bus_descriptor *desc);
	int (*activate)(struct nvdimm_bus_descriptor *desc);
};

struct nvdimm_fw_ops {
	enum nvdimm_fwa_state (*activate_state)(struct nvdimm *nvdimm);
	enum nvdimm_fwa_result (*activate_result)(struct nvdimm *nvdimm);
	int (*arm)(struct nvdimm *nvdimm, enum nvdimm_fwa_trigger trigger);
};

struct nvdimm *__nvdimm_create(struct nvdimm_bus *bus, void *provider_data,
			       const struct attribute_group **groups, unsigned long flags,
			       unsigned long cmd_mask, int num_flush, struct resource *flush_wpq,
			       const char *dimm_id, const struct nvdimm_security_ops *sec_ops,
			       const struct nvdimm_fw_ops *fw_ops);

static inline struct nvdimm *nvdimm_create(struct nvdimm_bus *bus, void *provider_data,
					   const struct attribute_group **groups,
					   unsigned long flags, unsigned long cmd_mask,
					   int num_flush, struct resource *flush_wpq)
{
	return __nvdimm_create(bus, provider_data, groups, flags, cmd_mask, num_flush, flush_wpq,
			       NULL, NULL, NULL);
}

/* ---- the bus: families of commands, v5.9, 92fe2aa859f5 ---- */

typedef int (*ndctl_fn)(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm,
			unsigned int cmd, void *buf, unsigned int buf_len, int *cmd_rc);

struct nvdimm_bus_descriptor {
	const struct attribute_group **attr_groups;
	unsigned long cmd_mask;
	unsigned long dimm_family_mask;
	unsigned long bus_family_mask;
	struct module *module;
	char *provider_name;
	struct device_node *of_node;
	ndctl_fn ndctl;
	int (*flush_probe)(struct nvdimm_bus_descriptor *desc);
	int (*clear_to_send)(struct nvdimm_bus_descriptor *desc, struct nvdimm *nvdimm,
			     unsigned int cmd, void *data);
	const struct nvdimm_bus_fw_ops *fw_ops;
};

struct nvdimm_bus *nvdimm_bus_register(struct device *parent, struct nvdimm_bus_descriptor *desc);
struct nvdimm_bus_descriptor *to_nd_desc(struct nvdimm_bus *bus);
struct nvdimm_bus *nvdimm_to_bus(struct nvdimm *nvdimm);

/* ---- regions: the node of their memory, v5.1, 8fc5c73554db; flushes, v5.3, c5d4355d10d4 ---- */

#define ND_REGION_ASYNC		3

struct nd_region;

struct nd_region_desc {
	struct resource *res;
	struct nd_mapping_desc *mapping;
	u16 num_mappings;
	const struct attribute_group **attr_groups;
	struct nd_interleave_set *nd_set;
	void *provider_data;
	int num_lanes;
	int numa_node;
	int target_node;
	unsigned long flags;
	struct device_node *of_node;
	int (*flush)(struct nd_region *region, struct bio *bio);
};

struct nd_region *nvdimm_pmem_region_create(struct nvdimm_bus *bus, struct nd_region_desc *desc);
struct nd_region *nvdimm_volatile_region_create(struct nvdimm_bus *bus,
						struct nd_region_desc *desc);

int nvdimm_flush(struct nd_region *region, struct bio *bio);
int generic_nvdimm_flush(struct nd_region *region);
bool is_nvdimm_sync(struct nd_region *region);

#endif
#endif
