# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# ndctl.sh - ndctl's sources, its test programs, and a root disk to run them in.
#
# Fetched by apt from this machine's own mirror, built, and kept in the cache; never committed.

# NDCTL_SUITES: which of Debian's has which version; NDCTL_VERSION is the one whose tests these are, the first
# unless told. Then packages that they call.
NDCTL_SUITES=(81:trixie 76.1:bookworm)
NDCTL_VERSION=${NDCTL_SUITES[0]%:*}
ROOT_PACKAGES=(bc bsdextrautils dmsetup e2fsprogs fio gawk jq keyutils kmod libiniparser1
	libjson-c5 libkeyutils1 libtracefs1 parted procps psmisc trace-cmd udev uuid-runtime xfsprogs xxd)

# ndctl_suite: where NDCTL_VERSION comes from
ndctl_suite()
{
	local each

	for each in "${NDCTL_SUITES[@]}"; do
		[[ ${each%:*} != "$NDCTL_VERSION" ]] || { echo "${each#*:}"; return; }
	done
	die "no ndctl $NDCTL_VERSION: ${NDCTL_SUITES[*]%:*}"
}

# mirror FIELD: of the Debian archive that apt is set up with here, e.g. SITE or CODENAME.
mirror()
{
	local lines

	lines=$(apt-get indextargets 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' \
		--format "\$($1)")
	[[ -n $lines ]] || die "apt knows no Debian archive: run apt-get update"
	head -n 1 <<<"$lines"
}

# private_apt DIR WORD...: apt-get with lists of its own, for one suite's sources alone.
private_apt()
{
	local dir=$1
	shift
	apt-get -qq -o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::State::lists="$dir/lists" -o Dir::Cache="$dir/cache" \
		-o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 "$@"
}

fetch_ndctl()
{
	local dir=$1.apt suite

	suite=$(ndctl_suite)
	say "nfit: fetching ndctl $NDCTL_VERSION"
	mkdir -p "$dir"/{lists,cache/archives}/partial "$1"
	echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
		"$(mirror SITE) $suite main" >"$dir/sources.list"
	private_apt "$dir" update >&2
	(cd "$dir" && private_apt "$dir" source --tar-only --download-only ndctl >&2)
	tar -C "$1" --strip-components=1 -xf "$dir/ndctl_$NDCTL_VERSION.orig.tar.gz" ||
		die "suite $suite no longer has ndctl $NDCTL_VERSION"
	rm -rf "$dir"
}

# apply_differences DIR: to the sources of ndctl's tests. What is said of no version is written for the newest;
# another may have no need of it.
apply_differences()
{
	local file command before newest=${NDCTL_SUITES[0]%:*} version

	while IFS=$'\t' read -r file command; do
		version=$newest
		if [[ $file == *:* ]]; then
			version=${file%%:*} file=${file#*:}
			[[ $version == "$NDCTL_VERSION" ]] || continue
		fi
		before=$(fingerprint <"$1/$file")
		sed -i "$command" "$1/$file"
		[[ $(fingerprint <"$1/$file") != "$before" || $NDCTL_VERSION != "$version" ]] ||
			die "nfit/differences: $command changes nothing in $file"
	done < <(grep -v '^#' "$NFIT/differences")
}

build_ndctl()
{
	say "nfit: building ndctl's tests"
	cp -a "$2" "$1"
	apply_differences "$1/test"
	(
		cd "$1"
		meson setup build -Dtest=enabled -Ddestructive=enabled -Ddocs=disabled \
			-Dasciidoctor=disabled -Dsystemd=disabled \
			-Diniparserdir=/usr/include/iniparser
		ninja -C build
	) >"$1.log" 2>&1 || { tail -n 20 "$1.log" >&2; die "ndctl does not build"; }
	find "$1/build" -name '*.o' -delete
}

make_root()
{
	local root=$1.root

	say "nfit: making a root disk"
	as_root debootstrap --variant=minbase \
		--include="$(IFS=,; echo "${ROOT_PACKAGES[*]}")" "$(mirror CODENAME)" "$root" \
		"$(mirror SITE)" >"$1.log" 2>&1 || { tail -n 20 "$1.log" >&2; die "no root disk"; }
	as_root rm -rf "$root"/usr/share/{doc,man,locale} "$root"/var/cache/apt "$root"/var/lib/apt
	as_root cp -a "$2" "$root/ndctl"
	as_root mkdir -p "$root/nfit"
	truncate -s 1G "$1"
	as_root mkfs.ext4 -q -F -d "$root" "$1"
	as_root rm -rf "$root"
}

# ndctl_lists: the tests that ndctl's own build knows.
ndctl_lists()
{
	grep -oE "^ *\[ '[^']+', .*'(ndctl|dax|cxl)' *\]" "$CACHE/nfit/ndctl-$NDCTL_VERSION/test/meson.build" 2>/dev/null |
		cut -d"'" -f2 | sort
}

# untabled: those of them that the table does not have.
untabled()
{
	ndctl_lists | comm -23 - <(table | cut -d' ' -f1 | sort)
}

# root_disk: path of the disk, made if need be.
root_disk()
{
	local sources tests disk print

	sources=$CACHE/nfit/ndctl-$NDCTL_VERSION
	build_once "$sources" fetch_ndctl
	print=$(cat "$NFIT/host/ndctl.sh" "$NFIT/differences" | fingerprint)
	tests=$CACHE/nfit/tests-$NDCTL_VERSION-$print
	build_once "$tests" build_ndctl "$sources"
	disk=$CACHE/nfit/root-$NDCTL_VERSION-$print.img
	build_once "$disk" make_root "$tests"
	echo "$disk"
}
