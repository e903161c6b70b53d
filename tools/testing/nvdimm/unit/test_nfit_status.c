// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/nfit/dsm/marshal.c drivers/nvdimm/core/command.c */
#include "nd_test.h"
#include <linux/ndctl.h>
#include "nfit/dsm/marshal.h"

TEST(ars_cap__tells_unsupported_from_failed)
{
	static const struct { u32 status; int want; } row[] = {
		{ 0x00020000, 0 }, { 0x00010000, 0 }, { 0x00030000, 0 },
		{ 0x00000000, -ENOTTY }, { 0x00040000, -ENOTTY },
		{ 0x00030001, -ENOTTY }, { 0x00030002, -EIO }, { 0x0003ffff, -EIO },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++)
		assert_int_equal(nfit_bus_status(ND_CMD_ARS_CAP, row[i].status, NULL, 0),
				 row[i].want);
}

TEST(ars_start__tells_busy_from_failed)
{
	assert_int_equal(nfit_bus_status(ND_CMD_ARS_START, 0, NULL, 0), 0);
	assert_int_equal(nfit_bus_status(ND_CMD_ARS_START, 6, NULL, 0), -EBUSY);
	assert_int_equal(nfit_bus_status(ND_CMD_ARS_START, 0x10006, NULL, 0), -EBUSY);
	assert_int_equal(nfit_bus_status(ND_CMD_ARS_START, 1, NULL, 0), -EIO);
}

TEST(ars_status__states)
{
	struct nd_cmd_ars_status ars = { .out_length = sizeof(ars) };
	static const struct { u32 status; int want; } row[] = {
		{ 0, 0 }, { 0x10000, -EBUSY }, { 0x20000, -EAGAIN }, { 0x30000, 0 },
		{ 0x40000, -EIO }, { 0x10001, -EIO }, { 1, -EIO },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++)
		assert_int_equal(nfit_bus_status(ND_CMD_ARS_STATUS, row[i].status, &ars,
						 sizeof(ars)), row[i].want);
}

TEST(ars_status__stopped_for_want_of_room)
{
	struct nd_cmd_ars_status ars = { .out_length = 40, .flags = 1 };

	assert_int_equal(nfit_bus_status(ND_CMD_ARS_STATUS, 0x30000, &ars, sizeof(ars)), -ENOSPC);
	/* The flags are believed only where firmware says they are, and where they fit. */
	assert_int_equal(nfit_bus_status(ND_CMD_ARS_STATUS, 0x30000, &ars, 43), 0);
	ars.out_length = 39;
	assert_int_equal(nfit_bus_status(ND_CMD_ARS_STATUS, 0x30000, &ars, sizeof(ars)), 0);
	ars.out_length = 44;
	ars.flags = 2;
	assert_int_equal(nfit_bus_status(ND_CMD_ARS_STATUS, 0x30000, &ars, sizeof(ars)), 0);
}

TEST(clear_error__says_how_much)
{
	struct nd_cmd_clear_error clear = { .length = 1024, .cleared = 1024 };

	assert_int_equal(nfit_bus_status(ND_CMD_CLEAR_ERROR, 0, &clear, sizeof(clear)), 0);
	clear.cleared = 256;
	assert_int_equal(nfit_bus_status(ND_CMD_CLEAR_ERROR, 0, &clear, sizeof(clear)), 256);
	clear.cleared = 0;
	assert_int_equal(nfit_bus_status(ND_CMD_CLEAR_ERROR, 0, &clear, sizeof(clear)), -EIO);
	clear.cleared = 1024;
	assert_int_equal(nfit_bus_status(ND_CMD_CLEAR_ERROR, 1, &clear, sizeof(clear)), -EIO);
	assert_int_equal(nfit_bus_status(ND_CMD_CLEAR_ERROR, 0, &clear, sizeof(clear) - 1), -EIO);
	/* Never an errno by accident. */
	clear.length = 1ull << 33;
	clear.cleared = (1ull << 32) + 0x80000000u;
	assert_int_equal(nfit_bus_status(ND_CMD_CLEAR_ERROR, 0, &clear, sizeof(clear)), 0x7fffffff);
}

TEST(dimm__locked_is_told_from_failed)
{
	/* Functions say it in the size's extended status, named methods in read and write. */
	assert_int_equal(nfit_dimm_status(ND_CMD_GET_CONFIG_SIZE, 0x10000, false), -EACCES);
	assert_int_equal(nfit_dimm_status(ND_CMD_GET_CONFIG_SIZE, 0x10000, true), -EIO);
	assert_int_equal(nfit_dimm_status(ND_CMD_GET_CONFIG_DATA, 3, true), -EACCES);
	assert_int_equal(nfit_dimm_status(ND_CMD_SET_CONFIG_DATA, 3, true), -EACCES);
	assert_int_equal(nfit_dimm_status(ND_CMD_GET_CONFIG_DATA, 3, false), -EIO);
	assert_int_equal(nfit_dimm_status(ND_CMD_GET_CONFIG_SIZE, 3, true), -EIO);
	for (unsigned int cmd = 0; cmd <= ND_CMD_CALL; cmd++) {
		assert_int_equal(nfit_dimm_status(cmd, 0, false), 0);
		assert_int_equal(nfit_dimm_status(cmd, 0, true), 0);
		assert_int_equal(nfit_dimm_status(cmd, 1, false), -EIO);
		assert_int_equal(nfit_dimm_status(cmd, 1, true), -EIO);
	}
}

TEST(bus__other_commands_fail_on_any_status)
{
	assert_int_equal(nfit_bus_status(ND_CMD_CALL, 0, NULL, 0), 0);
	assert_int_equal(nfit_bus_status(ND_CMD_CALL, 0x10000, NULL, 0), -EIO);
}
