/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Scoped cleanup, for kernels before v6.5, 54da6a092431 ("locking: Introduce __cleanup() based
 * infrastructure"): what is undone at the end of a scope. A variable's class says how it is made
 * and what ends it; a guard is a variable that nobody names, made by locking what it is given.
 */
#ifndef COMPAT_CLEANUP_H
#define COMPAT_CLEANUP_H

#include <linux/compiler.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#define COMPAT_AT_SCOPE_END(fn)	__attribute__((__cleanup__(fn)))

/* @end, which is told of the value as _T, may say _T is nothing to be ended */
#define DEFINE_FREE(name, type, end)						\
static inline void __free_##name(void *variable)				\
{										\
	type _T = *(type *)variable;						\
										\
	end;									\
}
#define __free(name)	COMPAT_AT_SCOPE_END(__free_##name)

/* The value, which the scope's end leaves alone from here on. */
#define no_free_ptr(variable)							\
({										\
	typeof(variable) _kept = (variable);					\
										\
	(variable) = NULL;							\
	_kept;									\
})

#define DEFINE_CLASS(name, type, end, begin, parameters...)			\
typedef type class_##name##_t;							\
										\
static inline type class_##name##_begin(parameters)				\
{										\
	type made = begin;							\
										\
	return made;								\
}										\
										\
static inline void class_##name##_end(type *variable)				\
{										\
	type _T = *variable;							\
										\
	end;									\
}
#define CLASS(name, variable)							\
	class_##name##_t variable COMPAT_AT_SCOPE_END(class_##name##_end) = class_##name##_begin

#define DEFINE_GUARD(name, type, lock, unlock)					\
	DEFINE_CLASS(name, type, if (_T) unlock, ({ lock; _T; }), type _T)
#define guard(name)	CLASS(name, __UNIQUE_ID(guard))

/* The statement behind it is the scope. */
#define scoped_guard(name, of...)						\
	for (CLASS(name, _scope)(of), *_once = (void *)1; _once; _once = NULL)

DEFINE_FREE(kfree, void *, if (!IS_ERR_OR_NULL(_T)) kfree(_T))
DEFINE_GUARD(mutex, struct mutex *, mutex_lock(_T), mutex_unlock(_T))
DEFINE_GUARD(rwsem_read, struct rw_semaphore *, down_read(_T), up_read(_T))
DEFINE_GUARD(rwsem_write, struct rw_semaphore *, down_write(_T), up_write(_T))
DEFINE_GUARD(spinlock, spinlock_t *, spin_lock(_T), spin_unlock(_T))

struct compat_irqs_off {
	spinlock_t *lock;
	unsigned long flags;
};

static inline struct compat_irqs_off compat_irqs_off(spinlock_t *lock)
{
	struct compat_irqs_off off = { .lock = lock };

	spin_lock_irqsave(lock, off.flags);
	return off;
}

DEFINE_CLASS(spinlock_irqsave, struct compat_irqs_off, spin_unlock_irqrestore(_T.lock, _T.flags),
	     compat_irqs_off(lock), spinlock_t *lock)

#endif
