/* SPDX-License-Identifier: GPL-2.0 */
/* libnvdimm answers common/range.h: what it knows of its regions. */
#ifndef _ND_MEMORY_H
#define _ND_MEMORY_H

void nd_memory_init(void);
void nd_memory_exit(void);

#endif /* _ND_MEMORY_H */
