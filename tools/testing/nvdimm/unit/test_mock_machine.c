// SPDX-License-Identifier: GPL-2.0
/* objects: unit/nfit_parse.c tools/testing/nvdimm/nfit_test/platforms.c */
/* objects: tools/testing/nvdimm/nfit_test/table.c tools/testing/nvdimm/nfit_test/call.c */
/* objects: tools/testing/nvdimm/nfit_test/labels.c tools/testing/nvdimm/nfit_test/smart.c */
/* objects: tools/testing/nvdimm/nfit_test/security.c tools/testing/nvdimm/nfit_test/update.c */
/* objects: tools/testing/nvdimm/nfit_test/activate.c tools/testing/nvdimm/nfit_test/scrub.c */
/* objects: tools/testing/nvdimm/nfit_test/poison.c tools/testing/nvdimm/nfit_test/faults.c */
#include "nd_test.h"
#include "nfit_parse.h"
#include "../nfit_test/machine.h"

/* Power failure is store.c's; here all stores reach the media. */
void mock_store(void *to, const void *from, size_t len);

void mock_store(void *to, const void *from, size_t len)
{
	memcpy(to, from, len);
}

struct bench {
	struct mock_machine m;
	u8 label[MOCK_DIMMS_MAX][MOCK_LABEL_SIZE];
	u8 out[MOCK_OUT_MAX];
	struct mock_call call;
};

static struct bench b;

static void power_on(u32 platform)
{
	u8 *label[MOCK_DIMMS_MAX];

	memset(&b, 0, sizeof(b));
	for (u32 i = 0; i < MOCK_DIMMS_MAX; i++)
		label[i] = b.label[i];
	mock_machine_init(&b.m, &mock_platforms[platform], label);
	for (u32 i = 0; i < MOCK_SPANS_MAX; i++)
		b.m.layout.span[i] = 0x100000000ull + i * 0x8000000ull;
	for (u32 i = 0; i < MOCK_DIMMS_MAX; i++)
		b.m.layout.hints[i] = 0x180000000ull + i * 4096;
}

static u32 out32(u32 at)
{
	u32 word;

	assert_true(at + sizeof(word) <= b.call.out_len);
	memcpy(&word, b.out + at, sizeof(word));
	return word;
}

static u32 status(void)
{
	return out32(0);
}

static u64 out64(u32 at)
{
	return out32(at) | (u64)out32(at + 4) << 32;
}

static void give(const void *in, u32 len)
{
	b.call = (struct mock_call) {
		.in = in, .in_len = len, .out = b.out, .now = b.call.now,
	};
}

static u32 dimm(u32 n, u32 func, const void *in, u32 len)
{
	give(in, len);
	mock_dimm_call(&b.m, &b.m.dimm[n], func, &b.call);
	return status();
}

static u32 bus(u32 func, const void *in, u32 len)
{
	give(in, len);
	mock_bus_call(&b.m, func, &b.call);
	return status();
}

int before_each(void **state)
{
	power_on(0);
	return 0;
}

/* ---- the table ---- */

TEST(tables__are_without_complaint)
{
	for (u32 platform = 0; platform < MOCK_PLATFORMS; platform++) {
		for (u32 plugged = 0; plugged < 2; plugged++) {
			u8 bytes[4096];
			u32 len;

			power_on(platform);
			b.m.layout.plugged = plugged;
			len = mock_table_build(b.m.platform, &b.m.layout, bytes, sizeof(bytes));
			assert_true(len <= sizeof(bytes));
			parse_bytes(bytes, len);
			assert_reason(p.reason, ND_REASON_OK);
			assert_int_equal(p.t.ncomplaint, 0);
			assert_int_equal(p.t.ndevice, platform ? 2 : 4 + plugged);
			assert_int_equal(p.t.nspa, platform ? 2 : 2 + plugged);
		}
	}
}

TEST(tables__tell_their_length_without_room)
{
	u8 bytes[64];
	u32 len;

	len = mock_table_build(b.m.platform, &b.m.layout, NULL, 0);
	assert_true(len > sizeof(bytes));
	assert_int_equal(mock_table_build(b.m.platform, &b.m.layout, bytes, sizeof(bytes)), len);
}

/* ---- labels ---- */

