# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# walk.sh - the modes of a provider, one after another, in a guest; sourced by scenarios.
#
# Set before: PROVIDER (a word of the table), REGION, NS (its namespace), FIRMWARE (1: something
# clears errors), DAX (1: raw has pages). how_scrub, how_inject and how_clear are written by
# hooks_of_provider or hooks_of_acpi.

ND=/sys/bus/nd/devices
TABLE=/vm/table
BAD=/sys/kernel/debug/nd_bad
CELLS=/tmp/cells

# hook NAME LINE...: a program of these lines
hook()
{
	{
		echo '#!/bin/sh'
		printf '%s\n' "${@:2}"
	} >"/tmp/$1"
	chmod +x "/tmp/$1"
}

hooks_of_provider()
{
	hook how_scrub "echo \"\$((\$1 - $(origin "$REGION"))) \$2\" >$ND/$REGION/nd_provider/poison" \
		"echo 1 >$ND/$(bus_of "$REGION")/nd_provider/scrub"
	# of buses that are not ACPI's, ndctl clear-errors knows nothing
	hook how_clear "ndctl disable-namespace $NS" "echo none >$BAD/lines" \
		"poison clear /dev/ndctl$(bus_of "$REGION" | sed s/ndbus//) \$1 \$2 || exit" \
		"ndctl enable-namespace $NS"
}

# A bus without firmware: writing cures, as a raw disk if nothing else can.
hooks_of_none()
{
	hook how_clear "ndctl disable-namespace $NS" "echo 1 >$ND/$NS/force_raw" \
		"ndctl enable-namespace $NS" \
		"dd if=/vm/table of=/dev/pmem${REGION#region} bs=4096 count=1 oflag=direct conv=sync \
			seek=\$(((\$1 - $(origin "$REGION")) / 4096)) || exit" \
		"ndctl disable-namespace $NS" "echo 0 >$ND/$NS/force_raw" \
		"ndctl enable-namespace $NS"
}

# As ndctl inject-error does, which knows no BTT.
hooks_of_acpi()
{
	local bus

	bus=$(bus_of "$REGION")
	hook how_inject "poison inject /dev/ndctl${bus#ndbus} \$1 \$2 1"
	hook how_scrub "poison inject /dev/ndctl${bus#ndbus} \$1 \$2 0 || exit" \
		"until echo 1 >$ND/$bus/nfit/scrub; do sleep 0.02; done 2>/dev/null" \
		"while grep -q + $ND/$bus/nfit/scrub; do sleep 0.02; done"
	hook how_clear "echo none >$BAD/lines" "ndctl clear-errors $NS"
}

bus_of()
{
	basename "$(dirname "$(readlink -f "$ND/$1")")"
}

# origin DEVICE: address of its first byte
origin()
{
	echo $(($(attr "$1" resource)))
}

# mode NAME WORD...: the namespace anew
mode()
{
	check "$PROVIDER: it is made $1" ndctl create-namespace -f -e "$NS" -m "$1" "${@:2}"
	settle
}

# cells MODE WORD...
cells()
{
	check "$PROVIDER $1: each cell that is possible was walked" eval \
		"poison $TABLE $PROVIDER $1 region=$REGION region_phys=$(origin "$REGION") \
			${FIRMWARE:+firmware=1} ${*:2} >>$CELLS"
	show "$(tail -n 1 $CELLS)"
	echo none >$BAD/lines
}

# on_file MODE DISK PHYS: by a file of a filesystem, and by the disk below it
on_file()
{
	check "$PROVIDER $1: a filesystem is made" mkfs.ext4 -q -b 4096 -E lazy_itable_init=0 "/dev/$2"
	mount -o dax "/dev/$2" /mnt
	fallocate -l 1M /mnt/cells
	cells "$1" "disk=/dev/$2" file=/mnt/cells "phys=$3" from=0
	umount /mnt
}

raw()
{
	local disk

	disk=$(disk "$NS")
	check "$PROVIDER: what it holds is known" pattern write "/dev/$disk" 16777216 7
	if [[ -n ${DAX:-} ]]; then
		on_file raw "$disk" "$(origin "$NS")"
		check "$PROVIDER: what it holds is known again" pattern write "/dev/$disk" 16777216 8
	else
		cells raw "disk=/dev/$disk" "phys=$(origin "$NS")" from=1048576
	fi
}

