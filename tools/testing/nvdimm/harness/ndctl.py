# SPDX-License-Identifier: GPL-2.0
"""ndctl's own tests, on the mock bus: nfit/tests lists them.

Several share a guest, one after another; what follows a failed test gets another guest. The kernel log from
where a test begins to the mark of the next is part of its verdict. nfit/prepare builds the tests and the
root disk; nfit/guest/rc runs them, and writes marks to the console and to the second serial line.
"""
from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from harness import kernels, klog, ndctl_log, rootfs
from harness.boot import KERNEL_LINE, Q35, accelerator
from harness.guest import keep_logs
from harness.kernels import Kernel
from harness.process import TESTS, Check, WorkFailed, cached, end_session, fingerprint, log_file, run

NFIT = TESTS / "nfit"
ROUND = 6  # as many tests share a guest
LIMIT = 400  # seconds of one test
# The guest loads these by name; the rest comes with them.
MODULES = ("virtio_blk virtio_pci ext4 xfs dm_mod crc32c_generic crc32c_intel encrypted_keys device_dax dax_pmem kmem "
           "dax_hmem").split()
Verdict = tuple[Check, list[str]]  # and lines that explain a failure


@dataclass
class Line:
    """A line of nfit/tests."""

    test: str
    machine: str
    options: list[str]  # of the kernel's configuration


def rounds() -> dict[str, list[Line]]:
    """The lines that share a guest."""
    machines: dict[str, list[Line]] = {}
    for line in (NFIT / "tests").read_text().splitlines():
        words = line.partition("#")[0].split()
        if words:
            machines.setdefault(words[1], []).append(Line(words[0], words[1], words[2:]))
    return {f"{machine.replace(',', '+')}-{at // ROUND + 1}": lines[at:at + ROUND]
            for machine, lines in machines.items() for at in range(0, len(lines), ROUND)}


def run_rounds(name: str, version: str, series: str, lists: list[list[Line]], keep: bool) -> tuple[list[Check], str]:
    """Each list in guests of its own; the checks, and the lines of the logs that explain a failure."""
    kernel, built = kernels.prepare(series, {"nfit_test"}), build(version)
    tests = (built / "tests").read_text().split()
    listed = {line.test for lines in rounds().values() for line in lines}
    # no package of a kernel has the module cxl_test
    strange = [test for test in tests if test not in listed and not test.startswith("cxl-")]
    checks, excerpt = [Check("nfit/tests has each test of ndctl", not strange, " ".join(strange))], ""
    place = Path(tempfile.mkdtemp(prefix="ndstack-ndctl."))
    try:
        make_initrd(place / "initrd", kernel, built)
        for lines in lists:
            reasons = {line.test: why_not(line, kernel, tests) for line in lines}
            checks += [Check(test, True, why, skipped=True) for test, why in reasons.items() if why]
            able = [test for test, why in reasons.items() if not why]
            for check, explanation in share_guests(place, kernel, built, lines[0].machine, able):
                checks.append(check)
                excerpt += "".join(f"{check.name}: {line[:160]}\n" for line in explanation)
        if keep or not all(check.ok for check in checks):
            excerpt += f"logs: {keep_logs(place, name, False)}\n"
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return checks, excerpt


def share_guests(place: Path, kernel: Kernel, built: Path, words: str, tests: list[str]) -> list[Verdict]:
    found: list[Verdict] = []
    while tests:
        command, stem = compose(place, kernel, built, words, tests), f"{place}/{words}-{tests[0]}"
        guest = Guest(command, stem)
        if guest.hung_elsewhere():
            guest = Guest(command, stem)
        judged = [verdict for test in tests if (verdict := guest.judge(test))]
        if not judged:
            judged = [(Check(tests[0], False, "the guest does not come to it"), guest.last_words())]
        tests = tests[len(judged):]
        if guest.hung and all(check.ok for check, _ in judged):
            judged.append((Check("the guest powers off", False), guest.last_words()))
        found += judged
    return found


