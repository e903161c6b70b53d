/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marks of the test builds without which there is no mock bus. nfit_test refers
 * to them weakly: modprobe loads those modules first, and the module loader has
 * nfit_test hold them, and leaves NULL where one is not there. (That no module
 * is a production build is another matter: builds.c.)
 */
#ifndef _NFIT_TEST_MARK_H
#define _NFIT_TEST_MARK_H

#include <linux/export.h>

void nfit_test_mark_libnvdimm(void);
void nfit_test_mark_nfit(void);
void nfit_test_mark_nd_pmem(void);
void nfit_test_mark_device_dax(void);
void nfit_test_mark_dax_pmem(void);

#define NFIT_TEST_MARK(module)				\
	void nfit_test_mark_##module(void) { }		\
	EXPORT_SYMBOL_GPL(nfit_test_mark_##module)

#endif /* _NFIT_TEST_MARK_H */
