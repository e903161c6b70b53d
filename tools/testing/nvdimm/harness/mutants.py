# SPDX-License-Identifier: GPL-2.0
"""Tests of the tests: a patch breaks one behaviour, and the test that it names has to fail.

A mutant is tried in a copy of the tree. There its test has to pass without the patch, and to fail
with it. The copy starts with what is built here, so a mutant costs the compilation of one file.
"""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from harness import kernels, native
from harness.guest import DURATIONS, Guest
from harness.header import read as read_header
from harness.process import BUILD, TESTS, TOP, Check, WorkFailed, log_file, once, run, tap

NATIVE = ("unit", "fuzz", "crash", "mm")
GUESTS = ("vm", "nfit", "stress", "races")
# What fuzz and crash do in addition to seeds and enumerations.
FUZZ_INPUTS = 20_000
CRASH_STEPS = {"STEPS": "20000"}
# A data race is met in one of so many runs of three minutes.
RACES_TRIES = 10
LOG_IS_SILENT = "kernel log is silent"

TIERS = {"unit": "commit", "fuzz": "commit", "mm": "commit", "races": "weekly"}


@dataclass
class Mutant:
    """One file of mutants/patch."""

    path: Path
    broken: str
    suite: str
    test: str
    text: str  # has to be in what the failing test prints

    @property
    def kernel(self) -> str:
        if self.suite in ("stress", "races"):
            return "kcsan" if self.suite == "races" else "debug"
        scenario = TESTS / self.suite / "scenario" / self.test
        return (read_header(scenario).kernels or ["6.1"])[0]


def read(path: Path) -> Mutant:
    text = path.read_text(errors="replace")
    red = re.search(r"^red: (\w+) (\S+) ?(.*)$", text, re.M)
    if not red:
        raise ValueError(f'{path}: no line "red: SUITE TEST"')
    return Mutant(path, text.partition("\n")[0], *red.groups())


def copy(name: str, tree: Path) -> None:
    """A copy of build/NAME. Makefiles compare absolute paths, so these are rewritten."""
    if (tree / "build" / name).exists() or not (BUILD / name).exists():
        return
    subprocess.run(["cp", "-a", BUILD / name, tree / "build/"], check=True)
    files = [str(file) for pattern in ("*.d", "*.cmd", "*.mod", "modules.order")
             for file in (tree / "build" / name).rglob(pattern)]
    subprocess.run(["xargs", "-r", "sed", "-i", f"s,{TOP}/,{tree}/,g"],
                   input="\n".join(files), text=True, check=True)


