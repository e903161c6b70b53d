/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _STORE_TEXT_H
#define _STORE_TEXT_H

/* Store a text to an attribute of sysfs, as echo does. Return: 0, or the errno of the store. */
int store_text(const char *path, const char *text);

#endif /* _STORE_TEXT_H */
