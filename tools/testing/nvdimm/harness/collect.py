# SPDX-License-Identifier: GPL-2.0
"""Which tests a file holds. Each kind of test is one function here, and one row of KINDS."""
from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from harness import builds, cuts, debian, external, guest, header, kernels, mutants, native, ndctl, suites
from harness.guest import Guest
from harness.header import Header
from harness.process import TESTS, TOP, Check

# Builds first, as others wait for them; mutants last, as they are short.
BUILDS, NATIVE, GUESTS, REST = range(4)

Result = list[Check] | tuple[list[Check], str]


@dataclass
class Case:
    """One test: what conftest.py makes a pytest item of."""

    name: str
    work: Callable[[str], Result]  # is given the node id, to name logs by
    tier: str
    rank: int
    seconds: float  # estimate, until a run has measured it
    limit: float  # after which it is ended
    words: set[str] = field(default_factory=set)  # more names for -k
    why_not: str = ""  # a reason to skip it
    long: bool = False  # one of the forms that only a tier or a path selects


@dataclass
class Options:
    """The options of the command line that choose kernels and modules."""

    kernel: str = ""
    modules: str = ""
    keep: bool = False


def form(variables: dict[str, str]) -> str:
    return "+".join(f"{name}={value}" for name, value in variables.items())


def native_cases(path: Path, head: Header, _: Options) -> Iterator[Case]:
    kind, name = path.parent.name, path.stem
    base = {"STEPS": "100000"} if kind == "crash" else {}

    def case(label: str, tier: str, variables: dict[str, str], seconds: float) -> Case:
        def work(_: str) -> list[Check]:
            return native.cmocka(native.build(kind, name), TOP, variables)
        return Case(label, work, tier, NATIVE, seconds, 300 if tier == "quick" else 36000)

    yield case("native", head.tiers.get("", "quick"), base, 10 if kind == "crash" else 1)
    for tier, variables in head.long_forms:
        found = case(form(variables), tier, variables, 600)
        found.long = True
        yield found


def fuzz_cases(path: Path, head: Header, _: Options) -> Iterator[Case]:
    for tier, inputs in native.FUZZ_INPUTS.items():
        def work(_: str, inputs: int = inputs) -> list[Check]:
            return native.fuzz(native.build("fuzz", path.stem), inputs)
        label = "native" if tier == "quick" else f"{inputs // 1_000_000}M"
        yield Case(label, work, head.tiers.get("", tier) if tier == "quick" else tier, NATIVE,
                   inputs / 40_000, 120 + inputs / 1000, long=tier != "quick")


def scenario_kernels(path: Path, head: Header) -> list[str]:
    """Those that the scenario declares, then those that matrix/scenarios has it for."""
    found = list(head.kernels) or ["debug" if path.parts[-3] == "stress" else "6.1"]
    not_on = guest.main_scenarios().get(path.name) if path.parts[-3] == "vm" else None
    if not_on is not None:
        found += [kernel for kernel in (*kernels.TRAVELLED, kernels.BOOTED_ARM64, "builtin")
                  if kernel not in found and kernel not in not_on]
    return found


def scenario_cases(path: Path, head: Header, options: Options) -> Iterator[Case]:
    modules = options.modules or ("mock" if path.parts[-3] == "nfit" else "ours")
    if modules == "intree" and head.only_ours:
        return
    declared = scenario_kernels(path, head)
    first = options.kernel or declared[0]
    for kernel in [options.kernel] if options.kernel else declared:
        tier = head.tiers.get("", "nightly") if kernel == first else "nightly"
        tier = head.tiers.get(kernel, tier)
        yield guest_case(path, head, kernel, modules, tier, {}, options)
    for tier, variables in head.long_forms:
        kernel = options.kernel or variables.get("kernel", declared[0])
        rest = {name: value for name, value in variables.items() if name != "kernel"}
        case = guest_case(path, head, kernel, modules, tier, rest, options)
        case.long = True
        yield case


