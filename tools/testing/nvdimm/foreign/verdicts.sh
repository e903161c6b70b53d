# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# verdicts.sh - what became of each test, and of which it became less with ours; sourced.
#
# A verdict is a line "NAME<tab>pass|fail|skip<tab>PASSED/RUNS<tab>SECONDS<tab>TROUBLES<tab>WHY". A test that was run
# several times has the worst that it came to, and the troubles of all. These are what came to light while it ran, "; "
# between: what the kernel's log says, and where; what a filesystem or a disk of ours has lost, which a test may pass with;
# that it, or its machine, did not end; that it fails by its own word, and not for the log alone; that a filesystem was
# inconsistent, data bad, or some of its cases left out. Ours is less when it has a worse verdict, a trouble that in-tree has
# not, or never passes where in-tree does at times.
#
# A machine says on its second line
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
	local name status seconds dead verdict troubles runs why

	# the test after which the machine came neither to another nor to its end
	dead=$(awk '$2 == "begin" { name = $3 } $2 == "end" { name = "" } END { print name }' "$1")
	split_by_test "$1" "$2" "$3"
	tests_begun "$1" | while read -r name; do
		status='' seconds=0
		read -r status seconds < <(awk -v name="$name" '$2 == "status" && $3 == name { print $4, $5 }' "$1") || true
		awk -v name="$name" '$2 == "begin" { on = $3 == name }
			on && $2 == "told" { print $4 "\t" $3 "\t" ($3 == "pass") "/1\t0\t\t" }' "$1"
		# what a test passes with
		troubles=$(troubles_of "$3/$(file_of "$name")" "$status")
		verdict=fail
		if [[ -z $(troubles_of_kernel "$3/$(file_of "$name").console") && $name != "$dead" ]]; then
			case $status in
			0) verdict=pass ;;
			77) verdict=skip ;;
			esac
		fi
		if [[ -z $status ]]; then
			troubles+="${troubles:+; }its machine died"
		elif [[ $name == "$dead" && $status != @(124|137) ]]; then
			troubles+="${troubles:+; }its machine came neither to another test nor to its end"
		fi
		why=''
		[[ $verdict == pass ]] || why=$(why_of "$3/$(file_of "$name").output")
		runs=0/1
		[[ $verdict != pass ]] || runs=1/1
		printf '%s\t%s\t%s\t%d\t%s\t%s\n' "$name" $verdict $runs "$seconds" "$troubles" "$why"
	done
}

# why_of OUTPUT: of all that a test has to say, a line: where it was compared, the first that it has said and should not, or
# has not said and should; or the last
why_of()
{
	{
		grep -aE -m 1 '^ +\+[^+]' "$1" || grep -aE -m 1 '^ +-[^-]' "$1" || grep -av '^[[:space:]]*$' "$1" | tail -n 1 || true
	} | sed 's/^ *//' | tr -d '\t\r' | cut -c1-160
}

# troubles_of FILES STATUS: of FILES.console, and FILES.output, of a test that ended so
troubles_of()
{
	local n

	{
		troubles_of_kernel "$1.console"
		troubles_of_disks <"$1.console"
		case $2 in
		0 | 77) ;;
		*)
			[[ $2 != @(124|137) ]] || echo 'it did not end'
			! by_its_own_word "$1.output" || echo 'it fails by its own word'
			! grep -aqE '(is|still) inconsistent' "$1.output" || echo 'a filesystem is inconsistent'
			! grep -aqE 'BAD DATA|[Cc]orrupt' "$1.output" || echo 'data are bad'
			;;
		esac
		# in LTP's words; who leaves out fewer leaves out no other
		for ((n = $(sed -nE 's/^skipped +([0-9]+)$/\1/p' "$1.output" | tail -n 1) + 0; n > 0; n--)); do
			echo "$n of its cases left out"
		done
	} | LC_ALL=C sort -u | paste -sd';' | sed 's/;/; /g'
}

# by_its_own_word OUTPUT: does a test that failed, or did not end, fail for more than what xfstests finds in the log?
by_its_own_word()
{
	! grep -aq 'something found in dmesg' "$1" || grep -aqE 'output mismatch|exit status|inconsistent' "$1"
}

