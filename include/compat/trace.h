/* SPDX-License-Identifier: GPL-2.0 */
/* Trace events. */
#ifndef COMPAT_TRACE_H
#define COMPAT_TRACE_H

/* Expanded where TP_fast_assign() is, by the __assign_str() of that moment. */
#ifdef HAVE_ASSIGN_STR_ONE
#define compat_assign_str(field, src) __assign_str(field)
#else
#define compat_assign_str(field, src) __assign_str(field, src)
#endif

#endif