fsdax()
{
	mode fsdax -M "${MAP:-mem}" ${ALIGN:+-a "$ALIGN"}
	on_file fsdax "$(disk "$NS")" "$(origin "$(attr "$NS" holder)")"
}

# A block that was never written is where its number says.
sector()
{
	local btt data

	mode sector -l 512
	btt=$(attr "$NS" holder)
	data=$(sed -n 's/^dataoff //p' "/sys/kernel/debug/btt/$btt/arena0/layout")
	cells sector "disk=/dev/$(disk "$NS")" \
		"phys=$(($(origin "$NS") + 4096 + data))" from=1048576
}

devdax()
{
	local dev

	mode devdax -M "${MAP:-mem}" -a 4096
	dev=$(ndctl list -N -n "$NS" -X | jq -r '[.. | .chardev? // empty][0]')
	cells devdax "dax=/dev/$dev" "phys=$(origin "$(attr "$NS" holder)")" from=1048576
}

# kmem ADDRESS SIZE: a block of memory within
kmem()
{
	local dev block

	mode devdax -M mem
	dev=$(ndctl list -N -n "$NS" -X | jq -r '[.. | .chardev? // empty][0]')
	echo "$dev" >/sys/bus/dax/drivers/device_dax/unbind
	echo "$dev 0" >/sys/bus/dax/drivers/kmem/target_node
	echo "$dev" >/sys/bus/dax/drivers/kmem/new_id
	block=/sys/devices/system/memory/memory$(($1 / 0x8000000))
	wait_for 30 test -e "$block"
	echo online_movable >"$block/state"
	cells kmem "dax=/sys/bus/dax/devices/$dev/repaired_pages" "phys=$1" "end=$(($1 + $2))"
	returns "$block" "$dev"
}

# A page that was unmapped for its poison is like any other when its memory is given out anew.
returns()
{
	check "$PROVIDER kmem: its memory is put offline" wait_for 30 eval "echo offline >$1/state"
	echo "$2" >/sys/bus/dax/drivers/kmem/unbind
	check "$PROVIDER kmem: and goes" test ! -e "$1"
	echo "$2" >/sys/bus/dax/drivers/kmem/bind
	wait_for 30 test -e "$1"
	echo online_movable >"$1/state"
	mount -t tmpfs -o size=300M none /mnt
	check "$PROVIDER kmem: all of it can be used again" \
		dd if=/dev/zero of=/mnt/all bs=1M count=200 status=none
	umount /mnt
	check "$PROVIDER kmem: and put offline" wait_for 30 eval "echo offline >$1/state"
	echo "$2" >/sys/bus/dax/drivers/kmem/unbind
}

# nobody_has OFFSET: a page of the region that no one has mapped fails
nobody_has()
{
	local at=$(($(origin "$REGION") + $1))

	# the kernel has nobody to tell, says so, and unmaps nothing
	refused "$PROVIDER: a page that nobody has mapped fails" "Device or resource busy" \
		eval "echo $at >$BAD/page"
	same "$PROVIDER: which is listed" \
		"$(tr -s ' \n' ' ' <"$ND/$REGION/badblocks")" "$(($1 / 512)) 8 "
	check "$PROVIDER: it is cleared" /tmp/how_clear $at 4096
	same "$PROVIDER: and not listed" "$(attr "$REGION" badblocks)" ''
}

# copies_stop DISK: that it is not in vain
copies_stop()
{
	local at

	at=$(origin "$NS")
	echo 0 >$BAD/stops
	echo "$at 64" >$BAD/lines
	refused "$PROVIDER: a copy stops where memory is bad" "Input/output error" \
		dd if="/dev/$1" of=/dev/null bs=4096 count=1 iflag=direct
	same "$PROVIDER: once" "$(<$BAD/stops)" 1
	check "$PROVIDER: until it is written" dd if=/dev/zero of="/dev/$1" bs=4096 count=1 oflag=direct
	same "$PROVIDER: then nothing is listed" "$(attr "$REGION" badblocks)" ''
	same "$PROVIDER: nor bad" "$(<$BAD/lines)" ''
	echo none >$BAD/lines
}

# five_modes: each is walked, or has a reason not to be
five_modes()
{
	same "$PROVIDER: all of its cells are accounted for" \
		"$(awk -v p="$PROVIDER" '$1 == p { n += $5 } END { print n }' $CELLS)" 140
}
