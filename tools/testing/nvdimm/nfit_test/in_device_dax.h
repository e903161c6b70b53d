/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NFIT_TEST_IN_DEVICE_DAX_H
#define _NFIT_TEST_IN_DEVICE_DAX_H

#include "device/device.h"

/* ld --wrap: calls of dax_frame(), and the one they would have reached. */
unsigned long __real_dax_frame(unsigned long pfn);
unsigned long __wrap_dax_frame(unsigned long pfn);

#endif /* _NFIT_TEST_IN_DEVICE_DAX_H */
