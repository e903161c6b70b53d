# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# lib.sh - what scenarios speak in the guest.

# The words that describe the machine are the host's (machine.sh), and so is part (parts.sh).
title() { :; }
ram() { :; }
cpus() { :; }
cpu() { :; }
counted() { :; }
nodes() { :; }
hmat() { :; }
cxl() { :; }
nvdimm() { :; }
vpmem() { :; }
share() { :; }
unchanged() { :; }
carry() { :; }
made() { :; }
firmware() { :; }
append() { :; }
kernels() { :; }
modules() { :; }
short_of_memory() { :; }
log_may_say() { :; }
limit() { :; }
part() { :; }
needs() { :; }
boot() { :; }

# --- the verdict -------------------------------------------------------------------------------

# verdict LINE: on a line of its own, whatever the transcript left unfinished.
verdict()
{
	printf '\n%s\n' "$1" >&3
}

died()
{
	verdict "not ok $BOOT runs to its end: line $2: $1 (status $3)"
	finish
}

guard_errors()
{
	# errexit also in $( ) where there is no trap to see an error: in what check looks at
	shopt -s inherit_errexit
	set -eE
	trap 'died "$BASH_COMMAND" "$LINENO" "$?"' ERR
}

# check NAME CMD...: the check passes when CMD succeeds; a function's every command has to.
check()
{
	local name=$1 out rc
	shift
	trap - ERR
	set +e
	out=$(set -e; "$@" 2>&1)
	rc=$?
	guard_errors
	if ((rc == 0)); then
		verdict "ok $name"
	else
		echo "$out"
		verdict "not ok $name: $* (status $rc): $(tail -n 3 <<<"$out" | tr '\n' ';')"
	fi
}

# refused NAME TEXT CMD...: the check passes when CMD fails and what it says contains TEXT.
refused()
{
	local name=$1 text=$2
	shift 2
	check "$name" fails_saying "$text" "$@"
}

# by_bind TEXT: what a store to a driver's bind says when the driver refuses with TEXT: before 5.13
# the kernel keeps the driver's errno to itself.
by_bind()
{
	local major minor

	IFS=.- read -r major minor _ < <(uname -r)
	((major * 100 + minor >= 513)) || set -- "No such device"
	echo "$1"
}

fails_saying()
{
	local text=$1 out=/tmp/said.$BASHPID
	shift
	[[ -n $text ]] || { echo "any failure would do: say which"; return 1; }
	# no $(holds ...): see there
	if holds "$@" >"$out"; then
		echo "succeeded, expected \"$text\""
		return 1
	fi
	grep -qF -e "$text" "$out" || { echo "said: $(<"$out")"; return 1; }
}

# holds CMD...: CMD, of which every command has to succeed, when it is a function: also where the
# shell would go on after one that fails, as it does left of || and &&, after !, and in conditions.
# There it knows of no way back, but for a process substitution, and that only outside of $( ). CMD
# can set no variables. How it ended is in a file: "wait $!" waits, when CMD ends just before it, for any other
# child, as bash does not know a process substitution's then; and init has children that never end.
holds()
{
	local fd line rc=255 ended=/tmp/ended.$BASHPID

	# locals are gone when the trap is run
	exec {fd}< <(trap "echo \$? >$ended" EXIT; trap - ERR; set -e; "$@" 2>&1)
	while IFS= read -r -u "$fd" line || [[ -n $line ]]; do
		printf '%s\n' "$line"
	done
	exec {fd}<&-
	[[ ! -e $ended ]] || { rc=$(<"$ended"); rm "$ended"; }
	return "$rc"
}

# same TEST GOT WANTED
same()
{
	check "$1" equal "$2" "$3"
}

equal()
{
	[[ $1 == "$2" ]] || { echo "got \"$1\", wanted \"$2\""; return 1; }
}

# show TEXT: a line for whoever watches; no part of the verdict.
show()
{
	local line
	while IFS= read -r line; do
		verdict "show $line"
	done <<<"$1"
}

# plug NAME: have the host plug in an NVDIMM that was declared "later".
plug()
{
	verdict "plug $1"
}

