// SPDX-License-Identifier: GPL-2.0
/*
 * platform_driver.remove returns void: v6.11,
 * 0edb555a65d1 ("platform: Make platform_driver::remove() return void");
 * .remove_new bridged v6.3 to v6.12 and stable kernels
 */
#include <linux/platform_device.h>

static void remove(struct platform_device *pdev)
{
}

struct platform_driver probe = { .remove = remove };
