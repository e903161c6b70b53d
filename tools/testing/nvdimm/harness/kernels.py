# SPDX-License-Identifier: GPL-2.0
"""Kernels that guests boot, and the modules that are built for them.

A kernel is a series of Debian ("6.1", "7.2", "6.12-arm64"), one that this tree configures and builds ("debug",
"debug-6.12", "kcsan", "builtin"), or a directory that is laid out as an unpacked image package, with its
KDIR in DIRECTORY/build.
"""
from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from harness.process import TESTS, TOP, WorkFailed, locked, log_file, once, run

STOCK = ("5.10", "6.1", "6.12", "7.2", "7.3")  # Debian's, of x86-64
NEWEST = "7.3"
TRAVELLED = ("5.10", "6.1", "6.12", NEWEST)  # media are carried between these
CROSS = ("6.1-arm64", "6.12-arm64", "6.12-arm64-16k")  # cross-built
BOOTED_ARM64 = "6.12-arm64"
CHECKED = ("debug", "debug-6.12", "kcsan")
OWN = {"debug": "kernel --dir checks", "debug-6.12": "kernel-6.12 --dir checks",
       "kcsan": "kernel-6.12 --dir kcsan", "builtin": "kernel --dir builtin"}


@dataclass(frozen=True)
class Kernel:
    """An unpacked kernel."""

    series: str
    place: Path

    @functools.cached_property
    def image(self) -> Path:
        return next(self.place.glob("boot/vmlinuz-*"))

    @property
    def release(self) -> str:
        return self.image.name.removeprefix("vmlinuz-")

    @property
    def arch(self) -> str:
        return "arm64" if "-arm64" in self.release else "amd64"

    @property
    def modules(self) -> Path:
        return self.place / "lib/modules" / self.release

    @functools.cached_property
    def dependencies(self) -> dict[str, list[Path]]:
        """Of modules.dep: each module's file and those that it needs."""
        found = {}
        for line in (self.modules / "modules.dep").read_text().splitlines():
            files = [self.modules / word for word in line.replace(":", " ").split()]
            found[files[0].name.partition(".ko")[0].replace("-", "_")] = files
        return found

    @functools.cached_property
    def initcalls(self) -> list[str]:
        """The functions that start the drivers that ours replace, if they are built in."""
        replaced = {Path(word).name for line in (TOP / "drivers/modules").read_text().splitlines()
                    if line[:1].islower() for word in line.split()[1:]}
        found = []
        for table in self.place.glob("boot/System.map-*"):
            for name, call in re.findall(r" __initcall__kmod_(\w+?)__\d+_\d+_(\w+)$", table.read_text(), re.M):
                if name in replaced:
                    found.append(re.sub(r"\ds?$", "", call))
        return found

    def looks_for_races(self) -> bool:
        config = self.place / "build/include/config/auto.conf"
        return config.exists() and "CONFIG_KCSAN=y" in config.read_text().splitlines()


def label(kernel: str) -> str:
    return "own" if "/" in kernel else kernel


def find(kernel: str) -> Kernel:
    """Download or build it, once in a run."""
    if "/" in kernel:
        if not (Path(kernel) / "build/include/generated/utsrelease.h").exists():
            raise WorkFailed(f"{kernel}: no kernel with its build/")
        return Kernel("own", Path(kernel).resolve())
    words = [TESTS / "lib/kernel", kernel]
    if kernel in OWN:
        program, *rest = OWN[kernel].split()
        words = [TESTS / "debug" / program, *rest]

    def ask() -> str:
        ended = run(words, log_file(f"kernel-{kernel}"))
        if ended.status:
            raise WorkFailed(f"no kernel {kernel}:\n{ended.tail()}")
        return ended.tail(1)

    return known(kernel, once(f"find-{kernel}", ask))


@functools.cache
def known(series: str, place: str) -> Kernel:
    return Kernel(series, Path(place))


def make_command(kernel: Kernel, goals: list[str]) -> list[str | Path]:
    if kernel.series in OWN or kernel.series == "own":
        return ["make", "-C", TOP, f"KDIR={kernel.place}/build", *goals]
    return [TESTS / "lib/build", kernel.series, *goals]


def prepare(kernel: str, goals: set[str]) -> Kernel:
    """Find a kernel, and build these goals of make for it, each set of them once in a run."""
    found = find(kernel)
    words = sorted(goals)
    if not words:
        return found
    key = re.sub(r"[^\w.-]+", "-", "-".join(["kernel", found.series, *words]))

    def build() -> str:
        with locked(f"tree-{found.series}"):
            # as the checked builds of static are made, or each would build all again
            ended = run(make_command(found, words), log_file(key), W="1")
        if ended.status:
            raise WorkFailed(f"the build for {kernel} fails:\n{ended.tail(40)}")
        return ""

    once(key, build)
    return found
