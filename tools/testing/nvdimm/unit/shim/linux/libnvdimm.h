/* SPDX-License-Identifier: GPL-2.0 */
/* What pure files need of it: numbers, and how commands are described. */
#pragma once

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

enum {
	ND_IOCTL_MAX_BUFLEN = 4 << 20,
	ND_CMD_MAX_ELEM = 5,
};

struct badrange {
	struct list_head list;
	spinlock_t lock;
};

void badrange_init(struct badrange *badrange);
int badrange_add(struct badrange *badrange, u64 addr, u64 length);
void badrange_forget(struct badrange *badrange, phys_addr_t start, unsigned int len);

struct nvdimm;

struct nd_cmd_desc {
	int in_num;
	int out_num;
	u32 in_sizes[ND_CMD_MAX_ELEM];
	int out_sizes[ND_CMD_MAX_ELEM];
};

const struct nd_cmd_desc *nd_cmd_dimm_desc(int cmd);
const struct nd_cmd_desc *nd_cmd_bus_desc(int cmd);
u32 nd_cmd_in_size(struct nvdimm *nvdimm, int cmd, const struct nd_cmd_desc *desc, int idx,
		   void *buf);
u32 nd_cmd_out_size(struct nvdimm *nvdimm, int cmd, const struct nd_cmd_desc *desc, int idx,
		    const u32 *in_field, const u32 *out_field, unsigned long remainder);

enum nvdimm_security_bits {
	NVDIMM_SECURITY_DISABLED, NVDIMM_SECURITY_UNLOCKED, NVDIMM_SECURITY_LOCKED,
	NVDIMM_SECURITY_FROZEN, NVDIMM_SECURITY_OVERWRITE,
};

enum nvdimm_fwa_state {
	NVDIMM_FWA_INVALID, NVDIMM_FWA_IDLE, NVDIMM_FWA_ARMED, NVDIMM_FWA_BUSY,
	NVDIMM_FWA_ARM_OVERFLOW,
};

enum nvdimm_fwa_capability {
	NVDIMM_FWA_CAP_INVALID, NVDIMM_FWA_CAP_NONE, NVDIMM_FWA_CAP_QUIESCE,
	NVDIMM_FWA_CAP_LIVE,
};

enum nvdimm_fwa_result {
	NVDIMM_FWA_RESULT_INVALID, NVDIMM_FWA_RESULT_NONE, NVDIMM_FWA_RESULT_SUCCESS,
	NVDIMM_FWA_RESULT_NOTSTAGED, NVDIMM_FWA_RESULT_NEEDRESET, NVDIMM_FWA_RESULT_FAIL,
};