# wait_for SECONDS CMD...: poll an event, with a bound.
wait_for()
{
	local end=$((SECONDS + $1))
	shift
	until holds "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || { echo "waited in vain for: $*"; return 1; }
		sleep 0.05
	done
}

# module_at MODULE: its directory; ours has another beside a driver that the kernel has built in.
module_at()
{
	if [[ -e /sys/module/ndstack_$1 ]]; then
		echo "/sys/module/ndstack_$1"
	else
		echo "/sys/module/$1"
	fi
}

# whose MODULE: ours, a test build (which is ours, for the mock bus), or intree.
whose()
{
	# what is built in has no such file
	if [[ $(cat "$(module_at "$1")/taint" 2>/dev/null) != *O* ]]; then
		echo intree
	elif [[ $(cat "$(module_at "$1")/version" 2>/dev/null) == *-test ]]; then
		echo mock
	else
		echo ours
	fi
}

# ndstack_modules: each behind those it needs. replaced_modules: by all names that kernels have for them.
ndstack_modules()
{
	awk '/^[a-z]/ { print $1 }' /vm/modules
}

replaced_modules()
{
	awk '/^[a-z]/ { for (i = 2; i <= NF; i++) { sub(".*/", "", $i); print $i == "-" ? $1 : $i } }' /vm/modules
}

# whose_modules: every module that is loaded is of the set that this boot is to judge. Said of each
# boot at its end, and only when it is not so: a verdict on the wrong modules is worth nothing.
whose_modules()
{
	local module strange=''

	for module in $(replaced_modules); do
		# what is built in has no such file
		[[ ! -e $(module_at $module)/taint || $(whose $module) == "$SET" ]] ||
			strange+=" $module is $(whose $module)"
	done
	[[ -z $strange ]] || verdict "not ok modules are $SET:$strange"
}

# races_stay_looked_for: what has turned itself off reports nothing any more.
races_stay_looked_for()
{
	[[ ! -e /sys/kernel/debug/kcsan ]] || grep -qx 'enabled: 1' /sys/kernel/debug/kcsan ||
		echo "<2>vm: data races are no longer looked for" >/dev/kmsg
}

# last_words MARK: to both serial lines; what comes now ends the machine, and fails no check.
last_words()
{
	trap - ERR
	set +e
	whose_modules
	races_stay_looked_for
	echo "<2>vm: $BOOT is over" >/dev/kmsg
	verdict "$1"
}

finish()
{
	# Let the transcript's sed drain before the last word.
	exec 1>&3 2>&3
	sync
	last_words end
	# What is set is set when all before it has been sent; power-off waits for no line.
	stty -F "${LINE:-/dev/ttyS1}" -echo
	poweroff -f
}

# shared NAME DIR: mount what the host shares by that name; what is written there stays in the guest's memory.
shared()
{
	modprobe -a virtio_pci 9pnet_virtio 9p overlay
	mkdir -p "$2" "/shared/$1"/{host,own}
	mount -t 9p -o trans=virtio,version=9p2000.L,cache=loose,msize=262144,ro "$1" "/shared/$1/host"
	mount -t tmpfs own "/shared/$1/own"
	mkdir "/shared/$1/own"/{upper,work}
	mount -t overlay -o "lowerdir=/shared/$1/host,upperdir=/shared/$1/own/upper,workdir=/shared/$1/own/work" "$1" "$2"
}

# power_cut: the host ends the machine at once; nothing is unmounted, synced or unloaded.
power_cut()
{
	last_words cut
	while :; do sleep 60; done
}

# power_fails_by COMMAND...: that command ends the machine.
power_fails_by()
{
	last_words 'power fails'
	"$@"
	verdict "not ok power fails"
	while :; do sleep 60; done
}

run_boot()
{
	guard_errors
	"$1"
	finish
}

# --- modules and the bus -----------------------------------------------------------------------

ours()
{
	[[ $SET != intree ]]
}

# all_of_the_set MODULE...: they are there, and of the set (see whose_modules).
all_of_the_set()
{
	local module

	for module; do
		[[ $(whose "$module") == "$SET" ]]
	done
}

load()
{
	modprobe -a nfit nd_pmem
	all_of_the_set libnvdimm nfit nd_pmem
	settle
}

# load_dax: the same, and what makes dax devices.
load_dax()
{
	load
	modprobe -a device_dax dax_pmem
	settle
}

