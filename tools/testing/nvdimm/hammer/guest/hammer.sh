# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# hammer.sh - what the hammer's scenarios share, in the guest.

# word NAME: the value of hammer.NAME= on the kernel's command line.
word()
{
	grep -o "hammer\.$1=[^ ]*" /proc/cmdline | cut -d= -f2
}

# judged LAW CMD...: as check, but its figures are shown also when the law holds.
judged()
{
	check "$1" keep_figures "${@:2}"
	cat /tmp/figures
}

keep_figures()
{
	"$@" >/tmp/figures 2>&1 || { cat /tmp/figures; return 1; }
}

# as_found: capacity, label slots, and that every seed is there; the same before and after.
as_found()
{
	local dev seed

	for dev in /sys/bus/nd/devices/region*; do
		echo "${dev##*/} $(cat "$dev"/{available_size,max_available_extent} | xargs)"
		for seed in namespace_seed pfn_seed btt_seed dax_seed; do
			[[ -d /sys/bus/nd/devices/$(cat "$dev/$seed") ]] || echo "no $seed"
		done
	done
	for dev in /sys/bus/nd/devices/nmem*; do
		echo "${dev##*/} slots $(cat "$dev/available_slots")"
	done
	compgen -G '/sys/block/pmem*' || true
}

# no_leaks: what kmemleak finds is looked at again, for it may have met a pointer in flight.
no_leaks()
{
	local found=''

	for _ in 1 2 3; do
		# Younger objects than 5 s are not reported.
		sleep 6
		echo 3 >/proc/sys/vm/drop_caches
		echo scan >/sys/kernel/debug/kmemleak
		found=$(cat /sys/kernel/debug/kmemleak)
		[[ -n $found ]] || return 0
	done
	echo "$found" | head -n 60 >&2
	grep -c 'unreferenced object' <<<"$found"
	return 1
}

# still_checked: a checker that has given up reports nothing any more.
still_checked()
{
	grep -q 'debug_locks: *1' /proc/lockdep_stats || { echo "lockdep is off"; return 1; }
	echo scan >/sys/kernel/debug/kmemleak || { echo "kmemleak is off"; return 1; }
}

modules_gone()
{
	local module

	for module in nd_pmem nfit libnvdimm; do
		[[ ! -e /sys/module/$module ]] || { echo "$module is still there"; return 1; }
	done
}

# aftermath STATE: what every hammering ends with.
aftermath()
{
	check "everything can be enabled, and emptied" /vm/restore
	same "capacity, label slots and seeds are as at the start" "$(as_found)" "$1"
	check "label areas are sound" ndctl check-labels nmem0 nmem1
	unload
	check "unloaded modules are gone" modules_gone
	check "nothing was leaked" no_leaks
	check "the checkers are still on" still_checked
}
