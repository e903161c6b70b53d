/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Written as a file of ours is: for the newest kernel, with no word about any
 * other. That it compiles and links is one test; loaded, it does what it can
 * without hardware, and says what came of it (vm/scenario/compat__shims_work).
 */
#ifndef COMPAT_TEST_H
#define COMPAT_TEST_H

#include <linux/types.h>

struct device;
struct device_driver;
struct gendisk;

int compat_test_copy(void);
int compat_test_language(struct device *dev);
int compat_test_driver_model(void);
void compat_test_driver_model_end(void);
struct gendisk *compat_test_disk(int node);
int compat_test_host(void);
void compat_test_host_end(void);

#endif
