# SPDX-License-Identifier: GPL-2.0
"""What a guest with several of ndctl's tests has printed, by test: nfit/guest/rc writes the marks."""
from __future__ import annotations

import re

from harness import klog


def output_of(text: str, test: str) -> list[str]:
    """What a test has printed, with its marks."""
    name = re.escape(test)
    found = re.search(rf"^nfit: begin {name}$.*?(?:^nfit: status {name} [^\n]*|\Z)", text, re.M | re.S)
    return [line for line in found[0].splitlines() if line] if found else []


def kernel_log_of(lines: list[str], test: str) -> list[str]:
    """From where a test begins to the mark of the next, which is included, or to the guest's end. What came before
    the first test is the first one's.
    """
    begins = [n for n, line in enumerate(lines) if re.search(r"nfit: \S+ begins$", line)]
    for n, at in enumerate(begins):
        if lines[at].endswith(f"nfit: {test} begins"):
            return lines[at if n else 0:begins[n + 1] + 1 if n + 1 < len(begins) else None]
    return []


def fault(test: str, said: list[str], log: list[str]) -> str:
    """Why a test has failed; nothing if it has passed. One that skips itself has not done what it is there for."""
    status = re.fullmatch(r"nfit: status \S+ (\d+) \d+", said[-1])
    last = next((line for line in reversed(said) if not line.startswith("nfit: ")), "")
    if bad := klog.troubles(log, klog.LOST_LINES):
        return f"kernel log: {log[bad[0]]}"
    if not status:
        return f"the guest did not survive it: {last}"
    if status[1] != "0":
        what = {"124": "not over within its limit", "77": "skips itself"}.get(status[1], f"status {status[1]}")
        return f"{what}: {last}"
    if not any(f"nfit: {test} is over" in line for line in log):
        return "its kernel log has no end mark"
    if sum(bool(re.search(r"nfit: (\S+ begins|the guest is over)$", line)) for line in log) < 2:
        return "the guest came neither to another test nor to its end"
    return ""
