# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# machine.sh - the words a scenario declares its machine with, and the QEMU they become.
#
#   law TEXT                    what the scenario proves, one line
#   ram SIZE [kept]             1G unless told; kept: what is in it survives a boot, as where it is persistent
#   cpus N                      2 unless told
#   cpu WORDS                   features of the emulated processor, as QEMU names them
#   counted                     one processor, and its seconds are a thousand million instructions, whatever the
#                               host is busy with: what is compared is what was done, and no starved clock
#   nodes N [empty|far]         NUMA nodes that share RAM and CPUs, 1 unless told; empty: and
#                               node N, which has neither; far: all CPUs are node 0's (wants hmat)
#   hmat NS:BYTES...            how fast memory of each node is, for every processor: firmware's HMAT
#   nvdimm NAME WORD...         size=256M [label=128K] [addr=0x104000000] [image=FILE.xz]
#                               [fill=OCTAL] [later]; size is without the label area; what is
#                               "later" is plugged in when the guest says "plug NAME"
#   cxl SIZE [NAME=SIZE]...     a CXL host bridge, and a window of so much for its devices: persistent
#                               memory of that NAME and SIZE (a multiple of 256M), with a label area
#   vpmem NAME [readonly] size=SIZE  a virtio-pmem device; each boot finds in it what the one before
#                               has had the host fsync(), as if that had lost power (hostdisk.c);
#                               readonly: its file is read-only to QEMU, which drops what is stored
#   share NAME DIR              a directory of this machine, which the guest may read: shared() of lib.sh mounts it
#   unchanged NAME[:FROM-TO]... no boot may alter a byte of these NVDIMMs, but for that range
#   carry FILE...               files of the tree, found in the guest as /vm/NAME; @RELEASE@ in
#                               their path is the kernel's
#   made NAME COMMAND...        a file found there, too: COMMAND of tools/testing/nvdimm makes it
#   firmware NAME [RECORD]      vm/firmware/NAME.asl and NAME.table in place of QEMU's NVDIMMs; and with
#                               RECORD.table, a BERT, the bytes of RECORD.hex where that says
#   append WORDS                kernel command line
#   kernels SERIES...           kernels it is run on; the first is the default one
#   modules ours                only our modules can pass (default: any)
#   boot N WORD...              kernel=SERIES modules=SET append=WORD cpu=WORDS addr=NAME@ADDRESS for
#                               the Nth boot alone; addr: where firmware puts that NVDIMM then;
#                               delay=MS fail=A-B: its host's fsync() is slow, the Ath to the Bth
#                               fail; flushes=A-B: so many are called
#   needs fio | nd_provider     larger tools; the provider of tools/testing/nvdimm/provider, which
#                               `load_provider nd_provider range=...` loads
#   needs compat_test           the module of compat/, found as /vm/compat_test.ko
#   needs nd_bad                memory that copies stop at, of any provider
#   needs nd_provider_intree    nd_provider for the kernel's own libnvdimm as well
#   short_of_memory             allocations are refused on purpose: that other parts of the kernel
#                               print a stack then is no trouble
#   log_may_say REGEX WHY       that the kernel's log has such a line, of what it or a filesystem has lost, is what the
#                               scenario is about, and no trouble
#   limit SECONDS               hard limit of each boot, 240 unless told
#   part N WHAT                 a run does one Nth of the work: parts.sh
#
# bootN functions run in the guest, one boot after another on the same NVDIMMs.

MACHINE_WORDS=(LAW RAM CPUS NODES APPEND KERNELS ONLY FIO TEST_PROVIDER INTREE_PROVIDER SHORT LIMIT NVDIMMS VPMEMS CARRY MADE
	UNCHANGED BOOT_KERNEL BOOT_MODULES BOOT_STARTS BOOT_APPEND BOOT_CPU BOOT_ADDR BOOT_DELAY BOOT_FAIL BOOT_FLUSHES BOOTS)
