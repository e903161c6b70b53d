# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# slices.sh - what a run leaves to other commits, and says so.
#
# All scenarios on all kernels take longer than anybody waits. So a slow one may say that it
# rotates: of N commits in a row of random ones, one runs it. Which is decided by the commit alone,
# so that a failure is there again when it is looked for:
#
#   rotates N REASON...         a default run takes it in one slice of N (2, 3, 4, 6, ...)
#   elsewhere_rotates N REASON...   the same, but for its first kernel: there it is run always
#   part N WHAT...              the scenario is run always, with one part of N of its work: PART is
#                               that part's number from 0 and PARTS N, for the words after this one;
#                               0 and 1 when all is asked for
#   by_hand REASON...           only who names it runs it
#
# What has its turn may come too late: past NDSTACK_UNTIL, in seconds since 1970, a run of what nobody named
# begins nothing more. ./test sets it, so that a machine that others starve says what it had no time for.
#
# The slice is a number from 0 to 47; NDSTACK_SLICE, or --slice of a run, sets it, and "all", or
# --full, is every slice at once. A scenario that is named is run in any slice, with its part of the
# work. What is left out ends the run's output, a line "not run: NAME: REASON" each.

SLICES=48

# late WORD...: is it, and did nobody name anything?
late()
{
	[[ $# -eq 0 && -n ${NDSTACK_UNTIL:-} ]] && ((EPOCHSECONDS >= NDSTACK_UNTIL))
}
LATE="this machine had no time left for it (./test: an hour; --full: all)"

# slice_of_commit: by its hash and not by its number, or a branch that grows by two would never meet
# the other half. Outside of a git tree it is always the first.
slice_of_commit()
{
	local hash

	hash=$(git -C "$TOP" rev-parse HEAD 2>/dev/null) || hash=0
	echo $((16#${hash:0:7} % SLICES))
}

# slice_choose [SLICE|all]: sets SLICE, for this process and those it starts.
slice_choose()
{
	SLICE=${1:-${NDSTACK_SLICE:-$(slice_of_commit)}}
	[[ $SLICE == all || ($SLICE =~ ^[0-9]+$ && $SLICE -lt $SLICES) ]] ||
		die "a slice is a number below $SLICES, or all"
	export NDSTACK_SLICE=$SLICE
}

slice_words()
{
	local n=$1 word=$2

	((n > 1 && SLICES % n == 0)) || die "$word $n: a divisor of $SLICES is wanted"
	[[ -n ${*:3} ]] || die "$word $n: why?"
}

rotates() { slice_words "$1" rotates "${@:2}"; ROTATES=$1 ROTATES_WHY="${*:2}"; }
elsewhere_rotates() { slice_words "$1" elsewhere_rotates "${@:2}"; ELSEWHERE=$1 ELSEWHERE_WHY="${*:2}"; }
by_hand() { BY_HAND="${*:?by_hand: why?}"; }

part()
{
	slice_words "$1" part "${@:2}"
	PART=0 PARTS=1
	[[ ${SLICE:-all} == all ]] || PART=$((SLICE % $1)) PARTS=$1
	PART_WHAT="${*:2}"
}

# slice_place N SCENARIO: its slice of N: those of the directory that rotate by N take turns.
slice_place()
{
	local file n=0 slot=0

	for file in "${2%/*}"/*; do
		[[ $file != "$2" ]] || slot=$n
		! grep -qE "^(elsewhere_)?rotates $1 " "$file" || n=$((n + 1))
	done
	echo $((slot % $1))
}

# slice_refuses SCENARIO SERIES NAMED: why a run of this slice leaves the loaded scenario out on
# that kernel; fails when it does not. NAMED: somebody wants it by name.
slice_refuses()
{
	local n=$ROTATES why=$ROTATES_WHY place

	[[ -z $3 ]] || return 1
	if [[ -n $BY_HAND ]]; then
		echo "$BY_HAND"
		return 0
	fi
	[[ -z $ELSEWHERE || $2 == "${KERNELS[0]}" ]] || n=$ELSEWHERE why=$ELSEWHERE_WHY
	[[ $SLICE != all && -n $n ]] || return 1
	place=$(slice_place "$n" "$1")
	((SLICE % n != place)) || return 1
	echo "its turn is slice $((place + 1)) of $n, this is $((SLICE % n + 1)) of $n: $why"
}

# slice_left_of_work: what the loaded scenario leaves out of its own work; fails when nothing.
slice_left_of_work()
{
	((PARTS > 1)) || return 1
	echo "slice $((PART + 1)) of $PARTS was run of: $PART_WHAT"
}
