# SPDX-License-Identifier: GPL-2.0
"""Guest tests without pytest.

python3 -m harness.vm shell NAME [--kernel SERIES] [--modules SET]   a prompt in a test's machine
python3 -m harness.vm run FILE [--kernel SERIES] [--modules SET]     one test; prints TAP
python3 -m harness.vm cuts PAIR    one pair of cuts/pairs; prints TAP
"""
from __future__ import annotations

import argparse
import sys
from pathlib import Path

from harness import cuts, header
from harness.guest import Guest
from harness.process import TESTS, Check, WorkFailed


def guest(path: Path, kernel: str, modules: str) -> Guest:
    head = header.read(path)
    kind = path.parts[-3]
    first = (head.kernels or ["debug" if kind == "stress" else "6.1"])[0]
    return Guest(path, head, kernel or first, modules or ("mock" if kind == "nfit" else "ours"))


def find(name: str) -> Path:
    """A test by a part of its name."""
    part = name.partition("::")[0].rpartition("/")[2]
    found = [path for path in TESTS.glob("*/scenario/*") if part in path.name]
    exact = [path for path in found if path.name == part] or found
    if len(exact) != 1:
        raise WorkFailed(f"{len(exact)} tests have the name '{name}'")
    return exact[0]


def print_tap(checks: list[Check], excerpt: str) -> None:
    for n, check in enumerate(checks, start=1):
        print(f"{'' if check.ok else 'not '}ok {n} - {check.name}")
        for line in check.detail.splitlines():
            print(f"# {line}")
    print(f"1..{len(checks)}")
    for line in excerpt.splitlines():
        print(f"# {line}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("shell", "run", "cuts"))
    parser.add_argument("name")
    parser.add_argument("--kernel", default="")
    parser.add_argument("--modules", default="")
    words = parser.parse_args()
    try:
        if words.command == "shell":
            return guest(find(words.name), words.kernel, words.modules).shell()
        if words.command == "cuts":
            pair = next(pair for pair in cuts.pairs() if pair.name == words.name)
            checks, excerpt = cuts.play(pair, pair.cuts, words.modules or "ours", False, pair.name)
        else:
            path = Path(words.name).resolve()
            checks, excerpt = guest(path, words.kernel, words.modules).run(path.name)
    except WorkFailed as error:
        print(f"harness: {error}", file=sys.stderr)
        return 2
    print_tap(checks, excerpt)
    return not all(check.ok for check in checks)


if __name__ == "__main__":
    sys.exit(main())
