# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# guest.sh - one fresh guest for one of ndctl's tests.

# The guest loads these by name; the rest comes with them.
NFIT_MODULES=(virtio_blk virtio_pci ext4 xfs dm_mod crc32c_generic crc32c_intel encrypted_keys
	device_dax dax_pmem kmem dax_hmem)

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
	{
		GUEST_MODULES=("${NFIT_MODULES[@]}")
		make_modules "$out.modules" "$kdir" "$release" "$modules"
		pack "$root"
		cat "$out.modules"
	} >"$out"
	rm -rf "$root" "$out.modules"
}

# machine WORD...: sets ARGS and LINE to what a test needs: mock, acpi, e820, hmem.
machine()
{
	local words=" $* " image=$SCRATCH/$BASHPID.nvdimm

	if [[ $words == ' mock ' ]]; then
		ARGS=(-m 2G) LINE=''
		return
	fi
	ARGS=(-m "6G,slots=2,maxmem=16G") LINE=' memmap=3G!5G'
	[[ $words != *' hmem '* ]] || LINE=' memmap=3G%5G-1+0xefffffff'
	if [[ $words == *' acpi '* ]]; then
		truncate -s $((1024 + 512))M "$image"
		truncate -s +128K "$image"
		ARGS+=(-object "memory-backend-file,id=m0,share=on,mem-path=$image,size=$(stat -c %s "$image")"
			-device 'nvdimm,id=n0,memdev=m0,label-size=128K')
	fi
}

# run_guest TEST DIR NEEDS...: leaves DIR/{output,console,status}.
run_guest()
{
	local test=$1 dir=$2 needs ARGS LINE accel=(-accel 'tcg,thread=multi' -cpu 'max,la57=off')
	shift 2

	machine "$@"
	needs=$(IFS=,; echo "$*")
	kvm_works "$KERNEL" && accel=(-accel kvm -cpu host)
	timeout -k 10 "$TEST_LIMIT" qemu-system-x86_64 \
		-M q35,nvdimm=on,max-ram-below-4g=2G,usb=off,vmport=off,smbus=off,sata=off \
		"${accel[@]}" "${ARGS[@]}" -smp 2 -nodefaults -display none -no-reboot \
		-kernel "$KERNEL" -initrd "$INITRD" \
		-append "${KERNEL_LINE//[$'\n\t']/ } nfit_test=$test nfit_needs=$needs$LINE" \
		-drive "file=$DISK,if=virtio,format=raw,snapshot=on,file.locking=off" \
		-serial "file:$dir/console" -serial "file:$dir/output" </dev/null \
		>"$dir/qemu" 2>&1 || true
	rm -f "$SCRATCH/$BASHPID.nvdimm"
	tr -d '\r' <"$dir/output" | sed -n 's/^nfit: status \([0-9]*\)$/\1/p' >"$dir/status"
}

# judge_guest DIR: pass, skip or fail, and why.
judge_guest()
{
	local status bad

	status=$(<"$1/status")
	bad=$(tr -d '\r' <"$1/console" | grep -aE "$TROUBLE" | grep -avE "$HARMLESS" | head -n 1) || true
	if [[ -n $bad ]]; then
		echo "fail kernel log: $bad"
	elif [[ -z $status ]]; then
		echo "fail it did not end within $TEST_LIMIT s"
	elif ((status == 77)); then
		echo "skip $(tr -d '\r' <"$1/output" | grep -v '^+\|^nfit:' | tail -n 1)"
	elif ((status)); then
		echo "fail status $status: $(tr -d '\r' <"$1/output" | grep -v '^nfit:' | tail -n 1)"
	else
		echo "pass"
	fi
}

# shell_guest NEEDS...: the guest on this terminal.
shell_guest()
{
	local ARGS LINE

	machine "${@:-mock}"
	qemu-system-x86_64 -M q35,nvdimm=on,max-ram-below-4g=2G -accel 'tcg,thread=multi' \
		-cpu 'max,la57=off' "${ARGS[@]}" -smp 2 -nodefaults -display none -no-reboot \
		-kernel "$KERNEL" -initrd "$INITRD" \
		-append "${KERNEL_LINE//[$'\n\t']/ } nfit_test=shell nfit_needs=none$LINE" \
		-drive "file=$DISK,if=virtio,format=raw,snapshot=on,file.locking=off" \
		-serial null -serial mon:stdio
}
