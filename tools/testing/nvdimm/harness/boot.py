# SPDX-License-Identifier: GPL-2.0
"""One boot of a machine: compose the command, run it, watch it, judge it.

Guest and host speak over the second serial line: "ok NAME", "not ok NAME: detail", "end" (the boot function
has ended), "cut" (power may fail now), "power fails" (it fails by itself from now on), "plug NAME"; lines with
"# " are transcript. The guest finds what the boot before printed in /vm/said. The first serial line is the
kernel's log.
"""
from __future__ import annotations

import contextlib
import functools
import os
import re
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from harness import klog, machine, rootfs
from harness.kernels import Kernel
from harness.machine import Machine
from harness.process import CACHE, TESTS, TOP, Check, WorkFailed, fingerprint

# Watchdogs are off (except the one for hung tasks), because a busy host makes an emulated processor miss its
# deadlines; a guest that hangs meets the time limit. For the same reason the kernel does not try out its timer:
# it would take a processor that is not run for some ticks for a broken IO-APIC, and panic.
#
# The TSCs that QEMU emulates are one, which the kernel cannot know; else it reads the time from an HPET. That,
# and protection from the processor's faults, took a fifth of all time. QEMU 7.2 starts a program that lies at
# another address each time three times as slowly: no addresses are random.
#
# The other processors join when init runs: most jump labels are patched by then (klog.stale_breakpoint).
COMMON_LINE = ("loglevel=6 rdinit=/vm/init panic=-1 oops=panic nowatchdog rcupdate.rcu_cpu_stall_suppress=1 "
               "random.trust_cpu=on mitigations=off norandmaps")
KERNEL_LINE = f"console=ttyS0 {COMMON_LINE} no_timer_check maxcpus=1 tsc=reliable"
KERNEL_LINE_ARM64 = f"console=ttyAMA0 {COMMON_LINE}"
FIRMWARE_ARM64 = "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd"
Q35 = "usb=off,vmport=off,smbus=off,sata=off"


@dataclass
class Run:
    """A test's machine, over all of its boots, which share the media in its directory."""

    machine: Machine
    scenario: Path
    place: Path
    kernel: Kernel
    modules: str  # ours, intree or mock
    kernels: dict[str, Kernel] = field(default_factory=dict)  # for boots on others
    variables: dict[str, str] = field(default_factory=dict)  # of the form of the test
    threads: str = "multi"  # of TCG: "multi" processors race, "single" ones take turns
    guest_modules: list[str] = field(default_factory=list)  # in addition
    on_line: Callable[[str, "Watched"], bool | None] | None = None  # True: the power is cut now
    checks: list[Check] = field(default_factory=list)
    excerpt: list[str] = field(default_factory=list)

    def file(self, n: int, kind: str) -> Path:
        return self.place / f"boot{n}.{kind}"

    def boot(self, n: int, compose: Callable[["Run", int, str], list[str]] | None = None) -> str:
        """Run and judge boot n; the return value is how the guest ended: end, cut, or nothing."""
        command = (compose or compose_guest)(self, n, f"boot{n}")
        variables = self.machine.host_disk(self.place, n) | self.variables
        watched = Watched(self, n, command, variables)
        mark, checks = watched.watch()
        self.machine.host_power_cut(self.place)
        self.judge(n, checks)
        (self.place / "initrd").unlink(missing_ok=True)
        return mark

    def judge(self, n: int, checks: list[Check]) -> None:
        series = self.machine.boot(n).kernel
        kernel = self.kernels.get(series, self.kernel) if series else self.kernel
        log = klog.judge(n, self.file(n, "console").read_text(errors="replace"), self.machine.short_of_memory,
                         self.machine.log_may_say, kernel.looks_for_races())
        checks = checks + log.checks + self.judge_flushes(n) + self.judge_media(n)
        if any(not check.ok for check in checks) and not any(not check.ok for check in self.checks):
            self.excerpt += log.excerpt or self.last_messages(n)
        self.checks += [Check(f"boot {n}: {check.name}", check.ok, check.detail) for check in checks]

    def judge_flushes(self, n: int) -> list[Check]:
        want = self.machine.boot(n).flushes
        if not want:
            return []
        count = len(re.findall(r"^hostdisk: fsync ", self.file(n, "qemu").read_text(), re.M))
        least, _, most = want.partition("-")
        return [Check(f"the host is asked {want} times", int(least) <= count <= int(most or least), f"{count} times")]

    def judge_media(self, n: int) -> list[Check]:
        return [Check(f"{name} keeps every byte",
                      machine.digest_outside(self.place / f"{name}.img", span) == self.machine.digests[name])
                for name, span in self.machine.unchanged.items()]

    def last_messages(self, n: int) -> list[str]:
        """The end of each log."""
        lines = []
        for kind, count in (("qemu", 5), ("log", 15), ("console", 25)):
            file = self.file(n, kind)
            text = file.read_text(errors="replace").replace("\r", "") if file.exists() else ""
            lines += [f"{kind}: {line[:200]}" for line in text.splitlines()[-count:]]
        return lines

    def all_boots(self) -> None:
        self.machine.make_media(self.place)
        for n in range(1, self.machine.boots + 1):
            if not self.boot(n):
                break  # the next boot builds on what this one did not do

    def broken_by_qemu(self) -> bool:
        for console in self.place.glob("boot*.console"):
            text = console.read_text(errors="replace")
            log = console.with_suffix(".log")
            if klog.stale_breakpoint(text) or klog.lost_interrupt(text, log.read_text() if log.exists() else ""):
                return True
        return False


