# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# stress.sh - what the scenarios of this suite share, in the guest.

# Many threads queue for one lock, and who holds it waits for firmware that is interpreted by a
# kernel that checks itself, on an emulated CPU: a minute is no hang. Four are, and are reported
# before stress gives a thread up (STUCK_S).
echo 240 >/proc/sys/kernel/hung_task_timeout_secs

# races_kernel: is it the one that looks for data races, and does not check locks and leaks?
races_kernel()
{
	[[ -e /sys/kernel/debug/kcsan ]]
}

# word NAME: the value of stress.NAME= on the kernel's command line.
word()
{
	grep -o "stress\.$1=[^ ]*" /proc/cmdline | cut -d= -f2
}

# load_all: also the driver of namespaces in device-dax mode, where the tree has it.
load_all()
{
	load
	[[ ! -e /lib/modules/$(uname -r)/updates/dax_pmem.ko ]] || modprobe dax_pmem
}

# judged TEST CMD...: as check, but its figures are shown also when the check holds.
judged()
{
	check "$1" keep_figures "${@:2}"
	cat /tmp/figures
}

keep_figures()
{
	"$@" >/tmp/figures 2>&1 || { cat /tmp/figures; return 1; }
}

# memory_may_be_refused: by failslab, once it is told when. On the command line, slub_debug=
# A;-,kmeml*,debug_objects_cache keeps it from the checkers themselves; with the whole name
# that line of the log would look like a report.
memory_may_be_refused()
{
	echo N >/sys/kernel/debug/failslab/ignore-gfp-wait
	echo Y >/sys/kernel/debug/failslab/cache-filter
	# or each refusal is a trace in the log
	echo 0 >/sys/kernel/debug/failslab/verbose
	dax_regions_are_watched
}

REGIONS=/sys/kernel/debug/tracing/instances/dax_regions

# dax_regions_are_watched: from now on it is known which of them the dax bus has lost, by what
# alloc_dax_region() asks for, and by what it is refused below; see regions_lost.
dax_regions_are_watched()
{
	local from to

	# or who resizes the first buffer of all keeps that of sweep.c at its size of the boot: two pages
	echo 1408 >/sys/kernel/debug/tracing/buffer_size_kb
	mkdir $REGIONS
	read -r from to < <(sort /proc/kallsyms | awk '
		from && $1 != from { print "0x" from, "0x" $1; exit }
		$3 == "alloc_dax_region" { from = $1 }')
	echo 4096 >$REGIONS/buffer_size_kb
	echo 0 >$REGIONS/options/hash-ptr
	echo 1 >$REGIONS/options/stacktrace
	echo "ptr == 0 || (call_site >= $from && call_site < $to)" >$REGIONS/events/kmem/kmalloc/filter
	echo 1 >$REGIONS/events/kmem/kmalloc/enable
}

# regions_lost: of that trace, where the regions are that nobody can put: alloc_dax_region() takes
# two references, and when devm_add_action() finds no memory it puts one and returns none. A
# region's own allocation is the last of that task's, of those that succeed within
# alloc_dax_region(), before the one that is refused to devm_add_action().
regions_lost()
{
	awk '/ kmalloc: / { task = $1; callee = ""; address = $0
			sub(/.* ptr=(0x)?/, "", address); sub(/ .*/, "", address)
			refused = address ~ /^(0*|\(null\))$/ }
		/^ => alloc_dax_region/ && callee ~ /devm_add_action/ {
			if (refused && task in region) print "0x" region[task]
			delete region[task]; next }
		/^ => alloc_dax_region/ && !refused { region[task] = address }
		{ callee = $0 }'
}

# swept WHAT ARGUMENT...: for one kind of probe, see sweep.c.
swept()
{
	swept_to '' "$@"
}

# swept_to LAST WHAT ARGUMENT...: no later allocation than that one.
swept_to()
{
	local last=$1 what=$2
	shift 2

	[[ -n $(word only) && $what != *"$(word only)"* ]] ||
		judged "$what" /vm/sweep "$(word part)${last:+-$last}" "$@"
}

updates()
{
	echo "/lib/modules/$(uname -r)/updates/$1.ko"
}

