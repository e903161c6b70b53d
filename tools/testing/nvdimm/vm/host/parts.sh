# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# parts.sh - scenarios whose whole work takes hours.
#
#   part N WHAT...   the scenario does one Nth of its work: the first, or the one that NDSTACK_PART
#                    numbers from 0. PART is that number and PARTS is N, for the words after this
#                    one; with NDSTACK_WHOLE=yes the scenario does all, and they are 0 and 1.
part()
{
	[[ $1 -gt 1 && -n ${*:2} ]] || die "part N WHAT: of how many, and what?"
	PART=${NDSTACK_PART:-0} PARTS=$1 PART_WHAT="${*:2}"
	[[ -z ${NDSTACK_WHOLE:-} ]] || PART=0 PARTS=1
}
