// SPDX-License-Identifier: GPL-2.0
/* ACPI's calls to the machine, notifications from it; see nfit_test.h. */
#include <linux/acpi.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include "nfit_test.h"

/* "NVDIMM DSM Interface" 3.0 */
static const guid_t intel_dimm_guid =
	GUID_INIT(0x4309ac30, 0x0d11, 0x11e4, 0x91, 0x91, 0x08, 0x00, 0x20, 0x0c, 0x9a, 0x66);
static const guid_t intel_bus_guid =
	GUID_INIT(0xc7d8acd4, 0x2df8, 0x4b82, 0x9f, 0x65, 0xa3, 0x25, 0x33, 0x5a, 0xf1, 0x49);
/* Those of other vendors, by NVDIMM_FAMILY_*: HPE's two, Microsoft's, Hyper-V's. */
static const guid_t other_dimm_guids[] = {
	GUID_INIT(0x9002c334, 0xacf3, 0x4c0e, 0x96, 0x42, 0xa2, 0x35, 0xf0, 0xd5, 0x3b, 0xc6),
	GUID_INIT(0x5008664b, 0xb758, 0x41a0, 0xa0, 0x3c, 0x27, 0xc2, 0xf2, 0xd0, 0x4f, 0x7e),
	GUID_INIT(0x1ee68b36, 0xd4bd, 0x4a1a, 0x9a, 0x16, 0x4f, 0x8e, 0x53, 0xd4, 0x6e, 0x05),
	GUID_INIT(0x5746c5f2, 0xa9a2, 0x4264, 0xad, 0x0e, 0xe4, 0xdd, 0xc9, 0xe0, 0x9e, 0x80),
};
/* ACPI 6.5 §9.19.7 */
static const guid_t bus_guid =
	GUID_INIT(0x2f10e7a4, 0x9e91, 0x11e4, 0x89, 0xd3, 0x12, 0x3b, 0x93, 0xf7, 0x5c, 0xba);

/* Functions that Intel's first revision had; later ones need the second. */
#define INTEL_REV1	GENMASK(10, 0)

static struct mock_port *port_of(struct mock_acpi *acpi)
{
	return container_of(acpi, struct mock_port, acpi);
}

union acpi_object *mock_buffer(u32 len)
{
	union acpi_object *object = kzalloc(sizeof(*object) + len, GFP_KERNEL);

	if (!object)
		return NULL;
	object->type = ACPI_TYPE_BUFFER;
	object->buffer.length = len;
	object->buffer.pointer = (u8 *)(object + 1);
	return object;
}

static union acpi_object *mask(u32 functions)
{
	__le32 word = cpu_to_le32(functions | 1);
	union acpi_object *object;

	if (!functions)
		return NULL;
	object = mock_buffer(sizeof(word));
	if (!object)
		return ERR_PTR(-ENOMEM);
	memcpy(object->buffer.pointer, &word, sizeof(word));
	return object;
}

/* Is this evaluation to fail? Context: mock->lock held. */
static bool fails(struct mock *mock)
{
	lockdep_assert_held(&mock->lock);
	return ++mock->calls == mock->fail_call;
}

static bool open_call(struct mock_call *call, union acpi_object *args)
{
	*call = (struct mock_call) { .now = ktime_get_ns() / NSEC_PER_MSEC };
	if (args && args->type == ACPI_TYPE_PACKAGE && args->package.count &&
	    args->package.elements[0].type == ACPI_TYPE_BUFFER) {
		call->in = args->package.elements[0].buffer.pointer;
		call->in_len = args->package.elements[0].buffer.length;
	}
	call->out = kzalloc(MOCK_OUT_MAX, GFP_KERNEL);
	return call->out;
}

static union acpi_object *close_call(struct mock *mock, struct mock_call *call)
{
	union acpi_object *object = NULL;
	bool notify = mock->machine.notify;

