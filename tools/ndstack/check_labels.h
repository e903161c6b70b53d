/* SPDX-License-Identifier: GPL-2.0 */
/* Labels of all DIMMs, read by libndctl, against each other. */
#ifndef _NDSTACK_CHECK_LABELS_H
#define _NDSTACK_CHECK_LABELS_H

/*
 * check_labels() - of each region over DIMMs
 * @tell: called for each finding: name, what, "ok" or "bad" or "less", a sentence
 *
 * Return: 0 or a negative errno.
 */
int check_labels(void (*tell)(void *data, const char *name, const char *what, const char *verdict,
			      const char *text), void *data);

#endif /* _NDSTACK_CHECK_LABELS_H */
