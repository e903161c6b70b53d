# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# initramfs.sh - the guest's root: cpio parts, each cached by what went into it.
#
# A guest of another architecture has its programs from lib/cross-root, GUEST_ROOT; CROSS is then what
# the names of its compiler and binutils begin with. Both are empty for one of the machine's own.
#
# Uncompressed, because the emulated CPU would do the unpacking. A boot concatenates: base
# tools, fio when asked for (it drags in 80 MB of libraries), modules, helpers, and last the
# scenario with its parameters.

GUEST_TOOLS=(bash ndctl daxctl mkfs.ext4 mkfs.xfs e2fsck debugfs xfs_repair jq kmod udevadm blockdev blkdiscard
	dd sed grep sha256sum timeout xxd comm mount umount dmsetup)
mapfile -t GUEST_MODULES < <(awk '/^[a-z]/ { print $1 }' "$TOP/drivers/modules")
GUEST_MODULES+=(virtio_pci fsdev_dax dax_cxl cxl_acpi cxl_pci cxl_mem cxl_pmem skx_edac mce_inject dm_mod loop ext4 xfs crc32c_generic crc32c_intel libcrc32c)

pack()
{
	(cd "$1" && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0)
}

# guest_arch KDIR: the architecture of a kernel, by its release.
guest_arch()
{
	case $(kernel_release "$1") in
	*-arm64*) echo arm64 ;;
	*) echo amd64 ;;
	esac
}

GUEST_ROOT='' CROSS=''

# guest_is KDIR: sets GUEST_ROOT and CROSS.
guest_is()
{
	GUEST_ROOT='' CROSS=''
	[[ $(guest_arch "$1") == arm64 ]] || return 0
	GUEST_ROOT=$("$VM/../lib/cross-root" arm64) || die "no programs of arm64"
	CROSS=aarch64-linux-gnu-
}

# guest_tool NAME: where its file is on this machine.
guest_tool()
{
	local dir

	if [[ -z $GUEST_ROOT ]]; then
		command -v "$1" || die "no $1 on this machine"
		return
	fi
	for dir in usr/bin usr/sbin; do
		[[ ! -e $GUEST_ROOT/$dir/$1 ]] || { echo "$GUEST_ROOT/$dir/$1"; return; }
	done
	die "no $1 in $GUEST_ROOT"
}

