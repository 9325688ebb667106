#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The ghost check (core/ghost.h) on the target: while guests boot, end, begin anew and write to kernels mapped in place, no
# page ever has two owners and nothing at EL2 is writable and executable. It panics if not.
. tests/system/lib.bash

GHOST=build/arm64-ghost/trapeze.bin

builds() { make -s -j"$(nproc)" arm64 guests GHOST=1 && [[ -s $GHOST ]]; }
check builds builds

# It would see: a hook of its own is in the image, and none in the usual one.
is_linked_in() {
    local with without
    with=$(aarch64-linux-gnu-nm build/arm64-ghost/trapeze.elf | grep -c ' ghost_')
    without=$(aarch64-linux-gnu-nm build/arm64/trapeze.elf | grep -c ' ghost_')
    [[ $with -gt 0 && $without == 0 ]]
}
check is-linked-in is_linked_in

pair() {
    boot ghost-pair 0 --timeout 300 --hypervisor "$GHOST" --exec 'linux0=echo work=$((40 + 2))' --exec 'linux1=uname -a' &&
        says ghost-pair linux0 'work=42'
}
check pair pair

guest() { # NAME GIC
    boot "ghost-$1-$2" 0 --timeout 120 --gic "$2" --hypervisor "$GHOST" "tests/guest/$1.dts" &&
        says "ghost-$1-$2" "$1" ' 0 failed'
}
for gic in 2 3; do
    check "memory-gic$gic" guest memory $gic
    check "reset-gic$gic" guest reset $gic
done

# RISC-V's G-stage and its hypervisor's own tables.
have qemu-system-riscv64 && have riscv64-linux-gnu-gcc || {
    skip riscv64 "there is no qemu-system-riscv64 or no riscv64-linux-gnu-gcc"
    exit 0
}
RISCV_GHOST=build/riscv64-ghost/trapeze.bin
riscv_builds() { make -s -j"$(nproc)" riscv64 guests-riscv64 GHOST=1 && [[ -s $RISCV_GHOST ]]; }
check riscv64-builds riscv_builds

riscv_pair() {
    boot ghost-riscv64-pair 0 examples/riscv64-linux-pair.dts --timeout 300 --hypervisor "$RISCV_GHOST" \
        --exec 'linux0=echo work=$((40 + 2))' --exec 'linux1=uname -a' &&
        says ghost-riscv64-pair linux0 'work=42'
}
check riscv64-pair riscv_pair

riscv_guests() {
    boot ghost-riscv64-guests 0 --timeout 120 --hypervisor "$RISCV_GHOST" tests/guest/riscv/guests.dts &&
        says ghost-riscv64-guests memory ' 0 failed'
}
check riscv64-guests riscv_guests
