// SPDX-License-Identifier: GPL-2.0
/* Map entries, UEFI 2.10 §6.3.5: 30 bits of block number and two flags. Pure. */
#include "btt/map.h"
#include "layout/btt_info.h"

struct btt_mapping btt_map_decode(u32 raw, u32 lba)
{
	struct btt_mapping m = { .block = raw & BTT_MAP_BLOCK };

	switch (raw & BTT_MAP_NORMAL) {
	case 0:
		/* as formatted: the block of the sector's own number, whatever the bits say */
		m.block = lba;
		break;
	case BTT_MAP_ZERO:
		m.zero = true;
		break;
	case BTT_MAP_ERROR:
		m.error = true;
		break;
	}
	return m;
}

u32 btt_map_encode(const struct btt_mapping *m)
{
	if (m->error)
		return m->block | BTT_MAP_ERROR;
	if (m->zero)
		return m->block | BTT_MAP_ZERO;
	return m->block | BTT_MAP_NORMAL;
}
