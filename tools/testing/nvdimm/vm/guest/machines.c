// SPDX-License-Identifier: GPL-2.0
/*
 * machines - take libnvdimm through a table of machines (machines/table), on nd_provider.
 *
 *   machines TABLE FACTS LABELS
 *
 * On each region, namespaces of a range of sizes are created, deleted, grown and shrunk through
 * sysfs as ndctl does it. The region is disabled and enabled, its align is changed, and claims are
 * configured. No driver but nd_idle binds to a namespace, so the ranges need no memory. Each value
 * that is read and each errno is a line of FACTS, "ID REGION STEP NAME VALUE", to compare two
 * drivers. LABELS gets the machines as they are left, for label_samples: their label areas and
 * namespaces.
 */
/* cc: -Wno-format-truncation */
#define _GNU_SOURCE		/* strerrorname_np() */
#include <err.h>
#include <glob.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <linux/ndctl.h>

#include "../../lib/label_sample.h"
#include "fuzz_media.h"
#include "machine_table.h"

#define PAGE	4096
#define NS_MAX	16
#define DEVICES_MAX	128

/* One namespace: its number is in the uuid. */
struct ns {
	char dev[32];
	u64 start, size;
	unsigned int nr;
};

static int provider;
static FILE *facts, *labels;
static const char *id;			/* of the machine */
static unsigned int region_nr;		/* by address */
static char region[32];
static const char *part = "";		/* "last-" in the steps whose namespaces stay */

/* ---- facts ---- */

__attribute__((format(printf, 3, 4)))
static void fact(const char *step, const char *name, const char *fmt, ...)
{
	va_list args;

	fprintf(facts, "%s %u %s%s %s ", id, region_nr, part, step, name);
	va_start(args, fmt);
	vfprintf(facts, fmt, args);
	va_end(args);
	fputc('\n', facts);
}

static void fact_errno(const char *step, const char *name, int rc)
{
	fact(step, name, "%s", rc ? strerrorname_np(rc) : "ok");
}

static void fact_attr(const char *step, const char *attr)
{
	char text[80];

	if (get(text, sizeof(text), region, attr))
		fact(step, attr, "%s", text);
}

/* ---- namespaces ---- */

static int by_start(const void *a, const void *b)
{
	const struct ns *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static int uuid_number(const char *dev)
{
	char text[80];

	return get(text, sizeof(text), dev, "uuid") && strlen(text) == 36 ?
		strtol(text + 24, NULL, 16) : 0;
}

/* The names below /sys/bus/nd/devices, by a number: of what they are called, or where they are. */
static unsigned int devices(const char *pattern, const char *attr, struct ns *out)
{
	unsigned int n = 0;
	char path[80];
	glob_t found;

	snprintf(path, sizeof(path), "/sys/bus/nd/devices/%s", pattern);
	if (glob(path, 0, NULL, &found))
		return 0;
	for (size_t i = 0; i < found.gl_pathc && n < DEVICES_MAX; i++) {
		const char *dev = strrchr(found.gl_pathv[i], '/') + 1;

		snprintf(out[n].dev, sizeof(out[n].dev), "%s", dev);
		out[n].start = attr ? get_number(dev, attr) :
				      strtoul(dev + strcspn(dev, "0123456789"), NULL, 10);
		n++;
	}
	globfree(&found);
	qsort(out, n, sizeof(*out), by_start);
	return n;
}

/* Those of the region that have a size, by address. */
static unsigned int list(struct ns *out)
{
	static struct ns all[DEVICES_MAX];
	unsigned int n = 0, nr;
	char pattern[48];

	snprintf(pattern, sizeof(pattern), "%s/namespace*.*", region);
	nr = devices(pattern, "resource", all);
	for (unsigned int i = 0; i < nr && n < NS_MAX; i++) {
		all[i].size = get_number(all[i].dev, "size");
		all[i].nr = uuid_number(all[i].dev);
		if (all[i].size)
			out[n++] = all[i];
	}
	return n;
}

static void state(const char *step)
{
	struct ns ns[NS_MAX];
	unsigned int n = list(ns);
	char name[16];

	fact_attr(step, "align");
	fact_attr(step, "available_size");
	fact_attr(step, "max_available_extent");
	fact(step, "namespaces", "%u", n);
	for (unsigned int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "ns%u", ns[i].nr);
		fact(step, name, "%#llx+%#llx", (unsigned long long)ns[i].start,
		     (unsigned long long)ns[i].size);
	}
}

static int put_number(const char *dev, const char *attr, u64 value)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return put(text, "devices/%s/%s", dev, attr);
}

