# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# guest.sh - a guest for some of ndctl's tests, which run there one after another.

# The guest loads these by name; the rest comes with them.
NFIT_MODULES=(virtio_blk virtio_pci ext4 xfs dm_mod crc32c_generic crc32c_intel encrypted_keys
	device_dax dax_pmem kmem dax_hmem)

# has_disks KDIR RELEASE: can the kernel read the root disk? Where it cannot, the guest has its files in memory.
has_disks()
{
	[[ -n $(module_files "$1/lib/modules/$2" virtio_blk) ]] || grep -q '/virtio_blk\.ko$' "$1/lib/modules/$2/modules.builtin"
}

# lacking KDIR RELEASE OPTION...: those that the kernel was configured without.
lacking()
{
	local config=$1/boot/config-$2 option

	[[ -e $config ]] || config=$1/build/.config
	# newer packages of Debian's have none, and all of it
	[[ -e $config ]] || return 0
	for option in "${@:3}"; do
		grep -qE "^CONFIG_$option=[ym]\$" "$config" || echo "CONFIG_$option"
	done
}

# make_nfit_modules OUT KDIR RELEASE MODULES
make_nfit_modules()
{
	local GUEST_MODULES=("${NFIT_MODULES[@]}")

	make_modules "$@"
}

# make_files OUT DISK: what is on the disk, as a cpio part. Some of it only root may read.
make_files()
{
	local out=$1 disk=$2 root=$1.root

	mkdir -p "$root"
	as_root debugfs -R "rdump / $root" "$disk" >"$out.log" 2>&1
	[[ -e $root/ndctl/build/test ]] || { tail -n 20 "$out.log" >&2; die "cannot read $disk"; }
	as_root rmdir "$root/lost+found"
	as_root sh -c "cd '$root' && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0" >"$out"
	as_root rm -rf "$root" "$out.log"
}

# make_nfit_part OUT KDIR RELEASE MODULES: what a guest with its files in memory has beside them.
make_nfit_part()
{
	local out=$1 root=$1.root

	install -D "$NFIT/guest/rc" "$root/vm/init"
	install -D -t "$root/nfit" "$NFIT/guest/journalctl"
	install -D "$(command -v busybox)" "$root/vm/busybox"
	make_nfit_modules "$out.modules" "${@:2}"
	{ pack "$root"; cat "$out.modules"; } >"$out"
	rm -rf "$root" "$out.modules"
}

# make_nfit_initramfs OUT KDIR RELEASE MODULES: finds the disk, brings the modules.
make_nfit_initramfs()
{
	local out=$1 kdir=$2 release=$3 modules=$4 root=$1.root

	merged_root "$root"
	put_tools "$root" busybox
	for applet in $("$root/usr/bin/busybox" --list); do
		[[ -e $root/usr/bin/$applet ]] || ln -s busybox "$root/usr/bin/$applet"
	done
	install -D "$NFIT/guest/initrd" "$root/vm/init"
	# by which switch_root knows that it may empty this file system
	touch "$root/init"
	install -t "$root/vm" "$NFIT"/guest/{rc,journalctl}
	make_nfit_modules "$out.modules" "$kdir" "$release" "$modules"
	{ pack "$root"; cat "$out.modules"; } >"$out"
	rm -rf "$root" "$out.modules"
}

# machine MACHINE: sets ARGS and LINE; the words of MACHINE, with commas between, are of the table.
# NMIs are those of watch_guest().
machine()
{
	local words=,$1, image=$SCRATCH/$BASHPID.nvdimm

	# hugetlb wants two pages of 1 GiB, of which there may be none when it comes to that
	if [[ $words == ,mock, ]]; then
		ARGS=(-m 6G) LINE=' hugepagesz=1G hugepages=2'
		return
	fi
	ARGS=(-m "6G,slots=2,maxmem=16G") LINE=' memmap=3G!5G'
	[[ $words != *,hmem,* ]] || LINE=' memmap=3G%5G-1+0xefffffff'
	# where the kernel has its own built in, ours has the other name
	[[ $words != *,strict,* ]] || LINE+=' libnvdimm.strict_align=1 ndstack_libnvdimm.strict_align=1'
	if [[ $words == *,acpi,* ]]; then
		truncate -s 6G "$image"
		truncate -s +128K "$image"
		ARGS+=(-object "memory-backend-file,id=m0,share=on,mem-path=$image,size=$(stat -c %s "$image")"
			-device 'nvdimm,id=n0,memdev=m0,label-size=128K')
	fi
}

# compose_guest MACHINE TESTS: sets QEMU, the whole command but its serial lines.
compose_guest()
{
	local ARGS LINE accel=(-accel 'tcg,thread=multi' -cpu 'max,la57=off') kept

	machine "$1"
	kept=$(initcalls_built_in "$KDIR")
	[[ -z $kept ]] || LINE+=" initcall_blacklist=$kept"
	! kvm_works "$KERNEL" || accel=(-accel kvm -cpu host)
	LINE="${KERNEL_LINE//[$'\n\t']/ } nfit_tests=$2 nfit_machine=$1 nfit_limit=$TEST_LIMIT unknown_nmi_panic panic_print=1$LINE"
	QEMU=(qemu-system-x86_64
		-M "q35,nvdimm=on,max-ram-below-4g=2G,usb=off,vmport=off,smbus=off,sata=off"
		"${accel[@]}" "${ARGS[@]}" -smp 2 -nodefaults -display none -no-reboot
		-kernel "$KERNEL" -initrd "$INITRD" -append "$LINE")
	! has_disks "$KDIR" "$RELEASE" || QEMU+=(-drive "file=$DISK,if=virtio,format=raw,snapshot=on,file.locking=off")
}

