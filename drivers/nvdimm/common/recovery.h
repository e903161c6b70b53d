/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Machine-check recoverability: what reading poison does to this machine
 * (requirements X15, G7), and who can read memory without power (X6). The
 * judgement is pure; recovery.c and poison/memory.c find the facts.
 */
#ifndef _ND_RECOVERY_H
#define _ND_RECOVERY_H

#include <linux/types.h>

/**
 * enum nd_recovery - who survives poison
 * @ND_RECOVERY_NONE: nobody: the machine stops
 * @ND_RECOVERY_COPY_MC: who reads it by plain loads, as the kernel's careful copy does; string
 *	instructions may stop the machine
 * @ND_RECOVERY_FULL: the kernel's copies fail with EIO, applications get SIGBUS
 */
enum nd_recovery {
	ND_RECOVERY_NONE,
	ND_RECOVERY_COPY_MC,
	ND_RECOVERY_FULL,
};

/**
 * struct nd_recovery_facts - of the processor and the kernel
 * @recovers: the processor tells poison that was read from a broken context, and goes on
 *	(Intel: MCG_SER_P, SDM 15.3.1.1; AMD: SUCCOR, CPUID 8000_0007h)
 * @string_copies: its string instructions are fast, and so interrupted where the poison is (ERMS)
 * @copy_mc: the kernel has copies that expect a machine check
 * @memory_failure: the kernel ends the mappings of broken pages
 */
struct nd_recovery_facts {
	bool recovers;
	bool string_copies;
	bool copy_mc;
	bool memory_failure;
};

static inline enum nd_recovery nd_recovery_judge(const struct nd_recovery_facts *f)
{
	if (!f->recovers || !f->copy_mc)
		return ND_RECOVERY_NONE;
	return f->string_copies && f->memory_failure ? ND_RECOVERY_FULL : ND_RECOVERY_COPY_MC;
}

/**
 * enum nd_at_rest - contents of memory without power
 * @ND_AT_REST_UNKNOWN: there is no DIMM to ask, or one without security
 * @ND_AT_REST_VOLATILE: gone
 * @ND_AT_REST_PLAIN: for everybody to read
 * @ND_AT_REST_LOCKED: behind a passphrase, on each DIMM
 */
enum nd_at_rest {
	ND_AT_REST_UNKNOWN,
	ND_AT_REST_VOLATILE,
	ND_AT_REST_PLAIN,
	ND_AT_REST_LOCKED,
};

/**
 * nd_recovery_now() - what reading poison does to this machine
 *
 * Context: any.
 */
enum nd_recovery nd_recovery_now(void);

/**
 * nd_recovery_word() - as mce_recovery of a bus shows it
 * @recovery: what
 */
const char *nd_recovery_word(enum nd_recovery recovery);

/**
 * nd_at_rest_word() - as at_rest of a region shows it
 * @at_rest: what
 */
const char *nd_at_rest_word(enum nd_at_rest at_rest);

#endif /* _ND_RECOVERY_H */
