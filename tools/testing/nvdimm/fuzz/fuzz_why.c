// SPDX-License-Identifier: GPL-2.0
/* Any line as a last_error; any text as snapshots, a command line, a name of device-mapper's. */
/* objects: tools/ndstack/why.c tools/ndstack/reason_line.c tools/ndstack/snapshots.c */
/* objects: tools/ndstack/holder_name.c */
/* max_len: 600 */
#include "nd_fuzz.h"
#include "holder.h"
#include "snapshots.h"
#include "why.h"

static struct why_device subject(u32 pick)
{
	struct why_device d = {
		.name = "namespace0.0", .kind = pick % (WHY_DEVDAX + 1), .mode = "fsdax",
		.map = pick & 16 ? "dev" : "",
		.dimms = { { .name = "nmem0", .snapshot = pick & 32 ? 1 : -1 } }, .nr_dimms = 1,
		.processes = { { .pid = 7 } }, .nr_processes = !!(pick & 64),
	};

	if (pick & 128)
		strcpy(d.space, "namespace0.0");
	if (pick & 256)
		strcpy(d.region, "region0");
	if (pick & 512)
		strcpy(d.devdax, "dax0.0");
	if (pick & 1024)
		strcpy(d.seed, "btt0.0");
	if (pick & 2048) {
		strcpy(d.disk, "pmem0");
		d.bad[d.nr_bad++] = (struct why_extent) { pick, ~0ull };
	}
	if (d.kind == WHY_DIMM)
		strcpy(d.name, "nmem0");
	return d;
}

/* What a person is to type does just that: nothing that a shell takes apart, but a redirection. */
static void check_command(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		" -_./,:>'";
	const char *to = strchr(text, '>');

	fuzz_assert(*text && !text[strspn(text, plain)]);
	fuzz_assert(!to || (!strncmp(text, "echo ", 5) && !strncmp(to, ">/sys/", 6)));
	fuzz_assert(!to || !strchr(to + 1, '>'));
	fuzz_assert(!to || !strchr(to, ' '));
	fuzz_assert(to || !strncmp(text, "ndctl ", 6) || !strncmp(text, "daxctl ", 7) ||
		    !strncmp(text, "kill ", 5) || !strncmp(text, "blkdiscard ", 11) ||
		    !strncmp(text, "ps ", 3) || !strncmp(text, "ndstack ", 8));
}

void fuzz_one(struct fuzz_in *in)
{
	struct why_device device = subject(fuzz_u64(in));
	char text[512] = "", volume[64];
	struct reason_name name = { };
	unsigned int names = 0;
	struct reason_line line;
	struct why_help help;
	const char *at = text;

	fuzz_take(in, text, sizeof(text) - 1);
	snapshots_best(text);
	holder_volume(text, volume, sizeof(volume));
	holder_machine(text, sizeof(text), volume, sizeof(volume));
	while (reason_name_next(&at, &name)) {
		fuzz_assert(at >= text && at <= text + strlen(text));
		fuzz_assert(name.name[0] && reason_name_is(name.name, name.kind));
		fuzz_assert(names++ < 512 * REASON_SPAN_MAX);
	}
	if (!reason_line_split(text, &line))
		return;
	fuzz_assert(*line.error && *line.token && *line.sentence);
	why_help(&device, &line, &help);
	fuzz_assert(help.nr <= WHY_COMMANDS);
	for (unsigned int i = 0; i < help.nr; i++) {
		check_command(help.commands[i].text);
		fuzz_assert(!i || help.commands[i].way - help.commands[i - 1].way <= 1);
	}
}

void fuzz_seeds(void)
{
	static const char *const lines[] = {
		"EADDRINUSE conflict: shares with namespace0.1 at 0x1; disable that first, or",
		"EBUSY busy: dax0.0: memory41, memory44-45 cannot be taken offline: pages",
		"EBADMSG checksum: label slot 3 is not valid (1 of 2 active slots are bad)",
		"ENXIO checksum: a copy at 0x1 is of BTT 6ac9d1a4-3b16-4a3c-8b64-1b0b0a4e6a01, sector_size 512: give that to a btt device to restore it",
		"EOPNOTSUPP mode: the info-block of namespace0.0 has mode ram and align 4096, configured are pmem and 1",
		"EBUSY busy: unbound, and draining: x",
		"ENXIO locked: nmem0 is locked: unlock it",
		"ENXIO disabled: nmem0 is disabled",
		"0 17 before-write 1.2 2\n1 16 bound 1.2 3\n",
	};
	char seed[520], name[16];

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		memset(seed, 0xff, 8);
		snprintf(seed + 8, sizeof(seed) - 8, "%s", lines[i]);
		snprintf(name, sizeof(name), "%zu", i);
		fuzz_seed(name, seed, 8 + strlen(lines[i]) + 1);
	}
}
