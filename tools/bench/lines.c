// SPDX-License-Identifier: GPL-2.0
/*
 * Which cache lines do processors share in modules?
 *
 * While processors work on operations each load and store of the kernel and of
 * modules is noted, by physical address. A line is *shared* when a module has written it
 * on one processor and anything in the kernel has used it on another one. That does
 * not depend on who was first: processors that take turns, as those of this
 * emulator do, show what others would that run at the same time. What a line costs
 * is how often it may have to move between caches: no more than once for each operation
 * that uses it, nor than twice for each that uses it on another processor than its own.
 *
 * A module's stores are those of its own code and of the functions of the
 * kernel that it calls, mutex_lock() and the like, but not of what these call in
 * turn. That is known by counting calls and returns from the module on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin.h"

#define CPUS		16
#define LINE_SHIFT	6
#define SLOTS		(1u << 20)
#define TOLD		48u		/* lines of the log for each section */

struct line {
	uint64_t number;		/* physical address >> LINE_SHIFT */
	uint64_t virtual;
	uint64_t writer;		/* code of a module that wrote it, or called who did */
	uint32_t section;		/* it is of this one, or the slot is free */
	uint16_t written, used;		/* by module, by anybody: a bit for each processor */
	uint32_t ops[CPUS];		/* operations that have used it */
	uint32_t last[CPUS];		/* the last of them */
	uint64_t at[CPUS];		/* code that used it last */
};

/* The kind of an instruction that accesses memory */
enum kind { PLAIN, CALL, RETURN, NEW_STACK };

struct access {
	uint64_t pc;
	enum kind kind;
	bool module;
};

/* Calls from a module on: 0: in it, 1: in what it has called */
#define OUTSIDE	(-1)

static struct {
	int depth;
	bool jumped;			/* the last block of a module ended with a jump */
	uint64_t module_pc;		/* that block */
	uint32_t op;
	bool working;			/* on that operation */
} cpus[CPUS];

static bool enabled, watching;
static struct line *lines;
static uint32_t section_id, n_lines;
static uint32_t taken[SLOTS];		/* the first @n_lines: slots of this section */

void lines_enable(void)
{
	if (!lines)
		lines = calloc(SLOTS, sizeof(*lines));
	if (!lines)
		abort();
	enabled = true;
}

bool lines_enabled(void)
{
	return enabled;
}

static struct line *find_line(uint64_t number)
{
	uint32_t i = (number * 0x9e3779b97f4a7c15ull) >> 44;

	for (;; i = (i + 1) % SLOTS) {
		struct line *l = &lines[i];

		if (l->section != section_id) {
			if (n_lines > SLOTS / 4 * 3)
				abort();
			taken[n_lines++] = i;
			memset(l, 0, sizeof(*l));
			l->section = section_id;
			l->number = number;
			return l;
		}
		if (l->number == number)
			return l;
	}
}

bool lines_in_module(unsigned int cpu)
{
	return cpus[cpu].depth == 0 || cpus[cpu].depth == 1;
}

static void use_line(unsigned int cpu, uint64_t number, uint64_t vaddr, const struct access *a,
		     bool store)
{
	struct line *l = find_line(number);

	l->virtual = vaddr;
	l->used |= 1u << cpu;
	l->at[cpu] = a->pc;
	if (!l->ops[cpu] || l->last[cpu] != cpus[cpu].op) {
		l->ops[cpu]++;
		l->last[cpu] = cpus[cpu].op;
	}
	if (store && (a->module || lines_in_module(cpu))) {
		l->written |= 1u << cpu;
		l->writer = a->module ? a->pc : cpus[cpu].module_pc;
	}
}

static void follow(unsigned int cpu, enum kind kind)
{
	int *depth = &cpus[cpu].depth;

	if (kind == NEW_STACK)
		*depth = OUTSIDE;
	else if (kind == CALL && *depth != OUTSIDE)
		(*depth)++;
	else if (kind == RETURN && *depth != OUTSIDE && --*depth == 0)
		*depth = OUTSIDE;	/* the block of a module that follows knows better */
}

static void memory_used(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data)
{
	const struct access *a = data;
	struct qemu_plugin_hwaddr *hw;
	uint64_t phys, last;

	if (!cpus[cpu].working)
		return;
	hw = qemu_plugin_get_hwaddr(info, vaddr);
	if (hw && !qemu_plugin_hwaddr_is_io(hw)) {
		phys = qemu_plugin_hwaddr_phys_addr(hw);
		last = phys + (1u << qemu_plugin_mem_size_shift(info)) - 1;
		use_line(cpu, phys >> LINE_SHIFT, vaddr, a, qemu_plugin_mem_is_store(info));
		/* page frames that follow each other here need not belong together */
		if (phys >> LINE_SHIFT != last >> LINE_SHIFT && phys >> 12 == last >> 12)
			use_line(cpu, last >> LINE_SHIFT, vaddr, a, qemu_plugin_mem_is_store(info));
	}
	follow(cpu, a->kind);
}

