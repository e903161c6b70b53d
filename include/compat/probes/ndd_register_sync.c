// SPDX-License-Identifier: GPL-2.0
/*
 * NDD_REGISTER_SYNC: v6.0, with the DIMMs of CXL
 */
#include <linux/libnvdimm.h>

int probe = NDD_REGISTER_SYNC;
