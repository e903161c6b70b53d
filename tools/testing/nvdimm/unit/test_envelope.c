// SPDX-License-Identifier: GPL-2.0
/* objects: drivers/nvdimm/core/command.c */
#include "nd_test.h"
#include <linux/ndctl.h>
#include "core/command.h"

#define DIMM	true
#define BUS	false

static struct envelope env;

static void assert_measured(bool dimm, unsigned int cmd, const void *head, u32 len,
			    enum nd_reason reason)
{
	assert_reason(envelope_measure(dimm, cmd, head, len, &env), reason);
}

static struct envelope measure(bool dimm, unsigned int cmd, const void *head)
{
	assert_measured(dimm, cmd, head, ENVELOPE_HEAD_MAX, ND_REASON_OK);
	return env;
}

static void assert_envelope(bool dimm, unsigned int cmd, const void *head, u32 in, u32 out)
{
	struct envelope env = measure(dimm, cmd, head);

	assert_int_equal(env.in_len, in);
	assert_int_equal(env.out_len, out);
}

TEST(fixed__sizes_are_those_of_the_structs)
{
	static const u8 head[ENVELOPE_HEAD_MAX];
	static const struct {
		bool dimm;
		unsigned int cmd;
		u32 in, total;
	} rows[] = {
		{ DIMM, ND_CMD_SMART, 0, 4 + 128 },
		{ DIMM, ND_CMD_SMART_THRESHOLD, 0, 4 + 8 },
		{ DIMM, ND_CMD_DIMM_FLAGS, 0, sizeof(struct nd_cmd_dimm_flags) },
		{ DIMM, ND_CMD_GET_CONFIG_SIZE, 0, sizeof(struct nd_cmd_get_config_size) },
		{ BUS, ND_CMD_ARS_CAP, 16, sizeof(struct nd_cmd_ars_cap) },
		{ BUS, ND_CMD_ARS_START, 24, sizeof(struct nd_cmd_ars_start) },
		{ BUS, ND_CMD_CLEAR_ERROR, 16, sizeof(struct nd_cmd_clear_error) },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(envelope_head(rows[i].dimm, rows[i].cmd), 0);
		assert_envelope(rows[i].dimm, rows[i].cmd, head, rows[i].in,
				rows[i].total - rows[i].in);
	}
}

TEST(labels__the_length_field_sizes_data)
{
	union {
		struct nd_cmd_get_config_data_hdr get;
		struct nd_cmd_set_config_hdr set;
		u8 head[ENVELOPE_HEAD_MAX];
	} u = { .set = { .in_offset = 0xdead, .in_length = 1000 } };

	assert_envelope(DIMM, ND_CMD_GET_CONFIG_DATA, u.head, 8, 4 + 1000);
	assert_envelope(DIMM, ND_CMD_SET_CONFIG_DATA, u.head, 8 + 1000, 4);
	u.set.in_length = 0;
	assert_envelope(DIMM, ND_CMD_SET_CONFIG_DATA, u.head, 8, 4);
}

TEST(any_length__more_than_the_limit_is_refused)
{
	struct nd_cmd_set_config_hdr set = { .in_length = ENVELOPE_MAX - 12 };
	struct nd_cmd_pkg pkg = { .nd_size_in = 1u << 31, .nd_size_out = 1u << 31 };
	u8 head[ENVELOPE_HEAD_MAX] = { 0 };

	memcpy(head, &set, sizeof(set));
	assert_envelope(DIMM, ND_CMD_SET_CONFIG_DATA, head, ENVELOPE_MAX - 4, 4);
	env.in_len = 77;
	set.in_length++;
	memcpy(head, &set, sizeof(set));
	assert_measured(DIMM, ND_CMD_SET_CONFIG_DATA, head, sizeof(head), ND_REASON_SIZE);
	assert_measured(DIMM, ND_CMD_GET_CONFIG_DATA, head, sizeof(head), ND_REASON_SIZE);
	set.in_length = U32_MAX;
	memcpy(head, &set, sizeof(set));
	assert_measured(DIMM, ND_CMD_SET_CONFIG_DATA, head, sizeof(head), ND_REASON_SIZE);
	/* the sum wraps in 32 bits */
	assert_measured(BUS, ND_CMD_CALL, &pkg, sizeof(pkg), ND_REASON_SIZE);
	assert_int_equal(env.in_len, 77);
}

TEST(call__sizes_are_the_package_s)
{
	struct nd_cmd_pkg pkg = { .nd_size_in = 24, .nd_size_out = 100 };

	for (unsigned int i = 0; i < 2; i++) {
		env = measure(i, ND_CMD_CALL, &pkg);
		assert_int_equal(env.in_len, sizeof(pkg) + 24);
		assert_int_equal(env.out_len, 100);
	}
}

TEST(call__reserved_fields_must_be_zero)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(((struct nd_cmd_pkg *)0)->nd_reserved2); i++) {
		struct nd_cmd_pkg pkg = { .nd_size_in = 4 };

		pkg.nd_reserved2[i] = 1u << (i * 3);
		assert_measured(DIMM, ND_CMD_CALL, &pkg, sizeof(pkg), ND_REASON_RESERVED);
	}
}

