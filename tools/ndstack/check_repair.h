/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of a DIMM's labels can be written anew for sure: a label that is lost, by those of the other
 * DIMMs of its set, and an index block, by the other one. Pure.
 */
#ifndef _NDSTACK_CHECK_MEND_H
#define _NDSTACK_CHECK_MEND_H

#include "check_set.h"

/**
 * struct check_repair - of one DIMM
 * @add: labels that are lost; an array from malloc()
 * @nadd: how many
 * @drop: slots of labels that cannot be read, and which @add are in the place of; likewise
 * @ndrop: how many
 * @minor: version of the labels to make an area of, where there is none
 * @index: one of the index blocks cannot be used, and is written by the other
 * @index_reason: what is wrong with it
 */
struct check_repair {
	struct nd_label *add;
	u32 nadd;
	u32 *drop;
	u32 ndrop;
	u8 minor;
	bool index;
	enum nd_reason index_reason;
};

/*
 * check_repair() - DIMM @which of @set, which check_set() has looked at
 *
 * A label is told for sure when all other DIMMs have one of its uuid, which agree on everything,
 * nobody was changing it (ND_LABEL_UPDATING), and nothing else that this DIMM has tells of its
 * place. Where it lies is not known by the others, if it is the first DIMM's: its slot must still
 * have that. Of a DIMM that other regions lie on, too (@shared), a label area that is not there is
 * not made anew, since it had labels of these.
 *
 * Return: 0, to be freed with check_repair_free(), or -ENOMEM.
 */
int check_repair(const struct check_set *set, u32 which, struct check_repair *out);
void check_repair_free(struct check_repair *mend);

/* Is there something to write? */
static inline bool check_repairable(const struct check_repair *mend)
{
	return mend->nadd || mend->index;
}

/*
 * check_repair_write() - write it by @io, as the driver changes labels: first slots that are free,
 * then one index block, so that power may fail anywhere
 * @area: of that DIMM, of check_set()
 *
 * Return: 0 or a negative errno, and @reason.
 */
int check_repair_write(const struct check_repair *mend, struct label_area *area,
		       const struct label_io *io, enum nd_reason *reason);

#endif /* _NDSTACK_CHECK_MEND_H */
