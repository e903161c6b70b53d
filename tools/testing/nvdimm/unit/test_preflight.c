// SPDX-License-Identifier: GPL-2.0
/* What is foretold of a machine, its kernel, namespaces and labels. */
/* objects: tools/ndstack/preflight.c tools/ndstack/base.c tools/ndstack/infoblock.c */
/* objects: drivers/nvdimm/layout/info_block.c drivers/nvdimm/layout/layout.c */
/* objects: drivers/nvdimm/layout/neighbours.c drivers/nvdimm/label/codec.c */
/* objects: drivers/nvdimm/label/area.c drivers/nvdimm/label/load.c lib/label_media.c */
#include "nd_test.h"
#include "label/label.h"
#include "label_media.h"
#include "preflight.h"

/* A kernel that nothing is missing of. */
static const struct preflight_kernel whole = {
	.release = "6.1.0-9-amd64", .installed = true, .libnvdimm = PREFLIGHT_MODULE,
	.zone_device = PREFLIGHT_BUILT_IN, .modversions = true, .headers = true,
	.compiler = "gcc-12", .compiler_there = true, .btf = true,
	.signing_key = "/var/lib/dkms/mok.key", .certificate = "/var/lib/dkms/mok.pub",
};

static struct preflight_finding found[PREFLIGHT_KERNEL_FINDINGS];

/* The one finding about @kernel that is not "ok". */
static const struct preflight_finding *only(const struct preflight_kernel *kernel)
{
	const struct preflight_finding *it = NULL;
	unsigned int nr = preflight_kernel(kernel, found);

	for (unsigned int i = 0; i < nr; i++) {
		if (found[i].verdict == PREFLIGHT_OK)
			continue;
		assert_null(it);
		it = &found[i];
	}
	assert_non_null(it);
	return it;
}

TEST(kernel__that_has_everything_is_ok_in_everything)
{
	assert_int_equal(preflight_kernel(&whole, found), PREFLIGHT_KERNEL_FINDINGS);
	for (int i = 0; i < PREFLIGHT_KERNEL_FINDINGS; i++)
		assert_int_equal(found[i].verdict, PREFLIGHT_OK);
}

/* What is taken from a whole kernel, and what is said of it then. */
static const struct lack {
	const char *title;
	enum {
		INSTALLED, BUILT_IN, BUILT_IN_CXL, BUILT_IN_ELSEWHERE, BUILT_IN_UNREAD, UNREAD,
		HALF, HEADERS, COMPILER, BTF, OLD_DAX, PAGES, KEY, ENROLLED
	} what;
	enum preflight_verdict verdict;
	const char *subject, *words;
} lacks[] = {
	{ "is_not_installed", INSTALLED, PREFLIGHT_FAIL, "drivers", "not installed here" },
	{ "is_built_in", BUILT_IN, PREFLIGHT_FAIL, "drivers",
	  "booted with initcall_blacklist=libnvdimm_init,nfit_init" },
	{ "is_built_in_and_has_cxl", BUILT_IN_CXL, PREFLIGHT_FAIL, "drivers",
	  "initcall_blacklist=libnvdimm_init,nfit_init module_blacklist=cxl_pmem" },
	{ "is_built_in_and_does_not_run", BUILT_IN_ELSEWHERE, PREFLIGHT_MAYBE, "drivers",
	  "initcall_blacklist=libnvdimm_init,nfit_init" },
	{ "is_built_in_without_a_map", BUILT_IN_UNREAD, PREFLIGHT_FAIL, "drivers",
	  "no System.map of it is to be read" },
	{ "is_not_known", UNREAD, PREFLIGHT_MAYBE, "drivers", "not to be read" },
	{ "has_half_a_tree_of_dkms", HALF, PREFLIGHT_FAIL, "drivers",
	  "rm -r /var/lib/dkms/ndstack" },
	{ "has_no_headers", HEADERS, PREFLIGHT_FAIL, "headers",
	  "apt install linux-headers-6.1.0-9-amd64" },
	{ "has_no_compiler", COMPILER, PREFLIGHT_FAIL, "compiler",
	  "gcc-12 is missing: apt install gcc-12" },
	{ "has_no_btf", BTF, PREFLIGHT_LESS, "btf", "devdax is not served" },
	{ "has_an_older_dax_bus", OLD_DAX, PREFLIGHT_LESS, "btf", "v5.1 to v5.9" },
	{ "has_no_pages", PAGES, PREFLIGHT_LESS, "btf", "CONFIG_ZONE_DEVICE" },
	{ "has_no_key", KEY, PREFLIGHT_FAIL, "key", "-keyout /var/lib/dkms/mok.key" },
	{ "does_not_know_the_key", ENROLLED, PREFLIGHT_FAIL, "key", "mokutil --import" },
};

