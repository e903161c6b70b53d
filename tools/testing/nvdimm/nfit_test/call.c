// SPDX-License-Identifier: GPL-2.0
/* Which function is whose. Pure; see machine.h. */
#include <asm/byteorder.h>
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "machine.h"

void *mock_reply(struct mock_call *call, u32 size, u32 status)
{
	__le32 word = cpu_to_le32(status);

	memset(call->out, 0, size);
	memcpy(call->out, &word, sizeof(word));
	call->out_len = size;
	return call->out;
}

const void *mock_input(struct mock_call *call, u32 size)
{
	if (call->in_len >= size)
		return call->in;
	mock_reply(call, sizeof(u32), MOCK_BAD_INPUT);
	return NULL;
}

static void (*const dimm_functions[])(struct mock_machine *m, struct mock_dimm *d,
				      struct mock_call *call) = {
	[1] = mock_smart_get,
	[2] = mock_smart_get_threshold,
	[4] = mock_labels_size,
	[5] = mock_labels_read,
	[6] = mock_labels_write,
	[10] = mock_smart_latch,
	[12] = mock_update_info,
	[13] = mock_update_start,
	[14] = mock_update_send,
	[15] = mock_update_finish,
	[16] = mock_update_query,
	[17] = mock_smart_set_threshold,
	[18] = mock_smart_inject,
	[19] = mock_security_state,
	[20] = mock_security_set,
	[21] = mock_security_disable,
	[22] = mock_security_unlock,
	[23] = mock_security_freeze,
	[24] = mock_security_erase,
	[25] = mock_security_overwrite,
	[26] = mock_security_query_overwrite,
	[27] = mock_security_set_master,
	[28] = mock_security_master_erase,
	[29] = mock_activate_dimm_info,
	[30] = mock_activate_arm,
};

static void (*const bus_functions[])(struct mock_machine *m, struct mock_call *call) = {
	[1] = mock_scrub_capabilities,
	[2] = mock_scrub_start,
	[3] = mock_scrub_status,
	[4] = mock_poison_cure,
	[5] = mock_poison_translate,
	[7] = mock_poison_inject,
	[8] = mock_poison_withdraw,
	[9] = mock_poison_query,
	[10] = mock_poison_options,
};

static void (*const bus_intel_functions[])(struct mock_machine *m, struct mock_call *call) = {
	[1] = mock_activate_bus_info,
	[2] = mock_activate,
};

static bool has(u32 functions, u32 func)
{
	return func < 32 && functions & BIT(func);
}

void mock_dimm_call(struct mock_machine *m, struct mock_dimm *dimm, u32 func,
		    struct mock_call *call)
{
	if (has(m->platform->dimm_functions, func) && func < ARRAY_SIZE(dimm_functions) &&
	    dimm_functions[func])
		dimm_functions[func](m, dimm, call);
}

void mock_dimm_other_call(u32 func, struct mock_call *call)
{
	__le32 *out = mock_reply(call, 2 * sizeof(*out), MOCK_OK);

	out[1] = cpu_to_le32(func);
}

void mock_bus_call(struct mock_machine *m, u32 func, struct mock_call *call)
{
	if (has(m->platform->bus_functions, func) && func < ARRAY_SIZE(bus_functions) &&
	    bus_functions[func])
		bus_functions[func](m, call);
}

void mock_bus_intel_call(struct mock_machine *m, u32 func, struct mock_call *call)
{
	if (has(m->platform->intel_bus_functions, func) &&
	    func < ARRAY_SIZE(bus_intel_functions) && bus_intel_functions[func])
		bus_intel_functions[func](m, call);
}

void mock_machine_init(struct mock_machine *m, const struct mock_platform *platform,
		       u8 *const label[])
{
	memset(m, 0, sizeof(*m));
	m->platform = platform;
	m->scrub.limit = MOCK_SCRUB_RECORDS;
	m->habits = (struct mock_habits) { .families = 1, .recalls = true };
	for (u32 i = 0; i < platform->ndimm; i++) {
		struct mock_dimm *d = &m->dimm[i];

		d->desc = &platform->dimm[i];
		d->label = label[i];
		mock_smart_init(d);
		mock_security_init(d);
	}
}