static void uuid_of(char *text, size_t len, unsigned int nr, unsigned int kind)
{
	snprintf(text, len, "5c0ffee0-%04x-4%03x-8000-%012x", region_nr, kind, nr);
}

static int idle_binds_to(const char *dev)
{
	int fd = open("/sys/module/nd_idle/parameters/namespace", O_WRONLY);
	int rc = fd < 0 || write(fd, dev, strlen(dev)) < 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	return rc;
}

/* Have a driver bind, and leave: the region has a new seed then, and the namespace stays. */
static int advance_seed(const char *seed)
{
	int rc = idle_binds_to(seed);

	/* the driver core puts a probe off while others are under way */
	for (int i = 0; !rc && i < 100; i++) {
		rc = put(seed, "drivers/nd_idle/bind");
		if (rc != EAGAIN)
			break;
		rc = 0;
		settle();
	}
	/* a name is given again when the region is enabled again */
	idle_binds_to("none");
	put(seed, "drivers/nd_idle/unbind");
	/* the next seed has a name before it has a directory */
	settle();
	return rc;
}

/* In-tree, a seed whose size was refused keeps its uuid. An enabled region has a new seed. */
static void drop_seed(void)
{
	put(region, "drivers/nd_region/unbind");
	put(region, "drivers/nd_region/bind");
	settle();
}

static void create(const char *step, unsigned int nr, u64 size)
{
	char seed[32], uuid[40], name[16];
	int rc;

	snprintf(name, sizeof(name), "create%u", nr);
	uuid_of(uuid, sizeof(uuid), nr, 0);
	get(seed, sizeof(seed), region, "namespace_seed");
	rc = put(uuid, "devices/%s/uuid", seed) ?: put_number(seed, "size", size);
	fact_errno(step, name, rc);
	if (rc)
		drop_seed();
	else if ((rc = advance_seed(seed)))
		errx(2, "%s %s: nd_idle does not bind to %s: %s", id, step, seed, strerror(rc));
}

static bool find(unsigned int nr, struct ns *out)
{
	struct ns ns[NS_MAX];
	unsigned int n = list(ns);

	for (unsigned int i = 0; i < n; i++) {
		if (ns[i].nr == nr) {
			*out = ns[i];
			return true;
		}
	}
	return false;
}

static void resize(const char *step, unsigned int nr, int64_t by)
{
	struct ns ns;
	char name[16];

	snprintf(name, sizeof(name), "resize%u", nr);
	if (!find(nr, &ns))
		fact(step, name, "absent");
	else
		fact_errno(step, name, put_number(ns.dev, "size", ns.size + by));
}

static void delete(const char *step, unsigned int nr)
{
	struct ns ns;

	if (find(nr, &ns))
		resize(step, nr, -ns.size);
}

static void delete_all(void)
{
	struct ns ns[NS_MAX];
	unsigned int n = list(ns);

	for (unsigned int i = 0; i < n; i++)
		put_number(ns[i].dev, "size", 0);
}

/* ---- steps ---- */

static void reenable(const char *step)
{
	int rc = put(region, "drivers/nd_region/unbind");

	fact_errno(step, "disable", rc);
	fact_errno(step, "enable", put(region, "drivers/nd_region/bind"));
	settle();
	state(step);
}

/* All of it, and sizes that no namespace can have. */
static void step_whole(u64 all, u64 align)
{
	create("whole", 1, all);
	state("whole");
	delete("whole-deleted", 1);
	state("whole-deleted");
	create("odd", 1, all / 2 + 4096);
	create("odd", 2, 1);
	create("odd", 3, all + align);
	create("odd", 4, ~0ull - align + 1);
	state("odd");
}

/* Three; the middle is deleted, and filled again in part. */
static void step_middle(u64 all, u64 align)
{
	create("three", 1, all / 4 / align * align);
	create("three", 2, all / 2 / align * align);
	create("three", 3, get_number(region, "max_available_extent"));
	state("three");
	delete("middle", 2);
	state("middle");
	create("half", 4, all / 4 / align * align);
	create("half", 5, get_number(region, "max_available_extent"));
	state("half");
}

static void step_sizes(u64 align)
{
	delete("room", 5);
	resize("grown", 4, align);
	state("grown");
	resize("shrunk", 4, -(int64_t)align);
	resize("shrunk", 3, -(int64_t)align);
	state("shrunk");
	resize("too-large", 4, 1ll << 50);
	resize("unaligned", 4, 4096);
	create("smallest", 6, align);
	state("smallest");
	reenable("reenabled");
}

