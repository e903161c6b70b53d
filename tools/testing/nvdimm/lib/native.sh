# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Build and run the native tests of one kind; sourced by unit/run, fuzz/run and
# crash/run, which set $kind and define run_one NAME: run the program
# build/$kind/NAME, leave its output in build/$kind/NAME.log and print
# "PASSED FAILED" as the last line. What of their programs' work they leave
# out they say in $native_left, "WHAT: WHY".

native_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
native_out=$native_top/build/${kind:?}

# A C compiler and the libraries of KIND/packages.
native_need()
{
	local missing=()

	mapfile -t missing < <(sed 's/ *#.*//; /^$/d' "$native_top/tools/testing/nvdimm/$kind/packages" |
		while read -r p; do
			dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q ' installed' || echo "$p"
		done)
	[ ${#missing[@]} -eq 0 ] || {
		echo "$kind: install these packages first: ${missing[*]}" >&2
		exit 2
	}
}

# What cmocka reported in a log; a program that died counts as one failure more.
native_cmocka()
{
	local log=$1 rc=$2

	awk -v rc="$rc" '
		/^\[=+\] [0-9]+ test\(s\) run/ { ended = 1 }
		!ended && /^\[       OK \] / { passed++ }
		!ended && /^\[  FAILED  \] / { failed++ }
		END { if (!ended || rc && !failed) failed++; print passed + 0, failed + 0 }' "$log"
}

# native_main [NAME...]: all, or those named.
native_main()
{
	local make=(make -s --no-print-directory -f "$native_top/tools/testing/nvdimm/lib/native.mk"
		"KIND=$kind") names jobs passed=0 failed=0 name p f

	native_need
	case ${1:-} in -h | --help) sed -n '3,/^set/s/^# \?//p' "$0"; return ;; esac
	[ $# -eq 0 ] || make+=("ONLY=$*")
	mkdir -p "$native_out"
	read -r -a names < <("${make[@]}" list)
	jobs=$(nproc)
	if ! "${make[@]}" -k -j"$jobs" all; then
		echo "$kind: not everything was built"
		# An older program must not stand in for one that no longer compiles.
		for name in "${names[@]}"; do
			"${make[@]}" -q "ONLY=$name" all 2>/dev/null || rm -f "$native_out/$name"
		done
	fi
	export -f run_one native_cmocka
	export native_top native_out
	# shellcheck disable=SC2016 # the inner shell expands
	while read -r name p f; do
		passed=$((passed + p))
		failed=$((failed + f))
		[ "$f" -eq 0 ] || cat "$native_out/$name.log" 2>/dev/null || true
		printf '%-28s %6d passed %6d failed\n' "$name" "$p" "$f"
		[ ! -e "$native_out/$name.log" ] || sed -n 's/^## /                             /p' "$native_out/$name.log"
	done < <(printf '%s\n' "${names[@]}" | xargs -P "$jobs" -I{} bash -c '
		set -uo pipefail
		if [ -x "$native_out/{}" ]; then
			echo "{} $(run_one "{}")"
		else
			echo "{} was not built" >"$native_out/{}.log"
			echo "{} 0 1"
		fi')
	[ $# -eq 0 ] || echo "not run: the other programs: these were named: $*"
	[ -z "${native_left:-}" ] || echo "not run: $native_left"
	[ $# -ne 0 ] || [ -n "${native_left:-}" ] || echo "not run: nothing was left out"
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
