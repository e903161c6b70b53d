// SPDX-License-Identifier: GPL-2.0
/*
 * pairs SECONDS SEED - two operations of the table at one moment, again and again; 0: every two.
 *
 * Random stress meets two operations that touch the same thing once in a while; here two do each
 * time, before the same scene. Whoever wins, afterwards who holds a namespace is held by it, and
 * the scene can be built again, alone, with nothing refused.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "stress.h"

#define SIZE(array)	(sizeof(array) / sizeof((array)[0]))

atomic_bool stop, unloading;
bool faults;

/*
 * The scene: namespace A of C, which is a pfn, dax or btt device; namespace B of nobody; and S, a
 * seed of C's kind that is configured but for its namespace. Drivers are bound to C and B, or were.
 */
static struct scene {
	const char *kind;
	char region[32];
	char a[32];
	char b[32];
	char c[32];
	char s[32];
} scene;

static bool good = true;

/* ---- building it ---- */

static bool failed(struct worker *w, const char *what, const char *name)
{
	char reason[256];

	get(w, reason, sizeof(reason), DEVICES "%s/last_error", name);
	printf("scene: %s: %s: %s\n", what, name, reason);
	return false;
}

static bool make_namespace(struct worker *w, char *ns, const char *size)
{
	char uuid[40];

	/* a seed has its name before it is there */
	settle_all(w);
	new_uuid(w, uuid);
	if (get(w, ns, 32, DEVICES "%s/namespace_seed", scene.region) || !ns[0])
		return failed(w, "no seed", scene.region);
	if (put(w, OP_WRITE, uuid, DEVICES "%s/uuid", ns) ||
	    put(w, OP_WRITE, size, DEVICES "%s/size", ns))
		return failed(w, "not configured", ns);
	return true;
}

static int configure(struct worker *w, const char *claim)
{
	if (!strcmp(scene.kind, "btt"))
		return put(w, OP_WRITE, "4096", DEVICES "%s/sector_size", claim);
	return put(w, OP_WRITE, "ram", DEVICES "%s/mode", claim) ?:
	       put(w, OP_WRITE, "4096", DEVICES "%s/align", claim);
}

static bool configure_seed(struct worker *w, char *claim)
{
	char uuid[40];

	settle_all(w);
	new_uuid(w, uuid);
	if (get(w, claim, 32, DEVICES "%s/%s_seed", scene.region, scene.kind) || !claim[0])
		return failed(w, "no seed", scene.region);
	if (put(w, OP_WRITE, uuid, DEVICES "%s/uuid", claim) || configure(w, claim))
		return failed(w, "not configured", claim);
	return true;
}

static bool build(struct worker *w, bool bound)
{
	static const char *const kinds[] = { "pfn", "dax", "btt" };

	scene.kind = kinds[rnd(w, SIZE(kinds))];
	load(w, "nd_pmem");
	load(w, "dax_pmem");
	if (!empty_all(w) || !pick(w, "region", scene.region, sizeof(scene.region)))
		return false;
	if (!make_namespace(w, scene.a, "33554432") || !configure_seed(w, scene.c))
		return false;
	if (put(w, OP_WRITE, scene.a, DEVICES "%s/namespace", scene.c) || bind_device(w, scene.c))
		return failed(w, "not served", scene.c);
	if (!make_namespace(w, scene.b, "16777216") || bind_device(w, scene.b))
		return failed(w, "not raw", scene.b);
	if (!configure_seed(w, scene.s))
		return false;
	if (!bound) {
		unbind_device(w, scene.c);
		unbind_device(w, scene.b);
	}
	return true;
}

/* ---- the operations ---- */

static void give_up(struct worker *w, const char *claim)
{
	put(w, OP_WRITE, "\n", DEVICES "%s/namespace", claim);
}

static void take(struct worker *w, const char *claim, const char *ns)
{
	put(w, OP_WRITE, ns, DEVICES "%s/namespace", claim);
}

static void resize(struct worker *w, const char *ns, const char *size)
{
	put(w, OP_WRITE, size, DEVICES "%s/size", ns);
}

static void rename_it(struct worker *w, const char *name)
{
	char uuid[40];

	new_uuid(w, uuid);
	put(w, OP_WRITE, uuid, DEVICES "%s/uuid", name);
}

