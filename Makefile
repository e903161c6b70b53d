# SPDX-License-Identifier: GPL-2.0
#
# make                    build/<kernel release>/*.ko, and the tool
# make help               everything else
#
# Kernel builds run in build/<release>/src, a tree of links to this one:
# nothing is written outside build/, and two kernels can be built at once.

VERSION := 0.1.0

MODULES := $(shell awk '/^[a-z]/ && $$2 !~ /^dax/ { print $$1 }' drivers/modules)
# Built where the layout of the kernel's dax devices is known: see tools/kbuild/dax-layout.
DAX_MODULES := $(shell awk '/^[a-z]/ && $$2 ~ /^dax/ { print $$1 }' drivers/modules)

KDIR ?= $(shell tools/kbuild/newest-kdir)

# Where everything that is built goes; tests build aside with BUILD=build/...
BUILD ?= build

# The kernel's image, if its BTF has to come from there and is found nowhere else.
IMAGE ?=

# yes: a build without drivers/dax is a failure; no: it is left out. Of who has asked before (dkms).
DAX ?=

V ?= 0
W ?=
C ?=
CF ?=
INSTALL_MOD_PATH ?= $(DESTDIR)
INSTALL_MOD_DIR ?= updates/ndstack
DEPMOD ?= depmod

# Of what is installed beside the modules. Packages say PREFIX=/usr.
PREFIX ?= /usr/local
SBIN ?= $(PREFIX)/sbin
MAN ?= $(PREFIX)/share/man
SHARE ?= $(PREFIX)/share

.DEFAULT_GOAL := all
.PHONY: all modules install uninstall nfit_test compat provider provider-intree probes mm-patches clean help FORCE
.PHONY: dkms ready tool install-tool uninstall-tool install-boot uninstall-boot deb rpm install-modules uninstall-modules built built-modules built-tool

# Goals that need no kernel.
NO_KERNEL_GOALS := clean help mm-patches tool install-tool uninstall-tool install-boot uninstall-boot deb rpm
ifeq ($(filter-out $(NO_KERNEL_GOALS),$(or $(MAKECMDGOALS),all)),)
NO_KERNEL := 1
endif

##   all          modules and tool (the default)
all: modules tool

