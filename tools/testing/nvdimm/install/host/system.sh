# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# system.sh - a whole Debian, for one journey after another: systemd, udev, dkms, the stock kernel with
# its headers, an initramfs. Made once with debootstrap and kept in the cache; each journey has a disk
# of its own with a copy.

# Beside what debootstrap takes for a system at all.
SYSTEM_PACKAGES=(systemd-sysv udev dbus kmod initramfs-tools linux-image-amd64 linux-headers-amd64 dkms
	ndctl daxctl jq e2fsprogs busybox zstd lz4 bzip2 xz-utils procps psmisc gpg dmsetup fdisk
	libc6-dev libkmod2 libsmartcols1 libndctl6 libdaxctl1 openssl mokutil)
SYSTEM_SIZE=4G

# The suite of --suite; without, the machine's own.
SUITE=''
own_suite() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }
suite() { echo "${SUITE:-$(own_suite)}"; }
suite_is_own() { [[ $(suite) == "$(own_suite)" ]]; }

# suite_apt: what to put into APT_CONFIG to ask about another suite
suite_apt() { "$INSTALL/../lib/apt-suite" "$(suite)+security"; }

# sources: of the suite, from where the machine has its own
sources()
{
	local conf

	if ! suite_is_own; then
		conf=$(suite_apt)
		cat "${conf%/*}/sources.list"
		return
	fi
	# shellcheck disable=SC2016 # apt's
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		awk -v suite="$(suite)" '$2 ~ "^" suite "(-updates|-security)?$" && !seen[$0]++ {
			print "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] " $1, $2, $3 }'
}

# system_name: it is another one when something of what it is made of has changed
system_name()
{
	local package conf=''

	suite_is_own || conf=$(suite_apt)
	{
		suite_is_own || suite
		echo "${SYSTEM_PACKAGES[*]} $(declare -f fill_system)"
		for package in linux-image-amd64 linux-headers-amd64 systemd ndctl dkms; do
			env ${conf:+"APT_CONFIG=$conf"} apt-cache policy "$package" | grep Candidate
		done
	} | fingerprint
}

# filled ROOT CMD...: by CMD, of which every command has to succeed, so never call this in a condition
filled()
{
	local root=$1 rc
	shift

	set +e
	(set -e; "$@") >"$root.log" 2>&1 </dev/null
	rc=$?
	set -e
	((rc)) || return 0
	tail -n 20 "$root.log" >&2
	rm -rf --one-file-system "$root"
	die "no system of $(suite)"
}

