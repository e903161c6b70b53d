# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# verdicts.sh - what became of each test, and of which it became less with ours; sourced.
#
# A test that fails on both sides fails alike, when it ends with a status, does not end, leaves trouble in the kernel's
# log, or has its machine die on both; otherwise ours has made less of it, when ours comes later in this order. Of
# trouble the kind is compared as well, and where it was.
#
# A verdict is a line "NAME<tab>pass|fail|skip<tab>SECONDS<tab>WHY<tab>RELEASE", the last of the kernel. A machine says on
# its second line
#
#	begin NAME		a test begins; or what the suite calls one
#	| TEXT			what it has to say
#	told VERDICT NAME	of a part of it, which is a test beside it; any number of them
#	status NAME STATUS SECONDS	77 is a skip, 124 and 137 say that it did not end
#	end			of the machine, after its last test

# not_of_tests VERDICT: what a machine does not hold of what boot_once() leaves of it, in a line, but for what its tests'
# verdicts have: what the kernel's log says, and whether it came to its end
not_of_tests()
{
	sed -nE '/^not ok boot1(: kernel log (is silent|has its end mark)| comes to its end| is over within)/d; s/^not ok //p' "$1" | paste -sd';'
}

# tests_begun LOG: of one machine, a line each
tests_begun() { sed -n 's/^ *[0-9]* begin //p' "$1"; }

# verdicts_of LOG CONSOLE OUT: of one machine; each test's words and kernel log go to OUT/NAME.{output,console}
verdicts_of()
{
	local name status seconds bad last dead

	# the test after which the machine came neither to another nor to its end
	dead=$(awk '$2 == "begin" { name = $3 } $2 == "end" { name = "" } END { print name }' "$1")
	split_by_test "$1" "$2" "$3"
	tests_begun "$1" | while read -r name; do
		bad=$(MAY_SAY=$LOST troubles <"$3/$(file_of "$name").console" | head -n 1) || true
		status='' seconds=0
		read -r status seconds < <(awk -v name="$name" '$2 == "status" && $3 == name { print $4, $5 }' "$1") || true
		last=$(grep -av '^[[:space:]]*$' "$3/$(file_of "$name").output" | tail -n 1 | tr -d '\t' | cut -c1-160) || true
		awk -v name="$name" '$2 == "begin" { on = $3 == name }
			on && $2 == "told" { print $4 "\t" $3 "\t0\t" }' "$1"
		if [[ -z $status ]]; then
			printf '%s\tfail\t0\tthe machine did not survive it: %s\n' "$name" "${bad:-$last}"
		elif [[ -n $bad ]]; then
			printf '%s\tfail\t%d\tkernel log: %s\n' "$name" "$seconds" "$bad"
		elif ((status == 124 || status == 137)); then
			printf '%s\tfail\t%d\tit did not end: %s\n' "$name" "$seconds" "$last"
		elif ((status && status != 77)); then
			printf '%s\tfail\t%d\t%s\n' "$name" "$seconds" "$last"
		elif [[ $name == "$dead" ]]; then
			printf '%s\tfail\t%d\tthe machine came neither to another test nor to its end: %s\n' "$name" "$seconds" "$last"
		elif ((status)); then
			printf '%s\tskip\t%d\t%s\n' "$name" "$seconds" "$last"
		else
			printf '%s\tpass\t%d\t\n' "$name" "$seconds"
		fi
	done
}

# file_of NAME
file_of() { echo "${1//\//-}"; }

# split_by_test LOG CONSOLE OUT: what the log of the kernel has before the first test is that one's, and what it has
# between two the one's before. Of xfstests its own mark is there, which comes as early as the test.
split_by_test()
{
	local name

	tests_begun "$1" | while read -r name; do
		: >"$3/$(file_of "$name").output"
		: >"$3/$(file_of "$name").console"
	done
	awk -v out="$3/" '
		$2 == "begin" { file = $3; gsub("/", "-", file) }
		file && $2 == "|" { sub(/^ *[0-9]+ \| ?/, ""); print >(out file ".output") }' "$1"
	tr -d '\r' <"$2" | awk -v out="$3/" '
		match($0, /foreign: .* begins$/) || match($0, /run fstests [^ ]* at /) {
			split(substr($0, RSTART), word, " ")
			file = word[word[1] == "run" ? 3 : 2]
			gsub("/", "-", file)
			printf "%s", before >(out file ".console")
			before = ""
		}
		file { print >(out file ".console"); next }
		{ before = before $0 "\n" }'
}

# verdicts_replace FILE NEW: of the same tests
verdicts_replace()
{
	touch "$1"
	{
		tests_missing "$1" "$2"
		cat "$2"
	} | LC_ALL=C sort -t "$(printf '\t')" -k1,1 >"$1.both"
	mv "$1.both" "$1"
}

# VALUE: for awk, of a verdict, so that a better one has more; rank and class() of what failed
VALUE='
# class: how it failed, and of what is in the log the word, and the place in the source
function class(why,    kind) {
	if (why ~ /^the machine did not survive it: /)
		rank = 0
	else if (why ~ /^kernel log: /)
		rank = 1
	else if (why ~ /^the machine came neither/)
		rank = 2
	else if (why ~ /^it did not end: /)
		rank = 3
	else
		return (rank = 4) ""
	kind = match(why, ENVIRON["TROUBLE"]) ? substr(why, RSTART, RLENGTH) : ""
	if (rank <= 1 && kind != "" && match(why, /(at|in) [a-zA-Z_][^ ]*/))
		kind = kind " " substr(why, RSTART, RLENGTH)
	sub(/\+0x.*/, "", kind)
	return rank <= 1 ? kind : ""
}
function rank_of(why) { class(why); return rank }
function value(verdict, why) { return verdict == "pass" ? 6 : verdict == "skip" ? 5 : rank_of(why) }
'

