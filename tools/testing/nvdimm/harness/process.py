# SPDX-License-Identifier: GPL-2.0
"""Run a program so that nothing of it outlives its test; read TAP and KTAP."""
from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[4]
TESTS = TOP / "tools/testing/nvdimm"
BUILD = TOP / "build"
LOGS = BUILD / "test-logs"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ndstack/vm"

LINE = re.compile(r"^(not )?ok\b(?: \d+)?(?: -)? *(.*?)(?: # (SKIP\b.*))?$")


@dataclass
class Check:
    """One line "ok" or "not ok" of a test."""

    name: str
    ok: bool
    detail: str = ""
    skipped: bool = False


class WorkFailed(Exception):
    """What several tests need could not be made."""


@dataclass
class Ended:
    """A program that has ended, and where its output is."""

    status: int
    log: Path

    @property
    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def tail(self, lines: int = 20) -> str:
        return "\n".join(self.text.splitlines()[-lines:])


def log_file(name: str) -> Path:
    """The log of a test, by its node id."""
    LOGS.mkdir(parents=True, exist_ok=True)
    return LOGS / (re.sub(r"[^\w.@+-]+", "-", name) + ".log")


def run(command: Sequence[str | Path], log: Path, cwd: Path = TOP, **variables: str) -> Ended:
    """Run a command with its output in a log. An exception ends all of its processes."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        child = subprocess.Popen(
            [str(word) for word in command], cwd=cwd, env=os.environ | variables,
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            start_new_session=True)
        try:
            return Ended(child.wait(), log)
        finally:
            if child.poll() is None:
                end_session(child)


def end_session(child: subprocess.Popen[bytes]) -> None:
    """SIGTERM, that traps may clean up; then SIGKILL to whatever is left of the session."""
    for number, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(seconds)


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """A lock between the workers, and between two runs in one tree."""
    path = BUILD / "locks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def fingerprint(*sources: Path | str) -> str:
    """A short name for texts and the contents of files."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes() if isinstance(source, Path) else f"{source}\n".encode())
    return digest.hexdigest()[:20]


def cached(name: str, make: Callable[[Path], None]) -> Path:
    """The file NAME of the cache; make(FILE) makes it aside, so that nobody sees half of it."""
    final = CACHE / name
    if final.exists():
        return final
    final.parent.mkdir(parents=True, exist_ok=True)
    with locked(re.sub(r"\W+", "-", f"cache-{name}")):
        if not final.exists():
            work = Path(tempfile.mkdtemp(prefix="build.", dir=CACHE))
            try:
                make(work / "new")
                (work / "new").rename(final)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    return final


def once(key: str, work: Callable[[], str]) -> str:
    """What work() returns, called once in a run by whichever worker is first.

    A failure is remembered as well: every test that needs the same work fails alike.
    """
    run_id = os.environ.setdefault("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    with locked(key):
        done = BUILD / "locks" / f"{key}.{run_id}"
        if not done.exists():
            try:
                done.write_text("ok " + work())
            except WorkFailed as error:
                done.write_text("failed " + str(error))
        verdict, _, result = done.read_text().partition(" ")
    if verdict == "failed":
        raise WorkFailed(result)
    return result


def forget_old_runs() -> None:
    """Remove what once() has kept for runs that began more than a day ago."""
    for done in (BUILD / "locks").glob("*." + "[0-9a-f]" * 32):
        if done.stat().st_mtime < time.time() - 86400:
            done.unlink(missing_ok=True)


def tap(text: str) -> list[Check]:
    """The checks of a TAP or KTAP output. Lines "# ..." after a failed one are its detail."""
    checks: list[Check] = []
    planned = 0
    for line in text.splitlines():
        if plan := re.match(r"^1\.\.(\d+)", line):
            planned += int(plan[1])
        elif found := LINE.match(line):
            name, skip = found[2], found[3]
            checks.append(Check(name, not found[1], skip or "", bool(skip)))
        elif line.startswith("#") and checks and not checks[-1].ok:
            checks[-1].detail += line[1:].strip() + "\n"
    if planned != len(checks):
        checks.append(Check("every planned check is reported", False,
                            f"{len(checks)} results of {planned}"))
    return checks
