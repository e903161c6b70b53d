// SPDX-License-Identifier: GPL-2.0
/*
 * Are the modules beside us test builds? A production build would touch memory and firmware that
 * are only pretended, or serve what is under test with code that is not.
 *
 * A test build has a version of its own (../Kbuild). Those that are loaded are looked at when
 * nfit_test is, and those that come later when they come, which refuses them.
 */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/string.h>
#include "nfit_test.h"

#define TEST_VERSION "-test"

/* Ours, under all names that kernels have for them: of drivers/modules, see Kbuild. */
static const char *const modules[] = { NDSTACK_MODULES };

static bool is_test_build(const struct module *mod)
{
	size_t len = mod->version ? strlen(mod->version) : 0, tail = strlen(TEST_VERSION);

	return len >= tail && !strcmp(mod->version + len - tail, TEST_VERSION);
}

static int refuse_production(const struct module *mod, const char *verb)
{
	if (match_string(modules, ARRAY_SIZE(modules), mod->name) < 0 || is_test_build(mod))
		return 0;
	pr_err("nfit_test: the %s that is %s is not the test build made by 'make nfit_test': unload it, and have modprobe find the test build of %s first (docs/nfit_test.md)\n",
	       mod->name, verb, mod->name);
	return -ENXIO;
}

/* Of one that is loaded; what is built in has no module. */
static int look_at(const char *name)
{
	struct kobject *kobj = kset_find_obj(THIS_MODULE->mkobj.kobj.kset, name);
	struct module *mod;
	int rc;

	if (!kobj)
		return 0;
	mod = container_of(kobj, struct module_kobject, kobj)->mod;
	rc = mod ? refuse_production(mod, "loaded") : 0;
	kobject_put(kobj);
	return rc;
}

static int module_comes(struct notifier_block *nb, unsigned long state, void *data)
{
	/* one that was coming when we came is live later: too late to refuse, but it is told */
	if (state != MODULE_STATE_COMING && state != MODULE_STATE_LIVE)
		return NOTIFY_DONE;
	return notifier_from_errno(refuse_production(data, "to be loaded beside it"));
}

static struct notifier_block module_notifier = { .notifier_call = module_comes };

/**
 * mock_builds_init() - refuse production builds, now and later
 *
 * Each that is loaded is named in the log.
 *
 * Context: Process.
 * Return: 0, -ENXIO when there is one.
 */
int mock_builds_init(void)
{
	int rc = register_module_notifier(&module_notifier);

	if (rc)
		return rc;
	for (u32 i = 0; i < ARRAY_SIZE(modules); i++)
		rc = look_at(modules[i]) ?: rc;
	if (rc)
		mock_builds_exit();
	return rc;
}

void mock_builds_exit(void)
{
	unregister_module_notifier(&module_notifier);
}
