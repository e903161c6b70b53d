# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# suites.sh - which suite of Debian a kernel series comes from; sourced.
#
# Kernels that the machine's own suite carries are asked for there, and built here. The others have
# their packages from their own suite (apt-suite) and are built with its compiler (in-suite).

SUITES_LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# series_suite SERIES: the suite whose compiler has built it.
series_suite()
{
	case $1 in
	5.10) echo bullseye ;;
	6.1 | 6.12) echo bookworm ;;
	7.2) echo trixie ;;
	*) echo "suites: no suite of Debian is known for kernel $1" >&2; return 1 ;;
	esac
}

# series_is_foreign SERIES: is that another suite than the machine's?
series_is_foreign()
{
	local suite

	suite=$(series_suite "$1") || return
	# shellcheck source=/dev/null
	[[ $(. /etc/os-release && echo "${VERSION_CODENAME:-}") != "$suite" ]]
}

# series_apt SERIES CMD...: run an apt command where the packages of that kernel are.
series_apt()
{
	local series=$1 archive conf
	shift

	if ! series_is_foreign "$series"; then
		"$@"
		return
	fi
	case $series in
	7.2) archive=trixie-backports ;;
	*) archive=$(series_suite "$series")-security ;;
	esac
	conf=$("$SUITES_LIB/apt-suite" "$archive") || return
	APT_CONFIG=$conf "$@"
}

# series_run SERIES CMD...: run a build for that kernel, with its suite's compiler.
series_run()
{
	local series=$1 suite
	shift

	if series_is_foreign "$series"; then
		suite=$(series_suite "$series")
		"$SUITES_LIB/in-suite" "$suite" "$@"
	else
		"$@"
	fi
}
