/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What becomes of a machine when ndstack takes the place of its kernel's drivers: can it be built
 * and loaded, what will not load any more, will each namespace enable. Pure: judges facts that
 * facts.c and spaces.c have found.
 */
#ifndef _NDSTACK_PREFLIGHT_H
#define _NDSTACK_PREFLIGHT_H

#include <linux/types.h>
#include "infoblock.h"

/* How a configuration has something, if it can be read. */
enum preflight_built { PREFLIGHT_UNKNOWN, PREFLIGHT_NO, PREFLIGHT_MODULE, PREFLIGHT_BUILT_IN };

enum preflight_verdict {
	PREFLIGHT_OK,
	PREFLIGHT_LESS,		/* it works, without something */
	PREFLIGHT_MAYBE,	/* cannot be told from here */
	PREFLIGHT_FAIL,
};

/* Of what age a kernel's dax bus is, by what it exports. */
enum preflight_dax {
	PREFLIGHT_DAX_UNREAD,	/* the headers do not say */
	PREFLIGHT_DAX_NONE,	/* before v5.1: it gets ours, which asks for no BTF */
	PREFLIGHT_DAX_OLD,	/* v5.1 to v5.9: none that ours are written for */
	PREFLIGHT_DAX_TODAY,
};

/**
 * struct preflight_kernel - what is known of a kernel
 * @release: of it
 * @installed: its modules are there
 * @libnvdimm: how it has the drivers itself
 * @running: it is the one that runs
 * @initcalls: functions that start those it has built in, with commas between; or empty, not known
 * @kept: its command line keeps them from starting
 * @cxl_pmem: it has that as a module, which takes for granted that they have started
 * @zone_device: it has pages for memory that is not RAM
 * @modversions: it compares the versions of symbols
 * @headers: they are installed
 * @compiler: the program that it was built with, or empty
 * @compiler_there: it can be called
 * @btf: its BTF is there, or its image with it
 * @dax: what dax bus it has
 * @sealed: it takes signed modules only: Secure Boot, or by its command line
 * @signing_key: what dkms signs with: a file, or "pkcs11:..."
 * @certificate: the file with the certificate of that
 * @key: both are there
 * @key_known: and that kernel knows it
 * @half_dkms: dkms has a tree of ours without its source
 */
struct preflight_kernel {
	char release[96];
	bool installed;
	enum preflight_built libnvdimm;
	bool running;
	char initcalls[384];
	bool kept;
	bool cxl_pmem;
	enum preflight_built zone_device;
	bool modversions;
	bool headers;
	char compiler[64];
	bool compiler_there;
	bool btf;
	enum preflight_dax dax;
	bool sealed;
	char signing_key[128];
	char certificate[128];
	bool key;
	bool key_known;
	bool half_dkms;
};

/**
 * struct preflight_finding - a line of the report
 * @verdict: what becomes of it
 * @what: the subject, a word
 * @text: one sentence: what is so, and what to do where it should be otherwise
 */
struct preflight_finding {
	enum preflight_verdict verdict;
	const char *what;
	char text[768];
};

/* preflight_dax() - of which age a dax bus is, by which of these symbols the kernel exports */
enum preflight_dax preflight_dax(bool alloc_dax, bool dax_driver_register,
				 bool devm_create_dev_dax);

/*
 * preflight_setting() - @value of @name in a @line of dkms' settings, which a shell reads: in
 * quotes or not, and $kernelver is @release. Return: false: it is of another, empty, or too long.
 */
bool preflight_setting(const char *line, const char *name, const char *release, char *value,
		       size_t size);

#define PREFLIGHT_KERNEL_FINDINGS 5

/* preflight_kernel() - Return: how many findings there are, one for each thing looked at. */
unsigned int preflight_kernel(const struct preflight_kernel *kernel,
			      struct preflight_finding *out);

/*
 * preflight_importer() - a module of the kernel's own which is built on one that ours replace
 * @symbols: those it takes from there, or NULL: they could not be read. Without those that a build
 *	proves to mean the same (include/compat/importers.spec)
 * @proof: it takes some of these, too
 * @in_use: it is loaded
 */
void preflight_importer(const struct preflight_kernel *kernel, const char *const *symbols,
			unsigned int nr, bool proof, bool in_use,
			struct preflight_finding *out);

enum preflight_mode { PREFLIGHT_RAW, PREFLIGHT_FSDAX, PREFLIGHT_DEVDAX, PREFLIGHT_SECTOR };

/**
 * struct preflight_space - a namespace
 * @mode: as it is served now
 * @enabled: it is served
 * @base: where it begins, 0: not to be seen
 * @size: its bytes
 * @data: where the data begin that are served, of fsdax and devdax
 * @data_size: how many
 * @align: of these, 0: not known
 * @map_on_media: their struct pages lie in it
 * @report: of a raw one's first bytes, or NULL: not read
 */
struct preflight_space {
	enum preflight_mode mode;
	bool enabled;
	u64 base;
	u64 size;
	u64 data;
	u64 data_size;
	u64 align;
	bool map_on_media;
	const struct infoblock_report *report;
};

void preflight_space(const struct preflight_space *space, struct preflight_finding *out);

/*
 * preflight_labels() - of a DIMM
 * @bytes: of its label area, or NULL: they could not be read, or, with a @size of 0, there are none
 */
void preflight_labels(u8 *bytes, u32 size, struct preflight_finding *out);

/* The word for a verdict: "ok", "less", "maybe", "fail". */
const char *preflight_word(enum preflight_verdict verdict);

#endif /* _NDSTACK_PREFLIGHT_H */