# cross_libraries PROGRAM: what it needs of GUEST_ROOT, and what that needs.
cross_libraries()
{
	local queue=("$1") name file
	declare -A seen=()

	while ((${#queue[@]})); do
		file=${queue[0]} queue=("${queue[@]:1}")
		for name in $(readelf -dl "$file" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p; s,.*interpreter: .*/([^/]*)\].*,\1,p'); do
			[[ -z ${seen[$name]:-} ]] || continue
			seen[$name]=yes
			# the interpreter has its name there, whatever that is a link to
			file=$(compgen -G "$GUEST_ROOT/usr/lib/$name" ||
				compgen -G "$GUEST_ROOT/usr/lib/aarch64-linux-gnu/$name") || die "no library $name in $GUEST_ROOT"
			echo "${file#"$GUEST_ROOT/usr"}"
			queue+=("$file")
		done
	done
}

# libraries PROGRAM: nothing for a static one.
libraries()
{
	if [[ -n $GUEST_ROOT ]]; then
		cross_libraries "$1"
		return
	fi
	{ ldd "$1" 2>/dev/null || true; } | awk '$2 == "=>" { print $3 } $1 ~ /^\// { print $1 }'
}

# put_tools ROOT TOOL...: copy host programs with the libraries they need.
put_tools()
{
	local root=$1 tool path lib
	shift
	for tool; do
		path=$(guest_tool "$tool")
		install -D "$(readlink -f "$path")" "$root/usr/bin/$tool"
		while read -r lib; do
			[[ -e $root$lib ]] || install -D "${GUEST_ROOT:+$GUEST_ROOT/usr}$lib" "$root$lib"
		done < <(libraries "$path")
	done
}

merged_root()
{
	mkdir -p "$1"/usr/{bin,lib,lib64} "$1"/{dev,proc,sys,run,tmp,mnt,etc,vm}
	ln -s usr/bin "$1/bin"
	ln -s usr/bin "$1/sbin"
	ln -s bin "$1/usr/sbin"
	ln -s usr/lib "$1/lib"
	ln -s usr/lib64 "$1/lib64"
}

make_base()
{
	local root=$1.root applet

	merged_root "$root"
	put_tools "$root" busybox "${GUEST_TOOLS[@]}"
	for applet in modprobe rmmod lsmod modinfo insmod depmod; do
		ln -s kmod "$root/usr/bin/$applet"
	done
	for applet in $(busybox --list); do
		[[ -e $root/usr/bin/$applet ]] || ln -s busybox "$root/usr/bin/$applet"
	done
	cp /etc/mke2fs.conf "$root/etc/"
	ln -s /proc/mounts "$root/etc/mtab"
	echo 'root:x:0:0:root:/:/bin/bash' >"$root/etc/passwd"
	pack "$root" >"$1"
	rm -rf "$root"
}

make_fio()
{
	local root=$1.root

	merged_root "$root"
	put_tools "$root" fio
	pack "$root" >"$1"
	rm -rf "$root"
}

# usr_merged PATH: without the link /lib, which another part of the initramfs has.
usr_merged()
{
	case $1 in
	/lib*) echo "usr$1" ;;
	*) echo "${1#/}" ;;
	esac
}

# A program with lines "/* cc: WORDS */" wants these, too: flags, pure files of the drivers.
make_helpers()
{
	local root=$1.root src words compiler=(gcc) warnings=(-Wall -Wextra -Werror)

	# what is to be warned of, the machine's own compiler has told
	[[ -z $CROSS ]] || compiler=("${CROSS}gcc-12" "--sysroot=$GUEST_ROOT") warnings=(-w)
	mkdir -p "$root/usr/bin"
	for src in "$VM"/guest/*.c; do
		read -r -d '' -a words < <(sed -n 's,^/\* cc: \(.*\) \*/$,\1,p' "$src") || true
		(cd "$TOP" && "${compiler[@]}" -Iinclude -O2 -static "${warnings[@]}" "${words[@]}" \
			-o "$root/usr/bin/$(basename "$src" .c)" "$src")
	done
	make -s -C "$TOP/tools/ndstack" OUT="$root.tools" CC="${compiler[*]}" >&2
	for src in $(libraries "$root.tools/ndstack"); do
		install -D "${GUEST_ROOT:+$GUEST_ROOT/usr}$src" "$root/$(usr_merged "$src")"
	done
	mv "$root.tools/ndstack" "$root/usr/bin/"
	rm -rf "$root.tools"
	pack "$root" >"$1"
	rm -rf "$root"
}

# module_files TREE MODULE: the module and what it needs, one path a line, nothing when it is
# built in. (modprobe --show-depends would leave out what the host itself has loaded.)
module_files()
{
	awk -v want="${2//-/_}" -v tree="$1" -F '[: ]+' '{
		name = $1
		sub(/.*\//, "", name)
		sub(/\.ko.*/, "", name)
		gsub(/-/, "_", name)
		if (name == want)
			for (i = 1; i <= NF; i++)
				if ($i != "")
					print tree "/" $i
	}' "$1/modules.dep"
}

module_name()
{
	local name=${1##*/}
	name=${name%%.ko*}
	echo "${name//-/_}"
}

# our_modules DIR: with the test provider and bad memory, once something wanted it; beside test
# builds only the latter.
our_modules()
{
	compgen -G "$1/*.ko"
	compgen -G "$1/provider/*.ko" || compgen -G "${1%/test}/provider/nd_bad.ko" || true
}

# make_modules OUT KDIR RELEASE [OURS]: with OURS (a directory of .ko files), those go to
# updates/ in place of the modules they replace.
make_modules()
{
	local out=$1 kdir=$2 release=$3 ours=${4:-} root=$1.root module file files mine=' '
	local tree=$root/usr/lib/modules/$release

	mkdir -p "$tree/updates"
	if [[ -n $ours ]]; then
		for file in $(our_modules "$ours"); do
			mine+="$(module_name "$file") "
			"${CROSS}strip" --strip-debug -o "$tree/updates/${file##*/}" "$file"
		done
	fi
	for module in "${GUEST_MODULES[@]}"; do
		files=$(module_files "$kdir/lib/modules/$release" "$module")
		for file in $files; do
			[[ $mine == *" $(module_name "$file") "* ]] || put_module "$file" "$tree/kernel"
		done
	done
	# kernels before 5.2 have none of the second
	find "$kdir/lib/modules/$release" -maxdepth 1 -regex '.*/modules\.\(builtin\|builtin\.modinfo\|order\)' \
		-exec cp -t "$tree/" {} +
	# what tells which drivers are built in, and what starts them
	if [[ -n $(initcalls_built_in "$kdir") ]]; then
		mkdir -p "$root/boot" "$root/vm"
		cp "$kdir/boot/System.map-$release" "$root/boot/"
		cp "$kdir/build/.config" "$root/boot/config-$release"
		initcalls_built_in "$kdir" >"$root/vm/kept"
	fi
	ln -s usr/lib "$root/lib"
	echo 'search updates built-in' >"$root.conf"
	depmod -C "$root.conf" -b "$root" "$release"
	rm "$root/lib"
	pack "$root" >"$out"
	rm -rf "$root" "$root.conf"
}

put_module()
{
	mkdir -p "$2"
	case $1 in
	*.xz) xz -dc "$1" >"$2/$(basename "$1" .xz)" ;;
	*) cp "$1" "$2/" ;;
	esac
}

