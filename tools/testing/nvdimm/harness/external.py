# SPDX-License-Identifier: GPL-2.0
"""Suites that others wrote, on our modules and on the kernel's own: what passes in-tree has to pass with ours.

A suite is a file of foreign/suite. Its tests_of DIR lists tests, here; its prepare, and try TEST or try_all, run in the
guest behind foreign/guest.sh. It lies built, by its own rules and for this machine's Debian, in NDSTACK_EXTERNAL/SUITE,
which the guest reads as /suite, as it reads this machine's /usr. The guest says on its second serial line

    begin NAME                  a test begins
    | TEXT                      what it prints
    told RESULT NAME            pass, fail or skip of a part of it, which is a test beside it
    status NAME STATUS SECONDS  77: skipped; 124 and 137: it did not end
    end                         of the machine, after its last test

A test whose machine dies has failed, and the next one has a new machine. The in-tree modules run what did not pass with
ours: a pass is not worse than anything.
"""
from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from harness import kernels, klog, machine, suites
from harness.boot import Run, Watched
from harness.kernels import Kernel
from harness.process import BUILD, LOGS, TESTS, Check, WorkFailed, fingerprint, log_file

GUEST = TESTS / "foreign/guest.sh"
TEST_LIMIT = 600
# Checks of a machine that its tests' verdicts have.
OF_TESTS = re.compile("kernel log|comes to its end|is over within")
PER_MACHINE = 100  # so much is lost of a run that is ended
GUEST_MODULES = ("9pnet_virtio 9p overlay dm_flakey dm_snapshot dm_thin_pool dm_log_writes dm_delay dm_crypt scsi_debug "
                 "null_blk ext2 vfat fuse quota_v2 msdos isofs squashfs btrfs binfmt_misc cts ecb xts essiv adiantum "
                 "sha512_generic").split()
# What programs read of /etc.
ETC = ("alternatives bindresvport.blacklist e2scrub.conf fonts ld.so.cache login.defs lvm magic magic.mime mke2fs.conf "
       "modprobe.d netconfig nsswitch.conf pam.d protocols security services udev xattr.conf").split()


# Verdicts -----------------------------------------------------------------------------------------

@dataclass
class Verdict:
    """What became of a test, and what came to light in it, by which both sides are compared."""

    result: str  # pass, skip or fail
    troubles: list[str] = field(default_factory=list)
    why: str = ""

    def clean(self) -> bool:
        return self.result == "pass" and not self.troubles

    def rank(self) -> int:
        return ("fail", "skip", "pass").index(self.result)

    def __str__(self) -> str:
        return f"{self.result} ({'; '.join(filter(None, (*self.troubles, self.why)))})"


@dataclass
class Said:
    """What the guest says of a test."""

    output: list[str] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)
    status: int | None = None


def verdicts_of(log: str, console: str) -> dict[str, Verdict]:
    """Of all tests that a machine began, and of their parts."""
    said, last, ended = read_tests(log)
    consoles = console_by_test(console)
    found = {}
    for name, test in said.items():
        found |= {part: Verdict(result) for part, result in test.parts.items()}
        found[name] = verdict_of(test, consoles.get(name, []), name == last and not ended)
    return found


def read_tests(log: str) -> tuple[dict[str, Said], str, bool]:
    """The tests, the last of them, and whether the machine came to its end."""
    said: dict[str, Said] = {}
    name, ended = "", False
    for line in log.splitlines():
        word, _, rest = line.lstrip().partition(" ")[2].partition(" ")
        if word == "begin":
            name = rest
            said[name] = Said()
        elif word == "end":
            ended = True
        elif name and word == "|":
            said[name].output.append(rest)
        elif name and word == "told":
            said[name].parts[rest.partition(" ")[2]] = rest.partition(" ")[0]
        elif name and word == "status":
            said[name].status = int(rest.split()[1])
    return said, name, ended


