/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM compat_test

#if !defined(COMPAT_TEST_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define COMPAT_TEST_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(compat_test,
	TP_PROTO(const char *name, int rc),
	TP_ARGS(name, rc),
	TP_STRUCT__entry(
		__string(name, name)
		__field(int, rc)
	),
	TP_fast_assign(
		compat_assign_str(name, name);
		__entry->rc = rc;
	),
	TP_printk("%s %d", __get_str(name), __entry->rc)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
