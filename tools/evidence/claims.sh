# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# claims.sh - what is claimed, and what was recorded of it; sourced, with here and top set.

# shellcheck source=tools/evidence/about.sh
. "$here/about.sh"

# claims: their names, as docs/evidence.md has them
claims() { (cd "$here/claim" && printf '%s\n' *); }

# load_claim NAME: sets CHAPTER, CLAIM, KERNEL, COMMAND, about(), figures() and rows(), which prints none unless it says so
load_claim()
{
	unset -f figures about
	rows() { :; }
	CHAPTER='' CLAIM='' KERNEL='' COMMAND='' MISSED=()
	# shellcheck source=/dev/null
	. "$here/claim/$1"
}

# figures_of NAME LOG: what its figures() prints of a command's output
figures_of() { said_by figures "$@"; }

# rows_of NAME LOG: what its rows() prints of it beside, a table of columns with tabs between, the first line of which
# names them; nothing of a claim that has none
rows_of() { said_by rows "$@"; }

# said_by FUNCTION NAME LOG: of a claim's function each step has to succeed: by a bash of its own, as one that is asked
# whether a function succeeds looks at none of its steps
said_by()
{
	# shellcheck disable=SC2016,SC2154 # that bash's; set before
	here=$here top=$top bash -euo pipefail -O inherit_errexit -c '. "$here/claims.sh"; load_claim "$2"; "$1" "$3"' said_by "$@"
}

# cuts_of_each_pair LOG: figures of what cuts/run says of a database on a medium, one behind another
cuts_of_each_pair()
{
	cuts_of_pairs '[a-z0-9]+@[a-z0-9-]+' transactions "$1" | paste -sd, | sed 's/,/, /g; s/$/; 0 lost/'
}

# cuts_together FIGURES WHERE: a headline of all pairs that cuts_of_each_pair told of, of one medium
cuts_together()
{
	awk -v RS=', |; ' -v where="$2" '
		BEGIN { name["lmdb"] = "LMDB"; name["pgsql"] = "PostgreSQL"; name["pmemobj"] = "libpmemobj"; name["sqlite"] = "SQLite" }
		sub(/@.*/, "", $1) { who = who (who ? ", " : "") name[$1]; cuts += $2; transactions += $5 }
		END { printf "%d power cuts in %d transactions of %s, %s; 0 lost\n", cuts, transactions, who, where }' <<<"$1"
}

# cuts_of_pairs NAME WHAT LOG: a line for each pair of such a name, whose transactions are WHAT
cuts_of_pairs()
{
	local found="^ok .* ($1): cut ([0-9]+) times, at transactions up to ([0-9]+), ([0-9]+) of them with more than was acknowledged\$"

	sed -nE "s/$found/\1 \2 cuts in \3 $2 (\4 found more than was acknowledged)/p" "$3" | grep .
}

# laws_of_scenario NAME LOG: figures of what vm/run says of a scenario that held
laws_of_scenario()
{
	sed -nE "s/^ok +[0-9]+ s +([0-9]+) laws +$1(@.*)?\$/\1 laws, all hold/p" "$2" | grep .
}

