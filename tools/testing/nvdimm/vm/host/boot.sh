# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# boot.sh - one boot of the machine: run it, watch it, judge it.
#
# Guest and host speak over the second serial line: "ok LAW", "not ok LAW: detail", "end" (a
# boot function came to its end), "cut" (power may fail now), "power fails" (of itself, from now on);
# lines with "# " are transcript. What the boot before had said is found in the guest as /vm/said.
# The first serial line is the kernel's, and is judged as a whole.

# Watchdogs are off (except the hung-task one) because a starved host, not our code, is what
# makes an emulated CPU miss its deadlines; a guest that really hangs meets the time limit.
# For the same reason the kernel doesn't try out its timer: a CPU that isn't run for some ticks
# would be taken for a broken IO-APIC, which is a panic. (Under KVM it knows by itself.)
#
# TSCs that QEMU emulates are one, which the kernel cannot know; otherwise it reads the time from
# an HPET, a device. That, and what protects a kernel from its processor, were a fifth of all.
# A program that lies at another place each time takes QEMU 7.2 three times as long to start: no
# addresses are random.
#
# The other CPUs join when the guest's init runs: most jump labels are patched by then, which
# QEMU before 8.1 is no good at: see stale_breakpoint().
KERNEL_LINE='console=ttyS0 loglevel=6 rdinit=/vm/init panic=-1 oops=panic nowatchdog
	rcupdate.rcu_cpu_stall_suppress=1 random.trust_cpu=on no_timer_check maxcpus=1
	tsc=reliable mitigations=off norandmaps'
# of arm64, whose jump labels are no breakpoints
KERNEL_LINE_ARM64='console=ttyAMA0 loglevel=6 rdinit=/vm/init panic=-1 oops=panic nowatchdog
	rcupdate.rcu_cpu_stall_suppress=1 random.trust_cpu=on mitigations=off norandmaps'

TROUBLE='WARNING:|BUG[: ]|Oops|general protection|Kernel panic|Call Trace|possible circular'
TROUBLE+='|INFO: possible|inconsistent lock|INFO: task .* blocked|hung task|KASAN|UBSAN|KFENCE'
TROUBLE+='|memory leak|kmemleak|leaked|Objects remaining|sysfs: cannot create duplicate|refcount_t'
TROUBLE+='|list_(add|del) corruption|Bad page|Bad rss|scheduling while atomic|ODEBUG'
TROUBLE+='|nonexistent resource|disagrees about version|Unknown symbol|Trying to v?free'
TROUBLE+='|kobject.*(initialized|tried to|not initialized)|does not have a release'
# What a disk or a filesystem has lost. Who has it lose that says so: log_may_say, of machine.sh. Tests of others have
# disks lose things, and do not say so beforehand: theirs may.
LOST='Buffer I/O error|lost (async|sync) page write|EXT4-fs error|EXT4-fs .*(Delayed block allocation failed|Remounting filesystem read-only)'
LOST+='|JBD2: .*[Ee]rror|Aborting journal|XFS \([^)]*\): .*([Cc]orruption|I/O [Ee]rror|Internal error|[Ss]hutting down|[Ss]hutdown)'
TROUBLE+="|$LOST"
# A log that has lost lines may have lost those.
TROUBLE+='|printk messages dropped'

# Words of a checker about itself. How many leaks a scan suspects says nothing of whose they are:
# scans are only run by who judges each of them (no_leaks in stress/guest/stress.sh).
HARMLESS='kmemleak: Kernel memory leak detector initialized'
HARMLESS+='|kmemleak: [0-9]+ new suspected memory leaks'

# What other parts of the kernel print a stack of when an allocation of theirs is refused.
SHORTAGE='kmem_cache_create(_usercopy)?\(bio-[0-9]+\) failed|vmalloc error: size'
SHORTAGE+='|: page allocation failure|percpu: allocation failed, size='
# A module whose directory of drivers cannot be made has its driver linked from the root of sysfs,
# and nobody removes that: module_add_driver().
SHORTAGE+="|cannot create duplicate filename '//(acpi|platform|virtio|dax|nd):[a-z0-9_]+'"
# Who gives a range struct pages, memremap_pages() or add_memory(), is told that one of its sections
# found no memory, and so is the log: add_pages() of x86 warns of any error. No driver can ask
# beforehand, nor leave that function out. Only of this error (WARNED): that there are pages already,
# or that a range is no multiple of what it has to be, would be ours.
SHORTAGE+='|WARNING: .* at arch/x86/mm/init_64\.c:[0-9]+ add_pages\+'
WARNED='RAX: 00000000fffffff4' # -ENOMEM

