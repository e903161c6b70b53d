/* SPDX-License-Identifier: GPL-2.0 */
/* What docs/reasons.md says of each reason: its table, and no second one. */
#ifndef _NDSTACK_ADVICE_H
#define _NDSTACK_ADVICE_H

#include <nd/reason.h>

struct advice {
	const char *happened;
	const char *what_to_do;
};

/* advice_of() - Return: both are "" for what is no reason of the table. */
const struct advice *advice_of(enum nd_reason reason);

#endif /* _NDSTACK_ADVICE_H */
