// SPDX-License-Identifier: GPL-2.0
/* Functions of the kernel: one takes its time, so that what races with it does; one fails. */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include "provider.h"

static char *slow;
module_param(slow, charp, 0444);
MODULE_PARM_DESC(slow, "FUNCTION:MS: so many milliseconds pass at each call of a function, before it begins");

static char *fail;
module_param(fail, charp, 0444);
MODULE_PARM_DESC(fail, "FUNCTION that returns -ENOMEM instead, while \"failing\" is set");
static bool failing;
module_param(failing, bool, 0644);
static uint failed;
module_param(failed, uint, 0444);
MODULE_PARM_DESC(failed, "how often it did");

#ifdef CONFIG_KPROBES

static char slow_name[64];
static unsigned int slow_ms;

static int slow_down(struct kprobe *probe, struct pt_regs *regs)
{
	mdelay(slow_ms);
	return 0;
}

static struct kprobe slow_probe = { .symbol_name = slow_name, .pre_handler = slow_down };

static int fails(void)
{
	return -ENOMEM;
}

static int fail_instead(struct kprobe *probe, struct pt_regs *regs)
{
	if (!READ_ONCE(failing))
		return 0;
	WRITE_ONCE(failed, failed + 1);
	instruction_pointer_set(regs, (unsigned long)fails);
	return 1;
}

/* With one, a probe may send its caller elsewhere (kprobes.rst). */
static void fail_after(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe fail_probe = { .pre_handler = fail_instead, .post_handler = fail_after };

static int slow_arm(void)
{
	if (!slow)
		return 0;
	if (sscanf(slow, "%63[^:]:%u", slow_name, &slow_ms) != 2 || slow_ms > 1000)
		return -EINVAL;
	return register_kprobe(&slow_probe);
}

int provider_slow_init(void)
{
	int rc = slow_arm();

	if (rc || !fail)
		return rc;
	fail_probe.symbol_name = fail;
	rc = register_kprobe(&fail_probe);
	if (rc && slow)
		unregister_kprobe(&slow_probe);
	return rc;
}

void provider_slow_exit(void)
{
	if (fail)
		unregister_kprobe(&fail_probe);
	if (slow)
		unregister_kprobe(&slow_probe);
}

#else

int provider_slow_init(void)
{
	return slow || fail ? -EOPNOTSUPP : 0;
}

void provider_slow_exit(void)
{
}

#endif
