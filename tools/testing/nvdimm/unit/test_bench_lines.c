// SPDX-License-Identifier: GPL-2.0
/* Which cache lines the bench's plugin takes for shared. QEMU's part is played by this file. */
/* objects: tools/bench/lines.c */
#include "nd_test.h"
#include "../../../bench/plugin.h"

struct qemu_plugin_insn {
	const char *bytes;
	size_t size;
	uint64_t pc;
	mem_fn fn;
	void *data;
};

struct qemu_plugin_hwaddr {
	uint64_t at;
};

static char told[4096];

const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn)
{
	return insn->bytes;
}

size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn)
{
	return insn->size;
}

uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn)
{
	return insn->pc;
}

void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, mem_fn fn, int flags,
				      enum mem_rw rw, void *data)
{
	insn->fn = fn;
	insn->data = data;
}

unsigned int qemu_plugin_mem_size_shift(uint32_t info)
{
	return 3;
}

bool qemu_plugin_mem_is_store(uint32_t info)
{
	return info;
}

struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(uint32_t info, uint64_t vaddr)
{
	static struct qemu_plugin_hwaddr hw;

	hw.at = vaddr;
	return &hw;
}

bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr *addr)
{
	return false;
}

uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *addr)
{
	return addr->at;
}

void qemu_plugin_outs(const char *text)
{
	assert_true(strlen(told) + strlen(text) < sizeof(told));
	strcat(told, text);
}

/* ---- a machine ---- */

#define MOV	"\x48\x89\x07"
#define CALL	"\xe8\0\0\0\0"
#define CALL_RAX "\xff\xd0"
#define RET	"\xc3"
#define SWITCH	"\x48\x8b\xa6\x18\0\0\0"	/* mov 0x18(%rsi),%rsp */
#define STACK(cpu) (0x100000ul + (cpu) * 0x1000)
#define STATE	0x5000ul

#define STEP(cpu, place, bytes, at, store) \
	run_insn(cpu, place, bytes, sizeof(bytes) - 1, at, store)

/* One instruction, a block of its own. */
static void run_insn(unsigned int cpu, enum place place, const char *bytes, size_t size,
		     uint64_t at, bool store)
{
	struct qemu_plugin_insn insn = { bytes, size, place == MODULE ? 0xc0de : 0xf00d };
	void *data;

	lines_insn(&insn, place);
	lines_block(cpu, place, insn.pc, false);
	data = insn.data;
	if (insn.fn)
		insn.fn(cpu, store, at, data);
	free(data);
}

static void jump_away(unsigned int cpu)
{
	lines_block(cpu, MODULE, 0xc0de, true);
}

static uint64_t end(void)
{
	return lines_end("law");
}

static void work_on_section(void)
{
	lines_begin();
	for (unsigned int cpu = 0; cpu < 2; cpu++)
		lines_op(cpu);
}

int before_each(void **state)
{
	told[0] = 0;
	lines_enable();
	work_on_section();
	return 0;
}

TEST(line__is_shared_when_a_module_writes_it_and_another_processor_uses_it)
{
	STEP(0, MODULE, MOV, STATE, true);
	STEP(1, KERNEL, MOV, STATE + 56, false);
	assert_int_equal(end(), 2);
	assert_string_equal(told, "ndbench line law 2 5038 c0de f00d 1 3\n");
}

TEST(line__is_shared_whoever_was_first)
{
	STEP(1, MODULE, MOV, STATE, false);
	STEP(0, MODULE, MOV, STATE, true);
	assert_int_equal(end(), 2);
}

TEST(line__used_elsewhere_now_and_then_moves_there_and_back)
{
	for (int op = 0; op < 10; op++) {
		lines_op(0);
		STEP(0, MODULE, MOV, STATE, true);
	}
	STEP(1, KERNEL, MOV, STATE, false);
	assert_int_equal(end(), 2);
	assert_string_equal(told, "ndbench line law 2 5000 c0de f00d 1 3\n");
}

