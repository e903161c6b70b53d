/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What headers of 7.2 take for granted of a compiler, and Debian's sparse has not. Of its C=1 only
 * (harness/builds.py): no compiler sees this.
 */
#define __typeof_unqual__ __typeof__
/* in the initializers of MODULE_*(): a constant there, of a literal */
#define __builtin_strlen(string) (sizeof(string) - 1)
