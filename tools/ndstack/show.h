/* SPDX-License-Identifier: GPL-2.0 */
/* A report in words, and as JSON. */
#ifndef _NDSTACK_SHOW_H
#define _NDSTACK_SHOW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "base.h"
#include "infoblock.h"

/* The word for a state: "none", "clean", "dirty", "foreign", "interrupted", "damaged". */
const char *show_state(enum infoblock_state state);

/**
 * struct show_subject - what is spoken of
 * @path: of the medium
 * @size: its bytes
 * @report: of its info-block
 * @base: address that is asked about, if @asked
 * @asked: somebody wants to know what is served at @base
 */
struct show_subject {
	const char *path;
	uint64_t size;
	const struct infoblock_report *report;
	uint64_t base;
	bool asked;
};

/* What there is, and what it means, a fact a line. */
void show_text(FILE *out, const struct show_subject *subject);

/* One object, for jq. */
void show_json(FILE *out, const struct show_subject *subject);

#endif /* _NDSTACK_SHOW_H */
