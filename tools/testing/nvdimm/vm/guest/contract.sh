# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# contract.sh - a tree of attributes, against what the in-tree drivers show there.
#
# A contract has lines "PROVIDER MODE PATH", "PROVIDER val PATH = VALUE;" and "PROVIDER drv PATH
# DRIVER", with PATH relative to TREE, and numbers of devices made N. Who sources this sets TREE,
# PROVIDER, CONTRACT and DOCUMENTED, the files that tell of what is added; and may set
#   SIZES	paths whose values are not compared
#   OTHERS	paths that are other modules' concern
#   UNBOUND	devices whose drivers are not compared

SIZES='^$' OTHERS='^$' UNBOUND='^$'
# the block layer's and the driver core's own
CORE='(^|/)(power|queue|mq|holders|slaves|bdi|subsystem|integrity|trace)(/|$)'
# Ours begin with the in-tree values, and go on: checked apart.
LONGER='/supported_alignments$'

generic()
{
	sed -E 's/namespace[0-9]+\.[0-9]+/namespaceN/g; s/(btt|pfn|dax)[0-9]+\.[0-9]+/\1N/g
		s/(ndbus|region|nmem|ndctl|mapping)[0-9]+/\1N/g; s/pmem[0-9.]+s/pmemNs/g; s/pmem[0-9][0-9.]*/pmemN/g
		s/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/UUID/g; s/(MINOR|DISKSEQ)=[0-9]+/\1=N/g'
}

# files: every attribute, relative to the bus.
files()
{
	cd -P "$TREE" || return
	find . -type f | sed 's|^\./||' | grep -Ev "$CORE" | grep -Ev '^firmware/'
}

modes()
{
	cd -P "$TREE" || return
	files | xargs stat -c '%a %n' | generic | sort -u
}

# contract WORD: its lines of one kind, without what other modules provide.
contract()
{
	awk -v kind="$1" -v provider="$PROVIDER" '$1 == provider && (kind == "mode" ? $2 ~ /^[0-9]+$/ : $2 == kind) {
		line = $0; sub(/^[^ ]+ /, "", line); print line }' "$CONTRACT"
}

wanted_modes()
{
	contract mode | awk -v others="$OTHERS" -v core="$CORE" '$2 !~ others && $2 !~ core' | sort -u
}

# observed: print what a contract is made of.
observed()
{
	{ modes; values; drivers; } | sed "s/^/contract $PROVIDER /"
}

no_absence()
{
	local gone
	gone=$(comm -13 <(modes) <(wanted_modes))
	[[ -z $gone ]] || { echo "absent: $gone"; return 1; }
}

only_documented_additions()
{
	local more mode path rc=0
	more=$(comm -23 <(modes) <(wanted_modes))
	[[ -z $more ]] || while read -r mode path; do
		grep -qE "^What:.*/${path##*/}\$" "${DOCUMENTED[@]}" || { echo "undocumented: $mode $path"; rc=1; }
	done <<<"$more"
	return $rc
}

# values: "val PATH = VALUE;" of every attribute; ERR when it cannot be read.
values()
{
	local list

	cd -P "$TREE" || return
	files >/tmp/files
	mapfile -t list </tmp/files
	{ grep -sIHZ '' "${list[@]}" || true; } | tr '\0' '\t' | awk -F '\t' '
		NR == FNR { value[$1] = value[$1] $2 ";"; next }
		{ print $1 " = " ($1 in value ? value[$1] : "ERR;") }' - /tmp/files |
		generic | sed 's/^/val /' | sort -u
}

# same_values: whatever the contract gives a value for has one of the values it gives.
same_values()
{
	contract val >/tmp/contract
	values | awk -v sizes="$SIZES" -v others="$OTHERS" -v longer="$LONGER" '
		{ path = $2; sub(/ = .*/, "", path) }
		NR == FNR { known[$0]; paths[path]; next }
		path in paths && path ~ longer {
			n++
			for (line in known) {
				sub(/ *;$/, " ", line)
				if (index($0, line) == 1) next
			}
			print; bad = 1; next
		}
		path in paths && path !~ sizes && path !~ others {
			n++
			if (!($0 in known)) { print; bad = 1 }
		}
		END { print n " values"; exit bad || n < 20 }' /tmp/contract -
}

drivers()
{
	cd -P "$TREE" || return
	find . -name driver -type l | while read -r link; do
		echo "drv ${link#./} $(readlink "$link" | grep -o 'bus/.*')"
	done | generic | sort -u
}

same_drivers()
{
	local got wanted
	got=$(drivers | grep -vE "$UNBOUND")
	wanted=$(contract drv | grep -vE "$UNBOUND" | sort -u)
	equal "$got" "$wanted"
}
