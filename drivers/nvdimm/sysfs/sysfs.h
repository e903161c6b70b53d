/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What devices show. The rooms below know no name of it: each is given its own (main.c), so that
 * what decides does not call, nor point to, what explains.
 */
#ifndef _ND_GROUPS_H
#define _ND_GROUPS_H

#include <linux/types.h>

struct attribute_group;

extern const struct attribute_group *nd_bus_groups[];		/* sysfs/bus.c */
extern const struct attribute_group *nvdimm_groups[];		/* sysfs/dimm.c */
extern const struct attribute_group *nd_region_groups[];	/* sysfs/region.c */
extern const struct attribute_group *nd_ns_groups[];		/* sysfs/namespace.c */

/* ---- features.c ---- */

#define ND_FEATURES_LINE 160	/* bytes of names in the log */

/* nd_features_show() - "NAME VALUE" or "NAME VALUE: REASON", a line each */
ssize_t nd_features_show(char *buf);

/* nd_features_log() - one line of the log: what is not there */
void nd_features_log(void);

#endif /* _ND_GROUPS_H */
