# SPDX-License-Identifier: GPL-2.0
"""Each line of the kernel's log is held against one of ndctl's tests."""
from __future__ import annotations

import pytest

from harness import ndctl_log

WARNING = "[    6.1] WARNING: CPU: 0 PID: 1 at drivers/nvdimm\n"
LOST = "** 3 printk messages dropped **\n"
END = "[    7.1] nfit: the guest is over\n[    7.2] reboot: Power down\n"
TESTS = ("one", "one.sh", "two")


def begin(test: str) -> tuple[str, str]:
    return f"\nnfit: begin {test}\n", f"[    4.1] nfit: {test} begins\n"


def over(test: str, status: int = 0) -> tuple[str, str]:
    return f"said by {test}\n\nnfit: status {test} {status} 1\n", f"[    5.1] nfit: {test} is over\n"


def whole(test: str, status: int = 0) -> list[str | tuple[str, str]]:
    return [begin(test), over(test, status)]


def verdicts(*parts: str | tuple[str, str]) -> list[str]:
    """One a test that the guest came to: "" if it has passed. A part is of both serial lines, or of the console."""
    both = [part if isinstance(part, tuple) else ("", part) for part in parts]
    text, console = ("".join(part[n] for part in both) for n in (0, 1))
    found = {test: ndctl_log.output_of(text, test) for test in TESTS}
    return [ndctl_log.fault(test, said, ndctl_log.kernel_log_of(console.splitlines(), test))
            for test, said in found.items() if said]


def test_silent_guest_passes() -> None:
    assert verdicts(*whole("one"), *whole("one.sh"), *whole("two"), END) == ["", "", ""]


@pytest.mark.parametrize("trouble", [WARNING, LOST], ids=["warning", "lost"])
@pytest.mark.parametrize("at, test", [(0, 0), (1, 0), (2, 0), (3, 1), (4, 1), (5, 2), (6, 2), (7, 2)])
def test_trouble_fails_the_test_that_it_is_in_or_behind(trouble: str, at: int, test: int) -> None:
    parts = [*whole("one"), *whole("one.sh"), *whole("two"), END]
    found = verdicts(*parts[:at], trouble, *parts[at:])
    assert [n for n, why in enumerate(found) if why.startswith("kernel log: ")] == [test] and len(found) == 3


FAULTS = {
    "guest_dies": ([begin("one.sh")], "the guest did not survive it: "),
    "guest_ends": (whole("one.sh"), "the guest came neither to another test nor to its end"),
    "fails": ([*whole("one.sh", 1), END], "status 1: said by one.sh"),
    "skips": ([*whole("one.sh", 77), END], "skips itself: said by one.sh"),
    "takes_too_long": ([*whole("one.sh", 124), END], "not over within its limit: said by one.sh"),
    "log_is_cut": ([begin("one.sh"), (over("one.sh")[0], ""), END], "its kernel log has no end mark"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_failure_of_guest_or_test_is_seen(kind: str) -> None:
    parts, why = FAULTS[kind]
    assert verdicts(*whole("one"), *parts) == ["", why]