TEST(head__too_short_is_refused)
{
	static const u8 head[ENVELOPE_HEAD_MAX];
	u32 need;

	for (unsigned int cmd = 0; cmd <= ND_CMD_CALL; cmd++) {
		need = envelope_head(cmd & 1, cmd);
		assert_true(need <= ENVELOPE_HEAD_MAX);
	}
	for (unsigned int cmd = ND_CMD_GET_CONFIG_DATA; cmd <= ND_CMD_SET_CONFIG_DATA; cmd++) {
		assert_int_equal(envelope_head(DIMM, cmd), 8);
		assert_measured(DIMM, cmd, head, 7, ND_REASON_TRUNCATED);
		assert_measured(DIMM, cmd, head, 8, ND_REASON_OK);
	}
	assert_int_equal(envelope_head(DIMM, ND_CMD_VENDOR), 8);
	assert_int_equal(envelope_head(BUS, ND_CMD_ARS_STATUS), 8);
	assert_int_equal(envelope_head(BUS, ND_CMD_CALL), sizeof(struct nd_cmd_pkg));
	assert_measured(BUS, ND_CMD_CALL, head, 63, ND_REASON_TRUNCATED);
}

TEST(unknown__commands_do_not_exist)
{
	static const u8 head[ENVELOPE_HEAD_MAX];
	static const unsigned int dimm[] = { ND_CMD_IMPLEMENTED, ND_CMD_VENDOR_EFFECT_LOG_SIZE,
		ND_CMD_VENDOR_EFFECT_LOG, ND_CMD_CALL + 1, 255, UINT_MAX };
	static const unsigned int bus[] = { ND_CMD_IMPLEMENTED, ND_CMD_CLEAR_ERROR + 1,
		ND_CMD_CALL - 1, ND_CMD_CALL + 1, UINT_MAX };

	for (unsigned int i = 0; i < ARRAY_SIZE(dimm); i++)
		assert_measured(DIMM, dimm[i], head, sizeof(head), ND_REASON_UNSUPPORTED);
	for (unsigned int i = 0; i < ARRAY_SIZE(bus); i++)
		assert_measured(BUS, bus[i], head, sizeof(head), ND_REASON_UNSUPPORTED);
}

TEST(vendor__the_tail_sizes_the_output)
{
	struct nd_cmd_vendor_hdr hdr = { .opcode = 1, .in_length = 300 };
	u8 head[ENVELOPE_HEAD_MAX] = { 0 };

	memcpy(head, &hdr, sizeof(hdr));
	env = measure(DIMM, ND_CMD_VENDOR, head);
	assert_int_equal(env.in_len, 308);
	assert_int_equal(env.out_len, 8);
	assert_int_equal(env.tail_at, 312);
	assert_reason(envelope_tail(&env, 50), ND_REASON_OK);
	assert_int_equal(env.out_len, 58);
	assert_reason(envelope_tail(&env, U32_MAX), ND_REASON_SIZE);
	assert_reason(envelope_tail(&env, ENVELOPE_MAX - 308 - 58 + 1), ND_REASON_SIZE);
	assert_int_equal(env.out_len, 58);
	assert_reason(envelope_tail(&env, ENVELOPE_MAX - 308 - 58), ND_REASON_OK);
}

TEST(ars_status__any_length_a_caller_names)
{
	static const struct {
		u32 named, records;
	} rows[] = {
		{ 0, 0 }, { 3, 0 }, { 4, 0 }, { 5, 0 }, { 7, 0 }, { 8, 0 }, { 9, 1 },
		{ 4096, 4088 },
	};
	struct nd_cmd_ars_status ars = { 0 };

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		u8 head[ENVELOPE_HEAD_MAX] = { 0 };

		ars.out_length = rows[i].named;
		memcpy(head, &ars, 8);
		assert_envelope(BUS, ND_CMD_ARS_STATUS, head, 0, 8 + rows[i].records);
	}
}

TEST(ars_records__both_readings_of_the_spec)
{
	/* 100 bytes lie behind status and length */
	assert_int_equal(envelope_ars_records(108, 100), 100);
	assert_int_equal(envelope_ars_records(104, 100), 100);
	assert_int_equal(envelope_ars_records(100, 100), 92);
}

TEST(changes_state__per_kind)
{
	static const struct {
		bool dimm;
		unsigned int cmd;
		bool changes;
	} rows[] = {
		{ BUS, ND_CMD_ARS_CAP, false }, { BUS, ND_CMD_ARS_START, true },
		{ BUS, ND_CMD_ARS_STATUS, false }, { BUS, ND_CMD_CLEAR_ERROR, true },
		{ BUS, ND_CMD_CALL, true },
		{ DIMM, ND_CMD_SMART, false }, { DIMM, ND_CMD_SMART_THRESHOLD, false },
		{ DIMM, ND_CMD_DIMM_FLAGS, false }, { DIMM, ND_CMD_GET_CONFIG_SIZE, false },
		{ DIMM, ND_CMD_GET_CONFIG_DATA, false }, { DIMM, ND_CMD_SET_CONFIG_DATA, true },
		{ DIMM, ND_CMD_VENDOR, true }, { DIMM, ND_CMD_CALL, true },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(envelope_changes_state(rows[i].dimm, rows[i].cmd),
				 rows[i].changes);
}
