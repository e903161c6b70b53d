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

# unpack VMLINUZ OUT: the compressed kernel within an x86 boot image (Documentation/x86/boot).
unpack() {
	local start length tool

	[ "$(head -c 518 "$1" | tail -c 4 | tr -d '\0')" = HdrS ] || return 1
	start=$((($(number "$1" 497 1) + 1) * 512 + $(number "$1" 584 4)))
	length=$(number "$1" 588 4)
	case $(od -An -v -tx1 -j$start -N4 "$1" | tr -d ' ') in
	1f8b*) tool=gzip ;;
	fd377a58) tool=xz ;;
	28b52ffd) tool=zstd ;;
	02214c18) tool=lz4 ;;
	425a68*) tool=bzip2 ;;
	5d0000*) tool=lzma ;;
	*) return 1 ;;
	esac
	command -v "$tool" >/dev/null || { tried+=("$1 (packed with $tool, which is not installed)"); return 2; }
	# its size in bytes, which only gzip knows of, follows
	[ "$tool" = gzip ] || length=$((length - 4))
	dd if="$1" bs=64K iflag=skip_bytes,count_bytes skip=$start count="$length" status=none |
		"$tool" -dc >"$2" 2>/dev/null
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
