// SPDX-License-Identifier: GPL-2.0
/* A function of the kernel that takes its time, so that what races with it does. */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include "provider.h"

static char *slow;
module_param(slow, charp, 0444);
MODULE_PARM_DESC(slow, "FUNCTION:MS: so many milliseconds pass at each call of a function, before it begins");

#ifdef CONFIG_KPROBES

static char slow_name[64];
static unsigned int slow_ms;

static int slow_down(struct kprobe *probe, struct pt_regs *regs)
{
	mdelay(slow_ms);
	return 0;
}

static struct kprobe slow_probe = { .symbol_name = slow_name, .pre_handler = slow_down };

int provider_slow_init(void)
{
	if (!slow)
		return 0;
	if (sscanf(slow, "%63[^:]:%u", slow_name, &slow_ms) != 2 || slow_ms > 1000)
		return -EINVAL;
	return register_kprobe(&slow_probe);
}

void provider_slow_exit(void)
{
	if (slow)
		unregister_kprobe(&slow_probe);
}

#else

int provider_slow_init(void)
{
	return slow ? -EOPNOTSUPP : 0;
}

void provider_slow_exit(void)
{
}

#endif
