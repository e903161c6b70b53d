// SPDX-License-Identifier: GPL-2.0
/* A namespace by its name, as bytes. See check_space.h. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <ndctl/libndctl.h>
#include "check_space.h"
#include "sysfs.h"
#include "users.h"

static struct ndctl_namespace *find(struct ndctl_ctx *ctx, const char *name)
{
	struct ndctl_namespace *space;
	struct ndctl_region *region;
	struct ndctl_bus *bus;

	ndctl_bus_foreach(ctx, bus)
		ndctl_region_foreach(bus, region)
			ndctl_namespace_foreach(region, space)
				if (!strcmp(ndctl_namespace_get_devname(space), name))
					return space;
	return NULL;
}

/* What it is served as: by itself, or by what has claimed it. */
static const char *node_of(struct ndctl_namespace *space, char *node, size_t size)
{
	struct ndctl_btt *btt = ndctl_namespace_get_btt(space);
	struct ndctl_pfn *pfn = ndctl_namespace_get_pfn(space);

	if (ndctl_namespace_get_dax(space))
		snprintf(node, size, "dax%s",
			 ndctl_namespace_get_devname(space) + strlen("namespace"));
	else
		snprintf(node, size, "%s", btt ? ndctl_btt_get_block_device(btt) :
			 pfn ? ndctl_pfn_get_block_device(pfn) :
			 ndctl_namespace_get_block_device(space));
	return node;
}

static bool is_served(struct ndctl_namespace *space)
{
	struct ndctl_btt *btt = ndctl_namespace_get_btt(space);
	struct ndctl_pfn *pfn = ndctl_namespace_get_pfn(space);
	struct ndctl_dax *dax = ndctl_namespace_get_dax(space);

	return ndctl_namespace_is_enabled(space) || (btt && ndctl_btt_is_enabled(btt)) ||
		(pfn && ndctl_pfn_is_enabled(pfn)) || (dax && ndctl_dax_is_enabled(dax));
}

static bool in_use(struct ndctl_namespace *space, const char **why)
{
	static char text[512];
	struct users users;
	char node[64];
	bool used = false;

	node_of(space, node, sizeof(node));
	if (!*node)
		return false;
	*why = "who uses it cannot be told";
	if (users_look(&users))
		return true;
	for (int i = 0; i < users.nr && !used; i++) {
		/* a part of a disk has the name of the whole in front */
		used = !strncmp(users.list[i].device, node, strlen(node));
		if (used)
			snprintf(text, sizeof(text), "%s: %.400s", users.list[i].device,
				 users.list[i].text);
	}
	users_free(&users);
	*why = text;
	return used;
}

/* Whoever is impatient does not leave it half way. */
static void hold_signals(bool hold)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

static int make_raw(struct check_space *out, const char **why)
{
	int rc;

	if (in_use(out->space, why))
		return -EBUSY;
	hold_signals(true);
	rc = out->enabled ? ndctl_namespace_disable_safe(out->space) : 0;
	if (rc < 0) {
		/* it is what it was, and in use perhaps by somebody whom nobody can see */
		hold_signals(false);
		*why = "it cannot be disabled";
		return rc;
	}
	out->turned = true;
	rc = ndctl_namespace_set_raw_mode(out->space, 1);
	if (rc >= 0)
		rc = ndctl_namespace_enable(out->space);
	*why = "it cannot be enabled raw: \"ndstack why\" says more";
	return rc < 0 ? rc : 0;
}

static void describe(struct check_space *out, const char *name)
{
	char dir[PATH_MAX], text[64];
	unsigned long long base = ndctl_namespace_get_resource(out->space);
	uuid_t uuid;

	out->base = base == ULLONG_MAX ? 0 : base;
	out->size = ndctl_namespace_get_size(out->space);
	ndctl_namespace_get_uuid(out->space, uuid);
	memcpy(out->uuid, uuid, sizeof(out->uuid));
	for (unsigned int i = 0; i < sizeof(out->uuid); i++)
		out->has_uuid |= out->uuid[i] != 0;
	snprintf(dir, sizeof(dir), "/sys/bus/nd/devices/%.63s", name);
	sysfs_attr(dir, "holder_class", text, sizeof(text));
	out->is_btt = !strncmp(text, "btt", 3);
}

int check_space_open(struct check_space *out, const char *name, const char **why)
{
	bool raw;
	int rc;

	*out = (struct check_space) { };
	*why = "";
	rc = ndctl_new(&out->ctx);
	if (rc)
		return rc;
	out->space = find(out->ctx, name);
	if (!out->space || !ndctl_namespace_get_size(out->space)) {
		ndctl_unref(out->ctx);
		*why = out->space ? "it has no capacity" : "there is no such namespace";
		return -ENODEV;
	}
	describe(out, name);
	out->enabled = is_served(out->space);
	raw = ndctl_namespace_is_enabled(out->space) && !ndctl_namespace_get_btt(out->space) &&
		!ndctl_namespace_get_pfn(out->space) && !ndctl_namespace_get_dax(out->space);
	rc = raw ? 0 : make_raw(out, why);
	if (!rc)
		snprintf(out->disk, sizeof(out->disk), "/dev/%.48s",
			 ndctl_namespace_get_block_device(out->space));
	if (!rc && !out->disk[5]) {
		*why = "it has no disk";
		rc = -ENXIO;
	}
	if (rc)
		check_space_close(out);
	return rc;
}

int check_space_close(struct check_space *space)
{
	int rc = 0;

	if (space->turned) {
		ndctl_namespace_disable(space->space);
		rc = ndctl_namespace_set_raw_mode(space->space, 0);
		if (rc >= 0 && space->enabled)
			rc = ndctl_namespace_enable(space->space);
		hold_signals(false);
	}
	ndctl_unref(space->ctx);
	return rc < 0 ? rc : 0;
}
