# SPDX-License-Identifier: GPL-2.0
"""Databases, and power that fails while they write.

One machine writes transactions and tells the host which are acknowledged. At moments that nobody chose, the host
stops all of its processors and copies its medium. The copy is what a power cut at that moment would leave, and it
costs no new boot, so there can be hundreds. Of virtio-pmem the copy is what the host has on its disk: what fsync()
wrote, and some of what the host wrote of its own accord (hostdisk.c).

A second machine has the copies as its NVDIMMs. It mounts each, which recovers the filesystem, and asks the database:
it opens, is sound, holds whole transactions only, and holds all that were acknowledged before the cut (cuts/store.h).
Caches of a real processor are not lost here: crash/ enumerates what they may lose.

The environment has CUTS=N, the number of cuts, and SEED=N, which repeats the choices of a run: after how many
transactions each cut is, and how long after. What the machine does at that moment is chance again.
"""
from __future__ import annotations

import os
import random
import re
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from harness import kernels, machine
from harness.boot import Run, Watched
from harness.guest import keep_logs
from harness.process import TESTS, Check

PAIRS = TESTS / "cuts/pairs"
WEEKLY = 300
SERIES = "6.1"
AT_ONCE = 60  # disks of a machine; one with labels, whose guest reads those of the first DIMM


@dataclass
class Pair:
    """A database and its medium: a line of cuts/pairs."""

    name: str
    cuts: int
    disk: str

    @property
    def database(self) -> str:
        return self.name.partition("@")[0]

    @property
    def medium(self) -> str:
        return self.name.partition("@")[2]

    @property
    def virtio(self) -> bool:
        return self.medium.endswith("-virtio")

    def scenario(self, file: Path, role: str, disks: list[str], cuts: int) -> Path:
        """The file of a machine that writes, or of one that checks these disks."""
        word = "vpmem" if self.virtio else "nvdimm"
        made = "" if self.medium == "labels" else f"made {self.database} cuts/build {self.database} {role}\n"
        file.write_text(f"title 'what is acknowledged survives a power cut'\nlimit {300 + cuts * 30}\n{made}"
                        + "".join(f"{word} {disk} {self.disk}\n" for disk in disks)
                        + f"DATABASE={self.database} MEDIUM={self.medium} ROLE={role}\n"
                        + (TESTS / "cuts/guest.sh").read_text())
        return file


def pairs() -> list[Pair]:
    lines = [line.split(maxsplit=2) for line in PAIRS.read_text().splitlines() if not line.startswith("#")]
    return [Pair(name, int(cuts), disk) for name, cuts, disk in lines]


@dataclass
class Cutter:
    """Stops the machine that writes, and copies its medium."""

    medium: Path
    to: Path
    cuts: int
    choices: random.Random
    wait: int = 3  # transactions until the next cut
    acked: int = 0
    before: float = 0  # when the last one was acknowledged
    spent: list[float] = field(default_factory=list)
    acked_at: list[int] = field(default_factory=list)  # of each cut

    def on_line(self, line: str, watched: Watched) -> bool:
        """True: no cut is left to make."""
        now = time.monotonic()
        if not line.startswith("acked ") or int(line[6:]) <= self.acked:
            return False
        self.acked = int(line[6:])
        if self.before:
            self.spent.append(now - self.before)
        self.before = now
        self.wait -= 1
        if self.wait >= 0:
            return False
        time.sleep(self.choices.uniform(0, self.longest_moment()))
        self.copy(watched)
        self.wait = self.choices.randrange(12)
        self.before = 0  # the transaction that is under way stood meanwhile
        return len(self.acked_at) == self.cuts

    def longest_moment(self) -> float:
        """Twice as long as a transaction takes, so that it is cut at any point; many are shorter than the least."""
        mean = sum(self.spent) / len(self.spent) if self.spent else 0
        return min(max(2 * mean, 0.1), 4)

    def copy(self, watched: Watched) -> None:
        """What the machine had printed when it stood was acknowledged."""
        with watched.stopped():
            for line in watched.more_lines():
                if line.startswith("acked "):
                    self.acked = int(line[6:])
            self.acked_at.append(self.acked)
            machine.copy_sparse(self.medium, self.to / f"c{len(self.acked_at)}.img")


