// SPDX-License-Identifier: GPL-2.0
/* Firmware's record of the last crash: see crash.h. */
#include <linux/acpi.h>
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/libnvdimm.h>
#include <linux/mutex.h>
#include <linux/reboot.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include "common/diag.h"
#include "core/badrange.h"
#include "core/bus.h"
#include "nfit/ars/plan.h"
#include "nfit/crash/crash.h"
#include "nfit/crash/record.h"
#include "nfit/model.h"
#include "nfit/nfit.h"

/* More than any firmware needs, which records a crash and not a history. */
#define RECORD_MAX	SZ_4M

/* Errors that are looked at; a crash has one. */
#define ERRORS_MAX	1024

/**
 * struct crash_taken - one of the record's errors
 * @error: it
 * @bus: that knows of it, as long as that is there
 */
struct crash_taken {
	struct crash_error error;
	struct nfit_bus *bus;
};

/* Taken within nfit_bus.lock, or alone; the lock of a bus's bad ranges is taken within it. */
static DEFINE_MUTEX(crash_lock);

static struct crash_taken *crash_errors;
static u32 crash_nr;
static u8 *crash_region;

static void read_errors(const u8 *bytes, u32 len)
{
	struct crash_walk walk = { .bytes = bytes, .len = len };
	struct crash_error error;

	crash_errors = kvcalloc(ERRORS_MAX, sizeof(*crash_errors), GFP_KERNEL);
	while (crash_errors && crash_nr < ERRORS_MAX && crash_next(&walk, &error))
		crash_errors[crash_nr++].error = error;
}

/*
 * What is struck off is written there: a table that names memory of others is not believed.
 * From a copy: firmware, or the device behind the addresses, may change what is read twice.
 */
static void read_region(u64 start, u32 len)
{
	u8 *bytes;

	if (region_intersects(start, len, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
	    REGION_DISJOINT)
		return;
	crash_region = memremap(start, len, MEMREMAP_WB);
	bytes = crash_region ? kvmalloc(len, GFP_KERNEL) : NULL;
	if (!bytes)
		return;
	memcpy(bytes, crash_region, len);
	read_errors(bytes, len);
	kvfree(bytes);
}

/* What is left of it? */
static void error_settle(struct nfit_bus *nfit, struct crash_error *error)
{
	u64 first, last = error->start + error->len - 1;
	struct bad_range bad;

	if (!nvdimm_bus_next_bad(nfit->nvdimm_bus, error->start, last, &bad)) {
		crash_forget(crash_region + error->section);
		error->len = 0;
		return;
	}
	first = bad.start;
	while (bad.start + bad.len <= last &&
	       nvdimm_bus_next_bad(nfit->nvdimm_bus, bad.start + bad.len, last, &bad))
		;
	crash_narrow(crash_region + error->section, first, bad.start + bad.len - 1, error);
}

/* A kernel that this one starts (kexec) finds the record as it is left here. */
static int crash_reboot(struct notifier_block *block, unsigned long action, void *data)
{
	guard(mutex)(&crash_lock);
	for (u32 i = 0; i < crash_nr; i++)
		if (crash_errors[i].bus && crash_errors[i].error.len)
			error_settle(crash_errors[i].bus, &crash_errors[i].error);
	return NOTIFY_DONE;
}

static struct notifier_block crash_reboot_block = { .notifier_call = crash_reboot };

void nfit_crash_init(void)
{
	const struct acpi_table_bert *bert;
	struct acpi_table_header *acpi;

	if (ACPI_FAILURE(acpi_get_table(ACPI_SIG_BERT, 0, &acpi)))
		return;
	bert = (const struct acpi_table_bert *)acpi;
	if (acpi->length >= sizeof(*bert) && bert->region_length && bert->address)
		read_region(bert->address, min_t(u32, bert->region_length, RECORD_MAX));
	acpi_put_table(acpi);
	if (crash_nr)
		register_reboot_notifier(&crash_reboot_block);
	else
		nfit_crash_exit();
}

void nfit_crash_exit(void)
{
	if (crash_nr)
		unregister_reboot_notifier(&crash_reboot_block);
	kvfree(crash_errors);
	crash_errors = NULL;
	crash_nr = 0;
	if (crash_region)
		memunmap(crash_region);
	crash_region = NULL;
}

/* As much of it as lies in a range of the table. Return: does any? */
static bool error_recall(struct nfit_bus *nfit, const struct nfit_table *t,
			 const struct crash_error *error)
{
	bool any = false;

	for (u32 i = 0; i < t->nspa; i++) {
		const struct nfit_spa *spa = &t->spa[i];
		const struct ars_range range = { .start = spa->address, .length = spa->length };
		u64 start = error->start, len = error->len;

		if ((spa->kind != NFIT_KIND_PMEM && spa->kind != NFIT_KIND_VOLATILE) ||
		    spa->broken || !ars_clip(&range, &start, &len))
			continue;
		if (nvdimm_bus_add_badrange(nfit->nvdimm_bus, start, len)) {
			nd_remark(to_nvdimm_bus_dev(nfit->nvdimm_bus), -ENOMEM, ND_REASON_RESOURCE,
				  "no memory to remember poison at %#llx", start);
			continue;
		}
		any = true;
		dev_warn(to_nvdimm_bus_dev(nfit->nvdimm_bus),
			 "[%#llx-%#llx] was lost in the last crash, as firmware has recorded: bad until it is written\n",
			 start, start + len - 1);
	}
	return any;
}

void nfit_crash_recall(struct nfit_bus *nfit, const struct nfit_model *model)
{
	guard(mutex)(&crash_lock);
	for (u32 i = 0; i < crash_nr; i++) {
		struct crash_taken *taken = &crash_errors[i];

		/* by now the bus knows better */
		if (!taken->bus && taken->error.len &&
		    error_recall(nfit, &model->table, &taken->error))
			taken->bus = nfit;
	}
}

void nfit_crash_settle(struct nfit_bus *nfit)
{
	guard(mutex)(&crash_lock);
	for (u32 i = 0; i < crash_nr; i++) {
		struct crash_taken *taken = &crash_errors[i];

		if (taken->bus != nfit)
			continue;
		taken->bus = NULL;
		if (taken->error.len)
			error_settle(nfit, &taken->error);
	}
}
