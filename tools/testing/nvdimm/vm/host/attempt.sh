# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# attempt.sh - all boots of one scenario, and the log lines that explain a failure.

# one SCENARIO KERNEL DIR: all boots; leaves DIR/verdict, a line for each law.
one()
{
	local scenario=$1 series=$2 dir=$3 n kdir set start=$SECONDS

	load_scenario "$scenario"
	! kernel_checks "$series" || machine_that_checks "$series"
	make_media "$dir"
	for ((n = 1; n <= BOOTS; n++)); do
		kdir=$(kernel_dir "${BOOT_KERNEL[$n]:-$series}")
		set=${BOOT_MODULES[$n]:-$SET}
		# beside the test builds, a boot may want the modules themselves
		[[ $SET != intree ]] || set=$SET
		boot_once "$dir" "$n" "$scenario" "$kdir" "$set"
		sed "s/^\(not \)\?ok /&$n /" "$dir/boot$n.verdict" >>"$dir/verdict"
		# What follows builds on what just failed.
		grep -q "^not ok .*comes to its end: QEMU" "$dir/boot$n.verdict" && break
	done
	echo $((SECONDS - start)) >"$dir/seconds"
	# what its machines took of the processors, however busy these are with others
	times >"$dir/times" # in this shell, whose children they were
	awk -F '[ms ]+' 'NR == 2 { print int($1 * 60 + $2 + $3 * 60 + $4) }' "$dir/times" >"$dir/cpu"
}

# attempt SCENARIO KERNEL DIR: one(), whatever comes of it; and anew, at most twice, where QEMU
# broke a boot and not what is under test.
attempt()
{
	local dir=$3 again

	for again in '' 'once more' 'twice more'; do
		rm -rf "$dir"
		mkdir -p "$dir"
		(set -e; one "$@") >"$dir/host.log" 2>&1
		[[ -e $dir/seconds ]] ||
			echo "not ok 0 the harness itself: $(tail -n 1 "$dir/host.log")" >>"$dir/verdict"
		[[ -z $again ]] || echo "$again" >"$dir/again"
		broken_by_qemu "$dir" || break
	done
}

# lost_interrupt CONSOLE: did the guest's second serial line stay silent because its interrupt was
# lost while the other processor came up? The guest then reaches its end, and the host hears nothing.
lost_interrupt()
{
	grep -aq 'No irq handler for vector' "$1" && [[ ! -s ${1%.console}.log ]]
}

# broken_by_qemu DIR: was it a breakpoint that isn't there, or a lost interrupt?
broken_by_qemu()
{
	local console

	for console in "$1"/boot*.console; do
		[[ -e $console ]] || continue
		! stale_breakpoint "$console" || return 0
		! lost_interrupt "$console" || return 0
	done
	return 1
}

# first_report DIR: what the kernel reported first, for who has no other log than this run's.
first_report()
{
	local n

	n=$(sed -n 's/^not ok \([0-9]*\) .*: kernel log is silent: .*/\1/p' "$1/verdict" | head -n 1)
	[[ -n $n ]] || return 0
	head -n 60 "$1/boot$n.console.trouble" | cut -c1-120 | sed 's/^/       log: /'
}

# last_words DIR: of a boot that didn't come to its end, what was said before.
last_words()
{
	local n file

	n=$(sed -n 's/^not ok \([0-9]*\) .*comes to its end: QEMU.*/\1/p' "$1/verdict" | head -n 1)
	[[ -n $n ]] || return 0
	for file in "$1/boot$n".{console,log,qemu}; do
		[[ -s $file ]] || continue
		{
			grep -aE -m 8 "$TROUBLE|RIP: 0010" "$file" || true
			echo ...
			tail -n 20 "$file"
		} | tr -d '\r' | cut -c1-200 | sed "s/^/       ${file##*.}: /"
	done
}