@dataclass
class Cuts:
    """One pair: the machine that writes, and those that judge the copies."""

    pair: Pair
    cuts: int
    modules: str
    seed: int
    place: Path
    checks: list[Check] = field(default_factory=list)
    excerpt: list[str] = field(default_factory=list)

    def machine(self, name: str, disks: list[str], cuts: int, role: str, **variables: str) -> Run:
        place = self.place / name
        place.mkdir(exist_ok=True)
        scenario = self.pair.scenario(self.place / f"{name}.scenario", role, disks, cuts)
        kernel = kernels.prepare(SERIES, set() if self.modules == "intree" else {"modules", "provider"})
        return Run(machine.read(scenario), scenario, place, kernel, self.modules, variables=variables)

    def boot(self, run: Run) -> None:
        run.boot(1)
        self.checks += run.checks
        self.excerpt += run.excerpt

    def write(self) -> list[int]:
        """Copies of the medium; the return value is what had been acknowledged at each."""
        run = self.machine("writes", ["a"], self.cuts, "writes", HOSTDISK_WRITEBACK=str(self.seed))
        run.machine.make_media(run.place)
        medium = run.place / "a.img"
        cutter = Cutter(machine.synced(medium) if self.pair.virtio else medium, self.place, self.cuts,
                        random.Random(self.seed))
        run.on_line = cutter.on_line
        self.boot(run)
        return cutter.acked_at

    def judge(self, first: int, acked: list[int]) -> int:
        """These cuts; the return value is how many have more than was acknowledged."""
        disks = [f"c{first + n}" for n in range(len(acked))]
        # the copies are of no use afterwards: a flush writes nothing
        run = self.machine(f"checks-{first}", disks, len(acked), "checks", HOSTDISK_UNCUT="yes")
        for disk in disks:
            (self.place / f"{disk}.img").rename(run.place / f"{disk}.img")
        said = run.place / "extra/vm/acked"
        said.parent.mkdir(parents=True)
        said.write_text("".join(f"{disk} {n}\n" for disk, n in zip(disks, acked)))
        self.boot(run)
        for disk in disks:
            (run.place / f"{disk}.img").unlink()
        return len(re.findall(r"^ *\d+ beyond ", run.file(1, "log").read_text(), re.M))

    def all(self) -> None:
        acked = self.write()
        at_once = 1 if self.pair.medium == "labels" else AT_ONCE
        beyond = sum(self.judge(at + 1, acked[at:at + at_once]) for at in range(0, len(acked), at_once))
        self.checks.append(Check(f"power is cut {self.cuts} times", len(acked) == self.cuts, f"{len(acked)} times"))
        self.excerpt.append(f"{len(acked)} cuts, at transactions up to {max(acked, default=0)}, {beyond} of them with "
                            f"more than was acknowledged; SEED={self.seed} makes the same choices")


def play(pair: Pair, cuts: int, modules: str, keep: bool, name: str) -> tuple[list[Check], str]:
    """The checks of a pair, and what explains them."""
    place = Path(tempfile.mkdtemp(prefix="ndstack-cuts."))
    seed = int(os.environ.get("SEED") or random.randrange(1 << 30))
    try:
        found = Cuts(pair, int(os.environ.get("CUTS") or cuts), modules, seed, place)
        found.all()
        if keep or not all(check.ok for check in found.checks):
            found.excerpt += [f"logs: {keep_logs(run, f'{name}-{run.name}', False)}"
                              for run in sorted(place.iterdir()) if run.is_dir()]
        return found.checks, "".join(f"{line}\n" for line in found.excerpt)
    finally:
        shutil.rmtree(place, ignore_errors=True)
