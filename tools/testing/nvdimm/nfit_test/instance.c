// SPDX-License-Identifier: GPL-2.0
/* A machine with memory, ACPI devices and a bus; see nfit_test.h. */
#include <linux/ioport.h>
#include <linux/ktime.h>
#include <linux/mmzone.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "in_nfit.h"
#include "nfit_test.h"

/* Of nfit's test build, which may not be the nfit that is loaded: main.c finds out. */
#pragma weak nfit_test_bus

/*
 * Pretended are the last 4 GiB that a physical address can reach, where no
 * machine has memory: each range at a multiple of what a section may be.
 */
#define ADDRESS_ROOM	SZ_4G
#define ADDRESS_STEP	SZ_128M

static_assert(MOCK_PLATFORMS * MOCK_RANGES_MAX * (u64)ADDRESS_STEP <= ADDRESS_ROOM);

static u64 address(const struct mock *mock, u32 slot)
{
	u64 last = min_t(u64, iomem_resource.end, BIT_ULL(MAX_PHYSMEM_BITS) - 1);
	u32 bus = mock->machine.platform - mock_platforms;

	return last + 1 - ADDRESS_ROOM + (u64)(bus * MOCK_RANGES_MAX + slot) * ADDRESS_STEP;
}

static void free_memory(void *memory)
{
	vfree(memory);
}

static void *managed_memory(struct mock *mock, size_t size)
{
	void *memory = vzalloc(size);

	if (!memory || devm_add_action_or_reset(mock->dev, free_memory, memory))
		return NULL;
	return memory;
}

static void forget_range(void *range)
{
	mock_range_del(range);
}

static int add_span_memory(struct mock *mock, u32 slot, u64 size, bool media)
{
	struct mock_range *range = &mock->range[slot];

	range->memory = managed_memory(mock, size);
	if (!range->memory)
		return -ENOMEM;
	range->start = address(mock, slot);
	range->size = size;
	range->media = media;
	mock_range_add(range);
	return devm_add_action_or_reset(mock->dev, forget_range, range);
}

static int add_memories(struct mock *mock)
{
	const struct mock_platform *p = mock->machine.platform;
	struct mock_layout *layout = &mock->machine.layout;
	int rc;

	for (u32 i = 0; i < p->nspan; i++) {
		layout->span[i] = address(mock, i);
		rc = add_span_memory(mock, i, p->span[i].size, true);
		if (rc)
			return rc;
	}
	for (u32 i = 0; i < p->ndimm; i++) {
		if (!p->dimm[i].hints)
			continue;
		layout->hints[i] = address(mock, MOCK_SPANS_MAX + i);
		rc = add_span_memory(mock, MOCK_SPANS_MAX + i, PAGE_SIZE, false);
		if (rc)
			return rc;
	}
	return 0;
}

/* A label area that was never used holds some text. */
static int add_labels(struct mock *mock, const struct mock_platform *p)
{
	for (u32 i = 0; i < p->ndimm; i++) {
		mock->label[i] = managed_memory(mock, MOCK_LABEL_SIZE);
		if (!mock->label[i])
			return -ENOMEM;
		snprintf(mock->label[i], MOCK_LABEL_SIZE, "label%u", i);
	}
	return 0;
}

static void forget_port(void *port)
{
	mock_acpi_del(&((struct mock_port *)port)->acpi);
}

static int add_port(struct mock *mock, struct mock_port *port, int dimm)
{
	char name[48];
	int rc;

	port->mock = mock;
	port->dimm = dimm;
	port->acpi.ops = dimm < 0 ? &mock_root_ops : &mock_dimm_ops;
	snprintf(name, sizeof(name), "%s-acpi%d", dev_name(mock->dev), dimm + 1);
	rc = mock_acpi_add(&port->acpi, name);
	return rc ?: devm_add_action_or_reset(mock->dev, forget_port, port);
}

static int add_ports(struct mock *mock)
{
	int rc = add_port(mock, &mock->root, -1);

	for (u32 i = 0; i < mock->machine.platform->ndimm && !rc; i++)
		rc = add_port(mock, &mock->port[i], i);
	return rc;
}

static void quiet(void *data)
{
	struct mock *mock = data;

	cancel_work_sync(&mock->notify);
}

/* How it finds itself when power comes on. */
static void power_on(struct mock_machine *m)
{
	m->habits = mock_habits_now();
	for (u32 i = 0; i < m->platform->ndimm; i++)
		if (m->habits.overwriting & BIT(i))
			mock_security_overwriting(&m->dimm[i], U64_MAX);
}

/* Firmware scrubbed the first range at boot, and is about to be done. */
static void scrub_at_boot(struct mock_machine *m)
{
	for (u32 i = 0; i < m->platform->nspan && m->habits.remembers; i++) {
		if (m->platform->span[i].kind != MOCK_PMEM)
			continue;
		mock_poison_add(&m->poison, m->layout.span[i] + SZ_4K, 512);
		mock_poison_add(&m->scrub.found, m->layout.span[i] + SZ_4K, 512);
	}
	m->scrub.any = true;
	m->scrub.start = m->layout.span[0];
	m->scrub.length = m->platform->span[0].size;
	m->scrub.done = ktime_get_ns() / NSEC_PER_MSEC + MOCK_SCRUB_MS;
}

void mock_plug(struct mock *mock)
{
	scoped_guard(mutex, &mock->lock)
		mock->machine.layout.plugged = true;
	mock_acpi_notify(&mock->root.acpi, 0x80);
}

int mock_probe(struct device *dev, const struct mock_platform *platform)
{
	struct mock *mock = devm_kzalloc(dev, sizeof(*mock), GFP_KERNEL);
	int rc;

	if (!mock)
		return -ENOMEM;
	mock->dev = dev;
	mock->fail_call = mock_first_fault();
	mutex_init(&mock->lock);
	init_waitqueue_head(&mock->let_go);
	INIT_WORK(&mock->notify, mock_notify_work);
	dev_set_drvdata(dev, mock);
	rc = add_labels(mock, platform);
	if (rc)
		return rc;
	mock_machine_init(&mock->machine, platform, mock->label);
	rc = add_memories(mock);
	if (rc)
		return rc;
	power_on(&mock->machine);
	scrub_at_boot(&mock->machine);
	rc = add_ports(mock);
	if (!rc)
		rc = devm_add_action_or_reset(dev, quiet, mock);
	if (!rc)
		rc = mock_knobs_add(mock);
	if (!rc)
		rc = mock_debugfs_add(mock);
	return rc ?: nfit_test_bus(dev, mock->root.acpi.adev, THIS_MODULE);
}
