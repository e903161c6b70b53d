/* SPDX-License-Identifier: GPL-2.0 */
/* What the processor tells of poison. */
#ifndef _NFIT_ARS_MCE_H
#define _NFIT_ARS_MCE_H

#include <linux/types.h>

#ifdef CONFIG_X86_MCE
/* @poisoned: memory at [start, start + len) is; was it handled? */
void nfit_mce_start(bool (*poisoned)(u64 start, u64 len));
void nfit_mce_stop(void);
#else
static inline void nfit_mce_start(bool (*poisoned)(u64 start, u64 len)) { }
static inline void nfit_mce_stop(void) { }
#endif

#endif /* _NFIT_ARS_MCE_H */
