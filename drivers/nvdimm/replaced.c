// SPDX-License-Identifier: GPL-2.0
/*
 * Modules of the kernel that ours replace are refused beside our libnvdimm: they read its
 * structs, which are laid out otherwise here. On most kernels the versions of symbols keep them
 * out; not where a kernel compares none, nor those that take no more than what other modules of
 * the kernel may (include/compat/importers.spec). Ours carry a version, all of one build the same;
 * the kernel's own have none.
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

static bool is_of_this_build(const struct module *mod)
{
	return mod->version && !strcmp(mod->version, THIS_MODULE->version);
}

static int nd_module_comes(struct notifier_block *block, unsigned long state, void *data)
{
	const struct module *mod = data;

	if (state != MODULE_STATE_COMING || !is_replaced(mod->name) || is_of_this_build(mod))
		return NOTIFY_DONE;
	pr_err("%s is refused: it is %s %s, and reads what this libnvdimm (ndstack %s) lays out otherwise\n",
	       mod->name, mod->version ? "of ndstack" : "the kernel's", mod->version ?: "own",
	       THIS_MODULE->version);
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
