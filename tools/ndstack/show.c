// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>
#include "show.h"

#define READERS	(PFN_INFO_MINOR + 1)

static const char * const states[] = {
	[INFOBLOCK_NONE] = "none",
	[INFOBLOCK_CLEAN] = "clean",
	[INFOBLOCK_DIRTY] = "dirty",
	[INFOBLOCK_FOREIGN] = "foreign",
	[INFOBLOCK_INTERRUPTED] = "interrupted",
	[INFOBLOCK_DAMAGED] = "damaged",
};

static const char * const readers[] = {
	[INFOBLOCK_READER_FULL] = "full",
	[INFOBLOCK_READER_ASTRAY] = "astray",
	[INFOBLOCK_READER_TRUSTS] = "trusts-dirt",
	[INFOBLOCK_READER_REFUSES] = "refuses",
};

static const char * const meaning[] = {
	[INFOBLOCK_READER_FULL] = "reads it",
	[INFOBLOCK_READER_ASTRAY] = "knows no start_pad: would serve other bytes",
	[INFOBLOCK_READER_TRUSTS] = "may take the set bytes for fields: scrub it first",
	[INFOBLOCK_READER_REFUSES] = "refuses it",
};

static const char *advice(const struct infoblock_report *r)
{
	switch (r->state) {
	case INFOBLOCK_NONE:
		return "raw or sector mode, or the disk of an fsdax namespace, which begins later";
	case INFOBLOCK_CLEAN:
		return r->minor < 3 ? "a scrub would raise it to 1.3" : "nothing to do";
	case INFOBLOCK_DIRTY:
		return "--scrub zeroes the bytes that mean nothing";
	case INFOBLOCK_FOREIGN:
		return "written by a later format: left alone";
	case INFOBLOCK_INTERRUPTED:
		return "a scrub was cut short; its copy is whole: run --scrub again";
	case INFOBLOCK_DAMAGED:
		return "left alone: restore it from a backup, or write the namespace anew";
	}
	return "";
}

const char *show_state(enum infoblock_state state)
{
	return states[state];
}

static void show_uuid(FILE *out, const uuid_t *uuid)
{
	for (int i = 0; i < 16; i++)
		fprintf(out, "%s%02x", i % 2 == 0 && i >= 4 && i <= 10 ? "-" : "", uuid->b[i]);
}

static const char *kind(const struct pfn_info *info)
{
	return info->dax ? "devdax" : "fsdax";
}

static const char *memmap_place(const struct pfn_info *info)
{
	return info->mode == ND_PFN_MODE_PMEM ? "dev" : "mem";
}

static void text_dirt(FILE *out, const struct infoblock_report *r)
{
	fprintf(out, "  set bytes    %u without a meaning in 1.%u, at", r->dirty_bytes, r->minor);
	for (unsigned int i = 0; i < r->nr_runs; i++)
		fprintf(out, " %u-%u", r->runs[i].first, r->runs[i].last);
	fprintf(out, "%s\n", r->nr_runs == INFOBLOCK_RUNS ? " …" : "");
}

static void text_fields(FILE *out, uint64_t size, const struct pfn_info *info)
{
	uint64_t bytes, page = info->page_size ?: 4096;

	fprintf(out, "  uuid         ");
	show_uuid(out, &info->uuid);
	fprintf(out, "\n  made in      ");
	show_uuid(out, &info->parent_uuid);
	fprintf(out, "\n  memmap       %s\n", memmap_place(info));
	if (__builtin_mul_overflow(info->npfns, page, &bytes))
		bytes = UINT64_MAX;
	fprintf(out, "  data         %llu bytes from byte %#llx\n", (unsigned long long)bytes,
		(unsigned long long)info->start_pad + info->dataoff);
	fprintf(out, "  pads         %#x before, %#x behind\n", info->start_pad, info->end_trunc);
	if (info->align)
		fprintf(out, "  align        %u\n", info->align);
	if (info->page_size)
		fprintf(out, "  page size    %u, struct page %u\n", info->page_size,
			info->page_struct_size);
	if (bytes > size || info->dataoff > size ||
	    bytes + info->dataoff + info->start_pad + info->end_trunc > size)
		fprintf(out, "  beware       its %llu bytes do not hold that\n",
			(unsigned long long)size);
}

static const char * const services[] = {
	[BASE_FULL] = "full",
	[BASE_DATA_ONLY] = "data-only",
	[BASE_REFUSED] = "refused",
};

static const char * const offers[] = {
	[BASE_FULL] = "everything",
	[BASE_DATA_ONLY] = "data without dax",
	[BASE_REFUSED] = "refused",
};

static void text_base(FILE *out, uint64_t base, uint64_t size, const struct pfn_info *info)
{
	struct base_verdict v;

	base_judge(info, base, size, &v);
	fprintf(out, "  at %#llx: %s", (unsigned long long)base, offers[v.service]);
	if (v.reason != ND_REASON_OK)
		fprintf(out, v.service == BASE_FULL ? ", memmap in DRAM (%s)" : " (%s)",
			nd_reason_token(v.reason));
	if (v.service == BASE_REFUSED) {
		fprintf(out, "; in raw mode the bytes can be read\n");
		return;
	}
	if (v.align)
		fprintf(out, ", pages of at most %u bytes", v.align);
	fprintf(out, "\n    usable %llu, memmap %llu, pad %llu; memmap in DRAM at most %llu\n",
		(unsigned long long)v.layout.usable, (unsigned long long)v.layout.memmap_dev,
		(unsigned long long)pfn_layout_pad(&v.layout),
		(unsigned long long)v.layout.memmap_dram);
}

