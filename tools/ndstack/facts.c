// SPDX-License-Identifier: GPL-2.0
/* Facts of kernels. See facts.h. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <libkmod.h>
#include <linux/kernel.h>
#include "facts.h"

/* there() - is a file of that name there? */
static bool there(const char *format, ...)
{
	char path[PATH_MAX];
	va_list words;

	va_start(words, format);
	vsnprintf(path, sizeof(path), format, words);
	va_end(words);
	return !access(path, F_OK);
}

/* read_file() - Return: bytes read, at most @size - 1, with a zero behind them; 0: none */
static size_t read_file(const char *path, char *to, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t got = 0;

	if (file) {
		got = fread(to, 1, size - 1, file);
		fclose(file);
	}
	to[got] = 0;
	return got;
}

/* open_first() - Return: the first of @places that is there, of a kernel; or NULL */
static FILE *open_first(const char *const *places, int nr, const char *release)
{
	char path[PATH_MAX];
	FILE *file = NULL;

	for (int i = 0; !file && i < nr; i++) {
		snprintf(path, sizeof(path), places[i], release);
		file = fopen(path, "re");
	}
	return file;
}

static FILE *open_config(const char *release)
{
	static const char *const places[] = {
		"/lib/modules/%s/build/include/config/auto.conf", "/boot/config-%s",
		"/lib/modules/%s/config", "/lib/modules/%s/build/.config",
	};

	return open_first(places, ARRAY_SIZE(places), release);
}

/* "x86_64-linux-gnu-gcc-12 (Debian 12.2.0) 12.2.0", in quotes or not */
static void read_compiler(const char *value, struct preflight_kernel *out)
{
	value += *value == '"';
	snprintf(out->compiler, sizeof(out->compiler), "%.*s", (int)strcspn(value, " \"\n"), value);
	if (!strncmp(out->compiler, "x86_64-linux-gnu-", 17))
		memmove(out->compiler, out->compiler + 17, strlen(out->compiler + 17) + 1);
}

static void read_config(struct preflight_kernel *out)
{
	FILE *file = open_config(out->release);
	char line[512];

	if (!file)
		return;
	out->libnvdimm = PREFLIGHT_NO;
	out->zone_device = PREFLIGHT_NO;
	while (fgets(line, sizeof(line), file)) {
		if (!strncmp(line, "CONFIG_LIBNVDIMM=", 17))
			out->libnvdimm = line[17] == 'y' ? PREFLIGHT_BUILT_IN : PREFLIGHT_MODULE;
		else if (!strncmp(line, "CONFIG_ZONE_DEVICE=y", 20))
			out->zone_device = PREFLIGHT_BUILT_IN;
		else if (!strncmp(line, "CONFIG_MODVERSIONS=y", 20))
			out->modversions = true;
		else if (!strncmp(line, "CONFIG_MODULE_SIG_FORCE=y", 25))
			out->sealed = true;
		else if (!strncmp(line, "CONFIG_CC_VERSION_TEXT=", 23))
			read_compiler(line + 23, out);
	}
	fclose(file);
}

static bool in_path(const char *program)
{
	char path[PATH_MAX], *copy = strdup(getenv("PATH") ?: "/usr/bin:/bin"), *rest = copy, *dir;
	bool found = false;

	while (copy && !found && (dir = strsep(&rest, ":"))) {
		snprintf(path, sizeof(path), "%s/%s", dir, program);
		found = !access(path, X_OK);
	}
	free(copy);
	return found;
}

static bool secure_boot(void)
{
	char value[8], line[128];

	/* four bytes of attributes, and one that says it */
	if (read_file("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
		      value, sizeof(value)) == 5 && value[4] == 1)
		return true;
	if (read_file("/sys/module/module/parameters/sig_enforce", value, sizeof(value)) &&
	    value[0] == 'Y')
		return true;
	return read_file("/sys/kernel/security/lockdown", line, sizeof(line)) &&
		!strstr(line, "[none]");
}

/*
 * The kernel names a key by the end of its identifier, as "X509.rsa 01234567"; the certificate has
 * that as an extension: its object identifier, 2.5.29.14, and a string of twenty bytes in a string.
 */
static bool key_known(const char *certificate)
{
	static const char oid[] = "\x06\x03\x55\x1d\x0e";
	char bytes[4096], id[16], line[256];
	size_t size = read_file(certificate, bytes, sizeof(bytes));
	char *at = memmem(bytes, size, oid, 5);
	bool known = false;
	FILE *keys;

	if (!at || at + 5 + 4 + 20 > bytes + size || at[5] != 4)
		return false;
	at += 5 + 4 + 16;
	snprintf(id, sizeof(id), "%02x%02x%02x%02x", (u8)at[0], (u8)at[1], (u8)at[2], (u8)at[3]);
	keys = fopen("/proc/keys", "re");
	while (keys && !known && fgets(line, sizeof(line), keys))
		known = strstr(line, "X509") && strstr(line, id);
	if (keys)
		fclose(keys);
	return known;
}