# What the scenario says that its log may have, an extended regular expression; none unless it does.
MAY_SAY=''

# Their words without a stack.
SHORTAGE_WORDS='Unknown symbol [^ ]+ \(err -12\)'
SHORTAGE_WORDS+='|Huh VM_FAULT_OOM leaked out to the #PF handler'

# kvm_works KERNEL: a device node is no proof; boot something with it.
kvm_works()
{
	local mark

	mark=$CACHE/kvm-$(uname -r | fingerprint)
	[[ ${NDSTACK_ACCEL:-} == tcg ]] && return 1
	[[ -w /dev/kvm ]] || return 1
	if [[ ! -e $mark ]]; then
		# Without an init the guest panics, and resets; with -no-reboot that ends QEMU.
		if timeout 20 qemu-system-x86_64 -M q35 -accel kvm -m 256M -nodefaults -display none \
			-no-reboot -kernel "$1" -append 'console=ttyS0 panic=-1' -serial stdio </dev/null \
			2>/dev/null | grep -q 'Kernel panic'; then
			echo yes >"$mark"
		else
			echo no >"$mark"
		fi
	fi
	[[ $(<"$mark") == yes ]]
}

SECOND=(-serial stdio)
FIRMWARE_ARM64=/usr/share/qemu-efi-aarch64/QEMU_EFI.fd

# compose DIR BOOT N SCENARIO KDIR SET: build the initramfs; sets QEMU to the whole command
# but its serial lines and monitor, and SECOND, the second of those lines. BOOT is the guest's function,
# or "shell".
compose()
{
	local dir=$1 boot=$2 n=$3 scenario=$4 kdir=$5 set=$6 kernel file nvdimm=on
	local features=$FEATURES${BOOT_CPU[$3]:-} line=/dev/ttyS1 shell=/dev/ttyS0 words=${BOOT_APPEND[$n]:-} kept

	kernel=$(echo "$kdir"/boot/vmlinuz-*)
	# Firmware of our own has the only ACPI0012.
	[[ -z $FIRMWARE ]] || nvdimm=off
	mkdir -p "$dir/extra/vm"
	cp "$VM"/guest/{init,lib.sh,shellrc} "$dir/extra/vm/"
	cp "$TOP/drivers/modules" "$dir/extra/vm/"
	cp "$scenario" "$dir/extra/vm/scenario"
	# arm64's machine has a serial line of its own, and the other is a PCI device
	[[ $(guest_arch "$kdir") != arm64 ]] || line=/dev/ttyS0 shell=/dev/ttyAMA0
	printf 'BOOT=%s\nSET=%s\nLIVES=%s\nLINE=%s\nCONSOLE=%s\n' "$boot" "$set" "${NDSTACK_LIVES:-12}" "$line" "$shell" \
		>"$dir/extra/vm/parameters"
	[[ ! -e $dir/boot$((n - 1)).log ]] || cp "$dir/boot$((n - 1)).log" "$dir/extra/vm/said"
	for file in "${CARRY[@]}"; do
		cp "$TOP/${file//@RELEASE@/${kernel##*/vmlinuz-}}" "$dir/extra/vm/"
	done
	for file in "${MADE[@]}"; do
		# shellcheck disable=SC2086 # a command and its words
		[[ -e $dir/extra/vm/${file%% *} ]] ||
			(cd "$TOP/tools/testing/nvdimm" && ${file#* } "$dir/extra/vm/${file%% *}")
	done
	[[ -z $BOTH ]] || put_both "$dir/extra" "${kernel##*/vmlinuz-}"
	initramfs "$dir/initrd" "$kdir" "$set" "$FIO" "$dir/extra"
	kept=$(initcalls_built_in "$kdir")
	[[ -z $kept || $set == intree || -n ${BOOT_STARTS[$n]:-} ]] || words+=" initcall_blacklist=$kept"
	if [[ $(guest_arch "$kdir") == arm64 ]]; then
		compose_arm64 "$kernel" "$dir/initrd" "$nvdimm" "$words" "$features"
	else
		compose_x86 "$kernel" "$dir/initrd" "$nvdimm" "$words" "$features"
	fi
	machine_args "$dir" "$n"
	host_disk "$dir" "$n"
}

# multi: each of its processors is a thread, and they race. With single they take turns, of which a run that is not about races
# gets twice as much done on a busy host: there, one that waits for another keeps that one from running.
TCG_THREADS=multi

# compose_x86 KERNEL INITRD NVDIMM APPEND FEATURES
compose_x86()
{
	local kernel=$1 nvdimm=$3 features=$5

	SECOND=(-serial stdio)
	QEMU=(qemu-system-x86_64 -M "q35,nvdimm=$nvdimm,usb=off,vmport=off,smbus=off,sata=off"
		-nodefaults -display none -no-reboot -kernel "$kernel" -initrd "$2"
		-append "${KERNEL_LINE//[$'\n\t']/ }$APPEND$4")
	if [[ -n $COUNTED ]]; then
		QEMU+=(-accel "tcg,thread=single" -icount "shift=0,sleep=off" -rtc "base=2026-01-01,clock=vm" -cpu "max,la57=off$features")
	elif kvm_works "$kernel"; then
		QEMU+=(-accel kvm -cpu "host$features")
	else
		QEMU+=(-accel "tcg,thread=$TCG_THREADS" -cpu "max,la57=off$features")
	fi
}

# compose_arm64: the same. Only with its firmware has the machine ACPI. The processor can write caches back
# to where they persist (DC CVAP).
compose_arm64()
{
	SECOND=(-chardev "stdio,id=second" -device "pci-serial,chardev=second")
	QEMU=(qemu-system-aarch64 -M "virt,nvdimm=$3,gic-version=3" -bios "$FIRMWARE_ARM64"
		-nodefaults -display none -no-reboot -kernel "$1" -initrd "$2"
		-append "${KERNEL_LINE_ARM64//[$'\n\t']/ }$APPEND$4"
		-accel "tcg,thread=multi" -cpu "neoverse-n1$5")
}

# on_line LINE: called for each line of the second serial line; the demo has its own.
on_line() { :; }

# watch FD N VERDICT LOG: read the guest's lines until it is over; sets MARK to end, cut or ''.
watch()
{
	local fd=$1 n=$2 verdict=$3 log=$4 start=$SECONDS left line

	MARK=''
	while :; do
		left=$((start + LIMIT - SECONDS))
		if ((left <= 0)); then
			echo "not ok boot$n is over within $LIMIT s" >>"$verdict"
			return 0
		fi
		IFS= read -r -t "$left" line <&"$fd" || { (($? > 128)) && continue; return 0; }
		line=${line%$'\r'}
		[[ -n $line ]] || continue
		printf '%4d %s\n' $((SECONDS - start)) "$line" >>"$log"
		on_line "$line"
		case $line in
		'ok '* | 'not ok '*) echo "$line" >>"$verdict" ;;
		end) MARK='end' ;;
		cut) MARK='cut'; return 0 ;;
		# the machine does by itself what the host does for "cut"
		'power fails') MARK='cut' ;;
		'plug '*) echo "device_add ${LATER[${line#plug }]}" >"$MONITOR" ;;
		esac
	done
}

