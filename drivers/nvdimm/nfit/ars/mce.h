/* SPDX-License-Identifier: GPL-2.0 */
/* What the processor tells of poison. */
#ifndef _NFIT_ARS_MCE_H
#define _NFIT_ARS_MCE_H

#ifdef CONFIG_X86_MCE
void nfit_mce_start(void);
void nfit_mce_stop(void);
#else
static inline void nfit_mce_start(void) { }
static inline void nfit_mce_stop(void) { }
#endif

#endif /* _NFIT_ARS_MCE_H */
