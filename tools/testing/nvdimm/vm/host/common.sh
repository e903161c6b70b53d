# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# common.sh - sourced by whoever boots machines, with VM set to the harness's directory;
# what every host-side file shares, and those files.

shopt -s inherit_errexit

TOP=$(cd "$VM/../../../.." && pwd)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/ndstack/vm
# depmod, mkfs and blkdiscard are not on every user's path.
PATH=$PATH:/usr/sbin:/sbin

say()
{
	printf '%s\n' "$*" >&2
}

die()
{
	say "vm: $*"
	exit 2
}

# build_once NAME CMD ARGS...: unless the cache has NAME, run "CMD TEMP ARGS..." and move TEMP
# into place, so that two harnesses never see half a thing.
build_once()
{
	local final=$1 temp
	shift
	[[ -e $final ]] && return
	mkdir -p "${final%/*}"
	temp=$(mktemp -d "$CACHE/build.XXXXXX")
	"$1" "$temp/new" "${@:2}"
	# A concurrent builder may have won; both results are the same thing.
	mv -T -n "$temp/new" "$final"
	rm -rf "$temp"
}

# fingerprint: a short name for what is read on stdin.
fingerprint()
{
	sha256sum | cut -c1-20
}

for file in kernel initramfs machine parts races boot attempt; do
	# shellcheck disable=SC1090
	. "$VM/host/$file.sh"
done
unset file
