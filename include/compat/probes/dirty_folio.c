// SPDX-License-Identifier: GPL-2.0
/*
 * address_space_operations.dirty_folio: v5.18,
 * 6f31a5a261db ("fs: Add aops->dirty_folio")
 */
#include <linux/fs.h>
#include <linux/pagemap.h>

const struct address_space_operations probe = { .dirty_folio = noop_dirty_folio };
