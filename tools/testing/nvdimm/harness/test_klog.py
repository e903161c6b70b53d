# SPDX-License-Identifier: GPL-2.0
"""The judge of kernel logs sees what it has to see."""
from __future__ import annotations

import pytest

from harness import klog

STACK = "Call Trace:\n <TASK>\n arch_add_memory+0x61/0x80\n"
SHORT, THERE = "RAX: 00000000fffffff4 RBX: 0\n", "RAX: 00000000ffffffef RBX: 0\n"
PAGES = "WARNING: CPU: 0 PID: 168 at arch/x86/mm/init_64.c:978 add_pages+0x175/0x200\n"
PARTS = {
    "pages": PAGES + SHORT + STACK + " </TASK>\n",
    "pages_there": PAGES + THERE + STACK + " </TASK>\n",
    "pages_met": PAGES + SHORT + "BUG: KASAN: use-after-free in nd_pmem_probe\n" + STACK + " </TASK>\n",
    "pages_open": PAGES + SHORT + STACK,
    "other": "WARNING: CPU: 1 PID: 9 at arch/x86/mm/init_64.c:1238 arch_add_memory+0x61/0x80\n" + SHORT + STACK + " </TASK>\n",
    "vmalloc": "sweep: vmalloc error: size 4096, vm_struct allocation failed, mode:0xcc0\n" + SHORT + STACK + " </TASK>\n",
    "line": "Huh VM_FAULT_OOM leaked out to the #PF handler. Retrying PF\n" + SHORT,
    "lost": "** 12 printk messages dropped **\n",
    "ext4": "[  4.1] EXT4-fs error (device pmem0): ext4_lookup:1: inode #2: bad\n",
    "xfs": "[  4.1] XFS (pmem0): Metadata corruption detected at xfs_x+0x1/0x2\n",
    "buffer": "[  4.1] Buffer I/O error on dev pmem0, logical block 1, async page read\n",
    "fine": "[  4.1] XFS (pmem0): Ending clean mount\n[  4.2] EXT4-fs (pmem0): recovery complete\n",
}


def silent(parts: str, short: bool = False, may_say: list[str] | None = None) -> bool:
    text = "".join(PARTS[part] for part in parts.split()).replace("\n", "\r\n") + "vm: boot1 is over\r\n"
    return all(check.ok for check in klog.judge(1, text, short, may_say).checks)


@pytest.mark.parametrize("parts", ["fine", ""])
def test_harmless_lines_are_no_trouble(parts: str) -> None:
    assert silent(parts)


@pytest.mark.parametrize("parts", ["pages", "vmalloc", "line", "lost", "ext4", "xfs", "buffer", "other"])
def test_trouble_is_seen(parts: str) -> None:
    assert not silent(parts)


@pytest.mark.parametrize("parts", ["pages", "vmalloc pages line pages"])
def test_shortage_is_forgiven_where_it_is_declared(parts: str) -> None:
    assert silent(parts, short=True)


@pytest.mark.parametrize("parts", ["other", "pages other", "other pages", "pages_there", "pages_met", "pages pages_open",
                                   "pages_open other", "lost"])
def test_shortage_hides_nothing_else(parts: str) -> None:
    assert not silent(parts, short=True)


def test_declared_lines_hide_no_others() -> None:
    declared = ["Buffer I/O error on dev pmem0,"]
    assert silent("buffer", may_say=declared)
    assert not silent("buffer ext4", may_say=declared)


def test_a_log_that_ends_early_fails() -> None:
    assert [check.name for check in klog.judge(1, "").checks if not check.ok] == ["kernel log has its end mark"]


OURS = "nd_region_size+0x1c/0x40 [libnvdimm]"
OTHER = "other+0x1/0x2"
RACES = {
    "first": [("write", [OURS]), ("read", [OTHER])],
    "second": [("write (marked)", [OTHER]), ("read", [OURS])],
    "alone": [("race at unknown origin, with read", [OURS])],
    "printed": [("write", [OTHER]), ("read", ["string.constprop.0+0x40/0x90", "vsnprintf+0x101/0x8f0",
                                              "sysfs_emit+0x60/0xa0", OURS, "dev_attr_show+0x2a/0x60"])],
    "split": [("read-write", ["nd_region_size.isra.0+0x1c/0x40 [libnvdimm]"]), ("read", [OTHER])],
    "then_called": [("write", [OURS]), ("read", ["device_add+0x22/0x900", OURS])],
    "inlined": [("race at unknown origin, with read", ["has_device_pages+0xaf/0x290 [libnvdimm]",
                                                       "collect_other+0x9c/0x230 [libnvdimm]"])],
    "called": [("write", ["device_add+0x22/0x900", OURS]), ("read", [OTHER])],
    "others": [("write", [OTHER]), ("read", ["memcpy+0x1/0x20", "other+0x9/0x20", "ext4_x+0x1/0x2 [ext4]"])],
}


def race(kind: str, between: str = "") -> str:
    text = f"{'=' * 66}\nBUG: KCSAN: data-race in {kind} / other\n\n"
    for access, frames in RACES[kind]:
        text += f"{access} to 0xffff888004a3f0c8 of 8 bytes by task 212 on cpu 1:\n"
        text += "".join(f" {frame}\n" for frame in [*frames, "vfs_write+0x2f1/0x5b0"]) + "\n" + between
    text += "value changed: 0x0 -> 0x1\n\nReported by Kernel Concurrency Sanitizer on:\n" + "=" * 66 + "\n"
    return "".join(f"[   31.418{n % 1000:03d}] {line}\r\n" for n, line in enumerate(text.splitlines()))


def verdict(*texts: str, looked: bool = True) -> list[bool]:
    text = ("vm: data races are looked for\n" if looked else "") + "".join(texts) + "vm: boot1 is over\n"
    return [check.ok for check in klog.judge(1, text, looks_for_races=True).checks]


@pytest.mark.parametrize("kind", ["first", "second", "alone", "printed", "split", "then_called"])
def test_a_race_of_ours_fails(kind: str) -> None:
    assert verdict(race("called"), race(kind), race("others")) == [False, True]


@pytest.mark.parametrize("kind", ["called", "inlined", "others"])
def test_a_race_of_others_does_not(kind: str) -> None:
    assert verdict(race(kind)) == [True, True]


def test_a_report_hides_nothing_else() -> None:
    warning = "WARNING: CPU: 1 PID: 9 at kernel/x.c:1 other+0x1/0x2\n"
    assert verdict(race("others", warning)) == [True, False]


def test_races_that_nobody_looks_for_are_no_verdict() -> None:
    assert verdict(looked=False) == [False, True]
    assert verdict("vm: data races are no longer looked for\n") == [False, True]
    assert verdict("** 12 printk messages dropped **\n") == [False, False]


def test_qemu_breaks_a_boot() -> None:
    text = "traps: int3: 0000 [#1] SMP\nCode: 0f 1f {} <44> 00\n"
    assert klog.stale_breakpoint(text.format("90")) and not klog.stale_breakpoint(text.format("cc"))
    assert klog.lost_interrupt("No irq handler for vector", "") and not klog.lost_interrupt("", "")
