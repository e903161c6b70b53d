# SPDX-License-Identifier: GPL-2.0
#
# make modules            build/<kernel release>/*.ko
# make help               everything else
#
# Kernel builds run in build/<release>/src, a tree of links to this one:
# nothing is written outside build/, and two kernels can be built at once.

VERSION := 0.1.0

MODULES := libnvdimm nd_pmem nfit

KDIR ?= $(shell tools/kbuild/newest-kdir)

V ?= 0
W ?=
C ?=
CF ?=
INSTALL_MOD_PATH ?= $(DESTDIR)
INSTALL_MOD_DIR ?= updates/ndstack
DEPMOD ?= depmod

.DEFAULT_GOAL := modules
.PHONY: modules install uninstall compat probes clean help FORCE

# Goals that need no kernel.
ifeq ($(filter-out clean help,$(or $(MAKECMDGOALS),modules)),)
NO_KERNEL := 1
endif

ifndef NO_KERNEL
ifeq ($(wildcard $(KDIR)/include/generated/utsrelease.h),)
$(error No kernel headers $(if $(KDIR),in $(KDIR),found): install your kernel's (Debian: linux-headers-amd64) or name a build directory with KDIR=)
endif
ifneq ($(shell grep -s '^CONFIG_LIBNVDIMM=y' $(KDIR)/include/config/auto.conf),)
$(error The kernel of $(KDIR) has CONFIG_LIBNVDIMM=y, built in: there is no module to replace, so ndstack cannot serve it)
endif
ifneq ($(words $(CURDIR)),1)
$(error The kernel's build system cannot work below a directory whose name has a space: $(CURDIR))
endif

override KDIR := $(realpath $(KDIR))
RELEASE := $(shell sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
OUT := $(CURDIR)/build/$(RELEASE)

# One job a processor, unless the caller has said how many.
JOBS = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))

# $(call kbuild,TREE,GOALS): run the kernel's build system in the shadow TREE.
kbuild = +@$(MAKE) $(JOBS) --no-print-directory -C $(KDIR) M=$(1) NDSTACK_TOP=$(1) \
	NDSTACK_VERSION=$(VERSION) V=$(V) W=$(W) C=$(C) CF=$(CF) $(2)
endif

PROBES := $(wildcard include/compat/probes/*.c)

##   modules      build the modules for KDIR (default: newest installed headers)
modules: $(OUT)/probes/compat_config.h
	@tools/kbuild/shadow $(OUT)/src Kbuild drivers include
	$(call kbuild,$(OUT)/src,modules)
	@find $(OUT)/src -name '*.ko' -exec ln -f -t $(OUT) {} +
	@tools/kbuild/check-imports $(KDIR) $(OUT)/src $(MODULES:%=$(OUT)/%.ko)

##   FILE.o FILE.i  one object: make drivers/nvdimm/bus.o
drivers/%.o drivers/%.i drivers/%.s: $(OUT)/probes/compat_config.h FORCE
	@tools/kbuild/shadow $(OUT)/src Kbuild drivers include
	$(call kbuild,$(OUT)/src,$@)

##   probes       only find out what the kernel has: build/RELEASE/probes/compat_config.h
probes: $(OUT)/probes/compat_config.h

$(OUT)/probes/compat_config.h: $(OUT)/probes/done ;

$(OUT)/probes/done: $(PROBES) tools/kbuild/probe $(KDIR)/include/generated/autoconf.h
	@echo "  PROBE   $(words $(PROBES)) kernel interfaces of $(RELEASE)"
	@mkdir -p $(@D)
	+@tools/kbuild/probe $(KDIR) $(@D) '$(JOBS)' '$(MAKE)'
	@touch $@

##   compat       build the test module of include/compat/
compat: $(OUT)/probes/compat_config.h
	@tools/kbuild/shadow $(OUT)/compat/src include
	@cd tools/testing/nvdimm/compat && $(CURDIR)/tools/kbuild/shadow $(OUT)/compat/src .
	@mkdir -p $(OUT)/compat/probes && ln -sf $(OUT)/probes/compat_config.h $(OUT)/compat/probes/
	$(call kbuild,$(OUT)/compat/src,modules)

##   install      to /lib/modules/RELEASE/$(INSTALL_MOD_DIR) below DESTDIR
install:
	@for m in $(MODULES); do test -e $(OUT)/$$m.ko || \
		{ echo "ndstack: run make modules first, $(OUT)/$$m.ko is missing" >&2; exit 1; }; done
	install -d $(INSTALL_MOD_PATH)/lib/modules/$(RELEASE)/$(INSTALL_MOD_DIR)
	install -m 644 $(MODULES:%=$(OUT)/%.ko) $(INSTALL_MOD_PATH)/lib/modules/$(RELEASE)/$(INSTALL_MOD_DIR)
	install -d $(INSTALL_MOD_PATH)/etc/depmod.d
	for m in $(MODULES); do echo "override $$m * $(INSTALL_MOD_DIR)"; done \
		>$(INSTALL_MOD_PATH)/etc/depmod.d/ndstack.conf
	$(DEPMOD) $(if $(INSTALL_MOD_PATH),-b $(INSTALL_MOD_PATH) -C $(INSTALL_MOD_PATH)/etc/depmod.d) $(RELEASE)

##   uninstall    undo install for this kernel
uninstall:
	$(RM) -r $(INSTALL_MOD_PATH)/lib/modules/$(RELEASE)/$(INSTALL_MOD_DIR)
	$(RM) $(INSTALL_MOD_PATH)/etc/depmod.d/ndstack.conf
	$(DEPMOD) $(if $(INSTALL_MOD_PATH),-b $(INSTALL_MOD_PATH)) $(RELEASE)

##   clean        remove build/
clean:
	$(RM) -r build

help:
	@echo "make [TARGET] [KDIR=kernel build directory] [W=1] [C=2 CF=-D__CHECK_ENDIAN__] [V=1]"
	@sed -n 's/^## //p' $(firstword $(MAKEFILE_LIST))
