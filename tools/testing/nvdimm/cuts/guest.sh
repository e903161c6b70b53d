# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# guest.sh - what the machines of this suite do; DATABASE, MEDIUM and ROLE are told before. The medium
# `labels` has no database: what is written are its namespaces.

boot1() { "$ROLE"; }

# libpmemobj knows its DIMM by how often that had no time to save, and a copy is judged on another
export PMEMOBJ_CONF=sds.at_create=0

# --- media: make NAMESPACE-OR-DISK, then place DISK: what a database's program is given ------------

# disks: the devices that the medium has in this machine, in the order of its NVDIMMs, which is that of their
# addresses and of nothing else
disks()
{
	local region name

	for region in /sys/bus/nd/devices/region*; do
		# the attribute dev is of what has a device node
		name=$(cd "$region/" && find . -path '*/dax[0-9]*.[0-9]*/dev' -o -path '*/block/pmem*/dev')
		name=${name%/dev}
		echo "$(($(<"$region/resource"))) /dev/${name##*/}"
	done | sort -n | cut -d' ' -f2
}

up()
{
	case $MEDIUM in
	devdax) load_dax ;;
	# there is no firmware's bus to wait for
	*-virtio)
		modprobe -a virtio_pci virtio_pmem nd_pmem
		all_of_the_set libnvdimm virtio_pmem nd_pmem
		wait_for 60 there_is_one_for_each
		;;
	*-btt) load; modprobe nd_btt; settle ;;
	*) load ;;
	esac
}

there_is_one_for_each()
{
	(($(disks | grep -c /dev/pmem) == $({ cat /vm/acked 2>/dev/null || echo one; } | wc -l)))
}

# make: the namespace of the only NVDIMM, and the filesystem in it
make()
{
	case $MEDIUM in
	labels) init_labels ;;
	devdax) ndctl create-namespace -f -e namespace0.0 -m devdax -M dev -a 4K ;;
	*-dax) ndctl create-namespace -f -e namespace0.0 -m fsdax -M dev ;;
	*-btt) ndctl create-namespace -f -e namespace0.0 -m sector -l 4K ;;
	esac
	case $MEDIUM in
	ext4-*) mkfs.ext4 -q -b 4096 "$(disks)" ;;
	xfs-*) mkfs.xfs -q -m reflink=0 "$(disks)" ;;
	esac
}

mounts()
{
	case $MEDIUM in
	*-dax) mount -o dax "$1" /mnt ;;
	*) mount "$1" /mnt ;;
	esac
}

# place DISK: the database's file on it, or the disk itself
place()
{
	case $MEDIUM in
	devdax) echo "$1" ;;
	*) echo /mnt/db ;;
	esac
}

# filesystem_is_clean DISK
filesystem_is_clean()
{
	case $MEDIUM in
	ext4-*) e2fsck -fn "$1" ;;
	xfs-*) xfs_repair -n "$1" ;;
	esac
}

# --- namespaces, by their labels --------------------------------------------------------------------

# A transaction is a change by ndctl, of four kinds in turn: a namespace is created, grows, gets another
# name, and an older one is destroyed. What there is after N of them follows from N.

# what is made is of this size, and grows to twice that
SMALL=$((16 << 20))

# change N
change()
{
	local n=$1 made=$(($1 - ($1 - 1) % 4)) dev

	case $((n % 4)) in
	1)
		dev=$(create "$(region nmem0)" -m raw -s $SMALL -n "n$n")
		stamp "$dev" "made by $n"
		;;
	2)
		dev=$(by_name "n$made")
		ndctl disable-namespace "$dev"
		echo $((2 * SMALL)) >"/sys/bus/nd/devices/$dev/size"
		ndctl enable-namespace "$dev"
		stamp "$dev" "grown by $n" $SMALL
		;;
	3)
		dev=$(by_name "n$made")
		ndctl disable-namespace "$dev"
		echo "r$made" >"/sys/bus/nd/devices/$dev/alt_name"
		ndctl enable-namespace "$dev"
		;;
	0)
		((n < 12)) || ndctl destroy-namespace -f "$(by_name "r$((n - 11))")"
		;;
	esac
}

# after N: the namespaces that there are, "NAME SIZE" a line
after()
{
	local n=$1 made

	for ((made = 1; made <= n; made += 4)); do
		((n < made + 11)) || continue
		echo "$( ((n < made + 2)) && echo n || echo r)$made $((n < made + 1 ? SMALL : 2 * SMALL))"
	done | LC_ALL=C sort
}

