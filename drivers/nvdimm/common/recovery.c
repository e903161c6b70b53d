// SPDX-License-Identifier: GPL-2.0
/* What reading poison does to this machine, and words: see recovery.h. */
#include <linux/export.h>
#include <linux/kconfig.h>
#ifdef CONFIG_X86
#include <asm/cpufeature.h>
#include <asm/msr.h>
#endif
#include "common/recovery.h"

#ifdef CONFIG_X86

static bool machine_recovers(void)
{
	enum { SER_P = BIT(24) };
	u32 lo, hi;

	if (!IS_ENABLED(CONFIG_X86_MCE) || !boot_cpu_has(X86_FEATURE_MCE) ||
	    !boot_cpu_has(X86_FEATURE_MCA))
		return false;
	if (boot_cpu_data.x86_vendor == X86_VENDOR_AMD || compat_is_hygon(&boot_cpu_data))
		return boot_cpu_has(X86_FEATURE_SUCCOR);
	return !rdmsr_safe(MSR_IA32_MCG_CAP, &lo, &hi) && lo & SER_P;
}

static bool string_copies(void)
{
	return boot_cpu_has(X86_FEATURE_ERMS);
}

#else

/* The kernel has such copies where the processor lets it. */
static bool machine_recovers(void)
{
	return IS_ENABLED(CONFIG_ARCH_HAS_COPY_MC);
}

static bool string_copies(void)
{
	return false;
}

#endif

enum nd_recovery nd_recovery_now(void)
{
	const struct nd_recovery_facts facts = {
		.recovers = machine_recovers(),
		.string_copies = string_copies(),
		.copy_mc = IS_ENABLED(CONFIG_ARCH_HAS_COPY_MC),
		.memory_failure = IS_ENABLED(CONFIG_MEMORY_FAILURE),
	};

	return nd_recovery_judge(&facts);
}
EXPORT_SYMBOL_GPL(nd_recovery_now);

const char *nd_recovery_word(enum nd_recovery recovery)
{
	static const char * const words[] = {
		[ND_RECOVERY_NONE] = "none",
		[ND_RECOVERY_COPY_MC] = "copy_mc",
		[ND_RECOVERY_FULL] = "full",
	};

	return words[recovery];
}
EXPORT_SYMBOL_GPL(nd_recovery_word);

const char *nd_at_rest_word(enum nd_at_rest at_rest)
{
	static const char * const words[] = {
		[ND_AT_REST_UNKNOWN] = "unknown",
		[ND_AT_REST_VOLATILE] = "volatile",
		[ND_AT_REST_PLAIN] = "plain",
		[ND_AT_REST_LOCKED] = "locked-key",
	};

	return words[at_rest];
}
EXPORT_SYMBOL_GPL(nd_at_rest_word);