/* As of kernels before 5.7, and of architectures with small pages only. */
static void step_align(u64 align, unsigned int ways)
{
	delete_all();
	fact_errno("align-small", "set-align", put_number(region, "align", ways * PAGE));
	create("align-small", 1, 5 * ways * PAGE);
	create("align-small", 2, 3 * ways * PAGE);
	state("align-small");
	delete_all();
	fact_errno("align-2m", "set-align", put_number(region, "align", ways * (2 << 20)));
	create("align-2m", 3, ways * (4 << 20));
	state("align-2m");
	delete_all();
	fact_errno("align-bad", "align", put_number(region, "align", ways * PAGE + 1));
	fact_errno("align-bad", "zero", put_number(region, "align", 0));
	fact_errno("align-bad", "align-again", put_number(region, "align", align));
	state("align-again");
}

static void claim(const char *kind, const char *attr, const char *value, const char *attr2,
		  const char *value2)
{
	char seed[32], uuid[40], what[16];
	struct ns ns;

	snprintf(what, sizeof(what), "%s_seed", kind);
	if (!get(seed, sizeof(seed), region, what) || !find(1, &ns))
		return;
	uuid_of(uuid, sizeof(uuid), 1, kind[0]);
	fact_errno(kind, "uuid", put(uuid, "devices/%s/uuid", seed));
	snprintf(what, sizeof(what), "set-%s", attr);
	fact_errno(kind, what, put(value, "devices/%s/%s", seed, attr));
	snprintf(what, sizeof(what), "set-%s", attr2 ?: "");
	if (attr2)
		fact_errno(kind, what, put(value2, "devices/%s/%s", seed, attr2));
	fact_errno(kind, "namespace", put(ns.dev, "devices/%s/namespace", seed));
	fact_errno(kind, "resize-claimed", put_number(ns.dev, "size", 0));
	fact_errno(kind, "release", put("\n", "devices/%s/namespace", seed));
	state(kind);
}

/* Every mode, as far as it goes without a driver. */
static void step_claims(u64 align)
{
	create("claims", 1, 4 * align);
	claim("pfn", "mode", "pmem", "align", "2097152");
	claim("dax", "mode", "ram", "align", "4096");
	claim("btt", "sector_size", "4096", NULL, NULL);
	delete_all();
}

/* The owner's namespaces, which stay. */
static void step_owner(const char *words)
{
	char copy[128], *word, *at = copy;
	unsigned int nr = 1;

	snprintf(copy, sizeof(copy), "%s", words);
	while ((word = strsep(&at, ","))) {
		char *size = strchr(word, '/'), *unit;
		u64 bytes;

		if (size) {
			bytes = strtoull(word, &unit, 0) << (*unit == 'K' ? 10 : 20);
			fact_errno("owner", "set-align", put_number(region, "align", bytes));
			word = size + 1;
		}
		bytes = strtoull(word, &unit, 0) <<
			(*unit == 'M' ? 20 : *unit == 'G' ? 30 : 0);
		if (!strcmp(word, "max"))
			bytes = get_number(region, "max_available_extent");
		create("owner", nr++, bytes);
	}
	reenable("owner");
}

static void walk_region(const struct machine *m)
{
	static const char *const attrs[] = {
		"size", "mappings", "nstype", "set_cookie", "resource",
	};
	u64 all = get_number(region, "max_available_extent");
	u64 align = get_number(region, "align");
	unsigned int ways = get_number(region, "mappings") ?: 1;

	for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++)
		fact_attr("begin", attrs[i]);
	fact("begin", "enabled", "%d", bound(region));
	state("begin");
	if (!all || !bound(region) || get_number(region, "nstype") != ND_DEVICE_NAMESPACE_PMEM)
		return;
	step_whole(all, align);
	step_middle(all, align);
	step_sizes(align);
	step_align(align, ways);
	step_claims(align);
	part = "last-";
	if (!region_nr && strcmp(m->row.namespaces, "-"))
		step_owner(m->row.namespaces);
	else
		step_middle(all, align);
	part = "";
}

/* ---- machines ---- */

static int make(struct machine *m)
{
	static u8 bytes[8 << 20];
	size_t len = machine_bytes(m, bytes);

	if (write(provider, bytes, len) != (ssize_t)len)
		return errno;
	settle();
	return 0;
}

/* ---- what stays: label areas and namespaces ---- */

static u64 saved;			/* bytes of label areas */

static void save(const void *p, size_t len)
{
	if (fwrite(p, 1, len, labels) != len)
		err(2, "labels");
}