# changes: the next one begins when the host has been told of the one before: what is set of the line is set once all
# before that has been sent
changes()
{
	local n

	for ((n = 1; ; n++)); do
		change $n
		echo "acked $n" >&3
		stty -F "${LINE:-/dev/ttyS1}" -echo
	done
}

# beyond N ACKED: of a copy that has more than was acknowledged, the host is told
beyond()
{
	(($1 <= $2)) || verdict "beyond $2"
}

# has_its_bytes NAMESPACE N NOW ACKED: those it got from change N, after NOW of them, and those of its growth when that
# was acknowledged; the first of the one that the next change destroys may be wiped.
has_its_bytes()
{
	stamped "$1" "made by $2" 0 $SMALL ||
		{ (($3 % 4 == 3 && $2 == $3 - 10)) && wiped "$1" "made by $2" $SMALL; } || return 1
	(($2 + 1 > $4)) || stamped "$1" "grown by $(($2 + 1))" $SMALL
}

# namespaces_are REGION ACKED: those after what was acknowledged, or after the one change that was under way,
# with their bytes, and the rest of the region is free
namespaces_are()
{
	local region=$1 acked=$2 n name size found seen='' left dev

	ndctl list -r "$region" -N >/tmp/namespaces
	found=$(jq -r '.[]? | "\(.name) \(.size)"' /tmp/namespaces | LC_ALL=C sort)
	for ((n = acked; n <= acked + 1; n++)); do
		[[ $found != "$(after "$n")" ]] || { seen=$n; break; }
	done
	[[ -n $seen ]] || { echo "after $acked there are:" "${found//$'\n'/, }"; return 1; }
	beyond "$seen" "$acked"
	left=$(attr "$region" size)
	while read -r name size; do
		[[ -n $name ]] || continue
		left=$((left - size))
		n=${name#[nr]}
		((n <= acked)) || continue
		dev=$(jq -r --arg name "$name" '.[] | select(.name == $name).dev' /tmp/namespaces)
		has_its_bytes "$dev" "$n" "$seen" "$acked" || { echo "$name has other bytes"; return 1; }
	done <<<"$found"
	equal "$(attr "$region" available_size)" "$left"
}

# regions: in the order of their addresses
regions()
{
	local region

	for region in /sys/bus/nd/devices/region*; do
		echo "$(($(<"$region/resource"))) ${region##*/}"
	done | sort -n | cut -d' ' -f2
}

# --- what is done ----------------------------------------------------------------------------------

# writes: transactions until the host ends the machine, which it does while they go on
writes()
{
	local disk

	up
	check "$MEDIUM is made" make
	disk=$(disks)
	[[ $MEDIUM == devdax || $MEDIUM == labels ]] || check "$MEDIUM mounts" mounts "$disk"
	whose_modules
	echo "<2>vm: $BOOT is over" >/dev/kmsg
	if [[ $MEDIUM == labels ]]; then
		changes
	else
		"/vm/$DATABASE" write "$(place "$disk")" >&3
	fi
	verdict "not ok $DATABASE goes on until the cut"
}

# keeps DISK ACKED: all that was acknowledged, and what is there is sound
keeps()
{
	local disk=$1 rc=0 n

	[[ $MEDIUM != labels ]] || { namespaces_are "$@"; return; }
	[[ $MEDIUM == devdax ]] || mounts "$disk"
	"/vm/$DATABASE" check "$(place "$disk")" "$2" >/tmp/counts || rc=$?
	cat /tmp/counts
	[[ $MEDIUM == devdax ]] || umount /mnt
	((rc == 0))
	read -r _ _ n _ </tmp/counts
	beyond "${n%,}" "$2"
	filesystem_is_clean "$disk"
}

# checks: a disk for each cut, in their order, and what had been acknowledged by then
checks()
{
	local disk n name acked list

	up
	list=$(if [[ $MEDIUM == labels ]]; then regions; else disks; fi)
	same "each cut has its disk" "$(wc -l <<<"$list")" "$(wc -l </vm/acked)"
	n=0
	while read -r disk name acked; do
		check "$name keeps $acked" keeps "$disk" "$acked"
		n=$((n + 1))
	done < <(paste -d' ' <(echo "$list") /vm/acked)
	echo "$n of them"
}
