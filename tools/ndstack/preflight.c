// SPDX-License-Identifier: GPL-2.0
/* What becomes of a machine under ndstack. Pure: see preflight.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <linux/sizes.h>
#include "base.h"
#include "label/area.h"
#include "preflight.h"

static void say(struct preflight_finding *out, enum preflight_verdict verdict, const char *what,
		const char *format, ...)
{
	va_list words;

	out->verdict = verdict;
	out->what = what;
	va_start(words, format);
	vsnprintf(out->text, sizeof(out->text), format, words);
	va_end(words);
}

const char *preflight_word(enum preflight_verdict verdict)
{
	static const char *const words[] = { "ok", "less", "maybe", "fail" };

	return words[verdict];
}

/* The kernel's own cannot be replaced then, but kept from starting. */
static void judge_built_in(const struct preflight_kernel *k, struct preflight_finding *out)
{
	const enum preflight_verdict bad = k->running ? PREFLIGHT_FAIL : PREFLIGHT_MAYBE;

	if (k->kept)
		say(out, PREFLIGHT_OK, "drivers",
		    "the kernel's own are built in, and its command line keeps them from starting");
	else if (*k->initcalls)
		say(out, bad, "drivers",
		    "%s has its own built in (CONFIG_LIBNVDIMM=y): ours take their place when it is booted with initcall_blacklist=%s%s",
		    k->release, k->initcalls, k->cxl_pmem ? " module_blacklist=cxl_pmem" : "");
	else
		say(out, bad, "drivers",
		    "%s has its own built in (CONFIG_LIBNVDIMM=y): ours take their place when it is booted with initcall_blacklist= and the functions that start them, but no System.map of it is to be read, which names these",
		    k->release);
}

static void judge_drivers(const struct preflight_kernel *k, struct preflight_finding *out)
{
	if (!k->installed)
		say(out, PREFLIGHT_FAIL, "drivers",
		    "kernel %s is not installed here: install it, or name another with --kernel",
		    k->release);
	else if (k->half_dkms)
		say(out, PREFLIGHT_FAIL, "drivers",
		    "dkms has a tree of ndstack without its source: rm -r /var/lib/dkms/ndstack, and install again");
	else if (k->libnvdimm == PREFLIGHT_BUILT_IN)
		judge_built_in(k, out);
	else if (k->libnvdimm == PREFLIGHT_UNKNOWN)
		say(out, PREFLIGHT_MAYBE, "drivers",
		    "the configuration of %s is not to be read, so whether its drivers are modules is not known",
		    k->release);
	else
		say(out, PREFLIGHT_OK, "drivers", "%s", k->libnvdimm == PREFLIGHT_MODULE ?
		    "the kernel's own are modules" : "the kernel has none of its own");
}

static void judge_headers(const struct preflight_kernel *k, struct preflight_finding *out)
{
	if (k->headers)
		say(out, PREFLIGHT_OK, "headers", "are installed");
	else
		say(out, PREFLIGHT_FAIL, "headers",
		    "are missing, which modules are built with: apt install linux-headers-%s, or dnf install kernel-devel-%s",
		    k->release, k->release);
}

static void judge_compiler(const struct preflight_kernel *k, struct preflight_finding *out)
{
	const char *name = *k->compiler ? k->compiler : "gcc";

	if (k->compiler_there)
		say(out, PREFLIGHT_OK, "compiler", "%s is there", name);
	else
		say(out, PREFLIGHT_FAIL, "compiler",
		    "%s is missing: apt install %s, or dnf install gcc", name, name);
}

enum preflight_dax preflight_dax(bool alloc_dax, bool dax_driver_register, bool devm_create_dev_dax)
{
	if (!alloc_dax)
		return PREFLIGHT_DAX_UNREAD;
	if (!dax_driver_register)
		return PREFLIGHT_DAX_NONE;
	return devm_create_dev_dax ? PREFLIGHT_DAX_TODAY : PREFLIGHT_DAX_OLD;
}

static void judge_btf(const struct preflight_kernel *k, struct preflight_finding *out)
{
	if (k->zone_device == PREFLIGHT_NO)
		say(out, PREFLIGHT_LESS, "btf",
		    "the kernel has no CONFIG_ZONE_DEVICE: device_dax, dax_pmem, kmem and dax_hmem are left out");
	else if (k->dax == PREFLIGHT_DAX_OLD)
		say(out, PREFLIGHT_LESS, "btf",
		    "the kernel's dax bus is that of v5.1 to v5.9: device_dax, dax_pmem, kmem and dax_hmem are left out, and devdax is not served; BTF would not help");
	else if (k->dax == PREFLIGHT_DAX_NONE)
		say(out, PREFLIGHT_OK, "btf", "is not needed: the kernel has no dax bus, and gets one");
	else if (k->btf)
		say(out, PREFLIGHT_OK, "btf", "is there, or an image that should have it");
	else
		say(out, PREFLIGHT_LESS, "btf",
		    "is missing: device_dax, dax_pmem, kmem and dax_hmem are left out, and devdax is not served; apt install linux-image-%s",
		    k->release);
}

