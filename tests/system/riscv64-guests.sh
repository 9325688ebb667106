#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The RISC-V test guests: as VMs side by side, with and without hardware of their own for the timer; each alone on
# QEMU's machine, above OpenSBI; and what a guest prints is the same.
QEMU=qemu-system-riscv64
. tests/system/lib.bash
have riscv64-linux-gnu-gcc || {
    skip '' "there is no riscv64-linux-gnu-gcc"
    exit 0
}

GUESTS=(trap memory paging sbi interrupt misaligned extensions legacy)
make -s guests-riscv64 || {
    fail build
    exit 1
}

# A guest's own lines, without the VM's name.
RESULTS='^(ok |FAIL |  line |[0-9]+ passed|unexpected )'

vms() { # NAME CPU HARTS
    boot "$1" 0 tests/guest/riscv/guests.dts --timeout 60 --cpu "$2" --smp "$3" || return 1
    local guest
    for guest in "${GUESTS[@]}"; do
        says "$1" "$guest" '[1-9][0-9]* passed, 0 failed' || return 1
    done
}
check vms-2 vms vms-2 rv64 2
check vms-1 vms vms-1 rv64 1
check vms-no-sstc vms vms-no-sstc rv64,sstc=false 2
check vms-max vms vms-max max 4

bare() { # GUEST
    local out=$LOGS/bare-$1.out
    timeout 60 "$QEMU" -M virt -cpu rv64,h=false -smp 2 -m 64 -nic none -display none -monitor none -serial stdio \
        -kernel "build/guests/riscv64/$1.bin" </dev/null 2>&1 | tr -d '\000\r' >"$out"
    grep -aE "$RESULTS" "$out" >"$LOGS/bare-$1.txt"
    sed -nE "s/^[^[:alnum:]]*$1: //p" "$LOGS/vms-2.out" | grep -aE "$RESULTS" >"$LOGS/vm-$1.txt"
    grep -q ', 0 failed' "$LOGS/bare-$1.txt" && diff "$LOGS/bare-$1.txt" "$LOGS/vm-$1.txt"
}
for guest in "${GUESTS[@]}"; do
    check "bare-$guest" bare "$guest"
done

# A VM without UART: what is typed comes by SBI's legacy console_getchar.
typed() {
    local out=$LOGS/typed.out end=$((SECONDS + 60)) run
    rm -f "$LOGS/typed.in"
    mkfifo "$LOGS/typed.in" || return 1
    ./run tests/guest/riscv/legacy.dts --timeout 60 <"$LOGS/typed.in" >"$out" 2>&1 &
    run=$!
    exec 7>"$LOGS/typed.in"
    until grep -aq 'type a line' "$out" || ((SECONDS >= end)); do sleep 0.2; done
    printf 'by hand\r' >&7
    wait "$run"
    exec 7>&-
    tr -d '\000\r' <"$out" | grep -aq 'typed: by hand\.' && has typed 'every VM is off' && ! grep -a 'still on' "$out"
}
check typed typed
