// SPDX-License-Identifier: GPL-2.0
/*
 * platform_driver.remove_new, the void form before .remove was one: v6.3,
 * 5c5a7680e67b ("platform: Provide a remove callback that returns no value")
 */
#include <linux/platform_device.h>

static void remove(struct platform_device *pdev)
{
}

struct platform_driver probe = { .remove_new = remove };
