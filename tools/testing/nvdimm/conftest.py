# SPDX-License-Identifier: GPL-2.0
"""The test runner: pytest collects the tests of this directory, whatever language they are in.

harness/collect.py knows which files hold tests; harness/header.py reads what a test declares of
itself; the other files of harness/ run one kind of test each. This file makes pytest items of
them, selects by tier, puts long tests first, and prints a line for each test.
"""
from __future__ import annotations

import functools
import json
import os
import resource
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_subtests import SubTestContext, SubTestReport

from harness.collect import NATIVE, Case, Options, cases, kind_of
from harness.header import TIERS
from harness.process import BUILD, TESTS, Check, WorkFailed, forget_old_runs

TIMES = BUILD / "test-times.json"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("ndstack")
    group.addoption("--tier", choices=TIERS, help="all tests up to this tier (default: quick; "
                    "with -k, -m, --lf or paths: all but weekly)")
    group.addoption("--kernel", default="", help="boot guests on this kernel: 5.10, 6.1, 6.12, "
                    "7.2, debug, debug-6.12, kcsan, builtin, or a directory")
    group.addoption("--modules", default="", choices=("", "ours", "intree", "mock"),
                    help="the modules that guests load")
    group.addoption("--keep", action="store_true", help="keep logs and media of passed tests")
    group.addoption("--deadline", type=float, default=0, metavar="MINUTES",
                    help="tests that have not begun by then fail")


def pytest_configure(config: pytest.Config) -> None:
    # a run that is ended ends its programs, as by Ctrl-C: harness/process.py
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ.setdefault("NDSTACK_BEGUN", str(time.time()))
    for tier in TIERS:
        config.addinivalue_line("markers", f"{tier}: of that tier")
    choose_tier(config)
    if hasattr(config, "workerinput"):
        return
    if config.option.verbose == 0 and not config.option.collectonly:
        config.option.verbose = -1  # Progress prints its own lines
    config.pluginmanager.register(Progress(config), "progress")


# Collection ---------------------------------------------------------------------------------

def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    return TestFile.from_parent(parent, path=file_path) if kind_of(file_path) else None


def options_of(config: pytest.Config) -> Options:
    return Options(config.option.kernel, config.option.modules, config.option.keep)


class TestFile(pytest.File):
    """A file that holds tests."""

    def collect(self) -> Iterator[pytest.Item]:
        for case in cases(self.path, options_of(self.config)):
            yield Test.from_parent(self, name=case.name, case=case)


class Test(pytest.Item):
    """One test: what fails or passes, is selected, and has a time."""

    def __init__(self, case: Case, **words: Any) -> None:
        super().__init__(**words)
        self.case = case
        self.excerpt = ""
        self.add_marker(case.tier)
        self.add_marker(pytest.mark.timeout(case.limit))
        self.extra_keyword_matches |= case.words
        if case.why_not:
            self.add_marker(pytest.mark.skip(reason=case.why_not))

    def runtest(self) -> None:
        minutes = self.config.option.deadline
        if minutes and time.time() > float(os.environ["NDSTACK_BEGUN"]) + minutes * 60:
            raise WorkFailed(f"not begun within the {minutes:g} minutes of this run")
        before = cpu_seconds()
        try:
            result = self.case.work(self.nodeid)
        finally:
            self.user_properties.append(("cpu", cpu_seconds() - before))
        checks, self.excerpt = result if isinstance(result, tuple) else (result, "")
        for check in checks:
            self.report(check)
        failed = [check for check in checks if not check.ok]
        if failed or not checks:
            raise ChecksFailed(failed)

    def report(self, check: Check) -> None:
        """Every check is a subtest of pytest."""
        outcome = "failed" if not check.ok else "skipped" if check.skipped else "passed"
        detail = {"failed": check.detail, "passed": None, "skipped": (str(self.path), 0, check.detail)}
        report = SubTestReport(self.nodeid, self.location, {}, outcome, detail[outcome], "call")
        report.context = SubTestContext(check.name, {})
        self.ihook.pytest_runtest_logreport(report=report)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        if isinstance(excinfo.value, ChecksFailed):
            text = str(excinfo.value)
        elif isinstance(excinfo.value, WorkFailed):
            text = f"{excinfo.value}\n"
        else:
            text = f"{super().repr_failure(excinfo)}\n"
        return f"{text}{self.excerpt}repeat: ./test {self.nodeid}{self.repeated_options()}"

    def repeated_options(self) -> str:
        option = self.config.option
        return "".join(f" --{name} {getattr(option, name)}" for name in ("kernel", "modules")
                       if getattr(option, name))

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


# The harness's own tests, harness/test_*.py, are pytest's usual functions.
FUNCTION = Case("function", lambda _: [], "quick", NATIVE, 0.1, 60)


def case_of(item: pytest.Item) -> Case:
    return item.case if isinstance(item, Test) else FUNCTION


