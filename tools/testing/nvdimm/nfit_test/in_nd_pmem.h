/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NFIT_TEST_IN_ND_PMEM_H
#define _NFIT_TEST_IN_ND_PMEM_H

#include "pmem/pmem.h"

/* ld --wrap: calls of pmem_frames(), and the one they would have reached. */
long __real_pmem_frames(const struct pmem *pmem, pgoff_t pgoff, long nr, unsigned long *first);
long __wrap_pmem_frames(const struct pmem *pmem, pgoff_t pgoff, long nr, unsigned long *first);

#endif /* _NFIT_TEST_IN_ND_PMEM_H */
