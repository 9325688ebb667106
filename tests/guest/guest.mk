# SPDX-License-Identifier: Apache-2.0
# Bare-metal AArch64 guests: every tests/guest/NAME.c and bench/guest/NAME.c becomes
# build/guests/arm64/NAME.bin, an arm64 Image. A guest's own NAME.S and NAME/*.c are linked in
# where they are.

GUEST_B := $B/guests/arm64
GUEST_LIB_SRC := $(wildcard tests/guest/lib/*.c tests/guest/lib/*.S)
GUEST_LIB_OBJ := $(GUEST_LIB_SRC:%=$(GUEST_B)/%.o)
GUEST_SRC := $(wildcard tests/guest/*.c bench/guest/*.c)
GUESTS := $(foreach s,$(GUEST_SRC),$(GUEST_B)/$(notdir $(s:.c=.bin)))
GUEST_FLAGS := -std=gnu11 -O2 -g $(WARN) -ffreestanding -fno-builtin -fPIE -fvisibility=hidden -mgeneral-regs-only -mstrict-align \
	-mno-outline-atomics -march=armv8-a -fno-stack-protector -fno-common -fno-asynchronous-unwind-tables \
	-fno-delete-null-pointer-checks -fno-tree-loop-distribute-patterns -ffunction-sections -fdata-sections -Itests -Isrc

guests: $(GUESTS)
$(GUEST_B)/%.c.o: %.c
	@mkdir -p $(dir $@)
	@$(CROSS_arm64)gcc $(GUEST_FLAGS) -MMD -MP -c -o $@ $<
$(GUEST_B)/%.S.o: %.S
	@mkdir -p $(dir $@)
	@$(CROSS_arm64)gcc $(GUEST_FLAGS) -MMD -MP -c -o $@ $<
define GUEST_RULE
$(GUEST_B)/$(notdir $(1)).elf: $(GUEST_B)/$(1).c.o $$(patsubst %,$(GUEST_B)/%.o,$$(wildcard $(1).S $(1)/*.c)) $(GUEST_LIB_OBJ) tests/guest/lib/guest.lds
	@$(CROSS_arm64)gcc -nostdlib -static-pie -Wl,--gc-sections -Wl,--no-dynamic-linker -Wl,--build-id=none -Wl,-z,norelro \
		-Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments -Wl,-T,tests/guest/lib/guest.lds -o $$@ $$(filter %.o,$$^)
endef
$(foreach s,$(GUEST_SRC),$(eval $(call GUEST_RULE,$(s:.c=))))
$(GUEST_B)/%.bin: $(GUEST_B)/%.elf
	@$(CROSS_arm64)objcopy -O binary $< $@

# ARMv7 guests, with a runtime of their own: tests/guest/arm/NAME.c and bench/guest/arm/NAME.c become
# build/guests/arm/NAME.bin, raw code.
GUEST_ARM_B := $B/guests/arm
GUEST_ARM_SRC := $(wildcard tests/guest/arm/*.c bench/guest/arm/*.c)
GUEST_ARM_LIB := $(patsubst %,$(GUEST_ARM_B)/%.o,$(wildcard tests/guest/lib/arm/*.[cS]) tests/guest/lib/fdt.c tests/guest/lib/text.c)
GUEST_ARM_FLAGS := -std=gnu11 -O2 -g $(WARN) -ffreestanding -fno-builtin -fno-pic -marm -march=armv7ve+neon-vfpv4 -mgeneral-regs-only \
	-mno-unaligned-access -fno-stack-protector -fno-common -fno-tree-loop-distribute-patterns -fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections -Itests -Isrc

guests-arm: $(foreach s,$(GUEST_ARM_SRC),$(GUEST_ARM_B)/$(notdir $(s:.c=.bin)))
.PHONY: guests-arm
$(GUEST_ARM_B)/%.o: %
	@mkdir -p $(dir $@)
	@$(CROSS_arm)gcc $(GUEST_ARM_FLAGS) -MMD -MP -c -o $@ $<
define GUEST_ARM_RULE
$(GUEST_ARM_B)/$(notdir $(1)).elf: $(patsubst %,$(GUEST_ARM_B)/%.o,$(1).c $(wildcard $(1).S)) $(GUEST_ARM_LIB) tests/guest/lib/arm/guest.lds
	@$(CROSS_arm)gcc -nostdlib -static -no-pie -Wl,--gc-sections -Wl,--build-id=none -Wl,--no-warn-rwx-segments \
		-Wl,-T,tests/guest/lib/arm/guest.lds -o $$@ $$(filter %.o,$$^) -lgcc
endef
$(foreach s,$(GUEST_ARM_SRC),$(eval $(call GUEST_ARM_RULE,$(s:.c=))))
$(GUEST_ARM_B)/%.bin: $(GUEST_ARM_B)/%.elf
	@$(CROSS_arm)objcopy -O binary $< $@

# RISC-V guests likewise: tests/guest/riscv/NAME.c and bench/guest/riscv/NAME.c become build/guests/riscv64/NAME.bin, a
# Linux Image. A guest's own NAME.S and NAME/*.c are linked in where they are.
GUEST_RV_B := $B/guests/riscv64
GUEST_RV_SRC := $(wildcard tests/guest/riscv/*.c bench/guest/riscv/*.c)
GUEST_RV_LIB := $(patsubst %,$(GUEST_RV_B)/%.o,$(wildcard tests/guest/lib/riscv/*.[cS]) tests/guest/lib/text.c)
GUEST_RV_FLAGS := -std=gnu11 -O2 -g $(WARN) -ffreestanding -fno-builtin -fno-pic -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany \
	-mno-relax -fno-stack-protector -fno-common -fno-tree-loop-distribute-patterns -fno-asynchronous-unwind-tables -ffunction-sections \
	-fdata-sections -Itests -Isrc

# The one that starts in M-mode is linked to where that begins, and has a disk.
GUEST_RV_MACHINE := $(patsubst %,$(GUEST_RV_B)/%.o,$(wildcard tests/guest/riscv/machine/*.[cS]))
$(GUEST_RV_B)/machine.elf: $(GUEST_RV_MACHINE) $(GUEST_RV_LIB) tests/guest/lib/riscv/guest.lds
	@$(CROSS_riscv64)gcc -nostdlib -static -no-pie -Wl,--gc-sections -Wl,--build-id=none -Wl,--no-warn-rwx-segments \
		-Wl,--defsym=guest_base=0x80000000 -Wl,-T,tests/guest/lib/riscv/guest.lds -Wl,-e,machine_start -o $@ $(filter %.o,$^)
$(GUEST_RV_B)/disk.img:
	@mkdir -p $(dir $@)
	@yes trapeze | head -c 65536 >$@

guests-riscv64: $(GUEST_RV_B)/machine.elf $(GUEST_RV_B)/disk.img $(foreach s,$(GUEST_RV_SRC),$(GUEST_RV_B)/$(notdir $(s:.c=.bin)))
.PHONY: guests-riscv64
$(GUEST_RV_B)/%.o: %
	@mkdir -p $(dir $@)
	@$(CROSS_riscv64)gcc $(GUEST_RV_FLAGS) -MMD -MP -c -o $@ $<
define GUEST_RV_RULE
$(GUEST_RV_B)/$(notdir $(1)).elf: $(patsubst %,$(GUEST_RV_B)/%.o,$(1).c $(wildcard $(1).S $(1)/*.c)) $(GUEST_RV_LIB) tests/guest/lib/riscv/guest.lds
	@$(CROSS_riscv64)gcc -nostdlib -static -no-pie -Wl,--gc-sections -Wl,--build-id=none -Wl,--no-warn-rwx-segments \
		-Wl,-T,tests/guest/lib/riscv/guest.lds -o $$@ $$(filter %.o,$$^)
endef
$(foreach s,$(GUEST_RV_SRC),$(eval $(call GUEST_RV_RULE,$(s:.c=))))
$(GUEST_RV_B)/%.bin: $(GUEST_RV_B)/%.elf
	@$(CROSS_riscv64)objcopy -O binary $< $@
