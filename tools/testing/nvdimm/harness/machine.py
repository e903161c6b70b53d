# SPDX-License-Identifier: GPL-2.0
"""The machine that a guest test declares, its media, and the arguments of QEMU that make it.

A test's file is a shell script. Its functions run in the guest; these words beside them declare
the machine, one on a line. A size is as numfmt reads it: 256M.

    title TEXT                  what the test proves, in one line
    ram SIZE [kept]             default 1G; kept: the contents survive a boot
    cpus N                      default 2
    cpu FEATURES                of the emulated processor, as QEMU names them
    counted                     one processor, whose seconds are 10^9 instructions: for comparisons of
                                the work done, and where no clock may be starved
    nodes N [empty|far]         NUMA nodes that share RAM and processors, default 1; empty: node N in
                                addition, without either; far: all processors are of node 0 (wants hmat)
    hmat NS:BYTES...            latency and bandwidth of each node's memory: firmware's HMAT
    nvdimm NAME WORD...         size=256M [label=128K] [addr=0x104000000] [image=FILE.xz] [fill=OCTAL]
                                [later]; size excludes the label area; "later" is plugged in when the
                                guest prints "plug NAME"
    cxl SIZE [NAME=SIZE]...     a CXL host bridge with a window of SIZE, and persistent memory devices
    vpmem NAME [readonly] size=SIZE   a virtio-pmem device. Each boot finds what the host's fsync() has
                                made durable in the boot before. readonly: QEMU drops all stores
    share NAME DIR              a directory of the host, read-only: shared() of lib.sh mounts it
    unchanged NAME[:FROM-TO]... no boot may change these NVDIMMs outside of that range
    carry FILE...               files of the tree, as /vm/NAME; @RELEASE@ in a path is the kernel's
    made NAME COMMAND...        /vm/NAME is made by COMMAND, run in tools/testing/nvdimm
    firmware NAME               vm/firmware/NAME.asl and NAME.table instead of QEMU's NVDIMMs
    append WORDS                kernel command line
    kernels SERIES...           kernels that it runs on; the first is the default
    modules ours                only our modules can pass it
    boot N WORD...              of the Nth boot: kernel=SERIES modules=SET append=WORDS cpu=FEATURES
                                addr=NAME@ADDRESS starts (built-in drivers start); of its virtio-pmem:
                                delay=MS of each fsync(), fail=A-B: those fail, flushes=A-B: so many happen
    needs WHAT                  fio; nd_provider, the test provider; nd_bad, memory that copies fault at;
                                nd_provider_intree; compat_test; both_sets: ours in /vm/ours
    short_of_memory             allocations fail on purpose: the stacks that other code prints are no trouble
    log_may_say REGEX WHY       such lines of the kernel log are what the test is about
    limit SECONDS               of each boot, default 240
    part N WHAT                 the test does one Nth of WHAT, the first or number NDSTACK_PART; all of it
                                with NDSTACK_WHOLE=yes. PART and PARTS have the choice
    root_in NVDIMM, secure_boot, suites SUITE...    of end-to-end tests: harness/debian.py
"""
from __future__ import annotations

import hashlib
import lzma
import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.process import TESTS, WorkFailed, cached, fingerprint

WORDS = ("title ram cpus cpu counted nodes hmat nvdimm cxl vpmem share unchanged carry made firmware append kernels "
         "modules boot needs short_of_memory log_may_say limit root_in secure_boot suites").split()

# Prints each word of the file $1 with its arguments, and how many boots there are.
READER = r"""
set -eu
record() { printf '%s\0' "$@"; printf '\1\0'; }
for word in $WORDS; do eval "$word() { record $word \"\$@\"; }"; done
part()
{
	PART=${NDSTACK_PART:-0} PARTS=$1
	[[ -z ${NDSTACK_WHOLE:-} ]] || PART=0 PARTS=1
}
PART=0 PARTS=1
. "$1"
boots=0
while [[ $(type -t "boot$((boots + 1))") == function ]]; do boots=$((boots + 1)); done
record boots $boots
"""