# troubles_of_kernel CONSOLE: a line for each kind: the word, and where in the source that was; of what it died of the function
troubles_of_kernel()
{
	{ (MAY_SAY=$LOST troubles) <"$1" || true; } | TROUBLE=$TROUBLE awk '
		match($0, ENVIRON["TROUBLE"]) {
			kind = substr($0, RSTART, RLENGTH)
			# with what stands before it belongs a trace, and one alone is a trouble
			if (kind ~ /^Call Trace/) {
				if (NR == 1 || alone)
					print "Call Trace"
				alone = 1
				next
			}
			alone = 0
			if (kind ~ /^INFO: task/)
				kind = "INFO: task blocked"
			else if (match($0, /(at|in) \/?[a-zA-Z_][^ ]*/))
				kind = kind " " substr($0, RSTART, RLENGTH)
			# modules of ours were built somewhere
			sub(/at \/.*\/src\//, "at ", kind)
			sub(/\+0x.*/, "", kind)
			gsub(/\(?(0x)?[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]+\)?/, "", kind)
			gsub(/[;\t]/, ",", kind)
			print kind
		}'
	awk '
		/Oops|general protection|BUG/ { died = 1 }
		died && match($0, /RIP: 0010:[a-zA-Z0-9_.]+/) {
			print "in " substr($0, RSTART + 10, RLENGTH - 10)
			died = 0
		}' "$1"
}

# troubles_of_disks: of a console, a line for each kind of what LOST has, where it names a namespace's disk: those that tests
# make over it they make fail
troubles_of_disks()
{
	tr -d '\r' | { grep -aE "$LOST" || true; } | awk '
		!/pmem[0-9]/ { next }
		/EXT4-fs/ { print "EXT4 " (match($0, /\): [a-z0-9_]+:/) ? substr($0, RSTART + 3, RLENGTH - 4) : "error"); next }
		/JBD2|journal/ { print "JBD2 error"; next }
		/XFS .*[Ss]hut/ { print "XFS shut down"; next }
		/XFS .*[Cc]orruption/ { print "XFS corruption"; next }
		/XFS .*Internal error/ { print "XFS internal error"; next }
		/XFS/ { print "XFS I/O error"; next }
		/lost .*page write/ { print "lost page write" }
		/Buffer I.O error/ { print "buffer I/O error" }'
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

# RANKED: for awk: of verdicts a better one has more; and lists of troubles
RANKED='
function rank(verdict) { return verdict == "pass" ? 2 : verdict == "skip" ? 1 : 0 }
# those of a that b has not, as a list
function beyond(a, b,    one, other, n, i, has, more) {
	n = split(b, other, "; ")
	for (i = 1; i <= n; i++)
		has[other[i]]
	n = split(a, one, "; ")
	for (i = 1; i <= n; i++)
		if (!(one[i] in has))
			more = more (more == "" ? "" : "; ") one[i]
	return more
}
'

# verdicts_add FILE NEW: to those of FILE what came of another run of these tests, or of others
verdicts_add()
{
	touch "$1"
	awk -F '\t' -v OFS='\t' "$RANKED"'
		FILENAME == ARGV[1] { had[$1] = $0; next }
		!($1 in had) { had[$1] = $0; next }
		{
			split(had[$1], was)
			split(was[3], before, "/")
			split($3, now, "/")
			# gawk 5.2 goes astray in a function that is handed an element which is not there
			more = beyond($5, was[5] "")
			worse = rank($2) < rank(was[2])
			had[$1] = $1 OFS (worse ? $2 : was[2]) OFS (before[1] + now[1]) "/" (before[2] + now[2]) OFS \
				($4 > was[4] ? $4 : was[4]) OFS was[5] (more != "" && was[5] != "" ? "; " : "") more OFS (worse ? $6 : was[6])
		}
		END { for (name in had) print had[name] }' "$1" "$2" | LC_ALL=C sort -t "$(printf '\t')" -k1,1 >"$1.both"
	mv "$1.both" "$1"
}

# verdicts_without TESTS FILE: those of other tests than these, and than their parts
verdicts_without() { tests_missing "$2" <(verdicts_of_tests "$1" "$2"); }

# verdicts_of_tests TESTS FILE: those of these tests, a line each, and of their parts
verdicts_of_tests()
{
	awk -F '\t' 'FILENAME == ARGV[1] { asked[$1]; next }
		{ whole = $1; sub("/[^/]*$", "", whole) }
		$1 in asked || whole in asked' "$1" "$2"
}

# tests_missing TESTS FILE: those of them that have no verdict there; TESTS may be verdicts
tests_missing() { awk -F '\t' 'FILENAME == ARGV[1] { seen[$1]; next } !($1 in seen)' "$2" "$1"; }

# tests_not_passed TESTS FILE: those of them that have another verdict than that they pass, and without trouble, or a part has
tests_not_passed()
{
	awk -F '\t' '
		FILENAME == ARGV[2] {
			if ($1 in less)
				print
			next
		}
		$2 != "pass" || $5 != "" { less[$1]; sub("/[^/]*$", "", $1); less[$1] }' "$2" "$1"
}

# verdicts_count FILE: how many of each; a test is counted by its parts, where these say the same
verdicts_count()
{
	awk -F '\t' '
		{ verdict[$1] = $2; n[$2]++; whole = $1 }
		sub("/[^/]*$", "", whole) { parts[whole, $2] }
		END {
			for (name in verdict)
				if ((name, verdict[name]) in parts)
					n[verdict[name]]--
			printf "%d passed, %d failed, %d skipped\n", n["pass"], n["fail"], n["skip"]
		}' "$1"
}

# verdicts_compare INTREE OURS: a line for each test that differs, and what both fail; fails when one became less with ours.
# What ours alone has run has nothing beside it: it is told of, and is a failure when it fails.
verdicts_compare()
{
	if [[ ! -s $1 || ! -s $2 ]]; then
		echo "not run: the other side: nothing is compared"
		verdicts_count "$([[ -s $2 ]] && echo "$2" || echo "$1")" | sed -E 's/, [0-9]+ skipped//'
		[[ ! -s $2 ]] || ! cut -f 2 "$2" | grep -qx fail
		return
	fi
	echo "in-tree: $(verdicts_count "$1"); ours: $(verdicts_count "$2")"
	awk -F '\t' "$RANKED"'
		# of parts of what did not end there are as many as there was time for
		function unended(name, of) { sub("/[^/]*$", "", name); return of[name] ~ /it did not end/ }
		function said(verdict, runs, troubles, why) { return verdict " " runs " (" troubles (troubles != "" && why != "" ? ": " : "") why ")" }
		NR == FNR { was[$1] = $2; runs[$1] = $3; troubles[$1] = $5; before[$1] = said($2, $3, $5, $6); next }
		{ light[$1] = $5 }
		!($1 in was) {
			if ($2 != "fail" || unended($1, troubles)) {
				alone = alone " " $1
				next
			}
			failed++
			printf "WORSE: %s: in-tree not run, ours %s\n", $1, said($2, $3, $5, $6)
			next
		}
		{
			seen[$1]
			now = said($2, $3, $5, $6)
			# what passes on both may yet have lost something; what failed before it came there has not
			more = beyond($5, troubles[$1]) != "" && !($2 == "pass" && was[$1] == "fail")
			less = more || rank($2) < rank(was[$1]) || (!($3 + 0) && runs[$1] + 0)
		}
		$2 == "pass" && !less { passed++ }
		less {
			failed++
			printf "WORSE: %s: in-tree %s, ours %s\n", $1, before[$1], now
			next
		}
		rank($2) > rank(was[$1]) { printf "better: %s: in-tree %s, ours %s\n", $1, before[$1], now; next }
		$2 == "fail" { printf "both fail: %s: %s\n", $1, now }
		END {
			for (name in was)
				if (!(name in seen) && !(unended(name, troubles) && unended(name, light))) {
					failed++
					printf "WORSE: %s: in-tree %s, ours not run\n", name, before[name]
				}
			if (alone)
				printf "not run: in-tree:%s\n", alone
			else
				print "not run: what was not asked for"
			printf "%d passed, %d failed\n", passed, failed
			exit failed > 0 || !passed
		}' "$1" "$2"
}
