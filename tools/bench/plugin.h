/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The plugin interface, and what the parts of the plugin offer each other.
 *
 * Debian's QEMU exports the plugin interface but packages no header, so the
 * few prototypes of interface version 1 that are needed are declared here.
 */
#ifndef NDBENCH_PLUGIN_H
#define NDBENCH_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;

enum mem_rw { MEM_READ = 1, MEM_WRITE, MEM_BOTH };

typedef void (*tb_fn)(plugin_id id, struct qemu_plugin_tb *tb);
typedef void (*exec_fn)(unsigned int cpu, void *data);
typedef void (*mem_fn)(unsigned int cpu, uint32_t info, uint64_t vaddr, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, tb_fn fn);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, exec_fn fn,
					  int flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, exec_fn fn,
					    int flags, void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, mem_fn fn, int flags,
				      enum mem_rw rw, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb,
						 size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
unsigned int qemu_plugin_mem_size_shift(uint32_t info);
bool qemu_plugin_mem_is_store(uint32_t info);
struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(uint32_t info, uint64_t vaddr);
bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr *addr);
uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *addr);
void qemu_plugin_reset(plugin_id id, void (*fn)(plugin_id id));
void qemu_plugin_outs(const char *text);

enum place { USER, KERNEL, MODULE, PLACES };

/* ---- lines.c: cache lines that processors share ---- */

/* Look at the memory that instructions of the kernel and of modules use. */
void lines_enable(void);
bool lines_enabled(void);

/* @insn has been translated. */
void lines_insn(struct qemu_plugin_insn *insn, enum place place);

/* A section begins; nothing is looked at outside of one. */
void lines_begin(void);
/* @cpu begins the next operation, and ends it; what it does otherwise is nobody's. */
void lines_op(unsigned int cpu);
void lines_rest(unsigned int cpu);
bool lines_working(unsigned int cpu);
/* @cpu runs a block at @pc, which ends with a jump to somewhere, or not. */
void lines_block(unsigned int cpu, enum place place, uint64_t pc, bool jumps);
/* Is @cpu in a module, or in a function of the kernel that a module has called? */
bool lines_in_module(unsigned int cpu);
/* The section is over: tell which lines were shared. Sum over operations of those they used. */
uint64_t lines_end(const char *section);

#endif