# as_found: capacity, label slots, and which devices there are; the same before and after. Their
# numbers are the lowest that are free, so that one which is never given back shows as well.
as_found()
{
	local dev

	for dev in /sys/bus/nd/devices/region*; do
		echo "${dev##*/} $(cat "$dev"/{available_size,max_available_extent} | xargs)"
	done
	for dev in /sys/bus/nd/devices/nmem*; do
		echo "${dev##*/} slots $(cat "$dev/available_slots")"
	done
	for dev in /sys/bus/nd/devices/{namespace,pfn,btt,dax}*; do
		echo "${dev##*/}"
	done
	compgen -G '/sys/block/pmem*' || true
}

# not_the_cores LOST: of kmemleak's list, all but a few leaks that are the kernel's own. A device
# that is bound by name while it is being added gets a reason for its deferral (the answer is
# -EAGAIN), but not on the list of deferred devices, and only who leaves that list has the reason
# freed. And a slab cache that finds no memory for its directory in sysfs forgets the directory's
# name, as a bus and a class do theirs. The dax bus is the kernel's, too: of a device that it cannot
# make it forgets the name, or the range. And a region, when there is no memory for what would undo
# it: those in the list LOST, by address, and no other, for a provider may forget to put its own.
not_the_cores()
{
	awk -v lost=" ${1//$'\n'/ } " '
		/^unreferenced object/ { if (!core) printf "%s", all; all = ""; core = 0; object = " " $3 " " }
		/ alloc_dax_region\+/ && index(lost, object) { core = 1 }
		/ (device_set_deferred_probe_reason|sysfs_slab_add)\+/ { core = 1 }
		/ (bus|__class)_register\+/ && callee ~ / kobject_set_name\+/ { core = 1 }
		/ devm_create_dev_dax\+/ && callee ~ / (dev_set_name|alloc_dev_dax_range)\+/ { core = 1 }
		{ callee = $0; all = all $0 "\n" }
		END { if (!core) printf "%s", all }'
}

# no_leaks: what kmemleak finds is looked at again, for it may have met a pointer in flight.
# A scan passes over what has changed since the one before, so the first reports nothing.
no_leaks()
{
	local found='' scan lost=''

	[[ ! -d $REGIONS ]] || lost=$(regions_lost <$REGIONS/trace)
	for scan in 1 2 3 4; do
		# Younger objects than 5 s are not reported.
		sleep 6
		echo 3 >/proc/sys/vm/drop_caches
		echo scan >/sys/kernel/debug/kmemleak
		found=$(not_the_cores "$lost" </sys/kernel/debug/kmemleak)
		[[ $scan == 1 || -n $found ]] || return 0
	done
	echo "$found" | head -n 60 >&2
	grep -c 'unreferenced object' <<<"$found"
	return 1
}

# races_watched: it has set so many watchpoints, which is how it looks for races.
races_watched()
{
	local n

	n=$(sed -n 's/^setup_watchpoints: //p' /sys/kernel/debug/kcsan)
	show "$n watchpoints"
	((n > 1000))
}

# still_checked: a checker that has given up reports nothing any more; kmemleak takes no word then.
still_checked()
{
	grep -q 'debug_locks: *1' /proc/lockdep_stats || { echo "lockdep is off"; return 1; }
	echo stack=on >/sys/kernel/debug/kmemleak || { echo "kmemleak is off"; return 1; }
}

# levels_checked: lockdep has a class for the device locks of each level.
levels_checked()
{
	local level

	for level in bus dimm region claim namespace; do
		grep -q ": nd_${level}_device\$" /proc/lockdep || { echo "no $level"; return 1; }
	done
}

modules_gone()
{
	local module

	for module in nd_pmem nfit libnvdimm; do
		[[ ! -e /sys/module/$module ]] || { echo "$module is still there"; return 1; }
	done
}

# aftermath STATE [PROVIDER]: what every scenario ends with.
aftermath()
{
	check "everything can be enabled, and emptied" /vm/restore
	same "capacity, label slots and seeds are as at the start" "$(as_found)" "$1"
	races_kernel || check "lockdep watches the device locks of each level" levels_checked
	check "label areas are sound" ndctl check-labels all
	[[ ! -e /sys/module/dax_pmem ]] || modprobe -r dax_pmem
	unload ${2:+"$2"}
	check "unloaded modules are gone" modules_gone
	if races_kernel; then
		check "data races have been looked for" races_watched
		return
	fi
	check "nothing was leaked" no_leaks
	check "the checkers are still on" still_checked
}