# rows_counted LOG: figures of what bench/run says, when the machines of both sides and its report came to their
# ends; fails where a target is missed that is not in MISSED, "ROW METRIC KIND CEILING", of which docs/performance.md says
# why, or is missed by more than that. What was not measured, or has nothing beside it, is no number, and in no list.
rows_counted()
{
	local rows missed new

	! grep '^failed (' "$1" || return 1
	grep -qxF "$(grep -c '^miss ' "$1" || true) targets missed" "$1" ||
		{ echo "the report did not come to its end" >&2; return 1; }
	# not those that say which lines are shared, and by whose stores
	rows=$(grep -E '^P[0-9]+\.' "$1" | grep -cvE '^[^ ]+ (in-tree|ours): ')
	new=$(sed -n 's/^miss //p' "$1" | MISSED=$(printf '%s\n' "${MISSED[@]}") awk '
		BEGIN {
			n = split(ENVIRON["MISSED"], line, "\n")
			for (i = 1; i <= n; i++) {
				split(line[i], word, " ")
				most[word[1] " " word[2] " " word[3]] = word[4]
			}
		}
		{
			value = $4
			sub(/:$/, "", value)
			if (!($1 " " $2 " " $3 in most) || value !~ /^[0-9.]+$/ || value + 0 > most[$1 " " $2 " " $3] + 0)
				print $1 " " $2 " " $3 " " value
		}' | paste -sd';' | sed 's/;/; /g')
	[[ -z $new ]] || { echo "missed, and docs/performance.md does not say why: $new" >&2; return 1; }
	missed=$(sed -nE '/^miss /{s/^miss ([^ ]+) [^:]*: (.*)/\1 (\2)/; s/[,:] [^,:]* wanted\)$/)/; p}' "$1" |
		sort -u -V | paste -sd';' | sed 's/;/; /g')
	echo "$rows rows; targets missed: ${missed:-none}"
}

# rows_counted_each LOG: of what bench/run says, as a table: instructions in all and of modules, on either side, and of
# several processors the lines shared and the locked instructions of modules, "a>b" where they differ. A column ends
# where its name does, and a row has nothing in some.
rows_counted_each()
{
	awk '
		function cell(from, to,    text) {
			text = substr($0, from, to - from + 1)
			gsub(/^ +| +$/, "", text)
			return text
		}
		$1 == "row" {
			at = 1
			while (match(substr($0, at), /(mod )?[^ ]+/)) {
				n++
				begins[n] = at
				ends[n] = at + RSTART + RLENGTH - 2
				name[n] = cell(at, ends[n])
				at = ends[n] + 1
			}
			# what names a row begins where its column does, and all else ends there
			begins[2] = match($0, / in-tree/)
			print "row\tin-tree\tours\tratio\tmodules: in-tree\tours\tratio\tlines shared\tlocked"
			next
		}
		/^$/ { n = 0 }
		!n || !/^P[0-9]+\./ { next }
		{
			line = $1
			shared = locked = ""
			for (i = 2; i <= n; i++) {
				text = cell(begins[i], ends[i])
				if (i <= 7)
					line = line "\t" text
				else if (name[i] == "shared")
					shared = text
				else if (name[i] == "mlocked")
					locked = text
			}
			print line "\t" shared "\t" locked
		}' "$1"
}

# mutants_killed LOG: figures of what mutants/run says when none survives
mutants_killed() { sed -nE 's/^([0-9]+) passed, 0 failed$/\1 mutants, 0 survive/p' "$1" | grep .; }

# ndctl_passed LOG: lines of nfit/run, of ndctl's tests that passed
ndctl_passed() { grep -E '^[a-zA-Z0-9_.-]+ +pass +[0-9]+ s' "$1"; }

# ndctl_figures LOG: how many of them there are; fails when there is none
ndctl_figures()
{
	local passed changed

	passed=$(ndctl_passed "$1")
	changed=$(grep -cE ' s +but for nfit/differences$' <<<"$passed") || true
	echo "$(wc -l <<<"$passed") tests of ndctl's pass, $changed of them but for nfit/differences"
}

# record NAME COMMIT SECONDS STATE shown|failed TEXT: beside what was there of it at that state, and in place of what was
# of others. A run that was not the last one is worth its verdict: how often it was shown is told.
record()
{
	{
		awk -F '\t' -v name="$1" -v state="$4" '$1 != name || $4 == state' "$here/recorded"
		printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$(date -u +%F)" "$2" "$4" "$3" "$5" "${6//$'\t'/ }"
	} | LC_ALL=C sort -s -t $'\t' -k1,1 >"$here/recorded.new"
	mv "$here/recorded.new" "$here/recorded"
}

# recorded NAME: sets DAY, COMMIT, STATE, TOOK, VERDICT and SAID, of its last run, and RUNS and SHOWN, how many there
# were at that state, and how many of these have shown it; fails when there was none
recorded()
{
	local name

	DAY='' COMMIT='' STATE='' TOOK='' VERDICT='' SAID='' RUNS=0 SHOWN=0
	while IFS=$'\t' read -r name DAY COMMIT STATE TOOK VERDICT SAID; do
		RUNS=$((RUNS + 1))
		[[ $VERDICT != shown ]] || SHOWN=$((SHOWN + 1))
	done < <(grep "^$1	" "$here/recorded")
	# read leaves nothing where it finds none
	((RUNS)) || return 1
	IFS=$'\t' read -r name DAY COMMIT STATE TOOK VERDICT SAID < <(grep "^$1	" "$here/recorded" | tail -n 1)
}

# what_failed LOG WHY: in a line: the first that a suite calls a failure, and its sum, or why there are no figures of it
what_failed()
{
	{
		grep -aE -m 1 '^(FAIL|FAILED|WORSE|not ok|failed \()|^ *boot [0-9]+: |^\[  FAILED  \]' "$1" || true
		grep -aE '^[0-9]+ passed, [0-9]+ failed$' "$1" | tail -n 1 || true
		[[ -z $2 ]] || echo "$2"
	} | tr '\t|' ' /' | sed 's/^ *//; s/  */ /g' | cut -c1-200 | paste -sd';' | sed 's/;/; /g' | grep . || tail -n 1 "$1" | tr '\t|' ' /' | cut -c1-200
}

# state: a short name for what the claim that is loaded is about
state()
{
	local files

	mapfile -t files < <(about)
	state_of "${files[@]}"
}

# stale: has that changed since it was recorded?
stale() { [[ $(state) != "$STATE" ]]; }