class Watched:
    """A running QEMU, and what the guest prints."""

    def __init__(self, run: Run, n: int, command: list[str], variables: dict[str, str]) -> None:
        self.run, self.n = run, n
        self.limit = float(run.machine.limit)
        self.begun = time.monotonic()
        self.pending = b""
        self.ready: list[str] = []
        monitor = run.place / "monitor"
        for end in ("in", "out"):
            with contextlib.suppress(FileExistsError):
                os.mkfifo(f"{monitor}.{end}")
        self.monitor = Path(f"{monitor}.in")
        run.file(n, "console").touch()
        with run.file(n, "qemu").open("wb") as errors:
            self.child = subprocess.Popen(
                [*command, "-chardev", f"pipe,id=monitor,path={monitor}", "-mon", "chardev=monitor",
                 "-serial", f"file:{run.file(n, 'console')}", *second_line(command)],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, start_new_session=True,
                env=os.environ | variables)

    def lines(self) -> Iterator[str]:
        """Until QEMU ends or the limit is over. on_line() may move the limit."""
        selector = selectors.DefaultSelector()
        assert self.child.stdout
        os.set_blocking(self.child.stdout.fileno(), False)
        selector.register(self.child.stdout, selectors.EVENT_READ)
        while True:
            left = self.begun + self.limit - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if not selector.select(left):
                continue
            block = os.read(self.child.stdout.fileno(), 65536)
            if not block:
                return
            self.split(block)
            while self.ready:
                yield self.ready.pop(0)

    def split(self, block: bytes) -> None:
        *whole, self.pending = (self.pending + block).split(b"\n")
        self.ready += [line for raw in whole if (line := raw.decode(errors="replace").rstrip("\r"))]

    def more_lines(self) -> list[str]:
        """What the guest has printed and on_line() will be called for: all of it, if the machine stands."""
        assert self.child.stdout
        with contextlib.suppress(BlockingIOError):
            while block := os.read(self.child.stdout.fileno(), 65536):
                self.split(block)
        return self.ready

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Each thread of QEMU stands meanwhile."""
        os.kill(self.child.pid, signal.SIGSTOP)
        end = time.monotonic() + 20
        tasks = Path(f"/proc/{self.child.pid}/task")
        while any(stat.read_text().rpartition(") ")[2][0] not in "Tt" for stat in tasks.glob("*/stat")):
            if time.monotonic() > end:
                raise WorkFailed("QEMU does not stop")
            time.sleep(0.001)
        yield
        os.kill(self.child.pid, signal.SIGCONT)

    def watch(self) -> tuple[str, list[Check]]:
        mark, checks = "", []
        later = self.run.machine.later(self.n)
        try:
            with self.run.file(self.n, "log").open("w") as log:
                for line in self.lines():
                    print(f"{time.monotonic() - self.begun:4.0f} {line}", file=log, flush=True)
                    if self.run.on_line and self.run.on_line(line, self):
                        mark = "cut"
                        break
                    if found := re.match(r"(not )?ok (.*)", line):
                        name, _, detail = found[2].partition(": ") if found[1] else (found[2], "", "")
                        checks.append(Check(name, not found[1], detail))
                    elif line == "end":
                        mark = "end"
                    elif line == "power fails":
                        mark = "cut"
                    elif line == "cut":
                        mark = "cut"
                        break
                    elif line.startswith("plug "):
                        self.monitor.write_text(f"device_add {later[line.removeprefix('plug ')]}\n")
        except TimeoutError:
            checks.append(Check(f"the boot is over within {self.limit:.0f} s", False))
        finally:
            self.kill()
        if not mark:
            checks.append(Check("the boot comes to its end", False, f"QEMU ended with {self.child.returncode}"))
        return mark, checks

    def kill(self) -> None:
        """The power cut, the time limit, or nothing if QEMU has ended by itself."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        if self.child.stdout:
            self.child.stdout.close()


def second_line(command: list[str]) -> list[str]:
    """The serial line of arm64's machine is its only one: the other is a PCI device."""
    if any("qemu-system-aarch64" in word for word in command[:1]):
        return ["-chardev", "stdio,id=second", "-device", "pci-serial,chardev=second"]
    return ["-serial", "stdio"]


# Composition --------------------------------------------------------------------------------------

