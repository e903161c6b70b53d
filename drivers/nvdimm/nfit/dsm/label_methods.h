/* SPDX-License-Identifier: GPL-2.0 */
/* _LSI, _LSR, _LSW (ACPI 6.5 §6.5.10). */
#ifndef _NFIT_DSM_LABEL_METHODS_H
#define _NFIT_DSM_LABEL_METHODS_H

#include <linux/acpi.h>
#include <linux/types.h>

struct nfit_reply;

/* Their replies look as those of the _DSM functions do. */
int nfit_label_info(acpi_handle handle, struct nfit_reply *reply);
int nfit_label_read(acpi_handle handle, u32 offset, u32 length, struct nfit_reply *reply);
int nfit_label_write(acpi_handle handle, u32 offset, u32 length, void *data,
		     struct nfit_reply *reply);

#endif /* _NFIT_DSM_LABEL_METHODS_H */
