/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nfit_test_iomap: the boundary between our modules and the machine.
 *
 * In test builds of our modules, calls that reach for physical memory, for the
 * resource tree or for ACPI are redirected at link time (ld --wrap) to this
 * module. What concerns a pretended range or a pretended ACPI device is
 * answered by whoever pretends it; everything else goes on to the kernel, so
 * that real buses work beside.
 *
 *	memory.c	ranges of physical addresses that are vmalloc memory
 *	claims.c	the resource tree of such ranges
 *	firmware.c	ACPI devices: _DSM, named methods, notifications
 *	store.c		stores to pretended media; power may fail after any
 *
 * Locks: each registry has a spinlock for changes, and is read under RCU.
 * Nothing is removed while somebody may still use it: ranges and devices go
 * after the bus that uses them.
 */
#ifndef _NFIT_TEST_BOUNDARY_H
#define _NFIT_TEST_BOUNDARY_H

#include <linux/acpi.h>
#include <linux/list.h>
#include <linux/seq_file.h>
#include <linux/types.h>

/* ---- memory.c ---- */

/**
 * struct mock_range - physical addresses that are pretended
 * @node: in the registry
 * @start: first address
 * @size: bytes
 * @memory: vmalloc memory behind them
 * @media: stores to it are counted by store.c
 */
struct mock_range {
	struct list_head node;
	u64 start;
	u64 size;
	void *memory;
	bool media;
};

/* Pretend @range, from now on. Context: process. */
void mock_range_add(struct mock_range *range);
/* No more; waits for those who look. Context: process. */
void mock_range_del(struct mock_range *range);

/**
 * mock_range_at() - the pretended range an address lies in
 * @addr: physical address
 *
 * Return: the range or NULL.
 */
const struct mock_range *mock_range_at(u64 addr);

/* Likewise, by the address of its memory. */
const struct mock_range *mock_range_of(const void *memory);

/* The physical address that such memory pretends to have; 0: it is not pretended. */
u64 mock_address(const void *memory);

/* ---- claims.c ---- */

/* What is reserved of pretended memory, and in whose name: a line each. Context: process. */
void mock_claims_show(struct seq_file *s);

/* ---- firmware.c ---- */

struct mock_acpi;

/**
 * struct mock_acpi_ops - what a pretended ACPI device does
 * @dsm: evaluate _DSM; an object for ACPI_FREE(), NULL, or -ENOMEM
 * @method: evaluate a named method; likewise
 * @has_method: is there this method?
 * @child: the device below with this _ADR, or NULL
 * @verdict: what the caller of a command is told instead of @rc
 */
struct mock_acpi_ops {
	union acpi_object *(*dsm)(struct mock_acpi *acpi, const guid_t *guid, u64 rev, u64 func,
				  union acpi_object *args);
	union acpi_object *(*method)(struct mock_acpi *acpi, const char *name,
				     struct acpi_object_list *args);
	bool (*has_method)(struct mock_acpi *acpi, const char *name);
	struct mock_acpi *(*child)(struct mock_acpi *acpi, u64 adr);
	int (*verdict)(struct mock_acpi *acpi, u32 func, int rc);
};

/**
 * struct mock_acpi - an ACPI device that is pretended
 * @node: in the registry
 * @ops: what it does
 * @adev: what our modules see; its handle is this structure
 * @lock: protects @handler and @context
 * @handler: for notifications, NULL when nobody listens
 * @context: the handler's
 */
struct mock_acpi {
	struct list_head node;
	const struct mock_acpi_ops *ops;
	struct acpi_device *adev;
	struct mutex lock;	/* see above */
	acpi_notify_handler handler;
	void *context;
};

/**
 * mock_acpi_add() - pretend an ACPI device
 * @acpi: with @ops set
 * @name: of its device
 *
 * Context: process. Return: 0 or -ENOMEM.
 */
int mock_acpi_add(struct mock_acpi *acpi, const char *name);
void mock_acpi_del(struct mock_acpi *acpi);

/* See mock_acpi_ops.verdict; @rc for a device that is not pretended. */
int mock_acpi_verdict(acpi_handle handle, u32 func, int rc);

/* Firmware notifies, as ACPI's work queue would. Context: process, may sleep. */
void mock_acpi_notify(struct mock_acpi *acpi, u32 event);

/* ---- store.c ---- */

/**
 * mock_store() - store to pretended media, unless power has failed
 * @to: in the memory of a range, or in a label area
 * @from: bytes
 * @len: how many
 *
 * A store is of 8 bytes, the unit that a power failure does not tear (UEFI 2.10
 * §13.19 assumes no more of a label area).
 */
void mock_store(void *to, const void *from, size_t len);

/**
 * mock_power_cut() - let power fail after so many stores
 * @after: stores that still reach the media; U64_MAX: power does not fail
 *
 * Stores after that are lost, until the next call.
 */
void mock_power_cut(u64 after);
/* Stores that reached the media since the module was loaded. */
u64 mock_stores(void);

/**
 * mock_tear() - let one copy to the media stop half way
 * @nth: which from now on, 1 for the next; 0: none
 */
void mock_tear(u64 nth);

/* Is power gone? */
bool mock_power_failed(void);

#endif /* _NFIT_TEST_BOUNDARY_H */