static void c_gives_up(struct worker *w)
{
	give_up(w, scene.c);
}

static void c_takes_b(struct worker *w)
{
	take(w, scene.c, scene.b);
}

static void c_is_renamed(struct worker *w)
{
	rename_it(w, scene.c);
}

/* A btt device has no mode: there is no such file, then. */
static void c_changes_mode(struct worker *w)
{
	put(w, OP_WRITE, chance(w, 50) ? "pmem" : "ram", DEVICES "%s/mode", scene.c);
}

static void c_is_bound(struct worker *w)
{
	bind_device(w, scene.c);
}

static void c_is_unbound(struct worker *w)
{
	unbind_device(w, scene.c);
}

static void c_ends(struct worker *w)
{
	unbind_device(w, scene.c);
	give_up(w, scene.c);
}

static void c_changes_over(struct worker *w)
{
	c_ends(w);
	take(w, scene.c, scene.b);
}

static void s_takes_a(struct worker *w)
{
	take(w, scene.s, scene.a);
}

static void s_takes_b(struct worker *w)
{
	take(w, scene.s, scene.b);
	bind_device(w, scene.s);
}

static void s_gives_up(struct worker *w)
{
	give_up(w, scene.s);
}

static void a_is_bound(struct worker *w)
{
	bind_device(w, scene.a);
}

static void a_is_destroyed(struct worker *w)
{
	destroy(w, scene.a);
}

static void b_is_bound(struct worker *w)
{
	bind_device(w, scene.b);
}

static void b_is_unbound(struct worker *w)
{
	unbind_device(w, scene.b);
}

static void b_is_destroyed(struct worker *w)
{
	destroy(w, scene.b);
}

static void b_grows(struct worker *w)
{
	resize(w, scene.b, "50331648");
}

static void b_is_renamed(struct worker *w)
{
	rename_it(w, scene.b);
}

static void b_is_for_btt(struct worker *w)
{
	put(w, OP_WRITE, "btt", DEVICES "%s/holder_class", scene.b);
}

static void sizes_are_asked_for(struct worker *w)
{
	char text[512];

	put(w, OP_WRITE, "mode=fsdax align=2097152", DEVICES "%s/admit", scene.region);
	get(w, text, sizeof(text), DEVICES "%s/admit", scene.region);
	put(w, OP_WRITE, "mode=devdax", DEVICES "%s/admit", scene.b);
	get(w, text, sizeof(text), DEVICES "%s/admit", scene.b);
}

static void region_is_disabled(struct worker *w)
{
	unbind_device(w, scene.region);
}

static void region_comes_anew(struct worker *w)
{
	unbind_device(w, scene.region);
	bind_device(w, scene.region);
}

static void region_is_read_only(struct worker *w)
{
	put(w, OP_WRITE, "1", DEVICES "%s/read_only", scene.region);
}

static void dimm_is_disabled(struct worker *w)
{
	unbind_device(w, "nmem0");
}

static void drivers_are_unloaded(struct worker *w)
{
	unload(w, "dax_pmem");
	unload(w, "nd_pmem");
}

static void all_is_read(struct worker *w)
{
	static const char *const file[] = {
		"holder", "namespace", "mode", "uuid", "size", "sector_size", "resource",
		"last_error",
	};
	const char *const name[] = { scene.a, scene.b, scene.c, scene.s };
	char text[4096];

	for (size_t i = 0; i < SIZE(name); i++)
		for (size_t k = 0; k < SIZE(file); k++)
			get(w, text, sizeof(text), DEVICES "%s/%s", name[i], file[k]);
}

static const struct operation {
	const char *name;
	void (*run)(struct worker *w);
} operation[] = {
	{ "C gives up A", c_gives_up },
	{ "C takes B", c_takes_b },
	{ "C is renamed", c_is_renamed },
	{ "C changes its mode", c_changes_mode },
	{ "C is bound", c_is_bound },
	{ "C is unbound", c_is_unbound },
	{ "C ends", c_ends },
	{ "C changes over", c_changes_over },
	{ "S takes A", s_takes_a },
	{ "S takes B", s_takes_b },
	{ "S gives up", s_gives_up },
	{ "A is bound", a_is_bound },
	{ "A is destroyed", a_is_destroyed },
	{ "B is bound", b_is_bound },
	{ "B is unbound", b_is_unbound },
	{ "B is destroyed", b_is_destroyed },
	{ "B grows", b_grows },
	{ "B is renamed", b_is_renamed },
	{ "B is for BTT", b_is_for_btt },
	{ "sizes are asked for", sizes_are_asked_for },
	{ "the region is disabled", region_is_disabled },
	{ "the region comes anew", region_comes_anew },
	{ "the region is read-only", region_is_read_only },
	{ "the DIMM is disabled", dimm_is_disabled },
	{ "the drivers are unloaded", drivers_are_unloaded },
	{ "all is read", all_is_read },
};

