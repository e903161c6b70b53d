/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trace events of libnvdimm: /sys/kernel/tracing/events/libnvdimm.
 *
 *	nd_bind		a driver was asked to bind
 *	nd_label_write	bytes on their way to a label area
 *
 * And nd_fail, which is common/trace.h's.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM libnvdimm

#if !defined(_ND_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _ND_TRACE_H

#include <linux/device.h>
#include <linux/tracepoint.h>

TRACE_EVENT(nd_bind,
	TP_PROTO(const struct device *dev, int rc),
	TP_ARGS(dev, rc),
	TP_STRUCT__entry(
		__string(name, dev_name(dev))
		__field(int, rc)
	),
	TP_fast_assign(
		compat_assign_str(name, dev_name(dev));
		__entry->rc = rc;
	),
	TP_printk("dev=%s rc=%d", __get_str(name), __entry->rc)
);

TRACE_EVENT(nd_label_write,
	TP_PROTO(const struct device *dimm, u32 offset, u32 length),
	TP_ARGS(dimm, offset, length),
	TP_STRUCT__entry(
		__string(name, dev_name(dimm))
		__field(u32, offset)
		__field(u32, length)
	),
	TP_fast_assign(
		compat_assign_str(name, dev_name(dimm));
		__entry->offset = offset;
		__entry->length = length;
	),
	TP_printk("dimm=%s offset=%#x length=%u", __get_str(name), __entry->offset,
		  __entry->length)
);

#endif /* _ND_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH drivers/nvdimm/core
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