static enum kind kind_of(const uint8_t *p, size_t size)
{
	const uint8_t *end = p + size;
	bool wide = false;

	for (; p < end; p++) {
		if (*p == 0x66 || *p == 0xf2 || *p == 0xf3 || *p == 0x3e || *p == 0x2e)
			continue;
		if ((*p & 0xf0) != 0x40)
			break;
		wide = *p & 8;
	}
	if (p == end)
		return PLAIN;
	if (*p == 0xe8 || (*p == 0xff && end - p > 1 && (p[1] >> 3 & 7) == 2))
		return CALL;
	if (*p == 0xc3 || *p == 0xc2)
		return RETURN;
	/* mov from memory to rsp: another task's, or the kernel's own on entry */
	if (wide && *p == 0x8b && end - p > 1 && (p[1] >> 3 & 7) == 4 && p[1] >> 6 != 3)
		return NEW_STACK;
	return PLAIN;
}

void lines_insn(struct qemu_plugin_insn *insn, enum place place)
{
	struct access *a;

	if (!enabled || place == USER)
		return;
	a = malloc(sizeof(*a));
	if (!a)
		abort();
	a->pc = qemu_plugin_insn_vaddr(insn);
	a->kind = kind_of(qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn));
	a->module = place == MODULE;
	qemu_plugin_register_vcpu_mem_cb(insn, memory_used, 0, MEM_BOTH, a);
}

void lines_block(unsigned int cpu, enum place place, uint64_t pc, bool jumps)
{
	int *depth = &cpus[cpu].depth;

	if (!cpus[cpu].working)
		return;
	if (place == MODULE) {
		*depth = 0;
		cpus[cpu].jumped = jumps;
		cpus[cpu].module_pc = pc;
	} else if (place == USER) {
		*depth = OUTSIDE;
	} else if (*depth == 0) {
		/* without a call: by a jump as the last thing a function does, or interrupted */
		*depth = cpus[cpu].jumped ? 1 : OUTSIDE;
	}
}

void lines_begin(void)
{
	if (!enabled)
		return;
	section_id++;
	n_lines = 0;
	memset(cpus, 0, sizeof(cpus));
	watching = true;
}

void lines_op(unsigned int cpu)
{
	if (!watching)
		return;
	cpus[cpu].op++;
	cpus[cpu].depth = OUTSIDE;
	cpus[cpu].working = true;
}

void lines_rest(unsigned int cpu)
{
	cpus[cpu].working = false;
}

bool lines_working(unsigned int cpu)
{
	return cpus[cpu].working;
}

static bool is_shared(const struct line *l)
{
	return l->written && (l->used & (l->used - 1));
}

/* Its own processor is the one that uses it in most operations. */
static uint64_t moves_of(const struct line *l)
{
	uint64_t all = 0, own = 0, others;
	unsigned int i;

	for (i = 0; i < CPUS; i++) {
		all += l->ops[i];
		if (l->ops[i] > own)
			own = l->ops[i];
	}
	others = all - own;
	return 2 * others < all ? 2 * others : all;
}

/* The writer, and what another processor has used it with. */
static void tell(const char *section, const struct line *l)
{
	unsigned int writer = __builtin_ctz(l->written), other = writer, i;
	char text[256];

	for (i = 0; i < CPUS; i++)
		if (i != writer && l->used >> i & 1)
			other = i;
	snprintf(text, sizeof(text), "ndbench line %s %llu %llx %llx %llx %x %x\n", section,
		 (unsigned long long)moves_of(l), (unsigned long long)l->virtual,
		 (unsigned long long)l->writer, (unsigned long long)l->at[other], l->written,
		 l->used);
	qemu_plugin_outs(text);
}

uint64_t lines_end(const char *section)
{
	uint32_t i, told = 0;
	uint64_t moves = 0;

	if (!enabled)
		return 0;
	watching = false;
	memset(cpus, 0, sizeof(cpus));
	for (i = 0; i < n_lines; i++) {
		const struct line *l = &lines[taken[i]];

		if (!is_shared(l))
			continue;
		moves += moves_of(l);
		if (told++ < TOLD)
			tell(section, l);
	}
	return moves;
}