class ChecksFailed(Exception):
    """Some checks of a test failed, or it has none."""

    def __init__(self, failed: list[Check]) -> None:
        self.failed = failed

    def __str__(self) -> str:
        lines = []
        for check in self.failed:
            lines.append(f"not ok: {check.name}")
            lines += [f"    {line}" for line in check.detail.splitlines()]
        return "\n".join(lines or ["nothing was checked"]) + "\n"


def cpu_seconds() -> float:
    """What this process's ended children have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


# Selection and order ------------------------------------------------------------------------

def choose_tier(config: pytest.Config) -> None:
    """What is named is run in whatever tier it is, but in its short form; else the tier decides."""
    option = config.option
    paths = config.args_source == config.ArgsSource.ARGS
    for path in config.args if paths else ():
        if not Path(path.partition("::")[0]).exists():
            raise pytest.UsageError(f"no test {path}: ./test --collect-only -q --tier weekly")
    if option.tier:
        return
    if paths and any("::" in arg for arg in config.args):
        option.tier = "weekly"
    elif paths or option.keyword or option.markexpr or option.lf:
        option.tier = "nightly"
        option.only_short = not (paths or option.lf)
    else:
        option.tier = "quick"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    option = config.option
    last = TIERS.index(option.tier)
    chosen = [item for item in items if TIERS.index(case_of(item).tier) <= last
              and not (getattr(option, "only_short", False) and case_of(item).long)]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = sorted(chosen, key=lambda item: (
        case_of(item).rank, -known_times().get(item.nodeid, [case_of(item).seconds])[0], item.nodeid))


@functools.cache
def known_times() -> dict[str, list[float]]:
    """Seconds, and seconds of a processor, of each test in the last run here."""
    try:
        return json.loads(TIMES.read_text())
    except (OSError, ValueError):
        return {}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """As xdist's "load", but a worker never has more than its test and the next one."""
    from xdist.scheduler import LoadScheduling

    class TwoAtATime(LoadScheduling):
        def _send_tests(self, node: Any, num: int) -> None:
            super()._send_tests(node, min(num, 2 - len(self.node2pending[node])))

    return TwoAtATime(config, log)


# Progress -----------------------------------------------------------------------------------

@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: Any) -> tuple[str, str, str]:
    """Counts for the last line; without letters, as Progress prints a line for each test."""
    if isinstance(report, SubTestReport):
        return f"checks {report.outcome}", "", ""
    if report.when != "call" and report.failed:
        return "error", "", ""
    return report.outcome if report.when == "call" or report.skipped else "", "", ""


class Progress:
    """A line for each test that ends, with how much is left, and each failure at once."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.times = dict(known_times())
        self.left: dict[str, float] = {}
        self.checks: dict[str, int] = {}
        self.failed: list[str] = []
        self.total = 0
        self.workers = 1

    def write(self, line: str, **markup: bool) -> None:
        self.config.pluginmanager.get_plugin("terminalreporter").write_line(line, **markup)

    def expect(self, nodes: list[str]) -> None:
        """The process that prints has not collected: it reads the same files for estimates."""
        options = options_of(self.config)
        guesses = {f"{path}::{case.name}": case.seconds
                   for path in {node.partition("::")[0] for node in nodes} if kind_of(TESTS / path)
                   for case in cases(TESTS / path, options)}
        self.left = {node: known_times().get(node, [guesses.get(node, FUNCTION.seconds)])[0] for node in nodes}
        self.total = len(self.left)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.expect([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        if not self.total:
            self.workers = len(self.config.getoption("tx"))
            self.expect(ids)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if isinstance(report, SubTestReport):
            self.checks[report.nodeid] = self.checks.get(report.nodeid, 0) + 1
            if report.skipped:
                self.write(f"        {report.context.msg} is skipped: {report.longrepr[2]}", yellow=True)
        elif report.when == "call" or report.failed or report.skipped:
            self.ended(report)

    def ended(self, report: Any) -> None:
        self.left.pop(report.nodeid, None)
        minutes = sum(self.left.values()) / self.workers / 60
        word = {"passed": "ok", "failed": "FAILED", "skipped": "skipped"}[report.outcome]
        cpu = dict(report.user_properties).get("cpu", 0)
        self.write(f"{word:7} {report.nodeid}  {report.duration:.1f} s, "
                   f"{self.checks.get(report.nodeid, 0)} checks  "
                   f"[{self.total - len(self.left)}/{self.total}, {minutes:.0f} min left]",
                   red=report.failed, yellow=report.skipped)
        if report.skipped:
            self.write(f"        {report.longrepr[2]}")
        if report.failed:
            self.failed.append(report.nodeid)
            for line in report.longreprtext.splitlines():
                if not line.startswith("[gw"):  # xdist names its worker
                    self.write(f"        {line}")
        elif report.passed:
            self.times[report.nodeid] = [round(report.duration, 1), round(cpu, 1)]

    def pytest_sessionfinish(self) -> None:
        TIMES.parent.mkdir(parents=True, exist_ok=True)
        forget_old_runs()
        TIMES.write_text(json.dumps(self.times, indent=0, sort_keys=True))

    def pytest_terminal_summary(self) -> None:
        for node in self.failed:
            self.write(f"FAILED  ./test {node}", red=True)
