/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every SAMPLE_EVERYth state of a crash test goes to the file SAMPLE_OUT, for
 * the in-tree driver to be asked about it.
 */
#ifndef _LABEL_SAMPLER_H
#define _LABEL_SAMPLER_H

#include <stdio.h>
#include "label_machine.h"
#include "../fake_dimms/label_sample.h"

#define SAMPLE_CHUNK	256

struct sampler {
	FILE *out;
	u64 every;
	u64 due;		/* states until the next */
	u64 taken, healed;
};

static inline void sampler_start(struct sampler *s)
{
	const char *out = getenv("SAMPLE_OUT"), *every = getenv("SAMPLE_EVERY");

	s->every = every ? strtoull(every, NULL, 0) : 1;
	s->due = s->every;
	s->out = out ? fopen(out, "w") : NULL;
	machine_assert(s->out || !out);
}

/* Is this state one for the sample? */
static inline bool sampler_wants(struct sampler *s)
{
	if (!s->out || --s->due)
		return false;
	s->due = s->every;
	return true;
}

static inline void sampler_put(struct sampler *s, const void *bytes, size_t len)
{
	machine_assert(fwrite(bytes, len, 1, s->out) == 1);
}

static inline bool sampler_blank(const u8 *bytes)
{
	u32 i;

	for (i = 0; i < SAMPLE_CHUNK; i++)
		if (bytes[i])
			return false;
	return true;
}

/* The areas, without what is blank of them; gives the bytes it takes. */
static inline u32 sampler_areas(struct sampler *s, const struct machine *m, bool put)
{
	u32 total = 0, i, at;

	for (i = 0; i < m->n; i++) {
		for (at = 0; at < m->media[i].size; at += SAMPLE_CHUNK) {
			struct fake_bytes head = { i, at, SAMPLE_CHUNK, 0 };

			if (sampler_blank(m->media[i].bytes + at))
				continue;
			total += sizeof(head) + SAMPLE_CHUNK;
			if (!put)
				continue;
			sampler_put(s, &head, sizeof(head));
			sampler_put(s, m->media[i].bytes + at, SAMPLE_CHUNK);
		}
	}
	return total;
}

static inline void sampler_take(struct sampler *s, const struct machine *m, const struct view *v)
{
	struct fake_machine machine = {
		.magic = FAKE_MAGIC,
		.ndimms = m->n,
		.nregions = 1,
		.area_size = m->media[0].size,
		.dimm_size = 1ull << 30,
		.base = 1ull << 40,
		.cookie = MACHINE_COOKIE,
	};
	struct label_sample head = {
		.magic = SAMPLE_MAGIC,
		.nns = v->nr,
		.bytes = sizeof(machine) + sampler_areas(s, m, false),
	};
	u32 i;

	sampler_put(s, &head, sizeof(head));
	for (i = 0; i < v->nr; i++) {
		const struct ns_want *is = &v->ns[i].is;
		struct nd_label label = machine_label(m, is, 0);
		struct sample_ns ns = {
			.name = { is->name },
			.start = is->offset * m->n,
			.size = is->size * m->n,
		};

		memcpy(ns.uuid, &label.uuid, sizeof(ns.uuid));
		sampler_put(s, &ns, sizeof(ns));
	}
	sampler_put(s, &machine, sizeof(machine));
	sampler_areas(s, m, true);
	s->taken++;
}

static inline void sampler_end(struct sampler *s)
{
	if (!s->out)
		return;
	machine_assert(!fclose(s->out));
	printf("## sample: %llu states, %llu of them as our driver has healed them\n", s->taken,
	       s->healed);
}

#endif
