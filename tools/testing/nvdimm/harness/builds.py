# SPDX-License-Identifier: GPL-2.0
"""Builds from scratch that print no warning: by gcc with W=1 and sparse, by clang, for each kernel.

# tier: quick modules-6.1
# tier: commit 6.1 6.12 7.3 6.1-clang

Each is made with the compiler that its kernel was built with: lib/build. Guests load what is built here.
"""
from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from harness import kernels
from harness.machine import command
from harness.process import BUILD, TESTS, TOP, Check, Ended, locked, log_file, once, run

# Of no concern: headers without a vmlinux to make the modules' BTF from, and another patch level of gcc.
QUIET = re.compile(r"Skipping BTF generation|the compiler differs from the one used"
                   # sparse of bullseye on 5.10: it ignores __packed, and the kernel's own macro for SRCU
                   r'|static assertion failed: "sizeof\(struct [a-z_]*\) == |symbol .__srcu_struct_[a-z_]*. was not')
LOUD = re.compile(r"warning:|error:|WARNING:|ERROR:|^Warning|\*\*\* ")
OURS = re.compile(r"^([^ ]*/src/)?(drivers|include)/")
GOALS = {"modules": "src", "provider": "provider", "compat": "compat", "nfit_test": "test"}  # and where objects are
SPARSE = TESTS / "lib/sparse.h"


def kdir(series: str) -> Path:
    def ask() -> str:
        return command(TESTS / "lib/headers", series).strip()
    return Path(once(f"headers-{series}", ask))


def release(series: str) -> str:
    return kdir(series).name.removeprefix("linux-headers-")


def warnings(ended: Ended, only_ours: bool = False) -> str:
    lines = [line for line in ended.text.splitlines() if LOUD.search(line) and not QUIET.search(line)
             and not (only_ours and (" objtool: " in line or not OURS.match(line)))]
    if ended.status and not lines:
        return ended.tail(40)
    return "\n".join(lines[:30])


def make(name: str, words: list[str | Path], only_ours: bool = False) -> Check:
    begun = time.monotonic()
    ended = run(words, log_file(f"build-{name}"), W="1")
    loud = warnings(ended, only_ours)
    return Check(f"{name} ({time.monotonic() - begun:.0f} s)", not ended.status and not loud, loud)


def goal(series: str, name: str, sparse: bool) -> Check:
    """From scratch: objects that are up to date print no warning."""
    shutil.rmtree(BUILD / release(series) / GOALS[name], ignore_errors=True)
    label = f"{series}-{name}"
    flags = ["C=1", f"CF=-D__CHECK_ENDIAN__ -include {SPARSE}"] if sparse else []
    check = make(label, [TESTS / "lib/build", series, name, *flags])
    if check.ok and sparse:
        text = log_file(f"build-{label}").read_text()
        # kbuild compiles a .mod.c for each module, unchecked
        compiled, seen = len(re.findall(r"^  CC \[M\] .*/src/.*\.o$", text, re.M)), len(re.findall("^  CHECK ", text, re.M))
        if not seen or seen < compiled / 2:
            return Check(check.name, False, f"sparse saw {seen} files, gcc {compiled}")
    return check


def goals_of(series: str) -> list[str]:
    return ["modules", "provider", "compat", *(["nfit_test"] if series == "6.1" else [])]


def by_gcc(series: str, goals: list[str], sparse: bool = True) -> list[Check]:
    def build() -> str:
        with locked(f"tree-{series}"):
            checks = [goal(series, name, sparse) for name in goals]
        return "\0".join(f"{check.ok:d}{check.name}\n{check.detail}" for check in checks)

    checks = []
    for part in once(f"build-{series}", build).split("\0"):
        name, _, detail = part[1:].partition("\n")
        checks.append(Check(name, part[0] == "1", detail))
    return checks


def by_clang(series: str) -> list[Check]:
    """Beside gcc's. Headers of a kernel that gcc built ask gcc alone to be silent about some of theirs."""
    place = BUILD / "clang"
    shutil.rmtree(place / release(series), ignore_errors=True)
    check = make(f"{series}-clang", [TESTS / "lib/build", series, "modules", "BUILD=build/clang",
                                     f"CC={TESTS / 'lib/clang'}"], only_ours=True)
    config = [place / release(series) / "probes/compat_config.h" for place in (BUILD, BUILD / "clang")]
    same = all(file.exists() for file in config) and config[0].read_text() == config[1].read_text()
    return [check, Check("clang finds the same kernel", same)]


def without_numa(series: str) -> list[Check]:
    """A kernel that is made of another: the functions of NUMA are inline, or there are none; none is exported."""
    place = BUILD / "no_numa"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    command("cp", "-rs", kdir(series), place / "kdir")
    names = re.compile(r"CONFIG_[A-Z0-9_]*(NUMA|NODES_SHIFT)[A-Z0-9_]*[ =]"
                       r"|\t[a-z_]*(numa|node_data|node_distance|pxm_|_pxm|_to_nid|target_node)[a-z_]*\t")
    for name in ("include/config/auto.conf", "include/generated/autoconf.h", "Module.symvers"):
        lines = (kdir(series) / name).read_text().splitlines(keepends=True)
        (place / "kdir" / name).unlink()
        (place / "kdir" / name).write_text("".join(line for line in lines if not names.search(line)))
    return [make(f"{series}-no-numa", ["make", "-C", TOP, "modules", f"KDIR={place / 'kdir'}", "BUILD=build/no_numa/out"])]


def modules(series: str) -> list[Check]:
    """What the guests of the quick tier load."""
    kernels.prepare(series, {"modules", "provider"})
    return [Check("modules are built", True)]


def all_builds() -> dict[str, tuple[Callable[[], list[Check]], float]]:
    """Name: what is done, and seconds."""
    found: dict[str, tuple[Callable[[], list[Check]], float]] = {"modules-6.1": (lambda: modules("6.1"), 100)}
    for series in kernels.STOCK:
        found[series] = (lambda s=series: by_gcc(s, goals_of(s)), 300)
    for series in kernels.CROSS:
        found[series] = (lambda s=series: by_gcc(s, ["modules"], sparse=False), 250)
    for series in ("6.1", "6.12", kernels.NEWEST):
        found[f"{series}-clang"] = (lambda s=series: by_clang(s), 150)
    # no transparent huge pages, nor dax_hmem: this kernel declares the functions of both, and exports none
    found["6.12-rt"] = (lambda: by_gcc("6.12-rt", ["modules"], sparse=False), 250)
    found["6.12-no-numa"] = (lambda: without_numa("6.12"), 250)
    return found