MACHINE_WORDS+=(COUNTED COMPAT MAY_SAY FEATURES RAM_KEPT FIRMWARE CRASH_RECORD EMPTY_NODE FAR_NODES HMAT CXL CXL_MEMORY BOTH SHARES)
MACHINE_WORDS+=(PART PARTS PART_WHAT)

machine_defaults()
{
	LAW='' RAM=1G CPUS=2 NODES=1 APPEND='' KERNELS=(6.1) ONLY='' FIO='' TEST_PROVIDER='' INTREE_PROVIDER='' SHORT=''
	LIMIT=240 BOOTS=0 COMPAT='' MAY_SAY='' COUNTED='' RAM_KEPT=''
	FEATURES='' FIRMWARE='' CRASH_RECORD='' EMPTY_NODE='' FAR_NODES='' HMAT=() CXL='' CXL_MEMORY=() BOTH=''
	PART=0 PARTS=1 PART_WHAT=''
	NVDIMMS=() VPMEMS=() SHARES=() CARRY=() MADE=() UNCHANGED=()
	declare -gA BOOT_KERNEL=() BOOT_MODULES=() BOOT_STARTS=() BOOT_APPEND=() BOOT_CPU=() BOOT_ADDR=()
	declare -gA BOOT_DELAY=() BOOT_FAIL=() BOOT_FLUSHES=()
}

law() { LAW=$*; }
ram() { RAM=$1 RAM_KEPT=${2:-}; }
cpus() { CPUS=$1; }
cpu() { FEATURES=,$1; }
counted() { COUNTED=yes CPUS=1; }
nodes()
{
	NODES=$1 EMPTY_NODE='' FAR_NODES=''
	case ${2:-} in
	'') ;;
	empty) EMPTY_NODE=yes ;;
	far) FAR_NODES=yes ;;
	*) die "nodes: no such word: $2" ;;
	esac
}

hmat() { HMAT=("$@"); }
cxl() { CXL=$1 CXL_MEMORY=("${@:2}"); }
nvdimm() { NVDIMMS+=("$*"); }
vpmem() { VPMEMS+=("$*"); }
share() { SHARES+=("$1 $2"); }
unchanged() { UNCHANGED+=("$@"); }
carry() { CARRY+=("$@"); }
made() { MADE+=("$*"); }
firmware() { FIRMWARE=$1 CRASH_RECORD=${2:-}; }
append() { APPEND+=" $*"; }
kernels() { KERNELS=("$@"); }
modules() { ONLY=$1; }
short_of_memory() { SHORT=yes; }
log_may_say()
{
	(($# > 1)) || die "log_may_say REGEX WHY: why?"
	MAY_SAY+=${MAY_SAY:+|}$1
}
limit() { LIMIT=$1; }

needs()
{
	case $1 in
	fio) FIO=yes ;;
	nd_provider) TEST_PROVIDER=yes ONLY=ours ;;
	compat_test) COMPAT=yes ONLY=ours; carry build/@RELEASE@/compat/src/compat_test.ko ;;
	nd_bad) TEST_PROVIDER=yes ;;
	nd_provider_intree) TEST_PROVIDER=yes INTREE_PROVIDER=yes ;;
	both_sets) BOTH=yes ;;
	*) die "needs: no such thing: $1" ;;
	esac
}

boot()
{
	local n=$1 word
	shift
	for word; do
		case $word in
		kernel=*) BOOT_KERNEL[$n]=${word#*=} ;;
		append=*) BOOT_APPEND[$n]+=" ${word#*=}" ;;
		cpu=*) BOOT_CPU[$n]=,${word#*=} ;;
		addr=*) BOOT_ADDR[$n]+=" ${word#*=}" ;;
		modules=*) BOOT_MODULES[$n]=${word#*=} ;;
		starts) BOOT_STARTS[$n]=yes ;;
		delay=*) BOOT_DELAY[$n]=${word#*=} ;;
		fail=*) BOOT_FAIL[$n]=${word#*=} ;;
		flushes=*) BOOT_FLUSHES[$n]=${word#*=} ;;
		*) die "boot: no such word: $word" ;;
		esac
	done
}

