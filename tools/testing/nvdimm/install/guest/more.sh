# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# more.sh - what journeys say beyond the words of vm/guest/lib.sh, where a whole system runs.

root_in() { :; }
secure_boot() { :; }
suites() { :; }

# finish: as in lib.sh, but systemd shuts down, with all that is mounted.
finish()
{
	exec 1>&3 2>&3
	sync
	last_words end
	systemctl --no-block poweroff
	sleep infinity
}

# up: the system has started what it starts, and nothing of it has failed but ndctl's monitor, which
# ends with an error where no DIMM has a health that it could watch, whoever the drivers are.
up()
{
	udevadm settle
	# not --wait: this one is being started still
	[[ -z $(systemctl --failed --no-legend --plain | grep -v '^ndctl-monitor') ]] || { systemctl --failed; return 1; }
}

# every_module_is SET: of those that are loaded
every_module_is()
{
	local module

	for module in $(replaced_modules); do
		[[ ! -e /sys/module/$module/taint || $(whose "$module") == "$1" ]] || { echo "$module: $(whose "$module")"; return 1; }
	done
	[[ $(whose libnvdimm) == "$1" ]]
}

# namespaces: what an administrator knows them by
namespaces()
{
	ndctl list -Ni | jq -cS '.[] | select((.size // 0) > 0) | {mode, size, uuid, name, map, off: (.state == "disabled")}' | sort
}
