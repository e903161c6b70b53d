// SPDX-License-Identifier: GPL-2.0
/* cc: -Itools/testing/nvdimm tools/testing/nvdimm/poison/table.c */
/* cc: tools/testing/nvdimm/poison/machine.c tools/testing/nvdimm/poison/disk.c */
/* cc: tools/testing/nvdimm/poison/map.c */
/*
 * poison - the cells of a provider and mode, one after another; a line of verdict for each.
 *
 *   poison TABLE                      is it whole? what is in it
 *   poison TABLE docs                 as docs/poison.md has it
 *   poison TABLE PROVIDER MODE WORD=VALUE...
 *   poison inject BUS ADDRESS LENGTH NOTIFY    ACPI's "ARS Error Inject" to /dev/ndctlN
 *   poison where FILE                          its first byte on the disk
 *   poison zero|punch FILE OFFSET LENGTH       fallocate()
 *   poison clear BUS ADDRESS LENGTH            "clear error"
 *
 * Words: region=, region_phys= (where its first byte is), phys= (that of the disk or dax device),
 * from= (first byte to be used), firmware=1 (something clears errors); disk=, file= (a file on it
 * that is mapped without page cache); dax= (the device; of kmem, repaired_pages), end= (of kmem's
 * memory). /tmp/how_scrub, how_inject and how_clear are run with an address and a length.
 *
 * A cell that fails has a process of its own, so others follow.
 */
#include "poison/poison.h"
#include <linux/ndctl.h>

struct place place;
static FILE *verdicts;
static char cell_name[128];

void (*tidy)(void);

void fail(const char *reason, ...)
{
	void (*run)(void) = tidy;
	va_list args;

	fprintf(verdicts, "\nnot ok %s: ", cell_name);
	va_start(args, reason);
	vfprintf(verdicts, reason, args);
	va_end(args);
	fprintf(verdicts, "\n");
	fflush(verdicts);
	tidy = NULL;
	if (run)
		run();
	_exit(1);
}

static const struct {
	const char *name;
	const char **text;
	uint64_t *number;
} words[] = {
	{ "region=", &place.region, NULL },
	{ "disk=", &place.disk, NULL },
	{ "file=", &place.file, NULL },
	{ "dax=", &place.dax, NULL },
	{ "phys=", NULL, &place.phys },
	{ "region_phys=", NULL, &place.region_phys },
	{ "from=", NULL, &place.from },
	{ "end=", NULL, &place.end },
};

static void argument(const char *arg)
{
	if (!strcmp(arg, "firmware=1")) {
		place.firmware = true;
		return;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i].name);

		if (strncmp(arg, words[i].name, n))
			continue;
		if (words[i].text)
			*words[i].text = arg + n;
		else
			*words[i].number = strtoull(arg + n, NULL, 0);
		return;
	}
	errx(2, "no such word: %s", arg);
}

static void walk_cell(struct cell *cell)
{
	int status;
	pid_t pid;

	snprintf(cell_name, sizeof(cell_name), "%s %s %s %s: %s", place.provider, place.mode,
		 how_names[cell->how], what_names[cell->what], outcome_names[cell->outcome]);
	fflush(verdicts);
	pid = fork();
	if (!pid) {
		catch_bus();
		if (place.disk)
			disk_cell(cell);
		else
			map_cell(cell);
		fprintf(verdicts, "\nok %s\n", cell_name);
		fflush(verdicts);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		err(1, "%s", cell_name);
	if (WIFSIGNALED(status))
		fprintf(verdicts, "\nnot ok %s: killed by signal %d\n", cell_name,
			WTERMSIG(status));
}

static void walk(void)
{
	unsigned int provider = table_word(place.provider, provider_names, PROVIDERS);
	unsigned int mode = table_word(place.mode, mode_names, MODES);
	unsigned int walked = 0;

	for (unsigned int i = 0; i < HOWS * WHATS; i++) {
		struct cell cell = { .how = i / WHATS, .what = i % WHATS };

		cell.outcome = table_rule(provider, mode, cell.how, cell.what)->outcome;
		if (cell.outcome == IMPOSSIBLE)
			continue;
		walk_cell(&cell);
		walked++;
	}
	printf("%s %s: %u of %u cells asserted, %u impossible\n", place.provider, place.mode,
	       walked, HOWS * WHATS, HOWS * WHATS - walked);
}

/* ACPI 6.5 section 9.19.7.7 */
static int inject(char **arg)
{
	struct {
		struct nd_cmd_pkg pkg;
		uint64_t start, length;
		uint8_t options;
		uint32_t status;
	} __attribute__((packed)) call = {
		.pkg = { .nd_command = 7, .nd_size_in = 17, .nd_size_out = 4, .nd_fw_size = 4 },
		.start = strtoull(arg[1], NULL, 0),
		.length = strtoull(arg[2], NULL, 0),
		.options = atoi(arg[3]),
	};
	int fd = open(arg[0], O_RDWR);

	if (fd < 0 || ioctl(fd, ND_IOCTL_CALL, &call))
		err(1, "%s", arg[0]);
	if (call.status)
		errx(1, "status %#x", call.status);
	return 0;
}

static int clear(char **arg)
{
	struct nd_cmd_clear_error call = {
		.address = strtoull(arg[1], NULL, 0),
		.length = strtoull(arg[2], NULL, 0),
	};
	int fd = open(arg[0], O_RDWR);

	if (fd < 0 || ioctl(fd, ND_IOCTL_CLEAR_ERROR, &call))
		err(1, "%s", arg[0]);
	if (call.status || call.cleared != call.length)
		errx(1, "status %#x, %llu bytes", call.status, (unsigned long long)call.cleared);
	return 0;
}

static int where(const char *path)
{
	struct {
		struct fiemap map;
		struct fiemap_extent extent;
	} f = { .map = { .fm_length = 4096, .fm_extent_count = 1, .fm_flags = FIEMAP_FLAG_SYNC } };
	int fd = open(path, O_RDONLY);

	if (fd < 0 || ioctl(fd, FS_IOC_FIEMAP, &f.map) || f.map.fm_mapped_extents != 1)
		err(1, "%s", path);
	printf("%llu\n", f.extent.fe_physical);
	return 0;
}

static int change(const char *path, int how, const char *offset, const char *length)
{
	int fd = open(path, O_RDWR);

	if (fd < 0 || fallocate(fd, how | FALLOC_FL_KEEP_SIZE, strtoull(offset, NULL, 0),
				strtoull(length, NULL, 0)))
		err(1, "%s", path);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "where"))
		return where(argv[2]);
	if (argc == 5 && !strcmp(argv[1], "zero"))
		return change(argv[2], FALLOC_FL_ZERO_RANGE, argv[3], argv[4]);
	if (argc == 5 && !strcmp(argv[1], "punch"))
		return change(argv[2], FALLOC_FL_PUNCH_HOLE, argv[3], argv[4]);
	if (argc == 5 && !strcmp(argv[1], "clear"))
		return clear(argv + 2);
	if (argc == 6 && !strcmp(argv[1], "inject"))
		return inject(argv + 2);
	if (argc < 2)
		errx(2, "poison TABLE [docs | PROVIDER MODE WORD=VALUE...]");
	table_read(argv[1]);
	if (argc < 4) {
		table_print(argc == 3);
		return 0;
	}
	place.provider = argv[2];
	place.mode = argv[3];
	for (int i = 4; i < argc; i++)
		argument(argv[i]);
	verdicts = fdopen(3, "w");
	if (!verdicts)
		err(2, "nobody hears verdicts");
	if (place.disk)
		disk_open();
	walk();
	return 0;
}
