# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# guest.sh - what the guest does of an external suite: ../harness/external.py, which sets MEDIUM and TEST_LIMIT before, and
# puts the suite's own functions behind: prepare, once, and try TEST, or try_all of a program that runs many.

# a Debian with the host's programs, where the suite lies in /suite
DISK=/disk
DEBIAN=(chroot "$DISK" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C TERM=dumb
	USER=root LOGNAME=root SHELL=/bin/bash)

# inside COMMAND...: in it, as long as a test may take
inside() { timeout -k 10 "$TEST_LIMIT" "${DEBIAN[@]}" "$@"; }

# from the suite's directory
FROM_SUITE=(env -C /suite)

# inside_suite COMMAND...: from there
inside_suite() { inside "${FROM_SUITE[@]}" "$@"; }

# node NAMESPACE: its device
node()
{
	if [[ $MEDIUM == @(devdax|kmem) ]]; then
		ndctl list -N -n "$1" | jq -er '.[0].daxregion.devices[0].chardev // .[0].chardev'
	else
		disk "$1"
	fi
}

# namespaces_up: both, and DISKS, what they are called
namespaces_up()
{
	local n

	DISKS=()
	case $MEDIUM in
	devdax | kmem) load_dax ;;
	*-btt) load; modprobe nd_btt; settle ;;
	*) load ;;
	esac
	for n in 0 1; do
		case $MEDIUM in
		*-dax) ndctl create-namespace -f -e "namespace$n.0" -m fsdax -M dev ;;
		*-btt) ndctl create-namespace -f -e "namespace$n.0" -m sector -l 4K ;;
		devdax | kmem) ndctl create-namespace -f -e "namespace$n.0" -m devdax -M dev -a 2M ;;
		esac
		DISKS+=("/dev/$(node "namespace$n.0")")
	done
	# a machine that dies does not come to this at its end
	whose_modules
}

# debian_up: /disk, with the programs of the host and the suite
debian_up()
{
	local dir

	hostname guest
	mkdir /disk
	mount -t tmpfs disk /disk
	shared usr /disk/usr
	shared suite /disk/suite
	for dir in bin sbin lib lib32 lib64 libx32; do
		ln -s "usr/$dir" "/disk/$dir"
	done
	often_run
	mkdir -p /disk/{dev,proc,sys,run,root,home,mnt/test,mnt/scratch} /disk/var/{lib,log,tmp} /disk/usr/lib/modules
	mkdir -m 1777 /disk/tmp
	ln -s /run /disk/var/run
	cp -a /vm/etc /vm/boot /disk/
	ln -s /proc/mounts /disk/etc/mtab
	users >/disk/etc/passwd
	awk -F: '{ print $1 ":x:" $4 ":" }' /disk/etc/passwd >/disk/etc/group
	# nobody logs in by a password, and su asks whether the account has run out
	awk -F: '{ print $1 ":*:1::::::" }' /disk/etc/passwd >/disk/etc/shadow
	echo 127.0.0.1 localhost >/disk/etc/hosts
	mount -t tmpfs shm /dev/shm
	mkdir -p /dev/pts
	mount -t devpts pts /dev/pts
	for dir in dev proc sys usr/lib/modules; do
		mount --rbind "/$dir" "/disk/$dir"
	done
	inside ip link set lo up
	inside /lib/systemd/systemd-udevd --daemon
	inside udevadm trigger --type=all --action=add
	inside udevadm settle
}

# often_run: into this machine's memory, of the programs that tests run by the thousand, and their libraries
often_run()
{
	local programs

	# shellcheck disable=SC2016 # that shell's
	programs=$(chroot /disk /bin/sh -c 'for name; do command -v "$name"; done' sh \
		bash dash awk sed grep cat cp rm mv ls ln mkdir rmdir touch stat sort uniq head tail tr cut wc date expr diff cmp \
		basename dirname readlink dd df sync sleep seq tee chmod mount umount findmnt blkid wipefs perl bc xfs_io xfs_info \
		mkfs.xfs xfs_repair xfs_db mkfs.ext4 e2fsck fsck tune2fs dumpe2fs) || true
	# ldd fails when one of them is a script
	{
		echo "$programs"
		xargs <<<"$programs" chroot /disk /usr/bin/ldd | grep -o '/[^ :]*' || true
	} | sort -u | xargs chroot /disk /usr/bin/touch -c
}

# users: whom tests write files as
users()
{
	local id=1000 name

	echo root:x:0:0::/root:/bin/bash
	echo daemon:x:1:1::/:/bin/sh
	echo bin:x:2:2::/:/bin/sh
	echo nobody:x:65534:65534::/:/bin/sh
	for name in fsgqa fsgqa2 123456-fsgqa; do
		echo "$name:x:$((id++)):$((id - 1))::/home/$name:/bin/bash"
		mkdir -p "/disk/home/$name"
		chown "$((id - 1))" "/disk/home/$name"
	done
}

# filesystem_up: what MEDIUM has before its dash, on both namespaces; DAX is how it is mounted, and files can be mapped so
filesystem_up()
{
	local disk

	DAX=''
	[[ $MEDIUM != *-dax ]] || DAX='-o dax'
	for disk in "${DISKS[@]}"; do
		case $MEDIUM in
		ext4-*) inside mkfs.ext4 -q -F -b 4096 "$disk" ;;
		xfs-*) inside mkfs.xfs -q -f "$disk" ;;
		esac
		[[ $MEDIUM != *-dax ]] || maps_the_disk "$disk"
	done
}

# maps_the_disk DISK: a filesystem that finds that it cannot says so in the log, and does without
maps_the_disk()
{
	# shellcheck disable=SC2086 # two words
	inside mount $DAX "$1" /mnt/test
	inside xfs_io -f -c 'truncate 4k' -c 'mmap -S 0 4k' -c 'mwrite 0 4k' /mnt/test/mapped
	inside umount /mnt/test
}

# begins TEST, and ended TEST STATUS, who has said what is in /tmp/said: they tell the host what of either line is its own
begins()
{
	BEGUN=$SECONDS
	echo "<2>foreign: $1 begins" >/dev/kmsg
	verdict "begin $1"
}

ended()
{
	tail -n 80 /tmp/said | cut -c1-300 | sed 's/^/| /' >&3
	sed -n 's/^told: /told /p' /tmp/said >&3
	verdict "status $1 $2 $((SECONDS - BEGUN))"
	# what goes on after its end would be the next one's
	(($2 != 124 && $2 != 137))
}

# try_each: of /vm/tests
try_each()
{
	local test status

	while read -r test; do
		status=0
		begins "$test"
		try "$test" >/tmp/said 2>&1 || status=$?
		ended "$test" $status || break
	done </vm/tests
}

boot1()
{
	# it says so before the host ends the machine
	echo "$TEST_LIMIT" >/proc/sys/kernel/hung_task_timeout_secs
	echo 30 >/proc/sys/kernel/hung_task_check_interval_secs
	namespaces_up
	debian_up
	prepare
	trap - ERR
	set +e
	if [[ $(type -t try_all) ]]; then
		try_all
	else
		try_each
	fi
}