/* ---- two at a time ---- */

static pthread_barrier_t both;

struct player {
	pthread_t thread;
	struct worker w;
	const struct operation *operation;
	unsigned int late_us;
};

static void *play(void *data)
{
	struct player *p = data;

	pthread_barrier_wait(&both);
	usleep(p->late_us);
	p->operation->run(&p->w);
	return NULL;
}

static void at_once(struct worker *w, const struct operation *first,
		    const struct operation *second)
{
	struct player player[2] = {
		{ .w = { .role = first->name, .rng = rnd(w, 0) }, .operation = first },
		{ .w = { .role = second->name, .rng = rnd(w, 0) }, .operation = second },
	};

	/* one or the other starts a little earlier, as long as a store may take */
	player[rnd(w, 2)].late_us = rnd(w, 3000);
	for (int i = 0; i < 2; i++)
		if (pthread_create(&player[i].thread, NULL, play, &player[i]))
			exit(2);
	for (int i = 0; i < 2; i++)
		pthread_join(player[i].thread, NULL);
}

/* ---- the tests ---- */

/* What @name has in @mine has @name in @theirs. */
static void mutual(struct worker *w, const char *name, const char *mine, const char *theirs)
{
	char other[32], back[32];

	if (get(w, other, sizeof(other), DEVICES "%s/%s", name, mine) || !other[0])
		return;
	if (get(w, back, sizeof(back), DEVICES "%s/%s", other, theirs) || strcmp(back, name)) {
		printf("%s: %s is %s, whose %s is \"%s\"\n", name, mine, other, theirs, back);
		good = false;
	}
}

static void namespace_is_held(struct worker *w, const char *name)
{
	mutual(w, name, "holder", "namespace");
}

static void claim_holds(struct worker *w, const char *name)
{
	mutual(w, name, "namespace", "holder");
}

/* What is wrong after these two shows at once, or when the scene is built again. */
static bool survived(struct worker *w, const struct operation *first,
		     const struct operation *second)
{
	at_once(w, first, second);
	settle_all(w);
	each("namespace", namespace_is_held, w);
	each("pfn|btt|dax", claim_holds, w);
	if (good && build(w, chance(w, 50)))
		return true;
	printf("after: %s | %s\n", first->name, second->name);
	return false;
}

static unsigned int every_pair(struct worker *w)
{
	unsigned int pairs = 0;

	for (size_t i = 0; i < SIZE(operation) && good; i++)
		for (size_t k = i; k < SIZE(operation) && good; k++, pairs++)
			good = survived(w, &operation[i], &operation[k]);
	return pairs;
}

static unsigned int pairs_until(struct worker *w, int64_t end_ms)
{
	unsigned int pairs;

	for (pairs = 0; now_ms() < end_ms && good; pairs++)
		good = survived(w, &operation[rnd(w, SIZE(operation))],
				&operation[rnd(w, SIZE(operation))]);
	return pairs;
}

int main(int argc, char **argv)
{
	static struct worker w = { .role = "pairs" };
	unsigned int pairs;
	int seconds;
	bool clean;

	if (argc != 3)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	seconds = atoi(argv[1]);
	w.rng = strtoull(argv[2], NULL, 0);
	pthread_barrier_init(&both, NULL, 2);
	good = build(&w, true);
	if (seconds)
		pairs = pairs_until(&w, now_ms() + seconds * 1000ll);
	else
		pairs = every_pair(&w);
	printf("%u pairs of %zu operations\n", pairs, SIZE(operation));
	clean = book_is_clean();
	return good && pairs && empty_all(&w) && clean ? 0 : 1;
}
