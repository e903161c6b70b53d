// SPDX-License-Identifier: GPL-2.0
/* What this build can do on this kernel, and what it cannot, and why. */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/utsname.h>
/* sparse does not know it */
#ifdef __has_include
#if __has_include("generated/utsversion.h")
#include <generated/utsversion.h>
#elif __has_include("generated/compile.h")
#include <generated/compile.h>
#endif
#endif
#include "common/recovery.h"
#include "layout/info_block.h"
#include "sysfs/sysfs.h"

/**
 * struct nd_feature - one of them
 * @name: a word
 * @value: a word; of what is there or not, "yes" or "no"
 * @why: of what is not, or less: the reason, and what helps; or NULL
 */
struct nd_feature {
	const char *name;
	const char *value;
	const char *why;
};

#define FEATURE_IF(_name, _why, has) \
	{ .name = (_name), .value = (has) ? "yes" : "no", .why = (has) ? NULL : (_why) }

#ifdef NDSTACK_DAX
#define HAS_DEVDAX	true
#else
#define HAS_DEVDAX	false
#endif

#if defined(NDSTACK_IMPORTERS) || !IS_ENABLED(CONFIG_MODVERSIONS)
#define HAS_IMPORTERS	true
#else
#define HAS_IMPORTERS	false
#endif

/* The build of the kernel that these modules were built for: "uname -v" there. */
#ifdef UTS_VERSION
#define BUILT_FOR	UTS_VERSION
#else
#define BUILT_FOR	""
#endif

/*
 * What holds these modules and the kernel together. A kernel without versions of symbols compares
 * its release alone, which a kernel that was built again keeps; its structs may be others.
 */
static const char *features_abi(void)
{
	if (IS_ENABLED(CONFIG_MODVERSIONS))
		return "symbols";
	return strcmp(BUILT_FOR, init_utsname()->version) ? "no" : "build";
}

static const char features_other_build[] =
	"the kernel compares no symbol versions, and is another build than the headers: rebuild";
static const char features_no_importers[] =
	"the kernel compares versions of symbols, and its own have other ones (docs/kernels.md)";
static const char features_sections[] =
	"the kernel adds struct pages by whole sections: neighbours in one cost each other memory";
static const char features_no_devdax[] =
	"built without the kernel's BTF, or it has no CONFIG_ZONE_DEVICE (docs/devdax.md); "
	"the kernel's own dax_pmem does not load on this libnvdimm";

/* features_visit() - call @what for each, in the order of documentation */
static void features_visit(void (*what)(const struct nd_feature *feature, void *data), void *data)
{
	const bool shared = compat_tails_shared(SZ_2M);
	const bool sub = compat_subsections();
	const char *abi = features_abi();
	const struct nd_feature features[] = {
		{ "info_block", "1." __stringify(PFN_INFO_MINOR) },
		{ "labels", "1.2" },
		{ "subsection", sub ? "2M" : "128M", sub ? NULL : features_sections },
		FEATURE_IF("fsdax", "the kernel has no CONFIG_FS_DAX", IS_ENABLED(CONFIG_FS_DAX)),
		FEATURE_IF("devdax", features_no_devdax, HAS_DEVDAX),
		FEATURE_IF("shared_vmemmap", "this kernel does not share them", shared),
		FEATURE_IF("security", "the kernel has no CONFIG_KEYS", IS_ENABLED(CONFIG_KEYS)),
		FEATURE_IF("bounded_teardown", NULL, true),
		FEATURE_IF("cxl_pmem", features_no_importers, HAS_IMPORTERS),
		{ "abi_checked", abi, strcmp(abi, "no") ? NULL : features_other_build },
		{ "mce_recovery", nd_recovery_word(nd_recovery_now()) },
	};

	for (int i = 0; i < ARRAY_SIZE(features); i++)
		what(&features[i], data);
}

struct features_page {
	char *buf;
	int len;
};

static void features_emit(const struct nd_feature *f, void *data)
{
	struct features_page *page = data;

	page->len += sysfs_emit_at(page->buf, page->len, "%s %s%s%s\n", f->name, f->value,
				   f->why ? ": " : "", f->why ?: "");
}

ssize_t nd_features_show(char *buf)
{
	struct features_page page = { .buf = buf };

	features_visit(features_emit, &page);
	return page.len;
}

struct features_line {
	char text[ND_FEATURES_LINE];
	size_t len;
};

/* Of what is there nobody has to be told. */
static void features_note_missing(const struct nd_feature *f, void *data)
{
	struct features_line *line = data;

	if (!strcmp(f->value, "no"))
		line->len += scnprintf(line->text + line->len, sizeof(line->text) - line->len, "%s %s",
				       line->len ? "," : "", f->name);
}

void nd_features_log(void)
{
	struct features_line missing = { .text = "" };

	features_visit(features_note_missing, &missing);
	pr_info("libnvdimm: ndstack %s%s%s\n", NDSTACK_VERSION, missing.len ? ", without" : "",
		missing.text);
}
