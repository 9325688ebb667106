#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A guest that starts in machine mode: as a VM, without and with the H extension, and bare on QEMU's machine without
# firmware; what it prints is the same.
QEMU=qemu-system-riscv64
. tests/system/lib.bash
have riscv64-linux-gnu-gcc || {
    skip '' "there is no riscv64-linux-gnu-gcc"
    exit 0
}
make -s guests-riscv64 || {
    fail build
    exit 1
}
RESULTS='^(ok |FAIL |  line |[0-9]+ passed|unexpected )'

vm() { # NAME CPU HARTS
    boot "$1" 0 tests/guest/riscv/machine/machine.dts --timeout 60 --cpu "$2" --smp "$3" &&
        says "$1" machine '[1-9][0-9]* passed, 0 failed'
}
check no-h-2 vm no-h-2 rv64,h=false 2
check no-h-1 vm no-h-1 rv64,h=false 1
check h vm h rv64 2
check max vm max max 3

bare() {
    local out=$LOGS/bare.out disk=$LOGS/disk.img
    cp build/guests/riscv64/disk.img "$disk"
    timeout 60 "$QEMU" -M virt -bios none -cpu rv64,h=false -smp 2 -m 16 -nic none -display none -monitor none \
        -serial stdio -kernel build/guests/riscv64/machine.elf -global virtio-mmio.force-legacy=false \
        -drive "file=$disk,if=none,format=raw,id=disk" -device virtio-blk-device,drive=disk,bus=virtio-mmio-bus.0 \
        </dev/null 2>&1 | tr -d '\000\r' >"$out"
    grep -aE "$RESULTS" "$out" >"$LOGS/bare.txt"
    sed -nE "s/^[^[:alnum:]]*machine: //p" "$LOGS/no-h-2.out" | grep -aE "$RESULTS" >"$LOGS/vm.txt"
    grep -q ', 0 failed' "$LOGS/bare.txt" && diff "$LOGS/bare.txt" "$LOGS/vm.txt"
}
check bare bare
