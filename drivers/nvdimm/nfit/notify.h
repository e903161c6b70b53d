/* SPDX-License-Identifier: GPL-2.0 */
/* What firmware tells on its own. */
#ifndef _NFIT_NOTIFY_H
#define _NFIT_NOTIFY_H

#include <linux/acpi.h>

void nfit_notify(acpi_handle handle, u32 event, void *data);

#endif /* _NFIT_NOTIFY_H */
