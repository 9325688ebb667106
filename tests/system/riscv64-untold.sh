#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A hart may leave htval and htinst 0 at every guest-page fault. QEMU's never do, so a hypervisor that reads both as 0
# (hw/csr.h) stands for such a hart: it finds addresses by the guests' tables and fetches each instruction.
QEMU=qemu-system-riscv64
. tests/system/lib.bash
have riscv64-linux-gnu-gcc || {
    skip '' "there is no riscv64-linux-gnu-gcc"
    exit 0
}
UNTOLD=build/riscv64-untold/trapeze.bin

builds() { make -s -j"$(nproc)" riscv64 UNTOLD=1 && make -s guests-riscv64 && [[ -s $UNTOLD ]]; }
check builds builds

pair() { # NAME CPU
    boot "$1" 0 examples/riscv64-linux-pair.dts --timeout 300 --hypervisor "$UNTOLD" --cpu "$2" \
        --exec 'linux0=echo work=$((40 + 2)) cpus=$(nproc)' --exec 'linux1=uname -a' &&
        says "$1" linux0 'work=42 cpus=2' && silent "$1" 'Unable to handle|rcu: INFO|Oops|Kernel panic'
}
check pair pair pair rv64
check pair-sv39 pair pair-sv39 rv64,sv39=on,sv48=off,sv57=off,svadu=off

guests() {
    boot guests 0 --timeout 120 --hypervisor "$UNTOLD" tests/guest/riscv/guests.dts || return 1
    local guest
    for guest in trap memory paging sbi interrupt legacy; do
        says guests "$guest" '[1-9][0-9]* passed, 0 failed' || return 1
    done
}
check guests guests
