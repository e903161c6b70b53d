# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# kernel.sh - stock kernel images: downloaded and unpacked, never installed.

# shellcheck source=tools/testing/nvdimm/lib/suites.sh
. "$VM/../lib/suites.sh"

# kernel_package SERIES: the image package behind the distribution's metapackage; where that has gone
# on to another series, the newest of those that are still there.
kernel_package()
{
	local names package version flavour

	version=$(series_version "$1") flavour=$(series_flavour "$1")
	names=$(series_apt "$1" apt-cache depends "linux-image-$version-$flavour" "linux-image-$flavour" 2>/dev/null) ||
		names=$(series_apt "$1" apt-cache depends "linux-image-$flavour" 2>/dev/null) || names=''
	package=$(awk -v s="linux-image-$version." '$1 == "Depends:" && index($2, s) == 1 && !seen++ { print $2 }' \
		<<<"$names")
	[[ -n $package ]] ||
		package=$(series_apt "$1" apt-cache pkgnames "linux-image-$version." |
			grep -E "^linux-image-${version//./\\.}\.[0-9]+([-+][a-z0-9.~]+)?-$flavour\$" | sort -V | tail -n 1) || true
	echo "$package"
}

# kernel_parts SERIES PACKAGE: the packages an image consists of: itself, and since 7.x others.
kernel_parts()
{
	echo "$2"
	series_apt "$1" apt-cache depends "$2" |
		awk -v r="${2#linux-image-}" '/Depends:/ && ($2 == "linux-base-" r ||
			$2 == "linux-binary-" r || $2 == "linux-modules-" r) { print $2 }'
}

# kernel_download DIR SERIES PACKAGE: unpack the image into DIR and index its modules.
kernel_download()
{
	local dir=$1 series=$2 package=$3 release=${3#linux-image-} deb parts

	say "vm: downloading $package"
	mkdir -p "$dir" "$dir.deb"
	mapfile -t parts < <(kernel_parts "$series" "$package")
	# apt's own sandbox user cannot write here; that is only worth a warning to apt.
	(cd "$dir.deb" && series_apt "$series" apt-get -qq download "${parts[@]}" 2>&1 |
		grep -v '^W: ' >&2) || true
	for deb in "$dir.deb"/*.deb; do
		[[ -s $deb ]] || die "cannot download ${parts[*]}"
		dpkg-deb -x "$deb" "$dir"
	done
	rm -r "$dir.deb"
	[[ -d $dir/lib/modules ]] || mv "$dir/usr/lib" "$dir/lib"
	# Since 7.x the image lies among its modules.
	if [[ ! -e $dir/boot/vmlinuz-$release ]]; then
		mkdir -p "$dir/boot"
		mv "$dir/lib/modules/$release/vmlinuz" "$dir/boot/vmlinuz-$release"
	fi
	depmod -b "$dir" "$release"
}

# Asking apt takes a second; who boots often asks once: kernel_know SERIES, not in a subshell.
declare -A KERNEL_KNOWN=()

kernel_know()
{
	KERNEL_KNOWN[$1]=$(kernel_dir "$1")
}

# kernel_is_at SERIES DIR: of one's own.
kernel_is_at()
{
	KERNEL_KNOWN[$1]=$2
}

# Those that are configured and built here, on first use, and the words of tools/testing/nvdimm/debug that
# do it: a 6.1 and a 6.12 that check themselves (debug, debug-6.12), a 6.12 that looks for data races (kcsan),
# and a 6.1 that has built in what is replaced.
declare -A KERNEL_OF_OURS=(
	[debug]='kernel --dir checks'
	[debug-6.12]='kernel-6.12 --dir checks'
	[kcsan]='kernel-6.12 --dir kcsan'
	[builtin]='kernel --dir builtin'
)

# kernel_checks SERIES: does it check itself, and is slow for that?
kernel_checks()
{
	[[ $1 == @(debug|debug-6.12|kcsan) ]]
}

# kernel_has_build SERIES: does its tree bring what modules are built with?
kernel_has_build()
{
	[[ -n ${KERNEL_OF_OURS[$1]:-} || $1 == own ]]
}

# kernel_dir SERIES: print the unpacked tree of the newest kernel of a series (6.1, 6.12), or of one of
# those above. One's own is known.
kernel_dir()
{
	local series=$1 package version dir

	if [[ -n ${KERNEL_KNOWN[$series]:-} ]]; then
		echo "${KERNEL_KNOWN[$series]}"
		return
	fi
	if [[ -n ${KERNEL_OF_OURS[$series]:-} ]]; then
		# shellcheck disable=SC2086 # a program and its words
		"$VM/../debug/"${KERNEL_OF_OURS[$series]} || die "no kernel $series"
		return
	fi
	package=$(kernel_package "$series")
	if [[ -z $package ]]; then
		# No package lists here: the newest one of earlier runs serves.
		dir=$(find "$CACHE/kernel" -mindepth 1 -maxdepth 1 -name "$(series_version "$series").*-$(series_flavour "$series")_*" |
			sort -V | tail -n 1)
		[[ -n $dir ]] || die "no package linux-image-$series.*: run apt-get update"
		echo "$dir"
		return
	fi
	version=$(series_apt "$series" apt-cache policy "$package" | awk '$1 == "Candidate:" { print $2 }')
	dir=$CACHE/kernel/${package#linux-image-}_${version//[^A-Za-z0-9.+~-]/_}
	build_once "$dir" kernel_download "$series" "$package"
	echo "$dir"
}

# kernel_release DIR: the release string of an unpacked kernel.
kernel_release()
{
	local image
	for image in "$1"/boot/vmlinuz-*; do
		echo "${image##*/vmlinuz-}"
	done
}

# kernel_make SERIES DIR GOAL...: make for the kernel that was unpacked into DIR.
kernel_make()
{
	if kernel_has_build "$1"; then
		make -C "$TOP" KDIR="$2/build" "${@:3}"
	else
		"$VM/../matrix/build" "$1" "${@:3}"
	fi
}

# initcalls_built_in DIR: the functions that start what a kernel has built in of what we replace, with
# commas between; nothing where all of it are modules.
initcalls_built_in()
{
	awk -v modules="$TOP/drivers/modules" '
		BEGIN {
			while ((getline < modules) > 0)
				for (i = 2; /^[a-z]/ && i <= NF; i++) {
					sub(".*/", "", $i)
					is_replaced[$i]
				}
		}
		sub(/.* __initcall__kmod_/, "") {
			name = $0
			sub(/__[0-9]+_[0-9]+_.*/, "", name)
			sub(/^.*__[0-9]+_[0-9]+_/, "")
			sub(/[0-9]s?$/, "")
			if (name in is_replaced)
				list = list (list ? "," : "") $0
		}
		END { printf "%s", list }' < <(cat "$1"/boot/System.map-* 2>/dev/null)
}
