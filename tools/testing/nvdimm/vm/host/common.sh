# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# common.sh - what every host-side file of the VM harness shares.

shopt -s inherit_errexit

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/ndstack/vm

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
