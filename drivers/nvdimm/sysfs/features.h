/* SPDX-License-Identifier: GPL-2.0 */
/* What this build can do on this kernel. */
#ifndef _ND_FEATURES_H
#define _ND_FEATURES_H

#include <linux/types.h>

#define ND_FEATURES_LINE 160	/* bytes of names in the log */

/* nd_features_show() - "NAME VALUE" or "NAME VALUE: REASON", a line each */
ssize_t nd_features_show(char *buf);

/* nd_features_say() - one line of the log: what is not there */
void nd_features_say(void);

#endif /* _ND_FEATURES_H */
