# SPDX-License-Identifier: GPL-2.0
"""The guest's root: cpio archives, each cached by what went into it.

They are uncompressed, because an emulated processor would unpack them. A boot concatenates the base with its
tools, fio if it is needed (80 MB of libraries), modules, helpers, and last the test with its parameters.
"""
from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from harness.kernels import Kernel
from harness.machine import command
from harness.process import BUILD, TESTS, TOP, WorkFailed, cached, fingerprint

TOOLS = ("bash ndctl daxctl mkfs.ext4 mkfs.xfs e2fsck debugfs xfs_repair jq kmod udevadm blockdev blkdiscard dd sed grep "
         "sha256sum timeout xxd comm mount umount dmsetup").split()
OUR_NAMES = [line.split()[0] for line in (TOP / "drivers/modules").read_text().splitlines() if line[:1].islower()]
MODULES = OUR_NAMES + ("virtio_pci fsdev_dax dax_cxl cxl_acpi cxl_pci cxl_mem cxl_pmem skx_edac mce_inject dm_mod loop "
                       "ext4 xfs crc32c_generic crc32c_intel libcrc32c").split()
HELPERS = TESTS / "vm/guest"
PACKAGES = ("bash busybox-static daxctl e2fsprogs fio jq kmod libc6 ndctl udev util-linux xfsprogs").split()
SELF = Path(__file__)


@dataclass(frozen=True)
class Host:
    """Where the guest's programs come from: this machine, or an unpacked root of another architecture."""

    root: str = ""  # lib/cross-root
    cross: str = ""  # prefix of the compiler and binutils

    def tool(self, name: str) -> Path:
        if not self.root:
            found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
        else:
            found = next((path for place in ("bin", "sbin")
                          if os.path.exists(path := f"{self.root}/usr/{place}/{name}")), None)
        if not found:
            raise WorkFailed(f"no program {name} {'in ' + self.root if self.root else 'on this machine'}")
        return Path(found)

    def libraries(self, program: Path) -> list[str]:
        """None for a static one. Paths as the guest has them."""
        if self.root:
            return self.cross_libraries(program)
        text = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
        return re.findall(r"=> (/\S+)", text) + re.findall(r"^\s*(/\S+)", text, re.M)

    def cross_libraries(self, program: Path) -> list[str]:
        queue, found = [program], {}
        while queue:
            text = command("readelf", "-dl", queue.pop(0))
            for name in re.findall(r"\(NEEDED\).*\[(.*)\]", text) + re.findall(r"interpreter: .*/([^/]*)\]", text):
                if name in found:
                    continue
                # The interpreter is found by this name, whatever it is a link to.
                paths = [path for place in ("lib", "lib/aarch64-linux-gnu")
                         if (path := Path(self.root) / "usr" / place / name).exists()]
                if not paths:
                    raise WorkFailed(f"no library {name} in {self.root}")
                found[name] = str(paths[0]).removeprefix(f"{self.root}/usr")
                queue.append(paths[0])
        return list(found.values())

    def put_tools(self, root: Path, names: Iterable[str]) -> None:
        """Programs with the libraries that they need."""
        for name in names:
            path = self.tool(name)
            copy(path.resolve(), root / "usr/bin" / name)
            self.put_libraries(root, path)

    def put_libraries(self, root: Path, program: Path) -> None:
        for library in self.libraries(program):
            # without the link /lib, which another part has
            place = root / (f"usr{library}" if library.startswith("/lib") else library.lstrip("/"))
            if not place.exists():
                copy(Path(f"{self.root}/usr{library}" if self.root else library), place)


def host_for(kernel: Kernel) -> Host:
    if kernel.arch != "arm64":
        return Host()
    return Host(command(TESTS / "lib/cross-root", "arm64").strip(), "aarch64-linux-gnu-")


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
    target.chmod(target.stat().st_mode | 0o755)


def pack(root: Path, out: Path) -> None:
    """A cpio archive of a directory, which is removed."""
    names = "\n".join(sorted(str(path.relative_to(root)) for path in root.rglob("*")))
    with out.open("wb") as archive:
        ended = subprocess.run(["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0"], cwd=root, input=f"./{names}".replace(
            "\n", "\n./").encode() + b"\n", stdout=archive, check=False)
    if ended.returncode:
        raise WorkFailed(f"cpio: status {ended.returncode}")
    shutil.rmtree(root)


