/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the guest program speaks to the plugin: a seven-byte nop whose
 * displacement carries a code. It reads and writes nothing, on any machine.
 *
 * Text goes over bit by bit and is used up by the code that follows it.
 */
#ifndef NDBENCH_MARKER_H
#define NDBENCH_MARKER_H

#define MARK_BASE	0x4e644200u	/* low byte: one of the codes below */

#define MARK_BIT0	0
#define MARK_BIT1	1
#define MARK_BEGIN	2	/* text: name of the section */
#define MARK_END	3
#define MARK_NOTE	4	/* text: copied to the log */
#define MARK_WATCH	5	/* text: address in hex; its executions are counted */
#define MARK_OP		6	/* the processor that runs this begins another operation */
#define MARK_REST	7	/* ... has ended it */
#define MARK_LINES	8	/* from soon on only operations count, and lines are looked at */

/* nopl disp32(%rax) */
#define MARK(code) \
	__asm__ volatile(".byte 0x0f, 0x1f, 0x80; .long %c0" :: "i"(MARK_BASE | (code)) : "memory")

#endif
