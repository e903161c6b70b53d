/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NFIT_TEST_IN_LIBNVDIMM_H
#define _NFIT_TEST_IN_LIBNVDIMM_H

#include <linux/types.h>

/* ld --wrap: calls of nd_caches_invalidate(), and the one they would have reached. */
int __real_nd_caches_invalidate(u64 start, u64 size);
int __wrap_nd_caches_invalidate(u64 start, u64 size);

#endif /* _NFIT_TEST_IN_LIBNVDIMM_H */