# What guests share --------------------------------------------------------------------------------

def prepare(*words: str | Path) -> None:
    ended = run([NFIT / "prepare", *words], log_file("ndctl-prepare"))
    if ended.status:
        raise WorkFailed(f"ndctl's tests cannot be built:\n{ended.tail()}")


def build(version: str) -> Path:
    """A directory with root.img, and tests, the list of what this version has."""
    key = fingerprint(NFIT / "prepare", NFIT / "differences")
    return cached(f"nfit/{version}-{key}", lambda out: prepare(version, out))


def has_disks(kernel: Kernel) -> bool:
    """Can the kernel read the root disk? Else the guest has its files in memory."""
    return bool(rootfs.module_files(kernel, "virtio_blk")) or \
        "/virtio_blk.ko" in (kernel.modules / "modules.builtin").read_text()


def make_part(out: Path, disks: bool) -> None:
    """What the guest has beside modules."""
    root = out.with_suffix(".root")
    if disks:
        rootfs.merged_root(root)
        (root / "init").touch()  # by which switch_root knows that it may empty this file system
        files = {"initrd": "vm/init", "rc": "vm/rc", "journalctl": "vm/journalctl"}
    else:
        files = {"rc": "vm/init", "journalctl": "nfit/journalctl"}
    for name, target in files.items():
        rootfs.copy(NFIT / "guest" / name, root / target)
    rootfs.copy(rootfs.Host().tool("busybox"), root / "usr/bin/busybox")
    if disks:
        rootfs.put_applets(root)
    rootfs.pack(root, out)


def make_initrd(out: Path, kernel: Kernel, built: Path) -> None:
    disks = has_disks(kernel)
    key = fingerprint(Path(__file__), *(NFIT / "guest" / name for name in ("initrd", "rc", "journalctl")))
    parts = [cached(f"nfit/initrd-{disks:d}-{key}", lambda part: make_part(part, disks)),
             rootfs.modules_part(kernel, rootfs.Host(), rootfs.modules_of(kernel, "mock"), MODULES)]
    if not disks:
        parts.insert(0, cached(f"nfit/{built.name}.cpio", lambda part: prepare("files", built, part)))
    with out.open("wb") as whole:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, whole, 1 << 20)


def why_not(line: Line, kernel: Kernel, tests: list[str]) -> str:
    """Why this kernel or this version of ndctl cannot run a test."""
    if line.test not in tests:
        return "this version of ndctl has no such test"
    config = kernel.place / f"boot/config-{kernel.release}"
    if not config.exists():
        config = kernel.place / "build/.config"
    # newer packages of Debian's have neither file, and all options
    text = config.read_text() if config.exists() else "".join(f"CONFIG_{name}=y\n" for name in line.options)
    lacking = [f"CONFIG_{name}" for name in line.options if not re.search(rf"^CONFIG_{name}=[ym]$", text, re.M)]
    return f"the kernel has no {' '.join(lacking)}" if lacking else ""


# One guest ----------------------------------------------------------------------------------------

def machine(words: str, image: Path) -> tuple[list[str], str]:
    """Arguments of QEMU, and words of the kernel's command line."""
    names = words.split(",")
    if names == ["mock"]:
        # hugetlb wants two pages of 1 GiB, of which there may be none when it comes to that
        return ["-m", "6G"], " hugepagesz=1G hugepages=2"
    arguments = ["-m", "6G,slots=2,maxmem=16G"]
    line = " memmap=3G%5G-1+0xefffffff" if "hmem" in names else " memmap=3G!5G"
    if "strict" in names:
        # where the kernel has its own built in, ours has the other name
        line += " libnvdimm.strict_align=1 ndstack_libnvdimm.strict_align=1"
    if "acpi" in names:
        with image.open("w") as file:
            file.truncate((6 << 30) + (128 << 10))
        arguments += ["-object", f"memory-backend-file,id=m0,share=on,mem-path={image},size={image.stat().st_size}",
                      "-device", "nvdimm,id=n0,memdev=m0,label-size=128K"]
    return arguments, line


