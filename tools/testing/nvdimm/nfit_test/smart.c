// SPDX-License-Identifier: GPL-2.0
/* Intel's functions 1, 2, 10, 17 and 18: health. Pure; see machine.h. */
#include <asm/byteorder.h>
#include <linux/bits.h>
#include <linux/string.h>
#include "machine.h"

/* Which fields of the answer mean something. */
#define HEALTH_VALID	BIT(0)
#define SPARES_VALID	BIT(1)
#define USED_VALID	BIT(2)
#define MEDIA_VALID	BIT(3)
#define CONTROLLER_VALID BIT(4)
#define COUNT_VALID	BIT(5)
#define ALARMS_VALID	BIT(9)
#define SHUTDOWN_VALID	BIT(10)

/* What trips an alarm. */
#define SPARES_ALARM		BIT(0)
#define MEDIA_ALARM		BIT(1)
#define CONTROLLER_ALARM	BIT(2)

#define NON_CRITICAL	BIT(0)
#define FATAL		BIT(2)

/* Temperatures are sixteenths of a degree. */
#define DEGREES(n)	cpu_to_le16((n) * 16)

static const struct mock_smart as_new = {
	.valid = cpu_to_le32(HEALTH_VALID | SPARES_VALID | USED_VALID | MEDIA_VALID |
			     CONTROLLER_VALID | COUNT_VALID | ALARMS_VALID | SHUTDOWN_VALID),
	.health = NON_CRITICAL,
	.spares = 75,
	.life_used = 5,
	.alarms = SPARES_ALARM | MEDIA_ALARM,
	.media_temperature = DEGREES(23),
	.controller_temperature = DEGREES(25),
	.pmic_temperature = DEGREES(40),
	.shutdown_count = cpu_to_le32(42),
	.ait_status = 1,
};

static const struct mock_threshold threshold_as_new = {
	.alarms = cpu_to_le16(SPARES_ALARM | MEDIA_ALARM),
	.spares = 5,
	.media_temperature = DEGREES(40),
	.controller_temperature = DEGREES(30),
};

void mock_smart_init(struct mock_dimm *d)
{
	d->smart = as_new;
	d->threshold = threshold_as_new;
}

/* Notified when something crosses a threshold that is armed, or health is not as new. */
static void judge(struct mock_dimm *d)
{
	const struct mock_threshold *t = &d->threshold;
	const struct mock_smart *s = &d->smart;
	u16 armed = le16_to_cpu(t->alarms);

	if ((armed & SPARES_ALARM && s->spares <= t->spares) ||
	    (armed & MEDIA_ALARM &&
	     le16_to_cpu(s->media_temperature) >= le16_to_cpu(t->media_temperature)) ||
	    (armed & CONTROLLER_ALARM &&
	     le16_to_cpu(s->controller_temperature) >= le16_to_cpu(t->controller_temperature)) ||
	    s->health != NON_CRITICAL || s->shutdown_state)
		d->notify = true;
}

void mock_smart_get(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	u8 *out = mock_reply(call, sizeof(u32) + sizeof(d->smart), MOCK_OK);

	memcpy(out + sizeof(u32), &d->smart, sizeof(d->smart));
}

void mock_smart_get_threshold(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	/* a reserved byte follows */
	u8 *out = mock_reply(call, sizeof(u32) + sizeof(d->threshold) + 1, MOCK_OK);

	memcpy(out + sizeof(u32), &d->threshold, sizeof(d->threshold));
}

void mock_smart_set_threshold(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	const struct mock_threshold *in = mock_input(call, sizeof(*in));

	if (!in)
		return;
	d->threshold = *in;
	mock_reply(call, sizeof(u32), MOCK_OK);
	judge(d);
}

void mock_smart_inject(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	enum { MEDIA = 1, SPARES = 2, HEALTH = 4, SHUTDOWN = 8 };
	struct request {
		__le64 what;
		u8 media_on;
		__le16 media_temperature;
		u8 spares_on;
		u8 spares;
		u8 fatal_on;
		u8 unsafe_on;
	} __packed;
	const struct request *in = mock_input(call, sizeof(*in));
	struct mock_smart *s = &d->smart;
	u64 what;

	if (!in)
		return;
	what = le64_to_cpu(in->what);
	if (what & MEDIA)
		s->media_temperature = in->media_on ? in->media_temperature :
						      as_new.media_temperature;
	if (what & SPARES)
		s->spares = in->spares_on ? in->spares : as_new.spares;
	if (what & HEALTH)
		s->health = in->fatal_on ? FATAL : NON_CRITICAL;
	if (what & SHUTDOWN) {
		s->shutdown_state = !!in->unsafe_on;
		if (in->unsafe_on)
			s->shutdown_count = cpu_to_le32(le32_to_cpu(s->shutdown_count) + 1);
	}
	mock_reply(call, sizeof(u32), MOCK_OK);
	judge(d);
}

/* "Enable Latch System Shutdown Status" */
void mock_smart_latch(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call)
{
	const u8 *enable = mock_input(call, 1);

	if (enable)
		mock_reply(call, sizeof(u32), *enable > 1 ? MOCK_BAD_INPUT : MOCK_OK);
}