# load_provider MODULE PARAMETER...: another provider than nfit.
load_provider()
{
	modprobe "$@"
	modprobe nd_pmem
	all_of_the_set libnvdimm nd_pmem
	settle
}

# unload [PROVIDER]: a bound device pins the module of its bus, so regions and dimms go first.
unload()
{
	local dev

	for dev in /sys/bus/nd/devices/{region*,nmem*}; do
		[[ ! -e $dev/driver ]] || echo "${dev##*/}" >"$dev/driver/unbind"
	done
	modprobe -r nd_pmem "${1:-nfit}"
}

# unload_rest: which modules modprobe -r takes along depends on the order it looks at them in; what
# is left nobody uses.
unload_rest()
{
	local module

	for module in $(ndstack_modules | tac) nfit_test_iomap; do
		[[ ! -e $(module_at "$module")/taint ]] || rmmod "$(basename "$(module_at "$module")")"
	done
}

# busy: hundredths of a second that processors were at work since boot.
busy()
{
	awk '$1 == "cpu" { print $2 + $3 + $4 + $7 + $8 }' /proc/stat
}

# settle: wait until every region has probed what it holds.
settle()
{
	local bus
	for bus in /sys/bus/nd/devices/ndbus*; do
		[[ $(cat "$bus/../wait_probe" 2>/dev/null || cat "$bus/wait_probe") == 1 ]]
	done
}

# region NMEM: the region that maps a DIMM, by its first mapping.
region()
{
	local r
	for r in /sys/bus/nd/devices/region*; do
		[[ $(cat "$r/mapping0" 2>/dev/null) == "$1,"* ]] && { echo "${r##*/}"; return; }
	done
	return 1
}

# region_at ADDRESS: the region that begins there.
region_at()
{
	local r

	for r in /sys/bus/nd/devices/region*; do
		(($(<"$r/resource") != $1)) || { echo "${r##*/}"; return; }
	done
	return 1
}

# put DEVICE NAME VALUE: store an attribute.
put()
{
	echo "$3" >"/sys/bus/nd/devices/$1/$2"
}

# attr DEVICE NAME
attr()
{
	cat "/sys/bus/nd/devices/$1/$2"
}

# node_memory NODE: its RAM, in KiB.
node_memory()
{
	sed -n 's/.*MemTotal: *\([0-9]*\) kB/\1/p' "/sys/devices/system/node/node$1/meminfo"
}

