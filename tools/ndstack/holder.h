/* SPDX-License-Identifier: GPL-2.0 */
/* What a person calls who holds a device: logical volume, mapped device, virtual machine. */
#ifndef _NDSTACK_HOLDER_H
#define _NDSTACK_HOLDER_H

#include <stdbool.h>
#include <stddef.h>

#define HOLDER_TEXT	256

/* holder_describe() - @name: of a block device that holds another: "dm-0 (logical volume vg/lv)" */
void holder_describe(const char *name, char text[HOLDER_TEXT]);

/* holder_process() - "123 (fio)", "124 (qemu-system-x86), virtual machine web1" */
void holder_process(int pid, char text[HOLDER_TEXT]);

/*
 * holder_volume() - pure: a name of device-mapper's, where each '-' that is part of a name stands
 *	twice, as "vg/lv"
 *
 * Return: false: it is not such a name.
 */
bool holder_volume(const char *dm_name, char *volume, size_t size);

/*
 * holder_machine() - pure: the name of the virtual machine in the words of a QEMU's command line
 * @words: each ends with a zero
 *
 * Return: false: it has none.
 */
bool holder_machine(const char *words, size_t size, char *name, size_t name_size);

#endif /* _NDSTACK_HOLDER_H */