void show_text(FILE *out, const struct show_subject *subject)
{
	const struct infoblock_report *r = subject->report;

	fprintf(out, "%s: %s", subject->path, states[r->state]);
	if (r->state == INFOBLOCK_NONE) {
		fprintf(out, ": no info-block at byte %u: %s\n", ND_INFO_OFFSET, advice(r));
		return;
	}
	fprintf(out, "%s%s: %s\n", r->reason ? ": " : "", r->reason ? nd_reason_token(r->reason) : "",
		advice(r));
	fprintf(out, "  kind         %s, version %u.%u, flags %#x\n", kind(&r->info), r->major,
		r->minor, r->flags);
	if (r->reason != ND_REASON_OK)
		return;
	text_fields(out, subject->size, &r->info);
	if (r->dirty_bytes)
		text_dirt(out, r);
	if (r->leftover)
		fprintf(out, "  left over    a copy at byte %d, of a cut scrub\n", r->spare);
	for (int minor = 0; minor < READERS; minor++)
		fprintf(out, "  reader 1.%d   %s\n", minor, meaning[infoblock_reader(r, minor)]);
	if (subject->asked)
		text_base(out, subject->base, subject->size, &r->info);
}

static void json_string(FILE *out, const char *s)
{
	fputc('"', out);
	for (; *s; s++) {
		unsigned char c = *s;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20)
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void json_fields(FILE *out, const struct pfn_info *info)
{
	fprintf(out, ",\"uuid\":\"");
	show_uuid(out, &info->uuid);
	fprintf(out, "\",\"parent_uuid\":\"");
	show_uuid(out, &info->parent_uuid);
	fprintf(out, "\",\"map\":\"%s\",\"dataoff\":%llu,\"npfns\":%llu", memmap_place(info),
		(unsigned long long)info->dataoff, (unsigned long long)info->npfns);
	fprintf(out, ",\"start_pad\":%u,\"end_trunc\":%u,\"align\":%u", info->start_pad,
		info->end_trunc, info->align);
	fprintf(out, ",\"page_size\":%u,\"page_struct_size\":%u", info->page_size,
		info->page_struct_size);
}

static void json_base(FILE *out, uint64_t base, uint64_t size, const struct pfn_info *info)
{
	struct base_verdict v;

	base_judge(info, base, size, &v);
	fprintf(out, ",\"base\":{\"at\":%llu,\"service\":\"%s\",\"reason\":\"%s\"",
		(unsigned long long)base, services[v.service], nd_reason_token(v.reason));
	if (v.service != BASE_REFUSED)
		fprintf(out, ",\"usable\":%llu,\"memmap\":%llu,\"pad\":%llu,"
			"\"memmap_dram\":%llu,\"align\":%u",
			(unsigned long long)v.layout.usable,
			(unsigned long long)v.layout.memmap_dev,
			(unsigned long long)pfn_layout_pad(&v.layout),
			(unsigned long long)v.layout.memmap_dram, v.align);
	fprintf(out, "}");
}

static void json_dirt(FILE *out, const struct infoblock_report *r)
{
	fprintf(out, ",\"dirty_bytes\":%u,\"dirty\":[", r->dirty_bytes);
	for (unsigned int i = 0; i < r->nr_runs; i++)
		fprintf(out, "%s[%u,%u]", i ? "," : "", r->runs[i].first, r->runs[i].last);
	fprintf(out, "],\"leftover\":%s", r->leftover ? "true" : "false");
}

static void json_readers(FILE *out, const struct infoblock_report *r)
{
	fprintf(out, ",\"readers\":{");
	for (int minor = 0; minor < READERS; minor++)
		fprintf(out, "%s\"1.%d\":\"%s\"", minor ? "," : "", minor,
			readers[infoblock_reader(r, minor)]);
	fprintf(out, "}");
}

void show_json(FILE *out, const struct show_subject *subject)
{
	const struct infoblock_report *r = subject->report;

	fprintf(out, "{\"path\":");
	json_string(out, subject->path);
	fprintf(out, ",\"size\":%llu,\"state\":\"%s\"", (unsigned long long)subject->size,
		states[r->state]);
	if (r->state != INFOBLOCK_NONE)
		fprintf(out,
			",\"reason\":\"%s\",\"kind\":\"%s\",\"version\":\"%u.%u\",\"flags\":%u",
			nd_reason_token(r->reason), kind(&r->info), r->major, r->minor, r->flags);
	if (r->reason == ND_REASON_OK) {
		json_fields(out, &r->info);
		json_dirt(out, r);
		json_readers(out, r);
		if (subject->asked)
			json_base(out, subject->base, subject->size, &r->info);
	}
	fprintf(out, "}\n");
}