# boot_once DIR N SCENARIO KDIR SET: leaves boot$N.{console,log,verdict,qemu} in DIR.
boot_once()
{
	local dir=$1 n=$2 pid fd status=0
	local log=$dir/boot$n.log console=$dir/boot$n.console verdict=$dir/boot$n.verdict

	compose "$dir" "boot$n" "${@:2}"
	truncate -s 0 "$verdict" "$log" "$console"
	MONITOR=$dir/monitor.in
	[[ -p $MONITOR ]] || mkfifo "$MONITOR" "$dir/monitor.out"
	exec {fd}< <(exec "${QEMU[@]}" -chardev "pipe,id=monitor,path=$dir/monitor" \
		-mon chardev=monitor -serial "file:$console" "${SECOND[@]}" </dev/null \
		2>"$dir/boot$n.qemu")
	pid=$!
	watch "$fd" "$n" "$verdict" "$log"
	# The power cut, the time limit, or nothing when QEMU has ended by itself.
	kill -9 "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || status=$?
	exec {fd}<&-
	[[ -n $MARK ]] || echo "not ok boot$n comes to its end: QEMU ended with $status" >>"$verdict"
	host_power_cut "$dir"
	judge_races "$n" "$console" "$4" >>"$verdict"
	judge_console "$n" "$console" >>"$verdict"
	judge_flushes "$n" "$dir/boot$n.qemu" >>"$verdict"
	judge_media "$n" "$dir" >>"$verdict"
	rm -f "$dir/initrd"
}