def guest_case(path: Path, head: Header, kernel: str, modules: str, tier: str,
               variables: dict[str, str], options: Options) -> Case:
    test = Guest(path, head, kernel, modules, variables, options.keep)
    slow = 5 if kernel in kernels.CHECKED else 1
    limit = (head.limit or 7200) * head.boots * slow + 1800
    label = "-".join(filter(None, (kernels.label(kernel), form(variables))))
    return Case(label, test.run, tier, GUESTS, 40 + 20 * head.boots * slow,
                limit if tier != "weekly" else max(limit, 36000))


def crossing_cases(path: Path, head: Header, options: Options) -> Iterator[Case]:
    """Media that travel between kernels: ours on one, in-tree or ours on the other, and back."""
    arm64 = kernels.BOOTED_ARM64
    pairs = [(a, b, "intree") for a in kernels.TRAVELLED for b in kernels.TRAVELLED]
    pairs += [(a, b, modules) for modules in ("intree", "ours") for a, b in (("6.1", arm64), (arm64, "6.1"))]
    for kernel, other, modules in pairs:
        variables = {"NDSTACK_OTHER": other, "NDSTACK_OTHER_MODULES": modules}
        case = guest_case(path, head, kernel, "ours", "nightly", variables, options)
        case.name = f"{kernel}-{modules}-{other}"
        yield case


def built_in_cases(path: Path, head: Header, options: Options) -> Iterator[Case]:
    yield guest_case(path, head, "builtin", "ours", head.tiers.get("", "nightly"), {}, options)


def static_cases(path: Path, head: Header, _: Options) -> Iterator[Case]:
    yield Case("static", lambda _: suites.static_check(path), head.tiers.get("", "quick"), NATIVE,
               5, 900)


def build_cases(_: Path, head: Header, __: Options) -> Iterator[Case]:
    for name, (work, seconds) in builds.all_builds().items():
        yield Case(name, lambda _, w=work: w(), head.tiers.get(name, "nightly"), BUILDS, seconds, 3600)


def ndctl_cases(path: Path, head: Header, options: Options) -> Iterator[Case]:
    kernel = options.kernel or "6.1"
    rounds = ndctl.rounds()
    for name, lines in rounds.items():
        def work(node: str, lines: list[ndctl.Line] = lines) -> Result:
            return ndctl.run_rounds(node, "81", kernel, [lines], options.keep)
        yield Case(name, work, head.tiers.get(name, "nightly"), GUESTS, 30 * len(lines),
                   ndctl.LIMIT * len(lines) + 1800, {line.test for line in lines})
    yield Case("ndctl-76.1", lambda node: ndctl.run_rounds(node, "76.1", kernel, list(rounds.values()), options.keep),
               "weekly", GUESTS, 2400, 36000)


def install_cases(path: Path, head: Header, options: Options) -> Iterator[Case]:
    """On this machine's own suite of Debian each night, on the others weekly."""
    for suite in ["", *head.suites]:
        def work(node: str, suite: str = suite) -> Result:
            return debian.play(path, suite, options.keep, node)
        yield Case(suite or "host", work, "weekly" if suite else head.tiers.get("", "nightly"), GUESTS, 400, 5400)


def cuts_cases(_: Path, head: Header, options: Options) -> Iterator[Case]:
    modules = options.modules or "ours"
    for pair in cuts.pairs():
        for tier, count, name in (("nightly", pair.cuts, pair.name), ("weekly", cuts.WEEKLY, f"{pair.name}-{cuts.WEEKLY}")):
            def work(node: str, pair: cuts.Pair = pair, count: int = count) -> Result:
                return cuts.play(pair, count, modules, options.keep, node)
            yield Case(name, work, head.tiers.get(name, tier), GUESTS, 120, 7200 + count * 60, long=tier == "weekly")


def mutant_cases(path: Path, head: Header, _: Options) -> Iterator[Case]:
    mutant = mutants.read(path)
    seconds, limit = (4, 600) if mutant.native else (150, 36000)
    yield Case("mutant", lambda _: mutants.play(mutant), head.tiers.get("", mutant.tier), REST,
               seconds, limit, {mutant.test}, long=True)


