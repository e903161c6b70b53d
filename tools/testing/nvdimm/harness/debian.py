# SPDX-License-Identifier: GPL-2.0
"""End-to-end tests: a whole Debian, in which the packages are installed as by a user, and its persistent memory at
each boot.

A test is a file of install/scenario/. bootN() runs in the machine once systemd is up; beforeN() runs here before that
boot, as root, with the machine's disk mounted on $ROOT, and "inside CMD" runs CMD there (install/host/before).
Modules are built and kernels installed there, because the emulated processor would take half an hour. Three words
more describe the machine:

    root_in NVDIMM      the root filesystem is its first partition, and there is no other disk
    secure_boot         firmware starts signed kernels only, and these load signed modules only
    suites SUITE...     releases of Debian in addition to the host's own

The system is made by debootstrap once and kept in the cache. Each test has a copy on a disk of its own. Packages for
another suite are built in that suite.
"""
from __future__ import annotations

import functools
import inspect
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness import machine
from harness.boot import KERNEL_LINE, Q35, Run, accelerator
from harness.guest import keep_logs
from harness.kernels import Kernel
from harness.machine import command
from harness.process import BUILD, TESTS, TOP, Check, WorkFailed, cached, fingerprint, once, run, tap

INSTALL = TESTS / "install"
# In addition to what debootstrap needs for any system.
PACKAGES = ("systemd-sysv udev dbus kmod initramfs-tools linux-image-amd64 linux-headers-amd64 dkms ndctl daxctl jq "
            "e2fsprogs busybox zstd lz4 bzip2 xz-utils procps psmisc gpg dmsetup fdisk libc6-dev libkmod2 "
            "libsmartcols1 libndctl6 libdaxctl1 openssl mokutil").split()
DISK_SIZE = 4 << 30
PARTITION_AT = 1 << 20
APT = "apt-get -q -y --no-install-recommends".split()

# Firmware with Secure Boot. Its owner is the test key of Debian's ovmf, whose private half and password are public:
# it signs the kernel, and what is added to the keys that firmware trusts (the variable db).
CODE = "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"
FLASH = "/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd"
OWNER = "/usr/share/ovmf/PkKek-1-snakeoil"

# A panic is one of our modules', not of systemd's watchdogs.
LINE = (KERNEL_LINE.replace("rdinit=/vm/init ", "")
        + " systemd.show_status=false systemd.log_target=kmsg systemd.log_level=warning")


@functools.cache
def own_suite() -> str:
    return re.findall(r"^VERSION_CODENAME=(.*)$", Path("/etc/os-release").read_text(), re.M)[0]