# run_guest DIR MACHINE TEST...: leaves DIR/{output,console,qemu}.
run_guest()
{
	local dir=$1 machine=$2 QEMU
	shift 2

	compose_guest "$machine" "$(IFS=,; echo "$*")"
	[[ -p $dir/monitor.in ]] || mkfifo "$dir/monitor.in" "$dir/monitor.out"
	: >"$dir/output"
	"${QEMU[@]}" -chardev "pipe,id=monitor,path=$dir/monitor" -mon chardev=monitor \
		-serial "file:$dir/console" -serial "file:$dir/output" </dev/null >"$dir/qemu" 2>&1 &
	echo $! >"$dir/pid"
	watch_guest "$dir" $!
	wait $! || true
	rm -f "$dir/pid" "$SCRATCH/$BASHPID.nvdimm"
}

# marks DIR: how many tests the guest has begun or ended.
marks()
{
	grep -cE '^nfit: (begin|status) ' "$1/output" || true
}

# watch_guest DIR PID: returns when it has ended. A test has its limit in the guest; a guest that
# comes to no other test within that and two minutes hangs, and is made to say where: an NMI is a
# panic there, with the stacks of all tasks (see machine()).
watch_guest()
{
	local dir=$1 pid=$2 seen=0 now since=$SECONDS

	while ! timeout 2 tail --pid="$pid" -f /dev/null; do
		now=$(marks "$dir")
		if ((now != seen)); then
			seen=$now since=$SECONDS
		elif ((SECONDS - since > TEST_LIMIT + 120)); then
			echo "the guest hangs, for $((SECONDS - since)) s" >>"$dir/qemu"
			timeout 5 tee "$dir/monitor.in" <<<nmi >/dev/null || true
			timeout 60 tail --pid="$pid" -f /dev/null || kill -9 "$pid"
			return 0
		fi
	done
}

hung()
{
	grep -q '^the guest hangs' "$1/qemu"
}

# hung_elsewhere DIR: before its first test, and with none of our modules on the stack of any task.
hung_elsewhere()
{
	hung "$1" && ! grep -q '^nfit: begin ' "$1/output" &&
		! grep -aqE '\[(libnvdimm|nd_[a-z0-9]+|nfit|nfit_test[a-z_]*|virtio_pmem|device_dax|dax_[a-z]+|kmem)\]' \
			<(grep -a '+0x' "$1/console")
}

# output_of FILE TEST: what a test has said
output_of()
{
	tr -d '\r' <"$1" | awk -v from="nfit: begin $2" -v to="nfit: status $2 " '
		$0 == from { inside = 1 }
		inside && !over
		index($0, to) { over = 1 }'
}

# log_of CONSOLE TEST: the kernel's log from where a test begins to the mark of the next, or of the guest's end. Of the
# first test is what came before it, too, and of the last what came after.
log_of()
{
	tr -d '\r' <"$1" | awk -v mark="nfit: $2 begins" '
		/nfit: [^ ]+ begins$/ {
			if (mine)
				print
			mine = substr($0, length($0) - length(mark) + 1) == mark
			if (mine && !begun)
				printf "%s", before
			begun = 1
		}
		!begun { before = before $0 "\n" }
		mine'
}

# remark TEST: what there is to say of one that has passed.
remark()
{
	! grep -qE "^${1%.*}\.(c|sh)\s" "$NFIT/differences" || echo "but for nfit/differences"
}

# judge_test DIR TEST: VERDICT SECONDS WHY, where VERDICT is pass, fail or skip; nothing when the
# guest did not come to it. Leaves DIR/TEST.{console,output}.
judge_test()
{
	local dir=$1 test=$2 bad status seconds last

	output_of "$dir/output" "$test" >"$dir/$test.output"
	log_of "$dir/console" "$test" >"$dir/$test.console"
	[[ -s $dir/$test.output ]] || return 0
	read -r status seconds < <(sed -n "s/^nfit: status $test //p" "$dir/$test.output") || true
	bad=$(MAY_SAY=$LOST troubles <"$dir/$test.console" | head -n 1) || true
	last=$(grep -v '^nfit:\|^$' "$dir/$test.output" | tail -n 1) || true
	if [[ -n $bad ]]; then
		echo "fail ${seconds:-0} kernel log: $bad"
	elif [[ -z $status ]]; then
		echo "fail 0 the guest did not survive it: $last"
	elif ((status == 124)); then
		echo "fail $seconds not over after $TEST_LIMIT s: $last"
	elif ((status && status != 77)); then
		echo "fail $seconds status $status: $last"
	elif ! grep -aq "nfit: $test is over" "$dir/$test.console"; then
		echo "fail $seconds its kernel log has no end mark"
	elif (($(grep -acE 'nfit: ([^ ]+ begins|the guest is over)$' "$dir/$test.console") < 2)); then
		echo "fail $seconds the guest came neither to another test nor to its end"
	elif ((status)); then
		echo "skip $seconds $(grep -v '^+\|^nfit:\|^$' "$dir/$test.output" | tail -n 1)"
	else
		echo "pass $seconds $(remark "$test")"
	fi
}

# last_words DIR: of a guest that came to nothing.
last_words()
{
	! hung "$1" || { grep '^the guest hangs' "$1/qemu"; return; }
	tail -q -n 1 "$1/qemu" "$1/console" | tr -d '\r' | xargs -d '\n'
}

# shell_guest MACHINE: the guest on this terminal.
shell_guest()
{
	local QEMU

	compose_guest "$1" shell
	"${QEMU[@]}" -serial null -serial mon:stdio
}