# fsyncs_wait N: N tasks at least sleep in fsync().
fsyncs_wait()
{
	local file n=0

	for file in /proc/[0-9]*/task/*/wchan; do
		[[ $(<"$file") != *vpmem_flush* && $(<"$file") != *io_schedule* &&
		   $(<"$file") != *submit_bio_wait* && $(<"$file") != *bio_await* ]] ||
			n=$((n + 1))
	done 2>/dev/null
	((n >= $1))
}

# why DEVICE: the reason of the last failure, empty when fine.
why()
{
	cat "/sys/bus/nd/devices/$1/last_error"
}

# told DEVICE: what ndstack says is wrong with it, and what to type.
told()
{
	ndstack why "$1" && return 1 || (($? == 1))
}

# typed DEVICE [WAY]: what "ndstack why" has to be typed for its newest reason, the WAYth of the ways.
typed()
{
	local commands command

	commands=$(told "$1" | awk -v way="${2:-1}" '
		/^[^ ]/ { seen++ }
		seen == 1 && /^    type:/ { n = 1 }
		seen == 1 && /^    or:/ { n++ }
		seen == 1 && n == way && /^        / { print substr($0, 9) }')
	[[ -n $commands ]] || { echo "nothing to type"; told "$1"; return 1; }
	while read -r command; do
		echo "# $command"
		bash -c "$command" </dev/null
	done <<<"$commands"
	settle
}

# init_labels WORD...: fresh label areas on every DIMM, regions up again.
init_labels()
{
	ndctl disable-region all
	ndctl init-labels -f "$@" all
	ndctl enable-region all
}

# bound DEVICE: it has a driver.
bound()
{
	[[ -e /sys/bus/nd/devices/$1/driver ]]
}

unbound()
{
	! bound "$1"
}

# create REGION WORD...: create a namespace, print its name.
create()
{
	ndctl create-namespace -r "$1" "${@:2}" | jq -er .dev
}

# by_name NAME: the namespace that was given a name.
by_name()
{
	ndctl list -Ni | jq -er --arg name "$1" '[.[] | select(.name == $name)][0].dev'
}

# disk NAMESPACE: its block device, e.g. pmem0.
disk()
{
	ndctl list -N -n "$1" | jq -er '.[0].blockdev'
}

# --- memory -------------------------------------------------------------------------------------

# available_once: bytes, with the free pages that wait in the lists of CPUs: up to tens of MiB, which
# MemAvailable leaves out.
available_once()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	cat /proc/sys/vm/stat_refresh
	awk '/^MemAvailable/ { sum += $2 * 1024 }
		$1 == "count:" { sum += $2 * 4096 }
		END { print sum }' /proc/meminfo /proc/zoneinfo
}

# available_memory: two readings in a row that are alike; what was freed comes back in its own time.
available_memory()
{
	local last=0 now _

	for _ in {1..30}; do
		now=$(available_once)
		((now - last > 65536 || last - now > 65536)) || break
		last=$now
	done
	echo "$now"
}

# within_percent GOT WANTED
within_percent()
{
	local off=$(($1 - $2))
	((${off#-} * 100 <= $2))
}

# --- data --------------------------------------------------------------------------------------

# sum DEVICE [BYTES]: a digest of the data a block device or file holds.
sum()
{
	if (($# > 1)); then
		dd if="$1" bs=1M count="$2" iflag=count_bytes status=none | sha256sum | cut -d' ' -f1
	else
		dd if="$1" bs=1M status=none | sha256sum | cut -d' ' -f1
	fi
}

# full_of TEXT AT: the 4 KiB that stamp writes there
full_of() { yes "$1, at $2" | head -c 4096; }

# ends_of NAMESPACE [FROM [TO]]: where the first and the last 4 KiB are of its disk, or of these bytes of it
ends_of()
{
	local to=${3:-}

	[[ -n $to ]] || to=$(blockdev --getsize64 "/dev/$(disk "$1")")
	echo "${2:-0} $((to - 4096))"
}

# stamp NAMESPACE TEXT [FROM [TO]]: both are full of TEXT, and of where they are, when this returns.
stamp()
{
	local at

	for at in $(ends_of "$1" "${@:3}"); do
		full_of "$2" "$at" | dd of="/dev/$(disk "$1")" bs=4096 seek=$((at / 4096)) iflag=fullblock oflag=direct \
			conv=fsync,notrunc status=none
	done
}

# stamped NAMESPACE TEXT [FROM [TO]]: and still are, each byte.
stamped()
{
	local at

	for at in $(ends_of "$1" "${@:3}"); do
		stamped_at "$1" "$2" "$at" || return 1
	done
}

stamped_at()
{
	dd if="/dev/$(disk "$1")" bs=4096 count=1 skip=$(($3 / 4096)) iflag=direct status=none | cmp - <(full_of "$2" "$3")
}

# wiped NAMESPACE TEXT [TO]: of what was stamped the first 4 KiB are zeroes, as "ndctl destroy-namespace" writes them over
# the first 8 KiB before it deletes the label, and the last are as they were: one that is being destroyed may be met so.
wiped()
{
	cmp -n 4096 "/dev/$(disk "$1")" /dev/zero || return 1
	stamped_at "$1" "$2" "$(ends_of "$1" 0 "${@:3}" | cut -d' ' -f2)"
}

# fio_verify NAME TARGET SIZE WORD...: write a checkable pattern, read it back.
fio_verify()
{
	local name=$1 target=$2 size=$3
	shift 3
	fio --name="$name" --filename="$target" --size="$size" --rw=randwrite --verify=crc32c \
		--verify_fatal=1 --do_verify=1 --thread --randrepeat=1 --output-format=json \
		"$@" >/tmp/fio.json || { cat /tmp/fio.json; return 1; }
	jq -e '[.jobs[].error] | all(. == 0)' </tmp/fio.json
	jq -e '[.jobs[].read.io_bytes] | add > 0' </tmp/fio.json
}