@dataclass(frozen=True)
class Suite:
    """A release of Debian."""

    name: str

    @property
    def own(self) -> bool:
        return self.name == own_suite()

    @functools.cached_property
    def apt(self) -> dict[str, str]:
        """The environment in which apt answers for this suite."""
        return {} if self.own else {"APT_CONFIG": command(TESTS / "lib/apt-suite", f"{self.name}+security").strip()}

    def sources(self) -> list[str]:
        """From where this machine has its own."""
        if not self.own:
            return Path(self.apt["APT_CONFIG"]).with_name("sources.list").read_text().splitlines()
        text = command("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)",
                       "Created-By: Packages")
        lines = [line for line in text.splitlines() if re.match(rf"\S+ {self.name}(-updates|-security)? ", line)]
        return [f"deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {line}" for line in dict.fromkeys(lines)]

    def mirror(self) -> str:
        for line in self.sources():
            if line.split()[3] == self.name:
                return line.split()[2]
        raise WorkFailed(f"the machine's apt sources name no mirror for {self.name}")

    def system(self) -> Path:
        """An archive of it. Its name changes with what it is made of."""
        policy = command("apt-cache", "policy", "linux-image-amd64", "linux-headers-amd64", "systemd", "ndctl", "dkms",
                         env=os.environ | self.apt)
        name = fingerprint(self.name, " ".join(PACKAGES), inspect.getsource(Suite.fill),
                           *re.findall("Candidate: .*", policy))
        return archived(f"system/{name}.tar.zst", self.fill)

    def fill(self, root: Path) -> None:
        # its mounts are of this command alone, so that none is left when it is ended
        command("unshare", "--mount", "debootstrap", "--variant=minbase", self.name, root, self.mirror())
        (root / "etc/apt/sources.list").write_text("".join(f"{line}\n" for line in self.sources()))
        for file in (root / "etc/apt/sources.list.d").glob("*"):
            file.unlink()
        (root / "etc/fstab").write_text("LABEL=root / ext4 defaults 0 1\n")
        (root / "etc/hostname").write_text("machine\n")
        # a disk that is thrown away; else apt waits for it after each file
        (root / "etc/dpkg/dpkg.cfg.d/unsafe-io").write_text("force-unsafe-io\n")
        inside(root, "apt-get", "-q", "update")
        inside(root, *APT, "install", *PACKAGES)
        inside(root, "apt-get", "clean")
        inside(root, "systemctl", "mask", "serial-getty@ttyS0.service")
        inside(root, "sh", "-c", "rm -rf /var/lib/apt/lists/* /usr/share/doc /usr/share/man /usr/share/locale")

    def builder(self) -> Path:
        """An archive of the system, and what the control file of our packages names."""
        system = self.system()
        name = fingerprint(system.name, inspect.getsource(Suite.fill_builder), TOP / "packaging/debian/control")
        return archived(f"system/{name}.tar.zst", functools.partial(self.fill_builder, system))

    def fill_builder(self, system: Path, root: Path) -> None:
        unpack(system, root)
        shutil.copytree(TOP / "packaging", root / "packaging")
        inside(root, "apt-get", "-q", "update")
        inside(root, *APT, "build-dep", "/packaging")
        inside(root, "sh", "-c", "apt-get clean; rm -rf /var/lib/apt/lists/* /packaging")

    def packages(self) -> Path:
        """The packages of this tree, made in the suite that they are for, once in a run."""
        out = BUILD / "install" / self.name

        def make() -> str:
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir(parents=True)
            if self.own:
                command(TOP / "packaging/build", "deb", out)
            else:
                self.build_packages(out)
            return ""

        once(f"packages-{self.name}", make)
        return out

    def build_packages(self, out: Path) -> None:
        with tempfile.TemporaryDirectory(prefix="ndstack-builder.", ignore_cleanup_errors=True) as place:
            root = Path(place) / "root"
            unpack(self.builder(), root)
            (root / "tree").mkdir()
            command("bash", "-c", 'git ls-files -z | xargs -0 cp --parents -t "$1"', "bash", root / "tree", cwd=TOP)
            inside(root, "make", "-C", "/tree", "deb")
            for package in (root / "tree/build/packages").glob("*.deb"):
                shutil.copy(package, out)


def inside(root: Path, *words: str) -> None:
    command(INSTALL / "host/inside", root, *words, stdin=subprocess.DEVNULL)


def archived(name: str, fill: Callable[[Path], None]) -> Path:
    def make(out: Path) -> None:
        root = out.with_suffix(".root")
        fill(root)
        command("bash", "-c", 'set -o pipefail; tar -C "$1" -c . | zstd -q -3 -T0 >"$2"', "bash", root, out)
    return cached(name, make)


def unpack(archive: Path, root: Path) -> None:
    root.mkdir()
    command("tar", "-C", root, "--zstd", "-xf", archive)


# A test -------------------------------------------------------------------------------------------

def make_disk(run: Run, suite: Suite) -> None:
    """A disk with a copy of the system."""
    place, root, image = run.place, run.place / "root", run.place / "root.img"
    unpack(suite.system(), root)
    install_agent(root)
    machine.make_file(image, DISK_SIZE)
    command("mke2fs", "-q", "-t", "ext4", "-L", "root", "-d", root, image)
    shutil.rmtree(root)
    root.mkdir()
    if run.machine.secure_boot:
        shutil.copy(FLASH, place / "firmware.img")
        command("openssl", "rsa", "-in", f"{OWNER}.key", "-passin", "pass:snakeoil", "-out", place / "owner.key")
    if run.machine.root_in:
        memory = disk_of(run)
        command("sfdisk", "-q", "--label", "dos", memory, input="start=2048, type=83\n")
        command("dd", f"if={image}", f"of={memory}", "bs=1M", f"seek={PARTITION_AT >> 20}", "conv=sparse,notrunc")
        image.unlink()


def disk_of(run: Run) -> Path:
    return run.place / f"{run.machine.root_in or 'root'}.img"


