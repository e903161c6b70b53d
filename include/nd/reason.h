/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why something was refused. An errno says what a program should do next, a
 * reason says what a person should: the token is what `last_error`, the
 * tracepoint and docs/reasons show, and what scripts may match on.
 *
 * Append only; a token once released keeps its meaning.
 */
#ifndef _ND_REASON_H
#define _ND_REASON_H

#define ND_REASON_LIST(X)							\
	X(OK,			"ok")					\
	/* bytes on media or from firmware */				\
	X(TRUNCATED,		"truncated")	/* shorter than its kind */ \
	X(SIGNATURE,		"signature")				\
	X(CHECKSUM,		"checksum")				\
	X(VERSION,		"version")				\
	X(SEQUENCE,		"sequence")				\
	X(BOUNDS,		"bounds")	/* offset, length or count outside */ \
	X(REFERENCE,		"reference")	/* names something that is not there */ \
	X(DUPLICATE,		"duplicate")				\
	X(RESERVED,		"reserved")	/* reserved bits set */	\
	X(MEDIA,		"media")	/* unreadable or poisoned */ \
	X(FIRMWARE,		"firmware")	/* a command was refused */ \
	/* labels */							\
	X(SLOT_MISMATCH,	"slot-mismatch")			\
	X(NO_INDEX,		"no-index")				\
	X(NO_SLOT,		"no-slot")				\
	X(COOKIE,		"cookie")	/* label of another interleave set */ \
	X(OVERLAP,		"overlap")				\
	X(INCOMPLETE,		"incomplete")	/* labels missing on some DIMM */ \
	X(LABEL_WRITE,		"label-write")				\
	/* geometry */							\
	X(ALIGN,		"align")				\
	X(SIZE,			"size")					\
	X(SPACE,		"space")				\
	X(UUID,			"uuid")					\
	X(PARENT,		"parent")	/* info-block of another namespace */ \
	X(PAD,			"pad")					\
	X(PAGE_SIZE,		"page-size")				\
	X(CONFLICT,		"conflict")	/* range in use by a neighbour */ \
	/* state */							\
	X(BUSY,			"busy")					\
	X(CLAIMED,		"claimed")				\
	X(LOCKED,		"locked")				\
	X(READ_ONLY,		"read-only")				\
	X(NO_LABELS,		"no-labels")	/* the DIMM has no label area */ \
	X(DISABLED,		"disabled")	/* needs a driver that is not bound */ \
	X(UNSUPPORTED,		"unsupported")				\
	X(MODE,			"mode")					\
	X(RESOURCE,		"resource")	/* memory, ids, mappings */ \
	X(ARGUMENT,		"argument")				\
	X(POLICY,		"policy")	/* what an administrator has asked for is not met */

#define ND_REASON_ENUM(sym, token) ND_REASON_##sym,
enum nd_reason {
	ND_REASON_LIST(ND_REASON_ENUM)
	ND_REASON_COUNT
};

#undef ND_REASON_ENUM

/* Token of a reason; pure, for modules and tests alike. */
static inline const char *nd_reason_token(enum nd_reason reason)
{
#define ND_REASON_TOKEN(sym, token) [ND_REASON_##sym] = token,
	static const char * const tokens[] = { ND_REASON_LIST(ND_REASON_TOKEN) };

#undef ND_REASON_TOKEN
	if ((unsigned int)reason >= ND_REASON_COUNT)
		return "unknown";
	return tokens[reason];
}

#endif /* _ND_REASON_H */
