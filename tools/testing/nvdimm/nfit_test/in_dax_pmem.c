// SPDX-License-Identifier: GPL-2.0
#include "mark.h"

NFIT_TEST_MARK(dax_pmem);
