# SPDX-License-Identifier: GPL-2.0
"""The judge of a kernel log: it is part of every guest test's verdict, and so is its absence."""
from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from harness.process import TOP, Check

TROUBLE_LINES = [
    r"WARNING:", r"BUG[: ]", r"Oops", r"general protection", r"Kernel panic", r"Call Trace", r"possible circular",
    r"INFO: possible", r"inconsistent lock", r"INFO: task .* blocked", r"hung task", r"KASAN", r"UBSAN", r"KFENCE",
    r"memory leak", r"kmemleak", r"leaked", r"Objects remaining", r"sysfs: cannot create duplicate", r"refcount_t",
    r"list_(add|del) corruption", r"Bad page", r"Bad rss", r"scheduling while atomic", r"ODEBUG",
    r"nonexistent resource", r"disagrees about version", r"Unknown symbol", r"Trying to v?free",
    r"kobject.*(initialized|tried to|not initialized)", r"does not have a release",
    r"printk messages dropped",  # those may have been the ones
]
# What a disk or a filesystem has lost. A test that makes it lose something declares log_may_say.
LOST_LINES = [
    r"Buffer I/O error", r"lost (async|sync) page write", r"EXT4-fs error",
    r"EXT4-fs .*(Delayed block allocation failed|Remounting filesystem read-only)", r"JBD2: .*[Ee]rror",
    r"Aborting journal", r"XFS \([^)]*\): .*([Cc]orruption|I/O [Ee]rror|Internal error|[Ss]hutting down|[Ss]hutdown)",
]
# A checker's lines about itself. The number of leaks that a scan suspects does not say whose they are:
# tests that scan judge each leak (stress/guest/stress.sh).
HARMLESS_LINES = [r"kmemleak: Kernel memory leak detector initialized", r"kmemleak: [0-9]+ new suspected memory leaks"]

# Other parts of the kernel print a stack when an allocation of theirs fails.
SHORTAGE_LINES = [
    r"kmem_cache_create(_usercopy)?\(bio-[0-9]+\) failed", r"vmalloc error: size", r": page allocation failure",
    r"percpu: allocation failed, size=",
    # module_add_driver() links the driver from the root of sysfs if it cannot make the module's
    # directory, and nothing removes that link.
    r"cannot create duplicate filename '//(acpi|platform|virtio|dax|nd):[a-z0-9_]+'",
    # add_pages() of x86 warns of any error of memremap_pages() and add_memory(). Only -ENOMEM, which is
    # in RAX then, is a shortage; pages that exist already, or a wrong size, would be our fault.
    r"WARNING: .* at arch/x86/mm/init_64\.c:[0-9]+ add_pages\+",
]
SHORTAGE_WORDS = [r"Unknown symbol [^ ]+ \(err -12\)", r"Huh VM_FAULT_OOM leaked out to the #PF handler"]


def any_of(lines: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(lines))


LOST, SHORTAGE = any_of(LOST_LINES), any_of(SHORTAGE_LINES)
TROUBLE = any_of(TROUBLE_LINES + LOST_LINES)
MINUS_ENOMEM = "RAX: 00000000fffffff4"


def troubles(lines: list[str], may_say: list[str] | None = None) -> list[int]:
    """The numbers of the lines that are trouble."""
    harmless = any_of(HARMLESS_LINES + (may_say or []))
    return [n for n, line in enumerate(lines) if TROUBLE.search(line) and not harmless.search(line)]


@dataclass
class Verdict:
    """The checks that a log decides, and the lines that explain a failed one."""

    checks: list[Check] = field(default_factory=list)
    excerpt: list[str] = field(default_factory=list)


def judge(n: int, text: str, short_of_memory: bool = False, may_say: list[str] | None = None,
          looks_for_races: bool = False) -> Verdict:
    """The log of boot n."""
    lines = text.replace("\r", "").splitlines()
    verdict = Verdict()
    harmless = list(may_say or [])
    if looks_for_races:
        races = data_races(lines)
        lines = races.rest
        verdict.checks.append(judge_races(n, races, text))
        verdict.excerpt += races.report(n)
    if short_of_memory:
        lines = without_shortage(lines)
        harmless += SHORTAGE_WORDS + LOST_LINES  # a page that found no memory is lost
    name = "kernel log is silent"
    bad = troubles(lines, harmless)
    if not any(f"vm: boot{n} is over" in line for line in lines):
        verdict.checks.append(Check("kernel log has its end mark", False))
    elif not bad:
        verdict.checks.append(Check(name, True))
    if bad:
        verdict.checks.append(Check(name, False, "\n".join(lines[at] for at in bad[:3])))
        verdict.excerpt += [f"log: {line[:120]}" for line in lines[bad[0]:bad[0] + 60]]
    return verdict


def without_shortage(lines: list[str]) -> list[str]:
    """The log without whole reports of SHORTAGE, each from its first line to the end of its stack. A report
    that meets another one or never ends stays, and so does a warning that is not of -ENOMEM.
    """
    result: list[str] = []
    kept: list[str] = []
    short = more = stacks = False
    for line in lines:
        if not kept:
            if SHORTAGE.search(line):
                kept, short, more, stacks = [line], "WARNING:" not in line, False, False
            else:
                result.append(line)
            continue
        kept.append(line)
        short |= MINUS_ENOMEM in line
        if "Call Trace:" in line and not stacks:
            stacks = True
            continue
        more |= bool(TROUBLE.search(line))
        if "</TASK>" in line:
            if more or not short:
                result += kept
            kept = []
    return result + kept