TEST(labels__refuse_what_is_out_of_the_area)
{
	static const u32 bad[][2] = {
		{ MOCK_LABEL_SIZE, 8 }, { MOCK_LABEL_SIZE - 8, 16 }, { 0xfffffff8, 16 },
		{ 0, MOCK_LABEL_TRANSFER + 8 }, { 0, 0 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(dimm(0, 5, bad[i], 8), MOCK_BAD_INPUT);
		assert_int_equal(dimm(0, 6, bad[i], 8), MOCK_BAD_INPUT);
	}
}

TEST(labels__return_what_was_written)
{
	struct {
		u32 offset, length;
		u8 bytes[16];
	} in = { 256, 16, "fifteen letters" };

	assert_int_equal(dimm(1, 6, &in, sizeof(in)), MOCK_OK);
	assert_int_equal(dimm(1, 5, &in, 8), MOCK_OK);
	assert_memory_equal(b.out + 4, in.bytes, sizeof(in.bytes));
	/* the payload is what bounds a write, not its header */
	assert_int_equal(dimm(1, 6, &in, 8 + 15), MOCK_BAD_INPUT);
}

/* ---- poison and scrub ---- */

TEST(poison__keeps_parts_apart_and_in_order)
{
	static u8 model[4096];
	struct mock_poison p = { };
	u32 seed = 1;

	memset(model, 0, sizeof(model));
	for (u32 i = 0; i < 20000; i++) {
		u32 start, len;

		seed = seed * 1103515245 + 12345;
		start = (seed >> 8) % sizeof(model);
		len = 1 + (seed >> 20) % 64;
		if (start + len > sizeof(model))
			continue;
		if (seed & 0x40) {
			if (mock_poison_add(&p, start, len))
				memset(model + start, 1, len);
		} else if (mock_poison_clear(&p, start, len)) {
			memset(model + start, 0, len);
		}
		for (u32 k = 0; k < p.n; k++) {
			assert_true(p.part[k].start < p.part[k].end);
			assert_true(!k || p.part[k - 1].end <= p.part[k].start);
			assert_null(memchr(model + p.part[k].start, 0,
					   p.part[k].end - p.part[k].start));
		}
		for (u32 k = 0, n = 0; k <= p.n; k++) {
			u32 end = k < p.n ? p.part[k].start : sizeof(model);

			assert_null(memchr(model + n, 1, end - n));
			n = k < p.n ? p.part[k].end : end;
		}
	}
}

/* A scrub is asked for. */
static u32 scrub(u64 start, u64 length, u64 flags)
{
	u64 in[3] = { start, length, 2 | flags << 16 };

	return bus(2, in, sizeof(in));
}

/* How far it is, or some time later. */
static u32 scrub_state(u32 later)
{
	b.call.now += later;
	return bus(3, NULL, 0);
}

static void inject(u64 start, u64 length)
{
	struct {
		u64 start, length;
		u8 options;
	} in = { start, length, 0 };

	assert_int_equal(bus(7, &in, 17), 0);
}

TEST(inject__says_which_options_it_takes)
{
	assert_int_equal(bus(10, NULL, 0), 0);
	assert_int_equal(b.call.out_len, 8);
	assert_int_equal(out32(4), 1);
}

TEST(scrub__returns_all_in_pieces)
{
	u64 base, end;
	u32 found = 0;

	base = b.m.layout.span[1];
	end = base + b.m.platform->span[1].size;
	b.m.scrub.limit = 7;
	for (u32 i = 0; i < 40; i++)
		inject(base + i * 4096, 512);
	for (u64 at = base; at < end;) {
		u32 said;

		assert_int_equal(scrub(at, end - at, 0), 0);
		assert_int_equal(scrub_state(0), 1 << 16);
		assert_int_equal(scrub(at, end - at, 0), 6);
		said = scrub_state(MOCK_SCRUB_MS);
		assert_int_equal(out32(4), b.call.out_len);
		found += out32(44);
		if (!said)
			break;
		assert_int_equal(said, 3 << 16);
		assert_int_equal(out32(40) >> 16, 1);
		assert_int_equal(out64(24) + out64(32), end);
		at = out64(24);
	}
	assert_int_equal(found, 40);
}

/* Who asks for more than there is room for gets what there is room for. */
TEST(scrub__returns_no_more_than_there_is_room_for)
{
	static const u32 limit[] = { 0, 1, MOCK_SCRUB_RECORDS, MOCK_SCRUB_RECORDS + 1, 1000, ~0u };

	for (u32 i = 0; i < ARRAY_SIZE(limit); i++) {
		u32 most = limit[i] < MOCK_SCRUB_RECORDS ? limit[i] : MOCK_SCRUB_RECORDS;

		power_on(0);
		b.m.scrub.limit = limit[i];
		for (u32 n = 0; n < 400; n++)
			inject(b.m.layout.span[1] + n * 4096, 512);
		assert_int_equal(scrub(b.m.layout.span[1], b.m.platform->span[1].size, 0), 0);
		assert_int_equal(scrub_state(MOCK_SCRUB_MS), 3 << 16);
		assert_int_equal(out32(44), most);
		assert_true(b.call.out_len <= MOCK_OUT_MAX);
	}
}

TEST(scrub__of_firmware_takes_results_away)
{
	u64 ours = b.m.layout.span[1];

	b.m.scrub.usurp = 1;
	inject(ours, 512);
	inject(b.m.layout.span[0], 512);
	assert_int_equal(scrub(ours, 65536, 0), 0);
	assert_int_equal(scrub_state(MOCK_SCRUB_MS), 1 << 16);
	assert_int_equal(scrub(ours, 65536, 0), 6);
	assert_int_equal(scrub_state(MOCK_SCRUB_MS), 0);
	assert_true(out64(8) == b.m.layout.span[0] && out64(16) == 4096);
	assert_int_equal(out32(44), 1);
	b.m.scrub.broken = 1;
	assert_int_equal(scrub_state(0), 2);
	assert_int_equal(scrub(ours, 65536, 0), 0);
	assert_int_equal(scrub_state(MOCK_SCRUB_MS), 0);
	assert_true(out64(8) == ours);
	assert_int_equal(b.m.scrub.begun, 2);
}

/* How many records does a scrub return, or has the last one? */
static u32 scrubbed(u64 start, u64 length, bool previous)
{
	assert_int_equal(scrub(start, length, previous ? 2 : 0), 0);
	assert_int_equal(scrub_state(previous ? 0 : MOCK_SCRUB_MS), 0);
	return out32(44);
}

TEST(scrub__finds_what_was_there_when_it_began)
{
	u64 base = b.m.layout.span[0], size = b.m.platform->span[0].size, in[2] = { base, 512 };

	inject(base, 512);
	assert_int_equal(scrubbed(base, size, true), 0);
	assert_int_equal(scrub(base, size, 0), 0);
	inject(base + 4096, 512);
	assert_int_equal(scrub_state(MOCK_SCRUB_MS), 0);
	assert_int_equal(out32(44), 1);
	assert_int_equal(scrubbed(base, size, true), 1);
	assert_int_equal(scrubbed(base, size, false), 2);
	assert_int_equal(bus(8, in, sizeof(in)), 0);
	assert_int_equal(scrubbed(base, size, true), 1);
}

TEST(clear__wants_whole_units)
{
	u64 in[2] = { b.m.layout.span[0], MOCK_CLEAR_UNIT + 1 };

	inject(in[0], 512);
	assert_int_equal(bus(4, in, sizeof(in)), 2);
	in[1] = MOCK_CLEAR_UNIT;
	assert_int_equal(bus(4, in, sizeof(in)), 0);
	assert_int_equal(out64(8), MOCK_CLEAR_UNIT);
	assert_int_equal(b.m.poison.n, 1);
	assert_true(b.m.poison.part[0].start == in[0] + MOCK_CLEAR_UNIT);
}

/* ---- security ---- */

static const u8 none[MOCK_PASSPHRASE], secret[2 * MOCK_PASSPHRASE] = {
	[MOCK_PASSPHRASE] = 's', 'e', 's', 'a', 'm', 'e',
};

/* A function that wants the passphrase as it is now. */
static u32 with_secret(u32 func)
{
	return dimm(0, func, secret + MOCK_PASSPHRASE, MOCK_PASSPHRASE);
}

TEST(security__locked_until_the_passphrase)
{
	assert_int_equal(dimm(0, 20, secret, sizeof(secret)), MOCK_OK);
	mock_security_lock(&b.m.dimm[0]);
	assert_int_equal(dimm(0, 4, NULL, 0), 1 << 16);
	assert_int_equal(with_secret(21), MOCK_BAD_STATE);
	assert_int_equal(dimm(0, 22, none, sizeof(none)), MOCK_BAD_PASSPHRASE);
	assert_int_equal(with_secret(22), MOCK_OK);
	assert_int_equal(dimm(0, 4, NULL, 0), MOCK_OK);
	assert_int_equal(with_secret(21), MOCK_OK);
}

TEST(security__frozen_is_final)
{
	assert_int_equal(dimm(0, 23, NULL, 0), MOCK_BAD_STATE);
	assert_int_equal(dimm(0, 20, secret, sizeof(secret)), MOCK_OK);
	assert_int_equal(dimm(0, 23, NULL, 0), MOCK_OK);
	assert_int_equal(with_secret(21), MOCK_BAD_STATE);
	assert_int_equal(with_secret(24), MOCK_BAD_STATE);
}

TEST(overwrite__is_over_when_it_says_so)
{
	assert_int_equal(dimm(0, 26, NULL, 0), 2 << 16 | 7);
	assert_int_equal(dimm(0, 25, none, sizeof(none)), MOCK_OK);
	assert_int_equal(dimm(0, 26, NULL, 0), 1 << 16 | 7);
	b.call.now += 5000;
	assert_int_equal(dimm(0, 26, NULL, 0), MOCK_OK);
	assert_int_equal(dimm(0, 26, NULL, 0), 2 << 16 | 7);
}

/* ---- firmware ---- */

static void stage(u32 n)
{
	u32 context, finish[2], send[4] = { 0, 0, 4, 0xfeedf00d };

	assert_int_equal(dimm(n, 13, NULL, 0), MOCK_OK);
	context = out32(4);
	send[0] = context;
	finish[0] = 0;
	finish[1] = context;
	assert_int_equal(dimm(n, 14, send, sizeof(send)), MOCK_OK);
	assert_int_equal(dimm(n, 15, finish, sizeof(finish)), MOCK_OK);
	assert_int_equal(dimm(n, 16, &context, 4), 2 << 16 | 7);
	b.call.now += 1000;
	assert_int_equal(dimm(n, 16, &context, 4), MOCK_OK);
	assert_true(out64(4) == 0xffffffffabcdull);
}

TEST(activation__needs_a_staged_image)
{
	u8 arm = 1, idle = 1;

	stage(0);
	assert_int_equal(dimm(0, 30, &arm, 1), MOCK_OK);
	assert_int_equal(dimm(1, 30, &arm, 1), MOCK_OK);
	for (u32 again = 0; again < 2; again++) {
		give(&idle, 1);
		mock_bus_intel_call(&b.m, 2, &b.call);
		assert_int_equal(status(), again ? 2 << 16 | 6 : 0);
	}
	b.call.now += 3000;
	assert_int_equal(dimm(0, 29, NULL, 0), MOCK_OK);
	assert_int_equal(out32(4) & 0xffff, 2);
	assert_int_equal(dimm(1, 29, NULL, 0), MOCK_OK);
	assert_int_equal(out32(4) & 0xffff, 1);
}

/* ---- the rest ---- */

TEST(smart__notifies_at_the_threshold)
{
	u8 threshold[7] = { 1, 0, 99, 0, 0, 0, 0 };

	assert_int_equal(dimm(2, 2, NULL, 0), MOCK_OK);
	assert_int_equal(b.call.out_len, 12);
	assert_false(b.m.dimm[2].notify);
	assert_int_equal(dimm(2, 17, threshold, sizeof(threshold)), MOCK_OK);
	assert_true(b.m.dimm[2].notify);
}

TEST(no_function__answers_too_little_input)
{
	static u8 few[1];

	for (u32 platform = 0; platform < MOCK_PLATFORMS; platform++) {
		for (u32 func = 0; func < 40; func++) {
			for (u32 len = 0; len <= sizeof(few); len++) {
				power_on(platform);
				give(few, len);
				mock_dimm_call(&b.m, &b.m.dimm[0], func, &b.call);
				give(few, len);
				mock_bus_call(&b.m, func, &b.call);
				give(few, len);
				mock_bus_intel_call(&b.m, func, &b.call);
			}
		}
	}
}

TEST(faults__skip_then_fail_so_many)
{
	struct mock_faults f = { .functions = 1 << 5, .code = -EACCES, .skip = 2, .count = 2 };

	assert_int_equal(mock_fault(&f, 4), 0);
	assert_int_equal(mock_fault(&f, 5), 0);
	assert_int_equal(mock_fault(&f, 5), 0);
	assert_int_equal(mock_fault(&f, 5), -EACCES);
	assert_int_equal(mock_fault(&f, 5), -EACCES);
	assert_int_equal(mock_fault(&f, 5), 0);
	assert_int_equal(mock_fault(&f, 64), 0);
}
