/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NFIT_TEST_IN_LIBNVDIMM_H
#define _NFIT_TEST_IN_LIBNVDIMM_H

#include <linux/types.h>
#include "namespace/pages.h"

/* ld --wrap: calls of nd_caches_invalidate(), and the one they would have reached. */
int __real_nd_caches_invalidate(u64 start, u64 size);
int __wrap_nd_caches_invalidate(u64 start, u64 size);

unsigned long __real_nd_pages_frame(const struct nd_pages *pages, pgoff_t pgoff);
unsigned long __wrap_nd_pages_frame(const struct nd_pages *pages, pgoff_t pgoff);

#endif /* _NFIT_TEST_IN_LIBNVDIMM_H */
