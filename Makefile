# SPDX-License-Identifier: Apache-2.0
# make                 the hypervisors and the host tool
# make arm64           one architecture's hypervisor
# make unit            unit tests of the pure files on the host (gcc and clang, ASan and UBSan)
# make fuzz            the fuzzers, each for a fixed number of inputs (scripts/fuzz)
# make guests          the bare-metal test guests
# Everything lands in build/. `./test` is the whole suite; `./run` boots a system.

ARCHES := arm64 arm riscv64
CROSS_arm64 ?= aarch64-linux-gnu-
CROSS_arm ?= arm-linux-gnueabihf-
CROSS_riscv64 ?= riscv64-linux-gnu-
# Where scripts/fetch unpacked Debian's packages of other architectures (libfdt.a, fdt headers).
SYSROOT_arm64 ?= .cache/root/arm64
SYSROOT_arm ?= .cache/root/arm
SYSROOT_riscv64 ?= .cache/root/riscv64
B := build

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla -Wno-unused-parameter -Werror
PURE := $(wildcard src/lib/*.c src/core/*.c src/vdev/*.c src/arch/*/model/*.c)
# What every architecture's hypervisor holds besides its own.
PORTABLE := $(wildcard src/lib/*.c src/core/*.c src/vdev/*.c src/drivers/*.c src/boot/*.c)

# A recipe that fails leaves no half-made target behind.
.DELETE_ON_ERROR:
.PHONY: all tool unit guests clean
all: $(ARCHES) tool

# ---- the hypervisor --------------------------------------------------------------------------
# `make ARCH` builds $B/ARCH/trapeze.elf and .bin. What an architecture says of itself: the prefix of its tools
# (CROSS), the folder of its port with arch_defs.h and offsets.c (PORT), what of the models and the hardware folders
# is its own, its compiler flags, and its libraries' folder in the sysroot.
# make GHOST=1 ARCH: with the ghost check (core/ghost.h), in a folder of its own. So is make UNTOLD=1 riscv64, for harts
# that say little of a fault (hw/csr.h).
PORT_arm64 := src/arch/arm/a64
ARCH_SRC_arm64 := $(filter-out src/arch/arm/model/a32_%,$(wildcard src/arch/arm/model/*.c src/arch/arm/hw/*.c src/arch/arm/a64/*.[cS]))
# What our code leaves alone is the guest's still when a trap is done at once (fast.h). Libraries do as they like.
A64_UNUSED := $(foreach r,10 11 12 13 14 15 18,-ffixed-x$r)
ARCH_FLAGS_arm64 := $(A64_UNUSED) -march=armv8-a -mgeneral-regs-only -mstrict-align -mno-outline-atomics -mstack-protector-guard=global
LIBDIR_arm64 := aarch64-linux-gnu

PORT_arm := src/arch/arm/a32
ARCH_SRC_arm := $(filter-out src/arch/arm/model/a64_% src/arch/arm/hw/gicv3.c,$(wildcard src/arch/arm/model/*.c src/arch/arm/hw/*.c src/arch/arm/a32/*.[cS]))
# The ABI of Debian's armhf, whose libraries we link, has floating point. Without inline functions the C library's
# headers hold no double.
ARCH_FLAGS_arm := -march=armv7ve+neon-vfpv4 -mthumb -fomit-frame-pointer -mgeneral-regs-only -mtp=soft -D__NO_INLINE__
LIBDIR_arm := arm-linux-gnueabihf

PORT_riscv64 := src/arch/riscv/hw
ARCH_SRC_riscv64 := $(wildcard src/arch/riscv/model/*.c src/arch/riscv/hw/*.c src/arch/riscv/hw/*.S)
# The libraries' calling convention has floating point (lp64d), so ours must; but all its registers are taken away.
RISCV_FP := $(foreach r,t0 t1 t2 t3 t4 t5 t6 t7 t8 t9 t10 t11 s0 s1 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 a0 a1 a2 a3 a4 a5 a6 a7,-ffixed-f$r)
RISCV_UNUSED := $(foreach r,t2 t3 t4 t5 t6,-ffixed-$r)
ARCH_FLAGS_riscv64 := $(RISCV_UNUSED) -march=rv64gc -mabi=lp64d $(RISCV_FP) -mcmodel=medany -mstrict-align -msmall-data-limit=0 \
	-mstack-protector-guard=global
# Devices whose registers are peeked at (core/mmio.h): there is no option for leaf functions alone.
FRAMELESS_riscv64 := src/vdev/vplic.c src/vdev/vns16550.c
LIBDIR_riscv64 := riscv64-linux-gnu

HV_FLAGS := $(if $(GHOST),-DCONFIG_GHOST) $(if $(UNTOLD),-DCONFIG_UNTOLD) -std=gnu11 -O2 -g $(WARN) -ffreestanding -fno-pic -fno-pie \
	-fstack-protector-strong -fno-common -fno-omit-frame-pointer -fno-asynchronous-unwind-tables \
	-ffunction-sections -fdata-sections -fno-delete-null-pointer-checks -flto=2 -Isrc -I.

SMALL := $(wildcard $(addprefix src/core/,board.c console*.c dtb_check.c guest_fdt.c image*.c shell*.c trace_text.c vm_config*.c \
	vm_build.c vm_image_kernel.c vm_image.c vm_image_in_place.c vm_image_memory.c watch*.c panic.c symbols.c) src/boot/*.c src/lib/fmt.c src/lib/log.c \
	src/lib/random.c src/arch/*/model/*guest_fdt.c src/arch/*/model/*_trace.c src/arch/arm/a64/fatal.c src/arch/riscv/hw/fatal.c)

# On Arm so is all that no trap of a running guest passes through, but of one that does without the hardware's help.
SMALL_arm := $(filter-out $(SMALL),$(wildcard $(addprefix src/core/,frame.c heap.c s2.c vm.c vm_*.c guest_mem.c reg_row.c stat.c trace.c board*.c call.c mmio.c trap_mmio.c) \
	src/drivers/*.c $(addprefix src/arch/arm/hw/,devices.c firmware.c gicv2_emulated.c) $(wildcard src/vdev/vgicc.c src/vdev/vgic_v3_*.c src/vdev/virtio*.c src/vdev/virtq*.c) \
	$(addprefix src/arch/arm/model/,lpae_s2.c a32_access.c a32_emulate.c a32_id.c a32_trap.c a32_decode.c a32_inject.c arm_boards.c arm_call_text.c) \
	$(addprefix src/arch/arm/a32/,boot.c boot_tables.c cpu.c fatal.c ids.c memory.c mm.c observed.c refuse.c trace.c vcpu.c)))
SMALL_arm64 := $(filter-out src/arch/arm/a32/% src/arch/arm/model/a32_% src/vdev/vgic_v3_dist.c,$(SMALL_arm)) $(addprefix src/arch/arm/model/,a64_id.c a64_trap.c a64_decode.c a64_inject.c) \
	$(addprefix src/arch/arm/a64/,boot.c boot_tables.c cache.c cpu.c firmware_call.c gic_drivers.c ids.c mm.c observed.c trace.c vcpu.c)

define HV_RULES
B_$(1) := $B/$(1)$(if $(GHOST),-ghost)$(if $(UNTOLD),-untold)
FLAGS_$(1) := $(HV_FLAGS) $(ARCH_FLAGS_$(1)) -I$(PORT_$(1)) -I$$(B_$(1))/gen -isystem $(SYSROOT_$(1))/usr/include
LIBS_$(1) := $(addprefix $(SYSROOT_$(1))/usr/lib/$(LIBDIR_$(1))/,libfdt.a libz.a)
OBJ_$(1) := $$(patsubst %,$$(B_$(1))/%.o,$(PORTABLE) $(filter-out $(PORT_$(1))/offsets.c,$(ARCH_SRC_$(1))))

.PHONY: $(1)
$(1): $$(B_$(1))/trapeze.bin
$$(B_$(1))/gen/offsets.h: $(PORT_$(1))/offsets.c
	@mkdir -p $$(dir $$@) $$(B_$(1))
	@$(CROSS_$(1))gcc $$(FLAGS_$(1)) -fno-lto -MMD -MP -MF $$(B_$(1))/offsets.d -MT $$@ -S -o $$(B_$(1))/offsets.s $$<
	@sed -n 's/^.*->\([A-Z0-9_]*\) [$$$$#]*\(-\{0,1\}[0-9]*\).*/#define \1 \2/p' $$(B_$(1))/offsets.s > $$@
$$(B_$(1))/%.c.o: %.c $$(B_$(1))/gen/offsets.h
	@mkdir -p $$(dir $$@)
	@echo "  CC  $$<"; $(CROSS_$(1))gcc $$(FLAGS_$(1)) -MMD -MP -c -o $$@ $$<
# What runs while the machine starts, or at a user's word, is compiled for size.
$(addprefix $$(B_$(1))/,$(patsubst %,%.o,$(SMALL) $(SMALL_$(1)))): FLAGS_$(1) += -Os
# The outermost functions have no caller whose frame a backtrace could look for.
$(addprefix $$(B_$(1))/,$(PORT_$(1))/fast.c.o $(FRAMELESS_$(1):%=%.o)): FLAGS_$(1) += -fomit-frame-pointer
# What the compiler itself calls must be there before it decides what is used. And it must not see what the table of
# names holds, which is nothing in the first link, or the code of the two links differs.
$$(B_$(1))/src/lib/string.c.o $$(B_$(1))/src/arch/riscv/hw/bits.c.o $$(B_$(1))/src/core/symbols.c.o: FLAGS_$(1) += -fno-lto
$$(B_$(1))/src/core/symbols.c.o: Makefile
$$(B_$(1))/%.S.o: %.S $$(B_$(1))/gen/offsets.h
	@mkdir -p $$(dir $$@)
	@echo "  AS  $$<"; $(CROSS_$(1))gcc $$(FLAGS_$(1)) -D__ASSEMBLER__ -MMD -MP -c -o $$@ $$<
# Linked twice: the functions' names come from the first link (scripts/symbols, core/symbols.h).
LINK_$(1) = $(CROSS_$(1))gcc $$(FLAGS_$(1)) -Os -nostdlib -static -no-pie -Wl,--gc-sections -Wl,--build-id=none \
	-Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments -Wl,-T,src/boot/$(1).ld -o $$@ $$(OBJ_$(1))
$$(B_$(1))/nameless.elf: $$(OBJ_$(1)) src/boot/$(1).ld
	@$$(LINK_$(1)) $$(LIBS_$(1)) -lgcc
$$(B_$(1))/gen/symbols.c: $$(B_$(1))/nameless.elf scripts/symbols
	@scripts/symbols $(CROSS_$(1))nm $$< > $$@
$$(B_$(1))/trapeze.elf: $$(OBJ_$(1)) $$(B_$(1))/gen/symbols.c src/boot/$(1).ld
	@$(CROSS_$(1))gcc $$(FLAGS_$(1)) -fno-lto -c -o $$(B_$(1))/gen/symbols.o $$(B_$(1))/gen/symbols.c
	@echo "  LD  $$@"; $$(LINK_$(1)) $$(B_$(1))/gen/symbols.o $$(LIBS_$(1)) -lgcc
	@scripts/symbols $(CROSS_$(1))nm $$@ | cmp -s - $$(B_$(1))/gen/symbols.c || { rm -f $$@; echo "the two links' code differs: see core/symbols.h"; false; }
$$(B_$(1))/trapeze.bin: $$(B_$(1))/trapeze.elf
	@$(CROSS_$(1))objcopy -O binary $$< $$@
endef
$(foreach arch,$(ARCHES),$(eval $(call HV_RULES,$(arch))))

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
