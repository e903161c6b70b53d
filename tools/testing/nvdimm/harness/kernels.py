# SPDX-License-Identifier: GPL-2.0
"""Kernels that guests boot, and the modules that are built for them.

A kernel is a series of Debian ("6.1", "7.2", "6.12-arm64"), one that this tree configures and
builds ("debug", "debug-6.12", "kcsan", "builtin"), or a directory.
"""
from __future__ import annotations

import re

from harness.process import TESTS, WorkFailed, locked, log_file, once, run

CHECKED = ("debug", "debug-6.12", "kcsan")
VM = TESTS / "harness/vm.sh"

found: dict[str, str] = {}  # directories of kernels, by series


def label(kernel: str) -> str:
    return "own" if "/" in kernel else kernel


def known() -> str:
    """The value of NDSTACK_KERNELS."""
    return " ".join(f"{series}={path}" for series, path in sorted(found.items()))


def prepare(kernel: str, modules: str, goals: set[str]) -> None:
    """Build once for a kernel; later boots find it by its directory."""
    words = sorted(goals)
    key = re.sub(r"[^\w.-]+", "-", "-".join(["kernel", kernel, modules, *words]))

    def build() -> str:
        with locked(f"tree-{label(kernel)}"):
            ended = run([VM, "build", kernel, modules, *words], log_file(key),
                        NDSTACK_KERNELS=known())
        if ended.status:
            raise WorkFailed(f"the build for {kernel} fails:\n{ended.tail(40)}")
        return ended.tail(1)

    found[label(kernel)] = once(key, build)
