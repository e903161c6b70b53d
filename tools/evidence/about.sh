# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# about.sh - what decides what was shown: sets of files, each named once; sourced, with top set.
#
# What decides is what runs and what judges: modules, the machine that they are in, the programs and words of its
# guest, and the suite. What is left out is what has no say: documents, packages, other suites, and of a suite what is
# not asked, as other scenarios. static/checks/evidence__is_about_what_its_command_runs looks for what is missed.

T=tools/testing/nvdimm

# of_modules: what modules are, and how they are built
of_modules() { printf '%s\n' Kbuild Makefile drivers include tools/kbuild; }

# of_machines: those that vm/host boots: what is in them, who looks on, and who judges; and which kernel
of_machines()
{
	printf '%s\n' $T/vm/host $T/vm/guest $T/matrix/build $T/debug $T/lib/{apt-suite,cross-root,cross-root.packages,headers,in-suite} \
		$T/lib/{in-suite.packages,suites.sh}
}

# of_scenarios FILE...: they, vm/run, which reads them, and what their first lines bring into the machine
of_scenarios()
{
	local file

	echo $T/vm/run
	for file; do
		echo "$file"
		! grep -qwE 'ndstack|told|typed' "$top/$file" || printf '%s\n' tools/ndstack include/nd $T/unit/shim
		brought_by "$file"
		programs_of "$file"
	done
}

# programs_of SCENARIO: what programs of the guest that it names are made of beside vm/guest
programs_of()
{
	local program name text no='[^[:alnum:]_]'

	text=$'\n'$(<"$top/$1")$'\n'
	for program in "$top/$T"/vm/guest/*.c; do
		name=${program##*/}
		[[ $text =~ $no"${name%.c}"$no ]] || continue
		sed -nE 's,^#include "(.*/)?([^/]+)\.h".*,\2,p' "$program" | while read -r name; do
			(cd "$top" && compgen -G "$T/*/$name.[ch]") || true
		done
	done | sort -u
}

