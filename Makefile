# SPDX-License-Identifier: Apache-2.0
# make                 the arm64 hypervisor and the host tool
# make unit            unit tests of the pure files on the host (gcc and clang, ASan and UBSan)
# make fuzz            the fuzzers, each for a fixed number of inputs (scripts/fuzz)
# make guests          the bare-metal test guests
# Everything lands in build/. `./test` is the whole suite; `./run` boots a system.

CROSS_arm64 ?= aarch64-linux-gnu-
# Where scripts/fetch unpacked Debian's packages of other architectures (libfdt.a, fdt headers).
SYSROOT_arm64 ?= .cache/root/arm64
B := build

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla -Wno-unused-parameter -Werror
PURE := $(wildcard src/lib/*.c src/core/*.c src/vdev/*.c src/arch/*/model/*.c)

# A recipe that fails leaves no half-made target behind.
.DELETE_ON_ERROR:
.PHONY: all arm64 tool unit guests clean
all: arm64 tool

# ---- the hypervisor, arm64 -------------------------------------------------------------------
# make GHOST=1: with the ghost check (core/ghost.h), in a folder of its own.
A64_B := $B/arm64$(if $(GHOST),-ghost)
A64_SRC := $(PURE) $(wildcard src/arch/arm/hw/*.c src/arch/arm/a64/*.c src/arch/arm/a64/*.S src/drivers/*.c src/boot/*.c)
A64_SRC := $(filter-out src/arch/riscv/% src/arch/arm/a64/offsets.c,$(A64_SRC))
A64_OBJ := $(A64_SRC:%=$(A64_B)/%.o)
A64_FLAGS := $(if $(GHOST),-DCONFIG_GHOST) -std=gnu11 -O2 -g $(WARN) -ffreestanding -fno-pic -fno-pie -mgeneral-regs-only -mstrict-align -mno-outline-atomics \
	-fstack-protector-strong -mstack-protector-guard=global -fno-common -fno-omit-frame-pointer -fno-asynchronous-unwind-tables \
	-ffunction-sections -fdata-sections -march=armv8-a -fno-delete-null-pointer-checks \
	-flto=2 -Isrc -Isrc/arch/arm/a64 -I$(A64_B)/gen -I. -isystem $(SYSROOT_arm64)/usr/include
A64_LIBS := $(addprefix $(SYSROOT_arm64)/usr/lib/aarch64-linux-gnu/,libfdt.a libz.a)

arm64: $(A64_B)/trapeze.bin
$(A64_B)/gen/offsets.h: src/arch/arm/a64/offsets.c
	@mkdir -p $(dir $@) $(A64_B)
	@$(CROSS_arm64)gcc $(A64_FLAGS) -fno-lto -MMD -MP -MF $(A64_B)/offsets.d -MT $@ -S -o $(A64_B)/offsets.s $<
	@sed -n 's/^.*->\([A-Z0-9_]*\) [$$#]*\(-\{0,1\}[0-9]*\).*/#define \1 \2/p' $(A64_B)/offsets.s > $@
$(A64_B)/%.c.o: %.c $(A64_B)/gen/offsets.h
	@mkdir -p $(dir $@)
	@echo "  CC  $<"; $(CROSS_arm64)gcc $(A64_FLAGS) -MMD -MP -c -o $@ $<
# What the compiler itself calls must be there before it decides what is used. And it must not see what the table of
# names holds, which is nothing in the first link, or the code of the two links differs.
$(A64_B)/src/lib/string.c.o $(A64_B)/src/core/symbols.c.o: A64_FLAGS += -fno-lto
$(A64_B)/src/core/symbols.c.o: Makefile
$(A64_B)/%.S.o: %.S $(A64_B)/gen/offsets.h
	@mkdir -p $(dir $@)
	@echo "  AS  $<"; $(CROSS_arm64)gcc $(A64_FLAGS) -D__ASSEMBLER__ -MMD -MP -c -o $@ $<
# Linked twice: the functions' names come from the first link (scripts/symbols, core/symbols.h).
A64_LINK = $(CROSS_arm64)gcc $(A64_FLAGS) -nostdlib -static -no-pie -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,max-page-size=4096 \
	-Wl,--no-warn-rwx-segments -Wl,-T,src/boot/arm64.ld -o $@ $(A64_OBJ)
$(A64_B)/nameless.elf: $(A64_OBJ) src/boot/arm64.ld
	@$(A64_LINK) $(A64_LIBS) -lgcc
$(A64_B)/gen/symbols.c: $(A64_B)/nameless.elf scripts/symbols
	@scripts/symbols $(CROSS_arm64)nm $< > $@
$(A64_B)/trapeze.elf: $(A64_OBJ) $(A64_B)/gen/symbols.c src/boot/arm64.ld
	@$(CROSS_arm64)gcc $(A64_FLAGS) -fno-lto -c -o $(A64_B)/gen/symbols.o $(A64_B)/gen/symbols.c
	@echo "  LD  $@"; $(A64_LINK) $(A64_B)/gen/symbols.o $(A64_LIBS) -lgcc
	@scripts/symbols $(CROSS_arm64)nm $@ | cmp -s - $(A64_B)/gen/symbols.c || { rm -f $@; echo "the two links' code differs: see core/symbols.h"; false; }
$(A64_B)/trapeze.bin: $(A64_B)/trapeze.elf
	@$(CROSS_arm64)objcopy -O binary $< $@

# ---- unit tests ------------------------------------------------------------------------------
# One library of every pure file of every architecture, and the fake architecture, for each compiler.
# string.c would replace the C library's; core/panic.c the harness's panic, its test includes it.
HOST_SRC := $(filter-out src/lib/string.c src/core/panic.c,$(PURE)) $(wildcard src/arch/host/*.c)
HOST_FLAGS := -std=gnu11 -O1 -g $(WARN) -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all \
	-Isrc -Isrc/arch/host -I.
UNIT := $(patsubst tests/unit/%_test.c,%,$(wildcard tests/unit/*_test.c))
UNIT_CC ?= gcc clang
# Variant: its compiler and flags. `cov` measures what the tests reach; the sanitizers' own branches would blur that.
HOST_CC_gcc := gcc
HOST_CC_clang := clang
HOST_CC_cov := gcc
HOST_FLAGS_gcc := $(HOST_FLAGS)
HOST_FLAGS_clang := $(HOST_FLAGS) -Wthread-safety
HOST_FLAGS_cov := $(filter-out -O1 -fsanitize% -fno-sanitize%,$(HOST_FLAGS)) -O0 --coverage
define HOST_RULES
$B/host/$(1)/libpure.a: $(HOST_SRC:%.c=$B/host/$(1)/%.o)
	@rm -f $$@; ar rcs $$@ $$^
$B/host/$(1)/%.o: %.c
	@mkdir -p $$(dir $$@)
	@echo "  $(1)  $$<"; $(HOST_CC_$(1)) $(HOST_FLAGS_$(1)) -MMD -MP -c -o $$@ $$<
$B/host/$(1)/unit/%: $B/host/$(1)/tests/unit/%_test.o $B/host/$(1)/libpure.a
	@mkdir -p $$(dir $$@)
	@$(HOST_CC_$(1)) $(HOST_FLAGS_$(1)) -o $$@ $$(filter %.o,$$^) $B/host/$(1)/libpure.a -lcmocka -lfdt -lz
unit-$(1): $(UNIT:%=$B/host/$(1)/unit/%)
endef
$(foreach cc,gcc clang cov,$(eval $(call HOST_RULES,$(cc))))
.PRECIOUS: $B/host/gcc/%.o $B/host/clang/%.o $B/host/cov/%.o
.PHONY: unit-gcc unit-clang unit-cov
unit: $(UNIT_CC:%=unit-%)
	scripts/unit $(UNIT_CC)

include tests/fuzz/fuzz.mk
# Unit tests in the world need it before the library, and with the ghost check.
UNIT_WORLD := $(patsubst tests/unit/%_test.c,%,$(shell grep -lE "fuzz/world.h|xsa_guest.h" tests/unit/*_test.c))
define WORLD_RULES
$B/host/$(1)/world/%.o: %.c
	@mkdir -p $$(dir $$@)
	@echo "  $(1)  $$<"; $(HOST_CC_$(1)) $(filter-out -Wthread-safety,$(HOST_FLAGS_$(1))) -DCONFIG_GHOST -MMD -MP -c -o $$@ $$<
$(UNIT_WORLD:%=$B/host/$(1)/unit/%): $(patsubst %.c,$B/host/$(1)/world/%.o,$(WORLD_SRC) src/core/frame.c src/core/s2.c)
endef
$(foreach cc,gcc clang cov,$(eval $(call WORLD_RULES,$(cc))))

# ---- the host tool ---------------------------------------------------------------------------
include tool/tool.mk
# ---- test guests -----------------------------------------------------------------------------
include tests/guest/guest.mk

clean:
	rm -rf $B
-include $(shell find $B -name '*.d' 2>/dev/null)
