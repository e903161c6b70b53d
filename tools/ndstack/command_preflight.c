// SPDX-License-Identifier: GPL-2.0
/* ndstack preflight [--json] [--kernel RELEASE] [--install] */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include "command.h"
#include "facts.h"
#include "report.h"

static const char usage[] =
	"usage: ndstack preflight [-j|--json] [-k|--kernel RELEASE] [-i|--install]\n"
	"  What becomes of this machine when ndstack takes the place of its kernel's drivers:\n"
	"  can it be built and loaded, which modules of the kernel's will not load any more,\n"
	"  does each namespace enable.\n"
	"  --kernel   a kernel that is installed, in place of the one that runs\n"
	"  --install  say only what stands in the way, a sentence each\n"
	"exit status: 0; 1: something will fail; 2: usage\n";

/**
 * struct flight - one report in the making
 * @kernel: that is asked about
 * @report: where lines go; NULL: only what fails is said
 * @failed: something does
 * @rc: a negative errno, when the report could not be made
 */
struct flight {
	struct preflight_kernel kernel;
	struct report *report;
	bool failed;
	int rc;
};

static void add(struct flight *flight, const char *kind, const char *name,
		const struct preflight_finding *finding)
{
	const char *const texts[] = {
		kind, name, preflight_word(finding->verdict), finding->text,
	};

	flight->failed |= finding->verdict == PREFLIGHT_FAIL;
	if (flight->report && !flight->rc)
		flight->rc = report_add(flight->report, texts);
	else if (!flight->report && finding->verdict == PREFLIGHT_FAIL)
		fprintf(stderr, "ndstack: %s: %s\n", name, finding->text);
}

static void add_kernel(struct flight *flight)
{
	struct preflight_finding findings[PREFLIGHT_KERNEL_FINDINGS];
	unsigned int nr = preflight_kernel(&flight->kernel, findings);

	for (unsigned int i = 0; i < nr; i++)
		add(flight, "kernel", findings[i].what, &findings[i]);
}

static void add_importer(const struct facts_importer *importer, void *data)
{
	struct preflight_finding finding;
	struct flight *flight = data;

	preflight_importer(&flight->kernel, importer->unread ? NULL : importer->symbols,
			   importer->nr, importer->proof, importer->in_use, &finding);
	/* who has it loaded is told, and may do without: that keeps nobody from installing */
	if (!flight->report && finding.verdict == PREFLIGHT_FAIL)
		finding.verdict = PREFLIGHT_LESS;
	add(flight, "module", importer->name, &finding);
}

static void add_space(const struct facts_space *space, void *data)
{
	struct preflight_finding finding;
	struct flight *flight = data;

	if (space->is_dimm)
		preflight_labels(space->labels, space->labels_size, &finding);
	else
		preflight_space(&space->space, &finding);
	add(flight, space->mode, space->name, &finding);
}

static int fly(struct flight *flight)
{
	int modules = 0, rc;

	add_kernel(flight);
	if (flight->kernel.installed)
		modules = facts_importers(flight->kernel.release, add_importer, flight);
	if (modules)
		fprintf(stderr, "ndstack: modules of %s: %s\n", flight->kernel.release,
			strerror(-modules));
	rc = facts_spaces(add_space, flight);
	if (rc)
		fprintf(stderr, "ndstack: namespaces: %s\n", strerror(-rc));
	if (flight->report && !flight->rc)
		flight->rc = report_end(flight->report);
	if (flight->rc)
		fprintf(stderr, "ndstack: standard output: %s\n", strerror(-flight->rc));
	return modules || rc || flight->rc || flight->failed;
}

int command_preflight(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "kernel", required_argument, NULL, 'k' },
		{ "install", no_argument, NULL, 'i' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	static const char *const columns[] = { "kind", "name", "verdict", "text" };
	struct flight flight = { };
	const char *release = "";
	bool json = false, install = false;
	int opt;

	while ((opt = getopt_long(argc, argv, "jk:ih", options, NULL)) != -1) {
		if (opt == '?')
			return 2;
		if (opt == 'h')
			return fputs(usage, stdout) < 0;
		json |= opt == 'j';
		install |= opt == 'i';
		if (opt == 'k')
			release = optarg;
	}
	if (optind != argc || strchr(release, '/')) {
		fputs(usage, stderr);
		return 2;
	}
	facts_kernel(release, &flight.kernel);
	if (!install) {
		flight.report = report_new("preflight", columns, ARRAY_SIZE(columns), json);
		if (!flight.report)
			return 1;
	}
	return fly(&flight);
}