CXL_LABELS = 256 << 10
FIRMWARE = TESTS / "vm/firmware"
HOSTDISK = TESTS / "harness/hostdisk.c"


def size_of(text: str) -> int:
    units = {"K": 10, "M": 20, "G": 30, "T": 40}
    return int(text[:-1]) << units[text[-1]] if text[-1:] in units else int(text)


@dataclass
class Dimm:
    """An NVDIMM of QEMU's."""

    name: str
    size: int = 0
    label: int = 0
    addr: str = ""
    image: str = ""
    fill: str = ""
    later: bool = False

    def device(self, addr: str) -> str:
        return (f"nvdimm,id={self.name},memdev=mem-{self.name}"
                + (f",label-size={self.label}" if self.label else "") + (f",addr={addr}" if addr else ""))


@dataclass
class Virtio:
    """A virtio-pmem device."""

    name: str
    size: int
    readonly: bool


@dataclass
class BootWords:
    """What is different in one boot."""

    kernel: str = ""
    modules: str = ""
    append: str = ""
    cpu: str = ""
    starts: bool = False
    addr: dict[str, str] = field(default_factory=dict)
    delay: str = "0"
    fail: str = "0-0"
    flushes: str = ""


@dataclass
class Machine:
    """What the words say, each in the method word_NAME or in the field of that name."""

    title: str = ""
    ram: str = "1G"
    ram_kept: bool = False
    cpus: int = 2
    features: str = ""
    counted: bool = False
    nodes: int = 1
    empty_node: bool = False
    far_nodes: bool = False
    hmat: list[str] = field(default_factory=list)
    dimms: list[Dimm] = field(default_factory=list)
    virtio: list[Virtio] = field(default_factory=list)
    cxl: str = ""
    cxl_memory: dict[str, int] = field(default_factory=dict)
    shares: dict[str, str] = field(default_factory=dict)
    unchanged: dict[str, tuple[int, int]] = field(default_factory=dict)
    carry: list[str] = field(default_factory=list)
    made: dict[str, list[str]] = field(default_factory=dict)
    firmware: str = ""
    append: str = ""
    kernels: list[str] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)
    short_of_memory: bool = False
    log_may_say: list[str] = field(default_factory=list)
    limit: int = 240
    boots: int = 0
    boot_words: dict[int, BootWords] = field(default_factory=dict)
    root_in: str = ""
    secure_boot: bool = False
    digests: dict[str, str] = field(default_factory=dict)

    def boot(self, n: int) -> BootWords:
        return self.boot_words.setdefault(n, BootWords())

    def apply(self, word: str, values: list[str]) -> None:
        special = getattr(self, f"word_{word}", None)
        if special:
            special(*values)
        elif isinstance(getattr(self, word), bool):
            setattr(self, word, True)
        elif isinstance(getattr(self, word), int):
            setattr(self, word, int(values[0]))
        elif isinstance(getattr(self, word), list):
            getattr(self, word).extend(values)
        else:
            setattr(self, word, " ".join(values))

    def word_ram(self, size: str, kept: str = "") -> None:
        self.ram, self.ram_kept = size, kept == "kept"

    def word_cpu(self, features: str) -> None:
        self.features = f",{features}"

    def word_counted(self) -> None:
        self.counted, self.cpus = True, 1

    def word_nodes(self, count: str, kind: str = "") -> None:
        self.nodes, self.empty_node, self.far_nodes = int(count), kind == "empty", kind == "far"

    def word_nvdimm(self, name: str, *words: str) -> None:
        dimm = Dimm(name)
        for word in words:
            key, _, value = word.partition("=")
            if not hasattr(dimm, key):
                raise WorkFailed(f"nvdimm {name}: unknown word {word}")
            setattr(dimm, key, True if key == "later" else size_of(value) if key in ("size", "label") else value)
        self.dimms.append(dimm)

    def word_cxl(self, size: str, *memory: str) -> None:
        self.cxl = size
        self.cxl_memory = {name: size_of(value) for name, value in (word.split("=") for word in memory)}

    def word_vpmem(self, name: str, *words: str) -> None:
        self.virtio.append(Virtio(name, size_of(words[-1].removeprefix("size=")), "readonly" in words))

    def word_share(self, name: str, path: str) -> None:
        self.shares[name] = path

    def word_unchanged(self, *names: str) -> None:
        for word in names:
            name, _, span = word.partition(":")
            first, _, last = span.partition("-")
            self.unchanged[name] = (int(first or "0", 0), int(last or "0", 0))

    def word_made(self, name: str, *command: str) -> None:
        self.made[name] = list(command)

    def word_append(self, *words: str) -> None:
        self.append += " " + " ".join(words)

    def word_kernels(self, *series: str) -> None:
        self.kernels = list(series)

    def word_modules(self, *names: str) -> None:
        """Read by harness/header.py."""

    word_suites = word_modules

    def word_needs(self, what: str) -> None:
        if what not in ("fio", "nd_provider", "nd_bad", "nd_provider_intree", "compat_test", "both_sets"):
            raise WorkFailed(f"needs: unknown word {what}")
        self.needs.add(what)
        if what == "compat_test":
            self.carry.append("build/@RELEASE@/compat/src/compat_test.ko")

    def word_log_may_say(self, regex: str, *why: str) -> None:
        if not why:
            raise WorkFailed(f"log_may_say {regex}: say why")
        self.log_may_say.append(regex)

    def word_boot(self, number: str, *words: str) -> None:
        boot = self.boot(int(number))
        for word in words:
            key, _, value = word.partition("=")
            if key == "starts":
                boot.starts = True
            elif key == "addr":
                name, _, address = value.partition("@")
                boot.addr[name] = address
            elif key == "append":
                boot.append += f" {value}"
            elif key == "cpu":
                boot.cpu = f",{value}"
            elif hasattr(boot, key):
                setattr(boot, key, value)
            else:
                raise WorkFailed(f"boot {number}: unknown word {word}")

    def on_checked_kernel(self, kernel: str) -> None:
        """Such a kernel is slow, and an eighth of memory is its shadow. Data races need more processors
        than the host has: only then is one stopped anywhere.
        """
        self.limit *= 5
        if self.ram == "1G":
            self.ram = "2G"
        if kernel == "kcsan":
            self.cpus = max(self.cpus, 4)

    # Media ----------------------------------------------------------------------------------

    def make_media(self, place: Path) -> None:
        """Sparse files, and what those that must not change hold now."""
        for dimm in self.dimms:
            file, size = place / f"{dimm.name}.img", dimm.size + dimm.label
            if dimm.image:
                with lzma.open(TESTS / dimm.image) as source:
                    write_sparse(source, file)
                os.truncate(file, dimm.size)
            elif dimm.fill:
                byte = bytes([int(dimm.fill, 8)]) * (1 << 20)
                with file.open("wb") as out:
                    for at in range(0, size, len(byte)):
                        out.write(byte[:size - at])
            else:
                file.touch()
            os.truncate(file, size)
        for disk in self.virtio:
            make_file(place / f"{disk.name}.img", disk.size)
        for name, size in self.cxl_memory.items():
            make_file(place / f"{name}.img", size)
            make_file(place / f"{name}.labels", CXL_LABELS)
        self.digests = {name: digest_outside(place / f"{name}.img", span)
                        for name, span in self.unchanged.items()}

    # QEMU -----------------------------------------------------------------------------------

    def later(self, n: int) -> dict[str, str]:
        """The devices to plug in during the nth boot."""
        return {dimm.name: dimm.device(self.address(dimm, n)) for dimm in self.dimms if dimm.later}

    def address(self, dimm: Dimm, n: int) -> str:
        return self.boot(n).addr.get(dimm.name, dimm.addr)

    def arguments(self, place: Path, n: int) -> list[str]:
        args: list[str] = []
        for dimm in self.dimms:
            args += backend(f"mem-{dimm.name}", place / f"{dimm.name}.img", dimm.size + dimm.label)
            if not dimm.later:
                args += ["-device", dimm.device(self.address(dimm, n))]
        for at, disk in enumerate(self.virtio):
            # The bus has no slot for each: functions of slots that QEMU assigns last.
            args += backend(f"mem-{disk.name}", place / f"{disk.name}.img", disk.size, disk.readonly)
            args += ["-device", f"virtio-pmem-pci,id={disk.name},memdev=mem-{disk.name},multifunction=on,"
                                f"addr={8 + at // 8:#x}.{at % 8}"]
        for name, path in self.shares.items():
            args += ["-virtfs", f"local,path={path},mount_tag={name},security_model=none,readonly=on,multidevs=remap"]
        if self.cxl:
            args += self.cxl_arguments(place)
        if self.firmware:
            args += self.firmware_arguments(place)
        return args + self.memory_arguments(place)

    def memory_arguments(self, place: Path) -> list[str]:
        ram = size_of(self.ram)
        devices = len(self.dimms) + len(self.virtio)
        total = sum(dimm.size + dimm.label for dimm in self.dimms) + sum(disk.size for disk in self.virtio)
        # Room to align each DIMM to 1 GiB, and for addresses a little above 4 GiB.
        args = ["-m", f"{self.ram},slots={devices + 1},maxmem={ram + total + (devices + 4 << 30)}",
                "-smp", str(self.cpus)]
        if self.ram_kept:
            args += ["-M", "memory-backend=ram", *backend("ram", place / "ram.img", ram)]
        for node in range(self.nodes if self.nodes > 1 else 0):
            args += ["-object", f"memory-backend-ram,id=node{node},size={ram // self.nodes}",
                     "-numa", f"node,nodeid={node},memdev=node{node}"
                              + (",initiator=0" if node and self.far_nodes else "")]
        # Firmware's tables know the empty node by the addresses where memory may be plugged in.
        if self.empty_node:
            args += ["-numa", f"node,nodeid={self.nodes}" + (",initiator=0" if self.hmat else "")]
        return args + (self.hmat_arguments() if self.hmat else [])

    def hmat_arguments(self) -> list[str]:
        """QEMU has to know first which node a processor belongs to."""
        near = 1 if self.far_nodes else self.nodes
        args = ["-M", "hmat=on", "-smp", f"sockets={self.cpus}"]
        for cpu in range(self.cpus):
            args += ["-numa", f"cpu,node-id={cpu % near},socket-id={cpu}"]
        for to, speed in enumerate(self.hmat):
            latency, bandwidth = speed.split(":")
            for start in range(near):
                pair = f"hmat-lb,initiator={start},target={to},hierarchy=memory,data-type=access"
                args += ["-numa", f"{pair}-latency,latency={latency}",
                         "-numa", f"{pair}-bandwidth,bandwidth={bandwidth}"]
        return args

    def cxl_arguments(self, place: Path) -> list[str]:
        """A bridge, its window, and a port for each device. A label's set is of the serial numbers."""
        args = ["-M", f"cxl=on,cxl-fmw.0.targets.0=cxl.1,cxl-fmw.0.size={self.cxl}",
                "-device", "pxb-cxl,bus_nr=12,bus=pcie.0,id=cxl.1"]
        port = 0
        for port, (name, size) in enumerate(self.cxl_memory.items(), start=1):
            args += [*backend(f"mem-{name}", place / f"{name}.img", size),
                     *backend(f"labels-{name}", place / f"{name}.labels", CXL_LABELS),
                     "-device", f"cxl-rp,id=port{port},port={port},bus=cxl.1,chassis=0,slot={port}",
                     "-device", f"cxl-type3,bus=port{port},memdev=mem-{name},lsa=labels-{name},id={name},sn={port}"]
        if port:  # QEMU 7.2 finds no memory below a bridge with one port
            args += ["-device", f"cxl-rp,id=port{port + 1},port={port + 1},bus=cxl.1,chassis=0,slot={port + 1}"]
        return args

    def firmware_arguments(self, place: Path) -> list[str]:
        args: list[str] = []
        for kind, output in (("asl", "firmware"), ("table", "table")):
            args += ["-acpitable", f"file={compiled(FIRMWARE / f'{self.firmware}.{kind}', place / output)}"]
        return args

    # The disks below virtio-pmem -------------------------------------------------------------

    def host_disk(self, place: Path, n: int) -> dict[str, str]:
        """The environment in which QEMU's fsync() decides what is durable: hostdisk.c."""
        if not self.virtio:
            return {}
        files = [place / f"{disk.name}.img" for disk in self.virtio]
        for file in files:
            copy_sparse(file, synced(file))
        boot = self.boot(n)
        return {"LD_PRELOAD": str(host_disk_library()), "HOSTDISK_DELAY": boot.delay, "HOSTDISK_FAIL": boot.fail,
                "HOSTDISK_FILES": ":".join(map(str, files))}

    def host_power_cut(self, place: Path) -> None:
        """Nothing is left but what was durable."""
        for disk in self.virtio:
            file = place / f"{disk.name}.img"
            synced(file).rename(file)