static void is_built_in(struct preflight_kernel *k)
{
	k->libnvdimm = PREFLIGHT_BUILT_IN;
	k->running = true;
	strcpy(k->initcalls, "libnvdimm_init,nfit_init");
}

TEST_EACH(kernel__of_which_one_thing_is_missing_is_told_that_one, lacks)
{
	struct preflight_kernel k = whole;
	const struct preflight_finding *it;

	switch (row->what) {
	case INSTALLED: k.installed = false; break;
	case BUILT_IN: is_built_in(&k); break;
	case BUILT_IN_CXL: is_built_in(&k); k.cxl_pmem = true; break;
	case BUILT_IN_ELSEWHERE: is_built_in(&k); k.running = false; break;
	case BUILT_IN_UNREAD: is_built_in(&k); k.initcalls[0] = 0; break;
	case UNREAD: k.libnvdimm = PREFLIGHT_UNKNOWN; break;
	case HALF: k.half_dkms = true; break;
	case HEADERS: k.headers = false; break;
	case COMPILER: k.compiler_there = false; break;
	case BTF: k.btf = false; break;
	case OLD_DAX: k.dax = PREFLIGHT_DAX_OLD; break;
	case PAGES: k.zone_device = PREFLIGHT_NO; break;
	case KEY: k.sealed = true; break;
	case ENROLLED: k.sealed = k.key = true; break;
	}
	it = only(&k);
	assert_int_equal(it->verdict, row->verdict);
	assert_string_equal(it->what, row->subject);
	assert_non_null(strstr(it->text, row->words));
}

TEST(kernel__without_a_dax_bus_needs_no_btf)
{
	struct preflight_kernel k = whole;

	k.dax = PREFLIGHT_DAX_NONE;
	k.btf = false;
	preflight_kernel(&k, found);
	for (int i = 0; i < PREFLIGHT_KERNEL_FINDINGS; i++)
		assert_int_equal(found[i].verdict, PREFLIGHT_OK);
}

TEST(dax_bus__is_told_by_what_the_kernel_exports)
{
	assert_int_equal(preflight_dax(false, false, false), PREFLIGHT_DAX_UNREAD);
	assert_int_equal(preflight_dax(true, false, false), PREFLIGHT_DAX_NONE);
	assert_int_equal(preflight_dax(true, true, false), PREFLIGHT_DAX_OLD);
	assert_int_equal(preflight_dax(true, true, true), PREFLIGHT_DAX_TODAY);
}

TEST(kernel__whose_command_line_keeps_its_own_from_starting_is_ok)
{
	struct preflight_kernel k = whole;

	is_built_in(&k);
	k.kept = true;
	assert_int_equal(preflight_kernel(&k, found), PREFLIGHT_KERNEL_FINDINGS);
	for (int i = 0; i < PREFLIGHT_KERNEL_FINDINGS; i++)
		assert_int_equal(found[i].verdict, PREFLIGHT_OK);
}

TEST(key__is_told_by_where_dkms_has_it)
{
	struct preflight_kernel k = whole;

	k.sealed = true;
	strcpy(k.signing_key, "/etc/keys/own.key");
	strcpy(k.certificate, "/etc/keys/own.der");
	assert_non_null(strstr(only(&k)->text,
			       "-keyout /etc/keys/own.key -outform DER -out /etc/keys/own.der; "));
	k.key = true;
	assert_non_null(strstr(only(&k)->text, "mokutil --import /etc/keys/own.der; "));
}

static const struct setting {
	const char *line, *value;
} settings[] = {
	{ "mok_certificate=/etc/own.der\n", "/etc/own.der" },
	{ " \tmok_certificate=/etc/own.der", "/etc/own.der" },
	{ "mok_certificate=/etc/own.der # ours\n", "/etc/own.der" },
	{ "mok_certificate=/etc/own.der; sign_file=x\n", "/etc/own.der" },
	{ "mok_certificate=\"/etc/my own.der\"\n", "/etc/my own.der" },
	{ "mok_certificate='/etc/$kernelver.der'\n", "/etc/$kernelver.der" },
	{ "mok_certificate=/etc/$kernelver.der\n", "/etc/6.1.0-9.der" },
	{ "mok_certificate=\"/e/${kernelver}/own.der\"\n", "/e/6.1.0-9/own.der" },
	{ "mok_certificate=123456789abcdef0123\n", "123456789abcdef0123" },
	/* and these are none */
	{ "mok_certificate=123456789abcdef01234\n" },
	{ "mok_certificate=123456789ab${kernelver}\n", "123456789ab6.1.0-9" },
	{ "mok_certificate=123456789abcd${kernelver}\n" },
	{ "# mok_certificate=/etc/own.der\n" },
	{ "mok_certificate2=/etc/own.der\n" },
	{ "xmok_certificate=/etc/own.der\n" },
	{ "mok_certificate = /etc/own.der\n" },
	{ "mok_certificate=\n" },
	{ "mok_certificate=\"\"\n" },
	{ "mok_certificate" },
	{ "" },
};

