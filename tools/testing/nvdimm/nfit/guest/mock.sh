# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# mock.sh - the mock bus and its scrubs, as scenarios of this suite see them, in the guest.

FAULTS=/sys/kernel/debug/nfit_test/nfit_test.0
DEVICES=/sys/bus/nd/devices

bus()
{
	ndctl list -B -b nfit_test.0 | jq -r '.[0].dev'
}

# region SIZE
region()
{
	ndctl list -b nfit_test.0 -Ri | jq -r ".[] | select(.size == $1).dev"
}

# of the bus that BUS is
at_rest()
{
	[[ $(<"$DEVICES/$BUS/nfit/scrub") != *+ ]]
}

# bad REGION WANTED: its bad blocks are these
bad()
{
	[[ $(tr -s ' \n' ' ' <"$DEVICES/$1/badblocks") == "$2" ]]
}

# held N: so many calls of firmware do not return.
held()
{
	(($(cat $FAULTS/hold) >= $1))
}

# held_since SCRUBS: one does not, and there have been more scrubs than that
held_since()
{
	(($(cat $FAULTS/scrubs) > $1)) && held 1
}

# hold_results WHO START LENGTH: a scrub of that range is over, and what it has found is on its way.
hold_results()
{
	local before

	before=$(cat $FAULTS/scrubs)
	echo 2 >$FAULTS/hold
	echo "$2 $3" >"$DEVICES/$BUS/nfit/scrub_range"
	check "$1: results of the last scrub are on their way" wait_for 30 held 1
	echo 2 >$FAULTS/hold
	check "$1: those of the next are" wait_for 30 held_since "$before"
}