ifndef NO_KERNEL
ifeq ($(wildcard $(KDIR)/include/generated/utsrelease.h),)
$(error No kernel headers $(if $(KDIR),in $(KDIR),found): install your kernel's (Debian: linux-headers-amd64) or name a build directory with KDIR=)
endif
ifneq ($(words $(CURDIR)),1)
$(error The kernel's build system cannot work below a directory whose name has a space: $(CURDIR))
endif

override KDIR := $(realpath $(KDIR))
RELEASE := $(shell sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
OUT := $(CURDIR)/$(BUILD)/$(RELEASE)
PROBES := $(wildcard include/compat/probes/*.c)

# Built in that kernel: ours have other names beside them.
BUILT_IN := $(shell tools/kbuild/built-in $(KDIR))

# One job a processor, unless the caller has said how many.
JOBS = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))

# Versions of symbols that modules of the kernel compare: tools/kbuild/importers.
GENKSYMS = $(if $(shell test -s $(OUT)/probes/importers && echo yes),genksyms='$(CURDIR)/tools/kbuild/genksyms \
	$(OUT)/probes/importers $(KDIR)/scripts/genksyms/genksyms')

# $(call kbuild,TREE,GOALS): run the kernel's build system in the shadow TREE.
kbuild = +@$(MAKE) $(JOBS) --no-print-directory -C $(KDIR) M=$(1) NDSTACK_TOP=$(1) $(GENKSYMS) \
	NDSTACK_VERSION=$(VERSION) V=$(V) W=$(W) $(if $(C),C=$(C) KBUILD_CHECKSRC=$(C) CF='$(CF)') $(2)

# $(call shadow,TREE,PATHS): links to our drivers, under the names that they have beside that kernel's.
shadow = @tools/kbuild/shadow $(1) $(2)$(if $(BUILT_IN), && tools/kbuild/built-in --rename $(1) $(BUILT_IN))

ifndef NDSTACK_LOCKED

# Builds for one kernel take turns: a second make in this tree waits for the first.
locked = +@mkdir -p $(OUT) && \
	exec flock $(OUT)/.lock $(MAKE) --no-print-directory NDSTACK_LOCKED=1 $@

##   modules      build the modules for KDIR (default: newest installed headers)
modules:
	$(locked)

##   FILE.o FILE.i  one object: make drivers/nvdimm/core/bus.o
drivers/%.o drivers/%.i drivers/%.s: FORCE
	$(locked)

##   probes       only find out what the kernel has, and print it
probes:
	$(locked)
	@tools/kbuild/say-probes $(OUT)/probes

##   ready        say what is missing for a build, if anything is, in one sentence
ready:
	+@tools/kbuild/compiler $(KDIR) '$(MAKE)'
	@tools/kbuild/built-in --kept $(KDIR) $(RELEASE)

##   nfit_test    test builds of the modules, and the mock bus: build/RELEASE/test/*.ko
nfit_test:
	$(locked)

##   compat       build the test module of include/compat/
compat:
	$(locked)

##   provider     build/RELEASE/provider/*.ko: ranges of real memory for tests, and bad memory (kprobes)
provider: $(if $(wildcard $(OUT)/src/Module.symvers),,modules)
	$(locked)

##   provider-intree  the same for the kernel's own libnvdimm: build/RELEASE/provider-intree/*.ko
provider-intree:
	$(locked)

else

modules: probes
	$(call shadow,$(OUT)/src,Kbuild drivers include)
	$(call kbuild,$(OUT)/src,modules)
	@find $(OUT)/src -name '*.ko' -exec tools/kbuild/check-imports $(KDIR) $(OUT)/src {} +
	@find $(OUT)/src -name '*.ko' -exec cp -fpu -t $(OUT) {} +

drivers/%.o drivers/%.i drivers/%.s: probes FORCE
	$(call shadow,$(OUT)/src,Kbuild drivers include)
	$(call kbuild,$(OUT)/src,$@)

probes: $(OUT)/probes/done $(OUT)/probes/built_in.h $(OUT)/probes/dax_layout.h $(OUT)/probes/importers

$(OUT)/probes/done: $(PROBES) include/compat/probes tools/kbuild/probe $(KDIR)/include/generated/autoconf.h
	+@tools/kbuild/compiler $(KDIR) '$(MAKE)'
	@echo "  PROBE   $(words $(PROBES)) kernel interfaces of $(RELEASE)"
	@mkdir -p $(@D)
	+@tools/kbuild/probe $(KDIR) $(@D) '$(JOBS)' '$(MAKE)'
	@touch $@

# Renews what has changed: what our files export, and all is built again.
$(OUT)/probes/built_in.h: FORCE | $(OUT)/probes/done
	@tools/kbuild/built-in $(KDIR) $(@D)

BTF_TOOLS := tools/kbuild/btf.sh tools/kbuild/btf.c tools/kbuild/btf.h

# An order of work only: what the probes need is no reason to look at BTF again.
$(OUT)/probes/dax_layout.h: include/compat/dax_layout.spec tools/kbuild/dax-layout tools/kbuild/btf-layout.c $(BTF_TOOLS) \
		$(KDIR)/include/generated/autoconf.h $(IMAGE) | $(OUT)/probes/done
	@echo "  LAYOUT  dax devices of $(RELEASE)"
	@DAX='$(DAX)' tools/kbuild/dax-layout $(KDIR) $(@D) '$(MAKE)' '$(IMAGE)'

$(OUT)/probes/importers: include/compat/importers.spec tools/kbuild/importers tools/kbuild/btf-agree.c $(BTF_TOOLS) \
		$(KDIR)/include/generated/autoconf.h $(IMAGE) | $(OUT)/probes/done
	@tools/kbuild/importers $(KDIR) $(@D) '$(MAKE)' '$(IMAGE)'

nfit_test: probes
	$(call shadow,$(OUT)/test/src,drivers include tools/testing/nvdimm/nfit_test)
	@ln -sfn $(CURDIR)/tools/testing/nvdimm/Kbuild $(OUT)/test/src/Kbuild
	@ln -sfn ../probes $(OUT)/test/probes
	$(call kbuild,$(OUT)/test/src,modules)
	@find $(OUT)/test/src -name '*.ko' -exec tools/kbuild/check-imports $(KDIR) $(OUT)/test/src {} +
	@find $(OUT)/test/src -name '*.ko' -exec cp -fpu -t $(OUT)/test {} +

compat: probes
	@tools/kbuild/shadow $(OUT)/compat/src include
	@cd tools/testing/nvdimm/compat && $(CURDIR)/tools/kbuild/shadow $(OUT)/compat/src .
	@ln -sfn ../probes $(OUT)/compat/probes
	$(call kbuild,$(OUT)/compat/src,modules)

# Against the interface of our libnvdimm, or that of the kernel's, as any provider.
provider provider-intree: probes
	@tools/kbuild/shadow $(OUT)/$@/src include
	@cd tools/testing/nvdimm/provider && $(CURDIR)/tools/kbuild/shadow $(OUT)/$@/src .
	@ln -sfn ../probes $(OUT)/$@/probes
	@# kbuild does not look whether the versions of symbols it was told of have changed
	@[ $@ != provider ] || [ ! $(OUT)/src/Module.symvers -nt $(OUT)/$@/src/Module.symvers ] || \
		rm -f $(OUT)/$@/src/*.mod.c $(OUT)/$@/src/Module.symvers
	$(call kbuild,$(OUT)/$@/src,$(if $(filter provider,$@),KBUILD_EXTRA_SYMBOLS=$(OUT)/src/Module.symvers) modules)
	@find $(OUT)/$@/src -name '*.ko' -exec cp -fpu -t $(OUT)/$@ {} +

endif
endif

# Where the dax bus is ours, two or three of them: drivers/dax/Kbuild.
DAX_BUILT = $(if $(shell grep -s dax_own_bus.h $(OUT)/probes/dax_layout.h),device_dax dax_pmem \
	$(shell grep -qs DAX_KMEM $(OUT)/probes/dax_layout.h && echo kmem),$(DAX_MODULES))
named = $(foreach m,$(1),$(if $(filter $(m),$(BUILT_IN)),ndstack_)$(m))
BUILT = $(call named,$(MODULES) $(if $(wildcard $(OUT)/probes/dax_layout.h),$(DAX_BUILT)))
INSTALLED = $(INSTALL_MOD_PATH)/lib/modules/$(RELEASE)/$(INSTALL_MOD_DIR)

# A directory of the kernel's own modules, or none, is not ours to write to or to remove from.
ifneq ($(filter install uninstall install-modules uninstall-modules,$(MAKECMDGOALS)),)
ifneq ($(words $(INSTALL_MOD_DIR))$(filter /% . .. kernel kernel/% ./% ../%,$(INSTALL_MOD_DIR))$(findstring /..,$(INSTALL_MOD_DIR)),1)
$(error INSTALL_MOD_DIR is a directory of modules that are not the kernel's own, such as updates/ndstack, and not "$(INSTALL_MOD_DIR)")
endif
endif

# A staging directory without that kernel's own modules has no index to renew.
index = test ! -e $(INSTALL_MOD_PATH)/lib/modules/$(RELEASE)/modules.builtin || \
	$(DEPMOD) $(if $(INSTALL_MOD_PATH),-b $(INSTALL_MOD_PATH) -C $(INSTALL_MOD_PATH)/etc/depmod.d) $(RELEASE)

# An initramfs with modules of one set and a disk with those of the other are no system.
remake_initramfs = @test -n '$(ROOT)' || packaging/kernel/initramfs $(RELEASE)

##   install      to /lib/modules/RELEASE/updates/ndstack, ahead of in-tree modules; DESTDIR=;
##                and what is installed once: see install-tool and install-boot
install: built
	+@$(MAKE) --no-print-directory install-modules install-tool install-boot
	$(remake_initramfs)

# all that is to be installed, or nothing is
built: | built-modules built-tool
built-modules:
	@test -n '$(ROOT)' || tools/kbuild/built-in --kept $(KDIR) $(RELEASE)
	@for m in $(BUILT); do test -e $(OUT)/$$m.ko || \
		{ echo "ndstack: $(OUT)/$$m.ko is missing: run make first" >&2; exit 1; }; done
built-tool:
	@test -e $(BUILD)/tools/ndstack || \
		{ echo "ndstack: $(BUILD)/tools/ndstack is missing: run make first" >&2; exit 1; }

install-modules: built-modules
	install -d $(INSTALLED) $(INSTALL_MOD_PATH)/etc/depmod.d
	install -m 644 $(BUILT:%=$(OUT)/%.ko) $(INSTALLED)
	printf 'override %s * $(INSTALL_MOD_DIR)\n' $(BUILT) >$(INSTALL_MOD_PATH)/etc/depmod.d/ndstack.conf
	$(index)

##   uninstall    undo install for this kernel, and with the last kernel all of it
uninstall: uninstall-modules
	+@ls -d $(INSTALL_MOD_PATH)/lib/modules/*/$(INSTALL_MOD_DIR)/*libnvdimm.ko >/dev/null 2>&1 || \
		$(MAKE) --no-print-directory uninstall-tool uninstall-boot
	$(remake_initramfs)
uninstall-modules:
	rm -f $(foreach m,$(MODULES) $(DAX_MODULES),$(INSTALLED)/$(m).ko $(INSTALLED)/ndstack_$(m).ko)
	@test ! -d $(INSTALLED) || rmdir --ignore-fail-on-non-empty $(INSTALLED)
	@ls -d $(INSTALL_MOD_PATH)/lib/modules/*/$(INSTALL_MOD_DIR)/*libnvdimm.ko >/dev/null 2>&1 || \
		rm -f $(INSTALL_MOD_PATH)/etc/depmod.d/ndstack.conf
	$(index)

##   mm-patches   give the kernel tree KSRC= what it lacks of sub-section hotplug: mm-patches/README.md
mm-patches:
	@$(if $(KSRC),,echo "make mm-patches KSRC=a kernel's source tree" >&2; exit 2;) \
		mm-patches/apply $(if $(SERIES_ONLY),--series-only) '$(KSRC)'

# $(call place,PACKAGE'S,ADMINISTRATOR'S): of what a program of the system reads. Below /usr it is a package
# that installs; what somebody else installs goes where no package has its files.
place = $(if $(filter /usr,$(PREFIX)),$(1),$(2))

# What is installed once, whatever kernels there are: a line "MODE FROM TO" a file.
TOOL_FILES = \
	755:$(BUILD)/tools/ndstack:$(SBIN)/ndstack \
	755:packaging/switch/ndstack-switch:$(SBIN)/ndstack-switch \
	644:drivers/modules:$(SHARE)/ndstack/modules \
	644:docs/ndstack.schema.json:$(SHARE)/ndstack/schema.json \
	644:docs/man/ndstack.8:$(MAN)/man8/ndstack.8 \
	644:docs/man/ndstack-check.8:$(MAN)/man8/ndstack-check.8 \
	644:docs/man/ndstack-fit.8:$(MAN)/man8/ndstack-fit.8 \
	644:docs/man/ndstack-map.8:$(MAN)/man8/ndstack-map.8 \
	644:docs/man/ndstack-switch.8:$(MAN)/man8/ndstack-switch.8 \
	644:docs/man/ndstack-watch.8:$(MAN)/man8/ndstack-watch.8 \
	644:docs/man/ndstack-why.8:$(MAN)/man8/ndstack-why.8 \
	644:docs/recipes.md:$(SHARE)/doc/ndstack/recipes.md \
	644:packaging/completion/ndstack:$(SHARE)/bash-completion/completions/ndstack \
	644:packaging/udev/61-ndstack.rules:$(call place,/usr/lib,/etc)/udev/rules.d/61-ndstack.rules \
	755:packaging/initramfs/ndstack:$(call place,/usr/share,/etc)/initramfs-tools/hooks/ndstack \
	644:packaging/dracut/50-ndstack.conf:$(call place,/usr/lib/dracut,/etc)/dracut.conf.d/50-ndstack.conf
BOOT_FILES = \
	644:packaging/modprobe/ndstack.conf:$(call place,/usr/lib,/etc)/modprobe.d/ndstack.conf

# $(call put,MODE:FROM:TO...), $(call drop,MODE:FROM:TO...): directories that were made for it go, too
ROOT = $(or $(DESTDIR),$(INSTALL_MOD_PATH))
part = $(word $(1),$(subst :, ,$(2)))
put = $(foreach f,$(1),install -D -m $(call part,1,$(f)) $(call part,2,$(f)) $(ROOT)$(call part,3,$(f)) &&) :
drop = rm -f $(foreach f,$(1),$(ROOT)$(call part,3,$(f)))

##   tool         build/tools/ndstack
tool:
	+@$(MAKE) --no-print-directory -C tools/ndstack BUILD=$(BUILD)

##   install-tool   ndstack, ndstack-switch, their manual pages, recipes, completion, udev rules; PREFIX=
install-tool: built-tool
	$(call put,$(TOOL_FILES))

uninstall-tool:
	$(call drop,$(TOOL_FILES))
	@rmdir --ignore-fail-on-non-empty $(ROOT)$(SHARE)/ndstack $(ROOT)$(SHARE)/doc/ndstack 2>/dev/null || :

##   install-boot   what modprobe, initramfs-tools and dracut are told of our modules
install-boot:
	$(call put,$(BOOT_FILES))

uninstall-boot:
	$(call drop,$(BOOT_FILES))

##   dkms         give this tree to dkms, built and installed for KDIR's kernel
dkms: ready
	@packaging/dkms/install $(RELEASE) $(KDIR)

##   deb rpm      packages, into build/packages
deb rpm:
	@packaging/build $@ $(BUILD)/packages

##   clean        remove build/
clean:
	rm -rf $(BUILD)

help:
	@echo "make [TARGET] [KDIR=kernel build directory] [IMAGE=its vmlinuz] [W=1] [C=2 CF=-D__CHECK_ENDIAN__] [V=1]"
	@sed -n 's/^## //p' $(firstword $(MAKEFILE_LIST))
