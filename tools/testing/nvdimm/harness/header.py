# SPDX-License-Identifier: GPL-2.0
"""What a test declares in its own file, read without executing it.

Comment lines, for every kind of test:

    # tier: quick                       when it is run
    # tier: commit 6.12 7.2             the same for these kernels, or other parts of the file
    # weekly: STRESS_SECONDS=3600       a longer form, with these variables in its environment

Guest tests declare their machine with words (machine.py), of which collection reads a few.
"""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

TIERS = ("quick", "commit", "nightly", "weekly")

TIER = re.compile(r"^(?:#|//|/\*|\*)? *tier: (\w+)(?: +([\w. -]+?))? *(?:\*/)?$", re.M)
LONG = re.compile(r"^(?:#|//|/\*) *(nightly|weekly): (.*\w=.+?) *(?:\*/)?$", re.M)
WORD = re.compile(r"^(title|kernels|modules|needs|limit|suites|boot) +(.+)$", re.M)
BOOT = re.compile(r"^boot(\d+)\(\)", re.M)


@dataclass
class Header:
    """The declarations of one file."""

    tiers: dict[str, str] = field(default_factory=dict)  # by kernel, "" is the first kernel
    # A longer form of the same test: its tier, and the variables that make it longer.
    long_forms: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    kernels: list[str] = field(default_factory=list)
    suites: list[str] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)
    only_ours: bool = False
    limit: int | None = 240  # of one boot; None: an expression of the shell
    boots: int = 1
    boot_kernels: set[str] = field(default_factory=set)


def read(path: Path) -> Header:
    text = path.read_text(errors="replace")
    header = Header()
    for tier, kernels in TIER.findall(text):
        if tier not in TIERS:
            raise ValueError(f"{path}: no tier {tier}; there are: {' '.join(TIERS)}")
        for kernel in kernels.split() or [""]:
            header.tiers[kernel] = tier
    for tier, words in LONG.findall(text):
        header.long_forms.append((tier, dict(word.split("=", 1) for word in words.split())))
    for word, value in WORD.findall(text):
        read_word(header, word, value.split())
    header.boots = max((int(n) for n in BOOT.findall(text)), default=1)
    return header


def read_word(header: Header, word: str, values: list[str]) -> None:
    if word == "kernels":
        header.kernels = values
    elif word == "suites":
        header.suites = values
    elif word == "modules":
        header.only_ours |= values == ["ours"]
    elif word == "needs":
        header.needs.add(values[0])
        header.only_ours |= values[0] in ("nd_provider", "compat_test")
    elif word == "limit":
        header.limit = int(values[0]) if values[0].isdigit() else None
    elif word == "boot":
        header.boot_kernels |= {v[7:] for v in values if re.fullmatch(r"kernel=[\w.-]+", v)}
