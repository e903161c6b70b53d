// SPDX-License-Identifier: GPL-2.0
/*
 * Label storage by named methods (ACPI 6.5 §6.5.10): _LSI tells its size, _LSR
 * reads, _LSW writes. Their answers are turned into the bytes that the
 * corresponding _DSM functions return, so that callers know one form.
 */
#include <linux/acpi.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include "nfit/dsm/dsm.h"
#include "nfit/dsm/label_methods.h"

/* Call a method. Return: the object it returns; NULL: none, or not of @type; -ENOMEM. */
static union acpi_object *method_evaluate(acpi_handle handle, char *name, union acpi_object *arg,
					  u32 nargs, acpi_object_type type)
{
	struct acpi_object_list args = { .count = nargs, .pointer = arg };
	struct acpi_buffer result = { ACPI_ALLOCATE_BUFFER, NULL };

	/* Checks the type, and frees what does not fit. */
	return nfit_object(acpi_evaluate_object_typed(handle, name, &args, &result, type),
			   &result);
}

static union acpi_object object_integer(u64 value)
{
	return (union acpi_object) { .integer = { ACPI_TYPE_INTEGER, value } };
}

/* The elements of a package behind each other: integers as 32 bits, buffers as they are. */
static int package_flatten(const union acpi_object *package, struct nfit_reply *reply)
{
	u64 size = 0;
	u8 *to;

	for (u32 i = 0; i < package->package.count; i++) {
		const union acpi_object *e = &package->package.elements[i];

		if (e->type != ACPI_TYPE_INTEGER && e->type != ACPI_TYPE_BUFFER)
			return -EINVAL;
		size += e->type == ACPI_TYPE_INTEGER ? sizeof(u32) : e->buffer.length;
	}
	if (size > ND_IOCTL_MAX_BUFLEN)
		return -EINVAL;
	to = kvmalloc(size, GFP_KERNEL);
	if (!to)
		return -ENOMEM;
	*reply = (struct nfit_reply) { .data = to, .len = size, .memory = to };
	for (u32 i = 0; i < package->package.count; i++) {
		const union acpi_object *e = &package->package.elements[i];

		if (e->type == ACPI_TYPE_INTEGER) {
			put_unaligned_le32(e->integer.value, to);
			to += sizeof(u32);
		} else {
			memcpy(to, e->buffer.pointer, e->buffer.length);
			to += e->buffer.length;
		}
	}
	return 0;
}

static int package_reply(union acpi_object *object, struct nfit_reply *reply)
{
	int rc;

	if (IS_ERR_OR_NULL(object))
		return object ? PTR_ERR(object) : -EINVAL;
	rc = package_flatten(object, reply);
	ACPI_FREE(object);
	return rc;
}

int nfit_label_info(acpi_handle handle, struct nfit_reply *reply)
{
	/* status, size, bytes a transfer */
	return package_reply(method_evaluate(handle, "_LSI", NULL, 0, ACPI_TYPE_PACKAGE), reply);
}

int nfit_label_read(acpi_handle handle, u32 offset, u32 length, struct nfit_reply *reply)
{
	union acpi_object arg[] = { object_integer(offset), object_integer(length) };

	/* status, bytes */
	return package_reply(method_evaluate(handle, "_LSR", arg, ARRAY_SIZE(arg),
					     ACPI_TYPE_PACKAGE), reply);
}

int nfit_label_write(acpi_handle handle, u32 offset, u32 length, void *data,
		     struct nfit_reply *reply)
{
	union acpi_object arg[] = {
		object_integer(offset), object_integer(length),
		{ .buffer = { ACPI_TYPE_BUFFER, length, data } },
	};
	union acpi_object *status = method_evaluate(handle, "_LSW", arg, ARRAY_SIZE(arg),
						    ACPI_TYPE_INTEGER);
	__le32 *word;

	if (IS_ERR_OR_NULL(status))
		return status ? PTR_ERR(status) : -EINVAL;
	word = kvmalloc(sizeof(*word), GFP_KERNEL);
	if (word) {
		*word = cpu_to_le32(status->integer.value);
		*reply = (struct nfit_reply) { (u8 *)word, sizeof(*word), NULL, word };
	}
	ACPI_FREE(status);
	return word ? 0 : -ENOMEM;
}