def console_by_test(console: str) -> dict[str, list[str]]:
    """What precedes the first test is that one's. The mark of xfstests comes before ours."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in console.replace("\r", "").splitlines():
        if mark := re.search(r"foreign: (\S+) begins$|run fstests (\S+) at ", line):
            before, lines = lines if not found else [], found.setdefault(mark[1] or mark[2], [])
            lines += before
        lines.append(line)
    return found


def verdict_of(test: Said, console: list[str], died: bool) -> Verdict:
    kernel = kernel_troubles(console)
    result = {0: "pass", 77: "skip"}.get(test.status, "fail") if not kernel and not died else "fail"
    troubles = kernel | lost(console)
    if died:
        troubles.add("its machine died")
    elif test.status in (124, 137):
        troubles.add("it did not end")
    text = "\n".join(test.output)
    if result == "fail" and re.search("(is|still) inconsistent", text):
        troubles.add("a filesystem is inconsistent")
    if result == "fail" and re.search("BAD DATA|[Cc]orrupt", text):
        troubles.add("data are bad")
    return Verdict(result, sorted(troubles), why_of(test.output) if result != "pass" else "")


def why_of(output: list[str]) -> str:
    """The first line that differs from what a test should print, or its last."""
    for pattern in (r" +\+[^+]", r" +-[^-]"):
        for line in output:
            if re.match(pattern, line):
                return line.strip()[:160]
    return next((line.strip()[:160] for line in reversed(output) if line.strip()), "")


def kernel_troubles(lines: list[str]) -> set[str]:
    """The kinds, and where in the source; no addresses and numbers of processes, which differ in each run."""
    found = set()
    for at in klog.troubles(lines, klog.LOST_LINES):
        kind = klog.TROUBLE.search(lines[at])[0]
        where = re.search(r"\b(?:at|in) /?([A-Za-z_][^ +]*)", lines[at])
        # our modules are built somewhere
        place = where[1].rpartition("/src/")[2] if where else ""
        found.add(f"{without_numbers(kind)} {place}".strip())
    if found:
        found |= {f"in {name}" for name in re.findall(r"RIP: 0010:([\w.]+)", "\n".join(lines))}
    return found


def lost(lines: list[str]) -> set[str]:
    """What a namespace's disk or its filesystem has lost. A test may pass with that."""
    return {without_numbers(kind[0]) for line in lines
            if (kind := klog.LOST.search(line)) and re.search(r"pmem\d", line)}


def without_numbers(text: str) -> str:
    return re.sub(r"\(?\b[0-9a-f]{8,}\)?|\d+", "", re.sub("task .* blocked", "task blocked", text))


# Comparison ---------------------------------------------------------------------------------------

def needed(tests: list[str], ours: dict[str, Verdict]) -> list[str]:
    """Those that in-tree modules have to run: they, or parts of them, do not pass with ours."""
    bad = {name for name, verdict in ours.items() if not verdict.clean()}
    bad |= {name.rpartition("/")[0] for name in bad}
    return [name for name in tests if name in bad]


def compare(intree: dict[str, Verdict], ours: dict[str, Verdict]) -> list[Check]:
    def unended(name: str) -> bool:
        """Of a test that did not end there are as many parts as there was time for."""
        whole = name.rpartition("/")[0]
        return any(whole in side and "it did not end" in side[whole].troubles for side in (intree, ours))

    checks = [Check("some tests pass", any(verdict.result == "pass" for verdict in ours.values()))]
    for name in sorted({*intree, *ours}):
        before, now = intree.get(name), ours.get(name)
        detail = f"in-tree {before or 'not run'}, ours {now or 'not run'}"
        both = before and now
        checks.append(Check(name, not worse(before, now) or (not both and unended(name)), detail))
    return checks


def worse(intree: Verdict | None, ours: Verdict | None) -> bool:
    if not ours or not intree:
        return not ours or ours.result == "fail"
    if ours.result == "pass" and intree.result == "fail":
        return False  # what came to light in-tree it did not come to
    return ours.rank() < intree.rank() or not set(ours.troubles) <= set(intree.troubles)


# Machines -----------------------------------------------------------------------------------------

