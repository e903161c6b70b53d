# SPDX-License-Identifier: GPL-2.0
"""Programs of user space: cmocka tests (unit, crash, mm) and libFuzzer targets."""
from __future__ import annotations

import functools
import os
import re
import shutil
from pathlib import Path

from harness.process import BUILD, TESTS, Check, WorkFailed, log_file, once, run, tap

FUZZ_INPUTS = {"quick": 50_000, "nightly": 2_000_000, "weekly": 10_000_000}


def make(kind: str, *words: str) -> list[str]:
    return ["make", "-s", "--no-print-directory", "-f", "tools/testing/nvdimm/lib/native.mk",
            f"KIND={kind}", *words]


def build(kind: str, name: str) -> Path:
    """The program KIND/NAME. All of a kind are built at once, because they share objects."""
    def build_all() -> str:
        jobs = f"-j{os.cpu_count() or 1}"
        ended = run(make(kind, "-k", jobs, "all"), log_file(f"build-{kind}"))
        return str(ended.status)

    if once(f"native-{kind}", build_all) != "0":
        ended = run(make(kind, f"ONLY={name}", "all"), log_file(f"build-{kind}-{name}"))
        if ended.status:
            raise WorkFailed(f"{kind}/{name}.c does not build:\n{ended.tail()}")
    return BUILD / kind / name


def program_log(program: Path, what: str) -> Path:
    """Of this worker: another one may run another form or a mutant of the same program."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    place = "-".join(program.relative_to(BUILD).parts)
    return log_file(f"{place}-{what}-{worker}")


def cmocka(program: Path, top: Path, variables: dict[str, str]) -> list[Check]:
    """The checks of a program, run at the top of the tree that it was built in."""
    ended = run([program], program_log(program, "tests"), cwd=top,
                CMOCKA_MESSAGE_OUTPUT="TAP", **variables)
    checks = tap(ended.text)
    if ended.status and all(check.ok for check in checks):
        checks.append(Check("the program ends", False, f"status {ended.status}\n{ended.tail()}"))
    return checks


@functools.cache
def fixed_addresses() -> list[str]:
    """libFuzzer's choices depend on addresses. A container may refuse to fix them."""
    setarch = ["setarch", "-R"]
    ended = run([*setarch, "true"], log_file("setarch"))
    return setarch if ended.status == 0 else []


def fuzz(program: Path, inputs: int) -> list[Check]:
    """Replay the seeds and the corpus, then try inputs made of them. The seed is always 1."""
    name = program.name
    source = (TESTS / "fuzz" / f"{name}.c").read_text()
    longest = re.search(r"^/\* max_len: (\d+) \*/$", source, re.M)
    corpus = program.with_suffix(".corpus")
    shutil.rmtree(corpus, ignore_errors=True)
    stored = TESTS / "fuzz/corpus" / name
    if stored.is_dir():
        shutil.copytree(stored, corpus)
    corpus.mkdir(parents=True, exist_ok=True)

    replay = run([program, "-runs=0"], program_log(program, "replay"), FUZZ_SEEDS=str(corpus))
    checks = [verdict("seeds and corpus are replayed", replay.status, replay.text)]
    tried = run([*fixed_addresses(), program, "-seed=1", f"-runs={inputs}", "-reload=0",
                 f"-max_len={longest[1] if longest else 4096}", "-timeout=20",
                 "-rss_limit_mb=2048", "-print_final_stats=1",
                 f"-artifact_prefix={program}-", corpus], program_log(program, "inputs"))
    checks.append(verdict(f"{inputs} inputs are survived", tried.status, tried.text))
    return checks


def verdict(name: str, status: int, text: str) -> Check:
    """Without the thousands of progress lines of libFuzzer."""
    lines = [line for line in text.splitlines() if not re.match(r"#\d", line)]
    return Check(name, status == 0, "" if status == 0 else "\n".join(lines[-60:]))
