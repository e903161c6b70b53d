# SPDX-License-Identifier: GPL-2.0
"""Scenarios: what runs in virtual machines, one process of vm.sh for all boots of one."""
from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from harness import kernels
from harness.header import Header
from harness.process import LOGS, TESTS, Check, WorkFailed, log_file, once, run, tap

# The forms of stress tests that nightly runs; the header of a test names longer ones.
DURATIONS = {"STRESS_SECONDS": "180", "LOOP_SECONDS": "60", "PAIRS_SECONDS": "90",
             "IOCTL_SECONDS": "30"}


@dataclass
class Guest:
    """One scenario on one kernel."""

    path: Path
    header: Header
    kernel: str
    modules: str  # ours, intree or mock
    variables: dict[str, str] = field(default_factory=dict)
    keep: bool = False

    def goals(self) -> set[str]:
        needs = self.header.needs
        goals = set() if self.modules == "intree" else {"modules", "provider"}
        if self.modules == "mock":
            goals.add("nfit_test")
        if "nd_provider_intree" in needs:
            goals |= {"provider", "provider-intree"}
        if "compat_test" in needs:
            goals.add("compat")
        return goals

    def prepare(self) -> None:
        if self.path.parts[-3] == "stress":
            once("stress-programs", build_stress)
        kernels.prepare(self.kernel, self.modules, self.goals())
        for other in sorted(self.header.boot_kernels):
            kernels.prepare(other, "intree", set())
        if other := self.variables.get("NDSTACK_OTHER"):
            modules = self.variables["NDSTACK_OTHER_MODULES"]
            kernels.prepare(other, modules, {"modules"} if modules == "ours" else set())

    def run(self, name: str) -> tuple[list[Check], str]:
        """The checks of all boots, and the lines of the logs that explain a failure."""
        self.prepare()
        place = Path(tempfile.mkdtemp(prefix="ndstack-vm."))
        try:
            machine = place / "machine"
            ended = run([kernels.VM, "boot", self.path, kernels.label(self.kernel), self.modules,
                         machine], log_file(name), NDSTACK_KERNELS=kernels.known(),
                        **DURATIONS | self.variables)
            checks = tap(ended.text)
            if ended.status:
                checks.append(Check("vm.sh comes to its end", False, ended.tail()))
            excerpt = machine / "excerpt"
            text = excerpt.read_text(errors="replace") if excerpt.exists() else ""
            if self.keep or not all(check.ok for check in checks):
                text += f"logs: {keep_logs(machine, name, self.keep)}\n"
            return checks, text
        finally:
            shutil.rmtree(place, ignore_errors=True)


def build_stress() -> str:
    ended = run([TESTS / "stress/build"], log_file("stress-build"))
    if ended.status:
        raise WorkFailed(f"stress/build fails:\n{ended.tail()}")
    return ""


def keep_logs(machine: Path, name: str, media: bool) -> str:
    place = LOGS / log_file(name).stem
    place.mkdir(parents=True, exist_ok=True)
    for pattern in ("*.log", "*.console", "*.verdict", "*.qemu", *(["*.img"] if media else [])):
        for file in machine.glob(pattern):
            shutil.copy(file, place)
    return f"build/test-logs/{place.name}"


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
