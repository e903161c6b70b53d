# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# suites.sh - which suite of Debian a kernel series comes from; sourced.
#
# Kernels that the machine's own suite carries are asked for there, and built here. The others have
# their packages from their own suite (apt-suite) and are built with its compiler (in-suite).
#
# A series may name another architecture, and a flavour of it, "6.12-arm64-16k": it is cross-built.
# "6.12-rt" is the flavour of the machine's own architecture with PREEMPT_RT.

SUITES_LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# series_arch SERIES: its architecture, as Debian calls it.
series_arch()
{
	case $1 in
	*-arm64*) echo arm64 ;;
	*) dpkg --print-architecture ;;
	esac
}

# series_version SERIES: without an architecture.
series_version()
{
	echo "${1%%-*}"
}

# series_flavour SERIES: what its packages end in, "amd64", "rt-amd64", "arm64-16k".
series_flavour()
{
	case $1 in
	*-rt) echo "rt-$(dpkg --print-architecture)" ;;
	*-*) echo "${1#*-}" ;;
	*) dpkg --print-architecture ;;
	esac
}

# series_is_cross SERIES: is it for another architecture than the machine's?
series_is_cross()
{
	[[ $(series_arch "$1") != $(dpkg --print-architecture) ]]
}

# series_suite SERIES: the suite whose compiler has built it.
series_suite()
{
	case $(series_version "$1") in
	5.10) echo bullseye ;;
	6.1 | 6.12) echo bookworm ;;
	7.2 | 7.3) echo trixie ;;
	*) echo "suites: no suite of Debian is known for kernel $1" >&2; return 1 ;;
	esac
}

# series_other_suite SERIES: is that another suite than the machine's?
series_other_suite()
{
	local suite

	suite=$(series_suite "$1") || return
	# shellcheck source=/dev/null
	[[ $(. /etc/os-release && echo "${VERSION_CODENAME:-}") != "$suite" ]]
}

# series_is_foreign SERIES: neither ./test nor "make modules" builds for it on this machine.
series_is_foreign()
{
	series_is_cross "$1" || series_other_suite "$1"
}

# series_apt SERIES CMD...: run an apt command where the packages of that kernel are.
series_apt()
{
	local series=$1 archive arch=() conf
	shift

	if ! series_is_foreign "$series"; then
		"$@"
		return
	fi
	case $(series_version "$series") in
	7.2 | 7.3) archive=trixie-backports ;;
	*) archive=$(series_suite "$series")-security ;;
	esac
	if series_is_cross "$series"; then
		arch=("$(series_arch "$series")")
	fi
	conf=$("$SUITES_LIB/apt-suite" "$archive" "${arch[@]}") || return
	APT_CONFIG=$conf "$@"
}

# series_run SERIES CMD...: run a build for that kernel, with its suite's compiler.
series_run()
{
	local series=$1 suite
	shift

	if series_is_cross "$series"; then
		export ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-
	fi
	if series_other_suite "$series"; then
		suite=$(series_suite "$series")
		"$SUITES_LIB/in-suite" "$suite" "$@"
	else
		"$@"
	fi
}
