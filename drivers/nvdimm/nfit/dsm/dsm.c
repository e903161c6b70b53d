// SPDX-License-Identifier: GPL-2.0
/*
 * _DSM: which functions firmware has, and calling them.
 *
 * Function 0 returns the mask of all functions of a family (ACPI 6.5 §9.1.1).
 * It is asked once for each device, family and revision: the answer is worth
 * millions of instructions of AML on some machines.
 *
 * That memory was short is no answer: a caller that took it for "no such function" would
 * leave labels unread, or a DIMM locked.
 */
#include <linux/acpi.h>
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/moduleparam.h>
#include <linux/ndctl.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include "nfit/dimm/dimm.h"
#include "nfit/dsm/dsm.h"
#include "nfit/dsm/family.h"
#include "nfit/nfit.h"

static bool disable_vendor_specific;
module_param(disable_vendor_specific, bool, 0444);
MODULE_PARM_DESC(disable_vendor_specific, "Do not pass vendor-specific commands on to DIMMs");

static unsigned long override_dsm_mask;
module_param(override_dsm_mask, ulong, 0444);
MODULE_PARM_DESC(override_dsm_mask, "Mask of _DSM functions of DIMMs to use, if they are there");

static int default_dsm_family = -1;
module_param(default_dsm_family, int, 0444);
MODULE_PARM_DESC(default_dsm_family, "Family of _DSM functions to look for first");

static bool force_labels;
module_param(force_labels, bool, 0444);
MODULE_PARM_DESC(force_labels, "Use labels that can be read but not written");

/* ACPI 6.5 §9.19.7 */
const guid_t nfit_bus_guid =
	GUID_INIT(0x2f10e7a4, 0x9e91, 0x11e4, 0x89, 0xd3, 0x12, 0x3b, 0x93, 0xf7, 0x5c, 0xba);

/* What the label area is read and written by. */
#define LABEL_FUNCTIONS	\
	(BIT(ND_CMD_GET_CONFIG_SIZE) | BIT(ND_CMD_GET_CONFIG_DATA) | BIT(ND_CMD_SET_CONFIG_DATA))

union acpi_object *nfit_object(acpi_status status, const struct acpi_buffer *result)
{
	if (status == AE_NO_MEMORY)
		return ERR_PTR(-ENOMEM);
	return ACPI_SUCCESS(status) ? result->pointer : NULL;
}

/*
 * As acpi_evaluate_dsm() does, which has one answer for every failure. @package: of arguments.
 * Return: an object to ACPI_FREE(); NULL: there is none; -ENOMEM.
 */
static union acpi_object *evaluate_dsm(acpi_handle handle, const guid_t *guid, u8 rev, u32 func,
				       union acpi_object package)
{
	union acpi_object arg[] = {
		{ .buffer = { ACPI_TYPE_BUFFER, sizeof(*guid), (u8 *)guid } },
		{ .integer = { ACPI_TYPE_INTEGER, rev } },
		{ .integer = { ACPI_TYPE_INTEGER, func } },
		package,
	};
	struct acpi_object_list args = { .count = ARRAY_SIZE(arg), .pointer = arg };
	struct acpi_buffer result = { ACPI_ALLOCATE_BUFFER, NULL };
	acpi_status status = acpi_evaluate_object(handle, "_DSM", &args, &result);

	return nfit_object(status, &result);
}

/* Functions of one family and revision, function 0 among them if there are any. */
static int ask_functions(acpi_handle handle, const guid_t *guid, u8 rev, u64 *functions)
{
	union acpi_object none = { .package = { ACPI_TYPE_PACKAGE, 0, NULL } };
	union acpi_object *object = evaluate_dsm(handle, guid, rev, 0, none);
	u64 mask = 0;

	*functions = 0;
	if (IS_ERR_OR_NULL(object))
		return PTR_ERR_OR_ZERO(object);
	/* Some firmware returns a number where a buffer is due. */
	if (object->type == ACPI_TYPE_INTEGER)
		mask = object->integer.value;
	else if (object->type == ACPI_TYPE_BUFFER)
		for (u32 i = 0; i < object->buffer.length && i < sizeof(mask); i++)
			mask |= (u64)object->buffer.pointer[i] << (i * 8);
	ACPI_FREE(object);
	if (mask & 1)
		*functions = mask;
	return 0;
}

/* Has the root device all that a vendor's functions are for? */
static int probe_root(struct nfit_bus *nfit, const struct nfit_family_root *root)
{
	u64 mask;
	int rc = ask_functions(nfit->adev->handle, &root->guid, 1, &mask);

	if (rc || (mask & root->needed) != root->needed)
		return rc;
	nfit->desc.bus_family_mask |= BIT(root->number);
	nfit->desc.fw_ops = root->fw_ops;
	return 0;
}

int nfit_dsm_probe_bus(struct nfit_bus *nfit)
{
	/* ACPI 6.5 §9.19.7.8 to §9.19.7.12: not the kernel's to call, and passed on */
	enum {
		TRANSLATE_SPA = 5, INJECT = 7, INJECT_CLEAR = 8, INJECT_QUERY = 9,
		INJECT_CAPABILITIES = 10,
	};
	const unsigned long commands = BIT(ND_CMD_ARS_CAP) | BIT(ND_CMD_ARS_START) |
				       BIT(ND_CMD_ARS_STATUS) | BIT(ND_CMD_CLEAR_ERROR);
	const unsigned long passed = commands | BIT(TRANSLATE_SPA) | BIT(INJECT) |
				     BIT(INJECT_CLEAR) | BIT(INJECT_QUERY) |
				     BIT(INJECT_CAPABILITIES);
	u64 mask;
	int rc = ask_functions(nfit->adev->handle, &nfit_bus_guid, 1, &mask);

	if (rc)
		return rc;
	nfit->desc.cmd_mask = BIT(ND_CMD_CALL) | (mask & commands);
	nfit->desc.bus_family_mask = BIT(NVDIMM_BUS_FAMILY_NFIT);
	nfit->dsm_mask = mask & passed;
	/* Platforms whose root has no function at all need not be asked for a vendor's. */
	for (u32 i = 0; i < nfit->nr_families && mask & ~1ull; i++) {
		rc = nfit->families[i].root ? probe_root(nfit, nfit->families[i].root) : 0;
		if (rc)
			return rc;
	}
	return 0;
}