def compose(place: Path, kernel: Kernel, built: Path, words: str, tests: list[str]) -> list[str]:
    """The command of QEMU without its serial lines and monitor. NMIs are those of Guest.watch()."""
    arguments, line = machine(words, place / "nvdimm.img")
    line += f" nfit_tests={','.join(tests)} nfit_machine={words} nfit_limit={LIMIT} unknown_nmi_panic panic_print=1"
    if kernel.initcalls:
        line += f" initcall_blacklist={','.join(kernel.initcalls)}"
    if has_disks(kernel):
        arguments += ["-drive", f"file={built}/root.img,if=virtio,format=raw,snapshot=on,file.locking=off"]
    return ["qemu-system-x86_64", "-M", f"q35,nvdimm=on,max-ram-below-4g=2G,{Q35}", "-smp", "2", "-nodefaults",
            "-display", "none", "-no-reboot", "-kernel", str(kernel.image), "-initrd", str(place / "initrd"),
            "-append", KERNEL_LINE + line, *accelerator(kernel.image), *arguments]


def text_of(path: Path) -> str:
    return path.read_text(errors="replace").replace("\r", "") if path.exists() else ""


class Guest:
    """A guest that has ended, and what is in its logs."""

    def __init__(self, command: list[str], stem: str) -> None:
        self.output, console, errors = (Path(f"{stem}.{kind}") for kind in ("log", "console", "qemu"))
        self.output.unlink(missing_ok=True)
        with errors.open("wb") as out:
            child = subprocess.Popen(
                [*command, "-monitor", "stdio", "-serial", f"file:{console}", "-serial", f"file:{self.output}"],
                stdin=subprocess.PIPE, stdout=out, stderr=out, start_new_session=True)
        try:
            self.hung = self.watch(child)
        finally:
            if child.poll() is None:
                end_session(child)
        self.said, self.console, self.errors = (text_of(path) for path in (self.output, console, errors))

    def watch(self, child: subprocess.Popen[bytes]) -> bool:
        """Wait until it ends; the result is whether it hung. A test has its limit in the guest; a guest that comes
        to no other test within that and two minutes says where it hangs: an NMI is a panic, with all stacks.
        """
        seen, since = 0, time.monotonic()
        while time.monotonic() - since < LIMIT + 120:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(2)
                return False
            marks = len(re.findall(r"^nfit: (?:begin|status) ", text_of(self.output), re.M))
            if marks != seen:
                seen, since = marks, time.monotonic()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.communicate(b"nmi\n", 60)
        return True

    def hung_elsewhere(self) -> bool:
        """Before its first test, and with no module of ours on the stack of any task."""
        ours = rf"\+0x.*\[(ndstack_)?({'|'.join(klog.our_modules())}|nfit_test\w*)\]"
        return self.hung and "nfit: begin " not in self.said and not re.search(ours, self.console)

    def judge(self, test: str) -> Verdict | None:
        """None if the guest did not come to it."""
        said, log = ndctl_log.output_of(self.said, test), ndctl_log.kernel_log_of(self.console.splitlines(), test)
        if not said:
            return None
        why = ndctl_log.fault(test, said, log)
        trouble = [line for at in klog.troubles(log, klog.LOST_LINES)[:1] for line in log[at:at + 60]]
        return Check(test, not why, why), [*said[-15:], *(self.stacks() if self.hung else trouble)] if why else []

    def last_words(self) -> list[str]:
        return self.stacks() or [line for text in (self.errors, self.said, self.console)
                                 for line in text.splitlines()[-20:]]

    def stacks(self) -> list[str]:
        """Of a guest that hung, the panic and the tasks that wait."""
        found = re.findall(r"^.*Kernel panic.*\n(?:.*\n){,30}|^.* task:.* state:D.*\n(?:(?!.* task:).*\n){,15}",
                           self.console, re.M)
        return "".join(found).splitlines()[:120]
