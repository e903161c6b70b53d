# SPDX-License-Identifier: GPL-2.0
"""What ./demo runs: both boots of vm/demo on one backing file, with the guest's lines as they come.

python3 -m harness.demo [--shell]     --shell: leaves you in the virtual machine afterwards
"""
from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from harness import boot, kernels, machine
from harness.boot import Run, Watched
from harness.process import TESTS, WorkFailed

SCENARIO = TESTS / "vm/demo"
STEPS = ["Modules, and a kernel to boot (two minutes the first time)", "First boot: set up, write, and pull the plug",
         "Second boot: is it still there?", "A shell in the machine; its NVDIMM is as the demo left it"]


def step(number: int) -> None:
    print(f"\n== {STEPS[number]}", flush=True)


def show(line: str, __: Watched) -> None:
    word, _, rest = line.partition(" ")
    if word in ("ok", "show"):
        print(f"  {'ok' if word == 'ok' else '':5} {rest}", flush=True)
    elif line.startswith("not ok "):
        print(f"  FAIL  {line.removeprefix('not ok ')}", flush=True)
    elif line == "cut":
        print("        power off, hard: QEMU is killed", flush=True)


def demo(place: Path, shell: bool) -> int:
    step(0)
    kernel = kernels.prepare("6.1", {"modules"})
    if not boot.kvm_works(kernel.image):
        print("No usable KVM: QEMU emulates the processor, and each boot takes some ten seconds.")
    run = Run(machine.read(SCENARIO), SCENARIO, place, kernel, "ours", on_line=show)
    run.machine.make_media(place)
    for n in (1, 2):
        step(n)
        run.boot(n)
        failed = [check for check in run.checks if not check.ok]
        if failed:
            for line in [*(f"{check.name}: {check.detail}" for check in failed), *run.excerpt]:
                print(f"  FAIL  {line}")
            return 1
    print("\nThe demo passed.")
    if not shell:
        print("./demo --shell leaves you in the machine.")
        return 0
    step(3)
    return boot.interactive(run)


def main() -> int:
    place = Path(tempfile.mkdtemp(prefix="ndstack-demo."))
    try:
        return demo(place, sys.argv[1:] == ["--shell"])
    except WorkFailed as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
