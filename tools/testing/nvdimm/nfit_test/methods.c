// SPDX-License-Identifier: GPL-2.0
/* Label storage by named methods (ACPI 6.5 §6.5.10), over the functions of labels.c. */
#include <linux/acpi.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include "nfit_test.h"

#define LOCKED	3	/* says _LSR and _LSW */

bool mock_has_label_method(const struct mock_machine *m, const char *name)
{
	static const char * const names[] = { "_LSI", "_LSR", "_LSW" };

	for (u32 i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return m->habits.methods & BIT(i);
	return false;
}

/* Integers @word, and a buffer behind them unless @bytes is NULL, in one piece. */
static union acpi_object *package_of(const u32 *word, u32 words, const u8 *bytes, u32 len)
{
	u32 n = words + !!bytes;
	union acpi_object *object = kzalloc(sizeof(*object) * (1 + n) + len, GFP_KERNEL);
	union acpi_object *e;

	if (!object)
		return ERR_PTR(-ENOMEM);
	e = object + 1;
	object->package.type = ACPI_TYPE_PACKAGE;
	object->package.count = n;
	object->package.elements = e;
	for (u32 i = 0; i < words; i++) {
		e[i].integer.type = ACPI_TYPE_INTEGER;
		e[i].integer.value = word[i];
	}
	if (bytes) {
		e[words].buffer.type = ACPI_TYPE_BUFFER;
		e[words].buffer.length = len;
		e[words].buffer.pointer = (u8 *)(e + n);
		memcpy(e + n, bytes, len);
	}
	return object;
}

/* The answer of a function, as a method gives it. */
static union acpi_object *answer_of(const char *name, const struct mock_call *call, bool locked)
{
	const u32 word[] = {
		locked && strcmp(name, "_LSI") ? LOCKED : get_unaligned_le32(call->out) & 0xffff,
		get_unaligned_le32(call->out + 4), get_unaligned_le32(call->out + 8),
	};
	union acpi_object *object;

	if (!strcmp(name, "_LSI"))
		return package_of(word, ARRAY_SIZE(word), NULL, 0);
	if (!strcmp(name, "_LSR"))
		return package_of(word, 1, call->out + 4, call->out_len - 4);
	object = kzalloc(sizeof(*object), GFP_KERNEL);
	if (!object)
		return ERR_PTR(-ENOMEM);
	object->integer.type = ACPI_TYPE_INTEGER;
	object->integer.value = word[0];
	return object;
}

/* Arguments of _LSR, and of _LSW, as their functions take them: offset, length, bytes. */
static u32 input_of(struct acpi_object_list *args, u8 *in)
{
	const union acpi_object *arg = args ? args->pointer : NULL;
	u32 len = 0;

	for (u32 i = 0; arg && i < args->count && i < 3; i++) {
		if (arg[i].type == ACPI_TYPE_INTEGER) {
			put_unaligned_le32(arg[i].integer.value, in + len);
			len += sizeof(u32);
		} else if (arg[i].type == ACPI_TYPE_BUFFER &&
			   arg[i].buffer.length <= MOCK_OUT_MAX - len) {
			memcpy(in + len, arg[i].buffer.pointer, arg[i].buffer.length);
			len += arg[i].buffer.length;
		}
	}
	return len;
}

union acpi_object *mock_label_method(struct mock_machine *m, struct mock_dimm *dimm,
				     const char *name, struct acpi_object_list *args)
{
	u8 *in = kzalloc(2 * MOCK_OUT_MAX, GFP_KERNEL);
	struct mock_call call = { .in = in };
	union acpi_object *object = NULL;

	if (!in)
		return ERR_PTR(-ENOMEM);
	call.in_len = input_of(args, in);
	call.out = in + MOCK_OUT_MAX;
	if (!strcmp(name, "_LSI"))
		mock_labels_size(m, dimm, &call);
	else if (!strcmp(name, "_LSR"))
		mock_labels_read(m, dimm, &call);
	else
		mock_labels_write(m, dimm, &call);
	if (call.out_len)
		object = answer_of(name, &call, mock_security_locked(dimm));
	kfree(in);
	return object;
}
