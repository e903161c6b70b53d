// SPDX-License-Identifier: GPL-2.0
/*
 * The roles that change something, in the steps ndctl takes: a loser finds at
 * any step that somebody else was faster.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "stress.h"

#define MIB	(1ull << 20)

/* ---- create ---- */

static int configure_claim(struct worker *w, const char *region, const char *kind, const char *ns)
{
	char claim[32], uuid[40];
	int err;

	put(w, OP_WRITE, kind, DEVICES "%s/holder_class", ns);
	err = get(w, claim, sizeof(claim), DEVICES "%s/%s_seed", region, kind);
	if (err || !claim[0])
		return err ?: ENODEV;
	new_uuid(w, uuid);
	err = put(w, OP_WRITE, uuid, DEVICES "%s/uuid", claim);
	if (err)
		return err;
	if (!strcmp(kind, "btt")) {
		err = put(w, OP_WRITE, chance(w, 50) ? "4096" : "512", DEVICES "%s/sector_size",
			  claim);
	} else {
		err = put(w, OP_WRITE, chance(w, 50) ? "pmem" : "ram", DEVICES "%s/mode", claim);
		if (!err)
			err = put(w, OP_WRITE, chance(w, 50) ? "4096" : "2097152",
				  DEVICES "%s/align", claim);
	}
	if (!err)
		err = put(w, OP_WRITE, ns, DEVICES "%s/namespace", claim);
	return err ?: bind_device(w, claim);
}

static int create(struct worker *w, const char *region, const char *kind)
{
	char ns[32], text[40];
	int err = get(w, ns, sizeof(ns), DEVICES "%s/namespace_seed", region);

	if (err || !ns[0])
		return err ?: ENODEV;
	new_uuid(w, text);
	err = put(w, OP_WRITE, text, DEVICES "%s/uuid", ns);
	if (err)
		return err;
	if (chance(w, 50)) {
		snprintf(text, sizeof(text), "stress %d", (int)rnd(w, 1000));
		put(w, OP_WRITE, text, DEVICES "%s/alt_name", ns);
	}
	if (chance(w, 30))
		put(w, OP_WRITE, chance(w, 50) ? "4096" : "512", DEVICES "%s/sector_size", ns);
	snprintf(text, sizeof(text), "%llu", (1 + rnd(w, 4)) * 16 * MIB);
	err = put(w, OP_WRITE, text, DEVICES "%s/size", ns);
	if (err)
		return err;
	return kind ? configure_claim(w, region, kind, ns) : bind_device(w, ns);
}

void turn_create(struct worker *w)
{
	static const char *const kinds[] = { NULL, "pfn", "pfn", "dax", "btt" };
	char region[32];

	if (pick(w, "region", region, sizeof(region)))
		done(w, OP_CREATE, create(w, region, kinds[rnd(w, 5)]));
	nap(w, 20);
}

/* ---- destroy ---- */

/* The name of the disk over a namespace that is served raw. */
static bool disk_of(const char *ns, char *disk, size_t len)
{
	char path[128];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), DEVICES "%s/block", ns);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			found = snprintf(disk, len, "/dev/%.24s", entry->d_name) > 0;
	closedir(dir);
	return found;
}

/* As ndctl does before it gives capacity back, so that the next owner finds no info-block. */
static void wipe(struct worker *w, const char *ns)
{
	static const char zero[16384];
	char disk[40];
	int fd;

	if (put(w, OP_WRITE, "1", DEVICES "%s/force_raw", ns))
		return;
	if (!bind_device(w, ns) && disk_of(ns, disk, sizeof(disk))) {
		doing(w, "wipe %s", disk);
		fd = open(disk, O_RDWR | O_EXCL);
		if (fd < 0) {
			done(w, OP_OPEN, errno);
		} else {
			write_disk(w, fd, zero, sizeof(zero), 0);
			close(fd);
		}
	}
	unbind_device(w, ns);
	put(w, OP_WRITE, "0", DEVICES "%s/force_raw", ns);
}

int destroy(struct worker *w, const char *ns)
{
	char holder[32];
	int err = get(w, holder, sizeof(holder), DEVICES "%s/holder", ns);

	if (err)
		return err;
	if (holder[0]) {
		unbind_device(w, holder);
		put(w, OP_WRITE, "\n", DEVICES "%s/namespace", holder);
	}
	unbind_device(w, ns);
	if (chance(w, 60))
		wipe(w, ns);
	return put(w, OP_WRITE, "0", DEVICES "%s/size", ns);
}

void turn_destroy(struct worker *w)
{
	char ns[32], size[32];

	nap(w, 20);
	if (!pick(w, "namespace", ns, sizeof(ns)))
		return;
	if (!get(w, size, sizeof(size), DEVICES "%s/size", ns) && strcmp(size, "0"))
		done(w, OP_DESTROY, destroy(w, ns));
}

/* ---- enable and disable ---- */

static void toggle(struct worker *w, const char *words)
{
	int64_t since = now_ms();
	char name[32];

	if (pick(w, words, name, sizeof(name))) {
		unbind_device(w, name);
		nap(w, 100);
		while (atomic_load(&unloading) && !atomic_load(&stop))
			nap(w, 20);
		bind_device(w, name);
	}
	rest(w, since);
	nap(w, 1500);
}

void turn_regions(struct worker *w)
{
	toggle(w, "region");
}

void turn_dimms(struct worker *w)
{
	toggle(w, "nmem");
}

