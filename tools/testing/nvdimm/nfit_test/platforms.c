// SPDX-License-Identifier: GPL-2.0
/*
 * The two machines. Names, sizes and numbers are those that ndctl's tests look
 * for. Pure; see machine.h.
 *
 * nfit_test.0: one socket, two memory controllers with two DIMMs of 32 MiB
 *
 *	DIMM 0  | range 1, first 16 MiB | range 2, last 16 MiB |
 *	DIMM 1  | range 1               | range 2              |
 *	DIMM 2  |                       | range 2              |
 *	DIMM 3  |                       | range 2              |
 *	DIMM 4  | range 12, the whole of it, plugged in late   |
 *
 * nfit_test.1: a DIMM that firmware has much to complain about,
 * one that is not mapped, and a virtual CD in volatile memory.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include "machine.h"

#define HANDLE(node, socket, controller, channel, dimm)	\
	((node) << 16 | (socket) << 12 | (controller) << 8 | (channel) << 4 | (dimm))

#define BYTE_ADDRESSABLE	0x0101
/* what ndctl's tests look for, though there are no block windows any more */
#define BLOCK_ENERGY_BACKED	0x0201

/* ACPI 6.5 §5.2.25.3, table 5.134 */
#define SAVE_FAILED	BIT(0)
#define RESTORE_FAILED	BIT(1)
#define FLUSH_FAILED	BIT(2)
#define NOT_ARMED	BIT(3)
#define HEALTH_EVENT	BIT(4)
#define HEALTH_NOTIFY	BIT(5)
#define UNMAPPED	BIT(6)

#define MEM_FLUSH	BIT(1)

static const struct mock_dimm_desc dimms0[] = {
	{ HANDLE(0, 0, 0, 0, 0), 0, 5, BLOCK_ENERGY_BACKED, false, true },
	{ HANDLE(0, 0, 0, 0, 1), 1, 6, BLOCK_ENERGY_BACKED, false, true },
	{ HANDLE(0, 0, 1, 0, 0), 2, 7, BLOCK_ENERGY_BACKED, false, true },
	{ HANDLE(0, 0, 1, 0, 1), 3, 8, BLOCK_ENERGY_BACKED, false, true },
	{ HANDLE(0, 1, 0, 0, 0), 4, 10, BLOCK_ENERGY_BACKED, true, true },
};

static const struct mock_span_desc spans0[] = {
	{ MOCK_PMEM, 1, false, SZ_32M },
	{ MOCK_PMEM, 2, false, SZ_64M },
	{ MOCK_PMEM, 12, true, SZ_32M },
};

static const struct mock_map_desc maps0[] = {
	{ 0, 0, 2, 0, SZ_16M, 0, 1 },
	{ 1, 0, 2, HEALTH_NOTIFY, SZ_16M, 0, 1 << 8 },
	{ 0, 1, 4, HEALTH_NOTIFY, SZ_16M, SZ_16M, 1 << 16 },
	{ 1, 1, 4, 0, SZ_16M, SZ_16M, 1 << 24 },
	{ 2, 1, 4, HEALTH_NOTIFY, SZ_16M, SZ_16M, 1ull << 32 },
	{ 3, 1, 4, HEALTH_NOTIFY, SZ_16M, SZ_16M, 1ull << 40 },
	{ 4, 2, 1, HEALTH_NOTIFY, SZ_32M, 0, 1ull << 48 },
};

static const struct mock_dimm_desc dimms1[] = {
	{ HANDLE(1, 0, 0, 0, 0), 0, 1, BYTE_ADDRESSABLE, false, false },
	{ HANDLE(1, 0, 0, 0, 1), 0, 2, BYTE_ADDRESSABLE, false, false },
};

static const struct mock_span_desc spans1[] = {
	{ MOCK_PMEM, 1, false, SZ_32M },
	{ MOCK_VCD, 0, false, SZ_4M },
};

static const struct mock_map_desc maps1[] = {
	{ 0, 0, 1, SAVE_FAILED | RESTORE_FAILED | FLUSH_FAILED | HEALTH_EVENT | NOT_ARMED,
	  SZ_32M, 0, 0 },
	{ 1, MOCK_NO_SPAN, 1, UNMAPPED, SZ_32M, 0, 0 },
};

#define LABELS	GENMASK(6, 4)
#define SMART	(GENMASK(2, 1) | GENMASK(18, 17))
#define LATCHED	BIT(10)
#define UPDATE	GENMASK(16, 12)
#define SECURITY GENMASK(28, 19)
#define ACTIVATE GENMASK(30, 29)

#define SCRUB	GENMASK(4, 1)
#define INJECT	(BIT(5) | GENMASK(10, 7))

const struct mock_platform mock_platforms[MOCK_PLATFORMS] = {
	{
		.dimm = dimms0, .ndimm = ARRAY_SIZE(dimms0),
		.span = spans0, .nspan = ARRAY_SIZE(spans0),
		.map = maps0, .nmap = ARRAY_SIZE(maps0),
		.dimm_functions = LABELS | SMART | LATCHED | UPDATE | SECURITY | ACTIVATE,
		.bus_functions = SCRUB | INJECT,
		.intel_bus_functions = GENMASK(2, 1),
		.capabilities = MEM_FLUSH,
	}, {
		.dimm = dimms1, .ndimm = ARRAY_SIZE(dimms1),
		.span = spans1, .nspan = ARRAY_SIZE(spans1),
		.map = maps1, .nmap = ARRAY_SIZE(maps1),
		.first_dimm = ARRAY_SIZE(dimms0),
		.dimm_functions = LABELS | LATCHED,
		.bus_functions = SCRUB,
	},
};
