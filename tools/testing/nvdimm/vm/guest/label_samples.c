// SPDX-License-Identifier: GPL-2.0
/*
 * label_samples - have libnvdimm read label areas as a power cut leaves them.
 *
 *   label_samples FILE LEAST
 *
 * FILE is of lib/label_sample.h. Each machine is made, its region enabled, and its
 * namespaces compared: uuid, name, range; no more and no less. The driver is not told.
 * LEAST is how many machines there have to be.
 */
#include <err.h>
#include <glob.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "../../lib/label_sample.h"
#include "fuzz_media.h"

#define SHOWN 5

static u8 *file, *at, *end;
static unsigned int wrong;

static void read_file(const char *name)
{
	struct stat st;
	int fd = open(name, O_RDONLY);
	size_t got = 0;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st))
		err(2, "%s", name);
	file = malloc(st.st_size);
	while ((n = read(fd, file + got, st.st_size - got)) > 0)
		got += n;
	if (got != (size_t)st.st_size)
		err(2, "%s", name);
	close(fd);
	at = file;
	end = file + got;
}

static void *take(size_t len)
{
	void *p = at;

	if (len > (size_t)(end - at))
		errx(2, "the file of samples ends early");
	at += len;
	return p;
}

static void parse_uuid(const char *text, u8 *uuid)
{
	memset(uuid, 0, 16);
	for (int i = 0; *text && i < 16; text++) {
		if (*text == '-')
			continue;
		sscanf(text++, "%2hhx", &uuid[i++]);
	}
}

static struct sample_ns look(const char *dev)
{
	struct sample_ns ns = { .size = get_number(dev, "size") };
	char text[80];

	get(text, sizeof(text), dev, "uuid");
	parse_uuid(text, ns.uuid);
	get(text, sizeof(text), dev, "alt_name");
	snprintf(ns.name, sizeof(ns.name), "%.7s", text);
	ns.start = get_number(dev, "resource") - SAMPLE_BASE;
	return ns;
}

static bool same(const struct sample_ns *a, const struct sample_ns *b)
{
	return !memcmp(a->uuid, b->uuid, 16) && !strncmp(a->name, b->name, sizeof(a->name)) &&
	       a->start == b->start && a->size == b->size;
}

static void tell(const char *what, const struct sample_ns *ns)
{
	printf("   %s uuid %02x… name \"%s\" %#llx + %#llx\n", what, ns->uuid[0], ns->name,
	       (unsigned long long)ns->start, (unsigned long long)ns->size);
}

/* What the kernel shows against what there is. */
static bool compare(const struct sample_ns *want, u32 nwant, bool show)
{
	u32 met = 0, more = 0;
	glob_t found;

	if (glob("/sys/bus/nd/devices/namespace*", 0, NULL, &found))
		return !nwant;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct sample_ns ns = look(strrchr(found.gl_pathv[i], '/') + 1);
		u32 k;

		/* the seed */
		if (!ns.size)
			continue;
		for (k = 0; k < nwant && !same(&want[k], &ns); k++)
			;
		met += k < nwant;
		more += k == nwant;
		if (show)
			tell("found ", &ns);
	}
	globfree(&found);
	for (u32 k = 0; show && k < nwant; k++)
		tell("wanted", &want[k]);
	return met == nwant && !more;
}

static void make(int fd, const void *machine, size_t len)
{
	if (write(fd, machine, len) != (ssize_t)len)
		err(2, "a machine is refused");
	settle();
}

int main(int argc, char **argv)
{
	unsigned int n = 0, namespaces = 0;
	int fd = open("/dev/nd_provider", O_WRONLY);

	if (argc != 3 || fd < 0)
		errx(2, "usage: label_samples FILE LEAST, with nd_provider loaded");
	read_file(argv[1]);
	for (; at < end; n++) {
		const struct label_sample *head = take(sizeof(*head));
		const struct sample_ns *want = take(head->nns * sizeof(*want));
		const char *machine = take(head->bytes);

		if (head->magic != SAMPLE_MAGIC)
			errx(2, "this is no file of samples");
		make(fd, machine, head->bytes);
		namespaces += head->nns;
		if (compare(want, head->nns, false))
			continue;
		if (++wrong <= SHOWN) {
			printf("state %u: %.*s\n", n, (int)strcspn(machine, "\n"), machine);
			compare(want, head->nns, true);
		}
	}
	if (write(fd, "\n", 1) < 0)
		err(2, "the last machine stays");
	printf("%u states, %u namespaces, %u states read otherwise\n", n, namespaces, wrong);
	return wrong || n < strtoul(argv[2], NULL, 0);
}
