# SPDX-License-Identifier: GPL-2.0
"""Guest tests: all boots of one on one kernel."""
from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from harness import header, kernels, machine, rootfs
from harness.boot import Run, interactive
from harness.header import Header
from harness.machine import Machine
from harness.process import BUILD, LOGS, TESTS, TOP, Check, WorkFailed, log_file, once, run

# The forms of stress tests that nightly runs; the header of a test, or the environment, names longer ones.
DURATIONS = {name: os.environ.get(name, seconds) for name, seconds in {
    "STRESS_SECONDS": "180", "LOOP_SECONDS": "60", "PAIRS_SECONDS": "90", "IOCTL_SECONDS": "30"}.items()}


@dataclass
class Guest:
    """One test on one kernel."""

    path: Path
    header: Header
    kernel: str
    modules: str  # ours, intree or mock
    variables: dict[str, str] = field(default_factory=dict)
    keep: bool = False

    def goals(self, modules: str, needs: set[str]) -> set[str]:
        goals = set() if modules == "intree" else {"modules", "provider"}
        if modules == "mock":
            goals.add("nfit_test")
        if "nd_provider_intree" in needs:
            goals |= {"provider", "provider-intree"}
        if "compat_test" in needs:
            goals.add("compat")
        return goals

    def prepare(self) -> tuple[Machine, kernels.Kernel, dict[str, kernels.Kernel]]:
        """What the boots need: programs, kernels, modules for each of them."""
        if self.path.parts[-3] == "stress":
            once("stress-programs", build_stress)
        declared = machine.read(self.path, DURATIONS | self.variables)
        kernel = kernels.prepare(self.kernel, self.goals(self.modules, declared.needs))
        others = {}
        for boot in declared.boot_words.values():
            if boot.kernel:
                others[boot.kernel] = kernels.prepare(boot.kernel, {"modules"} if boot.modules == "ours" else set())
        for each in (kernel, *others.values()):
            host = rootfs.host_for(each)  # the parts that all guests share are made once
            once(f"initramfs-{host.cross}", lambda host=host: str(rootfs.base_part(host)) + str(rootfs.helpers_part(host)))
        if self.kernel in kernels.CHECKED:
            declared.on_checked_kernel(self.kernel)
        return declared, kernel, others

    def run(self, name: str) -> tuple[list[Check], str]:
        """The checks of all boots, and the lines of the logs that explain a failure."""
        _, kernel, others = self.prepare()
        place = Path(tempfile.mkdtemp(prefix="ndstack-vm."))
        try:
            for attempt in range(3):  # at most twice again if QEMU broke a boot
                found = self.attempt(place / str(attempt), kernel, others)
                if not found.broken_by_qemu():
                    break
            checks = found.checks
            if all("kernel log" in check.name for check in checks):
                checks.append(Check("something is checked", False))
            text = "".join(f"{line}\n" for line in found.excerpt)
            if self.keep or not all(check.ok for check in checks):
                text += f"logs: {keep_logs(found.place, name, self.keep)}\n"
            return checks, text
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def attempt(self, place: Path, kernel: kernels.Kernel, others: dict[str, kernels.Kernel]) -> Run:
        place.mkdir()
        variables = DURATIONS | self.variables
        declared = machine.read(self.path, variables)
        if self.kernel in kernels.CHECKED:
            declared.on_checked_kernel(self.kernel)
        found = Run(declared, self.path, place, kernel, self.modules, others, variables)
        found.all_boots()
        return found

    def shell(self) -> int:
        """A prompt in the machine of a test."""
        declared, kernel, others = self.prepare()
        place = Path(tempfile.mkdtemp(prefix="ndstack-shell."))
        try:
            declared.make_media(place)
            return interactive(Run(declared, self.path, place, kernel, self.modules, others, self.variables))
        finally:
            shutil.rmtree(place, ignore_errors=True)


def on_old_kernel(path: Path, source: str, patched: bool, keep: bool, name: str) -> tuple[list[Check], str]:
    """A test on the kernel whose sources are in a directory, with mm-patches or as it is."""
    def build() -> str:
        ended = run([TESTS / "mm/kernel", *(["--patched"] if patched else []), source], log_file(f"mm-kernel-{patched}"))
        if ended.status:
            raise WorkFailed(f"mm/kernel fails:\n{ended.tail()}")
        kernel = kernels.find(ended.tail(1))
        if patched:  # nd_section, in a shadow of mm/module
            out = BUILD / kernel.release / "mm"
            machine.command(TOP / "tools/kbuild/shadow", out, ".", cwd=TESTS / "mm/module")
            machine.command("make", "-s", "-C", kernel.place / "build", f"M={out}", "modules")
        return str(kernel.place)

    kernel = once(f"mm-kernel-{patched}", build)
    return Guest(path, header.read(path), kernel, "ours", keep=keep).run(name)


def build_stress() -> str:
    ended = run([TESTS / "stress/build"], log_file("stress-build"))
    if ended.status:
        raise WorkFailed(f"stress/build fails:\n{ended.tail()}")
    return ""


def keep_logs(place: Path, name: str, media: bool) -> str:
    to = LOGS / log_file(name).stem
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    for pattern in ("*.log", "*.console", "*.qemu", *(["*.img"] if media else [])):
        for file in place.glob(pattern):
            shutil.copy(file, to)
    return os.path.relpath(to, TESTS.parents[2])


def main_scenarios() -> dict[str, dict[str, str]]:
    """matrix/scenarios: the names, and the kernels that one is not run on, with the reason."""
    names: dict[str, dict[str, str]] = {}
    for line in (TESTS / "matrix/scenarios").read_text().splitlines():
        name, _, exception = line.partition("#")[0].strip().partition(" ")
        if name:
            names.setdefault(name, {})
        if exception:
            kernel, _, why = exception.partition(": ")
            names[name][kernel] = why
    return names
