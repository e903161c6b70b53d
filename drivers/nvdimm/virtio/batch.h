/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Group commit: flushes share requests to the host. Pure. Requirements I1.
 *
 * The rule: a flush is answered by a request that was put to the host after the
 * flush began, never by an older one. A request on its way may already have
 * passed over what the flush is about. But when that one fails so does the flush:
 * the host may have given up what it is about, and the next request would not tell.
 *
 * So there is one request at a time, and two batches of flushes. Who begins
 * joins the open batch. Asking the host closes it: it is answered by that very
 * request, and the other batch, empty by then, is open. While the host is at
 * work, however many begin, one more request will do for all of them. A flush
 * waits for two requests at most, and the ring needs room for one.
 *
 * A reset of the device takes the answer away. The host may have failed, and a
 * repeated request would succeed all the same. So an answer that is lost counts
 * as an error: group_answered(), then group_failed().
 *
 *	           join            asked                 answered, or the answer is lost
 *	 flush ---------> open -----------> closed ------------------------------------> ended
 *	                   |
 *	                   +-- refused: ended with an error
 *
 * The caller serialises all calls, keeps the flushes of each batch, and puts
 * the request to the host in the same critical section as group_asked().
 */
#ifndef _ND_VIRTIO_GROUP_H
#define _ND_VIRTIO_GROUP_H

#include <linux/types.h>

#define GROUP_BATCHES	2

/**
 * struct group - what is known about requests; zeroed to begin with
 * @open: batch that flushes join
 * @waiting: the open batch is not empty
 * @asked: the other batch has been put to the host, and is not answered
 * @halted: the host cannot be asked now
 * @dead: nor ever again
 */
struct group {
	u8 open;
	bool waiting;
	bool asked;
	bool halted;
	bool dead;
};

/* A flush begins: the batch it is in from now on, or -1 when it fails at once. */
int group_join(struct group *g);

/* Is the host to be asked, now? */
bool group_must_ask(const struct group *g);

/* It has been; only after group_must_ask(). */
void group_asked(struct group *g);

/*
 * It cannot be, and trying again is no use: the batch to end with an error;
 * only after group_must_ask().
 */
int group_refused(struct group *g);

/* Is a request at the host whose answer a flush waits for? */
bool group_is_asked(const struct group *g);

/*
 * The host has answered, or its answer is lost: the batch to end with the result, or -1 when
 * no flush waits for one.
 */
int group_answered(struct group *g);

/*
 * That answer is an error, and what was to be made durable is lost, that of the flushes which
 * began meanwhile among it: the batch to end with an error as well, or -1 when there is none.
 * Right after group_answered().
 */
int group_failed(struct group *g);

/* Does anybody wait, for an answer or for being asked for? */
bool group_is_owed(const struct group *g);

/*
 * The device is about to be reset: no more requests until group_resume(). One that is under
 * way may still be answered. Flushes that begin in between wait.
 */
void group_halt(struct group *g);
void group_resume(struct group *g);

/* No answer will come: all batches are to be ended with an error, and all flushes to come. */
void group_kill(struct group *g);

#endif /* _ND_VIRTIO_GROUP_H */