void turn_namespaces(struct worker *w)
{
	char name[32];

	if (pick(w, "namespace|pfn|btt|dax", name, sizeof(name))) {
		if (chance(w, 50))
			unbind_device(w, name);
		else
			bind_device(w, name);
	}
	nap(w, 30);
}

/* ---- attributes, wherever they are ---- */

static void write_namespace(struct worker *w, const char *name)
{
	static const char *const classes[] = { "", "pfn", "dax", "btt", "nonsense" };
	char text[64];

	switch (rnd(w, 6)) {
	case 0:
		new_uuid(w, text);
		put(w, OP_WRITE, text, DEVICES "%s/uuid", name);
		break;
	case 1:
		snprintf(text, sizeof(text), "%llu",
			 rnd(w, 6) * 16 * MIB + (chance(w, 10) ? 512 : 0));
		put(w, OP_WRITE, text, DEVICES "%s/size", name);
		break;
	case 2:
		snprintf(text, sizeof(text), "name %llu", (unsigned long long)rnd(w, 0));
		put(w, OP_WRITE, text, DEVICES "%s/alt_name", name);
		break;
	case 3:
		put(w, OP_WRITE, classes[rnd(w, 5)], DEVICES "%s/holder_class", name);
		break;
	case 4:
		put(w, OP_WRITE, chance(w, 50) ? "512" : "4096", DEVICES "%s/sector_size", name);
		break;
	default:
		put(w, OP_WRITE, chance(w, 80) ? "0" : "1", DEVICES "%s/force_raw", name);
	}
}

static void write_claim(struct worker *w, const char *name)
{
	static const char *const modes[] = { "ram", "pmem", "none", "nonsense" };
	char text[64];

	switch (rnd(w, 4)) {
	case 0:
		new_uuid(w, text);
		put(w, OP_WRITE, text, DEVICES "%s/uuid", name);
		break;
	case 1:
		if (!strncmp(name, "btt", 3))
			put(w, OP_WRITE, "4096", DEVICES "%s/sector_size", name);
		else
			put(w, OP_WRITE, modes[rnd(w, 4)], DEVICES "%s/mode", name);
		break;
	case 2:
		if (!pick(w, "namespace", text, sizeof(text)))
			break;
		put(w, OP_WRITE, text, DEVICES "%s/namespace", name);
		break;
	default:
		put(w, OP_WRITE, "\n", DEVICES "%s/namespace", name);
	}
}

static void write_region(struct worker *w, const char *name)
{
	switch (rnd(w, 3)) {
	case 0:
		put(w, OP_WRITE, chance(w, 85) ? "0" : "1", DEVICES "%s/read_only", name);
		break;
	case 1:
		put(w, OP_WRITE, chance(w, 90) ? "0x1000000" : "0x2000000", DEVICES "%s/align",
		    name);
		break;
	default:
		nap(w, 50);
	}
}

void turn_attributes(struct worker *w)
{
	char name[32];

	if (!pick(w, "namespace|pfn|btt|dax|region", name, sizeof(name)))
		nap(w, 100);
	else if (!strncmp(name, "namespace", 9))
		write_namespace(w, name);
	else if (!strncmp(name, "region", 6))
		write_region(w, name);
	else
		write_claim(w, name);
	nap(w, 5);
}

/* ---- modules ---- */

/* In the order of loading; what a tree does not have is passed over. */
static const char *const module[] = {
	"nd_common", "libnvdimm", "nd_btt", "nfit", "nd_pmem", "dax_pmem",
};

#define MODULES	(int)(sizeof(module) / sizeof(module[0]))

/* The drivers of namespaces come and go while regions live; the others only without regions. */
#define FIRST_DRIVER	4

int unload(struct worker *w, const char *name)
{
	doing(w, "unload %s", name);
	return done(w, OP_UNLOAD, syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0);
}

void load(struct worker *w, const char *name)
{
	struct utsname uts;
	char path[256];
	int fd, err;

	uname(&uts);
	snprintf(path, sizeof(path), "/lib/modules/%s/updates/%s.ko", uts.release, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return;
	doing(w, "load %s", name);
	err = syscall(SYS_finit_module, fd, "", 0) ? errno : 0;
	close(fd);
	done(w, OP_LOAD, err == EEXIST ? 0 : err);
}

static void disable(struct worker *w, const char *name)
{
	unbind_device(w, name);
}

/* A region that is enabled pins nfit, a disk that is open nd_pmem: try until both let go. */
static void unload_all(struct worker *w)
{
	atomic_store(&unloading, true);
	for (int i = 0; i < 20 && !atomic_load(&stop); i++) {
		each("region", disable, w);
		unload(w, "dax_pmem");
		unload(w, "nd_pmem");
		if (!unload(w, "nfit"))
			break;
		nap(w, 20);
	}
	unload(w, "nd_btt");
	unload(w, "libnvdimm");
	unload(w, "nd_common");
	for (int i = 0; i < MODULES; i++)
		load(w, module[i]);
	atomic_store(&unloading, false);
}

void turn_reload(struct worker *w)
{
	int64_t since;

	nap(w, 8000);
	since = now_ms();
	if (chance(w, 30)) {
		unload_all(w);
	} else {
		for (int i = MODULES - 1; i >= FIRST_DRIVER; i--)
			unload(w, module[i]);
		for (int i = FIRST_DRIVER; i < MODULES; i++)
			load(w, module[i]);
	}
	rest(w, since);
}
