#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A RISC-V guest that tries everything, on both harts, beside a neighbour that checks its memory, its registers, its time
# and its share of the hart: freely, where it destroys itself in the end, and under -icount, where time is exact.
#   SEED=N tests/system/riscv64-hostile.sh     that course again, not the usual ones
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

# NAME SEED HOSTILE-ARGUMENTS NEIGHBOUR-ARGUMENTS OPTION...
attack() {
    local name=$1 system=$LOGS/$1.dts status out=$LOGS/$1.out
    sed "s|seed=1 .*\"|seed=$2 $3\"|; s|seconds=8|$4|; s|\(\.\./\)*build/|$PWD/build/|" tests/guest/riscv/hostile.dts >"$system"
    shift 4
    ./run "$system" --batch --timeout 100 "$@" </dev/null 2>&1 | tr -d '\000' | tr '\r' '\n' >"$out"
    status=${PIPESTATUS[0]}
    # Having destroyed itself it may run on for ever.
    [[ $status == 0 || $status == 124 ]] || {
        echo "./run ended with status $status; $out ends:"
        tail -n 25 "$out"
        return 1
    }
    says "$name" neighbour '[1-9][0-9]* passed, 0 failed' && says "$name" hostile 'both are done' &&
        silent "$name" '^Trapeze panic|BUG at' && [[ $(grep -ac '^trapeze: ' "$out") -le 60 ]]
}

while read -r seed cpu; do
    [[ -z ${SEED:-} ]] || seed=$SEED
    name=seed-$seed-${cpu//[,=]/-}
    # By emulation each change of its tables takes QEMU milliseconds.
    count=600
    [[ $cpu != *h=false* ]] || count=40
    check "$name" attack "$name" "$seed" "count=$count" 'seconds=8 latency_ms=30000' --cpu "$cpu" </dev/null
    [[ -n ${TEST_FULL:-}${SEED:-} || $cpu != max ]] || break
done <<'END'
1 rv64
2 rv64,sstc=false
5 rv64,h=false
3 max
4 rv64,sv57=off
END
for seed in ${SEED:-1 ${TEST_FULL:+2 3}}; do
    check "exact-$seed" attack "exact-$seed" "$seed" 'count=200 itself=0 fences=0' 'seconds=1 latency_ms=10 share=40' --icount
done