static void read_settings(const char *path, struct preflight_kernel *out)
{
	FILE *file = fopen(path, "re");
	char line[512];

	while (file && fgets(line, sizeof(line), file)) {
		preflight_setting(line, "mok_signing_key", out->release, out->signing_key,
				  sizeof(out->signing_key));
		preflight_setting(line, "mok_certificate", out->release, out->certificate,
				  sizeof(out->certificate));
	}
	if (file)
		fclose(file);
}

static bool is_ubuntu(void)
{
	char lines[2048];

	/* a line of its own; VERSION_ID is another */
	lines[0] = '\n';
	read_file("/etc/os-release", lines + 1, sizeof(lines) - 1);
	return strstr(lines, "\nID=ubuntu\n");
}

/* Where dkms has the key that it signs with: by its settings, the last of them, or by itself. */
static void read_key(struct preflight_kernel *out)
{
	const char *key = "/var/lib/dkms/mok.key", *certificate = "/var/lib/dkms/mok.pub";
	glob_t more = { };

	read_settings("/etc/dkms/framework.conf", out);
	if (!glob("/etc/dkms/framework.conf.d/*.conf", 0, NULL, &more))
		for (size_t i = 0; i < more.gl_pathc; i++)
			read_settings(more.gl_pathv[i], out);
	globfree(&more);
	if (!*out->signing_key && is_ubuntu()) {
		key = "/var/lib/shim-signed/mok/MOK.priv";
		certificate = "/var/lib/shim-signed/mok/MOK.der";
		*out->certificate = 0;
	}
	if (!*out->signing_key)
		strcpy(out->signing_key, key);
	if (!*out->certificate)
		strcpy(out->certificate, certificate);
	/* where one of two files is missing, dkms makes both anew */
	out->key = there("%s", out->certificate) &&
		(!strncmp(out->signing_key, "pkcs11:", 7) || there("%s", out->signing_key));
	out->key_known = key_known(out->certificate);
}

/* A tree of dkms, of any version of ours, whose source is gone. */
static bool half_dkms(void)
{
	struct dirent *entry;
	DIR *dir = opendir("/var/lib/dkms/ndstack");
	bool half = false;

	while (dir && !half && (entry = readdir(dir)))
		half = isdigit((unsigned char)entry->d_name[0]) &&
			!there("/var/lib/dkms/ndstack/%s/source/dkms.conf", entry->d_name);
	if (dir)
		closedir(dir);
	return half;
}