def tree_of_worker() -> Path:
    """This worker's copy of the sources, made once in a run."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    tree = BUILD / "mutants" / worker

    def make() -> str:
        shutil.rmtree(tree, ignore_errors=True)
        (tree / "build").mkdir(parents=True)
        files = subprocess.run(["git", "ls-files", "-coz", "--exclude-standard"], cwd=TOP,
                               capture_output=True, check=True).stdout
        there = b"\0".join(name for name in files.split(b"\0")
                            if name and (TOP / name.decode()).exists())
        packed = subprocess.run(["tar", "-c", "--null", "-T", "-"], cwd=TOP, input=there,
                                capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x"], cwd=tree, input=packed, check=True)
        # kbuild looks at the times of directories, too
        for directory in (path for path in tree.rglob("*") if path.is_dir()):
            if (TOP / directory.relative_to(tree)).is_dir():
                shutil.copystat(TOP / directory.relative_to(tree), directory)
        # without a repository of its own, git apply takes the outer one
        subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
        return ""

    once(f"mutants-{worker}", make)
    return tree


def run_native(mutant: Mutant, tree: Path) -> list[Check]:
    if mutant.test == "tool":
        ended = run([tree / "tools/testing/nvdimm/mm/tool"], log_file(f"{mutant.path.name}-test"))
        return [Check(ended.text, ended.status == 0)]
    log = log_file(f"{mutant.path.name}-build")
    if run(native.make(mutant.suite, f"ONLY={mutant.test}", "all"), log, cwd=tree).status:
        raise WorkFailed(f"it does not build:\n{log.read_text(errors='replace')[-2000:]}")
    program = tree / "build" / mutant.suite / mutant.test
    if mutant.suite == "fuzz":
        return native.fuzz(program, FUZZ_INPUTS)
    return native.cmocka(program, tree, CRASH_STEPS if mutant.suite == "crash" else {})


def run_guest(mutant: Mutant, tree: Path, seed: int) -> list[Check]:
    suite = "stress" if mutant.suite == "races" else mutant.suite
    scenario = tree / "tools/testing/nvdimm" / suite / "scenario" / mutant.test
    modules = "mock" if suite == "nfit" else "ours"
    guest = Guest(scenario, read_header(scenario), mutant.kernel, modules)
    vm = tree / "tools/testing/nvdimm/harness/vm.sh"
    built = run([vm, "build", mutant.kernel, modules, *sorted(guest.goals())],
                log_file(f"{mutant.path.name}-build"), NDSTACK_KERNELS=kernels.known())
    if built.status:
        raise WorkFailed(f"it does not build:\n{built.tail()}")
    with tempfile.TemporaryDirectory(prefix="ndstack-mutant.") as place:
        ended = run([vm, "boot", scenario, mutant.kernel, modules, Path(place) / "machine"],
                    log_file(f"{mutant.path.name}-test"), NDSTACK_KERNELS=kernels.known(),
                    **DURATIONS | {"STRESS_SEED": str(seed)})
        checks = tap(ended.text)
        excerpt = Path(place) / "machine/excerpt"
        if mutant.suite == "races" and excerpt.exists():
            checks.append(Check(excerpt.read_text(), True))
        return checks


def run_test(mutant: Mutant, tree: Path, seed: int = 1) -> list[Check]:
    if mutant.suite in NATIVE:
        return run_native(mutant, tree)
    if mutant.suite in GUESTS:
        return run_guest(mutant, tree, seed)
    runner = "static/one" if mutant.suite == "static" else "cuts/run"
    program = tree / "tools/testing/nvdimm" / runner
    words = [f"check_{mutant.test}" if mutant.suite == "static" else mutant.test]
    cuts = "5" if mutant.test.endswith("@labels") else "60"
    ended = run([program, *words], log_file(f"{mutant.path.name}-test"), cwd=tree, CUTS=cuts)
    return [Check(ended.text, ended.status == 0)]


def prepare(mutant: Mutant, tree: Path) -> None:
    """What is built here goes into the copy, so that it is not built there again."""
    if mutant.suite in NATIVE and mutant.test != "tool":
        native.build(mutant.suite, mutant.test)
        copy(mutant.suite, tree)
    elif mutant.suite in GUESTS:
        suite = "stress" if mutant.suite == "races" else mutant.suite
        scenario = TESTS / suite / "scenario" / mutant.test
        modules = "mock" if suite == "nfit" else "ours"
        Guest(scenario, read_header(scenario), mutant.kernel, modules).prepare()
        for place in Path(kernels.found[mutant.kernel], "boot").glob("vmlinuz-*"):
            copy(place.name.removeprefix("vmlinuz-"), tree)
        if suite == "stress":
            copy("stress", tree)


def green(mutant: Mutant, tree: Path) -> None:
    """Without the patch the test passes: shown once for all mutants of a test."""
    def without() -> str:
        prepare(mutant, tree)
        failed = [check for check in run_test(mutant, tree) if not check.ok]
        if failed:
            raise WorkFailed(f"{mutant.suite} {mutant.test} fails without the mutant: "
                             f"{failed[0].name}\n{failed[0].detail}")
        return ""

    once(f"green-{mutant.suite}-{mutant.test}", without)
    prepare(mutant, tree)


def noticed(mutant: Mutant, checks: list[Check]) -> bool:
    """Did the test fail, and for the reason that the mutant names?"""
    if mutant.suite == "races":
        return any("race: " in check.name and mutant.text in check.name for check in checks)
    failed = [check for check in checks if not check.ok]
    if mutant.suite in ("fuzz", "static", "cuts"):
        return any(mutant.text in check.name + check.detail for check in failed)
    return any(mutant.text in check.name for check in failed)


def play(mutant: Mutant) -> list[Check]:
    tree = tree_of_worker()
    green(mutant, tree)
    log = log_file(f"{mutant.path.name}-apply")
    if run(["git", "apply", mutant.path], log, cwd=tree).status:
        return [Check("the patch applies", False, log.read_text())]
    try:
        for seed in range(1, (RACES_TRIES if mutant.suite == "races" else 1) + 1):
            checks = run_test(mutant, tree, seed)
            if noticed(mutant, checks):
                break
    finally:
        run(["git", "apply", "-R", mutant.path], log, cwd=tree)
    failed = "; ".join(check.name for check in checks if not check.ok)
    return [Check(f"{mutant.suite} {mutant.test} notices: {mutant.broken}", noticed(mutant, checks),
                  f"failed: {failed[:2000]}" if failed else "the test passes")]
