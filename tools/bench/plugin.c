// SPDX-License-Identifier: GPL-2.0
/*
 * A TCG plugin that counts what the guest executes between two marker
 * instructions, split by where the instruction lives.
 *
 * Counting is per translation block: one callback when a block starts adds the
 * block's totals, which were worked out when it was translated. A block that is
 * left early (fault, device access) is therefore counted whole; that error is
 * the same on both sides of a comparison.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/marker.h"
#include "plugin.h"

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

/* x86-64 with four-level page tables and nokaslr: where modules are mapped */
#define MODULE_START	0xffffffffc0000000ull
#define MODULE_END	0xffffffffff000000ull
#define MODULE_PAGES	((MODULE_END - MODULE_START) >> 12)

static const char * const place_name[] = { "user", "kernel", "module" };

enum event { FENCE, FLUSH, NONTEMPORAL, LOCKED, EVENTS };
static const char * const event_name[] = { "fences", "flushes", "nt", "locked" };

/* What one execution of a translation block adds. */
struct block {
	uint64_t pc;
	uint32_t insns;			/* without a rep-prefixed string instruction */
	uint8_t place;
	bool rep;			/* the block ends in a rep-prefixed one */
	bool copy;			/* ... which is movs or stos */
	bool jumps;			/* the block ends in a jump that is always taken */
	uint8_t width;
	uint16_t events[EVENTS];
	uint64_t rep_pc, rep_next;
};

static struct {
	uint64_t insns[PLACES];
	uint64_t events[EVENTS];
	uint64_t string, bytes, copies;
	uint64_t watched;
	uint64_t module_locked;
} sum;

static plugin_id own_id;
static bool counting;
static uint64_t watch_pc;
static uint64_t page_insns[MODULE_PAGES];
static uint32_t touched[MODULE_PAGES];
static uint32_t n_touched;

/*
 * A rep-prefixed instruction is one execution per element, and an interrupt may
 * come in between. A copy is begun when such an instruction runs that is not
 * open, and it stays open until the instruction behind it is reached.
 */
#define OPEN_MAX 8
static struct { uint64_t pc, next; } open_rep[OPEN_MAX];
static unsigned int n_open;

static void watch_blocks(plugin_id id);

/* Text arrives from the guest one bit at a time, least significant first. */
static char text[256];
static unsigned int text_bits;
static char section[sizeof(text)];

static void close_reps(uint64_t pc)
{
	unsigned int i;

	for (i = 0; i < n_open; i++) {
		if (open_rep[i].next == pc) {
			open_rep[i] = open_rep[--n_open];
			return;
		}
	}
}

static void count_rep(const struct block *b)
{
	unsigned int i;

	sum.string++;
	if (!b->copy)
		return;
	sum.bytes += b->width;
	for (i = 0; i < n_open; i++) {
		if (open_rep[i].pc == b->rep_pc)
			return;
	}
	if (n_open == OPEN_MAX)
		memmove(&open_rep[0], &open_rep[1], --n_open * sizeof(open_rep[0]));
	open_rep[n_open].pc = b->rep_pc;
	open_rep[n_open++].next = b->rep_next;
	if (b->place != USER)
		sum.copies++;
}

static void block_runs(unsigned int cpu, void *data)
{
	const struct block *b = data;
	unsigned int i;

	if (!counting || (lines_enabled() && !lines_working(cpu)))
		return;
	if (n_open)
		close_reps(b->pc);
	sum.insns[b->place] += b->insns;
	if (b->place == MODULE) {
		uint32_t page = (b->pc - MODULE_START) >> 12;

		if (!page_insns[page])
			touched[n_touched++] = page;
		page_insns[page] += b->insns;
	}
	for (i = 0; i < EVENTS; i++)
		sum.events[i] += b->events[i];
	if (lines_enabled()) {
		lines_block(cpu, b->place, b->pc, b->jumps);
		if (lines_in_module(cpu))
			sum.module_locked += b->events[LOCKED];
	}
	if (b->rep)
		count_rep(b);
	if (b->pc == watch_pc)
		sum.watched++;
}

/* Every answer is one line of QEMU's log, in order with its trace events. */
static void report_end(void)
{
	static char line[1 << 20];
	uint64_t shared = lines_end(section);
	size_t at = 0;
	uint32_t i;

#define PUT(...) (at += snprintf(line + at, sizeof(line) - at, __VA_ARGS__))
	PUT("ndbench end %s", section);
	for (i = 0; i < PLACES; i++)
		PUT(" %s=%llu", place_name[i], (unsigned long long)sum.insns[i]);
	for (i = 0; i < EVENTS; i++)
		PUT(" %s=%llu", event_name[i], (unsigned long long)sum.events[i]);
	if (lines_enabled())
		PUT(" shared=%llu mlocked=%llu", (unsigned long long)shared,
		    (unsigned long long)sum.module_locked);
	PUT(" string=%llu bytes=%llu copies=%llu watched=%llu pages=",
	    (unsigned long long)sum.string, (unsigned long long)sum.bytes,
	    (unsigned long long)sum.copies, (unsigned long long)sum.watched);
	for (i = 0; i < n_touched && at < sizeof(line) - 64; i++)
		PUT("%llx:%llu,", MODULE_START + ((unsigned long long)touched[i] << 12),
		    (unsigned long long)page_insns[touched[i]]);
	PUT("\n");
#undef PUT
	qemu_plugin_outs(line);
}

static void begin(void)
{
	uint32_t i;

	for (i = 0; i < n_touched; i++)
		page_insns[touched[i]] = 0;
	n_touched = 0;
	n_open = 0;
	memset(&sum, 0, sizeof(sum));
	lines_begin();
	counting = true;
}

