# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# builds.sh - builds for each kernel. They go to $built, from scratch: objects that are up to
# date tell no warnings.
#
# tier: commit 6.1 6.12 6.1-clang
built=${built:-build/static}

# build_log NAME SERIES GOAL [VARIABLE...]: one build; its warnings, or its end.
#
# Not ours to mend, so not counted: modules built without BTF because a headers
# package has no vmlinux, and kbuild's remark on another gcc patch level.
build_log() {
	local log=build/static/log.$1.$2

	mkdir -p build/static
	if ! make BUILD="$built" KDIR="${kdir[$2]}" "${@:3}" >"$log" 2>&1; then
		sed -E 's#[^ ]*/linux-headers-[^ ]*-common/##; s#[^ ]*/(src/(drivers|include))#\1#' "$log" |
			grep -E 'error|ERROR|ndstack:|\*\*\* ' || tail -n 40 "$log"
		return 1
	fi
	sed -nE '/Skipping BTF generation|the compiler differs from the one used/d
		/warning:|error:|WARNING:|ERROR:|^Warning/p' "$log" | complain
}

# Each kernel: everything compiles without a warning; then sparse over the same
# objects; then the module that uses every shim of the compat layer.
build_modules() {
	rm -rf "$built/${kdir[$1]##*/linux-headers-}/src"
	build_log modules "$1" modules W=1
}
build_sparse() {
	build_log sparse "$1" modules W=1 C=2 CF=-D__CHECK_ENDIAN__ || return 1
	sparse_ran "modules.$1" "sparse.$1"
}
build_provider() {
	build_log provider_modules "$1" modules W=1 || return 1
	rm -rf "$built/${kdir[$1]##*/linux-headers-}/provider"
	build_log provider "$1" provider W=1 || return 1
	rm -rf "$built/${kdir[$1]##*/linux-headers-}/provider"
	build_log provider_sparse "$1" provider W=1 C=2 CF=-D__CHECK_ENDIAN__ || return 1
	sparse_ran "provider.$1" "provider_sparse.$1"
}
# The kernel that they are run on; gcc and sparse at once, as the sources are those of above but a few.
build_test_builds() {
	build_checked "$1" nfit_test test
}

# build_checked SERIES GOAL DIR: what the goal leaves in DIR, by gcc with W=1 and by sparse at once.
build_checked() {
	rm -rf "$built/${kdir[$1]##*/linux-headers-}/$3"
	build_log "checked_$2" "$1" "$2" W=1 C=1 CF=-D__CHECK_ENDIAN__ || return 1
	sparse_ran "checked_$2.$1" "checked_$2.$1"
}

# As for a kernel that clang has built: lib/clang.
build_clang() {
	local dir=$top/build/static/clang release=${kdir[$1]##*/linux-headers-}

	rm -rf "$dir/$release"
	mkdir -p "$dir"
	make BUILD=build/static/clang KDIR="${kdir[$1]}" modules CC="$top/tools/testing/nvdimm/lib/clang" W=1 \
		>"$dir/log.$1" 2>&1 || { grep -E 'error|ERROR|ndstack:' "$dir/log.$1" || tail -n 40 "$dir/log.$1"; return 1; }
	# objtool misses what gcc was asked for, clang a warning's end in headers
	! grep -E '^[^ ]*/src/(drivers|include)/.*(warning|error):' "$dir/log.$1" | grep -v ' objtool: ' || return 1
	diff "$built/$release/probes/compat_config.h" "$dir/$release/probes/compat_config.h" |
		sed -n 's/^> /clang answers: /p' | complain
}
# A kernel without transparent huge pages, nor dax_hmem: it declares the functions of both, and exports none.
build_rt() {
	kdir[6.12-rt]=$("$lib/headers" 6.12-rt) || return 1
	build_modules 6.12-rt
}

# A kernel without NUMA, made of another: its functions are inline, or there are none; none is exported.
build_without_numa() {
	local dir=$top/build/static/no_numa file

	rm -rf "$dir"
	mkdir -p "$dir"
	cp -rs "${kdir[$1]}" "$dir/kdir"
	for file in include/config/auto.conf include/generated/autoconf.h Module.symvers; do
		rm "$dir/kdir/$file"
		sed -E '/CONFIG_[A-Z0-9_]*(NUMA|NODES_SHIFT)[A-Z0-9_]*[ =]/d
			/\t[a-z_]*(numa|node_data|node_distance|pxm_|_pxm|_to_nid|target_node)[a-z_]*\t/d' \
			"${kdir[$1]}/$file" >"$dir/kdir/$file"
	done
	make modules KDIR="$dir/kdir" BUILD=build/static/no_numa/build >"$dir/log" 2>&1 || {
		grep -E 'error|ERROR' "$dir/log" || tail -n 40 "$dir/log"
		return 1
	}
}

build_compat() {
	rm -rf "$built/${kdir[$1]##*/linux-headers-}/compat"
	build_log compat "$1" compat W=1 || return 1
	build_log compat_sparse "$1" compat W=1 C=2 CF=-D__CHECK_ENDIAN__ || return 1
	sparse_ran "compat.$1" "compat_sparse.$1"
}

# Silence of a sparse that never ran would be no verdict.
sparse_ran() {
	local compiled checked

	compiled=$(grep -cE '^  CC \[M\] .*/src/.*\.o$' "build/static/log.$1" || :)
	checked=$(grep -cE '^  CHECK ' "build/static/log.$2" || :)
	# kbuild compiles a .mod.c for each module, and on 6.12 one file more, unchecked.
	[ "$checked" -gt 0 ] && [ "$checked" -ge $((compiled / 2)) ] ||
		{ echo "sparse saw $checked files, gcc $compiled"; return 1; }
}
