#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# RISC-V by trap-and-emulate: the pair of Debian guests where there is no H extension, over the matrix of machines;
# side by side with the hardware's way; SiFive's board; and the test guests, which print what they print with H.
QEMU=qemu-system-riscv64
. tests/system/lib.bash
have riscv64-linux-gnu-gcc || {
    skip '' "there is no riscv64-linux-gnu-gcc"
    exit 0
}

PAIR=examples/riscv64-linux-pair.dts
# Printed by each guest's shell; the multiplication tells the answer from the echo of the question.
QUESTION='echo answer=$((6 * 7)) cpus=$(nproc) mmu=$(sed -n "s/^mmu.*: //p" /proc/cpuinfo | head -n 1)'
# What a kernel says when its harts, clock or interrupts are not as they should be.
TROUBLE='Unable to handle|rcu: INFO|soft lockup|Oops|Kernel panic|failed to come online|spurious'

# harts, memory, mode of satp, -cpu
# Each value occurs; with TEST_FULL each by itself too.
MATRIX="
2 1G sv57 rv64,h=false
4 8G sv48 rv64,h=false,sv57=off
1 2G sv39 rv64,h=false,sv39=on,sv48=off,sv57=off,sstc=false,svadu=false
2 4G sv57 max,h=false
${TEST_FULL:+
1 2G sv57 rv64,h=false
4 8G sv57 rv64,h=false
2 2G sv39 rv64,h=false,sv39=on,sv48=off,sv57=off
2 2G sv57 rv64,h=false,sstc=false,svadu=false}
"
boots() { # NAME MODE FILE OPTION...
    local name=$1 mode=$2 file=$3
    shift 3
    boot "$name" 0 "$file" --timeout 240 "$@" --exec "linux0=$QUESTION" --exec "linux1=$QUESTION" || return 1
    says "$name" linux0 "answer=42 cpus=2 mmu=$mode" && says "$name" linux1 "answer=42 cpus=1 mmu=$mode" &&
        silent "$name" "$TROUBLE"
}
while read -r smp memory mode cpu; do
    [[ -n $smp ]] || continue
    name=$smp-$memory-${cpu//[,=]/-}
    check "$name" boots "$name" "$mode" "$PAIR" --cpu "$cpu" --smp "$smp" --memory "$memory" </dev/null
done <<<"$MATRIX"
check says-so has 2-1G-rv64-h-false 'no H extension: guests run by trap-and-emulate'

# linux0 by emulation, linux1 by the H extension.
sed 's/linux0 {/& trapeze,virtualise = "emulate";/' "$PAIR" >"$LOGS/mixed.dts"
check mixed boots mixed sv57 "$LOGS/mixed.dts" --smp 2

# The machine cannot be switched off there: the runs end by their time.
board() {
    ./run "$PAIR" --batch --timeout 120 --machine sifive_u --cpu sifive-u54 --smp 3 --memory 4G \
        --exec "linux0=$QUESTION" --exec "linux1=$QUESTION" </dev/null 2>&1 | tr -d '\000\r' >"$LOGS/sifive_u.out"
    says sifive_u linux0 "answer=42 cpus=2 mmu=sv39" && says sifive_u linux1 "answer=42 cpus=1 mmu=sv39" &&
        has sifive_u 'every VM is off' && silent sifive_u "$TROUBLE"
}
check sifive_u board

# Microchip's Icicle kit, whose tree is not QEMU's: 8250s with registers of 32 bits, and a first hart without S-mode.
# Nothing switches that machine off either; what is typed comes by its PLIC, which has a context less for that hart.
icicle() {
    local dir=build/test/icicle out=$LOGS/icicle.out guests=.cache/guests/riscv64 keys status qemu
    keys=$(mktemp -u) && mkfifo "$keys" && rm -rf "$dir"
    scripts/fetch riscv64-icicle
    build/tool/trapeze pack "$PAIR" --dtb $guests/icicle.dtb -o "$dir" --provide=debian:linux-riscv64=$guests/vmlinuz \
        --provide=debian:initramfs-riscv64=build/run/riscv64-linux-pair/initramfs || return 1
    : >"$out"
    # shellcheck disable=SC2046
    timeout 400 $(build/tool/trapeze run "$dir" --arch=riscv64 --machine microchip-icicle-kit --cpu sifive-u54 --smp 5 \
        --memory 4G --qemu-arg=-serial --qemu-arg=null --show) <"$keys" >"$out" 2>&1 &
    qemu=$!
    exec 9>"$keys"
    rm -f "$keys"
    awaits "$out" 'Welcome to linux0' 240 && printf '%s\r' "$QUESTION" >&9 && awaits "$out" 'answer=42 cpus=2 mmu=sv39' &&
        printf '\001\001\001' >&9 && awaits "$out" 'Welcome to linux1' 120 && printf '%s\r' "$QUESTION" >&9 &&
        awaits "$out" 'answer=42 cpus=1 mmu=sv39' && has icicle '4 of 4 CPUs' && silent icicle "$TROUBLE"
    status=$?
    exec 9>&-
    kill $qemu
    wait $qemu
    return $status
}
check microchip-icicle-kit icicle

# ---- the test guests

GUESTS=(trap memory paging sbi interrupt misaligned extensions legacy)
RESULTS='^(ok |FAIL |  line |[0-9]+ passed|unexpected )'
make -s guests-riscv64 || {
    fail build
    exit 1
}
sed 's|\.\./\.\./\.\./build|'"$PWD"'/build|' tests/guest/riscv/guests.dts >"$LOGS/hardware.dts"
sed 's/cpus = </trapeze,virtualise = "emulate"; &/; s/time_is_kept=1//' "$LOGS/hardware.dts" >"$LOGS/emulate.dts"

results() { # NAME GUEST
    sed -nE "s/^[^[:alnum:]]*$2: //p" "$LOGS/$1.out" | grep -aE "$RESULTS"
}
guests() { # NAME FILE OPTION...
    local name=$1 guest
    shift
    boot "$name" 0 "$@" --timeout 60 || return 1
    for guest in "${GUESTS[@]}"; do
        says "$name" "$guest" '[1-9][0-9]* passed, 0 failed' || return 1
    done
}
same() { # NAME: line for line what they print with H
    local guest
    for guest in "${GUESTS[@]}"; do
        diff <(results guests-h "$guest") <(results "$1" "$guest") || return 1
    done
}
check guests-h guests guests-h "$LOGS/hardware.dts" --cpu rv64 --smp 2
for smp in 1 2 4; do
    check "guests-$smp" guests "guests-$smp" "$LOGS/emulate.dts" --cpu rv64,h=false --smp "$smp"
    check "same-$smp" same "guests-$smp"
done
check guests-forced guests guests-forced "$LOGS/emulate.dts" --cpu rv64 --smp 2
check same-forced same guests-forced
check guests-max guests guests-max "$LOGS/emulate.dts" --cpu max,h=false --smp 2

have python3 || {
    skip session "there is no python3"
    exit 0
}
python3 tests/system/cost.py system/riscv64-emulate cost tests/system/riscv64-one.dts "$LOGS/cost.out" --cpu rv64,h=false \
    --smp 1 --icount
python3 tests/system/pair.py system/riscv64-emulate "$PAIR" "$LOGS/session.out" --cpu rv64,h=false
