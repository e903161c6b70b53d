# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# kernel.sh - stock kernel images: downloaded and unpacked, never installed.

# kernel_package SERIES: the image package behind the distribution's metapackage.
kernel_package()
{
	local names

	names=$(apt-cache depends "linux-image-$1-amd64" linux-image-amd64 2>/dev/null) ||
		names=$(apt-cache depends linux-image-amd64 2>/dev/null) || return 0
	awk -v s="linux-image-$1." '$1 == "Depends:" && index($2, s) == 1 && !seen++ { print $2 }' \
		<<<"$names"
}

# kernel_download DIR PACKAGE: unpack the image into DIR and index its modules.
kernel_download()
{
	local dir=$1 package=$2 deb

	say "vm: downloading $package"
	mkdir -p "$dir" "$dir.deb"
	# apt's own sandbox user cannot write here; that is only worth a warning to apt.
	(cd "$dir.deb" && apt-get -qq download "$package" 2>&1 | grep -v '^W: ' >&2) || true
	deb=$(echo "$dir.deb"/*.deb)
	[[ -s $deb ]] || die "cannot download $package"
	dpkg-deb -x "$deb" "$dir"
	rm -r "$dir.deb"
	[[ -d $dir/lib/modules ]] || mv "$dir/usr/lib" "$dir/lib"
	depmod -b "$dir" "${package#linux-image-}"
}

# kernel_dir SERIES: print the unpacked tree of the newest kernel of a series (6.1, 6.12), or
# of the one that checks itself (debug), which is built on first use.
kernel_dir()
{
	local series=$1 package version dir

	if [[ $series == debug ]]; then
		"$VM/../debug/kernel" --dir || die "no debug kernel"
		return
	fi
	package=$(kernel_package "$series")
	if [[ -z $package ]]; then
		# No package lists here: the newest one of earlier runs serves.
		dir=$(find "$CACHE/kernel" -mindepth 1 -maxdepth 1 -name "$series.*_*" |
			sort -V | tail -n 1)
		[[ -n $dir ]] || die "no package linux-image-$series.*: run apt-get update"
		echo "$dir"
		return
	fi
	version=$(apt-cache policy "$package" | awk '$1 == "Candidate:" { print $2 }')
	dir=$CACHE/kernel/${package#linux-image-}_${version//[^A-Za-z0-9.+~-]/_}
	build_once "$dir" kernel_download "$package"
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
