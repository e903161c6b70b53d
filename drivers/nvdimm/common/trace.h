/* SPDX-License-Identifier: GPL-2.0 */
/* nd_fail, of /sys/kernel/tracing/events/libnvdimm: something was refused, errno and reason. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM libnvdimm

#if !defined(_ND_COMMON_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _ND_COMMON_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(nd_fail,
	TP_PROTO(const char *name, int err, const char *reason, const char *text),
	TP_ARGS(name, err, reason, text),
	TP_STRUCT__entry(
		__string(name, name)
		__field(int, err)
		__string(why, reason)
		__string(text, text)
	),
	TP_fast_assign(
		compat_assign_str(name, name);
		__entry->err = err;
		compat_assign_str(why, reason);
		compat_assign_str(text, text);
	),
	TP_printk("dev=%s err=%d why=%s text=\"%s\"", __get_str(name), __entry->err,
		  __get_str(why), __get_str(text))
);

#endif /* _ND_COMMON_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH drivers/nvdimm/common
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