/* Does the DIMM speak @family? Then *found is that, and *mask its functions of revision 1. */
static int try_family(acpi_handle handle, const struct nfit_family *family,
		      const struct nfit_family **found, u64 *mask)
{
	int rc = ask_functions(handle, &family->guid, 1, mask);

	if (!rc && *mask)
		*found = family;
	return rc;
}

static int find_family(const struct nfit_bus *nfit, acpi_handle handle,
		       const struct nfit_family **found, u64 *mask)
{
	/* of a negative number, none either */
	u32 first = min_t(u32, default_dsm_family, nfit->nr_families);
	int rc = 0;

	*found = NULL;
	*mask = 0;
	if (first < nfit->nr_families)
		rc = try_family(handle, &nfit->families[first], found, mask);
	for (u32 i = 0; !rc && !*found && i < nfit->nr_families; i++)
		if (i != first)
			rc = try_family(handle, &nfit->families[i], found, mask);
	return rc;
}

/* What we let through to a DIMM of @family, whether it has it or not. */
static unsigned long dsm_allowed(const struct nfit_family *family)
{
	if (override_dsm_mask && !disable_vendor_specific)
		return override_dsm_mask & ~1ul;
	return family->functions & ~(disable_vendor_specific ? family->vendor : 0);
}

/* What has labels and nothing else, as a hypervisor gives it, is not asked for later functions. */
static bool rev2_wanted(const struct nfit_family *family, u64 mask, unsigned long allow)
{
	return allow & family->later && mask & ~(1ull | LABEL_FUNCTIONS);
}

static bool nfit_has_method(struct acpi_device *adev, const char *name)
{
	acpi_handle method;

	return ACPI_SUCCESS(acpi_get_handle(adev->handle, (char *)name, &method));
}

/*
 * Which way to the labels: functions that are libnvdimm's commands, which know locked DIMMs
 * better, else the named methods. Labels that can be read but not written are left
 * alone unless asked for: without them the capacity can be used as a whole.
 */
static void choose_label_methods(struct nfit_dimm *dimm, unsigned long allow)
{
	bool writable;

	if (dimm->family->commands && (allow & LABEL_FUNCTIONS) == LABEL_FUNCTIONS)
		return;
	if (!nfit_has_method(dimm->adev, "_LSI") || !nfit_has_method(dimm->adev, "_LSR"))
		return;
	writable = nfit_has_method(dimm->adev, "_LSW");
	if (!writable && !force_labels)
		return;
	set_bit(NFIT_DIMM_LSR, &dimm->state);
	if (writable)
		set_bit(NFIT_DIMM_LSW, &dimm->state);
}

int nfit_dsm_probe_dimm(struct nfit_bus *nfit, struct nfit_dimm *dimm)
{
	acpi_handle handle = dimm->adev->handle;
	const struct nfit_family *family;
	u64 mask, later = 0;
	unsigned long allow;
	int rc = find_family(nfit, handle, &family, &mask);

	if (rc || !family)
		return rc;
	dimm->family = family;
	set_bit(family->number, &nfit->desc.dimm_family_mask);
	allow = dsm_allowed(family);
	mask &= ~(u64)family->later;
	if (rev2_wanted(family, mask, allow))
		rc = ask_functions(handle, &family->guid, 2, &later);
	if (rc)
		return rc;
	dimm->dsm_mask = (mask | (later & family->later)) & allow;
	choose_label_methods(dimm, allow);
	return family->ops ? family->ops->probe(dimm) : 0;
}

int nfit_dsm_call(acpi_handle handle, const guid_t *guid, u8 rev, u32 func, void *in, u32 in_len,
		  struct nfit_reply *reply)
{
	union acpi_object payload = { .buffer = { ACPI_TYPE_BUFFER, in_len, in } };
	union acpi_object package = { .package = { ACPI_TYPE_PACKAGE, 1, &payload } };
	union acpi_object *object = evaluate_dsm(handle, guid, rev, func, package);

	if (IS_ERR_OR_NULL(object))
		return object ? PTR_ERR(object) : -EINVAL;
	if (object->type != ACPI_TYPE_BUFFER) {
		ACPI_FREE(object);
		return -EINVAL;
	}
	*reply = (struct nfit_reply) {
		.data = object->buffer.pointer, .len = object->buffer.length, .object = object,
	};
	return 0;
}

void nfit_reply_put(struct nfit_reply *reply)
{
	ACPI_FREE(reply->object);
	kvfree(reply->memory);
}

int nfit_reply_take(struct nfit_reply *reply, void *out, u32 out_len)
{
	int rc = reply->len < sizeof(__le32) ? -EIO : 0;

	memset(out, 0, out_len);
	memcpy(out, reply->data, min(reply->len, out_len));
	nfit_reply_put(reply);
	return rc;
}

/*
 * ---- _LSI, _LSR, _LSW ----
 *
 * Named methods for label storage: size, read, write (ACPI 6.5 §6.5.10). Their answers are turned
 * into the bytes that the corresponding _DSM functions return, so that callers know one form.
 */

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
