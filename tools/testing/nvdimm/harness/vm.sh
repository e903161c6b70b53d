#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vm.sh build SERIES SET GOAL...           build modules for a kernel; print "DIR KDIR" of it
# vm.sh boot SCENARIO SERIES SET DIR       boot a scenario, print KTAP; logs and DIR/excerpt stay
# vm.sh shell SCENARIO SERIES SET          a prompt in the machine of a scenario
#
# The bridge from pytest to the shell code of vm/host. NDSTACK_KERNELS has "SERIES=DIR" of the
# kernels that were found before, because to ask apt takes a second.
set -euo pipefail
set -E
trap 'echo "vm: ${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND failed" >&2' ERR

VM=$(cd "$(dirname "$0")/../vm" && pwd)
# shellcheck source=tools/testing/nvdimm/vm/host/common.sh
. "$VM/host/common.sh"
# shellcheck source=tools/testing/nvdimm/lib/suites.sh
. "$VM/../lib/suites.sh"

mkdir -p "$CACHE"
for word in ${NDSTACK_KERNELS:-}; do
	kernel_is_at "${word%%=*}" "${word#*=}"
done

# arch_has_fio DIR: arm64 guests have no fio.
arch_has_fio()
{
	[[ $(guest_arch "$1") == arm64 ]] || echo yes
}

# run_build SERIES SET GOAL...: the guests' root is made here, too, so that two tests do not make it
# at once.
run_build()
{
	local series=$1 set=$2 dir kdir extra probe each
	shift 2

	if [[ $series == */* ]]; then
		[[ -e $series/build/include/generated/utsrelease.h ]] || die "$series: no kernel with build/"
		kernel_is_at own "$(realpath "$series")"
		series=own
	fi
	kernel_know "$series"
	dir=$(kernel_dir "$series")
	# as the checked builds of static are made, or each would build all again
	(($# == 0)) || W=1 kernel_make "$series" "$dir" "$@" </dev/null >&2
	[[ $(guest_arch "$dir") == arm64 ]] || kvm_works "$dir/boot/vmlinuz-$(kernel_release "$dir")" || true
	extra=$(mktemp -d "$CACHE/probe.XXXXXX")
	probe=$extra.cpio
	for each in $(printf '%s\n' "$set" intree | sort -u); do
		initramfs "$probe" "$dir" "$each" "$(arch_has_fio "$dir")" "$extra" >&2
	done
	rm -rf "$extra" "$probe"
	echo "$dir"
}

# ktap FILE: lines "ok BOOT LAW" as KTAP.
ktap()
{
	echo 'KTAP version 1'
	awk '
		/^(not )?ok / {
			not = sub(/^not /, "") ? "not " : ""
			boot = $2
			sub(/^ok [0-9]+ /, "")
			print not "ok " ++n " - boot " boot ": " $0
		}
		END { print "1.." n + 0 }' "$1"
}

# last_messages DIR: of the first boot in which a check failed, the end of the kernel log.
last_messages()
{
	local n

	n=$(sed -n 's/^not ok \([1-9][0-9]*\) .*/\1/p' "$1/verdict" | head -n 1)
	[[ ! -s $1/boot$n.console ]] ||
		tail -n 15 "$1/boot$n.console" | tr -d '\r' | cut -c1-200 | sed 's/^/kernel: /'
}

# run_boot SCENARIO SERIES SET DIR: what fails in it is a verdict, and does not end it.
run_boot()
{
	local dir=$4

	trap - ERR
	set +e
	# shellcheck disable=SC2034 # of attempt.sh
	SET=$3
	attempt "$1" "$2" "$dir"
	touch "$dir/verdict"
	# A silent kernel log alone proves nothing.
	grep -qEv ': kernel log (is silent|has its end mark)' "$dir/verdict" ||
		echo 'not ok 0 something is checked' >>"$dir/verdict"
	{
		[[ ! -e $dir/again ]] || echo "run $(<"$dir/again"): QEMU lost a breakpoint or an interrupt (attempt.sh)"
		races_are_told "$dir"
		last_words "$dir"
		first_report "$dir"
		last_messages "$dir"
	} | sed 's/^       //' >"$dir/excerpt"
	ktap "$dir/verdict"
}

# run_shell SCENARIO SERIES SET
run_shell()
{
	local dir kdir

	load_scenario "$1"
	! kernel_checks "$2" || machine_that_checks "$2"
	kdir=$(kernel_dir "$2")
	dir=$(mktemp -d "${TMPDIR:-/tmp}/ndstack-shell.XXXXXX")
	# shellcheck disable=SC2064 # this directory
	trap "rm -rf '$dir'" EXIT
	make_media "$dir"
	interactive "$dir" "$1" "$kdir" "$3"
}

case ${1:-} in
# not by these names, which are words of scenarios
build | boot | shell)
	command=run_$1
	shift
	"$command" "$@"
	;;
*) sed -n '4,11s/^# \?//p' "$0" >&2; exit 2 ;;
esac