	if (call->out_len)
		object = mock_buffer(call->out_len) ?: ERR_PTR(-ENOMEM);
	if (!IS_ERR_OR_NULL(object))
		memcpy(object->buffer.pointer, call->out, call->out_len);
	kfree(call->out);
	for (u32 i = 0; i < mock->machine.platform->ndimm; i++)
		notify |= mock->machine.dimm[i].notify;
	if (notify)
		schedule_work(&mock->notify);
	return object;
}

/* NVDIMM_FAMILY_* of a GUID; -1: none that there is. */
static int family_of(const guid_t *guid)
{
	if (guid_equal(guid, &intel_dimm_guid))
		return 0;
	for (int i = 0; i < ARRAY_SIZE(other_dimm_guids); i++)
		if (guid_equal(guid, &other_dimm_guids[i]))
			return i + 1;
	return -1;
}

static union acpi_object *dimm_dsm(struct mock_acpi *acpi, const guid_t *guid, u64 rev, u64 func,
				   union acpi_object *args)
{
	struct mock_port *port = port_of(acpi);
	struct mock_machine *m = &port->mock->machine;
	u32 functions = m->platform->dimm_functions;
	int family = family_of(guid);
	struct mock_call call;

	guard(mutex)(&port->mock->lock);
	if (fails(port->mock) || family < 0 || !(m->habits.families & BIT(family)))
		return NULL;
	if (family)
		functions = MOCK_OTHER_FUNCTIONS;
	else if (rev < 2)
		functions &= INTEL_REV1;
	if (!func)
		return mask(functions);
	if (func > 31 || !(functions & BIT(func)))
		return NULL;
	if (!open_call(&call, args))
		return ERR_PTR(-ENOMEM);
	if (family)
		mock_dimm_other_call(func, &call);
	else
		mock_dimm_call(m, &m->dimm[port->dimm], func, &call);
	return close_call(port->mock, &call);
}

static bool dimm_has_method(struct mock_acpi *acpi, const char *name)
{
	return mock_has_label_method(&port_of(acpi)->mock->machine, name);
}

static union acpi_object *dimm_method(struct mock_acpi *acpi, const char *name,
				      struct acpi_object_list *args)
{
	struct mock_port *port = port_of(acpi);
	struct mock_machine *m = &port->mock->machine;

	guard(mutex)(&port->mock->lock);
	if (fails(port->mock) || !mock_has_label_method(m, name))
		return NULL;
	return mock_label_method(m, &m->dimm[port->dimm], name, args);
}

/* Firmware that takes its time. Context: no lock of ours held. */
static void wait_until_let_go(struct mock *mock, enum mock_hold what)
{
	unsigned int let = READ_ONCE(mock->let);

	if (READ_ONCE(mock->hold) != what)
		return;
	atomic_inc(&mock->held);
	wait_event(mock->let_go, READ_ONCE(mock->hold) != what || READ_ONCE(mock->let) != let);
	atomic_dec(&mock->held);
}

static union acpi_object *root_answer(struct mock *mock, const guid_t *guid, u64 func,
				      union acpi_object *args)
{
	struct mock_machine *m = &mock->machine;
	bool intel = guid_equal(guid, &intel_bus_guid);
	struct mock_call call;

	guard(mutex)(&mock->lock);
	if (fails(mock) || (!intel && !guid_equal(guid, &bus_guid)))
		return NULL;
	if (!func)
		return mask(intel ? m->platform->intel_bus_functions :
				    m->platform->bus_functions);
	if (!open_call(&call, args))
		return ERR_PTR(-ENOMEM);
	if (intel)
		mock_bus_intel_call(m, func, &call);
	else
		mock_bus_call(m, func, &call);
	return close_call(mock, &call);
}

static bool are_results(const guid_t *guid, u64 func, const union acpi_object *answer)
{
	enum { SCRUB_STATUS = 3 };

	return guid_equal(guid, &bus_guid) && func == SCRUB_STATUS && !IS_ERR_OR_NULL(answer) &&
	       mock_scrub_is_told(answer->buffer.pointer, answer->buffer.length);
}

