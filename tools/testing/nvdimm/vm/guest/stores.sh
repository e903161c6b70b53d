# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# stores.sh - plays one table of stores to attributes of the bus, good ones and bad ones, and writes
# down of each the errno, and what is to be read afterwards.
#
# A line of the record is "STAGE ATTRIBUTE INPUT: ERRNO" or "...: ok VALUE". A stage is a device in one
# state; all begin with label areas without a label, so two records of the same kernel can be compared.
# Where every store is refused alike, a few of the inputs do: BRIEF=yes.

BUS=/sys/bus/nd/devices
BULK=16777216
LONG=$(printf 'n%.0s' {1..200})

NAMES=('' a 'a name' ' b' $'c\td' "${LONG:0:63}" "${LONG:0:64}" "${LONG:0:65}" "$LONG" $'\xc3\xa4' 'e ')
SECTORS=('' 0 1 511 512 513 520 528 1024 4096 4097 4104 4160 4224 8192 -512 -1 0x200 0x1000 01000 010000 512x '512 '
	' 512' abc 4294967808 18446744073709551616)
CLASSES=('' none btt btt2 pfn dax unknown foo BTT 'pfn ' ' pfn' pfnx 1)
BOOLS=(1 0 y n Y N yes no on off true false t 2 '' ' 1' -1 01 x)
SIZES=('' abc -1 1 4095 4096 16777215 16777217 0x1000000 16M '16777216 ' 16777216x 18446744073709551615
	18446744073709551616 1099511627776 4398046511104 33554432 "$BULK")
MODES=('' none ram pmem RAM pme pmemm 'pmem ' ' ram' 0 1 foo)
ALIGNS=('' 0 1 512 4096 8192 16384 65536 2097151 2097152 4194304 1073741824 4294967296 2M 0x200000 -4096 abc
	'4096 ' 18446744073709551616)
NUMBERS=('' 0 1 2 3 -1 0x1 '1 ' 1x abc 256 4294967297 18446744073709551616)
WORDS=('' freeze disable update erase overwrite master foo 'disable 1')