static u32 save_area(const char *nmem, u32 dimm)
{
	static const u8 zeroes[PAGE];
	struct nd_cmd_get_config_size size = { 0 };
	char cmd[sizeof(struct nd_cmd_get_config_data_hdr) + PAGE], path[40];
	struct nd_cmd_get_config_data_hdr *hdr = (void *)cmd;
	u32 total = 0;
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", nmem);
	fd = open(path, O_RDWR);
	if (fd < 0)
		err(2, "%s", path);
	/* a locked DIMM cannot be read, and one without label area has nothing to read */
	if (ioctl(fd, ND_IOCTL_GET_CONFIG_SIZE, &size)) {
		warn("%s: size of the label area", nmem);
		size.config_size = 0;
	}
	for (u32 at = 0; at < size.config_size; at += PAGE) {
		struct provider_bytes head = { dimm, at, PAGE };

		if (size.config_size - at < PAGE)
			head.len = size.config_size - at;
		hdr->in_offset = at;
		hdr->in_length = head.len;
		hdr->status = 0;
		if (ioctl(fd, ND_IOCTL_GET_CONFIG_DATA, hdr) || hdr->status) {
			warn("%s: read of the label area at %u, status %u", nmem, at, hdr->status);
			break;
		}
		if (!memcmp(hdr->out_buf, zeroes, head.len))
			continue;
		save(&head, sizeof(head));
		save(hdr->out_buf, head.len);
		total += sizeof(head) + head.len;
	}
	close(fd);
	return total;
}

static void save_uuid(const char *dev, u8 *uuid)
{
	char text[80];

	memset(uuid, 0, 16);
	if (!get(text, sizeof(text), dev, "uuid") || strlen(text) != 36)
		return;
	for (int at = 0, i = 0; i < 16; i++, at += 2) {
		at += text[at] == '-';
		sscanf(text + at, "%2hhx", &uuid[i]);
	}
}

static void save_machine(const struct machine *m)
{
	struct label_sample head = { .magic = SAMPLE_MAGIC, .bytes = strlen(m->line) };
	static struct ns regions[DEVICES_MAX], nmems[DEVICES_MAX];
	unsigned int nregions = devices("region*", "resource", regions);
	unsigned int nnmem = devices("nmem*", NULL, nmems);
	long at = ftell(labels), end;

	save(&head, sizeof(head));
	for (unsigned int r = 0; r < nregions; r++) {
		struct ns ns[NS_MAX];
		unsigned int n;

		strcpy(region, regions[r].dev);
		n = list(ns);
		for (unsigned int i = 0; i < n; i++) {
			struct sample_ns is = {
				.start = ns[i].start - SAMPLE_BASE,
				.size = ns[i].size,
			};

			save_uuid(ns[i].dev, is.uuid);
			save(&is, sizeof(is));
		}
		head.nns += n;
	}
	save(m->line, strlen(m->line));
	for (unsigned int i = 0; i < nnmem; i++) {
		u32 bytes = save_area(nmems[i].dev, i);

		saved += bytes;
		head.bytes += bytes;
	}
	end = ftell(labels);
	fseek(labels, at, SEEK_SET);
	save(&head, sizeof(head));
	fseek(labels, end, SEEK_SET);
}

/* For a line of the kernel's log to be traced to its machine. */
static void kmsg(const char *text)
{
	int fd = open("/dev/kmsg", O_WRONLY);

	dprintf(fd, "<6>machines: %s\n", text);
	close(fd);
}

static void walk(struct machine *m)
{
	static struct ns regions[DEVICES_MAX];
	unsigned int n;
	int rc = make(m);

	id = m->row.id;
	region_nr = 0;
	if (rc) {
		fact_errno("begin", "machine", rc);
		return;
	}
	kmsg(m->row.id);
	n = devices("region*", "resource", regions);
	fact("begin", "regions", "%u", n);
	for (region_nr = 0; region_nr < n; region_nr++) {
		strcpy(region, regions[region_nr].dev);
		walk_region(m);
	}
	save_machine(m);
}

int main(int argc, char **argv)
{
	static struct machine m;
	unsigned int n = 0;
	FILE *table;

	if (argc != 4)
		errx(2, "usage: machines TABLE FACTS LABELS, with nd_provider and nd_idle loaded");
	provider = open("/dev/nd_provider", O_WRONLY);
	table = fopen(argv[1], "r");
	facts = fopen(argv[2], "w");
	labels = fopen(argv[3], "w");
	if (provider < 0 || !table || !facts || !labels)
		err(2, "/dev/nd_provider, %s, %s or %s", argv[1], argv[2], argv[3]);
	for (; row_next(table, &m.row); n++)
		walk(&m);
	if (write(provider, "\n", 1) < 0)
		err(2, "the last machine stays");
	printf("%u machines, %llu bytes of label areas\n", n, (unsigned long long)saved);
	return fclose(facts) || fclose(labels) || !n || !saved;
}