TEST(setting__is_read_as_a_shell_reads_it)
{
	for (int i = 0; i < ARRAY_SIZE(settings); i++) {
		const struct setting *s = &settings[i];
		char value[20] = "as it was";
		bool is_set = preflight_setting(s->line, "mok_certificate", "6.1.0-9", value,
						sizeof(value));

		if (is_set != !!s->value || strcmp(value, s->value ?: "as it was"))
			fail_msg("%s gives %s", s->line, value);
	}
}

TEST(kernel__that_is_sealed_takes_what_an_enrolled_key_has_signed)
{
	struct preflight_kernel k = whole;

	k.sealed = k.key = k.key_known = true;
	preflight_kernel(&k, found);
	for (int i = 0; i < PREFLIGHT_KERNEL_FINDINGS; i++)
		assert_int_equal(found[i].verdict, PREFLIGHT_OK);
}

static const struct import {
	const char *title;
	const char *symbols[2];
	bool proof, no_btf, unversioned, in_use;
	enum preflight_verdict verdict;
} imports[] = {
	{ "edac_loads", { "nfit_get_smbios_id" }, .in_use = true, .verdict = PREFLIGHT_OK },
	{ "another_does_not", { "nfit_get_smbios_id", "nvdimm_flush" }, .verdict = PREFLIGHT_LESS },
	{ "another_that_is_loaded_fails", { "nvdimm_flush" }, .proof = true, .in_use = true,
	  .verdict = PREFLIGHT_FAIL },
	{ "unversioned_may", { "nvdimm_flush" }, .unversioned = true, .in_use = true,
	  .verdict = PREFLIGHT_MAYBE },
	{ "cxl_may", .proof = true, .in_use = true, .verdict = PREFLIGHT_MAYBE },
	{ "cxl_does_not_without_a_proof", .proof = true, .no_btf = true,
	  .verdict = PREFLIGHT_LESS },
	{ "cxl_that_is_loaded_fails_without_a_proof", .proof = true, .no_btf = true, .in_use = true,
	  .verdict = PREFLIGHT_FAIL },
	{ "cxl_unversioned_needs_none", .proof = true, .no_btf = true, .unversioned = true,
	  .verdict = PREFLIGHT_OK },
};

TEST(importer__that_cannot_be_read_is_not_called_one_that_loads)
{
	preflight_importer(&whole, NULL, 0, true, true, found);
	assert_int_equal(found->verdict, PREFLIGHT_MAYBE);
}

TEST_EACH(importer__is_judged_by_what_it_takes, imports)
{
	struct preflight_kernel k = whole;
	unsigned int nr = !!row->symbols[0] + !!row->symbols[1];

	k.modversions = !row->unversioned;
	k.btf = !row->no_btf;
	preflight_importer(&k, row->symbols, nr, row->proof, row->in_use, found);
	assert_int_equal(found->verdict, row->verdict);
	if (row->verdict == PREFLIGHT_FAIL)
		assert_non_null(strstr(found->text, row->no_btf ? "BTF" : "nvdimm_flush"));
}

/* 254 MiB of data in a namespace of 256 MiB, as in-tree lays one out. */
static const struct preflight_space fsdax = {
	.mode = PREFLIGHT_FSDAX, .enabled = true, .base = 4ull * SZ_1G, .size = 256 * SZ_1M,
	.data = 4ull * SZ_1G + 6 * SZ_1M, .data_size = 250 * SZ_1M, .align = SZ_2M,
	.map_on_media = true,
};

