# SPDX-License-Identifier: GPL-2.0
#
# make -f native.mk KIND=unit|fuzz|crash|mm
#
# Builds every KIND/*_*.c whose name starts with the kind's prefix into
# build/KIND/. A program is its own file, the main() of its kind and the sources
# that these name, from the top of the tree or in lib/ or unit/, in comment lines:
#
#	/* objects: drivers/nvdimm/label/codec.c lib/label_media.c */
#
# and libraries in the program's own file:
#
#	/* libraries: json-c */

TOP := $(realpath $(dir $(lastword $(MAKEFILE_LIST)))/../../../..)
HERE := tools/testing/nvdimm
OUT := $(TOP)/build/$(KIND)

WARN := -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare \
	-Wno-missing-field-initializers -Wmissing-prototypes -Wstrict-prototypes
SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
COMMON := -std=gnu11 -g -MMD -MP -fno-omit-frame-pointer -fno-strict-aliasing $(WARN) \
	-I$(TOP)/$(HERE)/unit/shim -I$(TOP)/$(HERE)/unit -I$(TOP)/$(HERE)/lib \
	-I$(TOP)/include -I$(TOP)/drivers/nvdimm -I$(TOP)/drivers/dax -I$(TOP)/tools/ndstack

ifeq ($(KIND),unit)
PREFIX := test
MAIN := unit/nd_test.c
CFLAGS := $(COMMON) $(SAN) -O1
LDLIBS := -lcmocka
else ifeq ($(KIND),fuzz)
PREFIX := fuzz
MAIN := fuzz/nd_fuzz.c
CC := clang
CFLAGS := $(COMMON) $(SAN) -O2 -fsanitize=fuzzer-no-link
LDFLAGS := -fsanitize=fuzzer
else ifeq ($(KIND),crash)
PREFIX := crash
MAIN := unit/nd_test.c
CFLAGS := $(COMMON) $(SAN) -O2
LDLIBS := -lcmocka
else ifeq ($(KIND),mm)
PREFIX := test
MAIN := unit/nd_test.c
CFLAGS := -I$(TOP)/$(HERE)/mm/shim -I$(TOP)/mm-patches/new/include $(COMMON) $(SAN) -O2
LDLIBS := -lcmocka
else
$(error KIND=unit, fuzz, crash or mm)
endif

ONLY ?= $(notdir $(basename $(wildcard $(TOP)/$(HERE)/$(KIND)/$(PREFIX)_*.c)))

.PHONY: all list
all: $(ONLY:%=$(OUT)/%)
list: ; @echo $(sort $(ONLY))

# $(call sources,FILE): it and what it names; $(call objects,PROGRAM): they, below $(OUT)/obj
named = $(patsubst lib/%,$(HERE)/lib/%,$(patsubst unit/%,$(HERE)/unit/%, \
	$(shell sed -n 's,^[ /]*\* objects:\([^*]*\).*,\1,p' $(TOP)/$(1))))
sources = $(1) $(foreach s,$(call named,$(1)),$(if $(filter $(HERE)/%,$(s)),$(call sources,$(s)),$(s)))
objects = $(patsubst %.c,$(OUT)/obj/%.o,$(sort $(HERE)/$(MAIN) \
	$(call sources,$(HERE)/$(KIND)/$(1).c)))

libraries = $(patsubst %,-l%, \
	$(shell sed -n 's,^/\* libraries:\([^*]*\).*,\1,p' $(TOP)/$(HERE)/$(KIND)/$(1).c))

define program
$(OUT)/$(1): $(call objects,$(1))
	@echo "  LD      $(KIND)/$(1)"
	@$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS) $(call libraries,$(1))
OBJECTS += $(call objects,$(1))
endef
$(foreach p,$(ONLY),$(eval $(call program,$(p))))

$(OUT)/obj/%.o: $(TOP)/%.c $(lastword $(MAKEFILE_LIST))
	@echo "  CC      $*.c"
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -c -o $@ $<

-include $(patsubst %.o,%.d,$(sort $(OBJECTS)))
