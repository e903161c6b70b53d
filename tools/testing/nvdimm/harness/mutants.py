# SPDX-License-Identifier: GPL-2.0
"""Tests of the tests: a patch breaks one behaviour, and the test that it names has to fail.

A file of mutants/patch says in its first line what is broken. "red: SUITE TEST TEXT" names the test
that has to fail, and a text of the check that fails; "git apply" takes the rest. A mutant is tried
in a copy of the tree. There its test has to pass without the patch, and to fail with it. The copy
starts with what is built here, so a mutant costs the compilation of one file.
"""
from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness import kernels, native
from harness.guest import Guest
from harness.header import read as read_header
from harness.process import BUILD, TESTS, TOP, Check, WorkFailed, locked, log_file, once, run, tap

NATIVE = ("unit", "fuzz", "crash", "mm")
# What fuzz and crash do in addition to seeds and enumerations. libFuzzer meets a mutant in some 5,000
# inputs. The time at which it does is distributed exponentially: 20,000 miss one in 50.
FUZZ_INPUTS, FUZZ_INPUTS_OF_MUTANT = 20_000, 1_000_000
CRASH_STEPS = {"STEPS": "20000"}
# A data race is met in one of so many runs of three minutes.
RACES_TRIES = 10
# All power cuts of a database take hours. A machine judges 60 disks, or one label area.
CUTS, CUTS_OF_LABELS = "60", "5"

BELOW = "tools/testing/nvdimm"


@dataclass
class Mutant:
    """One file of mutants/patch."""

    path: Path
    broken: str
    suite: str
    test: str
    text: str  # has to be in what the failing test prints

    @property
    def native(self) -> bool:
        return self.suite in NATIVE

    @property
    def tier(self) -> str:
        return "commit" if self.native else "weekly" if self.suite == "races" else "nightly"

    def guest(self, tests: Path) -> Guest:
        """Its scenario, in the tree that has TESTS; "races" are those of stress under KCSAN."""
        suite = "stress" if self.suite == "races" else self.suite
        scenario = tests / suite / "scenario" / self.test
        header = read_header(scenario)
        checked = {"stress": "debug", "races": "kcsan"}.get(self.suite)
        kernel = checked or (header.kernels or ["6.1"])[0]
        return Guest(scenario, header, kernel, "mock" if suite == "nfit" else "ours")


def read(path: Path) -> Mutant:
    text = path.read_text(errors="replace")
    red = re.search(r"^red: (\w+) (\S+) (.+)$", text, re.M)
    if not red:
        raise ValueError(f'{path}: no line "red: SUITE TEST TEXT"')
    return Mutant(path, text.partition("\n")[0], *red.groups())


# The copy of the tree ------------------------------------------------------------------------

def copy(name: str, tree: Path) -> None:
    """A copy of build/NAME. Makefiles compare absolute paths, so these are rewritten."""
    if (tree / "build" / name).exists() or not (BUILD / name).exists():
        return
    # a fuzz test may be running, and changes its corpus
    shutil.copytree(BUILD / name, tree / "build" / name, symlinks=True,
                    ignore=shutil.ignore_patterns("*.corpus"))
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


def prepare(mutant: Mutant, tree: Path) -> None:
    """What is built here goes into the copy, so that it is not built there again."""
    if mutant.native:
        native.build(mutant.suite, mutant.test)
        copy(mutant.suite, tree)
        return
    suite = mutant.suite
    if suite == "cuts":
        kernel = kernels.prepare("6.1", {"modules"})
    else:
        guest = mutant.guest(TESTS)
        _, kernel, _ = guest.prepare()
        suite = guest.path.parts[-3]
    with locked(f"tree-{kernel.series}"):
        copy(kernel.release, tree)
    if suite == "stress":
        copy("stress", tree)


@contextlib.contextmanager
def applied(mutant: Mutant, tree: Path) -> Iterator[None]:
    log = log_file(f"{mutant.path.name}-apply")
    if run(["git", "apply", mutant.path], log, cwd=tree).status:
        raise WorkFailed(f"the patch does not apply:\n{log.read_text()}")
    try:
        yield
    finally:
        run(["git", "apply", "-R", mutant.path], log, cwd=tree)


