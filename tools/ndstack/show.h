/* SPDX-License-Identifier: GPL-2.0 */
/* A report in words, and as JSON. */
#ifndef _NDSTACK_SHOW_H
#define _NDSTACK_SHOW_H

#include <stdint.h>
#include <stdio.h>
#include "infoblock.h"

/* The word for a state: "none", "clean", "dirty", "foreign", "interrupted", "damaged". */
const char *show_state(enum infoblock_state state);

/* What there is, and what it means, a fact a line. */
void show_text(FILE *out, const char *path, uint64_t size, const struct infoblock_report *report);

/* One object, for jq. */
void show_json(FILE *out, const char *path, uint64_t size, const struct infoblock_report *report);

#endif /* _NDSTACK_SHOW_H */
