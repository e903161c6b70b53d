// SPDX-License-Identifier: GPL-2.0
/*
 * wbinvd_on_all_cpus(): v2.6.34, a7b480e7f30b, and on x86 alone, which has an instruction that
 * empties caches of every level
 */
#include <linux/smp.h>
#include <asm/cpufeature.h>
#include <asm/smp.h>

bool probe(void)
{
	wbinvd_on_all_cpus();
	return boot_cpu_has(X86_FEATURE_HYPERVISOR);
}
