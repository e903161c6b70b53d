# SPDX-License-Identifier: GPL-2.0
"""What a suite says of either side is taken as it was said; what became less with ours fails."""
from __future__ import annotations

import pytest

from harness.external import Verdict, compare, needed, verdicts_of

WARNING = "WARNING: CPU: 0 PID: 16 at fs/dax.c:380 f+0x2/0x3"
OOPS = "BUG: kernel NULL pointer dereference, address: 0000000000000010|RIP: 0010:pmem_do_write+0x3/0x9 [nd_pmem]"
SHUT = "XFS (pmem0): Corruption of in-memory data detected. Shutting down"


def one(status: str, said: str = "", console: str = "", end: bool = True) -> Verdict:
    """The only test of a machine; lines have a "|" between."""
    log = ["begin t", *(f"| {line}" for line in said.split("|")), *([f"status t {status} 1"] if status else []),
           *(["end"] if end else [])]
    lines = ["foreign: t begins", *console.split("|")]
    return verdicts_of("".join(f"   1 {line}\n" for line in log), "\r\n".join(lines))["t"]


@pytest.mark.parametrize("verdict, want", [
    (one("0"), "pass ()"),
    (one("77", "no disk"), "skip (no disk)"),
    (one("1", "one|two|"), "fail (two)"),
    (one("1", "- output mismatch|    --- a|    +++ b|    +no space|    -space"), "fail (+no space)"),
    (one("124"), "fail (it did not end)"),
    (one("", end=False), "fail (its machine died)"),
    (one("0", end=False), "fail (its machine died)"),
    (one("0", console=WARNING), "fail (WARNING: fs/dax.c:380)"),
    (one("0", console="WARNING: CPU: 0 PID: 5 at /a/src/drivers/x.c:12 a+0x1/0x2"), "fail (WARNING: drivers/x.c:12)"),
    (one("0", console="INFO: task a:12 blocked for more than 60 seconds"), "fail (INFO: task blocked)"),
    (one("", console=OOPS, end=False), "fail (BUG:; in pmem_do_write; its machine died)"),
    (one("0", console=SHUT), "pass (XFS (pmem): Corruption of in-memory data detected. Shutting down)"),
    (one("0", console=SHUT.replace("pmem0", "dm-1")), "pass ()"),
    (one("1", "READ BAD DATA|x is inconsistent"), "fail (a filesystem is inconsistent; data are bad; x is inconsistent)"),
])
def test_a_test_comes_to_what_it_and_the_log_say(verdict: Verdict, want: str) -> None:
    assert str(verdict) == want


def test_the_log_belongs_to_the_test_that_ran() -> None:
    log = "1 begin g/1\n2 status g/1 0 1\n3 begin g/2\n4 told fail part\n5 status g/2 0 1\n6 end\n"
    console = ("run fstests g/1 at 2026\nforeign: g/1 begins\nrun fstests g/2 at 2026\nWARNING: at a\nforeign: g/2 begins\n"
               "run fstests g/3 at 2026\nBUG: b\n")
    found = verdicts_of(log, console)
    assert {name: verdict.result for name, verdict in found.items()} == {"g/1": "pass", "g/2": "fail", "part": "fail"}
    assert found["g/2"].troubles == ["WARNING: a"]
    assert verdicts_of(log, "WARNING: early\n" + console)["g/1"].result == "fail"


def failed(intree: dict[str, Verdict], ours: dict[str, Verdict]) -> list[str]:
    return [check.name for check in compare(intree, ours | {"fine": Verdict("pass")}) if not check.ok]


@pytest.mark.parametrize("intree, ours, fails", [
    (one("0"), one("0"), False),
    (one("0"), one("77"), True),
    (one("0"), one("1"), True),
    (one("77"), one("1"), True),
    (one("77"), one("77"), False),
    (one("1"), one("0"), False),
    (one("1"), one("124"), True),
    (one("124"), one("1"), False),
    (one("0"), one("0", console=SHUT), True),
    (one("0", console=SHUT), one("0", console=SHUT), False),
    (one("0", console=WARNING), one("0", console=SHUT), False),
    (one("1", console=SHUT), one("0", console=WARNING), True),
    (None, one("0"), False),
    (None, one("1"), True),
    (one("1"), None, True),
])
def test_what_became_less_fails(intree: Verdict | None, ours: Verdict | None, fails: bool) -> None:
    sides = [{"t": verdict} if verdict else {} for verdict in (intree, ours)]
    assert failed(*sides) == (["t"] if fails else [])


def test_parts_of_what_did_not_end_are_compared_where_both_came_to_them() -> None:
    whole, good, bad = one("124"), Verdict("pass"), Verdict("fail")
    assert not failed({"d": whole, "d/1": good, "d/2": good}, {"d": whole, "d/1": good, "d/3": bad})
    assert failed({"d": whole, "d/1": good}, {"d": whole, "d/1": bad}) == ["d/1"]


def test_nothing_that_passes_is_a_failure() -> None:
    assert [check.name for check in compare({}, {"t": Verdict("skip")}) if not check.ok] == ["some tests pass"]


def test_intree_runs_what_did_not_pass_with_ours() -> None:
    ours = {"a": one("0"), "b": one("0", console=SHUT), "d": one("0"), "d/1": Verdict("fail"), "e": one("77")}
    assert needed(["a", "b", "d", "e"], ours) == ["b", "d", "e"]