# Its test ------------------------------------------------------------------------------------

def run_native(mutant: Mutant, tree: Path, fuzz_inputs: int) -> list[Check]:
    built = run(native.make(mutant.suite, f"ONLY={mutant.test}", "all"),
                log_file(f"{mutant.path.name}-build"), cwd=tree)
    if built.status:
        raise WorkFailed(f"it does not build:\n{built.tail()}")
    program = tree / "build" / mutant.suite / mutant.test
    if mutant.suite == "fuzz":
        return native.fuzz(program, fuzz_inputs)
    return native.cmocka(program, tree, CRASH_STEPS if mutant.suite == "crash" else {})


def run_guest(mutant: Mutant, tree: Path, seed: int) -> list[Check]:
    guest = mutant.guest(tree / BELOW)
    # in the copy, by the copy's harness, as a run of its own
    ended = run(["/usr/bin/python3", "-s", "-m", "harness.vm", "run", guest.path, "--kernel", guest.kernel,
                 "--modules", guest.modules], log_file(f"{mutant.path.name}-test"), cwd=tree / BELOW,
                PYTEST_XDIST_TESTRUNUID=uuid.uuid4().hex, STRESS_SEED=str(seed))
    if ended.status == 2:
        raise WorkFailed(f"it does not build:\n{ended.tail()}")
    return tap(ended.text)


def run_cuts(mutant: Mutant, tree: Path) -> list[Check]:
    cuts = CUTS_OF_LABELS if mutant.test.endswith("@labels") else CUTS
    ended = run(["/usr/bin/python3", "-s", "-m", "harness.vm", "cuts", mutant.test], log_file(f"{mutant.path.name}-test"),
                cwd=tree / BELOW, CUTS=cuts, PYTEST_XDIST_TESTRUNUID=uuid.uuid4().hex)
    return [Check(mutant.test, ended.status == 0, ended.text)]


def run_test(mutant: Mutant, tree: Path, seed: int = 1, fuzz_inputs: int = FUZZ_INPUTS) -> list[Check]:
    if mutant.native:
        return run_native(mutant, tree, fuzz_inputs)
    return run_cuts(mutant, tree) if mutant.suite == "cuts" else run_guest(mutant, tree, seed)


def green(mutant: Mutant, tree: Path) -> None:
    """Without the patch the test passes: shown once for all mutants of a test."""
    def without() -> str:
        prepare(mutant, tree)
        checks = run_test(mutant, tree)
        failed = [check for check in checks if not check.ok]
        if failed or not checks:
            raise WorkFailed(f"{mutant.suite} {mutant.test} fails without the mutant:\n"
                             f"{told(failed) or 'nothing is checked'}")
        return ""

    once(f"green-{mutant.suite}-{mutant.test}", without)
    prepare(mutant, tree)


def noticed(mutant: Mutant, checks: list[Check]) -> bool:
    """Did the test fail, and for the reason that the mutant names?"""
    return any(not check.ok and mutant.text in check.name + check.detail for check in checks)


def told(failed: list[Check]) -> str:
    return "\n".join(f"{check.name}\n{check.detail}".rstrip() for check in failed)[:2000]


def play(mutant: Mutant) -> list[Check]:
    tree = tree_of_worker()
    green(mutant, tree)
    with applied(mutant, tree):
        for seed in range(1, (RACES_TRIES if mutant.suite == "races" else 1) + 1):
            checks = run_test(mutant, tree, seed, FUZZ_INPUTS_OF_MUTANT)
            if noticed(mutant, checks):
                break
    failed = told([check for check in checks if not check.ok])
    return [Check(f"{mutant.suite} {mutant.test} notices: {mutant.broken}", noticed(mutant, checks),
                  f"no failed check names {mutant.text!r}:\n{failed}" if failed else
                  "the test passes with the mutant")]
