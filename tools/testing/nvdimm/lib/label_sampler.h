/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every SAMPLE_EVERYth state of a crash test goes to the file SAMPLE_OUT, for
 * the in-tree driver to be asked about it.
 */
#pragma once

#include "label_sim.h"

void sampler_start(void);
bool sampler_wants(void);
void sampler_take(const struct machine *m, const struct view *v, bool healed);
void sampler_end(void);