# Data races that KCSAN reports --------------------------------------------------------------------
#
# A report has two accesses, each with its stack, or one if the other is unknown. An access is ours if a
# function of our modules makes it, or one that only touches what it is handed (HANDED). An access that
# other code of the kernel makes to its own data is that code's, even if we called it.

HANDED = re.compile(
    r"(mem(cpy|set|cmp|move|chr|chr_inv)|__mem[a-z_]+|memcpy_[a-z_]+|str[a-z_]+|string(_nocheck)?|number|uuid_string"
    r"|v?s[cn]?n?printf|sysfs_emit(_at)?|__list_(add|del)_[a-z_]+|_find_[a-z_]+|__?bitmap_[a-z_]+|sort(_r)?"
    r"|uuid_[a-z_]+|guid_[a-z_]+|copy_(from|to)_[a-z_]+|_copy_(from|to)_[a-z_]+|__copy_[a-z_]+|csum_[a-z_]+)")
# Functions of ours that inline one of the kernel's, which looks at the kernel's own data without a lock on
# purpose: has_device_pages() calls pfn_valid(). Memory that another driver gives struct pages meanwhile is
# refused to the second of the two, whatever this saw.
INLINED = {"has_device_pages"}
ACCESS = re.compile(r" to 0x[0-9a-f]+ of [0-9]+ bytes by ")
FRAME = re.compile(r"^ +([^ ]+?)\+0x[0-9a-f]+/0x[0-9a-f]+(?: \[([^]]+)\])?$")
OTHER = re.compile(r"^value changed: |^ bits changed: |^Reported by Kernel Concurrency")
STAMP = re.compile(r"^\[ *[0-9]+\.[0-9]+\] ?")


@dataclass
class Race:
    """One report, and whose race it is: ours, called (of code that we called), or others."""

    title: str
    whose: str = "others"
    lines: list[str] = field(default_factory=list)


@dataclass
class Races:
    """The reports of a log, and its other lines."""

    found: list[Race] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)

    def ours(self) -> Counter[str]:
        return Counter(race.title for race in self.found if race.whose == "ours")

    def report(self, n: int) -> list[str]:
        count = Counter(race.whose for race in self.found)
        lines = [f"boot {n}: data races: {count['ours']} ours, {count['called']} of code that we called, "
                 f"{count['others']} of the rest of the kernel"]
        for race in {race.title: race for race in self.found if race.whose == "ours"}.values():
            lines += [f"race: {line[:120]}" for line in race.lines]
        return lines[:120]


def our_modules() -> set[str]:
    lines = (TOP / "drivers/modules").read_text().splitlines()
    return {line.split()[0] for line in lines if line[:1].islower()}


def data_races(lines: list[str]) -> Races:
    modules, races = our_modules(), Races()
    race: Race | None = None
    access = handed = False  # in the stack of an access; only functions of HANDED so far
    for whole in lines:
        line = STAMP.sub("", whole)
        if line.startswith("BUG: KCSAN: "):
            race, access = Race(line.removeprefix("BUG: KCSAN: ")), False
            races.found.append(race)
        elif race and ACCESS.search(line):
            access = handed = True
        elif race and (frame := FRAME.match(line)):
            name = re.sub(r"\.(isra|constprop|part|cold)\..*", "", frame[1])
            if access and frame[2] in modules:
                if handed and name not in INLINED:
                    race.whose = "ours"
                elif race.whose != "ours":
                    race.whose = "called"
                access = False
            elif access and not HANDED.fullmatch(name):
                handed = False
        elif race and line.startswith("=========="):
            race = None
            races.rest.append(whole)
            continue
        elif not (race and OTHER.match(line)):
            races.rest.append(whole)
            continue
        race.lines.append(line)
    return races


def judge_races(n: int, races: Races, text: str) -> Check:
    ours = races.ours()
    if ours:
        first = "\n".join(f"{count}x {title}" for title, count in ours.most_common(5))
        return Check("no data race is ours", False, first)
    if "vm: data races are looked for" not in text:
        return Check("data races are looked for", False)
    if "printk messages dropped" in text or "vm: data races are no longer looked for" in text:
        return Check("each data race is in the log", False)
    return Check("no data race is ours", True)


# What QEMU breaks ---------------------------------------------------------------------------------

def stale_breakpoint(text: str) -> bool:
    """Before its 8.1 (deba78709ae8, "accel/tcg: Always lock pages before translation") QEMU may translate code
    while another processor writes it. A jump label is written as a breakpoint first, which the kernel then
    meets after it has forgotten it: an int3 where the memory that it prints has none (0xcc) before the next
    byte. No error of a kernel looks like this.
    """
    text = text.replace("\r", "")
    met = text.find(" int3: 0000 [#1]")
    code = re.search(r"Code: .*([0-9a-f]{2}) <[0-9a-f]{2}>", text[met:]) if met >= 0 else None
    return bool(code) and code[1] != "cc"


def lost_interrupt(console: str, heard: str) -> bool:
    """The guest's second serial line stays silent if its interrupt was lost while a processor came up: the guest
    reaches its end and the host hears nothing.
    """
    return "No irq handler for vector" in console and not heard
