#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Faults of the hardware, made by a debugger: interrupts that nobody expects, that go away, that stay; an SError while a
# guest runs; CPUs that never come up. The VM that is hit may end, with a word; the others must not notice.
. tests/system/lib.bash
. tests/system/broken.bash
have python3 || {
    skip '' "there is no python3"
    exit 0
}
make -s arm64 guests tool >"$LOGS/make.log" || exit 1
COMPUTE=$PWD/build/guests/arm64/compute.bin
{
    vm first "$COMPUTE" seconds=3
    vm second "$COMPUTE" seconds=3
} | system faults
NM=${CROSS_arm64:-aarch64-linux-gnu-}nm python3 tests/system/faults.py "$LOGS/faults.dts" "$LOGS"

# The tree lists a CPU that the firmware does not know.
absent() {
    local tool=build/tool/trapeze dir=$LOGS/absent
    $tool board --smp 3 -o "$dir.dtb" && $tool pack "$LOGS/faults.dts" --dtb "$dir.dtb" -o "$dir" --set-batch || return 1
    $tool run "$dir" --smp 2 --no-input --timeout 100 </dev/null 2>&1 | tr -d '\000\r' >"$dir.out"
    has absent 'CPU 2 (0x2) was not started: firmware says -2; going on without it' && says absent first '[0-9]+ passed, 0 failed' &&
        says absent second '[0-9]+ passed, 0 failed'
}
check absent absent