/* Of ours, or of what they replace: no importer. */
static bool is_replaced(const char *name)
{
	/* drivers/modules has them, but for what no kernel of x86 has */
	static const char *const names[] = { MODULE_NAMES "of_pmem" };

	for (int i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* The command line of the running kernel says that function is not to be called. */
static bool is_kept(const char *function)
{
	char line[4096], *rest = line, *word, *name;

	read_file("/proc/cmdline", line, sizeof(line));
	while ((word = strsep(&rest, " \n"))) {
		if (strncmp(word, "initcall_blacklist=", 19))
			continue;
		word += 19;
		while ((name = strsep(&word, ",")))
			if (!strcmp(name, function))
				return true;
	}
	return false;
}

/* "... __initcall__kmod_nfit__257_3515_nfit_init6": what is built in, and what starts it */
static bool parse_initcall(const char *line, char *module, char *function, size_t size)
{
	const char *at = strstr(line, "__initcall__kmod_"), *end;
	int skip = 0;

	if (!at)
		return false;
	at += 17;
	end = strstr(at, "__");
	if (!end || end - at >= (ptrdiff_t)size)
		return false;
	snprintf(module, size, "%.*s", (int)(end - at), at);
	if (sscanf(end, "__%*[0-9]_%*[0-9]_%n", &skip) == EOF || !skip)
		return false;
	snprintf(function, size, "%.*s", (int)strcspn(end + skip, " \n"), end + skip);
	/* behind it the level: 6, or 6s */
	for (at = function + strlen(function); at > function && strchr("0123456789s", at[-1]); at--)
		if (isdigit((unsigned char)at[-1])) {
			function[at - 1 - function] = 0;
			return true;
		}
	return false;
}

static void read_initcalls(struct preflight_kernel *out)
{
	static const char *const places[] = {
		"/boot/System.map-%s", "/lib/modules/%s/System.map", "/lib/modules/%s/build/System.map",
	};
	FILE *file = open_first(places, ARRAY_SIZE(places), out->release);
	char line[512], module[64], function[64];
	size_t len = 0;

	out->kept = out->running;
	while (file && fgets(line, sizeof(line), file)) {
		if (!parse_initcall(line, module, function, sizeof(module)))
			continue;
		/* it builds on ours, or rather on the kernel's own */
		if (!is_replaced(module) && strcmp(module, "cxl_pmem") && strcmp(module, "ramdax"))
			continue;
		if (len + strlen(function) + 2 > sizeof(out->initcalls))
			break;
		len += sprintf(out->initcalls + len, "%s%s", len ? "," : "", function);
		out->kept = out->kept && is_kept(function);
	}
	out->kept = out->kept && len;
	if (file)
		fclose(file);
}

/* Lines of Module.symvers: a version, a symbol, and who has it. */
static enum preflight_dax read_dax(const char *release)
{
	static const char *const places[] = { "/lib/modules/%s/build/Module.symvers" };
	static const char *const names[] = {
		"alloc_dax", "__dax_driver_register", "devm_create_dev_dax",
	};
	FILE *file = open_first(places, ARRAY_SIZE(places), release);
	bool exports[ARRAY_SIZE(names)] = { };
	char line[512], symbol[128];

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*s %127s", symbol) != 1)
			continue;
		for (int i = 0; i < ARRAY_SIZE(names); i++)
			exports[i] |= !strcmp(symbol, names[i]);
	}
	if (file)
		fclose(file);
	return preflight_dax(exports[0], exports[1], exports[2]);
}

void facts_kernel(const char *release, struct preflight_kernel *out)
{
	struct utsname running;

	uname(&running);
	*out = (struct preflight_kernel) { };
	snprintf(out->release, sizeof(out->release), "%s", *release ? release : running.release);
	out->installed = there("/lib/modules/%s/modules.builtin", out->release);
	out->running = !strcmp(out->release, running.release);
	read_config(out);
	if (out->libnvdimm == PREFLIGHT_BUILT_IN)
		read_initcalls(out);
	out->cxl_pmem = there("/lib/modules/%s/kernel/drivers/cxl/cxl_pmem.ko", out->release) ||
		there("/lib/modules/%s/kernel/drivers/cxl/cxl_pmem.ko.xz", out->release) ||
		there("/lib/modules/%s/kernel/drivers/cxl/cxl_pmem.ko.zst", out->release);
	out->headers = there("/lib/modules/%s/build/include/generated/utsrelease.h", out->release);
	out->compiler_there = in_path(*out->compiler ? out->compiler : "gcc") && in_path("make");
	out->btf = there("/lib/modules/%s/build/vmlinux", out->release) ||
		there("/boot/vmlinuz-%s", out->release) ||
		there("/lib/modules/%s/vmlinuz", out->release);
	if (out->running)
		out->btf |= there("/sys/kernel/btf/vmlinux");
	out->dax = read_dax(out->release);
	out->sealed |= secure_boot();
	read_key(out);
	out->half_dkms = half_dkms();
}

/* Is it one that a build proves to mean the same in ours? */
static bool is_proved(const char *symbol)
{
	static const char *const names[] = { EXPORT_NAMES };

	for (int i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(symbol, names[i]))
			return true;
	return false;
}

/* Does it come from libnvdimm or nfit? Those of cxl are named alike. */
static bool is_ours(const char *symbol)
{
	if (strstr(symbol, "cxl"))
		return false;
	return strstr(symbol, "nvdimm") || !strncmp(symbol, "nd_", 3) ||
		!strncmp(symbol, "nfit_", 5);
}

/* "kernel/drivers/cxl/cxl_pmem.ko.xz" -> "cxl_pmem" */
static void module_name(const char *path, char *name, size_t size)
{
	const char *base = strrchr(path, '/');

	base = base ? base + 1 : path;
	snprintf(name, size, "%.*s", (int)strcspn(base, ".:"), base);
	for (; *name; name++)
		if (*name == '-')
			*name = '_';
}

static void read_importer(struct kmod_ctx *ctx, const char *name,
			  void (*what)(const struct facts_importer *, void *), void *data)
{
	struct facts_importer importer = { };
	struct kmod_list *symbols = NULL, *entry;
	struct kmod_module *module;

	snprintf(importer.name, sizeof(importer.name), "%s", name);
	importer.in_use = there("/sys/module/%s/refcnt", name);
	if (kmod_module_new_from_name(ctx, name, &module)) {
		importer.unread = true;
		what(&importer, data);
		return;
	}
	importer.unread = kmod_module_get_dependency_symbols(module, &symbols) < 0;
	kmod_list_foreach(entry, symbols) {
		const char *symbol = kmod_module_dependency_symbol_get_symbol(entry);

		if (is_proved(symbol))
			importer.proof = true;
		else if (importer.nr < ARRAY_SIZE(importer.symbols) && is_ours(symbol))
			importer.symbols[importer.nr++] = symbol;
	}
	what(&importer, data);
	kmod_module_dependency_symbols_free_list(symbols);
	kmod_module_unref(module);
}

int facts_importers(const char *release, void (*what)(const struct facts_importer *, void *),
		    void *data)
{
	char path[PATH_MAX], name[64], *line = NULL;
	struct kmod_ctx *ctx;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", release);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	snprintf(path, sizeof(path), "/lib/modules/%s", release);
	ctx = kmod_new(path, NULL);
	while (ctx && getline(&line, &size, file) > 0) {
		char *needs = strchr(line, ':');

		module_name(line, name, sizeof(name));
		if (!needs || is_replaced(name))
			continue;
		if (strstr(needs, "/libnvdimm.ko") || strstr(needs, "/nfit.ko"))
			read_importer(ctx, name, what, data);
	}
	free(line);
	fclose(file);
	if (!ctx)
		return -ENOMEM;
	kmod_unref(ctx);
	return 0;
}