bool preflight_setting(const char *line, const char *name, const char *release, char *value,
		       size_t size)
{
	static const char *const spelt[] = { "$kernelver", "${kernelver}" };
	size_t len = strlen(name), out = 0;
	char got[256], quote;

	line += strspn(line, " \t");
	if (strncmp(line, name, len) || line[len] != '=')
		return false;
	line += len + 1;
	quote = *line == '"' || *line == '\'' ? *line++ : 0;
	while (*line && *line != '\n' && (quote ? *line != quote : !strchr(" \t#;", *line))) {
		const char *put = line;
		size_t many = 1, skip = 1;

		for (int i = 0; quote != '\'' && i < 2; i++)
			if (!strncmp(line, spelt[i], strlen(spelt[i]))) {
				put = release;
				many = strlen(release);
				skip = strlen(spelt[i]);
			}
		if (out + many >= size || out + many >= sizeof(got))
			return false;
		memcpy(got + out, put, many);
		out += many;
		line += skip;
	}
	if (!out)
		return false;
	got[out] = 0;
	strcpy(value, got);
	return true;
}

static void judge_key(const struct preflight_kernel *k, struct preflight_finding *out)
{
	if (!k->sealed)
		say(out, PREFLIGHT_OK, "key", "unsigned modules are taken");
	else if (!k->key)
		say(out, PREFLIGHT_FAIL, "key",
		    "only signed modules are taken (Secure Boot), and dkms has no key: openssl req -new -x509 -nodes -days 36500 -newkey rsa:2048 -subj /CN=dkms -keyout %s -outform DER -out %s; mokutil --import %s; reboot, and confirm it there",
		    k->signing_key, k->certificate, k->certificate);
	else if (!k->key_known)
		say(out, PREFLIGHT_FAIL, "key",
		    "only signed modules are taken (Secure Boot), and the key of dkms is not enrolled: mokutil --import %s; reboot, and confirm it there",
		    k->certificate);
	else
		say(out, PREFLIGHT_OK, "key", "the key of dkms is enrolled");
}

unsigned int preflight_kernel(const struct preflight_kernel *kernel, struct preflight_finding *out)
{
	judge_drivers(kernel, out);
	/* whatever is missing beside that, it is not what stands in the way */
	if (out->verdict == PREFLIGHT_FAIL && !kernel->half_dkms)
		return 1;
	judge_headers(kernel, out + 1);
	judge_compiler(kernel, out + 2);
	judge_btf(kernel, out + 3);
	judge_key(kernel, out + 4);
	return PREFLIGHT_KERNEL_FINDINGS;
}

/* What takes and gives none of our private structs has the version that the kernel's own has. */
static bool same_version(const char *symbol)
{
	return !strcmp(symbol, "nfit_get_smbios_id");
}

void preflight_importer(const struct preflight_kernel *kernel, const char *const *symbols,
			unsigned int nr, bool proof, bool in_use, struct preflight_finding *out)
{
	const enum preflight_verdict bad = in_use ? PREFLIGHT_FAIL : PREFLIGHT_LESS;
	const char *loaded = "";
	const char *other = NULL;

	if (in_use)
		loaded = "; it is loaded now: where it is not needed, modprobe -r it";
	for (unsigned int i = 0; symbols && !other && i < nr; i++)
		if (!same_version(symbols[i]))
			other = symbols[i];
	if (!symbols)
		say(out, PREFLIGHT_MAYBE, "module",
		    "what it takes from libnvdimm is not to be read, so whether it loads on ours is not known");
	else if (other && !kernel->modversions)
		say(out, PREFLIGHT_MAYBE, "module",
		    "loads, as this kernel compares no versions of symbols, and has not been tried");
	else if (other)
		say(out, bad, "module",
		    "will not load on ours: %s has another version there%s", other, loaded);
	else if (!proof || !kernel->modversions)
		say(out, PREFLIGHT_OK, "module", "loads on ours as on the kernel's own");
	else if (kernel->btf)
		say(out, PREFLIGHT_MAYBE, "module",
		    "loads on ours, unless their build finds that what it takes is not what the headers say");
	else
		say(out, bad, "module",
		    "will not load on ours: to prove that it may, their build needs the kernel's BTF%s",
		    loaded);
}