def read(path: Path, variables: dict[str, str] | None = None) -> Machine:
    """The words of a file, in the environment of the form of the test that is run."""
    ended = subprocess.run(["bash", "-c", READER, path.name, str(path)], capture_output=True, check=False,
                           env=os.environ | {"WORDS": " ".join(WORDS)} | (variables or {}))
    if ended.returncode:
        raise WorkFailed(f"{path}: {ended.stderr.decode(errors='replace')}")
    machine = Machine()
    for record in ended.stdout.decode().removesuffix("\1\0").split("\1\0"):
        word, *values = record.removesuffix("\0").split("\0")
        machine.apply(word, values)
    return machine


def synced(file: Path) -> Path:
    return file.with_name(f"{file.name}.synced")


def host_disk_library() -> Path:
    def compile_it(out: Path) -> None:
        command("gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", out, HOSTDISK)
    return cached(f"hostdisk-{fingerprint(HOSTDISK)}.so", compile_it)


def command(*words: Any, **more: Any) -> str:
    """What a program of the host prints."""
    ended = subprocess.run([str(word) for word in words], capture_output=True, text=True, errors="replace",
                           check=False, **more)
    if ended.returncode:
        raise WorkFailed(f"{' '.join(map(str, words))[:200]}: status {ended.returncode}\n{ended.stderr[-2000:]}")
    return ended.stdout


def compiled(source: Path, output: Path) -> Path:
    command("iasl", "-p", output, source)
    return output.with_suffix(".aml")


def backend(name: str, file: Path, size: int, readonly: bool = False) -> list[str]:
    return ["-object", f"memory-backend-file,id={name},share=on,mem-path={file},size={size}"
                       + (",readonly=on" if readonly else "")]


def make_file(file: Path, size: int) -> None:
    file.touch()
    os.truncate(file, size)


def copy_sparse(source: Path, target: Path) -> None:
    command("cp", "--sparse=always", source, target)


def write_sparse(source: Any, file: Path) -> None:
    with file.open("wb") as out:
        while block := source.read(1 << 20):
            if block.strip(b"\0"):
                out.write(block)
            else:
                out.seek(len(block), os.SEEK_CUR)
        out.truncate()


def digest_outside(file: Path, span: tuple[int, int]) -> str:
    """Of all bytes outside of a range."""
    digest = hashlib.sha256()
    with file.open("rb") as source:
        left = span[0]
        while left and (block := source.read(min(left, 1 << 20))):
            digest.update(block)
            left -= len(block)
        source.seek(span[1])
        while block := source.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
