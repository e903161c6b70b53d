# SPDX-License-Identifier: GPL-2.0
"""Suites that still have runners of their own: each test is one call of such a runner."""
from __future__ import annotations

import re
from pathlib import Path

from harness import builds
from harness.process import TESTS, Check, Ended, log_file, run


def last_line(name: str, ended: Ended) -> list[Check]:
    """A runner that prints a line for each test and last "N passed, N failed"."""
    last = re.fullmatch(r"(\d+) passed, (\d+) failed", ended.tail(1))
    if not last:
        return [Check(f"{name} comes to its end", False, ended.tail())]
    passed, failed = int(last[1]), int(last[2])
    checks = [Check(f"{name}: {passed} checks", True)] if passed else []
    if failed or ended.status or not passed:
        checks.append(Check(f"{name} passes", False, ended.tail(60)))
    return checks


def runner(name: str, command: list[str], **variables: str) -> list[Check]:
    """One call of tools/testing/nvdimm/COMMAND."""
    words = [TESTS / command[0], *command[1:]]
    return last_line(command[-1], run(words, log_file(name), **variables))


def static(function: str, *words: str) -> Check:
    """One static check, or one build: silent, or it has failed."""
    name = " ".join((function.removeprefix("check_"), *words))
    ended = run([TESTS / "static/one", function, *words], log_file(f"static-{name}"))
    return Check(name, ended.status == 0, ended.text)


def static_check(path: Path) -> list[Check]:
    """A check of the text, or of what a build for the series that it names has left."""
    series = re.search(r"\$built/\$\{kdir\[([\d.]+)\]", path.read_text())
    if series:
        builds.by_gcc(series[1], builds.goals_of(series[1]))
    return [static(f"check_{path.name}")]


def list_of(path: Path, variable: str) -> list[str]:
    """The words of an array in a shell script."""
    found = re.search(rf"^{variable}=\(([^)]*)\)", path.read_text(), re.M)
    return found[1].split() if found else []


def value_of(path: Path, variable: str) -> str:
    """The value of a variable in a shell script."""
    found = re.search(rf"^{variable}=(\S+)$", path.read_text(), re.M)
    return found[1] if found else ""
