# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# install.sh - make sure that Debian packages are installed; sourced.

# as_root CMD...: directly, or through sudo, or through su.
as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		su -c "$(printf '%q ' "$@")" root
	fi
}

# missing_packages FILE...: those the lists name (one a line, # for comments) and nobody installed.
missing_packages()
{
	sed 's/ *#.*//; /^$/d' "$@" | sort -u | while read -r package; do
		dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q ' installed$' ||
			echo "$package"
	done
}

# need_packages FILE...: install what is missing; root is asked for only then.
need_packages()
{
	local missing

	command -v apt-get >/dev/null || {
		echo "This needs a Debian: apt-get is not here." >&2
		return 1
	}
	mapfile -t missing < <(missing_packages "$@")
	if [ ${#missing[@]} -eq 0 ]; then
		# Kernel images are downloaded by name, which takes package lists.
		[ -n "$(apt-cache pkgnames linux-image-amd64)" ] || as_root apt-get -qq update
		return
	fi
	echo "Installing packages: ${missing[*]}"
	as_root apt-get -qq update
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
		install "${missing[@]}" >/dev/null
}