# fill_system ROOT MIRROR
fill_system()
{
	local root=$1

	debootstrap --variant=minbase "$(suite)" "$root" "$2"
	sources >"$root/etc/apt/sources.list"
	rm -f "$root"/etc/apt/sources.list.d/*
	echo 'LABEL=root / ext4 defaults 0 1' >"$root/etc/fstab"
	echo machine >"$root/etc/hostname"
	# a disk that is thrown away; else apt waits for it after each file
	echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
	in_tree "$root" apt-get -q update
	in_tree "$root" apt-get -q -y --no-install-recommends install "${SYSTEM_PACKAGES[@]}"
	in_tree "$root" apt-get clean
	in_tree "$root" systemctl mask serial-getty@ttyS0.service
	rm -rf "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}/*
}

# make_system OUT: an archive of it
make_system()
{
	local mirror

	mirror=$(sources | awk -v suite="$(suite)" '$4 == suite && !n++ { print $3 }')
	[[ -n $mirror ]] || die "the machine's apt sources name no mirror for $(suite)"
	say "install: making a system of $(suite) with debootstrap, once"
	filled "$1.root" fill_system "$1.root" "$mirror"
	tar -C "$1.root" -c . | zstd -q -3 -T0 >"$1"
	rm -rf --one-file-system "$1.root"
}

# fill_builder ROOT: what builds packages of this tree is what its control file names
fill_builder()
{
	local root=$1

	cp -r "$TOP/packaging" "$root/packaging"
	in_tree "$root" apt-get -q update
	in_tree "$root" apt-get -q -y --no-install-recommends build-dep /packaging
	in_tree "$root" apt-get clean
	rm -rf "$root"/var/lib/apt/lists/* "$root/packaging"
}

# make_builder OUT: an archive of the system with all that a user has who makes packages of this tree
make_builder()
{
	say "install: adding what builds packages to the system of $(suite), once"
	mkdir "$1.root"
	zstd -qdc "$CACHE/system/$(system_name).tar.zst" | tar -C "$1.root" -x
	filled "$1.root" fill_builder "$1.root"
	tar -C "$1.root" -c . | zstd -q -3 -T0 >"$1"
	rm -rf --one-file-system "$1.root"
}

# builder_name: as system_name
builder_name()
{
	{ system_name; declare -f fill_builder; cat "$TOP/packaging/debian/control"; } | fingerprint
}

# packages_to OUT: of this tree, made in the suite that they are for
packages_to()
{
	if suite_is_own; then
		"$TOP/packaging/build" deb "$1" 2>&1 </dev/null
	else
		build_in_suite "$1"
	fi
}

# build_in_suite OUT: by "make deb"
build_in_suite()
{
	local root=$SCRATCH/builder archive rc=0

	build_once "$CACHE/system/$(system_name).tar.zst" make_system
	archive=$CACHE/system/$(builder_name).tar.zst
	build_once "$archive" make_builder
	mkdir -p "$root" "$1"
	zstd -qdc "$archive" | tar -C "$root" -x
	mkdir "$root/tree"
	git -C "$TOP" ls-files -z | (cd "$TOP" && xargs -0 cp --parents -t "$root/tree")
	in_tree "$root" make -C /tree deb 2>&1 </dev/null || rc=$?
	((rc)) || cp "$root"/tree/build/packages/*.deb "$1/"
	rm -rf --one-file-system "$root"
	return $rc
}

# in_tree ROOT CMD...: run in it what asks for no kernel. Mounts are this command's alone.
in_tree()
{
	local root=$1
	shift

	cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
	# shellcheck disable=SC2016 # of the inner shell
	unshare --mount bash -euc '
		mount --make-rprivate /
		mount -t proc proc "$1/proc"
		mount -t sysfs -o ro sysfs "$1/sys"
		mount --bind /dev "$1/dev"
		mount -t tmpfs tmpfs "$1/run"
		root=$1; shift
		exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
			${http_proxy:+http_proxy=$http_proxy} chroot "$root" "$@"' bash "$root" "$@"
}

# make_disk DIR: the journey's own copy
make_disk()
{
	local archive

	archive=$CACHE/system/$(system_name).tar.zst
	build_once "$archive" make_system
	mkdir "$1/root"
	zstd -qdc "$archive" | tar -C "$1/root" -x
	install_agent "$1/root"
	truncate -s $SYSTEM_SIZE "$1/root.img"
	mke2fs -q -t ext4 -L root -d "$1/root" "$1/root.img"
	rm -rf --one-file-system "$1/root"
	mkdir "$1/root"
	[[ -z $SECURE_BOOT ]] || make_flash "$1"
	[[ -z $ROOT_IN ]] || put_into_memory "$1" "$1/$ROOT_IN.img"
}

# put_into_memory DIR IMAGE: the disk, as the first partition of an NVDIMM
PARTITION_AT=$((1024 ** 2))
put_into_memory()
{
	echo 'start=2048, type=83' | sfdisk -q --label dos "$2"
	dd if="$1/root.img" of="$2" bs=1M seek=$((PARTITION_AT >> 20)) conv=sparse,notrunc status=none
	rm "$1/root.img"
}

# install_agent ROOT: what runs a boot function once the system is up
install_agent()
{
	local root=$1 helper=$1/usr/local/bin/pattern

	mkdir -p "$root/vm"
	# an emulated processor packs it, each time a package comes or goes
	echo COMPRESSLEVEL=1 >"$root/etc/initramfs-tools/conf.d/compress"
	cp "$VM/guest/lib.sh" "$INSTALL"/guest/{agent,more.sh} "$root/vm/"
	cp "$TOP/drivers/modules" "$root/vm/"
	gcc -O2 -static -Wall -Wextra -Werror -o "$helper" "$VM/guest/pattern.c"
	cp "$INSTALL/guest/journey.service" "$root/etc/systemd/system/"
	ln -sf /etc/systemd/system/journey.service "$root/etc/systemd/system/multi-user.target.wants/journey.service"
}

# with_root DIR CMD...: CMD with the journey's disk mounted on DIR/root, while no machine runs on it.
# Where CMD fails that is the end of the journey, and of the mount (finish).
with_root()
{
	local dir=$1 image=$1/root.img at=0
	shift

	[[ -z $ROOT_IN ]] || image=$dir/$ROOT_IN.img at=$PARTITION_AT
	mount -o "loop,offset=$at" "$image" "$dir/root" || die "the disk cannot be mounted"
	"$@"
	umount "$dir/root"
	# a program that CMD has left behind would hold it
	wait_for_free "$image"
}

wait_for_free()
{
	local i

	for ((i = 0; i < 50; i++)); do
		[[ -n $(losetup -j "$1") ]] || return 0
		sleep 0.2
	done
	die "the disk is still mounted somewhere"
}