TEST(namespace__that_is_served_is_judged_as_the_drivers_would)
{
	struct preflight_space s = fsdax;

	preflight_space(&s, found);
	assert_int_equal(found->verdict, PREFLIGHT_OK);
	assert_non_null(strstr(found->text, "2048 KiB"));
	/* by a sector's worth of pages: the data are no multiple of what pages need */
	s.data += 512;
	s.data_size -= 512;
	preflight_space(&s, found);
	assert_int_not_equal(found->verdict, PREFLIGHT_OK);
	s = fsdax;
	s.mode = PREFLIGHT_DEVDAX;
	preflight_space(&s, found);
	assert_int_equal(found->verdict, PREFLIGHT_OK);
}

TEST(namespace__whose_data_are_outside_is_refused)
{
	struct preflight_space outside[] = { fsdax, fsdax, fsdax, fsdax };

	outside[0].data = fsdax.base - SZ_2M;
	outside[1].data_size += SZ_2M;
	outside[2].data_size = ~0ull;
	outside[3].data = fsdax.base + fsdax.size + SZ_2M;
	outside[3].data_size = 0;
	for (int i = 0; i < ARRAY_SIZE(outside); i++) {
		preflight_space(&outside[i], found);
		assert_int_equal(found->verdict, PREFLIGHT_FAIL);
		assert_non_null(strstr(found->text, "lie outside"));
	}
}

TEST(namespace__that_cannot_be_seen_is_not_guessed_of)
{
	struct preflight_space s = fsdax;

	s.enabled = false;
	preflight_space(&s, found);
	assert_int_equal(found->verdict, PREFLIGHT_MAYBE);
	s = fsdax;
	s.base = 0;
	preflight_space(&s, found);
	assert_int_equal(found->verdict, PREFLIGHT_MAYBE);
	s = fsdax;
	s.mode = PREFLIGHT_RAW;
	preflight_space(&s, found);
	assert_int_equal(found->verdict, PREFLIGHT_MAYBE);
}

TEST(namespace__that_is_raw_is_judged_by_its_first_bytes)
{
	struct preflight_space s = { .mode = PREFLIGHT_RAW, .enabled = true, .size = SZ_64M };
	struct infoblock_report report = { .state = INFOBLOCK_NONE };

	s.report = &report;
	preflight_space(&s, found);
	assert_int_equal(found->verdict, PREFLIGHT_OK);
	report.state = INFOBLOCK_CLEAN;
	report.info.dax = true;
	preflight_space(&s, found);
	assert_int_equal(found->verdict, PREFLIGHT_LESS);
	assert_non_null(strstr(found->text, "devdax"));
	report.state = INFOBLOCK_DAMAGED;
	report.reason = ND_REASON_CHECKSUM;
	preflight_space(&s, found);
	assert_int_equal(found->verdict, PREFLIGHT_FAIL);
	assert_non_null(strstr(found->text, nd_reason_token(ND_REASON_CHECKSUM)));
}

TEST(labels__are_blank_or_whole_or_not_to_be_used)
{
	struct label_media media = media_new(SZ_128K);
	struct label_area area = { .data = calloc(1, SZ_128K), .size = SZ_128K };
	struct label_io io = media_io(&media);
	struct label_change blank = { .minor = 2 };
	enum nd_reason reason;

	preflight_labels(NULL, 0, found);
	assert_int_equal(found->verdict, PREFLIGHT_OK);
	preflight_labels(NULL, SZ_128K, found);
	assert_int_equal(found->verdict, PREFLIGHT_MAYBE);
	preflight_labels(media.bytes, SZ_128K, found);
	assert_int_equal(found->verdict, PREFLIGHT_OK);
	assert_non_null(strstr(found->text, "blank"));

	assert_int_equal(label_area_load(&area, &io, &reason), 0);
	assert_int_equal(label_area_commit(&area, &io, &blank, &reason), 0);
	preflight_labels(media.bytes, SZ_128K, found);
	assert_int_equal(found->verdict, PREFLIGHT_OK);
	assert_non_null(strstr(found->text, "version 1.2, 0 of"));

	/* CXL's */
	for (u32 i = 0; i < 2; i++) {
		struct nd_media_index *index = (void *)(media.bytes + i * area.index_size);

		index->major = cpu_to_le16(2);
		index->checksum = cpu_to_le64(label_index_checksum(index, area.index_size));
	}
	preflight_labels(media.bytes, SZ_128K, found);
	assert_int_equal(found->verdict, PREFLIGHT_FAIL);
	assert_non_null(strstr(found->text, "newer software"));

	/* both copies of the index */
	media.bytes[100] ^= 1;
	media.bytes[area.index_size + 100] ^= 1;
	preflight_labels(media.bytes, SZ_128K, found);
	assert_int_equal(found->verdict, PREFLIGHT_FAIL);
	free(media.bytes);
	free(area.data);
}