static union acpi_object *root_dsm(struct mock_acpi *acpi, const guid_t *guid, u64 rev, u64 func,
				   union acpi_object *args)
{
	struct mock *mock = port_of(acpi)->mock;
	union acpi_object *answer;

	wait_until_let_go(mock, MOCK_HOLD_CALLS);
	answer = root_answer(mock, guid, func, args);
	if (are_results(guid, func, answer))
		wait_until_let_go(mock, MOCK_HOLD_RESULTS);
	return answer;
}

/* The table as it is now. */
static union acpi_object *fit(struct mock *mock)
{
	struct mock_machine *m = &mock->machine;
	bool given;
	union acpi_object *object = mock_given(&given);
	u32 len;

	if (given)
		return object;
	len = mock_table_build(m->platform, &m->layout, NULL, 0);
	object = mock_buffer(len);
	if (!object)
		return ERR_PTR(-ENOMEM);
	mock_table_build(m->platform, &m->layout, object->buffer.pointer, len);
	return object;
}

static union acpi_object *root_method(struct mock_acpi *acpi, const char *name,
				      struct acpi_object_list *args)
{
	struct mock *mock = port_of(acpi)->mock;

	guard(mutex)(&mock->lock);
	if (fails(mock) || strcmp(name, "_FIT"))
		return NULL;
	return fit(mock);
}

static struct mock_acpi *root_child(struct mock_acpi *acpi, u64 adr)
{
	struct mock *mock = port_of(acpi)->mock;

	for (u32 i = 0; i < mock->machine.platform->ndimm; i++)
		if (mock->machine.platform->dimm[i].handle == adr)
			return mock->machine.habits.absent & BIT(i) ? NULL : &mock->port[i].acpi;
	return NULL;
}

static int verdict(struct mock *mock, struct mock_faults *faults, u32 func, int rc)
{
	guard(mutex)(&mock->lock);
	return mock_fault(faults, func) ?: rc;
}

static int root_verdict(struct mock_acpi *acpi, u32 func, int rc)
{
	struct mock *mock = port_of(acpi)->mock;

	return verdict(mock, &mock->machine.faults, func, rc);
}

static int dimm_verdict(struct mock_acpi *acpi, u32 func, int rc)
{
	struct mock_port *port = port_of(acpi);

	return verdict(port->mock, &port->mock->machine.dimm[port->dimm].faults, func, rc);
}

const struct mock_acpi_ops mock_root_ops = {
	.dsm = root_dsm,
	.method = root_method,
	.child = root_child,
	.verdict = root_verdict,
};

const struct mock_acpi_ops mock_dimm_ops = {
	.dsm = dimm_dsm,
	.method = dimm_method,
	.has_method = dimm_has_method,
	.verdict = dimm_verdict,
};

/* Take what is to be notified: bit 0 the root's, bit 1 + n of DIMM n. */
static unsigned long take_notifications(struct mock *mock)
{
	struct mock_machine *m = &mock->machine;
	unsigned long set;

	guard(mutex)(&mock->lock);
	set = m->notify;
	m->notify = false;
	for (u32 i = 0; i < m->platform->ndimm; i++) {
		set |= (unsigned long)m->dimm[i].notify << (1 + i);
		m->dimm[i].notify = false;
	}
	return set;
}

void mock_notify_work(struct work_struct *work)
{
	enum { UNCORRECTABLE = 0x81, HEALTH = 0x81 };
	struct mock *mock = container_of(work, struct mock, notify);
	unsigned long set = take_notifications(mock);

	if (set & 1)
		mock_acpi_notify(&mock->root.acpi, UNCORRECTABLE);
	for (u32 i = 0; i < mock->machine.platform->ndimm; i++)
		if (set & BIT(1 + i))
			mock_acpi_notify(&mock->port[i].acpi, HEALTH);
}