def tool_cases(path: Path, head: Header, _: Options) -> Iterator[Case]:
    yield Case("native", lambda node: suites.runner(node, ["mm/tool"]), head.tiers.get("", "quick"),
               NATIVE, 20, 300)


# Tests that are also run on a kernel with mm-patches, and one that is run without them.
PATCHED = ("adjacent_regions__both_enable", "fsdax__teardown_is_bounded", "devdax__teardown_is_bounded",
           "kmem__memory_comes_and_goes", "g64__comes_up_in_every_order", "golden_fsdax__same_bytes_at_same_lba")
UNPATCHED = ("golden_fsdax__same_bytes_at_same_lba",)


def old_kernel_cases(path: Path, head: Header, options: Options) -> Iterator[Case]:
    """Kernels before 5.3, as they are and with mm-patches."""
    source = os.environ.get("KSRC", "")
    for name, others in (("unpatched", UNPATCHED), ("patched", PATCHED)):
        own = [file for file in sorted((TESTS / "mm/scenario").iterdir()) if name in file.name.replace("mm_patches", "patched")
               and file.name.startswith("unpatched") == (name == "unpatched")]
        for file in [*own, *(TESTS / "vm/scenario" / other for other in others)]:
            def work(node: str, file: Path = file, name: str = name) -> Result:
                return guest.on_old_kernel(file, source, name == "patched", options.keep, node)
            yield Case(f"{name}-{file.name}", work, "weekly", GUESTS, 600, 36000, set(),
                       "" if source else "KSRC= names no sources of a kernel: mm-patches/README.md")


def external_cases(path: Path, head: Header, options: Options) -> Iterator[Case]:
    directory = os.environ.get("NDSTACK_EXTERNAL", "")
    place = Path(directory).resolve() / path.name
    for medium in suites.list_of(path, "MEDIA"):
        suite = external.Suite(path, medium, place, options.kernel or "6.1")
        yield Case(medium, suite.run, "weekly", GUESTS, 9000, 360000, set(),
                   "" if directory and place.is_dir() else
                   f"NDSTACK_EXTERNAL= names no directory with {path.name}: docs/testing.md")


# Pattern of a path below tools/testing/nvdimm: the function that knows its tests.
KINDS: dict[str, Callable[[Path, Header, Options], Iterator[Case]]] = {
    "unit/test_*.c": native_cases,
    "mm/test_*.c": native_cases,
    "mm/tool": tool_cases,
    "mm/kernel": old_kernel_cases,
    "crash/crash_*.c": native_cases,
    "fuzz/fuzz_*.c": fuzz_cases,
    "static/checks/*": static_cases,
    "harness/builds.py": build_cases,
    "vm/scenario/*": scenario_cases,
    "nfit/scenario/*": scenario_cases,
    "stress/scenario/*": scenario_cases,
    "matrix/scenario/media__crosses_kernels": crossing_cases,
    "matrix/scenario/built_in__is_kept_from_starting": built_in_cases,
    "nfit/tests": ndctl_cases,
    "install/scenario/*": install_cases,
    "cuts/pairs": cuts_cases,
    "foreign/suite/*": external_cases,
    "mutants/patch/*": mutant_cases,
}


def kind_of(path: Path) -> Callable[[Path, Header, Options], Iterator[Case]] | None:
    """The function for a file; for most of the tree there is none."""
    try:
        relative = path.relative_to(TESTS)
    except ValueError:
        return None
    for pattern, function in KINDS.items():
        if len(relative.parts) == pattern.count("/") + 1 and relative.match(pattern):
            return function
    return None


def cases(path: Path, options: Options) -> list[Case]:
    head = header.read(path)
    found = list(kind_of(path)(path, head, options))
    names = {case.name for case in found}
    unknown = {name for name in head.tiers if name} - names
    if unknown and not options.kernel:
        raise ValueError(f"{path}: a tier for {unknown}, and there are: {sorted(names)}")
    return found