# verdicts_worse FILE NEW: those of NEW that are worse than FILE's of the same tests, or are of others
verdicts_worse()
{
	TROUBLE=$TROUBLE awk -F '\t' "$VALUE"'
		FILENAME == ARGV[1] { had[$1] = value($2, $4); next }
		!($1 in had) || value($2, $4) < had[$1]' "$1" "$2"
}

# verdicts_of_tests TESTS FILE: those of these tests, a line each, and of their parts
verdicts_of_tests()
{
	awk -F '\t' 'FILENAME == ARGV[1] { asked[$1]; next }
		{ whole = $1; sub("/[^/]*$", "", whole) }
		$1 in asked || whole in asked' "$1" "$2"
}

# tests_missing TESTS FILE: those of them that have no verdict there; TESTS may be verdicts
tests_missing() { awk -F '\t' 'FILENAME == ARGV[1] { seen[$1]; next } !($1 in seen)' "$2" "$1"; }

# tests_not_passed TESTS FILE: those of them that have another verdict than that they pass, or a part has
tests_not_passed()
{
	awk -F '\t' '
		FILENAME == ARGV[2] {
			if ($1 in less)
				print
			next
		}
		$2 != "pass" { less[$1]; sub("/[^/]*$", "", $1); less[$1] }' "$2" "$1"
}

# tests_compared TESTS INTREE OURS [IF-NEEDED]: those of them that have a verdict on either side; if IF-NEEDED is told, or
# that pass with ours
tests_compared()
{
	tests_missing "$1" <(
		tests_missing "$1" "$3"
		if [[ ${4:-} ]]; then
			tests_not_passed "$1" "$3" | tests_missing - "$2"
		else
			tests_missing "$1" "$2"
		fi
	)
}

# verdicts_told OF INTREE OURS: those of both sides, as they are kept: what they are of, and a line each, "SIDE NAME VERDICT
# SECONDS WHY RELEASE"
verdicts_told()
{
	echo "# of $1: kernel, seconds and size, suite, harness; drivers. The kernel's own modules and ours, test by test"
	sed 's/^/intree\t/' "$2"
	sed 's/^/ours\t/' "$3"
}

# verdicts_seen FILE SIDE OF: that side's, of verdicts_told's, when they are of the same, or in-tree's of the same but for our
# drivers
verdicts_seen()
{
	awk -F '\t' -v side="$2" -v of="$3" '
		NR == 1 {
			sub(/^# of /, "")
			sub(/: .*/, "")
			if (side == "intree") {
				sub(/ .*/, "")
				sub(/ .*/, "", of)
			}
			same = $0 == of
		}
		same && $1 == side { sub(/^[^\t]*\t/, ""); print }' "$1"
}

# verdicts_count FILE: how many of each
verdicts_count()
{
	awk -F '\t' '{ n[$2]++ } END { printf "%d passed, %d failed, %d skipped\n", n["pass"], n["fail"], n["skip"] }' "$1"
}

# verdicts_compare INTREE OURS: a line for each test that differs, and what both fail; fails when one became
# less with ours: it no longer passes, or fails where it was skipped, or fails worse, or otherwise in the kernel's log.
# What ours alone has run has nothing beside it: it is told of, and is a failure when it fails.
verdicts_compare()
{
	if [[ ! -s $1 || ! -s $2 ]]; then
		echo "not run: the other side: nothing is compared"
		verdicts_count "$([[ -s $2 ]] && echo "$2" || echo "$1")" | sed -E 's/, [0-9]+ skipped//'
		return
	fi
	echo "in-tree: $(verdicts_count "$1"); ours: $(verdicts_count "$2")"
	TROUBLE=$TROUBLE awk -F '\t' "$VALUE"'
		NR == FNR { was[$1] = $2; why[$1] = $4; next }
		!($1 in was) {
			if ($2 != "fail") {
				alone = alone " " $1
				next
			}
			failed++
			printf "WORSE: %s: in-tree not run, ours fail (%s)\n", $1, $4
			next
		}
		{
			seen[$1]
			before = value(was[$1], why[$1])
			now = value($2, $4)
		}
		now == 6 { passed++ }
		now == 6 && before == 6 { next }
		now < before || ($2 == "fail" && now == before && class($4) != class(why[$1])) {
			failed++
			printf "WORSE: %s: in-tree %s (%s), ours %s (%s)\n", $1, was[$1], why[$1], $2, $4
			next
		}
		now > before { printf "better: %s: in-tree %s (%s), ours %s (%s)\n", $1, was[$1], why[$1], $2, $4; next }
		$2 == "fail" { printf "both fail: %s: %s\n", $1, $4 }
		END {
			for (name in was)
				if (!(name in seen)) {
					failed++
					printf "WORSE: %s: in-tree %s, ours not run\n", name, was[name]
				}
			if (alone)
				printf "not run: in-tree:%s\n", alone
			else
				print "not run: what was not asked for"
			printf "%d passed, %d failed\n", passed, failed
			exit failed > 0 || !passed
		}' "$1" "$2"
}
