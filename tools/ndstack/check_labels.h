/* SPDX-License-Identifier: GPL-2.0 */
/* Labels of all DIMMs, read by libndctl, against each other. */
#ifndef _NDSTACK_CHECK_LABELS_H
#define _NDSTACK_CHECK_LABELS_H

#include <linux/types.h>

/**
 * struct check_labels - what is done with them
 * @tell: called for each finding: name, what, "ok", "bad", "less" or "repaired", a sentence
 * @keep: called before a label area is written: its bytes as they are, to be put where they last
 * @data: handed to both
 * @repair: write what is sure
 */
struct check_labels {
	void (*tell)(void *data, const char *name, const char *what, const char *verdict,
		     const char *text);
	int (*keep)(void *data, const char *name, const u8 *bytes, size_t size);
	void *data;
	bool repair;
};

/* check_labels() - of each region over DIMMs. Return: 0 or a negative errno */
int check_labels(const struct check_labels *to);

#endif /* _NDSTACK_CHECK_LABELS_H */