/* What it is served as today, as an info-block would say it. */
static void judge_pages(const struct preflight_space *s, struct preflight_finding *out)
{
	struct pfn_info info = {
		.dax = s->mode == PREFLIGHT_DEVDAX,
		.minor = PFN_INFO_MINOR,
		.dataoff = s->data - s->base,
		.npfns = s->data_size / SZ_4K,
		.mode = s->map_on_media ? ND_PFN_MODE_PMEM : ND_PFN_MODE_RAM,
		.end_trunc = s->base + s->size - (s->data + s->data_size),
		.align = s->align,
		.page_size = SZ_4K,
		.page_struct_size = 64,
	};
	struct base_verdict verdict;

	if (s->data < s->base || s->data - s->base > s->size ||
	    s->data_size > s->size - (s->data - s->base)) {
		say(out, PREFLIGHT_FAIL, "namespace", "its data are said to lie outside of it (%s)",
		    nd_reason_token(ND_REASON_BOUNDS));
		return;
	}
	base_judge(&info, s->base, s->size, &verdict);
	if (verdict.service == BASE_FULL)
		say(out, PREFLIGHT_OK, "namespace", "enables with the same bytes, in pages of up to %u KiB",
		    verdict.align / 1024);
	else if (verdict.service == BASE_DATA_ONLY)
		say(out, PREFLIGHT_LESS, "namespace", "enables with the same bytes, without dax (%s)",
		    nd_reason_token(verdict.reason));
	else
		say(out, PREFLIGHT_FAIL, "namespace", "will be refused (%s): docs/reasons.md says what helps",
		    nd_reason_token(verdict.reason));
}

static void judge_raw(const struct preflight_space *s, struct preflight_finding *out)
{
	switch (s->report ? s->report->state : INFOBLOCK_NONE) {
	case INFOBLOCK_NONE:
		say(out, s->report ? PREFLIGHT_OK : PREFLIGHT_MAYBE, "namespace", "%s", s->report ?
		    "enables with the same bytes" : "its first bytes are not to be read");
		return;
	case INFOBLOCK_CLEAN:
	case INFOBLOCK_DIRTY:
		say(out, PREFLIGHT_LESS, "namespace",
		    "is raw, and has an info-block: once enabled anew it is %s, as under the kernel's own",
		    s->report->info.dax ? "devdax" : "fsdax");
		return;
	default:
		say(out, PREFLIGHT_FAIL, "namespace",
		    "its info-block is not to be used (%s): see ndstack info",
		    nd_reason_token(s->report->reason));
	}
}

void preflight_space(const struct preflight_space *s, struct preflight_finding *out)
{
	if (!s->enabled)
		say(out, PREFLIGHT_MAYBE, "namespace",
		    "is disabled, so what lies in it is not to be seen: enable it, or look at it raw with ndstack info");
	else if (s->mode == PREFLIGHT_SECTOR)
		say(out, PREFLIGHT_OK, "namespace", "enables with the same bytes");
	else if (s->mode == PREFLIGHT_RAW)
		judge_raw(s, out);
	else if (!s->base || !s->size || !s->data)
		say(out, PREFLIGHT_MAYBE, "namespace", "where it lies is for root to see");
	else
		judge_pages(s, out);
}

static int read_area(void *ctx, u32 off, void *buf, u32 len)
{
	memcpy(buf, (const u8 *)ctx + off, len);
	return 0;
}

void preflight_labels(u8 *bytes, u32 size, struct preflight_finding *out)
{
	const struct label_io io = { .read = read_area, .ctx = bytes };
	static u8 mirror[SZ_1M] __attribute__((aligned(8)));
	struct label_area area = { .data = mirror, .size = size };
	enum nd_reason reason = ND_REASON_OK;

	if (!bytes && size) {
		say(out, PREFLIGHT_MAYBE, "labels",
		    "its labels are not to be read: the DIMM is disabled or locked, or they are root's");
		return;
	}
	if (!bytes) {
		say(out, PREFLIGHT_OK, "labels", "it has no label area");
		return;
	}
	if (size > sizeof(mirror)) {
		say(out, PREFLIGHT_MAYBE, "labels", "a label area of %u bytes has not been tried",
		    size);
		return;
	}
	if (!label_area_load(&area, &io, &reason) && area.newer)
		say(out, PREFLIGHT_FAIL, "labels",
		    "were written by newer software: the drivers do not use or change them");
	else if (area.stale || (!area.valid && reason != ND_REASON_NO_INDEX))
		say(out, PREFLIGHT_FAIL, "labels",
		    "are not to be used (%s): copy them with ndctl read-labels; docs/labels.md says more",
		    nd_reason_token(reason));
	else if (!area.valid)
		say(out, PREFLIGHT_OK, "labels", "are blank");
	else
		say(out, PREFLIGHT_OK, "labels", "version 1.%u, %u of %u slots in use", area.minor,
		    area.nslot - area.nfree, area.nslot);
}
