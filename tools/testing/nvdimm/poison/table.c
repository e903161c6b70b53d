// SPDX-License-Identifier: GPL-2.0
/* The table: what is to come of each cell, and that none is missing. */
#include "poison.h"

const char *const provider_names[PROVIDERS] = { "nfit", "mock", "e820", "virtio", "nd_provider" };
const char *const mode_names[MODES] = { "raw", "fsdax", "sector", "devdax", "kmem" };
const char *const how_names[HOWS] = { "scrub", "mce", "memfail", "inject" };
const char *const what_names[WHATS] = {
	"read", "subsector", "sector", "page", "daxwrite", "zeroing", "recovery"
};
const char *const outcome_names[OUTCOMES] = { "eio", "found", "sigbus", "cured", "-" };

#define RULES 64

static struct rule rules[RULES];
static unsigned int nrules;

unsigned int table_word(const char *name, const char *const *names, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (!strcmp(name, names[i]))
			return i;
	errx(2, "the table knows no \"%s\"", name);
}

/* "a,b" or "*". */
static void table_list(char *list, const char *const *names, unsigned int n, bool *of)
{
	char *next, *word;

	for (word = strtok_r(list, ",", &next); word; word = strtok_r(NULL, ",", &next)) {
		if (strcmp(word, "*"))
			of[table_word(word, names, n)] = true;
		else
			memset(of, true, n);
	}
}

static void table_line(char *line)
{
	char word[5][64] = { };
	struct rule *r = &rules[nrules];
	int at = 0;

	line[strcspn(line, "\n")] = 0;
	if (!*line || *line == '#')
		return;
	if (nrules++ == RULES)
		errx(2, "the table has more than %u rules", RULES);
	if (sscanf(line, "%63s %63s %63s %63s %63s %n", word[0], word[1], word[2], word[3], word[4],
		   &at) != 5 || strlen(line) >= sizeof(r->text))
		errx(2, "the table: %s", line);
	strcpy(r->text, line);
	snprintf(r->reason, sizeof(r->reason), "%s", line + at);
	table_list(word[0], provider_names, PROVIDERS, r->of_provider);
	table_list(word[1], mode_names, MODES, r->of_mode);
	table_list(word[2], how_names, HOWS, r->of_how);
	table_list(word[3], what_names, WHATS, r->of_what);
	r->outcome = table_word(word[4], outcome_names, OUTCOMES);
	if ((r->outcome == IMPOSSIBLE) != !!*r->reason)
		errx(2, "the table: what is impossible has a reason, nothing else: %s", line);
}

const struct rule *table_rule(unsigned int provider, unsigned int mode, enum how how,
			      enum what what)
{
	for (struct rule *r = rules; r < rules + nrules; r++)
		if (r->of_provider[provider] && r->of_mode[mode] && r->of_how[how] &&
		    r->of_what[what])
			return r;
	errx(1, "the table says nothing of %s %s %s %s", provider_names[provider],
	     mode_names[mode], how_names[how], what_names[what]);
}

static void table_count(unsigned int count[PROVIDERS][MODES][2])
{
	for (unsigned int p = 0; p < PROVIDERS; p++)
		for (unsigned int m = 0; m < MODES; m++)
			for (unsigned int h = 0; h < HOWS; h++)
				for (unsigned int w = 0; w < WHATS; w++) {
					struct rule *r = (struct rule *)table_rule(p, m, h, w);

					r->cells++;
					count[p][m][r->outcome == IMPOSSIBLE]++;
				}
}

void table_read(const char *path)
{
	unsigned int count[PROVIDERS][MODES][2] = { };
	FILE *file = fopen(path, "r");
	char line[512];

	if (!file)
		err(2, "%s", path);
	while (fgets(line, sizeof(line), file))
		table_line(line);
	fclose(file);
	table_count(count);
	for (const struct rule *r = rules; r < rules + nrules; r++)
		if (!r->cells)
			errx(1, "no cell is left for the rule: %s", r->text);
}

static void print_counts(const char *indent)
{
	unsigned int count[PROVIDERS][MODES][2] = { }, all[2] = { };

	table_count(count);
	printf("%s%-11s", indent, "");
	for (unsigned int m = 0; m < MODES; m++)
		printf(" %11s", mode_names[m]);
	printf("\n");
	for (unsigned int p = 0; p < PROVIDERS; p++) {
		printf("%s%-11s", indent, provider_names[p]);
		for (unsigned int m = 0; m < MODES; m++) {
			printf("  %4u of %2u", count[p][m][0], HOWS * WHATS);
			all[0] += count[p][m][0];
			all[1] += count[p][m][1];
		}
		printf("\n");
	}
	printf("%s%u cells: %u asserted, %u impossible\n", indent, all[0] + all[1], all[0],
	       all[1]);
}

/* An outcome for each provider, one word where they agree. */
static void print_doc_cell(unsigned int mode, enum how how, enum what what)
{
	const char *word = "";

	for (unsigned int p = 0; p < PROVIDERS; p++) {
		const struct rule *r = table_rule(p, mode, how, what);

		if (r->outcome == IMPOSSIBLE)
			continue;
		if (*word && strcmp(word, outcome_names[r->outcome]))
			errx(1, "providers differ: %s", r->text);
		word = outcome_names[r->outcome];
	}
	printf(" %s |", word);
}

static void print_doc(void)
{
	printf("| mode | how |");
	for (unsigned int w = 0; w < WHATS; w++)
		printf(" %s |", what_names[w]);
	printf("\n|---|---|");
	for (unsigned int w = 0; w < WHATS; w++)
		printf("---|");
	printf("\n");
	for (unsigned int m = 0; m < MODES; m++)
		for (unsigned int h = 0; h < HOWS; h++) {
			printf("| %s | %s |", mode_names[m], how_names[h]);
			for (unsigned int w = 0; w < WHATS; w++)
				print_doc_cell(m, h, w);
			printf("\n");
		}
	printf("\nWhat is empty is impossible:\n\n| provider, mode, how, what | why |\n|---|---|\n");
	for (const struct rule *r = rules; r < rules + nrules; r++) {
		char key[256];

		if (r->outcome != IMPOSSIBLE)
			continue;
		snprintf(key, sizeof(key), "%.*s", (int)strcspn(r->text, "\t"), r->text);
		printf("| `%s` | %s |\n", key, r->reason);
	}
}

void table_print(bool for_docs)
{
	if (for_docs) {
		print_doc();
		printf("\n");
	}
	print_counts(for_docs ? "    " : "");
}
