// SPDX-License-Identifier: GPL-2.0
/*
 * __assign_str() of trace events lost its source argument: v6.10,
 * 2c92ca849fcc ("tracing/treewide: Remove second parameter of __assign_str()").
 * Only the number of macro arguments is asked for: nothing is expanded.
 */
#include <linux/stringify.h>
#include <linux/tracepoint.h>
#include <linux/trace_events.h>
#include <trace/stages/stage6_event_callback.h>

const char probe[] = __stringify((__assign_str(name)));