def compose_guest(run: Run, n: int, function: str) -> list[str]:
    """The command of QEMU without its serial lines and monitor. function is the guest's, or "shell"."""
    boot = run.machine.boot(n)
    kernel = run.kernels[boot.kernel] if boot.kernel else run.kernel
    # a boot may want the modules themselves in place of test builds; who asks for in-tree ones gets them in each
    modules = "intree" if run.modules == "intree" else boot.modules or run.modules
    initrd = run.place / "initrd"
    extra = put_files(run, n, function, kernel, modules)
    rootfs.initramfs(initrd, kernel, modules, "fio" in run.machine.needs, extra, run.guest_modules)
    words = run.machine.append + boot.append
    if kernel.initcalls and modules != "intree" and not boot.starts:
        words += f" initcall_blacklist={','.join(kernel.initcalls)}"
    # Firmware of a test has the only ACPI0012.
    nvdimm = "off" if run.machine.firmware else "on"
    features = run.machine.features + boot.cpu
    compose = arm64 if kernel.arch == "arm64" else x86
    return compose(run, kernel, initrd, nvdimm, words, features) + run.machine.arguments(run.place, n)


def put_files(run: Run, n: int, function: str, kernel: Kernel, modules: str) -> Path:
    """What the guest finds in /vm."""
    extra = run.place / "extra"
    vm = extra / "vm"
    vm.mkdir(parents=True, exist_ok=True)
    for file in (*(TESTS / "vm/guest" / name for name in ("init", "lib.sh", "shellrc")), TOP / "drivers/modules"):
        shutil.copy(file, vm)
    shutil.copy(run.scenario, vm / "scenario")
    line, console = ("ttyS0", "ttyAMA0") if kernel.arch == "arm64" else ("ttyS1", "ttyS0")
    (vm / "parameters").write_text(
        f"BOOT={function}\nSET={modules}\nLIVES={run.variables.get('NDSTACK_LIVES', '12')}\n"
        f"LINE=/dev/{line}\nCONSOLE=/dev/{console}\n")
    before = run.file(n - 1, "log")
    if before.exists():
        shutil.copy(before, vm / "said")
    for name in run.machine.carry:
        shutil.copy(TOP / name.replace("@RELEASE@", kernel.release), vm)
    for name, words in run.machine.made.items():
        if not (vm / name).exists():
            machine.command(*words, vm / name, cwd=TESTS, env=os.environ | run.variables)
    if "both_sets" in run.machine.needs:
        rootfs.put_both(vm / "ours", kernel)
    return extra


def x86(run: Run, kernel: Kernel, initrd: Path, nvdimm: str, words: str, features: str) -> list[str]:
    command = ["qemu-system-x86_64", "-M", f"q35,nvdimm={nvdimm},{Q35}", "-nodefaults", "-display", "none", "-no-reboot",
               "-kernel", str(kernel.image), "-initrd", str(initrd), "-append", KERNEL_LINE + words]
    if run.machine.counted:
        return command + ["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off",
                          "-rtc", "base=2026-01-01,clock=vm", "-cpu", f"max,la57=off{features}"]
    return command + accelerator(kernel.image, features, run.threads)


def arm64(run: Run, kernel: Kernel, initrd: Path, nvdimm: str, words: str, features: str) -> list[str]:
    """The machine has ACPI only with its firmware. The processor writes caches back to persistence (DC CVAP)."""
    return ["qemu-system-aarch64", "-M", f"virt,nvdimm={nvdimm},gic-version=3", "-bios", FIRMWARE_ARM64,
            "-nodefaults", "-display", "none", "-no-reboot", "-kernel", str(kernel.image), "-initrd", str(initrd),
            "-append", KERNEL_LINE_ARM64 + words, "-accel", "tcg,thread=multi", "-cpu", f"neoverse-n1{features}"]


def accelerator(image: Path, features: str = "", threads: str = "multi") -> list[str]:
    if kvm_works(image):
        return ["-accel", "kvm", "-cpu", f"host{features}"]
    return ["-accel", f"tcg,thread={threads}", "-cpu", f"max,la57=off{features}"]


@functools.cache
def kvm_works(image: Path) -> bool:
    """A device node proves nothing: boot something. Without an init the guest panics, which ends QEMU."""
    if os.environ.get("NDSTACK_ACCEL") == "tcg" or not os.access("/dev/kvm", os.W_OK):
        return False
    mark = CACHE / f"kvm-{fingerprint(os.uname().release)}"
    if not mark.exists():
        try:
            text = machine.command("timeout", "20", "qemu-system-x86_64", "-M", "q35", "-accel", "kvm", "-m", "256M",
                                   "-nodefaults", "-display", "none", "-no-reboot", "-kernel", image,
                                   "-append", "console=ttyS0 panic=-1", "-serial", "stdio", stdin=subprocess.DEVNULL)
        except WorkFailed:
            text = ""
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text("yes" if "Kernel panic" in text else "no")
    return mark.read_text() == "yes"


def interactive(run: Run) -> int:
    """The test's machine, and a shell on this terminal."""
    command = compose_guest(run, 0, "shell")
    return subprocess.run([*command, "-serial", "mon:stdio", "-serial", "null"], check=False,
                          env=os.environ | run.machine.host_disk(run.place, 0)).returncode
