# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# races.sh - whose the data races are that KCSAN reports.
#
# A report has two accesses, each with its stack, or one where who else wrote is not known. An access is
# ours when a module of ours does it, or has something do it that touches nothing but what it is handed:
# RACE_HANDED. One that other code of the kernel does on its own data is that code's, even where we have
# called it: those are counted apart, for who wants to look at them.

# What copies, compares, prints and links for whoever calls it.
RACE_HANDED='mem(cpy|set|cmp|move|chr|chr_inv)|__mem[a-z_]+|memcpy_[a-z_]+|str[a-z_]+|string(_nocheck)?|number'
RACE_HANDED+='|uuid_string|v?s[cn]?n?printf|sysfs_emit(_at)?|__list_(add|del)_[a-z_]+|_find_[a-z_]+|__?bitmap_[a-z_]+|sort(_r)?'
RACE_HANDED+='|uuid_[a-z_]+|guid_[a-z_]+|copy_(from|to)_[a-z_]+|_copy_(from|to)_[a-z_]+|__copy_[a-z_]+|csum_[a-z_]+'

# Functions of ours with an inline function of the kernel's in them that looks at the kernel's own data without a
# lock, as it is meant to, and that themselves look at nothing which another processor writes:
#   has_device_pages	pfn_valid(), at the kernel's sections: what memory is given struct pages meanwhile
#			by another driver is refused to who maps it second, whatever was seen here
RACE_INLINED='has_device_pages'

# races_looked_for KDIR: by that kernel?
races_looked_for()
{
	grep -qsx CONFIG_KCSAN=y "$1/build/include/config/auto.conf"
}

# RACES: an awk program that reads a kernel log. With FILTER=1 it prints what is left of it without the lines
# of reports, of which other lines may be in between; otherwise, a line "ours|called|others TITLE" for each
# report, and its lines behind a tab.
# shellcheck disable=SC2016
RACES='
	function is_ours(frame, module) {
		if (!match(frame, / \[[a-z0-9_]+\]$/))
			return 0
		module = substr(frame, RSTART + 2, RLENGTH - 3)
		return index(ENVIRON["OURS"], " " module " ")
	}
	function name_of(frame) {
		sub(/^ +/, "", frame)
		sub(/\+0x.*/, "", frame)
		sub(/\.(isra|constprop|part|cold)\..*/, "", frame)
		return frame
	}
	function end_report() {
		if (inside && !FILTER)
			printf "%s %s\n%s", whose, title, text
		inside = 0
	}
	{ line = $0; sub(/^\[ *[0-9]+\.[0-9]+\] ?/, "", line); known = 0 }
	line ~ /^BUG: KCSAN: / {
		end_report()
		inside = 1; access = 0; whose = "others"; text = ""; known = 1
		title = line; sub(/^BUG: KCSAN: /, "", title)
	}
	inside && line ~ / to 0x[0-9a-f]+ of [0-9]+ bytes by / { access = 1; handed = 1; known = 1 }
	inside && line ~ /^ +[^ ]+\+0x[0-9a-f]+\/0x[0-9a-f]+( \[[^]]+\])?$/ {
		known = 1
		if (access && is_ours(line)) {
			if (handed && name_of(line) !~ "^(" ENVIRON["RACE_INLINED"] ")$")
				whose = "ours"
			else if (whose != "ours")
				whose = "called"
			access = 0
		} else if (access && name_of(line) !~ "^(" ENVIRON["RACE_HANDED"] ")$")
			handed = 0
	}
	inside && line ~ /^value changed: |^ bits changed: |^Reported by Kernel Concurrency/ { known = 1 }
	inside && known { text = text "\t" line "\n" }
	inside && line ~ /^==========/ { end_report() }
	FILTER && !known { print }
	END { end_report() }'

less_races()
{
	OURS='' RACE_HANDED=$RACE_HANDED RACE_INLINED=$RACE_INLINED awk -v FILTER=1 "$RACES"
}

races_of()
{
	OURS=" $(awk '/^[a-z]/ { printf "%s ", $1 }' "$TOP/drivers/modules")" RACE_HANDED=$RACE_HANDED \
		RACE_INLINED=$RACE_INLINED awk "$RACES"
}

# judge_races N CONSOLE KDIR: none is ours, of a kernel that looks for them. CONSOLE.races has them all.
judge_races()
{
	local first

	races_looked_for "$3" || return 0
	tr -d '\r' <"$2" | races_of >"$2.races"
	first=$(sed -n 's/^ours //p' "$2.races" | sort | uniq -c | sort -rn | head -n 5 |
		awk '{ $1 = $1 "x"; print }' | paste -sd';')
	if [[ -n $first ]]; then
		echo "not ok boot$1: no data race is ours: $first"
	elif ! grep -aq 'vm: data races are looked for' "$2"; then
		echo "not ok boot$1: data races are looked for"
	elif grep -aqE 'printk messages dropped|vm: data races are no longer looked for' "$2"; then
		echo "not ok boot$1: each data race is in the log"
	else
		echo "ok boot$1: no data race is ours"
	fi
}

# races_are_told DIR: how many there were, and ours with their stacks.
races_are_told()
{
	local file n

	for file in "$1"/boot*.console.races; do
		[[ -e $file ]] || continue
		n=${file##*/boot} n=${n%%.*}
		awk -v n="$n" '/^(ours|called|others) / { count[$1]++ }
			END { printf "       boot %s: data races: %d ours, %d of what ours had called, %d of the rest of the kernel\n",
				n, count["ours"], count["called"], count["others"] }' "$file"
		sed -n '/^called /{s///p}' "$file" | sort | uniq -c | sort -rn | head -n 12 | sed 's/^ */       called: /'
		awk '/^ours /{ on = !seen[$0]++ } /^(called|others) / { on = 0 } on' "$file" | head -n 120 | cut -c1-120 |
			sed 's/^/       race: /'
	done
}
