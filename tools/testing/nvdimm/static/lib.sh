# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# lib.sh - what several checks share. Complaints are lines on stdout.

# Files that the checks below read: tracked, or new and not ignored.
files() { git ls-files -co --exclude-standard -- "$@" | while read -r f; do [ ! -e "$f" ] || printf '%s\n' "$f"; done; }

# complain: print what comes in; fail if anything did.
complain() { ! grep .; }

# same NAME GOT WANTED: complains of that, where it is something else
same() { [ "$2" = "$3" ] || echo "$1: $2, and not $3"; }

# hits GREP_ARGUMENT...: grep in the files named on stdin; to find nothing is no
# failure, to be unable to look is a complaint.
hits() { xargs -r -d '\n' grep -nHI "$@" 2>&1 || [ $? -eq 123 ]; }

# bodies NAME FILE...: functions whose name matches, "FILE NAME: text", one a line.
bodies() {
	awk -v name="$1" '
		/^[a-z].*\(/ { open = match($0, "[a-z0-9_]*" name "\\(") ? substr($0, RSTART, RLENGTH - 1) : "" }
		open != "" { text = text " " $0 }
		/^}/ { if (open != "") print FILENAME " " open ": " text; open = text = "" }
		/;$/ && text !~ /{/ { open = text = "" }' "${@:2}"
}

# bodies_of NAME [DIR]: the same, of what drivers/nvdimm has, or of it without DIR.
bodies_of() {
	local sources

	mapfile -t sources < <(files 'drivers/nvdimm/*.c' ${2:+":!drivers/nvdimm/$2"})
	bodies "$1" "${sources[@]}"
}

suites_of_scenarios=(vm nfit stress)

guest_scripts() {
	files "${suites_of_scenarios[@]/#/tools/testing/nvdimm/}" tools/testing/nvdimm/matrix | grep -E '/(scenario/|guest/.*\.sh$)'
}

# dkms_kernel NAME: headers as if installed in build/static/dkms/NAME, without BTF or an image.
dkms_kernel() {
	local at=$top/build/static/dkms/$1/usr/src/linux-headers-R

	mkdir -p "$at/include/generated" "$at/../../../boot"
	echo '#define UTS_RELEASE "R"' >"$at/include/generated/utsrelease.h"
	: >"$at/Module.symvers"
	echo "$at"
}
