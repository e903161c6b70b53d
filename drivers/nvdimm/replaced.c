// SPDX-License-Identifier: GPL-2.0
/*
 * Modules of the kernel that ours replace are refused beside our libnvdimm: they read its
 * structs, which are laid out otherwise here. On most kernels the versions of symbols keep them
 * out; not where a kernel compares none, nor those that take no more than what other modules of
 * the kernel may (include/compat/importers.spec). Ours carry a version, the kernel's own have none;
 * of another version of ours the symbols' versions tell.
 */
#include <linux/module.h>
#include <linux/notifier.h>
#include "life.h"

static bool is_replaced(const char *name)
{
	char word[MODULE_NAME_LEN + 2];

	snprintf(word, sizeof(word), ":%s:", name);
	return strstr(NDSTACK_REPLACED, word);
}

static int nd_module_comes(struct notifier_block *block, unsigned long state, void *data)
{
	const struct module *mod = data;

	if (state != MODULE_STATE_COMING || !is_replaced(mod->name) || mod->version)
		return NOTIFY_DONE;
	pr_err("%s is refused: it is the kernel's own, and reads what this libnvdimm lays out otherwise\n",
	       mod->name);
	return notifier_from_errno(-ENOEXEC);
}

static struct notifier_block nd_modules = { .notifier_call = nd_module_comes };

int __init nd_replaced_init(void)
{
	return register_module_notifier(&nd_modules);
}

void nd_replaced_exit(void)
{
	unregister_module_notifier(&nd_modules);
}