# store FILE INPUT: the errno's text
store()
{
	local said

	if said=$( { printf '%s\n' "$2" >"$1"; } 2>&1); then
		echo ok
	else
		said=${said##*: }
		echo "${said// /_}"
	fi
}

# stores STAGE DEVICE ATTRIBUTE INPUT...
stores()
{
	local stage=$1 file=$BUS/$2/$3 attribute=${3//[0-9]/N} input rc value

	[[ -e $file ]] || { echo "$stage $attribute: absent"; return; }
	[[ -z ${BRIEF:-} ]] || set -- "$1" "$2" "$3" "${@:4:2}" "${@: -1}"
	echo "$(readlink -f "$BUS/$2")/$3" >>"$PLAYED"
	for input in "${@:4}"; do
		rc=$(store "$file" "$input")
		value=''
		[[ $rc != ok ]] || value=$(printf ' %q' "$(cat "$file" 2>&1)")
		printf '%s %s %q: %s%s\n' "$stage" "$attribute" "$input" "$rc" "$value"
	done
}

# fresh: a uuid that nobody has
fresh()
{
	echo $(($(cat /tmp/fresh 2>/dev/null || echo 0) + 1)) >/tmp/fresh
	printf '6f3c1a52-0b7d-4e7f-9c11-0a1b2c3d%04x' "$(</tmp/fresh)"
}

# of_uuids STAGE DEVICE: the last one stays
of_uuids()
{
	local a b c

	a=$(fresh) b=$(fresh) c=$(fresh)
	stores "$1" "$2" uuid '' 0 garbage "{$a}" "${a//-/}" "${a%?}" "${a/-/_}" "${a/6/g}" " $a" "${a^^}" "$a" "$a" \
		00000000-0000-0000-0000-000000000000 "${b}0" "$(fresh) tail" "$c"
}

# of_namespace STAGE NAMESPACE
of_namespace()
{
	of_uuids "$1" "$2"
	stores "$1" "$2" alt_name "${NAMES[@]}"
	stores "$1" "$2" sector_size "${SECTORS[@]}" 512
	stores "$1" "$2" holder_class "${CLASSES[@]}" ''
	stores "$1" "$2" force_raw "${BOOLS[@]}" 0
	stores "$1" "$2" size "${SIZES[@]}"
}

# of_claim STAGE DEVICE INPUT...: what only one personality has is absent from the others. INPUT:
# values of its namespace.
of_claim()
{
	of_uuids "$1" "$2"
	stores "$1" "$2" mode "${MODES[@]}"
	stores "$1" "$2" align "${ALIGNS[@]}" 2097152
	[[ $2 != btt* ]] || stores "$1" "$2" sector_size "${SECTORS[@]}" 4096
	stores "$1" "$2" namespace "${@:3}"
}

# seed REGION KIND: the idle one; a new one is made by a work item after the last was taken.
seed()
{
	wait_for 10 seed_is_there "$1" "$2"
	attr "$1" "$2_seed"
}

seed_is_there()
{
	[[ -n $(attr "$1" "$2_seed") && ! -e $BUS/$(attr "$1" "$2_seed")/driver ]]
}

# sized REGION: the seed, made a namespace
sized()
{
	local ns

	ns=$(seed "$1" namespace)
	put "$ns" uuid "$(fresh)"
	put "$ns" size $((2 * BULK))
	echo "$ns"
}

driver_of()
{
	[[ $1 == dax ]] && echo dax_pmem || echo nd_pmem
}

# of_region STAGE REGION ALIGN: the alignment that it had, and gets back
of_region()
{
	stores "$1" "$2" align "${ALIGNS[@]}" 16777216 33554432 16777217 "$3"
	stores "$1" "$2" read_only "${BOOLS[@]}" 0
	stores "$1" "$2" deep_flush "${BOOLS[@]}"
}

# whole_table: both DIMMs' labels are written anew, the first in version 1.1.
whole_table()
{
	local r0 r1 ns free claimed kind dev align

	ndctl disable-region all >&2
	ndctl init-labels -f -V 1.1 nmem0 >&2
	ndctl init-labels -f -V 1.2 nmem1 >&2
	ndctl enable-region all >&2
	settle
	r0=$(region nmem0)
	r1=$(region nmem1)
	: >"$PLAYED"
	rm -f /tmp/fresh

	stores bus ndbus0 nfit/scrub "${NUMBERS[@]}"
	stores bus ndbus0 nfit/hw_error_scrub "${NUMBERS[@]}" 0
	stores bus ndbus0 nfit/firmware_activate_noidle "${BOOLS[@]}"
	stores bus ndbus0 firmware/activate live quiesce foo
	stores dimm nmem0 security "${WORDS[@]}"
	stores dimm nmem0 firmware/activate arm disarm foo

	align=$(attr "$r0" align)
	of_region region "$r0" "$align"

	of_namespace v1.1_seed "$(seed "$r0" namespace)"
	ns=$(seed "$r1" namespace)
	of_namespace seed "$ns"
	# by now it has a size
	put "$ns" size 0
	put "$ns" uuid "$(fresh)"
	put "$ns" size $((2 * BULK))
	of_namespace sized "$ns"
	put "$ns" uuid "$(fresh)"
	echo "$ns" >/sys/bus/nd/drivers/nd_pmem/bind
	of_namespace enabled "$ns"
	stores disk "$ns" "block/$(disk "$ns")/dax/write_cache" "${BOOLS[@]}" 1
	of_region region_in_use "$r1" "$align"

	free=$(sized "$r1")
	for kind in btt pfn dax; do
		dev=$(seed "$r1" $kind)
		of_claim "idle_$kind" "$dev" "$ns" "$r1" nmem0 bogus namespace99.0 "$dev" "${free%?}" "$free " "$free" "$ns" \
			"$free" '' "$free"
		BRIEF=yes of_namespace "claimed_by_$kind" "$free"
		of_claim "claiming_$kind" "$dev" "$free" "$ns" ''
	done

	for kind in btt pfn dax; do
		claimed=$(sized "$r1")
		dev=$(seed "$r1" $kind)
		put "$dev" uuid "$(fresh)"
		[[ $kind == btt ]] || put "$dev" mode pmem
		[[ $kind == btt ]] || put "$dev" align 2097152
		[[ $kind != btt ]] || put "$dev" sector_size 4096
		put "$dev" namespace "$claimed"
		echo "$dev" >"/sys/bus/nd/drivers/$(driver_of "$kind")/bind"
		BRIEF=yes of_claim "enabled_$kind" "$dev" "$claimed" "$free" ''
		BRIEF=yes of_namespace "served_by_$kind" "$claimed"
	done
}
