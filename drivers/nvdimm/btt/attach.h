/* SPDX-License-Identifier: GPL-2.0 */
/* The door of nd_btt, for nd_pmem, the driver that btt devices bind to. */
#ifndef _ND_BTT_ATTACH_H
#define _ND_BTT_ATTACH_H

#include "claim/claim.h"

int nvdimm_namespace_attach_btt(struct nd_namespace_common *ndns);
void nvdimm_namespace_btt_notify(struct nd_btt *nd_btt, enum nvdimm_event event);

#endif /* _ND_BTT_ATTACH_H */