def install_agent(root: Path) -> None:
    """What runs a boot function once the system is up."""
    (root / "vm").mkdir()
    # an emulated processor packs it, each time a package comes or goes
    (root / "etc/initramfs-tools/conf.d/compress").write_text("COMPRESSLEVEL=1\n")
    for file in (TESTS / "vm/guest/lib.sh", INSTALL / "guest/agent", INSTALL / "guest/more.sh", TOP / "drivers/modules"):
        shutil.copy(file, root / "vm")
    command("gcc", "-O2", "-static", "-o", root / "usr/local/bin/pattern", TESTS / "vm/guest/pattern.c")
    unit = "etc/systemd/system/scenario.service"
    shutil.copy(INSTALL / "guest/scenario.service", root / unit)
    wanted = root / "etc/systemd/system/multi-user.target.wants"
    wanted.mkdir(exist_ok=True)
    (wanted / "scenario.service").symlink_to(f"/{unit}")


def before(test: Run, n: int, suite: Suite) -> list[Check]:
    """What the host does before boot n; leaves the kernel, and its initramfs."""
    boot = test.machine.boot(n)
    log = test.place / f"before{n}.tap"
    (test.place / "vmlinuz").unlink(missing_ok=True)
    ended = run(["unshare", "--mount", INSTALL / "host/before", str(n)], log, WORDS=" ".join(machine.WORDS),
                DIR=str(test.place), ROOT=str(test.place / "root"), TOP=str(TOP), DEBS=str(suite.packages()), OWNER=OWNER,
                JOURNEY=str(test.scenario), KERNEL=boot.kernel, SET=boot.modules or "ours", IMAGE=str(disk_of(test)),
                OFFSET=str(PARTITION_AT if test.machine.root_in else 0))
    checks = tap(ended.text)
    if ended.status:
        said = (test.place / "host.log").read_text(errors="replace").splitlines()
        checks.append(Check("it comes to its end", False, "\n".join(said[-5:])))
    elif test.machine.secure_boot:
        # in addition to the signature that the kernel has
        image = test.place / "vmlinuz"
        command("sbsign", "--key", test.place / "owner.key", "--cert", f"{OWNER}.pem", "--output", image, image)
    return [Check(f"before {n}: {check.name}", check.ok, check.detail) for check in checks]


def compose(run: Run, n: int, _: str) -> list[str]:
    declared, place = run.machine, run.place
    secure = ",smm=on" if declared.secure_boot else ""
    words = ["qemu-system-x86_64", "-M", f"q35,nvdimm=on,{Q35}{secure}", "-nodefaults", "-display", "none", "-no-reboot",
             "-kernel", str(place / "vmlinuz"), "-initrd", str(place / "initrd"),
             "-append", f"{LINE} root=LABEL=root ro{declared.append}{declared.boot(n).append}",
             "-device", "virtio-rng-pci", *accelerator(place / "vmlinuz")]
    if secure:  # only code in system management mode may write the flash
        words += ["-global", "driver=cfi.pflash01,property=secure,value=on",
                  "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={CODE}",
                  "-drive", f"if=pflash,unit=1,format=raw,file={place / 'firmware.img'}"]
    if not declared.root_in:
        words += ["-drive", f"file={place / 'root.img'},if=virtio,format=raw,cache=unsafe"]
    return words + declared.arguments(place, n)


def play(path: Path, suite_name: str, keep: bool, name: str) -> tuple[list[Check], str]:
    """All boots of a test on a release of Debian; "" is the host's own."""
    if os.geteuid():
        raise WorkFailed("a system is made with debootstrap, which takes root")
    suite = Suite(suite_name or own_suite())
    place = Path(tempfile.mkdtemp(prefix="ndstack-install."))
    try:
        found = Run(machine.read(path), path, place, Kernel("debian", place), "ours")
        found.machine.make_media(place)
        make_disk(found, suite)
        for n in range(1, found.machine.boots + 1):
            found.checks += before(found, n, suite)
            if not (place / "vmlinuz").exists() or not found.boot(n, compose):
                break  # the next boot builds on what this one did not do
        text = "".join(f"{line}\n" for line in found.excerpt)
        if keep or not all(check.ok for check in found.checks):
            text += f"logs: {keep_logs(place, name, keep)}\n"
        return found.checks, text
    finally:
        shutil.rmtree(place, ignore_errors=True)