# load_scenario FILE: its declarations, read in a shell of its own because the functions
# beside them belong to the guest.
load_scenario()
{
	eval "$(
		machine_defaults
		# shellcheck disable=SC1090
		. "$1"
		while [[ $(type -t "boot$((BOOTS + 1))") == function ]]; do
			BOOTS=$((BOOTS + 1))
		done
		declare -p "${MACHINE_WORDS[@]}" | sed 's/^declare /declare -g /'
	)"
}

# machine_that_checks SERIES: a kernel that checks itself is slow, and an eighth of memory is its shadow.
# Who is to meet a data race has to be there: more processors than the host has are stopped anywhere.
machine_that_checks()
{
	LIMIT=$((LIMIT * 5))
	[[ $RAM != 1G ]] || RAM=2G
	[[ $1 != kcsan || $CPUS -gt 4 ]] || CPUS=4
}

bytes()
{
	numfmt --from=iec "$1"
}

# make_media DIR: the backing files, sparse, one for each nvdimm word.
make_media()
{
	local dimm words name word size label image fill

	for dimm in "${NVDIMMS[@]}"; do
		read -r name words <<<"$dimm"
		size=0 label=0 image='' fill=''
		for word in $words; do
			case $word in
			size=*) size=$(bytes "${word#*=}") ;;
			label=*) label=$(bytes "${word#*=}") ;;
			image=*) image=${word#*=} ;;
			fill=*) fill=${word#*=} ;;
			addr=* | later) ;;
			*) die "nvdimm $name: no such word: $word" ;;
			esac
		done
		if [[ -n $image ]]; then
			xz -dc "$TOP/tools/testing/nvdimm/$image" | dd of="$1/$name.img" bs=1M conv=sparse status=none
			truncate -s "$size" "$1/$name.img"
		elif [[ -n $fill ]]; then
			head -c $((size + label)) /dev/zero | tr '\0' "\\$fill" >"$1/$name.img"
		fi
		truncate -s $((size + label)) "$1/$name.img"
	done
	for words in "${VPMEMS[@]}"; do
		truncate -s "$(bytes "${words#* size=}")" "$1/${words%% *}.img"
	done
	for words in "${CXL_MEMORY[@]}"; do
		truncate -s "$(bytes "${words#*=}")" "$1/${words%%=*}.img"
		truncate -s $CXL_LABELS "$1/${words%%=*}.labels"
	done
	for name in "${UNCHANGED[@]}"; do
		digest_but "$1/${name%%:*}.img" "${name#*:}" >"$1/${name%%:*}.sum"
	done
}

# digest_but FILE FROM-TO: of all bytes outside the range.
digest_but()
{
	local from=0 to=0

	[[ $2 != *-* ]] || { from=$((${2%-*})) to=$((${2#*-})); }
	{
		head -c "$from" "$1"
		tail -c "+$((to + 1))" "$1"
	} | sha256sum
}

# address NAME DECLARED [N]: where an NVDIMM is in the Nth boot.
address()
{
	local move

	for move in ${BOOT_ADDR[${3:-1}]:-}; do
		[[ ${move%@*} != "$1" ]] || { echo "${move#*@}"; return; }
	done
	echo "$2"
}

# function_of N: where the Nth virtio-pmem device is on the bus, which has no room for a slot each. The first slots
# are those that QEMU gives to what has no address.
function_of() { printf '%#x.%u\n' $((8 + $1 / 8)) $(($1 % 8)); }

# machine_args DIR [N]: add the machine of the Nth boot to the command in QEMU; LATER has what is
# not in it yet.
declare -gA LATER=()
machine_args()
{
	local dimm words name word n=0 total=0 device size label later addr

	LATER=()
	for dimm in "${NVDIMMS[@]}"; do
		read -r name words <<<"$dimm"
		device="nvdimm,id=$name,memdev=mem-$name" size=0 label=0 later='' addr=''
		for word in $words; do
			case $word in
			size=*) size=$(bytes "${word#*=}") ;;
			label=*) label=$(bytes "${word#*=}"); device+=",label-size=$label" ;;
			addr=*) addr=${word#*=} ;;
			later) later=yes ;;
			esac
		done
		addr=$(address "$name" "$addr" "${2:-1}")
		[[ -z $addr ]] || device+=,addr=$addr
		QEMU+=(-object
			"memory-backend-file,id=mem-$name,share=on,mem-path=$1/$name.img,size=$((size + label))")
		if [[ -n $later ]]; then
			LATER[$name]=$device
		else
			QEMU+=(-device "$device")
		fi
		total=$((total + size + label))
		n=$((n + 1))
	done
	for words in "${VPMEMS[@]}"; do
		name=${words%% *} size=$(bytes "${words#* size=}")
		QEMU+=(-object "memory-backend-file,id=mem-$name,share=on,mem-path=$1/$name.img,size=$size$(
			[[ $words != *" readonly "* ]] || echo ,readonly=on)"
			-device "virtio-pmem-pci,id=$name,memdev=mem-$name,multifunction=on,addr=$(function_of $((n - ${#NVDIMMS[@]})))")
		total=$((total + size))
		n=$((n + 1))
	done
	for words in "${SHARES[@]}"; do
		QEMU+=(-virtfs "local,path=${words#* },mount_tag=${words%% *},security_model=none,readonly=on,multidevs=remap")
	done
	[[ -z $CXL ]] || cxl_args "$1"
	if [[ -n $FIRMWARE ]]; then
		make_firmware "$1"
		QEMU+=(-acpitable "file=$1/firmware.aml" -acpitable "file=$1/table.aml")
		[[ -z $CRASH_RECORD ]] || crash_args "$1"
	fi
	# Room for 1 GiB alignment of each DIMM and for fixed addresses a little above 4 GiB.
	QEMU+=(-m "$RAM,slots=$((n + 1)),maxmem=$(($(bytes "$RAM") + total + (n + 4) * 1024 ** 3))"
		-smp "$CPUS")
	[[ -z $RAM_KEPT ]] || QEMU+=(-M memory-backend=ram
		-object "memory-backend-file,id=ram,share=on,mem-path=$1/ram.img,size=$RAM")
	for ((n = 0; NODES > 1 && n < NODES; n++)); do
		QEMU+=(-object "memory-backend-ram,id=node$n,size=$(($(bytes "$RAM") / NODES))"
			-numa "node,nodeid=$n,memdev=node$n$( ((n == 0)) || echo "${FAR_NODES:+,initiator=0}")")
	done
	# firmware's tables know it by the addresses where memory may be plugged in
	[[ -z $EMPTY_NODE ]] || QEMU+=(-numa "node,nodeid=$NODES${HMAT:+,initiator=0}")
	((${#HMAT[@]} == 0)) || hmat_args
}

# hmat_args: QEMU wants to be told first which processor is whose.
hmat_args()
{
	local lb ns bytes cpu from to near=$NODES

	[[ -z $FAR_NODES ]] || near=1
	QEMU+=(-M hmat=on -smp "sockets=$CPUS")
	for ((cpu = 0; cpu < CPUS; cpu++)); do
		QEMU+=(-numa "cpu,node-id=$((cpu % near)),socket-id=$cpu")
	done
	for to in "${!HMAT[@]}"; do
		IFS=: read -r ns bytes <<<"${HMAT[to]}"
		for ((from = 0; from < near; from++)); do
			lb=hmat-lb,initiator=$from,target=$to,hierarchy=memory,data-type=access
			QEMU+=(-numa "$lb-latency,latency=$ns" -numa "$lb-bandwidth,bandwidth=$bytes")
		done
	done
}

CXL_LABELS=$((256 << 10))

# cxl_args DIR: a bridge, its window, and a port for each device. Labels are of the set of serial numbers.
cxl_args()
{
	local words name n=0

	QEMU+=(-M "cxl=on,cxl-fmw.0.targets.0=cxl.1,cxl-fmw.0.size=$CXL"
		-device pxb-cxl,bus_nr=12,bus=pcie.0,id=cxl.1)
	for words in "${CXL_MEMORY[@]}"; do
		name=${words%%=*}
		QEMU+=(-object "memory-backend-file,id=mem-$name,share=on,mem-path=$1/$name.img,size=${words#*=}"
			-object "memory-backend-file,id=labels-$name,share=on,mem-path=$1/$name.labels,size=$CXL_LABELS"
			-device "cxl-rp,id=port$n,port=$n,bus=cxl.1,chassis=0,slot=$n"
			-device "cxl-type3,bus=port$n,memdev=mem-$name,lsa=labels-$name,id=$name,sn=$((n + 1))")
		n=$((n + 1))
	done
	# QEMU 7.2 finds no memory below a bridge with one port
	((n == 0)) || QEMU+=(-device "cxl-rp,id=port$n,port=$n,bus=cxl.1,chassis=0,slot=$n")
}

# crash_args DIR: firmware's table, and the bytes of the record in the memory that it names.
crash_args()
{
	local source=$VM/firmware/$CRASH_RECORD out at

	out=$(iasl -p "$1/record" "$source.table" 2>&1) || die "$CRASH_RECORD.table: $out"
	at=$(sed -n 's/.*Boot Error Region Address : *//p' "$source.table")
	sed 's/#.*//' "$source.hex" | tr -d ' \t\n' | basenc --base16 -d >"$1/record.bytes" || die "$CRASH_RECORD.hex: no numbers"
	QEMU+=(-acpitable "file=$1/record.aml" -device "loader,file=$1/record.bytes,addr=0x$at,force-raw=on")
}

# make_firmware DIR: compile it; what is wrong is said.
make_firmware()
{
	local source=$VM/firmware/$FIRMWARE out

	out=$(iasl -p "$1/firmware" "$source.asl" 2>&1) || die "$FIRMWARE.asl: $out"
	out=$(iasl -p "$1/table" "$source.table" 2>&1) || die "$FIRMWARE.table: $out"
}

make_hostdisk()
{
	gcc -O2 -Wall -Wextra -Werror -shared -fPIC -o "$1" "$VM/host/hostdisk.c"
}

# host_disk DIR N: below the virtio-pmem devices of the Nth boot; what they hold now is durable.
host_disk()
{
	local library words name files=()

	((${#VPMEMS[@]})) || return 0
	library=$CACHE/hostdisk-$(fingerprint <"$VM/host/hostdisk.c").so
	build_once "$library" make_hostdisk
	for words in "${VPMEMS[@]}"; do
		name=${words%% *}
		cp --sparse=always "$1/$name.img" "$1/$name.img.synced"
		files+=("$1/$name.img")
	done
	QEMU=(env "LD_PRELOAD=$library" "HOSTDISK_DELAY=${BOOT_DELAY[$2]:-0}" "HOSTDISK_FAIL=${BOOT_FAIL[$2]:-0-0}"
		"HOSTDISK_FILES=$(IFS=:; echo "${files[*]}")" "${QEMU[@]}")
}

# host_power_cut DIR: nothing is left but what was durable.
host_power_cut()
{
	local words

	for words in "${VPMEMS[@]}"; do
		mv "$1/${words%% *}.img.synced" "$1/${words%% *}.img"
	done
}