def merged_root(root: Path) -> None:
    for name in ("usr/bin", "usr/lib", "usr/lib64", "dev", "proc", "sys", "run", "tmp", "mnt", "etc", "vm"):
        (root / name).mkdir(parents=True)
    for link, target in {"bin": "usr/bin", "sbin": "usr/bin", "usr/sbin": "bin", "lib": "usr/lib",
                         "lib64": "usr/lib64"}.items():
        (root / link).symlink_to(target)


def put_applets(root: Path) -> None:
    """Links to busybox, for what has no program of its own."""
    for applet in command("busybox", "--list").split():
        if not os.path.lexists(root / "usr/bin" / applet):
            (root / "usr/bin" / applet).symlink_to("busybox")


def make_base(out: Path, host: Host) -> None:
    root = out.with_suffix(".root")
    merged_root(root)
    host.put_tools(root, ["busybox", *TOOLS])
    for applet in ("modprobe", "rmmod", "lsmod", "modinfo", "insmod", "depmod"):
        (root / "usr/bin" / applet).symlink_to("kmod")
    put_applets(root)
    shutil.copy("/etc/mke2fs.conf", root / "etc")
    (root / "etc/mtab").symlink_to("/proc/mounts")
    (root / "etc/passwd").write_text("root:x:0:0:root:/:/bin/bash\n")
    pack(root, out)


def make_fio(out: Path, host: Host) -> None:
    root = out.with_suffix(".root")
    merged_root(root)
    host.put_tools(root, ["fio"])
    pack(root, out)


def make_helpers(out: Path, host: Host) -> None:
    """The programs of vm/guest, and ndstack. A line "/* cc: WORDS */" has flags, and pure files of the drivers."""
    root = out.with_suffix(".root")
    (root / "usr/bin").mkdir(parents=True)
    # this machine's own compiler has warned already
    compiler, warnings = (["gcc"], ["-Wall", "-Wextra", "-Werror"]) if not host.cross else \
        ([f"{host.cross}gcc-12", f"--sysroot={host.root}"], ["-w"])
    for source in sorted(HELPERS.glob("*.c")):
        words = re.findall(r"^/\* cc: (.*) \*/$", source.read_text(), re.M)
        command(*compiler, "-Iinclude", "-O2", "-static", *warnings, *shlex.split(" ".join(words)),
                "-o", root / "usr/bin" / source.stem, source, cwd=TOP)
    tools = out.with_suffix(".tools")
    command("make", "-s", "-C", TOP / "tools/ndstack", f"OUT={tools}", f"CC={' '.join(compiler)}")
    host.put_libraries(root, tools / "ndstack")
    shutil.move(tools / "ndstack", root / "usr/bin")
    shutil.rmtree(tools)
    pack(root, out)


def module_files(kernel: Kernel, module: str) -> list[Path]:
    """A module of the kernel's own and those that it needs; none if it is built in. modprobe --show-depends would
    leave out what this machine has loaded.
    """
    return kernel.dependencies.get(module.replace("-", "_"), [])


def module_name(file: Path) -> str:
    return file.name.partition(".ko")[0].replace("-", "_")


def our_modules(place: Path) -> list[Path]:
    """With the test provider and nd_bad, if they are built; beside test builds only the latter."""
    beside = list(place.glob("provider/*.ko")) or list((place.parent / "provider").glob("nd_bad.ko")) \
        if place.name == "test" else list(place.glob("provider/*.ko"))
    return sorted(place.glob("*.ko")) + sorted(beside)


