/* SPDX-License-Identifier: GPL-2.0 */
/* Atomics for tests with threads: sequentially consistent, never less than the kernel's. */
#pragma once

#include <linux/compiler.h>
#include <linux/types.h>

#define smp_load_acquire(p)		__atomic_load_n(p, __ATOMIC_SEQ_CST)
#define smp_store_release(p, v)		__atomic_store_n(p, v, __ATOMIC_SEQ_CST)
#define xchg(p, v)			__atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define smp_mb()			__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_mb__before_atomic()		smp_mb()
#define smp_acquire__after_ctrl_dep()	smp_mb()

typedef struct { s64 counter; } atomic64_t;

static inline s64 atomic64_read(const atomic64_t *v)
{
	return __atomic_load_n(&v->counter, __ATOMIC_SEQ_CST);
}

static inline void atomic64_sub(s64 i, atomic64_t *v)
{
	__atomic_sub_fetch(&v->counter, i, __ATOMIC_SEQ_CST);
}

/* The value it had; @new was stored if that equals @old. */
static inline s64 atomic64_cmpxchg(atomic64_t *v, s64 old, s64 new)
{
	__atomic_compare_exchange_n(&v->counter, &old, new, false, __ATOMIC_SEQ_CST,
				    __ATOMIC_SEQ_CST);
	return old;
}
