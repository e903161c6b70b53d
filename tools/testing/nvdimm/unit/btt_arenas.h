/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An arena for each test of a BTT: @a, of ARENA bytes at the start of @m, made and open before it
 * and freed after it.
 */
#pragma once

#include <linux/sizes.h>
#include "btt_sim.h"
#include "btt/arena.h"
#include "btt/ondisk.h"
#include "btt/format.h"
#include "btt/io.h"

#define ARENA	SZ_64K

extern struct btt_media m;
extern struct btt_arena a;
extern struct nd_media_btt info;
extern struct btt_layout layout;	/* what probe() has found */
extern enum nd_reason reason;

struct btt_recipe recipe(void);
void blank(u64 size);
void make(u64 size);
int probe(u64 start, u64 size);
void open_arena(struct btt_arena *a, u64 start, enum nd_reason want);
void reopen(enum nd_reason want);
int fail_read(struct btt_arena *a, u32 lba);
struct btt_log_group *group_of(struct btt_arena *a, u32 lane);
__le32 *map_of(struct btt_arena *a, u32 lba);
u8 *image(void);
void assert_untouched(u8 *before);
