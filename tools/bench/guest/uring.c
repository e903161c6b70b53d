// SPDX-License-Identifier: GPL-2.0
/* P17: direct I/O by io_uring, one request at a time. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest.h"

#define BLOCK 4096

struct ring {
	int fd;
	unsigned int *sq_tail, *sq_array, *cq_head;
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
	unsigned int cq_mask;
};

static void *map_ring(const struct ring *r, size_t len, off_t what)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, what);

	if (p == MAP_FAILED)
		die("io_uring: %s", strerror(errno));
	return p;
}

/* Of one entry; the process ends it. */
static void open_ring(struct ring *r)
{
	struct io_uring_params p = { };
	char *sq, *cq;

	r->fd = syscall(SYS_io_uring_setup, 1, &p);
	if (r->fd < 0)
		die("io_uring: %s", strerror(errno));
	sq = map_ring(r, p.sq_off.array + p.sq_entries * sizeof(int), IORING_OFF_SQ_RING);
	cq = map_ring(r, p.cq_off.cqes + p.cq_entries * sizeof(*r->cqe), IORING_OFF_CQ_RING);
	r->sqe = map_ring(r, p.sq_entries * sizeof(*r->sqe), IORING_OFF_SQES);
	r->sq_tail = (unsigned int *)(sq + p.sq_off.tail);
	r->sq_array = (unsigned int *)(sq + p.sq_off.array);
	r->cq_head = (unsigned int *)(cq + p.cq_off.head);
	r->cq_mask = *(unsigned int *)(cq + p.cq_off.ring_mask);
	r->cqe = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
}

/* Submit the one entry and wait for its completion. */
static int submit(struct ring *r)
{
	unsigned int head = *r->cq_head;
	int res;

	r->sq_array[0] = 0;
	__atomic_store_n(r->sq_tail, *r->sq_tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		die("io_uring: %s", strerror(errno));
	res = r->cqe[head & r->cq_mask].res;
	__atomic_store_n(r->cq_head, head + 1, __ATOMIC_RELEASE);
	return res;
}

void measure_uring(int fd, const char *row, bool out, int samples)
{
	static char block[BLOCK] __attribute__((aligned(BLOCK)));
	struct ring ring;

	open_ring(&ring);
	for (int i = -samples / 2; i < samples; i++) {
		int res;

		*ring.sqe = (struct io_uring_sqe) {
			.opcode = out ? IORING_OP_WRITE : IORING_OP_READ,
			.fd = fd, .addr = (unsigned long)block, .len = BLOCK,
			.off = 4 * MIB + (unsigned int)(i & 15) * BLOCK,
		};
		if (i >= 0)
			mark_begin(row);
		res = submit(&ring);
		if (i >= 0)
			mark_end();
		if (res != BLOCK)
			die("%s: %s", row, res < 0 ? strerror(-res) : "short");
	}
	close(ring.fd);
}