# stale_breakpoint CONSOLE: did the emulator break this boot?
#
# Before its 8.1 (deba78709ae8, "accel/tcg: Always lock pages before translation") QEMU may
# translate code while another CPU writes it, and run what it has read once that is gone. A jump
# label is written as a breakpoint first, which the kernel then meets after it has forgotten it:
# an "int3" where its memory, which it prints, has none (0xcc) before the byte that was next. One
# of 38 boots of a stock 6.12 with nothing of ours ended so. No error of a kernel looks like this:
# whoever runs a breakpoint that is there finds it there.
stale_breakpoint()
{
	tr -d '\r' <"$1" | awk '
		/ int3: 0000 \[#1\]/ { met = 1 }
		met && match($0, /Code: .* <[0-9a-f][0-9a-f]>/) {
			stale = substr($0, RSTART + RLENGTH - 7, 2) != "cc"
			exit
		}
		END { exit !stale }'
}

# interactive DIR SCENARIO KDIR SET: the scenario's machine, and a shell on this terminal.
interactive()
{
	compose "$1" shell 0 "${@:2}"
	"${QEMU[@]}" -serial mon:stdio -serial null
}

# less_shortage: of a kernel log, all but whole reports of SHORTAGE, from the line that names one to
# the end of its stack. One that meets another report, or never ends, stays with what it met, as does
# a warning of anything but that memory is short.
less_shortage()
{
	SHORTAGE=$SHORTAGE WARNED=$WARNED TROUBLE=$TROUBLE awk '
		!kept && $0 ~ ENVIRON["SHORTAGE"] {
			kept = $0 "\n"
			short = !/WARNING:/
			stacks = more = 0
			next
		}
		!kept { print; next }
		{ kept = kept $0 "\n" }
		$0 ~ ENVIRON["WARNED"] { short = 1 }
		/Call Trace:/ && !stacks++ { next }
		$0 ~ ENVIRON["TROUBLE"] { more = 1 }
		/<\/TASK>/ {
			if (more || !short)
				printf "%s", kept
			kept = ""
		}
		END { printf "%s", kept }'
}

# troubles [MORE]: lines of a kernel log that are trouble, but for what is harmless, or as MORE, and for what the scenario
# says. Whoever judges a log asks this.
troubles()
{
	tr -d '\r' | grep -avE "$HARMLESS${MAY_SAY:+|$MAY_SAY}${1:+|$1}" | grep -aE "$TROUBLE"
}

# judge_console N FILE: the kernel log is part of the verdict, and so is its absence. FILE.trouble
# is what there is of it from the first report on.
judge_console()
{
	local bad forgiven=cat races=cat harmless='' ends=yes

	if ! grep -aq "vm: boot$1 is over" "$2"; then
		echo "not ok boot$1: kernel log has its end mark"
		ends=''
	fi
	# who is refused memory may lose a page, and says so
	[[ -z $SHORT ]] || forgiven=less_shortage harmless="$SHORTAGE_WORDS|$LOST"
	# each of them is judged by itself
	[[ ! -e $2.races ]] || races=less_races
	tr -d '\r' <"$2" | $races | $forgiven >"$2.judged"
	bad=$(troubles "$harmless" <"$2.judged" | head -n 3) || true
	: >"$2.trouble"
	if [[ -n $bad ]]; then
		grep -aF -A 60 -- "${bad%%$'\n'*}" "$2.judged" >"$2.trouble" || true
		echo "not ok boot$1: kernel log is silent: ${bad//$'\n'/;};"
	elif [[ -n $ends ]]; then
		echo "ok boot$1: kernel log is silent"
	fi
	rm "$2.judged"
}

# judge_flushes N FILE: how often the host was made to fsync().
judge_flushes()
{
	local want=${BOOT_FLUSHES[$1]:-} n

	[[ -n $want ]] || return 0
	n=$(grep -c '^hostdisk: fsync ' "$2") || true
	if ((n >= ${want%-*} && n <= ${want#*-})); then
		echo "ok boot$1: the host is asked $n times, from $want"
	else
		echo "not ok boot$1: the host is asked $n times, from $want"
	fi
}

# judge_media N DIR: NVDIMMs declared unchanged hold what they held before the first boot.
judge_media()
{
	local name

	for name in "${UNCHANGED[@]}"; do
		if [[ $(digest_but "$2/${name%%:*}.img" "${name#*:}") == "$(<"$2/${name%%:*}.sum")" ]]; then
			echo "ok boot$1: ${name%%:*} keeps every byte"
		else
			echo "not ok boot$1: ${name%%:*} keeps every byte"
		fi
	done
}
