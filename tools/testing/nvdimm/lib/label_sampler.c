// SPDX-License-Identifier: GPL-2.0
/* States for another driver to be asked about: label_sampler.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../provider/machine.h"
#include "label_sample.h"
#include "label_sampler.h"

#define SAMPLE_CHUNK	256

static struct {
	FILE *out;
	u64 every;
	u64 due;		/* states until the next */
	u64 taken, healed;
} sampler;

void sampler_start(void)
{
	const char *out = getenv("SAMPLE_OUT"), *every = getenv("SAMPLE_EVERY");

	sampler.every = every ? strtoull(every, NULL, 0) : 1;
	sampler.due = sampler.every;
	sampler.out = out ? fopen(out, "w") : NULL;
	machine_assert(sampler.out || !out);
}

/* Is this state one for the sample? */
bool sampler_wants(void)
{
	if (!sampler.out || --sampler.due)
		return false;
	sampler.due = sampler.every;
	return true;
}

static void sampler_put(const void *bytes, size_t len)
{
	machine_assert(fwrite(bytes, len, 1, sampler.out) == 1);
}

static bool sampler_blank(const u8 *bytes)
{
	for (u32 i = 0; i < SAMPLE_CHUNK; i++)
		if (bytes[i])
			return false;
	return true;
}

/* The areas, without what is blank of them; gives the bytes it takes. */
static u32 sampler_areas(const struct machine *m, bool put)
{
	u32 total = 0;

	for (u32 i = 0; i < m->n; i++) {
		for (u32 at = 0; at < m->media[i].size; at += SAMPLE_CHUNK) {
			struct provider_bytes head = { i, at, SAMPLE_CHUNK };

			if (sampler_blank(m->media[i].bytes + at))
				continue;
			total += sizeof(head) + SAMPLE_CHUNK;
			if (!put)
				continue;
			sampler_put(&head, sizeof(head));
			sampler_put(m->media[i].bytes + at, SAMPLE_CHUNK);
		}
	}
	return total;
}

/* @healed: as our driver has left it, after a boot. */
void sampler_take(const struct machine *m, const struct view *v, bool healed)
{
	char line[192];
	int len = snprintf(line, sizeof(line), SAMPLE_RANGE, (1ull << 30) * m->n, SAMPLE_BASE, m->n,
			   m->media[0].size, MACHINE_COOKIE, m->mark.altcookie);
	struct label_sample head = {
		.magic = SAMPLE_MAGIC,
		.nns = v->nr,
		.bytes = len + sampler_areas(m, false),
	};

	sampler_put(&head, sizeof(head));
	for (u32 i = 0; i < v->nr; i++) {
		const struct ns_want *is = &v->ns[i].is;
		struct nd_label label = machine_label(m, is, 0);
		struct sample_ns ns = {
			.name = { is->name },
			.start = is->offset * m->n,
			.size = is->size * m->n,
		};

		memcpy(ns.uuid, &label.uuid, sizeof(ns.uuid));
		sampler_put(&ns, sizeof(ns));
	}
	sampler_put(line, len);
	sampler_areas(m, true);
	sampler.taken++;
	sampler.healed += healed;
}

void sampler_end(void)
{
	if (!sampler.out)
		return;
	machine_assert(!fclose(sampler.out));
	printf("## sample: %llu states, %llu of them as our driver has healed them\n",
	       sampler.taken, sampler.healed);
}