TEST(line__is_not_shared_when_only_read_or_used_by_one)
{
	STEP(0, MODULE, MOV, STATE, false);
	STEP(1, MODULE, MOV, STATE, false);
	STEP(0, MODULE, MOV, STATE + 64, true);
	STEP(1, MODULE, MOV, STATE + 128, true);
	STEP(1, MODULE, MOV, STATE + 128, false);
	/* what the kernel shares by itself is no matter of modules */
	STEP(0, KERNEL, MOV, STATE + 192, true);
	STEP(1, KERNEL, MOV, STATE + 192, true);
	assert_int_equal(end(), 0);
	assert_string_equal(told, "");
}

TEST(line__costs_by_the_operations_that_use_it)
{
	for (int op = 0; op < 3; op++)
		for (unsigned int cpu = 0; cpu < 2; cpu++) {
			STEP(cpu, MODULE, MOV, STATE, false);
			STEP(cpu, MODULE, MOV, STATE + 8, true);
			lines_rest(cpu);
			lines_op(cpu);
		}
	assert_int_equal(end(), 6);
}

TEST(access__may_be_in_two_lines)
{
	STEP(0, MODULE, MOV, STATE + 60, true);
	STEP(1, MODULE, MOV, STATE, false);
	STEP(1, MODULE, MOV, STATE + 64, false);
	assert_int_equal(end(), 4);
}

TEST(section__begins_anew)
{
	STEP(0, MODULE, MOV, STATE, true);
	assert_int_equal(end(), 0);
	work_on_section();
	STEP(1, MODULE, MOV, STATE, false);
	assert_int_equal(end(), 0);
}

TEST(access__between_operations_is_nobodys)
{
	STEP(0, MODULE, MOV, STATE, true);
	lines_rest(1);
	assert_true(lines_working(0) && !lines_working(1));
	STEP(1, KERNEL, MOV, STATE, false);
	assert_int_equal(end(), 0);
	assert_false(lines_working(0));
}

/* A store by the kernel on processor 0, whoever has called it, and a load on processor 1. */
static uint64_t store_elsewhere(void)
{
	STEP(0, KERNEL, MOV, STATE, true);
	STEP(1, KERNEL, MOV, STATE, false);
	return end();
}

TEST(store__of_a_called_function_is_the_modules)
{
	STEP(0, MODULE, CALL, STACK(0), true);
	assert_true(lines_in_module(0));
	assert_int_equal(store_elsewhere(), 2);
	/* the module's code has called */
	assert_non_null(strstr(told, " c0de f00d "));
}

TEST(store__of_what_that_calls_is_not)
{
	STEP(0, MODULE, CALL_RAX, STACK(0), true);
	STEP(0, KERNEL, CALL, STACK(0) + 64, true);
	assert_false(lines_in_module(0));
	assert_int_equal(store_elsewhere(), 0);
}

TEST(store__after_that_has_returned_is_again)
{
	STEP(0, MODULE, CALL, STACK(0), true);
	STEP(0, KERNEL, CALL, STACK(0) + 64, true);
	STEP(0, KERNEL, RET, STACK(0) + 64, false);
	assert_int_equal(store_elsewhere(), 2);
}

TEST(store__of_who_called_the_module_is_not)
{
	STEP(0, MODULE, CALL, STACK(0), true);
	STEP(0, KERNEL, RET, STACK(0), false);
	STEP(0, MODULE, RET, STACK(0) + 64, false);
	assert_int_equal(store_elsewhere(), 0);
}

TEST(store__of_a_function_that_is_jumped_to_is_the_modules)
{
	jump_away(0);
	assert_int_equal(store_elsewhere(), 2);
}

TEST(store__after_the_return_of_what_was_jumped_to_is_not)
{
	jump_away(0);
	STEP(0, KERNEL, RET, STACK(0), false);
	assert_int_equal(store_elsewhere(), 0);
}

TEST(store__of_another_task_is_not)
{
	STEP(0, MODULE, CALL, STACK(0), true);
	STEP(0, KERNEL, SWITCH, STACK(0), false);
	assert_int_equal(store_elsewhere(), 0);
}

TEST(store__of_an_interrupt_is_not)
{
	STEP(0, MODULE, MOV, STACK(0), true);
	assert_int_equal(store_elsewhere(), 0);
}
