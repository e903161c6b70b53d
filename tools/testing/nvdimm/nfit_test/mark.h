/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The watermark of a test build. nfit_test refers to them weakly: the module
 * loader resolves what is there, which also makes it hold the modules, and
 * leaves NULL where a production build was loaded instead.
 */
#ifndef _NFIT_TEST_MARK_H
#define _NFIT_TEST_MARK_H

#include <linux/export.h>

void nfit_test_mark_libnvdimm(void);
void nfit_test_mark_nfit(void);
void nfit_test_mark_nd_pmem(void);
void nfit_test_mark_nd_btt(void);
void nfit_test_mark_nd_e820(void);
void nfit_test_mark_virtio_pmem(void);
void nfit_test_mark_device_dax(void);
void nfit_test_mark_dax_pmem(void);

#define NFIT_TEST_MARK(module)				\
	void nfit_test_mark_##module(void) { }		\
	EXPORT_SYMBOL_GPL(nfit_test_mark_##module)

#endif /* _NFIT_TEST_MARK_H */
