/* SPDX-License-Identifier: GPL-2.0 */
/* Before v5.10: b296a6d53339 ("kernel.h: split out min()/max() et al. helpers"). */
#include <linux/kernel.h>
