/* SPDX-License-Identifier: GPL-2.0 */
/* A few words for reading sysfs. */
#ifndef _NDSTACK_SYSFS_H
#define _NDSTACK_SYSFS_H

#include <stddef.h>
#include <stdbool.h>

/*
 * sysfs_attr() - @text: the attribute without the last newline, "" if there is none
 *
 * Return: bytes, or a negative errno.
 */
int sysfs_attr(const char *dir, const char *name, char *text, size_t size);

/* sysfs_attr_at() - likewise, of the directory that is open as @dir */
int sysfs_attr_at(int dir, const char *name, char *text, size_t size);

/* sysfs_link() - @text: the last part of where the link leads, "" if there is none */
bool sysfs_link(const char *dir, const char *name, char *text, size_t size);

/* sysfs_first() - @text: an entry of the directory that begins with @prefix, "" if none does */
bool sysfs_first(const char *dir, const char *name, const char *prefix, char *text, size_t size);

#endif /* _NDSTACK_SYSFS_H */