# brought_by SCENARIO: what is made on the way is told by what it is made of
brought_by()
{
	(
		cd "$top" || exit
		PART=0 PARTS=1
		# the words that declare a machine (vm/host/machine.sh); its functions are only read
		for word in law ram cpus cpu counted nodes hmat cxl nvdimm vpmem share unchanged append kernels modules boot \
			short_of_memory log_may_say limit part; do
			eval "$word() { :; }"
		done
		carry()
		{
			printf '%s\n' "$@" | sed "s,^build/stress/.*,$T/stress/guest,; /^build\//d"
		}
		made()
		{
			local word

			for word in "${@:2}"; do
				case $word in
				*/build) echo "$T/${word%/build}" ;;
				*/*) [[ ! -e $T/$word ]] || echo "$T/$word" ;;
				esac
			done
		}
		firmware() { printf '%s\n' "${@/#/$T/vm/firmware/}" | while read -r name; do echo "$name".*; done | tr ' ' '\n'; }
		needs()
		{
			case $1 in
			nd_*) echo $T/provider ;;
			compat_test) echo $T/compat ;;
			esac
		}
		# shellcheck source=/dev/null
		. "./$1"
	)
}

# of_stress: what its scenarios run
of_stress() { printf '%s\n' $T/stress; of_machines; of_scenarios $T/stress/scenario/*; }

# of_native KIND [PROGRAM...]: programs of that kind, all unless told, and who runs them
of_native() { printf '%s\n' "$T/$1/$([[ $1 == mm ]] && echo native || echo run)" $T/lib/native.sh; built_of "$@"; }

# of_nfit FILE...: the mock bus, ndctl's own tests, and these scenarios on it
of_nfit()
{
	printf '%s\n' $T/nfit/{run,tests,differences,host,guest} $T/nfit_test $T/Kbuild $T/lib/install.sh
	of_machines
	of_scenarios "$@"
}

# of_foreign: what others' tests say on either side's modules
of_foreign() { printf '%s\n' $T/foreign/{run,guest.sh,verdicts.sh,suite}; of_machines; }

# of_mutants KIND: mutants of that kind (native, machines, debug; mutants/run has the words), what they break, and of the tests
# that are to notice them those that their lines "red:" name: another test of the same suite changes nothing.
of_mutants()
{
	local tests patches suite names

	tests=$("$top/$T/mutants/run" --full --tests "--$1")
	printf '%s\n' $T/mutants/run $T/vm/host/kernel.sh tools/ndstack mm-patches
	patches=$(awk -v at="$T/mutants/patch/" '{ print at $3 }' <<<"$tests")
	echo "$patches"
	(cd "$top" && xargs sed -n 's,^+++ b/,,p' <<<"$patches")
	of_modules
	for suite in $(cut -d' ' -f1 <<<"$tests" | sort -u); do
		mapfile -t names < <(awk -v suite="$suite" '$1 == suite { print $2 }' <<<"$tests" | sort -u)
		of_tests "$suite" "${names[@]}"
	done
}

# of_tests SUITE NAME...: what these tests of a suite are made of
of_tests()
{
	local suite=$1 scenarios
	shift

	scenarios=("${@/#/$T/$suite/scenario/}")
	case $suite in
	mm)
		printf '%s\n' $T/mm
		mapfile -t scenarios < <(printf '%s\n' "$@" | grep -vx tool)
		of_native mm "${scenarios[@]}"
		;;
	unit | fuzz | crash) of_native "$suite" "$@" ;;
	static) printf '%s\n' $T/static/{run,lib.sh,builds.sh,checkpatch.sh} "${@/#/$T/static/checks/}" ;;
	vm) of_machines; of_scenarios "${scenarios[@]}" ;;
	nfit) of_nfit "${scenarios[@]}" ;;
	stress | races) of_stress ;;
	cuts) printf '%s\n' $T/cuts; of_machines ;;
	esac
}

# built_of KIND [PROGRAM...]: a line each, what these programs of tools/testing/nvdimm/KIND, all unless told, are built of,
# by what they name and include
built_of()
{
	printf '%s\n' $T/unit/shim include/nd $T/lib/native.mk $T/lib/native.sh
	# what fuzzers begin with is what parsers are shown
	case $1 in
	unit) printf '%s\n' $T/unit/golden $T/fuzz/corpus ;;
	fuzz) echo $T/fuzz/corpus ;;
	esac
	# shellcheck disable=SC2016 # what make replaces
	make -s -C "$top" -f $T/lib/native.mk KIND="$1" ${2:+ONLY="${*:2}"} \
		--eval 'sources: ; @printf "%s\n" $(patsubst $(OUT)/obj/%.o,%.c,$(sort $(OBJECTS)))' sources |
		(cd "$top" && awk -v roots="$T/$1 $T/unit $T/lib drivers/nvdimm drivers/dax tools/ndstack" '
			function follow(file,    own, line, part, i) {
				if (file in seen)
					return 1
				if ((getline line < file) < 0)
					return 0
				seen[file]
				print file
				match(file, ".*/")
				own = substr(file, 1, RLENGTH)
				do {
					if (line ~ /^[ \t]*# *include "/) {
						split(line, part, "\"")
						if (!follow(own part[2]))
							for (i = 1; i <= nr && !follow(root[i] "/" part[2]); i++)
								;
					}
				} while ((getline line < file) > 0)
				close(file)
				return 1
			}
			BEGIN { nr = split(roots, root) }
			{ follow($0) }')
}

# state_of PATH...: a short name for what these files are, in any clone; of a change that decides nothing (alike), that
# of before
state_of()
{
	(
		cd "$top" || exit
		git ls-files -co --exclude-standard -z -- "$@" | LC_ALL=C sort -zu |
			while IFS= read -rd '' file; do [[ ! -f $file ]] || printf '%s\0' "$file"; done | xargs -0 -r sha256sum |
			as_before
	) | sha256sum | cut -c1-12
}

# as_before: of lines "SHA256  PATH" those of the file alike with the sum that the file had before
as_before()
{
	awk -v alike="$top/tools/evidence/alike" '
		BEGIN {
			while ((getline <alike) > 0)
				if (!/^#/)
					before[$3 "  " $1] = $2
		}
		$0 in before { sub(/^[^ ]+/, before[$0]) }
		{ print }'
}