def put_module(file: Path, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    if file.suffix == ".xz":
        (place / file.stem).write_text("")
        with (place / file.stem).open("wb") as out:
            subprocess.run(["xz", "-dc", file], stdout=out, check=True)
    else:
        shutil.copy(file, place)


def strip(host: Host, source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    command(f"{host.cross}strip", "--strip-debug", "-o", target, source)


def make_modules(out: Path, kernel: Kernel, host: Host, ours: Path | None, names: list[str]) -> None:
    """The kernel's modules of these names; ours go to updates/ in place of those that they replace."""
    root = out.with_suffix(".root")
    tree = root / "usr/lib/modules" / kernel.release
    (tree / "updates").mkdir(parents=True)
    replaced = set()
    for file in our_modules(ours) if ours else []:
        replaced.add(module_name(file))
        strip(host, file, tree / "updates" / file.name)
    for file in {file for name in names for file in module_files(kernel, name)}:
        if module_name(file) not in replaced:
            put_module(file, tree / "kernel")
    for name in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
        if (kernel.modules / name).exists():  # kernels before 5.2 have none of the second
            shutil.copy(kernel.modules / name, tree)
    if kernel.initcalls:
        # what says which drivers are built in, and what starts them
        copy(next(kernel.place.glob("boot/System.map-*")), root / "boot" / f"System.map-{kernel.release}")
        copy(kernel.place / "build/.config", root / "boot" / f"config-{kernel.release}")
        (root / "vm").mkdir()
        (root / "vm/kept").write_text(",".join(kernel.initcalls))
    (root / "lib").symlink_to("usr/lib")
    config = out.with_suffix(".conf")
    config.write_text("search updates built-in\n")
    command("/sbin/depmod", "-C", config, "-b", root, kernel.release)
    (root / "lib").unlink()
    config.unlink()
    pack(root, out)


def put_both(place: Path, kernel: Kernel) -> None:
    """Ours in addition to the kernel's own."""
    place.mkdir(parents=True, exist_ok=True)
    for name in OUR_NAMES:
        file = BUILD / kernel.release / f"{name}.ko"
        if file.exists():
            strip(host_for(kernel), file, place / file.name)


def modules_of(kernel: Kernel, modules: str) -> Path | None:
    """The directory of a set: ours, mock (test builds of ours), intree (none, or the provider for it)."""
    built = BUILD / kernel.release
    if modules == "intree":
        place = built / "provider-intree"
        return place if any(place.glob("*.ko")) else None
    place = built / "test" if modules == "mock" else built
    if not any(place.glob("*.ko")):
        raise WorkFailed(f"no modules in {place}: make {'nfit_test' if modules == 'mock' else 'modules'} "
                         f"KDIR=\"$(tools/testing/nvdimm/lib/headers {'.'.join(kernel.release.split('.')[:2])})\"")
    return place


def base_part(host: Host) -> Path:
    versions = command("sh", "-c", f"dpkg-query -W -f '${{Package}} ${{Version}}\\n' {' '.join(PACKAGES)} 2>/dev/null || true")
    return cached(f"initramfs/base-{fingerprint(versions, SELF, host.root)}", lambda out: make_base(out, host))


def helpers_part(host: Host) -> Path:
    sources = [*HELPERS.glob("*.[ch]"), *(TESTS / "provider").glob("*.h"), *(TOP / "include/nd").glob("*.h"),
               *(path for path in (TOP / "tools/ndstack").iterdir() if path.is_file()), TOP / "drivers/modules",
               *(file for place in ("btt", "label", "layout") for file in (TOP / "drivers/nvdimm" / place).glob("*.[ch]")),
               *(file for place in ("lib", "poison") for file in (TESTS / place).glob("*.[ch]")),
               *(TESTS / "unit/shim").glob("*/*.h"), SELF]
    return cached(f"initramfs/helpers-{fingerprint(*sorted(sources), host.root)}", lambda out: make_helpers(out, host))


def modules_part(kernel: Kernel, host: Host, ours: Path | None, names: list[str]) -> Path:
    key = fingerprint(str(kernel.place), " ".join(names), SELF, *(our_modules(ours) if ours else []))
    return cached(f"initramfs/modules-{key}", lambda out: make_modules(out, kernel, host, ours, names))


def parts(kernel: Kernel, modules: str, fio: bool, more: list[str] | None = None) -> list[Path]:
    host = host_for(kernel)
    found = [base_part(host), helpers_part(host),
             modules_part(kernel, host, modules_of(kernel, modules), MODULES + (more or []))]
    if fio:
        found.append(cached(found[0].name.replace("base", "initramfs/fio"), lambda out: make_fio(out, host)))
    return found


def initramfs(out: Path, kernel: Kernel, modules: str, fio: bool, extra: Path, more: list[str] | None = None) -> None:
    """All parts, and the test's own files, whose directory is removed."""
    last = out.with_suffix(".extra")
    pack(extra, last)
    with out.open("wb") as whole:
        for part in [*parts(kernel, modules, fio, more), last]:
            with part.open("rb") as source:
                shutil.copyfileobj(source, whole, 1 << 20)
    last.unlink()
