/* SPDX-License-Identifier: GPL-2.0 */
/* A namespace by its name, as bytes: served raw for as long as it is looked at. */
#ifndef _NDSTACK_CHECK_SPACE_H
#define _NDSTACK_CHECK_SPACE_H

#include <stdbool.h>
#include <stdint.h>

struct ndctl_ctx;
struct ndctl_namespace;

/**
 * struct check_space - one that is open
 * @ctx, @space: of libndctl
 * @enabled: it was served before
 * @turned: it is raw now, and was not
 * @disk: /dev/pmemX of all its bytes
 * @base: where it begins, 0: not to be seen
 * @size: its bytes
 * @uuid: of it
 * @has_uuid: a label says so
 * @is_btt: a label says that it holds a BTT
 */
struct check_space {
	struct ndctl_ctx *ctx;
	struct ndctl_namespace *space;
	bool enabled;
	bool turned;
	char disk[64];
	uint64_t base;
	uint64_t size;
	uint8_t uuid[16];
	bool has_uuid;
	bool is_btt;
};

/*
 * check_space_open() - @name: namespaceX.Y
 * @why: set to a few words where it fails
 *
 * One that is in use is left alone. One that is enabled as raw is read as it is; any other is
 * disabled, and enabled raw, until check_space_close() makes it what it was.
 *
 * Return: 0 or a negative errno; -ENODEV: there is none of that name; -EBUSY: it is in use.
 */
int check_space_open(struct check_space *out, const char *name, const char **why);

/* Return: 0, or a negative errno: it is not what it was. */
int check_space_close(struct check_space *space);

#endif /* _NDSTACK_CHECK_SPACE_H */