# put_both ROOT RELEASE: ours beside the kernel's own, in the guest's /vm/ours.
put_both()
{
	local module

	mkdir -p "$1/vm/ours"
	while read -r module; do
		[[ ! -e $TOP/build/$2/$module.ko ]] ||
			"${CROSS}strip" --strip-debug -o "$1/vm/ours/$module.ko" "$TOP/build/$2/$module.ko"
	done < <(awk '/^[a-z]/ { print $1 }' "$TOP/drivers/modules")
}

tool_versions()
{
	dpkg-query -W -f '${Package} ${Version}\n' bash busybox-static daxctl e2fsprogs fio jq kmod libc6 \
		ndctl udev util-linux xfsprogs 2>/dev/null
	cat "$VM/host/initramfs.sh"
	echo "$GUEST_ROOT"
}

# initramfs OUT KDIR SET FIO EXTRA: SET is "ours", "intree" or "mock" (test builds of ours), FIO
# "yes" or "", EXTRA the directory with the scenario's own files.
initramfs()
{
	local out=$1 kdir=$2 set=$3 fio=$4 extra=$5 release base helpers modules ours='' parts

	release=$(kernel_release "$kdir")
	guest_is "$kdir"
	base=$(tool_versions | fingerprint)
	helpers=$(cat "$VM"/guest/*.[ch] "$VM"/../provider/*.h "$TOP"/include/nd/*.h "$TOP"/tools/ndstack/* "$TOP"/drivers/modules \
		"$TOP"/drivers/nvdimm/{btt,label,layout}/*.[ch] "$TOP"/tools/testing/nvdimm/{lib,poison}/*.[ch] \
		"$TOP"/tools/testing/nvdimm/unit/shim/*/*.h "$VM/host/initramfs.sh" - <<<"$GUEST_ROOT" | fingerprint)
	case $set in
	ours) ours=$TOP/build/$release ;;
	mock) ours=$TOP/build/$release/test ;;
	intree) ! compgen -G "$TOP/build/$release/provider-intree/*.ko" >/dev/null ||
			ours=$TOP/build/$release/provider-intree ;;
	esac
	[[ -z $ours ]] || compgen -G "$ours/*.ko" >/dev/null ||
		die "no modules in ${ours#"$TOP/"}: make $([[ $set == mock ]] && echo nfit_test || echo modules)" \
			"KDIR=\"\$(tools/testing/nvdimm/lib/headers $(cut -d. -f1,2 <<<"$release"))\""
	modules=$({ echo "$kdir $set ${GUEST_MODULES[*]}"; cat "$VM/host/initramfs.sh"
		    [[ -z $ours ]] || our_modules "$ours" | xargs -d '\n' cat; } | fingerprint)
	parts=("$CACHE/initramfs/base-$base" "$CACHE/initramfs/helpers-$helpers"
		"$CACHE/initramfs/modules-$modules")
	build_once "${parts[0]}" make_base
	build_once "${parts[1]}" make_helpers
	build_once "${parts[2]}" make_modules "$kdir" "$release" "$ours"
	if [[ -n $fio ]]; then
		parts+=("$CACHE/initramfs/fio-$base")
		build_once "${parts[3]}" make_fio
	fi
	{ cat "${parts[@]}"; pack "$extra"; } >"$out"
}