static void say(const char *what)
{
	char line[sizeof(text) + 32];

	snprintf(line, sizeof(line), "ndbench %s %s\n", what, text);
	qemu_plugin_outs(line);
}

static void take_bit(unsigned int bit)
{
	if (text_bits >= 8 * (sizeof(text) - 1))
		return;
	text[text_bits / 8] |= bit << (text_bits % 8);
	text_bits++;
}

static void marker_runs(unsigned int cpu, void *data)
{
	switch ((uintptr_t)data) {
	case MARK_BIT0:
	case MARK_BIT1:
		take_bit((uintptr_t)data == MARK_BIT1);
		return;
	case MARK_OP:
		lines_op(cpu);
		return;
	case MARK_REST:
		lines_rest(cpu);
		return;
	case MARK_LINES:
		/* all is translated anew, with callbacks for what accesses memory */
		lines_enable();
		qemu_plugin_reset(own_id, watch_blocks);
		return;
	case MARK_BEGIN:
		strcpy(section, text);
		say("begin");
		begin();
		break;
	case MARK_END:
		if (counting)
			report_end();
		counting = false;
		break;
	case MARK_NOTE:
		say("note");
		break;
	case MARK_WATCH:
		watch_pc = strtoull(text, NULL, 16);
		break;
	}
	memset(text, 0, sizeof(text));
	text_bits = 0;
}

struct insn {
	bool rep, lock, wide, small;
	const uint8_t *op, *end;
};

static bool skip_prefixes(struct insn *in)
{
	for (; in->op < in->end; in->op++) {
		switch (*in->op) {
		case 0xf0:
			in->lock = true;
			break;
		case 0xf2:
		case 0xf3:
			in->rep = true;
			break;
		case 0x66:
			in->small = true;
			break;
		case 0x26: case 0x2e: case 0x36: case 0x3e: case 0x64: case 0x65: case 0x67:
			break;
		default:
			if ((*in->op & 0xf0) != 0x40)
				return true;
			in->wide = *in->op & 8;
		}
	}
	return false;
}

static void decode_0f(struct block *b, const struct insn *in)
{
	const uint8_t *p = in->op;
	unsigned int reg, mod;

	if (in->end - p < 3)
		return;
	mod = p[2] >> 6;
	reg = (p[2] >> 3) & 7;
	if (p[1] == 0xae && !in->rep) {
		if (mod == 3 && reg >= 5 && !in->small)
			b->events[FENCE]++;		/* lfence, mfence, sfence */
		else if (mod != 3 && (reg == 7 || (reg == 6 && in->small)))
			b->events[FLUSH]++;		/* clflush(opt), clwb */
	} else if (p[1] == 0xc3 || p[1] == 0xe7 || p[1] == 0x2b) {
		b->events[NONTEMPORAL]++;		/* movnti, movntq/dq, movntps/pd */
	}
}

static void decode(struct block *b, struct qemu_plugin_insn *insn)
{
	struct insn in = { .op = qemu_plugin_insn_data(insn) };
	size_t size = qemu_plugin_insn_size(insn);
	uint8_t op;

	in.end = in.op + size;
	b->jumps = false;
	if (!skip_prefixes(&in))
		return;
	op = *in.op;
	/* of the last instruction this is what stays */
	b->jumps = op == 0xe9 || op == 0xeb ||
		   (op == 0xff && in.end - in.op > 1 && (in.op[1] >> 3 & 7) == 4);
	/* movs, cmps, stos, lods, scas; 0xa8 and 0xa9 are test */
	if (in.rep && op >= 0xa4 && op <= 0xaf && op != 0xa8 && op != 0xa9) {
		b->rep = true;
		b->copy = op == 0xa4 || op == 0xa5 || op == 0xaa || op == 0xab;
		b->width = !(op & 1) ? 1 : in.wide ? 8 : in.small ? 2 : 4;
		b->rep_pc = qemu_plugin_insn_vaddr(insn);
		b->rep_next = b->rep_pc + size;
		b->insns--;
	} else if (in.lock) {
		b->events[LOCKED]++;
	} else if ((op == 0x86 || op == 0x87) && in.end - in.op > 1 && in.op[1] >> 6 != 3) {
		b->events[LOCKED]++;			/* xchg with memory locks by itself */
	} else if (op == 0x0f) {
		decode_0f(b, &in);
	}
}

static void watch_marker(struct qemu_plugin_insn *insn)
{
	const uint8_t *p = qemu_plugin_insn_data(insn);
	uint32_t disp;

	if (qemu_plugin_insn_size(insn) != 7 || p[0] != 0x0f || p[1] != 0x1f || p[2] != 0x80)
		return;
	memcpy(&disp, p + 3, sizeof(disp));
	if ((disp & ~0xffu) == MARK_BASE)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, marker_runs, 0,
						       (void *)(uintptr_t)(disp & 0xff));
}

static void block_translated(plugin_id id, struct qemu_plugin_tb *tb)
{
	struct block *b = calloc(1, sizeof(*b));
	size_t i, n = qemu_plugin_tb_n_insns(tb);

	if (!b)
		abort();
	b->insns = n;
	b->pc = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));
	b->place = b->pc >= MODULE_START && b->pc < MODULE_END ? MODULE :
		   b->pc >> 63 ? KERNEL : USER;
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		decode(b, insn);
		watch_marker(insn);
		lines_insn(insn, b->place);
	}
	qemu_plugin_register_vcpu_tb_exec_cb(tb, block_runs, 0, b);
}

static void watch_blocks(plugin_id id)
{
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
}

__attribute__((visibility("default")))
int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	watch_blocks(id);
	own_id = id;
	return 0;
}
