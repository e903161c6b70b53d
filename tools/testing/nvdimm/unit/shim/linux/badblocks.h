/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A list of bad blocks as v6.7 and older have it, for who links one in (test_bad_list.c): by int,
 * and 0 is success. What drivers use is the compat layer's view of it, as there.
 */
#pragma once

#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/types.h>

#ifndef INT_MAX
#define INT_MAX		__INT_MAX__
#endif

#define BB_MAX_LEN	512
#define MAX_BADBLOCKS	512

struct badblocks {
	int count;
	struct {
		sector_t first;
		int nr;
	} entry[MAX_BADBLOCKS];
};

int badblocks_set(struct badblocks *bb, sector_t s, int sectors, int acknowledged);
int badblocks_clear(struct badblocks *bb, sector_t s, int sectors);
int badblocks_check(struct badblocks *bb, sector_t s, int sectors, sector_t *first_bad,
		    int *bad_sectors);

#include <compat/badblocks.h>