@dataclass
class Suite:
    """A suite on one medium."""

    path: Path
    medium: str
    place: Path  # where it lies
    series: str = "6.1"

    def run(self, name: str) -> list[Check]:
        """A run that was ended goes on: a file keeps what the same tests came to with the same modules."""
        kernel = kernels.prepare(self.series, {"modules"})
        tests = self.tests()
        modules = sorted((BUILD / kernel.release).glob("*.ko"))
        key = fingerprint(kernel.release, self.path, GUEST, *tests, *modules)
        state = BUILD / "external" / f"{self.path.name}@{self.medium}-{key}.json"
        if not state.exists():
            shutil.rmtree(LOGS / log_file(name).stem, ignore_errors=True)
        ours, intree = load(state)
        for side, known in (("ours", ours), ("intree", intree)):
            asked = tests if side == "ours" else needed(tests, ours)
            while left := [test for test in asked if test not in known]:
                known |= self.machine(kernel, side, left[:PER_MACHINE], name)
                save(state, ours, intree)
        checks = compare(intree, ours)
        log_file(name).write_text("".join(f"{check.name}: {check.detail}\n" for check in checks))
        state.unlink(missing_ok=True)
        return checks

    def tests(self) -> list[str]:
        words = machine.command("bash", "-c", 'set -euo pipefail; . "$1"; MEDIUM=$2; tests_of "$3"', "bash", self.path,
                                self.medium, self.place).split()
        return list(dict.fromkeys(words))

    def machine(self, kernel: Kernel, side: str, tests: list[str], name: str) -> dict[str, Verdict]:
        """What comes of these tests, of the first at least, in one machine."""
        place = Path(tempfile.mkdtemp(prefix="ndstack-external."))
        try:
            vm = place / "extra/vm"
            vm.mkdir(parents=True)
            (vm / "tests").write_text("".join(f"{test}\n" for test in tests))
            put_etc(vm / "etc", kernel)
            (place / "scenario").write_text(self.scenario())
            run = Run(machine.read(place / "scenario"), place / "scenario", place, kernel, side, threads="single",
                      guest_modules=GUEST_MODULES, on_line=give_time)
            run.machine.make_media(place)
            run.boot(1)
            keep(run, log_file(name).stem, side)
            found = verdicts_of(run.file(1, "log").read_text(), run.file(1, "console").read_text(errors="replace"))
            strange = [check for check in run.checks if not check.ok and not OF_TESTS.search(check.name)]
            if strange or not found:
                why = [*(f"{check.name}: {check.detail}" for check in strange), *run.last_messages(1)]
                raise WorkFailed("\n".join([f"the machine on the modules {side} comes to no verdict:", *why]))
            return found
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def scenario(self) -> str:
        """cpu: without KVM what copies byte by byte is carried out so."""
        size = suites.value_of(self.path, "SIZE") or "512M"
        return (f"ram 3G\nappend {tsc_known()}\ncpu -erms,-fsrm\nnvdimm a size={size}\nnvdimm b size={size}\nlimit 1800\n"
                f"share usr /usr\nshare suite {self.place}\nMEDIUM={self.medium} TEST_LIMIT={TEST_LIMIT}\n"
                + GUEST.read_text() + self.path.read_text())


def load(state: Path) -> list[dict[str, Verdict]]:
    known = json.loads(state.read_text()) if state.exists() else [{}, {}]
    return [{name: Verdict(**words) for name, words in side.items()} for side in known]


def save(state: Path, *known: dict[str, Verdict]) -> None:
    state.parent.mkdir(parents=True, exist_ok=True)
    state.with_suffix(".new").write_text(json.dumps([{name: asdict(verdict) for name, verdict in side.items()}
                                                     for side in known]))
    state.with_suffix(".new").rename(state)


def put_etc(to: Path, kernel: Kernel) -> None:
    boot = to.parent / "boot"
    to.mkdir()
    boot.mkdir()
    machine.command("cp", "-a", *(path for name in ETC if (path := Path("/etc") / name).exists()), to)
    machine.command("cp", *kernel.place.glob("boot/config-*"), boot)


def tsc_known() -> str:
    """On a busy host the frequency that a kernel finds of a TSC may be a fraction of what it is, and its seconds so. To
    do without a TSC doubles what a fork takes.
    """
    try:
        found = re.findall(r" tsc: (?:Detected|Refined TSC clocksource calibration:) (\d+)\.(\d{3}) MHz",
                           machine.command("dmesg"))
    except WorkFailed:
        found = []
    return f"tsc_early_khz={''.join(found[-1])}" if found else "tsc=unstable"


def give_time(line: str, watched: Watched) -> None:
    """The machine has as long as its test."""
    if line.startswith(("begin ", "status ")):
        watched.limit = time.monotonic() - watched.begun + TEST_LIMIT + 120


def keep(run: Run, name: str, side: str) -> None:
    place = LOGS / name
    place.mkdir(parents=True, exist_ok=True)
    number = len(list(place.glob(f"{side}-*.log"))) + 1
    for kind in ("log", "console"):
        shutil.copy(run.file(1, kind), place / f"{side}-{number}.{kind}")
