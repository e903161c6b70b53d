// SPDX-License-Identifier: GPL-2.0
/* Does anybody have a page that turned bad? See page.h. Pure. */
#include <linux/types.h>
#include "kmem/page.h"

bool kmem_page_idle(const struct kmem_page_facts *facts)
{
	if (!facts->poisoned || facts->compound || facts->slab || facts->lru || facts->mapped)
		return false;
	switch (facts->contents) {
	case KMEM_CONTENTS_ANON:
		return facts->refs == 1;
	case KMEM_CONTENTS_SHMEM:
		/* the page cache's, too */
		return facts->refs == 2;
	case KMEM_CONTENTS_NONE:
		/* a page of the kernel's own has one reference as well, and looks alike */
		return facts->refs == 1 && (facts->taken || facts->off_buddy);
	case KMEM_CONTENTS_FILE:
		break;
	}
	return false;
}
