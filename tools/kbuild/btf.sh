# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# btf.sh - where the BTF of a kernel is found. Sourced, with $kdir, $release, $image and a directory
# $work. It is looked for in
#
#   IMAGE                      a vmlinux or vmlinuz, when one is named
#   KDIR/vmlinux               shipped with headers of newer kernels, or a build tree
#   /sys/kernel/btf/vmlinux    when that kernel is running
#   ROOT/boot/vmlinuz-RELEASE  ROOT is where the headers are installed: / but for tests
#
# and only in what is of the same build as the headers, as far as either tells. What was of no use is
# in $tried, with the reason.
tried=()
root=
case $kdir in */usr/src/*) root=${kdir%/usr/src/*} ;; esac

number() { od -An -v -t"u$3" -j"$2" -N"$3" --endian=little "$1" | tr -d ' '; }

# packer FILE AT: what was packed there with, by its first bytes.
packer() {
	case $(od -An -v -tx1 -j"$2" -N4 "$1" | tr -d ' ') in
	1f8b*) echo gzip ;;
	fd377a58) echo xz ;;
	28b52ffd) echo zstd ;;
	02214c18) echo lz4 ;;
	425a68*) echo bzip2 ;;
	5d0000*) echo lzma ;;
	esac
}

# unpack_part FILE START LENGTH OUT: a packed part of a boot image.
unpack_part() {
	local tool

	tool=$(packer "$1" "$2")
	[ -n "$tool" ] || return 1
	command -v "$tool" >/dev/null || { tried+=("$1 (packed with $tool, which is not installed)"); return 2; }
	dd if="$1" bs=64K iflag=skip_bytes,count_bytes skip="$2" count="$3" status=none | "$tool" -dc >"$4" 2>/dev/null
}

# unpack VMLINUZ OUT: the kernel within a boot image, or the BTF within that.
unpack() {
	if [ "$(head -c 518 "$1" | tail -c 4 | tr -d '\0')" = HdrS ]; then
		unpack_x86 "$@"
	else
		unpack_arm64 "$@"
	fi
}

# unpack_x86 VMLINUZ OUT: Documentation/x86/boot
unpack_x86() {
	local start length

	start=$((($(number "$1" 497 1) + 1) * 512 + $(number "$1" 584 4)))
	length=$(number "$1" 588 4)
	# its size in bytes, which only gzip knows of, follows
	[ "$(packer "$1" $start)" = gzip ] || length=$((length - 4))
	unpack_part "$1" $start "$length" "$2"
}

# is_arm64 IMAGE: Documentation/arm64/booting
is_arm64() {
	[ "$(head -c 60 "$1" | tail -c 4 | tr -d '\0')" = ARMd ]
}

# unpack_arm64 VMLINUZ OUT: the image is the kernel as it will be in memory, without any word of where its
# sections are; or that, packed, alone or within an EFI program ("zimg").
unpack_arm64() {
	local flat=$2.flat at

	if is_arm64 "$1"; then
		flat=$1
	elif [ "$(head -c 8 "$1" | tail -c 4 | tr -d '\0')" = zimg ]; then
		unpack_part "$1" "$(number "$1" 8 4)" "$(number "$1" 12 4)" "$flat" || return
	else
		unpack_part "$1" 0 "$(stat -c %s "$1")" "$flat" || return
	fi
	is_arm64 "$flat" || return 1
	of_this_build "$1" "$(LC_ALL=C grep -aom1 'Linux version [0-9][[:print:]]* #[0-9][[:print:]]*' "$flat")" || return 1
	# the header of BTF, version 1, whose types follow at once
	at=$(LC_ALL=C grep -obUaPm1 '\x9f\xeb\x01\x00\x18\x00\x00\x00\x00\x00\x00\x00' "$flat" | head -n 1 | cut -d: -f1)
	[ -n "$at" ] || return 1
	dd if="$flat" bs=64K iflag=skip_bytes,count_bytes skip="$at" \
		count=$((24 + $(number "$flat" $((at + 16)) 4) + $(number "$flat" $((at + 20)) 4))) status=none >"$2"
}

# What "uname -v" will say: names a build, and distributions put its version there.
build=$(sed -n 's/^.define UTS_VERSION "\(.*\)"/\1/p' "$kdir"/include/generated/{utsversion,compile}.h 2>/dev/null | head -n 1) || :

# of_this_build FILE TEXT: does the text, of FILE, name our build? What names none may be it.
of_this_build() {
	[ -n "$build" ] && [ -n "$2" ] || return 0
	case $2 in *"$build"*) return 0 ;; esac
	tried+=("$1 (another build than the headers: \"$2\", and not \"$build\")")
	return 1
}

# boot_text FILE: what a boot image says of itself, "6.1.0-56-amd64 (builder) #1 SMP ...".
boot_text() {
	[ "$(head -c 518 "$1" | tail -c 4 | tr -d '\0')" = HdrS ] && [ "$(number "$1" 526 2)" -ne 0 ] || return 0
	tail -c +$(($(number "$1" 526 2) + 513)) "$1" | head -c 256 | tr '\0' '\n' | sed -n 1p
}

# told_by READ FILE: READ, a function, of FILE or of what is packed in it. Its status: 0, 1 with a sentence
# in $work/why, 2 where it finds no BTF there.
told_by() {
	local rc=0

	[ -r "$2" ] || return 1
	of_this_build "$2" "$(boot_text "$2" 2>/dev/null)" || return 1
	"$1" "$2" || rc=$?
	if [ $rc -eq 2 ] && unpack "$2" "$work/vmlinux"; then
		rc=0
		"$1" "$work/vmlinux" || rc=$?
	fi
	[ $rc -ne 1 ] || tried+=("$2 ($(cat "$work/why"))")
	return $rc
}

# told_by_kernel READ: by the first place that does.
told_by_kernel() {
	if [ -n "$image" ]; then
		told_by "$1" "$image" && return
		tried+=("$image")
		return 1
	fi
	told_by "$1" "$kdir/vmlinux" ||
		{ [ "$(uname -r)" = "$release" ] && of_this_build /sys/kernel/btf/vmlinux "$(uname -v)" &&
			told_by "$1" /sys/kernel/btf/vmlinux; } ||
		told_by "$1" "$root/boot/vmlinuz-$release"
}

# host_compiler: for a program that runs here. Who has installed headers may have no more than the compiler of
# the kernel, by its full name: gcc-12, and no cc.
host_compiler() {
	local name

	for name in ${HOSTCC:-cc gcc} $(compgen -c gcc- | grep -x 'gcc-[0-9]*' | sort -V -r) clang; do
		! command -v "$name" || return 0
	done
	return 1
}
