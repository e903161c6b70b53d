// SPDX-License-Identifier: GPL-2.0
/*
 * Drivers of a region are told that it became read-only or writable: v5.15,
 * 2361db89aaad ("libnvdimm: Notify disk drivers to revalidate region read-only")
 */
#include <linux/nd.h>

enum nvdimm_event probe = NVDIMM_REVALIDATE_REGION;
